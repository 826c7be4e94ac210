"""Review: who may take which step, what a step needs, and what no procedure can allow."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from legation.appraisal.scoring import Appraisal, Part, Score
from legation.errors import ForbiddenError, NotFoundError, RefusedError
from legation.model import Mandate, Objective
from legation.review.access import PERMISSIONS, Permission, allowed, may, require
from legation.review.advancing import advance, possible, revise, set_embargo
from legation.review.checking import faults
from legation.review.dossiers import Counter, Dossier, Version
from legation.review.people import Person, Role
from legation.review.remarks import adopt, answer, comment, offer
from legation.review.stages import PROCEDURE, Procedure, Stage, Step
from legation.review.tracing import trace

NOON = datetime(2012, 1, 1, 12, tzinfo=UTC)
PLANNER, HEAD = Person("aizhan", (Role.PLANNER,)), Person("bolat", (Role.HEAD,))
FINANCE, GOVERNMENT = Person("dina", (Role.FINANCE,)), Person("erlan", (Role.GOVERNMENT,))
PEOPLE = {p.name: p for p in (PLANNER, HEAD, FINANCE, GOVERNMENT)}
WAY = (("submit", PLANNER), ("endorse", HEAD), ("agree", FINANCE), ("present", HEAD), ("approve", GOVERNMENT))


def version(problem: str = "p1", plan: str = "q1", author: str = "aizhan") -> Version:
    return Version(1, problem, plan, author, NOON, 1)


def dossier() -> Dossier:
    return Dossier("d1", "Plan", "ruritania", "draft", (version(),))


def walked(steps: int) -> Dossier:
    made = dossier()
    for step, person in WAY[:steps]:
        made = advance(made, step, person, NOON)
    return made


def test_the_way_from_draft_to_announcement() -> None:
    """Every step is kept with who took it."""
    made = advance(walked(5), "announce", HEAD, NOON)
    assert made.stage == "announced"
    assert [(t.step, t.by) for t in made.taken] == [*((s, p.name) for s, p in WAY), ("announce", "bolat")]
    assert made.approval.by == "erlan"


def test_roles_decide_who_may_take_a_step() -> None:
    """Who may not is told who may, and is not offered it."""
    with pytest.raises(ForbiddenError) as error:
        advance(dossier(), "submit", FINANCE, NOON)
    assert "planner" in error.value.hint
    assert possible(dossier(), FINANCE) == ()
    assert [s.name for s in possible(dossier(), PLANNER)] == ["submit", "withdraw"]
    with pytest.raises(RefusedError, match="no step 'approve' from here"):
        advance(dossier(), "approve", GOVERNMENT, NOON)


def test_nobody_approves_their_own() -> None:
    """Whoever wrote a version, or a counter-proposal that was taken over, in whatever role."""
    both = Person("aizhan", (Role.PLANNER, Role.HEAD, Role.GOVERNMENT))
    with pytest.raises(ForbiddenError, match="their own"):
        advance(walked(1), "endorse", both, NOON)
    with pytest.raises(ForbiddenError, match="their own"):
        advance(walked(4), "approve", both, NOON)
    counter = Counter("", "cut", "p2", "q2", "erlan", NOON, 0)
    offered = offer(walked(2), counter)
    returned = advance(offered, "return", FINANCE, NOON, "too dear")
    taken_over = adopt(returned, "p1", version(author="aizhan"))
    again = taken_over
    for step, person in (("resubmit", PLANNER), *WAY[1:4]):
        again = advance(again, step, person, NOON)
    with pytest.raises(ForbiddenError, match="their own"):
        advance(again, "approve", GOVERNMENT, NOON)


def test_what_was_said_is_answered_before_it_goes_on() -> None:
    """Comments and counter-proposals alike; an answer is given once."""
    said = comment(walked(2), "KEN", "Why two people?", FINANCE, NOON)
    with pytest.raises(RefusedError, match="waits for an answer: c1"):
        advance(said, "agree", FINANCE, NOON)
    answered = answer(said, "c1", "Nairobi has the UN.", PLANNER, NOON)
    assert advance(answered, "agree", FINANCE, NOON).stage == "agreed"
    with pytest.raises(RefusedError, match="has its answer"):
        answer(answered, "c1", "again", PLANNER, NOON)
    with pytest.raises(NotFoundError):
        answer(said, "c9", "what?", PLANNER, NOON)
    with pytest.raises(RefusedError, match="needs a text"):
        comment(said, "", "  ", FINANCE, NOON)


def test_a_return_needs_a_reason() -> None:
    """An empty one is none."""
    with pytest.raises(RefusedError, match="reason"):
        advance(walked(2), "return", FINANCE, NOON, " ")
    assert advance(walked(2), "return", FINANCE, NOON, "too dear").taken[-1].reason == "too dear"


def test_an_approved_version_cannot_change() -> None:
    """Neither by a revision nor by taking over a counter-proposal; a returned one can, and loses its approval."""
    with pytest.raises(RefusedError, match="cannot change"):
        revise(walked(5), version("p2", "q2"))
    with pytest.raises(RefusedError, match="too late"):
        offer(walked(5), Counter("", "cut", "p2", "q2", "dina", NOON, 0))
    returned = advance(walked(4), "refer-back", GOVERNMENT, NOON, "fewer")
    changed = revise(returned, version("p2", "q2"))
    assert changed.version.number == 2
    assert changed.approval is None
    with pytest.raises(RefusedError, match="says the same"):
        revise(returned, version())


def test_nothing_is_announced_before_its_embargo() -> None:
    """At the very moment it may."""
    held = set_embargo(walked(5), NOON + timedelta(days=1))
    with pytest.raises(RefusedError, match="embargo"):
        advance(held, "announce", HEAD, NOON)
    assert advance(held, "announce", HEAD, NOON + timedelta(days=1)).stage == "announced"
    with pytest.raises(RefusedError, match="zone"):
        set_embargo(walked(5), datetime(2012, 1, 1))  # noqa: DTZ001 - that is what is refused


def test_no_procedure_lets_out_what_was_not_approved() -> None:
    """A ministry's own step from draft to the public is refused when taken, and named when checked."""
    leak = Step("leak", "draft", "announced", (Role.PLANNER,))
    leaky = replace(PROCEDURE, steps=(*PROCEDURE.steps, leak))
    with pytest.raises(RefusedError, match="not approved"):
        advance(dossier(), "leak", PLANNER, NOON, procedure=leaky)
    assert any(f.subject == "leak" for f in faults(leaky))
    assert not faults(PROCEDURE)


@pytest.mark.parametrize(
    ("change", "subject"),
    [
        (lambda p: replace(p, stages=(*p.stages, Stage("attic", "Attic", final=True))), "attic"),
        (lambda p: replace(p, steps=(*p.steps, Step("jump", "draft", "moon", (Role.PLANNER,)))), "jump"),
        (lambda p: replace(p, steps=tuple(s for s in p.steps if s.source != "agreed")), "agreed"),
        (lambda p: replace(p, steps=tuple(replace(s, others=False) for s in p.steps)), "approve"),
        (lambda p: replace(p, steps=tuple(replace(s, roles=()) for s in p.steps)), "submit"),
        (lambda p: replace(p, steps=(*p.steps, Step("reopen", "approved", "draft", (Role.HEAD,)))), "reopen"),
    ],
)
def test_faults_of_a_procedure_are_named(change, subject: str) -> None:
    """Stages nobody reaches or leaves, steps into nowhere or for nobody, approval of one's own, final made open."""
    broken: Procedure = change(PROCEDURE)
    assert subject in {f.subject for f in faults(broken)}


def test_the_permissions_of_roles() -> None:
    """Readers only read; nobody but an administrator administers; the error names who may."""
    assert PERMISSIONS.keys() == set(Role)
    assert PERMISSIONS[Role.READER] == {Permission.READ}
    assert allowed(Permission.ADMINISTER) == (Role.ADMINISTRATOR,)
    assert not may(Person("x", (Role.AUDITOR,)), Permission.EDIT)
    with pytest.raises(ForbiddenError) as error:
        require(Person("x", (Role.READER,)), Permission.COUNTER)
    assert "finance" in error.value.hint


def test_measures_are_traced_to_objectives() -> None:
    """By the criteria of the worth they bring; an objective without a measure and a measure without one are told."""
    parts = tuple(Part(c, c, "", 1.0, "", None, 1.0, 0.5, points) for c, points in (("trade", 30.0), ("kin", 20.0)))
    scores = (
        Score("KEN", "bilateral", "KEN", "Kenya", 50.0, parts),
        Score("FIN", "bilateral", "FIN", "Finland", 0.0, ()),
    )
    mandate = Mandate(objectives=(Objective("o1", "Trade", ("trade",)), Objective("o2", "Peace", ("peace",))))
    found = trace(mandate, Appraisal(scores, ()), {"KEN 2012": {"KEN": 0.5}, "FIN 2012": {"FIN": 1.0}})
    assert [(m.measure, m.points) for m in found.objectives[0].measures] == [("KEN 2012", 15.0)]
    assert {(f.code, f.subject) for f in found.findings} == {
        ("objective-unserved", "o2"),
        ("measure-unasked", "FIN 2012"),
    }
    assert trace(Mandate(), Appraisal(scores, ()), {}).findings[0].code == "objectives-missing"
