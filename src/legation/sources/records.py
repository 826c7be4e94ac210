"""Records: rows as the values of a case, and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from legation.cases.case import Case
from legation.cases.siting import slug
from legation.model import Network, Period, Post, Seat
from legation.sources.rows import Line
from legation.sources.tables import TABLES, Row


def of_posts(lines: Iterable[Line], sender: str) -> Network:
    """Make the sender's own posts."""
    return Network(tuple(_post(line.cells, line.cells["id"], sender, line.cells["state"]) for line in lines))


def of_foreign_posts(lines: Iterable[Line], sender: str) -> Network:
    """Make the posts of others with the sender; their ids are State and city, numbered where that is not enough."""
    taken: Counter[str] = Counter()
    posts = []
    for line in lines:
        id_ = f"{line.cells['state']}-{slug(line.cells.get('city', '')) or line.cells['form'].value}"
        taken[id_] += 1
        id_ = f"{id_}-{taken[id_]}" if taken[id_] > 1 else id_
        posts.append(_post(line.cells, id_, line.cells["state"], sender))
    return Network(tuple(posts))


def _post(row: Row, id_: str, sender: str, host: str) -> Post:
    plain = {name: row[name] for name in ("staff", "running", "source", "confidence", "note") if name in row}
    seat = Seat(host, row.get("city", ""), row.get("lat"), row.get("lon"))
    span = Period(row.get("opened", row.get("since")), row.get("closed"))
    return Post(id_, sender, row["form"], seat, span, **plain)


def of_table(name: str, lines: Iterable[Line]) -> tuple[Any, ...]:
    """Make the values of a table whose columns are the fields of its value."""
    made = TABLES[name].makes
    return tuple(made(**line.cells) for line in lines) if made else ()


def rows_of(case: Case) -> dict[str, list[Mapping[str, Any]]]:
    """Take a case apart into the rows of its tables; States are all that the case knows."""
    return {
        "posts": [_own(post) for post in case.posts],
        "accreditations": _fields("accreditations", case.accreditations),
        "foreign_posts": [_foreign(post) for post in case.foreign_posts],
        "facts": _fields("facts", case.facts),
        "sites": _fields("sites", case.places),
        "costs": _fields("costs", case.costs),
        "interests": _fields("interests", case.interests),
        "services": _fields("services", case.services),
        "announced": _fields("announced", case.announced),
        "events": _fields("events", case.events),
        "states": _fields("states", case.states),
    }


def _fields(name: str, values: Iterable[object]) -> list[Mapping[str, Any]]:
    names = [c.name for c in TABLES[name].columns]
    return [{n: getattr(value, n) for n in names} for value in values]


def _own(post: Post) -> dict[str, Any]:
    return _seated(post) | {
        "id": post.id,
        "state": post.seat.state,
        "opened": post.span.start,
        "closed": post.span.end,
        "staff": post.staff,
        "running": post.running,
    }


def _foreign(post: Post) -> dict[str, Any]:
    return _seated(post) | {"state": post.sender, "since": post.span.start}


def _seated(post: Post) -> dict[str, Any]:
    seat = {"city": post.seat.city, "lat": post.seat.lat, "lon": post.seat.lon}
    return seat | {n: getattr(post, n) for n in ("form", "source", "confidence", "note")}
