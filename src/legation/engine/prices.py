"""Put a price on every row that sites share: what is left falls apart into sites, and bounds all plans from above."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from legation.programme.formulation import Formulation, Vector
from legation.programme.layout import Layout


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """A programme whose shared rows are paid for instead of kept: constant + sum of worth x column.

    For any prices of the right sign this is never below the value of a plan.
    """

    worth: Vector
    constant: float


def price(formulation: Formulation, layout: Layout, row_prices: Vector) -> Priced:
    """Move all rows but those of one site alone into the objective, at these prices."""
    prices = row_prices.copy()
    prices[layout.own] = 0.0
    lower, upper = formulation.row_lower, formulation.row_upper
    prices = np.where(np.isposinf(upper), np.minimum(prices, 0.0), prices)
    prices = np.where(np.isneginf(lower), np.maximum(prices, 0.0), prices)
    bound = np.where(prices > 0.0, upper, np.where(prices < 0.0, lower, 0.0))
    paid = np.bincount(
        formulation.index,
        weights=formulation.value * np.repeat(prices, np.diff(formulation.start)),
        minlength=formulation.columns,
    )
    return Priced(formulation.objective - paid, formulation.constant + float(prices @ bound))
