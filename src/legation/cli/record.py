"""Verbs on the record: the network on a day, and who is represented where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from legation.appraisal.claims import Judged, Verdict, finding
from legation.cases.announced import TOTAL
from legation.cases.case import Case
from legation.cli.output import Case as CaseName
from legation.cli.output import Json, example, parse_day, put, put_json, show, table, tell
from legation.cli.registry import recorded
from legation.cli.world import Corrections, Day, tell_used
from legation.desk import cases, records
from legation.desk.proofs import read_document
from legation.desk.records import Change, Count, Record, Scale
from legation.desk.world import Looked, from_elsewhere, look
from legation.model import Balance, Form, Network, level
from legation.planning.outcome import Plan

CaseOrState = Annotated[
    str,
    typer.Argument(
        metavar="CASE|STATE",
        show_default=False,
        help="A case, as for every verb; or a State, by code or name, for what the product's own record shows of it.",
    ),
]

RECORD = "November 2022"
ONE = {
    "embassies": "embassy",
    "consulates-general": "consulate-general",
    "establishments abroad": "establishment abroad",
}
"""Titles of counts whose singular is not the plural without s."""


def network(
    case: CaseOrState,
    on: Day = None,
    compare: Annotated[
        date | None,
        typer.Option(metavar="DATE", parser=parse_day, help="Another day to compare with.", show_default=False),
    ] = None,
    trace: Annotated[bool, typer.Option("--trace", help="List the rows behind each number.")] = False,
    honorary: Annotated[
        bool, typer.Option("--honorary", help="Add honorary consulates to the totals, of which they are no part.")
    ] = False,
    apart: Annotated[
        bool, typer.Option("--missions-apart", help="Keep permanent missions to organisations out of the totals.")
    ] = False,
    plan: Annotated[
        Path | None,
        typer.Option("--plan", metavar="FILE", help="A plan.json whose scale is told; else the announced plan's."),
    ] = None,
    corrections: Corrections = None,
    as_json: Json = False,
) -> None:
    """Count the network on a day, and their posts here, beside what was announced; name what stays unexplained."""
    looked = _look(case, corrections)
    read = looked.case
    found = records.record(read, on, honorary=honorary, missions_apart=apart)
    elsewhere, scale = from_elsewhere(looked, on), records.scale(read, read_document(Plan, plan) if plan else None)
    changes = records.change(read, *sorted((found.day, compare))) if compare else None
    if as_json:
        put_json(
            {
                "record": found,
                "change": changes,
                "completeness": looked.record,
                "elsewhere": elsewhere,
                "scale": scale,
            }
        )
        return
    names = {s.code: s.name for s in read.states}
    show(_paragraph(found, names), *_early(found, compare), *_overlaps(found))
    _elsewhere(found, elsewhere, names)
    _announced(found)
    if scale:
        show("", _scale(scale, names))
    if looked.record:
        _regions(found, {s.code: s.subregion for s in read.states})
    _cross(found, names)
    if looked.record:
        _around(read, on, names)
        _complete(looked)
    if trace:
        _rows(found)
    if changes:
        _changes(changes)


def reciprocity(
    case: CaseOrState,
    on: Day = None,
    every: Annotated[bool, typer.Option("--all", help="Also States where neither side is present.")] = False,
    corrections: Corrections = None,
    as_json: Json = False,
) -> None:
    """Say who is represented here, where we are represented, and what is unanswered."""
    looked = _look(case, corrections)
    read = looked.case
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
    if looked.record:
        put("What is owed or ahead here may as well be a row that the record lacks.")
        _complete(looked)


def claims(case: CaseName, on: Day = None, as_json: Json = False) -> None:
    """Recompute the superlatives that a case claims of States; a false one ends with exit code 1."""
    opened = cases.open_case(case)
    found = records.claims(opened.case, on)
    if as_json:
        put_json(found)
    elif not found:
        put("The case claims nothing: add [[claims]] to its case.toml.")
    else:
        tell([f for f in map(finding, found) if f])
        head = ("State", "What is said", "By", "Claimed>", "Found>", "Of>", "Year>", "Verdict")
        show(table(head, [_claimed(j, {s.code: s.name for s in opened.case.states}) for j in found]))
    if any(j.verdict is Verdict.FALSE for j in found):
        raise typer.Exit(1)


def _claimed(judged: Judged, names: dict[str, str]) -> tuple[object, ...]:
    claim, said = judged.claim, judged.said
    found = (said.place, said.among, said.fact.year) if said else (None, None, None)
    return (names[claim.subject], claim.text, claim.attribute, claim.place, *found, judged.verdict.value)


def _look(source: str, corrections: Path | None) -> Looked:
    looked = look(source, datetime.now().astimezone().date(), corrections, Path())
    if looked.opened:
        tell_used(looked.opened)
    else:
        tell(looked.findings)
    return looked


def _regions(found: Record, subregions: dict[str, str]) -> None:
    """Put the forms against the parts of the world."""
    forms = [form for form in Form if any(form in dict(h.forms) for h in found.hosts)]
    counts: dict[str, Counter[Form]] = {}
    for host in found.hosts:
        counts.setdefault(subregions.get(host.state) or "elsewhere", Counter()).update(dict(host.forms))
    rows = [(part, *(counts[part][form] or None for form in forms)) for part in sorted(counts)]
    show("", table(("Part of the world", *(f"{form.value}>" for form in forms)), rows))


def _around(read: Case, on: date | None, names: dict[str, str]) -> None:
    """Say who is here, whom we cover from where, and which own posts are not dated."""
    day = on or read.as_of
    here = sorted(names[s] for s in Network(tuple(p for p in read.foreign_posts.on(day) if level(p.form))).senders)
    put(f"\nResident here, {len(here)} States: {', '.join(here) or 'none on record'}.")
    seats = {p.id: p.seat.state for p in read.posts}
    covered: dict[str, list[str]] = {}
    for a in read.accreditations:
        covered.setdefault(names[seats[a.seat]], []).append(names[a.state])
    said = "; ".join(f"from {seat}: {', '.join(sorted(states))}" for seat, states in sorted(covered.items()))
    put(f"\nCovered concurrently, {len(read.accreditations)} States: {said or 'none on record'}.")
    undated = [p.id for p in read.posts if p.span.start is None]
    put(f"\nNo year of opening, {len(undated)} of {len(read.posts)} posts: {', '.join(undated) or 'none'}.")


def _complete(looked: Looked) -> None:
    put("\nHow complete this is")
    for sentence in looked.completeness:
        put(f"- {sentence}")
    put("Correct it with: legation correct --help")


def _paragraph(found: Record, names: dict[str, str]) -> str:
    """Write the record as the paragraph an announcement would have."""
    total, hosts, *kinds, covered = found.own
    residents, *theirs = found.foreign
    sender = names.get(found.sender, found.sender)
    ranges = any(count.probable for count in (*found.own, *found.foreign, *found.besides))
    return (
        f"On {found.day.isoformat()} the record of {sender} shows {_said(total)} in {_number(hosts)} States: "
        f"{_listed(kinds)}. States covered concurrently: {_number(covered)}. States with a diplomatic mission "
        f"in {sender}: {_number(residents)}; their posts there: {_listed(theirs)}."
        + "".join(f" {c.title}: {_number(c)}." for c in found.besides if c.rows)
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


def _overlaps(found: Record) -> Iterator[str]:
    """Tell which States stand on both sides of the count, or twice on one."""
    yield from (f"{'' if at else chr(10)}{f.message} {f.remedy}" for at, f in enumerate(found.findings))


def _elsewhere(found: Record, elsewhere: dict[str, tuple[str, ...]], names: dict[str, str]) -> None:
    """Tell who is represented here from elsewhere, and how many States that makes with those who reside."""
    if not elsewhere:
        return
    resident = found.foreign[0].proven + found.foreign[0].probable
    seats = sorted({seat for all_ in elsewhere.values() for seat in all_}, key=names.__getitem__)
    said = (f"from {names[s]}: {', '.join(names[e] for e, all_ in elsewhere.items() if s in all_)}" for s in seats)
    show(
        f"\nRepresented in {names[found.sender]} from elsewhere, by the product's undated record of {RECORD}: "
        f"{len(elsewhere)} States; with the {resident} that reside {resident + len(elsewhere)}. {'; '.join(said)}."
    )


def _scale(scale: Scale, names: dict[str, str]) -> str:
    """Say how much the plan changes, beside plans of others."""
    changed, base = scale.opened + scale.raised, "announced" if scale.announced else "on record"
    share = f" ({100 * changed / scale.base:.1f} %)" if scale.base else ""
    peers = "; ".join(
        f"{names.get(p.sender, p.sender)} {p.year}, {p.posts} on {p.embassies} ({100 * p.posts / p.embassies:.1f} %)"
        for p in scale.peers
        if p.embassies
    )
    return (
        f"The scale of the plan: {changed} on {scale.base} establishments {base}{share}; {scale.opened} opened, "
        f"{scale.raised} raised. New embassies of others, on those they have on record in {RECORD}: {peers}."
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
        are = "is" if kinds.gap == 1 else "are"
        show(
            f"\nOf {total.announced} establishments announced {kinds.found} are named by kind and {kinds.gap} {are} "
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
    for count in (*found.own, *found.foreign, *found.besides):
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
        epilog=example(
            "legation network kazakhstan-2012 --on 2011-07-29 --trace",
            "legation network SWE",
            "legation network kazakhstan-2012 --on-record --known-on 2011-08-01",
        ),
    )(recorded(network))
    app.command(
        short_help="Who is here, where we are, what is owed.",
        epilog=example("legation reciprocity kazakhstan-2012", "legation reciprocity SWE"),
    )(recorded(reciprocity))
    app.command(
        short_help="Whether superlatives are true.",
        epilog=example("legation claims kazakhstan-2012"),
    )(recorded(claims))
