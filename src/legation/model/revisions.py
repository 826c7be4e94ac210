"""Revisions: the changes of the record, one after another, each chained to the one before."""

from __future__ import annotations

from datetime import datetime

from legation.values import value


@value
class Revision:
    """One change of the record.

    number: 1 for the first; at: when it was recorded, in UTC; digest: SHA-256 in hex over the change and over
    the digest of the revision before
    """

    number: int
    at: datetime
    actor: str
    reason: str
    digest: str


@value
class Put:
    """A value that is new or takes the place of the one recorded under the same name.

    kind: what sort of value it is; scope: name of the case it belongs to, empty for what belongs to the record as
    a whole
    """

    kind: str
    id: str
    value: object
    scope: str = ""


@value
class Drop:
    """A value that no longer holds; it stays readable as of earlier revisions."""

    kind: str
    id: str
    scope: str = ""


Change = Put | Drop


@value
class Break:
    """The first revision that was tampered with, and what shows it."""

    revision: int
    what: str
