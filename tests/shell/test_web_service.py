"""The service around its routes: headers of security, ids, health, numbers, what breaks, and both databases."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from visitors import Door, problem

from legation.review.access import Permission
from legation.review.people import Role
from legation.settings import Settings
from legation.web.observing import SECURITY, is_loopback


@pytest.mark.parametrize("path", ["/health", "/cases", "/nowhere", "/openapi.json"])
def test_every_answer_is_safe_to_show(door: Door, path: str) -> None:
    """A page of ours runs nothing, is framed by nobody, and is kept by no one on the way."""
    answer = door.stranger().get(path)
    assert {name: answer.headers.get(name) for name in SECURITY} == SECURITY
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "server" not in answer.headers


def test_each_request_has_an_id_of_its_own(door: Door) -> None:
    """One that a visitor could not choose, so that the log cannot be misled."""
    stranger = door.stranger()
    ids = [stranger.get("/health", headers={"X-Request-Id": "mine"}).headers["x-request-id"] for _ in range(3)]
    assert len(set(ids)) == 3
    assert all(re.fullmatch("[0-9a-f]{16}", id_) for id_ in ids)


def test_health_and_readiness(door: Door) -> None:
    """It lives without its registry, but is not ready then."""
    stranger = door.stranger()
    assert stranger.get("/health").json()["status"] == "alive"
    assert stranger.get("/ready").json()["status"] == "ready"
    with door.room.accounts.engine.begin() as connection:
        connection.exec_driver_sql("drop table accounts")
    assert stranger.get("/health").status_code == 200
    assert problem(stranger.get("/ready")) == (503, "unavailable")


def test_numbers_are_for_this_machine_and_for_who_knows_the_token(door: Door, tmp_path: Any) -> None:
    """And for administrators; behind a proxy nobody is taken for this machine."""
    here, there = door.stranger("127.0.0.1"), door.stranger()
    here.get("/cases")
    told = here.get("/metrics").text
    assert 'legation_requests_total{method="GET",route="/api/v1/cases",status="401"} 1.0' in told
    assert problem(there.get("/metrics")) == (401, "sign-in-needed")
    assert door.signed_in("root", Role.ADMINISTRATOR).get("/metrics").status_code == 200
    assert problem(door.signed_in("anna", Role.PLANNER).get("/metrics")) == (403, "forbidden")
    proxied = Door(Settings(registry=str(tmp_path / "p.db"), behind_tls=True, metrics_token="prometheus"))
    assert problem(proxied.stranger("127.0.0.1").get("/metrics")) == (401, "sign-in-needed")
    bearer = {"Authorization": "Bearer prometheus"}
    assert proxied.stranger().get("/metrics", headers=bearer).status_code == 200
    assert problem(proxied.stranger().get("/metrics", headers={"Authorization": "Bearer x"})) == (401, "sign-in-needed")
    proxied.close()


def test_strange_methods_do_not_fill_the_numbers(door: Door) -> None:
    """A visitor may send any word as a method."""
    here = door.stranger("127.0.0.1")
    for word in ("FROB", "GLORP"):
        assert problem(here.send(word, "/cases")) == (405, "method-not-allowed")
    told = here.get("/metrics").text
    assert "FROB" not in told
    assert 'method="other"' in told


def test_what_breaks_is_told_without_its_inside(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log says what it was, under the id that the visitor is told."""
    from legation.desk import registry

    def break_down(*_args: object, **_named: object) -> None:
        raise RuntimeError("a secret of ours")

    monkeypatch.setattr(registry, "listed", break_down)
    answer = door.signed_in("anna", Role.READER).get("/cases")
    assert problem(answer) == (500, "broken")
    assert "secret" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_wrong_method_is_told_all_that_are_right(door: Door) -> None:
    """Those of every route at the address, not of the first."""
    assert door.stranger().send("PATCH", "/accounts").headers["allow"] == "GET, POST"


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("192.0.2.1", False),
        ("0.0.0.0", False),
        ("::", False),
        ("", False),
    ],
)
def test_what_is_of_this_machine(address: str, loopback: bool) -> None:
    """By its address alone."""
    assert is_loopback(address) is loopback


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_it_serves_from_both_databases(kind: str, make_database: Callable[[str], str]) -> None:
    """Sign in, write, read, be refused, verify: on each."""
    door = Door(Settings(registry=make_database(kind)))
    assert door.with_case() == '"2"'
    anna = door.stranger()
    door.account("anna", Role.AUDITOR)
    assert problem(anna.sign_in("anna\x00", "x")) == (401, "sign-in-failed")
    assert anna.sign_in("anna", "four words or more").status_code == 201
    assert anna.get("/cases/ruritania").headers["etag"] == '"2"'
    assert anna.get("/verification").json()["broken"] is None
    assert [r["number"] for r in anna.get("/revisions?case=ruritania").json()] == [2]
    program = door.program("anna", scopes=[Permission.VERIFY])
    assert program.get("/backup").status_code == 200
    door.close()
