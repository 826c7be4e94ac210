"""The record counted: what is part of a total and what is not, States on both sides, posts of one State."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from legation.cases import Case
from legation.cases.case import Organisation
from legation.desk.records import record, scale
from legation.desk.world import from_elsewhere, look
from legation.desk.worldrecord import represented_from
from legation.errors import Severity
from legation.model import Accreditation, Form, Network, Post, Seat, level
from legation.planning.brief import Kind
from legation.planning.outcome import Measure, Plan, Proof
from legation.sources import World, read_case

RURITANIA, KAZAKHSTAN = (read_case(name)[0] for name in ("ruritania", "kazakhstan-2012"))


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
    both, consuls, _ = record(case).besides
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


def test_permanent_missions_stand_apart_where_asked() -> None:
    """Eastmark hosts a mission of both kinds: it stays a host, the permanent mission leaves the total."""
    assert counted(RURITANIA, "own_establishments", missions_apart=True) == 4
    assert counted(RURITANIA, "own_permanent_missions", missions_apart=True) == 1
    alone = replace(RURITANIA, posts=RURITANIA.posts.of(Form.PERMANENT_MISSION))
    assert (counted(alone, "own_host_countries"), counted(alone, "own_host_countries", missions_apart=True)) == (1, 0)


def test_organisations_here_are_counted_in_their_years_beside_what_was_announced() -> None:
    left, due = Organisation("Left", until=2028), Organisation("Due", since=2030)
    case = replace(RURITANIA, organisations=(*RURITANIA.organisations, left, due))
    (count,) = (c for c in record(case).besides if c.name == "international_organisations_represented")
    assert (count.proven, count.rows) == (1, ("League of the Gulf",))
    (told,) = (s for s in record(KAZAKHSTAN).announced if s.name == "international_organisations_represented")
    assert (told.announced, told.found, told.gap) == (20, 0, 20)


def test_who_is_represented_here_from_elsewhere_does_not_reside_here() -> None:
    """By the product's own record, for a case and for a State; both kinds together have no State twice."""
    today = date(2026, 1, 1)
    for name in ("kazakhstan-2012", "EST"):
        looked = look(name, today, None, Path())
        elsewhere = from_elsewhere(looked)
        assert len(elsewhere) >= 30
        residents = {p.sender for p in looked.case.foreign_posts if level(p.form)}
        assert not elsewhere.keys() & {*residents, looked.case.sender}
        assert all(seats and looked.case.sender not in seats for seats in elsewhere.values())
    assert from_elsewhere(look("ruritania", today, None, Path())) == {}


def test_a_state_that_resides_here_is_not_counted_from_elsewhere_as_well() -> None:
    rows = [{"sender": s, "resident": r, "covered": c} for s, r, c in (("FIN", "RUS", "KAZ"), ("IRL", "RUS", "KAZ"))]
    rows += [
        {"sender": "KAZ", "resident": "RUS", "covered": "KAZ"},
        {"sender": "IRL", "resident": "TUR", "covered": "UZB"},
    ]
    world = World(KAZAKHSTAN.states, (), tuple(rows), ())
    assert represented_from("KAZ", world, ["FIN"]) == {"IRL": ("RUS",)}


def test_the_scale_of_a_plan_is_told_on_what_was_announced_and_beside_its_peers() -> None:
    found = scale(KAZAKHSTAN)
    assert found is not None
    assert (found.opened, found.raised, found.base, found.announced) == (10, 1, 75, True)
    assert [(p.sender, p.posts) for p in found.peers][:2] == [("IND", 18), ("DNK", 4)]
    assert len({p.sender for p in found.peers}) == len(found.peers)
    assert all(p.embassies > p.posts for p in found.peers)
    assert "KAZ" not in {p.sender for p in found.peers}
    zero = Decimal(0)
    opening = Measure(2012, "KEN", Kind.ESTABLISH, Form.NONE, Form.EMBASSY, zero, zero, zero, zero)
    closing = replace(opening, kind=Kind.CLOSE)
    plan = Plan("", (opening, closing), (), (), zero, zero, Proof(zero, zero, zero, "", "", "", 0, zero, zero))
    own = scale(replace(KAZAKHSTAN, announced=()), plan)
    assert own is not None
    assert (own.opened, own.raised, own.base, own.announced) == (1, 0, 68, False)
    assert scale(replace(KAZAKHSTAN, announced=())) is None
