"""Posts: their form, seat and life span; the network they make on a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from legation.values import value


class Form(StrEnum):
    """Form of representation (VCDR 1961 arts. 2, 5, 14; VCCR 1963 arts. 1, 4, 9, 58, 69)."""

    NONE = "none"
    HONORARY_CONSULATE = "honorary-consulate"
    CONSULAR_AGENCY = "consular-agency"
    CONSULATE = "consulate"
    CONSULATE_GENERAL = "consulate-general"
    DIPLOMATIC_MISSION = "diplomatic-mission"
    MICRO_EMBASSY = "micro-embassy"
    SMALL_EMBASSY = "small-embassy"
    EMBASSY = "embassy"
    LARGE_EMBASSY = "large-embassy"
    PERMANENT_MISSION = "permanent-mission"
    TRADE_REPRESENTATION = "trade-representation"
    OTHER = "other"


FORMS = {
    Form.NONE: "none",
    Form.HONORARY_CONSULATE: "honorary consulate",
    Form.CONSULAR_AGENCY: "consular agency",
    Form.CONSULATE: "consulate",
    Form.CONSULATE_GENERAL: "consulate-general",
    Form.DIPLOMATIC_MISSION: "diplomatic mission",
    Form.MICRO_EMBASSY: "micro embassy",
    Form.SMALL_EMBASSY: "small embassy",
    Form.EMBASSY: "embassy",
    Form.LARGE_EMBASSY: "large embassy",
    Form.PERMANENT_MISSION: "permanent mission",
    Form.TRADE_REPRESENTATION: "trade representation",
    Form.OTHER: "other post",
}
"""What each form is called."""


class Track(StrEnum):
    """The kind of representation a site is for."""

    DIPLOMATIC = "diplomatic"
    CONSULAR = "consular"
    MULTILATERAL = "multilateral"
    TRADE = "trade"


EMBASSIES = (Form.MICRO_EMBASSY, Form.SMALL_EMBASSY, Form.EMBASSY, Form.LARGE_EMBASSY)

LADDERS: dict[Track, tuple[Form, ...]] = {
    Track.DIPLOMATIC: (Form.DIPLOMATIC_MISSION, *EMBASSIES),
    Track.CONSULAR: (Form.HONORARY_CONSULATE, Form.CONSULAR_AGENCY, Form.CONSULATE, Form.CONSULATE_GENERAL),
    Track.MULTILATERAL: (Form.PERMANENT_MISSION,),
    Track.TRADE: (Form.TRADE_REPRESENTATION,),
}
"""Forms of each track, lowest first; `none` stands below all of them."""


def track_of(form: Form) -> Track | None:
    """Return the track a form belongs to; `none` and `other` belong to none."""
    return next((track for track, ladder in LADDERS.items() if form in ladder), None)


@value
class Period:
    """A half-open span of days; an unknown start is open to the past, no end means still running."""

    start: date | None = None
    end: date | None = None

    def __contains__(self, day: date) -> bool:
        """Say whether the day lies within the span."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


@value
class Seat:
    """Where a post sits: the State, the city, and degrees north and east where known."""

    state: str
    city: str = ""
    lat: float | None = None
    lon: float | None = None


@value
class Post:
    """One mission or consular post of one sender.

    id: stable name of the post; it stays when the form changes
    sender: ISO 3166-1 alpha-3 code of the sending State
    staff: people, running: yearly running cost in the case's currency, where known
    confidence: high, medium or low: how well the record is attested
    """

    id: str
    sender: str
    form: Form
    seat: Seat
    span: Period = Period()
    staff: int | None = None
    running: str = ""
    source: str = ""
    confidence: str = "high"
    note: str = ""


@value
class Network:
    """The posts of one record: of one sender abroad, or of many senders in one State."""

    posts: tuple[Post, ...] = ()

    def __iter__(self) -> Iterator[Post]:
        """Go through the posts."""
        return iter(self.posts)

    def __len__(self) -> int:
        """Count the posts."""
        return len(self.posts)

    def on(self, day: date) -> Network:
        """Keep the posts that exist on a day."""
        return Network(tuple(p for p in self.posts if day in p.span))

    def of(self, *forms: Form) -> Network:
        """Keep the posts of the forms named."""
        return Network(tuple(p for p in self.posts if p.form in forms))

    @property
    def counts(self) -> dict[Form, int]:
        """Return how many posts there are of each form, in the order of the forms."""
        found = Counter(p.form for p in self.posts)
        return {form: found[form] for form in Form if found[form]}

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return the States where the posts sit, sorted."""
        return tuple(sorted({p.seat.state for p in self.posts}))

    @property
    def senders(self) -> tuple[str, ...]:
        """Return the States that sent the posts, sorted."""
        return tuple(sorted({p.sender for p in self.posts}))
