"""Small random problems over all tracks and rules, few enough in ways to go that all of them can be tried."""

from dataclasses import replace
from decimal import Decimal
from math import prod

from hypothesis import strategies as st

from legation.model import LADDERS, Form, Track
from legation.planning import brief as rules
from legation.planning.problem import Interest, Problem, Rung, Service, Site

IDS = ("AAA", "BBB", "CCC", "DDD")
FIRST = 2030
MOST_WAYS = 600
ALL_FORMS = tuple(form for ladder in LADDERS.values() for form in ladder)

shares = st.sampled_from(["0", "0.25", "0.5", "1"]).map(Decimal)


def numbers(low, high):
    """Draw whole numbers as decimals, so that ties and exact equalities occur."""
    return st.integers(low, high).map(Decimal)


def ways(site, years):
    """Count the histories a site can have, without its years of rising."""
    heights = range(len(site.ladder) + 1)
    count = dict.fromkeys(heights, 0)
    count[[Form.NONE, *(r.form for r in site.ladder)].index(site.today)] = 1
    for _ in range(years):
        count = {h: sum(count[g] for g in heights if site.closable or g <= h) for h in heights}
    return sum(count.values())


def trim(sites, years):
    """Take freedom from the freest sites until all histories together can be tried."""
    sites = list(sites)
    while prod(ways(s, years) for s in sites) > MOST_WAYS:
        i = max(range(len(sites)), key=lambda j: ways(sites[j], years))
        site = sites[i]
        if len(site.ladder) > 1 and site.today is not site.ladder[-1].form:
            sites[i] = replace(site, ladder=site.ladder[:-1])
        else:
            sites[i] = replace(site, closable=False)
    return tuple(sites)


@st.composite
def ladders(draw, track, years, low):
    """Draw a ladder: part of the track's forms; costs grow with each rung, as a problem promises."""
    forms = [form for form in LADDERS[track] if draw(st.booleans())] or [draw(st.sampled_from(LADDERS[track]))]
    added = st.tuples(*[numbers(low, low + 3)] * years)
    below = {"establishing": (Decimal(0),) * years, "running": (Decimal(0),) * years, "closing": (Decimal(0),) * years}
    ladder = []
    for form in forms[:3]:
        below = {name: tuple(map(sum, zip(amounts, draw(added), strict=True))) for name, amounts in below.items()}
        people = {name: draw(numbers(0, 3)) for name in ("diplomatic", "support", "local")}
        rung = Rung(form, **below, **people, lead_share=draw(shares), merit=draw(numbers(-1, 3)))
        ladder.append(rung)
    return tuple(ladder)


@st.composite
def sites(draw, name, years, low):
    """Draw a site of any track."""
    track = draw(st.sampled_from((*Track, Track.DIPLOMATIC)))
    ladder = draw(ladders(track, years, low))
    edge = st.sampled_from([None, None, *range(FIRST, FIRST + years)])
    return Site(
        id=name,
        track=track,
        state=name,
        city=name.lower(),
        ladder=ladder,
        today=draw(st.sampled_from([Form.NONE, Form.NONE, *(r.form for r in ladder)])),
        closable=draw(st.booleans()),
        first=draw(edge),
        last=draw(edge),
        region=draw(st.sampled_from(["north", "south"])),
        groups=draw(st.sampled_from([(), ("g",), ("g", "h")])),
        resident_here=draw(st.booleans()),
    )


@st.composite
def interests(draw, places, years, low):
    """Draw interests of every kind, with the services that serve them."""
    found, served = [], []
    for kind in draw(st.lists(st.sampled_from(["bilateral", "organisation", "region"]), min_size=1, max_size=3)):
        name = f"{kind}-{len(found)}"
        home = draw(st.sampled_from(places)) if kind == "bilateral" else None
        found.append(Interest(name, draw(st.tuples(*[numbers(low, 9)] * years)), home.id if home else "", kind))
        for place in places:
            if kind == "bilateral" or draw(st.booleans()):
                served += draw(services(place, name, home, years, low))
    return tuple(found), tuple(served)


@st.composite
def services(draw, place, interest, home, years, low):
    """Draw what a site can do for an interest: a resident by rung, any other concurrently or not."""
    forms = [r.form for r in place.ladder]
    if home is not None and home.id == place.id:
        return [Service(place.id, f, interest, Decimal(k) / len(forms)) for k, f in enumerate(forms, start=1)]
    concurrent = draw(st.sampled_from([True, True, False]))
    return [
        Service(
            place.id,
            draw(st.sampled_from(LADDERS[place.track])),
            interest,
            draw(st.sampled_from(["0.25", "0.5", "0.75"]).map(Decimal)),
            concurrent,
            draw(st.just(()) | st.tuples(*[numbers(low, 2)] * years)),
            draw(numbers(1, 2)),
            draw(numbers(0, 3)) * 1000,
        )
        for _ in range(draw(st.sampled_from([1, 1, 0])))
    ]


def amounts(years, low, high):
    """Draw an amount for some of the years."""
    table = st.tuples(*[st.none() | numbers(low, high)] * years)
    return table.map(lambda row: tuple((FIRST + t, amount) for t, amount in enumerate(row) if amount is not None))


def rule_of(kind, places, years):
    """Return the strategy of a rule, its parameters wide enough to bind, to be slack and to contradict."""
    ids = [s.id for s in places]
    site, year = st.sampled_from(ids), st.integers(FIRST, FIRST + years - 1)
    near = st.integers(FIRST - 1, FIRST + years)
    own = st.sampled_from(places).flatmap(lambda s: st.tuples(st.just(s.id), st.sampled_from(LADDERS[s.track])))
    some = st.lists(site, min_size=2, max_size=3, unique=True).map(tuple)
    where = {"region": st.sampled_from(["", "north"]), "group": st.sampled_from(["", "g"])}
    track = st.none() | st.sampled_from([s.track for s in places])
    any_form = own.map(lambda place: place[1]) | st.sampled_from(ALL_FORMS)
    table = {
        rules.Ceiling: lambda: st.builds(
            rules.Ceiling,
            amounts(years, 0, 25),
            st.sampled_from(rules.Class),
            st.sampled_from(rules.Scope),
            shares,
        ),
        rules.Tail: lambda: st.builds(rules.Tail, numbers(0, 25), st.sampled_from(rules.Scope)),
        rules.StaffCeiling: lambda: st.builds(rules.StaffCeiling, amounts(years, 0, 15), st.sampled_from(rules.Staff)),
        rules.MeasuresPerYear: lambda: st.builds(
            rules.MeasuresPerYear,
            st.integers(0, 1),
            st.none() | st.sampled_from(rules.Kind),
            st.none() | any_form,
            track,
            st.just(()) | st.tuples(year),
        ),
        rules.Keep: lambda: own.map(lambda p: rules.Keep(*p)),
        rules.Forbid: lambda: own.map(lambda p: rules.Forbid(*p)),
        rules.Require: lambda: st.builds(lambda p, y, e: rules.Require(*p, y, e), own, near, st.booleans()),
        rules.Window: lambda: st.builds(rules.Window, site, near, near),
        rules.AtLeast: lambda: st.builds(rules.AtLeast, st.integers(0, 2), any_form, near, track=track, **where),
        rules.AtMost: lambda: st.builds(rules.AtMost, st.integers(0, 1), any_form, track=track, **where),
        rules.After: lambda: st.builds(lambda a, b, n: rules.After(*a, *b, n), own, own, st.integers(0, 3)),
        rules.Together: lambda: st.builds(rules.Together, some),
        rules.Exclusive: lambda: st.builds(rules.Exclusive, some, st.integers(1, 2)),
        rules.Reciprocate: lambda: st.builds(
            rules.Reciprocate, st.sampled_from(["answer", "never-before"]), st.integers(1, 2)
        ),
        rules.AccreditationsPerSeat: lambda: st.builds(rules.AccreditationsPerSeat, numbers(0, 2)),
        rules.AccreditationDistance: lambda: st.builds(rules.AccreditationDistance, numbers(0, 2000)),
        rules.Conditional: lambda: st.builds(rules.Conditional, site, st.just("consent"), st.booleans()),
        rules.CloseAtMost: lambda: st.builds(rules.CloseAtMost, st.integers(0, 1)),
    }
    return table[kind]()


KINDS = (
    *(rules.Ceiling, rules.Tail, rules.StaffCeiling, rules.MeasuresPerYear, rules.Keep, rules.Forbid, rules.Require),
    *(rules.Window, rules.AtLeast, rules.AtMost, rules.After, rules.Together, rules.Exclusive, rules.Reciprocate),
    *(rules.AccreditationsPerSeat, rules.AccreditationDistance, rules.Conditional, rules.CloseAtMost),
)
"""All rules but those of a ministry's own."""


@st.composite
def problems(draw, must=(), most_rules=4, low=0):
    """Draw a problem under rules of the kinds that `must` be and others.

    low: least amount of any cost and worth (1: no change goes unnoticed)
    """
    years = draw(st.integers(1, 3))
    names = IDS[: draw(st.integers(2, 4))]
    places = trim([draw(sites(name, years, low)) for name in names], years)
    wanted, offered = draw(interests(places, years, low))
    count = draw(st.integers(0, most_rules))
    others = st.sampled_from((*KINDS, rules.Ceiling, rules.Ceiling))
    kinds = [*must, *draw(st.lists(others, min_size=count, max_size=count))]
    return Problem(
        name="small",
        sender="ZZZ",
        currency="XTS",
        price_year=FIRST,
        sites=places,
        interests=wanted,
        services=offered,
        brief=rules.Brief(
            years=tuple(FIRST + t for t in range(years)),
            rules=tuple(draw(rule_of(kind, places, years)) for kind in kinds),
            discount_rate=Decimal(draw(st.sampled_from(["0", "0.03", "0.25"]))),
        ),
        first_share=draw(shares),
        last_share=draw(shares),
        change_penalty=Decimal(draw(st.sampled_from(["0.0001", "0.01"]))),
    )
