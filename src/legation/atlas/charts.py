"""The chart of an atlas: who sends and who receives."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from legation.atlas.figures import Atlas, Sheet
from legation.reports.labels import place_labels
from legation.reports.projection import Point

SIDE, MARGIN, TOP, SIZE = 560.0, 46.0, 8.0, 11.5
STEP = 25
NAMED = 26  # States that stand out enough to be named


def balance_chart(atlas: Atlas) -> str:
    """Draw every State by whom it is present with and who is present with it; on the line both are equal."""
    top = STEP * (1 + max(max(s.embassies.count, s.hosted.count) for s in atlas.sheets) // STEP)
    spots = {s.state.name: _spot(s.embassies.count, s.hosted.count, top) for s in atlas.sheets}
    dots = "".join(
        f'<circle cx="{spots[s.state.name][0]:.1f}" cy="{spots[s.state.name][1]:.1f}" r="3.4">'
        f"<title>{escape(_told(s))}</title></circle>"
        for s in atlas.sheets
    )
    named = [(spots[s.state.name], s.state.name) for s in _outstanding(atlas.sheets)]
    frame = (MARGIN, TOP, MARGIN + SIDE + 60, SIDE + TOP)
    labels = place_labels(named, SIZE, frame, avoid=list(spots.values()), reach=1)
    names = "".join(
        f'<text x="{label.box[0]:.1f}" y="{label.box[3] - 3:.1f}">{escape(label.text)}</text>' for label in labels
    )
    text = (
        "Every State by the number of States it has an embassy or mission in, and of States that have one with it. "
        "The tables of largest networks and of most hosted States list the numbers."
    )
    return (
        f'<svg class="scatter" viewBox="0 0 {SIDE + MARGIN + 64:.0f} {SIDE + MARGIN + TOP:.0f}" role="img" '
        f'aria-label="{escape(text)}">{"".join(_axes(top))}<g class="dots">{dots}</g><g class="names">{names}</g></svg>'
    )


def _spot(abroad: float, here: float, top: float) -> Point:
    return MARGIN + abroad / top * SIDE, TOP + (1 - here / top) * SIDE


def _told(sheet: Sheet) -> str:
    return f"{sheet.state.name}: present in {sheet.embassies.count}, {sheet.hosted.count} present with it"


def _outstanding(sheets: tuple[Sheet, ...]) -> list[Sheet]:
    """Return the States with the largest numbers, and those whose two numbers differ most."""
    largest = sorted(sheets, key=lambda s: -(s.embassies.count + s.hosted.count))
    unequal = sorted(sheets, key=lambda s: -abs(s.embassies.count - s.hosted.count))
    return list(dict.fromkeys((*largest[: NAMED // 2], *unequal[: NAMED // 2])))


def _axes(top: int) -> Iterator[str]:
    """Yield the grid, the line of equal numbers and the headings."""
    left, bottom = _spot(0, 0, top)
    right, above = _spot(top, top, top)
    for value in range(0, top + 1, STEP):
        x, y = _spot(value, value, top)
        yield f'<path class="grid" d="M{x:.1f} {above:.1f}V{bottom:.1f}M{left:.1f} {y:.1f}H{right:.1f}"/>'
        yield f'<text class="tick" x="{x:.1f}" y="{bottom + 16:.1f}" text-anchor="middle">{value}</text>'
        yield f'<text class="tick" x="{left - 7:.1f}" y="{y + 4:.1f}" text-anchor="end">{value}</text>'
    yield f'<path class="equal" d="M{left:.1f} {bottom:.1f}L{right:.1f} {above:.1f}"/>'
    yield f'<text class="tick" x="{(left + right) / 2:.1f}" y="{bottom + 36:.1f}" text-anchor="middle">'
    yield "States it is present in</text>"
    middle = (above + bottom) / 2
    yield f'<text class="tick" transform="translate(12 {middle:.1f}) rotate(-90)" text-anchor="middle">'
    yield "States present with it</text>"
