"""The announced plan beside the best one, on a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from legation.cases.case import Case
from legation.cli.output import put, show, table
from legation.desk.proofs import Planned, Stated
from legation.model import Track
from legation.planning.brief import Kind
from legation.planning.comparison import Reason
from legation.planning.outcome import Measure, Plan

WHY = {
    Reason.GAINS: "worth more there",
    Reason.SAVES: "saves the money",
    Reason.ELSEWHERE: "of more use elsewhere",
}

VERBS = {Kind.ESTABLISH: "open", Kind.UPGRADE: "raise to", Kind.DOWNGRADE: "lower to", Kind.CLOSE: "close"}


def judge(case: Case, planned: Planned, stated: Stated) -> None:
    """Print what the announced plan keeps of the best plan's worth, what both do, and where and why they differ."""
    names = _names(case, planned)
    compared, last = stated.comparison, planned.problem.brief.years[-1]
    kept = "" if compared.kept is None else f" It keeps {compared.kept:.1%} of the worth of the best plan."
    put("\nTHE ANNOUNCED PLAN BESIDE THE BEST")
    show(f"Under the same brief the announced plan is worth {stated.plan.proof.objective:,.1f} points.{kept}", "")
    show(table(("Site", "Announced", "Best", "Why the best does otherwise"), _measures(planned, stated, names)), "")
    today, best, other = compared.today, compared.reciprocity, compared.other_reciprocity
    rows = [
        ("Establishing, all years", *_pair(planned.plan, stated.plan, "establishing")),
        ("Running, all years", *_pair(planned.plan, stated.plan, "running")),
        ("Running each year after", f"{stated.plan.tail:,.0f}", f"{planned.plan.tail:,.0f}"),
        (f"States covered concurrently in {last}", _covered(stated.plan, last), _covered(planned.plan, last)),
        (f"Resident here, unanswered (today {today.owed})", other.owed, best.owed),
        (f"Resident on both sides (today {today.mutual})", other.mutual, best.mutual),
    ]
    show(table((planned.problem.currency, "Announced>", "Best>"), rows))


def _measures(planned: Planned, stated: Stated, names: dict[str, str]) -> Iterator[tuple[str, str, str, str]]:
    """Yield a row for each site where either plan does something, those both agree on first."""
    reasons = {d.site: WHY[d.reason] for d in stated.comparison.differences}
    announced, best = _acts(stated.plan), _acts(planned.plan)
    sites = sorted(announced | best, key=lambda s: (announced.get(s) != best.get(s), s not in announced, names[s]))
    for site in sites:
        same = announced.get(site) == best.get(site)
        mine = "the same" if same else best.get(site, "nothing")
        yield names[site], announced.get(site, "nothing"), mine, "" if same else reasons.get(site, "")


def _acts(plan: Plan) -> dict[str, str]:
    acts: dict[str, str] = {}
    for measure in sorted(plan.measures, key=lambda m: m.year):
        done = _act(measure)
        acts[measure.site] = f"{acts[measure.site]}, {done}" if measure.site in acts else done
    return acts


def _act(measure: Measure) -> str:
    form = measure.before if measure.kind is Kind.CLOSE else measure.after
    return f"{measure.year} {VERBS[measure.kind]} {form.value}"


def _names(case: Case, planned: Planned) -> dict[str, str]:
    states = {s.code: s.name for s in case.states}
    return {
        site.id: states.get(site.state, site.state) if site.track is Track.DIPLOMATIC else f"{site.city} ({site.id})"
        for site in planned.problem.sites
    }


def _pair(best: Plan, announced: Plan, money: str) -> tuple[str, str]:
    one, two = (sum(getattr(year, money) for year in plan.money) for plan in (announced, best))
    return f"{one:,.0f}", f"{two:,.0f}"


def _covered(plan: Plan, year: int) -> int:
    return len({s.interest for s in plan.services if s.year == year and s.concurrent})
