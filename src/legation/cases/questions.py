"""Open questions: what a case assumes, lacks or takes on trust, as findings with what to do about each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from legation.cases.case import Case, CostLine
from legation.errors import Finding, Severity
from legation.model import Form, Track, track_of
from legation.planning.brief import Ceiling, Forbid, Rule, StaffCeiling, Tail

PERHAPS = "Perhaps there already"
"""How the reason of a rule begins that keeps the plan from opening what may exist."""

ASSUMED = "assumed"
WANTED = {
    "trade": "goods traded with each State",
    "citizens": "citizens who live there",
    "kin": "people of our nation who live there",
}
"""Facts that only the sender has, or that no shipped source gives, and that most ministries weigh."""

BANDS = {"cost-bands", "staffing"}
SHOWN = 12


def open_questions(case: Case) -> tuple[Finding, ...]:
    """Return what the owner of a case must still find out or decide, what moves the plan most first."""
    return tuple(
        question
        for part in (_money, _doubts, _costs, _posts, _accreditations, _facts, _candidates, _criteria, _rules)
        for question in part(case)
    )


def _ask(code: str, subject: str, message: str, remedy: str, file: str, *, grave: bool = False) -> Finding:
    return Finding(code, Severity.WARNING if grave else Severity.NOTE, subject, message, remedy, file)


def _assumed(reason: str) -> bool:
    return reason.casefold().startswith(ASSUMED)


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    return ", ".join(every[:SHOWN]) + (f" and {len(every) - SHOWN} more" if len(every) > SHOWN else "")


def _many(things: list[str], noun: str) -> str:
    return f"{len(things)} {noun}{'' if len(things) == 1 else 's'}"


def _verb(things: list[str], plural: str) -> str:
    """Return a verb for so many things."""
    return plural if len(things) != 1 else {"are": "is"}.get(plural, f"{plural}s")


def _money(case: Case) -> Iterator[Finding]:
    ceilings = [r for r in case.brief.rules if isinstance(r, Ceiling | Tail | StaffCeiling)]
    remedy = "Write the amounts, and where they come from as reason, under [[rules]]."
    if not ceilings:
        yield _ask("open-ceiling", "ceiling", "What may be spent? No rule limits it.", remedy, "case.toml", grave=True)
    for rule in ceilings:
        if _assumed(rule.reason):
            said = ", ".join(
                f"{year}: {case.prices.currency} {amount:,}" for year, amount in getattr(rule, "amounts", ())
            )
            message = f"What may be spent? The {rule.rule} is assumed{f' ({said})' if said else ''}."
            yield _ask("open-ceiling", rule.rule, message, remedy, "case.toml", grave=True)


def _doubts(case: Case) -> Iterator[Finding]:
    names = {s.code: s.name for s in case.states}
    states = {p.id: p.state for p in case.places}
    rules = [r for r in case.brief.rules if isinstance(r, Forbid) and r.reason.startswith(PERHAPS)]
    doubtful = [names.get(states.get(r.site, r.site), r.site) for r in rules]
    if doubtful:
        message = (
            f"Is there an embassy after all? For {_many(doubtful, 'State')} the record has none, yet one is likely "
            f"(see the notes), so rules keep the plan from opening one: {', '.join(doubtful)}."
        )
        remedy = "Where there is one, add it to posts.csv; then, or where there is none, take the rule out."
        yield _ask("open-gap", "posts", message, remedy, "case.toml", grave=True)


def _costs(case: Case) -> Iterator[Finding]:
    default = [line for line in case.costs if _is_default(line)]
    if default:
        message = (
            f"What do our posts cost? {len(default)} of {len(case.costs)} cost lines are bands published by others."
        )
        yield _ask("open-cost", "costs", message, "Replace them by own figures, line by line.", "costs.csv", grave=True)
    last = max((year for year, _ in case.prices.index), default=None)
    if last is None or last < case.prices.year or case.prices.growth:
        until = f"end in {last}" if last else "are not stated"
        rate = f"{float(100 * case.prices.growth):g} %"
        message = f"How do prices move? Those of the case {until}; after that they grow by {rate} a year."
        yield _ask("open-prices", "prices", message, "State index, rates and growth under [prices].", "case.toml")


def _is_default(line: CostLine) -> bool:
    return bool(BANDS & set(line.source.split()))


def _posts(case: Case) -> Iterator[Finding]:
    undated = [p.id for p in case.posts if p.span.start is None]
    if undated:
        message = (
            f"When were they opened? {len(undated)} of {len(case.posts)} own posts have no date: {_listed(undated)}."
        )
        yield _ask("open-date", "posts", message, "Fill opened; without it a post counts on every day.", "posts.csv")
    doubtful = [p.id for p in case.posts if p.confidence == "low" or "; " in p.note]
    if doubtful:
        message = (
            f"Are these posts right? {len(doubtful)} {_verb(doubtful, 'rest')} on a weak row: {_listed(doubtful)}."
        )
        remedy = "Read the note of each, correct city and place, and raise confidence."
        yield _ask("open-post", "posts", message, remedy, "posts.csv")
    if not any(p.form is Form.PERMANENT_MISSION for p in case.posts):
        message = "Which permanent missions to organisations are there? None is on record."
        remedy = "Add them to posts.csv, the organisations to interests.csv, with criteria of the kind organisation."
        yield _ask("open-mission", "posts", message, remedy, "posts.csv")
    if not any(track_of(p.form) is Track.CONSULAR for p in case.posts):
        message = "Which consulates are there? None is on record."
        yield _ask("open-consulate", "posts", message, "Add them to posts.csv.", "posts.csv")


def _accreditations(case: Case) -> Iterator[Finding]:
    unproven = [f"{a.state} from {a.seat}" for a in case.accreditations if a.since is None or a.confidence != "high"]
    if unproven:
        many = f"{_many(unproven, 'concurrent accreditation')} {_verb(unproven, 'are')}"
        message = f"Do these still hold? {many} not proven: {_listed(unproven)}."
        remedy = "Strike what does not hold, fill since, and write confidence high for what is sure."
        yield _ask("open-accreditation", "accreditations", message, remedy, "accreditations.csv")


def _facts(case: Case) -> Iterator[Finding]:
    known: dict[str, set[str]] = {}
    for fact in case.facts:
        known.setdefault(fact.attribute, set()).add(fact.subject)
    names = {s.code: s.name for s in case.states}
    hosts = sorted({p.state for p in case.places if p.track is Track.DIPLOMATIC})
    for criterion in (c for c in case.criteria if c.kind == "bilateral" and c.attribute in known):
        missing = [names.get(h, h) for h in hosts if h not in known[criterion.attribute]]
        if missing:
            message = f"{criterion.title}: no figure for {_listed(missing)}; they count as {criterion.missing.value}."
            yield _ask("open-fact", criterion.attribute, message, "Add the figures, with year and source.", "facts.csv")
    for attribute, meaning in WANTED.items():
        if attribute not in known:
            message = f"Do {meaning} matter? No fact says how many or how much."
            remedy = f"Add facts with the attribute {attribute} to facts.csv, and a criterion on it to case.toml."
            yield _ask("open-fact", attribute, message, remedy, "facts.csv")


def _candidates(case: Case) -> Iterator[Finding]:
    hosts = {p.state for p in case.places if p.track is Track.DIPLOMATIC}
    others = {s.code for s in case.states} - {case.sender}
    if others <= hosts:
        message = f"Which of {len(hosts)} States are no candidates, for want of relations or recognition? All are."
        yield _ask("open-candidate", "sites", message, "Take their rows out of sites.csv.", "sites.csv")
    pairs = sum(not s.allowed for s in case.services)
    message = (
        f"Which States accept no head of mission who is accredited to another? {pairs} pairs are ruled out so far."
    )
    yield _ask("open-pair", "services", message, "Write such pairs to services.csv, allowed = false.", "services.csv")


def _criteria(case: Case) -> Iterator[Finding]:
    assumed = [c.title for c in case.criteria if _assumed(c.reason)]
    if assumed:
        many = f"{len(assumed)} {_verb(assumed, 'are')} assumed"
        message = f"Do criteria and weights say what is wanted? {many}: {_listed(assumed)}."
        yield _ask(
            "open-criterion", "criteria", message, "Set weights, and say why as reason.", "case.toml", grave=True
        )


def _rules(case: Case) -> Iterator[Finding]:
    for rule in case.brief.rules:
        if not isinstance(rule, Ceiling | Tail | StaffCeiling) and _assumed(rule.reason):
            yield _ask("open-rule", rule.rule, _said(rule), "Confirm or change it, and say why as reason.", "case.toml")


def _said(rule: Rule) -> str:
    why = rule.reason.partition(":")[2].strip() or rule.reason
    return f"Does the rule {rule.rule} hold? It is assumed: {why}"
