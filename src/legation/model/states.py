"""States and organisations: where they are, and how far from each other."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

from legation.values import value

EARTH_RADIUS_KM = 6371.0088


@value
class State:
    """One State as a possible host: capital (seat of missions), place, region, languages.

    lat, lon: degrees of the seat
    region, subregion: United Nations M49 names
    languages: ISO 639 codes, largest first
    """

    code: str
    name: str
    seat: str
    lat: float
    lon: float
    region: str = ""
    subregion: str = ""
    languages: tuple[str, ...] = ()
    source: str = ""


def distance_km(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Return the great-circle distance in km (haversine, mean Earth radius)."""
    a, b = radians(lat_a), radians(lat_b)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half)))
