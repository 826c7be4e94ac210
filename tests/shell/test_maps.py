"""The world map: its projection, its shapes, and what it draws."""

import math
import re
from itertools import combinations, pairwise
from xml.etree import ElementTree as ET

import pytest

from legation.reports import maps
from legation.reports.labels import leader, place_labels, text_width
from legation.reports.maps import Arc, Inset, LegendItem, Mark
from legation.reports.projection import (
    CENTRAL_MERIDIAN,
    HEIGHT,
    PROJECTION,
    SCALE,
    WIDTH,
    Y_EQUATOR,
    equal_earth,
    great_circle,
)

SVG = "{http://www.w3.org/2000/svg}"
EUROPE = Inset("Europe", -11, 34, 33, 64)
CAPITALS = {
    "Vienna": (16.37, 48.21),
    "Bratislava": (17.11, 48.15),
    "Budapest": (19.04, 47.50),
    "Prague": (14.42, 50.09),
    "Berlin": (13.41, 52.52),
    "Warsaw": (21.01, 52.23),
    "Ljubljana": (14.51, 46.05),
    "Zagreb": (15.98, 45.81),
    "Sarajevo": (18.36, 43.85),
    "Belgrade": (20.47, 44.80),
    "Brussels": (4.35, 50.85),
    "Luxembourg": (6.13, 49.61),
    "The Hague": (4.30, 52.08),
    "Bern": (7.45, 46.95),
    "Paris": (2.35, 48.85),
}


def draw(**changes):
    """Draw a small map, changed as a test needs."""
    given = {
        "fills": {"KAZ": "own", "BRA": "planned", "DEU": "resident", "LUX": "concurrent"},
        "marks": [Mark(13.4, 52.5, "embassy", "", "Berlin"), Mark(-47.9, -15.8, "planned", "2012", "Brasília")],
        "arcs": [
            Arc(4.35, 50.85, 6.13, 49.61, "Brussels covers Luxembourg"),
            Arc(139.7, 35.7, -99.1, 19.4, "x", "new"),
        ],
        "legend": [LegendItem("resident", "Embassy"), LegendItem("planned", "Planned"), LegendItem("new", "New")],
        "title": "Posts",
        "description": "Where the State is represented.",
    }
    return maps.world_map(**{**given, **changes})


@pytest.mark.parametrize(
    ("lon", "lat", "x", "y"),
    [(CENTRAL_MERIDIAN, 0, 0, 0), (101, 0, 1.35331, 0), (11, 90, 0, 1.31737), (101, 90, 0.80180, 1.31737)],
)
def test_projection_agrees_with_published_values(lon, lat, x, y):
    assert equal_earth(lon, lat) == pytest.approx((WIDTH / 2 + x * SCALE, Y_EQUATOR - y * SCALE), abs=0.02)


@pytest.mark.parametrize("lat", [0, 10, 30, 45, 60, 75, 85])
def test_projection_keeps_areas_equal(lat):
    step = 1e-4
    width = equal_earth(CENTRAL_MERIDIAN + step, lat)[0] - equal_earth(CENTRAL_MERIDIAN, lat)[0]
    height = equal_earth(11, lat)[1] - equal_earth(11, lat + step)[1]
    area = math.radians(step) ** 2 * math.cos(math.radians(lat)) * SCALE**2
    assert width * height == pytest.approx(area, rel=1e-4)


@pytest.mark.parametrize("lat", [0, 12.5, 51.2, 83])
@pytest.mark.parametrize("turn", [0, 1, 79.5, 179])
def test_projection_is_symmetric(lat, turn):
    east, north = equal_earth(CENTRAL_MERIDIAN + turn, lat)
    west, south = equal_earth(CENTRAL_MERIDIAN - turn, -lat)
    assert east + west == pytest.approx(WIDTH)
    assert north + south == pytest.approx(2 * Y_EQUATOR)


def test_geometry_was_made_with_this_projection():
    geometry = maps._geometry()
    assert geometry["projection"] == dict(PROJECTION)
    assert (geometry["width"], geometry["height"]) == (WIDTH, HEIGHT)


def test_every_unit_has_a_path_and_a_name():
    units = maps.load_units()
    assert len(units) > 199
    assert {"KAZ", "VAT", "TUV", "XKX", "PSE", "TWN"} <= units.keys()
    assert "ATA" not in units
    assert all(re.fullmatch(r"(M[-\d. ]+l[-\d. ]+z)+", unit["path"]) and unit["name"] for unit in units.values())


def test_a_capital_lies_within_the_shape_of_its_state():
    start = maps.load_units()["KAZ"]["path"]
    x, y = (float(number) for number in re.findall(r"[\d.]+", start)[:2])
    assert abs(equal_earth(71.4, 51.2)[0] - x) < 80
    assert abs(equal_earth(71.4, 51.2)[1] - y) < 40


def test_small_states_have_a_dot():
    units = maps.load_units()
    assert {code for code in ("AND", "BHR", "LUX", "MCO", "SGP", "TUV") if "dot" not in units[code]} == set()
    assert "dot" not in units["KAZ"]


def test_worldview_names_units_and_states_of_the_map():
    units = maps.load_units()
    worldview = maps.load_worldview()
    assert worldview.keys() <= units.keys()
    assert {state for state in worldview.values() if state} <= units.keys()


def test_the_worldview_decides_how_a_disputed_unit_is_filled():
    fills = {"MAR": "resident", "XKX": "mission", "SRB": "own"}
    assert maps._fill_of("ESH", fills, {"ESH": ""}) == "disputed"
    assert maps._fill_of("ESH", fills, {"ESH": "MAR"}) == "resident"
    assert maps._fill_of("XKX", fills, {"XKX": "XKX"}) == "mission"
    assert maps._fill_of("XKX", fills, {"XKX": "SRB"}) == "own"
    assert maps._fill_of("TCD", fills, {}) == "none"


def test_the_notice_names_its_sources():
    assert "Natural Earth" in maps.notice()
    assert "Michael Bostock" in maps.notice()
    assert "THIS SOFTWARE IS PROVIDED" in maps.notice()


@pytest.mark.parametrize("ends", [((139.7, 35.7), (-99.1, 19.4)), ((-99.1, 19.4), (139.7, 35.7))])
def test_an_arc_across_the_seam_is_cut_in_two(ends):
    lines = great_circle(*ends)
    assert len(lines) == 2
    assert all(abs(b[0] - a[0]) < WIDTH / 10 for line in lines for a, b in pairwise(line))
    assert lines[0][-1][1] == pytest.approx(lines[1][0][1])


def test_an_arc_within_the_map_is_one_line_between_its_ends():
    (line,) = great_circle((4.35, 50.85), (139.7, 35.7))
    assert line[0] == pytest.approx(equal_earth(4.35, 50.85))
    assert line[-1] == pytest.approx(equal_earth(139.7, 35.7))


def test_an_arc_from_a_place_to_itself_does_not_fail():
    (line,) = great_circle((71.4, 51.2), (71.4, 51.2))
    assert line[0] == pytest.approx(line[-1])


def test_the_map_is_one_accessible_picture():
    root = ET.fromstring(draw(insets=[EUROPE]))
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    title = root.find(f"{SVG}title")
    description = root.find(f"{SVG}desc")
    assert (title.text, root.get("aria-labelledby")) == ("Posts", title.get("id"))
    assert (description.text, root.get("aria-describedby")) == (
        "Where the State is represented.",
        description.get("id"),
    )
    assert len(root.findall(f".//{SVG}path[@data-unit]")) == len(maps.load_units())


def test_the_map_needs_nothing_from_outside():
    svg = draw(insets=[EUROPE])
    assert svg.count("http") == svg.count("xmlns=") == 1
    assert not re.search(r"<script|<style|<image|\sstyle=|\son\w+=|@import", svg)
    assert all(target.startswith("#") for target in re.findall(r'href="([^"]*)"', svg))


def test_text_is_escaped():
    nasty = '<b>"Côte d\'Ivoire" & co</b>'
    svg = draw(
        marks=[Mark(-4, 5.3, "planned", nasty, nasty)],
        arcs=[Arc(0, 0, 9, 9, nasty)],
        legend=[LegendItem("own", nasty)],
        title=nasty,
        description=nasty,
        insets=[Inset(nasty, -20, -10, 20, 20)],
        names={"CIV": nasty},
    )
    assert "<b>" not in svg
    assert ET.fromstring(svg).find(f"{SVG}title").text == nasty


def test_two_maps_on_a_page_do_not_share_ids():
    first, second = (set(re.findall(r'id="([^"]+)"', draw(title=title))) for title in ("one", "two"))
    assert first.isdisjoint(second)


def test_an_unknown_kind_of_post_is_drawn_all_the_same():
    assert maps.SHAPES["other"][0] in draw(marks=[Mark(7.1, 50.7, "branch", "", "Bonn")])


def test_a_post_far_from_an_inset_is_not_drawn_in_it():
    assert draw(insets=[EUROPE]).count("<title>Berlin</title>") == 2
    assert draw(insets=[EUROPE]).count("<title>Brasília</title>") == 1


@pytest.mark.parametrize("size", [8.5, 10.0, 23.0])
def test_labels_of_clustered_capitals_do_not_overlap(size):
    wanted = [(equal_earth(*place), f"{name} 2013") for name, place in CAPITALS.items()]
    frame = (0.0, 0.0, float(WIDTH), float(HEIGHT))
    labels = place_labels(wanted, size, frame, avoid=[point for point, _ in wanted])
    assert len(labels) >= 3
    for one, other in combinations((label.box for label in labels), 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    assert all(label.box[0] >= 0 and label.box[2] <= WIDTH and label.box[1] >= 0 for label in labels)


def test_in_an_inset_every_capital_finds_room_for_its_year():
    (_, view) = [maps.WORLD, *maps.inset_views([EUROPE])]
    wanted = [(view.place(*place), "2013") for place in CAPITALS.values()]
    assert len(place_labels(wanted, maps.LABEL, view.frame)) == len(CAPITALS)


def test_labels_keep_off_what_is_blocked():
    assert place_labels([((50.0, 50.0), "Rome")], 10, (0, 0, 100, 100), blocked=[(0, 0, 100, 100)]) == []


def test_labels_keep_off_the_points_of_others_where_there_is_room():
    posts = [(115.0, 50.0), (130.0, 50.0), (70.0, 50.0), (100.0, 38.0)]
    (label,) = place_labels([((100.0, 50.0), "Rome")], 10, (0, 0, 200, 100), avoid=posts)
    left, top, right, bottom = label.box
    assert not any(left <= x <= right and top <= y <= bottom for x, y in posts)


def test_no_line_from_a_label_to_its_point_crosses_another_label():
    wanted = [((100.0 + 9 * n, 100.0), f"Place {n}") for n in range(6)]
    labels = place_labels(wanted, 10, (0, 0, 300, 200), blocked=[(x - 4, y - 4, x + 4, y + 4) for (x, y), _ in wanted])
    assert len(labels) > 3
    for one in labels:
        (x, y), (to_x, to_y) = leader(one.box, one.anchor)
        for left, top, right, bottom in (other.box for other in labels if other is not one):
            assert not any(
                left < x + t * (to_x - x) < right and top < y + t * (to_y - y) < bottom
                for t in (0.1, 0.3, 0.5, 0.7, 0.9)
            )


def test_what_an_inset_shows_is_labelled_there_only():
    berlin, brasilia = Mark(13.4, 52.5, "planned", "Berlin 2013"), Mark(-47.9, -15.8, "planned", "Brasília 2013")
    alone, beside = (draw(marks=[berlin, brasilia], insets=insets) for insets in ([], [EUROPE]))
    assert [svg.count(">Berlin 2013</text>") for svg in (alone, beside)] == [2, 2]  # a wide and a narrow one
    assert [svg.count(">Brasília 2013</text>") for svg in (alone, beside)] == [2, 2]


def test_text_is_estimated_wider_in_cyrillic_and_bold():
    assert text_width("Астана", 10) > text_width("Astana", 10)
    assert text_width("Astana", 10, bold=True) > text_width("Astana", 10)


def test_plain_leaves_no_custom_properties():
    svg = maps.plain(draw())
    assert "var(" not in svg
    assert maps.PALETTE["resident"][0] in svg
    ET.fromstring(svg)


def test_the_stylesheet_has_every_colour_in_light_and_dark():
    style = maps.stylesheet()
    assert "prefers-color-scheme:dark" in style
    assert all(f"--map-{name}:{colour};" in style for name, pair in maps.PALETTE.items() for colour in pair)
    assert style.count("{") == style.count("}")


def test_every_class_of_fill_has_a_colour():
    assert {kind for kind in maps.FILLS if kind not in maps.PALETTE} == {"disputed"}
