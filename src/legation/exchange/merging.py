"""Merging: what of an import belongs into a case goes into its tables; nothing that stands there is lost unasked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any

from legation.cases.case import Case
from legation.cases.siting import slug
from legation.errors import Finding, NotFoundError, RefusedError, Severity
from legation.exchange.imported import Imported
from legation.exchange.parting import Parting
from legation.exchange.tables import refuse_unusable_texts
from legation.model.facts import Source
from legation.model.posts import Form, Track, track_of
from legation.sources.cells import CellError
from legation.sources.folder import csv_text, read_sheet
from legation.sources.reading import locate, read_case
from legation.sources.rows import Sheet, write
from legation.sources.tables import TABLES, Table
from legation.sources.toml import text_in_toml
from legation.sources.world import CASES
from legation.values import value

Texts = dict[str, str]
"""The cells of a row that say something, as text."""


class Prefer(StrEnum):
    """Which value stands where the case and the import say different things of the same row."""

    OLD = "old"
    NEW = "new"


@value
class TableChange:
    """What happened to one table of a case.

    same: rows that said the same already
    differing: rows that said something else; replaced: those of them that now say the new
    """

    table: str
    added: int = 0
    same: int = 0
    differing: int = 0
    replaced: int = 0


@value
class Merged:
    """What a merge did, or would do: changes by table, rows of the import the case has no place for, and findings.

    left_out: how many, by the reason; files: what was or would be written
    """

    changes: tuple[TableChange, ...]
    left_out: tuple[tuple[str, int], ...]
    findings: tuple[Finding, ...]
    files: tuple[str, ...]


def merge(imported: Imported, source: str, *, prefer: Prefer = Prefer.OLD, dry: bool = False) -> Merged:
    """Merge an import into the folder of a case; each file that changes is kept beside the new one as NAME.before.

    The merged case is read whole before anything is written. Raises NotFoundError or InvalidError for no usable case,
    RefusedError for a workbook or a packaged case.
    """
    folder = _folder(source)
    case, _ = read_case(folder)
    parting = Parting(case, imported)
    rows = parting.rows()
    tables = [_Merging(folder, TABLES[name], rows[name], _keyed(name), prefer) for name in rows]
    texts = {f"{t.table.name}.csv": csv_text(t.merged()) for t in tables if t.changed}
    used = {row.get("source", "") for t in tables if t.changed for row in t.old}
    toml = _with_sources(folder / "case.toml", case, [s for s in imported.sources if s.id in used])
    texts |= {"case.toml": toml} if toml else {}
    _prove(folder, texts)
    if not dry:
        _write(folder, texts)
    return Merged(
        tuple(t.change for t in tables),
        tuple(parting.left_out.items()),
        tuple(f for t in tables for f in t.found),
        tuple(texts),
    )


def _folder(source: str) -> Path:
    folder = locate(source)
    if folder.is_relative_to(CASES):
        hint = f"Make your own: legation export {source} my-case"
        raise RefusedError(f"{source} came with the product and is not changed.", hint=hint)
    if not folder.is_dir():
        raise RefusedError(f"{folder.name} is no folder of a case.", hint="Give the folder of a case, not a workbook.")
    if not (folder / "case.toml").is_file():
        raise NotFoundError(f"There is no case in {folder}.", hint="Name the folder that holds case.toml.")
    return folder


def _prove(folder: Path, texts: Mapping[str, str]) -> None:
    """Read the case as it would be; raise InvalidError with what would be wrong with it."""
    with TemporaryDirectory() as place:
        copy = Path(place) / folder.resolve().name
        copytree(folder, copy)
        for name, text in texts.items():
            (copy / name).write_text(text, encoding="utf-8", newline="")
        read_case(copy)


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    """Replace files one by one, each in one step; the former one stays beside it."""
    for name, text in texts.items():
        path, fresh = folder / name, folder / f".{name}.new"
        fresh.write_text(text, encoding="utf-8", newline="")
        if path.exists():
            (folder / f"{name}.before").write_bytes(path.read_bytes())
        fresh.replace(path)


def _with_sources(path: Path, case: Case, sources: Iterable[Source]) -> str:
    """Return case.toml with the sources it lacks at its end, comments and all kept; nothing if it lacks none."""
    known = {s.id for s in case.sources}
    missing = {s.id: s for s in sources if s.id not in known}
    if not missing:
        return ""
    lines = [path.read_text(encoding="utf-8-sig").rstrip("\n")]
    for source in missing.values():
        lines += ["", "[[sources]]"]
        names = ("id", "title", "publisher", "url", "licence", "use")
        lines += [f"{n} = {text_in_toml(getattr(source, n))}" for n in names if getattr(source, n) or n == "title"]
    return "\n".join(lines) + "\n"


def _keyed(name: str) -> tuple[str, ...]:
    """Return the columns that name a row for merging; posts are known by where they are, not by their id."""
    return () if name in ("posts", "foreign_posts") else TABLES[name].key


# From rows to a merged table


@dataclass
class _Merging:
    """One table of the case and the rows that come to it, all as text."""

    folder: Path
    table: Table
    rows: list[Mapping[str, Any]]
    key: tuple[str, ...]
    prefer: Prefer
    found: list[Finding] = field(default_factory=list)
    places: dict[tuple[str, ...], list[int]] = field(default_factory=dict)
    met: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Merge at once."""
        path = self.folder / f"{self.table.name}.csv"
        sheet = read_sheet(path)[0] if path.is_file() else None
        sheet = sheet or Sheet(path.name, (tuple(c.name for c in self.table.columns),))
        self.header = list(sheet.header)
        self.old: list[Texts] = [dict(zip(self.header, row, strict=False)) for row in sheet.rows[1:]]
        written = write(self.table, self.rows)
        refuse_unusable_texts({self.table.name: written})
        counts = {"added": 0, "same": 0, "differing": 0, "replaced": 0}
        for n, row in enumerate(self.old):
            self.places.setdefault(self._name(row), []).append(n)
        for cells in written[1:]:
            counts[self._take(dict(zip(written[0], cells, strict=True)))] += 1
        counts["differing"] += counts["replaced"]
        self.change = TableChange(self.table.name, **counts)

    @property
    def changed(self) -> bool:
        """Tell whether the table says anything new."""
        return bool(self.change.added or self.change.replaced)

    def merged(self) -> tuple[tuple[str, ...], ...]:
        """Return the header and all rows; columns that the file did not have stand last."""
        extra = [c.name for c in self.table.columns if c.name not in self.header and any(c.name in r for r in self.old)]
        header = (*self.header, *extra)
        return (header, *(tuple(row.get(name, "") for name in header) for row in self.old))

    def _take(self, row: Texts) -> str:
        row = {name: text for name, text in row.items() if text}
        key = self._name(row)
        at = self._place(key, row)
        if at is None:
            self.met.add(len(self.old))
            self.places.setdefault(key, []).append(len(self.old))
            self.old.append(self._with_free_id(row))
            return "added"
        self.met.add(at)
        there = self.old[at]
        silent = {"id", "source", "confidence", "note"} if not self.key else {"note", "known"}
        differing = {n: t for n, t in row.items() if n not in silent and not self._alike(n, there.get(n, ""), t)}
        if not differing:
            return "same"
        self.found.append(self._finding(at, key, there, differing))
        if self.prefer is Prefer.OLD:
            return "differing"
        self.old[at] = there | row | ({"id": there["id"]} if "id" in there else {})
        return "replaced"

    def _place(self, key: tuple[str, ...], row: Texts) -> int | None:
        """Find the row of the case that is meant: a post by its id, else one like it that no other post was yet."""
        there = self.places.get(key, [])
        if self.key:
            return there[0] if there else None
        same = [n for n in there if row.get("id") and self.old[n].get("id") == row["id"]]
        return next((n for n in (*same, *there) if n not in self.met), None)

    def _alike(self, name: str, one: str, other: str) -> bool:
        """Tell whether two texts of a column mean the same: 2012 and 2012-01-01 do."""
        cell = next(c.cell for c in self.table.columns if c.name == name)
        try:
            return one.strip() == other or bool(one.strip() and cell.read(one) == cell.read(other))
        except CellError:
            return False

    def _name(self, row: Texts) -> tuple[str, ...]:
        if self.key:
            return tuple(row.get(name, "").strip() for name in self.key)
        form = row.get("form", "").strip()
        track = track_of(Form(form)) if form in list(Form) else None
        place = "" if track is Track.DIPLOMATIC else slug(row.get("city", ""))
        return (row.get("state", "").strip(), track.value if track else form, place)

    def _with_free_id(self, row: Texts) -> Texts:
        """Give a post another id where its own is taken by another post."""
        taken = {r.get("id", "") for r in self.old} if row.get("id") else set()
        base = row.get("id", "")
        free = next((i for i in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if i not in taken), base)
        return row | ({"id": free} if base else {})

    def _finding(self, at: int, key: tuple[str, ...], there: Texts, differing: Texts) -> Finding:
        label = f"{self.table.name}.csv"
        said = "; ".join(
            f"{n} is {there.get(n) or 'empty'} in the case, {t} in the import" for n, t in differing.items()
        )
        done = "the import's value was taken" if self.prefer is Prefer.NEW else "the case's was kept"
        remedy = "Check which is right." if self.prefer is Prefer.NEW else "Take the import's by preferring new."
        name = ", ".join(k for k in key if k)
        message = f"{name}: {said}; {done}."
        column = next(iter(differing))
        return Finding(
            "differing-row", Severity.WARNING, label, message, remedy, label, at + 2, column, differing[column]
        )
