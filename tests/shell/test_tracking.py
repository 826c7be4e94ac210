"""Tracking by the command line, in a case folder and a workbook of one's own, and on record."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from legation.chancery import delivery
from legation.chancery.people import add_person
from legation.chancery.reviewing import open_dossier
from legation.cli.main import main
from legation.desk.registry import case_of, record_case
from legation.errors import ForbiddenError, InvalidError, RefusedError
from legation.model import Event, EventKind, Form
from legation.review.people import Person, Role
from legation.sources import convert, locate, read_case
from legation.store import Store

NOON = datetime(2029, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def plan_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Plan the small case once."""
    path = tmp_path_factory.mktemp("plan") / "plan.json"
    call("plan", "ruritania", "-o", path)
    return path


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Copy the small case."""
    convert("ruritania", tmp_path / "mine")
    return tmp_path / "mine"


def call(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(a) for a in arguments])
    return int(stop.value.code or 0)


def told(capsys: pytest.CaptureFixture[str], *arguments: object):
    capsys.readouterr()
    assert call(*arguments, "--json") == 0
    return json.loads(capsys.readouterr().out)


def test_a_plan_is_tracked_from_the_first_event_to_a_new_plan(mine, plan_file, capsys):
    """As the guide has it: record, track, look at one site, plan again, check, track the new plan."""
    before = (mine / "case.toml").read_bytes()
    assert call("track", "record", mine, "WHV", "decision", "2029-03-15", "--source", "fiction") == 0
    assert call("track", "record", mine, "WHV", "first-working-day", "2030-09-01", "--planned") == 0
    assert (mine / "events.csv").read_text(encoding="utf-8").splitlines()[1:] == [
        "WHV,decision,2029-03-15,,,,,,fiction,", "WHV,first-working-day,2030-09,true,,,,,,",
    ]  # fmt: skip
    assert (mine / "case.toml").read_bytes() == before

    found = told(capsys, "track", mine, "--plan", plan_file, "--on", "2030-12-01")
    whv = found["lines"][0]
    assert (whv["measure"]["site"], whv["state"]) == ("WHV", "under-way")
    assert whv["effect"]["milestone"]["planned"] == "2030-09-01"
    assert whv["effect"]["low"] > "2030-12-01"
    assert [row["year"] for row in found["money"]] == [2030, 2031]
    assert call("track", mine, "--plan", plan_file, "--on", "2030-12-01") == 0
    shown = capsys.readouterr().out
    assert "2 measures, 1 under way, 1 due" in shown
    assert "Quayside, Westhaven open an embassy under way" in " ".join(shown.split())
    assert call("track", mine, "--plan", plan_file, "--on", "2030-12-01", "--site", "WHV") == 0
    assert "credentials" in capsys.readouterr().out

    new, problem = mine.parent / "new.json", mine.parent / "new-problem.json"
    again = told(capsys, "track", "replan", mine, "--plan", plan_file, "--on", "2030-12-01", "-o", new)
    assert [(k["site"], k["state"]) for k in again["kept"]] == [("WHV", "under-way")]
    assert call("check", problem, new) == 0
    assert told(capsys, "track", mine, "--plan", new, "--on", "2031-01-02")["findings"][0]["code"] == "plan-other"


def test_indicators(mine, plan_file, capsys):
    with (mine / "facts.csv").open("a", encoding="utf-8") as file:
        file.write("WHV,trade,2031,40,millions of crowns,fiction,,\n")
    found = told(capsys, "track", "indicators", mine, "--plan", plan_file, "--on", "2032-06-01")
    verdicts = {(i["site"], i["attribute"]): i["verdict"] for i in found}
    assert verdicts["WHV", "trade"] == "fell-short"
    assert "not-yet-known" in verdicts.values()
    assert call("track", "indicators", mine, "--plan", plan_file, "--on", "2032-06-01") == 0
    shown = capsys.readouterr().out
    assert "fell short" in shown
    assert "Quayside, Westhaven" in shown


def test_a_wrong_event_is_refused_and_nothing_is_written(mine, capsys):
    assert call("track", "record", mine, "WHX", "decision", "2029-03-15") == 1
    assert "did you mean 'WHV'" in " ".join(capsys.readouterr().err.split())
    assert call("track", "record", mine, "EMK", "raised", "2029-03-15") == 1
    assert not (mine / "events.csv").exists()
    assert call("track", "record", mine, "EMK", "raised", "2029-03-15", "--form", "embassy") == 0
    assert call("track", "record", mine, "EMK", "raised", "2029-03-15", "--form", "embassy") == 1


def test_what_cannot_have_been_is_refused_with_what_to_tell_in_its_place(mine, capsys):
    """A mission does not open again as an embassy; the post stays where it was, and is raised instead."""
    for more in ((), ("--planned",)):
        assert call("track", "record", mine, "EMK", "first-working-day", "2030-03-15", "--form", "embassy", *more) == 1
        said = " ".join(capsys.readouterr().err.split())
        assert "Kronburg, Eastmark (EMK) is open already (diplomatic mission" in said
        assert "tell raised or lowered" in said
    assert not (mine / "events.csv").exists()
    assert call("track", "record", mine, "EMK", "raised", "2030-03-15", "--form", "embassy") == 0
    assert call("track", "record", mine, "WHV", "closed", "2030-03-15") == 1
    assert "(WHV) is not open yet on 2030-03-15" in " ".join(capsys.readouterr().err.split())


def test_what_is_odd_is_told_and_recorded(mine, capsys):
    """A decision of later than the opening may be so."""
    assert call("track", "record", mine, "WHV", "first-working-day", "2030-01-15", "--form", "embassy") == 0
    assert call("track", "record", mine, "WHV", "decision", "2030-02-15") == 0
    assert "before the first decision on record, of 2030-02-15" in " ".join(capsys.readouterr().err.split())
    assert len(read_case(mine)[0].events) == 2


def test_who_protects_is_a_state_and_who_is_accredited_a_person(mine, capsys):
    """A State nobody knows is refused with the one that was meant; a name beside an accreditation is let be."""
    assert call("track", "record", mine, "GRK", "protected", "2029-03-15", "--by", "Swizerland") == 1
    assert "did you mean 'CHE' (Switzerland)?" in " ".join(capsys.readouterr().err.split())
    assert not (mine / "events.csv").exists()
    assert call("track", "record", mine, "GRK", "protected", "2029-03-15", "--by", "CHE") == 0
    assert call("track", "record", mine, "GRK", "agrement", "2029-04-15", "--by", "Swizerland") == 0


def test_a_packaged_case_is_not_changed(capsys):
    assert call("track", "record", "ruritania", "WHV", "decision", "2029-03-15") == 4
    assert "legation export ruritania" in capsys.readouterr().err


def test_what_is_not_there(mine, plan_file, tmp_path, capsys):
    assert call("track", mine, "--plan", tmp_path / "no.json") == 2
    assert call("track", "kazakhstan-2012", "--plan", plan_file) == 1
    assert "another case" in capsys.readouterr().err
    assert call("track", "replan", mine, "--plan", plan_file, "--on", "2033-01-01") == 1


def test_events_in_a_workbook(mine, tmp_path):
    book = tmp_path / "mine.xlsx"
    convert(mine, book)
    assert call("track", "record", book, "EMK", "raised", "2028-05-02", "--form", "embassy", "--note", "=") == 1
    assert call("track", "record", book, "EMK", "raised", "2028-05-02", "--form", "embassy") == 0
    case, _ = read_case(book)
    assert case.events == (Event("EMK", EventKind.RAISED, date(2028, 5, 2), form=Form.EMBASSY),)


def test_events_on_record(store: Store):
    """Kept with who and when, read back as they were, refused where wrong, told twice, or told by a reader."""
    case, _ = read_case("ruritania")
    record_case(store, case, actor="aizhan", reason="First", at=NOON)
    planner, reader = Person("bolat", (Role.PLANNER,)), Person("dina", (Role.READER,))
    event = Event("WHV", EventKind.DECISION, date(2029, 3, 15), source="decree")
    made = delivery.tell_event(store, planner, "ruritania", event, NOON)
    assert (made.actor, made.reason) == ("bolat", "WHV: decision on 2029-03-15")
    assert len(store.changes(made.number)) == 1
    assert case_of(store, "ruritania").events == (event,)
    assert case_of(store, "ruritania", at=made.number - 1).events == ()
    with pytest.raises(RefusedError, match="on record already"):
        delivery.tell_event(store, planner, "ruritania", event, NOON)
    with pytest.raises(InvalidError, match=r"Kronburg, Eastmark \(EMK\) is open already"):
        delivery.tell_event(store, planner, "ruritania", Event("EMK", EventKind.FIRST_WORKING_DAY, NOON.date()), NOON)
    with pytest.raises(InvalidError, match="is no State we know"):
        delivery.tell_event(store, planner, "ruritania", replace(event, kind=EventKind.PROTECTED, by="XXX"), NOON)
    with pytest.raises(InvalidError, match="is no post"):
        delivery.tell_event(store, planner, "ruritania", Event("XXX", EventKind.CLOSED, NOON.date()), NOON)
    with pytest.raises(ForbiddenError):
        delivery.tell_event(store, reader, "ruritania", event, NOON)


def test_a_dossier_is_tracked_on_the_command_line(plan_file, tmp_path, monkeypatch, capsys):
    """Told on record by who may, read as of a revision, planned again; a reader puts nothing on record."""
    monkeypatch.chdir(tmp_path)
    case, _ = read_case("ruritania")
    planner = Person("bolat", (Role.PLANNER,))
    with Store("legation.db", create=True) as store:
        record_case(store, case, actor="aizhan", reason="First", at=NOON)
        add_person(store, "aizhan", "aizhan", (Role.ADMINISTRATOR, Role.READER), NOON)
        add_person(store, "aizhan", "bolat", (Role.PLANNER,), NOON)
        open_dossier(store, planner, "ruritania", "A plan", NOON)
    event = ("track", "record", "ruritania", "WHV", "decision", "2029-03-15", "--on-record")
    assert call(*event, "--as", "aizhan") == 4
    assert call(*event, "--as", "bolat") == 0
    assert call("track", "record", "ruritania", "EMK", "resumed", "2029-03-15", "--on-record", "--as", "bolat") == 1
    capsys.readouterr()
    assert call("track", "ruritania-1", "--on", "2030-12-01", "--as", "bolat") == 0
    assert "Quayside, Westhaven open an embassy under way" in " ".join(capsys.readouterr().out.split())
    before = told(capsys, "track", "ruritania-1", "--on", "2030-12-01", "--as", "bolat", "--at", "4")
    assert [line["state"] for line in before["lines"]] == ["due", "due"]
    beside = told(capsys, "track", "ruritania", "--on-record", "--plan", plan_file, "--on", "2030-12-01")
    assert [line["state"] for line in beside["lines"]] == ["under-way", "due"]
    again = told(capsys, "track", "ruritania", "--on-record", "--plan", plan_file, "--on", "2030-12-01", "--at", "4")
    assert again["lines"] == before["lines"]
    for wrong in (("ruritania-1", "--on-record"), (locate("ruritania"), "--plan", plan_file, "--at", "4")):
        assert call("track", *wrong, "--as", "bolat") == 2
    made = told(capsys, "track", "replan", "ruritania-1", "--on", "2030-12-01", "--as", "bolat", "-o", "new.json")
    assert [k["site"] for k in made["kept"]] == ["WHV"]
    assert call("check", "new-problem.json", "new.json") == 0
    assert call("track", "indicators", "ruritania-1", "--on", "2032-06-01", "--as", "bolat") == 0
    assert "Quayside, Westhaven" in capsys.readouterr().out
    assert call("track", "ruritania-9", "--as", "bolat") == 2
    opinions = told(capsys, "law", "ruritania-1", "--dossier", "--as", "bolat")["opinions"]
    assert [o["day"][:4] for o in opinions] == ["2030", "2031"]
    assert call("report", "ruritania-1", "--dossier", "--as", "bolat", "-o", "report.txt") == 0
    assert "WHAT THE LAW SAYS" in Path("report.txt").read_text(encoding="utf-8")
    assert call("law", "ruritania-1", "--dossier", "--on", "2029-01-01") == 2


def test_the_plan_of_a_dossier_is_tracked_by_what_is_on_record(store: Store):
    case, _ = read_case("ruritania")
    record_case(store, case, actor="aizhan", reason="First", at=NOON)
    planner, reader = Person("bolat", (Role.PLANNER,)), Person("dina", (Role.READER,))
    filed = open_dossier(store, planner, "ruritania", "A plan", NOON)
    delivery.tell_event(store, planner, "ruritania", Event("WHV", EventKind.DECISION, date(2029, 3, 15)), NOON)
    on = date(2030, 12, 1)
    found = delivery.track_dossier(store, planner, filed.dossier.id, on)
    assert [(line.measure.site, line.state) for line in found.lines] == [
        ("WHV", "under-way"), ("FORUM-port-mirth", "due"),
    ]  # fmt: skip
    assert found.findings == ()
    again = delivery.replan_dossier(store, planner, filed.dossier.id, on)
    assert [k.site for k in again.kept] == ["WHV"]
    assert delivery.came_true(store, planner, filed.dossier.id, on)[0].site == "WHV"
    with pytest.raises(ForbiddenError):
        delivery.replan_dossier(store, reader, filed.dossier.id, on)
