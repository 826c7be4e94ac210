"""Yearly presences: what the rows of a data set say of one State in another in one year, made into one presence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from legation.errors import Finding, Severity
from legation.model.posts import Form
from legation.model.presences import Presence

RANK = {None: 0, Form.OTHER: 1, Form.DIPLOMATIC_MISSION: 2, Form.EMBASSY: 3}

Said = tuple[Form | None, bool]
"""A form, or none; and whether it is exercised from a seat elsewhere."""


@dataclass
class Yearly:
    """Gathers presences: of several for a pair and year the highest stands, and a resident one above any other.

    What a row says is kept by the names the row itself uses, so that two rows that contradict each other are told
    from two States that are one today (both Germanies, both Yemens), whose presences are merged.

    said: by sender, receiving State and year; codes: of every name in every year
    """

    source: str
    said: dict[tuple[str, str, int], Said] = field(default_factory=dict)
    codes: dict[tuple[str, int], str] = field(default_factory=dict)

    def add(self, sender: str, state: str, year: int, said: Said) -> Said | None:
        """Keep what a row says by its own names; return what an earlier row said where that is another thing."""
        key = (sender, state, year)
        earlier = self.said.setdefault(key, said)
        if earlier == said:
            return None
        self.said[key] = max(earlier, said, key=_strength)
        return earlier

    def presences(self) -> tuple[Presence, ...]:
        """Return one presence for every pair of States and year in which there is one, in their order."""
        best: dict[tuple[str, str, int], Said] = {}
        for (sender, state, year), said in self.said.items():
            key = (self.codes[sender, year], self.codes[state, year], year)
            if said[0] and key[0] != key[1]:
                best[key] = max(best.get(key, said), said, key=_strength)
        return tuple(self._presence(key, said) for key, said in sorted(best.items()))

    def _presence(self, key: tuple[str, str, int], said: Said) -> Presence:
        return Presence(*key, form=said[0] or Form.NONE, concurrent=said[1], source=self.source)

    def findings(self, label: str) -> Iterator[Finding]:
        """Say which pairs were merged because names of the file stand for one State today."""
        present = [k for k, said in self.said.items() if said[0]]
        merged = Counter((self.codes[s, y], self.codes[h, y], y) for s, h, y in present)
        within = {(s, h) for s, h, y in present if self.codes[s, y] == self.codes[h, y]}
        if within:
            yield _note(label, within, "between names that stand for one State today: left out")
        several = {(s, h) for s, h, y in present if merged[self.codes[s, y], self.codes[h, y], y] > 1} - within
        if several:
            yield _note(label, several, "merged with others of the same State today; the highest stands")


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: "1 row", "2 rows"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _note(label: str, pairs: set[tuple[str, str]], clause: str) -> Finding:
    shown = ", ".join(f"{sender} in {host}" for sender, host in sorted(pairs)[:5])
    message = f"{counted(len(pairs), 'pair')} {clause}, such as {shown}."
    return Finding("merged", Severity.NOTE, label, message, file=label)


def _strength(said: Said) -> tuple[bool, int]:
    return (bool(said[0]) and not said[1], RANK[said[0]])
