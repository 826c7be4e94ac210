"""What is asked, as explicit numbers: sites, interests, services, brief. No default is left to know."""

from __future__ import annotations

from decimal import Decimal

from legation.model import Form, Track
from legation.planning.brief import Brief
from legation.values import value


@value
class Rung:
    """One form a site may hold, with all it costs at this form (not the difference from the form below).

    establishing: once, to take up this form from none, by year of the measure; never below the rung below
    running: each year, by year; closing: once, to give it up to none, by year; never below the rung below
    diplomatic, support, local: staff; lead_share: share of establishing paid in the year before the measure
    (all of it in the first year of the plan)
    merit: signed addition to the worth of holding this form or a higher one, each year, before discounting
    """

    form: Form
    establishing: tuple[Decimal, ...]
    running: tuple[Decimal, ...]
    closing: tuple[Decimal, ...]
    diplomatic: Decimal = Decimal(0)
    support: Decimal = Decimal(0)
    local: Decimal = Decimal(0)
    lead_share: Decimal = Decimal(0)
    merit: Decimal = Decimal(0)


@value
class Site:
    """A place and a track, with its ladder of forms, lowest first.

    today: form held now (`none` or one of the ladder); closable: a form held today, or taken up, may be
    given up again (otherwise forms only rise); first, last: years in which it may rise; resident_here: the
    receiving State has a resident diplomatic mission with us
    """

    id: str
    track: Track
    state: str
    city: str
    ladder: tuple[Rung, ...]
    today: Form = Form.NONE
    closable: bool = False
    first: int | None = None
    last: int | None = None
    region: str = ""
    groups: tuple[str, ...] = ()
    resident_here: bool = False


@value
class Interest:
    """Something to be represented or served, with its worth in each year (0 or more).

    residence: the site where we would reside for it: while that site holds any form, no other site may serve
    it (a State where we are resident is not covered concurrently)
    """

    id: str
    worth: tuple[Decimal, ...]
    residence: str = ""
    kind: str = "bilateral"
    state: str = ""


@value
class Service:
    """Holding at least `form` at `site` can serve the share of an interest: at most one service counts in a year.

    share: 0 to 1; running: yearly cost by year while it is used; load and km: only for concurrent services
    """

    site: str
    form: Form
    interest: str
    share: Decimal
    concurrent: bool = False
    running: tuple[Decimal, ...] = ()
    load: Decimal = Decimal(1)
    km: Decimal = Decimal(0)


@value
class Problem:
    """Everything a plan depends on.

    first_share, last_share: part of a year's running cost paid in the year a form is taken up, given up
    change_penalty: taken from the objective for every rung climbed or descended at the r-th of S sites in
    the order of their ids: change_penalty x (1 + r / (1000 S)), so that of equal plans the one that changes
    least, then earliest in the order, is chosen
    """

    name: str
    sender: str
    currency: str
    price_year: int
    sites: tuple[Site, ...]
    interests: tuple[Interest, ...]
    services: tuple[Service, ...]
    brief: Brief
    first_share: Decimal = Decimal("0.5")
    last_share: Decimal = Decimal("0.5")
    change_penalty: Decimal = Decimal("0.0001")
    format: str = "legation-problem/1"


def in_order(problem: Problem) -> Problem:
    """Return the same problem with sites, interests, services and years in canonical order."""
    from dataclasses import replace

    return replace(
        problem,
        sites=tuple(sorted(problem.sites, key=lambda s: s.id)),
        interests=tuple(sorted(problem.interests, key=lambda i: i.id)),
        services=tuple(sorted(problem.services, key=lambda s: (s.interest, s.site, s.form, -s.share))),
    )
