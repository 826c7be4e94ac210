"""Who needs a consul where: the people counted in each consular district, and in what of a State lies in none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from legation.cases.case import Case, InterestRow
from legation.errors import Finding, Severity
from legation.model import Fact, Facts, Track
from legation.values import value

COUNTS = (("citizens", "citizens"), ("migrants", "district_migrants"))
"""Attributes that count people, the better first: of a State as a whole, and of a district in it."""

SHOWN = 12


@value
class District:
    """Where people live who need a consul: a consular district, or (rest) all of a State that lies in none.

    id: of the district, or the code of the State; people: how many, None where nobody has counted them apart from the
    rest; year, source: of the count
    """

    id: str
    title: str
    state: str
    city: str
    lat: float
    lon: float
    people: Decimal | None
    rest: bool = False
    year: int | None = None
    source: str = ""


def districts(case: Case) -> tuple[tuple[District, ...], tuple[Finding, ...]]:
    """Return every district of a case and the rest of every State in which somebody is counted, by their ids.

    The people of a State are those of its districts and of its rest, by one attribute: citizens where anybody has
    counted them, else those born in the sender's State. Findings: note "consular-uncounted", warning "consular-parts".
    """
    facts, by_state = Facts(case.facts), _by_state(case)
    found: list[District] = []
    findings: list[Finding] = []
    uncounted: list[str] = []
    for state in sorted(s.code for s in case.states if s.code != case.sender):
        rows = by_state.get(state, [])
        whole, parts = _counted(facts, state, rows, case.as_of.year)
        if whole is None and not parts:
            uncounted.append(state)
            continue
        left = None if whole is None else _number(whole) - sum((_number(f) for f in parts.values()), Decimal(0))
        if left is not None and left < 0:
            findings.append(_more(state, _number(whole), left))
        found += [_district(row, parts.get(row.id)) for row in rows]
        found.append(_rest(case, state, left, whole))
    if uncounted:
        findings.append(_uncounted(uncounted) if found else _nobody(case))
    return tuple(found), tuple(findings)


def _by_state(case: Case) -> Mapping[str, list[InterestRow]]:
    found: dict[str, list[InterestRow]] = defaultdict(list)
    for row in sorted(case.interests, key=lambda r: r.id):
        if row.kind == "district":
            found[row.state].append(row)
    return found


def _counted(facts: Facts, state: str, rows: Sequence[InterestRow], year: int) -> tuple[Fact | None, dict[str, Fact]]:
    """Return who is counted in a State and in its districts, by the best attribute that knows anything of it."""
    for of_state, of_district in COUNTS:
        whole = facts.latest(state, of_state, by=year)
        known = {row.id: facts.latest(row.subject or row.id, of_district, by=year) for row in rows}
        parts = {id_: fact for id_, fact in known.items() if fact}
        if whole or parts:
            return whole, parts
    return None, {}


def _number(fact: Fact | None) -> Decimal:
    number = fact.value if fact else 0
    return Decimal(int(number)) if number == int(number) else Decimal(repr(number))


def _district(row: InterestRow, fact: Fact | None) -> District:
    lat, lon = row.lat or 0.0, row.lon or 0.0
    people = _number(fact) if fact else None
    told = (fact.year, fact.source) if fact else (None, "")
    return District(row.id, row.title, row.state, row.city, lat, lon, people, False, *told)


def _rest(case: Case, state: str, left: Decimal | None, whole: Fact | None) -> District:
    """Return what of a State lies in no district; it is taken to live at the seat of government."""
    known = next(s for s in case.states if s.code == state)
    place = next((p for p in case.places if p.track is Track.DIPLOMATIC and p.state == state), None)
    at = (place.city, place.lat, place.lon) if place else (known.seat, known.lat, known.lon)
    people = None if left is None else max(left, Decimal(0))
    told = (whole.year, whole.source) if whole else (None, "")
    return District(state, known.name, state, *at, people, True, *told)


def _more(state: str, whole: Decimal, left: Decimal) -> Finding:
    message = (
        f"The districts of {state} hold {whole - left:f} people, the State {whole:f}: nobody is left for its rest."
    )
    remedy = "Correct the facts of the State or of its districts."
    return Finding("consular-parts", Severity.WARNING, state, message, remedy, "facts.csv")


def _nobody(case: Case) -> Finding:
    message = f"{case.name} has no count of people abroad, so whom its consuls are to serve is not known."
    remedy = (
        "Add facts of attribute citizens to facts.csv, one for each State where some live, as the registers of the "
        f"posts have them; or migrants, from the workbook of UN DESA: legation import undesa FILE --into {case.name}."
    )
    return Finding("consular-uncounted", Severity.WARNING, "facts.csv", message, remedy, "facts.csv")


def _uncounted(states: Iterable[str]) -> Finding:
    every = list(states)
    more = f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    message = (
        f"Nobody is counted in {len(every)} States, so no demand is known there: {', '.join(every[:SHOWN])}{more}."
    )
    remedy = "Add facts of attribute citizens, or migrants, to facts.csv."
    return Finding("consular-uncounted", Severity.NOTE, "facts.csv", message, remedy, "facts.csv")
