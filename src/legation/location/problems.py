"""Location problems as values, and the siting that answers one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from legation.programme.formulation import Index, Vector
from legation.programme.solver import Status
from legation.values import value

Flags = npt.NDArray[np.bool_]
Left = Callable[[], float]
"""How many seconds are left, 0 or less once to stop; whoever asks the question holds the clock."""


@dataclass(frozen=True, slots=True, eq=False)
class Median:
    """Open p sites so that serving every customer from the nearest of them costs least.

    cost: (customers, sites), of serving all of a customer's demand from a site
    """

    cost: Vector
    p: int


@dataclass(frozen=True, slots=True, eq=False)
class Facilities:
    """Open sites at a cost so that opening and serving together cost least.

    cost: (customers, sites), of serving all of a customer's demand; opening: (sites,)
    """

    cost: Vector
    opening: Vector


@dataclass(frozen=True, slots=True, eq=False)
class Capacitated:
    """Facilities that hold so much demand and no more.

    capacity: (sites,); demand: (customers,); single: whether a customer must be served from one site only
    """

    cost: Vector
    opening: Vector
    capacity: Vector
    demand: Vector
    single: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """Open p sites so that the demand within reach of one of them is greatest.

    first, site: the sites that reach customer i are site[first[i]:first[i + 1]]; weight: (customers,) demand
    """

    first: Index
    site: Index
    weight: Vector
    sites: int
    p: int


Problem = Median | Facilities | Capacitated | Cover


@value
class Served:
    """A customer served from a site, wholly (share 1) or in part; both as positions."""

    customer: int
    site: int
    share: float = 1.0


@value
class Siting:
    """Which sites to open, who is served from where, and how good that is proven to be.

    bound: what no siting can better; gap: |objective - bound| / |objective|; opened: positions of the open sites
    proof: what the bound rests on: "multipliers" alone, a "tree" of them, or a "programme" solved by HiGHS
    """

    status: Status
    objective: float
    bound: float
    gap: float
    opened: tuple[int, ...]
    served: tuple[Served, ...]
    proof: str = ""


def gap_between(objective: float, bound: float) -> float:
    """Return the relative gap, 0 where the two agree."""
    return abs(objective - bound) / max(abs(objective), 1e-9) if objective != bound else 0.0


def is_whole(*numbers: Vector) -> bool:
    """Tell whether all numbers are whole, so that two different sums are at least 1 apart."""
    return all(bool(np.all(n == np.rint(n))) for n in numbers)
