"""The world: the product's own tables as the user has corrected them, and the cases that come with it."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from legation.errors import Finding, InvalidError
from legation.model import State
from legation.sources.corrections import Entries, apply_corrections, read_corrections
from legation.sources.folder import read_sheet
from legation.sources.records import of_table
from legation.sources.rows import Sheet, read
from legation.sources.tables import STATES
from legation.values import value

DATA = Path(__file__).parents[1] / "data"
CASES = DATA / "cases"


@value
class World:
    """What the product knows of all States, corrected: States, and rows of text of the other tables.

    corrected: how many corrections the user's file holds
    """

    states: tuple[State, ...]
    posts: Entries
    accreditations: Entries
    indicators: Entries
    corrected: int = 0


def read_world(corrections: Path | None = None) -> tuple[World, tuple[Finding, ...]]:
    """Read the product's tables, corrected by a file where one is given, and what its rows miss or double.

    Raise NotFoundError where there is no such file, InvalidError with every fault of it.
    """
    tables = {name: load_table(name) for name in ("states", "posts", "accreditations", "indicators")}
    if corrections is None:
        return World(load_states(), tables["posts"], tables["accreditations"], tables["indicators"]), ()
    rows = read_corrections(corrections)
    codes = [row["code"] for row in load_table("territories")]
    tables, found = apply_corrections(tables, rows, corrections.name, codes)
    header = [c.name for c in STATES.columns]
    sheet = Sheet("states.csv", (tuple(header), *(tuple(row[name] for name in header) for row in tables["states"])))
    states = of_table("states", read(STATES, sheet, {})[0])
    return World(states, tables["posts"], tables["accreditations"], tables["indicators"], len(rows)), found


@cache
def load_table(name: str) -> Entries:
    """Return the rows of one of the product's own tables as they are shipped."""
    text = (DATA / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def load_states() -> tuple[State, ...]:
    """Return the States of the product's table, in its order; raise InvalidError if the table is damaged."""
    sheet, found = read_sheet(DATA / "states.csv")
    lines, faults = read(STATES, sheet, {}) if sheet else ([], [])
    if found or faults:
        raise InvalidError("The product's table of States is damaged; install it again.", (*found, *faults))
    return of_table("states", lines)


def packaged() -> tuple[str, ...]:
    """Return the names of the cases that come with the product."""
    return tuple(sorted(p.name for p in CASES.glob("*") if (p / "case.toml").is_file()))
