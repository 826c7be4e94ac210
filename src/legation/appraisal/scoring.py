"""Score interests against criteria, and keep every part so that any score can be taken apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum
from statistics import median

from legation.appraisal.criteria import Criterion, Missing, Shape
from legation.appraisal.scales import Scale, distinguishes, settle, worth
from legation.errors import Finding, Severity
from legation.model import Fact, Facts
from legation.values import value


@value
class Subject:
    """An interest to be scored; `facts` is the subject its facts are about."""

    interest: str
    kind: str
    state: str
    title: str
    facts: str


@value
class Part:
    """What one criterion adds to one score.

    fact: where the performance comes from; None where it is missing; worth: value on the 0-1 scale; weight:
    swing weight divided by the sum of the kind's weights; points: weight x worth x points of the kind
    """

    criterion: str
    title: str
    heading: str
    performance: float | None
    unit: str
    fact: Fact | None
    worth: float
    weight: float
    points: float


@value
class Score:
    """What one interest is worth each year, in points, and the parts that add up to it."""

    interest: str
    kind: str
    state: str
    title: str
    points: float
    parts: tuple[Part, ...]


@value
class Appraisal:
    """All scores, best first within a kind, and what was found missing on the way."""

    scores: tuple[Score, ...]
    findings: tuple[Finding, ...] = ()


def appraise(
    facts: Facts, subjects: Sequence[Subject], criteria: Sequence[Criterion], points: Mapping[str, float], year: int
) -> Appraisal:
    """Score every subject by the weighted sum of its kind's criteria, from facts known by a year.

    points: what the best conceivable interest of a kind is worth in a year. Findings: "kind-unscored" (error)
    where a kind has no criteria with weight or no points, "scale-flat" where a criterion tells no subject from
    another, "fact-missing" once for each criterion, with everyone it concerns and what they count as.
    """
    scores: list[Score] = []
    findings: list[Finding] = []
    for kind in dict.fromkeys(s.kind for s in subjects):
        members = [s for s in subjects if s.kind == kind]
        own = [c for c in criteria if c.kind == kind]
        total = sum(c.weight for c in own)
        if total <= 0 or kind not in points:
            findings.append(_unscored(kind, members))
            own = []
        rated = [_rate(facts, members, c, float(c.weight / total), points[kind], year) for c in own]
        columns = [parts for parts, _ in rated]
        findings += [f for _, found in rated for f in found]
        scores += sorted(
            (_score(s, tuple(column[i] for column in columns)) for i, s in enumerate(members)),
            key=lambda score: (-score.points, score.interest),
        )
    return Appraisal(tuple(scores), tuple(findings))


def _score(subject: Subject, parts: tuple[Part, ...]) -> Score:
    points = fsum(p.points for p in parts)
    return Score(subject.interest, subject.kind, subject.state, subject.title, points, parts)


def _rate(
    facts: Facts, members: Sequence[Subject], criterion: Criterion, weight: float, points: float, year: int
) -> tuple[list[Part], list[Finding]]:
    """Return the parts of one criterion, one a subject in their order, and what was found on the way."""
    known = [facts.latest(s.facts, criterion.attribute, by=year) for s in members]
    seen = [f.value for f in known if f]
    scale = settle(criterion, seen)
    substitute = _substitute(criterion.missing, [worth(scale, p) for p in seen])
    unit = next((f.unit for f in known if f), "")
    parts = []
    for fact in known:
        value = worth(scale, fact.value) if fact else substitute
        performance = fact.value if fact else None
        parts.append(
            Part(
                criterion.id,
                criterion.title,
                criterion.heading,
                performance,
                fact.unit if fact else unit,
                fact,
                value,
                weight,
                weight * value * points,
            )
        )
    findings = [_flat(criterion, scale)] if seen and not distinguishes(scale) else []
    missing = [s.facts for s, fact in zip(members, known, strict=True) if not fact]
    if missing:
        findings.append(_missing(criterion, missing, len(members), year))
    return parts, findings


def _substitute(missing: Missing, worths: Sequence[float]) -> float:
    if missing is Missing.MEDIAN:
        return median(worths) if worths else 0.0
    return 1.0 if missing is Missing.BEST else 0.0


def _missing(criterion: Criterion, subjects: Sequence[str], total: int, year: int) -> Finding:
    message = (
        f"Criterion {criterion.id}: {len(subjects)} of {total} have no fact of {criterion.attribute} known by {year}; "
        f"they count as the {criterion.missing}: {', '.join(subjects)}."
    )
    remedy = f"Add rows of attribute {criterion.attribute} to facts.csv, or change what a missing fact counts as."
    return Finding("fact-missing", Severity.WARNING, criterion.id, message, remedy)


def _flat(criterion: Criterion, scale: Scale) -> Finding:
    ends = "it has no points" if scale.shape in (Shape.STEPS, Shape.PIECEWISE) else f"{scale.worst:g} to {scale.best:g}"
    message = f"Criterion {criterion.id} tells nobody apart ({ends}): it is worth 0 for everyone who has a fact."
    remedy = "State worst and best ends that differ, in the preferred direction (above 0 for log), or its points."
    return Finding("scale-flat", Severity.WARNING, criterion.id, message, remedy)


def _unscored(kind: str, members: Sequence[Subject]) -> Finding:
    message = f"Interests of kind {kind} cannot be scored: {', '.join(s.interest for s in members)}."
    remedy = f"Give kind {kind} criteria with weights and points in case.toml, or give each its own points."
    return Finding("kind-unscored", Severity.ERROR, kind, message, remedy)
