"""Frames: our values as columns and DataFrames; tables of any library as facts and posts, as strict as files.

No library of tables is needed or preferred: one is imported when it is asked for, or to understand another's table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from importlib import import_module
from importlib.util import find_spec
from itertools import zip_longest
from math import isfinite
from numbers import Real
from typing import Any

from legation.appraisal.scoring import Score
from legation.cases.case import Case
from legation.errors import InvalidError
from legation.model import Fact, Network, Post
from legation.sources import load_states
from legation.sources.cells import NAME, text_of
from legation.sources.records import of_posts, of_table, rows_of
from legation.sources.references import Anything, known_names
from legation.sources.rows import Known, Line, Sheet, read, write
from legation.sources.tables import FACTS, POSTS, TABLES, Column, Table

TAKEN = "a DataFrame, a dict of columns, or a list of dicts"
READERS = (("polars", "from_dataframe"), ("pyarrow", "table"))
"""Who understands the table of a library we do not know, and by which function."""

Texts = tuple[tuple[str, ...], ...]


# Out


def columns(values: Iterable[Any]) -> dict[str, list[Any]]:
    """Return values (measures, services, money, posts, facts, scores ...) as columns; what a row lacks is None.

    Numbers stay exact, words of ours become text, lists are joined by `|` as in a case. Posts have the columns of
    posts.csv after their sender; scores have one column of points for each criterion. Raise InvalidError for what is
    no value of ours.
    """
    made = [_row(value) for value in values]
    return {name: [row.get(name) for row in made] for name in dict.fromkeys(n for row in made for n in row)}


def to_frame(values: Iterable[Any]) -> Any:  # noqa: ANN401 - pandas is not always there to name its type
    """Return values as a pandas DataFrame, as `columns` does but with floats; raise InvalidError without pandas."""
    if find_spec("pandas") is None:
        hint = "Install it with: pip install 'legation[analysis]'; legation.columns needs no library."
        raise InvalidError("A DataFrame takes pandas, which is not installed.", hint=hint)
    exact = columns(values)
    plain = {name: [float(v) if isinstance(v, Decimal) else v for v in column] for name, column in exact.items()}
    return import_module("pandas").DataFrame(plain)


def _row(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any value of ours
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Post):
        own = _post(value)
        return {"sender": value.sender, **{name: _cell(said) for name, said in own.items()}}
    if not is_dataclass(value) or isinstance(value, type):
        hint = "Give a tuple of values, such as plan.measures, case.facts or appraisal.scores."
        raise InvalidError(f"A {type(value).__name__} cannot be a row of a table.", hint=hint)
    row = dict(_spread(value))
    if isinstance(value, Score):
        del row["parts"]
        row |= {part.criterion: part.points for part in value.parts}
    return row


def _post(post: Post) -> dict[str, Any]:
    """Return a post as posts.csv has it, in its order."""
    seat, span = post.seat, post.span
    said: dict[str, Any] = {"state": seat.state, "city": seat.city, "lat": seat.lat, "lon": seat.lon}
    said |= {"opened": span.start, "closed": span.end}
    return {c.name: said[c.name] if c.name in said else getattr(post, c.name) for c in POSTS.columns}


def _spread(value: Any, before: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    """Go through the fields of a value, and of the values within it, as `fact_year`."""
    for field in fields(value):
        said = getattr(value, field.name)
        if is_dataclass(said):
            yield from _spread(said, f"{before}{field.name}_")
        else:
            yield before + field.name, _cell(said)


def _cell(said: Any) -> Any:  # noqa: ANN401
    if isinstance(said, Enum):
        return said.value
    if isinstance(said, tuple) and all(isinstance(item, str) for item in said):
        return "|".join(str(_cell(item)) for item in said)
    return said  # what is nested deeper stays as it is


# In


def facts_from(table: Any, case: Case | None = None) -> tuple[Fact, ...]:  # noqa: ANN401 - of any library
    """Return the facts of a table with the columns of facts.csv.

    case: whose States, sites and interests the subjects must name; without one any name is taken. Raise InvalidError
    with every fault; its rows count the header as row 1, as in a file.
    """
    made: tuple[Fact, ...] = of_table("facts", _lines(FACTS, table, _known(case)))
    return made


def posts_from(table: Any, sender: str = "") -> Network:  # noqa: ANN401
    """Return the posts of a table with the columns of posts.csv, and `sender` where none is given.

    Raise InvalidError with every fault; its rows count the header as row 1, as in a file.
    """
    who = Column("sender", NAME, needed=not sender, refers="state")
    layout = replace(POSTS, columns=(who, *POSTS.columns))
    lines = _lines(layout, table, {"state": {s.code: s.name for s in load_states()}})
    made = [of_posts([line], line.cells.get("sender", sender)) for line in lines]
    return Network(tuple(post for network in made for post in network))


def with_facts(case: Case, table: Any) -> Case:  # noqa: ANN401
    """Return the case with the facts of a table; one of the same subject, attribute, year and source is replaced."""
    added = {_key(fact): fact for fact in facts_from(table, case)}
    kept = {_key(fact): fact for fact in case.facts}
    return replace(case, facts=tuple((kept | added).values()))


def _key(fact: Fact) -> tuple[str, str, int, str]:
    return fact.subject, fact.attribute, fact.year, fact.source


def _known(case: Case | None) -> Known:
    if case is None:
        return {"subject": Anything()}
    said = rows_of(case)
    sheets = {name: Sheet(name, write(TABLES[name], said[name])) for name in ("sites", "interests", "states")}
    return known_names(sheets, case.states, ())


def _lines(layout: Table, table: Any, known: Known) -> list[Line]:  # noqa: ANN401
    lines, found = read(layout, Sheet(layout.name, rows(table)), known)
    if found:
        told = "1 fault" if len(found) == 1 else f"{len(found)} faults"
        raise InvalidError(
            f"The table is no usable table of {layout.name}: {told}.", tuple(found), hint=found[0].remedy
        )
    return lines


def rows(table: Any) -> Texts:  # noqa: ANN401
    """Return a table as rows of text under their header, as a file would hold it; what is missing is empty.

    table: a DataFrame of pandas, polars or pyarrow, one of another library that offers `__arrow_c_stream__` or
    `__dataframe__`, a dict of columns, or dicts in a row. Raise InvalidError for anything else.
    """
    header, body = _taken(table)
    return (tuple(map(str, header)), *(tuple(text(said) for said in row) for row in body))


def _taken(table: Any) -> tuple[Sequence[Any], Iterable[Iterable[Any]]]:  # noqa: ANN401
    makers = {kind.__module__.partition(".")[0] for kind in type(table).__mro__}
    if "pandas" in makers and hasattr(table, "itertuples"):
        named = table.reset_index() if any(table.index.names) else table  # an index with a name holds data
        return list(named.columns), named.itertuples(index=False, name=None)
    if "polars" in makers and hasattr(table, "iter_rows"):
        return table.columns, table.iter_rows()
    if "pyarrow" in makers and hasattr(table, "column_names"):
        return table.column_names, zip(*(c.to_pylist() for c in table.columns), strict=True)
    if isinstance(table, Mapping):
        return _of_columns(table)
    if isinstance(table, Sequence) and all(isinstance(row, Mapping) for row in table):
        header = list(dict.fromkeys(name for row in table for name in row))
        return header, [[row.get(name) for name in header] for row in table]
    return _taken(_translated(table))


def _of_columns(table: Mapping[Any, Any]) -> tuple[Sequence[Any], Iterable[Iterable[Any]]]:
    single = [str(n) for n, column in table.items() if isinstance(column, str) or not isinstance(column, Iterable)]
    if single:
        raise InvalidError(f"No column, but a single value: {', '.join(single)}.", hint="Give each column as a list.")
    made = [list(column) for column in table.values()]
    if len({len(column) for column in made}) > 1:
        lengths = ", ".join(f"{n} {len(column)}" for n, column in zip(table, made, strict=True))
        raise InvalidError(f"The columns differ in length: {lengths}.", hint="Give each row a cell, None if unknown.")
    return list(table), zip_longest(*made)


def _translated(table: Any) -> Any:  # noqa: ANN401
    """Have the table of an unknown library read by one that we know."""
    if not (hasattr(table, "__arrow_c_stream__") or hasattr(table, "__dataframe__")):
        raise InvalidError(f"A {type(table).__name__} is no table.", hint=f"Give {TAKEN}.")
    for library, reader in READERS:
        if find_spec(library):
            return getattr(import_module(library), reader)(table)
    raise InvalidError(
        f"A {type(table).__name__} takes polars or pyarrow to be read, and neither is installed.",
        hint=f"Install one of them, or give {TAKEN}.",
    )


def text(said: Any) -> str:  # noqa: ANN401
    """Write a cell as a file would hold it; None and what libraries write for a missing value are empty."""
    if isinstance(said, str):
        return str(_cell(said))
    said = said.item() if hasattr(said, "dtype") and hasattr(said, "item") else said
    if said is None or str(said) in ("nan", "NaN", "NaT", "<NA>"):
        return ""
    if isinstance(said, bool):
        return str(said).lower()
    if isinstance(said, (Decimal, Real)):
        return text_of(said) if isfinite(said) else str(said)  # type: ignore[arg-type]
    if isinstance(said, date):
        return (said.date() if isinstance(said, datetime) else said).isoformat()
    return "|".join(map(text, said)) if isinstance(said, (list, tuple)) else str(said)
