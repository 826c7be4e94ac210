"""The world: the product's own table of States, and the cases that come with it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from legation.errors import InvalidError
from legation.model import State
from legation.sources.folder import read_sheet
from legation.sources.records import of_table
from legation.sources.rows import read
from legation.sources.tables import STATES

DATA = Path(__file__).parents[1] / "data"
CASES = DATA / "cases"


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
