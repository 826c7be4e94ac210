"""A problem as the tables from which an analyst would write a model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from legation.model import LADDERS, Form
from legation.planning.problem import Problem, Rung, Service, Site

ORDER = {form: place for ladder in LADDERS.values() for place, form in enumerate(ladder, start=1)}


@dataclass(frozen=True)
class Step:
    """One rung of one site: what it adds to the rung below it."""

    site: Site
    rung: Rung
    below: Rung | None
    penalty: float

    def money(self, name: str, t: int) -> float:
        """Return what it adds to a series of money in a year."""
        return float(getattr(self.rung, name)[t] - (getattr(self.below, name)[t] if self.below else 0))

    @property
    def staff(self) -> float:
        """Return how many people it adds."""
        people = [float(r.diplomatic + r.support + r.local) for r in (self.rung, self.below) if r]
        return people[0] - sum(people[1:])

    @property
    def today(self) -> int:
        """Return 1 if it is held today."""
        return int(ORDER.get(self.site.today, 0) >= ORDER[self.rung.form])


@dataclass(frozen=True)
class Tables:
    """The problem as the tables that all models are written from."""

    problem: Problem

    @property
    def years(self) -> int:
        """Return the number of years."""
        return len(self.problem.brief.years)

    @cached_property
    def steps(self) -> list[Step]:
        """Return the rungs of all sites, lowest first within each."""
        penalty, sites = float(self.problem.change_penalty), len(self.problem.sites)
        place = {s.id: r for r, s in enumerate(sorted(self.problem.sites, key=lambda s: s.id), start=1)}
        return [
            Step(site, rung, below, penalty * (1 + place[site.id] / (1000 * sites)))
            for site in self.problem.sites
            for below, rung in zip((None, *site.ladder), site.ladder, strict=False)
        ]

    @cached_property
    def number(self) -> dict[tuple[str, Form], int]:
        """Return the position of each rung."""
        return {(s.site.id, s.rung.form): i for i, s in enumerate(self.steps)}

    def lowest(self, site: str) -> int:
        """Return the position of the lowest rung of a site."""
        return self.of_site[site][0]

    @cached_property
    def of_site(self) -> dict[str, list[int]]:
        """Return the positions of the rungs of each site."""
        found = defaultdict(list)
        for i, step in enumerate(self.steps):
            found[step.site.id].append(i)
        return dict(found)

    @cached_property
    def discount(self) -> list[float]:
        """Return the weight of each year."""
        return [(1 + float(self.problem.brief.discount_rate)) ** -t for t in range(self.years)]

    @cached_property
    def worth(self) -> list[list[float]]:
        """Return the discounted worth of each service by year."""
        worth = {i.id: [float(w) for w in i.worth] for i in self.problem.interests}
        return [
            [float(s.share) * w * d for w, d in zip(worth[s.interest], self.discount, strict=True)]
            for s in self.problem.services
        ]

    @cached_property
    def barred(self) -> list[tuple[int, int]]:
        """Return which service is barred by which rung: residing at home ends serving from elsewhere."""
        home = {i.id: i.residence for i in self.problem.interests}
        return [
            (v, self.lowest(home[s.interest]))
            for v, s in enumerate(self.problem.services)
            if home[s.interest] and home[s.interest] != s.site
        ]

    @cached_property
    def needs(self) -> list[int]:
        """Return the rung that each service needs."""
        return [self.number[s.site, s.form] for s in self.problem.services]

    def with_form(self, form: Form, region: str = "") -> list[int]:
        """Return the positions of the rungs of a form, everywhere or in a region."""
        return [i for i, s in enumerate(self.steps) if s.rung.form is form and region in ("", s.site.region)]

    def since(self, year: int) -> range:
        """Return the positions of the years from a year on."""
        return range(self.problem.brief.years.index(year), self.years)

    def by_interest(self) -> dict[str, list[int]]:
        """Return the positions of the services of each interest."""
        return self._services(lambda s: s.interest)

    def by_seat(self) -> dict[str, list[int]]:
        """Return the positions of the concurrent services of each site."""
        return self._services(lambda s: s.site if s.concurrent else "")

    def _services(self, key: Callable[[Service], str]) -> dict[str, list[int]]:
        found = defaultdict(list)
        for v, service in enumerate(self.problem.services):
            found[key(service)].append(v)
        found.pop("", None)
        return dict(found)
