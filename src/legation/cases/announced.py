"""What was announced: its measures as a problem of their own, and its statistics beside the record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from legation.cases.case import Announced, Case
from legation.cases.siting import CONFIDENCES, at_work, slug
from legation.errors import Finding, Severity
from legation.model import EMBASSIES, Form, Network, Post, level
from legation.planning.brief import Forbid, Require, Rule
from legation.planning.problem import Problem, Site
from legation.values import value


@value
class Statistic:
    """One announced number beside the record of the day.

    found: rows (or States) attested with at least the least confidence of the case, None where the record cannot
    tell; probable: further ones that only doubtful rows attest; rows: ids of all of them
    gap: announced - found, what stays unexplained by what is proven
    """

    name: str
    title: str
    announced: Decimal
    found: int | None
    probable: int
    rows: tuple[str, ...]
    gap: Decimal | None
    note: str = ""


@value
class Entry:
    """One row of the record: its id, the thing it counts for, and whether it is proven."""

    row: str
    counts: str
    proven: bool


# The announced measures as a problem


def announced_problem(problem: Problem, announced: Sequence[Announced]) -> tuple[Problem, tuple[Finding, ...]]:
    """Return the same problem with the announced measures fixed in their years, and no other change of form.

    Findings: "announced-unusable" where a measure names no site, form or year of the problem or is held already;
    "announced-from" where it starts from another form than the one held today.
    """
    sites = {s.id: s for s in problem.sites}
    fixed: list[Require] = []
    findings: list[Finding] = []
    for row in (a for a in announced if a.kind == "measure"):
        rule, found = _fix(row, sites.get(row.name), problem.brief.years)
        fixed += [rule] if rule else []
        findings += found
    held = tuple(_hold(s, [r for r in fixed if r.site == s.id], problem.brief.years) for s in problem.sites)
    rules: tuple[Rule, ...] = (*problem.brief.rules, *fixed, *_lids(held, fixed))
    brief = replace(problem.brief, rules=rules)
    return replace(problem, name=f"{problem.name}-announced", sites=held, brief=brief), tuple(findings)


def _fix(row: Announced, site: Site | None, years: tuple[int, ...]) -> tuple[Require | None, list[Finding]]:
    if site is None:
        return None, [_unusable(row, "there is no such site")]
    ladder = [r.form for r in site.ladder]
    form = row.form
    if form in EMBASSIES and form not in ladder:
        form = next((f for f in ladder if f in EMBASSIES), None)
    if form is None or form not in ladder:
        return None, [_unusable(row, f"the site never holds {row.form or 'the form, which is not stated'}")]
    if row.year not in years:
        return None, [_unusable(row, f"{row.year or 'the year'} is no year of the plan")]
    if site.today in ladder and ladder.index(site.today) >= ladder.index(form):
        return None, [_unusable(row, f"it holds {site.today} today")]
    findings = [_other_start(row, site)] if (row.from_form or Form.NONE) is not site.today else []
    reason = f"announced: {row.reason}" if row.reason else "announced"
    return Require(site.id, form, row.year, exactly=True, reason=reason), findings


def _hold(site: Site, fixed: Sequence[Require], years: tuple[int, ...]) -> Site:
    """Let a site rise in its announced years only, and give up nothing."""
    before = years[0] - 1
    first, last = min((r.by for r in fixed), default=before), max((r.by for r in fixed), default=before)
    return replace(site, closable=False, first=first, last=last)


def _lids(sites: Iterable[Site], fixed: Sequence[Require]) -> list[Forbid]:
    """Forbid what lies above the highest form announced for a site."""
    lids = []
    for site in sites:
        ladder = [r.form for r in site.ladder]
        top = max((ladder.index(r.form) for r in fixed if r.site == site.id), default=len(ladder))
        if top + 1 < len(ladder):
            lids.append(Forbid(site.id, ladder[top + 1], reason="no more than was announced"))
    return lids


def _unusable(row: Announced, why: str) -> Finding:
    message = f"The announced measure {row.form or ''} {row.year or ''} at {row.name} is left out: {why}."
    remedy = "Correct the row, or add the site to sites.csv."
    return Finding("announced-unusable", Severity.WARNING, row.name, message, remedy, "announced.csv")


def _other_start(row: Announced, site: Site) -> Finding:
    message = f"The announced measure at {row.name} starts from {row.from_form or 'none'}; {site.today} is held today."
    return Finding("announced-from", Severity.NOTE, row.name, message, "Check posts.csv.", "announced.csv")


# The announced statistics beside the record


def announced_statistics(case: Case) -> tuple[Statistic, ...]:
    """Return every announced statistic beside what the record gives on its day.

    After the total of own establishments comes what the statement itself leaves unexplained: the total minus the
    kinds it names.
    """
    compared: list[Statistic] = []
    rows = [a for a in case.announced if a.kind == "statistic" and a.number is not None]
    for row in rows:
        compared.append(_compare(case, row))
        if row.name == TOTAL:
            compared += _within(row, [r for r in rows if r.name in KINDS])
    return tuple(compared)


TOTAL = "own_establishments"
KINDS: dict[str, tuple[Form, ...]] = {
    "own_embassies": EMBASSIES,
    "own_diplomatic_missions": (Form.DIPLOMATIC_MISSION,),
    "own_consulates_general": (Form.CONSULATE_GENERAL,),
    "own_consulates": (Form.CONSULATE,),
    "own_consular_agencies": (Form.CONSULAR_AGENCY,),
    "own_honorary_consulates": (Form.HONORARY_CONSULATE,),
    "own_permanent_missions": (Form.PERMANENT_MISSION,),
    "own_trade_representations": (Form.TRADE_REPRESENTATION,),
}
CONSULATES = (Form.CONSULATE, Form.CONSULATE_GENERAL)


def _compare(case: Case, row: Announced) -> Statistic:
    number = row.number if row.number is not None else Decimal(0)
    title, entries = _title(row.name), _entries(case, row)
    if entries is None:
        note = "; ".join(n for n in (row.note, "the record holds nothing to count") if n)
        return Statistic(row.name, title, number, None, 0, (), None, note)
    proven = {e.counts for e in entries if e.proven}
    probable = {e.counts for e in entries} - proven
    ids = tuple(sorted({e.row for e in entries}))
    return Statistic(row.name, title, number, len(proven), len(probable), ids, number - len(proven), row.note)


def _title(name: str) -> str:
    head, inside, city = name.partition("_in_")
    return head.replace("_", " ").capitalize() + (f" in {city.replace('_', ' ').title()}" if inside else "")


def _within(total: Announced, kinds: Sequence[Announced]) -> list[Statistic]:
    """Return the residual inside the statement itself: its total minus the kinds it names."""
    numbers = [k.number for k in kinds if k.number is not None]
    if not numbers or total.number is None:
        return []
    named = sum(numbers, Decimal(0))
    rest = total.number - named
    note = f"{' + '.join(map(str, numbers))} = {named}; {rest} of {total.number} are not named by kind"
    title, rows = "Own establishments named by kind in the statement", tuple(k.name for k in kinds)
    return [Statistic(f"{TOTAL}_by_kind", title, total.number, int(named), 0, rows, rest, note)]


def _entries(case: Case, row: Announced) -> list[Entry] | None:
    """Return the rows of the record that an announced statistic counts; None for a statistic we do not know."""
    if row.name in KINDS:
        return _posts(case, at_work(case), KINDS[row.name])
    if row.name.startswith("planned_new_embassies_"):
        year = row.name.rpartition("_")[2]
        planned = (a for a in case.announced if a.kind == "measure" and a.form in EMBASSIES and str(a.year) == year)
        return [Entry(a.name, a.name, proven=True) for a in planned]
    if row.name.startswith("foreign_trade_representations"):
        city = slug(row.name.rpartition("_in_")[2]) if "_in_" in row.name else ""
        posts = _posts(case, case.foreign_posts.on(case.as_of), (Form.TRADE_REPRESENTATION,))
        places = {p.id: slug(p.seat.city) for p in case.foreign_posts}
        return [e for e in posts if not city or places[e.row] == city]
    counter = COUNTERS.get(row.name)
    return counter(case) if counter else None


def _proven(case: Case, confidence: str) -> bool:
    return CONFIDENCES.index(confidence) >= CONFIDENCES.index(case.settings.least_confidence)


def _posts(
    case: Case, network: Network, forms: Iterable[Form], what: Callable[[Post], str] = lambda post: post.id
) -> list[Entry]:
    return [Entry(p.id, what(p), _proven(case, p.confidence)) for p in network.of(*forms)]


def career(network: Network) -> Network:
    """Keep the posts that career officers lead; honorary consuls (VCCR 58) are never part of a total."""
    return network.of(*(form for form in Form if form is not Form.HONORARY_CONSULATE))


def _establishments(case: Case) -> list[Entry]:
    return _posts(case, career(at_work(case)), Form)


def _host_countries(case: Case) -> list[Entry]:
    return _posts(case, career(at_work(case)), Form, lambda post: post.seat.state)


def _covered(case: Case) -> list[Entry]:
    current = (a for a in case.accreditations if a.since is None or a.since <= case.as_of.year)
    return [Entry(f"{a.seat}:{a.state}", a.state, _proven(case, a.confidence)) for a in current]


def _accredited_here(case: Case) -> list[Entry]:
    return _posts(case, case.foreign_posts.on(case.as_of), [f for f in Form if level(f)], lambda post: post.sender)


def _embassy_and_consulate(case: Case) -> list[Entry]:
    """Count a State as proven where both its embassy and its consulate are."""
    embassies = _posts(case, case.foreign_posts.on(case.as_of), EMBASSIES, lambda post: post.sender)
    consulates = _posts(case, case.foreign_posts.on(case.as_of), CONSULATES, lambda post: post.sender)
    both = {e.counts for e in embassies} & {c.counts for c in consulates}
    sure = {e.counts for e in embassies if e.proven} & {c.counts for c in consulates if c.proven}
    return [Entry(e.row, e.counts, e.counts in sure) for e in (*embassies, *consulates) if e.counts in both]


def _honorary_here(case: Case) -> list[Entry]:
    return _posts(case, case.foreign_posts.on(case.as_of), (Form.HONORARY_CONSULATE,), lambda post: post.sender)


def _organisations_here(case: Case) -> list[Entry]:
    """Count the organisations that had an office here in the year of the record."""
    year = case.as_of.year
    there = (o for o in case.organisations if (o.since or year) <= year <= (o.until or year))
    return [Entry(o.name, o.name, proven=True) for o in there]


COUNTERS: dict[str, Callable[[Case], list[Entry]]] = {
    TOTAL: _establishments,
    "own_host_countries": _host_countries,
    "own_concurrently_covered_countries": _covered,
    "foreign_countries_accredited": _accredited_here,
    "foreign_countries_with_embassy_and_consulate": _embassy_and_consulate,
    "foreign_countries_with_honorary_consul": _honorary_here,
    "international_organisations_represented": _organisations_here,
}
