"""The solvers there are, by name."""

from __future__ import annotations

from enum import StrEnum

from legation.engine.tailored import legation
from legation.programme.highs import highs
from legation.programme.solver import Solver


class Method(StrEnum):
    """How a plan is found: by the tailored method, or by HiGHS alone, the reference."""

    LEGATION = "legation"
    HIGHS = "highs"


DEFAULT = Method.LEGATION


def solver(method: Method) -> Solver:
    """Return the solver of a method."""
    return highs if method is Method.HIGHS else legation
