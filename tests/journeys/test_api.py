"""A plan through the API by five people: planned, cut by Finance, countered, announced, slipped, replanned, proven."""

import json
import sqlite3
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from legation.cases.scenarios import ScaleCeilings
from legation.chancery.working import Order, Worker
from legation.model import Event
from legation.model.life import EventKind
from legation.review.people import Role
from legation.settings import Settings
from legation.web.review import Correction, NewAnswer, NewComment, NewCounter, NewDossier, NewStep, NewVersion

sys.path.insert(0, str(Path(__file__).parents[1] / "shell"))
from visitors import Door, Visitor, problem

PEOPLE = {
    "aizhan": Role.PLANNER,
    "dina": Role.FINANCE,
    "bolat": Role.HEAD,
    "erlan": Role.GOVERNMENT,
    "farida": Role.AUDITOR,
}
PASSWORD = "four words or more"
CASES = {"ruritania": "0.9", "kazakhstan-2012": "0.9"}


class Ministry:
    """Five people at their browsers, and what a dossier was last read as."""

    def __init__(self, door: Door, case: str) -> None:
        self.door, self.case, self.id = door, case, f"{case}-1"
        self.people: dict[str, Visitor] = {}
        for name, role in PEOPLE.items():
            door.account(name, role, password=PASSWORD)
            self.people[name] = door.stranger()
            assert self.people[name].sign_in(name, PASSWORD).status_code == 201

    def ask(self, who: str, method: str, path: str, *, status: int, **options: Any) -> Any:
        """Ask as somebody, insist on the status, and return what was answered."""
        answer = self.people[who].send(method, path, **options)
        assert answer.status_code == status, f"{who} {method} {path}: {answer.status_code} {answer.text[:600]}"
        return answer.json() if answer.headers["content-type"].startswith("application/json") else answer

    def refused(self, who: str, method: str, path: str, **options: Any) -> tuple[int, str]:
        """Ask as somebody who is refused, and return how."""
        return problem(self.people[who].send(method, path, **options))

    def etag(self) -> dict[str, str]:
        """Read the dossier, and return what a writer says of it."""
        answer = self.people["bolat"].get(f"/dossiers/{self.id}")
        return {"If-Match": answer.headers["etag"]}

    def step(self, who: str, step: str, reason: str = "", *, status: int = 201) -> Any:
        """Take a step as of the dossier that was just read."""
        path = f"/dossiers/{self.id}/steps"
        return self.ask(who, "POST", path, status=status, value=NewStep(step, reason), headers=self.etag())


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, make_database: Callable[[str], str]) -> tuple[str, str]:
    """Return the kind and the address of a new database."""
    return request.param, make_database(request.param)


@pytest.fixture
def door(database: tuple[str, str]) -> Iterator[Door]:
    """Open the web door on each kind of database."""
    opened = Door(Settings(registry=database[1]))
    yield opened
    opened.close()


def test_a_plan_through_the_api(door: Door, database: tuple[str, str]) -> None:
    """The whole road on the small case, on each kind of database."""
    travel(Ministry(door, "ruritania"), database)


def test_kazakhstan_through_the_api(tmp_path: Path) -> None:
    """The whole road on the real case."""
    registry = str(tmp_path / "kazakhstan.db")
    door = Door(Settings(registry=registry))
    travel(Ministry(door, "kazakhstan-2012"), ("sqlite", registry))
    door.close()


def travel(ministry: Ministry, database: tuple[str, str]) -> None:
    """Go the whole road."""
    job = planned(ministry)
    opened(ministry, job)
    cut(ministry)
    answered(ministry)
    announced(ministry)
    slipped(ministry)
    proven(ministry, database)


def planned(ministry: Ministry) -> str:
    """Put the case on record and have its plan found by a worker; the events tell of its end."""
    case = ministry.case
    assert ministry.refused("dina", "POST", f"/library/cases/{case}?reason=x") == (403, "forbidden")
    ministry.ask("aizhan", "POST", f"/library/cases/{case}?reason=Record%20of%20the%20year", status=201)
    job = ministry.ask("aizhan", "POST", f"/cases/{case}/plans", status=202, value=Order())["id"]
    store = ministry.door.room.store
    assert Worker(store, "w", lambda: datetime.now(UTC)).run(once=True) == 1
    events = ministry.ask("aizhan", "GET", f"/jobs/{job}/events", status=200).text
    assert json.loads(events.split("data: ")[-1])["state"] == "done"
    found = ministry.ask("aizhan", "GET", f"/jobs/{job}", status=200)
    assert found["result"]["plan"]["measures"]
    return str(job)


def opened(ministry: Ministry, job: str) -> None:
    """Open a dossier with the plan and submit it; sent twice, it is opened once."""
    new = NewDossier("Posts of the coming years", NewVersion(job, reason="First proposal"))
    key = {"Idempotency-Key": "open"}
    path = f"/cases/{ministry.case}/dossiers"
    first = ministry.ask("aizhan", "POST", path, status=201, value=new, headers=key)
    assert ministry.ask("aizhan", "POST", path, status=201, value=new, headers=key) == first
    assert first["dossier"]["id"] == ministry.id
    stale = ministry.etag()
    ministry.step("aizhan", "submit")
    answer = ministry.refused(
        "aizhan", "POST", f"/dossiers/{ministry.id}/steps", value=NewStep("withdraw", "x"), headers=stale
    )
    assert answer == (412, "precondition-failed")
    ministry.step("bolat", "endorse")


def cut(ministry: Ministry) -> None:
    """Finance lays a plan with a tenth less beside the ministry's, asks, and returns the dossier."""
    path = f"/dossiers/{ministry.id}"
    cut = NewCounter((ScaleCeilings(Decimal(CASES[ministry.case])),), "tenth-less", "The budget is cut by a tenth")
    assert ministry.refused("bolat", "POST", f"{path}/counters", value=cut, headers=ministry.etag())[0] == 403
    ministry.ask("dina", "POST", f"{path}/counters", status=201, value=cut, headers=ministry.etag())
    beside = ministry.ask("aizhan", "GET", f"{path}/counters/p1", status=200)
    assert beside["counter"]["scenario"] == "tenth-less"
    ministry.ask("dina", "POST", f"{path}/comments", status=201, value=NewComment("Why so early?"))
    ministry.step("dina", "return", "A tenth less, see p1")


def answered(ministry: Ministry) -> None:
    """The department answers, takes the counter-proposal over, and sends it round again."""
    path = f"/dossiers/{ministry.id}"
    ministry.step("aizhan", "resubmit", status=409)  # what Finance asked is not answered yet
    ministry.ask("aizhan", "POST", f"{path}/answers", status=201, value=NewAnswer("c1", "The treaty asks for it."))
    taken = f"{path}/counters/p1/adoption?reason=Agreed"
    assert ministry.refused("aizhan", "POST", taken) == (428, "precondition-needed")
    made = ministry.ask("aizhan", "POST", taken, status=201, headers=ministry.etag())
    assert [v["counter"] for v in made["dossier"]["versions"]] == ["", "p1"]
    apart = ministry.ask("erlan", "GET", f"{path}/versions/difference?before=1&after=2", status=200)
    assert apart
    for who, step in (("aizhan", "resubmit"), ("bolat", "endorse"), ("dina", "agree"), ("bolat", "present")):
        ministry.step(who, step)


def announced(ministry: Ministry) -> None:
    """The government approves; only then is it announced, and once more where a word was wrong."""
    path = f"/dossiers/{ministry.id}"
    ministry.step("bolat", "announce", status=409)
    assert (
        ministry.refused("dina", "POST", f"{path}/steps", value=NewStep("approve"), headers=ministry.etag())[0] == 403
    )
    ministry.step("erlan", "approve")
    ministry.step("bolat", "announce")
    first = ministry.ask("farida", "GET", f"{path}/statement", status=200)
    wrong = Correction("One name was misspelt.")
    ministry.ask("bolat", "POST", f"{path}/corrections", status=201, value=wrong, headers=ministry.etag())
    assert ministry.ask("farida", "GET", f"{path}/statement", status=200)["number"] == first["number"] + 1
    assert len(ministry.ask("farida", "GET", f"/statements?case={ministry.case}", status=200)) == 2


def slipped(ministry: Ministry) -> None:
    """Two measures are decided late; the forecast says so, and a replan keeps what is under way."""
    path = f"/dossiers/{ministry.id}"
    plan = ministry.ask("aizhan", "GET", f"{path}/papers", status=200)["plan"]
    openings = [m for m in plan["measures"] if m["kind"] == "establish"][:2]
    assert len(openings) == 2
    on = date(min(m["year"] for m in openings), 10, 1)
    for measure in openings:
        event = Event(measure["site"], EventKind.DECISION, on - timedelta(days=3), source="Decree 7")
        ministry.ask("aizhan", "POST", f"/cases/{ministry.case}/events", status=201, value=event)
    tracked = ministry.ask("farida", "GET", f"{path}/delivery?on={on}", status=200)
    lines = {line["measure"]["site"]: line for line in tracked["lines"]}
    late = [m for m in openings if lines[m["site"]]["effect"]["expected"] > f"{m['year']}-12-31"]
    assert len(late) >= 1
    assert {lines[m["site"]]["state"] for m in openings} == {"under-way"}
    found = ministry.ask("aizhan", "POST", f"{path}/delivery/replan?on={on}", status=200)
    assert {m["site"] for m in openings} <= {kept["site"] for kept in found["kept"]}
    assert ministry.refused("farida", "POST", f"{path}/delivery/replan?on={on}") == (403, "forbidden")


def proven(ministry: Ministry, database: tuple[str, str]) -> None:
    """The history names everybody; the chain holds, until a row is edited behind its back, and then says where."""
    told = ministry.ask("farida", "GET", f"/revisions?case={ministry.case}&limit=1000", status=200)
    assert {r["actor"] for r in told} == {"aizhan", "dina", "bolat", "erlan"}
    assert [r["number"] for r in told] == sorted({r["number"] for r in told})
    assert ministry.refused("aizhan", "GET", "/verification") == (403, "forbidden")
    assert ministry.ask("farida", "GET", "/verification", status=200)["broken"] is None
    tamper(*database)
    broken = ministry.ask("farida", "GET", "/verification", status=200)["broken"]
    step = next(r for r in told if "return" in r["reason"])
    assert broken["revision"] == step["number"]


def tamper(kind: str, where: str) -> None:
    """Let Finance have returned the dossier for another reason."""
    edit = "update records set body = replace(body, 'A tenth less, see p1', 'A fifth less, see p1')"
    if kind == "sqlite":
        with sqlite3.connect(where) as database:
            database.execute("drop trigger keep_records_edit")
            database.execute(edit)
        database.close()
        return
    import psycopg

    with psycopg.connect(where, autocommit=True) as connection:
        connection.execute("drop trigger keep_records on records")
        connection.execute(edit)
