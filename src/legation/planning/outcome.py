"""The plan as a value: measures, who serves what, money, proof."""

from __future__ import annotations

from decimal import Decimal

from legation.model import Form
from legation.planning.brief import Kind
from legation.values import value


@value
class Measure:
    """One act: at a site, in a year, from one form to another.

    establishing: one-off cost (closing included), all of it; running: what a full year costs more (or less) after
    it, in prices of its year; staff: people more or less; worth: discounted worth that this site brings, until its
    next measure, beyond what today's forms serve by themselves (`accounts.measures_from`)
    """

    year: int
    site: str
    kind: Kind
    before: Form
    after: Form
    establishing: Decimal
    running: Decimal
    staff: Decimal
    worth: Decimal


@value
class Served:
    """In a year an interest is served by a form at a site."""

    year: int
    interest: str
    site: str
    form: Form
    share: Decimal
    concurrent: bool


@value
class YearMoney:
    """Money of one year: establishing (lead shares and closing included), running, and today's network unchanged.

    full_year: running cost had all measures of the year run the whole year
    """

    year: int
    establishing: Decimal
    running: Decimal
    baseline: Decimal
    full_year: Decimal
    diplomatic: Decimal
    support: Decimal
    local: Decimal


@value
class Proof:
    """How the plan was found and how good it is proven to be. bound: no plan is worth more; gap: relative."""

    objective: Decimal
    bound: Decimal
    gap: Decimal
    status: str
    solver: str
    version: str
    seed: int
    seconds_limit: Decimal
    gap_limit: Decimal


@value
class Plan:
    """Measures by year, services by year, money by year, tail, proof, and the digest of the problem it answers."""

    problem: str
    measures: tuple[Measure, ...]
    services: tuple[Served, ...]
    money: tuple[YearMoney, ...]
    tail: Decimal
    baseline_tail: Decimal
    proof: Proof
    format: str = "legation-plan/1"
