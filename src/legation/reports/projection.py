"""Project places to the world map in Equal Earth, and draw the shortest way between two."""

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise

WIDTH, HEIGHT = 1000, 436
CENTRAL_MERIDIAN = 11.0  # puts the seam into the Bering Strait, where it cuts no land
SCALE, Y_EQUATOR = 183.0, 242.0
NORTH, SOUTH = 84.0, -57.0
PROJECTION: Mapping[str, str | float] = {
    "name": "Equal Earth",
    "central_meridian": CENTRAL_MERIDIAN,
    "scale": SCALE,
    "x0": WIDTH / 2,
    "y0": Y_EQUATOR,
    "north": NORTH,
    "south": SOUTH,
}

Point = tuple[float, float]


def project(turn: float, lat: float) -> Point:
    """Project degrees from the central meridian and latitude to the map (Šavrič, Patterson and Jenny 2018)."""
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    m = math.sqrt(3) / 2
    p = math.asin(m * math.sin(math.radians(lat)))
    x = math.radians(turn) * math.cos(p) / (m * (a1 + 3 * a2 * p**2 + p**6 * (7 * a3 + 9 * a4 * p**2)))
    y = p * (a1 + a2 * p**2 + p**6 * (a3 + a4 * p**2))
    return WIDTH / 2 + x * SCALE, Y_EQUATOR - y * SCALE


def equal_earth(lon: float, lat: float) -> Point:
    """Project longitude and latitude in degrees to map units, as the geometry file does."""
    return project(_turn(lon), lat)


def _turn(lon: float) -> float:
    """Return degrees east of the central meridian, in [-180, 180)."""
    return (lon - CENTRAL_MERIDIAN + 180) % 360 - 180


def great_circle(start: Point, end: Point) -> list[list[Point]]:
    """Return the shortest way between two places as lines on the map, cut in two where it crosses the seam."""
    way = [(_turn(lon), lat) for lon, lat in _way(start, end)]
    lines = [[project(*way[0])]]
    for (turn, lat), (next_turn, next_lat) in pairwise(way):
        if abs(next_turn - turn) > 180:
            edge = math.copysign(180, turn)
            share = (180 - abs(turn)) / (360 - abs(turn) - abs(next_turn) or 1)
            crossing = lat + share * (next_lat - lat)
            lines[-1].append(project(edge, crossing))
            lines.append([project(-edge, crossing)])
        lines[-1].append(project(next_turn, next_lat))
    return lines


def _way(start: Point, end: Point) -> Iterator[Point]:
    """Yield longitude and latitude along the great circle, about every three degrees."""
    a, b = _vector(start), _vector(end)
    angle = math.acos(max(-1.0, min(1.0, sum(i * j for i, j in zip(a, b, strict=True)))))
    steps = max(8, math.ceil(math.degrees(angle) / 3))
    for step in range(steps + 1):
        t = step / steps
        near, far = (math.sin((1 - t) * angle), math.sin(t * angle)) if math.sin(angle) > 1e-9 else (1 - t, t)
        x, y, z = (near * i + far * j for i, j in zip(a, b, strict=True))
        yield math.degrees(math.atan2(y, x)), math.degrees(math.atan2(z, math.hypot(x, y)))


def _vector(place: Point) -> tuple[float, float, float]:
    """Return a place as a unit vector from the centre of the earth."""
    lon, lat = math.radians(place[0]), math.radians(place[1])
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)
