"""Who may enter: sessions, lock-out, limits, forged requests, tokens, accounts, and the first start."""

import asyncio
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from visitors import Door, Visitor, problem

from legation.chancery.people import remove_person
from legation.errors import InvalidError, RefusedError
from legation.review.access import Permission
from legation.review.people import Person, Role
from legation.settings import Settings, settings_of
from legation.store.accounts import Session
from legation.web import observing, serving

PASSWORD = "four words or more"


def outcomes(door: Door) -> list[str]:
    """List how attempts to enter ended."""
    return [entry.outcome for entry in door.room.accounts.sign_ins()]


# Sessions


def test_somebody_signs_in_reads_and_signs_out(door: Door) -> None:
    """The cookie is for the browser alone, and worth nothing once the session has ended."""
    door.account("anna", Role.PLANNER)
    anna = door.stranger()
    assert problem(anna.get("/cases")) == (401, "sign-in-needed")
    answer = anna.sign_in("anna", PASSWORD)
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert answer.json()["permissions"][:2] == ["read", "read-review"]
    assert anna.get("/cases").json() == []
    assert anna.get("/session").json()["name"] == "anna"
    held = dict(anna.client.cookies)
    assert anna.delete("/session").status_code == 204
    anna.client.cookies.update(held)
    assert problem(anna.get("/cases")) == (401, "sign-in-needed")


def test_behind_tls_cookies_and_addresses_are_strict(tmp_path: Path) -> None:
    """The cookie goes over HTTPS alone and cannot be set by another host."""
    door = Door(Settings(registry=str(tmp_path / "x.db"), behind_tls=True))
    door.account("anna", Role.READER)
    answer = door.stranger().sign_in("anna", PASSWORD)
    door.close()
    assert answer.headers["set-cookie"].startswith("__Host-legation=")
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")


@pytest.mark.parametrize("idle", [True, False])
def test_a_session_ends(door: Door, idle: bool) -> None:
    """When it has been idle for too long, and when its time is over."""
    door.account("anna", Role.READER)
    now, hour = datetime.now(UTC), timedelta(hours=1)
    seen, expires = (now - 2 * hour, now + hour) if idle else (now, now - timedelta(seconds=1))
    door.room.accounts.open_session("late", Session("anna", "csrf", now - 2 * hour, seen, expires))
    anna = door.stranger()
    anna.client.cookies.set("legation", "late")
    assert problem(anna.get("/cases")) == (401, "sign-in-needed")


def test_a_forged_request_is_refused(door: Door) -> None:
    """Another page may send the cookie, but not what the session told; and no form can send JSON."""
    anna = door.signed_in("anna", Role.PLANNER)
    right = anna.headers.pop("X-CSRF-Token")
    for said in ({}, {"X-CSRF-Token": "wrong"}):
        assert problem(anna.delete("/session", headers=said)) == (403, "csrf")
    assert anna.get("/session").status_code == 200
    form = anna.post("/session", content='{"name": "anna", "password": "x"}', headers={"Content-Type": "text/plain"})
    assert problem(form) == (415, "unsupported-media")
    assert anna.delete("/session", headers={"X-CSRF-Token": right}).status_code == 204


# Wrong passwords


def test_wrong_passwords_lock_the_account(door: Door) -> None:
    """The answer is the same whatever was wrong; the record says what it was."""
    door.account("anna", Role.READER)
    stranger = door.stranger()
    wrong = [stranger.sign_in("anna", f"guess {n}") for n in range(5)]
    locked = stranger.sign_in("anna", PASSWORD)
    nobody = stranger.sign_in("nobody", PASSWORD)
    told = {(answer.status_code, answer.json()["detail"]) for answer in (*wrong, locked, nobody)}
    assert len(told) == 1
    assert problem(locked) == (401, "sign-in-failed")
    assert outcomes(door) == [*["wrong password"] * 4, "wrong password, locked", "locked", "no such account"]


def test_a_lock_opens_with_time(door: Door) -> None:
    """And a right password then forgets the wrong ones."""
    door.account("anna", Role.READER)
    door.room.accounts.fail("anna", lock_after=1, lock_until=datetime.now(UTC) - timedelta(seconds=1))
    assert door.stranger().sign_in("anna", PASSWORD).status_code == 201


def test_sign_ins_are_limited_by_address_and_by_account(door: Door) -> None:
    """Sixty a minute from one address, whoever is tried; and ten for one account, from wherever."""
    one = door.stranger("192.0.2.1")
    assert [one.sign_in(f"name {n}", "x").status_code for n in range(61)] == [401] * 60 + [429]
    last = [door.stranger(f"192.0.2.{n}").sign_in("anna", "x") for n in range(2, 13)][-1]
    assert problem(last) == (429, "too-many-requests")
    assert last.headers["retry-after"] == "60"


def test_requests_are_limited_by_address(tmp_path: Path) -> None:
    """But for what machines ask every few seconds."""
    door = Door(Settings(registry=str(tmp_path / "x.db"), request_rate="3/minute"))
    one, other = door.stranger("192.0.2.1"), door.stranger("192.0.2.2")
    told = [one.get("/session") for _ in range(4)]
    assert [answer.status_code for answer in told] == [401] * 3 + [429]
    assert problem(told[-1]) == (429, "too-many-requests")
    assert one.get("/health").status_code == 200
    assert other.get("/session").status_code == 401
    door.close()


# Passwords


def test_a_given_password_has_to_be_changed_first(door: Door) -> None:
    """Until then there is nothing else to be done with it."""
    root = door.signed_in("root", Role.ADMINISTRATOR)
    given = root.post("/accounts", json={"name": "anna", "roles": ["reader"]}).json()["password"]
    anna = door.stranger()
    assert anna.sign_in("anna", given).json()["must_change"]
    assert problem(anna.get("/cases")) == (403, "password-to-change")
    changed = anna.post("/session/password", json={"old": given, "new": PASSWORD})
    assert not changed.json()["must_change"]
    assert anna.get("/cases").status_code == 200
    assert problem(door.stranger().sign_in("anna", given)) == (401, "sign-in-failed")
    assert door.stranger().sign_in("anna", PASSWORD).status_code == 201


@pytest.mark.parametrize("new", ["short", "x" * 201, "anna has a password", "abababababab", PASSWORD])
def test_weak_passwords_are_refused(door: Door, new: str) -> None:
    """Short, endless, telling the name, repeating a letter or two, or the old one."""
    anna = door.signed_in("anna", Role.READER)
    assert problem(anna.post("/session/password", json={"old": PASSWORD, "new": new})) == (422, "invalid")


def test_a_password_is_not_changed_without_the_old_one(door: Door) -> None:
    """An open session is not enough."""
    anna = door.signed_in("anna", Role.READER)
    answer = anna.post("/session/password", json={"old": "wrong", "new": "some other words"})
    assert problem(answer) == (401, "sign-in-failed")
    assert door.stranger().sign_in("anna", PASSWORD).status_code == 201


# Tokens


def made_token(anna: Visitor, **said: object) -> dict[str, object]:
    """Make a token."""
    answer = anna.post("/tokens", json={"title": "nightly", "scopes": ["read"], **said})
    assert answer.status_code == 201, answer.text
    made: dict[str, object] = answer.json()
    return made


def test_a_token_may_what_its_scopes_and_its_account_may(door: Door) -> None:
    """And no more; it needs no cookie and tells no CSRF token."""
    door.account("root", Role.ADMINISTRATOR)
    anna = door.signed_in("anna", Role.PLANNER)
    made = made_token(anna)
    program = door.stranger()
    program.headers["Authorization"] = f"Bearer {made['secret']}"
    assert program.get("/cases").status_code == 200
    assert problem(program.get("/revisions")) == (403, "forbidden")
    assert program.get("/session").json()["permissions"] == ["read"]
    remove_person(door.room.store, "root", "anna", datetime.now(UTC))
    assert problem(program.get("/cases")) == (403, "forbidden")


def test_a_token_ends_and_is_taken_away(door: Door) -> None:
    """By time, and by its owner alone."""
    anna, boris = door.signed_in("anna", Role.PLANNER), door.signed_in("boris", Role.PLANNER)
    made = made_token(anna, days=1)
    id_ = made["token"]["id"]  # type: ignore[index]
    assert problem(boris.delete(f"/tokens/{id_}")) == (404, "not-found")
    assert [t["id"] for t in anna.get("/tokens").json()] == [id_]
    assert anna.delete(f"/tokens/{id_}").status_code == 204
    program = door.stranger()
    program.headers["Authorization"] = f"Bearer {made['secret']}"
    assert problem(program.get("/cases")) == (401, "sign-in-needed")
    late = door.program("anna", Role.PLANNER, scopes=[Permission.READ])
    assert late.get("/cases").status_code == 200
    with door.room.accounts.engine.begin() as connection:
        connection.exec_driver_sql("update tokens set expires = '2020-01-01T00:00:00.000000+00:00'")
    assert problem(late.get("/cases")) == (401, "sign-in-needed")


def test_no_token_makes_tokens_or_changes_passwords(door: Door) -> None:
    """Whoever finds one does not get further with it."""
    program = door.program("anna", Role.PLANNER, scopes=list(Permission))
    assert problem(program.post("/tokens", json={"title": "x", "scopes": ["read"]})) == (403, "forbidden")
    assert problem(program.post("/session/password", json={"old": PASSWORD, "new": "y" * 20})) == (403, "forbidden")


@pytest.mark.parametrize(
    ("said", "status"),
    [({"scopes": ["administer"]}, 403), ({"scopes": []}, 403), ({"days": 0}, 422), ({"days": 367}, 422)],
)
def test_tokens_that_go_too_far_are_refused(door: Door, said: dict[str, object], status: int) -> None:
    """Beyond what the account may, for nothing, or without end."""
    anna = door.signed_in("anna", Role.PLANNER)
    answer = anna.post("/tokens", json={"title": "x", "scopes": ["read"], **said})
    assert answer.status_code == status


def test_a_secret_is_told_once_even_with_a_key(door: Door) -> None:
    """An answer that tells a secret is not kept, so a key is refused."""
    anna = door.signed_in("anna", Role.PLANNER)
    said = {"title": "x", "scopes": ["read"]}
    assert problem(anna.post("/tokens", json=said, headers={"Idempotency-Key": "k"})) == (400, "usage")


# Accounts


def test_an_administrator_gives_roles_and_takes_them(door: Door) -> None:
    """Disabling puts out at once; nobody changes their own; all is on the record of sign-ins."""
    root, anna = door.signed_in("root", Role.ADMINISTRATOR), door.signed_in("anna", Role.READER)
    assert problem(root.put("/accounts/root", json={"roles": ["planner"]})) == (403, "forbidden")
    changed = root.put("/accounts/anna", json={"roles": ["auditor", "reader"]})
    assert changed.json()["roles"] == ["auditor", "reader"]
    assert anna.get("/verification").status_code == 200
    root.put("/accounts/anna", json={"roles": ["reader"], "disabled": True})
    assert problem(anna.get("/cases")) == (401, "sign-in-needed")
    assert problem(door.stranger().sign_in("anna", PASSWORD)) == (401, "sign-in-failed")
    assert outcomes(door) == ["changed by root: auditor, reader", "changed by root: disabled", "disabled"]
    assert [entry["outcome"] for entry in root.get("/sign-ins?after=1&limit=1").json()] == [outcomes(door)[1]]


def test_a_lost_password_is_replaced(door: Door) -> None:
    """The old one and its sessions are worth nothing from then on."""
    root, anna = door.signed_in("root", Role.ADMINISTRATOR), door.signed_in("anna", Role.READER)
    given = root.post("/accounts/anna/password").json()["password"]
    assert problem(anna.get("/cases")) == (401, "sign-in-needed")
    assert door.stranger().sign_in("anna", given).json()["must_change"]


@pytest.mark.parametrize("name", ["", "  ", "a/b", "a\nb", "x" * 201, "ANNA"])
def test_unusable_names_are_refused(door: Door, name: str) -> None:
    """And those that could be taken for another's."""
    root = door.signed_in("root", Role.ADMINISTRATOR)
    door.account("anna", Role.READER)
    assert root.post("/accounts", json={"name": name, "roles": ["reader"]}).status_code in (409, 422)


# The first start


def test_the_first_start_makes_one_administrator(tmp_path: Path) -> None:
    """With a password that works once; the second start makes nobody."""
    settings = Settings(registry=str(tmp_path / "new.db"))
    app, first = serving.prepared(settings)
    assert first.name == serving.FIRST
    assert len(first.password) >= 16
    account = app.state.room.accounts.get(serving.FIRST)
    assert app.state.room.person_of(account) == Person(serving.FIRST, (Role.ADMINISTRATOR,))
    assert account.must_change
    assert app.state.room.hasher.verify(app.state.room.accounts.password_of(serving.FIRST), first.password)
    assert "$argon2id$" in app.state.room.accounts.password_of(serving.FIRST)
    app.state.room.close()
    again, nothing = serving.prepared(settings)
    assert nothing == serving.First()
    assert again.state.room.accounts.count == 1
    again.state.room.close()


def test_who_has_the_registry_finds_a_way_back_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By a verb, which says on the record of sign-ins that it was used."""
    from legation.cli.main import main

    door = Door(Settings(registry=str(tmp_path / "x.db")))
    door.account("root", Role.ADMINISTRATOR)
    root = door.signed_in("root", Role.ADMINISTRATOR)
    with pytest.raises(SystemExit):
        main(["password", "root", "--registry", str(tmp_path / "x.db")])
    given = capsys.readouterr().out.split("one-time password ")[1].split()[0]
    assert problem(root.get("/cases")) == (401, "sign-in-needed")
    assert door.stranger().sign_in("root", given).json()["must_change"]
    assert outcomes(door) == ["password given from the command line", "entered"]
    with pytest.raises(SystemExit) as left:
        main(["password", "nobody", "--registry", str(tmp_path / "x.db")])
    assert left.value.code == 2
    door.close()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "legation.example.org"])
def test_it_does_not_listen_to_others_without_tls(host: str, tmp_path: Path) -> None:
    """Unless TLS is said to be in front; a loopback address is always fine."""
    settings = Settings(registry=str(tmp_path / "x.db"), host=host)
    with pytest.raises(RefusedError, match="unencrypted"):
        serving.prepared(settings)
    assert not (tmp_path / "x.db").exists()
    serving.refuse_open(Settings(host=host, behind_tls=True))
    for loopback in ("127.0.0.1", "::1", "localhost"):
        serving.refuse_open(Settings(host=loopback))


def test_settings_come_from_the_environment_and_from_files(tmp_path: Path) -> None:
    """What is given goes before, a secret may lie in a file, and every fault is told at once."""
    (tmp_path / "secret").write_text("s3cret\n", encoding="utf-8")
    environment = {"LEGATION_PORT": "9000", "LEGATION_BEHIND_TLS": "yes"}
    environment |= {"LEGATION_OIDC_CLIENT_SECRET_FILE": str(tmp_path / "secret")}
    read = settings_of(environment, host=None, registry="x.db")
    assert (read.port, read.behind_tls, read.registry, read.oidc_client_secret) == (9000, True, "x.db", "s3cret")
    with pytest.raises(InvalidError) as caught:
        settings_of({"LEGATION_PORT": "many", "LEGATION_BEHIND_TLS": "perhaps", "LEGATION_METRICS_TOKEN_FILE": "/no"})
    assert [f.subject for f in caught.value.findings] == [
        "LEGATION_PORT",
        "LEGATION_BEHIND_TLS",
        "LEGATION_METRICS_TOKEN",
    ]


def test_what_breaks_after_an_answer_was_begun_is_broken_off() -> None:
    """A second answer would be read as part of the first; the log and the numbers say that it broke."""
    log, sent = io.StringIO(), []
    observing.configure_logs("debug", log)

    async def breaks(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("half way")

    async def send(message: Any) -> None:
        sent.append(message["type"])

    app = observing.Observed(breaks, numbers=observing.Numbers(), behind_tls=False)
    with pytest.raises(RuntimeError, match="half way"):
        asyncio.run(app({"type": "http", "method": "GET", "path": "/", "headers": []}, None, send))  # type: ignore[arg-type]
    assert sent == ["http.response.start"]
    assert '"event": "broken"' in log.getvalue()
    assert '"status": 500' in log.getvalue()


def test_no_secret_is_logged(door: Door) -> None:
    """Neither passwords, nor cookies, nor tokens, nor what a query says; nor when something breaks."""
    log = io.StringIO()
    observing.configure_logs("debug", log)
    door.account("anna", Role.PLANNER)
    anna = door.stranger()
    anna.sign_in("anna", "wrong-but-close")
    anna.sign_in("anna", PASSWORD)
    secret = str(made_token(anna)["secret"])
    program = door.stranger()
    program.headers["Authorization"] = f"Bearer {secret}"
    program.get("/cases?after=quiet-word")
    program.post("/session/password", json={"old": PASSWORD, "new": "unheard-of words"})
    del door.app.state.numbers
    assert problem(door.stranger("127.0.0.1").get("/metrics", headers=program.headers)) == (500, "broken")
    written = log.getvalue()
    assert '"event": "request"' in written
    assert "AttributeError" in written
    kept = [PASSWORD, "wrong-but-close", secret, "quiet-word", "unheard-of", anna.headers["X-CSRF-Token"]]
    kept += list(dict(anna.client.cookies).values())
    assert [word for word in kept if word in written] == []
