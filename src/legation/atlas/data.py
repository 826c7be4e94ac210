"""An atlas as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from legation.atlas.figures import Atlas, Cell, Gap, Sheet
from legation.model import Fact, Source, level
from legation.values import value


@value
class Pairs:
    """Unordered pairs of States with an embassy or mission on both sides, on one, on none."""

    mutual: int
    one_sided: int
    neither: int


@value
class StateFigures:
    """The figures of one State.

    posts: how many it has abroad, by form; present_in, hosts: codes of States in which it has an embassy or mission,
    and that have one with it; covers: codes of the States it covers, by the State from which it does
    """

    code: str
    name: str
    subregion: str
    facts: tuple[Fact, ...]
    posts: Mapping[str, int]
    present_in: tuple[str, ...]
    hosts: tuple[str, ...]
    covers: Mapping[str, tuple[str, ...]]
    note: str


@value
class WorldFigures:
    """The figures of the world.

    record: the day of the record; warning: what it is known to lack; forms: posts by form
    matrix: who hosts whom by subregion; expected: pairs without a presence that is most to be expected
    """

    record: str
    warning: str
    sources: tuple[Source, ...]
    forms: Mapping[str, int]
    pairs: Pairs
    matrix: tuple[Cell, ...]
    expected: tuple[Gap, ...]
    states: tuple[StateFigures, ...]


@value
class SheetFigures:
    """All an atlas tells of one State; record: the day of the record; warning: what it is known to lack."""

    record: str
    warning: str
    sources: tuple[Source, ...]
    sheet: Sheet


def as_data(atlas: Atlas, only: Sheet | None = None) -> WorldFigures | SheetFigures:
    """Return what the pages show as plain data: the figures of the world and of every State, or one whole sheet."""
    return sheet_data(atlas, only) if only else world_data(atlas)


def sheet_data(atlas: Atlas, sheet: Sheet) -> SheetFigures:
    """Return one sheet, and what it rests on."""
    return SheetFigures(atlas.survey.day, atlas.survey.warning, atlas.survey.sources, sheet)


def world_data(atlas: Atlas) -> WorldFigures:
    """Return the figures of the world and of every State."""
    survey = atlas.survey
    return WorldFigures(
        survey.day,
        survey.warning,
        survey.sources,
        {form.value: count for form, count in atlas.forms},
        Pairs(atlas.mutual, atlas.one_sided, atlas.neither),
        atlas.matrix,
        atlas.expected,
        tuple(map(_summary, atlas.sheets)),
    )


def _summary(sheet: Sheet) -> StateFigures:
    return StateFigures(
        sheet.state.code,
        sheet.state.name,
        sheet.state.subregion,
        sheet.facts,
        {form.value: count for form, count in Counter(e.post.form for e in sheet.abroad).items()},
        tuple(line.state for line in sheet.ledger if level(line.ours)),
        tuple(line.state for line in sheet.ledger if level(line.theirs)),
        {seat.resident: seat.covered for seat in sheet.covers},
        sheet.note,
    )
