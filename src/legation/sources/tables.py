"""Tables: the files of a case, their columns, and what the cells of a row must not say against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from legation.cases.case import Announced, CostLine, CostMeasure, InterestRow, Place, ServiceRow
from legation.model import LADDERS, Accreditation, Event, EventKind, Fact, Form, State, Track
from legation.model.life import OPENING
from legation.sources.cells import (
    AMOUNT,
    AMOUNT_TEXT,
    BOOLEAN,
    CODE,
    COUNT,
    DAY,
    DECIMAL,
    LATITUDE,
    LONGITUDE,
    NAME,
    NUMBER,
    SHARE,
    TEXT,
    YEAR,
    Cell,
    choice,
    many,
    word,
)

FORM = choice(Form)
CONFIDENCE = word("high", "medium", "low")
UNPRICED = (CostMeasure.DIPLOMATIC, CostMeasure.SUPPORT, CostMeasure.LOCAL, CostMeasure.LEAD_SHARE)

Row = Mapping[str, Any]
Fault = tuple[str, str, str]  # column, clause, remedy


def _nothing(_row: Row) -> Iterator[Fault]:
    return iter(())


@dataclass(frozen=True)
class Column:
    """One column: its cell, whether each row must fill it, what its names refer to, and what an empty cell means."""

    name: str
    cell: Cell = TEXT
    needed: bool = False
    refers: str = ""
    unsaid: object = None


@dataclass(frozen=True)
class Table:
    """One file: its columns, the columns that together name a row, and the value a row becomes."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    makes: type | None = None
    needed: bool = True
    check: Callable[[Row], Iterator[Fault]] = _nothing


def _span(row: Row) -> Iterator[Fault]:
    opened, closed = row.get("opened"), row.get("closed")
    if opened and closed and closed < opened:
        yield "closed", f"is before the post opened ({opened})", "Correct one of the two dates."


def _place(row: Row) -> Iterator[Fault]:
    ladder = LADDERS.get(row.get("track", ""), ())
    forms = row.get("forms", ())
    alien = [f for f in forms if f not in ladder]
    if ladder and alien:
        names = ", ".join(f for f in ladder)
        yield "forms", f"has {alien[0]}, which is no form of the {row['track']} track", f"Choose among {names}."
    elif ladder and list(forms) != sorted(set(forms), key=ladder.index):
        yield (
            "forms",
            "does not go from the lowest form to the highest, each once",
            f"Order them as {'|'.join(ladder)}.",
        )
    if row.get("first", 0) > row.get("last", 9999):
        yield "last", f"is before first ({row['first']})", "Correct one of the two years."


def _cost(row: Row) -> Iterator[Fault]:
    yield from _scope(row.get("scope", ""))
    norm, price, amount = row.get("norm"), row.get("price"), row.get("amount")
    if price is None and row.get("measure") in UNPRICED:
        price = Decimal(1)  # people and shares have no price: a norm alone is their number
    if amount is not None and (norm is not None or row.get("price") is not None):
        yield "amount", "stands beside a norm or a price", "Give either an amount, or a norm and a price."
    elif amount is not None:
        yield from _band(row, amount)
    elif norm is not None and price is not None:
        yield from _band(row, norm * price)
    else:
        yield "amount", "is missing, and so is a norm with its price", "Give either an amount, or a norm and a price."


def _scope(scope: str) -> Iterator[Fault]:
    kind, *rest = scope.split(":")
    if (kind, len(rest)) not in {("form", 1), ("site", 2)} or "" in rest:
        yield "scope", "is no scope of a cost", "Write form:FORM, or site:ID:FORM for one site."
    elif rest[-1] not in list(Form):
        yield "scope", f"names '{rest[-1]}', which is no form", f"Choose among {', '.join(Form)}."


def _band(row: Row, central: Decimal) -> Iterator[Fault]:
    if row.get("low", central) > central:
        yield "low", f"is more than the central amount ({central})", "Order them as low, amount, high."
    if row.get("high", central) < central:
        yield "high", f"is less than the central amount ({central})", "Order them as low, amount, high."


def _service(row: Row) -> Iterator[Fault]:
    if row.get("allowed", True):
        yield from _together(row, ("form", "share"), "Give form and share, or write allowed as false to rule it out.")


def _together(row: Row, names: tuple[str, ...], remedy: str) -> Iterator[Fault]:
    missing = [name for name in names if row.get(name) is None]
    if missing:
        yield missing[0], "".join(["is missing", *(f", and so is {name}" for name in missing[1:])]), remedy


def _announced(row: Row) -> Iterator[Fault]:
    if row["kind"] == "measure":
        yield from _together(row, ("form", "year"), "A planned measure has a form and a year.")


RENAMED = (EventKind.RAISED, EventKind.LOWERED)
"""Events that give a post another form."""


def _event(row: Row) -> Iterator[Fault]:
    kind = row["kind"]  # a consent may name the form or the city it is to
    if kind in RENAMED:
        yield from _together(row, ("form",), "Write the form that the post has from that day.")
    elif row.get("form") and kind not in (*OPENING, EventKind.CONSENT):
        yield "form", f"stands beside {kind}, which changes no form", "Take it out, or write raised or lowered as kind."
    if kind is EventKind.RELOCATED:
        yield from _together(row, ("city",), "Write the city of the new seat.")
    elif kind is not EventKind.CONSENT and (row.get("city") or row.get("state")):
        named = "city" if row.get("city") else "state"
        yield named, f"stands beside {kind}, which moves nothing", "Take it out, or write relocated as kind."
    if kind is EventKind.PROTECTED:
        yield from _together(row, ("by",), "Write the code of the State that protects our interests there.")


POSTS = Table(
    "posts",
    (
        Column("id", NAME, needed=True),
        Column("form", FORM, needed=True),
        Column("state", NAME, needed=True, refers="state"),
        Column("city"),
        Column("lat", LATITUDE),
        Column("lon", LONGITUDE),
        Column("opened", DAY),
        Column("closed", DAY),
        Column("staff", COUNT),
        Column("running", AMOUNT_TEXT),
        Column("source"),
        Column("confidence", CONFIDENCE),
        Column("note"),
    ),
    key=("id",),
    check=_span,
)

ACCREDITATIONS = Table(
    "accreditations",
    (
        Column("seat", NAME, needed=True, refers="post"),
        Column("state", NAME, needed=True, refers="state"),
        Column("since", YEAR),
        Column("source"),
        Column("confidence", CONFIDENCE),
        Column("note"),
    ),
    key=("seat", "state"),
    makes=Accreditation,
)

FOREIGN_POSTS = Table(
    "foreign_posts",
    (
        Column("state", NAME, needed=True, refers="state"),
        Column("form", FORM, needed=True),
        Column("city"),
        Column("lat", LATITUDE),
        Column("lon", LONGITUDE),
        Column("since", DAY),
        Column("source"),
        Column("confidence", CONFIDENCE),
        Column("note"),
    ),
)

FACTS = Table(
    "facts",
    (
        Column("subject", NAME, needed=True, refers="subject"),
        Column("attribute", NAME, needed=True),
        Column("year", YEAR, needed=True),
        Column("value", NUMBER, needed=True),
        Column("unit", needed=True),
        Column("source", needed=True),
        Column("known", YEAR),
        Column("note"),
    ),
    key=("subject", "attribute", "year", "source"),
    makes=Fact,
)

SITES = Table(
    "sites",
    (
        Column("id", NAME, needed=True),
        Column("track", choice(Track), needed=True),
        Column("state", NAME, needed=True, refers="state"),
        Column("city", needed=True),
        Column("lat", LATITUDE, needed=True),
        Column("lon", LONGITUDE, needed=True),
        Column("forms", many(FORM), needed=True),
        Column("first", YEAR),
        Column("last", YEAR),
        Column("closable", BOOLEAN),
        Column("merit", DECIMAL, unsaid=Decimal(0)),
        Column("merit_reason"),
        Column("groups", many(NAME)),
        Column("source"),
    ),
    key=("id",),
    makes=Place,
    check=_place,
)

COSTS = Table(
    "costs",
    (
        Column("scope", NAME, needed=True, refers="scope"),
        Column("measure", choice(CostMeasure), needed=True),
        Column("line", needed=True),
        Column("norm", AMOUNT),
        Column("price", AMOUNT),
        Column("amount", AMOUNT),
        Column("low", AMOUNT),
        Column("high", AMOUNT),
        Column("currency", NAME),
        Column("year", YEAR),
        Column("source"),
        Column("note"),
    ),
    key=("scope", "measure", "line"),
    makes=CostLine,
    check=_cost,
)

INTERESTS = Table(
    "interests",
    (
        Column("id", NAME, needed=True),
        Column("kind", NAME, needed=True, refers="kind"),
        Column("title", needed=True),
        Column("state", NAME, refers="state"),
        Column("city"),
        Column("lat", LATITUDE),
        Column("lon", LONGITUDE),
        Column("subject", NAME),
        Column("points", AMOUNT),
        Column("source"),
    ),
    key=("id",),
    makes=InterestRow,
    needed=False,
)

SERVICES = Table(
    "services",
    (
        Column("site", NAME, needed=True, refers="site"),
        Column("interest", NAME, needed=True, refers="interest"),
        Column("form", FORM),
        Column("share", SHARE),
        Column("running", AMOUNT, unsaid=Decimal(0)),
        Column("load", AMOUNT, unsaid=Decimal(1)),
        Column("concurrent", BOOLEAN, unsaid=False),
        Column("allowed", BOOLEAN, unsaid=True),
        Column("evidence"),
    ),
    key=("site", "interest", "form"),
    makes=ServiceRow,
    needed=False,
    check=_service,
)

ANNOUNCED = Table(
    "announced",
    (
        Column("kind", word("statistic", "measure"), needed=True),
        Column("name", NAME, needed=True, refers="measured"),
        Column("number", DECIMAL),
        Column("form", FORM),
        Column("from_form", FORM),
        Column("year", YEAR),
        Column("states", many(NAME), refers="state"),
        Column("reason"),
        Column("source"),
        Column("note"),
    ),
    makes=Announced,
    needed=False,
    check=_announced,
)

EVENTS = Table(
    "events",
    (
        Column("post", NAME, needed=True, refers="tracked"),
        Column("kind", choice(EventKind, "event"), needed=True),
        Column("day", DAY, needed=True),
        Column("planned", BOOLEAN, unsaid=False),
        Column("form", FORM),
        Column("state", NAME, refers="state"),
        Column("city"),
        Column("by", refers="protector"),
        Column("source"),
        Column("note"),
    ),
    key=("post", "kind", "day", "planned"),
    makes=Event,
    needed=False,
    check=_event,
)

STATES = Table(
    "states",
    (
        Column("code", CODE, needed=True),
        Column("name", needed=True),
        Column("seat", needed=True),
        Column("lat", LATITUDE, needed=True),
        Column("lon", LONGITUDE, needed=True),
        Column("region"),
        Column("subregion"),
        Column("languages", many(NAME)),
        Column("source"),
    ),
    key=("code",),
    makes=State,
    needed=False,
)

TABLES = {
    t.name: t
    for t in (
        *(POSTS, ACCREDITATIONS, FOREIGN_POSTS, FACTS, SITES, COSTS),
        *(INTERESTS, SERVICES, ANNOUNCED, EVENTS, STATES),
    )
}
