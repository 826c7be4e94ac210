"""Dossiers on record: opened, stepped, answered, changed and announced, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from legation.cases.scenarios import ScaleCeilings, Scenario
from legation.chancery.announcing import correct, embargo, statement_of, statements_of
from legation.chancery.dossiers import dossier_of, dossiers_of, papers_of
from legation.chancery.reviewing import Proposal, answer, open_dossier, put_version, remark, steps_of, take_step
from legation.chancery.scenarios import save_scenario
from legation.desk.registry import case_of, record_case
from legation.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, RefusedError
from legation.planning.checking import check
from legation.review.people import Person, Role
from legation.sources import read_case
from legation.store import Store

NOON = datetime(2029, 1, 1, 12, tzinfo=UTC)
PLANNER, HEAD = Person("aizhan", (Role.PLANNER,)), Person("bolat", (Role.HEAD,))
FINANCE, GOVERNMENT = Person("dina", (Role.FINANCE,)), Person("erlan", (Role.GOVERNMENT,))
READER = Person("gulnar", (Role.READER,))
WAY = (("submit", PLANNER), ("endorse", HEAD), ("agree", FINANCE), ("present", HEAD), ("approve", GOVERNMENT))
ID = "ruritania-1"


@pytest.fixture
def record(store: Store) -> Store:
    """Put the small case on record."""
    record_case(store, read_case("ruritania")[0], actor="aizhan", reason="First", at=NOON)
    return store


def walk(store: Store, steps: int, id_: str = ID) -> None:
    for step, person in WAY[:steps]:
        take_step(store, person, id_, step, NOON)


def cheaper(store: Store, factor: str = "0.8") -> None:
    save_scenario(store, PLANNER, Scenario("cheaper", "ruritania", (ScaleCeilings(Decimal(factor)),)), NOON)


def test_a_dossier_goes_its_way(record: Store) -> None:
    """Frozen by digest, every step a revision, read as of any; what is announced is what was approved."""
    opened = open_dossier(record, PLANNER, "ruritania", "Two posts more", NOON)
    assert opened.dossier.id == ID
    said = papers_of(record, FINANCE, ID)
    assert check(said.problem, said.plan, digest=said.version.problem) == ()
    walk(record, 5)
    approved = dossier_of(record, HEAD, ID)
    assert [s.name for s in steps_of(record, HEAD, approved.dossier)] == ["announce"]
    announced = take_step(record, HEAD, ID, "announce", NOON)
    assert announced.revision == approved.revision + 1
    (statement,) = statements_of(record, READER, "ruritania")
    assert [(a.year, a.kind, a.state_name, a.city) for a in statement.acts] == [
        (2030, "establish", "Westhaven", "Quayside"),
        (2031, "establish", "Islea", "Port Mirth"),
    ]
    assert (statement.plan, statement.by, statement.sender_name) == (said.version.plan, "bolat", "Ruritania")
    assert dossier_of(record, FINANCE, ID, at=opened.revision).dossier.stage == "draft"
    assert [r.actor for r in record.revisions(kind="dossier", id_=ID)] == [
        "aizhan",
        *(p.name for _, p in WAY),
        "bolat",
    ]
    assert record.verify() is None


def test_who_may_see_a_dossier_before_it_is_public(record: Store) -> None:
    """A reader sees nothing before, and after that what was approved without what was said of it."""
    open_dossier(record, PLANNER, "ruritania", "Plan", NOON)
    remark(record, FINANCE, ID, "Why?", NOON)
    answer(record, PLANNER, ID, "c1", "Trade.", NOON)
    assert dossiers_of(record, READER) == ()
    with pytest.raises(ForbiddenError):
        dossier_of(record, READER, ID)
    walk(record, 5)
    with pytest.raises(ForbiddenError):
        statement_of(record, READER, ID, NOON)
    assert statement_of(record, FINANCE, ID, NOON).number == 1
    assert statements_of(record, READER) == ()
    take_step(record, HEAD, ID, "announce", NOON)
    (seen,) = dossiers_of(record, READER)
    assert (seen.comments, seen.taken, len(seen.versions)) == ((), (), 1)
    assert dossier_of(record, FINANCE, ID).dossier.comments[0].answer == "Trade."
    with pytest.raises(NotFoundError, match="did you mean 'ruritania-1'"):
        dossier_of(record, FINANCE, "ruritania-11")


@pytest.mark.parametrize("who", [HEAD, FINANCE, GOVERNMENT, READER])
def test_only_planners_open_and_change(record: Store, who: Person) -> None:
    """Others are told who may."""
    with pytest.raises(ForbiddenError, match="may not submit"):
        open_dossier(record, who, "ruritania", "Plan", NOON)
    open_dossier(record, PLANNER, "ruritania", "Plan", NOON)
    for act in (
        lambda: put_version(record, who, ID, NOON),
        lambda: answer(record, who, ID, "c1", "So.", NOON),
        lambda: take_step(record, who, ID, "submit", NOON),
    ):
        with pytest.raises(ForbiddenError):
            act()


def test_what_was_said_is_of_a_line_of_the_plan(record: Store) -> None:
    """A site, an interest, a year or the whole; it waits for its answer."""
    open_dossier(record, PLANNER, "ruritania", "Plan", NOON)
    for n, line in enumerate(("WHV", "FORUM-port-mirth", "2030", ""), start=1):
        said = remark(record, FINANCE, ID, "Why?", NOON, line=line)
        assert (said.dossier.comments[-1].id, said.dossier.comments[-1].line) == (f"c{n}", line)
    with pytest.raises(NotFoundError, match="did you mean 'WHV'"):
        remark(record, FINANCE, ID, "Why?", NOON, line="WVH")
    with pytest.raises(ForbiddenError):
        remark(record, READER, ID, "Why?", NOON)
    walk(record, 2)
    with pytest.raises(RefusedError, match="waits for an answer: c1, c2"):
        take_step(record, FINANCE, ID, "agree", NOON)


def test_a_version_changes_only_where_it_may(record: Store) -> None:
    """On return, by what is on record then; the same again is refused; once approved it stays."""
    open_dossier(record, PLANNER, "ruritania", "Plan", NOON)
    with pytest.raises(RefusedError, match="says the same"):
        put_version(record, PLANNER, ID, NOON)
    walk(record, 2)
    cheaper(record)
    with pytest.raises(RefusedError, match="cannot change: Considered by Finance"):
        put_version(record, PLANNER, ID, NOON, proposal=Proposal("cheaper"))
    take_step(record, FINANCE, ID, "return", NOON, reason="Too dear")
    changed = put_version(record, PLANNER, ID, NOON, proposal=Proposal("cheaper", reason="As asked"))
    assert [(v.number, v.scenario) for v in changed.dossier.versions] == [(1, ""), (2, "cheaper")]
    assert papers_of(record, FINANCE, ID, 1).plan != papers_of(record, FINANCE, ID, 2).plan
    take_step(record, PLANNER, ID, "resubmit", NOON)
    for step, person in WAY[1:]:
        take_step(record, person, ID, step, NOON)
    with pytest.raises(RefusedError, match="cannot change: Approved"):
        put_version(record, PLANNER, ID, NOON, proposal=Proposal(""))


def test_a_plan_that_is_given_must_hold(record: Store) -> None:
    """It answers the problem as on record, and every figure of it is right."""
    open_dossier(record, PLANNER, "ruritania", "Plan", NOON)
    made = papers_of(record, PLANNER, ID).plan
    wrong = replace(made, measures=(replace(made.measures[0], year=2031), *made.measures[1:]))
    with pytest.raises(InvalidError) as error:
        open_dossier(record, PLANNER, "ruritania", "Wrong", NOON, proposal=Proposal(given=wrong))
    assert error.value.findings
    with pytest.raises(InvalidError, match="no plan of ruritania"):
        open_dossier(
            record, PLANNER, "ruritania", "Old", NOON, proposal=Proposal(given=replace(made, problem="0" * 64))
        )
    second = open_dossier(record, PLANNER, "ruritania", "Right", NOON, proposal=Proposal(given=made))
    assert second.dossier.id == "ruritania-2"


def test_who_wrote_the_scenario_had_a_hand_in_the_plan(record: Store) -> None:
    """Nobody approves their own: neither what they proposed nor a scenario it stands on."""
    both = Person("erlan", (Role.GOVERNMENT, Role.REGIONAL))
    save_scenario(record, both, Scenario("mine", "ruritania", (ScaleCeilings(Decimal("0.8")),)), NOON)
    opened = open_dossier(record, PLANNER, "ruritania", "Plan", NOON, proposal=Proposal("mine"))
    assert opened.dossier.version.hands == ("erlan",)
    walk(record, 4)
    with pytest.raises(ForbiddenError, match="their own"):
        take_step(record, both, ID, "approve", NOON)
    take_step(record, Person("zarina", (Role.GOVERNMENT,)), ID, "approve", NOON)


def test_two_who_change_the_same_dossier_do_not_undo_each_other(record: Store) -> None:
    """Who acts on what they read before is told that it was changed since."""
    opened = open_dossier(record, PLANNER, "ruritania", "Plan", NOON)
    remark(record, FINANCE, ID, "Why?", NOON)
    with pytest.raises(ConflictError):
        take_step(record, PLANNER, ID, "submit", NOON, read=opened.revision)
    assert dossier_of(record, PLANNER, ID).dossier.comments[0].text == "Why?"


def test_nothing_is_announced_before_its_time(record: Store) -> None:
    """The embargo is set by who may publish; at the very moment it is over."""
    open_dossier(record, PLANNER, "ruritania", "Plan", NOON)
    until = NOON + timedelta(days=3)
    with pytest.raises(ForbiddenError):
        embargo(record, PLANNER, ID, until, NOON)
    embargo(record, HEAD, ID, until, NOON)
    with pytest.raises(RefusedError, match="not approved"):
        statement_of(record, HEAD, ID, NOON)
    walk(record, 5)
    approved = dossier_of(record, HEAD, ID).dossier
    early = until - timedelta(seconds=1)
    assert [[s.name for s in steps_of(record, HEAD, approved, on=on)] for on in (early, until, None)] == [
        [], ["announce"], ["announce"]
    ]  # fmt: skip
    with pytest.raises(RefusedError, match="embargo"):
        take_step(record, HEAD, ID, "announce", early)
    assert statements_of(record, HEAD) == ()
    take_step(record, HEAD, ID, "announce", until)
    assert statements_of(record, HEAD)[0].at == until
    with pytest.raises(RefusedError, match="announced already"):
        embargo(record, HEAD, ID, None, until)


def test_a_statement_is_corrected_by_another(record: Store) -> None:
    """What was published stays; the next says what was wrong, with names as they are now."""
    open_dossier(record, PLANNER, "ruritania", "Plan", NOON)
    with pytest.raises(RefusedError, match="Nothing"):
        correct(record, HEAD, ID, "Name", NOON)
    walk(record, 5)
    take_step(record, HEAD, ID, "announce", NOON)
    case = case_of(record, "ruritania")
    states = tuple(replace(s, name="West Haven") if s.code == "WHV" else s for s in case.states)
    record_case(record, replace(case, states=states), actor="aizhan", reason="Name", at=NOON)
    with pytest.raises(RefusedError, match="says what was wrong"):
        correct(record, HEAD, ID, " ", NOON)
    correct(record, HEAD, ID, "The State is called West Haven", NOON)
    first, second = statements_of(record, READER)
    assert (first.acts[0].state_name, second.acts[0].state_name) == ("Westhaven", "West Haven")
    assert (first.number, second.number, second.correction) == (1, 2, "The State is called West Haven")
    assert statement_of(record, READER, ID, NOON) == second


def test_a_dossier_takes_the_place_of_an_approved_one(record: Store) -> None:
    """Of the same case, and approved."""
    open_dossier(record, PLANNER, "ruritania", "Plan", NOON)
    with pytest.raises(RefusedError, match="no approved dossier"):
        open_dossier(record, PLANNER, "ruritania", "Next", NOON, renews=ID)
    walk(record, 5)
    assert open_dossier(record, PLANNER, "ruritania", "Next", NOON, renews=ID).dossier.renews == ID
