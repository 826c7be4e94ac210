"""A new case for any State, filled with what the product knows, and open about what it does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from legation.appraisal.criteria import Criterion, Prefer, Shape
from legation.cases.case import Case, ServiceRow
from legation.cases.drafting import draft
from legation.cases.questions import PERHAPS
from legation.desk import worldrecord
from legation.desk.affinity import SOURCE, practice_of
from legation.desk.completeness import completeness, sentences
from legation.desk.gaps import Chances, chances
from legation.errors import RefusedError
from legation.model import EMBASSIES, Form, Network, Track, level
from legation.planning.brief import (
    AccreditationDistance,
    AccreditationsPerSeat,
    Brief,
    Ceiling,
    Forbid,
    MeasuresPerYear,
    Rule,
    Scope,
)
from legation.presence.yearly import counted
from legation.sources import World, convert, read_case, write_case

EXAMPLE = "ruritania"
TEMPLATE = "kazakhstan-2012"
"""The packaged case whose cost bands, prices and settings a new case starts from."""

OPENINGS = 3
"""Measures a year that a new case allows, and has money for, until its owner says otherwise."""

CRITERIA = (
    Criterion(
        "economy",
        "Size of the economy",
        "gdp",
        Decimal(30),
        heading="Leading States",
        scale=Shape.LOG,
        reason="Assumed: a start, not a finding.",
    ),
    Criterion(
        "people",
        "Population",
        "population",
        Decimal(15),
        heading="Leading States",
        scale=Shape.LOG,
        reason="Assumed: stands in for citizens, kin and travellers until they are counted.",
    ),
    Criterion(
        "company",
        "Embassies of others there",
        "embassies",
        Decimal(10),
        heading="Leading States",
        worst=Decimal(0),
        reason="Assumed: where many are, there is something to be there for.",
    ),
    Criterion(
        "nearness",
        "Nearness",
        "distance",
        Decimal(15),
        heading="Neighbourhood",
        prefer=Prefer.LOW,
        scale=Shape.LOG,
        reason="Assumed: a neighbour's affairs touch us more.",
    ),
    Criterion(
        "region",
        "In our own part of the world",
        "same_subregion",
        Decimal(5),
        heading="Neighbourhood",
        worst=Decimal(0),
        best=Decimal(1),
        reason="Assumed: as nearness.",
    ),
    Criterion(
        "language",
        "A language in common",
        "common_language",
        Decimal(5),
        heading="Neighbourhood",
        worst=Decimal(0),
        best=Decimal(1),
        reason="Assumed: stands in for ties of history until they are stated.",
    ),
    Criterion(
        "mutuality",
        "They reside here",
        "resident_here",
        Decimal(20),
        heading="Mutuality",
        worst=Decimal(0),
        best=Decimal(2),
        reason="Assumed: a mission here asks for an answer.",
    ),
    Criterion(
        "practice",
        "What States in a like position do",
        "affinity",
        Decimal(0),
        heading="Practice of others",
        worst=Decimal(0),
        best=Decimal(1),
        reason="Not weighed: what others do is no aim of ours. A weight leans the plan towards it.",
    ),
)
"""Criteria on what the product knows of every State; facts.csv holds gdp_rank as well."""

RULED_OUT = (
    ServiceRow("ITA", "VAT", allowed=False, evidence="the Holy See accepts no head of mission accredited to Italy"),
    ServiceRow("KOR", "PRK", allowed=False, evidence="the two Koreas do not accept one head of mission for both"),
)
"""Pairs of seat and State that no sender can use."""


def found(
    name: str, sender: str, years: tuple[int, ...], today: date, world: World, expected: Chances | None = None
) -> Case:
    """Return a case for a State: its posts, theirs, accreditations, facts, sites, bands, criteria and rules.

    An embassy that is likely to be there though the record lacks it is not opened: a rule says so, and why.
    expected: the chances of the world, where they are known already. Raise NotFoundError where there is no such State.
    """
    home = worldrecord.state_of(sender, world.states)
    template = _template()
    posts = worldrecord.own_posts(home, world)
    costs = tuple(line for line in template.costs if line.scope.startswith("form:"))
    known = completeness(home, world, expected or chances(world))
    case = Case(
        name=name,
        title=f"{home.name}: the network of posts, {_span(years)}",
        sender=home.code,
        as_of=today,
        prices=replace(template.prices, year=today.year, rates=()),
        brief=Brief(years),
        posts=posts,
        foreign_posts=worldrecord.posts_here(home, world),
        accreditations=worldrecord.accreditations(home, world, posts),
        facts=(*worldrecord.facts(home, world, today.year), *practice_of(home, world, today.year)),
        places=worldrecord.places(home, world, posts),
        costs=costs,
        services=tuple(s for s in RULED_OUT if home.code not in (s.site, s.interest)),
        criteria=CRITERIA,
        settings=template.settings,
        sources=(*worldrecord.sources(template.sources, world), SOURCE),
        states=world.states,
    )
    openings = _openings(case)
    doubtful = dict.fromkeys((*known.attested, *known.likely))
    closed = (rule for rule in _contested(case) if rule.site not in doubtful)
    rules = (_ceiling(case, openings), *_rules(openings), *map(_doubt, doubtful), *closed)
    names = {s.code: s.name for s in world.states}
    recognition = f"Not every State recognises {home.name}: forbid what those that do not would refuse."
    notes = (*sentences(known, names), *_contents(case), *([recognition] if home.code in worldrecord.CONTESTED else []))
    return replace(case, brief=replace(case.brief, rules=rules), notes=notes)


@cache
def _template() -> Case:
    return read_case(TEMPLATE)[0]


def _doubt(state: str) -> Rule:
    reason = f"{PERHAPS}, though not on record (see the notes). Find out, then drop this rule."
    return Forbid(state, Form.DIPLOMATIC_MISSION, reason=reason)


def _contested(case: Case) -> Iterator[Forbid]:
    """Keep the plan out of States whose recognition is disputed, unless one side resides with the other.

    Where neither has an embassy but one has a mission, a mission may be opened and no more.
    """
    levels: Counter[str] = Counter()
    for state, form in (
        *((p.seat.state, p.form) for p in case.posts),
        *((p.sender, p.form) for p in case.foreign_posts),
    ):
        levels[state] = max(levels[state], level(form))
    names = {s.code: s.name for s in case.states if s.code != case.sender}
    for state in (code for code in worldrecord.CONTESTED if code in names and levels[code] < level(Form.EMBASSY)):
        if levels[state]:
            reason = f"Assumed: not every State recognises {names[state]}, and on record there are missions only."
            yield Forbid(state, Form.EMBASSY, reason=reason)
        else:
            reason = f"Assumed: not every State recognises {names[state]}, and neither side resides on record."
            yield Forbid(state, Form.DIPLOMATIC_MISSION, reason=reason)
    if levels["TWN"] == level(Form.EMBASSY) and not levels["CHN"] and "CHN" in names:
        reason = f"Assumed: {names['CHN']} has no embassies of States that have one with Taiwan."
        yield Forbid("CHN", Form.DIPLOMATIC_MISSION, reason=reason)


def _rules(openings: int) -> tuple[Rule, ...]:
    return (
        MeasuresPerYear(openings, reason="Assumed: what a ministry can open in a year."),
        AccreditationsPerSeat(Decimal(4), reason="Assumed: a head of mission can serve four more States."),
        AccreditationDistance(
            Decimal(4500), reason="Assumed: beyond a day's journey a head of mission is seldom seen."
        ),
    )


def _span(years: tuple[int, ...]) -> str:
    return f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0])


def _openings(case: Case) -> int:
    """Return how many embassies a year a ministry of this size may open: one for every fifteen it has, 1 to 3."""
    embassies = len(case.posts.of(*EMBASSIES))
    return min(OPENINGS, max(1, round(embassies / 15)))


def _ceiling(case: Case, openings: int) -> Ceiling:
    """Return new money for as many ordinary openings a year as the rules allow, and for running them."""
    # Costs of a new case are by form alone, so one place stands for all.
    some = next(p for p in case.places if p.track is Track.DIPLOMATIC)
    alone = replace(case, places=(some,), posts=Network(), foreign_posts=Network(), accreditations=(), services=())
    rung = draft(alone).problem.sites[0].ladder[-1]
    amounts = []
    for index, year in enumerate(case.brief.years):
        opening, running = rung.establishing[index], rung.running[index]
        amounts.append((year, round(openings * (opening + (index + 1) * running), -3)))
    reason = f"Assumed: ordinary embassies, {openings} a year, and running them; no ceiling was given."
    return Ceiling(tuple(amounts), scope=Scope.NEW, reason=reason)


def _contents(case: Case) -> tuple[str, ...]:
    """Say how much of each table there is."""
    kinds = ", ".join(f"{count} {form.value}" for form, count in case.posts.counts.items()) or "none"
    known = {f.subject for f in case.facts if f.attribute == "gdp"}
    bare = ", ".join(s.code for s in case.states if s.code not in known and s.code != case.sender)
    posts = (
        f"The case starts from {counted(len(case.posts), 'own post')} ({kinds}), "
        f"{counted(len(case.foreign_posts), 'post')} of {counted(len(case.foreign_posts.senders), 'State')} here and "
        f"{counted(len(case.accreditations), 'concurrent accreditation')}."
    )
    facts = (
        f"Facts: gross domestic product of {len(known)} States (missing: {bare or 'none'}), population, distance, "
        "region, language, embassies of others, and what States in a like position do."
    )
    return posts, facts


def create(target: Path, sender: str, years: tuple[int, ...], today: date, world: World) -> Case:
    """Write a new case folder: for a sender, what the product knows of it; without one, a copy of the example.

    Raises RefusedError where there is something at that place already.
    """
    if target.exists():
        raise RefusedError(f"{target} is there already.", hint="Choose another name; nothing is overwritten.")
    if sender:
        write_case(found(target.stem, sender, years, today, world), target)
    else:
        convert(EXAMPLE, target, name=target.stem)
    return read_case(target)[0]
