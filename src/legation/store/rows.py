"""Rows: values as the rows of the record's two tables, and back. Facts have columns of their own; all else is JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping, Table

from legation import codec
from legation.errors import InvalidError
from legation.model.facts import Fact
from legation.store.tables import facts, records

FACT = "fact"
COLUMNS = ("subject", "attribute", "year", "value", "unit", "source", "known", "note")
LONGEST = 2000  # bytes of a name: PostgreSQL indexes little more
YEARS = range(-(2**31), 2**31)  # that both databases keep


def table_of(kind: str) -> Table:
    """Return the table in which a kind of value is kept."""
    return facts if kind == FACT else records


def to_row(kind: str, value: object) -> dict[str, Any]:
    """Return what a value puts into the columns of its table, beside its name and life span.

    Raise InvalidError for a value that is not of its kind, or that could not be read back as it is.
    """
    body = codec.compact(value, kind)
    keepable(body)
    if codec.load(kind, body) != value:
        raise InvalidError(f"It is no {kind} that can be read back as it is.")
    return _columns(value) if isinstance(value, Fact) else {"kind": kind, "body": body}


def _columns(fact: Fact) -> dict[str, Any]:
    named(fact.subject, fact.attribute)
    keepable(fact.unit, fact.source, fact.note)
    if fact.year not in YEARS or (fact.known or 0) not in YEARS:
        raise InvalidError(f"{fact.year} and {fact.known} are no years.")
    row = {name: getattr(fact, name) for name in COLUMNS}
    return row | {"value": float(fact.value) + 0.0}  # SQLite knows no negative zero


def to_value(kind: str, row: Mapping[str, Any]) -> Any:  # noqa: ANN401 - each kind has its own type
    """Return the value that a row holds."""
    if kind == FACT:
        return Fact(**{name: row[name] for name in COLUMNS})
    return codec.recorded(kind, row["body"])


def body_of(kind: str, row: Mapping[str, Any] | RowMapping) -> str:
    """Return a row's value as canonical JSON, as the digest covers it: what a column lacks is left out."""
    if kind != FACT:
        return str(row["body"])
    kept = {name: row[name] for name in COLUMNS if row[name] is not None}
    return json.dumps(kept, ensure_ascii=False, allow_nan=False)


def named(*parts: str) -> None:
    """Raise InvalidError for a name that cannot be kept, or is too long to be found by."""
    keepable(*parts)
    if sum(len(part.encode()) for part in parts) > LONGEST:
        raise InvalidError(f"The name {' '.join(parts)[:60]}... is longer than {LONGEST} bytes.")


def keepable(*texts: str) -> None:
    """Raise InvalidError for a text that a database does not take: half of a character, or the character zero."""
    for text in texts:
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise InvalidError(f"{text[:60]!r} holds half of a character.") from error
        if "\0" in text:
            raise InvalidError(f"{text[:60]!r} holds the character zero.")
