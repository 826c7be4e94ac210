"""Completeness: how much of a sender's network the product's record is likely to hold, and what it cannot know."""

from __future__ import annotations

from functools import cache

from legation.desk.gaps import Chances
from legation.model import Form, State, level
from legation.presence.yearly import counted
from legation.sources import World, packaged, read_case
from legation.values import value

COMPARED = {"KAZ": 0.65}
"""Senders whose embassies on record were compared one by one with another record."""

BELOW, ABOVE = 0.21, 0.14
"""How far the true share of 2010 lay from the estimate for eight senders of ten (docs/explanation/data.md)."""

LIKELY, POSSIBLE = 0.8, 0.5
"""From where the pattern of the world makes an unrecorded embassy likely (6 of 10 were there) or possible (4 to 5)."""

SHOWN = 12

POORER = (
    "Consulates are far less complete, honorary consulates are there for few senders, permanent missions to "
    "organisations and trade representations hardly at all; concurrent accreditations are undated."
)


@value
class Completeness:
    """What the record holds of a sender's posts, and what it probably lacks.

    embassies: on record; share: estimated part of all its embassies (0 to 1), from low to high; compared: the share
    was found by comparing records, not estimated; posts: all rows; named, placed, dated: rows with a city, with
    coordinates, with a year of opening; attested: States where a packaged case of the sender shows a mission and the
    record none; likely, possible: States where an embassy may be though neither shows one
    """

    sender: str
    embassies: int
    share: float
    low: float
    high: float
    compared: bool
    posts: int
    named: int
    placed: int
    dated: int
    attested: tuple[str, ...]
    likely: tuple[str, ...]
    possible: tuple[str, ...]


def completeness(home: State, world: World, chances: Chances) -> Completeness:
    """Estimate which part of a sender's embassies the record holds.

    Estimate: recorded / (recorded + expected of the rest, without the States that the sender covers from elsewhere). Of
    all senders together it gives 86 %, where a comparison with a record that rests on a yearbook found 80 %.
    """
    rows = [row for row in world.posts if row["sender"] == home.code]
    covered = {row["covered"] for row in world.accreditations if row["sender"] == home.code}
    missing = {code: chance for code, chance in chances.missing(home.code).items() if code not in covered}
    here = {row["state"] for row in rows if level(Form(row["form"]))}
    attested = tuple(sorted(_attested(home.code) - here))
    unseen = {code: chance for code, chance in missing.items() if code not in attested and code not in here}
    held = round(chances.there[chances.codes.index(home.code)].sum())
    share = held / (held + sum(missing.values())) if held else 0.0
    low, high = max(0.0, share - BELOW), min(1.0, share + ABOVE)
    compared = COMPARED.get(home.code)
    if compared and not any(row.get("source") for row in rows):  # once corrected, it is another record
        share = low = high = compared
    named, placed, dated = (sum(bool(row[column]) for row in rows) for column in ("city", "lat", "opened"))
    return Completeness(
        sender=home.code,
        embassies=held,
        share=share,
        low=low,
        high=high,
        compared=share == compared,
        posts=len(rows),
        named=named,
        placed=placed,
        dated=dated,
        attested=attested,
        likely=tuple(code for code, chance in unseen.items() if chance >= LIKELY),
        possible=tuple(code for code, chance in unseen.items() if POSSIBLE <= chance < LIKELY),
    )


@cache
def _attested(sender: str) -> frozenset[str]:
    """Return the States where a case that came with the product proves a mission of the sender."""
    return frozenset(state for who, state in _proven() if who == sender)


@cache
def _proven() -> frozenset[tuple[str, str]]:
    """Return sender and State of the missions that the cases which came with the product prove."""
    cases = (read_case(name)[0] for name in packaged())
    posts = ((case.sender, p) for case in cases for p in case.posts if p.confidence != "low")
    return frozenset((sender, p.seat.state) for sender, p in posts if level(p.form))


def sentences(found: Completeness, names: dict[str, str]) -> tuple[str, ...]:
    """Say how complete the record of a sender is, in words."""
    sender = names[found.sender]
    rows = (
        f"Of {counted(found.posts, 'post')} of {sender} on record {found.named} have a city, {found.placed} a place on "
        f"the map and {found.dated} a year of opening; the others are counted on every day, however early."
    )
    return (_share(found, sender), rows, POORER, gaps_told(found, names))


def _share(found: Completeness, sender: str) -> str:
    are = "embassy of {} is" if found.embassies == 1 else "embassies of {} are"
    record = f"{found.embassies} {are.format(sender)} on record (Wikidata, November 2022)"
    if not found.embassies:
        return f"No embassy of {sender} is on record (Wikidata, November 2022): how many there are is not known."
    if found.compared:
        return f"{record}. Compared with another record of 2011 it holds about {_percent(found.share)} of them."
    bounds = f"{_percent(found.low)} to {_percent(found.high)}"
    return (
        f"{record}, perhaps {_percent(found.share)} of all it has, {bounds}: an estimate from "
        "who resides with whom, economies and distances. Such bounds held for eight senders of ten in 2010."
    )


def _percent(share: float) -> str:
    return f"{round(100 * share)} %"


def gaps_told(found: Completeness, names: dict[str, str]) -> str:
    """Say in words where a sender may be though the record lacks it."""
    attested, likely, possible = (
        [names[code] for code in codes] for codes in (found.attested, found.likely, found.possible)
    )
    more = f" and {len(possible) - SHOWN} more" if len(possible) > SHOWN else ""
    said = (
        (attested, f"In a case that came with Legation, though not on this record: {', '.join(attested)}."),
        (likely, f"Likely there though not on record (about six of ten such were): {', '.join(likely)}."),
        (possible, f"Possibly there (four or five of ten): {', '.join(possible[:SHOWN])}{more}."),
    )
    return " ".join(words for which, words in said if which) or "No embassy is missing that one would expect."
