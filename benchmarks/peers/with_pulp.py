"""The problem as an analyst would write it in PuLP: sentence by sentence, as its values say it.

A form or a higher one is held (hold), taken up (rise), given up (fall); a site acts; a service is used: every
decision a binary variable. The other modules here say the same, each in the manner of its package. All know the rules
that `benchmarks.world` uses, and refuse others.
"""

from __future__ import annotations

import pulp

from benchmarks.peers.tables import Tables
from legation.planning import brief as b
from legation.planning.problem import Problem


def model(problem: Problem) -> pulp.LpProblem:
    """Write the problem in PuLP."""
    return PulpModel(Tables(problem)).write()


class PulpModel:
    """The model in PuLP: dictionaries of variables and sums over them."""

    def __init__(self, tables: Tables) -> None:
        """Make the variables."""
        self.tables, self.model = tables, pulp.LpProblem("plan", pulp.LpMaximize)
        steps, years = range(len(tables.steps)), range(tables.years)
        binary = {"cat": "Binary"}
        self.hold = self.model.add_variable_dicts("hold", (steps, years), **binary)
        self.rise = self.model.add_variable_dicts("rise", (steps, years), **binary)
        closable = [i for i in steps if tables.steps[i].site.closable]
        self.fall = self.model.add_variable_dicts("fall", (closable, years), **binary)
        self.acts = self.model.add_variable_dicts("acts", (range(len(tables.problem.sites)), years), **binary)
        self.use = self.model.add_variable_dicts("use", (range(len(tables.problem.services)), years), **binary)

    def write(self) -> pulp.LpProblem:
        """Add objective, structure and rules."""
        self._objective()
        for t in range(self.tables.years):
            self._forms(t)
            self._services(t)
        for rule in self.tables.problem.brief.rules:
            self._rule(rule)
        return self.model

    def _objective(self) -> None:
        tables, years, total = self.tables, range(self.tables.years), pulp.lpSum
        served = total(tables.worth[v][t] * self.use[v][t] for v in self.use for t in years)
        merit = total(
            float(step.rung.merit) * tables.discount[t] * self.hold[i][t]
            for i, step in enumerate(tables.steps)
            for t in years
        )
        changes = total(
            step.penalty * (self.rise[i][t] + (self.fall[i][t] if i in self.fall else 0))
            for i, step in enumerate(tables.steps)
            for t in years
        )
        self.model += served + merit - changes

    def _forms(self, t: int) -> None:
        """Climb ladders rung by rung; what is held was held before or is taken up, unless it is given up."""
        for i, step in enumerate(self.tables.steps):
            before = self.hold[i][t - 1] if t else step.today
            fall = self.fall[i][t] if i in self.fall else 0
            self.model += self.hold[i][t] == before + self.rise[i][t] - fall
            self.model += self.rise[i][t] <= 1 - before
            if step.below:
                self.model += self.hold[i][t] <= self.hold[i - 1][t]

    def _services(self, t: int) -> None:
        for v, rung in enumerate(self.tables.needs):
            self.model += self.use[v][t] <= self.hold[rung][t]
        for some in self.tables.by_interest().values():
            self.model += pulp.lpSum(self.use[v][t] for v in some) <= 1
        for v, rung in self.tables.barred:
            self.model += self.use[v][t] + self.hold[rung][t] <= 1

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
                self._closings(rule)
            case b.AccreditationsPerSeat():
                self._loads(rule)
            case b.AtLeast(group="") | b.Require(exactly=False):
                self._presence(rule)
            case _:
                raise ValueError(f"The peers do not know {rule}.")

    def _yearly(self, of: str, t: int, hold: float, rise: float, fall: float) -> pulp.LpAffineExpression:
        """Return an amount of every rung times what it is held, taken up and given up."""
        amounts = [step.money(of, t) for step in self.tables.steps]
        held = pulp.lpSum(a * (hold * self.hold[i][t] + rise * self.rise[i][t]) for i, a in enumerate(amounts))
        return held + pulp.lpSum(amounts[i] * fall * self.fall[i][t] for i in self.fall)

    def _running(self, rule: b.Ceiling) -> None:
        first, last = float(self.tables.problem.first_share), float(self.tables.problem.last_share)
        for t, (_, amount) in enumerate(rule.amounts):
            self.model += self._yearly("running", t, 1, first - 1, last) <= float(amount)

    def _establishing(self, rule: b.Ceiling) -> None:
        carried = [0] + [
            self.model.add_variable(f"carried_{year}", 0, float(rule.carry_over * amount))
            for year, amount in rule.amounts
        ]
        for t, (_, amount) in enumerate(rule.amounts):
            spent = self._yearly("establishing", t, 0, 1, 0) + self._yearly("closing", t, 0, 0, 1)
            self.model += spent + carried[t + 1] <= float(amount) + carried[t]

    def _staff(self, rule: b.StaffCeiling) -> None:
        for t, (_, number) in enumerate(rule.amounts):
            staff = pulp.lpSum(step.staff * self.hold[i][t] for i, step in enumerate(self.tables.steps))
            self.model += staff <= float(number)

    def _measures(self, rule: b.MeasuresPerYear) -> None:
        for t in range(self.tables.years):
            if rule.form:
                some = self.tables.with_form(rule.form)
                self.model += pulp.lpSum(self.rise[i][t] for i in some) <= rule.limit
                continue
            for s, rungs in enumerate(self.tables.of_site.values()):
                for i in rungs:
                    self.model += self.rise[i][t] <= self.acts[s][t]
                    if i in self.fall:
                        self.model += self.fall[i][t] <= self.acts[s][t]
            self.model += pulp.lpSum(acts[t] for acts in self.acts.values()) <= rule.limit

    def _closings(self, rule: b.CloseAtMost) -> None:
        some = [i for i in self.fall if not self.tables.steps[i].below]
        for t in range(self.tables.years):
            self.model += pulp.lpSum(self.fall[i][t] for i in some) <= rule.limit

    def _loads(self, rule: b.AccreditationsPerSeat) -> None:
        services = self.tables.problem.services
        for some in self.tables.by_seat().values():
            for t in range(self.tables.years):
                load = pulp.lpSum(float(services[v].load) * self.use[v][t] for v in some)
                self.model += load <= float(rule.limit)

    def _presence(self, rule: b.AtLeast | b.Require) -> None:
        if isinstance(rule, b.Require):
            some, count = [self.tables.number[rule.site, rule.form]], 1
        else:
            some, count = self.tables.with_form(rule.form, rule.region), rule.count
        for t in self.tables.since(rule.by):
            self.model += pulp.lpSum(self.hold[i][t] for i in some) >= count
