"""Parting: an import taken apart into rows of a case's tables; what the case has no place for is counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from legation.cases.case import Case
from legation.exchange.imported import Imported
from legation.exchange.tables import row_of_post
from legation.model.facts import Fact
from legation.model.posts import Post, Track, track_of
from legation.model.presences import PAIR
from legation.sources.tables import TABLES

UNDIRECTED = {
    *("trade", "distance", "contiguous", "common_language", "colonial_tie", "common_coloniser", "defence_pact"),
    "unga_distance",
}
"""Attributes of pairs that are the same seen from either State: the sender may stand second in their subject."""


class Parting:
    """Takes an import apart into rows of a case's tables, and counts what the case has no place for."""

    def __init__(self, case: Case, imported: Imported) -> None:
        """Start with nothing left out."""
        self.case, self.imported = case, imported
        self.states = {s.code for s in case.states}
        self.left_out: dict[str, int] = {}

    def rows(self) -> dict[str, list[Mapping[str, Any]]]:
        """Return the rows by table; tables without rows are left out."""
        rows: dict[str, list[Mapping[str, Any]]] = {
            "posts": [row_of_post(p) for p in self._own()],
            "foreign_posts": [_of_foreign(p) for p in self._foreign()],
            "accreditations": list(self._accreditations()),
            "facts": list(self._facts()),
        }
        self._leave("yearly presences: a case has no table for them", len(self.imported.presences))
        return {name: found for name, found in rows.items() if found}

    def _leave(self, reason: str, rows: int = 1) -> None:
        if rows:
            self.left_out[reason] = self.left_out.get(reason, 0) + rows

    def _own(self) -> Iterator[Post]:
        for post in self.imported.posts:
            if not {post.sender, post.seat.state} <= self.states:
                self._leave("posts of or in States that the case does not know")
            elif post.sender == self.case.sender:
                yield post
            elif post.seat.state != self.case.sender:
                self._leave("posts of other senders in other States")

    def _foreign(self) -> Iterator[Post]:
        for post in self.imported.posts:
            if post.seat.state == self.case.sender and post.sender in self.states - {self.case.sender}:
                if post.span.end and post.span.end <= self.case.as_of:
                    self._leave("posts of others that were closed by the day of the case")
                else:
                    yield post

    def _accreditations(self) -> Iterator[Mapping[str, Any]]:
        posts = (*self.case.posts, *(p for p in self.imported.posts if p.sender == self.case.sender))
        seats: dict[str, str] = {}
        for post in posts:
            if track_of(post.form) is Track.DIPLOMATIC and (post.span.end is None or post.span.end > self.case.as_of):
                seats.setdefault(post.seat.state, post.id)
        for covering in self.imported.coverings:
            if covering.sender != self.case.sender:
                self._leave("accreditations of other senders")
            elif covering.covered not in self.states:
                self._leave("accreditations to States that the case does not know")
            elif covering.resident not in seats:
                self._leave("accreditations from a State in which the case has no embassy or mission")
            else:
                seat = {"seat": seats[covering.resident], "state": covering.covered}
                yield seat | {"since": covering.since, "source": covering.source}

    def _facts(self) -> Iterator[Mapping[str, Any]]:
        names = [c.name for c in TABLES["facts"].columns]
        for fact in self.imported.facts:
            subject = self._subject(fact)
            if subject:
                yield {n: getattr(fact, n) for n in names} | {"subject": subject}

    def _subject(self, fact: Fact) -> str:
        """Return the State that a fact is about, seen from the sender; nothing if it is about others only."""
        first, _, second = fact.subject.partition(PAIR)
        if second and first == self.case.sender:
            first = second
        elif second and not (second == self.case.sender and fact.attribute in UNDIRECTED):
            self._leave("facts about pairs of other States, or seen from the other State")
            return ""
        if first not in self.states:
            self._leave("facts about States that the case does not know")
            return ""
        return first


def _of_foreign(post: Post) -> dict[str, Any]:
    return row_of_post(post) | {"state": post.sender, "since": post.span.start}
