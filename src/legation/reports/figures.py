"""Everything a report is made of, and the figures and names it quotes from that."""

from __future__ import annotations

from decimal import Decimal

from legation.cases.announced import Statistic
from legation.cases.case import Case, Place
from legation.cases.drafting import Draft
from legation.cases.siting import at_work
from legation.law.checking import Opinion
from legation.model import EMBASSIES, FORMS, Accreditation, Form, Network, Post, Seat, Standing, Track, ledger, level
from legation.planning.brief import Ceiling, Class, Kind, Scope, Tail
from legation.planning.comparison import Comparison
from legation.planning.outcome import Measure, Plan, YearMoney
from legation.planning.problem import Site
from legation.values import value

THIN = "\u202f"


@value
class Judged:
    """An announced plan under the same brief, how it compares with the best one, and what the law says of it."""

    plan: Plan
    comparison: Comparison
    law: tuple[Opinion, ...] = ()


@value
class Paper:
    """Everything a report is made of.

    problem_digest: of the problem drafted; version: of this program; law: what it says of the record, then of the plan
    year by year; nothing, where it was not asked
    """

    case: Case
    draft: Draft
    plan: Plan
    problem_digest: str
    statistics: tuple[Statistic, ...] = ()
    announced: Judged | None = None
    version: str = ""
    law: tuple[Opinion, ...] = ()


@value
class Scale:
    """How amounts of money are written. unit: what one is; size: its word, empty for single units."""

    currency: str
    unit: Decimal
    size: str
    digits: int

    @property
    def name(self) -> str:
        """Name the units, as a heading does: "EUR million"."""
        return f"{self.currency} {self.size}".strip()

    def of(self, amount: Decimal, *, signed: bool = False) -> str:
        """Write an amount in these units."""
        return number(amount / self.unit, self.digits, signed=signed)

    def said(self, amount: Decimal) -> str:
        """Write an amount as it stands in a sentence: "EUR 12.5 million"."""
        return f"{self.currency} {self.of(amount)} {self.size}".strip()


@value
class Presence:
    """How we are represented in one State.

    form: highest diplomatic form held there; year: of the measure that last changed it
    seat: city from where the State is covered where we are not resident; seat_site, seat_state, seat_place: its
    site (post, today), State, and degrees north and east
    """

    state: str
    form: Form = Form.NONE
    seat: str = ""
    seat_site: str = ""
    seat_state: str = ""
    seat_place: tuple[float, float] | None = None
    year: int | None = None

    @property
    def means(self) -> str:
        """Return resident, mission, concurrent or none."""
        return ("concurrent" if self.seat else "none", "mission", "resident")[level(self.form)]


@value
class Limit:
    """What a year spends of a ceiling."""

    rule: Ceiling
    year: int
    spent: Decimal
    amount: Decimal


class Figures:
    """A paper with its names at hand and the state of the network before and after the plan."""

    def __init__(self, paper: Paper) -> None:
        """Look everything up once."""
        self.paper, self.case, self.plan, self.problem = paper, paper.case, paper.plan, paper.draft.problem
        self.states = {s.code: s for s in self.case.states}
        self.sites = {s.id: s for s in self.problem.sites}
        self.places: dict[str, Place] = {p.id: p for p in self.case.places}
        self.scores = {s.interest: s for s in paper.draft.appraisal.scores}
        self.interests = {i.id: i for i in self.problem.interests}
        self.sources = {s.id: s.title for s in self.case.sources}
        self.years = self.problem.brief.years
        self.scale = scale_of(self.plan.money, self.problem.currency)
        self.before = _presences(self, self.held(None), recorded(self))
        self.after = _presences(self, self.held(self.years[-1]), planned(self))

    def state(self, code: str) -> str:
        """Return the name of a State."""
        return self.states[code].name if code in self.states else code

    def site(self, id: str) -> str:  # noqa: A002 - it is one
        """Return what people call a site: the State of an embassy, city and State of anything else."""
        site = self.sites.get(id)
        if site is None:
            return self.interest(id)
        name = self.state(site.state)
        if site.track is Track.DIPLOMATIC or not site.city:
            return name
        if site.track is Track.MULTILATERAL and id in self.scores:
            return (
                f"{self.scores[id].title}, {site.city}" if site.city not in self.scores[id].title else self.interest(id)
            )
        return f"{site.city}, {name}"

    def interest(self, id: str) -> str:  # noqa: A002 - it is one
        """Return what people call an interest."""
        if id in self.scores and self.scores[id].title:
            return self.scores[id].title
        return self.state(id)

    def source(self, id: str) -> str:  # noqa: A002 - it is one
        """Return the title of a source, or the text itself where it is not a registered one."""
        return self.sources.get(id, id)

    def held(self, year: int | None) -> dict[str, Form]:
        """Return the form of every site at the end of a year, or today; sites without one are left out."""
        forms = {s.id: s.today for s in self.problem.sites}
        for m in sorted(self.plan.measures, key=lambda m: m.year):
            if year is not None and m.year <= year:
                forms[m.site] = m.after
        return {site: form for site, form in forms.items() if form is not Form.NONE}

    def reciprocity(self) -> tuple[tuple[Standing, Standing], ...]:
        """Return the lines of the ledger before and after the plan, State by State."""
        theirs = self.case.foreign_posts.on(self.case.as_of)
        codes = tuple(sorted({*theirs.senders, *self.before, *self.after} - {self.case.sender}))
        before = _ledger(self, None, self.before, theirs, codes)
        after = _ledger(self, self.years[-1], self.after, theirs, codes)
        return tuple(zip(before, after, strict=True))

    def limits(self) -> tuple[Limit, ...]:
        """Return every ceiling of the brief, year by year, with what the plan spends of it."""
        ceilings = [r for r in self.problem.brief.rules if isinstance(r, Ceiling)]
        money = {m.year: m for m in self.plan.money}
        return tuple(
            Limit(rule, year, spent(rule, money[year]), amount)
            for rule in ceilings
            for year, amount in rule.amounts
            if year in money
        )

    def tails(self) -> tuple[tuple[Tail, Decimal], ...]:
        """Return every ceiling on what is committed after the last year, with what the plan commits of it."""
        plan = self.plan
        return tuple(
            (rule, plan.tail - (plan.baseline_tail if rule.scope is Scope.NEW else 0))
            for rule in self.problem.brief.rules
            if isinstance(rule, Tail)
        )


def number(amount: Decimal | float, digits: int = 0, *, signed: bool = False) -> str:
    """Write a number with thin spaces between thousands and a true minus."""
    text = f"{Decimal(str(amount)):{'+' if signed else ''},.{digits}f}"
    if not text.strip("+-0.,"):
        text = text.lstrip("+-")
    return text.replace(",", THIN).replace("-", "\u2212")


def rounded(amount: float, unit: str) -> str:
    """Write a performance shortly: "USD 2.0 tn", "193 m persons", "12.5 %"."""
    size = next(((n, d) for n, d in ((" tn", 1e12), (" bn", 1e9), (" m", 1e6)) if abs(amount) >= d), ("", 1.0))
    digits = int(abs(amount / size[1]) < 100 if size[0] else amount != round(amount))
    text = number(amount / size[1], digits) + size[0]
    if len(unit) == 3 and unit.isupper():
        return f"{unit} {text}"
    return f"{text} {unit}".strip()


def scale_of(money: tuple[YearMoney, ...], currency: str) -> Scale:
    """Choose the units of money: millions where a year costs ten millions or more."""
    largest = max((abs(a) for m in money for a in (m.running, m.establishing, m.full_year)), default=Decimal(0))
    if largest >= 10_000_000:
        return Scale(currency, Decimal(1_000_000), "million", 1)
    whole = all(m.running == m.running.to_integral_value() for m in money)
    return Scale(currency, Decimal(1), "", 0 if whole or largest >= 10_000 else 1)


def times(count: int, one: str, many: str = "") -> str:
    """Write how many there are of something, in the number it needs."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def listed(names: list[str], most: int = 4) -> str:
    """Write a list as people do, the rest of a long one as a number."""
    if len(names) > most + 1:
        names = [*names[:most], f"{len(names) - most} more"]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def act(measure: Measure) -> str:
    """Say what a measure does: "open an embassy", "raise to embassy", "close the consulate"."""
    if measure.kind is Kind.CLOSE:
        return f"close the {FORMS[measure.before]}"
    if measure.kind is Kind.ESTABLISH:
        form = FORMS[measure.after]
        return f"open {'an' if form[0] in 'aeioh' else 'a'} {form}"
    return f"{'raise' if measure.kind is Kind.UPGRADE else 'lower'} to {FORMS[measure.after]}"


def direction(figures: Figures, measure: Measure) -> str:
    """Return under which of the three directions a measure stands: open, reorganise, consular."""
    if figures.sites[measure.site].track is Track.CONSULAR:
        return "consular"
    return "open" if measure.kind is Kind.ESTABLISH else "reorganise"


def count_after(figures: Figures, year: int | None) -> dict[Form, int]:
    """Count the forms held in a year, or today; sizes of embassies count as embassies."""
    forms = [Form.EMBASSY if f in EMBASSIES else f for f in figures.held(year).values()]
    return {form: forms.count(form) for form in Form if form in forms}


def ceiling_name(rule: Ceiling) -> str:
    """Name the money a ceiling holds."""
    money = {Class.ESTABLISHING: "establishing", Class.RUNNING: "running cost", Class.TOTAL: "all money"}[rule.money]
    return f"{money}, {'whole network' if rule.scope is Scope.WHOLE else 'new measures only'}"


def spent(rule: Ceiling, year: YearMoney) -> Decimal:
    """Return how much money of a year stands under a ceiling."""
    total = Decimal(0)
    if rule.money in (Class.ESTABLISHING, Class.TOTAL):
        total += year.establishing
    if rule.money in (Class.RUNNING, Class.TOTAL):
        total += year.running - (year.baseline if rule.scope is Scope.NEW else 0)
    return total


def recorded(figures: Figures) -> dict[str, Post]:
    """Return the seat from which each State is covered by the record, on its day."""
    posts = {p.id: p for p in at_work(figures.case)}
    return {a.state: posts[a.seat] for a in current(figures.case) if a.seat in posts}


def current(case: Case) -> tuple[Accreditation, ...]:
    """Return the accreditations that had begun by the day of the record, as far as it knows."""
    return tuple(a for a in case.accreditations if a.since is None or a.since <= case.as_of.year)


def planned(figures: Figures) -> dict[str, Site]:
    """Return the seat from which each State is covered in the last year of the plan."""
    found = {}
    for served in figures.plan.services:
        interest = figures.interests.get(served.interest)
        if served.concurrent and served.year == figures.years[-1] and interest and interest.kind == "bilateral":
            found[interest.state or interest.id] = figures.sites[served.site]
    return found


def _presences(
    figures: Figures, held: dict[str, Form], covered: dict[str, Post] | dict[str, Site]
) -> dict[str, Presence]:
    """Return how we are represented in each State where we are."""
    changed = {m.site: m.year for m in figures.plan.measures}
    found: dict[str, Presence] = {}
    for id_, form in held.items():
        site = figures.sites[id_]
        if level(form) > level(found[site.state].form if site.state in found else Form.NONE):
            found[site.state] = Presence(site.state, form, year=changed.get(id_))
    for state, post in covered.items():
        seat = post.seat if isinstance(post, Post) else _seat(figures, post)
        place = (seat.lat, seat.lon) if seat.lat is not None and seat.lon is not None else None
        if state not in found:
            city = seat.city or figures.state(seat.state)
            found[state] = Presence(state, Form.NONE, city, post.id, seat.state, place)
    return found


def _seat(figures: Figures, site: Site) -> Seat:
    place = figures.places.get(site.id)
    return Seat(site.state, site.city, place.lat if place else None, place.lon if place else None)


def _ledger(
    figures: Figures, year: int | None, presences: dict[str, Presence], theirs: Network, codes: tuple[str, ...]
) -> tuple[Standing, ...]:
    """Return the ledger of a year, or of today."""
    sender, covered = figures.case.sender, [p for p in presences.values() if p.seat]
    posts = [
        Post(s.id, sender, form, Seat(s.state, s.city))
        for s, form in ((figures.sites[id_], form) for id_, form in figures.held(year).items())
    ]
    # Seats stand apart: that of an accreditation may be a post which does not itself count as held.
    posts += [Post(f"seat:{p.seat_state}", sender, Form.OTHER, Seat(p.seat_state)) for p in covered]
    accreditations = tuple(Accreditation(f"seat:{p.seat_state}", p.state) for p in covered)
    return ledger(Network(tuple(posts)), theirs, accreditations, codes)
