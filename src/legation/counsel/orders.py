"""Orders: what is asked of a case on record when a worker finds the answer, and the answers to questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY

from legation.cases.scenarios import BASELINE
from legation.counsel import inquiries
from legation.desk.cases import Opened
from legation.errors import InvalidError, NotFoundError
from legation.model import Form
from legation.planning.brief import Class
from legation.programme.solver import Limits
from legation.values import value

MANY = 100  # alternatives that may be asked for at once
WIDEST = 10.0  # times its ceilings that a frontier may reach

Told = Callable[[float, str], None]


@value
class Order:
    """What a job is to compute: scenarios of a case as of a revision, each within the limits of the solver.

    scenarios: names; the case itself is "baseline"
    """

    scenarios: tuple[str, ...] = (BASELINE,)
    revision: int | None = None
    seconds: float = Limits().seconds
    gap: float = Limits().gap

    @property
    def limits(self) -> Limits:
        """Return when the solver stops."""
        return Limits(self.seconds, self.gap)


@value
class WhyOrder(Order):
    """Ask why the best plan has what it has at a site.

    weights: also how far each criterion's weight could move before that changes
    """

    _: KW_ONLY
    site: str
    weights: bool = False


@value
class WhyNotOrder(Order):
    """Ask why the best plan does not hold a form at a site, and what it would take.

    form: the lowest that the plan does not hold, where left out; weights: also what a shift of the weights would do
    """

    _: KW_ONLY
    site: str
    form: Form | None = None
    weights: bool = False


@value
class FrontierOrder(Order):
    """Ask for the best worth for every amount of money.

    low, high: shares of the ceilings, 0 for the brief's own; year, money: move only the ceilings of one year or class
    """

    _: KW_ONLY
    low: float = -0.3
    high: float = 0.3
    year: int | None = None
    money: Class | None = None


@value
class AlternativesOrder(Order):
    """Ask for other plans that are nearly as good.

    count: how many at most; within: share of the worth that may be lost; differ: in so many forms held at the end
    timing: the same measures in other years count as another plan
    """

    _: KW_ONLY
    count: int = 5
    within: float = 0.01
    differ: int = 1
    timing: bool = False


@value
class WeightRangesOrder(Order):
    """Ask how far the weight of each criterion may move while the plan stays a best one."""


@value
class BesideOrder(Order):
    """Ask for the best plans of two cases beside each other. other, other_scenario: the second."""

    _: KW_ONLY
    other: str
    other_scenario: str = BASELINE


def refuse_strange(order: Order, opened: Callable[[], Opened]) -> None:
    """Raise InvalidError for numbers that no question has, NotFoundError for a site that the case has not."""
    if isinstance(order, FrontierOrder) and not -1 <= order.low <= order.high <= WIDEST:
        raise InvalidError(f"From {order.low:g} to {order.high:g} is no span of shares from -1 to {WIDEST:g}.")
    if isinstance(order, AlternativesOrder) and not (
        1 <= order.count <= MANY and order.differ >= 1 and 0 <= order.within <= 1
    ):
        raise InvalidError(
            "Such other plans cannot be asked for.",
            hint=f"Ask for 1 to {MANY}, each different in one form or more, within 0 to 1 of the worth.",
        )
    if isinstance(order, WhyOrder | WhyNotOrder):
        made = opened()
        if order.site not in {site.id for site in made.draft.problem.sites}:
            raise NotFoundError(f"{made.case.name} has no site '{order.site}'.")


def answer(order: Order, opened: Opened, tell: Told) -> Mapping[str, object]:
    """Answer a question about the best plan of a case; return the answer under its name."""
    limits = order.limits
    match order:
        case WhyOrder():
            return {"why": inquiries.why_of(opened, order.site, limits, weights=order.weights)}
        case WhyNotOrder():
            found = inquiries.why_not_of(opened, order.site, limits, form=order.form, weights=order.weights)
            return {"why-not": found}
        case FrontierOrder():
            return {"frontier": _frontier(order, opened, tell)}
        case AlternativesOrder():
            return {"alternatives": _alternatives(order, opened)}
        case _:
            return {"weight-ranges": inquiries.weight_ranges(opened, limits)}


def _alternatives(order: AlternativesOrder, opened: Opened) -> object:
    return inquiries.alternatives_of(
        opened, order.limits, count=order.count, within=order.within, differ=order.differ, timing=order.timing
    )


def _frontier(order: FrontierOrder, opened: Opened, tell: Told) -> object:
    width = order.high - order.low or 1.0
    return inquiries.frontier_of(
        opened,
        order.low,
        order.high,
        order.limits,
        year=order.year,
        money=order.money,
        progress=lambda share: tell(min(1.0, (order.high - share) / width), f"at {share:+.2%} of the ceilings"),
    )
