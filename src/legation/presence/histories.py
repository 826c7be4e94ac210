"""Histories of all States: from a folder of one's own, in any of the layouts there are, or from the product's tables.

A folder may hold, beside each other or each in a folder of its own:

- tables that an import wrote (`legation import KIND FILE -o FOLDER/KIND`): presences, dated posts, facts;
- presences by year as Diplometrics publishes them (`ddr_*.csv`, `presences*.csv`), and facts as `exchange.panel` reads
  them (`dyads*.csv`, `states_*.csv`).

Distance, region, language, economy and population that the folder does not tell are taken from the product.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from legation.affinity.history import ALWAYS, Floats, History
from legation.errors import Finding, NotFoundError, Severity
from legation.exchange.imported import Imported
from legation.exchange.panel import OWN, Series, present, read_panel
from legation.exchange.tables import read_tables
from legation.model import Fact, Form, Post, State, distance_km
from legation.model.presences import PAIR, Presence
from legation.presence import diplometrics
from legation.sources import World, load_states, read_world

PRESENCES = ("ddr_*", "presences*")
SIZES = ("gdp", "population")
STATES = (*SIZES, "conflict_intensity")
TIES = {
    "distance": "km", "contiguous": "contig", "common_language": "common_language", "colonial_tie": "colony",
    "common_coloniser": "common_coloniser", "trade": "trade_usd", "migrants": "migrants",
    "defence_pact": "defence_pact", "unga_distance": "unga_distance",
}  # fmt: skip
"""What a fact of a pair is called in a history."""

DIRECTED = ("migrants",)
"""Ties that facts tell one way, and a history as the sum of both."""

LISTED = ("conflict_intensity", "defence_pact")
"""What data sets list only where it is so: who is not listed in a year has none."""


def read_history(folder: Path) -> tuple[History, tuple[Finding, ...]]:
    """Read presences by year and the facts beside them; raise NotFoundError where the folder has no presences."""
    imports = [read_tables(place) for place in (folder, *sorted(_folders(folder))) if (place / "import.csv").is_file()]
    presences = [p for read in imports for p in read.presences]
    found: list[Finding] = []
    for path in _files(folder):
        read, faults = diplometrics.read(path)
        presences += read.presences
        found += faults
    posts, undated = _of_posts([p for read in imports for p in read.posts], {p.year for p in presences})
    presences += posts
    if not presences:
        raise NotFoundError(
            f"The folder {folder.name} holds no presences by year.",
            hint="It needs ddr_*.csv or presences*.csv (year, sender, host, level, focus), or what an import wrote: "
            f"legation import diplometrics FILE -o {folder.name}/presences",
        )
    history, more = _joined(folder, presences, imports)
    return history, (*found, *undated, *more)


def _folders(folder: Path) -> Iterable[Path]:
    return (path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else ()


def _files(folder: Path) -> list[Path]:
    """Return the files of presences as published; a table that an import wrote is none of them."""
    found = {path for pattern in PRESENCES for path in folder.glob(f"{pattern}.csv*")}
    own = folder / "presences.csv" if (folder / "import.csv").is_file() else None
    return sorted(found - {own})


def _joined(folder: Path, presences: Sequence[Presence], imports: Sequence[Imported]) -> tuple[History, list[Finding]]:
    """Return the history of the States that the pairs name, or where no pairs are given of all that take part."""
    facts = [f for read in imports for f in read.facts]
    if any(folder.glob("dyads*.csv*")):
        history, found = read_panel(folder, presences)
        return _with_facts(history, facts), list(found)
    states = {s.code: s for s in load_states()}
    codes = tuple(sorted({code for p in presences for code in (p.sender, p.state)} & states.keys()))
    empty = History(codes, present(presences, {code: i for i, code in enumerate(codes)}), {}, {})
    return _with_shipped(_with_facts(empty, facts), [states[c] for c in codes]), []


def _of_posts(posts: Sequence[Post], years: set[int]) -> tuple[list[Presence], list[Finding]]:
    """Turn posts into presences by year, for the years of the presences or, where there are none, of the posts' days.

    Only posts with a day of opening: one without would be told of years in which it may not have been there.
    """
    resident = [p for p in posts if p.form in OWN]
    dated = [(p, p.span.start) for p in resident if p.span.start]
    days = [day.year for p, start in dated for day in (start, p.span.end) if day]
    every = sorted(years) or (range(min(days), max(days) + 1) if days else ())
    made = [
        Presence(p.sender, p.seat.state, year, p.form, source=p.source)
        for p, start in dated
        for year in every
        if start.year <= year and (p.span.end is None or year < p.span.end.year)
    ]
    lost = len(resident) - len(dated)
    message = f"{lost} of {len(resident)} embassies and missions have no day of opening: no year is told of them."
    remedy = "Write the days into posts.csv, or add presences by year."
    return made, [Finding("post-undated", Severity.WARNING, "posts.csv", message, remedy)] if lost else []


def _with_facts(history: History, facts: Iterable[Fact]) -> History:
    """Add facts; each counts from the year in which it was known, so that `by` leaves out what came to light later."""
    at = {code: i for i, code in enumerate(history.codes)}
    told: dict[str, dict[int, list[Fact]]] = defaultdict(lambda: defaultdict(list))
    for fact in sorted(facts, key=lambda f: f.year):
        if fact.attribute in (*STATES, *TIES) and all(code in at for code in fact.subject.split(PAIR)):
            told[fact.attribute][max(fact.year, fact.known or fact.year)].append(fact)
    of_states: Series = {n: _rows(n, told[n], at) for n in STATES if n in told}
    of_pairs: Series = {TIES[n]: _rows(n, told[n], at) for n in TIES if n in told}
    return replace(history, facts={**history.facts, **of_states}, ties={**history.ties, **of_pairs})


def _rows(name: str, told: dict[int, list[Fact]], at: dict[str, int]) -> dict[int, Floats]:
    """Return arrays by year; where a year says nothing, what was said last still holds."""
    size = (len(at),) * (2 if name in TIES else 1)
    unsaid = 0.0 if name in LISTED else np.nan
    now, found = np.full(size, unsaid), {}
    for year in sorted(told):
        now = np.full(size, unsaid) if name in LISTED else now.copy()
        for fact in told[year]:
            place = tuple(at[code] for code in fact.subject.split(PAIR))
            now[place] = fact.value
            if name in TIES and name not in DIRECTED:
                now[place[::-1]] = fact.value
        found[year] = now
    return {y: _both_ways(m) for y, m in found.items()} if name in DIRECTED else found


def _both_ways(matrix: Floats) -> Floats:
    total = np.nan_to_num(matrix) + np.nan_to_num(matrix.T)
    return np.asarray(np.where(np.isnan(matrix) & np.isnan(matrix.T), np.nan, total))


def _with_shipped(history: History, states: Sequence[State]) -> History:
    """Add what the folder does not tell and the product knows: places, regions, languages, economies, populations."""
    world, _ = read_world()
    facts = {**sizes(world, history.codes), **history.facts}
    return replace(history, facts=facts, ties={**shipped_ties(states), **history.ties})


def sizes(world: World, codes: Sequence[str]) -> dict[str, dict[int, Floats]]:
    """Return economies and populations by year from the product's table; each is the latest known by that year."""
    at = {code: i for i, code in enumerate(codes)}
    found: dict[str, dict[int, Floats]] = {name: {} for name in SIZES}
    for row in sorted(world.indicators, key=lambda r: int(r["year"])):
        series, year = found.get(row["attribute"]), int(row["year"])
        if series is None or row["code"] not in at:
            continue
        if year not in series:
            series[year] = series[max(series)].copy() if series else np.full(len(at), np.nan)
        series[year][at[row["code"]]] = float(row["value"])
    return found


def shipped_history(world: World, recorded: int, year: int | None = None) -> History:
    """Return what the product's tables know: the record's embassies, facts up to a year, places and languages.

    recorded: the year that the record of posts is about
    """
    by = year or recorded
    states = world.states
    at = {s.code: i for i, s in enumerate(states)}
    embassies = np.zeros((len(at),) * 2, dtype=bool)
    for row in world.posts:
        if Form(row["form"]) in OWN and not row["territory"] and row["sender"] in at and row["state"] in at:
            embassies[at[row["sender"]], at[row["state"]]] = True
    np.fill_diagonal(embassies, val=False)
    facts = {name: _latest(series, by, len(at)) for name, series in sizes(world, tuple(at)).items()}
    return History(tuple(at), {by: embassies}, facts, shipped_ties(states))


def _latest(series: dict[int, Floats], by: int, count: int) -> dict[int, Floats]:
    known = [year for year in series if year <= by]
    return {by: series[max(known)] if known else np.full(count, np.nan)}


def shipped_ties(states: Sequence[State]) -> dict[str, dict[int, Floats]]:
    """Return distance, region and language of every two States from the product's table."""

    def each(say: Callable[[State, State], float]) -> dict[int, Floats]:
        return {ALWAYS: np.array([[say(a, b) for b in states] for a in states])}

    return {
        "km": each(lambda a, b: distance_km(a.lat, a.lon, b.lat, b.lon)),
        "same_region": each(lambda a, b: float(bool(a.region) and a.region == b.region)),
        "same_subregion": each(lambda a, b: float(bool(a.subregion) and a.subregion == b.subregion)),
        "common_language": each(lambda a, b: float(bool({*a.languages} & {*b.languages}))),
    }
