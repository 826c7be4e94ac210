"""Steps of a dossier: who may take which, and what must be so before.

Three things hold whatever procedure a ministry makes: nobody approves what they had a hand in, nothing is made public
but a version that was approved, and nothing before its embargo has passed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from legation.errors import ForbiddenError, RefusedError
from legation.review.decisions import acts_of, refuse_unmet
from legation.review.dossiers import Dossier, Taken, Version
from legation.review.people import Person
from legation.review.stages import PROCEDURE, Procedure, Step


def possible(
    dossier: Dossier, person: Person, procedure: Procedure = PROCEDURE, *, on: datetime | None = None
) -> tuple[Step, ...]:
    """Return the steps that this person may take, needs of the step aside; on: at this moment, embargo heeded."""
    held = on is not None and dossier.embargo is not None and on < dossier.embargo
    return tuple(
        s
        for s in procedure.steps_from(dossier.stage)
        if not _objection(dossier, s, person) and not (held and procedure.stage(s.target).public)
    )


def advance(
    dossier: Dossier,
    step: str,
    person: Person,
    at: datetime,
    reason: str = "",
    procedure: Procedure = PROCEDURE,
    *,
    meeting: str = "",
    known: Collection[str] = (),
) -> Dossier:
    """Take a step; raise ForbiddenError for who may not, RefusedError where the step's needs are not met.

    meeting: id of the one that decided it, where one did; known: names of the people on record, who make its quorum
    """
    meant = next((s for s in procedure.steps_from(dossier.stage) if s.name == step), None)
    stage = procedure.stage(dossier.stage)
    if meant is None:
        ways = ", ".join(s.name for s in procedure.steps_from(dossier.stage)) or "none"
        raise RefusedError(f"There is no step '{step}' from here ({stage.title}).", hint=f"Steps from here: {ways}.")
    objection = _objection(dossier, meant, person)
    if objection:
        raise ForbiddenError(objection, hint=f"Roles that may {step}: {', '.join(meant.roles)}.")
    _refuse_unready(dossier, meant, reason)
    refuse_unmet(dossier, meant, meeting, known)
    if procedure.stage(meant.target).public:
        _refuse_unapproved(dossier, meant, at)
    said, number = reason.strip(), dossier.version.number
    taken = Taken(step, meant.source, meant.target, person.name, at, number, said, meant.approves, meeting)
    charged = acts_of(dossier, meant, person, at, meeting)
    return replace(charged, stage=meant.target, taken=(*dossier.taken, taken))


def _objection(dossier: Dossier, step: Step, person: Person) -> str:
    if not set(step.roles) & set(person.roles):
        return f"{person.name} may not {step.name}."
    wrote = dossier.authors if step.approves else {v.author for v in dossier.versions}
    if (step.others or step.approves) and person.name in wrote:
        return f"{person.name} had a hand in this dossier, and nobody may {step.name} their own."
    return ""


def _refuse_unready(dossier: Dossier, step: Step, reason: str) -> None:
    if step.answers and dossier.waiting:
        names = ", ".join(said.id for said in dossier.waiting)
        raise RefusedError(f"Something waits for an answer: {names}.", hint="Answer each, then go on.")
    if step.reason and not reason.strip():
        raise RefusedError(f"To {step.name} needs a reason.", hint="Say why: the author has to act on it.")


def _refuse_unapproved(dossier: Dossier, step: Step, at: datetime) -> None:
    if dossier.approval is None:
        raise RefusedError(f"To {step.name} would make public what was not approved.")
    if dossier.embargo and at < dossier.embargo:
        raise RefusedError(f"It is under embargo until {dossier.embargo.isoformat()}.")


def revise(dossier: Dossier, version: Version, procedure: Procedure = PROCEDURE) -> Dossier:
    """Put another version in; raise RefusedError where the stage no longer lets it change, or it says the same."""
    stage, last = procedure.stage(dossier.stage), dossier.version
    if not stage.editable or stage.final:
        raise RefusedError(
            f"Version {last.number} cannot change: {stage.title}.", hint="Have it returned, or make a new dossier."
        )
    if (version.problem, version.plan) == (last.problem, last.plan):
        raise RefusedError(f"Version {last.number} says the same.", hint="Change the case first.")
    return replace(dossier, versions=(*dossier.versions, replace(version, number=last.number + 1)))


def set_embargo(dossier: Dossier, until: datetime | None, procedure: Procedure = PROCEDURE) -> Dossier:
    """Set the moment before which it may not be announced; raise RefusedError once it was."""
    if procedure.stage(dossier.stage).public or dossier.announced:
        raise RefusedError("It was announced already.")
    if until and until.tzinfo is None:
        raise RefusedError("An embargo needs a time with its zone.", hint="Write it as 2012-03-01T10:00+06:00.")
    return replace(dossier, embargo=until)
