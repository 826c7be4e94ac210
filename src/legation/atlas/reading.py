"""How an atlas reads the world: rows of text, corrected or not, as posts, accreditations and facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from legation.atlas.survey import Cover, Entry, Survey
from legation.model import Fact, Form, Period, Post, Seat, Source
from legation.sources import World, load_table

RECORD = "wikidata-2022"
DAY = "16 November 2022"
WARNING = (
    "It is an undated snapshot of a volunteer database, with about 80 % of the world's embassies. Consulates are far "
    "less complete, honorary consulates are there for a few senders only, missions to organisations are not there at "
    "all. A post that is not shown may well exist, and one that is shown may be closed."
)


def survey_of(world: World, notes: Mapping[str, str]) -> Survey:
    """Return the world's record as an atlas needs it; notes: how complete it is, by State."""
    number = world.corrected
    corrected = f", with {number} correction{'s' if number > 1 else ''}" if number else ""
    return Survey(
        f"{DAY}{corrected}",
        world.states,
        tuple(map(_entry, world.posts)),
        tuple(
            Cover(row["sender"], row["resident"], row["covered"], row.get("wikidata", ""))
            for row in world.accreditations
        ),
        tuple(_latest(world)),
        tuple(Source(**row) for row in load_table("sources")),
        {row["code"]: row["name"] for row in load_table("territories")},
        WARNING,
        notes,
    )


def _entry(row: Mapping[str, str]) -> Entry:
    lat, lon = (float(row[key]) if row[key] else None for key in ("lat", "lon"))
    span = Period(date(int(row["opened"]), 1, 1) if row["opened"] else None)
    seat = Seat(row["state"], row["city"], lat, lon)
    source = row.get("source") or RECORD
    post = Post(row["wikidata"], row["sender"], Form(row["form"]), seat, span, source=source)
    return Entry(post, row["territory"], row["located"])


def _latest(world: World) -> Iterator[Fact]:
    """Yield the latest fact of each State and attribute."""
    units = {row["name"]: row["unit"] for row in load_table("attributes")}
    latest: dict[tuple[str, str], dict[str, str]] = {}
    for row in world.indicators:
        key = row["code"], row["attribute"]
        if key not in latest or int(row["year"]) >= int(latest[key]["year"]):
            latest[key] = row
    for (code, attribute), row in latest.items():
        yield Fact(code, attribute, int(row["year"]), float(row["value"]), units[attribute], row["source"])
