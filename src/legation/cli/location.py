"""The verb on location problems: locate."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from legation.cli.output import Json, example, put, put_json, show, table, working
from legation.counsel import locating
from legation.posing.layouts import Layout
from legation.posing.questions import Kind, Question, Rounding
from legation.programme.solver import Status

ALSO = {
    "p-median": Kind.MEDIAN,
    "pmedian": Kind.MEDIAN,
    "mclp": Kind.COVER,
    "covering": Kind.COVER,
    "ufl": Kind.UNCAPACITATED,
    "uflp": Kind.UNCAPACITATED,
    "cfl": Kind.CAPACITATED,
    "cflp": Kind.CAPACITATED,
    "sscfl": Kind.SINGLE_SOURCE,
    "sscflp": Kind.SINGLE_SOURCE,
}
"""What research calls the kinds."""


def _kind(text: str) -> Kind:
    name = text.strip().lower()
    known = {str(kind): kind for kind in Kind} | ALSO
    if name not in known:
        raise typer.BadParameter(f"{text!r} is no kind; say one of {', '.join(Kind)}.")
    return known[name]


def locate(  # noqa: PLR0913, PLR0917 - each is an option
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", show_default=False, help="Cities as .csv (id,lat,lon,demand), or a file research keeps."
        ),
    ],
    kind: Annotated[
        Kind | None,
        typer.Option(
            "--kind",
            parser=_kind,
            metavar="KIND",
            show_default=False,
            help="median, cover, uncapacitated, capacitated or single-source; by default what the file is made for.",
        ),
    ] = None,
    p: Annotated[int | None, typer.Option("--p", min=1, help="How many sites to open.", show_default=False)] = None,
    radius: Annotated[
        float | None,
        typer.Option("--radius", min=0, help="How far a site covers: km for cities.", show_default=False),
    ] = None,
    capacity: Annotated[
        float | None,
        typer.Option("--capacity", min=0, help="Of every site, instead of the file's.", show_default=False),
    ] = None,
    rounding: Annotated[Rounding, typer.Option("--rounding", help="Of distances between points.")] = Rounding.NONE,
    layout: Annotated[
        Layout | None, typer.Option("--layout", help="Of the file, if it is taken for another.", show_default=False)
    ] = None,
    limit: Annotated[
        float, typer.Option("--limit", min=0.1, help="Stop after so many seconds, proven or not.")
    ] = 300.0,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write the siting as JSON.", show_default=False),
    ] = None,
    as_json: Json = False,
) -> None:
    """Choose sites among thousands: least cost or distance, or most demand within reach, to proven optimality."""
    question = Question(kind, p, radius, capacity, rounding)
    with working("Locating"), _interrupted() as heard:
        found = locating.locate(file, question, layout=layout, seconds=limit, stopped=lambda: bool(heard))
    if output is not None:
        locating.save(found, output)
        typer.echo(f"Wrote {output}", err=True)
    if as_json:
        put_json(found)
        return
    _tell(found)


@contextmanager
def _interrupted() -> Iterator[list[int]]:
    """Collect an interrupt (Ctrl-C), so that the search ends with what it has; a second one ends at once."""
    heard: list[int] = []

    def hear(number: int, _frame: object) -> None:
        heard.append(number)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, hear)
    try:
        yield heard
    finally:
        signal.signal(signal.SIGINT, before)


def _tell(found: locating.Located) -> None:
    what, unit = ("demand covered", "") if found.kind is Kind.COVER else ("cost", f" {found.unit}")
    put(f"{found.file}: {found.kind}, {found.customers} customers, {found.sites} sites (read as {found.layout}).")
    proven = found.status is Status.OPTIMAL
    end = "proven best" if proven else f"not proven: bound {found.bound:,.10g}, gap {100 * found.gap:.3f} %"
    total = sum(place.load for place in found.opened)
    mean = f" ({found.objective / total:.4g} for one of the demand)" if found.kind is Kind.MEDIAN and total else ""
    put(f"{what.capitalize()} {found.objective:,.10g}{unit}{mean}, {end}.")
    put(f"{len(found.opened)} sites open. {found.seconds:.2f} s.")
    rows = [(place.site, place.customers, f"{place.load:,.10g}") for place in found.opened]
    show(table(("Site", "Customers>", "Demand served>"), rows))


def register(app: typer.Typer) -> None:
    """Add the verb to the door."""
    app.command(
        short_help="Choose sites among thousands, proven best.",
        epilog=example("legation locate cities.csv --p 12", "legation locate cities.csv --p 12 --radius 150"),
    )(locate)
