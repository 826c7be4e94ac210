"""A world to plan: real States (place, region, languages), and worth, costs and posts drawn from a seed.

Money is in whole thousands. The ceilings are a little above what today's network costs, as a ministry knows them:
most wishes have to wait, and which ones is the question.
"""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from importlib.resources import files
from random import Random

from legation.model import Form, State, Track, distance_km
from legation.planning.brief import (
    AccreditationsPerSeat,
    AtLeast,
    Brief,
    Ceiling,
    Class,
    CloseAtMost,
    MeasuresPerYear,
    Require,
    Rule,
    StaffCeiling,
)
from legation.planning.problem import Interest, Problem, Rung, Service, Site

SENDER = "KAZ"
FIRST_YEAR = 2027
OPTIONS = 8
"""From how many seats a State may be covered."""
REVIEWED = 0.05
"""Which share of the forms held today is under review: they may be given up, the others stay."""


@dataclass(frozen=True, order=True)
class Size:
    """How large a world is, and its seed; written `years:seed`, and with all other numbers where they differ."""

    years: int = 3
    seed: int = 1
    states: int = 195
    cities: int = 120
    organisations: int = 18
    options: int = OPTIONS

    @classmethod
    def read(cls, text: str) -> Size:
        """Read what `str` writes."""
        return cls(*(int(part) for part in text.split(":")))

    def __str__(self) -> str:
        """Write it as short as it can be read."""
        numbers = list(asdict(self).values())
        usual = list(asdict(Size()).values())
        last = 2 if numbers[2:] == usual[2:] else len(numbers)
        return ":".join(str(n) for n in numbers[:last])

    def draw(self) -> Problem:
        """Draw the world."""
        return world(**asdict(self))


@dataclass(frozen=True)
class Profile:
    """What a form costs at an average place, all of it, and which share of its interest it serves."""

    form: Form
    establishing: int
    running: int
    closing: int
    staff: tuple[int, int, int]
    share: str


PROFILES = {
    Track.DIPLOMATIC: (
        Profile(Form.DIPLOMATIC_MISSION, 300, 450, 100, (2, 0, 1), "0.55"),
        Profile(Form.EMBASSY, 1200, 1200, 350, (4, 2, 2), "1"),
    ),
    Track.CONSULAR: (
        Profile(Form.HONORARY_CONSULATE, 10, 15, 0, (0, 0, 0), "0.3"),
        Profile(Form.CONSULATE, 250, 345, 60, (1, 1, 1), "0.7"),
        Profile(Form.CONSULATE_GENERAL, 550, 605, 140, (2, 2, 2), "1"),
    ),
    Track.MULTILATERAL: (Profile(Form.PERMANENT_MISSION, 600, 900, 150, (3, 1, 1), "1"),),
}


@dataclass(frozen=True)
class Place:
    """Where a post might be: a State's capital, one of its cities or an organisation there; worth in the first year."""

    id: str
    track: Track
    state: State
    worth: float

    @property
    def cost(self) -> int:
        """Return what the highest form costs in its first year."""
        top = PROFILES[self.track][-1]
        return top.establishing + top.running


def world(
    years: int = 3,
    seed: int = 1,
    *,
    states: int = 195,
    cities: int = 120,
    organisations: int = 18,
    options: int = OPTIONS,
) -> Problem:
    """Draw a problem: so many years, and at most so many States, consular cities, organisations and options."""
    random = Random(seed)
    chosen = sorted(random.sample(_states(), states), key=lambda s: s.code)
    capitals = _capitals(random, chosen)
    places = [*capitals, *_cities(random, capitals, cities), *_organisations(random, capitals, organisations)]
    today = _today(random, places)
    sites = tuple(_site(random, place, today.get(place.id, Form.NONE), years) for place in places)
    return Problem(
        name=f"world-{years}-{seed}",
        sender=SENDER,
        currency="kUSD",
        price_year=FIRST_YEAR,
        sites=sites,
        interests=tuple(_interest(random, place, years) for place in places),
        services=(*_own_services(places), *_concurrent_services(random, capitals, options)),
        brief=Brief(tuple(range(FIRST_YEAR, FIRST_YEAR + years)), tuple(_rules(sites, capitals, years))),
    )


def _states() -> list[State]:
    """Read the States of the product; the sender is left out."""
    text = (files("legation") / "data" / "states.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(text.splitlines()) if row["code"] != SENDER]
    return [
        State(r["code"], r["name"], r["seat"], float(r["lat"]), float(r["lon"]), r["region"], r["subregion"], _tags(r))
        for r in rows
    ]


def _tags(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row["languages"].split("|"))


# Places and their worth


def _capitals(random: Random, states: Sequence[State]) -> list[Place]:
    """Give each State a worth from 3 to 1000: skewed, and falling with the distance from the sender."""
    drawn = [math.exp(random.gauss(0, 1.1)) / (1 + distance_km(51.2, 71.4, s.lat, s.lon) / 4000) ** 0.8 for s in states]
    top = max(drawn)
    return [Place(s.code, Track.DIPLOMATIC, s, max(3.0, 1000 * w / top)) for s, w in zip(states, drawn, strict=True)]


def _cities(random: Random, capitals: Sequence[Place], count: int) -> list[Place]:
    """Draw consular cities, at most four a State, the weightier the likelier."""
    options = [(c, n) for c in capitals for n in range(1, 5)]
    keys = [math.log(1 - random.random()) * n / c.worth**0.7 for c, n in options]
    drawn = sorted(range(len(options)), key=keys.__getitem__, reverse=True)[:count]
    hosts = Counter(options[i][0].id for i in drawn)
    return [
        Place(f"{c.id}-city-{n}", Track.CONSULAR, c.state, c.worth * random.uniform(0.05, 0.35))
        for c in capitals
        for n in range(1, hosts[c.id] + 1)
    ]


def _organisations(random: Random, capitals: Sequence[Place], count: int) -> list[Place]:
    """Seat organisations in some of the thirty weightiest capitals."""
    weighty = sorted(capitals, key=lambda c: -c.worth)[:30]
    seats = random.sample(weighty, min(count, len(weighty)))
    return [
        Place(f"{c.id}-organisation", Track.MULTILATERAL, c.state, 40 + c.worth * random.uniform(0.15, 0.5))
        for c in seats
    ]


def _today(random: Random, places: Sequence[Place]) -> dict[str, Form]:
    """Draw today's network: 24 in 100 States with an embassy, 3 with a mission, some consulates, half the missions."""
    by_track = {track: [p for p in places if p.track is track] for track in PROFILES}
    capitals = sorted(by_track[Track.DIPLOMATIC], key=lambda p: -p.worth * math.exp(random.gauss(0, 0.35)))
    embassies, missions = round(0.24 * len(capitals)), max(2, round(0.03 * len(capitals)))
    held = dict.fromkeys([p.id for p in capitals[:embassies]], Form.EMBASSY)
    held |= dict.fromkeys([p.id for p in capitals[embassies : embassies + missions]], Form.DIPLOMATIC_MISSION)
    served = [p for p in by_track[Track.CONSULAR] if p.state.code in held]
    for place in sorted(served, key=lambda p: -p.worth)[: max(1, round(0.07 * len(capitals)))]:
        held[place.id] = random.choice(PROFILES[Track.CONSULAR]).form
    organisations = sorted(by_track[Track.MULTILATERAL], key=lambda p: -p.worth)
    return held | dict.fromkeys([p.id for p in organisations[: len(organisations) // 2]], Form.PERMANENT_MISSION)


# Sites, interests, services


def _site(random: Random, place: Place, today: Form, years: int) -> Site:
    """Make a site with the costs of its place; where they reside here, residing there is worth a quarter more."""
    answered = place.track is Track.DIPLOMATIC and random.random() < min(0.9, 0.25 + place.worth / 600)
    dear, build = math.exp(random.gauss(0, 0.25)) * random.choice((1, 1, 1.5)), math.exp(random.gauss(0, 0.3))
    ladder, below = [], Decimal(0)
    for profile in PROFILES[place.track]:
        share = Decimal(profile.share)
        ladder.append(_rung(profile, dear, build, years, (share - below) * _cents(place.worth / 4) * answered))
        below = share
    return Site(
        id=place.id,
        track=place.track,
        state=place.state.code,
        city=place.state.seat,
        ladder=tuple(ladder),
        today=today,
        closable=today is not Form.NONE and random.random() < REVIEWED,
        region=place.state.subregion,
        resident_here=answered,
    )


def _rung(profile: Profile, dear: float, build: float, years: int, merit: Decimal) -> Rung:
    diplomatic, support, local = map(Decimal, profile.staff)
    return Rung(
        profile.form,
        establishing=(Decimal(round(profile.establishing * dear * build)),) * years,
        running=(Decimal(round(profile.running * dear)),) * years,
        closing=(Decimal(round(profile.closing * dear)),) * years,
        diplomatic=diplomatic,
        support=support,
        local=local,
        merit=merit,
    )


def _interest(random: Random, place: Place, years: int) -> Interest:
    growth = 1 + random.gauss(0.01, 0.02)
    kinds = {Track.DIPLOMATIC: "bilateral", Track.CONSULAR: "district", Track.MULTILATERAL: "organisation"}
    return Interest(
        id=place.id,
        worth=tuple(_cents(place.worth * growth**t) for t in range(years)),
        residence=place.id if place.track is Track.DIPLOMATIC else "",
        kind=kinds[place.track],
        state=place.state.code,
    )


def _cents(amount: float) -> Decimal:
    return Decimal(round(100 * amount)) / 100


def _own_services(places: Iterable[Place]) -> Iterator[Service]:
    for place in places:
        for profile in PROFILES[place.track]:
            yield Service(place.id, profile.form, place.id, Decimal(profile.share))


def _concurrent_services(random: Random, capitals: Sequence[Place], most: int) -> Iterator[Service]:
    """Let the embassies that serve a State best cover it: near, of its region, of its language."""
    for target in capitals:
        options = []
        for seat in capitals:
            km = distance_km(seat.state.lat, seat.state.lon, target.state.lat, target.state.lon)
            share = _nearness(seat.state, target.state, km) * math.exp(random.gauss(0, 0.08))
            if seat is not target and random.random() > 0.04 and share >= 0.12:
                options.append((share, seat.id, km))
        for share, seat_id, km in sorted(options, reverse=True)[:most]:
            counted = Decimal(min(500, round(1000 * share))) / 1000
            yield Service(seat_id, Form.EMBASSY, target.id, counted, concurrent=True, km=Decimal(round(km)))


def _nearness(seat: State, target: State, km: float) -> float:
    kin = 0.05 * bool(set(seat.languages) & set(target.languages))
    return 0.38 * math.exp(-km / 2500) + 0.06 * (seat.subregion == target.subregion) + kin


# The brief


def _rules(sites: Sequence[Site], capitals: Sequence[Place], years: int) -> Iterator[Rule]:
    span = range(FIRST_YEAR, FIRST_YEAR + years)
    held = [r for s in sites for r in s.ladder if r.form is s.today]
    running, staff = int(sum(r.running[0] for r in held)), int(sum(r.diplomatic + r.support + r.local for r in held))
    room = max(0.045 * running, 1500)
    once = Decimal(round(max(0.085 * running, 3000), -1))
    yield Ceiling(tuple((y, Decimal(round(running + room * (t + 1), -1))) for t, y in enumerate(span)), Class.RUNNING)
    yield Ceiling(tuple((y, once) for y in span), Class.ESTABLISHING, carry_over=Decimal("0.3"))
    yield StaffCeiling(tuple((y, Decimal(round(staff * (1 + 0.05 * (t + 1))))) for t, y in enumerate(span)))
    yield MeasuresPerYear(5, form=Form.EMBASSY)
    yield MeasuresPerYear(10)
    yield MeasuresPerYear(6, form=Form.HONORARY_CONSULATE)
    yield CloseAtMost(2)
    yield AccreditationsPerSeat(Decimal(4))
    yield from _presence(sites, span[-1])
    worth = {p.id: p.worth for p in capitals}
    wished = [s for s in sites if s.resident_here and s.today is Form.NONE]
    for t, site in enumerate(sorted(wished, key=lambda s: -worth[s.id])[: len(sites) // 150]):
        yield Require(site.id, Form.EMBASSY, by=span[min(years - 1, t + 1)])


def _presence(sites: Sequence[Site], by: int) -> Iterator[Rule]:
    """Keep the number of embassies of each region, and ask for one more in up to three regions that have fewest."""
    capitals = [s for s in sites if s.track is Track.DIPLOMATIC]
    total = Counter(s.region for s in capitals)
    embassies = Counter(s.region for s in capitals if s.today is Form.EMBASSY)
    thin = sorted((r for r in total if total[r] > 4), key=lambda r: (embassies[r] / total[r], r))[: len(sites) // 100]
    for region in sorted(total):
        count = embassies[region] + (region in thin)
        if count:
            yield AtLeast(count, Form.EMBASSY, by, region=region, track=Track.DIPLOMATIC)
