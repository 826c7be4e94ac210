"""Presences: who was represented where in a year, as yearbooks and data sets of the whole world list it."""

from __future__ import annotations

from legation.model.posts import Form
from legation.values import value

PAIR = ">"


@value
class Presence:
    """The highest diplomatic representation of one State in another in one year.

    form: embassy (headed by an ambassador or equal), diplomatic-mission (under a chargé d'affaires or a minister),
    other (known to exist, rank unknown)
    concurrent: exercised from a seat in another State
    known: the year in which the list was published, where that is later than the year it is about
    """

    sender: str
    state: str
    year: int
    form: Form
    concurrent: bool = False
    source: str = ""
    known: int | None = None


def pair(sender: str, state: str) -> str:
    """Name the pair of two States as the subject of a fact: "KAZ>SWE" is what KAZ has with SWE."""
    return f"{sender}{PAIR}{state}"


def both(first: str, second: str) -> str:
    """Name a pair for a fact without direction (a distance, joint memberships): the lower code stands first."""
    return pair(*sorted((first, second)))
