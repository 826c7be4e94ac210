"""The pictures of an atlas: the world drawn once, and used by every map.

Every State is one group of shapes with an id; a map shades a State by using it again under another colour. So
two hundred maps cost little more than one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise
from math import hypot

from legation.atlas.figures import Sheet
from legation.atlas.survey import Entry
from legation.model import EMBASSIES, Form, State, level
from legation.reports.charts import INSETS
from legation.reports.maps import SHAPES, View, inset_views, load_units, load_worldview, sea
from legation.reports.projection import HEIGHT, WIDTH, Point, equal_earth, great_circle

STEPS = (1, 10, 25, 50, 75, 100)
"""Least number of each class of a map in steps; less than the first is a class of its own."""

CLOSE = (INSETS[0], INSETS[1], INSETS[4])
VIEWS = inset_views(CLOSE)
STRAIGHT = 120.0  # map units below which one curve through the middle is as good as the great circle
SHORT = {
    "embassy": "e",
    "diplomatic-mission": "d",
    "consulate-general": "g",
    "consulate": "c",
    "honorary-consulate": "h",
    "permanent-mission": "m",
    "trade-representation": "t",
    "other": "o",
}
"""Ids of the marks: short, because they are used ten thousand times."""


def definitions(states: Mapping[str, State]) -> str:
    """Return what every map uses: the sea, each State under its name, the marks, the frames of the enlarged parts."""
    shapes, apart = _shapes()
    groups = "".join(
        f'<g id="u{code}"><title>{escape(states[code].name)}</title>{"".join(shapes[code])}</g>' for code in shapes
    )
    marks = "".join(_mark(form, id_) for form, id_ in SHORT.items())
    frames = "".join(f'<clipPath id="f{n}">{_frame(view)}</clipPath>' for n, view in enumerate(VIEWS))
    hatch = (
        '<pattern id="hatch" width="3" height="3" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect class="none" width="3" height="3"/><rect class="stripe" width="1" height="3"/></pattern>'
    )
    return (
        f'<svg class="defs legation-map" width="0" height="0" aria-hidden="true" focusable="false"><defs>{hatch}'
        f'{frames}<g id="sea">{sea()}</g>{marks}<g id="land"><g class="none">{groups}</g>'
        f'<g fill="url(#hatch)">{"".join(apart)}</g></g></defs></svg>'
    )


def _shapes() -> tuple[dict[str, list[str]], list[str]]:
    """Return the shapes of each State with all that is drawn as part of it, and those drawn apart."""
    seen, apart = load_worldview(), list[str]()
    states: dict[str, list[str]] = defaultdict(list)
    for code, unit in load_units().items():
        shapes = [f'<path d="{unit["path"]}"/>'] if "path" in unit else []
        if "dot" in unit:
            shapes.append('<circle cx="{:.1f}" cy="{:.1f}" r="2"/>'.format(*unit["dot"]))
        state = seen.get(code, code)
        (states[state] if state else apart).extend(shapes)
    return states, apart


def _mark(form: str, id_: str) -> str:
    path, filled = SHAPES[form]
    return f'<g id="{id_}"><path class="mark {"full" if filled else "open"}" d="{path}"/></g>'


def mark_of(form: Form) -> str:
    """Return the id of the mark of a form; embassies of every size have one."""
    return SHORT["embassy"] if form in EMBASSIES else SHORT.get(form, SHORT["other"])


def _frame(view: View) -> str:
    left, top, right, bottom = view.frame
    return f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top:.1f}"/>'


def network_map(sheet: Sheet, states: Mapping[str, State]) -> str:
    """Draw the network of one State: where it is, from where it covers whom, and the crowded parts again larger."""
    code = sheet.state.code
    shades: dict[str, list[str]] = {"concurrent": [], "mission": [], "resident": [], "own": [code]}
    for line in sheet.ledger:
        if level(line.ours):
            shades["resident" if level(line.ours) > 1 else "mission"].append(line.state)
        elif line.covered_from:
            shades["concurrent"].append(line.state)
    body = "".join(_shaded(kind, map(_used, codes)) for kind, codes in shades.items() if codes)
    body += f'<path class="arcs" d="{_arcs(sheet, states)}"/>{"".join(_marks(sheet, states))}'
    name = sheet.state.name
    text = (
        f"World map of the posts of {name}. States it is present in: {sheet.embassies.count}; covered from elsewhere: "
        f"{len(shades['concurrent'])}. The tables below name them all."
    )
    return _map(f"m{code}", body, text, VIEWS)


def _map(id_: str, body: str, text: str, views: Sequence[View] = ()) -> str:
    """Put a map together: the land, what lies on it, and parts of the same picture enlarged below."""
    bottom = views[-1].frame[3] + 4 if views else HEIGHT
    parts = "".join(
        f'<g clip-path="url(#f{n})"><use href="#{id_}" class="near" '
        f'transform="translate({v.dx:.1f} {v.dy:.1f}) scale({v.scale:.2f})"/></g><g class="frame">{_frame(v)}</g>'
        for n, v in enumerate(views)
    )
    return (
        f'<svg class="legation-map" viewBox="0 0 {WIDTH} {bottom:.0f}" preserveAspectRatio="xMidYMin slice" '
        f'role="img" aria-label="{escape(text)}">'
        f'<g id="{id_}"><use href="#sea"/><use href="#land"/>{body}</g>{parts}</svg>'
    )


def _shaded(kind: str, uses: Iterable[str]) -> str:
    return f'<g class="shade {kind}">{"".join(uses)}</g>'


def _used(code: str, said: str = "") -> str:
    """Draw a State again; pointed at, it says its name, or what is said here instead."""
    use = f'<use href="#u{code}"'
    return f"{use}><title>{escape(said)}</title></use>" if said else f"{use}/>"


def _marks(sheet: Sheet, states: Mapping[str, State]) -> Iterator[str]:
    """Yield the posts whose place is known, lower forms first, and no two of a form in one place."""
    spots = {(mark_of(e.post.form), *_rounded(spot)) for e in sheet.abroad if (spot := place_of(e, states))}
    for id_, x, y in sorted(spots, key=lambda spot: (-list(SHORT.values()).index(spot[0]), *spot[1:])):
        yield f'<use href="#{id_}" x="{x:g}" y="{y:g}"/>'


def place_of(entry: Entry, states: Mapping[str, State]) -> Point | None:
    """Return where a post lies on the map; an embassy of unknown place is where embassies sit, other posts nowhere."""
    seat = entry.post.seat
    if seat.lat is not None and seat.lon is not None:
        return equal_earth(seat.lon, seat.lat)
    host = states[seat.state]
    return equal_earth(host.lon, host.lat) if level(entry.post.form) and not entry.territory else None


def _rounded(spot: Point) -> Point:
    return round(spot[0], 1), round(spot[1], 1)


def _arcs(sheet: Sheet, states: Mapping[str, State]) -> str:
    """Draw the great circles from the seats to the States covered, as one path."""
    return "".join(
        _arc(line)
        for seat in sheet.covers
        for code in seat.covered
        for line in great_circle(_lonlat(states[seat.resident]), _lonlat(states[code]))
    )


def _lonlat(state: State) -> Point:
    return state.lon, state.lat


def _arc(line: Sequence[Point]) -> str:
    """Draw a line; a short one as a curve through its middle, which takes less room."""
    (x, y), (mx, my), (ex, ey) = line[0], line[len(line) // 2], line[-1]
    if hypot(ex - x, ey - y) < STRAIGHT and len(line) % 2:
        return f"M{x:.1f} {y:.1f}Q{2 * mx - (x + ex) / 2:.1f} {2 * my - (y + ey) / 2:.1f} {ex:.1f} {ey:.1f}"
    return f"M{x:.1f} {y:.1f}L" + " ".join(f"{px:.1f} {py:.1f}" for px, py in line[1:-1]) + f" {ex:.1f} {ey:.1f}"


def step_of(count: int) -> int:
    """Return the class of a number: how many of the steps it has reached."""
    return sum(count >= least for least in STEPS)


def step_names() -> tuple[str, ...]:
    """Return the names of the classes, lowest first."""
    last = [f"{STEPS[-1]} and more"]
    return ("none", *(f"{low}\u2013{high - 1}" for low, high in pairwise(STEPS)), *last)


def steps_map(id_: str, counts: Mapping[str, int], states: Mapping[str, State], unit: str, text: str) -> str:
    """Draw a number of every State in steps of one colour, light to dark."""
    shades: dict[int, list[str]] = defaultdict(list)
    for code, count in counts.items():
        shades[step_of(count)].append(_used(code, f"{states[code].name}: {count} {unit}"))
    return _map(id_, "".join(_shaded(f"s{step}", shades[step]) for step in sorted(shades)), text)
