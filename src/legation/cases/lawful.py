"""Lawful: from a case on a day, or from a plan year by year, to the situation that the law looks at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from math import ceil

from legation.cases.case import Case
from legation.cases.siting import CONFIDENCES, Holding, every_post, hold, on_record, told
from legation.law.situation import Objection, Situation, Terms, head_class, named
from legation.model import Accreditation, Facts, Form, Period, Post, Seat, Track, level, track_of
from legation.model.life import Event, EventKind, life
from legation.planning.brief import Kind
from legation.planning.outcome import Measure, Plan
from legation.planning.problem import Problem, Site

RELATIONS, CONSULAR, HONORARY = "relations", "consular_relations", "honorary_consuls"
MISSION_LIMIT, CONSULAR_LIMIT = "mission_limit", "consular_limit"
"""Attributes of facts.csv that tell the terms of a State."""


def situation_on(case: Case, day: date) -> Situation:
    """Return the situation of a case's own record on a day; facts are those known by the day of the case."""
    posts = every_post(case)
    return _situation(case, day, posts, case.accreditations, told(case, posts))


def situations_of(case: Case, problem: Problem, plan: Plan) -> Iterator[Situation]:
    """Go through the situations at the end of each year of a plan, were it carried out.

    Of what is planned only the measures count: a consent that is planned was not given.
    """
    holdings, _ = hold(case)
    sites = {s.id: s for s in problem.sites}
    held = {h.place.id: h for h in holdings}
    states = {i.id: i.state or i.id for i in problem.interests}
    recorded = every_post(case)
    events = told(case, recorded)
    for year in problem.brief.years:
        past = sorted((m for m in plan.measures if m.year <= year), key=lambda m: m.year)
        posts, changes = _carried_out(case, recorded, past, held, sites)
        names = {site: _post_id(held.get(site), site) for site in sites}
        covers = tuple(
            _cover(case, names[s.site], states[s.interest])
            for s in plan.services
            if s.year == year and s.concurrent and s.site in names
        )
        yield _situation(case, date(year, 12, 31), posts, covers, (*events, *changes))


def _situation(
    case: Case, day: date, posts: Iterable[Post], covers: Iterable[Accreditation], events: tuple[Event, ...]
) -> Situation:
    recorded, accreditations = tuple(posts), tuple(covers)
    by_post: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_post[event.post].append(event)
    known = on_record(case)
    lives = tuple(life(post, by_post[post.id], day, known.get(post.id)) for post in recorded)
    states = {p.seat.state for p in recorded} | {a.state for a in accreditations}
    weak = [p.id for p in recorded if _is_weak(case, p.confidence)]
    weak += [named(a) for a in accreditations if _is_weak(case, a.confidence)]
    return Situation(
        case.sender,
        day,
        lives,
        recorded,
        accreditations,
        tuple(_terms(case, sorted(states), day)),
        tuple(_objections(case)),
        tuple(weak),
        tuple(_names(case, recorded)),
    )


def _names(case: Case, posts: tuple[Post, ...]) -> Iterator[tuple[str, str]]:
    """Go through the names of States and posts: a mission is called by its State, any other post by its city too."""
    names = {s.code: s.name for s in case.states}
    yield from names.items()
    missions = Counter(p.seat.state for p in posts if track_of(p.form) is Track.DIPLOMATIC)
    for post in posts:
        state = names.get(post.seat.state, post.seat.state)
        alone = track_of(post.form) is Track.DIPLOMATIC and missions[post.seat.state] == 1
        yield post.id, state if alone or not post.seat.city else f"{post.seat.city} ({state})"


def _is_weak(case: Case, confidence: str) -> bool:
    return CONFIDENCES.index(confidence) < CONFIDENCES.index(case.settings.least_confidence)


# Terms


def _terms(case: Case, states: Iterable[str], day: date) -> Iterator[Terms]:
    facts, by = Facts(case.facts), min(day, case.as_of).year
    here = {p.sender for p in case.foreign_posts.on(min(day, case.as_of)) if level(p.form)}
    for state in states:
        told = {name: facts.latest(state, name, by=by) for name in (RELATIONS, CONSULAR, HONORARY)}
        limits = [facts.latest(state, name, by=by) for name in (MISSION_LIMIT, CONSULAR_LIMIT)]
        fact = told[RELATIONS]
        yes = {name: None if found is None else bool(found.value) for name, found in told.items()}
        relations, basis = yes[RELATIONS], f"{fact.source}, {fact.year}" if fact else ""
        if fact is None and state in here:
            relations, basis = True, "their mission is here"
        sizes = [None if found is None else int(found.value) for found in limits]
        yield Terms(state, relations, basis, yes[CONSULAR], sizes[0], sizes[1], yes[HONORARY])


def _objections(case: Case) -> Iterator[Objection]:
    """Go through the pairs that services.csv rules out, as objections of one State to a head in the other."""
    seats = {p.id: p.state for p in case.places}
    rows = {i.id: i.state for i in case.interests}
    for row in case.services:
        if not row.allowed and row.site in seats:
            state = rows.get(row.interest, row.interest)
            if state and state != seats[row.site]:
                yield Objection(seats[row.site], state, row.evidence)


# A plan carried out


def _post_id(holding: Holding | None, site: str) -> str:
    return holding.post.id if holding and holding.post else site


def _cover(case: Case, seat: str, state: str) -> Accreditation:
    """Return the accreditation as recorded, or a new one of which nothing is known yet."""
    return next((a for a in case.accreditations if (a.seat, a.state) == (seat, state)), Accreditation(seat, state))


def _carried_out(
    case: Case,
    recorded: Iterable[Post],
    measures: Iterable[Measure],
    held: Mapping[str, Holding],
    sites: Mapping[str, Site],
) -> tuple[tuple[Post, ...], list[Event]]:
    """Return the posts after measures, and the changes of class that the law should see."""
    posts = {p.id: p for p in recorded}
    changes: list[Event] = []
    for measure in measures:
        site = sites[measure.site]
        name = _post_id(held.get(site.id), site.id)
        if measure.after is Form.NONE:
            day = date(measure.year, case.settings.closing_month, 1)
            posts[name] = replace(posts[name], span=Period(posts[name].span.start, day))
        elif measure.before is Form.NONE:
            again = name in posts  # it was there and is no longer at work
            posts[name] = _opened(case, site, name, measure)
            kind = EventKind.RESUMED if again else EventKind.FIRST_WORKING_DAY
            changes.append(Event(name, kind, date(measure.year, case.settings.opening_month, 1), source="plan"))
        else:
            day = date(measure.year, case.settings.opening_month, 1)
            posts[name] = replace(posts[name], staff=_staff(site, measure.after))
            if site.track is not Track.DIPLOMATIC or head_class(measure.before) != head_class(measure.after):
                changes.append(_changed(name, measure, day))
            else:
                posts[name] = replace(posts[name], form=measure.after)
    return tuple(posts.values()), changes


def _opened(case: Case, site: Site, name: str, measure: Measure) -> Post:
    day = date(measure.year, case.settings.opening_month, 1)
    seat = Seat(site.state, site.city)
    return Post(name, case.sender, measure.after, seat, Period(day), _staff(site, measure.after), source="plan")


def _changed(name: str, measure: Measure, day: date) -> Event:
    kind = EventKind.RAISED if measure.kind is Kind.UPGRADE else EventKind.LOWERED
    return Event(name, kind, day, form=measure.after, source="plan")


def _staff(site: Site, form: Form) -> int:
    rung = next(r for r in site.ladder if r.form is form)
    return ceil(rung.diplomatic + rung.support + rung.local)
