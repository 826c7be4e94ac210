"""What a report says, in which order: one tree of plain nodes for every format."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from legation.cases.announced import Statistic
from legation.errors import Severity
from legation.law.additions import additions, found_by_year
from legation.law.checking import Opinion
from legation.model import Balance, Track, level
from legation.planning.brief import Ceiling, Kind, Tail
from legation.planning.comparison import Difference, Reason
from legation.planning.outcome import Plan
from legation.reports import tables
from legation.reports.charts import Picture, money_chart, network_map
from legation.reports.figures import (
    Figures,
    Judged,
    Paper,
    Presence,
    act,
    direction,
    listed,
    number,
    times,
)
from legation.reports.reasons import Clause, Reasons, merits, waiting
from legation.reports.tables import Table
from legation.values import value

WHY = {
    Reason.GAINS: "the best plan gains here",
    Reason.SAVES: "the best plan spends less here",
    Reason.ELSEWHERE: "the best plan uses money or people elsewhere",
}


@value
class Paragraph:
    """A sentence or a few; code: commands to be typed."""

    text: str
    code: bool = False


@value
class Entry:
    """A line of a year: where, what is done there, why, and the direction it belongs to."""

    where: str
    what: str
    reason: tuple[Clause, ...]
    direction: str


@value
class Year:
    """The measures of one year, one line each."""

    title: str
    entries: tuple[Entry, ...]


@value
class Terms:
    """Short facts with their names."""

    pairs: tuple[tuple[str, str], ...]


@value
class Points:
    """Sentences that stand side by side."""

    title: str
    sentences: tuple[str, ...]


Block = Paragraph | Year | Terms | Points | Table | Picture


@value
class Section:
    """A part of the report. essential: also for readers with a minute and a terminal."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    essential: bool = False


@value
class Document:
    """A whole report: title, the headline with its sentences, figures of note, sections."""

    title: str
    subtitle: str
    headline: str
    lead: tuple[str, ...]
    tiles: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    foot: str


def build(paper: Paper) -> Document:
    """Say what there is to say about a plan, in order."""
    f = Figures(paper)
    sections = [
        Section("map", "The network after the plan", (network_map(f),)),
        _years(f),
        Section("directions", "Three directions", (tables.directions(f), tables.measures(f), tables.network(f))),
        _money(f),
        _coverage(f),
        _reciprocity(f),
        Section("criteria", "Criteria and weights", (*_mandate(f), tables.criteria(f))),
        Section("appraisal", "What every interest is worth", tuple(tables.appraisals(f))),
        *_law(f),
        *_announced(f),
        Section("assumptions", "Assumptions", (tables.rules(f), tables.prices(f), tables.costs(f), *_notes(f))),
        Section("sources", "Open questions, sources and gaps", (tables.questions(f), tables.sources(f), *_gaps(f))),
        _proof(f),
    ]
    span = f"{f.years[0]}\u2013{f.years[-1]}" if len(f.years) > 1 else str(f.years[0])
    return Document(
        paper.case.title or paper.case.name,
        f"Plan of the network {span}, on the record of {_day(f)}",
        _headline(f),
        _lead(f),
        _tiles(f),
        tuple(sections),
        f"Legation {paper.version} \u00b7 problem {paper.problem_digest[:16] or 'without digest'}",
    )


def _headline(f: Figures) -> str:
    """Say how many measures there are in how many years, and of what kind."""
    found = f.plan.measures
    opened = [m for m in found if m.kind is Kind.ESTABLISH and f.sites[m.site].track is Track.DIPLOMATIC]
    embassies = sum(level(m.after) == 2 for m in opened)
    missions = len(opened) - embassies
    tracks = [f.sites[m.site].track for m in found if direction(f, m) == "open"]
    moved = [m for m in found if direction(f, m) == "reorganise"]
    closed = sum(m.kind is Kind.CLOSE for m in moved)
    counts = [
        (embassies, "new embassy", "new embassies"),
        (missions, "new diplomatic mission", ""),
        (tracks.count(Track.MULTILATERAL), "permanent mission", ""),
        (tracks.count(Track.TRADE), "trade representation", ""),
        (len(moved) - closed, "reorganisation", ""),
        (closed, "closure", ""),
        (sum(direction(f, m) == "consular" for m in found), "consular measure", ""),
    ]
    parts = [times(n, one, many) for n, one, many in counts if n]
    total = f"{times(len(found), 'measure')} in {times(len(f.years), 'year')}"
    return f"{total}: {listed(parts, 9)}" if parts else f"No measure in {times(len(f.years), 'year')}"


def _lead(f: Figures) -> tuple[str, ...]:
    """Say in three sentences what it costs, whom it reaches, and how good it is."""
    return _cost(f), _reach(f), _goodness(f)


def _cost(f: Figures) -> str:
    once = sum((m.establishing for m in f.plan.money), Decimal(0))
    more = f.plan.tail - f.plan.baseline_tail
    scale = f.scale
    way = "more" if more >= 0 else "less"
    text = f"It takes {scale.said(once)} to establish"
    text += f" and {scale.said(abs(more))} a year {way} to run once all of it stands"
    limits = [(line.spent, line.amount) for line in f.limits()] + [(spent, rule.amount) for rule, spent in f.tails()]
    if not limits:
        return f"{text}; no ceiling was stated."
    within = all(spent <= amount for spent, amount in limits)
    used = [100 * spent / amount for spent, amount in limits if amount]
    kept = "within every ceiling" if within else "with carry-over within the ceilings"
    kept += _assumed([line.rule for line in f.limits()] + [rule for rule, _ in f.tails()])
    return f"{text}, {kept}; the tightest is used to {number(max(used), 0)} %." if used else f"{text}, {kept}."


def _assumed(ceilings: Sequence[Ceiling | Tail]) -> str:
    """Say whether ceilings are assumed, as the reasons of their rules tell."""
    assumed = [rule.reason.casefold().startswith("assumed") for rule in ceilings]
    if all(assumed):
        return " (the ceilings are assumed)"
    return " (some ceilings are assumed)" if any(assumed) else ""


def _reach(f: Figures) -> str:
    resident = [_count(side, "resident", "mission") for side in (f.before, f.after)]
    concurrent = [_count(side, "concurrent") for side in (f.before, f.after)]
    owed = [sum(line[side].balance is Balance.OWED for line in f.reciprocity()) for side in (0, 1)]
    text = f"{f.state(f.case.sender)} would be resident in {_change(resident, 'State')}"
    text += f" and represented concurrently in {_change(concurrent, 'State')}"
    if owed[1] > owed[0]:
        return f"{text}; the States resident here without an answer rise from {owed[0]} to {owed[1]}."
    return f"{text}; of the States resident here without an answer there remain {owed[1]} of {owed[0]}."


def _goodness(f: Figures) -> str:
    proof = f.plan.proof
    worth = f"is worth {number(proof.objective, 1)} points by the criteria below"
    if proof.gap <= proof.gap_limit:
        return f"The plan {worth}; it is proven that no other plan under this brief is worth more."
    gap = number(100 * proof.gap, 2)
    return f"The plan {worth}; no other can be worth more than {number(proof.bound, 1)}, so {gap} % may be missing."


def _tiles(f: Figures) -> tuple[tuple[str, str], ...]:
    resident = [_count(side, "resident", "mission") for side in (f.before, f.after)]
    concurrent = [_count(side, "concurrent") for side in (f.before, f.after)]
    once = sum((m.establishing for m in f.plan.money), Decimal(0))
    return (
        (number(len(f.plan.measures)), "measures"),
        (f"{resident[0]} \u2192 {resident[1]}", "States where we reside"),
        (f"{concurrent[0]} \u2192 {concurrent[1]}", "States covered concurrently"),
        (f.scale.of(once), f"establishing, {f.scale.name}"),
        (f.scale.of(f.plan.tail - f.plan.baseline_tail, signed=True), f"running a year after, {f.scale.name}"),
    )


def _count(side: dict[str, Presence], *means: str) -> int:
    return sum(p.means in means for p in side.values())


def _change(counts: list[int], noun: str) -> str:
    one, two = counts
    return f"{times(two, noun)}, as today" if one == two else f"{times(two, noun)} (today {number(one)})"


def _years(f: Figures) -> Section:
    """List the measures year by year, each with its reason."""
    reasons = Reasons(f)
    blocks: list[Block] = []
    for year in f.years:
        found = sorted(
            (m for m in f.plan.measures if m.year == year), key=lambda m: (direction(f, m) != "open", -m.worth)
        )
        entries = tuple(Entry(f.site(m.site), act(m), reasons.of(m), direction(f, m)) for m in found)
        money = sum((m.establishing for m in found), Decimal(0))
        count = f"{times(len(found), 'measure')}, {f.scale.said(money)} to establish" if found else "nothing"
        blocks.append(Year(f"{year}: {count}", entries))
    waits, by_hand = waiting(f), merits(f)
    blocks += [Points("Waits for its condition, and takes no money until then", waits)] if waits else []
    blocks += [by_hand] if by_hand else []
    return Section("years", "Year by year", tuple(blocks), essential=True)


def _money(f: Figures) -> Section:
    limits = (tables.ceilings(f),) if f.limits() else (Paragraph("No ceiling on money was stated in the brief."),)
    return Section("money", "Money", (tables.money(f), money_chart(f), *limits), essential=True)


def _coverage(f: Figures) -> Section:
    return Section("coverage", "Who is represented", (tables.representation(f), tables.coverage(f)), essential=True)


def _reciprocity(f: Figures) -> Section:
    return Section("reciprocity", "Reciprocity", (tables.balances(f), tables.reciprocity(f)))


def _mandate(f: Figures) -> tuple[Block, ...]:
    mandate = f.case.mandate
    if not mandate.instruction:
        return ()
    parts = (
        *(mandate.given_by, mandate.number, mandate.date, f.source(mandate.source)),
        f"due {mandate.deadline.isoformat()}" if mandate.deadline else "",
        f"watched over by {mandate.controller}" if mandate.controller else "",
    )
    by = ", ".join(p for p in parts if p)
    objectives = tuple((o.id, o.text) for o in mandate.objectives)
    told = Paragraph(mandate.instruction + (f" ({by})" if by else ""))
    return (told, Terms(objectives)) if objectives else (told,)


def _law(f: Figures) -> tuple[Section, ...]:
    """Say what the law finds in the plan beyond what it finds in the record, and in the announced plan beside it."""
    if not f.paper.law:
        return ()
    blocks = _lawful("The plan", f.paper.law)
    if f.paper.announced and f.paper.announced.law:
        blocks += _lawful("The announced plan", f.paper.announced.law)
    here = [x.message for x in f.paper.law[0].findings if x.severity is not Severity.NOTE]
    blocks += [Points("What the law finds in the record already, whatever is planned", tuple(here))] if here else []
    return (Section("law", "What the law says", tuple(blocks), essential=True),)


def _lawful(subject: str, opinions: tuple[Opinion, ...]) -> list[Block]:
    """Tell what a plan adds: in a sentence, the breaches one by one, and what has to be asked, article by article."""
    found, added = list(found_by_year(opinions)), additions(opinions)
    broken = [(y, x) for y, x in found if x.severity is Severity.ERROR]
    doubtful = [(y, x) for y, x in found if x.severity is Severity.WARNING]
    open_ = sum(a.undecided for a in added)
    kept = "breaks no article of the law that the record can prove"
    told = f"{subject} {'breaks the law in ' + times(len(broken), 'matter') if broken else kept}"
    told += f", and {times(open_, 'matter')} cannot be decided before somebody asks." if open_ else "."
    told += "" if found else " Nothing was found to tell."
    groups = ((f"{subject} breaks", broken), (f"{subject} may break", doubtful))
    blocks: list[Block] = [Paragraph(told)]
    blocks += [Points(title, tuple(f"{y}: {x.message} {x.remedy}" for y, x in rows)) for title, rows in groups if rows]
    if added:
        rows = [(a.cited, number(a.broken), number(a.undecided), a.asks) for a in added]
        titles = ["Article", "#Broken", "#Undecided", "*What it asks"]
        note = "Counted are posts and accreditations, each in the year in which it first comes up."
        blocks.append(tables.table(f"{subject}, article by article", titles, rows, note=note))
    asked = [(str(y), x.message, x.remedy) for y, x in found if x.severity is Severity.NOTE]
    titles = ["#Year", "*What is not known", "*What to do"]
    return [*blocks, tables.table(f"{subject}: what is to be asked", titles, asked, long=True)] if asked else blocks


def _announced(f: Figures) -> tuple[Section, ...]:
    """Set what was announced beside the record and beside the plan."""
    judged, blocks = f.paper.announced, list[Block]()
    if judged:
        blocks += [Paragraph(_judgement(judged)), *_judged(f, judged)]
    if f.paper.statistics:
        rest = [s for s in f.paper.statistics if s.gap]
        blocks += [tables.statistics(f), Paragraph(_residual(rest))]
    return (Section("announced", "What was announced", tuple(blocks), essential=bool(judged)),) if blocks else ()


def _judgement(judged: Judged) -> str:
    """Say how good the announced plan is under the same brief."""
    found = judged.comparison
    shared = f"{len(found.shared) or 'none'} of its {times(len(judged.plan.measures), 'measure')}"
    both = f"{shared} {'are' if len(found.shared) > 1 else 'is'} in the best plan in the same year"
    moved = f", {len(found.moved)} in another year" if found.moved else ""
    kept = f"keeps {number(100 * found.kept, 1)} % of the worth of the best plan" if found.kept else "is worth nothing"
    return f"The announced plan, under the same brief, {kept}; {both}{moved}."


def _judged(figures: Figures, judged: Judged) -> list[Table]:
    """Return the announced plan beside the best one: worth, money, reciprocity, and what each does otherwise."""
    best, other, found, scale = figures.plan, judged.plan, judged.comparison, figures.scale
    kept = "" if found.kept is None else f"{number(100 * found.kept, 1)} %"
    money = [
        (f"{title}, {scale.name}", scale.of(one), scale.of(two), scale.of(two - one, signed=True))
        for title, one, two in (
            ("Establishing, all years", _sum(best, "establishing"), _sum(other, "establishing")),
            ("Running, all years", _sum(best, "running"), _sum(other, "running")),
            ("Each year after", best.tail, other.tail),
        )
    ]
    counts = [
        (f"Reciprocity: {name}", number(one), number(two), number(two - one, signed=True))
        for name, one, two in (
            ("mutual", found.reciprocity.mutual, found.other_reciprocity.mutual),
            ("owed", found.reciprocity.owed, found.other_reciprocity.owed),
            ("ahead", found.reciprocity.ahead, found.other_reciprocity.ahead),
        )
    ]
    worths = (best.proof.objective, other.proof.objective)
    rows = [
        ("Worth, points", *(number(w, 1) for w in worths), number(-found.lost, 1, signed=True)),
        ("Worth kept", "100.0 %", kept, ""),
        ("Measures", number(len(best.measures)), number(len(other.measures)), ""),
        *[(f"  in {year}", *(_in(p, year) for p in (best, other)), "") for year in figures.years],
        *money,
        *counts,
    ]
    return [
        tables.table(
            "The announced plan beside the best one", ["Figure", "#Best", "#Announced", "#Announced less best"], rows
        ),
        tables.table(
            "Measures of both plans", ["Where", "Best plan", "Announced", "*Difference"], _acts(figures, judged)
        ),
        tables.table(
            "Who is represented otherwise at the end",
            ["Interest", "Best plan", "Announced"],
            _served_otherwise(figures, judged),
            long=True,
        ),
    ]


def _in(plan: Plan, year: int) -> str:
    return number(sum(m.year == year for m in plan.measures))


def _acts(figures: Figures, judged: Judged) -> list[tuple[str, ...]]:
    """Return what each plan does at every site where either does something, those of both first."""
    later = {m.site for m in judged.comparison.moved if m.year > m.other_year}
    reasons = {d.site: (_why(d, later=d.site in later), d) for d in judged.comparison.differences}
    mine, theirs = (
        {m.site: [x for x in p.measures if x.site == m.site] for m in p.measures} for p in (figures.plan, judged.plan)
    )
    rows = []
    for site in sorted({*mine, *theirs}, key=lambda s: (s not in mine, s not in theirs, figures.site(s))):
        sides = (", ".join(f"{act(m)} {m.year}" for m in side.get(site, [])) or "\u2013" for side in (mine, theirs))
        why, d = reasons.get(site, ("the same", None))
        if d:
            worth, money = (
                _more(d.worth, f"{number(abs(d.worth), 1)} points"),
                _more(d.money, figures.scale.said(abs(d.money))),
            )
            why += f" ({worth} and {money} than as announced)"
        rows.append((figures.site(site), *sides, why))
    return rows


def _why(difference: Difference, *, later: bool) -> str:
    if later and difference.reason is Reason.SAVES:
        return "the best plan acts later, and pays for fewer years"
    return WHY[difference.reason]


def _more(amount: Decimal, said: str) -> str:
    """Say in words which way an amount goes."""
    return f"{said} {'more' if amount >= 0 else 'less'}"


def _served_otherwise(figures: Figures, judged: Judged) -> list[tuple[str, ...]]:
    last = figures.years[-1]
    lines = [c for c in judged.comparison.coverage if c.year == last]
    sites = ((c, [figures.site(s) if s else "not represented" for s in (c.site, c.other_site)]) for c in lines)
    return [(figures.interest(c.interest), *pair) for c, pair in sites]


def _sum(plan: Plan, key: str) -> Decimal:
    return sum((getattr(m, key) for m in plan.money), Decimal(0))


def _residual(rest: list[Statistic]) -> str:
    inside = "".join(f" Within the statement itself, {s.note}." for s in rest if s.name.endswith("_by_kind"))
    rest = [s for s in rest if not s.name.endswith("_by_kind")]
    if not rest:
        return f"The record explains every announced number.{inside}"
    named = [f"{number(s.gap or 0)} of {number(s.announced)} {s.title[0].lower()}{s.title[1:]}" for s in rest]
    return f"Not explained by the record: {listed(named, 99)}.{inside}"


def _notes(f: Figures) -> tuple[Block, ...]:
    return (Points("Notes on the record", f.case.notes),) if f.case.notes else ()


def _gaps(f: Figures) -> tuple[Block, ...]:
    if not f.paper.draft.findings:
        return (Paragraph("Nothing was found missing."),)
    return tuple(tables.findings(f))


def _proof(f: Figures) -> Section:
    """Say how good the plan is proven to be, and how anybody can check it."""
    p, name = f.plan.proof, f.case.name
    terms = (
        ("Worth of the plan", f"{number(p.objective, 4)} points"),
        ("No plan is worth more than", f"{number(p.bound, 4)} points"),
        ("Gap", f"{number(100 * p.gap, 6)} % (asked for {number(100 * p.gap_limit, 6)} %)"),
        ("Status", p.status),
        ("Solver", f"{p.solver} {p.version}, seed {p.seed}, at most {number(p.seconds_limit)} s"),
        ("Digest of the problem", f.paper.problem_digest or "none"),
        ("Answers the problem", "yes" if f.plan.problem == f.paper.problem_digest else f"no: {f.plan.problem}"),
    )
    check = (
        f"legation problem {name} -o problem.json\nlegation plan {name} -o plan.json\n"
        "legation check problem.json plan.json"
    )
    told = Paragraph("Anybody can recompute every rule and the worth in exact arithmetic, without the solver:")
    return Section("proof", "Proof", (Terms(terms), told, Paragraph(check, code=True)), essential=True)


def _day(f: Figures) -> str:
    day = f.case.as_of
    return f"{day.day} {day:%B} {day.year}"
