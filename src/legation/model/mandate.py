"""Who asked for a plan, for what, and by when."""

from __future__ import annotations

from legation.values import value


@value
class Objective:
    """One thing the plan is to serve, and the criteria that measure it."""

    id: str
    text: str
    criteria: tuple[str, ...] = ()


@value
class Mandate:
    """The instruction behind a plan: who gave it, when, what it says, and the objectives under it."""

    instruction: str = ""
    given_by: str = ""
    date: str = ""
    source: str = ""
    objectives: tuple[Objective, ...] = ()
