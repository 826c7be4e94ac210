"""Orders: what is asked of a case on record when a worker finds the answer, and the answers to questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY

from legation.cases.scenarios import BASELINE
from legation.counsel import inquiries, locating, stress
from legation.desk.cases import Opened
from legation.errors import InvalidError, NotFoundError
from legation.inquiry.ensembles import GAP
from legation.inquiry.futures import Ceilings, Costs, Rates, Slippage, Uncertainty, Way, Worth
from legation.model import Form
from legation.planning.brief import Class
from legation.planning.outcome import Plan
from legation.posing.layouts import Layout
from legation.posing.questions import Kind, Question, Rounding
from legation.programme.solver import Limits
from legation.values import value

MANY = 100  # alternatives that may be asked for at once
WIDEST = 10.0  # times its ceilings that a frontier may reach
MOST_FUTURES = 100_000  # that may be asked for at once

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

    weights: also how far each criterion's weight could move before that changes; takes: also how far the worth could
    fall, which takes a dozen plans more
    job: a job 'plan' that is done, whose plan is asked about, of its scenario and revision; found anew where empty
    """

    _: KW_ONLY
    site: str
    weights: bool = False
    takes: bool = True
    job: str = ""


@value
class WhyNotOrder(Order):
    """Ask why the best plan does not hold a form at a site, and what it would take.

    form: the lowest that the plan does not hold, where left out; weights: also what a shift of the weights would do;
    takes: also the least that brings it in, which takes some dozens of plans more
    job: a job 'plan' that is done, whose plan is asked about, of its scenario and revision; found anew where empty
    """

    _: KW_ONLY
    site: str
    form: Form | None = None
    weights: bool = False
    takes: bool = True
    job: str = ""


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


@value
class StressOrder(Order):
    """Ask how sure the plan is: plan many futures, in each of which what is uncertain turns out otherwise.

    count, seed: how many futures, and which; half_width: fewer once no interval of a share is wider than twice this
    weights, concentration: how other weights are drawn, and how near the stated ones (dirichlet)
    worth, rates, ceilings: spread of the worth of each interest, of the exchange rate and of all ceilings, as shares
    costs_low, costs_high: shares by which the costs of what is new at a site fall and rise at most, from -1 and from 0
    slippage: chance that a site is ready a year later; what is left out is certain
    """

    _: KW_ONLY
    gap: float = GAP
    count: int = 1000
    seed: int = 0
    half_width: float = 0.0
    weights: Way | None = None
    concentration: float = 50.0
    worth: float | None = None
    costs_low: float = 0.0
    costs_high: float = 0.0
    rates: float | None = None
    ceilings: float | None = None
    slippage: float | None = None


@value
class LocateOrder:
    """Ask for sites among many, by a table of cities or a file that research keeps; see `Question`.

    text: what is in the file; file: its name, for what is said of it; layout: where it is taken for another
    """

    text: str
    file: str = "cities.csv"
    layout: Layout | None = None
    kind: Kind | None = None
    p: int | None = None
    radius: float | None = None
    capacity: float | None = None
    rounding: Rounding = Rounding.NONE
    seconds: float = 300.0

    @property
    def question(self) -> Question:
        """Return what is asked of the file."""
        return Question(self.kind, self.p, self.radius, self.capacity, self.rounding)


def uncertainties(order: StressOrder, opened: Opened) -> tuple[Uncertainty, ...]:
    """Return what is uncertain of a case by an order."""
    drawn: list[Uncertainty] = []
    if order.weights is not None:
        near = order.concentration
        drawn.append(stress.weights_of(opened.case, opened.draft.appraisal, order.weights, near))
    if order.costs_low or order.costs_high:
        drawn.append(Costs(1 + order.costs_low, 1 + order.costs_high))
    spread = ((Worth, order.worth), (Rates, order.rates), (Ceilings, order.ceilings), (Slippage, order.slippage))
    return (*drawn, *(kind(share) for kind, share in spread if share is not None))


def refuse_unreadable(order: LocateOrder) -> None:
    """Raise InvalidError with every fault of a file, and for numbers that no question has."""
    locating.readable(order.text, order.file, order.question, order.layout)
    if (order.p is not None and order.p < 1) or not all(
        number is None or 0 <= number < float("inf") for number in (order.radius, order.capacity)
    ):
        raise InvalidError("At least one site is opened; a radius and a capacity are 0 or more.")


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
    if isinstance(order, StressOrder):
        _refuse_undrawable(order)
    if isinstance(order, WhyOrder | WhyNotOrder):
        made = opened()
        if order.site not in {site.id for site in made.draft.problem.sites}:
            raise NotFoundError(f"{made.case.name} has no site '{order.site}'.")


def _refuse_undrawable(order: StressOrder) -> None:
    spreads = [s for s in (order.worth, order.rates, order.ceilings) if s is not None]
    shares = (order.half_width, order.slippage or 0.0)
    if not (
        1 <= order.count <= MOST_FUTURES
        and 0 <= order.seed < 2**63
        and 0 < order.concentration <= 1e9
        and -1 < order.costs_low <= 0 <= order.costs_high <= WIDEST
        and all(0 <= s <= WIDEST for s in spreads)
        and all(0 <= s <= 1 for s in shares)
    ):
        raise InvalidError(
            "Such futures cannot be drawn.",
            hint=f"Ask for 1 to {MOST_FUTURES}; write spreads as shares: 0.2 is 20 %; costs fall by less than 1.",
        )
    certain = (order.weights, order.slippage, order.costs_low or None, order.costs_high or None, *spreads)
    if all(s is None for s in certain):
        raise InvalidError("Nothing is uncertain.", hint='Say what is: "weights": "dirichlet", "worth": 0.2, …')


def answer(order: Order, opened: Opened, tell: Told, plan: Plan | None = None) -> Mapping[str, object]:
    """Answer a question about the best plan of a case, or the one given; return the answer under its name."""
    limits = order.limits
    match order:
        case WhyOrder():
            why = inquiries.why_of(opened, order.site, limits, plan=plan, weights=order.weights, takes=order.takes)
            return {"why": why}
        case WhyNotOrder():
            why_not = inquiries.why_not_of(
                opened, order.site, limits, form=order.form, plan=plan, weights=order.weights, takes=order.takes
            )
            return {"why-not": why_not}
        case StressOrder():
            return {"stress": _stress(order, opened, tell)}
        case FrontierOrder():
            return {"frontier": _frontier(order, opened, tell)}
        case AlternativesOrder():
            return {"alternatives": _alternatives(order, opened)}
        case _:
            return {"weight-ranges": inquiries.weight_ranges(opened, limits)}


def locate(order: LocateOrder) -> Mapping[str, object]:
    """Answer a location problem; return the siting under its name."""
    found = locating.located(order.text, order.file, order.question, layout=order.layout, seconds=order.seconds)
    return {"siting": found}


def _stress(order: StressOrder, opened: Opened, tell: Told) -> stress.Stress:
    return stress.stress(
        opened,
        uncertainties(order, opened),
        stress.Work(order.count, order.seed, order.half_width),
        order.limits,
        lambda done, of: tell(done / of, f"{done} of {of} futures"),
    )


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
