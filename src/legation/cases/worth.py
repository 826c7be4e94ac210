"""What every interest of a case is worth in each year of the plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from legation.appraisal import Appraisal, Part, Score, Subject, appraise
from legation.cases.case import Case, InterestRow
from legation.errors import Finding, Severity
from legation.model import Fact, Facts, Track
from legation.planning.problem import Interest, Site

PLACES = Decimal("0.0001")


def interest_rows(case: Case, sites: Sequence[Site]) -> tuple[InterestRow, ...]:
    """Return the rows of interests.csv and one bilateral row for every other State with a diplomatic site."""
    stated = {r.id for r in case.interests}
    names = {s.code: s.name for s in case.states}
    implied = (
        InterestRow(s.state, "bilateral", names.get(s.state, s.state), s.state, s.city)
        for s in sites
        if s.track is Track.DIPLOMATIC and s.state not in stated
    )
    stated_rows = (replace(r, state=r.state or r.id) if r.kind == "bilateral" else r for r in case.interests)
    return (*implied, *stated_rows)


def score(case: Case, rows: Sequence[InterestRow], resident_here: dict[str, int]) -> Appraisal:
    """Appraise the interests by facts known in the year of the record; points a row states override its appraisal.

    resident_here: level of the highest diplomatic post each State has with us; it is a fact of the record itself.
    """
    year = case.as_of.year
    facts = Facts((*case.facts, *_residence_facts(rows, resident_here, year)))
    subjects = [_subject(r) for r in rows if r.points is None]
    points = {kind: float(p) for kind, p in case.settings.points}
    appraisal = appraise(facts, subjects, case.criteria, points, year)
    own = (_own_score(r, r.points, year) for r in rows if r.points is not None)
    kinds = list(dict.fromkeys(r.kind for r in rows))
    scores = sorted((*appraisal.scores, *own), key=lambda s: (kinds.index(s.kind), -s.points, s.interest))
    return replace(appraisal, scores=tuple(scores), findings=(*appraisal.findings, *_negative(rows)))


def interests(
    case: Case, rows: Iterable[InterestRow], appraisal: Appraisal, sites: Iterable[Site]
) -> tuple[Interest, ...]:
    """Return the interests with their worth, the same in every year; a bilateral one names where we would reside."""
    points = {s.interest: Decimal(str(s.points)).quantize(PLACES) for s in appraisal.scores}
    residence = {s.state: s.id for s in sites if s.track is Track.DIPLOMATIC}
    return tuple(
        Interest(
            r.id,
            (points[r.id],) * len(case.brief.years),
            residence=residence.get(r.state, "") if r.kind == "bilateral" else "",
            kind=r.kind,
            state=r.state,
        )
        for r in rows
    )


def _subject(row: InterestRow) -> Subject:
    return Subject(row.id, row.kind, row.state, row.title, row.subject or row.id)


def _residence_facts(rows: Iterable[InterestRow], levels: dict[str, int], year: int) -> list[Fact]:
    states = sorted({r.subject or r.id for r in rows if r.kind == "bilateral"})
    return [Fact(s, "resident_here", year, levels.get(s, 0), "level", "foreign_posts.csv") for s in states]


def _own_score(row: InterestRow, points: Decimal, year: int) -> Score:
    """Return the score of stated points as one part that is worth all of them."""
    number = float(points)
    fact = Fact(row.subject or row.id, "points", year, number, "points", row.source or "interests.csv")
    part = Part("points", "Points stated for it", "", number, "points", fact, 1.0, 1.0, number)
    return Score(row.id, row.kind, row.state, row.title, number, (part,))


def _negative(rows: Iterable[InterestRow]) -> list[Finding]:
    return [
        Finding(
            "points-negative",
            Severity.ERROR,
            row.id,
            f"Interest {row.id} has {row.points} points; no interest is worth less than 0.",
            "State 0 or more.",
            "interests.csv",
            column="points",
            value=str(row.points),
        )
        for row in rows
        if row.points is not None and row.points < 0
    ]
