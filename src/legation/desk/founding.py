"""A new case for any State, filled with what the product knows, and open about what it does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from statistics import median

from legation.appraisal.criteria import Criterion, Prefer, Shape
from legation.cases.case import Case, ServiceRow
from legation.cases.drafting import draft
from legation.desk import worldrecord
from legation.errors import NotFoundError
from legation.model import EMBASSIES, State, Track
from legation.planning.brief import (
    AccreditationDistance,
    AccreditationsPerSeat,
    Brief,
    Ceiling,
    MeasuresPerYear,
    Rule,
    Scope,
)
from legation.sources import load_states, read_case

TEMPLATE = "kazakhstan-2012"
"""The packaged case whose cost bands, prices and settings a new case starts from."""

OPENINGS = 3
"""Measures a year that a new case allows, and has money for, until its owner says otherwise."""

CRITERIA = (
    Criterion(
        "economy",
        "Size of the economy",
        "gdp",
        Decimal(40),
        heading="Leading States",
        scale=Shape.LOG,
        reason="Assumed: a start, not a finding.",
    ),
    Criterion(
        "people",
        "Population",
        "population",
        Decimal(20),
        heading="Leading States",
        scale=Shape.LOG,
        reason="Assumed: stands in for citizens, kin and travellers until they are counted.",
    ),
    Criterion(
        "nearness",
        "Nearness",
        "distance",
        Decimal(20),
        heading="Neighbourhood",
        prefer=Prefer.LOW,
        scale=Shape.LOG,
        reason="Assumed: a neighbour's affairs touch us more.",
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
)
"""Criteria on what the product knows of every State."""

RULED_OUT = (
    ServiceRow("ITA", "VAT", allowed=False, evidence="the Holy See accepts no head of mission accredited to Italy"),
    ServiceRow("KOR", "PRK", allowed=False, evidence="the two Koreas do not accept one head of mission for both"),
)
"""Pairs of seat and State that no sender can use."""

SNAPSHOT = "It holds about 80 % of the world's embassies and far fewer consulates; most opening years are unknown."

QUESTIONS = (
    "Open: is the record of posts right today? Correct posts.csv, foreign_posts.csv and accreditations.csv.",
    "Open: which permanent missions to organisations are there? The product's record has none.",
    "Open: which States are no candidates, for want of relations or recognition? Take them out of sites.csv.",
    "Open: which pairs of States accept no common head of mission? Rule them out in services.csv (allowed = false).",
    "Open: what may be spent? The ceiling in case.toml is assumed from the cost bands.",
    "Open: what do this ministry's posts cost? costs.csv has bands published by other States, in US dollars.",
    "Open: how do prices move? [prices] in case.toml has a euro-area index and an assumed growth after it.",
    "Open: trade, citizens and kin abroad: add them to facts.csv, and a criterion for each to case.toml.",
    "Open: do the criteria and their weights say what the ministry wants? They are a start.",
)
"""What only the ministry knows."""


def found(name: str, sender: str, years: tuple[int, ...], today: date) -> Case:
    """Return a case for a State: its posts, theirs, accreditations, facts, sites, bands, criteria and rules.

    Raise NotFoundError where there is no such State.
    """
    states = load_states()
    home = _state(sender, states)
    template, _ = read_case(TEMPLATE)
    posts = worldrecord.own_posts(home, states)
    costs = tuple(line for line in template.costs if line.scope.startswith("form:"))
    case = Case(
        name=name,
        title=f"{home.name}: the network of posts, {years[0]}–{years[-1]}",
        sender=home.code,
        as_of=today,
        prices=replace(template.prices, year=today.year, rates=()),
        brief=Brief(years),
        posts=posts,
        foreign_posts=worldrecord.posts_here(home),
        accreditations=worldrecord.accreditations(home, posts),
        facts=worldrecord.facts(home, states, today.year),
        places=worldrecord.places(home, states, posts),
        costs=costs,
        services=tuple(s for s in RULED_OUT if home.code not in (s.site, s.interest)),
        criteria=CRITERIA,
        settings=template.settings,
        sources=worldrecord.sources(template.sources),
        states=states,
    )
    openings = _openings(case)
    case = replace(case, brief=replace(case.brief, rules=(_ceiling(case, openings), *_rules(openings))))
    return replace(case, notes=(*_completeness(case), *QUESTIONS))


def _state(sender: str, states: tuple[State, ...]) -> State:
    wanted = sender.strip().casefold()
    for state in states:
        if wanted in (state.code.casefold(), state.name.casefold()):
            return state
    near = [s for s in states if s.name.casefold().startswith(wanted[:3]) or s.code.casefold()[:2] == wanted[:2]]
    examples = ": " + ", ".join(f"{s.code} {s.name}" for s in near[:6]) if near else ""
    raise NotFoundError(f"There is no State {sender!r}.", hint=f"Give its ISO 3166-1 alpha-3 code{examples}.")


def _rules(openings: int) -> tuple[Rule, ...]:
    return (
        MeasuresPerYear(openings, reason="Assumed: what a ministry can open in a year."),
        AccreditationsPerSeat(Decimal(4), reason="Assumed: a head of mission can serve four more States."),
        AccreditationDistance(
            Decimal(4500), reason="Assumed: beyond a day's journey a head of mission is seldom seen."
        ),
    )


def _openings(case: Case) -> int:
    """Return how many embassies a year a ministry of this size may open: one for every fifteen it has, 1 to 3."""
    embassies = len(case.posts.of(*EMBASSIES))
    return min(OPENINGS, max(1, round(embassies / 15)))


def _ceiling(case: Case, openings: int) -> Ceiling:
    """Return new money for as many ordinary openings a year as the rules allow, and for running them."""
    tops = [s.ladder[-1] for s in draft(case).problem.sites if s.track is Track.DIPLOMATIC and s.ladder]
    amounts = []
    for index, year in enumerate(case.brief.years):
        opening = median(rung.establishing[index] for rung in tops)
        running = median(rung.running[index] for rung in tops)
        amounts.append((year, round(openings * (opening + (index + 1) * running), -3)))
    reason = f"Assumed: ordinary embassies, {openings} a year, and running them; no ceiling was given."
    return Ceiling(tuple(amounts), scope=Scope.NEW, reason=reason)


def _completeness(case: Case) -> tuple[str, ...]:
    """Say how much of each table there is, and from where."""
    kinds = ", ".join(f"{count} {form.value}" for form, count in case.posts.counts.items()) or "none"
    known = {f.subject for f in case.facts if f.attribute == "gdp"}
    bare = ", ".join(s.code for s in case.states if s.code not in known and s.code != case.sender)
    unsure = ", ".join(p.id for p in case.posts if ";" in p.note)
    return (
        f"Own posts: {len(case.posts)} ({kinds}). Source: Wikidata, export of 16 November 2022. {SNAPSHOT}",
        f"Own posts with a remark on their place in posts.csv: {unsure or 'none'}.",
        f"Their posts here: {len(case.foreign_posts)}, from {len(case.foreign_posts.senders)} States; same source.",
        f"States covered concurrently: {len(case.accreditations)}; same source, undated.",
        f"Facts: today's gross domestic product of {len(known)} States (none: {bare}), population, distance.",
    )
