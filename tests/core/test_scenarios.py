"""Scenarios: what each change does, that the baseline is never edited, and what is refused."""

from dataclasses import replace
from decimal import Decimal

import pytest

from legation.cases import scenarios as s
from legation.cases.case import Case, CostLine, CostMeasure
from legation.errors import InvalidError, NotFoundError
from legation.model import Form
from legation.planning.brief import Ceiling, Class, Forbid, Keep, Scope, StaffCeiling, Window
from legation.sources import read_case

D = Decimal


@pytest.fixture(scope="module")
def case() -> Case:
    read, _ = read_case("ruritania")
    return read


def under(case: Case, *changes: s.CaseChange) -> Case:
    return s.applied(case, s.Scenario("one", case.name, changes))


def ceilings(case: Case) -> list[tuple[tuple[int, Decimal], ...]]:
    return [r.amounts for r in case.brief.rules if isinstance(r, Ceiling)]


def test_a_cut_takes_its_share_of_every_ceiling_or_of_the_years_named(case: Case) -> None:
    """The baseline stays as it was."""
    before = ceilings(case)
    assert ceilings(under(case, s.ScaleCeilings(D("0.9")))) == [tuple((y, a * D("0.9")) for y, a in c) for c in before]
    only = ceilings(under(case, s.ScaleCeilings(D("0.5"), years=(2031,))))[0]
    assert dict(only) == dict(before[0]) | {2031: dict(before[0])[2031] / 2}
    assert ceilings(case) == before


def test_ceilings_get_other_amounts(case: Case) -> None:
    """In the years named, of the class and scope named; the others stay."""
    amounts = ((2031, D(99)),)
    assert ceilings(under(case, s.SetCeilings(amounts))) == [
        tuple({**dict(c), 2031: D(99)}.items()) for c in ceilings(case)
    ]
    assert ceilings(under(case, s.SetCeilings(amounts, Class.TOTAL, Scope.NEW)))[0][1] == (2031, D(99))
    for other in (s.SetCeilings(amounts, money=Class.RUNNING), s.SetCeilings(amounts, scope=Scope.WHOLE)):
        with pytest.raises(InvalidError, match="changes nothing"):
            under(case, other)
    assert str(ceilings(under(case, s.ScaleCeilings(D("0.9"))))[0][0][1]) == "135"


def test_staff_is_cut_to_whole_people(case: Case) -> None:
    """Half of 5 people are 2."""
    staffed = under(case, s.AddRule(StaffCeiling(((2030, D(5)),))))
    cut = under(staffed, s.ScaleStaff(D("0.5")))
    assert [r.amounts for r in cut.brief.rules if isinstance(r, StaffCeiling)] == [((2030, D(2)),)]


def test_costs_rise_where_they_are_meant_to(case: Case) -> None:
    """Of one measure and form; the others stay."""
    line = next(c for c in case.costs if c.measure is CostMeasure.RUNNING and c.amount)
    form = Form(line.scope.split(":")[-1])
    changed = under(case, s.ScaleCosts(D(2), CostMeasure.RUNNING, form)).costs
    for old, new in zip(case.costs, changed, strict=True):
        meant = old.measure is CostMeasure.RUNNING and old.scope.split(":")[-1] == form.value
        assert new.amount == (old.amount * 2 if meant and old.amount is not None else old.amount)


def test_weights_facts_and_rules_change(case: Case) -> None:
    """Each change reaches what it names, and nothing else."""
    criterion, fact = case.criteria[0], case.facts[0]
    assert under(case, s.SetWeight(criterion.id, D(77))).criteria[0] == replace(criterion, weight=D(77))
    changed = under(case, s.ScaleFacts(fact.attribute, D(2), (fact.subject,)))
    assert next(f for f, old in zip(changed.facts, case.facts, strict=True) if f != old).value == 2 * fact.value
    assert len(under(case, s.DropRule(1)).brief.rules) == len(case.brief.rules) - 1


def test_a_site_is_struck_out_or_postponed(case: Case) -> None:
    """Nothing new where nothing is held; what is held stays, and nothing rises above it."""
    assert under(case, s.Strike("WHV")).brief.rules[-1] == Forbid("WHV", Form.EMBASSY, "Struck out")
    held = under(case, s.Strike("EMK")).brief.rules[len(case.brief.rules) :]
    assert Keep("EMK", Form.DIPLOMATIC_MISSION, "What is held today stays") in held
    assert Forbid("EMK", Form.EMBASSY, "Struck out") in held
    assert under(case, s.Postpone("WHV", 2031)).brief.rules[-1] == Window("WHV", 2031, 2031, "Postponed")


def test_changes_without_effect_are_told_all_at_once(case: Case) -> None:
    """Each by its number and kind."""
    idle = (s.Strike("NOWHERE"), s.ScaleCeilings(D("0.9")), s.SetWeight("nothing", D(1)), s.DropRule(99))
    with pytest.raises(InvalidError) as error:
        under(case, *idle)
    assert [f.row for f in error.value.findings] == [1, 3, 4]


def test_scenarios_stand_on_each_other_in_order_and_never_in_a_circle(case: Case) -> None:
    """The lowest first; a missing one is named."""
    cut = s.Scenario("cut", case.name, (s.ScaleCeilings(D("0.9")),))
    dear = s.Scenario("dear", case.name, (s.ScaleCosts(D("1.1")),), on="cut")
    known = {"cut": cut, "dear": dear}
    assert s.lineage("dear", known) == (cut, dear)
    assert s.applied(case, cut, dear) == replace(
        s.applied(s.applied(case, cut), dear), name=s.applied(case, cut, dear).name
    )
    with pytest.raises(InvalidError, match="stands on itself"):
        s.lineage("dear", known | {"cut": replace(cut, on="dear")})
    with pytest.raises(NotFoundError, match="'cut'"):
        s.lineage("dear", {"dear": dear})


def test_dearer_costs_change_no_number_of_people_and_no_share(case: Case) -> None:
    """Unless the scenario names them: a norm without a price is what there is to change."""
    people = CostLine("form:embassy", CostMeasure.DIPLOMATIC, "staff", amount=D(4))
    share = CostLine("form:embassy", CostMeasure.LEAD_SHARE, "fit-out", norm=D("0.4"))
    told = replace(case, costs=(*case.costs, people, share))
    assert under(told, s.ScaleCosts(D(2))).costs[-2:] == (people, share)
    assert under(told, s.ScaleCosts(D("0.5"), CostMeasure.LEAD_SHARE)).costs[-1].norm == D("0.2")
