"""Chronicle: what is told of a post that cannot have happened so, given all else that is told of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from legation.errors import Finding, Severity
from legation.model.life import AWAY, BECOMES, OPENING, Event, EventKind, Status, in_order
from legation.model.posts import FORMS, LADDERS, Form, Post, track_of

HERE = (Status.OPEN, *AWAY)
CHANGED = (EventKind.RAISED, EventKind.LOWERED)
STAYS = (*CHANGED, EventKind.RELOCATED, EventKind.EVACUATED, EventKind.PROTECTED, EventKind.CLOSED)
"""What can happen only to a post that is there, at work or not; a suspension asks for one at work."""
TAKES_EFFECT = (EventKind.FIRST_WORKING_DAY, *CHANGED)


def mistold(
    post: Post | None, name: str, events: Iterable[Event], record: date, *, sure: bool, called: str = ""
) -> tuple[Finding, ...]:
    """Return what cannot be as it is told of a post, or of a site without one (None).

    record: the day on which a post of the record is there, where no event and no `opened` tells otherwise; sure: the
    record counts as proven: of a doubtful post nothing but the events is held against them
    called: what people call it, where not by its id, which is its name here
    """
    told, said = in_order(e for e in events if not e.planned), called or name
    found = list(_walked(post, said, told, record, sure=sure))
    planned = (e for e in events if e.planned and e.kind is EventKind.FIRST_WORKING_DAY)
    for event in planned:
        gone = any(e.kind is EventKind.CLOSED and e.day <= event.day for e in told)
        if post and sure and _since(post, told, record) is not None and not gone and event.day > record:
            found.append(_open_already(said, post.form, event, "by posts.csv"))
    return tuple(replace(f, subject=name) for f in (*found, *_before_decision(said, told)))


def _since(post: Post, told: Sequence[Event], record: date) -> date | None:
    """Return from when the record has a post open: the first day there is where it does not say; None where events do.

    A first working day up to the day of the record says when it opened; a later one contradicts the record.
    """
    first = next((e.day for e in told if e.kind in OPENING), None)
    if post.span.start:
        coarse = first is not None and first.year == post.span.start.year
        return None if coarse else post.span.start
    return None if first is not None and first <= record else date.min


def _walked(post: Post | None, name: str, told: Sequence[Event], record: date, *, sure: bool) -> Iterator[Finding]:
    """Go through the life of a post and tell what does not fit what it is at that moment."""
    since = _since(post, told, record) if post else None
    # What a doubtful post was is not known, so nothing that happens to it is out of place.
    status = None if post and not sure else Status.PROPOSED
    form, opened = post.form if post else Form.NONE, ""
    for event in told:
        if sure and since is not None and since <= event.day and not opened:
            status, opened = Status.OPEN, "by posts.csv" if since == date.min else f"since {since} by posts.csv"
        yield from _wrong(name, status, form, event, opened)
        status = _after(status, event)
        if event.kind is EventKind.FIRST_WORKING_DAY:
            opened, form = f"since {event.day}", event.form or form
        elif event.kind is EventKind.CLOSED:
            opened, since = "", None
        elif event.kind in CHANGED:
            form = event.form or form


def _after(status: Status | None, event: Event) -> Status | None:
    if event.kind in OPENING or event.kind is EventKind.RESUMED:
        return Status.OPEN
    if event.kind in (EventKind.SUSPENDED, EventKind.EVACUATED, EventKind.PROTECTED, EventKind.CLOSED):
        return BECOMES[event.kind]
    return status


def _wrong(name: str, status: Status | None, form: Form, event: Event, opened: str) -> Iterator[Finding]:
    kind = event.kind
    if kind is EventKind.FIRST_WORKING_DAY and status is Status.OPEN and opened:
        yield _open_already(name, form, event, opened)
    elif kind is EventKind.RESUMED and status is Status.OPEN:
        message = f"{name} is at work on {event.day}: it cannot be resumed."
        yield _finding("event-not-away", name, message, "Tell first when it was suspended or evacuated.")
    elif status is not None and (
        (kind in STAYS and status not in HERE) or (kind is EventKind.SUSPENDED and status is not Status.OPEN)
    ):
        yield _not_there(name, status, event)
    elif kind in CHANGED and event.form and not _is_change(form, event):
        way = "above" if kind is EventKind.RAISED else "below"
        message = (
            f"{name} is held as {FORMS[form]} on {event.day}: {FORMS[event.form]} is not {way} that, so it cannot be "
            f"{kind} to it."
        )
        remedy = "Name the form it has from that day on, or the other of raised and lowered."
        yield _finding("event-no-change", name, message, remedy)


def _is_change(form: Form, event: Event) -> bool:
    """Say whether a raise goes up the ladder and a lowering down; another track, or a form unknown, is let be."""
    track = track_of(form)
    if track is None or event.form is None or event.form not in LADDERS[track]:
        return True
    steps = LADDERS[track].index(event.form) - LADDERS[track].index(form)
    return steps > 0 if event.kind is EventKind.RAISED else steps < 0


def _open_already(name: str, form: Form, event: Event, opened: str) -> Finding:
    message = f"{name} is open already ({FORMS[form]}, {opened}): it cannot have its first working day on {event.day}."
    remedy = (
        "To change its form tell raised or lowered, with --form; a new seat is relocated, a ceremony official-opening; "
        f"where the day of opening is wrong, correct it in {'posts.csv' if 'posts.csv' in opened else 'events.csv'}."
    )
    return _finding("event-open-already", name, message, remedy)


def _not_there(name: str, status: Status, event: Event) -> Finding:
    now = "closed" if status is Status.CLOSED else "not open yet" if status is Status.PROPOSED else status.value
    message = f"{name} is {now} on {event.day}: it cannot be {event.kind} then."
    remedy = "Tell first when it opened (first-working-day), or correct the day."
    return _finding("event-not-open", name, message, remedy)


def _before_decision(name: str, told: Sequence[Event]) -> Iterator[Finding]:
    """Tell what took effect before all decisions on record: it may be so, and is more often a wrong day."""
    decided = [e.day for e in told if e.kind is EventKind.DECISION]
    for event in (e for e in told if e.kind in TAKES_EFFECT):
        if decided and event.day < decided[0]:
            done = event.kind.value.replace("-", " ")
            message = f"{name}: {done} on {event.day}, before the first decision on record, of {decided[0]}."
            remedy = "Correct the day that is wrong, or tell the decision that came before."
            yield _finding("event-undecided", name, message, remedy)
            return


def _finding(code: str, name: str, message: str, remedy: str) -> Finding:
    return Finding(code, Severity.WARNING, name, message, remedy, "events.csv")
