"""Facts of States and of pairs of States over years, as researchers pass them on: one row a State and year, or a pair.

- `states_*.csv`: `iso3`, `year`, and any of the columns of `FACTS`;
- `dyads*.csv`: `iso3_a`, `iso3_b` once for each pair without direction, and any of the columns of `TIES`, alone for
  what does not change or with `_YEAR` at the end (`trade_usd_2005`).

Both may be packed (`.csv.gz`). An empty cell is unknown. Other columns are left alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from legation.affinity.history import ALWAYS, Bools, Floats, History
from legation.errors import Finding
from legation.exchange.grid import Line, open_grid
from legation.model import EMBASSIES, Form
from legation.model.presences import Presence
from legation.sources.cells import CODE, NUMBER, YEAR

FACTS = {"gdp_usd": "gdp", "population": "population", "conflict_intensity": "conflict_intensity"}
TIES = (
    "km", "contig", "common_language", "colony", "common_coloniser", "same_region", "same_subregion", "trade_usd",
    "migrants", "joint_igos", "defence_pact", "unga_distance",
)  # fmt: skip
TIE = re.compile(rf"({'|'.join(TIES)})(?:_(\d{{4}}))?")

OWN = (*EMBASSIES, Form.DIPLOMATIC_MISSION)
"""Forms that count as an embassy here: headed by whoever it may be, but resident for this State alone."""

Series = dict[str, dict[int, Floats]]


def read_panel(folder: Path, presences: Iterable[Presence]) -> tuple[History, tuple[Finding, ...]]:
    """Read the facts of a folder and join them with presences; States are those that the pairs name."""
    pairs, found = _read_pairs(sorted(folder.glob("dyads*.csv*")))
    codes = tuple(sorted({code for a, b, _ in pairs for code in (a, b)}))
    at = {code: i for i, code in enumerate(codes)}
    ties: Series = defaultdict(dict)
    for a, b, values in pairs:
        for (name, year), number in values.items():
            matrix = ties[name].setdefault(year, np.full((len(codes),) * 2, np.nan))
            matrix[at[a], at[b]] = matrix[at[b], at[a]] = number
    facts, more = _read_states(sorted(folder.glob("states_*.csv*")), at)
    return History(codes, present(presences, at), facts, dict(ties)), (*found, *more)


def present(presences: Iterable[Presence], at: dict[str, int]) -> dict[int, Bools]:
    """Return who had an embassy of its own where, by year; a post with concurrent accreditation is none."""
    found: dict[int, Bools] = {}
    for p in presences:
        matrix = found.setdefault(p.year, np.zeros((len(at),) * 2, dtype=bool))
        if p.form in OWN and not p.concurrent and p.sender in at and p.state in at:
            matrix[at[p.sender], at[p.state]] = True
    return found


Pair = tuple[str, str, dict[tuple[str, int], float]]


def _read_pairs(paths: Iterable[Path]) -> tuple[list[Pair], tuple[Finding, ...]]:
    rows: list[Pair] = []
    found: tuple[Finding, ...] = ()
    for path in paths:
        with open_grid(path, needs=("iso3_a", "iso3_b")) as grid:
            named = {column: match for column in grid.header if (match := TIE.fullmatch(column))}
            wanted = {column: (m[1], int(m[2] or ALWAYS)) for column, m in named.items()}
            for line in grid.rows:
                a, b = (grid.faults.take(line, column, CODE.read) for column in ("iso3_a", "iso3_b"))
                cells = ((key, _number(grid.faults.take, line, column)) for column, key in wanted.items())
                if a and b:
                    rows.append((a, b, {key: number for key, number in cells if number is not None}))
            found += grid.faults.findings
    return rows, found


def _number(take: Callable[[Line, str, Callable[[str], float]], float | None], line: Line, column: str) -> float | None:
    """Read a number; an empty cell is unknown."""
    return take(line, column, NUMBER.read) if line[column].strip() else None


def _read_states(paths: Iterable[Path], at: dict[str, int]) -> tuple[Series, tuple[Finding, ...]]:
    facts: Series = defaultdict(dict)
    found: tuple[Finding, ...] = ()
    for path in paths:
        with open_grid(path, needs=("iso3", "year")) as grid:
            for line in grid.rows:
                code, year = (grid.faults.take(line, c, read) for c, read in (("iso3", CODE.read), ("year", YEAR.read)))
                if code not in at or year is None:
                    continue
                for column in FACTS.keys() & set(grid.header):
                    number = _number(grid.faults.take, line, column)
                    if number is not None:
                        facts[FACTS[column]].setdefault(year, np.full(len(at), np.nan))[at[code]] = number
            found += grid.faults.findings
    return dict(facts), found
