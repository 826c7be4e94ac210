"""A post's life: what happened to it and when, planned and in fact, and what it therefore is on a day.

The dates are kept apart because a State can name each without the others: consent (VCDR art. 2, VCCR art. 4) is not
agrément (VCDR art. 4), the first working day is not the official opening, and a post is open before its head has
presented credentials (VCDR art. 13) or received the exequatur (VCCR art. 12).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum

from legation.model.posts import Form, Network, Post, Seat
from legation.values import value


class EventKind(StrEnum):
    """What may happen to a post, in the usual order."""

    INSTRUCTION = "instruction"
    DECISION = "decision"
    ANNOUNCEMENT = "announcement"
    FUNDING = "funding"
    CONSENT = "consent"
    AGREMENT = "agrement"
    ADVANCE_TEAM = "advance-team"
    FIRST_WORKING_DAY = "first-working-day"
    CREDENTIALS = "credentials"
    TECHNICAL_OPENING = "technical-opening"
    OFFICIAL_OPENING = "official-opening"
    EXEQUATUR = "exequatur"
    RAISED = "raised"
    LOWERED = "lowered"
    RELOCATED = "relocated"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    EVACUATED = "evacuated"
    PROTECTED = "protected"
    CLOSED = "closed"


class Status(StrEnum):
    """What a post is on a day."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    PREPARING = "preparing"
    OPEN = "open"
    SUSPENDED = "suspended"
    EVACUATED = "evacuated"
    PROTECTED = "protected"
    CLOSED = "closed"


@value
class Event:
    """One thing that happened to a post, or is planned to.

    post: id of the post, or of the site where it is to be; kind: what happened; day: when, or when it is due; planned:
    it has not happened yet; form: the new form, where it is raised or lowered, the one it opens in, or the one agreed
    to; state, city: the new seat, where it is relocated; by: the State that protects our interests (VCDR arts. 45, 46),
    the person accredited, or the authority that decided
    """

    post: str
    kind: EventKind
    day: date
    planned: bool = False
    form: Form | None = None
    state: str = ""
    city: str = ""
    by: str = ""
    source: str = ""
    note: str = ""


@value
class Life:
    """What a post is on a day. protector: the State that looks after our interests there, where one does."""

    post: Post
    status: Status
    protector: str = ""
    events: tuple[Event, ...] = ()


OPENING = (EventKind.FIRST_WORKING_DAY, EventKind.TECHNICAL_OPENING, EventKind.OFFICIAL_OPENING)
"""Any of these makes a post open: announcements do not, and credentials follow."""

BECOMES = {
    EventKind.INSTRUCTION: Status.PROPOSED,
    EventKind.DECISION: Status.PROPOSED,
    EventKind.CONSENT: Status.AGREED,
    EventKind.ADVANCE_TEAM: Status.PREPARING,
    **dict.fromkeys(OPENING, Status.OPEN),
    EventKind.SUSPENDED: Status.SUSPENDED,
    EventKind.EVACUATED: Status.EVACUATED,
    EventKind.PROTECTED: Status.PROTECTED,
    EventKind.RESUMED: Status.OPEN,
    EventKind.CLOSED: Status.CLOSED,
}
"""The status after an event; the others leave it as it was."""

WAY = (Status.PROPOSED, Status.AGREED, Status.PREPARING, Status.OPEN)
"""The way to an opening, on which a post only goes forward."""

AWAY = (Status.SUSPENDED, Status.EVACUATED, Status.PROTECTED)
"""There, but not at work: only a resumption, an opening or a closing ends it."""

KINDS = tuple(EventKind)


def life(post: Post, events: Iterable[Event], day: date, record: date | None = None) -> Life:
    """Return what a post is on a day: a post raised, lowered or moved is the same post in another form or seat.

    The span of the record counts as its opening and closing, where no event tells them. record: the day on which it
    is known to be there; what is told of its opening later than that says nothing of the time before.
    """
    own = tuple(e for e in events if e.post == post.id)
    past = in_order(e for e in (*own, *_recorded(post, own)) if not e.planned and e.day <= day)
    status = Status.PROPOSED if _opens(post, own, record) else Status.OPEN
    protector, now = "", post
    for event in past:
        status = _after(status, event)
        protector = event.by if event.kind is EventKind.PROTECTED else protector if status in AWAY else ""
        now = _changed(now, event)
    return Life(now, status, protector, past)


def at_work(
    posts: Iterable[Post], events: Iterable[Event], day: date, record: Mapping[str, date] | None = None
) -> Network:
    """Return the posts open on a day, each in its form and seat of that day; without events, those in their span.

    A post that is suspended, evacuated or protected is there, but not at work. record: the day on which each is known
    to be there, as `life` has it.
    """
    known = record or {}
    own: dict[str, list[Event]] = {}
    for event in events:
        own.setdefault(event.post, []).append(event)
    lives = (
        (post, life(post, own[post.id], day, known.get(post.id))) if post.id in own else (post, None) for post in posts
    )
    return Network(
        tuple(
            lived.post if lived else post
            for post, lived in lives
            if (lived.status is Status.OPEN if lived else day in post.span)
        )
    )


def in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return events by day, those of one day as they usually come."""
    return tuple(sorted(events, key=_order))


def _order(event: Event) -> tuple[object, ...]:
    """Order events of one day as they usually come; of equals, by all they say, so that no order of input matters."""
    form = event.form.value if event.form else ""
    return event.day, KINDS.index(event.kind), form, event.state, event.city, event.by, event.source, event.note


def _opens(post: Post, own: tuple[Event, ...], record: date | None) -> bool:
    """Say whether an opening is known, be it planned: before it the post is not open."""
    told = (e for e in own if record is None or e.day <= record)
    return post.span.start is not None or any(e.kind in OPENING for e in told)


def _recorded(post: Post, own: tuple[Event, ...]) -> Iterator[Event]:
    told = {e.kind for e in own if not e.planned}
    if post.span.start and EventKind.FIRST_WORKING_DAY not in told:  # a ceremony may be years later
        yield Event(post.id, EventKind.FIRST_WORKING_DAY, post.span.start)
    if post.span.end and EventKind.CLOSED not in told:
        yield Event(post.id, EventKind.CLOSED, post.span.end)


def _after(status: Status, event: Event) -> Status:
    found = BECOMES.get(event.kind, status)
    if found in WAY and status in WAY:
        return max(status, found, key=WAY.index)  # a consent entered late takes nothing back
    if found in WAY[:-1] and status in AWAY:
        return status  # papers do not bring anybody back
    return found


def _changed(post: Post, event: Event) -> Post:
    if event.kind in (EventKind.RAISED, EventKind.LOWERED) and event.form:
        return replace(post, form=event.form)
    if event.kind is EventKind.RELOCATED:
        return replace(post, seat=Seat(event.state or post.seat.state, event.city))
    return post
