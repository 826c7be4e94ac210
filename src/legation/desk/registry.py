"""The registry: cases put on record, read back as of any revision, and what differs between two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime

from legation import codec
from legation.cases.case import Case
from legation.cases.pieces import CASE, TABLES, assembled, pieces
from legation.cases.siting import at_work
from legation.errors import NotFoundError, RefusedError
from legation.model import Network
from legation.model.revisions import Change, Drop, Revision
from legation.store import Store
from legation.values import value

KINDS = (CASE, *TABLES)
"""The kinds that a case is put together from."""


@value
class Difference:
    """One thing that differs between two revisions: what it said in each, empty where it was not there."""

    scope: str
    kind: str
    id: str
    before: tuple[tuple[str, str], ...] = ()
    after: tuple[tuple[str, str], ...] = ()

    @property
    def fields(self) -> tuple[tuple[str, str, str], ...]:
        """Return the fields that differ, each with what it said before and after."""
        was, now = dict(self.before), dict(self.after)
        return tuple((n, was.get(n, ""), now.get(n, "")) for n in {**was, **now} if was.get(n) != now.get(n))


@value
class Listed:
    """A case on record, in one line; revision: the last that touched anything of it."""

    name: str
    title: str
    sender: str
    as_of: date
    revision: int


def record_case(
    store: Store, case: Case, *, actor: str, reason: str, at: datetime, read: int | None = None
) -> Revision:
    """Put a case on record as one revision: what is new or differs is put, what is gone is dropped.

    read: the revision it was made from, now by default; raise ConflictError if what it changes was changed since
    """
    read = _last(store) if read is None else read
    changes = tuple(case_changes(store, case))
    if not changes:
        raise RefusedError(f"The record of {case.name} says the same already.")
    return store.commit(changes, actor=actor, reason=reason, at=at, read=read)


def case_changes(store: Store, case: Case) -> Iterator[Change]:
    """Go through what would have to change for the record to say what the case says."""
    held = {kind: store.all(kind, scope=case.name) for kind in KINDS}
    for piece in pieces(case):
        before = held[piece.kind].pop(piece.id, None)
        if before != piece.value:
            yield piece
    for kind, left in held.items():
        yield from (Drop(kind, id_, case.name) for id_ in left)


def case_of(store: Store, name: str, *, at: int | None = None) -> Case:
    """Return a case as it was on record as of a revision (the last by default); raise NotFoundError."""
    found = store.made("case", name, KINDS, lambda number: _assembled(store, name, number), at=at)
    if found is None:
        known = cases_of(store, at=at)
        when = f" as of revision {at}" if at is not None else ""
        hint = f"On record: {', '.join(known)}." if known else "Put one on record: legation registry import CASE"
        raise NotFoundError(f"There is no case '{name}' on record{when}{codec.suggest(name, known)}", hint=hint)
    return found


def _assembled(store: Store, name: str, number: int) -> Case | None:
    """Put a case together as of a revision: others may write while its tables are read."""
    head: Case | None = store.all(CASE, scope=name, at=number).get(name)
    return head and assembled(head, {kind: store.all(kind, scope=name, at=number).values() for kind in TABLES})


def written_by(store: Store, name: str, *, at: int | None = None) -> int:
    """Return the last revision, as of one, that changed what a case says; 0 where there is none."""
    return store.touched(name, kinds=KINDS, at=at)


def _last(store: Store) -> int:
    head = store.head
    return head.number if head else 0


def cases_of(store: Store, *, at: int | None = None) -> tuple[str, ...]:
    """Return the names of the cases on record."""
    return store.scopes(CASE, at=at)


def listed(store: Store, *, at: int | None = None) -> tuple[Listed, ...]:
    """Return the cases on record, as of a revision, one line each, by name."""
    heads = ((name, store.get(CASE, name, scope=name, at=at)) for name in cases_of(store, at=at))
    return tuple(Listed(n, c.title, c.sender, c.as_of, store.touched(n, at=at)) for n, c in heads if c)


def network_of(store: Store, name: str, *, on: date, known: datetime | None = None) -> Network:
    """Return a case's own posts on a day, as they were known at a moment: valid time and recorded time."""
    at = revision_at(store, known)
    return at_work(case_of(store, name, at=at), on)


def revision_at(store: Store, known: datetime | None) -> int | None:
    """Return the number of the last revision recorded by a moment, None for now; raise NotFoundError before any."""
    if known is None:
        return None
    found = store.revision_on(known)
    if found is None:
        raise NotFoundError(f"Nothing was on record by {known.isoformat()}.", hint="legation history lists revisions.")
    return found.number


def differences(store: Store, before: int, after: int, *, scope: str | None = None) -> tuple[Difference, ...]:
    """Return what differs between two revisions, in the order of scope, kind and id; raise NotFoundError."""
    low, high = sorted((before, after))
    store.expect(high)
    touched: dict[tuple[str, str], set[str]] = {}
    for number in range(low + 1, high + 1):
        for change in store.changes(number):
            if scope in (None, change.scope):
                touched.setdefault((change.scope, change.kind), set()).add(change.id)
    found = []
    for (where, kind), ids in sorted(touched.items()):
        was, now = (store.all(kind, scope=where, at=at) for at in (before, after))
        found += [
            Difference(where, kind, i, told(was.get(i)), told(now.get(i)))
            for i in sorted(ids)
            if was.get(i) != now.get(i)
        ]
    return tuple(found)


def told(thing: object) -> tuple[tuple[str, str], ...]:
    """Return the fields of a value that say something, as texts; inner values by the names of their fields."""
    return tuple(_told(thing, ())) if thing is not None else ()


def _told(thing: object, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if is_dataclass(thing) and not isinstance(thing, type):
        for field in fields(thing):
            yield from _told(getattr(thing, field.name), (*path, field.name))
    elif isinstance(thing, tuple | list):
        for n, item in enumerate(thing, start=1):
            yield from _told(item, (*path, str(n)))
    elif thing is not None and thing != "":
        yield ".".join(path), str(getattr(thing, "value", thing))
