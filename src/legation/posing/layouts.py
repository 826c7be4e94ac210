"""Files of location problems as research keeps them: text in, numbers out, with the line of every fault.

OR-Library networks and warehouses, networks and points with demand, sites and customers, TSPLIB, UflLib's simple
format. Lines may be wrapped anywhere but where a line is what tells two layouts apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np

from legation.errors import Finding, InvalidError, Severity
from legation.posing.questions import Costs, Data, Network, Points
from legation.programme.formulation import Index, Vector


class Layout(StrEnum):
    """How a file is laid out."""

    NETWORK = "network"
    DEMAND_NETWORK = "demand-network"
    POINTS = "points"
    SITES_AND_CUSTOMERS = "sites-and-customers"
    TSPLIB = "tsplib"
    WAREHOUSES = "warehouses"
    MATRIX = "matrix"
    SIMPLE = "simple"


@dataclass(slots=True)
class _Words:
    """The words of a text with their lines, read from front to back."""

    words: list[str]
    lines: list[int]
    at: int = 0

    @property
    def left(self) -> int:
        return len(self.words) - self.at

    @property
    def line(self) -> int:
        """Return the line of the next word, or the last line."""
        return self.lines[min(self.at, len(self.lines) - 1)] if self.lines else 1

    def numbers(self, count: int, what: str, *, blank: str = "") -> Vector:
        """Read so many numbers; the word `blank` stands for 0."""
        if count > self.left:
            end = self.lines[-1] if self.lines else 1
            raise _fault(f"{what}: {count} numbers are needed, {self.left} are there", end, "is the file whole?")
        taken = self.words[self.at : self.at + count]
        if blank:
            taken = ["0" if word.lower() == blank else word for word in taken]
        try:
            found = np.array(taken, dtype=float)
        except ValueError:
            found = np.array([self._number(word, self.at + n, what) for n, word in enumerate(taken)])
        if not np.isfinite(found).all():
            at = self.at + int(np.flatnonzero(~np.isfinite(found))[0])
            raise _fault(f"{what}: {self.words[at]} is not finite", self.lines[at], "write a number")
        self.at += count
        return found

    def whole(self, count: int, what: str) -> list[int]:
        """Read so many whole numbers, none below 0."""
        line, found = self.line, self.numbers(count, what)
        if (found != np.rint(found)).any() or (found < 0).any():
            raise _fault(f"{what}: whole numbers are needed, not {found.tolist()}", line, "check the first line")
        return [int(n) for n in found]

    def _number(self, word: str, at: int, what: str) -> float:
        try:
            return float(word)
        except ValueError:
            raise _fault(f"{what}: {word!r} is no number", self.lines[at], "write a number with a point") from None


def read(text: str, layout: Layout | None = None) -> tuple[Layout, Data]:
    """Read a file, of the layout it looks like unless one is named; raise InvalidError with the line of the fault."""
    layout = layout or detect(text)
    return layout, READERS[layout](text)


def detect(text: str) -> Layout:
    """Tell the layout by the first lines, a matrix from warehouses by their breaks; raise InvalidError if unknown."""
    lines = [line.split() for line in text.splitlines() if line.strip()]
    if len(lines) < 2:
        raise _fault("there are less than two lines", 1, "is the file whole?")
    if re.search(r"^\s*NODE_COORD_SECTION", text, re.MULTILINE):
        return Layout.TSPLIB
    head, second = lines[:2]
    if head[0].upper() == "FILE:" or (len(head) == 3 and len(second) > 4):
        return Layout.SIMPLE
    if second[0].upper() in ("F", "C"):
        return Layout.SITES_AND_CUSTOMERS
    if len(head) == 2:
        return _warehouses_or_matrix(lines)
    if len(second) == 4:
        return Layout.DEMAND_NETWORK
    if len(head) >= 3 and len(second) == 3:
        return Layout.NETWORK if len(head) == 3 and head[2].isdecimal() and int(head[2]) else Layout.POINTS
    raise _fault(
        f"a first line of {len(head)} words and a second of {len(second)} belong to no layout we read",
        1,
        "name the layout with --layout, or give a table of cities: id,lat,lon,demand",
    )


def _warehouses_or_matrix(lines: list[list[str]]) -> Layout:
    """Warehouses give each customer's demand on a line of its own; a matrix gives all demands first."""
    try:
        sites = int(lines[0][0])
    except ValueError:
        return Layout.WAREHOUSES
    after = lines[1 + sites : 2 + sites]
    return Layout.MATRIX if after and len(after[0]) > 1 else Layout.WAREHOUSES


def _network(text: str) -> Network:
    words = _split(text)
    nodes, edges, p = words.whole(3, "nodes, edges and p")
    begin, end, length = _edges(words, nodes, edges)
    return Network(nodes, begin, end, length, np.ones(nodes), p)


def _demand_network(text: str) -> Network:
    """Read lines of two nodes and a length, the k-th of which also gives the demand of node k."""
    words = _split(text, after=1)
    nodes, edges = _split(text).whole(2, "nodes and edges")
    first = words.numbers(4 * nodes, "edges with demand").reshape(nodes, 4)
    own = _checked(first, nodes, words)
    more = _edges(words, nodes, max(0, edges - nodes))
    begin, end = np.concatenate((own[0], more[0])), np.concatenate((own[1], more[1]))
    return Network(nodes, begin, end, np.concatenate((own[2], more[2])), first[:, 3].copy())


def _edges(words: _Words, nodes: int, count: int) -> tuple[Index, Index, Vector]:
    return _checked(words.numbers(3 * count, f"{count} edges").reshape(count, 3), nodes, words)


def _checked(rows: Vector, nodes: int, words: _Words) -> tuple[Index, Index, Vector]:
    """Return begin, end and length of edges just read, nodes counted from 0."""
    ends = rows[:, :2]
    wrong = (ends < 1) | (ends > nodes) | (ends != np.rint(ends))
    if wrong.any() or (rows[:, 2] < 0).any():
        at = int(np.flatnonzero(wrong.any(axis=1) | (rows[:, 2] < 0))[0])
        line = words.lines[words.at - rows.size + at * rows.shape[1]]
        raise _fault(f"edge {rows[at].tolist()} does not join two of {nodes} nodes", line, "nodes count from 1")
    return ends[:, 0].astype(np.int64) - 1, ends[:, 1].astype(np.int64) - 1, rows[:, 2].copy()


def _points(text: str) -> Points:
    words = _split(text)
    (count,) = words.whole(1, "number of points")
    words = _split(text, after=1)
    rows = words.numbers(3 * count, f"{count} points").reshape(count, 3)
    return _same_points(rows[:, :2].copy(), rows[:, 2].copy())


def _sites_and_customers(text: str) -> Points:
    """Read lines "F number x y ..." and "C number x y demand"."""
    kinds: dict[str, list[list[float]]] = {"F": [], "C": []}
    for number, line in enumerate(text.splitlines(), start=1):
        kind, *rest = line.split() or [""]
        if kind.upper() in kinds:
            row = _Words(rest, [number] * len(rest)).numbers(4, "number, x, y and demand")
            kinds[kind.upper()].append(row.tolist())
    if not kinds["F"] or not kinds["C"]:
        raise _fault("there are no sites (F) or no customers (C)", 1, "begin each line with F or C")
    sites, customers = (np.array(kinds[kind]) for kind in "FC")
    return Points(customers[:, 1:3], customers[:, 3], sites[:, 1:3], names=_numbered(sites[:, 0]))


def _tsplib(text: str) -> Points:
    """Read coordinates, and demands where there are any; EDGE_WEIGHT_TYPE COORD is latitude and longitude."""
    sections = re.split(r"^[ \t]*(NODE_COORD_SECTION|DEMAND_SECTION|EOF)[ \t\r]*$", text, flags=re.MULTILINE)
    head, found, line = sections[0], {}, sections[0].count("\n") + 1
    for name, body in pairwise(sections):
        if name in ("NODE_COORD_SECTION", "DEMAND_SECTION"):
            found[name] = _split(body, line=line - 1)
        line += body.count("\n") if name.strip() in ("NODE_COORD_SECTION", "DEMAND_SECTION") else 0
    count = re.search(r"^\s*DIMENSION\s*:\s*(\d+)", head, re.MULTILINE)
    if not count or "NODE_COORD_SECTION" not in found:
        raise _fault("DIMENSION or NODE_COORD_SECTION is missing", 1, "give both")
    nodes, words = int(count[1]), found["NODE_COORD_SECTION"]
    width = 3 if words.left == 3 * nodes else 2
    place = words.numbers(width * nodes, "coordinates").reshape(nodes, width)[:, -2:].copy()
    weight = np.ones(nodes)
    if "DEMAND_SECTION" in found:
        demand = found["DEMAND_SECTION"]
        width = 2 if demand.left == 2 * nodes else 1
        weight = demand.numbers(width * nodes, "demands").reshape(nodes, width)[:, -1].copy()
    kind = re.search(r"^\s*EDGE_WEIGHT_TYPE\s*:\s*(\S+)", head, re.MULTILINE)
    return _same_points(place, weight, sphere=kind is not None and kind[1].upper() == "COORD")


def _warehouses(text: str) -> Costs:
    """Read sites with capacity and opening cost; then each customer's demand and costs from every site."""
    words = _split(text)
    sites, customers = words.whole(2, "sites and customers")
    table = words.numbers(2 * sites, "capacities and opening costs", blank="capacity").reshape(sites, 2)
    rows = words.numbers(customers * (sites + 1), "demands and costs").reshape(customers, sites + 1)
    return Costs(rows[:, 1:].copy(), table[:, 1].copy(), table[:, 0].copy(), rows[:, 0].copy())


def _matrix(text: str) -> Costs:
    """Read sites with capacity and opening cost, all demands, and each site's costs to every customer."""
    words = _split(text)
    sites, customers = words.whole(2, "sites and customers")
    table = words.numbers(2 * sites, "capacities and opening costs", blank="capacity").reshape(sites, 2)
    demand = words.numbers(customers, "demands")
    cost = words.numbers(sites * customers, "costs").reshape(sites, customers)
    return Costs(cost.T.copy(), table[:, 1].copy(), table[:, 0].copy(), demand, single=True)


def _simple(text: str) -> Costs:
    """Read lines of a site's number, its opening cost and its costs to every customer."""
    skip = 1 if text.lstrip().upper().startswith("FILE:") else 0
    words = _split(text, after=skip)
    sites, customers, _ = words.whole(3, "sites, customers and 0")
    rows = words.numbers(sites * (customers + 2), "costs").reshape(sites, customers + 2)
    return Costs(rows[:, 2:].T.copy(), rows[:, 1].copy(), np.zeros(sites), np.ones(customers))


def _same_points(place: Vector, weight: Vector, *, sphere: bool = False) -> Points:
    return Points(place, weight, place, sphere=sphere)


def _numbered(numbers: Vector) -> tuple[str, ...]:
    return tuple(f"{number:g}" for number in numbers)


def _split(text: str, *, after: int = 0, line: int = 0) -> _Words:
    """Split a text into words, after so many of its lines that say something."""
    words, lines = [], []
    for number, row in enumerate(text.splitlines(), start=1):
        found = row.split()
        if found and after:
            after -= 1
            continue
        words += found
        lines += [line + number] * len(found)
    return _Words(words, lines)


def _fault(message: str, line: int, remedy: str) -> InvalidError:
    finding = Finding("location-file", Severity.ERROR, "file", f"Line {line}: {message}.", remedy, row=line)
    return InvalidError("The file cannot be read as a location problem.", (finding,))


READERS: dict[Layout, Callable[[str], Data]] = {
    Layout.NETWORK: _network,
    Layout.DEMAND_NETWORK: _demand_network,
    Layout.POINTS: _points,
    Layout.SITES_AND_CUSTOMERS: _sites_and_customers,
    Layout.TSPLIB: _tsplib,
    Layout.WAREHOUSES: _warehouses,
    Layout.MATRIX: _matrix,
    Layout.SIMPLE: _simple,
}
