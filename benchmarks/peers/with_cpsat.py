"""The problem as an analyst would write it for OR-Tools CP-SAT: the model of `with_pulp`, in integers.

CP-SAT knows whole numbers only. Every row of money, people or loads is multiplied by the smallest number that makes it
whole: nothing is rounded there, and what is carried over is whole whenever all amounts are. The objective is in
millionths and rounded, since a discounted worth is no decimal: that changes it by less than one in 10^8, and the worth
that is reported is recomputed from the plan.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ortools.sat.python import cp_model

from benchmarks.peers.tables import Tables
from legation.planning import brief as b
from legation.planning.problem import Problem

SCALE = 1_000_000
"""Of the objective."""
FINEST = 1000
"""The largest denominator that an amount may have."""

Term = tuple[float, Any]
"""A number, and the variable it is times."""


@dataclass(frozen=True)
class Written:
    """The model, and what a plan in it is worth."""

    model: cp_model.CpModel
    worth: list[Term]

    def value(self, solver: cp_model.CpSolver) -> float:
        """Return the worth of the plan found, not rounded."""
        return math.fsum(a * solver.value(x) for a, x in self.worth)


def model(problem: Problem) -> Written:
    """Write the problem for CP-SAT."""
    return CpModel(Tables(problem)).write()


def total(terms: Iterable[tuple[int, Any]]) -> cp_model.LinearExpr:
    """Return the sum of whole numbers times variables."""
    some = [(a, x) for a, x in terms if a]
    return cp_model.LinearExpr.weighted_sum([x for _, x in some], [a for a, _ in some])


def exact(number: float) -> Fraction:
    """Return the decimal that a number was read from."""
    fraction = Fraction(number)
    return fraction if fraction.denominator <= FINEST else fraction.limit_denominator(FINEST)


class CpModel:
    """The model for CP-SAT: dictionaries of Boolean variables by what they decide and the year."""

    def __init__(self, tables: Tables) -> None:
        """Make the variables."""
        self.tables, self.model = tables, cp_model.CpModel()
        steps, self.years = range(len(tables.steps)), range(tables.years)
        self.closable = [i for i in steps if tables.steps[i].site.closable]
        self.hold, self.rise, self.fall = self._binary(steps), self._binary(steps), self._binary(self.closable)
        self.acts = self._binary(range(len(tables.problem.sites)))
        self.use = self._binary(range(len(tables.problem.services)))

    def _binary(self, over: Iterable[int]) -> dict[tuple[int, int], Any]:
        return {(i, t): self.model.new_bool_var("") for i in over for t in self.years}

    def write(self) -> Written:
        """Add objective, structure and rules."""
        worth = list(self._worth())
        self.model.maximize(total((round(SCALE * a), x) for a, x in worth))
        for t in self.years:
            self._forms(t)
            self._services(t)
        for rule in self.tables.problem.brief.rules:
            self._rule(rule)
        return Written(self.model, worth)

    def _worth(self) -> Iterator[Term]:
        tables = self.tables
        for t, discount in enumerate(tables.discount):
            yield from ((worth[t], self.use[v, t]) for v, worth in enumerate(tables.worth))
            for i, step in enumerate(tables.steps):
                yield float(step.rung.merit) * discount, self.hold[i, t]
                yield -step.penalty, self.rise[i, t]
            yield from ((-tables.steps[i].penalty, self.fall[i, t]) for i in self.closable)

    def _forms(self, t: int) -> None:
        """Climb ladders rung by rung; what is held was held before or is taken up, unless it is given up."""
        for i, step in enumerate(self.tables.steps):
            before = self.hold[i, t - 1] if t else step.today
            self.model.add(self.hold[i, t] == before + self.rise[i, t] - self.fall.get((i, t), 0))
            if t:
                self.model.add_at_most_one(self.rise[i, t], before)
            elif step.today:
                self.model.add(self.rise[i, t] == 0)
            if step.below:
                self.model.add_implication(self.hold[i, t], self.hold[i - 1, t])

    def _services(self, t: int) -> None:
        for v, rung in enumerate(self.tables.needs):
            self.model.add_implication(self.use[v, t], self.hold[rung, t])
        for some in self.tables.by_interest().values():
            self.model.add_at_most_one(self.use[v, t] for v in some)
        for v, rung in self.tables.barred:
            self.model.add_at_most_one(self.use[v, t], self.hold[rung, t])

    def _rule(self, rule: b.Rule) -> None:
        match rule:
            case b.Ceiling(money=b.Class.RUNNING, scope=b.Scope.WHOLE):
                self._running(rule)
            case b.Ceiling(money=b.Class.ESTABLISHING, scope=b.Scope.WHOLE):
                self._establishing(rule)
            case b.StaffCeiling(staff=b.Staff.TOTAL):
                self._staff(rule)
            case b.MeasuresPerYear(kind=None, track=None, years=()):
                self._measures(rule)
            case b.CloseAtMost():
                lowest = [i for i in self.closable if not self.tables.steps[i].below]
                for t in self.years:
                    self.model.add(total((1, self.fall[i, t]) for i in lowest) <= rule.limit)
            case b.AccreditationsPerSeat():
                self._loads(rule)
            case b.AtLeast(group="") | b.Require(exactly=False):
                self._presence(rule)
            case _:
                raise ValueError(f"The peers do not know {rule}.")

    def _within(self, terms: Iterable[Term], limit: float) -> None:
        """Add that a sum is within a limit, multiplied by what makes all its numbers whole."""
        some = [(exact(a), x) for a, x in terms if a]
        most = exact(limit)
        scale = math.lcm(most.denominator, *(a.denominator for a, _ in some))
        self.model.add(total((int(a * scale), x) for a, x in some) <= int(most * scale))

    def _yearly(self, of: str, t: int, hold: float, rise: float, fall: float) -> Iterator[Term]:
        """Return an amount of every rung times what it is held, taken up and given up."""
        amounts = [step.money(of, t) for step in self.tables.steps]
        for i, amount in enumerate(amounts):
            yield amount * hold, self.hold[i, t]
            yield amount * rise, self.rise[i, t]
        yield from ((amounts[i] * fall, self.fall[i, t]) for i in self.closable)

    def _running(self, rule: b.Ceiling) -> None:
        first, last = float(self.tables.problem.first_share), float(self.tables.problem.last_share)
        for t, (_, amount) in enumerate(rule.amounts):
            self._within(self._yearly("running", t, 1, first - 1, last), float(amount))

    def _establishing(self, rule: b.Ceiling) -> None:
        before: list[Term] = []
        for t, (_, amount) in enumerate(rule.amounts):
            carried = self.model.new_int_var(0, int(rule.carry_over * amount), "")
            spent = [*self._yearly("establishing", t, 0, 1, 0), *self._yearly("closing", t, 0, 0, 1)]
            self._within([*spent, (1, carried), *before], float(amount))
            before = [(-1, carried)]

    def _staff(self, rule: b.StaffCeiling) -> None:
        for t, (_, number) in enumerate(rule.amounts):
            self._within(((s.staff, self.hold[i, t]) for i, s in enumerate(self.tables.steps)), float(number))

    def _measures(self, rule: b.MeasuresPerYear) -> None:
        for t in self.years:
            if rule.form:
                some = self.tables.with_form(rule.form)
                self.model.add(total((1, self.rise[i, t]) for i in some) <= rule.limit)
                continue
            for s, rungs in enumerate(self.tables.of_site.values()):
                for i in rungs:
                    self.model.add_implication(self.rise[i, t], self.acts[s, t])
                    if (i, t) in self.fall:
                        self.model.add_implication(self.fall[i, t], self.acts[s, t])
            sites = range(len(self.tables.problem.sites))
            self.model.add(total((1, self.acts[s, t]) for s in sites) <= rule.limit)

    def _loads(self, rule: b.AccreditationsPerSeat) -> None:
        services = self.tables.problem.services
        for some in self.tables.by_seat().values():
            for t in self.years:
                self._within(((float(services[v].load), self.use[v, t]) for v in some), float(rule.limit))

    def _presence(self, rule: b.AtLeast | b.Require) -> None:
        if isinstance(rule, b.Require):
            some, count = [self.tables.number[rule.site, rule.form]], 1
        else:
            some, count = self.tables.with_form(rule.form, rule.region), rule.count
        for t in self.tables.since(rule.by):
            self.model.add(total((1, self.hold[i, t]) for i in some) >= count)
