"""Where each decision stands among the columns, and the numbers of the problem as arrays.

x[l,t] = 1: rung l of the ladder, or a higher one, is held in year t. A rung that can never be given up has no
more columns: what it rises by is x[l,t] - x[l,t-1]. A closable rung has up[l,t] and down[l,t] besides.
y[v,t] = 1: service v is used in year t.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from legation.model import LADDERS, Form
from legation.planning.brief import AccreditationDistance
from legation.planning.problem import Problem, Service, Site
from legation.programme.formulation import Index, Vector

Mask = npt.NDArray[np.bool_]
Terms = list[tuple[int, float]]


RANK = {form: place for ladder in LADDERS.values() for place, form in enumerate(ladder, start=1)}


def rank(form: Form) -> int:
    """Return the place of a form on its own ladder, from 1; none is 0."""
    return RANK.get(form, 0)


@dataclass(frozen=True, eq=False)
class Columns:
    """The layout of a problem in canonical order (`problem.in_order`)."""

    problem: Problem

    @cached_property
    def horizon(self) -> int:
        """Return the number of years T."""
        return len(self.problem.brief.years)

    @cached_property
    def discount(self) -> Vector:
        """Return the weight of each year, 1 for the first."""
        return np.array((1 / (1 + float(self.problem.brief.discount_rate))) ** np.arange(self.horizon))

    @cached_property
    def site_at(self) -> dict[str, int]:
        """Return the position of each site."""
        return {s.id: i for i, s in enumerate(self.problem.sites)}

    @cached_property
    def first_rung(self) -> list[int]:
        """Return the number of the lowest rung of each site; one more entry ends the last."""
        return np.cumsum([0, *(len(s.ladder) for s in self.problem.sites)]).tolist()  # type: ignore[no-any-return]

    @cached_property
    def rung_site(self) -> Index:
        """Return the site of each rung."""
        return np.repeat(np.arange(len(self.problem.sites)), np.diff(self.first_rung))

    @cached_property
    def held(self) -> Mask:
        """Return whether each rung is held today."""
        return np.array([rank(r.form) <= rank(s.today) for s in self.problem.sites for r in s.ladder], dtype=bool)

    @cached_property
    def closable(self) -> Mask:
        """Return whether each rung may be given up."""
        return np.array([s.closable for s in self.problem.sites for _ in s.ladder], dtype=bool)

    @cached_property
    def rungs(self) -> int:
        """Return the number of rungs L."""
        return self.first_rung[-1]

    @cached_property
    def x(self) -> Index:
        """Return the column of each rung and year, (L, T)."""
        return np.arange(self.rungs * self.horizon).reshape(self.rungs, self.horizon)

    @cached_property
    def up(self) -> Index:
        """Return the column of taking up each closable rung, (L, T); -1 elsewhere."""
        return self._extra(self.x.size)

    @cached_property
    def down(self) -> Index:
        """Return the column of giving up each closable rung, (L, T); -1 elsewhere."""
        return self._extra(self.x.size + int(self.closable.sum()) * self.horizon)

    def _extra(self, first: int) -> Index:
        out = np.full((self.rungs, self.horizon), -1)
        count = int(self.closable.sum())
        out[self.closable] = first + np.arange(count * self.horizon).reshape(count, self.horizon)
        return out

    @cached_property
    def risable(self) -> Mask:
        """Return in which years each rung may be taken up, (L, T)."""
        years = np.array(self.problem.brief.years)
        low = np.array([s.first if s.first is not None else years[0] for s in self.problem.sites])
        high = np.array([s.last if s.last is not None else years[-1] for s in self.problem.sites])
        allowed = (years >= low[:, None]) & (years <= high[:, None])
        return np.asarray(allowed[self.rung_site])

    @cached_property
    def possible(self) -> Mask:
        """Return in which years each rung can be held at all, (L, T)."""
        return np.asarray(self.held[:, None] | np.logical_or.accumulate(self.risable, axis=1))

    @cached_property
    def sure(self) -> Mask:
        """Return which rungs are held in every year whatever is decided."""
        return self.held & ~self.closable

    @cached_property
    def _ever(self) -> list[bool]:
        return [any(years) for years in self.possible]

    @cached_property
    def _always(self) -> list[bool]:
        return [bool(s) for s in self.sure]

    def level(self, site: Site, form: Form) -> int | None:
        """Return the lowest rung of a site that is this form or a higher one of its track, or None."""
        return self._levels[site.id].get(form)

    @cached_property
    def _levels(self) -> dict[str, dict[Form, int]]:
        """Return, site by site, the lowest rung at or above every form of its track that it can reach."""
        out: dict[str, dict[Form, int]] = {}
        for first, site in zip(self.first_rung, self.problem.sites, strict=False):
            levels: dict[Form, int] = {}
            rung = len(site.ladder)
            for form in reversed(LADDERS[site.track]):
                if rung and site.ladder[rung - 1].form is form:
                    rung -= 1
                if rung < len(site.ladder):
                    levels[form] = first + rung
            out[site.id] = levels
        return out

    @cached_property
    def services(self) -> tuple[Service, ...]:
        """Return the services that have columns of their own: those that can happen and have a rival or a cost."""
        limits = [r.km for r in self.problem.brief.rules if isinstance(r, AccreditationDistance)]
        kept = []
        for service in self.problem.services:
            far = service.concurrent and limits and service.km > min(limits)
            if not far and (service.interest, service.site) not in self._alone and self._usable(service):
                kept.append(service)
        return tuple(kept)

    def _usable(self, service: Service) -> bool:
        """Say whether a service can happen: its form can be held, and its interest is not surely taken."""
        rung = self.service_rung(service)
        if rung is None or not self._ever[rung]:
            return False
        home = self.residence[service.interest]
        return home is None or home == self.site_at[service.site] or not self._always[self.first_rung[home]]

    def service_rung(self, service: Service) -> int | None:
        """Return the rung a service needs."""
        return self.level(self.problem.sites[self.site_at[service.site]], service.form)

    @cached_property
    def needs(self) -> Index:
        """Return the rung that each service with columns needs, (V,)."""
        return np.array([self.service_rung(s) for s in self.services], dtype=np.int64)

    @cached_property
    def interest_at(self) -> dict[str, int]:
        """Return the position of each interest."""
        return {i.id: n for n, i in enumerate(self.problem.interests)}

    @cached_property
    def serves(self) -> Index:
        """Return the interest that each service with columns serves, (V,)."""
        return np.array([self.interest_at[s.interest] for s in self.services], dtype=np.int64)

    @cached_property
    def residence(self) -> dict[str, int | None]:
        """Return the position of the site of residence of each interest, where it has one."""
        return {i.id: self.site_at.get(i.residence) for i in self.problem.interests}

    @cached_property
    def plain(self) -> tuple[Service, ...]:
        """Return the services without a rival: free, not concurrent, of the residence or of the only site that serves.

        Holding the form is using them: their worth stands on the rungs and they need no column.
        """
        return tuple(s for s in self.problem.services if (s.interest, s.site) in self._alone)

    @cached_property
    def _alone(self) -> set[tuple[str, str]]:
        """Return the interests and sites of the plain services."""
        sites: dict[str, set[str]] = {}
        for service in self.problem.services:
            sites.setdefault(service.interest, set()).add(service.site)
        residences = {i.id: i.residence if i.residence in self.site_at else "" for i in self.problem.interests}
        homes = {(i, residences[i] or next(iter(some))) for i, some in sites.items() if residences[i] or len(some) == 1}
        return homes - {(s.interest, s.site) for s in self.problem.services if s.concurrent or any(s.running)}

    @cached_property
    def y(self) -> Index:
        """Return the column of each service and year, (V, T)."""
        first = self.x.size + 2 * int(self.closable.sum()) * self.horizon
        return first + np.arange(len(self.services) * self.horizon).reshape(len(self.services), self.horizon)

    @cached_property
    def count(self) -> int:
        """Return the number of columns of the layout; rules may ask for more behind them."""
        return self.x.size + 2 * int(self.closable.sum()) * self.horizon + self.y.size

    def holds(self, rung: int | None, t: int) -> tuple[Terms, float]:
        """Return "the rung is held in year t" as terms and constant; t < 0 is today."""
        if rung is None:
            return [], 0.0
        return ([], float(self.held[rung])) if t < 0 else ([(rung * self.horizon + t, 1.0)], 0.0)

    def rises(self, rung: int | None, t: int) -> tuple[Terms, float]:
        """Return "the rung is taken up in year t"."""
        if rung is None or self.sure[rung]:
            return [], 0.0
        if self.closable[rung]:
            return [(int(self.up[rung, t]), 1.0)], 0.0
        before, constant = self.holds(rung, t - 1)
        return [(int(self.x[rung, t]), 1.0), *((c, -v) for c, v in before)], -constant

    def falls(self, rung: int | None, t: int) -> tuple[Terms, float]:
        """Return "the rung is given up in year t"."""
        return ([(int(self.down[rung, t]), 1.0)], 0.0) if rung is not None and self.closable[rung] else ([], 0.0)

    def amounts(self, name: str) -> Vector:
        """Return a money series of the rungs as what each adds to the one below, (L, T)."""
        table = np.array([[float(a) for a in getattr(r, name)] for s in self.problem.sites for r in s.ladder])
        return self._added(table.reshape(self.rungs, self.horizon))

    def numbers(self, name: str) -> Vector:
        """Return a number of the rungs as what each adds to the one below, (L,)."""
        table = np.array([[float(getattr(r, name))] for s in self.problem.sites for r in s.ladder])
        return self._added(table.reshape(self.rungs, 1))[:, 0]

    @cached_property
    def merit(self) -> Vector:
        """Return the merit of holding each rung or a higher one, (L,)."""
        return np.array([float(r.merit) for s in self.problem.sites for r in s.ladder])

    def _added(self, table: Vector) -> Vector:
        below = np.vstack((np.zeros((1, table.shape[1])), table[:-1])) if len(table) else table
        lowest = np.array(self.first_rung[:-1], dtype=np.int64)
        below[lowest[lowest < len(below)]] = 0.0
        return np.asarray(table - below)
