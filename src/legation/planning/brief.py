"""The brief: years, discount rate and rules. Rules are a closed union of plain values; `rows.py` writes them."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Literal

from legation.model import Form, Track
from legation.values import value


class Class(StrEnum):
    """Class of money: establishing (once, closing included), running (each year, services included), or both."""

    ESTABLISHING = "establishing"
    RUNNING = "running"
    TOTAL = "total"


class Scope(StrEnum):
    """What a ceiling holds: the whole network, or new measures only (the baseline taken out)."""

    WHOLE = "whole"
    NEW = "new"


class Staff(StrEnum):
    """Class of staff."""

    DIPLOMATIC = "diplomatic"
    SUPPORT = "support"
    LOCAL = "local"
    HOME = "home"
    TOTAL = "total"


class Kind(StrEnum):
    """What a measure does to a site: from none, to none, up, down."""

    ESTABLISH = "establish"
    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"
    CLOSE = "close"


@value
class Ceiling:
    """Money of a class stays within each year's amount; `carry_over` is the share of a year's amount that may pass on.

    Unspent money passes to the next stated year only if that is the year after, and at most
    carry_over x the year's own amount.
    """

    amounts: tuple[tuple[int, Decimal], ...]
    money: Class = Class.TOTAL
    scope: Scope = Scope.WHOLE
    carry_over: Decimal = Decimal(0)
    reason: str = ""
    rule: Literal["ceiling"] = "ceiling"


@value
class Tail:
    """What the plan commits each year after its last (full running cost of the last year) stays within an amount."""

    amount: Decimal
    scope: Scope = Scope.WHOLE
    reason: str = ""
    rule: Literal["tail"] = "tail"


@value
class StaffCeiling:
    """Staff of a class, over all sites, stay within each year's number."""

    amounts: tuple[tuple[int, Decimal], ...]
    staff: Staff = Staff.TOTAL
    reason: str = ""
    rule: Literal["staff-ceiling"] = "staff-ceiling"


@value
class MeasuresPerYear:
    """At most `limit` sites change form in each year (of `years`, or of all).

    kind: count only acts of this kind; form: count only acts after which the site newly holds this form
    or a higher one (for downgrade and close: newly holds less than it); track: only its sites
    """

    limit: int
    kind: Kind | None = None
    form: Form | None = None
    track: Track | None = None
    years: tuple[int, ...] = ()
    reason: str = ""
    rule: Literal["measures-per-year"] = "measures-per-year"


@value
class Keep:
    """A site holds at least a form in every year."""

    site: str
    form: Form
    reason: str = ""
    rule: Literal["keep"] = "keep"


@value
class Forbid:
    """A site never holds this form or a higher one."""

    site: str
    form: Form
    reason: str = ""
    rule: Literal["forbid"] = "forbid"


@value
class Require:
    """A site holds at least a form from a year on; `exactly`: it is first taken up in that very year."""

    site: str
    form: Form
    by: int
    exactly: bool = False
    reason: str = ""
    rule: Literal["require"] = "require"


@value
class Window:
    """A site changes form only in the years from first to last."""

    site: str
    first: int
    last: int
    reason: str = ""
    rule: Literal["window"] = "window"


@value
class AtLeast:
    """At least `count` sites (of a region, group or track, where named) hold a form or a higher one from a year on."""

    count: int
    form: Form
    by: int
    region: str = ""
    group: str = ""
    track: Track | None = None
    reason: str = ""
    rule: Literal["at-least"] = "at-least"


@value
class AtMost:
    """At most `count` sites (of a region, group or track, where named) hold a form or a higher one in any year."""

    count: int
    form: Form
    region: str = ""
    group: str = ""
    track: Track | None = None
    reason: str = ""
    rule: Literal["at-most"] = "at-most"


@value
class After:
    """`site` may hold `form` in a year only if `first` held `first_form` `lag` years before (today counts as year 0).

    Years before today count as today. It does not bind where the site holds the form today.
    """

    site: str
    form: Form
    first: str
    first_form: Form
    lag: int = 0
    reason: str = ""
    rule: Literal["after"] = "after"


@value
class Together:
    """Sites hold their lowest form (or a higher one) in the same years, all or none."""

    sites: tuple[str, ...]
    reason: str = ""
    rule: Literal["together"] = "together"


@value
class Exclusive:
    """At most `limit` of the sites hold any form, in every year."""

    sites: tuple[str, ...]
    limit: int = 1
    reason: str = ""
    rule: Literal["exclusive"] = "exclusive"


@value
class Reciprocate:
    """Mutuality over all diplomatic sites.

    answer: where they reside here (`site.resident_here`) we hold some form from the `within`-th year on
    never-before: where they do not, no form is taken up that is not held today
    """

    mode: Literal["answer", "never-before"]
    within: int = 3
    reason: str = ""
    rule: Literal["reciprocate"] = "reciprocate"


@value
class AccreditationsPerSeat:
    """The loads of the concurrent services of one site add up to at most `limit` in a year."""

    limit: Decimal
    reason: str = ""
    rule: Literal["accreditations-per-seat"] = "accreditations-per-seat"


@value
class AccreditationDistance:
    """No concurrent service reaches further than so many km."""

    km: Decimal
    reason: str = ""
    rule: Literal["accreditation-distance"] = "accreditation-distance"


@value
class Conditional:
    """A site changes form only once its trigger is set: until then it takes no money."""

    site: str
    trigger: str
    met: bool = False
    reason: str = ""
    rule: Literal["conditional"] = "conditional"


@value
class CloseAtMost:
    """At most so many sites give up their last form in each year."""

    limit: int
    reason: str = ""
    rule: Literal["close-at-most"] = "close-at-most"


@value
class Custom:
    """A rule of your own: `name` is found among the entry points `legation.rules`."""

    name: str
    params: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    rule: Literal["custom"] = "custom"


Rule = (
    Ceiling
    | Tail
    | StaffCeiling
    | MeasuresPerYear
    | Keep
    | Forbid
    | Require
    | Window
    | AtLeast
    | AtMost
    | After
    | Together
    | Exclusive
    | Reciprocate
    | AccreditationsPerSeat
    | AccreditationDistance
    | Conditional
    | CloseAtMost
    | Custom
)


@value
class Brief:
    """The instruction to the planner: fiscal years in order, rules, and the rate at which later worth counts less."""

    years: tuple[int, ...]
    rules: tuple[Rule, ...] = ()
    discount_rate: Decimal = Decimal("0.03")
