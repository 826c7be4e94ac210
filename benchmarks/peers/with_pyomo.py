"""The problem as an analyst would write it in Pyomo: the model of `with_pulp`, in indexed blocks.

Long sums are handed over as linear expressions, which Pyomo need not take apart again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyomo.environ as pyo
from pyomo.core.expr.numeric_expr import LinearExpression

from benchmarks.peers.tables import Tables
from legation.planning import brief as b
from legation.planning.problem import Problem

Term = tuple[float, Any]
"""A number, and the variable it is times."""


def model(problem: Problem) -> pyo.ConcreteModel:
    """Write the problem in Pyomo."""
    return PyomoModel(Tables(problem)).write()


def linear(terms: Iterable[Term]) -> LinearExpression:
    """Return the sum of numbers times variables."""
    some = [(a, x) for a, x in terms if a]
    return LinearExpression(constant=0, linear_coefs=[a for a, _ in some], linear_vars=[x for _, x in some])


class PyomoModel:
    """The model in Pyomo: one indexed variable a kind of decision, one list of constraints a kind of sentence."""

    def __init__(self, tables: Tables) -> None:
        """Make the variables."""
        self.tables, self.model = tables, pyo.ConcreteModel()
        steps, self.years = range(len(tables.steps)), range(tables.years)
        self.closable = [i for i in steps if tables.steps[i].site.closable]
        self.hold = self._binary("hold", steps)
        self.rise = self._binary("rise", steps)
        self.fall = self._binary("fall", self.closable)
        self.acts = self._binary("acts", range(len(tables.problem.sites)))
        self.use = self._binary("use", range(len(tables.problem.services)))

    def _binary(self, name: str, over: Iterable[int]) -> pyo.Var:
        variable = pyo.Var(list(over), self.years, domain=pyo.Binary)
        self.model.add_component(name, variable)
        return variable

    def _rows(self, name: str, rows: Iterable[Any]) -> None:
        """Add the constraints of one kind."""
        some = pyo.ConstraintList()
        self.model.add_component(name, some)
        for row in rows:
            some.add(row)

    def write(self) -> pyo.ConcreteModel:
        """Add objective, structure and rules."""
        self.model.worth = pyo.Objective(expr=linear(self._worth()), sense=pyo.maximize)
        self._rows("years", self._tied())
        self._rows("ladders", self._climbed())
        self._rows("services", self._served())
        for number, rule in enumerate(self.tables.problem.brief.rules):
            self._rows(f"rule_{number}", self._rule(rule))
        return self.model

    def _worth(self) -> Iterator[Term]:
        tables = self.tables
        for t, discount in enumerate(tables.discount):
            yield from ((tables.worth[v][t], self.use[v, t]) for v in range(len(tables.worth)))
            for i, step in enumerate(tables.steps):
                yield float(step.rung.merit) * discount, self.hold[i, t]
                yield -step.penalty, self.rise[i, t]
            yield from ((-tables.steps[i].penalty, self.fall[i, t]) for i in self.closable)

    def _tied(self) -> Iterator[Any]:
        """Hold what was held before or is taken up, unless it is given up."""
        for t in self.years:
            for i, step in enumerate(self.tables.steps):
                before = self.hold[i, t - 1] if t else step.today
                fall = self.fall[i, t] if step.site.closable else 0
                yield self.hold[i, t] - before - self.rise[i, t] + fall == 0
                yield self.rise[i, t] + before <= 1

    def _climbed(self) -> Iterator[Any]:
        """Climb ladders rung by rung."""
        above = [i for i, step in enumerate(self.tables.steps) if step.below]
        return (self.hold[i, t] <= self.hold[i - 1, t] for i in above for t in self.years)

    def _served(self) -> Iterator[Any]:
        for t in self.years:
            yield from (self.use[v, t] <= self.hold[rung, t] for v, rung in enumerate(self.tables.needs))
            for some in self.tables.by_interest().values():
                yield linear((1, self.use[v, t]) for v in some) <= 1
            yield from (self.use[v, t] + self.hold[rung, t] <= 1 for v, rung in self.tables.barred)

    def _rule(self, rule: b.Rule) -> Iterator[Any]:
        match rule:
            case b.Ceiling(money=b.Class.RUNNING, scope=b.Scope.WHOLE):
                rows = self._running(rule)
            case b.Ceiling(money=b.Class.ESTABLISHING, scope=b.Scope.WHOLE):
                rows = self._establishing(rule)
            case b.StaffCeiling(staff=b.Staff.TOTAL):
                rows = self._staff(rule)
            case b.MeasuresPerYear(kind=None, track=None, years=()):
                rows = self._measures(rule)
            case b.CloseAtMost():
                rows = self._closings(rule)
            case b.AccreditationsPerSeat():
                rows = self._loads(rule)
            case b.AtLeast(group="") | b.Require(exactly=False):
                rows = self._presence(rule)
            case _:
                raise ValueError(f"The peers do not know {rule}.")
        return rows

    def _yearly(self, of: str, t: int, hold: float, rise: float, fall: float) -> Iterator[Term]:
        """Return an amount of every rung times what it is held, taken up and given up."""
        for i, step in enumerate(self.tables.steps):
            amount = step.money(of, t)
            yield amount * hold, self.hold[i, t]
            yield amount * rise, self.rise[i, t]
            if fall and step.site.closable:
                yield amount * fall, self.fall[i, t]

    def _running(self, rule: b.Ceiling) -> Iterator[Any]:
        first, last = float(self.tables.problem.first_share), float(self.tables.problem.last_share)
        for t, (_, amount) in enumerate(rule.amounts):
            yield linear(self._yearly("running", t, 1, first - 1, last)) <= float(amount)

    def _establishing(self, rule: b.Ceiling) -> Iterator[Any]:
        most = [float(rule.carry_over * amount) for _, amount in rule.amounts]
        self.model.carried = pyo.Var(self.years, bounds=lambda _, t: (0, most[t]))
        for t, (_, amount) in enumerate(rule.amounts):
            spent = [*self._yearly("establishing", t, 0, 1, 0), *self._yearly("closing", t, 0, 0, 1)]
            carried = [(1.0, self.model.carried[t]), *([(-1.0, self.model.carried[t - 1])] if t else [])]
            yield linear([*spent, *carried]) <= float(amount)

    def _staff(self, rule: b.StaffCeiling) -> Iterator[Any]:
        for t, (_, number) in enumerate(rule.amounts):
            yield linear((s.staff, self.hold[i, t]) for i, s in enumerate(self.tables.steps)) <= float(number)

    def _measures(self, rule: b.MeasuresPerYear) -> Iterator[Any]:
        for t in self.years:
            if rule.form:
                yield linear((1, self.rise[i, t]) for i in self.tables.with_form(rule.form)) <= rule.limit
                continue
            for s, rungs in enumerate(self.tables.of_site.values()):
                yield from (self.rise[i, t] <= self.acts[s, t] for i in rungs)
                yield from (self.fall[i, t] <= self.acts[s, t] for i in rungs if self.tables.steps[i].site.closable)
            yield linear((1, self.acts[s, t]) for s in range(len(self.tables.problem.sites))) <= rule.limit

    def _closings(self, rule: b.CloseAtMost) -> Iterator[Any]:
        lowest = [i for i in self.closable if not self.tables.steps[i].below]
        if lowest:
            yield from (linear((1, self.fall[i, t]) for i in lowest) <= rule.limit for t in self.years)

    def _loads(self, rule: b.AccreditationsPerSeat) -> Iterator[Any]:
        services = self.tables.problem.services
        for some in self.tables.by_seat().values():
            for t in self.years:
                yield linear((float(services[v].load), self.use[v, t]) for v in some) <= float(rule.limit)

    def _presence(self, rule: b.AtLeast | b.Require) -> Iterator[Any]:
        if isinstance(rule, b.Require):
            some, count = [self.tables.number[rule.site, rule.form]], 1
        else:
            some, count = self.tables.with_form(rule.form, rule.region), rule.count
        for t in self.tables.since(rule.by):
            yield linear((1, self.hold[i, t]) for i in some) >= count
