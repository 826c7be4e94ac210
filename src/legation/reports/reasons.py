"""One reason for each measure, put together from the data it rests on."""

from __future__ import annotations

import re

from legation.appraisal.scoring import Part, Score
from legation.model import Fact, Facts, Form, level
from legation.planning.brief import Conditional, Kind
from legation.planning.outcome import Measure
from legation.reports.figures import Figures, act, listed, number, rounded
from legation.reports.tables import Table, table
from legation.values import value

RANKED = {  # attribute of States: what the highest is called
    "gdp": "largest economy",
    "population": "most populous State",
    "trade": "largest trading partner",
    "exports": "largest market for our exports",
    "imports": "largest supplier",
}
NAMES = {"gdp": "GDP", "fdi": "direct investment", "oic": "OIC", "eu": "EU", "g20": "G20"}
RECORD = "resident_here"  # said in words of its own, with the year it began
MOST = 3


@value
class Clause:
    """A part of a reason, and the evidence for it: performance, unit, year and source."""

    words: str
    evidence: str = ""

    def __str__(self) -> str:
        """Return both: "7th largest economy of 187 (GDP 2010, USD 2.0 tn; Factbook 2011)"."""
        return f"{self.words} ({self.evidence})" if self.evidence else self.words


class Reasons:
    """Says why a measure is taken."""

    def __init__(self, figures: Figures) -> None:
        """Keep the figures and the facts known on the day of the case."""
        self.figures = figures
        self.facts = Facts(figures.case.facts)
        self._standings: dict[str, list[float]] = {}
        self._served: dict[str, list[str]] = {}
        for service in figures.problem.services:
            if not service.concurrent:
                self._served.setdefault(service.site, []).append(service.interest)

    def of(self, measure: Measure) -> tuple[Clause, ...]:
        """Return the reason for a measure, its strongest parts first."""
        if measure.kind in (Kind.CLOSE, Kind.DOWNGRADE):
            saved = self.figures.scale.said(-measure.running)
            gives = Clause(f"gives {saved} a year back for more urgent ends")
            return tuple(c for c in (self._moves(measure), gives) if c.words)
        place = self.figures.places.get(measure.site)
        merit = [Clause(place.merit_reason)] if place and place.merit > 0 and place.merit_reason else []
        more = [
            c
            for c in (self._moves(measure), self._mutual(measure), self._covers(measure), self._seats(measure))
            if c.words
        ]
        facts = self._strongest(self._score(measure), max(1, MOST - len(merit) - len(more)))
        said = (*merit, *facts, *more)
        return said or (Clause("best use of the money that is left: no single fact stands out"),)

    def _strongest(self, score: Score | None, most: int) -> list[Clause]:
        """Return the facts that tell most: of those in the first rank, and else, the ones that add most points."""
        if score is None:
            return []
        known = [p for p in score.parts if p.fact and p.points > 0 and p.fact.attribute != RECORD]
        ranked = sorted(known, key=lambda p: (not self._tells(p), -p.points))
        telling = [p for p in ranked if self._tells(p)]
        return [self.part(p) for p in (telling or ranked[:1])[: min(most, 2)]]

    def part(self, part: Part) -> Clause:
        """Say what one criterion found."""
        fact = part.fact
        if fact is None:
            return Clause(f"{part.title}: not known")
        name = NAMES.get(fact.attribute, fact.attribute.replace("_", " "))
        source = f"{fact.year}; {self.figures.source(fact.source)}"
        steps = re.fullmatch(r"(?:\d+ (?:to|or)|of) (\d+)", fact.unit)
        if steps:
            full = fact.value >= float(steps[1])
            return Clause(part.title, source if full else f"{number(fact.value)} of {steps[1]}, {source}")
        shown = rounded(fact.value, fact.unit)
        rank, among = self._rank(fact)
        if fact.attribute not in RANKED or rank > among // 2:
            return Clause(f"{part.title}: {shown}", source)
        evidence = f"{name} {fact.year}, {shown}; {self.figures.source(fact.source)}"
        return Clause(f"{ordinal(rank)}{RANKED[fact.attribute]} of {among}", evidence)

    def _tells(self, part: Part) -> bool:
        """Say whether a fact is a reason by itself: full marks, or one of the first in the world."""
        if part.fact is None:
            return False
        if part.fact.attribute in RANKED:
            rank, among = self._rank(part.fact)
            return rank <= max(3, among // 5)
        return part.worth >= 0.75

    def _score(self, measure: Measure) -> Score | None:
        """Return the score of the worthiest interest a site serves itself, its own relationship before any other."""
        served = self._served.get(measure.site, [])
        home = [s for s in served if (i := self.figures.interests.get(s)) and i.residence == measure.site]
        scores = [self.figures.scores[i] for i in home or served if i in self.figures.scores]
        return max(scores, key=lambda s: s.points, default=None)

    def _mutual(self, measure: Measure) -> Clause:
        """Say since when they reside here, where that is not answered, or only by a mission."""
        site, case = self.figures.sites[measure.site], self.figures.case
        if not level(measure.after) or not site.resident_here:
            return Clause("")
        posts = [p for p in case.foreign_posts.on(case.as_of) if p.sender == site.state and level(p.form)]
        years = [p.span.start.year for p in posts if p.span.start]
        since = f" since {min(years)}" if years else ""
        if measure.before is Form.NONE:
            return Clause(f"resides here{since}, not answered")
        answered = level(measure.before) >= max((level(p.form) for p in posts), default=0)
        return Clause("" if answered else f"an embassy here{since}, answered by a mission only")

    def _moves(self, measure: Measure) -> Clause:
        """Say where to or from the representation moves: a site of the State and track closes as another opens."""
        sites, mine = self.figures.sites, self.figures.sites[measure.site]
        other = {Kind.CLOSE: Kind.ESTABLISH, Kind.ESTABLISH: Kind.CLOSE}.get(measure.kind)
        twins = [
            m.site
            for m in self.figures.plan.measures
            if (m.kind, m.year) == (other, measure.year)
            and (sites[m.site].state, sites[m.site].track) == (mine.state, mine.track)
        ]
        names = listed(sorted(self.figures.site(s) for s in twins))
        return Clause(f"moves {'to' if measure.kind is Kind.CLOSE else 'from'} {names}" if twins else "")

    def _covers(self, measure: Measure) -> Clause:
        """Name the States that the site covers in the last year of the plan, and did not cover before."""
        figures, site = self.figures, self.figures.sites[measure.site]
        names = [
            figures.state(p.state)
            for p in figures.after.values()
            if p.seat and p.seat_site == site.id and not _same_seat(figures, p.state)
        ]
        return Clause(f"would cover: {listed(sorted(names))}" if names and level(measure.after) == 2 else "")

    def _seats(self, measure: Measure) -> Clause:
        """Name the organisations at the seat, other than the one the post is for."""
        interests, main = self.figures.interests, self._score(measure)
        ids = {i for i in self._served.get(measure.site, []) if i in interests and interests[i].kind == "organisation"}
        names = sorted(self.figures.interest(i) for i in ids if main is None or i != main.interest)
        return Clause(f"also serves {listed(names, 2)}" if names else "")

    def _rank(self, fact: Fact) -> tuple[int, int]:
        """Return the place of a fact among all States, and among how many there are."""
        if fact.attribute not in self._standings:
            by, states = self.figures.case.as_of.year, self.figures.states
            subjects = (s for s in self.facts.subjects(fact.attribute) if s in states)
            facts = (self.facts.latest(s, fact.attribute, by=by) for s in subjects)
            self._standings[fact.attribute] = [f.value for f in facts if f and f.value > 0]
        standings = self._standings[fact.attribute]
        return 1 + sum(v > fact.value for v in standings), len(standings)


def waiting(figures: Figures) -> tuple[str, ...]:
    """Name the sites that a condition keeps from changing, as long as it is not met."""
    rules = [r for r in figures.problem.brief.rules if isinstance(r, Conditional) and not r.met]
    return tuple(f"{figures.site(r.site)}: {r.trigger}" + (f" ({r.reason})" if r.reason else "") for r in rules)


def merits(figures: Figures) -> Table | None:
    """Return the merits that somebody has set on sites, apart from what is measured, and what becomes of each."""
    held, last = figures.plan.measures, figures.held(figures.years[-1])
    rows = []
    for place in sorted((p for p in figures.places.values() if p.merit), key=lambda p: (-abs(p.merit), p.id)):
        acts = listed([f"{act(m)} {m.year}" for m in held if m.site == place.id])
        fate = acts or ("as today" if place.id in last else "not in the plan")
        points = number(place.merit, max(0, -int(place.merit.as_tuple().exponent)), signed=True)
        rows.append((figures.site(place.id), points, fate, place.merit_reason or "no reason is given"))
    titles = ["Where", "#Points a year", "In the plan", "*Reason"]
    note = "They count each year in which the highest form of the site is held, on top of what the criteria measure."
    return table("Merit set by hand, apart from the measured worth", titles, rows, note=note) if rows else None


def ordinal(rank: int) -> str:
    """Write a place before a superlative: nothing for the first, "2nd " for the second."""
    if rank == 1:
        return ""
    ending = "th" if rank % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{number(rank)}{ending} "


def _same_seat(figures: Figures, state: str) -> bool:
    before = figures.before.get(state)
    return bool(before and before.seat_state == figures.after[state].seat_state)
