"""The pictures of a report: the world map of the plan, and the chart of its money."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from html import escape

from legation.cases.siting import at_work
from legation.model import EMBASSIES, FORMS, Form
from legation.planning.brief import Ceiling, Class, Kind, Scope
from legation.reports.figures import THIN, Figures, act, recorded
from legation.reports.maps import Arc, Inset, LegendItem, Mark, load_units, world_map
from legation.values import value

INSETS = (
    Inset("Europe", -11, 34, 33, 62),
    Inset("Western Asia", 33, 12, 63, 43),
    Inset("South-East Asia", 92, -11, 128, 24),
    Inset("West Africa", -18, 3, 16, 20),
    Inset("Central America and the Caribbean", -93, 7, -58, 25),
)
WIDTH = 560
CROWDED = 6  # marks that make a part of the world worth drawing again
LEGEND = (
    ("own", "{name}"),
    ("resident", "Embassy"),
    ("mission", "Diplomatic mission"),
    ("planned", "Planned: resident for the first time, or raised"),
    ("concurrent", "Covered from elsewhere"),
    ("none", "Not represented"),
)
MARKS = (
    ("embassy", "Embassy"),
    ("diplomatic-mission", "Diplomatic mission"),
    ("permanent-mission", "Permanent mission"),
    ("consulate-general", "Consulate-general"),
    ("consulate", "Consulate or consular agency"),
    ("honorary-consulate", "Honorary consulate"),
    ("trade-representation", "Trade representation"),
    ("other", "Other post"),
)
COLOURS = {  # what Vega is told: what the page's stylesheet decides
    "#101010": "var(--ink)",
    "#202020": "var(--muted)",
    "#303030": "var(--line)",
    "#404040": "var(--bar-new)",
    "#505050": "var(--bar-once)",
    "#606060": "var(--accent)",
}


@value
class Picture:
    """A picture, drawn as SVG when it is wanted, with what it says to those who do not see it."""

    caption: str
    text: str
    draw: Callable[[], str]


@value
class Bar:
    """Money of one year above the baseline, in the units of the report; limit: the ceiling, seen from the baseline."""

    year: str
    running: float
    establishing: float
    limit: float | None


def network_map(figures: Figures) -> Picture:
    """Draw the network after the plan: who is represented how, posts, planned openings, accreditations."""
    title = f"The network of {figures.state(figures.case.sender)} at the end of {figures.years[-1]}"
    openings = [f"{figures.site(m.site)} {m.year}" for m in figures.plan.measures if m.kind is Kind.ESTABLISH]
    text = f"World map. Opened by the plan: {', '.join(openings) or 'nothing'}."
    return Picture(title, text, partial(_map, figures, title, text))


def _map(figures: Figures, title: str, text: str) -> str:
    marks, arcs, drawn = _marks(figures), _arcs(figures), load_units()
    fills = {code: kind for code, kind in _fills(figures).items() if code in drawn}  # a fictional State has no shape
    used = {*fills.values(), "none", *(m.kind for m in marks), *(a.kind for a in arcs)}
    words = [*LEGEND, *MARKS, ("today", "Accredited concurrently today"), ("new", "Newly accredited concurrently")]
    own = figures.state(figures.case.sender)
    legend = [LegendItem(symbol, text.format(name=own)) for symbol, text in words if symbol in used]
    names = {code: s.name for code, s in figures.states.items()}
    return world_map(fills, marks, arcs, legend, title, text, insets=_insets(marks), names=names)


def _fills(figures: Figures) -> dict[str, str]:
    fills = {code: p.means for code, p in figures.after.items()}
    fills |= {
        code: "planned"
        for code, p in figures.after.items()
        if p.means in ("resident", "mission") and (code not in figures.before or figures.before[code].form != p.form)
    }
    return fills | {figures.case.sender: "own"}


def _marks(figures: Figures) -> list[Mark]:
    """Mark today's posts by form, and what the plan opens or raises by year."""
    closed = {m.site for m in figures.plan.measures if m.kind is Kind.CLOSE}
    marks = []
    for post in at_work(figures.case):
        seat = post.seat
        if seat.lat is None or seat.lon is None or post.id in closed:
            continue
        kind = _kind(post.form)
        title = f"{_upper(FORMS[post.form])} in {seat.city or figures.state(seat.state)}"
        marks.append(Mark(seat.lon, seat.lat, kind, "", title))
    risen = [m for m in figures.plan.measures if m.kind in (Kind.ESTABLISH, Kind.UPGRADE)]
    for site in dict.fromkeys(m.site for m in risen if m.site in figures.places):
        place, acts = figures.places[site], [m for m in risen if m.site == site]
        label = f"{place.city or figures.state(place.state)} {', '.join(str(m.year) for m in acts)}"
        title = f"{figures.site(site)}: {', '.join(f'{act(m)} in {m.year}' for m in acts)}"
        marks.append(Mark(place.lon, place.lat, "planned", label, title))
    return marks


def _arcs(figures: Figures) -> list[Arc]:
    """Draw who is covered from where after the plan; what today's record knows is not new."""
    record, arcs = recorded(figures), []
    for state, line in figures.after.items():
        there = figures.states.get(state)
        if line.seat_place is None or there is None:
            continue
        known = state in record and record[state].seat.state == line.seat_state
        title = f"{there.name}, covered from {line.seat}"
        arcs.append(
            Arc(line.seat_place[1], line.seat_place[0], there.lon, there.lat, title, "today" if known else "new")
        )
    return arcs


def _insets(marks: list[Mark]) -> list[Inset]:
    """Choose the parts of the world that are too crowded to be read, three at most."""
    counted = [(sum(i.west < m.lon < i.east and i.south < m.lat < i.north for m in marks), i) for i in INSETS]
    ranked = sorted((c for c in counted if c[0] >= CROWDED), key=lambda c: -c[0])
    return [inset for _, inset in ranked[:3]]


def _kind(form: Form) -> str:
    """Return the symbol of a form."""
    if form in EMBASSIES:
        return "embassy"
    return "consulate" if form is Form.CONSULAR_AGENCY else form.value


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def money_chart(figures: Figures) -> Picture:
    """Draw the money of each year above the baseline, with the ceiling where one is stated."""
    bars = bars_of(figures)
    caption = f"Money above the baseline by year, {figures.scale.name}"
    limits = any(b.limit is not None for b in bars)
    text = "; ".join(f"{b.year}: running {b.running:.1f}, establishing {b.establishing:.1f}" for b in bars)
    if limits:
        caption += "; the line marks the ceiling"
    return Picture(caption, text, partial(_svg, _spec(bars), text))


def bars_of(figures: Figures) -> list[Bar]:
    """Return what the chart shows, year by year and after the last."""
    scale, plan = figures.scale, figures.plan
    limits = _limits(figures)
    bars = [
        Bar(
            str(m.year),
            float((m.running - m.baseline) / scale.unit),
            float(m.establishing / scale.unit),
            float((limits[m.year] - m.baseline) / scale.unit) if m.year in limits else None,
        )
        for m in plan.money
    ]
    return [*bars, Bar("each year after", float((plan.tail - plan.baseline_tail) / scale.unit), 0.0, None)]


def _limits(figures: Figures) -> dict[int, Decimal]:
    """Return the lowest ceiling on all money in each year, for the whole network."""
    money = {m.year: m.baseline for m in figures.plan.money}
    limits: dict[int, Decimal] = {}
    for rule in figures.problem.brief.rules:
        if isinstance(rule, Ceiling) and rule.money is Class.TOTAL:
            for year, amount in rule.amounts:
                whole = amount + (money.get(year, Decimal(0)) if rule.scope is Scope.NEW else 0)
                limits[year] = min(whole, limits.get(year, whole))
    return limits


def _spec(bars: list[Bar]) -> dict[str, object]:
    """Return the chart in Vega-Lite; its colours stand for those of the page."""
    order = [b.year for b in bars]
    rows = [
        {"year": b.year, "money": kind, "amount": amount}
        for b in bars
        for kind, amount in (("Running", b.running), ("Establishing", b.establishing))
    ]
    x = {"field": "year", "type": "nominal", "sort": order, "axis": {"title": None, "labelAngle": 0, "ticks": False}}
    y = {"field": "amount", "type": "quantitative", "axis": {"title": None, "tickCount": 5, "domain": False}}
    legend = {"title": None, "orient": "top", "direction": "horizontal", "symbolType": "square"}
    scale = {"domain": ["Running", "Establishing"], "range": ["#404040", "#505050"]}
    layers: list[dict[str, object]] = [
        {
            "data": {"values": rows},
            "mark": {"type": "bar", "width": {"band": 0.55}},
            "encoding": {"x": x, "y": y, "color": {"field": "money", "scale": scale, "legend": legend}},
        }
    ]
    limits = [{"year": b.year, "amount": b.limit} for b in bars if b.limit is not None]
    if limits:
        mark = {"type": "tick", "color": "#606060", "thickness": 2, "size": round(0.75 * WIDTH / len(bars))}
        layers.append({"data": {"values": limits}, "mark": mark, "encoding": {"x": x, "y": y}})
    labels = {"labelColor": "#101010", "labelFont": "sans-serif", "labelFontSize": 12, "domainColor": "#202020"}
    config = {
        "view": {"stroke": None},
        "axis": {**labels, "gridColor": "#303030", "tickColor": "#303030", "labelPadding": 6},
        "legend": {"labelColor": "#101010", "labelFont": "sans-serif", "labelFontSize": 12},
    }
    return {"width": WIDTH, "height": 220, "background": None, "padding": 4, "layer": layers, "config": config}


def shares_chart(caption: str, years: list[str], rows: list[tuple[str, list[float]]]) -> Picture:
    """Draw shares (0 to 1) of things by year: a square a year, the darker the larger, with the share in per cent."""
    said = "; ".join(f"{name}: {', '.join(f'{y} {s:.0%}' for y, s in zip(years, shares, strict=True) if s)}"
                     for name, shares in rows)  # fmt: skip
    return Picture(caption, said, partial(_svg, _shares_spec(years, rows), said))


def _shares_spec(years: list[str], rows: list[tuple[str, list[float]]]) -> dict[str, object]:
    cells = [
        {"name": name, "year": year, "share": share, "said": f"{share:.0%}"}
        for name, shares in rows
        for year, share in zip(years, shares, strict=True)
        if share
    ]
    labels = {"labelColor": "#101010", "labelFont": "sans-serif", "labelFontSize": 12, "domainColor": "#202020"}
    names: dict[str, object] = {"title": None, "ticks": False, "labelLimit": 280}
    y = {"field": "name", "type": "nominal", "sort": [name for name, _ in rows], "axis": names}
    x = {"field": "year", "type": "nominal", "sort": years, "axis": {"title": None, "labelAngle": 0, "orient": "top"}}
    dark = {
        "field": "share",
        "type": "quantitative",
        "scale": {"domain": [0, 1], "range": [0.08, 0.75]},
        "legend": None,
    }
    text = {"type": "text", "color": "#101010", "font": "sans-serif", "fontSize": 11}
    return {
        "width": WIDTH - 240,
        "height": {"step": 22},
        "background": None,
        "padding": 4,
        "data": {"values": cells},
        "encoding": {"x": x, "y": y},
        "layer": [
            {"mark": {"type": "rect", "color": "#404040"}, "encoding": {"opacity": dark}},
            {"mark": text, "encoding": {"text": {"field": "said"}}},
        ],
        "config": {"view": {"stroke": None}, "axis": {**labels, "gridColor": "#303030", "tickColor": "#303030"}},
    }


def _svg(spec: dict[str, object], text: str) -> str:
    """Draw a chart; its size and colours are left to the page."""
    import vl_convert

    numbers = {"decimal": ".", "thousands": THIN, "grouping": [3], "currency": ["", ""]}
    svg = vl_convert.vegalite_to_svg(json.dumps(spec), vl_version="5.20", format_locale=numbers)
    for drawn, wanted in COLOURS.items():
        svg = svg.replace(drawn, wanted)
    box = re.search(r'viewBox="[^"]+"', svg)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-label="{escape(text)}" '
    inner = re.sub(r' (?:role|aria-[a-z]+|style|font-family)="[^"]*"', "", svg.partition(">")[2])
    return f"{head}{box[0] if box else ''}>{inner}"
