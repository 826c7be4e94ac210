"""The tables of a report, as values."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal

from legation.appraisal.criteria import Criterion
from legation.appraisal.scoring import Score
from legation.cases.case import CostLine, Reach
from legation.cases.questions import open_questions
from legation.cases.siting import CONFIDENCES, at_work
from legation.model import FORMS, Balance, Form, Standing, level
from legation.planning.brief import Ceiling, Rule, Scope
from legation.planning.outcome import YearMoney
from legation.planning.wording import describe
from legation.reports.figures import (
    THIN,
    Figures,
    Presence,
    act,
    ceiling_name,
    count_after,
    current,
    direction,
    listed,
    number,
    recorded,
    rounded,
    times,
)
from legation.values import value

TOP = 25
DIRECTIONS = {"open": "Open", "reorganise": "Reorganise", "consular": "Consular"}
KINDS = {"bilateral": "States", "organisation": "Organisations", "district": "Consular districts", "region": "Regions"}
MEANS = {
    "resident": "Embassy",
    "mission": "Diplomatic mission",
    "concurrent": "Concurrently",
    "none": "Not represented",
}
BALANCES = {
    Balance.MUTUAL: "mutual",
    Balance.OWED: "owed",
    Balance.AHEAD: "ahead",
    Balance.COVERED: "covered",
    Balance.ABSENT: "neither",
}


@value
class Column:
    """A column: its heading, whether it holds numbers, and whether its texts are sentences."""

    title: str
    numeric: bool = False
    prose: bool = False


@value
class Table:
    """A table of texts. long: folded away until asked for; strong: places of the rows that sum up."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    long: bool = False
    strong: tuple[int, ...] = ()


def table(
    caption: str,
    titles: Iterable[str],
    rows: Iterable[tuple[str, ...]],
    *,
    note: str = "",
    long: bool = False,
    strong: tuple[int, ...] = (),
) -> Table:
    """Make a table; a title that begins with # heads numbers, one with * heads sentences."""
    columns = tuple(Column(t.lstrip("#*"), t.startswith("#"), t.startswith("*")) for t in titles)
    return Table(caption, columns, tuple(rows), note, long, strong)


def directions(figures: Figures) -> Table:
    """Return what happens in each direction in each year."""
    found: dict[tuple[str, int], list[str]] = defaultdict(list)
    for m in figures.plan.measures:
        found[direction(figures, m), m.year].append(figures.site(m.site))
    rows = []
    for key, title in DIRECTIONS.items():
        cells = [listed(sorted(found[key, year]), 99) or "\u2013" for year in figures.years]
        rows.append((title, *cells, number(sum(len(found[key, year]) for year in figures.years))))
    totals = [number(sum(len(found[key, year]) for key in DIRECTIONS)) for year in figures.years]
    rows.append(("Measures", *totals, number(len(figures.plan.measures))))
    return table(
        "The three directions, year by year",
        ["Direction", *(f"*{y}" for y in figures.years), "#Measures"],
        rows,
        strong=(len(rows) - 1,),
    )


def measures(figures: Figures) -> Table:
    """Return every measure with its money, people and worth."""
    scale = figures.scale
    rows = [
        (
            str(m.year),
            figures.site(m.site),
            act(m),
            scale.of(m.establishing),
            scale.of(m.running, signed=True),
            number(m.staff, _digits(m.staff), signed=True),
            number(m.worth, 1, signed=True),
        )
        for m in figures.plan.measures
    ]
    titles = ["Year", "Where", "Measure", "#Establishing", "#Running, full year", "#Staff", "#Worth, points"]
    note = f"Money in {scale.name}; worth is discounted and counted over the years of the plan."
    return table("Every measure with its money, people and worth", titles, rows, note=note, long=True)


def money(figures: Figures) -> Table:
    """Return the money of each year and what is committed after the last."""
    scale, plan = figures.scale, figures.plan
    rows = [_money_row(figures, m) for m in plan.money]
    rows.append(
        (
            "Each year after",
            scale.of(plan.baseline_tail),
            scale.of(plan.tail - plan.baseline_tail),
            "\u2013",
            scale.of(plan.tail),
            scale.of(plan.tail),
            *_staff(plan.money[-1]),
        )
    )
    titles = ["Year", "#Baseline", "#New running", "#Establishing", "#Total", "#Full-year effect"]
    note = (
        f"In prices of each year, counted from prices of {figures.problem.price_year}. Baseline: today's "
        "network unchanged. Full-year effect: the running cost had all measures of the year run the whole year. "
        "The last row is the tail: what the plan commits each year after its last."
    )
    staff = ["#Diplomats", "#Support", "#Local staff"]
    return table(f"Money by year, {scale.name}", [*titles, *staff], rows, note=note, strong=(len(rows) - 1,))


def _limit(figures: Figures, name: str, year: str, spent: Decimal, amount: Decimal) -> tuple[str, ...]:
    of = figures.scale.of
    used = f"{number(100 * spent / amount, 0)} %" if amount else "\u2013"
    return _upper(name), year, of(spent), of(amount), of(amount - spent), used


def ceilings(figures: Figures) -> Table:
    """Return every ceiling beside what is spent of it, the one on what is committed after the last year included."""
    scale = figures.scale
    rows = [
        _limit(figures, ceiling_name(line.rule), str(line.year), line.spent, line.amount) for line in figures.limits()
    ]
    for rule, spent in figures.tails():
        name = f"running after the plan, {'new measures only' if rule.scope is Scope.NEW else 'whole network'}"
        rows.append(_limit(figures, name, "each after", spent, rule.amount))
    titles = ["Ceiling on", "Year", "#Spent", "#Ceiling", "#Left", "#Used"]
    carry = any(isinstance(r, Ceiling) and r.carry_over for r in figures.problem.brief.rules)
    passed = "Money left may pass to the next year as the brief allows." if carry else ""
    return table(f"Money against the ceilings, {scale.name}", titles, rows, note=passed)


def network(figures: Figures) -> Table:
    """Return how many posts of each form are held today and in each year."""
    counts = [count_after(figures, year) for year in (None, *figures.years)]
    forms = [form for form in reversed(Form) if any(form in c for c in counts)]
    rows = [(_upper(FORMS[form]), *(number(c.get(form, 0)) for c in counts)) for form in forms]
    rows.append(("All posts", *(number(sum(c.values())) for c in counts)))
    titles = ["Form", "#Today", *(f"#End of {year}" for year in figures.years)]
    return table("Posts by form", titles, rows, strong=(len(rows) - 1,), note=_unplanned(figures))


def _unplanned(figures: Figures) -> str:
    """Name the posts of the record that are counted elsewhere and no plan is made for."""
    least = CONFIDENCES.index(figures.case.settings.least_confidence)
    posts = at_work(figures.case).of(Form.OTHER)
    count = sum(CONFIDENCES.index(post.confidence) >= least for post in posts)
    return f"Besides these the record holds {times(count, 'other post')}, for which no plan is made." if count else ""


def representation(figures: Figures) -> Table:
    """Return how many States we are represented in, and how, before and after."""
    wanted = {i.state or i.id for i in figures.problem.interests if i.kind == "bilateral"}
    states = {*wanted, *figures.before, *figures.after} - {figures.case.sender}
    sides = [
        Counter(side[s].means if s in side else "none" for s in states) for side in (figures.before, figures.after)
    ]
    rows = [
        (title, *(number(s[key]) for s in sides), number(sides[1][key] - sides[0][key], signed=True))
        for key, title in MEANS.items()
    ]
    least, known = figures.case.settings.least_confidence, recorded(figures)
    doubtful = sum(CONFIDENCES.index(a.confidence) < CONFIDENCES.index(least) for a in current(figures.case))
    note = f"Today: posts recorded with confidence {least} or better"
    note += (
        f", and {times(len(known), 'State')} recorded as covered, {number(doubtful)} of them doubtful."
        if known
        else "."
    )
    titles = ["Representation", "#Today", "#After", "#Change"]
    return table("States by how we are represented", titles, rows, note=note)


def coverage(figures: Figures) -> Table:
    """Return every State where we are represented today or after the plan, and from where."""
    codes = sorted({*figures.before, *figures.after}, key=figures.state)
    rows = []
    for code in codes:
        before, after = (side.get(code, Presence(code)) for side in (figures.before, figures.after))
        year = f" ({after.year})" if after.year and after.form is not before.form else ""
        now = presence(figures, after)
        changed = presence(figures, before) != now
        rows.append((figures.state(code), presence(figures, before), f"{now}{year}" if changed else "unchanged"))
    caption = "Who is represented where, and from which seat"
    return table(caption, ["State", "*Today", "*After the plan"], rows, long=True)


def presence(figures: Figures, line: Presence) -> str:
    """Say how we are represented: "embassy", "from Berlin (Germany)", "not represented"."""
    if level(line.form):
        return FORMS[line.form]
    if not line.seat:
        return "not represented"
    state = figures.state(line.seat_state)
    return f"from {line.seat}" if line.seat == state else f"from {line.seat} ({state})"


def balances(figures: Figures) -> Table:
    """Return how many States stand in each balance before and after."""
    lines = figures.reciprocity()
    before, after = (Counter(line[side].balance for line in lines) for side in (0, 1))
    told = {
        Balance.OWED: "Owed: they reside here, we do not reside there",
        Balance.MUTUAL: "Mutual: both reside",
        Balance.AHEAD: "Ahead: we reside there, they do not reside here",
    }
    rows = [
        (text, number(before[key]), number(after[key]), number(after[key] - before[key], signed=True))
        for key, text in told.items()
    ]
    return table("Balance with other States", ["Balance", "#Today", "#After", "#Change"], rows)


def reciprocity(figures: Figures, *, whole: bool = False) -> Table:
    """Return every State that is owed an answer, or where the balance changes, or the whole ledger."""
    rows = [
        (
            figures.state(before.state),
            FORMS[before.theirs],
            FORMS[before.ours],
            FORMS[after.ours],
            _turn(before, after),
        )
        for before, after in figures.reciprocity()
        if whole or Balance.OWED in (before.balance, after.balance) or before.ours is not after.ours
    ]
    titles = ["State", "Theirs here", "Ours there today", "Ours after", "Balance"]
    return table("States owed an answer, and where the balance changes", titles, sorted(rows), long=True)


def criteria(figures: Figures) -> Table:
    """Return criteria under their headings with weight, scale and treatment of what is missing."""
    known = figures.case.criteria
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for c in known:
        sums[c.kind] += c.weight
    rows = [
        (
            KINDS.get(c.kind, c.kind),
            c.heading,
            c.title,
            number(c.weight, _digits(c.weight)),
            f"{number(100 * c.weight / sums[c.kind], 1)} %" if sums[c.kind] else "\u2013",
            _scale(c),
            c.reason,
        )
        for c in known
    ]
    titles = ["Interests", "Heading", "Criterion", "#Weight", "#Share", "*Scale", "*Reason"]
    points = "; ".join(f"{KINDS.get(k, k)} {number(p)}" for k, p in figures.case.settings.points)
    note = f"Weights are swing weights: what going from worst to best is worth. Points of the best in a year: {points}."
    return table("Every criterion with its weight and scale", titles, rows, note=note)


def appraisals(figures: Figures) -> list[Table]:
    """Return the best interests of each kind, their scores taken apart by criterion."""
    kinds: dict[str, list[Score]] = defaultdict(list)
    for score in figures.scores.values():
        kinds[score.kind].append(score)
    return [_appraisal(figures, kind, sorted(s, key=lambda s: -s.points)) for kind, s in kinds.items()]


def _appraisal(figures: Figures, kind: str, scores: list[Score]) -> Table:
    titles = list(dict.fromkeys(p.title for s in scores for p in s.parts))
    rows = []
    for rank, score in enumerate(scores[:TOP], 1):
        parts = {p.title: p for p in score.parts}
        cells = (_points(parts[t].points, known=parts[t].fact is not None) if t in parts else "" for t in titles)
        now = figures.after.get(score.interest, Presence(score.interest))
        mark = (MEANS[now.means],) if kind == "bilateral" else ()
        rows.append((str(rank), figures.interest(score.interest), number(score.points, 1), *cells, *mark))
    heads = ["#Rank", "Interest", "#Points", *(f"#{t}" for t in titles)]
    heads += ["After the plan"] if kind == "bilateral" else []
    many = f"the {TOP} worthiest of {len(scores)}" if len(scores) > TOP else f"all {len(scores)}"
    caption = f"{KINDS.get(kind, kind)}: {many}"
    note = "Points a year, and what each criterion adds to them; ? marks a missing fact."
    return table(caption, heads, rows, note=note, long=kind != "bilateral")


def costs(figures: Figures) -> Table:
    """Return the lines of cost with their bands."""
    rows = [
        (
            _scope(figures, c),
            c.measure.value,
            c.line,
            _cost(c),
            f"{number(c.low)} \u2013 {number(c.high)}" if c.low is not None and c.high is not None else "",
            f"{c.currency} {c.year or ''}".strip(),
            figures.source(c.source),
        )
        for c in figures.case.costs
    ]
    titles = ["For", "Measure", "Line", "#Central", "#Low \u2013 high", "Money of", "*Source"]
    band = figures.case.settings.band.value
    return table("Lines of cost and their bands", titles, rows, note=f"Planned with the {band} end.", long=True)


def rules(figures: Figures) -> Table:
    """Return the rules of the brief in words with their reasons."""
    rows = [
        (_upper(r.rule.replace("-", " ")), _told(figures, r), r.reason or "none given")
        for r in figures.problem.brief.rules
    ]
    return table("Rules of the brief", ["Rule", "*What it asks", "*Reason"], rows)


def prices(figures: Figures) -> Table:
    """Return the money the case counts in, and the other numbers that every plan rests on."""
    p, s = figures.case.prices, figures.case.settings
    rows = [
        ("Currency and price year", f"{p.currency}, prices of {p.year}"),
        *((f"Exchange rate, {code}", f"{p.currency} {_plain(rate)} for 1 {code}") for code, rate in p.rates),
        ("Consumer prices", _index(p.index)),
        ("Growth of prices after the index", f"{_plain(100 * p.growth)} % a year"),
        ("Source of prices and rates", figures.source(p.source) or "none stated"),
        ("Discount rate of worth", f"{_plain(100 * figures.problem.brief.discount_rate)} % a year"),
        ("Measures take effect", f"openings in month {s.opening_month}, closings in month {s.closing_month}"),
        ("Concurrent accreditation serves", _reach(s.reach)),
        *((f"Share served: {KINDS.get(x.kind, x.kind)}, {FORMS[x.form]}", _plain(x.share)) for x in s.shares),
        ("Posts counted as held", f"recorded with confidence {s.least_confidence} or better"),
    ]
    return table("Money and settings", ["Assumption", "*Value"], rows)


def statistics(figures: Figures) -> Table:
    """Return every announced statistic beside the record, and name what stays unexplained."""
    rows = [
        (
            s.title,
            number(s.announced),
            "\u2013" if s.found is None else number(s.found),
            number(s.probable) if s.probable else "",
            "\u2013" if s.gap is None else number(s.gap, signed=True),
            s.note,
        )
        for s in figures.paper.statistics
    ]
    titles = ["Statistic", "#Announced", "#In the record", "#Doubtful", "#Unexplained", "*Note"]
    note = "Doubtful rows are attested with less confidence than the case asks for; they explain nothing by themselves."
    return table("Announced statistics against the record", titles, rows, note=note)


def sources(figures: Figures) -> Table:
    """Return the sources with publisher, address and licence."""
    rows = [(s.title, s.publisher, s.url, s.licence, s.use) for s in figures.case.sources]
    return table("Sources", ["*Title", "Publisher", "Address", "Licence", "*Used for"], rows, long=len(rows) > 12)


def questions(figures: Figures) -> Table:
    """Return what the owner of the case must still find out or decide."""
    rows = [(q.message, q.remedy, q.file) for q in open_questions(figures.case)]
    return table("Open questions", ["*Question", "*What to do", "File"], rows)


def findings(figures: Figures) -> list[Table]:
    """Return what should be known about the data: one line for each code, and every finding below it."""
    groups = defaultdict(list)
    for f in figures.paper.draft.findings:
        groups[f.severity, f.code].append(f)
    order = sorted(groups, key=lambda key: ("error", "warning", "note").index(key[0]))
    rows = [(k[0].value, k[1], number(len(groups[k])), groups[k][0].message, groups[k][0].remedy) for k in order]
    every = [(f.code, figures.state(f.subject), f.message, f.place) for k in order for f in groups[k]]
    titles = ["Severity", "Finding", "#Number", "*For example", "*What to do"]
    return [
        table("Findings about the data, by kind", titles, rows),
        table("Every finding", ["Finding", "About", "*What", "Place"], every, long=True),
    ]


def _money_row(figures: Figures, year: YearMoney) -> tuple[str, ...]:
    amounts = (
        year.baseline,
        year.running - year.baseline,
        year.establishing,
        year.running + year.establishing,
        year.full_year,
    )
    return (str(year.year), *map(figures.scale.of, amounts), *_staff(year))


def _staff(year: YearMoney) -> tuple[str, ...]:
    return tuple(number(n, _digits(n)) for n in (year.diplomatic, year.support, year.local))


def _turn(before: Standing, after: Standing) -> str:
    one, two = BALANCES[before.balance], BALANCES[after.balance]
    return one if one == two else f"{one} \u2192 {two}"


def _scale(criterion: Criterion) -> str:
    stated = [(word, end) for word, end in (("worst", criterion.worst), ("best", criterion.best)) if end is not None]
    ends = [f"{word} {rounded(float(end), '') if abs(end) >= 1_000_000 else _plain(end)}" for word, end in stated]
    points = ", ".join(f"{_plain(x)} \u2192 {_plain(v)}" for x, v in criterion.points)
    parts = [criterion.scale.value, f"{criterion.prefer.value} preferred", *ends, points]
    return "; ".join(p for p in parts if p) + f"; missing counts as {criterion.missing.value}"


def _points(points: float, *, known: bool) -> str:
    return number(points, 1) if known else f"{number(points, 1)} ?" if points else "?"


def _scope(figures: Figures, cost: CostLine) -> str:
    scope, _, rest = cost.scope.partition(":")
    if scope == "site":
        site, _, form = rest.rpartition(":")
        return f"{figures.site(site)}: {FORMS[Form(form)] if form in list(Form) else form}"
    return FORMS[Form(rest)] if rest in list(Form) else cost.scope


def _cost(cost: CostLine) -> str:
    if cost.amount is not None:
        return number(cost.amount, _digits(cost.amount))
    return f"{_plain(cost.norm or Decimal(0))} x {number(cost.price or Decimal(0))}"


def _told(figures: Figures, rule: Rule) -> str:
    """Say what a rule asks, with the name of its site for the id."""
    site = getattr(rule, "site", "")
    said = describe(rule).replace(site, figures.site(site)) if site else describe(rule)
    return _upper(re.sub(r"(?<=\d),(?=\d{3})", THIN, said))


def _index(index: tuple[tuple[int, Decimal], ...]) -> str:
    """Return the last years of an index, and how many there are before."""
    last = ", ".join(f"{year}: {_plain(level)}" for year, level in index[-5:])
    return f"{last} ({times(len(index), 'year')} stated, from {index[0][0]})" if index else "no index stated"


def _reach(reach: Reach) -> str:
    near = f"{_plain(reach.base)} x exp(\u2212km / {_plain(reach.km)}) of an interest"
    more = f"{_plain(reach.subregion)} more in the same subregion, {_plain(reach.language)} for a shared language"
    return f"{near}, {more}, never above {_plain(reach.most)}"


def _plain(amount: Decimal) -> str:
    return number(amount, _digits(amount))


def _digits(amount: Decimal) -> int:
    """Return how many decimals an amount needs, four at most."""
    exponent = amount.normalize().as_tuple().exponent
    return min(4, max(0, -exponent)) if isinstance(exponent, int) else 0


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
