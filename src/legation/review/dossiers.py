"""Dossiers: a plan in review, frozen by digest, and every step it took."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from legation.errors import ForbiddenError, RefusedError
from legation.review.people import Person
from legation.review.stages import PROCEDURE, Procedure, Step
from legation.values import value


@value
class Comment:
    """What somebody said of one line of a dossier, and the answer to it.

    line: id of the site, measure, rule or year it is about; empty for the whole; version: of the dossier
    """

    id: str
    line: str
    text: str
    author: str
    at: datetime
    version: int
    answer: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None


@value
class Taken:
    """A step that was taken: by whom, when, on which version, and why."""

    step: str
    source: str
    target: str
    by: str
    at: datetime
    version: int
    reason: str = ""


@value
class Dossier:
    """A plan in review.

    case: name of the case in the registry; problem, plan: digests of the two, which fix them; version: counts the
    plans that were put in; renews: id of the approved dossier it is to take the place of; embargo: not to be
    announced before
    """

    id: str
    title: str
    case: str
    problem: str
    plan: str
    author: str
    stage: str
    version: int = 1
    renews: str = ""
    taken: tuple[Taken, ...] = ()
    comments: tuple[Comment, ...] = ()
    embargo: datetime | None = None


def possible(dossier: Dossier, person: Person, procedure: Procedure = PROCEDURE) -> tuple[Step, ...]:
    """Return the steps that this person may take now, needs of the step aside."""
    return tuple(s for s in procedure.steps_from(dossier.stage) if not _objection(dossier, s, person))


def advance(
    dossier: Dossier, step: str, person: Person, at: datetime, reason: str = "", procedure: Procedure = PROCEDURE
) -> Dossier:
    """Take a step; raise ForbiddenError for who may not, RefusedError where the step's needs are not met."""
    meant = next((s for s in procedure.steps_from(dossier.stage) if s.name == step), None)
    stage = procedure.stage(dossier.stage)
    if meant is None:
        ways = ", ".join(s.name for s in procedure.steps_from(dossier.stage)) or "none"
        raise RefusedError(f"There is no step '{step}' from here ({stage.title}).", hint=f"Steps from here: {ways}.")
    objection = _objection(dossier, meant, person)
    if objection:
        raise ForbiddenError(objection, hint=f"Roles that may {step}: {', '.join(meant.roles)}.")
    _refuse_unready(dossier, meant, at, reason)
    taken = Taken(step, meant.source, meant.target, person.name, at, dossier.version, reason.strip())
    return replace(dossier, stage=meant.target, taken=(*dossier.taken, taken))


def _objection(dossier: Dossier, step: Step, person: Person) -> str:
    if not set(step.roles) & set(person.roles):
        return f"{person.name} may not {step.name}."
    if step.others and person.name == dossier.author:
        return f"{person.name} wrote this dossier, and nobody may {step.name} their own."
    return ""


def _refuse_unready(dossier: Dossier, step: Step, at: datetime, reason: str) -> None:
    waiting = unanswered(dossier)
    if step.answers and waiting:
        lines = ", ".join(sorted({c.line or "the whole" for c in waiting}))
        raise RefusedError(f"{len(waiting)} comments wait for an answer, on {lines}.", hint="Answer each, then go on.")
    if step.reason and not reason.strip():
        raise RefusedError(f"To {step.name} needs a reason.", hint="Say why: the author has to act on it.")
    if step.embargo and dossier.embargo and at < dossier.embargo:
        raise RefusedError(f"It is under embargo until {dossier.embargo.isoformat()}.")


def revise(dossier: Dossier, problem: str, plan: str, person: Person, procedure: Procedure = PROCEDURE) -> Dossier:
    """Put another problem and plan in; raise RefusedError where the stage no longer lets them change."""
    if not procedure.stage(dossier.stage).editable:
        title = procedure.stage(dossier.stage).title
        raise RefusedError(
            f"Version {dossier.version} cannot change: {title}.", hint="Have it returned, or make a new dossier."
        )
    return replace(dossier, problem=problem, plan=plan, author=person.name, version=dossier.version + 1)


# Comments


def comment(dossier: Dossier, line: str, text: str, person: Person, at: datetime) -> Dossier:
    """Add a comment on a line; raise RefusedError for an empty one."""
    if not text.strip():
        raise RefusedError("A comment needs a text.")
    made = Comment(f"c{len(dossier.comments) + 1}", line, text.strip(), person.name, at, dossier.version)
    return replace(dossier, comments=(*dossier.comments, made))


def answer(dossier: Dossier, id_: str, text: str, person: Person, at: datetime) -> Dossier:
    """Answer a comment; raise RefusedError where there is none of that id, or it has its answer."""
    found = next((c for c in dossier.comments if c.id == id_), None)
    if found is None or found.answer or not text.strip():
        what = "There is no comment" if found is None else "There is an answer already to" if found.answer else ""
        raise RefusedError(f"{what} {id_}." if what else "An answer needs a text.")
    made = replace(found, answer=text.strip(), answered_by=person.name, answered_at=at)
    return replace(dossier, comments=tuple(made if c is found else c for c in dossier.comments))


def unanswered(dossier: Dossier) -> tuple[Comment, ...]:
    """Return the comments that wait for an answer."""
    return tuple(c for c in dossier.comments if not c.answer)
