"""The problem as an analyst would write it in linopy: the model of `with_pulp`, whole arrays at a time."""

from __future__ import annotations

import linopy
import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import xarray as xr

from benchmarks.peers.tables import Tables
from legation.planning import brief as b
from legation.planning.problem import Problem


def model(problem: Problem) -> linopy.Model:
    """Write the problem in linopy."""
    return LinopyModel(Tables(problem)).write()


class LinopyModel:
    """The model in linopy: one variable a kind of decision, over steps, sites or services and years."""

    def __init__(self, tables: Tables) -> None:
        """Make the variables."""
        self.tables, self.model = tables, linopy.Model()
        steps, problem = tables.steps, tables.problem
        self.index = {
            "step": pd.RangeIndex(len(steps), name="step"),
            "site": pd.RangeIndex(len(problem.sites), name="site"),
            "service": pd.RangeIndex(len(problem.services), name="service"),
            "year": pd.RangeIndex(tables.years, name="year"),
        }
        closable = [s.site.closable for s in steps]
        self.hold = self._binary("hold", "step")
        self.rise = self._binary("rise", "step")
        self.fall = self._binary("fall", "step", self._over_years(closable, "step")).fillna(0)
        self.acts = self._binary("acts", "site")
        self.use = self._binary("use", "service")
        self.before = self.hold.shift(year=1).fillna(0)
        today = np.zeros((len(steps), tables.years))
        today[:, 0] = [s.today for s in steps]
        self.today = self._table(today, "step", "year")

    def _binary(self, name: str, over: str, mask: xr.DataArray | None = None) -> linopy.Variable:
        coords = [self.index[over], self.index["year"]]
        return self.model.add_variables(binary=True, coords=coords, name=name, mask=mask)

    def _table(self, values: object, *dims: str) -> xr.DataArray:
        return xr.DataArray(values, dims=dims, coords={d: self.index[d] for d in dims})

    def _over_years(self, values: list[bool], dim: str) -> xr.DataArray:
        return self._table(np.repeat(np.array(values)[:, None], self.tables.years, axis=1), dim, "year")

    def write(self) -> linopy.Model:
        """Add objective, structure and rules."""
        self._objective()
        self._forms()
        self._services()
        for number, rule in enumerate(self.tables.problem.brief.rules):
            self._rule(rule, f"{rule.rule}-{number}")
        self._presence([r for r in self.tables.problem.brief.rules if isinstance(r, b.AtLeast)])
        return self.model

    def _objective(self) -> None:
        tables = self.tables
        worth = self._table(np.array(tables.worth), "service", "year")
        merit = np.outer([float(s.rung.merit) for s in tables.steps], tables.discount)
        penalty = self._table([s.penalty for s in tables.steps], "step")
        changes = penalty * self.rise + penalty * self.fall
        total = (worth * self.use).sum() + (self._table(merit, "step", "year") * self.hold).sum() - changes.sum()
        self.model.add_objective(total, sense="max")

    def _forms(self) -> None:
        """Climb ladders rung by rung; what is held was held before or is taken up, unless it is given up."""
        tied = self.hold - self.before - self.rise + self.fall
        self.model.add_constraints(tied == self.today, name="years")
        self.model.add_constraints(self.rise + self.before <= 1 - self.today, name="rises")
        above = [i for i, s in enumerate(self.tables.steps) if s.below]
        high, low = self._pick(self.hold, above), self._pick(self.hold, [i - 1 for i in above])
        self.model.add_constraints(high - low <= 0, name="ladder")

    def _pick(
        self, variable: linopy.Variable | linopy.LinearExpression, some: list[int], dim: str = "step"
    ) -> linopy.LinearExpression:
        """Return rows of a variable, one after the other."""
        return (variable * 1).isel({dim: xr.DataArray(some, dims="pick")}).drop_vars(dim)

    def _services(self) -> None:
        tables = self.tables
        needed = self._pick(self.hold, tables.needs)
        used = self._pick(self.use, list(range(len(tables.needs))), "service")
        self.model.add_constraints(used - needed <= 0, name="needs")
        interest = self._table([s.interest for s in tables.problem.services], "service").rename("interest")
        self.model.add_constraints(self.use.groupby(interest).sum() <= 1, name="one service")
        barred = self._pick(self.use, [v for v, _ in tables.barred], "service")
        residing = self._pick(self.hold, [i for _, i in tables.barred])
        self.model.add_constraints(barred + residing <= 1, name="residence")

    def _rule(self, rule: b.Rule, name: str) -> None:
        match rule:
            case b.Ceiling(money=b.Class.RUNNING, scope=b.Scope.WHOLE):
                self._running(rule, name)
            case b.Ceiling(money=b.Class.ESTABLISHING, scope=b.Scope.WHOLE):
                self._establishing(rule, name)
            case b.StaffCeiling(staff=b.Staff.TOTAL):
                staff = self._table([s.staff for s in self.tables.steps], "step")
                self.model.add_constraints((staff * self.hold).sum("step") <= self._amounts(rule), name=name)
            case b.MeasuresPerYear(kind=None, track=None, years=()):
                self._measures(rule, name)
            case b.CloseAtMost():
                lowest = [i for i, s in enumerate(self.tables.steps) if not s.below]
                self.model.add_constraints(self._pick(self.fall, lowest).sum("pick") <= rule.limit, name=name)
            case b.AccreditationsPerSeat():
                self._loads(rule, name)
            case b.Require(exactly=False):
                self._required(rule, name)
            case b.AtLeast(group=""):
                pass  # `_presence` writes them all at once
            case _:
                raise ValueError(f"The peers do not know {rule}.")

    def _amounts(self, rule: b.Ceiling | b.StaffCeiling) -> xr.DataArray:
        return self._table([float(amount) for _, amount in rule.amounts], "year")

    def _money(self, name: str) -> xr.DataArray:
        years = range(self.tables.years)
        return self._table([[s.money(name, t) for t in years] for s in self.tables.steps], "step", "year")

    def _running(self, rule: b.Ceiling, name: str) -> None:
        first, last = float(self.tables.problem.first_share), float(self.tables.problem.last_share)
        cost = self._money("running")
        spent = cost * self.hold - (1 - first) * cost * self.rise + last * cost * self.fall
        self.model.add_constraints(spent.sum("step") <= self._amounts(rule), name=name)

    def _establishing(self, rule: b.Ceiling, name: str) -> None:
        amounts, year = self._amounts(rule), [self.index["year"]]
        most = float(rule.carry_over) * amounts
        carried = self.model.add_variables(lower=0, upper=most, coords=year, name="carried")
        spent = self._money("establishing") * self.rise + self._money("closing") * self.fall
        self.model.add_constraints(spent.sum("step") + carried - carried.shift(year=1).fillna(0) <= amounts, name=name)

    def _measures(self, rule: b.MeasuresPerYear, name: str) -> None:
        if rule.form:
            some = self.tables.with_form(rule.form)
            self.model.add_constraints(self._pick(self.rise, some).sum("pick") <= rule.limit, name=name)
            return
        sites = [s for s, rungs in enumerate(self.tables.of_site.values()) for _ in rungs]
        acts = self._pick(self.acts, sites, "site")
        every = list(range(len(sites)))
        closable = [i for i, s in enumerate(self.tables.steps) if s.site.closable]
        falling = self._pick(self.acts, [sites[i] for i in closable], "site")
        self.model.add_constraints(self._pick(self.rise, every) - acts <= 0, name=f"{name}-rise")
        self.model.add_constraints(self._pick(self.fall, closable) - falling <= 0, name=f"{name}-fall")
        self.model.add_constraints(self.acts.sum("site") <= rule.limit, name=name)

    def _loads(self, rule: b.AccreditationsPerSeat, name: str) -> None:
        services = self.tables.problem.services
        seat = self._table([s.site if s.concurrent else "" for s in services], "service").rename("seat")
        load = self._table([float(s.load) * s.concurrent for s in services], "service")
        self.model.add_constraints((load * self.use).groupby(seat).sum() <= float(rule.limit), name=name)

    def _required(self, rule: b.Require, name: str) -> None:
        step, years = self.tables.number[rule.site, rule.form], list(self.tables.since(rule.by))
        self.model.add_constraints(self._pick(self.hold, [step]).isel(year=years) >= 1, name=name)

    def _presence(self, rules: list[b.AtLeast]) -> None:
        """Count the forms of all regions at once, where the rules ask for one form by one year."""
        for form, by in {(rule.form, rule.by) for rule in rules}:
            count = {rule.region: rule.count for rule in rules if (rule.form, rule.by) == (form, by)}
            some = [i for i in self.tables.with_form(form) if self.tables.steps[i].site.region in count]
            regions = xr.DataArray([self.tables.steps[i].site.region for i in some], dims="pick", name="region")
            held = self._pick(self.hold, some).isel(year=list(self.tables.since(by))).groupby(regions).sum()
            least = xr.DataArray(list(count.values()), dims="region", coords={"region": list(count)})
            self.model.add_constraints(held >= least, name=f"at-least-{form}-{by}")
