"""Tracing: which measure serves which objective of the instruction, and what serves none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import fsum

from legation.appraisal.scoring import Appraisal
from legation.errors import Finding, Severity
from legation.model import Mandate, Objective
from legation.values import value


@value
class Served:
    """A measure that serves an objective. points: of a year's worth that come through the objective's criteria."""

    measure: str
    points: float


@value
class Traced:
    """An objective and the measures that serve it, those that serve it most first."""

    objective: str
    text: str
    measures: tuple[Served, ...]


@value
class Trace:
    """All objectives of a mandate, and what was found: objectives without a measure, measures without an objective.

    mandate: the instruction that is traced to; measures: all that are asked for an objective
    """

    objectives: tuple[Traced, ...]
    findings: tuple[Finding, ...]
    mandate: Mandate = Mandate()
    measures: tuple[str, ...] = ()


Shares = Mapping[str, Mapping[str, float]]
"""For each measure by its name, the interests it serves, each by a share from 0 to 1."""


def trace(mandate: Mandate, appraisal: Appraisal, measures: Shares) -> Trace:
    """Trace measures to objectives: points = sum of share x points of the parts whose criterion measures it."""
    parts = {s.interest: {p.criterion: p.points for p in s.parts} for s in appraisal.scores}
    traced = tuple(Traced(o.id, o.text, _serving(o, parts, measures)) for o in mandate.objectives)
    if not traced:
        message = "The instruction has no objectives, so no measure can be traced to one."
        missing = Finding("objectives-missing", Severity.WARNING, "mandate", message, "Add them under [mandate].")
        return Trace((), (*_incomplete(mandate), missing), mandate, tuple(measures))
    served = {m.measure for t in traced for m in t.measures}
    unasked = _unasked(m for m in measures if m not in served)
    found = (*_incomplete(mandate), *_unserved(mandate.objectives, traced), *unasked)
    return Trace(traced, found, mandate, tuple(measures))


def _incomplete(mandate: Mandate) -> list[Finding]:
    """Tell what a register of instructions would say of one, and the case does not."""
    kept = {
        "its number": mandate.number,
        "its date": mandate.date,
        "its deadline": mandate.deadline,
        "who watches over it": mandate.controller,
    }
    missing = [what for what, said in kept.items() if not said]
    if not missing or not mandate.instruction:
        return []
    message = f"The instruction of {mandate.given_by or 'nobody named'} does not say {', '.join(missing)}."
    remedy = "Add number, date, deadline and controller under [mandate], as far as they are known."
    return [Finding("instruction-incomplete", Severity.NOTE, "mandate", message, remedy)]


def _serving(objective: Objective, parts: Mapping[str, Mapping[str, float]], measures: Shares) -> tuple[Served, ...]:
    found = []
    for name, shares in measures.items():
        points = fsum(
            share * parts.get(interest, {}).get(criterion, 0.0)
            for interest, share in shares.items()
            for criterion in objective.criteria
        )
        if points > 0:
            found.append(Served(name, points))
    return tuple(sorted(found, key=lambda s: (-s.points, s.measure)))


def _unserved(objectives: Sequence[Objective], traced: Sequence[Traced]) -> list[Finding]:
    found = []
    for objective, line in zip(objectives, traced, strict=True):
        if not line.measures:
            why = "no measure serves it" if objective.criteria else "no criterion measures it, so no measure serves it"
            message = f"Objective {objective.id} ({objective.text}): {why}."
            remedy = "Add a measure that serves it, or say why there is none."
            found.append(Finding("objective-unserved", Severity.WARNING, objective.id, message, remedy))
    return found


def _unasked(names: Iterable[str]) -> list[Finding]:
    remedy = "Name the criteria of its worth under an objective, or say who asked for it."
    return [
        Finding(
            "measure-unasked", Severity.WARNING, name, f"{name}: it serves no objective of the instruction.", remedy
        )
        for name in names
    ]
