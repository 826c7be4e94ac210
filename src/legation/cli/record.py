"""Verbs on the record: the network on a day, and who is represented where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Annotated

import typer

from legation.cases.announced import TOTAL
from legation.cli.output import Case, Json, example, put, put_json, show, table, tell
from legation.desk import records
from legation.desk.records import Change, Count, Record
from legation.model import Balance, Form
from legation.sources import read_case


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a day; write it as 2011-07-29.") from error


Day = Annotated[
    date | None,
    typer.Option("--on", metavar="DATE", parser=_day, help="The day; the case's own by default.", show_default=False),
]

ONE = {
    "embassies": "embassy",
    "consulates-general": "consulate-general",
    "establishments abroad": "establishment abroad",
}
"""Titles of counts whose singular is not the plural without s."""


def network(
    case: Case,
    on: Day = None,
    compare: Annotated[
        date | None,
        typer.Option(metavar="DATE", parser=_day, help="Another day to compare with.", show_default=False),
    ] = None,
    trace: Annotated[bool, typer.Option("--trace", help="List the rows behind each number.")] = False,
    as_json: Json = False,
) -> None:
    """Count the network on a day, and their posts here, beside what was announced; name what stays unexplained."""
    read, findings = read_case(case)
    tell(findings)
    found = records.record(read, on)
    changes = records.change(read, *sorted((found.day, compare))) if compare else None
    if as_json:
        put_json({"record": found, "change": changes})
        return
    names = {s.code: s.name for s in read.states}
    show(_paragraph(found, names), *_early(found, compare))
    _announced(found)
    _cross(found, names)
    if trace:
        _rows(found)
    if changes:
        _changes(changes)


def reciprocity(
    case: Case,
    on: Day = None,
    every: Annotated[bool, typer.Option("--all", help="Also States where neither side is present.")] = False,
    as_json: Json = False,
) -> None:
    """Say who is represented here, where we are represented, and what is unanswered."""
    read, findings = read_case(case)
    tell(findings)
    lines = records.reciprocity(read, on)
    if as_json:
        put_json(lines)
        return
    names = {s.code: s.name for s in read.states}
    kept = [s for s in lines if every or s.balance is not Balance.ABSENT]
    rows = (
        (names.get(s.state, s.state), s.ours.value, s.theirs.value, names.get(s.covered_from, ""), s.balance.value)
        for s in kept
    )
    show(table(("State", "Ours there", "Theirs here", "Covered from", "Balance"), rows))
    counts = Counter(s.balance for s in lines)
    put("\n" + ", ".join(f"{counts[balance]} {balance.value}" for balance in Balance if counts[balance]))
    put(f"Own posts recorded with less than {read.settings.least_confidence} confidence do not count here.")


def _paragraph(found: Record, names: dict[str, str]) -> str:
    """Write the record as the paragraph an announcement would have."""
    total, hosts, *kinds, covered = found.own
    residents, *theirs = found.foreign
    sender = names.get(found.sender, found.sender)
    ranges = any(count.probable for count in (*found.own, *found.foreign))
    return (
        f"On {found.day.isoformat()} the record of {sender} shows {_said(total)} in {_number(hosts)} States: "
        f"{_listed(kinds)}. States covered concurrently: {_number(covered)}. States with a diplomatic mission "
        f"in {sender}: {_number(residents)}; their posts there: {_listed(theirs)}."
        + (" Of two numbers the lower counts what is proven, the higher what is probable as well." if ranges else "")
    )


def _early(found: Record, other: date | None) -> Iterator[str]:
    """Warn that a count of a day before that of the record takes in what is not dated."""
    if min(found.day, other or found.day) < found.as_of:
        rows = found.undated
        yield (
            f"\nThe record is of {found.as_of.isoformat()}. Of what is counted here {rows.posts} own posts, "
            f"{rows.foreign_posts} of their posts and {rows.accreditations} accreditations have no opening date; "
            "they are taken to be as old as any day asked for, and some were not there yet."
        )


def _number(count: Count) -> str:
    return f"{count.proven} to {count.proven + count.probable}" if count.probable else str(count.proven)


def _said(count: Count) -> str:
    one = ONE.get(count.title, count.title.removesuffix("s"))
    return f"{_number(count)} {one if count.proven + count.probable == 1 else count.title}"


def _listed(counts: list[Count]) -> str:
    return ", ".join(_said(count) for count in counts) or "none on record"


def _announced(found: Record) -> None:
    """Put the announced numbers beside the record, and name what stays unexplained."""
    if not found.announced:
        return
    columns = ("Announced", "Number>", "Proven>", "Probable>", "Unexplained>", "Note")
    rows = ((s.title, s.announced, s.found, s.probable or None, s.gap, s.note) for s in found.announced)
    show("", table(columns, rows))
    shown = {s.name: s for s in found.announced}
    total, kinds = shown.get(TOTAL), shown.get(f"{TOTAL}_by_kind")
    if total and kinds:
        missing = total.announced - (total.found or 0) - total.probable
        show(
            f"\nOf {total.announced} establishments announced {kinds.found} are named by kind and {kinds.gap} are "
            f"unexplained. In the record {total.found} are proven and {total.probable} probable; {missing} are missing."
        )


def _cross(found: Record, names: dict[str, str]) -> None:
    forms = [form for form in Form if any(form in dict(h.forms) for h in found.hosts)]
    rows: list[tuple[object, ...]] = [
        (names.get(h.state, h.state), *(dict(h.forms).get(form) for form in forms)) for h in found.hosts
    ]
    totals = [sum(dict(h.forms).get(form, 0) for h in found.hosts) for form in forms]
    show("", table(("Host", *(f"{form.value}>" for form in forms)), [*rows, (f"{len(rows)} States", *totals)]))


def _rows(found: Record) -> None:
    for count in (*found.own, *found.foreign):
        put(f"\n{_said(count)}: {', '.join(count.rows) or 'no rows'}")


def _changes(changes: Change) -> None:
    put(f"\nFrom {changes.first.isoformat()} to {changes.second.isoformat()}")
    for line in _differences(changes):
        put(line)


def _differences(changes: Change) -> Iterator[str]:
    yield f"appeared: {', '.join(changes.appeared) or 'none'}"
    yield f"gone: {', '.join(changes.gone) or 'none'}"
    yield from (f"{title}: {was} -> {now}" for title, was, now in changes.counts)


def register(app: typer.Typer) -> None:
    """Add the verbs to the door."""
    app.command(
        short_help="Count the network on a day.",
        epilog=example("legation network kazakhstan-2012 --on 2011-07-29 --trace"),
    )(network)
    app.command(
        short_help="Who is here, where we are, what is owed.", epilog=example("legation reciprocity kazakhstan-2012")
    )(reciprocity)
