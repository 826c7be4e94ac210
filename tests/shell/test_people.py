"""A person of the record and the accounts that name them: one thing seen from two sides, on both databases."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from visitors import Door, problem

from legation.chancery import people, reviewing
from legation.cli.main import main
from legation.errors import ForbiddenError
from legation.model.revisions import Put
from legation.review.people import Person, Role
from legation.settings import Settings
from legation.store import Store, migrating
from legation.store.accounts import Account, Accounts
from legation.web import serving

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PASSWORD = "four words or more"


def told(answer: object) -> list[tuple[str, str, list[str]]]:
    return [(a["name"], a["person"], a["roles"]) for a in answer.json()]  # type: ignore[attr-defined]


# The tables


def test_roles_that_accounts_had_go_on_record(where: str) -> None:
    """As one revision that the chain covers; who is on record keeps the roles said there; and all the way back."""
    with Store(where, create=True) as store:
        store.commit([Put("person", "Bolat", Person("Bolat", (Role.HEAD,)))], actor="a", reason="r", at=NOON)
        with store._writing() as connection:
            migrating.downgrade(connection, "0003")
            for name, roles in (("aizhan", ["planner", "auditor"]), ("bolat", ["administrator"]), ("nobody", [])):
                row = {"name": name, "roles": json.dumps(roles), "no": False, "at": "2026"}
                columns = "name, roles, disabled, must_change, failures, created"
                values = ":name, :roles, :no, :no, 0, :at"
                connection.execute(text(f"insert into accounts ({columns}) values ({values})"), row)
        Store.migrate(where)
        named = {a.name: a.person for a in Accounts(store.engine).all()}
        assert named == {"aizhan": "aizhan", "bolat": "Bolat", "nobody": "nobody"}
        assert [*store.all("person").values()] == [
            Person("Bolat", (Role.HEAD,)),
            Person("aizhan", (Role.PLANNER, Role.AUDITOR)),
        ]
        assert store.head
        assert (store.head.number, store.head.actor, store.verify()) == (2, "legation", None)
        with store._writing() as connection:
            migrating.downgrade(connection, "0003")
            back = {n: json.loads(r) for n, r in connection.execute(text("select name, roles from accounts"))}
            migrating.upgrade(connection)
        assert back == {"aizhan": ["planner", "auditor"], "bolat": ["head"], "nobody": []}
        assert store.head.number == 2, "there was nobody to add"
        assert store.verify() is None


def test_an_empty_registry_is_migrated_without_a_revision(where: str) -> None:
    """There is nothing to put on record."""
    with Store(where, create=True) as store:
        with store._writing() as connection:
            migrating.downgrade(connection, "0002")
        Store.migrate(where)
        assert store.head is None


# Two sides


def test_what_one_side_says_the_other_does(door: Door) -> None:
    """Roles given over HTTP are on record, those given on record hold for the next request."""
    root = door.signed_in("root", Role.ADMINISTRATOR)
    made = root.post("/accounts", json={"name": "a.k", "person": "aizhan", "roles": ["planner"]})
    assert (made.status_code, made.json()["account"]["person"]) == (201, "aizhan")
    store = door.room.store
    assert store.get("person", "aizhan") == Person("aizhan", (Role.PLANNER,))
    assert store.head
    assert (store.head.actor, store.head.reason) == ("root", "Roles of aizhan: planner")
    anna = door.signed_in("a.k")
    door.room.accounts.save(Account("a.k", "aizhan"))
    assert anna.get("/session").json()["roles"] == ["planner"]
    assert (anna.get("/session").json()["name"], anna.get("/session").json()["person"]) == ("a.k", "aizhan")
    people.add_person(store, "root", "aizhan", (Role.AUDITOR,), NOON)
    assert anna.get("/verification").status_code == 200
    assert told(root.get("/accounts")) == [("a.k", "aizhan", ["auditor"]), ("root", "root", ["administrator"])]
    assert [p["name"] for p in root.get("/people").json()] == ["aizhan", "root"]
    people.remove_person(store, "root", "aizhan", NOON)
    assert problem(anna.get("/cases")) == (403, "forbidden")
    assert anna.get("/session").json()["permissions"] == []
    assert problem(root.post("/accounts", json={"name": "second", "person": "aizhan"})) == (422, "invalid")
    assert [a.name for a in door.room.accounts.all()] == ["a.k", "root"]


def test_nobody_changes_their_own_roles_by_another_account(door: Door) -> None:
    """It is the person who may not, whatever they entered by."""
    door.signed_in("root", Role.ADMINISTRATOR)
    now = datetime.now(UTC)
    door.room.accounts.add(Account("spare", "root"), door.room.hasher.hash(PASSWORD), now)
    spare = door.signed_in("spare")
    for name in ("root", "spare"):
        body = {"roles": ["administrator", "head"]}
        assert problem(spare.put(f"/accounts/{name}", json=body)) == (403, "forbidden")
    made = {"name": "third", "person": "root", "roles": ["administrator", "head"]}
    assert problem(spare.post("/accounts", json=made)) == (403, "forbidden")
    assert door.room.store.get("person", "root") == Person("root", (Role.ADMINISTRATOR,))


def test_nobody_approves_their_own_from_either_side(door: Door) -> None:
    """A dossier opened at the command line is not endorsed by its author over HTTP, nor the other way round."""
    door.with_case()
    store = door.room.store
    roles = (Role.PLANNER, Role.HEAD)
    for name in ("aizhan", "bolat"):
        people.put_person(store, "root", Person(name, roles), NOON)
        door.room.accounts.add(Account(f"{name}@mfa", name), None, NOON)
    aizhan = people.acting(store, "aizhan")
    filed = reviewing.open_dossier(store, aizhan, "ruritania", "New embassies", NOON)
    id_ = filed.dossier.id
    reviewing.take_step(store, aizhan, id_, "submit", NOON)
    step, her, him = {"step": "endorse"}, door.signed_in("aizhan@mfa"), door.signed_in("bolat@mfa")
    held = {"If-Match": her.get(f"/dossiers/{id_}").headers["etag"]}
    assert problem(her.post(f"/dossiers/{id_}/steps", json=step, headers=held)) == (403, "forbidden")
    with pytest.raises(ForbiddenError):
        reviewing.take_step(store, aizhan, id_, "endorse", NOON)
    assert him.post(f"/dossiers/{id_}/steps", json=step, headers=held).status_code == 201
    assert store.head
    assert store.head.actor == "bolat"


# The first day, and the verbs


def test_the_first_start_lets_in_who_administers_the_record(tmp_path: Path) -> None:
    """Nobody is put on record beside them."""
    where = str(tmp_path / "x.db")
    with Store(where, create=True) as store:
        people.add_person(store, "aizhan", "aizhan", (Role.ADMINISTRATOR,), NOON)
    app, first = serving.prepared(Settings(registry=where))
    assert first.name == "aizhan"
    assert app.state.room.accounts.get("aizhan") == Account("aizhan", "aizhan", must_change=True)
    assert app.state.room.store.head.number == 1
    app.state.room.close()


def test_who_is_on_record_is_let_in_by_a_verb(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And is then seen with the account; a disabled one is not told."""
    where = str(tmp_path / "x.db")
    with Store(where, create=True) as store:
        people.add_person(store, "aizhan", "aizhan", (Role.ADMINISTRATOR,), NOON)
        Accounts(store.engine).add(Account("old", "aizhan", disabled=True), None, NOON)
    with pytest.raises(SystemExit):
        main(["password", "aizhan", "--registry", where, "--json"])
    given = json.loads(capsys.readouterr().out)["password"]
    with pytest.raises(SystemExit):
        main(["people", "list", "--registry", where, "--json"])
    assert json.loads(capsys.readouterr().out) == [
        {"name": "aizhan", "roles": ["administrator"], "accounts": ["aizhan"]}
    ]
    door = Door(Settings(registry=where))
    assert door.stranger().sign_in("aizhan", given).json()["roles"] == ["administrator"]
    door.close()
