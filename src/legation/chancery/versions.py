"""Versions: what a dossier's versions were made from, how they differ, and which objectives their measures serve."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from legation import codec
from legation.cases.case import Case
from legation.cases.scenarios import Scenario, applied, lineage
from legation.cases.siting import names_of as sites_named
from legation.chancery import law
from legation.chancery.dossiers import KIND, Papers, dossier_of, papers, papers_of
from legation.chancery.scenarios import drafted, scenarios_of
from legation.desk.cases import Opened
from legation.desk.proofs import Planned
from legation.desk.registry import case_of
from legation.errors import OutOfDateError
from legation.law.checking import Opinion
from legation.planning.accounts import height
from legation.planning.contrast import Contrast, contrast
from legation.planning.outcome import Measure
from legation.planning.problem import Problem
from legation.reports.figures import Paper
from legation.review.access import Permission, require
from legation.review.dossiers import Dossier, Version
from legation.review.people import Person
from legation.review.tracing import Trace, trace
from legation.store import Store


def versions_apart(store: Store, who: Person, id_: str, before: int, after: int) -> Contrast:
    """Return what differs between two versions of a dossier; raise NotFoundError."""
    require(who, Permission.READ_REVIEW)
    dossier = dossier_of(store, who, id_).dossier
    one, other = papers(store, dossier, before), papers(store, dossier, after)
    return contrast(one.problem, one.plan, other.problem, other.plan)


def dossiers_apart(store: Store, who: Person, id_: str, other_id: str) -> Contrast:
    """Return what differs between the last versions of two dossiers: one and that which is to take its place."""
    require(who, Permission.READ_REVIEW)
    one, other = (papers(store, dossier_of(store, who, name).dossier) for name in (id_, other_id))
    return contrast(one.problem, one.plan, other.problem, other.plan)


def names_of(store: Store, case: str, problem: Problem) -> dict[str, str]:
    """Return what people call the sites and interests of a problem, by their ids."""
    read = case_of(store, case)
    states = {s.code: s.name for s in read.states}
    interests = {i.id: states.get(i.state, i.id) for i in problem.interests if i.kind == "bilateral"}
    return {**interests, **{r.id: r.title for r in read.interests if r.title}, **sites_named(read, problem.sites)}


def trace_of(store: Store, who: Person, id_: str, number: int = 0, *, at: int | None = None) -> Trace:
    """Trace the measures of a version, the last (as of a revision) by default, to the objectives of its instruction.

    Measures that give something up serve no objective and are not asked for one. Raise OutOfDateError where the
    problem cannot be drafted again as it was frozen.
    """
    require(who, Permission.READ_REVIEW)
    dossier = dossier_of(store, who, id_, at=at).dossier
    said = papers(store, dossier, number)
    case = origin(store, dossier, said.version)
    made = drafted(case)
    if codec.digest(made.problem) != said.version.problem:
        raise OutOfDateError(
            f"Version {said.version.number} of {id_} cannot be drafted again as it was.",
            hint="It was frozen with another release; read its problem and plan as they are.",
        )
    return trace(case.mandate, made.appraisal, dict(_shares(said)))


def law_of(store: Store, who: Person, id_: str, number: int = 0, *, at: int | None = None) -> tuple[Opinion, ...]:
    """Return what the law says of the plan of a version, the last (as of a revision) by default."""
    case, said = _of_version(store, who, id_, number, at)
    return law.of_plan(case, said.problem, said.plan)


def paper_of(store: Store, who: Person, id_: str, number: int = 0, *, at: int | None = None) -> Paper:
    """Put together the report of a version of a dossier, the last (as of a revision) by default."""
    case, said = _of_version(store, who, id_, number, at)
    return law.paper(Opened(case, drafted(case), ()), Planned(said.problem, said.version.problem, said.plan))


def _of_version(store: Store, who: Person, id_: str, number: int, at: int | None) -> tuple[Case, Papers]:
    said = papers_of(store, who, id_, number, at=at)
    return origin(store, dossier_of(store, who, id_, at=at).dossier, said.version), said


def origin(store: Store, dossier: Dossier, version: Version) -> Case:
    """Return the case under the scenario that a version was made from, both as they were on record then."""
    baseline = case_of(store, dossier.case, at=version.revision)
    if not version.scenario:
        return baseline
    return applied(baseline, *lineage(version.scenario, scenarios_behind(store, dossier, version)))


def scenarios_behind(store: Store, dossier: Dossier, version: Version) -> dict[str, Scenario]:
    """Return the scenarios as they were when a version was made: with the counter-proposal where it is one."""
    at = _offered(store, dossier, version.counter) if version.counter else version.revision
    return scenarios_of(store, dossier.case, at=at)


def _offered(store: Store, dossier: Dossier, counter: str) -> int:
    """Return the revision that laid a counter-proposal beside the plan."""
    numbers = (r.number for r in store.revisions(kind=KIND, id_=dossier.id, scope=dossier.case))
    said = ((n, store.get(KIND, dossier.id, scope=dossier.case, at=n)) for n in numbers)
    return next(n for n, dossier in said if any(c.id == counter for c in dossier.counters))


def _shares(said: Papers) -> Iterator[tuple[str, Mapping[str, float]]]:
    """Go through the measures that take up more, with the shares they serve beyond what the form before did."""
    sites = {s.id: s for s in said.problem.sites}
    for measure in said.plan.measures:
        site = sites[measure.site]
        if height(site, measure.after) > height(site, measure.before):
            yield f"{measure.site} {measure.year}", _served(said, measure)


def _served(said: Papers, measure: Measure) -> dict[str, float]:
    """Return the most that a site serves of each interest from the year of its measure to the next one there."""
    later = [m.year for m in said.plan.measures if m.site == measure.site and m.year > measure.year]
    until = min(later, default=said.problem.brief.years[-1] + 1)
    found: dict[str, Decimal] = {}
    for row in said.plan.services:
        if row.site == measure.site and measure.year <= row.year < until:
            found[row.interest] = max(row.share, found.get(row.interest, Decimal(0)))
    before = _before(said.problem, measure)
    gained = {interest: float(share - before.get(interest, Decimal(0))) for interest, share in found.items()}
    return {interest: share for interest, share in gained.items() if share > 0}


def _before(problem: Problem, measure: Measure) -> dict[str, Decimal]:
    """Return the most that the form before could serve of each interest from the same site."""
    site = next(s for s in problem.sites if s.id == measure.site)
    found: dict[str, Decimal] = {}
    for offer in problem.services:
        if offer.site == site.id and height(site, offer.form) <= height(site, measure.before):
            found[offer.interest] = max(offer.share, found.get(offer.interest, Decimal(0)))
    return found
