"""What a solver is to us: a function from a formulation to a solution."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from legation.programme.formulation import Formulation, Vector
from legation.values import value


class Status(StrEnum):
    """How a solve ended."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


@value
class Limits:
    """When to stop: after so many seconds, or once the relative gap is proven. seed: of the solver."""

    seconds: float = 300.0
    gap: float = 1e-6
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """A point, its value, the proven bound, which solver says so, and the seconds of the clock it took.

    dual: of each row, where no column is integer
    """

    status: Status
    x: Vector
    objective: float = float("nan")
    bound: float = float("nan")
    solver: str = ""
    version: str = ""
    dual: Vector = field(default_factory=lambda: NOTHING)
    seconds: float = 0.0


Solver = Callable[[Formulation, Limits], Solution]

NOTHING: Vector = np.empty(0)
