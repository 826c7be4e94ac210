"""Decisions: meetings with a quorum, tasks that are late until something came of them, legal acts of an approval."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from legation.appraisal.scoring import Appraisal
from legation.errors import ForbiddenError, NotFoundError, RefusedError
from legation.model import Mandate, Objective
from legation.review.advancing import advance
from legation.review.checking import faults
from legation.review.decisions import charge, fulfil, meet
from legation.review.dossiers import Dossier, Meeting, Paper, Task, Version
from legation.review.people import Person, Role
from legation.review.stages import PROCEDURE, Procedure
from legation.review.tracing import trace

NOON = datetime(2012, 1, 1, 12, tzinfo=UTC)
DAY = date(2012, 1, 1)
FINANCE, GOVERNMENT = Person("dina", (Role.FINANCE,)), Person("erlan", (Role.GOVERNMENT,))
PLAN = Dossier("d1", "Plan", "ruritania", "government", (Version(1, "p", "q", "aizhan", NOON, 1),))
ACTS = ("Decree", "Staff list")


def asking(quorum: int, acts: tuple[str, ...] = ()) -> Procedure:
    """Return the usual procedure, with a quorum and legal acts of its approval."""
    steps = (replace(s, quorum=quorum, acts=acts) if s.approves else s for s in PROCEDURE.steps)
    return Procedure(PROCEDURE.stages, tuple(steps))


def held(*present: str, day: date = DAY) -> Meeting:
    return Meeting("", day, "Astana", "session", present, "erlan", NOON, 0)


def task(due: date | None = DAY, controller: str = "", meeting: str = "", text: str = "Consider it") -> Task:
    return Task("", text, Role.FINANCE, "erlan", NOON, 0, due, controller, meeting)


def test_an_approval_needs_its_quorum_before_the_same_version() -> None:
    procedure = asking(2)
    with pytest.raises(RefusedError, match="needs a meeting of at least 2"):
        advance(PLAN, "approve", GOVERNMENT, NOON, procedure=procedure)
    few = meet(PLAN, held("a", "a ", " "))  # one person, however often named
    with pytest.raises(RefusedError, match="At m1 1 were present"):
        advance(few, "approve", GOVERNMENT, NOON, procedure=procedure, meeting="m1")
    enough = meet(few, held("a", "b"))
    approved = advance(enough, "approve", GOVERNMENT, NOON, procedure=procedure, meeting="m2")
    assert approved.approval is not None
    assert approved.approval.meeting == "m2"
    later = replace(enough, versions=(*enough.versions, replace(enough.version, number=2, plan="r")))
    with pytest.raises(RefusedError, match="m2 had version 1 before it, not version 2"):
        advance(later, "approve", GOVERNMENT, NOON, procedure=procedure, meeting="m2")
    with pytest.raises(NotFoundError, match="no meeting 'm9'"):
        advance(enough, "approve", GOVERNMENT, NOON, meeting="m9")


def test_only_people_on_record_make_a_quorum() -> None:
    """Others may have been there; while nobody is on record, everybody counts."""
    met = meet(PLAN, held("erlan", "saule", "a guest"))
    with pytest.raises(RefusedError, match="At m1 1 were present who are on record; to approve needs 2") as refused:
        advance(met, "approve", GOVERNMENT, NOON, procedure=asking(2), meeting="m1", known={"erlan", "dina"})
    assert "saule, a guest" in refused.value.hint
    known = {"erlan", "saule"}
    assert advance(met, "approve", GOVERNMENT, NOON, procedure=asking(2), meeting="m1", known=known).approval
    assert advance(met, "approve", GOVERNMENT, NOON, procedure=asking(3), meeting="m1").approval


def test_a_meeting_was_held_and_somebody_was_there() -> None:
    with pytest.raises(RefusedError, match="Nobody was present"):
        meet(PLAN, held(" "))
    with pytest.raises(RefusedError, match="yet to be held"):
        meet(PLAN, held("a", day=DAY + timedelta(days=2)))
    meet(PLAN, held("a", day=DAY + timedelta(days=1)))  # it is tomorrow east of here


def test_a_task_is_late_until_something_came_of_it() -> None:
    made = charge(meet(PLAN, held("a")), task(controller="aizhan", meeting="m1"))
    (set_,) = made.tasks
    assert (set_.id, set_.version, set_.late(DAY), set_.late(DAY + timedelta(days=1))) == ("t1", 1, False, True)
    assert not task(due=None).late(date.max)
    with pytest.raises(ForbiddenError):
        fulfil(made, "t1", "Done", GOVERNMENT, NOON)
    paper = Paper("opinion.pdf", "0" * 64)
    for who in (FINANCE, Person("aizhan", (Role.PLANNER,))):  # who is charged, and who controls it
        done = fulfil(made, "t1", " Done ", who, NOON, (paper,))
        assert done.open_tasks == ()
        assert (done.tasks[0].answer, done.tasks[0].papers) == ("Done", (paper,))
        assert not done.tasks[0].late(date.max)
        with pytest.raises(RefusedError, match="t1 is done"):
            fulfil(done, "t1", "Again", FINANCE, NOON)
    with pytest.raises(NotFoundError, match="d1 has no task"):
        fulfil(made, "t2", "Done", FINANCE, NOON)
    with pytest.raises(RefusedError, match="what came of"):
        fulfil(made, "t1", " ", FINANCE, NOON)
    for wrong, error in ((task(text=" "), RefusedError), (task(meeting="m2"), NotFoundError)):
        with pytest.raises(error):
            charge(made, wrong)


def test_an_approval_asks_for_its_legal_acts() -> None:
    """Each becomes a task of the planning desk, controlled by who approved."""
    approved = advance(meet(PLAN, held("a")), "approve", GOVERNMENT, NOON, procedure=asking(0, ACTS), meeting="m1")
    assert [(t.text, t.role, t.controller, t.meeting) for t in approved.open_tasks] == [
        (act, Role.PLANNER, "erlan", "m1") for act in ACTS
    ]
    assert [f.subject for f in faults(asking(-1))] == ["approve"]


def test_what_an_instruction_does_not_say_is_told() -> None:
    """But not of a case without any."""
    known = Mandate("Plan", "The King", "2011", number="7", deadline=DAY, controller="Chancellor")
    told = [
        [f.message for f in trace(m, Appraisal((), ()), {}).findings if f.code == "instruction-incomplete"]
        for m in (known, replace(known, number="", deadline=None), Mandate(objectives=(Objective("o", "x"),)))
    ]
    assert told == [[], ["The instruction of The King does not say its number, its deadline."], []]
