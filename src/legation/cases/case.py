"""A case: everything a ministry puts on the table before it plans, as read from a folder or a workbook."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from legation.appraisal.claims import Claim
from legation.appraisal.criteria import Criterion
from legation.law.national import Condition
from legation.model import Accreditation, Event, Fact, Form, Mandate, Network, Prices, Source, State, Track
from legation.planning.brief import Brief
from legation.values import value


class CostMeasure(StrEnum):
    """What a cost line is for: money once, each year or at the end, a number of staff, or a share paid early."""

    ESTABLISHING = "establishing"
    RUNNING = "running"
    CLOSING = "closing"
    DIPLOMATIC = "diplomatic"
    SUPPORT = "support"
    LOCAL = "local"
    LEAD_SHARE = "lead-share"


class Band(StrEnum):
    """Which end of the cost bands to plan with."""

    LOW = "low"
    CENTRAL = "central"
    HIGH = "high"


@value
class Place:
    """One row of sites.csv: where we might be.

    forms: the ladder there, lowest first; first, last: years in which it may rise; merit: worth added each year
    for holding the top form, in points, with its reason; groups: names that rules may refer to
    """

    id: str
    track: Track
    state: str
    city: str
    lat: float
    lon: float
    forms: tuple[Form, ...]
    first: int | None = None
    last: int | None = None
    closable: bool = False
    merit: Decimal = Decimal(0)
    merit_reason: str = ""
    groups: tuple[str, ...] = ()
    source: str = ""


@value
class CostLine:
    """One row of costs.csv: `norm` x `price`, or `amount` (with low and high), in a currency and year.

    scope: "form:FORM" for every site, or "site:ID:FORM" for one, which replaces the line of the same name and
    measure for that site, or adds to them; lines of staff and of lead-share give numbers, without currency
    """

    scope: str
    measure: CostMeasure
    line: str
    norm: Decimal | None = None
    price: Decimal | None = None
    amount: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    currency: str = ""
    year: int | None = None
    source: str = ""
    note: str = ""


@value
class InterestRow:
    """One row of interests.csv: an organisation, a consular district or a region (bilateral ones follow from States).

    subject: what its facts are about (default: its id); points: own worth each year instead of an appraisal
    """

    id: str
    kind: str
    title: str
    state: str = ""
    city: str = ""
    lat: float | None = None
    lon: float | None = None
    subject: str = ""
    points: Decimal | None = None
    source: str = ""


@value
class ServiceRow:
    """One row of services.csv: an explicit share, or (allowed false) a pair that is ruled out, with its evidence.

    form: lowest form that serves; empty for a ruled-out pair; running: yearly cost in the case's money
    """

    site: str
    interest: str
    form: Form | None = None
    share: Decimal | None = None
    running: Decimal = Decimal(0)
    load: Decimal = Decimal(1)
    concurrent: bool = False
    allowed: bool = True
    evidence: str = ""


@value
class Announced:
    """One row of announced.csv: a statistic that was announced, or a planned measure.

    kind: "statistic" or "measure"; statistic rows: name, number, states it names; measure rows: name is the
    site id, form, from_form, year, reason
    """

    kind: str
    name: str
    number: Decimal | None = None
    form: Form | None = None
    from_form: Form | None = None
    year: int | None = None
    states: tuple[str, ...] = ()
    reason: str = ""
    source: str = ""
    note: str = ""


@value
class Reach:
    """The default rule for concurrent accreditation: share = base x exp(-distance / km) + subregion + language.

    Seats considered are the diplomatic sites whose top form is an embassy.

    base: share at no distance; km: distance at which the share has fallen to 37 % of that, 0 for no base at all
    subregion: added where seat and State lie in one sub-region; language: added where they share a language
    most: never above; least: options below this share are left out; options: at most so many seats for a State
    """

    base: Decimal = Decimal("0.4")
    km: Decimal = Decimal(2500)
    subregion: Decimal = Decimal("0.05")
    language: Decimal = Decimal("0.05")
    most: Decimal = Decimal("0.5")
    least: Decimal = Decimal("0.05")
    options: int = 8


@value
class Share:
    """What share of an interest of a kind a form serves by default, at its own seat.

    kind: kind of interest; form: form of representation; share: from 0 to 1
    """

    kind: str
    form: Form
    share: Decimal


@value
class ConsularAct:
    """One kind of consular act: how often people need it, and how long it takes.

    id: its name; rate: acts a year for every 1,000 of the people counted; minutes: working time of one
    online: share that is done from home, without any post; reason: where the numbers are from
    """

    id: str
    rate: Decimal
    minutes: Decimal
    online: Decimal = Decimal(0)
    reason: str = ""


@value
class ConsularPeople:
    """How many people of a post of a form do consular work.

    form: form of representation; people: of all that are there
    """

    form: Form
    people: Decimal


@value
class Consular:
    """How consular work follows from the people who live abroad, and who does it. All numbers are assumptions.

    acts: what people need; people: who does consular work at posts of a form (of consular posts that are not named
    all do); hours: working hours of one in a year; trip: acts done on one trip of a mobile consulate
    """

    acts: tuple[ConsularAct, ...] = (
        ConsularAct("passport", Decimal(100), Decimal(40), reason="Assumed: a passport is valid for ten years."),
        ConsularAct("notarial", Decimal(60), Decimal(30), reason="Assumed."),
        ConsularAct("civil-status", Decimal(20), Decimal(60), reason="Assumed."),
        ConsularAct("assistance", Decimal(2), Decimal(300), reason="Assumed: deaths, arrests, illness."),
        ConsularAct("enquiry", Decimal(200), Decimal(5), Decimal("0.8"), reason="Assumed: most are answered online."),
    )
    people: tuple[ConsularPeople, ...] = (
        ConsularPeople(Form.HONORARY_CONSULATE, Decimal(0)),
        ConsularPeople(Form.DIPLOMATIC_MISSION, Decimal(1)),
        ConsularPeople(Form.MICRO_EMBASSY, Decimal("0.5")),
        ConsularPeople(Form.SMALL_EMBASSY, Decimal(1)),
        ConsularPeople(Form.EMBASSY, Decimal(2)),
        ConsularPeople(Form.LARGE_EMBASSY, Decimal(4)),
        ConsularPeople(Form.PERMANENT_MISSION, Decimal(0)),
        ConsularPeople(Form.TRADE_REPRESENTATION, Decimal(0)),
    )
    hours: Decimal = Decimal(1500)
    trip: Decimal = Decimal(260)


@value
class Settings:
    """The numbers of case.toml that turn the tables into a problem.

    points: worth of the best interest of a kind in a year; shares: what forms serve, where not as by default
    reach: how far accreditations reach; band: which end of the cost bands to plan with
    unit: money is rounded to whole units of this
    opening_month, closing_month: 1 to 12, when measures of a year take effect
    change_penalty: points that each measure costs, to decide between plans that are otherwise equal
    least_confidence: posts recorded
    with less (low < medium < high) are shown but do not count as held today
    consular: how much work people abroad make, and who does it
    """

    points: tuple[tuple[str, Decimal], ...] = (
        ("bilateral", Decimal(100)),
        ("organisation", Decimal(60)),
        ("district", Decimal(30)),
        ("region", Decimal(40)),
    )
    shares: tuple[Share, ...] = ()
    reach: Reach = Reach()
    band: Band = Band.CENTRAL
    unit: Decimal = Decimal(1)
    opening_month: int = 7
    closing_month: int = 7
    change_penalty: Decimal = Decimal("0.0001")
    least_confidence: str = "medium"
    consular: Consular = Consular()


@value
class Organisation:
    """An international organisation with an office in the sender's State; it is no State, and owed no answer.

    name: as it calls itself; city: of its office; since: first year, empty where not known; until: last year
    source: id of who says so
    """

    name: str
    city: str = ""
    since: int | None = None
    until: int | None = None
    source: str = ""


@value
class Case:
    """Everything on the table. as_of: the day of the record; nothing known later may be read.

    events: what happened to posts and sites, or is planned to; those after as_of count in delivery alone
    states: the world's States as hosts (from the product's table, the case's own states.csv added)
    law: conditions of the sender's own law; claims: superlatives said of States, for the facts to bear out
    organisations: those with an office in the sender's State
    """

    name: str
    title: str
    sender: str
    as_of: date
    prices: Prices
    brief: Brief
    posts: Network = Network()
    foreign_posts: Network = Network()
    accreditations: tuple[Accreditation, ...] = ()
    facts: tuple[Fact, ...] = ()
    places: tuple[Place, ...] = ()
    costs: tuple[CostLine, ...] = ()
    interests: tuple[InterestRow, ...] = ()
    services: tuple[ServiceRow, ...] = ()
    announced: tuple[Announced, ...] = ()
    events: tuple[Event, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    settings: Settings = Settings()
    mandate: Mandate = Mandate()
    sources: tuple[Source, ...] = ()
    states: tuple[State, ...] = ()
    notes: tuple[str, ...] = ()
    law: tuple[Condition, ...] = ()
    claims: tuple[Claim, ...] = ()
    organisations: tuple[Organisation, ...] = ()
