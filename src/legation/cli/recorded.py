"""How verbs that read a case read one on record: the option --on-record, in one place for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from legation.cli.registry import FILE, KnownOn, Number, Registry, recorded_case

CASES = frozenset({"case", "first", "second"})
"""What verbs call an argument that names a case."""
OnRecord = Annotated[
    bool,
    typer.Option("--on-record", help="CASE is on record: take it from the registry, as of now, --at or --known-on."),
]

Under = Annotated[str, typer.Option("--scenario", metavar="NAME", help="The case on record under this scenario of it.")]


def recorded(verb: Callable[..., None]) -> Callable[..., None]:
    """Let a verb on a case take it from the registry as well, by options that are added to its own."""
    own = signature(verb, eval_str=True)
    extra = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, kind, default in (
            ("on_record", OnRecord, False),
            ("scenario", Under, ""),
            ("at", Number, None),
            ("known_on", KnownOn, None),
            ("where", Registry, FILE),
        )
        if name not in own.parameters
    ]
    last = [p for p in own.parameters.values() if p.name == "as_json"]
    first = [p for p in own.parameters.values() if p.name != "as_json"]
    every = [p.replace(kind=Parameter.KEYWORD_ONLY) for p in (*first, *extra, *last)]

    @wraps(verb)
    def wrapped(
        *,
        on_record: bool,
        scenario: str,
        at: int | None,
        known_on: date | None,
        where: str,
        **given: Any,  # noqa: ANN401 - what the verb takes
    ) -> None:
        if "where" in own.parameters:
            given["where"] = where
        if not on_record:
            if scenario or at or known_on:
                raise typer.BadParameter("--scenario, --at and --known-on are of a case on record: add --on-record.")
            verb(**given)
            return
        if given.get("dossier"):
            raise typer.BadParameter("Give one of --on-record and --dossier.")
        found = {name: recorded_case(where, given[name], at, known_on, scenario) for name in CASES & given.keys()}
        with _written(found) as paths:
            verb(**(given | paths))

    wrapped.__signature__ = own.replace(parameters=every)  # type: ignore[attr-defined]
    wrapped.__annotations__ = {p.name: p.annotation for p in every}
    return wrapped


@contextmanager
def _written(cases: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Write cases on record where verbs read cases from: each is told of and checked as any other."""
    from legation.sources import write_case

    with TemporaryDirectory() as folder:
        paths = {argument: Path(folder) / argument / case.name for argument, case in cases.items()}
        for argument, path in paths.items():
            path.parent.mkdir()
            write_case(cases[argument], path)
        yield {argument: str(path) for argument, path in paths.items()}
