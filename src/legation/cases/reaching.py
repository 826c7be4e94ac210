"""Which seats can cover which States concurrently: the default rule of reach, and what is recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from math import exp

from legation.cases.case import Case, InterestRow, Reach
from legation.cases.siting import Holding, place_of
from legation.errors import Finding, Severity
from legation.model import EMBASSIES, Accreditation, Form, State, Track, distance_km, track_of
from legation.planning.problem import Service, Site

PLACES = Decimal("0.0001")
MARGIN = 0.001
"""How far the quick estimate of a share is on the safe side: ten times what rounding to places can add."""

Pair = tuple[str, str]
"""A site and an interest."""


def offers(
    case: Case, holdings: Sequence[Holding], sites: Sequence[Site], rows: Sequence[InterestRow], settled: set[Pair]
) -> tuple[tuple[Service, ...], tuple[Finding, ...]]:
    """Return, for every bilateral interest, the best seats that reach it and every seat that is recorded.

    settled: pairs that services.csv rules out or states itself. A recorded accreditation that cannot be offered
    gives a finding "accreditation-unused".
    """
    able = {s.id: form for s in sites if (form := _lowest(s))}
    states = [r.state for r in rows if r.kind == "bilateral"]
    recorded, findings = _recorded(case, holdings, able, set(states))
    km, reach = distances(case, holdings), case.settings.reach
    facts = {s.code: s for s in case.states}
    found: list[Service] = []
    for row in (r for r in rows if r.kind == "bilateral"):
        kept = recorded[row.state]
        seats = [s for s in sites if s.id in able and s.state != row.state and (s.id, row.id) not in settled]
        seats = [s for s in seats if s.track is Track.DIPLOMATIC or s.id in kept]
        apart = ((s, km(s.id, row.state)) for s in seats)
        near = ((s, far) for s, far in apart if s.id in kept or _may_reach(reach, facts, s.state, row.state, far))
        ranked = sorted(
            (_offer(reach, s, able[s.id], row, facts, far) for s, far in near),
            key=lambda s: (-s.share, s.km, s.site),
        )
        least = [s for s in ranked if s.share >= reach.least]
        best = kept | {s.site for s in least[: reach.options]}
        found += [s for s in ranked if s.site in best]
    return tuple(found), tuple(findings)


def _may_reach(reach: Reach, states: Mapping[str, State], seat: str, covered: str, km: Decimal) -> bool:
    """Say, by a quick estimate that leaves out none, whether a share may be as large as the least that is offered."""
    one, other = states.get(seat), states.get(covered)
    near = float(reach.base) * exp(-float(km) / float(reach.km)) if reach.km else 0.0
    together = float(_together(reach, one, other)) if one and other else 0.0
    return near + together + MARGIN >= reach.least


def reach_share(reach: Reach, seat: State | None, covered: State | None, km: Decimal) -> Decimal:
    """Return the default share of concurrent accreditation, to 4 places.

    base x exp(-km / scale) (0 for a scale of 0), plus `subregion` where the two States lie in one, plus `language`
    where they share one; at most `most`.
    """
    share = reach.base * (-km / reach.km).exp() if reach.km else Decimal(0)
    if seat and covered:
        share += _together(reach, seat, covered)
    return min(share, reach.most).quantize(PLACES)


def _together(reach: Reach, seat: State, covered: State) -> Decimal:
    """Return what two States' subregion and languages add to the share."""
    share = reach.subregion if seat.subregion and seat.subregion == covered.subregion else Decimal(0)
    return share if set(seat.languages).isdisjoint(covered.languages) else share + reach.language


def distances(case: Case, holdings: Iterable[Holding]) -> Callable[[str, str], Decimal]:
    """Return the function from a site's id and a State's code to the km between them, rounded to 1 km.

    A State is where its diplomatic site is, else at the seat the table of States gives; an unknown one is 0 km away.
    """
    places = [h.place for h in holdings]
    seats = {p.id: (p.lat, p.lon) for p in places}
    states = {s.code: (s.lat, s.lon) for s in case.states}
    states |= {p.state: (p.lat, p.lon) for p in places if p.track is Track.DIPLOMATIC}

    def km(site: str, state: str) -> Decimal:
        return Decimal(round(distance_km(*seats[site], *states[state]))) if state in states else Decimal(0)

    return km


def _offer(reach: Reach, site: Site, form: Form, row: InterestRow, states: Mapping[str, State], km: Decimal) -> Service:
    share = reach_share(reach, states.get(site.state), states.get(row.state), km)
    return Service(site.id, form, row.id, share, concurrent=True, km=km)


def _lowest(site: Site) -> Form | None:
    """Return the lowest form of a site that may be accredited concurrently: an embassy or a permanent mission."""
    able = (*EMBASSIES, Form.PERMANENT_MISSION)
    return next((r.form for r in site.ladder if r.form in able), None)


def _recorded(
    case: Case, holdings: Sequence[Holding], able: Mapping[str, Form], states: set[str]
) -> tuple[dict[str, set[str]], list[Finding]]:
    """Return the sites recorded as covering each State, and the records that name no usable one."""
    places = [h.place for h in holdings]
    posts = {p.id: p for p in case.posts}
    sites: dict[str, set[str]] = defaultdict(set)
    findings = []
    for record in case.accreditations:
        post = posts.get(record.seat)
        track = track_of(post.form) if post else None
        place = place_of(post, track, places) if post and track else None
        if place and place.id in able and record.state in states:
            sites[record.state].add(place.id)
        else:
            findings.append(_unused(record, list(_reasons(record, place.id if place else "", able, states))))
    return sites, findings


def _reasons(record: Accreditation, site: str, able: Mapping[str, Form], states: set[str]) -> Iterator[str]:
    if not site:
        yield f"{record.seat} is no post at a site of the case"
    elif site not in able:
        yield f"site {site} never holds an embassy or a permanent mission"
    if record.state not in states:
        yield f"{record.state} has no diplomatic site"


def _unused(record: Accreditation, reasons: Sequence[str]) -> Finding:
    message = f"The accreditation from {record.seat} to {record.state} is not offered: {'; '.join(reasons)}."
    remedy = "Correct the row, or add the site to sites.csv."
    subject = f"{record.seat}:{record.state}"
    return Finding("accreditation-unused", Severity.WARNING, subject, message, remedy, "accreditations.csv")
