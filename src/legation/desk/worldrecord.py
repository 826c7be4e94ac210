"""What the product's own tables say of one State: its posts, theirs with it, accreditations, facts, sites."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from importlib import resources

from legation.cases.case import Place
from legation.cases.siting import slug
from legation.model import (
    LADDERS,
    Accreditation,
    Fact,
    Form,
    Network,
    Period,
    Post,
    Seat,
    Source,
    State,
    Track,
    distance_km,
    track_of,
)

RECORD = "wikidata-2022"
Row = dict[str, str]


def own_posts(home: State, states: tuple[State, ...]) -> Network:
    """Return the posts a State has abroad; a city the record does not know is taken to be the capital."""
    seats = {s.code: s for s in states}
    posts = [_own(row, seats[row["state"]]) for row in _table("posts") if row["sender"] == home.code]
    return Network(tuple(_numbered(posts)))


def posts_here(home: State) -> Network:
    """Return the posts that others have in a State."""
    rows = [row for row in _table("posts") if row["state"] == home.code and not row["territory"]]
    posts = [
        Post(
            "",
            row["sender"],
            Form(row["form"]),
            _seat(row, home.code),
            _span(row),
            source=RECORD,
            confidence="medium",
            note=_cite(row),
        )
        for row in rows
        if track_of(Form(row["form"]))
    ]
    return Network(tuple(posts))


def accreditations(home: State, posts: Network) -> tuple[Accreditation, ...]:
    """Return whom the State covers from where, for the seats that are in its record; one seat a State covered."""
    missions = [p for p in posts if track_of(p.form) is Track.DIPLOMATIC]
    seats = {p.seat.state: p.id for p in reversed(missions)}
    covered: dict[str, Accreditation] = {}
    for row in _table("accreditations"):
        if row["sender"] == home.code and row["resident"] in seats and row["covered"] not in seats:
            found = Accreditation(
                seats[row["resident"]], row["covered"], source=RECORD, note=_cite(row), confidence="medium"
            )
            covered.setdefault(row["covered"], found)
    return tuple(covered.values())


def facts(home: State, states: tuple[State, ...], year: int) -> tuple[Fact, ...]:
    """Return the latest gdp (USD) and population (persons) of every State, and its distance (km) from home."""
    units = {row["name"]: row["unit"] for row in _table("attributes")}
    latest: dict[tuple[str, str], Fact] = {}
    for row in _table("indicators"):
        about = int(row["year"])
        if about <= year:
            fact = Fact(
                row["code"], row["attribute"], about, float(row["value"]), units[row["attribute"]], row["source"]
            )
            key = fact.subject, fact.attribute
            latest[key] = max(latest.get(key, fact), fact, key=lambda f: f.year)
    others = [s for s in states if s.code != home.code]
    far = [
        Fact(s.code, "distance", year, round(distance_km(home.lat, home.lon, s.lat, s.lon)), "km", "computed")
        for s in others
    ]
    return (*(f for f in latest.values() if f.subject != home.code), *far)


def places(home: State, states: tuple[State, ...], posts: Network) -> tuple[Place, ...]:
    """Return a diplomatic site in every other State, and one for each consular or trade post there is."""
    capitals = [
        Place(s.code, Track.DIPLOMATIC, s.code, s.seat, s.lat, s.lon, _ladder(s.code, posts), source="states.csv")
        for s in states
        if s.code != home.code
    ]
    seats = {s.code: s for s in states}
    return (*capitals, *_held_elsewhere(posts, seats))


def sources(more: Iterable[Source]) -> tuple[Source, ...]:
    """Return the product's sources, and of some more those that a new case cites."""
    own = [Source(**row) for row in _table("sources")]
    cited = {"computed", "cost-bands", "staffing", "judgement", "cpi"} - {s.id for s in own}
    return (*own, *(s for s in more if s.id in cited))


def _table(name: str) -> list[Row]:
    text = resources.files("legation").joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _own(row: Row, host: State) -> Post:
    seat, form = _seat(row, host.code), Form(row["form"])
    remarks = [_cite(row), f"sits in {row['located']}" if row["located"] else ""]
    if not seat.city:
        seat = Seat(host.code, row["territory"] or host.seat, seat.lat or host.lat, seat.lon or host.lon)
        remarks.append("city not recorded")
    id_ = host.code if track_of(form) is Track.DIPLOMATIC else f"{host.code}-{slug(seat.city)}"
    note = "; ".join(r for r in remarks if r)
    return Post(id_, row["sender"], form, seat, _span(row), source=RECORD, confidence="medium", note=note)


def _seat(row: Row, state: str) -> Seat:
    lat, lon = (float(row[key]) if row[key] else None for key in ("lat", "lon"))
    return Seat(state, row["city"], lat, lon)


def _span(row: Row) -> Period:
    return Period(date(int(row["opened"]), 1, 1) if row["opened"] else None)


def _cite(row: Row) -> str:
    return row["wikidata"]


def _numbered(posts: Iterable[Post]) -> Iterable[Post]:
    seen: Counter[str] = Counter()
    for post in posts:
        seen[post.id] += 1
        yield post if seen[post.id] == 1 else replace(post, id=f"{post.id}-{seen[post.id]}")


def _ladder(state: str, posts: Network) -> tuple[Form, ...]:
    held = {p.form for p in posts if p.seat.state == state}
    return tuple(f for f in LADDERS[Track.DIPLOMATIC] if f in (Form.DIPLOMATIC_MISSION, Form.EMBASSY) or f in held)


def _held_elsewhere(posts: Network, seats: dict[str, State]) -> Iterable[Place]:
    done: set[str] = set()
    for post in posts:
        track, host = track_of(post.form), seats[post.seat.state]
        if track in (None, Track.DIPLOMATIC):
            continue
        id_ = f"{host.code}-{slug(post.seat.city)}"
        if id_ in done:
            continue
        done.add(id_)
        lat, lon = post.seat.lat, post.seat.lon
        source = RECORD
        if lat is None or lon is None:
            lat, lon, source = host.lat, host.lon, f"{RECORD}; place not recorded, that of the capital"
        yield Place(id_, track, host.code, post.seat.city, lat, lon, (post.form,), source=source)
