"""Scenarios: named sets of changes to a baseline, which itself is never edited; a scenario may stand on another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Literal, assert_never

from legation.cases.case import Case, CostLine, CostMeasure
from legation.cases.costing import MONEY
from legation.cases.siting import hold
from legation.errors import Finding, InvalidError, NotFoundError, Severity
from legation.model import LADDERS, Fact, Form
from legation.planning.brief import Ceiling, Class, Forbid, Keep, Rule, Scope, StaffCeiling, Window
from legation.values import value

BASELINE = "baseline"
"""What the case itself is called among its scenarios."""


@value
class ScaleCeilings:
    """Every ceiling of money (of a class and in years, where named) times a factor: 0.9 is a cut of a tenth."""

    factor: Decimal
    money: Class | None = None
    years: tuple[int, ...] = ()
    change: Literal["scale-ceilings"] = "scale-ceilings"


@value
class SetCeilings:
    """Ceilings of money (of a class, of a scope, where named) get other amounts in the years named."""

    amounts: tuple[tuple[int, Decimal], ...]
    money: Class | None = None
    scope: Scope | None = None
    change: Literal["set-ceilings"] = "set-ceilings"


@value
class ScaleStaff:
    """Every ceiling of staff times a factor, in years where named; rounded down to whole people."""

    factor: Decimal
    years: tuple[int, ...] = ()
    change: Literal["scale-staff"] = "scale-staff"


@value
class ScaleCosts:
    """Cost lines (of a measure, a form or a site, where named) times a factor: all money, where no measure is named."""

    factor: Decimal
    measure: CostMeasure | None = None
    form: Form | None = None
    site: str = ""
    change: Literal["scale-costs"] = "scale-costs"


@value
class SetWeight:
    """A criterion gets another weight."""

    criterion: str
    weight: Decimal
    change: Literal["set-weight"] = "set-weight"


@value
class ScaleFacts:
    """The facts of an attribute (of subjects, where named) times a factor."""

    attribute: str
    factor: Decimal
    subjects: tuple[str, ...] = ()
    change: Literal["scale-facts"] = "scale-facts"


@value
class AddRule:
    """The brief gets one rule more."""

    rule: Rule
    change: Literal["add-rule"] = "add-rule"


@value
class DropRule:
    """The brief loses a rule: `number` counts them from 1, as `legation problem` and every message do."""

    number: int
    change: Literal["drop-rule"] = "drop-rule"


@value
class Strike:
    """Nothing new at a site: what is held there today stays, nothing rises."""

    site: str
    change: Literal["strike"] = "strike"


@value
class Postpone:
    """A site changes form in a year or later, not before."""

    site: str
    year: int
    change: Literal["postpone"] = "postpone"


CaseChange = (
    ScaleCeilings
    | SetCeilings
    | ScaleStaff
    | ScaleCosts
    | SetWeight
    | ScaleFacts
    | AddRule
    | DropRule
    | Strike
    | Postpone
)


@value
class Scenario:
    """A set of changes with a name and a reason.

    case: the baseline; on: name of the scenario it stands on, empty for the baseline itself; changes: in order
    """

    name: str
    case: str
    changes: tuple[CaseChange, ...] = ()
    on: str = ""
    reason: str = ""
    author: str = ""


def lineage(name: str, scenarios: Mapping[str, Scenario]) -> tuple[Scenario, ...]:
    """Return a scenario and all it stands on, the lowest first; raise for names that are missing or go in a circle."""
    found: list[Scenario] = []
    while name:
        if name not in scenarios:
            raise NotFoundError(f"There is no scenario '{name}'.", hint=f"There are: {', '.join(sorted(scenarios))}.")
        if scenarios[name] in found:
            raise InvalidError(f"Scenario {name} stands on itself, by way of {', '.join(s.name for s in found)}.")
        found.append(scenarios[name])
        name = scenarios[name].on
    return tuple(reversed(found))


def applied(case: Case, *scenarios: Scenario) -> Case:
    """Return the case under scenarios, one after another; raise InvalidError for every change that has no effect."""
    faults = []
    for scenario in scenarios:
        for number, change in enumerate(scenario.changes, start=1):
            try:
                changed = _changed(case, change)
            except ArithmeticError as error:
                said = (
                    f"Change {number} of scenario {scenario.name} ({change.change}) gives numbers that are too large."
                )
                raise InvalidError(said, hint="Check its factor.") from error
            if changed == case:
                faults.append(_idle(scenario, number, change))
            case = changed
    if faults:
        raise InvalidError("; ".join(f.message for f in faults), tuple(faults), hint=faults[0].remedy)
    return replace(case, name="~".join([case.name, *(s.name for s in scenarios)]))


def _idle(scenario: Scenario, number: int, change: CaseChange) -> Finding:
    return Finding(
        code="idle-change",
        severity=Severity.ERROR,
        subject=scenario.name,
        message=f"Change {number} of scenario {scenario.name} ({change.change}) changes nothing",
        remedy="Check the names and years in it, or take it out.",
        row=number,
    )


def _changed(case: Case, change: CaseChange) -> Case:
    match change:
        case ScaleCeilings() | ScaleStaff():
            made = _with_rules(case, tuple(_scaled_rule(rule, change) for rule in case.brief.rules))
        case SetCeilings():
            made = _with_rules(case, tuple(_set_rule(rule, change) for rule in case.brief.rules))
        case AddRule():
            made = _with_rules(case, (*case.brief.rules, change.rule))
        case DropRule():
            made = _with_rules(case, tuple(r for n, r in enumerate(case.brief.rules, start=1) if n != change.number))
        case Strike() | Postpone():
            made = _with_rules(case, (*case.brief.rules, *_held_back(case, change)))
        case ScaleCosts():
            made = replace(case, costs=tuple(_scaled_cost(line, change) for line in case.costs))
        case ScaleFacts():
            made = replace(case, facts=tuple(_scaled_fact(fact, change) for fact in case.facts))
        case SetWeight():
            weighed = (replace(c, weight=change.weight) if c.id == change.criterion else c for c in case.criteria)
            made = replace(case, criteria=tuple(weighed))
        case _:
            assert_never(change)
    return made


def _with_rules(case: Case, rules: tuple[Rule, ...]) -> Case:
    return replace(case, brief=replace(case.brief, rules=rules))


def _scaled_rule(rule: Rule, change: ScaleCeilings | ScaleStaff) -> Rule:
    def scaled(year: int, amount: Decimal) -> Decimal:
        return _times(amount, change.factor) if not change.years or year in change.years else amount

    if isinstance(change, ScaleCeilings) and isinstance(rule, Ceiling) and change.money in (None, rule.money):
        return replace(rule, amounts=tuple((y, scaled(y, a)) for y, a in rule.amounts))
    if isinstance(change, ScaleStaff) and isinstance(rule, StaffCeiling):
        return replace(rule, amounts=tuple((y, Decimal(int(scaled(y, a)))) for y, a in rule.amounts))
    return rule


def _times(amount: Decimal, factor: Decimal) -> Decimal:
    """Multiply, and write a whole number as one: it is read in messages."""
    made = amount * factor
    return made.quantize(Decimal(1)) if made == made.to_integral_value() else made


def _set_rule(rule: Rule, change: SetCeilings) -> Rule:
    meant = isinstance(rule, Ceiling) and change.money in (None, rule.money) and change.scope in (None, rule.scope)
    if not isinstance(rule, Ceiling) or not meant:
        return rule
    amounts = dict(change.amounts)
    return replace(rule, amounts=tuple((year, amounts.get(year, amount)) for year, amount in rule.amounts))


def _scaled_cost(line: CostLine, change: ScaleCosts) -> CostLine:
    scope = line.scope.split(":")
    measures = MONEY if change.measure is None else (change.measure,)
    other = (
        line.measure not in measures
        or (change.form is not None and scope[-1] != change.form.value)
        or (change.site and change.site not in scope[1:])
    )
    if other:
        return line
    fields = ("norm" if line.price is None else "price", "amount", "low", "high")
    return replace(line, **{f: v * change.factor for f in fields if (v := getattr(line, f)) is not None})


def _scaled_fact(fact: Fact, change: ScaleFacts) -> Fact:
    if fact.attribute != change.attribute or (change.subjects and fact.subject not in change.subjects):
        return fact
    return replace(fact, value=fact.value * float(change.factor))


def _held_back(case: Case, change: Strike | Postpone) -> Iterator[Rule]:
    """Bar every form above the one held today, or every change before a year; nothing for a site that is not there."""
    holding = next((h for h in hold(case)[0] if h.place.id == change.site), None)
    if holding is None:
        return
    if isinstance(change, Postpone):
        yield Window(change.site, change.year, max(change.year, case.brief.years[-1]), "Postponed")
        return
    ladder = [form for form in LADDERS[holding.place.track] if form in holding.place.forms]
    held = holding.post.form if holding.post else Form.NONE
    above = ladder[ladder.index(held) + 1 :] if held in ladder else ladder
    if above:
        yield Forbid(change.site, above[0], "Struck out")
    if held in ladder:
        yield Keep(change.site, held, "What is held today stays")
