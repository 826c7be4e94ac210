"""The barest problem there is: where to open so many embassies, when States have a worth and money is no object."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from legation.model import Form, Track
from legation.planning.brief import Brief, MeasuresPerYear
from legation.planning.problem import Interest, Problem, Rung, Service, Site

NOTHING = Decimal(0)


def openings(sender: str, worth: Mapping[str, Decimal], year: int, count: int) -> Problem:
    """Return the problem of holding by a year at most `count` embassies more.

    worth: by State that has no embassy of the sender yet, 0 or more
    """
    ladder = (Rung(Form.EMBASSY, (NOTHING,), (NOTHING,), (NOTHING,)),)
    return Problem(
        name=f"openings of {sender}",
        sender=sender,
        currency="USD",
        price_year=year,
        sites=tuple(Site(state, Track.DIPLOMATIC, state, "", ladder) for state in worth),
        interests=tuple(Interest(state, (amount,), residence=state, state=state) for state, amount in worth.items()),
        services=tuple(Service(state, Form.EMBASSY, state, Decimal(1)) for state in worth),
        brief=Brief((year,), (MeasuresPerYear(count, reason="as many as there may be"),)),
    )
