"""Verbs on long work: put a job into the queue, look what became of it, cancel it; and the worker that does them."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, get_origin, get_type_hints

import typer

from legation.cli.output import Gap, Json, Seconds, example, put, put_json, show, table
from legation.cli.registry import FILE, Actor, Registry, actor_of
from legation.errors import NotFoundError
from legation.programme.solver import Limits

Id = Annotated[str, typer.Argument(metavar="ID", help="The job, as `legation jobs list` names it.")]
Case = Annotated[str, typer.Argument(metavar="CASE", help="A case on record.")]
Limit = Annotated[
    float, typer.Option("--limit", min=0, metavar="SECONDS", help="End the job after so long; 0 is the longest.")
]

app = typer.Typer(
    help="Long work that a worker does: ask for it, look what became of it, cancel it.",
    epilog=example("legation jobs plan kazakhstan-2012", "legation jobs list"),
    no_args_is_help=True,
)


def _rooms() -> tuple[ModuleType, ModuleType, ModuleType]:
    """Import the queue, the people and the store when they are asked for: the database library takes its time."""
    from legation import store
    from legation.chancery import people, working

    return working, people, store


def _queue(
    kind: str, case: str, arguments: dict[str, Any], limit: float, where: str, actor: str, as_json: bool
) -> None:
    working, people, store = _rooms()
    with store.Store(where) as opened:
        who = people.acting(opened, actor_of(actor))
        job = working.ask(opened, who, kind, case, arguments, datetime.now(UTC), seconds=limit)
    if as_json:
        put_json(job)
    else:
        put(f"Job {job.id} waits for a worker (legation worker). See: legation jobs show {job.id}")


@app.command(epilog=example("legation jobs plan kazakhstan-2012", "legation jobs plan kazakhstan-2012 --scenario lean"))
def plan(
    case: Case,
    scenario: Annotated[str, typer.Option("--scenario", metavar="NAME", help="A scenario of it.")] = "baseline",
    seconds: Seconds = Limits().seconds,
    gap: Gap = Limits().gap,
    limit: Limit = 0,
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Ask for the best plan of a case as it is on record now."""
    order = {"scenarios": (scenario,), "seconds": seconds, "gap": gap}
    _queue("plan", case, order, limit, where, actor, as_json)


@app.command(epilog=example("legation jobs compare kazakhstan-2012 baseline lean"))
def compare(
    case: Case,
    scenarios: Annotated[
        list[str], typer.Argument(metavar="SCENARIO...", help="One to four of its scenarios, or baseline.")
    ],
    seconds: Seconds = Limits().seconds,
    gap: Gap = Limits().gap,
    limit: Limit = 0,
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Ask for scenarios of a case side by side, as they are on record now."""
    order = {"scenarios": tuple(scenarios), "seconds": seconds, "gap": gap}
    _queue("compare", case, order, limit, where, actor, as_json)


@app.command(
    epilog=example(
        "legation jobs ask why kazakhstan-2012 site=BRA weights=true",
        "legation jobs ask stress kazakhstan-2012 count=1000 weights=dirichlet worth=0.2",
        "legation jobs ask locate text=@cities.csv p=12",
    )
)
def ask(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="Of question: why, frontier, stress, locate, …")],
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CASE] [FIELD=VALUE]...",
            show_default=False,
            help="The case on record, and what is asked, by the fields of the API; @FILE says what is in a file.",
        ),
    ] = None,
    limit: Limit = 0,
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Ask for the answer to any question that can be a job: what, why, what if, how sure."""
    working, _people, _store = _rooms()
    said = [word.partition("=") for word in words or []]
    case, *more = [name for name, equals, _ in said if not equals] or [""]
    if more:
        raise typer.BadParameter(f"One case, please, not {', '.join((case, *more))}.")
    kinds = get_type_hints(working.KINDS[kind].order) if kind in working.KINDS else {}
    order = {name: _said(kinds.get(name), value) for name, equals, value in said if equals}
    _queue(kind, case, order, limit, where, actor, as_json)


def _said(kind: Any, text: str) -> object:  # noqa: ANN401 - a type
    """Read the value of a field as its type has it; what cannot be read so is left to be refused with the rest."""
    if text.startswith("@"):
        path = Path(text[1:])
        if not path.is_file():
            raise NotFoundError(f"There is no file {path}.", hint="Give the path of a file after the @.")
        return path.read_text(encoding="utf-8-sig")
    if kind is str:
        return text
    if get_origin(kind) is tuple:
        return text.split(",")
    try:
        return json.loads(text)
    except ValueError:
        return text


@app.command("list", epilog=example("legation jobs list --live"))
def list_(
    live: Annotated[bool, typer.Option("--live", help="Only those that wait or run.")] = False,
    last: Annotated[int, typer.Option("--last", min=1, help="How many, the newest first.")] = 50,
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """List jobs, the newest first."""
    working, people, store = _rooms()
    with store.Store(where) as opened:
        found = working.jobs_of(opened, people.acting(opened, actor_of(actor)), live=live, last=last)
    if as_json:
        put_json(found)
        return
    rows = ((j.id, j.kind, j.scope, j.by, f"{j.created:%Y-%m-%d %H:%M}", _standing(j)) for j in found)
    show(table(("Job", "Kind", "Case", "For", "Asked (UTC)", "State"), rows))


@app.command("show", epilog=example("legation jobs show 3f2a", "legation jobs show 3f2a --output out/"))
def show_(
    id_: Id,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="DIR", help="Write what came of it there, one JSON file a result."),
    ] = None,
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Say where a job stands; write its results to a folder."""
    working, people, store = _rooms()
    with store.Store(where) as opened:
        job = working.job_of(opened, people.acting(opened, actor_of(actor)), id_)
        written = working.write_results(job, output) if output else ()
    for path in written:
        typer.echo(f"Wrote {path}", err=True)
    if as_json:
        put_json(job)
        return
    told = job.arguments
    what = f"{job.scope} ({', '.join(told['scenarios'])})" if job.scope else told["file"]
    put(f"Job {job.id}, {job.kind} of {what}, for {job.by}.")
    when = f"As of revision {told['revision']}. " if job.scope else ""
    put(f"{when}{_standing(job).capitalize()}.")
    for line in filter(
        None, (job.error, job.result and f"Results: {', '.join(job.result)}; --output FOLDER writes them.")
    ):
        put(line)


@app.command(epilog=example("legation jobs cancel 3f2a"))
def cancel(id_: Id, where: Registry = FILE, actor: Actor = "", as_json: Json = False) -> None:
    """Cancel a job: at once where it waits, within seconds where it runs."""
    working, people, store = _rooms()
    with store.Store(where) as opened:
        job = working.cancel(opened, people.acting(opened, actor_of(actor)), id_, datetime.now(UTC))
    if as_json:
        put_json(job)
    else:
        put(f"Job {id_} is cancelled." if job.ended else f"The worker of job {id_} is told to stop.")


def worker(
    once: Annotated[bool, typer.Option("--once", help="End when no job waits.")] = False,
    threads: Annotated[
        int, typer.Option("--threads", min=1, help="How many processors a job may use; start more workers for more.")
    ] = 1,
    where: Registry = FILE,
) -> None:
    """Do the jobs that wait, one after another; end on Ctrl-C or SIGTERM, and leave what is under way to another."""
    working, _people, store = _rooms()
    name = f"{socket.gethostname()}-{os.getpid()}"
    with store.Store(where) as opened, _told_to_end() as ends:
        typer.echo(f"Worker {name} takes jobs from {opened.url.render_as_string(hide_password=True)}.", err=True)
        man = working.Worker(
            opened, name, lambda: datetime.now(UTC), ending=lambda: bool(ends), told=_tell, threads=threads
        )
        taken = man.run(once=once)
    typer.echo(f"Worker {name} ends; jobs taken: {taken}.", err=True)


@contextmanager
def _told_to_end() -> Iterator[list[int]]:
    """Collect the signals that tell a worker to end, so that it can leave its job to another."""
    heard: list[int] = []
    signs = (signal.SIGINT, signal.SIGTERM)
    before = [(sign, signal.signal(sign, lambda number, _frame: heard.append(number))) for sign in signs]
    try:
        yield heard
    finally:
        for sign, handler in before:
            signal.signal(sign, handler)


def _tell(job: Any) -> None:  # noqa: ANN401 - its type would load the database library
    typer.echo(f"{datetime.now(UTC):%H:%M:%S} job {job.id}, {_what(job)}: {_standing(job)}", err=True)


def _what(job: Any) -> str:  # noqa: ANN401 - as above
    return f"{job.kind} of {job.scope}" if job.scope else str(job.kind)


def _standing(job: Any) -> str:  # noqa: ANN401 - as above
    """Say where a job stands in a few words."""
    if job.state == "running":
        asked = ", told to stop" if job.cancel else ""
        return f"running, {job.progress:.0%}{asked}" + (f", {job.message}" if job.message else "")
    if job.state == "waiting" and job.attempts:
        return f"waiting again, {job.attempts} workers died over it"
    return str(job.state)


def register(door: typer.Typer) -> None:
    """Add the verbs to the door."""
    door.add_typer(app, name="jobs", short_help="Long work that a worker does.")
    door.command(
        short_help="Do the jobs that wait.",
        epilog=example("legation worker", "legation worker --registry postgresql://user@host/legation --threads 2"),
    )(worker)
