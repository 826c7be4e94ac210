"""An atlas as plain data."""

from __future__ import annotations

from collections import Counter

from legation.atlas.figures import Atlas, Sheet
from legation.model import level


def as_data(atlas: Atlas, only: Sheet | None = None) -> dict[str, object]:
    """Return what the pages show as plain data: the figures of the world and of every State, or one whole sheet."""
    survey = atlas.survey
    head: dict[str, object] = {"record": survey.day, "warning": survey.warning, "sources": survey.sources}
    if only:
        return head | {"sheet": only}
    return head | {
        "forms": dict(atlas.forms),
        "pairs": {"mutual": atlas.mutual, "one_sided": atlas.one_sided, "neither": atlas.neither},
        "matrix": atlas.matrix,
        "expected": atlas.expected,
        "states": [_summary(s) for s in atlas.sheets],
    }


def _summary(sheet: Sheet) -> dict[str, object]:
    """Return the figures of one State; present_in and hosts: codes of States, covers: States covered by seat."""
    return {
        "code": sheet.state.code,
        "name": sheet.state.name,
        "subregion": sheet.state.subregion,
        "facts": sheet.facts,
        "posts": dict(Counter(e.post.form for e in sheet.abroad)),
        "present_in": [line.state for line in sheet.ledger if level(line.ours)],
        "hosts": [line.state for line in sheet.ledger if level(line.theirs)],
        "covers": {seat.resident: seat.covered for seat in sheet.covers},
        "note": sheet.note,
    }
