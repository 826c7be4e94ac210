"""Statements: what is made public of an approved plan, and nothing else of it."""

from __future__ import annotations

from datetime import datetime

from legation.model import Form
from legation.values import value


@value
class Act:
    """One measure as the public reads it. kind: establish, upgrade, downgrade or close; city: empty where not known."""

    year: int
    kind: str
    before: Form
    after: Form
    state: str
    state_name: str
    city: str


@value
class Statement:
    """One announcement, or one correction of it; a published one never changes, it is followed by another.

    number: counts from 1 within its dossier; plan: digest of the approved plan that it states; approved: when;
    correction: what was wrong in the one before and is right in this one, empty for the first; url: where the public
    reads it, empty where nobody said
    """

    dossier: str
    number: int
    title: str
    sender: str
    sender_name: str
    years: tuple[int, ...]
    acts: tuple[Act, ...]
    plan: str
    approved: datetime
    at: datetime
    by: str
    correction: str = ""
    url: str = ""
