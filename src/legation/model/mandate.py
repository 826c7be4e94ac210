"""Who asked for a plan, for what, and by when."""

from __future__ import annotations

import datetime

from legation.values import value


@value
class Objective:
    """One thing the plan is to serve, and the criteria that measure it.

    id: its name, unique in the case; text: what it says; criteria: ids of the criteria that measure it
    """

    id: str
    text: str
    criteria: tuple[str, ...] = ()


@value
class Mandate:
    """The instruction behind a plan: who gave it, when, what it says, and the objectives under it.

    instruction: what was asked for, in its own words; given_by: who gave it; date: when, as text
    source: id of its source; objectives: what it is to serve; number: under which it is registered
    deadline: by when it is to be carried out; controller: who watches that it is
    """

    instruction: str = ""
    given_by: str = ""
    date: str = ""
    source: str = ""
    objectives: tuple[Objective, ...] = ()
    number: str = ""
    deadline: datetime.date | None = None
    controller: str = ""
