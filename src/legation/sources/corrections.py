"""Corrections: what a user knows better than the product's own tables, row by row, each with its source."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from legation.codec import suggest
from legation.errors import Finding, InvalidError, NotFoundError, Severity
from legation.model import Form, Track, track_of
from legation.sources.cells import CODE, LATITUDE, LONGITUDE, NAME, NUMBER, YEAR, word
from legation.sources.folder import read_sheet
from legation.sources.rows import Sheet, fault, read
from legation.sources.tables import FORM, STATES, Column, Table

Entry = dict[str, str]
"""One row of a table of the world, as text by column."""
Entries = tuple[Entry, ...]

ACTIONS = ("add", "change", "retire")

WORLD = {
    t.name: t
    for t in (
        Table(
            "posts",
            (
                Column("sender", CODE, needed=True, refers="state"),
                Column("wikidata", NAME, needed=True),
                Column("form", FORM, needed=True),
                Column("state", CODE, needed=True, refers="state"),
                Column("located", CODE, refers="state"),
                Column("territory", CODE, refers="territory"),
                Column("city"),
                Column("lat", LATITUDE),
                Column("lon", LONGITUDE),
                Column("opened", YEAR),
            ),
            key=("sender", "wikidata"),
        ),
        Table(
            "accreditations",
            (
                Column("sender", CODE, needed=True, refers="state"),
                Column("resident", CODE, needed=True, refers="state"),
                Column("covered", CODE, needed=True, refers="state"),
            ),
            key=("sender", "resident", "covered"),
        ),
        Table(
            "indicators",
            (
                Column("code", CODE, needed=True, refers="state"),
                Column("attribute", word("gdp", "population"), needed=True),
                Column("year", YEAR, needed=True),
                Column("value", NUMBER, needed=True),
            ),
            key=("code", "attribute", "year"),
        ),
        replace(STATES, columns=tuple(c for c in STATES.columns if c.name != "source")),
    )
}
"""The tables of the world that can be corrected, and the columns that together name a row of each."""

CORRECTIONS = Table(
    "corrections",
    (
        Column("table", word(*WORLD), needed=True),
        Column("action", word(*ACTIONS), needed=True),
        Column("key", NAME, needed=True),
        Column("changes"),
        Column("source", needed=True),
        Column("note"),
    ),
    key=("table", "key"),
)


@dataclass(frozen=True)
class Correction:
    """One row of a file of corrections: what is done to which row of which table, and who says so.

    key: values of the columns that name a row, joined by `|`; changes: COLUMN=VALUE, joined by `;`
    """

    table: str
    action: str
    key: str
    changes: str = ""
    source: str = ""
    note: str = ""
    number: int = 0


def read_corrections(path: Path) -> tuple[Correction, ...]:
    """Read a file of corrections; raise NotFoundError where there is none, InvalidError with every fault."""
    if not path.is_file():
        raise NotFoundError(f"There is no file of corrections {path}.", hint="legation correct add … makes one.")
    sheet, found = read_sheet(path)
    lines, faults = read(CORRECTIONS, sheet, {}) if sheet else ([], [])
    _refuse(path, (*found, *faults))
    return tuple(Correction(**line.cells, number=line.number) for line in lines)


def with_correction(path: Path, correction: Correction) -> str:
    """Return the text of a file of corrections with one more row at its end; with a header where there is no file."""
    names = [c.name for c in CORRECTIONS.columns]
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\n")
    before = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
    if not before.strip():
        before = ""
        table.writerow(names)
    elif not before.endswith("\n"):
        before += "\n"
    table.writerow([getattr(correction, name) for name in names])
    return before + out.getvalue()


def apply_corrections(
    tables: Mapping[str, Entries], corrections: Iterable[Correction], label: str, territories: Iterable[str]
) -> tuple[dict[str, Entries], tuple[Finding, ...]]:
    """Return the tables as corrected, and what the corrections miss or double; raise InvalidError for wrong ones."""
    made = {name: {key_of(name, e): e for e in entries} for name, entries in tables.items()}
    found: list[Finding] = []
    listed = sorted(corrections, key=lambda c: c.table != "states")  # other rows may name a State that is added
    for correction in listed:
        names = {code: e["name"] for code, e in made["states"].items()}
        known = {"state": names, "territory": dict.fromkeys(territories, "")}
        found += _apply(made[correction.table], correction, label, known)
    _refuse(Path(label), found)
    result = {name: tuple(rows.values()) for name, rows in made.items()}
    gone = {c.key for c in listed if (c.table, c.action) == ("states", "retire")}
    return (_without(result, gone) if gone else result), (*found, *_doubles(result["posts"], listed, label))


def key_of(table: str, entry: Mapping[str, str]) -> str:
    """Return what names a row of a table of the world: "SWE|Q123", or "KAZ|gdp|2023"."""
    return "|".join(entry.get(name, "") for name in WORLD[table].key)


def _refuse(path: Path, found: Iterable[Finding]) -> None:
    errors = tuple(f for f in found if f.severity is Severity.ERROR)
    if errors:
        hint = "Correct what is named, or take the row out; the product's own tables stay as they are."
        raise InvalidError(f"{path.name} holds no usable corrections.", errors, hint=hint)


def _apply(rows: dict[str, Entry], c: Correction, label: str, known: Mapping[str, Mapping[str, str]]) -> list[Finding]:
    """Carry out one correction on the rows of its table, or say why it cannot be, or need not be."""
    table, old = WORLD[c.table], rows.get(c.key)
    if c.action == "add" and old is not None:
        return [_fault(c, label, "key", c.key, "stands in the table already", "Write change instead of add.")]
    if c.action != "add" and old is None:
        return [_idle(c, label, f"No row of {c.table} has the key {c.key}: there is nothing to {c.action}.")]
    changes, found = _changes(c, table, label)
    if c.action == "retire":
        found += (
            [_fault(c, label, "changes", c.changes, "stands beside retire", "Leave it empty.")] if c.changes else []
        )
        if not found:
            del rows[c.key]
        return found
    return [*found, *_put(rows, changes, c, label, known, wrong=bool(found))]


def _put(
    rows: dict[str, Entry],
    changes: Entry,
    c: Correction,
    label: str,
    known: Mapping[str, Mapping[str, str]],
    *,
    wrong: bool,
) -> list[Finding]:
    """Add or change a row, if it is right as it would then be and not known to be wrong."""
    table, old, parts = WORLD[c.table], rows.get(c.key), c.key.split("|")
    if len(parts) != len(table.key):
        return [_fault(c, label, "key", c.key, f"names no row of {c.table}", f"Write it as {'|'.join(table.key)}.")]
    if old is not None and not changes and not wrong:
        return [_fault(c, label, "changes", "", "is missing", "Write COLUMN=VALUE, several separated by ';'.")]
    if old is not None and not wrong and all(old.get(name, "") == said for name, said in changes.items()):
        return [_idle(c, label, f"The row {c.key} of {c.table} says so already.")]
    entry = dict.fromkeys((col.name for col in table.columns), "") | (old or {}) | changes
    entry |= dict(zip(table.key, parts, strict=True))
    found = list(_wrong(table, entry, c, label, known))
    if not found and not wrong:
        rows[c.key] = entry | {"source": c.source, "note": c.note}
    return found


def _changes(c: Correction, table: Table, label: str) -> tuple[Entry, list[Finding]]:
    free = [col.name for col in table.columns if col.name not in table.key]
    changes: Entry = {}
    found = []
    for part in filter(None, (p.strip() for p in c.changes.split(";"))):
        name, mark, said = (text.strip() for text in part.partition("="))
        if not mark:
            found.append(_fault(c, label, "changes", part, "has no '='", "Write COLUMN=VALUE."))
        elif name not in free:
            clause, remedy = f"is no column to change in {c.table}{suggest(name, free)}", f"Choose {', '.join(free)}."
            found.append(_fault(c, label, "changes", name, clause, remedy))
        elif name in changes:
            found.append(_fault(c, label, "changes", name, "is changed twice", "Say it once."))
        changes[name] = said
    return changes, found


def _wrong(
    table: Table, entry: Entry, c: Correction, label: str, known: Mapping[str, Mapping[str, str]]
) -> Iterator[Finding]:
    """Read the row as it would be against its table, and tell the faults at the place of the correction."""
    names = [col.name for col in table.columns]
    sheet = Sheet(label, (tuple(names), tuple(entry[name] for name in names)))
    _, faults = read(table, sheet, known)
    yield from (replace(f, row=c.number) for f in faults)


def _fault(c: Correction, label: str, column: str, value: str, clause: str, remedy: str) -> Finding:
    return fault("correction-wrong", label, clause, remedy, row=c.number or None, column=column, value=value)


def _idle(c: Correction, label: str, message: str) -> Finding:
    remedy = "Check the key with: legation correct list; take the row out if the tables are right by now."
    row = c.number or None
    return Finding("correction-idle", Severity.WARNING, c.key, message, remedy, label, row, "key", c.key)


def _without(tables: dict[str, Entries], gone: set[str]) -> dict[str, Entries]:
    """Take out the rows that name a State which is there no more."""
    names = ("sender", "state", "located", "resident", "covered", "code")
    return {t: tuple(e for e in rows if not gone & {e.get(n, "") for n in names}) for t, rows in tables.items()}


def _doubles(posts: Entries, corrections: Iterable[Correction], label: str) -> Iterator[Finding]:
    """Find corrected missions beside another mission of the same sender in the same State."""
    changed = {c.key: c for c in corrections if c.table == "posts" and c.action != "retire"}
    missions = [p for p in posts if track_of(Form(p["form"])) is Track.DIPLOMATIC]
    for post in missions:
        pair, key = (post["sender"], post["state"]), key_of("posts", post)
        others = (key_of("posts", p) for p in missions if (p["sender"], p["state"]) == pair)
        other = next((o for o in others if o != key), "") if key in changed else ""
        if other:
            message = f"{key} is a second mission of {pair[0]} in {pair[1]}, beside {other}."
            remedy = "Retire one of the two, or change the other instead."
            row = changed[key].number or None
            yield Finding("correction-doubles", Severity.WARNING, key, message, remedy, label, row, "key", key)
