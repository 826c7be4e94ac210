"""Legation plans where a State is represented, within its money and people, and proves the plan.

The names below are found where they live when they are first asked for, so that `import legation` is quick:

    case, findings = legation.read_case("ruritania")
    problem = legation.draft(case).problem
    plan = legation.plan(problem)
    assert not legation.check(problem, plan)
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "Case": "legation.cases.case",
    "Finding": "legation.errors",
    "LegationError": "legation.errors",
    "Limits": "legation.programme.solver",
    "Plan": "legation.planning.outcome",
    "Problem": "legation.planning.problem",
    "check": "legation.planning.checking",
    "columns": "legation.frames",
    "compare": "legation.planning.comparison",
    "digest": "legation.codec",
    "draft": "legation.cases.drafting",
    "dump": "legation.codec",
    "facts_from": "legation.frames",
    "load": "legation.codec",
    "plan": "legation.programme.plans",
    "posts_from": "legation.frames",
    "read_case": "legation.sources",
    "to_frame": "legation.frames",
    "with_facts": "legation.frames",
    "write_case": "legation.sources",
}

__all__ = ["__version__", *_HOMES]  # noqa: PLE0604 - names, all of them


def __getattr__(name: str) -> Any:  # noqa: ANN401 - each name has its own type
    """Return a public name from the module where it lives."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'legation' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
