"""Scenarios on record: named changes to a case, solved and laid side by side; the case itself is never edited."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from legation import codec
from legation.cases.case import Case
from legation.cases.drafting import Draft, draft
from legation.cases.scenarios import (
    BASELINE,
    CaseChange,
    Postpone,
    ScaleCeilings,
    ScaleCosts,
    Scenario,
    Strike,
    applied,
    lineage,
)
from legation.cases.siting import names_of
from legation.chancery.procedures import read_toml
from legation.desk.registry import case_of
from legation.errors import InvalidError, NotFoundError, RefusedError, Severity
from legation.model.revisions import Drop, Put, Revision
from legation.planning.contrast import Table, side_by_side
from legation.planning.outcome import Plan
from legation.programme.plans import plan
from legation.programme.solver import Limits
from legation.review.access import Permission, may, require
from legation.review.people import Person
from legation.sources.toml import paired
from legation.store import Store
from legation.values import value

KIND = "scenario"
MOST = 4


@value
class Solved:
    """A case under a scenario, and its best plan. name: of the scenario, "baseline" for the case itself."""

    name: str
    case: Case
    draft: Draft
    digest: str
    plan: Plan


def scenarios_of(store: Store, case: str, *, at: int | None = None) -> dict[str, Scenario]:
    """Return the scenarios of a case by name."""
    return store.all(KIND, scope=case, at=at)


def scenario_of(store: Store, case: str, name: str, *, at: int | None = None) -> Scenario:
    """Return a scenario by name; raise NotFoundError."""
    known = scenarios_of(store, case, at=at)
    if name not in known:
        hint = f"On record: {', '.join(known)}." if known else "Put one on record first."
        raise NotFoundError(f"{case} has no scenario '{name}'{codec.suggest(name, known) or '.'}", hint=hint)
    return known[name]


def read_changes(path: Path) -> tuple[CaseChange, ...]:
    """Read the changes of a scenario from a TOML file of [[changes]]; raise InvalidError with every fault."""
    plain = paired(read_toml(path)) | {"name": path.stem, "case": path.stem}
    changes: tuple[CaseChange, ...] = codec.parse(KIND, plain).changes
    return changes


def changes_of(
    ceilings: Decimal | None = None,
    costs: Decimal | None = None,
    struck: tuple[str, ...] = (),
    postponed: tuple[tuple[str, int], ...] = (),
) -> tuple[CaseChange, ...]:
    """Make the changes that are asked for most: factors on ceilings and costs, sites struck out or postponed."""
    made: list[CaseChange] = []
    made += [ScaleCeilings(ceilings)] if ceilings is not None else []
    made += [ScaleCosts(costs)] if costs is not None else []
    made += [Strike(site) for site in struck]
    made += [Postpone(site, year) for site, year in postponed]
    return tuple(made)


def save_scenario(store: Store, who: Person, scenario: Scenario, at: datetime, *, read: int | None = None) -> Revision:
    """Put a scenario on record; refuse one that changes nothing, goes in a circle, or stands on what is not there.

    read: the revision the writer saw, where they mind; raise ConflictError if somebody changed it since
    """
    if not may(who, Permission.EDIT):
        require(who, Permission.COUNTER)
    scenario = signed(store, who, scenario)
    under(store, scenario.case, scenario.name, saved={scenario.name: scenario})
    held = scenarios_of(store, scenario.case).get(scenario.name)
    if held == scenario:
        raise RefusedError(f"Scenario {scenario.name} says the same already.")
    reason = scenario.reason or f"Scenario {scenario.name}"
    put = Put(KIND, scenario.name, scenario, scenario.case)
    return store.commit([put], actor=who.name, reason=reason, at=at, read=read)


def drop_scenario(store: Store, who: Person, case: str, name: str, at: datetime) -> Revision:
    """Take a scenario off the record; refuse somebody else's, and one that another stands on."""
    if not may(who, Permission.EDIT):
        require(who, Permission.COUNTER)
    held, read = scenario_of(store, case, name), store.version(KIND, name, scope=case)
    if held.author != who.name:
        raise RefusedError(f"{held.author} wrote scenario {name}.", hint="Ask them to drop it.")
    standing = [s.name for s in scenarios_of(store, case).values() if s.on == name]
    if standing:
        raise RefusedError(f"Scenario {name} carries others: {', '.join(standing)}.", hint="Drop those first.")
    return store.commit([Drop(KIND, name, case)], actor=who.name, reason=f"Scenario {name} dropped", at=at, read=read)


def signed(store: Store, who: Person, scenario: Scenario) -> Scenario:
    """Return a scenario under its author's name; refuse an unusable name, and to overwrite somebody else's."""
    name = scenario.name.strip()
    if not name or name == BASELINE or "~" in name:
        raise RefusedError(f"A scenario cannot be called '{name}'.", hint="Give it a word of its own.")
    if not scenario.changes:
        raise InvalidError(f"Scenario {name} changes nothing.", hint="Name a change: --ceilings 0.9, or a file.")
    held = scenarios_of(store, scenario.case).get(name)
    if held and held.author != who.name:
        raise RefusedError(f"{held.author} wrote scenario {name}.", hint="Choose another name.")
    return replace(scenario, name=name, author=who.name)


def under(
    store: Store, case: str, name: str = "", *, at: int | None = None, saved: dict[str, Scenario] | None = None
) -> Case:
    """Return a case under a scenario by name (the case itself for none), as of a revision.

    saved: scenarios that count as if they were on record
    """
    baseline = case_of(store, case, at=at)
    if not name or name == BASELINE:
        return baseline
    known = scenarios_of(store, case, at=at) | (saved or {})
    if name not in known:
        scenario_of(store, case, name, at=at)
    return applied(baseline, *lineage(name, known))


def drafted(case: Case) -> Draft:
    """Draft the problem of a case; raise InvalidError where that finds an error."""
    made = draft(case)
    errors = tuple(f for f in made.findings if f.severity is Severity.ERROR)
    if errors:
        raise InvalidError(f"No problem can be drafted from {case.name}.", errors)
    return made


def solve(case: Case, name: str, limits: Limits) -> Solved:
    """Find the best plan of a case under a scenario; raise InfeasibleError with the conflict where there is none."""
    made = drafted(case)
    digest = codec.digest(made.problem)
    return Solved(name or BASELINE, case, made, digest, plan(made.problem, digest=digest, limits=limits))


def sites_of(store: Store, case: str) -> dict[str, str]:
    """Return what people call the sites of a case on record, by their ids."""
    read = case_of(store, case)
    return names_of(read, drafted(read).problem.sites)


def compare_scenarios(store: Store, case: str, names: tuple[str, ...], limits: Limits) -> Table:
    """Solve up to four scenarios of a case and lay them side by side, in the order given."""
    if not 1 <= len(set(names)) == len(names) <= MOST:
        raise RefusedError(f"Name one to {MOST} scenarios, each once.", hint=f"The case itself is '{BASELINE}'.")
    solved = (solve(under(store, case, name), name, limits) for name in names)
    return side_by_side(case, [(s.name, s.draft.problem, s.plan) for s in solved])
