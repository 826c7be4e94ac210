"""One reason for each measure, put together from the data it rests on."""

from __future__ import annotations

from legation.appraisal.scoring import Part, Score
from legation.model import Fact, Facts, Form, level
from legation.planning.brief import Kind
from legation.planning.outcome import Measure
from legation.reports.figures import Figures, listed, number, rounded

RANKED = {  # attribute: what the highest is called
    "gdp": "largest economy",
    "population": "most populous State",
    "trade": "largest trading partner",
    "exports": "largest market for exports",
    "imports": "largest supplier",
    "citizens": "largest community of citizens",
    "kin": "largest community of kin",
    "migrants": "largest community of migrants",
    "fdi": "largest investor",
}
SHORT = {"gdp": "GDP", "fdi": "direct investment"}
FLAGS = {"g20": "member of the G20", "muslim": "Muslim country", "oic": "member of the OIC", "eu": "member of the EU"}
RECORD = "resident_here"  # said in words of its own, with the year it began


class Reasons:
    """Says why a measure is taken, with performance, unit, year and source."""

    def __init__(self, figures: Figures) -> None:
        """Keep the figures and the facts known on the day of the case."""
        self.figures = figures
        self.facts = Facts(figures.case.facts)
        self.by = figures.case.as_of.year
        self._standings: dict[str, list[float]] = {}
        self._served: dict[str, list[str]] = {}
        for service in figures.problem.services:
            if not service.concurrent:
                self._served.setdefault(service.site, []).append(service.interest)

    def of(self, measure: Measure) -> str:
        """Return the reason for a measure as one line."""
        if measure.kind is Kind.CLOSE:
            return f"gives {self.figures.scale.said(-measure.running)} a year back for more urgent ends"
        score = self._score(measure)
        said = [*self._strongest(score), self._mutual(measure), self._covers(measure), self._organisations(measure)]
        place = self.figures.places.get(measure.site)
        if place and place.merit > 0 and place.merit_reason:
            said.insert(0, place.merit_reason)
        said = [s for s in said if s]
        return "; ".join(said[:4]) or "best use of the money that is left: no single fact stands out"

    def part(self, part: Part) -> str:
        """Say what one criterion found: "7th largest economy of 187 (GDP 2010, USD 2.0 tn; Factbook 2011)"."""
        if part.fact is None or part.performance is None:
            return f"{part.title}: not known"
        name, fact = part.fact.attribute, part.fact
        if name in FLAGS:
            return f"{FLAGS[name]} ({self._cited(fact)})" if fact.value else f"not a {FLAGS[name]}"
        label = SHORT.get(name, name.replace("_", " "))
        value = f"{label} {fact.year}, {rounded(fact.value, fact.unit)}; {self.figures.source(fact.source)}"
        rank, among = self._rank(fact)
        if name in RANKED and among > 2 and rank <= max(3, among // 3):
            return f"{ordinal(rank)}{RANKED[name]} of {among} ({value})"
        return f"{part.title} ({value})"

    def _strongest(self, score: Score | None) -> list[str]:
        """Say the two criteria that add most to a score."""
        if score is None:
            return []
        known = [p for p in score.parts if p.fact and p.points > 0 and p.fact.attribute != RECORD]
        return [self.part(p) for p in sorted(known, key=lambda p: -p.points)[:2]]

    def _score(self, measure: Measure) -> Score | None:
        """Return the score of the worthiest interest a site serves itself."""
        served = self._served.get(measure.site, [])
        home = [s for s in served if (i := self.figures.interests.get(s)) and i.residence == measure.site]
        scores = [self.figures.scores[i] for i in home or served if i in self.figures.scores]
        return max(scores, key=lambda s: s.points, default=None)

    def _mutual(self, measure: Measure) -> str:
        """Say since when they reside here, where that is not answered, or only by a mission."""
        site = self.figures.sites[measure.site]
        if not level(measure.after) or not site.resident_here:
            return ""
        case = self.figures.case
        posts = [p for p in case.foreign_posts.on(case.as_of) if p.sender == site.state and level(p.form)]
        years = [p.span.start.year for p in posts if p.span.start]
        since = f" since {min(years)}" if years else ""
        today = self.figures.before.get(site.state)
        if today is None or today.form is Form.NONE:
            return f"resides here{since}, not answered"
        answered = level(today.form) >= max((level(p.form) for p in posts), default=0)
        return "" if answered else f"an embassy here{since}, answered by a mission only"

    def _covers(self, measure: Measure) -> str:
        """Name the States that this site covers in the last year of the plan and that it did not cover before."""
        figures, site = self.figures, self.figures.sites[measure.site]
        names = [
            figures.state(p.state)
            for p in figures.after.values()
            if p.seat and p.seat_state == site.state and not _same_seat(figures, p.state)
        ]
        return f"would cover: {listed(sorted(names))}" if names and level(measure.after) == 2 else ""

    def _organisations(self, measure: Measure) -> str:
        """Name the organisations at the seat."""
        interests = self.figures.interests
        ids = {i for i in self._served.get(measure.site, []) if i in interests and interests[i].kind == "organisation"}
        main = self._score(measure)
        names = sorted(self.figures.interest(i) for i in ids if main is None or i != main.interest)
        return f"seat of {listed(names, 2)}" if names else ""

    def _rank(self, fact: Fact) -> tuple[int, int]:
        """Return the place of a fact among all subjects, and among how many."""
        if fact.attribute not in self._standings:
            facts = (self.facts.latest(s, fact.attribute, by=self.by) for s in self.facts.subjects(fact.attribute))
            self._standings[fact.attribute] = [f.value for f in facts if f and f.value > 0]
        standings = self._standings[fact.attribute]
        return 1 + sum(v > fact.value for v in standings), len(standings)

    def _cited(self, fact: Fact) -> str:
        return f"{fact.year}; {self.figures.source(fact.source)}"


def ordinal(rank: int) -> str:
    """Write a place before a superlative: nothing for the first, "2nd " for the second."""
    if rank == 1:
        return ""
    ending = "th" if rank % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{number(rank)}{ending} "


def _same_seat(figures: Figures, state: str) -> bool:
    before = figures.before.get(state)
    return bool(before and before.seat_state == figures.after[state].seat_state)
