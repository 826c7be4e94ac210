"""Verbs that ask about a plan: why, why-not, frontier, alternatives, weight-ranges, compare."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from legation.cli.output import Case, Gap, Json, Seconds, example, put, put_json, show, table, tell, working
from legation.cli.registry import recorded
from legation.counsel import inquiries
from legation.desk import cases
from legation.desk.cases import Opened
from legation.inquiry.frontier import Frontier
from legation.inquiry.reasons import Why, WhyNot
from legation.inquiry.thresholds import Threshold
from legation.model import Form
from legation.planning.brief import Class
from legation.planning.comparison import Pairing
from legation.planning.outcome import Measure
from legation.planning.wording import A_FORM
from legation.programme.solver import Limits
from legation.reports.figures import act, times

Site = Annotated[str, typer.Argument(metavar="SITE", show_default=False, help="A site of the case, as BRA.")]
Made = Annotated[
    Path | None,
    typer.Option("--plan", metavar="PLAN.json", show_default=False, help="The best plan, where it is made already."),
]
Short = Annotated[
    bool, typer.Option("--short", help="Only what is lost and done instead: one plan more, not what it would take.")
]
Weights = Annotated[bool, typer.Option("--weights", help="Also what a shift of each criterion's weight would do.")]


def why(
    case: Case,
    site: Site,
    plan: Made = None,
    weights: Weights = False,
    short: Short = False,
    seconds: Seconds = Limits().seconds,
    gap: Gap = Limits().gap,
    as_json: Json = False,
) -> None:
    """Say why the best plan has what it has at a site: what it serves, and what is lost and done instead without it."""
    opened, made = _open(case), inquiries.plan_in(plan) if plan else None
    with working("Asking"):
        found = inquiries.why_of(opened, site, Limits(seconds, gap), plan=made, weights=weights, takes=not short)
    if as_json:
        put_json(found)
    else:
        _tell_why(found, _titles(opened))


def why_not(  # noqa: PLR0913, PLR0917 - one for each option
    case: Case,
    site: Site,
    form: Annotated[
        Form | None, typer.Option("--form", help="By default the lowest that the plan does not hold.")
    ] = None,
    plan: Made = None,
    weights: Weights = False,
    short: Short = False,
    far: Annotated[
        bool, typer.Option("--far", help="Search for the money up to twice the ceilings: up to some minutes.")
    ] = False,
    seconds: Seconds = Limits().seconds,
    gap: Gap = Limits().gap,
    as_json: Json = False,
) -> None:
    """Say why the best plan does not hold a form at a site, what it would displace, and the least that brings it in."""
    opened, made = _open(case), inquiries.plan_in(plan) if plan else None
    with working("Asking"):
        found = inquiries.why_not_of(
            opened, site, Limits(seconds, gap), form=form, plan=made, weights=weights, takes=not short, far=far
        )
    if as_json:
        put_json(found)
    else:
        _tell_why_not(found, _titles(opened))


def frontier(
    case: Case,
    low: Annotated[
        float, typer.Option("--from", metavar="PERCENT", help="Lowest ceilings, against the brief's.")
    ] = -30,
    high: Annotated[float, typer.Option("--to", metavar="PERCENT", help="Highest ceilings.")] = 30,
    year: Annotated[int | None, typer.Option(help="Move the ceilings of this year only.", show_default=False)] = None,
    money: Annotated[
        Class | None, typer.Option("--money", help="Move the ceilings of this class only.", show_default=False)
    ] = None,
    seconds: Seconds = Limits().seconds,
    gap: Gap = Limits().gap,
    as_json: Json = False,
) -> None:
    """Show the best worth for every amount of money: each breakpoint, and what enters and leaves there."""
    opened = _open(case)
    seen = (lambda share: typer.echo(f"  {share:+.2%}", err=True)) if _is_watched() else None
    found = inquiries.frontier_of(
        opened, low / 100, high / 100, Limits(seconds, gap), year=year, money=money, progress=seen
    )
    if as_json:
        put_json(found)
    else:
        _tell_frontier(found)


def alternatives(
    case: Case,
    count: Annotated[int, typer.Option(min=1, help="How many at most.")] = 5,
    within: Annotated[float, typer.Option(min=0, metavar="PERCENT", help="Lose no more than this of the worth.")] = 1,
    differ: Annotated[int, typer.Option(min=1, help="In so many forms held at the end.")] = 1,
    timing: Annotated[bool, typer.Option("--timing", help="The same measures in other years count as others.")] = False,
    seconds: Seconds = Limits().seconds,
    gap: Gap = Limits().gap,
    as_json: Json = False,
) -> None:
    """Find other plans that are nearly as good as the best, best first, and say what each does otherwise."""
    opened = _open(case)
    with working("Looking for others"):
        found = inquiries.alternatives_of(
            opened, Limits(seconds, gap), count=count, within=within / 100, differ=differ, timing=timing
        )
    if as_json:
        put_json(found)
        return
    for number, other in enumerate(found, start=1):
        put(f"{number}. Worth {other.plan.proof.objective:,.2f}, {other.lost:,.2f} less than the best plan.")
        _tell_pairing(other.pairing, _titles(opened))
    if not found:
        put(f"No other plan keeps the brief and loses at most {within:g} % of the worth.")


def weight_ranges(
    case: Case, seconds: Seconds = Limits().seconds, gap: Gap = Limits().gap, as_json: Json = False
) -> None:
    """Say how far the weight of each criterion may move, the others in proportion, while the plan stays a best one."""
    opened = _open(case)
    with working("Moving weights"):
        found = inquiries.weight_ranges(opened, Limits(seconds, gap))
    if as_json:
        put_json(found)
        return
    rows = (
        (r.criterion, f"{r.share:.1%}", f"{abs(r.low):.1%}", f"{r.high:.1%}", _short(r.below), _short(r.above))
        for r in found
    )
    columns = ("Criterion", "Share of the weights>", "From>", "To>", "Below it", "Above it")
    show(table(columns, rows, title="The plan stays a best one while the share is"))


def compare(
    first: Case, second: Case, seconds: Seconds = Limits().seconds, gap: Gap = Limits().gap, as_json: Json = False
) -> None:
    """Solve two cases and lay their best plans beside each other: what both do, what only one does, what moves."""
    opened = [_open(case) for case in (first, second)]
    with working("Planning both"):
        found = inquiries.beside(opened[0], opened[1], Limits(seconds, gap))
    if as_json:
        put_json(found)
        return
    names = [name if found.first != found.second else f"the {nth} {name}" for nth, name in _named(found)]
    for name, made in zip(names, (found.plan, found.other), strict=True):
        measures = times(len(made.measures), "measure")
        put(f"{name}: worth {made.proof.objective:,.2f}, {measures}, {made.tail:,.0f} a year after.")
    pairing = found.pairing
    if not (pairing.only or pairing.other_only or pairing.moved):
        put("The measures are the same.")
        return
    put(f"Measures of {names[0]}, against {names[1]}:")
    _tell_pairing(pairing, _titles(opened[1]) | _titles(opened[0]))


def _named(found: inquiries.Beside) -> tuple[tuple[str, str], ...]:
    return ("first", found.first), ("second", found.second)


# In words


def _tell_why(found: Why, titles: dict[str, str]) -> None:
    if not found.measures:
        put(f"The plan changes nothing at {_named_site(found.site, titles)}.")
    for measure in found.measures:
        put(
            f"{_act(measure, titles)}: worth {measure.worth:,.2f}; costs {measure.establishing:,.0f} once and "
            f"{measure.running:,.0f} a year."
        )
    served = dict.fromkeys((s.interest, s.share, s.concurrent) for s in found.serves)
    for interest, share, concurrent in served:
        put(f"  serves {_named_site(interest, titles)} at {share:.0%}{', concurrently' if concurrent else ''}")
    if found.without is None:
        put("Without it no plan keeps the brief: a rule asks for it.")
        return
    put(f"Without it the best plan loses {found.without.lost:,.2f}. It would then do:")
    _tell_pairing(found.without.pairing, titles)
    if found.worth is not None:
        put(f"Its own worth may fall by {_share(found.worth)} before the best plan does without it.")
    _tell_weights(found.weights, "The best plan does otherwise there")


def _tell_why_not(found: WhyNot, titles: dict[str, str]) -> None:
    what = f"{A_FORM[found.form]} at {_named_site(found.site, titles)}"
    if found.within is None:
        put(f"No plan that keeps the brief ends with {what}.")
        for rule in found.rules:
            put(f"  rule: {rule.replace(found.site, _named_site(found.site, titles))}")
    else:
        put(f"The best plan with {what} loses {found.within.lost:,.2f}. It would do:")
        _tell_pairing(found.within.pairing, titles)
    takes = (
        ("ceilings higher by", found.money),
        ("costs of the site lower by", found.cost),
        ("worth of what it serves higher by", found.worth),
    )
    tried = [f"  {change} {_share(threshold)}" for change, threshold in takes if threshold is not None]
    if found.within is None and not any(t and t.at is not None for _, t in takes):
        put("Neither more money nor a lower cost would bring it in.")
    elif tried:
        put("\n".join(("Each of these alone would bring it in:", *tried)))
    if found.money is not None and not found.money.proven:
        put("By how much more money it comes in was not searched further; --far does.")
    _tell_weights(found.weights, "It enters the best plan")


def _tell_weights(weights: tuple[tuple[str, Threshold], ...], what: str) -> None:
    for criterion, threshold in weights:
        if threshold.at is not None:
            put(f"{what} once {threshold.at:.1%} of the weight of all others goes to {criterion}.")


def _share(threshold: Threshold) -> str:
    if threshold.at is None:
        return f"more than {threshold.most:.0%}"
    return f"{threshold.at:.2%}" if threshold.proven else f"{threshold.at:.2%} or more"


def _tell_frontier(found: Frontier) -> None:
    rows = (
        (f"{p.share:+.3%}", f"{p.worth:,.2f}", "yes" if p.supported else "", _short(p.change)) for p in found.points
    )
    show(table(("From ceilings of>", "Worth>", "On the hull", "Against the row above"), rows))
    for point in found.points:
        if not point.proven:
            bound = point.plan.proof.bound
            put(f"Not proven from {point.share:+.3%} on: a plan there may be worth up to {bound:,.2f}.")
    if not found.whole:
        put("Not all of it is proven: there may be better plans and other points.")
    if found.lowest is not None:
        put(f"Below {found.lowest:+.3%} no plan keeps the brief.")


def _tell_pairing(pairing: Pairing, titles: dict[str, str]) -> None:
    for what, measures in (("+", pairing.only), ("-", pairing.other_only)):
        for measure in measures:
            put(f"  {what} {_act(measure, titles)}")
    for moved in pairing.moved:
        put(f"  ~ {_named_site(moved.site, titles)}: {moved.after} in {moved.year} instead of {moved.other_year}")


def _short(pairing: Pairing | None) -> str:
    if pairing is None:
        return ""
    acts = [f"+{m.site}" for m in pairing.only] + [f"-{m.site}" for m in pairing.other_only]
    return " ".join((*acts, *(f"~{m.site}" for m in pairing.moved)))


def _act(measure: Measure, titles: dict[str, str]) -> str:
    return f"{measure.year} {_named_site(measure.site, titles)}: {act(measure)}"


def _titles(opened: Opened) -> dict[str, str]:
    """Return the title of every interest, by its id, which is that of its site as well."""
    return {score.interest: score.title for score in opened.draft.appraisal.scores if score.title}


def _named_site(id_: str, titles: dict[str, str]) -> str:
    """Write a site or an interest by its title, and by the id that verbs ask for."""
    return f"{titles[id_]} ({id_})" if titles.get(id_, id_) != id_ else id_


def _open(case: str) -> Opened:
    opened = cases.open_case(case)
    tell(opened.findings)
    return opened


def _is_watched() -> bool:
    import sys

    return sys.stderr.isatty()


def register(app: typer.Typer) -> None:
    """Add the verbs to the door."""
    verbs = (
        (why, "Why the plan has a measure.", ("legation why kazakhstan-2012 BRA",)),
        (why_not, "Why it has not, and what it would take.", ("legation why-not ruritania SDA --form embassy",)),
        (frontier, "The best worth for every amount of money.", ("legation frontier ruritania --from -30 --to 30",)),
        (alternatives, "Other plans nearly as good.", ("legation alternatives ruritania --within 10",)),
        (weight_ranges, "How far weights may move.", ("legation weight-ranges ruritania",)),
        (compare, "Two cases, their best plans side by side.", ("legation compare kazakhstan-2012 my-variant",)),
    )
    for verb, short, examples in verbs:
        app.command(short_help=short, epilog=example(*examples))(recorded(verb))
