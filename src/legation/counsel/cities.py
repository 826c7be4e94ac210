"""Cities with demand from a table: whom consular posts are to serve, and where they may stand."""

from __future__ import annotations

import csv
import io

import numpy as np

from legation.errors import Finding, InvalidError, Severity
from legation.posing.questions import Points

NEEDED = ("id", "lat", "lon", "demand")
LIMITS = {"lat": 90.0, "lon": 180.0, "demand": float("inf")}
YES, NO = ("true", "yes", "1", ""), ("false", "no", "0")


def is_table(text: str) -> bool:
    """Tell whether a text begins with the header of a table of cities."""
    head = text.lstrip("\ufeff \r\n").partition("\n")[0]
    return {"lat", "lon"} <= {name.strip().lower() for name in head.replace(";", ",").split(",")}


def read_cities(text: str, file: str) -> Points:
    """Read a table id, lat, lon, demand and perhaps site (true or false); raise InvalidError with every fault."""
    text = text.lstrip("\ufeff \r\n")
    head = text.partition("\n")[0]
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ","))
    names = [name.strip().lower() for name in rows[0]]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise InvalidError(f"{file} has no column {', '.join(missing)}.", hint="Needed: id,lat,lon,demand; also: site.")
    faults: list[Finding] = []
    cities = [
        _city(dict(zip(names, row, strict=False)), number, file, faults)
        for number, row in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in row)
    ]
    _doubles([name for name, _, _ in cities], file, faults)
    if faults or not cities:
        raise InvalidError(f"{file} is no usable table of cities.", tuple(faults), hint="One row a city, at least one.")
    ids = tuple(name for name, _, _ in cities)
    table = np.array([numbers for _, numbers, _ in cities])
    may = np.array([site for _, _, site in cities])
    if not may.any():
        raise InvalidError(
            f"No city of {file} may be a site.", hint="Write true in column site where a post may stand."
        )
    sites = tuple(name for name, _, site in cities if site)
    return Points(table[:, :2], table[:, 2].copy(), table[may, :2], sphere=True, names=sites, customers=ids)


def _city(row: dict[str, str], number: int, file: str, faults: list[Finding]) -> tuple[str, list[float], bool]:
    name = row.get("id", "").strip()
    if not name:
        faults.append(_fault("has no id", "give every city a name of its own", number, "id", file))
    numbers = []
    for column, limit in LIMITS.items():
        cell = row.get(column, "").strip()
        try:
            found = float(cell)
        except ValueError:
            found = float("nan")
        least = 0.0 if column == "demand" else -limit
        if not (least <= found <= limit) or found == float("inf"):
            faults.append(_fault(f"{cell!r} is no {column}", "write a number with a point", number, column, file, cell))
        numbers.append(found)
    may = row.get("site", "").strip().lower()
    if may not in (*YES, *NO):
        faults.append(_fault(f"{may!r} is neither true nor false", "write true or false", number, "site", file, may))
    return name, numbers, may in YES


def _doubles(names: list[str], file: str, faults: list[Finding]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            faults.append(_fault(f"{name} is listed twice", "give each city once", None, "id", file, name))
        seen.add(name)


def _fault(message: str, remedy: str, row: int | None, column: str, file: str, cell: str = "") -> Finding:
    place = f"Row {row}: " if row else ""
    return Finding("city", Severity.ERROR, file, f"{place}{message}.", remedy, file, row, column, cell)
