"""Facts with their source and year; the latest known by a date, so that nothing is read ahead of its time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from legation.values import value


@value
class Attribute:
    """What a fact is about: name, unit, meaning, and whether it belongs to a State or to a pair with the sender."""

    name: str
    unit: str
    meaning: str


@value
class Source:
    """Where facts come from, enough to cite them and to find them again.

    id: what rows name under `source`; title: what it is called; publisher: who published it; url: where it is found
    licence: on which terms it may be passed on; use: what the case has from it
    """

    id: str
    title: str
    publisher: str = ""
    url: str = ""
    licence: str = ""
    use: str = ""


@value
class Fact:
    """One value of one attribute of one subject in one year, and who says so.

    known: the year in which it was published, where that is later than the year it is about
    """

    subject: str
    attribute: str
    year: int
    value: float
    unit: str
    source: str
    known: int | None = None
    note: str = ""


class Facts:
    """Facts that can be asked for the latest value known by a year."""

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        """Sort the facts into series by subject and attribute."""
        self._series: dict[tuple[str, str], list[Fact]] = defaultdict(list)
        for fact in sorted(facts, key=lambda f: (f.subject, f.attribute, f.year, f.source)):
            self._series[fact.subject, fact.attribute].append(fact)

    def latest(self, subject: str, attribute: str, *, by: int) -> Fact | None:
        """Return the last fact about a year up to `by` that was also known by then, or None."""
        series = self._series.get((subject, attribute), ())
        known = [f for f in series if f.year <= by and (f.known is None or f.known <= by)]
        return known[-1] if known else None

    def subjects(self, attribute: str) -> tuple[str, ...]:
        """Return the subjects that have any fact of an attribute, sorted."""
        return tuple(sorted(s for s, a in self._series if a == attribute))
