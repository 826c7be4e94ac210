"""From a case to a problem: every number a plan depends on, written out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from legation.affinity.practice import absences
from legation.appraisal import Appraisal
from legation.cases.case import Case
from legation.cases.costing import ladders
from legation.cases.serving import services
from legation.cases.siting import Holding, form_held, hold, mistold, resident_here
from legation.cases.worth import interest_rows, interests, score
from legation.errors import Finding, Severity
from legation.model import Facts, Form, Track
from legation.planning.brief import Forbid
from legation.planning.problem import Problem, Rung, Site, in_order
from legation.values import value

PLACES = Decimal("0.000001")


@value
class Draft:
    """The problem a case asks, the appraisal behind its worths, and all that was found on the way.

    With a finding of severity error the problem is not fit to be planned.
    """

    problem: Problem
    appraisal: Appraisal
    findings: tuple[Finding, ...]


def draft(case: Case) -> Draft:
    """Write a case out as a problem: sites, interests, services, money by year, in canonical order."""
    holdings, found_posts = hold(case)
    residents, found_residents = resident_here(case)
    built, found_costs = ladders(case, holdings)
    sites = tuple(_site(case, h, built[h.place.id], residents) for h in holdings)
    rows = interest_rows(case, sites)
    appraisal = score(case, rows, residents)
    appraisal = replace(appraisal, findings=(*appraisal.findings, *_absences(case, sites)))
    offered, found_services = services(case, holdings, sites, rows)
    problem = Problem(
        name=case.name,
        sender=case.sender,
        currency=case.prices.currency,
        price_year=case.prices.year,
        sites=sites,
        interests=interests(case, rows, appraisal, sites),
        services=offered,
        brief=case.brief,
        first_share=_twelfths(13 - case.settings.opening_month),
        last_share=_twelfths(case.settings.closing_month - 1),
        change_penalty=case.settings.change_penalty,
    )
    found_posts = (*found_posts, *_unreasoned(case))
    findings = (*mistold(case), *found_posts, *found_residents, *found_costs, *appraisal.findings, *found_services)
    return Draft(in_order(problem), appraisal, findings)


def _site(case: Case, holding: Holding, ladder: tuple[Rung, ...], residents: dict[str, int]) -> Site:
    place = holding.place
    state = next((s for s in case.states if s.code == place.state), None)
    wider = (state.subregion, state.region) if state else ()
    if ladder and place.merit:
        ladder = (*ladder[:-1], replace(ladder[-1], merit=place.merit))
    return Site(
        place.id,
        place.track,
        place.state,
        place.city,
        ladder,
        today=form_held(holding.post, ladder),
        closable=place.closable,
        first=place.first,
        last=place.last,
        region=state.subregion if state else "",
        groups=tuple(dict.fromkeys(g for g in (*place.groups, *wider) if g)),
        resident_here=place.state in residents,
    )


def _unreasoned(case: Case) -> tuple[Finding, ...]:
    """Return the merits that are set without a reason: "merit-unreasoned"."""
    remedy = "Write under merit_reason who set it, and why."
    return tuple(
        Finding(
            "merit-unreasoned",
            Severity.WARNING,
            place.id,
            f"A merit of {place.merit:f} points is set on {place.id}, and no reason says why.",
            remedy,
            "sites.csv",
            column="merit_reason",
        )
        for place in case.places
        if place.merit and not place.merit_reason.strip()
    )


def _absences(case: Case, sites: Iterable[Site]) -> tuple[Finding, ...]:
    """Return where practice would have us and we are not, by the facts on affinity that a case may hold.

    A State that a rule keeps us out of is decided, so it is no question.
    """
    own = [s for s in sites if s.track is Track.DIPLOMATIC]
    held = {s.state for s in own if s.today is not Form.NONE}
    closed = {rule.site for rule in case.brief.rules if isinstance(rule, Forbid)}
    absent = dict.fromkeys(s.state for s in own if s.state not in held and s.id not in closed)
    names = {s.code: s.name for s in case.states}
    return absences(Facts(case.facts), names, absent, case.sender, case.as_of.year)


def _twelfths(months: int) -> Decimal:
    return (Decimal(months) / 12).quantize(PLACES)
