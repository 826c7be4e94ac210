"""Concurrent accreditation: one head of mission for several States (VCDR 1961 arts. 5 and 6)."""

from __future__ import annotations

from legation.values import value


@value
class Accreditation:
    """From which post another State is covered.

    seat: id of the post; state: ISO3 code of the State covered; since: year, where known
    """

    seat: str
    state: str
    since: int | None = None
    source: str = ""
    confidence: str = "high"
    note: str = ""
