"""Check a siting against its problem, without any of the code that found it."""

from __future__ import annotations

import numpy as np

from legation.errors import Finding, Severity
from legation.location.problems import Capacitated, Cover, Facilities, Median, Problem, Siting
from legation.programme.formulation import Index, Vector

SAME = 1e-6


def check(problem: Problem, siting: Siting) -> tuple[Finding, ...]:
    """Recompute the objective and look at every rule; return what is wrong, nothing if all is right."""
    if not siting.opened:
        return (_wrong("No site is open."),)
    by, to, share = _columns(siting)
    faults = _sites(problem, siting, to)
    if isinstance(problem, Cover):
        faults += _covered(problem, by, to)
        value = float(problem.weight[np.unique(by)].sum())
    else:
        faults += _everyone(len(problem.cost), by, share)
        value = float((problem.cost[by, to] * share).sum())
    if isinstance(problem, Facilities | Capacitated):
        value += float(problem.opening[list(siting.opened)].sum())
    if isinstance(problem, Capacitated):
        faults += _capacities(problem, by, to, share)
    if abs(value - siting.objective) > SAME * max(1.0, abs(value)):
        faults.append(_wrong(f"The objective is {value:.10g}, not {siting.objective:.10g}."))
    better = siting.objective - siting.bound if isinstance(problem, Cover) else siting.bound - siting.objective
    if better > SAME * max(1.0, abs(value)):
        faults.append(_wrong(f"The objective {siting.objective:.10g} is better than its bound {siting.bound:.10g}."))
    return tuple(faults)


def _columns(siting: Siting) -> tuple[Index, Index, Vector]:
    by: Index = np.array([s.customer for s in siting.served], dtype=np.int64)
    to = np.array([s.site for s in siting.served], dtype=np.int64)
    return by, to, np.array([s.share for s in siting.served], dtype=float)


def _sites(problem: Problem, siting: Siting, to: Index) -> list[Finding]:
    opened, faults = set(siting.opened), []
    most = problem.sites if isinstance(problem, Cover) else problem.cost.shape[1]
    if len(opened) != len(siting.opened) or not all(0 <= site < most for site in opened):
        faults.append(_wrong("A site is open twice, or is none of the problem's."))
    if isinstance(problem, Median | Cover) and len(opened) != problem.p:
        faults.append(_wrong(f"{len(opened)} sites are open, not {problem.p}."))
    if set(to.tolist()) - opened:
        faults.append(_wrong("Somebody is served from a closed site."))
    return faults


def _everyone(customers: int, by: Index, share: Vector) -> list[Finding]:
    whole = np.bincount(by, weights=share, minlength=customers)
    wrong = int((np.abs(whole - 1) > SAME).sum())
    return [_wrong(f"{wrong} customers are not served once and wholly.")] if wrong else []


def _covered(cover: Cover, by: Index, to: Index) -> list[Finding]:
    out = sum(
        site not in cover.site[cover.first[customer] : cover.first[customer + 1]]
        for customer, site in zip(by.tolist(), to.tolist(), strict=True)
    )
    return [_wrong(f"{out} customers are out of reach of the site that covers them.")] if out else []


def _capacities(facilities: Capacitated, by: Index, to: Index, share: Vector) -> list[Finding]:
    load = np.bincount(to, weights=facilities.demand[by] * share, minlength=len(facilities.capacity))
    over = int((load > facilities.capacity * (1 + SAME) + SAME).sum())
    faults = [_wrong(f"{over} sites serve more than they hold.")] if over else []
    if facilities.single and (share < 1 - SAME).any():
        faults.append(_wrong("A customer is served from several sites."))
    return faults


def _wrong(message: str) -> Finding:
    return Finding("siting-wrong", Severity.ERROR, "siting", message, "Report this with the file: it is our mistake.")
