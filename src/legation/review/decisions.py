"""Decisions: the meetings that a dossier was before, what they charged whom with, and what came of that."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from legation.errors import ForbiddenError, NotFoundError, RefusedError
from legation.review.dossiers import Dossier, Meeting, Paper, Task
from legation.review.people import Person, Role
from legation.review.stages import Step


def meet(dossier: Dossier, meeting: Meeting) -> Dossier:
    """Put a meeting on record; raise RefusedError for one that is yet to be held, or that nobody was at.

    The day is that of the place, which may be a day ahead of the moment in Greenwich.
    """
    present = tuple(dict.fromkeys(name.strip() for name in meeting.present if name.strip()))
    if not present:
        raise RefusedError("Nobody was present at the meeting.", hint="Name who was: --present NAME, once for each.")
    if meeting.day > (meeting.at + timedelta(days=1)).date():
        raise RefusedError(f"The meeting of {meeting.day} is yet to be held.", hint="Record it once it was.")
    name = f"m{len(dossier.meetings) + 1}"
    made = replace(meeting, id=name, present=present, version=dossier.version.number)
    return replace(dossier, meetings=(*dossier.meetings, made))


def charge(dossier: Dossier, task: Task) -> Dossier:
    """Charge a role with a task; raise RefusedError for an empty one, NotFoundError for a meeting that is not there."""
    if not task.text.strip():
        raise RefusedError("A task needs a text.", hint="Say what is to be done.")
    if task.meeting:
        meeting_of(dossier, task.meeting)
    name = f"t{len(dossier.tasks) + 1}"
    made = replace(task, id=name, text=task.text.strip(), version=dossier.version.number)
    return replace(dossier, tasks=(*dossier.tasks, made))


def fulfil(
    dossier: Dossier, id_: str, text: str, person: Person, at: datetime, papers: tuple[Paper, ...] = ()
) -> Dossier:
    """Say what came of a task; raise ForbiddenError unless the person has the role charged or controls it."""
    task = _open(dossier, id_)
    if task.role not in person.roles and person.name != task.controller:
        raise ForbiddenError(f"{person.name} is not charged with {id_}.", hint=f"Charged with it: {task.role.value}.")
    if not text.strip():
        raise RefusedError("Say what came of the task.")
    done = replace(task, answer=text.strip(), papers=papers, answered_by=person.name, answered_at=at)
    return replace(dossier, tasks=tuple(done if t.id == id_ else t for t in dossier.tasks))


def meeting_of(dossier: Dossier, id_: str) -> Meeting:
    """Return a meeting by its id; raise NotFoundError."""
    found = next((m for m in dossier.meetings if m.id == id_), None)
    if found is None:
        known = ", ".join(m.id for m in dossier.meetings) or "none"
        raise NotFoundError(f"{dossier.id} was before no meeting '{id_}'.", hint=f"Meetings on record: {known}.")
    return found


def refuse_unmet(dossier: Dossier, step: Step, meeting: str, known: Collection[str] = ()) -> None:
    """Raise RefusedError where a step lacks its quorum, or the meeting had another version before it.

    known: names of the people on record, who alone count; anybody does while nobody is
    """
    if not meeting:
        if step.quorum:
            hint = "Record it with: legation review meet, and name it with --meeting"
            raise RefusedError(f"To {step.name} needs a meeting of at least {step.quorum}.", hint=hint)
        return
    found, number = meeting_of(dossier, meeting), dossier.version.number
    if found.version != number:
        raise RefusedError(f"{meeting} had version {found.version} before it, not version {number}.")
    strangers = [name for name in found.present if known and name not in known]
    if len(found.present) - len(strangers) < step.quorum:
        whom = " who are on record" if strangers else ""
        hint = f"Not on record: {', '.join(strangers)}. Add them: legation people add NAME" if strangers else ""
        count = len(found.present) - len(strangers)
        raise RefusedError(f"At {meeting} {count} were present{whom}; to {step.name} needs {step.quorum}.", hint=hint)


def acts_of(dossier: Dossier, step: Step, person: Person, at: datetime, meeting: str) -> Dossier:
    """Charge the planning desk with the legal acts that a step asks for; who took the step controls them."""
    for text in step.acts:
        task = Task("", text, Role.PLANNER, person.name, at, 0, controller=person.name, meeting=meeting)
        dossier = charge(dossier, task)
    return dossier


def _open(dossier: Dossier, id_: str) -> Task:
    found = next((t for t in dossier.tasks if t.id == id_), None)
    if found is None:
        known = ", ".join(t.id for t in dossier.open_tasks) or "none"
        raise NotFoundError(f"{dossier.id} has no task '{id_}'.", hint=f"Open tasks: {known}.")
    if found.answered_at is not None:
        raise RefusedError(f"{id_} is done.")
    return found
