"""Posts of all senders from Wikidata (CC0): the results of a SPARQL query as JSON, or fetched live.

Layout: `{"head": {"vars": […]}, "results": {"bindings": […]}}` (application/sparql-results+json), a list of such pages,
or one of the two JSON downloads of the query service's own page (a list of rows, plain or with types). `QUERY` of
`wikidata_live` is the query we ask; results of others are read if they use its variables: `item`, `type` or
`typeLabel`, and of `sender` (P137), `country` (P17) and `jurisdiction` (P1001) the `Iso3` (P298) or the `Label`; and
where there are, `placeLabel` (P131), `coordinates` (P625), `inception` (P571), `dissolved` (P576) and `rank`.

Quirks of the original, and what we make of them:

- An item with several values of several properties comes as every combination of them, in as many rows: they are joined
  by item. Of several types the highest form counts; of several dates the earliest inception and the latest end, and the
  exact one if others only know the year; of several places and coordinates the first in order.
- "Unknown value" is a blank node (`t123…`, or an address with `/.well-known/genid/`): no value. A label that is only an
  identifier (`Q123`) says that there is none. Statements of deprecated rank are passed over.
- A date known to the year alone reads as 1 January. Inceptions before 1600 are told in the note.
- Nunciatures often have no operator: their sender is the Holy See. Embassies to the Holy See lie in Italy: where the
  jurisdiction is the Holy See alone, or the name says so, it is the receiving State. So is a State that is the only
  jurisdiction of a post elsewhere and stands in its name (embassies to Libya in Tunis); the note tells the seat.
- Nunciatures and embassies "to the European Union" or "United Nations" are permanent missions, whatever their type.
- Senders and hosts that are no more (Soviet Union, Yugoslavia) are those that continue them. Of several hosts the one
  within the jurisdiction is the host; where that does not decide, the item is left out.
- A post of several senders (a joint embassy) is one post for each, with the sender added to its identifier.
- States of the jurisdiction beside the host are covered concurrently from an embassy or mission; a consulate's are not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from legation.errors import Finding, Severity
from legation.exchange.files import refused
from legation.exchange.grid import Faults, Line
from legation.exchange.imported import Covering, Imported, Read
from legation.exchange.names import Scheme
from legation.model.facts import Source
from legation.model.posts import Form, Period, Post, Seat
from legation.presence.kinds import STRENGTH, form_of
from legation.presence.states import States
from legation.sources.world import load_states

HOLY_SEE = "VAT"
CLASSES = {
    "Q3917681": Form.EMBASSY,
    "Q213283": Form.DIPLOMATIC_MISSION,
    "Q5244910": Form.DIPLOMATIC_MISSION,  # de facto embassy
    "Q10546297": Form.DIPLOMATIC_MISSION,  # overseas representative office
    "Q372690": Form.CONSULATE_GENERAL,
    "Q7843791": Form.CONSULATE,
    "Q24868622": Form.CONSULATE,  # consular office
    "Q61881945": Form.CONSULATE,  # de facto consulate
}
"""Classes that need no label; all others are told by theirs."""

REMEDY = "Save the results of our query (it stands in docs/howto/import-presences.md) as JSON."
SOURCE = Source("wikidata", "Wikidata", "Wikimedia Foundation and contributors", "https://www.wikidata.org", "CC0-1.0")
ORGANISATIONS = re.compile(r"\b(to|at|with) the (united nations|european (union|communities)|un|eu)\b", re.IGNORECASE)
UNKNOWN = re.compile(r"^t\d+$|/\.well-known/genid/|^_:")
ENTITY = re.compile(r"Q[0-9]{1,12}$")
NUMBER = r"(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
POINT = re.compile(rf"^\s*Point\(\s*{NUMBER}\s+{NUMBER}\s*\)\s*$", re.IGNORECASE)
MOMENT = re.compile(r"^([+-]?\d{4,9})-(\d\d)-(\d\d)(?:T|$)")
FIRST_YEAR = 1600  # our tables hold no earlier day

Json = Any
Row = dict[str, str]
Day = tuple[int, int, int]


def read(path: Path) -> Read:
    """Read the results of a query; raise InvalidError where they are none."""
    return read_rows(_rows(path), path.name)


def read_rows(rows: Iterable[Row], label: str) -> Read:
    """Make posts of the rows of a query."""
    reading = _Reading(label)
    count = sum(1 for _ in map(reading.take, (Line(n, row) for n, row in enumerate(rows, 1))))
    posts, coverings = reading.made()
    return Imported("wikidata", posts, coverings, sources=(SOURCE,), rows=count), tuple(reading.findings())


# From JSON to rows


def _rows(path: Path) -> list[Row]:
    try:
        document = json.loads(path.read_bytes().decode("utf-8-sig"))
        rows = [plain(binding) for binding in bindings(document)]
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise refused(path.name, f"cannot be read as results of a query: {error}", REMEDY) from error
    named = {name for row in rows for name in row}
    missing = [n for n in ("item", "sender", "country", "type") if not named & {n, f"{n}Iso3", f"{n}Label"}]
    if missing:
        raise refused(path.name, f"says nothing of {', '.join(missing)}", REMEDY, "missing-column")
    return rows


def bindings(document: Json) -> Iterator[Json]:
    """Go through the rows of results, of a list of results, or of a list of rows."""
    if isinstance(document, list):
        for part in document:
            yield from bindings(part) if "results" in part else [part]
    else:
        yield from document["results"]["bindings"]


def plain(binding: Json) -> Row:
    """Return the values that say anything, each as text."""
    texts = {name: _text(value) for name, value in binding.items()}
    return {name: text for name, text in texts.items() if text}


def _text(value: Json) -> str:
    if isinstance(value, Mapping):
        text = "" if value.get("type") == "bnode" else str(value["value"])
    else:
        text = "" if value is None else str(value)
    return "" if UNKNOWN.search(text) else text.strip()


# From rows to items


@dataclass
class _Item:
    line: Line
    told: set[str] = field(default_factory=set)  # what of it was already reported
    names: set[str] = field(default_factory=set)
    forms: set[Form] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    senders: set[str] = field(default_factory=set)
    hosts: set[str] = field(default_factory=set)
    territories: set[str] = field(default_factory=set)
    jurisdictions: set[str] = field(default_factory=set)
    cities: set[str] = field(default_factory=set)
    points: set[tuple[float, float]] = field(default_factory=set)
    starts: set[Day] = field(default_factory=set)
    ends: set[Day] = field(default_factory=set)


class _Reading:
    def __init__(self, label: str) -> None:
        self.label = label
        self.faults = Faults(label)
        self.states = States(self.faults)
        self.items: dict[str, _Item] = {}

    def take(self, line: Line) -> None:
        """Join one row to what others say of the same item."""
        row = line.cells
        if row.get("rank", "").endswith("DeprecatedRank"):
            return
        found = ENTITY.search(row.get("item", ""))
        if not found:
            clause, remedy = "is no item of Wikidata", "Ask for items (?item), such as Q3917681."
            self.faults.add(line, "item", clause, remedy, value=row.get("item", ""))
            return
        item = self.items.setdefault(found.group(), _Item(line))
        item.names |= _named(row, "itemLabel")
        item.cities |= _named(row, "placeLabel") if self.states.text(line, "placeLabel") else set()
        self._type(item, row)
        self._states(item, line)
        self._place(item, line)
        self._days(item, line)

    def _type(self, item: _Item, row: Row) -> None:
        found = ENTITY.search(row.get("type", ""))
        label = row.get("typeLabel", "" if found else row.get("type", ""))
        form = form_of(label) or CLASSES.get(found.group() if found else "")
        item.kinds |= {label or row.get("type", "nothing")}
        item.forms |= {form} if form else set()
        if "nunciature" in label.casefold() and not _about(row, "sender"):
            item.senders.add(HOLY_SEE)

    def _states(self, item: _Item, line: Line) -> None:
        for name, into in (("sender", item.senders), ("jurisdiction", item.jurisdictions)):
            about = _about(line.cells, name)
            code = self.states.code(line, about[0], line.cells[about[0]], about[1]) if about else None
            into.update({code} if code else ())
            item.told |= {name} if about and not code else set()
        if about := _about(line.cells, "country"):
            host, territory = self.states.place(line, about[0], line.cells[about[0]], about[1])
            item.hosts |= {host} if host else set()
            item.told |= set() if host else {"country"}
            item.territories |= {territory} if territory else set()

    def _place(self, item: _Item, line: Line) -> None:
        text = line.cells.get("coordinates", "")
        point = POINT.match(text)
        lon, lat = (float(part) for part in point.groups()) if point else (None, None)
        if lon is not None and lat is not None and abs(lat) <= 90 and abs(lon) <= 180:
            item.points.add((lat, lon))
        elif text:
            clause = "is no point on Earth, and is passed over"
            remedy = "Correct the item on Wikidata; it reads Point(longitude latitude)."
            self.faults.add(line, "coordinates", clause, remedy, severity=Severity.WARNING, value=text)

    def _days(self, item: _Item, line: Line) -> None:
        for name, into in (("inception", item.starts), ("dissolved", item.ends)):
            text = line.cells.get(name, "")
            day = _day(text)
            if day:
                into.add(day)
            elif text:
                clause, remedy = "is no date, and is passed over", "Correct the item on Wikidata."
                self.faults.add(line, name, clause, remedy, severity=Severity.WARNING, value=text)

    # From items to posts

    def made(self) -> tuple[tuple[Post, ...], tuple[Covering, ...]]:
        """Return the posts and what they cover, in the order of their identifiers."""
        posts: list[Post] = []
        coverings: set[Covering] = set()
        for qid, item in sorted(self.items.items(), key=lambda named: int(named[0][1:])):
            for post in self._posts(qid, item):
                posts.append(post)
                if post.form in (Form.EMBASSY, Form.DIPLOMATIC_MISSION):
                    coverings |= _covered(post, item)
        return tuple(posts), tuple(sorted(coverings, key=lambda c: (c.sender, c.resident, c.covered)))

    def _posts(self, qid: str, item: _Item) -> Iterator[Post]:
        host = _host(item)
        span = _span(item)
        if not self._is_whole(qid, item, host, span):
            return
        form = max(item.forms, key=STRENGTH.__getitem__)
        if any(ORGANISATIONS.search(name) for name in item.names):
            form = Form.PERMANENT_MISSION
        lat, lon = min(item.points) if item.points else (None, None)
        seat = Seat(host, min(item.cities, default=""), lat, lon)
        for sender in sorted(item.senders - {host}):
            id_ = qid if len(item.senders) == 1 else f"{qid}-{sender}"
            note = "; ".join(_notes(item, host))
            yield Post(id_, sender, form, seat, span or Period(), source=SOURCE.id, confidence="medium", note=note)

    def _is_whole(self, qid: str, item: _Item, host: str, span: Period | None) -> bool:
        """Tell whether an item says enough to be a post; report what it lacks."""
        lacks = {
            f"has no kind of post we know; it is {', '.join(sorted(item.kinds))}": not item.forms,
            "has no sender that is a State": not item.senders,
            "has no receiving State": not item.hosts,
            "has several receiving States, and its jurisdiction does not decide": bool(item.hosts) and not host,
            "has its sender as receiving State": item.senders == {host},
            "ends before it begins": span is None,
        }
        known = {"sender": "has no sender that is a State", "country": "has no receiving State"}
        said = {clause for name, clause in known.items() if name in item.told}
        for clause in (c for c, lacking in lacks.items() if lacking and c not in said):
            self.faults.add(item.line, "item", clause, "Correct the item on Wikidata.", value=qid)
        return not any(lacks.values())

    def findings(self) -> list[Finding]:
        """Return what could not be used."""
        return list(self.faults.findings)


def _named(row: Row, name: str) -> set[str]:
    label = row.get(name, "")
    return {label} if label and not re.fullmatch(r"Q\d+", label) else set()


def _about(row: Row, name: str) -> tuple[str, Scheme] | None:
    """Return the column that names a State and how, the code before the label."""
    if row.get(f"{name}Iso3"):
        return f"{name}Iso3", Scheme.ISO3
    return (f"{name}Label", Scheme.NAME) if _named(row, f"{name}Label") else None


def _day(text: str) -> Day | None:
    found = MOMENT.match(text)
    if not found:
        return None
    year, month, day = (int(part) for part in found.groups())
    if year < 1:
        return None
    month, day = month or 1, day or 1
    try:
        date(year, month, day)
    except ValueError:
        return None
    return year, month, day


def _span(item: _Item) -> Period | None:
    """Return the life of a post, or None where it would end before it begins."""
    start, end = _chosen(item.starts, min), _chosen(item.ends, max)
    if start and end and end < start:
        return None
    return Period(*(date(*day) if day and day[0] >= FIRST_YEAR else None for day in (start, end)))


def _chosen(days: set[Day], which: Callable[[set[Day]], Day]) -> Day | None:
    """Return the earliest or latest day; the exact one where another only knows the year."""
    if not days:
        return None
    year = which(days)[0]
    within = {day for day in days if day[0] == year}
    return which(within - {(year, 1, 1)} or within)


def _host(item: _Item) -> str:
    """Return the receiving State, or nothing where several are given and the jurisdiction does not decide."""
    name = " ".join(item.names).casefold()
    if "ITA" in item.hosts and (item.jurisdictions == {HOLY_SEE} or re.search(r"holy see|vatican", name)):
        return HOLY_SEE
    elsewhere = item.jurisdictions - item.hosts
    if len(item.jurisdictions) == len(elsewhere) == 1 and _state_names().get(min(elsewhere), "?") in name:
        return min(elsewhere)
    hosts = item.hosts if len(item.hosts) == 1 else item.hosts & item.jurisdictions
    return min(hosts) if len(hosts) == 1 else ""


@cache
def _state_names() -> dict[str, str]:
    return {state.code: state.name.casefold() for state in load_states()}


def _notes(item: _Item, host: str) -> Iterator[str]:
    if host not in item.hosts:
        yield f"seat in {', '.join(sorted(item.hosts))}"
    yield from sorted(item.territories)
    early = _chosen(item.starts, min)
    if early and early[0] < FIRST_YEAR:
        yield f"founded {early[0]}"


def _covered(post: Post, item: _Item) -> set[Covering]:
    others = item.jurisdictions - {post.seat.state, post.sender}
    return {Covering(post.sender, post.seat.state, other, SOURCE.id) for other in others}
