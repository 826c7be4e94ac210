"""Reading: from a folder, a workbook or the name of a packaged case to a case, with every fault at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from legation.cases.case import Case, Settings
from legation.codec import suggest
from legation.errors import Finding, InvalidError, NotFoundError, Severity
from legation.model import Prices, State
from legation.planning.brief import Brief
from legation.sources.folder import Raw, read_folder, read_sheet
from legation.sources.records import of_foreign_posts, of_posts, of_table
from legation.sources.references import Declarations, Lines, check_tables, known_names
from legation.sources.rows import Line, read
from legation.sources.tables import TABLES
from legation.sources.toml import CaseFile, Declared, read_toml
from legation.sources.workbook import read_workbook
from legation.sources.world import CASES, DATA, load_states, packaged

WORKBOOKS = (".xlsx", ".xlsm")


def read_case(source: str | Path) -> tuple[Case, tuple[Finding, ...]]:
    """Read a case and its warnings; raise InvalidError with every error of every file, or NotFoundError."""
    path = locate(source)
    return understand(read_raw(path), path.name)


def understand(raw: Raw, name: str) -> tuple[Case, tuple[Finding, ...]]:
    """Make a case of its texts, and its warnings; raise InvalidError with every error of every file."""
    declared = read_toml(raw.toml, raw.label) if raw.toml is not None else Declared(None, ())
    lines, found = _understood(raw, declared)
    errors = tuple(f for f in found if f.severity is Severity.ERROR)
    if errors or declared.file is None:
        told = "1 fault" if len(errors) == 1 else f"{len(errors)} faults"
        raise InvalidError(f"{name} is no usable case: {told}.", errors, hint="Correct what is named and try again.")
    return _case(declared.file, lines), tuple(found)


def locate(source: str | Path) -> Path:
    """Return where a case is: a path that exists, or the folder of a packaged case of that name."""
    path = Path(source)
    if path.exists():
        return path
    if str(source) in packaged():
        return CASES / str(source)
    names = ", ".join(packaged())
    hint = f"Give a folder, a workbook (.xlsx), or the name of a case that comes with Legation: {names}."
    raise NotFoundError(f"There is no case '{source}'{suggest(path.name, packaged()) or '.'}", hint=hint)


def read_raw(path: Path) -> Raw:
    """Read the texts of a case; raise InvalidError where there is none to read."""
    if path.is_dir():
        raw = read_folder(path)
        if not raw.sheets and raw.toml is None and not any(f.code == "unreadable-file" for f in raw.findings):
            message = (
                f"The folder {path.resolve().name} holds no case: there is neither case.toml nor any of its tables."
            )
            found = Finding("missing-file", Severity.ERROR, path.name, message, HELP, file="case.toml", value=path.name)
            raise InvalidError(message, (found,), hint=HELP)
        return raw
    if path.suffix.lower() in WORKBOOKS:
        return read_workbook(path)
    message = f"{path.name} is neither a folder nor a workbook (.xlsx)."
    remedy = "Name the folder that holds case.toml, or save the workbook as .xlsx."
    found = Finding("unreadable-file", Severity.ERROR, path.name, message, remedy, file=path.name, value=path.suffix)
    raise InvalidError(message, (found,), hint=remedy)


HELP = f"A case has the files {', '.join(['case.toml', *(f'{t.name}.csv' for t in TABLES.values() if t.needed)])}."


def _understood(raw: Raw, declared: Declared) -> tuple[Lines, list[Finding]]:
    """Read every table against what the others name."""
    settings = declared.file.settings if declared.file else Settings()
    known = known_names(raw.sheets, load_states(), dict(settings.points))
    found = [*raw.findings, *declared.findings]
    unreadable = {f.file for f in raw.findings}
    lines: dict[str, Sequence[Line]] = {}
    for name, sheet in raw.sheets.items():
        if sheet.label not in unreadable:
            lines[name], faults = read(TABLES[name], sheet, known)
            found += faults
    found += check_tables(raw.sheets, lines, declared.file, _own_sources())
    if declared.file:
        found += Declarations(declared.file, declared.text, raw.label, known, lines).faults()
    return lines, found


@cache
def _own_sources() -> tuple[str, ...]:
    """Return the ids of the sources of the product's own tables."""
    sheet, _ = read_sheet(DATA / "sources.csv")
    return tuple(sheet.column("id")) if sheet else ()


def _case(file: CaseFile, lines: Lines) -> Case:
    price = file.prices
    prices = Prices(file.currency, file.price_year, price.index, price.rates, price.growth, price.source)
    return Case(
        name=file.name,
        title=file.title,
        sender=file.sender,
        as_of=file.as_of,
        prices=prices,
        brief=Brief(file.years, file.rules, file.discount_rate),
        posts=of_posts(lines["posts"], file.sender),
        foreign_posts=of_foreign_posts(lines["foreign_posts"], file.sender),
        accreditations=of_table("accreditations", lines["accreditations"]),
        facts=of_table("facts", lines["facts"]),
        places=of_table("sites", lines["sites"]),
        costs=of_table("costs", lines["costs"]),
        interests=of_table("interests", lines.get("interests", ())),
        services=of_table("services", lines.get("services", ())),
        announced=of_table("announced", lines.get("announced", ())),
        events=of_table("events", lines.get("events", ())),
        criteria=file.criteria,
        settings=file.settings,
        mandate=file.mandate,
        sources=file.sources,
        states=_world(of_table("states", lines.get("states", ()))),
        notes=file.notes,
        law=file.law,
        claims=file.claims,
        organisations=file.organisations,
    )


def _world(own: Sequence[State]) -> tuple[State, ...]:
    """Return the product's States, with those of the case in their places or added."""
    states = {s.code: s for s in load_states()} | {s.code: s for s in own}
    return tuple(states.values())
