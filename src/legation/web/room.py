"""The room of an app: its settings, the registry it opened, and who may enter; there is one for each app."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated, Any

from argon2 import PasswordHasher
from fastapi import Depends, Request
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from legation.chancery.people import PERSON
from legation.review.people import Person
from legation.settings import Settings
from legation.store import Store
from legation.store.accounts import Account, Accounts
from legation.web.problems import refusal


class Room:
    """What every handler may use."""

    def __init__(self, settings: Settings, store: Store) -> None:
        """Furnish the room: accounts are kept in the registry's database."""
        self.settings = settings
        self.store = store
        self.accounts = Accounts(store.engine)
        self.hasher = PasswordHasher()
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    @cached_property
    def decoy(self) -> str:
        """Return a hash that is checked where there is no account, so that the time tells nobody there is none."""
        return self.hasher.hash(secrets.token_urlsafe(16))

    @property
    def cookie(self) -> str:
        """Return the name of the cookie of sessions: over TLS one that no other host can set."""
        return "__Host-legation" if self.settings.behind_tls else "legation"

    def hit(self, rate: str, *whom: str) -> None:
        """Count a request by somebody; raise the problem 429 where it is one too many."""
        limit = parse(rate)
        if not self._limiter.hit(limit, *whom):
            headers = {"Retry-After": str(limit.get_expiry())}
            raise refusal("too-many-requests", f"More than {limit}.", hint="Wait a little.", headers=headers)

    def person_of(self, account: Account) -> Person:
        """Return the person on record whom an account names; one who is not there has no roles."""
        found: Person | None = self.store.get(PERSON, account.person)
        return found or Person(account.person)

    def note(self, account: str, request: Request, outcome: str) -> None:
        """Record what was done to an account, beside the sign-ins."""
        self.accounts.note(account, address_of(request), outcome, datetime.now(UTC))

    def close(self) -> None:
        """Let go of the registry."""
        self.store.close()

    def is_ready(self) -> bool:
        """Tell whether the registry can be read."""
        return self.accounts.can_be_read()


def room_of(request: Request) -> Room:
    """Return the room of the app that a request came to."""
    found: Any = request.app.state.room
    assert isinstance(found, Room)  # noqa: S101 - set when the app is made
    return found


def address_of(request: Request) -> str:
    """Return the address that a request came from; uvicorn has put the visitor's there, behind a trusted proxy."""
    return request.client.host if request.client else ""


def _store(request: Request) -> Store:
    return room_of(request).store


InRoom = Annotated[Room, Depends(room_of)]
Registry = Annotated[Store, Depends(_store)]
