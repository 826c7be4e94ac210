"""Visitors of the web door, for the tests: an app on a new registry, and browsers and programs that use it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from argon2 import PasswordHasher

from legation import codec
from legation.chancery.people import put_person
from legation.review.access import Permission
from legation.review.people import Person, Role
from legation.settings import Settings
from legation.sources import read_case
from legation.store import Store
from legation.store.accounts import Account, Session, Token
from legation.web.app import create_app

API = "/api/v1"
JSON = "application/json"
RURITANIA = read_case("ruritania")[0]


class Door:
    """An app, and the loop that its visitors take turns in."""

    def __init__(self, settings: Settings, transport: object = None) -> None:
        """Make the registry and the app; passwords are hashed as weakly as can be, to save time."""
        Store(settings.registry, create=True).close()
        self.runner = asyncio.Runner()
        self.app = create_app(settings, transport=transport)
        self.room = self.app.state.room
        self.room.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

    def close(self) -> None:
        """Let go of the registry and of the loop."""
        self.room.close()
        self.runner.close()

    def stranger(self, address: str = "192.0.2.7") -> "Visitor":
        """Return somebody who has not signed in."""
        return Visitor(self, address)

    def account(self, name: str, *roles: Role, password: str = "four words or more") -> Account:
        """Add an account, and its person with their roles to the record, or return it."""
        made = Account(name, name)
        if self.room.accounts.get(name) is None:
            if roles:
                put_person(self.room.store, "root", Person(name, roles), datetime.now(UTC))
            self.room.accounts.add(made, self.room.hasher.hash(password), datetime.now(UTC))
        return made

    def signed_in(self, name: str, *roles: Role) -> "Visitor":
        """Return somebody with a session."""
        self.account(name, *roles)
        now, secret = datetime.now(UTC), f"secret-of-{name}"
        if self.room.accounts.session(secret) is None:
            session = Session(name, f"csrf-of-{name}", now, now, now + timedelta(hours=1))
            self.room.accounts.open_session(secret, session)
        visitor = self.stranger()
        visitor.client.cookies.set(self.room.cookie, secret)
        visitor.headers["X-CSRF-Token"] = f"csrf-of-{name}"
        return visitor

    def program(self, name: str, *roles: Role, scopes: Sequence[Permission]) -> "Visitor":
        """Return a program that has a token of somebody."""
        self.account(name, *roles)
        now, number = datetime.now(UTC), len(self.room.accounts.tokens_of(name))
        secret = f"legation_{name}_{number}"
        token = Token(f"{number:016x}", name, "test", tuple(scopes), now, now + timedelta(days=1))
        self.room.accounts.add_token(secret, token)
        visitor = self.stranger()
        visitor.headers["Authorization"] = f"Bearer {secret}"
        return visitor

    def with_case(self, name: str = "ruritania") -> str:
        """Put the example on record under a name, and return its ETag."""
        editor = self.signed_in("editor", Role.PLANNER)
        answer = editor.put(
            f"/cases/{name}?reason=test", value=replace(RURITANIA, name=name), headers={"If-None-Match": "*"}
        )
        assert answer.status_code == 201, answer.text
        return str(answer.headers["etag"])


class Visitor:
    """A browser or a program, at an address."""

    def __init__(self, door: Door, address: str) -> None:
        """Stand before the door."""
        self.door = door
        self.headers: dict[str, str] = {}
        transport = httpx.ASGITransport(door.app, client=(address, 50000), raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://testserver")

    def send(self, method: str, path: str, *, value: object = None, **options: Any) -> httpx.Response:
        """Send a request; value: one of ours, for the body."""
        if value is not None:
            options["content"] = codec.dump(value)
            options["headers"] = {"Content-Type": JSON, **options.get("headers", {})}
        options["headers"] = {**self.headers, **options.get("headers", {})}
        where = path if path in ("/health", "/ready", "/metrics", "/nowhere") else f"{API}{path}"
        return self.door.runner.run(self.client.request(method, where, **options))

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Read."""
        return self.send("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        """Make."""
        return self.send("POST", path, **options)

    def put(self, path: str, **options: Any) -> httpx.Response:
        """Write."""
        return self.send("PUT", path, **options)

    def delete(self, path: str, **options: Any) -> httpx.Response:
        """Take away."""
        return self.send("DELETE", path, **options)

    def sign_in(self, name: str, password: str) -> httpx.Response:
        """Sign in, and keep what writes have to say."""
        answer = self.post("/session", json={"name": name, "password": password})
        if answer.status_code == 201:
            self.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return answer


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Return the status and the code of a problem; fail where the answer is none in the form of RFC 9457."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    said = answer.json()
    assert said["status"] == answer.status_code
    assert said["type"] == f"urn:legation:problem:{said['code']}"
    assert said["instance"] == answer.headers["x-request-id"]
    return answer.status_code, said["code"]
