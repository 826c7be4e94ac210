"""Additions: what a plan adds to what the law says of a record, article by article and year by year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from legation.errors import Finding, Severity
from legation.law.checking import Opinion
from legation.law.matters import Verdict
from legation.values import value


@value
class Addition:
    """What a plan adds under one rule: how many posts and accreditations break it, or are undecided for want of a fact.

    A matter counts once, in the year in which it first comes up.
    """

    code: str
    cited: str
    asks: str
    broken: int
    undecided: int


def additions(opinions: Sequence[Opinion]) -> tuple[Addition, ...]:
    """Return what the years of a plan add, by rule; the first opinion is that of the record, one a year follows."""
    new: Counter[tuple[str, str, Verdict]] = Counter()
    for before, after in pairwise(opinions):
        known = set(before.matters)
        new.update((m.rule, m.cited, m.verdict) for m in after.matters if m not in known)
    lines = {(line.code, line.cited): line for opinion in opinions for line in opinion.lines}
    counted = (
        Addition(*key, line.asks, new[*key, Verdict.BROKEN], new[*key, Verdict.UNDECIDED])
        for key, line in lines.items()
    )
    return tuple(a for a in counted if a.broken or a.undecided)


def found_by_year(opinions: Sequence[Opinion]) -> Iterator[tuple[int, Finding]]:
    """Go through what the years of a plan add, the gravest of a year first."""
    order = list(Severity)
    for opinion in opinions[1:]:
        for finding in sorted(opinion.findings, key=lambda f: -order.index(f.severity)):
            yield opinion.day.year, finding
