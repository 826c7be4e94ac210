"""The problem as an analyst would write it in PySCIPOpt: the model of `with_pulp`, sums by quicksum."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pyscipopt import Expr, Model, quicksum

from benchmarks.peers.tables import Tables
from legation.planning import brief as b
from legation.planning.problem import Problem


def model(problem: Problem) -> Model:
    """Write the problem for SCIP."""
    return ScipModel(Tables(problem)).write()


def linear(terms: Iterable[tuple[float, Any]]) -> Expr:
    """Return the sum of numbers times variables."""
    total: Expr = quicksum(a * x for a, x in terms if a)
    return total


class ScipModel:
    """The model in PySCIPOpt: dictionaries of variables by what they decide and the year."""

    def __init__(self, tables: Tables) -> None:
        """Make the variables."""
        self.tables, self.model = tables, Model("plan")
        self.model.hideOutput()
        steps, self.years = range(len(tables.steps)), range(tables.years)
        self.closable = [i for i in steps if tables.steps[i].site.closable]
        self.hold, self.rise, self.fall = self._binary(steps), self._binary(steps), self._binary(self.closable)
        self.acts = self._binary(range(len(tables.problem.sites)))
        self.use = self._binary(range(len(tables.problem.services)))

    def _binary(self, over: Iterable[int]) -> dict[tuple[int, int], Any]:
        return {(i, t): self.model.addVar(vtype="B") for i in over for t in self.years}

    def write(self) -> Model:
        """Add objective, structure and rules."""
        self.model.setObjective(linear(self._worth()), "maximize")
        for t in self.years:
            self.model.addConss(self._forms(t))
            self.model.addConss(self._services(t))
        for rule in self.tables.problem.brief.rules:
            rows = list(self._rule(rule))
            if rows:
                self.model.addConss(rows)
        return self.model

    def _worth(self) -> Iterator[tuple[float, Any]]:
        tables = self.tables
        for t, discount in enumerate(tables.discount):
            yield from ((worth[t], self.use[v, t]) for v, worth in enumerate(tables.worth))
            for i, step in enumerate(tables.steps):
                yield float(step.rung.merit) * discount, self.hold[i, t]
                yield -step.penalty, self.rise[i, t]
            yield from ((-tables.steps[i].penalty, self.fall[i, t]) for i in self.closable)

    def _forms(self, t: int) -> Iterator[Any]:
        """Climb ladders rung by rung; what is held was held before or is taken up, unless it is given up."""
        for i, step in enumerate(self.tables.steps):
            before = self.hold[i, t - 1] if t else step.today
            yield self.hold[i, t] == before + self.rise[i, t] - self.fall.get((i, t), 0)
            yield self.rise[i, t] <= 1 - before
            if step.below:
                yield self.hold[i, t] <= self.hold[i - 1, t]

    def _services(self, t: int) -> Iterator[Any]:
        yield from (self.use[v, t] <= self.hold[rung, t] for v, rung in enumerate(self.tables.needs))
        for some in self.tables.by_interest().values():
            yield quicksum(self.use[v, t] for v in some) <= 1
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

    def _yearly(self, of: str, t: int, hold: float, rise: float, fall: float) -> Iterator[tuple[float, Any]]:
        """Return an amount of every rung times what it is held, taken up and given up."""
        amounts = [step.money(of, t) for step in self.tables.steps]
        for i, amount in enumerate(amounts):
            yield amount * hold, self.hold[i, t]
            yield amount * rise, self.rise[i, t]
        yield from ((amounts[i] * fall, self.fall[i, t]) for i in self.closable)

    def _running(self, rule: b.Ceiling) -> Iterator[Any]:
        first, last = float(self.tables.problem.first_share), float(self.tables.problem.last_share)
        for t, (_, amount) in enumerate(rule.amounts):
            yield linear(self._yearly("running", t, 1, first - 1, last)) <= float(amount)

    def _establishing(self, rule: b.Ceiling) -> Iterator[Any]:
        before: Any = 0
        for t, (_, amount) in enumerate(rule.amounts):
            carried = self.model.addVar(lb=0, ub=float(rule.carry_over * amount))
            spent = [*self._yearly("establishing", t, 0, 1, 0), *self._yearly("closing", t, 0, 0, 1)]
            yield linear(spent) + carried - before <= float(amount)
            before = carried

    def _staff(self, rule: b.StaffCeiling) -> Iterator[Any]:
        for t, (_, number) in enumerate(rule.amounts):
            yield linear((s.staff, self.hold[i, t]) for i, s in enumerate(self.tables.steps)) <= float(number)

    def _measures(self, rule: b.MeasuresPerYear) -> Iterator[Any]:
        for t in self.years:
            if rule.form:
                yield quicksum(self.rise[i, t] for i in self.tables.with_form(rule.form)) <= rule.limit
                continue
            for s, rungs in enumerate(self.tables.of_site.values()):
                yield from (self.rise[i, t] <= self.acts[s, t] for i in rungs)
                yield from (self.fall[i, t] <= self.acts[s, t] for i in rungs if (i, t) in self.fall)
            yield quicksum(self.acts[s, t] for s in range(len(self.tables.problem.sites))) <= rule.limit

    def _closings(self, rule: b.CloseAtMost) -> Iterator[Any]:
        lowest = [i for i in self.closable if not self.tables.steps[i].below]
        if lowest:
            yield from (quicksum(self.fall[i, t] for i in lowest) <= rule.limit for t in self.years)

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
            yield quicksum(self.hold[i, t] for i in some) >= count
