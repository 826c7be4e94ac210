"""Countering: Finance's own plan under other ceilings, costs or times, beside the ministry's; taken over or not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from legation import codec
from legation.cases.scenarios import CaseChange, Scenario, applied, lineage
from legation.chancery import scenarios
from legation.chancery.dossiers import Filed, dossier_of, filed_of, frozen, frozen_papers, put_back
from legation.chancery.procedures import procedure_of
from legation.chancery.scenarios import signed, solve
from legation.chancery.versions import scenarios_behind
from legation.desk.registry import case_of
from legation.errors import NotFoundError
from legation.model.revisions import Put
from legation.planning.contrast import Contrast, Table, contrast, side_by_side
from legation.programme.solver import Limits
from legation.review import remarks
from legation.review.access import Permission, require
from legation.review.dossiers import Counter, Dossier, Version
from legation.review.people import Person
from legation.store import Store
from legation.values import value


@value
class Beside:
    """A counter-proposal beside the version it answers: figures and measures of both, and what differs."""

    counter: Counter
    table: Table
    contrast: Contrast


def counter(
    store: Store,
    who: Person,
    id_: str,
    changes: tuple[CaseChange, ...],
    at: datetime,
    *,
    name: str = "",
    reason: str = "",
    read: int = 0,
    limits: Limits = Limits(),
) -> Filed:
    """Lay another plan beside the version in review: a scenario on what that version was made from, solved.

    name: of the scenario, the dossier's with a number where not given. Raise InvalidError for changes without effect,
    InfeasibleError where they leave no plan.
    """
    require(who, Permission.COUNTER)
    filed = filed_of(store, id_)
    dossier, version = filed.dossier, filed.dossier.version
    said = Scenario(
        name or f"{id_}-p{len(dossier.counters) + 1}", dossier.case, changes, on=version.scenario, reason=reason
    )
    scenario = signed(store, who, said)
    offered = Counter("", scenario.name, "", "", who.name, at, 0, reason=reason.strip())
    remarks.offer(dossier, offered, procedure_of(store))  # who is too late need not wait for a plan
    behind = scenarios_behind(store, dossier, version) | {scenario.name: scenario}
    baseline = case_of(store, dossier.case, at=version.revision)
    solved = solve(applied(baseline, *lineage(scenario.name, behind)), scenario.name, limits)
    offered = replace(offered, problem=solved.digest, plan=codec.digest(solved.plan))
    made = remarks.offer(dossier, offered, procedure_of(store))
    told = f"{id_}: counter-proposal {made.counters[-1].id}" + (f". {reason.strip()}" if reason.strip() else "")
    more = (
        *frozen(store, dossier.case, solved.draft.problem, solved.plan),
        Put(scenarios.KIND, scenario.name, scenario, dossier.case),
    )
    return put_back(store, who, made, told, at, read or filed.revision, more)


def adopt(
    store: Store, who: Person, id_: str, counter_id: str, at: datetime, *, reason: str = "", read: int = 0
) -> Filed:
    """Make a counter-proposal the next version of a dossier; raise RefusedError where its stage does not let it."""
    require(who, Permission.SUBMIT)
    filed = filed_of(store, id_)
    found = _counter(filed.dossier, counter_id)
    answered = filed.dossier.versions[found.version - 1]
    version = Version(
        number=0,
        problem="",
        plan="",
        author=who.name,
        at=at,
        revision=answered.revision,
        scenario=found.scenario,
        reason=reason.strip(),
        hands=answered.hands,
    )
    made = remarks.adopt(filed.dossier, counter_id, version, procedure_of(store))
    return put_back(store, who, made, f"{id_}: {counter_id} taken over", at, read or filed.revision)


def beside(store: Store, who: Person, id_: str, counter_id: str, *, at: int | None = None) -> Beside:
    """Return a counter-proposal beside the version it answers; raise NotFoundError."""
    dossier = dossier_of(store, who, id_, at=at).dossier
    require(who, Permission.READ_REVIEW)
    found = _counter(dossier, counter_id)
    ours = dossier.versions[found.version - 1]
    problem, plan = frozen_papers(store, dossier.case, ours.problem, ours.plan)
    their_problem, their_plan = frozen_papers(store, dossier.case, found.problem, found.plan)
    rows = ((f"version {ours.number}", problem, plan), (f"{found.id} {found.scenario}", their_problem, their_plan))
    return Beside(found, side_by_side(dossier.case, rows), contrast(problem, plan, their_problem, their_plan))


def _counter(dossier: Dossier, id_: str) -> Counter:
    found = next((c for c in dossier.counters if c.id == id_), None)
    if found is None:
        ids = ", ".join(c.id for c in dossier.counters) or "none"
        raise NotFoundError(f"{dossier.id} has no counter-proposal '{id_}'.", hint=f"Counter-proposals: {ids}.")
    return found
