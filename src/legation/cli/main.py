"""The door `legation`: the verbs together, and the one place where errors become exit codes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import Annotated, Any

import typer

from legation import __version__
from legation.cli.output import as_data, complain, put, put_json
from legation.errors import LegationError, NotFoundError, RefusedError

ROOMS = {
    "cases": ("new", "cases", "rules"),
    "world": ("questions", "correct"),
    "record": ("network", "reciprocity", "claims"),
    "imports": ("import",),
    "plans": ("appraise", "problem", "plan", "check"),
    "inquiries": ("why", "why-not", "frontier", "alternatives", "weight-ranges", "compare"),
    "stress": ("stress",),
    "law": ("law",),
    "consular": ("consular",),
    "documents": ("report", "states", "export"),
    "registry": ("history", "verify", "diff", "registry"),
    "people": ("people",),
    "scenarios": ("scenario",),
    "review": ("review",),
    "jobs": ("worker", "jobs"),
    "affinity": ("affinity", "weights", "fit", "backtest"),
    "atlas": ("atlas",),
    "tracking": ("track",),
    "location": ("locate",),
    "service": ("serve", "password"),
}
"""The verbs of every module here. Importing all takes half a second, so a verb calls in its own module only."""
USAGE: Any = typer.BadParameter.__base__
"""What wrong options and arguments raise; the library gives it no public name."""


def _version(wanted: bool) -> None:
    if wanted:
        put(f"legation {__version__}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    pass


def door(verb: str = "") -> typer.Typer:
    """Return the command line with the verbs of the module that has this one, or with all of them."""
    app = typer.Typer(
        name="legation",
        help="Plan a foreign ministry's network of posts: where to be represented, in what form and when.",
        epilog="Example: legation plan kazakhstan-2012. Exit codes: 0 done, 1 errors in data or plan, 2 wrong usage or "
        "not found, 3 no feasible plan, 4 refused or out of date.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_options)
    for room in [room for room, verbs in ROOMS.items() if verb in verbs] or ROOMS:
        import_module(f"legation.cli.{room}").register(app)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code; a user's mistake is told in words, never as a traceback."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _write_utf8()
    try:
        door(next(iter(given), ""))(given, prog_name="legation")
    except SystemExit as stop:
        _repeat(stop.__context__, given)
        raise
    except LegationError as error:
        _leave(error, given)
    except OSError as error:
        _leave(_unreachable(error), given)


def _write_utf8() -> None:
    """Write files and pipes in UTF-8 whatever the locale, and to a terminal what it can show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


def _leave(error: LegationError, given: Sequence[str]) -> None:
    complain(error)
    if "--json" in given:
        put_json(as_data(error))
    sys.exit(error.exit_code)


def _repeat(cause: BaseException | None, given: Sequence[str]) -> None:
    """Tell wrong usage, which was told on stderr already, once more for machines."""
    if isinstance(cause, USAGE) and "--json" in given:
        hint = f"See: {cause.ctx.command_path} --help" if cause.ctx else "See: legation --help"
        put_json({"error": "usage", "message": cause.format_message(), "hint": hint})


def _unreachable(error: OSError) -> LegationError:
    what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
    kind = NotFoundError if isinstance(error, FileNotFoundError) else RefusedError
    return kind(f"The system did not let us: {what}.", hint="Check the path and who may write there.")
