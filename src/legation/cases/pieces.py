"""Pieces: a case as the values that a registry keeps one by one, and the case they make again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from legation.cases.case import Case
from legation.model import Network
from legation.model.revisions import Put

CASE = "case"
"""The kind of the piece that holds what stands in no table: the brief, prices, criteria, settings, mandate."""


def _named(*fields: str) -> Callable[[Any], str]:
    return lambda row: "|".join("" if part is None else str(part) for part in (getattr(row, f) for f in fields))


TABLES: dict[str, tuple[str, Callable[[Any], str]]] = {
    "post": ("posts", _named("id")),
    "foreign-post": ("foreign_posts", _named("id")),
    "accreditation": ("accreditations", _named("seat", "state")),
    "fact": ("facts", _named("subject", "attribute", "year", "source")),
    "site": ("places", _named("id")),
    "cost": ("costs", _named("scope", "measure", "line")),
    "interest": ("interests", _named("id")),
    "service": ("services", _named("site", "interest", "form")),
    "announced": ("announced", _named("kind", "name", "year")),
    "event": ("events", _named("post", "kind", "day", "planned")),
    "source": ("sources", _named("id")),
    "state": ("states", _named("code")),
}
"""Which field of a case holds the values of a kind, and what names each of them."""


def pieces(case: Case) -> Iterator[Put]:
    """Take a case apart, in the order of its tables; two rows of one name are told apart by a number."""
    yield Put(CASE, case.name, bare(case), case.name)
    for kind, (field, name) in TABLES.items():
        taken: Counter[str] = Counter()
        for row in getattr(case, field):
            taken[name(row)] += 1
            again = taken[name(row)]
            yield Put(kind, f"{name(row)}|{again}" if again > 1 else name(row), row, case.name)


def bare(case: Case) -> Case:
    """Return a case without the rows of its tables."""
    return replace(case, **{field: _as(field, ()) for field, _name in TABLES.values()})


def assembled(head: Case, rows: Mapping[str, Iterable[Any]]) -> Case:
    """Make the case again of its head and the rows of each kind, in their order."""
    return replace(head, **{field: _as(field, tuple(rows.get(kind, ()))) for kind, (field, _name) in TABLES.items()})


def _as(field: str, rows: tuple[Any, ...]) -> Any:  # noqa: ANN401 - a network, or the tuple itself
    return Network(rows) if field in ("posts", "foreign_posts") else rows
