"""Rows: values as the rows of the record's two tables, and back. Facts have columns of their own; all else is JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table

from legation import codec
from legation.model.facts import Fact
from legation.store.tables import facts, records

FACT = "fact"
COLUMNS = ("subject", "attribute", "year", "value", "unit", "source", "known", "note")


def table_of(kind: str) -> Table:
    """Return the table in which a kind of value is kept."""
    return facts if kind == FACT else records


def to_row(kind: str, value: object) -> dict[str, Any]:
    """Return what a value puts into the columns of its table, beside its name and life span."""
    if kind == FACT:
        return {name: getattr(value, name) for name in COLUMNS}
    return {"kind": kind, "body": codec.compact(value, kind)}


def to_value(kind: str, row: Mapping[str, Any]) -> Any:  # noqa: ANN401 - each kind has its own type
    """Return the value that a row holds."""
    if kind == FACT:
        return Fact(**{name: row[name] for name in COLUMNS})
    return codec.load(kind, row["body"])


def body_of(kind: str, row: Mapping[str, Any]) -> str:
    """Return a row's value as canonical JSON, as the digest covers it."""
    return codec.compact(to_value(kind, row), FACT) if kind == FACT else str(row["body"])
