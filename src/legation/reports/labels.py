"""Place labels on a map so that none covers another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from legation.reports.projection import Point

Box = tuple[float, float, float, float]  # left, top, right, bottom
HIDING, LONGEST = 12.0, 8.0  # what it costs to hide a point; what a label may cost for each step of its reach
TURNS = (
    (1, 0),
    (-1, 0),
    (0, -1),
    (0, 1),
    (1, -1),
    (1, 1),
    (-1, -1),
    (-1, 1),
    (0.5, -1),
    (0.5, 1),
    (-0.5, -1),
    (-0.5, 1),
)


@dataclass(frozen=True, slots=True)
class Label:
    """A text and where it was placed; `anchor` is the point it names."""

    text: str
    box: Box
    anchor: Point


def place_labels(
    wanted: Sequence[tuple[Point, str]],
    size: float,
    frame: Box,
    *,
    avoid: Sequence[Point] = (),
    blocked: Sequence[Box] = (),
    bold: bool = False,
    reach: int = 7,
) -> list[Label]:
    """Place labels near their points so that none covers another, nor what is blocked, and few points to avoid.

    The first in the list choose first. A label without room within `reach` steps, or only at the price
    of hiding too much, is left out: its mark still has a title. One that stands off is to be joined to its
    point by a line, which must not cross another label either.
    """
    taken = list(blocked)
    placed: list[Label] = []
    for point, text in wanted:
        others = [spot for spot in avoid if spot != point]
        choices = [
            (cost + HIDING * sum(_within(spot, box) for spot in others), box)
            for cost, box in _candidates(point, text_width(text, size, bold=bold), size, reach)
            if _inside(box, frame) and not any(_overlap(box, other) for other in taken)
        ]
        choices = [c for c in choices if not any(_crosses(leader(c[1], point), label.box) for label in placed)]
        if choices and min(choices)[0] <= LONGEST * reach:
            placed.append(Label(text, min(choices)[1], point))
            taken.append(placed[-1].box)
    return placed


def leader(box: Box, point: Point) -> tuple[Point, Point]:
    """Return the line from the edge of a label to its point."""
    left, top, right, bottom = box
    return (min(max(point[0], left), right), min(max(point[1], top), bottom)), point


def _candidates(point: Point, width: float, size: float, reach: int) -> Iterator[tuple[float, Box]]:
    """Yield boxes around a point with what each costs: near and to the right is best."""
    height = size * 1.1
    for step in range(reach):
        away = size * (0.8 + 0.6 * step)
        for turn, (east, south) in enumerate(TURNS):
            slant = 0.75 if east and south else 1.0
            x = point[0] + east * (away * slant + width / 2)
            y = point[1] + south * (away * slant + height / 2)
            yield step * 5 + turn / 4, (x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Estimate how wide a text is; rather too wide, since the reader's font is not known."""
    wide = sum(letter > "\u02ff" or letter.isupper() or letter.isdigit() for letter in text)
    return size * (0.59 * len(text) + 0.06 * wide) * (1.13 if bold else 1.0)


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _crosses(line: tuple[Point, Point], box: Box) -> bool:
    """Tell whether a line runs through a box, looking at twenty places of it."""
    (x, y), (to_x, to_y) = line
    steps = (n / 20 for n in range(1, 20))
    return any(box[0] < x + t * (to_x - x) < box[2] and box[1] < y + t * (to_y - y) < box[3] for t in steps)


def _inside(box: Box, frame: Box) -> bool:
    return frame[0] <= box[0] and frame[1] <= box[1] and box[2] <= frame[2] and box[3] <= frame[3]


def _within(point: Point, box: Box) -> bool:
    """Tell whether a box covers a point, or stands so near that it would seem to name it."""
    return box[0] - 5 < point[0] < box[2] + 5 and box[1] - 2 < point[1] < box[3] + 2
