"""The chancery: people, procedures and scenarios on record, on both databases."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from legation.cases.scenarios import ScaleCeilings, Scenario, Strike
from legation.chancery.people import add_person, people_of, person_of, remove_person
from legation.chancery.procedures import procedure_of, read_procedure, set_procedure
from legation.chancery.scenarios import (
    changes_of,
    compare_scenarios,
    read_changes,
    save_scenario,
    scenario_of,
    scenarios_of,
    under,
)  # fmt: skip
from legation.desk.registry import case_of, record_case
from legation.errors import ForbiddenError, InvalidError, NotFoundError, RefusedError
from legation.programme.solver import Limits
from legation.review.people import Person, Role
from legation.review.stages import PROCEDURE
from legation.sources import read_case
from legation.store import Store

NOON = datetime(2029, 1, 1, 12, tzinfo=UTC)
ADMIN = Person("aizhan", (Role.ADMINISTRATOR,))
PLANNER, READER = Person("bolat", (Role.PLANNER,)), Person("dina", (Role.READER,))


@pytest.fixture
def record(store: Store) -> Store:
    """Put the small case on record."""
    case, _ = read_case("ruritania")
    record_case(store, case, actor="aizhan", reason="First", at=NOON)
    return store


def test_people_are_let_in_by_an_administrator(store: Store) -> None:
    """The first must be one; nobody changes their own roles; one always stays."""
    with pytest.raises(RefusedError, match="first person"):
        add_person(store, "anybody", "bolat", (Role.PLANNER,), NOON)
    add_person(store, "anybody", "aizhan", (Role.ADMINISTRATOR,), NOON)
    add_person(store, "aizhan", "bolat", (Role.PLANNER, Role.CONSULAR), NOON)
    assert people_of(store) == (ADMIN, Person("bolat", (Role.PLANNER, Role.CONSULAR)))
    with pytest.raises(ForbiddenError):
        add_person(store, "bolat", "dina", (Role.ADMINISTRATOR,), NOON)
    with pytest.raises(ForbiddenError, match="their own"):
        add_person(store, "aizhan", "aizhan", (Role.PLANNER,), NOON)
    with pytest.raises(ForbiddenError, match="did you mean 'bolat'"):
        person_of(store, "bolatt")
    add_person(store, "aizhan", "erlan", (Role.ADMINISTRATOR,), NOON)
    remove_person(store, "erlan", "aizhan", NOON)
    with pytest.raises(ForbiddenError):
        remove_person(store, "erlan", "erlan", NOON)
    assert [p.name for p in people_of(store)] == ["bolat", "erlan"]


def test_a_ministry_changes_the_table_of_steps(store: Store, tmp_path: Path) -> None:
    """A shorter way is read, kept with who changed it, and refused where nothing would be approved."""
    short = tmp_path / "procedure.toml"
    stages = "".join(
        f'[[stages]]\nname = "{name}"\ntitle = "{name}"\n{kind}\n'
        for name, kind in (
            ("desk", "editable = true"),
            ("signed", "final = true"),
            ("out", "final = true\npublic = true"),
        )
    )
    sign = '[[steps]]\nname = "sign"\nsource = "desk"\ntarget = "signed"\nroles = ["head"]\nothers = true\n'
    out = '[[steps]]\nname = "tell"\nsource = "signed"\ntarget = "out"\nroles = ["head"]\n'
    short.write_text(stages + sign + "approves = true\n" + out, encoding="utf-8")
    found = read_procedure(short)
    assert procedure_of(store) == PROCEDURE
    with pytest.raises(ForbiddenError):
        set_procedure(store, PLANNER, found, "shorter", NOON)
    set_procedure(store, ADMIN, found, "shorter", NOON)
    assert procedure_of(store) == found
    assert store.head.actor == "aizhan"
    short.write_text(stages + sign + out, encoding="utf-8")
    with pytest.raises(InvalidError) as error:
        read_procedure(short)
    assert {f.subject for f in error.value.findings} >= {"steps", "tell"}
    short.write_text(stages + sign.replace("head", "hed") + out, encoding="utf-8")
    with pytest.raises(InvalidError, match="did you mean 'head'"):
        read_procedure(short)
    short.write_text("stages = [", encoding="utf-8")
    with pytest.raises(InvalidError, match="not TOML"):
        read_procedure(short)


def test_scenarios_stand_on_a_case_that_stays_as_it_is(record: Store) -> None:
    """Saved under its author's name, nested, applied; idle, nameless and foreign ones are refused."""
    before = case_of(record, "ruritania")
    cut = Scenario("cut", "ruritania", changes_of(ceilings=Decimal("0.9")))
    save_scenario(record, PLANNER, cut, NOON)
    save_scenario(record, PLANNER, Scenario("less", "ruritania", (Strike("WHV"),), on="cut"), NOON)
    assert scenario_of(record, "ruritania", "cut").author == "bolat"
    assert list(scenarios_of(record, "ruritania")) == ["cut", "less"]
    assert len(under(record, "ruritania", "less").brief.rules) > len(before.brief.rules)
    assert case_of(record, "ruritania") == under(record, "ruritania") == before
    with pytest.raises(ForbiddenError):
        save_scenario(record, READER, cut, NOON)
    with pytest.raises(RefusedError, match="bolat wrote"):
        save_scenario(record, Person("erlan", (Role.FINANCE,)), cut, NOON)
    with pytest.raises(InvalidError, match="changes nothing"):
        save_scenario(record, PLANNER, Scenario("idle", "ruritania", (Strike("NOWHERE"),)), NOON)
    with pytest.raises(NotFoundError, match="did you mean 'cut'"):
        under(record, "ruritania", "cutt")


def test_scenarios_are_solved_and_laid_side_by_side(record: Store) -> None:
    """Each by its own plan; less money is never worth more; more than four are refused."""
    save_scenario(record, PLANNER, Scenario("cut", "ruritania", (ScaleCeilings(Decimal("0.5")),)), NOON)
    found = compare_scenarios(record, "ruritania", ("baseline", "cut"), Limits())
    baseline, cut = found.columns
    assert (baseline.scenario, cut.scenario) == ("baseline", "cut")
    assert baseline.worth > cut.worth
    assert ("WHV", "embassy", (2030, None)) in [(r.site, r.after, r.years) for r in found.rows]
    with pytest.raises(RefusedError, match="one to 4"):
        compare_scenarios(record, "ruritania", ("a", "b", "c", "d", "e"), Limits())


def test_changes_are_read_from_a_file(tmp_path: Path) -> None:
    """Strictly: a mistyped change is told with the nearest."""
    file = tmp_path / "cut.toml"
    file.write_text('[[changes]]\nchange = "scale-ceilings"\nfactor = 0.9\n', encoding="utf-8")
    assert read_changes(file) == (ScaleCeilings(Decimal("0.9")),)
    file.write_text('[[changes]]\nchange = "scale-ceilngs"\nfactor = 0.9\n', encoding="utf-8")
    with pytest.raises(InvalidError, match="scale-ceilings"):
        read_changes(file)
