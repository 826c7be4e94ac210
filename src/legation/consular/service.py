"""Which post serves whom as a consul, how far they have to go, and how much work each post has for its people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil

from legation.cases.case import Case, Consular
from legation.cases.serving import SEAT, SHARES
from legation.cases.siting import Holding, hold
from legation.consular.demand import District
from legation.errors import Finding, Severity
from legation.model import EMBASSIES, Form, Track, distance_km
from legation.planning.accounts import held_forms, reaches, to_decimal
from legation.planning.outcome import Plan
from legation.planning.problem import Problem, Service, Site
from legation.values import value

MINUTES = 60
THOUSAND = 1000


@value
class Attended:
    """How a district is served: by which site in which form, or (no site) by none.

    share: of its people, 0 to 1; km: from its city to the post; concurrent: from another State; served, unserved:
    people, who add up to those of the district; trips: of a mobile consulate in a year, to do the rest of the acts
    """

    district: str
    site: str
    form: Form
    share: Decimal
    concurrent: bool
    km: int
    served: Decimal
    unserved: Decimal
    trips: int


@value
class Workload:
    """What a post has to do as a consul in a year.

    districts, people: whom it serves; acts, hours: what that takes at its counter; needed: people for it; there: people
    who do consular work there; load: needed / there, None where nobody is there for it
    """

    site: str
    form: Form
    districts: int
    people: Decimal
    acts: Decimal
    hours: Decimal
    needed: Decimal
    there: Decimal
    load: Decimal | None


@value
class Totals:
    """All districts together. people = served + unserved; acts = online + counter + undone; trips: for the undone."""

    people: Decimal
    served: Decimal
    unserved: Decimal
    acts: Decimal
    online: Decimal
    counter: Decimal
    undone: Decimal
    trips: int


@value
class ConsularService:
    """Consular service at one time: today (no year), or at the end of a year of a plan."""

    year: int | None
    districts: tuple[Attended, ...]
    posts: tuple[Workload, ...]
    totals: Totals


Offer = tuple[str, Decimal, bool]
"""A site, the share it serves, and whether from another State."""


def service_today(case: Case, problem: Problem, places: Sequence[District]) -> ConsularService:
    """Return the consular service of the record: by the forms held and the accreditations that are recorded."""
    holdings, _ = hold(case)
    at = {h.post.id: h.place.id for h in holdings if h.post}
    pairs = [(at[a.seat], a.state) for a in case.accreditations if a.seat in at]
    forms = {s.id: s.today for s in problem.sites}
    return _service(case, problem, places, holdings, forms, _covers(problem, pairs), None)


def service_in(case: Case, problem: Problem, plan: Plan, places: Sequence[District], year: int) -> ConsularService:
    """Return the consular service at the end of a year of a plan: by the forms and accreditations it has then."""
    holdings, _ = hold(case)
    position = problem.brief.years.index(year)
    forms = {site: held[position] for site, held in held_forms(problem, plan.measures).items()}
    pairs = [(s.site, s.interest) for s in plan.services if s.year == year and s.concurrent]
    return _service(case, problem, places, holdings, forms, _covers(problem, pairs), year)


def _covers(problem: Problem, pairs: Iterable[tuple[str, str]]) -> dict[str, Offer]:
    """Return the seat that covers each State, and the share of its people that it serves; of several the best."""
    shares = {(s.site, s.interest): s.share for s in problem.services if s.concurrent}
    found: dict[str, Offer] = {}
    for site, state in sorted(pairs, key=lambda p: (-shares.get(p, Decimal(0)), p)):
        if (site, state) in shares:
            found.setdefault(state, (site, shares[site, state], True))
    return found


def _service(
    case: Case,
    problem: Problem,
    places: Sequence[District],
    holdings: Iterable[Holding],
    forms: Mapping[str, Form],
    covers: Mapping[str, Offer],
    year: int | None,
) -> ConsularService:
    sites = {s.id: s for s in problem.sites}
    at = {h.place.id: (h.place.lat, h.place.lon) for h in holdings}
    needs = Needs(case.settings.consular)
    offers = dict(_offers(case, problem, places, forms, covers))
    attended = tuple(_attended(d, offers.get(d.id), forms, at, needs) for d in places)
    return ConsularService(year, attended, _workloads(sites, forms, attended, needs), _totals(places, attended, needs))


def _offers(
    case: Case,
    problem: Problem,
    places: Iterable[District],
    forms: Mapping[str, Form],
    covers: Mapping[str, Offer],
) -> Iterator[tuple[str, Offer]]:
    """Go through the districts that some post serves.

    A district is served by the post of the highest share for it; the rest of a State by the mission that resides there,
    else by the one that covers the State from elsewhere.
    """
    sites = {s.id: s for s in problem.sites}
    own = _own(problem.services, sites, forms)
    resident = {s.state: s for s in sites.values() if s.track is Track.DIPLOMATIC and forms[s.id] is not Form.NONE}
    table = {(s.kind, s.form): s.share for s in (*SHARES, *case.settings.shares)}
    for district in places:
        if not district.rest:
            if district.id in own:
                yield district.id, own[district.id]
        elif district.state in resident:
            site = resident[district.state]
            yield district.id, (site.id, _at_seat(table, forms[site.id]), False)
        elif district.state in covers:
            yield district.id, covers[district.state]


def _own(services: Iterable[Service], sites: Mapping[str, Site], forms: Mapping[str, Form]) -> dict[str, Offer]:
    """Return the post that serves each interest best by what is held, at its own seat."""
    found: dict[str, Offer] = {}
    for s in sorted(services, key=lambda s: (-s.share, s.site)):
        if not s.concurrent and forms[s.site] is not Form.NONE and reaches(sites[s.site], forms[s.site], s.form):
            found.setdefault(s.interest, (s.site, s.share, False))
    return found


def _at_seat(table: Mapping[tuple[str, Form], Decimal], form: Form) -> Decimal:
    default = table[SEAT, Form.EMBASSY] if form in EMBASSIES else Decimal(0)
    return table.get((SEAT, form), default)


def _attended(
    district: District,
    offer: Offer | None,
    forms: Mapping[str, Form],
    at: Mapping[str, tuple[float, float]],
    needs: Needs,
) -> Attended:
    people = district.people or Decimal(0)
    if offer is None:
        return Attended(district.id, "", Form.NONE, Decimal(0), False, 0, Decimal(0), people, needs.trips(people))
    site, share, concurrent = offer
    served = to_decimal(Fraction(people) * Fraction(share))
    rest = people - served
    km = round(distance_km(*at[site], district.lat, district.lon))
    return Attended(district.id, site, forms[site], share, concurrent, km, served, rest, needs.trips(rest))


class Needs:
    """What people need of a consul in a year, for each of them."""

    def __init__(self, consular: Consular) -> None:
        """Add the acts up once."""
        self._consular = consular
        rates = [(Fraction(a.rate) / THOUSAND, Fraction(a.online), Fraction(a.minutes)) for a in consular.acts]
        self.acts = sum((rate for rate, _, _ in rates), Fraction(0))
        self.online = sum((rate * online for rate, online, _ in rates), Fraction(0))
        self.counter = self.acts - self.online
        self.hours = sum((rate * (1 - online) * minutes / MINUTES for rate, online, minutes in rates), Fraction(0))
        self._people = {p.form: p.people for p in consular.people}

    def trips(self, people: Decimal) -> int:
        """Return how many trips of a mobile consulate it takes to do what so many people need at a counter."""
        return ceil(Fraction(people) * self.counter / Fraction(self._consular.trip))

    def there(self, site: Site, form: Form) -> Decimal:
        """Return how many people do consular work at a site: as stated for the form, else all there are."""
        rung = next((r for r in site.ladder if r.form is form), None)
        return self._people.get(form, rung.diplomatic + rung.support + rung.local if rung else Decimal(0))

    def people(self, hours: Fraction) -> Fraction:
        """Return how many people so many hours of work need."""
        return hours / Fraction(self._consular.hours)


def _workloads(
    sites: Mapping[str, Site], forms: Mapping[str, Form], attended: Iterable[Attended], needs: Needs
) -> tuple[Workload, ...]:
    """Return the work of every post that serves somebody, the most pressed first; those without people for it last."""
    by_site: dict[str, list[Attended]] = defaultdict(list)
    for line in attended:
        if line.site:
            by_site[line.site].append(line)
    found = [_workload(sites[site], forms[site], lines, needs) for site, lines in by_site.items()]
    return tuple(sorted(found, key=lambda w: (-(w.load or Decimal(0)), -w.needed, w.site)))


def _workload(site: Site, form: Form, lines: Sequence[Attended], needs: Needs) -> Workload:
    people = sum((Fraction(line.served) for line in lines), Fraction(0))
    hours, there = people * needs.hours, needs.there(site, form)
    needed = needs.people(hours)
    return Workload(
        site.id,
        form,
        districts=len(lines),
        people=to_decimal(people),
        acts=to_decimal(people * needs.counter),
        hours=to_decimal(hours),
        needed=to_decimal(needed),
        there=there,
        load=to_decimal(needed / Fraction(there)) if there else None,
    )


def _totals(places: Iterable[District], attended: Sequence[Attended], needs: Needs) -> Totals:
    people = sum((Fraction(d.people) for d in places if d.people), Fraction(0))
    served = sum((Fraction(line.served) for line in attended), Fraction(0))
    rest = sum((Fraction(line.unserved) for line in attended), Fraction(0))
    return Totals(
        people=to_decimal(people),
        served=to_decimal(served),
        unserved=to_decimal(rest),
        acts=to_decimal(people * needs.acts),
        online=to_decimal(people * needs.online),
        counter=to_decimal(served * needs.counter),
        undone=to_decimal(rest * needs.counter),
        trips=sum(line.trips for line in attended),
    )


def overloads(service: ConsularService) -> tuple[Finding, ...]:
    """Name the posts that have more consular work than people for it: warnings "consular-overload"."""
    return tuple(_overload(w, service.year) for w in service.posts if w.load is not None and w.load > 1)


def _overload(work: Workload, year: int | None) -> Finding:
    when = "Today" if year is None else f"At the end of {year}"
    message = f"{when} the consular work at {work.site} takes {work.needed:.1f} people, and {work.there:f} do it there."
    remedy = "Add people or a post, cut the district, or correct the rates in [settings.consular]."
    return Finding("consular-overload", Severity.WARNING, work.site, message, remedy)
