"""Every route says what it takes, and lets nobody else through: each role, each route, by enumeration."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import APIRouter
from jsonschema import Draft202012Validator
from visitors import Door, problem

from legation.chancery import working
from legation.model import Form
from legation.review.access import PERMISSIONS, Permission
from legation.review.people import Person, Role
from legation.store.jobs import State
from legation.web.access import PUBLIC, Entry, GuardedRoute, permission, routes
from legation.web.describing import described, guarded, named

API = "/api/v1"
FILLED = {"revision": "1", "id": "5f0c1a0e5f0c1a0e"}
ACCOUNT_ROUTES = {"POST /session/password", "POST /tokens", "DELETE /tokens/{id}", "DELETE /session"}


def operations(door: Door) -> Iterator[tuple[str, GuardedRoute]]:
    """Go through every method of every route."""
    for route in guarded(door.app):
        for method in sorted(route.methods or ()):
            yield method, route


def filled(route: GuardedRoute) -> str:
    """Write the address of a route, with something in its places."""
    return re.sub(r"{(\w+)}", lambda m: FILLED.get(m[1], "nothing"), route.path).removeprefix(API)


def test_there_are_routes_to_enumerate(door: Door) -> None:
    """So that none of the tests below passes for want of them; every permission in use is asked of some route."""
    asked = {route.needed for _method, route in operations(door)}
    assert len(list(operations(door))) >= 30
    assert asked == {*Permission, *Entry}


def test_what_is_open_to_anybody_is_a_short_list(door: Door) -> None:
    """A route that joins it is to be noticed."""
    public = {f"{method} {route.path}" for method, route in operations(door) if route.needed is Entry.PUBLIC}
    assert public == PUBLIC_ROUTES


PUBLIC_ROUTES = {
    *("GET /health", "GET /ready", f"GET {API}/openapi.json", f"POST {API}/session"),
    *(f"GET {API}/session/oidc", f"GET {API}/session/oidc/return"),
}


@pytest.mark.parametrize("role", Role)
def test_a_role_passes_where_its_permissions_say(door: Door, role: Role) -> None:
    """And nowhere else; what lies behind may refuse for other reasons, as there is nothing of that name."""
    visitor = door.signed_in("somebody", role)
    wrong = []
    for method, route in operations(door):
        if not isinstance(route.needed, Permission):
            continue
        answer = visitor.send(method, filled(route))
        refused = answer.status_code == 403
        if refused == (route.needed in PERMISSIONS[role]):
            wrong.append(f"{method} {route.path}: {answer.status_code}")
    assert wrong == []


def test_nobody_passes_without_signing_in(door: Door) -> None:
    """But where it is open to anybody."""
    stranger = door.stranger()
    told = {f"{m} {r.path}": stranger.send(m, filled(r)) for m, r in operations(door) if r.needed is not Entry.PUBLIC}
    assert {path for path, answer in told.items() if problem(answer) != (401, "sign-in-needed")} == set()


def test_every_write_by_a_session_takes_what_it_told(door: Door) -> None:
    """Without X-CSRF-Token nothing is written."""
    visitor = door.signed_in("all", *Role)
    del visitor.headers["X-CSRF-Token"]
    writes = [(m, r) for m, r in operations(door) if m != "GET" and r.needed is not Entry.PUBLIC]
    assert len(writes) >= 8
    assert {r.path for m, r in writes if problem(visitor.send(m, filled(r))) != (403, "csrf")} == set()


@pytest.mark.parametrize("scope", Permission)
def test_a_token_passes_where_its_scope_says(door: Door, scope: Permission) -> None:
    """Whatever else its account may."""
    program = door.program("all", *Role, scopes=[scope])
    wrong = []
    for method, route in operations(door):
        if isinstance(route.needed, Permission):
            refused = program.send(method, filled(route)).status_code == 403
            if refused == (route.needed is scope):
                wrong.append(f"{method} {route.path}")
    assert wrong == []


# A route that says nothing is not made


def test_a_route_without_a_permission_cannot_be_made() -> None:
    """Nor one with two; so it fails when the module is imported."""
    group = routes("test")
    with pytest.raises(TypeError, match="declares nothing"):
        group.get("/open")(lambda: "")
    with pytest.raises(TypeError, match="declares read, verify"):

        @group.get("/two")
        def two(
            _one: Annotated[Person, permission(Permission.READ)],
            _other: Annotated[Person, permission(Permission.VERIFY)],
        ) -> str:
            return ""


def test_a_route_of_another_kind_is_found(door: Door) -> None:
    """One that went around the guarded kind does not stay unnoticed."""
    other = APIRouter()
    other.get("/elsewhere", dependencies=[PUBLIC])(lambda: "")
    door.app.router.routes.extend(other.routes)
    with pytest.raises(TypeError, match="declares no permission"):
        guarded(door.app)


# The description


def test_every_route_is_described_with_an_example(door: Door) -> None:
    """Of what it reads and of what it answers; each example is one by its schema."""
    made = described(door.app)
    assert made["openapi"] == "3.1.0"
    count = 0
    for path, item in made["paths"].items():
        for method, operation in item.items():
            where = f"{method} {path}"
            assert operation["summary"], where
            assert operation["x-permission"], where
            shapes = list(_contents(operation))
            assert shapes, where
            for shape in shapes:
                assert "example" in shape, where
                whole = {**shape["schema"], "components": made["components"]}
                if shape["schema"].get("format") != "binary":
                    Draft202012Validator(whole).validate(shape["example"])
                count += 1
    assert count > 60
    assert "HTTPValidationError" not in str(made)


def _contents(operation: dict[str, object]) -> Iterator[dict[str, object]]:
    for part in (operation.get("requestBody", {}), *operation["responses"].values()):  # type: ignore[attr-defined]
        yield from part.get("content", {}).values()


def test_one_name_is_of_one_class(door: Door) -> None:
    """By its module where others share it, and never by a long path; two that cannot be told apart are refused."""
    parts = described(door.app)["components"]["schemas"]
    assert not [name for name in parts if "__" in name]
    assert parts["JobsState"]["enum"] == [*State]
    assert "code" in parts["StatesState"]["properties"]
    assert parts["Form"]["enum"] == [*Form]
    assert parts["PlanJob"]["properties"]["state"] == {"$ref": "#/components/schemas/JobsState"}
    ours = {"__module__": "one.place"}
    assert named([State, Form]) == {State: "State", Form: "Form"}
    assert set(named([State, type("State", (), dict(ours))]).values()) == {"JobsState", "PlaceState"}
    with pytest.raises(TypeError, match="Several classes are called PlaceState"):
        named([type("State", (), dict(ours)), type("State", (), {"__module__": "another.place"})])


def test_what_jobs_ask_and_tell_is_described_by_their_kind(door: Door) -> None:
    """Nothing is an object of anything; the description of a kind refuses what another tells."""
    made = described(door.app)
    parts = made["components"]["schemas"]
    assert parts["Job"]["discriminator"]["mapping"].keys() == working.KINDS.keys()
    assert len(parts["Job"]["oneOf"]) == len(working.KINDS)
    assert not list(_loose(parts, ""))
    shown = made["paths"]["/api/v1/jobs/{id}"]["get"]["responses"]["200"]["content"]["application/json"]["example"]
    assert shown["result"]["plan"]["measures"]
    valid = Draft202012Validator({"$ref": "#/components/schemas/Job", "components": made["components"]})
    assert valid.is_valid(shown)
    assert valid.is_valid(shown | {"result": None})
    for wrong in ({"kind": "why"}, {"kind": "nothing"}, {"result": {"plan": {}}}, {"arguments": {"seeds": 1}}):
        assert not valid.is_valid(shown | wrong), wrong


def _loose(part: object, where: str) -> Iterator[str]:
    """Go through the objects of which nothing is said."""
    if isinstance(part, list):
        part = dict(enumerate(part))
    if isinstance(part, dict):
        if part.get("type") == "object" and "properties" not in part and part.get("additionalProperties", True) is True:
            yield where
        for key, inner in part.items():
            yield from _loose(inner, f"{where}/{key}")


def test_every_reference_of_the_description_leads_somewhere(door: Door) -> None:
    """And every component is referred to by something."""
    made = described(door.app)
    named = set(re.findall(r"#/components/schemas/(\w+)", str(made)))
    assert named == set(made["components"]["schemas"])


def test_the_description_is_served(door: Door) -> None:
    """To anybody: it tells nothing that the documentation does not."""
    assert door.stranger().get("/openapi.json").json() == described(door.app)


# What the command line can do


def test_every_verb_has_its_address_or_none(door: Door) -> None:
    """The page names all verbs, and the addresses that do the same, all of which there are, or why there is none."""
    import typer

    from legation.cli.main import door as command_line

    page = (Path(__file__).parents[2] / "docs/reference/api.md").read_text(encoding="utf-8")
    section = page.partition("## From a verb to its address")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| `([a-z -]+)` \| (.*) \|$", section, re.MULTILINE))
    groups: dict[str, Any] = typer.main.get_command(command_line()).commands  # type: ignore[attr-defined]
    verbs = {f"{v} {w}" if w else v for v, c in groups.items() for w in getattr(c, "commands", {"": None})}
    assert set(rows) == verbs
    served = {f"{method} {route.path.removeprefix(API)}" for method, route in operations(door)}
    named = {verb: set(re.findall(r"`([A-Z]+ /[^`]*)`", said)) for verb, said in rows.items()}
    assert {address for said in named.values() for address in said} <= served
    assert [v for v, said in rows.items() if not named[v] and "command line only" not in said] == ["jobs ask"]
