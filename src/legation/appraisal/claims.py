"""Claims: superlatives that are said of a State, and whether the facts on the table bear them out."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from legation.appraisal.criteria import Prefer
from legation.errors import Finding, Severity
from legation.model import Fact, Facts, State
from legation.values import value

MOST_AHEAD = 5


@value
class Claim:
    """A place in an order of States that is claimed for one of them.

    subject: code of the State; text: what is said; attribute: which facts decide it; place: the one claimed, 1 for the
    first; prefer: which end of the order is the first; region: region or subregion it is claimed in, else the world
    year: the claim is of what was known then, the day of the record where none is given; source: id of who says so
    """

    subject: str
    text: str
    attribute: str
    place: int = 1
    prefer: Prefer = Prefer.HIGH
    region: str = ""
    year: int | None = None
    source: str = ""


class Verdict(StrEnum):
    """What the facts make of a claim: true then and on the day; true then, no more on the day; false; not decided."""

    HOLDS = "holds"
    STALE = "stale"
    FALSE = "false"
    UNDECIDED = "undecided"


@value
class Ranked:
    """Where a subject stands among the States that have a fact: its place, their number, some that stand before it."""

    fact: Fact
    place: int
    among: int
    ahead: tuple[str, ...]


@value
class Judged:
    """A claim, its verdict, and the order by what was known in the claim's year (said) and by the day (now)."""

    claim: Claim
    verdict: Verdict
    states: int
    said: Ranked | None = None
    now: Ranked | None = None


def judge(claim: Claim, facts: Facts, states: Iterable[State], by: int) -> Judged:
    """Recompute the place that is claimed; undecided without a fact of the subject, or of half of the States."""
    where = [s.code for s in states if claim.region in ("", s.region, s.subregion)]
    year = min(claim.year or by, by)
    said, now = (_order(claim, facts, where, y) for y in (year, by))
    if said is None or now is None or 2 * said.among < len(where) or claim.subject not in where:
        return Judged(claim, Verdict.UNDECIDED, len(where), said, now)
    held = said.place == claim.place
    verdict = Verdict.FALSE if not held else Verdict.HOLDS if now.place == claim.place else Verdict.STALE
    return Judged(claim, verdict, len(where), said, now)


def _order(claim: Claim, facts: Facts, states: Iterable[str], by: int) -> Ranked | None:
    known = {s: f for s in states if (f := facts.latest(s, claim.attribute, by=by))}
    own = known.get(claim.subject)
    if own is None:
        return None
    sign = 1 if claim.prefer is Prefer.HIGH else -1
    ahead = sorted(
        (s for s, f in known.items() if sign * f.value > sign * own.value), key=lambda s: _key(known[s], sign)
    )
    return Ranked(own, len(ahead) + 1, len(known), tuple(ahead[-MOST_AHEAD:]))


def _key(fact: Fact, sign: int) -> tuple[float, str]:
    return -sign * fact.value, fact.subject


def finding(judged: Judged) -> Finding | None:
    """Say what is to be done about a claim that does not simply hold."""
    claim, said, now = judged.claim, judged.said, judged.now
    quoted, subject = f'"{claim.text}"', claim.subject
    if judged.verdict is Verdict.UNDECIDED:
        known = f"{said.among} of {judged.states} States have a fact" if said else f"{subject} has no fact"
        message = f"{subject}: {quoted} cannot be decided: {known} of {claim.attribute}."
        return Finding("claim-undecided", Severity.WARNING, subject, message, "Add the facts, or do not say it.")
    if said is None or now is None or judged.verdict is Verdict.HOLDS:
        return None
    if judged.verdict is Verdict.STALE:
        message = f"{subject}: {quoted} was so; by {now.fact.year} it is {now.place} of {now.among}, not {claim.place}."
        return Finding("claim-stale", Severity.WARNING, subject, message, "Say the year with it, or what holds now.")
    message = (
        f"{subject}: {quoted} is false: by {claim.attribute} of {said.fact.year} it is {said.place} of {said.among}."
    )
    return Finding("claim-false", Severity.ERROR, subject, message, f"Correct it; before it: {', '.join(said.ahead)}.")
