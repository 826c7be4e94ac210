"""What each form costs at each site in each year of the plan: norm x price, converted, inflated, rounded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from legation.cases.case import Band, Case, CostLine, CostMeasure
from legation.cases.siting import Holding, form_held
from legation.errors import Finding, InvalidError, Severity
from legation.model import Form, to_unit
from legation.planning.problem import Rung
from legation.values import value

MONEY = (CostMeasure.ESTABLISHING, CostMeasure.RUNNING, CostMeasure.CLOSING)
Amounts = tuple[Decimal, ...]


@value
class Priced:
    """A cost line with its amount in each year of the plan (staff lines: the same number each year)."""

    line: CostLine
    amounts: Amounts


Tariff = Mapping[str, Sequence[Priced]]
"""Priced lines by scope."""


def ladders(case: Case, holdings: Sequence[Holding]) -> tuple[dict[str, tuple[Rung, ...]], tuple[Finding, ...]]:
    """Return the ladder of every site with all it costs, by site id, in the case's money.

    A post's own running cost replaces that of the form held today. Findings: errors "cost-missing" (a form
    without a running or an establishing line), "cost-empty", "rate-missing", "post-running", "lead-share" (more
    than the whole is paid early); warnings
    "cost-unused" (a line for a site or form there is not) and "cost-raised" (establishing or closing fell up a
    ladder, and was raised to the rung below).
    """
    tariff, findings = _tariff(case)
    built: dict[str, tuple[Rung, ...]] = {}
    raised: dict[tuple[str, Form], list[str]] = defaultdict(list)
    for holding in holdings:
        rungs, lifted = _climb([_rung(case, tariff, holding.place.id, form) for form in holding.place.forms])
        for step in lifted:
            raised[step].append(holding.place.id)
        built[holding.place.id], found = _with_own_running(case, holding, rungs)
        findings += (*found, *_paid_early(holding.place.id, rungs))
    findings += _missing(tariff, holdings)
    findings += _unused(tariff, holdings)
    findings += [_raised(measure, form, sites) for (measure, form), sites in sorted(raised.items())]
    return built, tuple(findings)


def amount_of(line: CostLine, band: Band) -> Decimal | None:
    """Return a line's amount at an end of its band, in its own money and year; None where it states none.

    The central amount is the amount stated, else norm x price (staff, lead-share: the norm); an end that is not
    stated is the central one.
    """
    central = line.amount
    if central is None and line.norm is not None:
        alone = None if line.measure in MONEY else line.norm
        central = line.norm * line.price if line.price is not None else alone
    if central is None:
        return None
    end = {Band.LOW: line.low, Band.CENTRAL: None, Band.HIGH: line.high}[band]
    return central if end is None else end


def in_years(case: Case, amount: Decimal, currency: str = "", year: int | None = None) -> Amounts:
    """Return an amount of a currency and year in the case's money, in the prices of each year of the plan, unrounded.

    Raise InvalidError where no exchange rate is stated.
    """
    converted = case.prices.convert(amount, currency)
    start = case.prices.year if year is None else year
    return tuple(case.prices.inflate(converted, start, end) for end in case.brief.years)


def _tariff(case: Case) -> tuple[dict[str, list[Priced]], list[Finding]]:
    tariff: dict[str, list[Priced]] = defaultdict(list)
    findings: dict[str, Finding] = {}
    for line in case.costs:
        amount = amount_of(line, case.settings.band)
        if amount is None:
            findings[f"{line.scope} {line.measure} {line.line}"] = _empty(line)
            amount = Decimal(0)
        try:
            years = case.brief.years
            amounts = (
                in_years(case, amount, line.currency, line.year) if line.measure in MONEY else (amount,) * len(years)
            )
        except InvalidError as error:
            findings[line.currency] = Finding(
                "rate-missing", Severity.ERROR, line.currency, str(error), error.hint, "costs.csv", column="currency"
            )
            amounts = (Decimal(0),) * len(case.brief.years)
        tariff[line.scope].append(Priced(line, amounts))
    return tariff, list(findings.values())


def _lines(tariff: Tariff, site: str, form: Form) -> list[Priced]:
    """Return the lines that hold for a form at a site: its own, and the form's where its own do not replace them."""
    own = tariff.get(f"site:{site}:{form}", ())
    replaced = {(p.line.measure, p.line.line) for p in own}
    return [p for p in tariff.get(f"form:{form}", ()) if (p.line.measure, p.line.line) not in replaced] + list(own)


def _rung(case: Case, tariff: Tariff, site: str, form: Form) -> Rung:
    lines = _lines(tariff, site, form)
    unit = case.settings.unit

    def total(measure: CostMeasure) -> Amounts:
        columns = [p.amounts for p in lines if p.line.measure is measure]
        return tuple(sum((c[t] for c in columns), Decimal(0)) for t in range(len(case.brief.years)))

    def money(measure: CostMeasure) -> Amounts:
        return tuple(to_unit(amount, unit) for amount in total(measure))

    def number(measure: CostMeasure) -> Decimal:
        return next(iter(total(measure)), Decimal(0))

    return Rung(
        form,
        establishing=money(CostMeasure.ESTABLISHING),
        running=money(CostMeasure.RUNNING),
        closing=money(CostMeasure.CLOSING),
        diplomatic=number(CostMeasure.DIPLOMATIC),
        support=number(CostMeasure.SUPPORT),
        local=number(CostMeasure.LOCAL),
        lead_share=number(CostMeasure.LEAD_SHARE),
    )


def _climb(rungs: Iterable[Rung]) -> tuple[tuple[Rung, ...], list[tuple[str, Form]]]:
    """Raise establishing and closing to the rung below where they fall, and say where."""
    climbed: list[Rung] = []
    lifted: list[tuple[str, Form]] = []
    for rung in rungs:
        if climbed:
            below = climbed[-1]
            establishing = tuple(map(max, rung.establishing, below.establishing))
            closing = tuple(map(max, rung.closing, below.closing))
            lifted += [("establishing", rung.form)] if establishing != rung.establishing else []
            lifted += [("closing", rung.form)] if closing != rung.closing else []
            rung = replace(rung, establishing=establishing, closing=closing)  # noqa: PLW2901
        climbed.append(rung)
    return tuple(climbed), lifted


def _with_own_running(
    case: Case, holding: Holding, rungs: tuple[Rung, ...]
) -> tuple[tuple[Rung, ...], tuple[Finding, ...]]:
    post = holding.post
    if post is None or not post.running:
        return rungs, ()
    try:
        amounts = in_years(case, Decimal(post.running))
    except InvalidOperation:
        message = f"Post {post.id} has a running cost that is no number: {post.running}."
        remedy = f"Write a plain number of {case.prices.currency} in prices of {case.prices.year}."
        error = Finding("post-running", Severity.ERROR, post.id, message, remedy, "posts.csv", column="running")
        return rungs, (error,)
    today = form_held(post, rungs)
    running = tuple(to_unit(amount, case.settings.unit) for amount in amounts)
    return tuple(replace(r, running=running) if r.form is today else r for r in rungs), ()


def _paid_early(site: str, rungs: Iterable[Rung]) -> list[Finding]:
    """Name the forms of a site of which more than the whole would be due the year before."""
    return [
        Finding(
            "lead-share",
            Severity.ERROR,
            f"{site} {rung.form}",
            f"The lead shares of a {rung.form} at {site} add up to {rung.lead_share}: no more than 1 can be due early.",
            "State the share of establishing that is due the year before the measure, from 0 to 1.",
            "costs.csv",
            column="norm",
            value=str(rung.lead_share),
        )
        for rung in rungs
        if rung.lead_share > 1
    ]


def _missing(tariff: Tariff, holdings: Sequence[Holding]) -> list[Finding]:
    lacking: dict[tuple[Form, CostMeasure], list[str]] = defaultdict(list)
    for holding in holdings:
        for form in holding.place.forms:
            stated = {p.line.measure for p in _lines(tariff, holding.place.id, form)}
            for measure in (CostMeasure.ESTABLISHING, CostMeasure.RUNNING):
                if measure not in stated:
                    lacking[form, measure].append(holding.place.id)
    return [
        Finding(
            "cost-missing",
            Severity.ERROR,
            form,
            f"Nothing says what {measure} a {form} costs, at {len(sites)} sites: {', '.join(sites)}.",
            f"Add a line with scope form:{form} and measure {measure} to costs.csv (0 where it costs nothing).",
            "costs.csv",
        )
        for (form, measure), sites in sorted(lacking.items())
    ]


def _unused(tariff: Tariff, holdings: Sequence[Holding]) -> list[Finding]:
    """Name the scopes that no site's ladder asks for; a form of a track may wait unused."""
    used = {f"site:{h.place.id}:{form}" for h in holdings for form in h.place.forms} | {f"form:{f}" for f in Form}
    return [
        Finding(
            "cost-unused",
            Severity.WARNING,
            scope,
            f"Cost lines for {scope} belong to no site and form of the case.",
            "Write form:FORM, or site:ID:FORM with a site and a form that sites.csv lists.",
            "costs.csv",
            column="scope",
            value=scope,
        )
        for scope in sorted(tariff)
        if scope not in used
    ]


def _empty(line: CostLine) -> Finding:
    message = f"Cost line {line.line} ({line.measure}, {line.scope}) states no amount."
    remedy = "Fill in amount, or norm and price." if line.measure in MONEY else "Fill in amount: a number."
    return Finding("cost-empty", Severity.ERROR, line.scope, message, remedy, "costs.csv", column="amount")


def _raised(measure: str, form: Form, sites: Sequence[str]) -> Finding:
    message = (
        f"The {measure} cost of a {form} is below that of the form under it, at {len(sites)} sites "
        f"({', '.join(sites)}): it is raised to it."
    )
    return Finding("cost-raised", Severity.WARNING, form, message, f"Check the {measure} lines of both.", "costs.csv")
