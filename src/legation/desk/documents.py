"""Papers: the plan as a report in the formats people read, and the files that prove it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from legation import __version__, codec
from legation.affinity.practice import ABSENT, oddities
from legation.atlas.figures import Atlas, Sheet, compile_atlas
from legation.atlas.reading import survey_of
from legation.cases.announced import announced_statistics
from legation.desk.affinity import presence_chances
from legation.desk.cases import Opened
from legation.desk.completeness import completeness, sentences
from legation.desk.gaps import chances
from legation.desk.proofs import Planned
from legation.desk.worldrecord import state_of
from legation.errors import Finding
from legation.model import Facts, Track
from legation.planning.brief import Kind
from legation.reports.content import build
from legation.reports.figures import Judged, Paper
from legation.sources import World


class Format(StrEnum):
    """Formats of a report."""

    HTML = "html"
    TEXT = "text"
    XLSX = "xlsx"


def paper(opened: Opened, planned: Planned) -> Paper:
    """Put together what a report is made of."""
    stated = planned.announced
    return Paper(
        opened.case,
        replace(opened.draft, findings=(*_still(opened, planned), *practice_of_plan(opened, planned))),
        planned.plan,
        planned.digest,
        statistics=announced_statistics(opened.case),
        announced=Judged(stated.plan, stated.comparison) if stated else None,
        version=__version__,
    )


def practice_of_plan(opened: Opened, planned: Planned) -> tuple[Finding, ...]:
    """Return the openings of a plan that practice finds unusual, by the facts on affinity that a case may hold."""
    case, opening = opened.case, _opening(planned)
    names = {s.code: s.name for s in case.states}
    return oddities(Facts(case.facts), names, opening, case.as_of.year)


def of_today(opened: Opened) -> tuple[Finding, ...]:
    """Return the findings of a case that no plan can end: absences are told once there is one."""
    return tuple(f for f in opened.findings if f.code != ABSENT)


def absent_still(made: Paper) -> tuple[Finding, ...]:
    """Return where practice would have us and we are not, after the plan too."""
    return tuple(f for f in made.draft.findings if f.code == ABSENT)


def _still(opened: Opened, planned: Planned) -> tuple[Finding, ...]:
    """Return the findings of a case but for absences that its plan ends."""
    ended = _opening(planned)
    return tuple(f for f in opened.draft.findings if f.code != ABSENT or f.subject not in ended)


def _opening(planned: Planned) -> dict[str, int]:
    """Return the year in which a plan opens a mission, by State."""
    states = {s.id: s.state for s in planned.problem.sites if s.track is Track.DIPLOMATIC}
    return {states[m.site]: m.year for m in planned.plan.measures if m.kind is Kind.ESTABLISH and m.site in states}


def rendered(made: Paper, kind: Format) -> str:
    """Return a report as a page of HTML or as plain text; the text judges the announced plan if it was asked for."""
    document = build(made)
    if kind is Format.HTML:
        from legation.reports.html import as_html

        return as_html(document)
    from legation.reports.text import as_text

    wanted = {"announced"} if made.announced else set()
    sections = tuple(replace(s, essential=s.essential or s.id in wanted) for s in document.sections)
    return as_text(replace(document, sections=sections))


def write(made: Paper, target: Path, kind: Format) -> Path:
    """Write a report in one format and return its path; folders on the way are made."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if kind is Format.XLSX:
        from legation.reports.xlsx import write_xlsx

        write_xlsx(made, target)
    else:
        target.write_text(rendered(made, kind), encoding="utf-8")
    return target


FORMATS = {".html": Format.HTML, ".xlsx": Format.XLSX, ".txt": Format.TEXT}


def format_of(target: Path | None) -> Format:
    """Return the format that the name of a file asks for; a page of HTML where it asks for none."""
    return FORMATS.get(target.suffix.lower(), Format.HTML) if target else Format.HTML


def save(made: Paper, planned: Planned, target: Path) -> tuple[Path, ...]:
    """Write into a folder the report for reading, for calculating and for checking; into a file what its name asks for.

    Return the paths. A name ending in .json asks for the plan, one in .html, .xlsx or .txt for the report.
    """
    suffix = target.suffix.lower()
    if suffix == ".json":
        return (dump(planned.plan, target),)
    if suffix in FORMATS:
        return (write(made, target, FORMATS[suffix]),)
    proof: dict[str, object] = {"problem.json": planned.problem, "plan.json": planned.plan}
    if planned.announced:
        proof |= {"announced-problem.json": planned.announced.problem, "announced-plan.json": planned.announced.plan}
    return (
        write(made, target / "report.html", Format.HTML),
        write(made, target / "plan.xlsx", Format.XLSX),
        *(dump(value, target / name) for name, value in proof.items()),
    )


def dump(value: object, target: Path) -> Path:
    """Write a value as JSON and return its path."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(codec.dump(value), encoding="utf-8")
    return target


def atlas_of(world: World) -> Atlas:
    """Return the atlas of the record: how complete it likely is of every State, and where affinity would have whom."""
    names = {s.code: s.name for s in world.states}
    pattern = chances(world)
    posts, covers = (_by_sender(rows) for rows in (world.posts, world.accreditations))
    notes = {}
    for state in world.states:
        own = replace(world, posts=tuple(posts[state.code]), accreditations=tuple(covers[state.code]))
        share, *_, missing = sentences(completeness(state, own, pattern), names)
        notes[state.code] = f"{share} {missing}"
    return compile_atlas(survey_of(world, notes), presence_chances(world))


def _by_sender(rows: Iterable[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        found[row["sender"]].append(row)
    return found


def atlas_sheet(atlas: Atlas, name: str) -> Sheet:
    """Return the sheet of a State by its code or name; raise NotFoundError where there is no such State."""
    code = state_of(name, atlas.survey.states).code
    return next(s for s in atlas.sheets if s.state.code == code)


def atlas_page(atlas: Atlas, only: Sheet | None = None) -> str:
    """Return the atlas, or one sheet of it, as a page that fetches nothing."""
    from legation.atlas.page import as_html, sheet_as_html

    return sheet_as_html(atlas, only, __version__) if only else as_html(atlas, __version__)
