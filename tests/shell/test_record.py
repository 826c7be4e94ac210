"""The record counted: what is part of a total and what is not, States on both sides, posts of one State."""

from dataclasses import replace
from datetime import date

from legation.cases import Case
from legation.desk.records import record
from legation.errors import Severity
from legation.model import Accreditation, Form, Network, Post, Seat
from legation.sources import read_case

RURITANIA = read_case("ruritania")[0]


def counted(case: Case, name: str, **more: bool) -> int:
    (count,) = (c for c in record(case, **more).own if c.name == name)
    return count.proven


def test_honorary_consulates_are_no_part_of_a_total_unless_asked() -> None:
    assert counted(RURITANIA, "own_honorary_consulates") == 1
    assert (counted(RURITANIA, "own_establishments"), counted(RURITANIA, "own_host_countries")) == (5, 3)
    assert counted(RURITANIA, "own_establishments", honorary=True) == 6
    assert counted(RURITANIA, "own_host_countries", honorary=True) == 4


def test_states_with_an_embassy_and_a_consulate_here_are_listed_with_both() -> None:
    consulate = Post("GRK-port", "GRK", Form.CONSULATE, Seat("RUR", "Port"))
    alone = Post("ISA-port", "ISA", Form.CONSULATE, Seat("RUR", "Port"))
    honorary = Post("NOL-port", "NOL", Form.HONORARY_CONSULATE, Seat("RUR", "Port"))
    case = replace(RURITANIA, foreign_posts=Network((*RURITANIA.foreign_posts, consulate, alone, honorary)))
    both, consuls = record(case).besides
    (embassy,) = (p.id for p in RURITANIA.foreign_posts if p.sender == "GRK")
    assert (both.proven, set(both.rows)) == (1, {embassy, consulate.id})
    assert (consuls.proven, consuls.rows) == (1, ("NOL-port",))


def test_a_state_on_both_sides_or_covered_twice_is_told() -> None:
    assert not record(RURITANIA).findings
    more = (Accreditation("NOL", "EMK"), Accreditation("GRK", "NOL"), Accreditation("NOL", "WHV"))
    case = replace(RURITANIA, accreditations=(*RURITANIA.accreditations, *more))
    told = [(f.code, f.subject, f.severity) for f in record(case).findings]
    assert told == [
        ("covered-resident", "EMK", Severity.NOTE),  # a mission: its head may sit in Nordhaven
        ("covered-resident", "NOL", Severity.WARNING),  # an embassy has a head of its own
        ("covered-twice", "WHV", Severity.WARNING),
    ]
    early = record(replace(case, accreditations=(Accreditation("NOL", "EMK", 2030),)), date(2029, 6, 1))
    assert not early.findings
