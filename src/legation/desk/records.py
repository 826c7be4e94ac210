"""The record of posts, counted: the statistics paragraph, the cross-tab, and who is represented where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date

from legation.appraisal.claims import Judged, judge
from legation.cases.announced import COUNTERS, TOTAL, Statistic, announced_statistics, career
from legation.cases.case import Case
from legation.cases.siting import CONFIDENCES, at_work
from legation.errors import Finding, Severity
from legation.model import EMBASSIES, Accreditation, Facts, Form, Network, Post, Standing, ledger, level
from legation.planning.brief import Kind
from legation.planning.outcome import Plan
from legation.sources.world import load_table
from legation.values import value

LEAST_PEER = 3

KINDS: dict[str, tuple[Form, ...]] = {
    "embassies": EMBASSIES,
    "diplomatic missions": (Form.DIPLOMATIC_MISSION,),
    "permanent missions": (Form.PERMANENT_MISSION,),
    "consulates-general": (Form.CONSULATE_GENERAL,),
    "consulates": (Form.CONSULATE,),
    "consular agencies": (Form.CONSULAR_AGENCY,),
    "trade representations": (Form.TRADE_REPRESENTATION,),
    "other posts": (Form.OTHER,),
    "honorary consulates": (Form.HONORARY_CONSULATE,),
}

BESIDES: dict[str, str] = {
    "foreign_countries_with_embassy_and_consulate": "States with an embassy and a consulate here",
    "foreign_countries_with_honorary_consul": "States with an honorary consul here",
    "international_organisations_represented": "International organisations with an office here",
}
"""What is counted of those here besides forms of posts; the rows of the first name both posts of each State."""


@value
class Count:
    """One number of the record.

    name: as announced.csv calls it; proven: rows (or States) attested with at least the confidence the case asks
    for; probable: further ones that only doubtful rows attest; rows: ids of all rows counted
    """

    name: str
    title: str
    proven: int
    probable: int
    rows: tuple[str, ...]


@value
class Hosted:
    """How many posts of each form one State hosts, whatever their confidence."""

    state: str
    forms: tuple[tuple[Form, int], ...]


@value
class Undated:
    """How many counted rows of each table do not say since when: they are counted on every day, however early."""

    posts: int
    foreign_posts: int
    accreditations: int


@value
class Record:
    """The network on a day: own counts, foreign counts, the announced numbers beside the record, kind x host.

    as_of: the day that the record itself is of; undated: rows counted that do not say since when; besides: States
    counted by what their posts here are together; findings: what does not go together among accreditations
    """

    case: str
    sender: str
    day: date
    own: tuple[Count, ...]
    foreign: tuple[Count, ...]
    announced: tuple[Statistic, ...]
    hosts: tuple[Hosted, ...]
    as_of: date
    undated: Undated
    besides: tuple[Count, ...] = ()
    findings: tuple[Finding, ...] = ()


@value
class Peer:
    """A plan of another State. posts: embassies it opens; embassies: that its sender has in the product's record."""

    sender: str
    year: int
    posts: int
    embassies: int
    source: str


@value
class Scale:
    """How much a plan changes.

    opened, raised: posts; base: establishments of the day before it; announced: the base is what was announced
    """

    opened: int
    raised: int
    base: int
    announced: bool
    peers: tuple[Peer, ...]


@value
class Change:
    """What differs in the record of own posts between two days: ids that appeared and are gone, counts then and now."""

    first: date
    second: date
    appeared: tuple[str, ...]
    gone: tuple[str, ...]
    counts: tuple[tuple[str, int, int], ...]


def record(case: Case, day: date | None = None, *, honorary: bool = False, missions_apart: bool = False) -> Record:
    """Count the record of a case on a day (the case's own where none is given).

    Honorary consulates are no career posts: they are counted by themselves, and in the totals only where asked.
    missions_apart: permanent missions to organisations are left out of the totals, and of the States that host posts.
    """
    seen = case if day is None else replace(case, as_of=day)
    ours, theirs = at_work(seen), seen.foreign_posts.on(seen.as_of)
    totalled = ours if honorary else career(ours)
    if missions_apart:
        totalled = totalled.of(*(form for form in Form if form is not Form.PERMANENT_MISSION))
    return Record(
        seen.name,
        seen.sender,
        seen.as_of,
        _own(seen, ours, totalled),
        _foreign(seen, theirs),
        announced_statistics(seen),
        _hosts(ours),
        case.as_of,
        _undated(seen, ours, theirs),
        tuple(_besides(seen)),
        tuple(_overlaps(seen, ours)),
    )


def change(case: Case, first: date, second: date) -> Change:
    """Compare the record of own posts on two days."""
    before, after = ({p.id for p in at_work(case, day)} for day in (first, second))
    was, now = ({c.title: c.proven + c.probable for c in record(case, day).own} for day in (first, second))
    counts = tuple((t, was.get(t, 0), now.get(t, 0)) for t in {**was, **now} if was.get(t, 0) != now.get(t, 0))
    return Change(first, second, tuple(sorted(after - before)), tuple(sorted(before - after)), counts)


def reciprocity(case: Case, day: date | None = None) -> tuple[Standing, ...]:
    """Return the ledger of every State but our own, by code, on a day (the case's own where none is given).

    As in planning, own posts recorded with less than the least confidence of the case do not count as held.
    """
    when = day or case.as_of
    states = tuple(sorted(s.code for s in case.states if s.code != case.sender))
    ours = (p if _is_proven(case, p.confidence) else replace(p, form=Form.OTHER) for p in at_work(case, when))
    return ledger(Network(tuple(ours)), case.foreign_posts.on(when), case.accreditations, states)


def scale(case: Case, plan: Plan | None = None) -> Scale | None:
    """Return how much a plan changes, the announced one where none is given; None where nothing was announced.

    Peers are the plans of others that are on record with three embassies or more, each beside the embassies that its
    sender has in the product's own record, which is of a later day.
    """
    if plan is None:
        rows = [a for a in case.announced if a.kind == "measure"]
        opened, raised = (sum(bool(a.from_form) is so for a in rows) for so in (False, True))
        if not rows:
            return None
    else:
        kinds = Counter(m.kind for m in plan.measures)
        opened, raised = kinds[Kind.ESTABLISH], kinds[Kind.UPGRADE]
    announced = next((a.number for a in case.announced if a.name == TOTAL and a.number), None)
    total = record(case).own[0]
    base = int(announced) if announced else total.proven + total.probable
    return Scale(opened, raised, base, announced is not None, _peers(case.sender))


def _peers(sender: str) -> tuple[Peer, ...]:
    embassies = Counter(row["sender"] for row in load_table("posts") if Form(row["form"]) in EMBASSIES)
    largest: dict[str, Peer] = {}
    for row in load_table("lead_times"):
        name, posts = row["sender"], int(row["posts"])
        if posts >= LEAST_PEER and name != sender and (name not in largest or posts > largest[name].posts):
            largest[name] = Peer(name, int(row["start"][:4]), posts, embassies[name], row["source"])
    return tuple(sorted(largest.values(), key=lambda p: (-p.posts, p.sender)))


def claims(case: Case, day: date | None = None) -> tuple[Judged, ...]:
    """Hold the claims of a case against the facts known on a day (the case's own where none is given)."""
    facts, by = Facts(case.facts), (day or case.as_of).year
    return tuple(judge(claim, facts, case.states, by) for claim in case.claims)


def _own(case: Case, ours: Network, totalled: Network) -> tuple[Count, ...]:
    covered = [(f"{a.seat}:{a.state}", a.state, a.confidence) for a in _current(case)]
    return (
        _count(case, "own_establishments", "establishments abroad", _rows(totalled)),
        _count(case, "own_host_countries", "States that host them", _rows(totalled, lambda post: post.seat.state)),
        *_kinds(case, "own", ours),
        _count(case, "own_concurrently_covered_countries", "States covered concurrently", covered),
    )


def _current(case: Case) -> list[Accreditation]:
    return [a for a in case.accreditations if a.since is None or a.since <= case.as_of.year]


def _undated(case: Case, ours: Network, theirs: Network) -> Undated:
    posts, foreign = (sum(post.span.start is None for post in side) for side in (ours, theirs))
    return Undated(posts, foreign, sum(a.since is None for a in _current(case)))


def _foreign(case: Case, theirs: Network) -> tuple[Count, ...]:
    resident = Network(tuple(p for p in theirs if level(p.form)))
    states = _rows(resident, lambda post: post.sender)
    return (
        _count(case, "foreign_countries_accredited", "States with a diplomatic mission here", states),
        *_kinds(case, "foreign", theirs),
    )


def _besides(case: Case) -> Iterator[Count]:
    for name, title in BESIDES.items():
        entries = COUNTERS[name](case)
        proven = {e.counts for e in entries if e.proven}
        probable = {e.counts for e in entries} - proven
        rows = sorted((e.counts, e.row) for e in entries)
        yield Count(name, title, len(proven), len(probable), tuple(row for _, row in rows))


def _overlaps(case: Case, ours: Network) -> Iterator[Finding]:
    """Find States that are covered though we reside there, and States that more than one post covers."""
    names = {s.code: s.name for s in case.states}
    residences = {p.seat.state: p for p in sorted(ours, key=lambda p: level(p.form)) if level(p.form)}
    current = _current(case)
    for cover in current:
        if cover.state in residences:
            yield _resident(names.get(cover.state, cover.state), cover, residences[cover.state])
    for state, times in sorted(Counter(a.state for a in current).items()):
        if times > 1:
            seats = ", ".join(sorted(a.seat for a in current if a.state == state))
            message = f"{names.get(state, state)} is covered from {times} posts at once: {seats}."
            yield Finding("covered-twice", Severity.WARNING, state, message, "Keep the head who is accredited now.")


def _resident(name: str, cover: Accreditation, post: Post) -> Finding:
    """Say that a State is counted on both sides: lawful where a chargé resides there (VCDR 5(2)), else a fault."""
    lawful = level(post.form) == 1
    message = f"{name} counts as covered (from {cover.seat}) and as a State that hosts a post ({post.id}, {post.form})."
    doubtful = CONFIDENCES[0] in (cover.confidence, post.confidence)
    held = "Find out which of the two holds, for one is doubtful, and close the other."
    remedy = held if doubtful else "Close one of the two rows."
    remedy = "By itself no fault: a chargé resides, the head sits elsewhere." if lawful else remedy
    return Finding("covered-resident", Severity.NOTE if lawful else Severity.WARNING, cover.state, message, remedy)


def _kinds(case: Case, side: str, posts: Network) -> tuple[Count, ...]:
    found = (
        _count(case, f"{side}_{title.replace(' ', '_').replace('-', '_')}", title, _rows(posts.of(*forms)))
        for title, forms in KINDS.items()
    )
    return tuple(count for count in found if count.rows)


def _rows(posts: Network, what: Callable[[Post], str] = lambda post: post.id) -> list[tuple[str, str, str]]:
    return [(p.id, what(p), p.confidence) for p in posts]


def _count(case: Case, name: str, title: str, rows: Iterable[tuple[str, str, str]]) -> Count:
    """Count the things that rows (id, thing, confidence) attest."""
    listed = sorted(rows)
    proven = {thing for _, thing, confidence in listed if _is_proven(case, confidence)}
    probable = {thing for _, thing, _ in listed} - proven
    return Count(name, title, len(proven), len(probable), tuple(row for row, _, _ in listed))


def _is_proven(case: Case, confidence: str) -> bool:
    return CONFIDENCES.index(confidence) >= CONFIDENCES.index(case.settings.least_confidence)


def _hosts(ours: Network) -> tuple[Hosted, ...]:
    posts = {host: Network(tuple(p for p in ours if p.seat.state == host)) for host in ours.hosts}
    return tuple(Hosted(host, tuple(there.counts.items())) for host, there in posts.items())
