"""What an atlas is made from: the world's States, posts and accreditations, with facts and sources."""

from __future__ import annotations

from collections.abc import Mapping

from legation.model import Fact, Post, Source, State
from legation.values import value

Expected = Mapping[tuple[str, str], float]
"""How likely a presence is by sender and receiving State, in [0, 1], by what States alike do."""


@value
class Entry:
    """One post of the record; territory: dependent territory it is in; located: where it sits outside its State."""

    post: Post
    territory: str = ""
    located: str = ""


@value
class Cover:
    """One concurrent accreditation: who covers which State from its mission in which; item: who says so."""

    sender: str
    resident: str
    covered: str
    item: str


@value
class Survey:
    """The record of the world at one time.

    day: of the record; facts: the latest of each attribute and State; territories: names of dependent territories
    by code; warning: what the record is known to lack; notes: the same by State, where known
    """

    day: str
    states: tuple[State, ...]
    entries: tuple[Entry, ...]
    covers: tuple[Cover, ...]
    facts: tuple[Fact, ...]
    sources: tuple[Source, ...]
    territories: Mapping[str, str]
    warning: str
    notes: Mapping[str, str]
