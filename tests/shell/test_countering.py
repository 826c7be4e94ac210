"""Counter-proposals, versions apart and objectives traced, on a file of SQLite: the rest is told by test_dossiers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from legation.cases.scenarios import Postpone, ScaleCeilings, ScaleCosts, Scenario, SetCeilings, Strike
from legation.chancery.countering import adopt, beside, counter
from legation.chancery.dossiers import papers_of
from legation.chancery.reviewing import Proposal, answer, open_dossier, put_version, take_step
from legation.chancery.scenarios import changes_of, drop_scenario, save_scenario, scenarios_of
from legation.chancery.versions import dossiers_apart, names_of, trace_of, versions_apart
from legation.desk.registry import case_of, record_case
from legation.errors import ForbiddenError, InfeasibleError, InvalidError, NotFoundError, RefusedError
from legation.planning.contrast import told
from legation.review.people import Person, Role
from legation.sources import read_case
from legation.store import Store

NOON = datetime(2029, 1, 1, 12, tzinfo=UTC)
PLANNER, HEAD = Person("aizhan", (Role.PLANNER,)), Person("bolat", (Role.HEAD,))
FINANCE, GOVERNMENT = Person("dina", (Role.FINANCE,)), Person("erlan", (Role.GOVERNMENT,))
READER = Person("gulnar", (Role.READER,))
ID = "ruritania-1"


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Store]:
    """Put the small case on record, and a plan of it before Finance."""
    with Store(tmp_path / "legation.db", create=True) as store:
        record_case(store, read_case("ruritania")[0], actor="aizhan", reason="First", at=NOON)
        open_dossier(store, PLANNER, "ruritania", "Plan", NOON)
        take_step(store, PLANNER, ID, "submit", NOON)
        take_step(store, HEAD, ID, "endorse", NOON)
        yield store


def test_finance_lays_its_own_plan_beside(record: Store) -> None:
    """With a fifth less, on the same record, frozen; it waits for an answer like a comment."""
    case = case_of(record, "ruritania")
    facts = tuple(replace(f, value=f.value / 2) for f in case.facts)
    record_case(record, replace(case, facts=facts), actor="aizhan", reason="Changed since", at=NOON)
    filed = counter(record, FINANCE, ID, changes_of(ceilings=Decimal("0.8")), NOON, reason="A fifth less")
    assert [(c.id, c.scenario, c.author) for c in filed.dossier.counters] == [("p1", "ruritania-1-p1", "dina")]
    found = beside(record, HEAD, ID, "p1")
    ours, theirs = found.table.columns
    assert (ours.scenario, theirs.scenario) == ("version 1", "p1 ruritania-1-p1")
    assert ours.worth > theirs.worth
    assert sum(m for _, m in theirs.new) < sum(m for _, m in ours.new)
    said = told(found.contrast, names_of(record, "ruritania", papers_of(record, PLANNER, ID).problem), "RUC")
    assert "Newly asked: the ceiling on money for new measures (2030: 120, 2031: 128)." in said
    assert any(line.startswith("No longer planned: an embassy in Quayside, Westhaven in 2030") for line in said)
    assert not any("Costs or staff differ" in line or "Worth differs" in line for line in said)
    with pytest.raises(RefusedError, match="waits for an answer: p1"):
        take_step(record, FINANCE, ID, "agree", NOON)
    answer(record, PLANNER, ID, "p1", "The fair pays for it.", NOON)
    assert take_step(record, FINANCE, ID, "agree", NOON).dossier.stage == "agreed"
    with pytest.raises(ForbiddenError):
        beside(record, READER, ID, "p1")
    with pytest.raises(NotFoundError, match="'p2'"):
        beside(record, HEAD, ID, "p2")


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        (SetCeilings(((2030, Decimal(100)),)), lambda years: years[2030] <= 100),
        (ScaleCosts(Decimal("1.2")), lambda years: years[2030] <= 150),
        (Strike("WHV"), lambda years: True),
        (Postpone("WHV", 2031), lambda years: True),
    ],
)
def test_what_finance_may_change(record: Store, change, holds) -> None:
    """Amounts, unit costs, measures struck out or put off: each gives another plan."""
    counter(record, FINANCE, ID, (change,), NOON)
    found = beside(record, FINANCE, ID, "p1")
    assert holds(dict(found.table.columns[1].new))
    acts = [(m.site, m.year) for m in (*found.contrast.measures.shared, *found.contrast.measures.other_only)]
    assert ("WHV", 2030) not in acts


def test_a_counter_proposal_that_cannot_be(record: Store) -> None:
    """Nothing is put on record: by those who may not, without effect, without a plan, too late."""
    with pytest.raises(ForbiddenError):
        counter(record, PLANNER, ID, (ScaleCeilings(Decimal("0.9")),), NOON)
    with pytest.raises(InvalidError, match="changes nothing"):
        counter(record, FINANCE, ID, (Strike("NOWHERE"),), NOON)
    with pytest.raises(InfeasibleError):
        counter(record, FINANCE, ID, (SetCeilings(((2030, Decimal(-1)),)),), NOON)
    assert scenarios_of(record, "ruritania") == {}
    take_step(record, FINANCE, ID, "agree", NOON)
    take_step(record, HEAD, ID, "present", NOON)
    take_step(record, GOVERNMENT, ID, "approve", NOON)
    with pytest.raises(RefusedError, match="too late"):
        counter(record, FINANCE, ID, (ScaleCeilings(Decimal("0.9")),), NOON)


def test_a_counter_proposal_is_taken_over(record: Store) -> None:
    """It becomes the next version, which its author may not approve; the next one stands on it."""
    counter(record, FINANCE, ID, (ScaleCeilings(Decimal("0.9")),), NOON)
    with pytest.raises(RefusedError, match="cannot change"):
        adopt(record, PLANNER, ID, "p1", NOON)
    take_step(record, FINANCE, ID, "return", NOON, reason="See p1")
    with pytest.raises(ForbiddenError):
        adopt(record, FINANCE, ID, "p1", NOON)
    made = adopt(record, PLANNER, ID, "p1", NOON).dossier
    assert (made.version.number, made.version.counter, made.version.scenario) == (2, "p1", "ruritania-1-p1")
    assert made.authors == {"aizhan", "dina"}
    assert versions_apart(record, HEAD, ID, 1, 2) == beside(record, HEAD, ID, "p1").contrast
    counter(record, FINANCE, ID, (Strike("FORUM-port-mirth"),), NOON, name="fewer still")
    assert scenarios_of(record, "ruritania")["fewer still"].on == "ruritania-1-p1"
    adopt(record, PLANNER, ID, "p2", NOON)
    assert trace_of(record, HEAD, ID).objectives
    assert trace_of(record, HEAD, ID, 2).objectives


def test_objectives_are_traced_to_measures(record: Store) -> None:
    """By what a measure serves beyond the form before; an objective that none serves is found."""
    found = trace_of(record, FINANCE, ID)
    assert {t.objective: [m.measure for m in t.measures] for t in found.objectives} == {
        "prosperity": ["WHV 2030"],
        "people": ["WHV 2030"],
        "courtesy": ["WHV 2030"],
    }
    assert [(f.code, f.subject) for f in found.findings] == [("measure-unasked", "FORUM-port-mirth 2031")]
    save_scenario(record, PLANNER, Scenario("none", "ruritania", (ScaleCeilings(Decimal(0)),)), NOON)
    second = open_dossier(record, PLANNER, "ruritania", "Less", NOON, proposal=Proposal("none")).dossier
    codes = {(f.code, f.subject) for f in trace_of(record, FINANCE, second.id).findings}
    assert ("objective-unserved", "people") in codes
    assert "none" in scenarios_of(record, "ruritania")
    drop_scenario(record, PLANNER, "ruritania", "none", NOON)
    assert trace_of(record, FINANCE, second.id).findings
    assert dossiers_apart(record, FINANCE, ID, second.id).measures.only


def test_scenarios_are_dropped_by_their_authors(record: Store) -> None:
    """But not while another stands on them."""
    save_scenario(record, PLANNER, Scenario("cut", "ruritania", (ScaleCeilings(Decimal("0.9")),)), NOON)
    save_scenario(record, PLANNER, Scenario("less", "ruritania", (Strike("WHV"),), on="cut"), NOON)
    with pytest.raises(RefusedError, match="carries others: less"):
        drop_scenario(record, PLANNER, "ruritania", "cut", NOON)
    with pytest.raises(RefusedError, match="aizhan wrote"):
        drop_scenario(record, FINANCE, "ruritania", "less", NOON)
    drop_scenario(record, PLANNER, "ruritania", "less", NOON)
    drop_scenario(record, PLANNER, "ruritania", "cut", NOON)
    assert scenarios_of(record, "ruritania") == {}


def test_a_changed_worth_is_told(record: Store) -> None:
    """As are sites and rules that come or go."""
    take_step(record, FINANCE, ID, "return", NOON, reason="More facts")
    case = case_of(record, "ruritania")
    facts = tuple(replace(f, value=20) if (f.subject, f.attribute) == ("WHV", "trade") else f for f in case.facts)
    places = tuple(p for p in case.places if p.id != "FORUM-port-mirth")
    record_case(record, replace(case, facts=facts, places=places), actor="aizhan", reason="Facts", at=NOON)
    put_version(record, PLANNER, ID, NOON)
    said = told(versions_apart(record, HEAD, ID, 1, 2), {"WHV": "Quayside, Westhaven"})
    assert "No longer considered: FORUM-port-mirth." in said
    assert "Worth differs: Quayside, Westhaven." in said
