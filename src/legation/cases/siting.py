"""From posts and places to holdings: where we might be, and which recorded post counts there today."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from legation.cases.case import Case, Place
from legation.errors import Finding, Severity
from legation.model import EMBASSIES, LADDERS, Event, Form, Network, Post, Seat, Track, level, track_of
from legation.model.chronicle import mistold as mistold_of
from legation.model.life import AWAY, OPENING, Life, life
from legation.model.life import at_work as posts_at_work
from legation.planning.problem import Rung, Site
from legation.values import value

CONFIDENCES = ("low", "medium", "high")


@value
class Holding:
    """A place with its ladder in order, and the post that counts there today, if any."""

    place: Place
    post: Post | None = None


def slug(name: str) -> str:
    """Return a name in small letters without accents, hyphens between words ("new-york"): to compare, to build ids."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name).casefold() if not unicodedata.combining(c))
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split())


def names_of(case: Case, sites: Iterable[Site]) -> dict[str, str]:
    """Return what people call sites, by their ids: "Nairobi, Kenya"."""
    states = {s.code: s.name for s in case.states}
    return {s.id: ", ".join(p for p in (s.city, states.get(s.state, s.state)) if p) for s in sites}


def hold(case: Case) -> tuple[tuple[Holding, ...], tuple[Finding, ...]]:
    """Return every place of the case and every place its proven posts imply, with what is held there today.

    Findings: "post-unproven", "post-outside", "site-implied", "post-duplicate", "form-added", and the errors
    "form-outside-track", "form-missing" and "state-unknown".
    """
    proven, findings = _proven(case)
    places = {p.id: p for p in case.places}
    held: dict[str, list[Post]] = defaultdict(list)
    for post in sorted(proven, key=lambda p: p.id):
        track = track_of(post.form)
        if track is None:
            findings.append(_outside(post))
            continue
        place = place_of(post, track, places.values())
        if place is None:
            place = _implied(post, track, case)
            places[place.id] = place
            findings.append(_implied_finding(post, place))
        held[place.id].append(post)
    findings += _unknown_states(case, places.values())
    holdings = []
    for place in sorted(places.values(), key=lambda p: p.id):
        holding, found = _holding(place, held[place.id])
        holdings.append(holding)
        findings += found
    return tuple(holdings), tuple(findings)


# The lives of our own posts


def at_work(case: Case, day: date | None = None) -> Network:
    """Return the own posts at work on a day (that of the record by default), those included that events opened."""
    when = case.as_of if day is None else day
    if not case.events:
        return case.posts.on(when)
    posts = every_post(case)
    return posts_at_work(posts, told(case, posts), when, on_record(case))


def lives(case: Case, day: date | None = None) -> tuple[Life, ...]:
    """Return what each own post is on a day (that of the record by default): open, suspended, closed and so on."""
    posts = every_post(case)
    events = told(case, posts)
    record, when = on_record(case), case.as_of if day is None else day
    return tuple(life(post, events, when, record.get(post.id)) for post in posts)


def on_record(case: Case) -> dict[str, date]:
    """Return the day on which each post of the record is known to be there; posts that events opened are left out."""
    return {post.id: case.as_of for post in case.posts}


def mistold(case: Case) -> tuple[Finding, ...]:
    """Return what is told of posts and sites in events.csv and cannot have been so."""
    posts = {p.id: p for p in case.posts}
    own: dict[str, list[Event]] = defaultdict(list)
    for event in told(case, case.posts):
        own[event.post].append(event)
    called = _called(case) if own else {}
    return tuple(
        finding
        for name, events in own.items()
        for finding in mistold_of(
            posts.get(name),
            name,
            events,
            case.as_of,
            sure=name not in posts or _is_proven(case, posts[name]),
            called=called.get(name, ""),
        )
    )


def _called(case: Case) -> dict[str, str]:
    """Return what people call posts and sites, with their ids, by which events are told: "Nairobi, Kenya (KEN)"."""
    states = {s.code: s.name for s in case.states}
    where = {p.id: (p.city, p.state) for p in case.places} | {p.id: (p.seat.city, p.seat.state) for p in case.posts}
    return {
        id_: f"{', '.join(filter(None, (city, states.get(state, state))))} ({id_})"
        for id_, (city, state) in where.items()
    }


def every_post(case: Case) -> tuple[Post, ...]:
    """Return the posts of the record, and one for each site without any at which an opening is told."""
    ids = {p.id for p in case.posts}
    taken = posts_at(case)
    opened = {e.post: e for e in case.events if e.kind in OPENING and not e.planned and e.post not in ids}
    places = {p.id: p for p in case.places}
    new = (_opened(case, places[id_], e) for id_, e in opened.items() if id_ in places and id_ not in taken)
    return (*case.posts, *new)


def told(case: Case, posts: Iterable[Post]) -> tuple[Event, ...]:
    """Return the events of a case by post: one told of a site is told of the post that sits there."""
    ids, at = {p.id for p in posts}, posts_at(case)
    return tuple(e if e.post in ids else replace(e, post=at.get(e.post, e.post)) for e in case.events)


def posts_at(case: Case) -> dict[str, str]:
    """Return the post at each site; of several, one that is there on the day of the record."""
    found: dict[str, str] = {}
    for post in sorted(case.posts, key=lambda p: (case.as_of not in p.span, p.id)):
        track = track_of(post.form)
        place = place_of(post, track, case.places) if track else None
        if place:
            found.setdefault(place.id, post.id)
    return found


def _opened(case: Case, place: Place, event: Event) -> Post:
    """Return the post that an opening makes: in the form it tells, else in the highest of its site."""
    form = event.form or place.forms[-1]
    return Post(place.id, case.sender, form, Seat(place.state, place.city, place.lat, place.lon), source=event.source)


# Who is here, who sits where


def resident_here(case: Case) -> tuple[dict[str, int], tuple[Finding, ...]]:
    """Return 2 for every State with an embassy here on the day of the record, 1 for a mission; whatever is recorded.

    A finding "foreign-post-unproven" names the States that only rows below the least confidence speak for.
    """
    here = [p for p in case.foreign_posts.on(case.as_of) if level(p.form)]
    levels = {sender: max(level(p.form) for p in here if p.sender == sender) for sender in {p.sender for p in here}}
    sure = {p.sender for p in here if _is_proven(case, p)}
    doubtful = sorted(set(levels) - sure)
    if not doubtful:
        return levels, ()
    message = f"{len(doubtful)} States count as resident here on a doubtful record: {', '.join(doubtful)}."
    remedy = "Find a source for the day of the record, or delete the rows from foreign_posts.csv."
    return levels, (Finding("foreign-post-unproven", Severity.NOTE, "foreign_posts.csv", message, remedy),)


def place_of(post: Post, track: Track, places: Iterable[Place]) -> Place | None:
    """Return the place a post sits at: the State's on the diplomatic track, else the city's (of several, its id's)."""
    city = slug(post.seat.city)
    found = [
        p
        for p in places
        if p.track is track
        and p.state == post.seat.state
        and (track is Track.DIPLOMATIC or slug(p.city) == city or p.id == post.id)
    ]
    return min(found, key=lambda p: (p.id != post.id, p.id), default=None)


def form_held(post: Post | None, ladder: Sequence[Rung]) -> Form:
    """Return the form of the ladder that a post stands for.

    An "embassy" on a ladder of several sizes, or a size the ladder lacks, is the embassy nearest by staff; of equals,
    or where the staff is not known, the standard embassy, else the lowest.
    """
    if post is None:
        return Form.NONE
    sizes = [r for r in ladder if r.form in EMBASSIES]
    sized = post.form is Form.EMBASSY and len(sizes) > 1
    if post.form not in EMBASSIES or (not sized and post.form in {r.form for r in sizes}):
        return post.form

    def distance(rung: Rung) -> tuple[float, bool]:
        people = float(rung.diplomatic + rung.support + rung.local)
        return (0.0 if post.staff is None else abs(post.staff - people), rung.form is not Form.EMBASSY)

    return min(sizes, key=distance).form


def _is_proven(case: Case, post: Post) -> bool:
    return CONFIDENCES.index(post.confidence) >= CONFIDENCES.index(case.settings.least_confidence)


def _proven(case: Case) -> tuple[Network, list[Finding]]:
    today = at_work(case)
    doubtful = [p for p in today if not _is_proven(case, p)]
    findings = [_away(found) for found in lives(case) if found.status in AWAY]
    findings += [
        Finding(
            "post-unproven",
            Severity.NOTE,
            post.id,
            f"Post {post.id} ({post.form}, {post.seat.city}) is recorded with {post.confidence} confidence: "
            "it is shown but does not count as held today.",
            "Find a source for the day of the record, or lower least_confidence in case.toml.",
            "posts.csv",
        )
        for post in doubtful
    ]
    return Network(tuple(p for p in today if _is_proven(case, p))), findings


def _away(found: Life) -> Finding:
    post = found.post
    message = f"Post {post.id} ({post.form}, {post.seat.city}) is {found.status}: it does not count as held today."
    remedy = "Add the event resumed to events.csv once it is at work again; a rule forbid keeps the plan from it."
    return Finding("post-away", Severity.WARNING, post.id, message, remedy, "events.csv")


def _implied(post: Post, track: Track, case: Case) -> Place:
    """Return the place a post implies: its seat, and a ladder of the form it holds and no more."""
    seat, city = post.seat, slug(post.seat.city)
    if track is Track.DIPLOMATIC:
        name = seat.state
    elif track is Track.CONSULAR:
        name = f"{seat.state}-{city}"
    elif track is Track.TRADE:
        name = f"{seat.state}-{city}-trade"
    else:
        organisations = [i.id for i in case.interests if i.kind == "organisation" and i.state == seat.state]
        name = min((i for i in organisations if i.endswith(f"-{city}")), default=f"{seat.state}-{city}-mission")
    state = next((s for s in case.states if s.code == seat.state), None)
    lat = seat.lat if seat.lat is not None else (state.lat if state else 0.0)
    lon = seat.lon if seat.lon is not None else (state.lon if state else 0.0)
    return Place(name, track, seat.state, seat.city, lat, lon, (post.form,), source=post.source)


def _holding(place: Place, posts: Sequence[Post]) -> tuple[Holding, list[Finding]]:
    """Join a place and its posts: the highest counts, and the ladder holds at least its form, lowest first."""
    ladder = LADDERS[place.track]
    findings = [
        Finding(
            "form-outside-track",
            Severity.ERROR,
            place.id,
            f"Site {place.id} is {place.track}, but {form} is no form of that track.",
            f"Use only {', '.join(ladder)}.",
            "sites.csv",
        )
        for form in place.forms
        if form not in ladder
    ]
    if not place.forms:
        findings.append(_formless(place))
    post = max(posts, key=lambda p: ladder.index(p.form), default=None)
    forms = set(place.forms) & set(ladder)
    if post and not _is_on(post.form, forms):
        forms.add(post.form)
        findings.append(_added(place, post))
    if post and len(posts) > 1:
        findings.append(_duplicate(place, posts, post))
    return Holding(replace(place, forms=tuple(f for f in ladder if f in forms)), post), findings


def _is_on(form: Form, forms: set[Form]) -> bool:
    return form in forms or (form in EMBASSIES and bool(forms & set(EMBASSIES)))


def _formless(place: Place) -> Finding:
    message = f"Site {place.id} lists no form that could be held there."
    remedy = f"List forms of its track: {', '.join(LADDERS[place.track])}."
    return Finding("form-missing", Severity.ERROR, place.id, message, remedy, "sites.csv", column="forms")


def _outside(post: Post) -> Finding:
    message = f"Post {post.id} ({post.form}) is on no track: it is recorded but not planned."
    return Finding("post-outside", Severity.NOTE, post.id, message, "Give it a form of a track.", "posts.csv")


def _implied_finding(post: Post, place: Place) -> Finding:
    message = f"Post {post.id} sits at no place of sites.csv: site {place.id} is added, with {post.form} alone."
    remedy = f"Add a row {place.id} to sites.csv to let its form change, or spell its State and city as there."
    return Finding("site-implied", Severity.NOTE, place.id, message, remedy, "posts.csv")


def _duplicate(place: Place, posts: Sequence[Post], counts: Post) -> Finding:
    message = f"Site {place.id} has {len(posts)} posts today ({', '.join(p.id for p in posts)}): {counts.id} counts."
    remedy = "Give each its own track and city, or close all but one."
    return Finding("post-duplicate", Severity.WARNING, place.id, message, remedy, "posts.csv")


def _added(place: Place, post: Post) -> Finding:
    message = f"Post {post.id} holds {post.form} at {place.id}, which sites.csv does not list there: it is added."
    return Finding("form-added", Severity.NOTE, place.id, message, f"Add {post.form} to its forms.", "sites.csv")


def _unknown_states(case: Case, places: Iterable[Place]) -> list[Finding]:
    known = {s.code for s in case.states}
    return [
        Finding(
            "state-unknown",
            Severity.ERROR,
            place.id,
            f"Site {place.id} is in {place.state}, which is no State we know.",
            "Correct the code, or add the State to states.csv.",
            "sites.csv",
            column="state",
            value=place.state,
        )
        for place in places
        if place.state not in known
    ]
