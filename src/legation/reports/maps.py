"""Draw the world map of a network as one self-contained SVG.

The shapes in `data/geometry.json` are already projected (see `tools/geometry.py`); this module
places posts, arcs, labels and a legend on them. Colours are custom properties with fallbacks, so the
page's stylesheet can switch between light and dark; text and symbols come in two sizes, of which the
stylesheet shows the one that can be read at the width of the screen.
"""

import csv
import json
import math
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib import resources
from typing import TypedDict, cast

from legation.reports.labels import Box, Label, leader, place_labels, text_width
from legation.reports.projection import HEIGHT, NORTH, SOUTH, WIDTH, Point, equal_earth, great_circle, project

PALETTE: Mapping[str, tuple[str, str]] = {  # name: (light, dark); one hue from none to resident, one accent each
    "sea": ("#f3f6f9", "#121922"),
    "grid": ("#e4eaf0", "#1d2733"),
    "border": ("#ffffff", "#121922"),
    "none": ("#dee1e4", "#2c353f"),
    "concurrent": ("#bad3ea", "#33526f"),
    "mission": ("#8ab3d9", "#4375a0"),
    "resident": ("#5a8dc0", "#5f93c2"),
    "own": ("#c8961a", "#e3b341"),
    "planned": ("#f0c4a4", "#85502f"),
    "hatch": ("#8a929b", "#77828e"),
    "ink": ("#14233a", "#f4f7fa"),
    "halo": ("#ffffff", "#0d131a"),
    "muted": ("#4d5966", "#aeb9c5"),
    "accent": ("#ad3a08", "#ff9d5f"),
}
FILLS = ("own", "resident", "mission", "concurrent", "planned", "none", "disputed")
ARCS = ("today", "new")
WIDE, NARROW = 1.0, 2.3  # how much larger text is drawn for a map as wide as a desk, or as a telephone
LABEL, LEGEND = 10.0, 10.5  # text sizes, in map units


class Unit(TypedDict, total=False):
    """One shape of the geometry file: a State, a dependency or a disputed area."""

    name: str
    path: str
    dot: list[float]


@dataclass(frozen=True, slots=True)
class Mark:
    """A post on the map; kinds are the forms of representation, and `planned`."""

    lon: float
    lat: float
    kind: str
    label: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Arc:
    """A great circle from a seat to a State it covers; kind `today` or `new`."""

    from_lon: float
    from_lat: float
    to_lon: float
    to_lat: float
    title: str = ""
    kind: str = "today"


@dataclass(frozen=True, slots=True)
class LegendItem:
    """A line of the legend: the class of a fill, mark or arc, and what it means."""

    symbol: str
    label: str


@dataclass(frozen=True, slots=True)
class Inset:
    """A crowded part of the world, drawn again larger below the map; bounds in degrees."""

    title: str
    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class View:
    """How the world map is moved and enlarged into a frame of the drawing."""

    scale: float
    dx: float
    dy: float
    frame: Box

    def place(self, lon: float, lat: float) -> Point:
        """Return where a place lies in the drawing."""
        x, y = equal_earth(lon, lat)
        return self.move(x, y)

    def move(self, x: float, y: float) -> Point:
        """Return where a point of the world map lies in the drawing."""
        return x * self.scale + self.dx, y * self.scale + self.dy

    def shows(self, point: Point, margin: float = 0.0) -> bool:
        """Tell whether a point of the drawing is inside the frame."""
        left, top, right, bottom = self.frame
        return left + margin <= point[0] <= right - margin and top + margin <= point[1] <= bottom - margin

    def sees(self, mark: Mark) -> bool:
        """Tell whether a mark is inside the frame."""
        return self.shows(self.place(mark.lon, mark.lat), 2)


WORLD = View(1.0, 0.0, 0.0, (0.0, 0.0, float(WIDTH), float(HEIGHT)))


def load_units() -> dict[str, Unit]:
    """Read the shapes of the world by code."""
    return cast("dict[str, Unit]", _geometry()["units"])


def notice() -> str:
    """Return the licence notice that goes with every copy of the shapes."""
    return cast("str", _geometry()["notice"])


def load_worldview() -> dict[str, str]:
    """Read which State each dependent or disputed unit is drawn as part of; empty where it is drawn apart."""
    text = _data("worldview.csv")
    return {row["unit"]: row["state"] for row in csv.DictReader(text.splitlines())}


def _geometry() -> dict[str, object]:
    return cast("dict[str, object]", json.loads(_data("geometry.json")))


def _data(name: str) -> str:
    return (resources.files("legation") / "data" / name).read_text(encoding="utf-8")


CIRCLE = "M-2.6 0a2.6 2.6 0 1 0 5.2 0a2.6 2.6 0 1 0-5.2 0z"
DIAMOND = "M0-3.6L3.6 0L0 3.6L-3.6 0z"
SQUARE = "M-2.4-2.4H2.4V2.4H-2.4z"
TRIANGLE = "M0-3.2L3.1 2.3H-3.1z"
CROSS = "M-.9-2.8H.9V-.9H2.8V.9H.9V2.8H-.9V.9H-2.8V-.9H-.9z"
RING = "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z"
SHAPES: Mapping[str, tuple[str, bool]] = {  # kind: (path, filled)
    "embassy": (CIRCLE, True),
    "diplomatic-mission": (CIRCLE, False),
    "permanent-mission": (SQUARE, True),
    "trade-representation": (TRIANGLE, True),
    "consulate-general": (DIAMOND, True),
    "consulate": (DIAMOND, False),
    "honorary-consulate": (TRIANGLE, False),
    "other": (CROSS, True),
}


def world_map(
    fills: Mapping[str, str],
    marks: Sequence[Mark],
    arcs: Sequence[Arc],
    legend: Sequence[LegendItem],
    title: str,
    description: str,
    *,
    insets: Sequence[Inset] = (),
    names: Mapping[str, str] | None = None,
    worldview: Mapping[str, str] | None = None,
) -> str:
    """Draw a network as an accessible inline `<svg>`.

    `fills` maps a unit (ISO3) to one of `FILLS`; `names` gives units their names in the reader's
    language; `worldview` (default: the packaged one) says with which State a unit is drawn.
    """
    units = load_units()
    seen = load_worldview() if worldview is None else worldview
    classes = {code: _fill_of(code, fills, seen) for code in units}
    called = {code: (names or {}).get(code, unit["name"]) for code, unit in units.items()}
    dots = {c: (called[c], (unit["dot"][0], unit["dot"][1]), classes[c]) for c, unit in units.items() if "dot" in unit}
    key = f"map-{zlib.crc32(repr((title, description, classes, marks, arcs)).encode()):08x}"
    views = [WORLD, *inset_views(insets)]
    bottom = views[-1].frame[3] + 8
    wide, narrow = (_legend(legend, bottom, size) for size in (WIDE, NARROW))
    more = math.ceil(max(0.0, narrow[1] - wide[1]) / 30)
    body = [
        f'<title id="{key}-t">{escape(title)}</title><desc id="{key}-d">{escape(description)}</desc>',
        _definitions(key, views),
        sea(),
        _land(units, classes, key, called),
        *(_inset(inset, view, key, n) for n, (inset, view) in enumerate(zip(insets, views[1:], strict=True), 1)),
        *(_overlay(view, f"{key}-c{n}", dots, marks, arcs, views[n + 1 :]) for n, view in enumerate(views)),
        *(_frame(inset, view) for inset, view in zip(insets, views[1:], strict=True)),
        f'<g class="map-wide">{wide[0]}</g><g class="map-narrow" display="none">{narrow[0]}</g>',
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="legation-map map-more-{more}" '
        f'viewBox="0 0 {WIDTH} {wide[1]:g}" role="img" aria-labelledby="{key}-t" aria-describedby="{key}-d" '
        f"font-family=\"system-ui, 'Noto Sans', 'DejaVu Sans', sans-serif\">" + "\n".join(body) + "</svg>"
    )


def plain(svg: str) -> str:
    """Replace custom properties by their fallbacks, for renderers that know only plain SVG."""
    return re.sub(r"var\(--[\w-]+, (#[0-9a-f]+)\)", r"\1", svg)


def _fill_of(code: str, fills: Mapping[str, str], worldview: Mapping[str, str]) -> str:
    """Return the class a unit is filled with: its State's, or `disputed` where it is drawn apart."""
    state = worldview.get(code, code)
    return fills.get(state, "none") if state else fills.get(code, "disputed")


def inset_views(insets: Sequence[Inset]) -> list[View]:
    """Lay the insets out in one row below the world, all equally high."""
    gap, bounds = 10.0, [_bounds(inset) for inset in insets]
    ratio = sum((right - left) / (bottom - top) for left, top, right, bottom in bounds)
    height = min(300.0, (WIDTH - gap * (len(insets) + 1)) / ratio) if insets else 0.0
    x, y = (WIDTH - height * ratio - gap * (len(insets) - 1)) / 2, HEIGHT + 20.0
    views = []
    for left, top, right, bottom in bounds:
        scale = height / (bottom - top)
        views.append(View(scale, x - left * scale, y - top * scale, (x, y, x + (right - left) * scale, y + height)))
        x = views[-1].frame[2] + gap
    return views


def _bounds(inset: Inset) -> Box:
    """Return the part of the world map that an inset shows: what lies within its middle lines."""
    middle_lon, middle_lat = (inset.west + inset.east) / 2, (inset.south + inset.north) / 2
    left, right = equal_earth(inset.west, middle_lat)[0], equal_earth(inset.east, middle_lat)[0]
    return left, equal_earth(middle_lon, inset.north)[1], right, equal_earth(middle_lon, inset.south)[1]


def _definitions(key: str, views: Sequence[View]) -> str:
    """Define the hatching of disputed units and a clipping frame for each view."""
    hatch = (
        f'<pattern id="{key}-h" width="3" height="3" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="3" height="3" fill="{paint("none")}"/>'
        f'<rect width="1" height="3" fill="{paint("hatch")}"/></pattern>'
    )
    clips = (f'<clipPath id="{key}-c{n}">{_rect(view.frame)}</clipPath>' for n, view in enumerate(views))
    return f"<defs>{hatch}{''.join(clips)}</defs>"


def sea() -> str:
    """Draw the globe and its grid, every thirty degrees."""
    edge = [project(180, lat) for lat in range(int(NORTH), int(SOUTH) - 1, -3)]
    outline = edge + [(WIDTH - x, y) for x, y in reversed(edge)]
    meridians = [[project(turn, lat) for lat in range(int(NORTH), int(SOUTH) - 1, -3)] for turn in range(-150, 180, 30)]
    parallels = [[project(turn, lat) for turn in (-180, 180)] for lat in range(-30, 90, 30)]
    return (
        f'<path class="map-sea" fill="{paint("sea")}" d="{_line(outline)}z"/>'
        f'<path class="map-grid" fill="none" stroke="{paint("grid")}" stroke-width=".7" '
        f'd="{"".join(map(_line, meridians + parallels))}"/>'
    )


def _land(units: Mapping[str, Unit], classes: Mapping[str, str], key: str, names: Mapping[str, str]) -> str:
    """Draw every unit, grouped by class."""
    groups = []
    for kind in sorted(set(classes.values())):
        paths = (
            f'<path data-unit="{code}" d="{unit["path"]}"><title>{escape(names[code])}</title></path>'
            for code, unit in units.items()
            if classes[code] == kind
        )
        groups.append(f'<g class="map-{escape(kind)}" fill="{_fill(kind, key)}">{"".join(paths)}</g>')
    return (
        f'<g stroke-width=".5"><g id="{key}-l" class="map-land" stroke="{paint("border")}" '
        f'stroke-linejoin="round">{"".join(groups)}</g></g>'
    )


def _inset(inset: Inset, view: View, key: str, number: int) -> str:
    """Draw the land of an inset: the world's, enlarged."""
    return (
        f'<g class="map-inset" clip-path="url(#{key}-c{number})">{_rect(view.frame, paint("sea"))}'
        f'<use href="#{key}-l" transform="translate({view.dx:.2f} {view.dy:.2f}) scale({view.scale:.3f})" '
        f'stroke-width="{0.7 / view.scale:.2f}"><title>{escape(inset.title)}</title></use></g>'
    )


def _frame(inset: Inset, view: View) -> str:
    """Draw the frame and the heading of an inset."""
    left, top, right, bottom = view.frame
    heading = (
        f'<text x="{left:.1f}" y="{top - 5:.1f}" font-size="{LEGEND:g}" font-weight="600" '
        f'fill="{paint("muted")}">{escape(inset.title)}</text>'
    )
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top:.1f}" fill="none" '
        f'stroke="{paint("grid")}"/><g class="map-wide">{heading}</g>'
    )


def _overlay(
    view: View,
    clip: str,
    dots: Mapping[str, tuple[str, Point, str]],
    marks: Sequence[Mark],
    arcs: Sequence[Arc],
    closer: Sequence[View],
) -> str:
    """Draw what lies on the land of a view: small States, arcs, marks and labels."""
    ranked = sorted(marks, key=lambda mark: mark.kind == "planned")
    spots = _spread([view.place(mark.lon, mark.lat) for mark in ranked])
    shown = [(mark, spot) for mark, spot in zip(ranked, spots, strict=True) if view.shows(spot, 2)]
    small = "".join(_dot(code, view.move(*spot), kind, name) for code, (name, spot, kind) in dots.items())
    return (
        f'<g clip-path="url(#{clip})"><g stroke="{paint("border")}" stroke-width=".5">{small}</g>'
        f'<g class="map-arcs" fill="none">{"".join(_arc(arc, view) for arc in arcs)}</g></g>'
        f'<g class="map-marks">{"".join(_mark(mark, spot) for mark, spot in shown)}</g>'
        f'<g class="map-labels">{_labels(shown, view, closer)}</g>'
    )


def _spread(spots: Iterable[Point]) -> list[Point]:
    """Move marks that would hide each other a little to the right."""
    result: list[Point] = []
    for spot in spots:
        free = spot
        while any(math.dist(free, other) < 2.5 for other in result):
            free = (free[0] + 5, free[1])
        result.append(free)
    return result


def _dot(code: str, spot: Point, kind: str, name: str) -> str:
    """Draw a State too small to be seen."""
    return (
        f'<circle class="map-{escape(kind)}" data-unit="{code}" fill="{_fill(kind, "")}" r="2" '
        f'cx="{spot[0]:.1f}" cy="{spot[1]:.1f}"><title>{escape(name)}</title></circle>'
    )


def _arc(arc: Arc, view: View) -> str:
    """Draw the great circle of an arc."""
    lines = great_circle((arc.from_lon, arc.from_lat), (arc.to_lon, arc.to_lat))
    path = "".join(_line([view.move(*point) for point in line]) for line in lines)
    return f'<path {_arc_style(arc.kind)} d="{path}"><title>{escape(arc.title)}</title></path>'


def _arc_style(kind: str) -> str:
    """Return the attributes of an arc: new ones are accented and dashed."""
    colour, dash = ("accent", ' stroke-dasharray="4 2.5"') if kind == "new" else ("ink", "")
    return f'class="map-arc map-{escape(kind)}" stroke="{paint(colour)}" stroke-width=".9" stroke-opacity=".7"{dash}'


def _mark(mark: Mark, spot: Point) -> str:
    """Draw a post with its title."""
    return (
        f'<g class="map-mark map-{escape(mark.kind)}" transform="translate({spot[0]:.1f} {spot[1]:.1f})">'
        f"<title>{escape(mark.title or mark.label)}</title>{_symbol(mark.kind)}</g>"
    )


def _symbol(kind: str) -> str:
    """Draw the shape of a kind of post around the origin."""
    if kind == "planned":
        return (
            f'<path class="map-shape" d="{RING}" fill="{paint("halo")}" fill-opacity=".75" '
            f'stroke="{paint("accent")}" stroke-width="1.6"/>'
            f'<path class="map-shape" d="{CIRCLE}" fill="{paint("accent")}"/>'
        )
    path, filled = SHAPES.get(kind, SHAPES["other"])
    fill, stroke, width = ("ink", "halo", 0.9) if filled else ("halo", "ink", 1.3)
    return f'<path class="map-shape" d="{path}" fill="{paint(fill)}" stroke="{paint(stroke)}" stroke-width="{width}"/>'


def _labels(shown: Sequence[tuple[Mark, Point]], view: View, closer: Sequence[View]) -> str:
    """Label a view in both sizes; a closer view, and a wide screen, leave room to label what is not planned."""
    planned = [
        (spot, mark.label)
        for mark, spot in shown
        if mark.kind == "planned" and mark.label and not any(other.sees(mark) for other in closer)
    ]
    today = {
        mark.label: spot
        for mark, spot in reversed(shown)
        if mark.kind != "planned" and mark.label and not any(other.sees(mark) for other in closer)
    }
    groups = []
    for size, visibility in ((WIDE, 'class="map-wide"'), (NARROW, 'class="map-narrow" display="none"')):
        others = [spot for mark, spot in shown if mark.kind != "planned"]
        rings = [(x - 7, y - 7, x + 7, y + 7) for mark, (x, y) in shown if mark.kind == "planned"]
        first = place_labels(planned, LABEL * size, view.frame, avoid=others, blocked=rings, bold=True)
        texts = [_label(label, LABEL * size, "accent", "700") for label in first]
        if size == WIDE:
            blocked = rings + [label.box for label in first]
            wanted = [(spot, text) for text, spot in reversed(today.items())]
            later = place_labels(wanted, LABEL * 0.85, view.frame, avoid=others, blocked=blocked, reach=2)
            texts += [_label(label, LABEL * 0.85, "ink", "400") for label in later]
        groups.append(f"<g {visibility}>{''.join(texts)}</g>")
    return "".join(groups)


def _label(label: Label, size: float, colour: str, weight: str) -> str:
    """Draw a label, and a line to its point where it is not beside it."""
    left, _, right, bottom = label.box
    x, line = label.anchor[0], leader(label.box, label.anchor)
    drawn = ""
    if math.dist(*line) > 0.9 * size:
        drawn = f'<path d="{_line(line)}" stroke="{paint(colour)}" stroke-width="{0.09 * size:.2g}"/>'
    anchor, at = ("start", left) if left > x else ("end", right) if right < x else ("middle", (left + right) / 2)
    return drawn + _text(label.text, (at, bottom - 0.28 * size), anchor, size, colour, weight)


def _text(text: str, spot: Point, anchor: str, size: float, colour: str, weight: str) -> str:
    """Write a text at a spot, with a halo that keeps it legible on any ground."""
    return (
        f'<text x="{spot[0]:.1f}" y="{spot[1]:.1f}" text-anchor="{anchor}" font-size="{size:g}" '
        f'font-weight="{weight}" fill="{paint(colour)}" '
        f'stroke="{paint("halo")}" stroke-width="{size / 4:g}" stroke-linejoin="round" paint-order="stroke">'
        f"{escape(text)}</text>"
    )


def _legend(items: Sequence[LegendItem], top: float, size: float) -> tuple[str, float]:
    """Lay the legend out in columns; return it and where it ends."""
    if not items:
        return "", top
    widest = max(text_width(item.label, LEGEND * size) for item in items) + 24 * size
    columns = max(1, math.floor((WIDTH - 16) / widest))
    drawn = []
    for index, item in enumerate(items):
        row, column = divmod(index, columns)
        x, y = 8 + column * (WIDTH - 16) / columns, top + (9 + 17 * row) * size
        drawn.append(
            f'<g transform="translate({x + 8 * size:.1f} {y:.1f}) scale({size:g})">{_key(item.symbol)}</g>'
            f'<text x="{x + 19 * size:.1f}" y="{y + 3.7 * size:.1f}" font-size="{LEGEND * size:g}" '
            f'fill="{paint("muted")}">{escape(item.label)}</text>'
        )
    return "".join(drawn), top + 17 * size * math.ceil(len(items) / columns) + 2


def _key(symbol: str) -> str:
    """Draw the symbol of a legend line."""
    if symbol in ARCS:
        return f'<path {_arc_style(symbol)} d="M-8 2Q0-5 8 2" fill="none"/>'
    if symbol not in FILLS:
        return _symbol(symbol)
    swatch = f'<rect x="-8" y="-5" width="16" height="10" rx="1" fill="{_fill(symbol, "")}"/>'
    hatch = f'<path d="M-6 5L2-5M-1 5L7-5" stroke="{paint("hatch")}"/>' if symbol == "disputed" else ""
    return swatch + hatch + (_symbol(symbol) if symbol == "planned" else "")


def _fill(kind: str, key: str) -> str:
    """Return the paint of a class; disputed units are hatched where a pattern is at hand."""
    if kind == "disputed":
        return f"url(#{key}-h)" if key else paint("none")
    return paint(kind)


def paint(name: str) -> str:
    """Return a custom property with its light value as fallback."""
    return f"var(--map-{name}, {PALETTE[name][0]})"


def _line(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _rect(box: Box, fill: str = "") -> str:
    left, top, right, bottom = box
    ground = f' fill="{fill}"' if fill else ""
    return f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top:.1f}"{ground}/>'


def stylesheet() -> str:
    """Return the style of maps: light, dark, and larger text on narrow screens."""
    light, dark = ("".join(f"--map-{name}:{pair[side]};" for name, pair in PALETTE.items()) for side in (0, 1))
    rooms = "".join(f".legation-map.map-more-{n}{{margin-bottom:{n * 3}%}}" for n in range(1, 25))
    return f"""\
.legation-map{{{light}display:block;width:100%;height:auto;overflow:visible}}
.legation-map .map-land path:hover{{filter:brightness(.93)}}
.legation-map .map-mark:hover .map-shape{{stroke-width:2}}
@media screen and (prefers-color-scheme:dark){{:root:not([data-theme="light"]) .legation-map{{{dark}}}}}
@media screen{{:root[data-theme="dark"] .legation-map{{{dark}}}}}
@media screen and (max-width:640px){{
.legation-map .map-wide{{display:none}}
.legation-map .map-narrow{{display:inline}}
.legation-map .map-marks .map-shape{{transform:scale(1.5)}}
.legation-map .map-arc{{stroke-width:1.6}}
{rooms}
}}
"""
