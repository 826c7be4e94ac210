"""The shelf: what a process has read of a record, kept decoded. Revisions never change, so nothing on it grows stale.

What is kept stands under the last revision that touched it, in one store. Every read asks the database first which
revision is the last, and learns of new ones what they touched; only the decoding is spared.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Collection, Hashable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from sqlalchemy import Connection, literal, select

from legation.store.chain import START
from legation.store.rows import FACT
from legation.store.tables import facts, records, revisions

ENTRY = 500  # bytes counted for each thing kept, beside its text
ROW = 200  # bytes counted for a fact, which has columns instead of a text

Place = tuple[int, int]
"""Which history of the database, and the last revision in it that touched what is asked for."""


class Shelf:
    """Values by the revision that last touched them: so many bytes of text at most, for all threads of a process."""

    def __init__(self, most: int) -> None:
        """Begin empty; most: bytes, none to keep nothing."""
        self.most = most
        self._lock = Lock()
        self._known = (0, START)  # the last revision learned of, and its digest
        self._epoch = 0
        self._touched: dict[str, dict[str, list[int]]] = {}  # by scope and kind: revisions, rising
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._weight = 0
        self._making: dict[Hashable, Lock] = {}

    # What was touched when

    def place(self, connection: Connection, scope: str, kinds: Collection[str], at: int | None) -> Place | None:
        """Return under what to keep the values of kinds (of all for none) of a scope, as of a revision.

        None where nothing is to be kept: the shelf is off, or the reader began before the last revision learned of.
        """
        if not self.most:
            return None
        newest = select(revisions.c.number, revisions.c.digest).order_by(revisions.c.number.desc()).limit(1)
        row = connection.execute(newest).first()
        head = (int(row[0]), str(row[1])) if row else (0, START)
        with self._lock:
            if head != self._known and not self._learn(connection, head):
                return None
            return self._epoch, self._last(scope, kinds, head[0] if at is None else at)

    def _last(self, scope: str, kinds: Collection[str], at: int) -> int:
        here = self._touched.get(scope, {})
        found = (here.get(kind, []) for kind in kinds or here)
        return max((numbers[n - 1] for numbers in found if (n := bisect_right(numbers, at))), default=0)

    def _learn(self, connection: Connection, head: tuple[int, str]) -> bool:
        """Learn what the revisions up to a new head touched; forget all where the database has another history."""
        number, digest = self._known
        if head[0] < number:
            return False
        held = connection.scalar(select(revisions.c.digest).where(revisions.c.number == number)) if number else START
        if held != digest:
            number = 0
            self._epoch += 1
            self._touched.clear()
            self._kept.clear()
            self._weight = 0
        found: dict[tuple[str, str], set[int]] = {}
        for table, kind in ((records, records.c.kind), (facts, literal(FACT))):
            for column in (table.c.since, table.c.until):
                query = select(table.c.scope, kind, column).where(column > number, column <= head[0]).distinct()
                for scope, named, touching in connection.execute(query):
                    found.setdefault((scope, named), set()).add(touching)
        for (scope, named), numbers in found.items():
            self._touched.setdefault(scope, {}).setdefault(named, []).extend(sorted(numbers))
        self._known = head
        return True

    # What is kept

    def find(self, key: Hashable) -> Any:  # noqa: ANN401 - whatever was kept
        """Return what is kept under a key, or None."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def keep(self, key: Hashable, made: object, weight: int) -> None:
        """Keep something under a key; what was longest not asked for makes room."""
        weight += ENTRY
        if weight > self.most:
            return
        with self._lock:
            self._weight += weight - self._kept.pop(key, (None, 0))[1]
            self._kept[key] = made, weight
            while self._weight > self.most:
                self._weight -= self._kept.popitem(last=False)[1][1]

    def weight(self, place: Place, scope: str, kinds: Collection[str]) -> int | None:
        """Return how many bytes are counted for the values of kinds; None where some are not kept."""
        with self._lock:
            keys = [((place[0], self._last(scope, (kind,), place[1])), scope, kind, "") for kind in kinds]
            found = [self._kept[key][1] for key in keys if key in self._kept]
        return sum(found) if len(found) == len(keys) else None

    @contextmanager
    def making(self, key: Hashable) -> Iterator[None]:
        """Let one thread make what many ask for at once; the others wait, and find it."""
        with self._lock:
            mine = self._making.setdefault(key, Lock())
        with mine:
            try:
                yield
            finally:
                with self._lock:
                    self._making.pop(key, None)
