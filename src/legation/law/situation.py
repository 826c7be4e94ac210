"""A situation: what the law looks at on one day, as far as the record tells it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from legation.model import EMBASSIES, Accreditation, Form, Post, Track, track_of
from legation.model.life import AWAY, OPENING, Event, EventKind, Life, Status
from legation.values import value

CHANGES = (EventKind.RAISED, EventKind.LOWERED, EventKind.RELOCATED)


@value
class Terms:
    """On which terms a State receives us; None is what the record does not tell.

    relations: whether there are diplomatic relations; basis: what says so; consular: whether there are consular ones
    mission_limit, consular_limit: people a mission, a consular post may have at most; honorary: whether it receives
    honorary consuls
    """

    state: str
    relations: bool | None = None
    basis: str = ""
    consular: bool | None = None
    mission_limit: int | None = None
    consular_limit: int | None = None
    honorary: bool | None = None


@value
class Objection:
    """A State's refusal of a head of mission, or a consul, who sits in another State. seat, state: codes of the two."""

    seat: str
    state: str
    evidence: str = ""


@value
class Situation:
    """A sender's posts and accreditations on a day, and what receiving States said.

    posts: what each post is on the day, closed and proposed ones among them; recorded: the same posts as they were
    before any event; doubtful: what rests on a weak row; names: of States by code, of posts by id
    """

    sender: str
    day: date
    posts: tuple[Life, ...] = ()
    recorded: tuple[Post, ...] = ()
    accreditations: tuple[Accreditation, ...] = ()
    terms: tuple[Terms, ...] = ()
    objections: tuple[Objection, ...] = ()
    doubtful: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()

    def terms_of(self, state: str) -> Terms:
        """Return the terms of a State, all unknown where none are on record."""
        return next((t for t in self.terms if t.state == state), Terms(state))

    def post(self, name: str) -> Life | None:
        """Return a post by its id."""
        return next((p for p in self.posts if p.post.id == name), None)

    def called(self, subject: str) -> str:
        """Return what people call a State, a post or an accreditation: "Italy to Holy See" for "ITA>VAT"."""
        names = dict(self.names)
        seat, covers, state = subject.partition(">")
        if covers and names:
            return f"{names.get(seat, seat)} to {names.get(state, state)}"
        return names.get(subject, subject)

    def at_work(self, *tracks: Track | None) -> Iterator[Life]:
        """Go through the open posts of tracks; None is the track of those that belong to none."""
        return (p for p in self.posts if p.status is Status.OPEN and track_of(p.post.form) in tracks)

    def away(self, track: Track) -> Iterator[Life]:
        """Go through the posts of a track that were recalled for a time or for good, and not given up."""
        return (p for p in self.posts if p.status in AWAY and track_of(p.post.form) is track)

    def form_recorded(self, name: str) -> Form:
        """Return the form of a post before any event."""
        return next((p.form for p in self.recorded if p.id == name), Form.NONE)

    def objection(self, seat: str, state: str) -> Objection | None:
        """Return the objection of one of two States to a head who sits in the other or is accredited to both."""
        return next((o for o in self.objections if {o.seat, o.state} == {seat, state}), None)


def happened(held: Life, *kinds: EventKind) -> tuple[Event, ...]:
    """Return the events of kinds in the life of a post, in order."""
    return tuple(e for e in held.events if e.kind in kinds)


def consents(held: Life) -> tuple[Event, ...]:
    """Return the receiving State's consents to the post itself: one that names another State is to a protector."""
    seat = held.post.seat.state
    return tuple(e for e in happened(held, EventKind.CONSENT) if not _is_code(e.by) or e.by == seat)


def to_opening(held: Life) -> tuple[Event, ...]:
    """Return the consents that may be to the opening: of later ones, those that nothing shows to be to a change."""
    start, changed = opened(held), bool(happened(held, *CHANGES))
    late = [e for e in consents(held) if start is not None and e.day > start and (changed or e.form or e.city)]
    return tuple(e for e in consents(held) if e not in late)


def _is_code(text: str) -> bool:
    return len(text) == 3 and text.isupper()


def opened(held: Life) -> date | None:
    """Return the day on which a post was opened, if the record tells one."""
    return next((e.day for e in happened(held, *OPENING)), None)


def head_class(form: Form) -> str:
    """Return the class of the head of a mission (VCDR art. 14): a for an ambassador, c for a chargé d'affaires."""
    return "a" if form in EMBASSIES else "c" if form is Form.DIPLOMATIC_MISSION else ""


def named(cover: Accreditation) -> str:
    """Name an accreditation as the subject of a matter: "ITA>VAT" is from the post ITA to the State VAT."""
    return f"{cover.seat}>{cover.state}"
