"""What the product's own tables say of one State: its posts, theirs with it, accreditations, facts, sites."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from difflib import get_close_matches

from legation.cases.case import Place
from legation.cases.siting import slug
from legation.errors import NotFoundError
from legation.exchange.names import NotAStateError, code_of_today
from legation.model import (
    EMBASSIES,
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
from legation.sources import World, load_table
from legation.sources.cells import CellError

RECORD = "wikidata-2022"
Row = dict[str, str]

CONTESTED = ("PSE", "TWN", "XKX")
"""States that many others do not recognise."""


def state_of(name: str, states: tuple[State, ...]) -> State:
    """Return the State that an ISO code or a name in English, Russian or Kazakh means today.

    Raise NotFoundError for what is unknown, with the nearest ones, and for what is no State, or is one no more.
    """
    wanted = name.strip().casefold()
    for state in states:
        if wanted in (state.code.casefold(), state.name.casefold()):
            return state
    try:
        code = code_of_today(name)
    except NotAStateError as wrong:
        raise NotFoundError(f"{wrong}.", hint="List States with: legation states") from None
    except CellError as wrong:
        raise _unknown(name, wrong.remedy, states) from None
    found = next((s for s in states if s.code == code), None)
    if not found:
        raise NotFoundError(f"There is no State {name!r} here.", hint="List States with: legation states")
    return found


def _unknown(name: str, remedy: str, states: tuple[State, ...]) -> NotFoundError:
    """Return the error on a name that means nothing, or several States: the ones whose code or name is near it."""
    wanted = name.strip().casefold()
    words = {(s.code if len(wanted) < 4 else s.name).casefold(): s for s in states}
    near = get_close_matches(wanted, words, n=5, cutoff=0.66 if len(wanted) < 4 else 0.7)
    near.sort(key=lambda word: word[:1] != wanted[:1])
    shown = ", ".join(f"{words[word].code} {words[word].name}" for word in near)
    hint = f"Near is: {shown}." if shown else remedy.replace(", or leave the row out if it is about no State", "")
    return NotFoundError(f"There is no State {name!r}.", hint=f"{hint} List all with: legation states")


def own_posts(home: State, world: World) -> Network:
    """Return the posts a State has abroad; a city the record does not know is taken to be the capital."""
    seats = {s.code: s for s in world.states}
    posts = [_own(row, seats[row["state"]]) for row in world.posts if row["sender"] == home.code]
    return Network(tuple(_numbered(posts)))


def posts_here(home: State, world: World) -> Network:
    """Return the posts that others have in a State."""
    rows = [row for row in world.posts if row["state"] == home.code and not row["territory"]]
    posts = [
        Post(
            f"{row['sender']}-{row['wikidata']}",
            row["sender"],
            Form(row["form"]),
            _seat(row, home.code),
            _span(row),
            source=_source(row),
            confidence=_confidence(row),
            note=_cite(row),
        )
        for row in rows
        if track_of(Form(row["form"]))
    ]
    return Network(tuple(posts))


def accreditations(home: State, world: World, posts: Network) -> tuple[Accreditation, ...]:
    """Return whom the State covers from where, for the seats that are in its record; one seat a State covered."""
    missions = [p for p in posts if track_of(p.form) is Track.DIPLOMATIC]
    seats = {p.seat.state: p.id for p in reversed(missions)}
    covered: dict[str, Accreditation] = {}
    for row in world.accreditations:
        if row["sender"] == home.code and row["resident"] in seats and row["covered"] not in seats:
            found = Accreditation(
                seats[row["resident"]],
                row["covered"],
                source=_source(row),
                note=_cite(row),
                confidence=_confidence(row),
            )
            covered.setdefault(row["covered"], found)
    return tuple(covered.values())


def represented_from(home: str, world: World, resident: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the States that are accredited to one without residing there, by code, and where their heads reside."""
    found: dict[str, set[str]] = {}
    known, here = {s.code for s in world.states}, {home, *resident}
    for row in world.accreditations:
        if row["covered"] == home and row["sender"] in known - here:
            found.setdefault(row["sender"], set()).add(row["resident"])
    return {sender: tuple(sorted(found[sender])) for sender in sorted(found)}


def facts(home: State, world: World, year: int) -> tuple[Fact, ...]:
    """Return what the product knows of every other State up to a year: the latest indicators, and how it stands to us.

    gdp (USD), population (persons), gdp_rank (place among all, home included), distance (km), same_subregion and
    common_language (1 or 0), embassies (of others than home).
    """
    units = {row["name"]: row["unit"] for row in load_table("attributes")}
    latest: dict[tuple[str, str], Fact] = {}
    for row in world.indicators:
        about = int(row["year"])
        if about <= year:
            attribute, source = row["attribute"], _source(row)
            fact = Fact(row["code"], attribute, about, float(row["value"]), units[attribute], source)
            key = fact.subject, fact.attribute
            latest[key] = max(latest.get(key, fact), fact, key=lambda f: f.year)
    sizes = sorted((f for f in latest.values() if f.attribute == "gdp"), key=lambda f: (-f.value, f.subject))
    ranks = [replace(f, attribute="gdp_rank", value=n, unit="rank") for n, f in enumerate(sizes, 1)]
    known = (f for f in (*latest.values(), *ranks) if f.subject != home.code)
    others = (s for s in world.states if s.code != home.code)
    crowd = Counter(s for s, sender in embassies(world) if sender != home.code)
    return (*known, *(f for s in others for f in _relations(home, s, crowd[s.code], year)))


def _relations(home: State, other: State, crowd: int, year: int) -> Iterable[Fact]:
    far = round(distance_km(home.lat, home.lon, other.lat, other.lon))
    yield Fact(other.code, "distance", year, far, "km", "computed")
    near = float(bool(home.subregion) and home.subregion == other.subregion)
    yield Fact(other.code, "same_subregion", year, near, "of 1", "computed")
    yield Fact(
        other.code, "common_language", year, float(bool({*home.languages} & {*other.languages})), "of 1", "computed"
    )
    yield Fact(other.code, "embassies", year, crowd, "embassies", RECORD)


def embassies(world: World) -> Iterable[tuple[str, str]]:
    """Go through the embassies of the record as (receiving State, sending State)."""
    return ((row["state"], row["sender"]) for row in world.posts if row["form"] in {f.value for f in EMBASSIES})


def places(home: State, world: World, posts: Network) -> tuple[Place, ...]:
    """Return a diplomatic site in every other State, and one for each consular or trade post there is."""
    capitals = [
        Place(s.code, Track.DIPLOMATIC, s.code, s.seat, s.lat, s.lon, _ladder(s.code, posts), source="geonames")
        for s in world.states
        if s.code != home.code
    ]
    seats = {s.code: s for s in world.states}
    return (*capitals, *_held_elsewhere(posts, seats))


def sources(more: Iterable[Source], world: World) -> tuple[Source, ...]:
    """Return the product's sources, of some more those that a new case cites, and those of the user's corrections."""
    own = [Source(**row) for row in load_table("sources")]
    cited = {"computed", "cost-bands", "staffing", "judgement", "cpi"} - {s.id for s in own}
    known = (*own, *(s for s in more if s.id in cited))
    rows = (*world.posts, *world.accreditations, *world.indicators)
    said = {row.get("source", "") for row in rows} - {"", *(s.id for s in known)}
    return (*known, *(Source(text, text, use="corrections of the record") for text in sorted(said)))


def _own(row: Row, host: State) -> Post:
    seat, form = _seat(row, host.code), Form(row["form"])
    remarks = [_cite(row), f"sits in {row['located']}" if row["located"] else ""]
    if not seat.city:
        seat = Seat(host.code, row["territory"] or host.seat, seat.lat or host.lat, seat.lon or host.lon)
        remarks.append("city not recorded")
    id_ = host.code if track_of(form) is Track.DIPLOMATIC else f"{host.code}-{slug(seat.city)}"
    note = "; ".join(r for r in remarks if r)
    return Post(id_, row["sender"], form, seat, _span(row), source=_source(row), confidence=_confidence(row), note=note)


def _seat(row: Row, state: str) -> Seat:
    lat, lon = (float(row[key]) if row[key] else None for key in ("lat", "lon"))
    return Seat(state, row["city"], lat, lon)


def _span(row: Row) -> Period:
    return Period(date(int(row["opened"]), 1, 1) if row["opened"] else None)


def _source(row: Row) -> str:
    """Return who says so: the user for a row that was corrected, else the product's record or the row's own."""
    return row.get("source") or RECORD


def _confidence(row: Row) -> str:
    return "high" if row.get("source") else "medium"


def _cite(row: Row) -> str:
    return row.get("note") or row["wikidata"]


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
            lat, lon, source = host.lat, host.lon, "geonames"
        yield Place(id_, track, host.code, post.seat.city, lat, lon, (post.form,), source=source)
