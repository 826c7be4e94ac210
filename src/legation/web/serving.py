"""Serving: what is refused before the first request, who may enter on the first day, and the server itself."""

from __future__ import annotations

import secrets
import sys
from datetime import UTC, datetime

from argon2 import PasswordHasher
from fastapi import FastAPI

from legation.chancery import people
from legation.errors import RefusedError
from legation.review.people import Person, Role
from legation.settings import Settings
from legation.store import Store
from legation.store.accounts import Account, Accounts
from legation.values import value
from legation.web import observing
from legation.web.app import create_app
from legation.web.observing import is_loopback
from legation.web.room import Room

FIRST = "administrator"


@value
class First:
    """Who may enter on the first day, and their one-time password; both empty where there are accounts already."""

    name: str = ""
    password: str = ""


def prepared(settings: Settings) -> tuple[FastAPI, First]:
    """Make the app, its registry where there is none, and an account for an administrator where there is none.

    Raise RefusedError for an address that others reach without TLS.
    """
    refuse_open(settings)
    Store(settings.registry, create=True).close()
    app = create_app(settings)
    return app, first(app.state.room)


def refuse_open(settings: Settings) -> None:
    """Raise RefusedError where passwords would travel unencrypted: an address of the network without TLS before it."""
    if not is_loopback(settings.host) and not settings.behind_tls:
        raise RefusedError(
            f"{settings.host} can be reached from other machines, and passwords would travel unencrypted.",
            hint="Put a proxy that speaks HTTPS before it and say so with --behind-tls, or listen on 127.0.0.1.",
        )


def first(room: Room) -> First:
    """Let one administrator in where nobody may enter yet: the first on record, or one who is put there."""
    if room.accounts.count:
        return First()
    now, password = datetime.now(UTC), secrets.token_urlsafe(12)
    known = [p.name for p in people.people_of(room.store) if Role.ADMINISTRATOR in p.roles]
    if not known:
        people.put_person(room.store, FIRST, Person(FIRST, (Role.ADMINISTRATOR,)), now)
    name = known[0] if known else FIRST
    room.accounts.add(Account(name, name, must_change=True), room.hasher.hash(password), now)
    return First(name, password)


def replaced_password(registry: str, name: str) -> str:
    """Give an account a one-time password, for who has the registry and no administrator left.

    Somebody on record who has no account is given one. Raise NotFoundError for who is neither.
    """
    with Store(registry) as store:
        accounts, password, now = Accounts(store.engine), secrets.token_urlsafe(12), datetime.now(UTC)
        if accounts.get(name) is None and store.get(people.PERSON, name):
            accounts.add(Account(name, name), None, now)
        accounts.set_password(name, PasswordHasher().hash(password), must_change=True)
        accounts.note(name, "", "password given from the command line", now)
    return password


def serve(settings: Settings, app: FastAPI) -> None:
    """Serve until stopped."""
    import uvicorn

    observing.configure_logs(settings.log_level, sys.stderr)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=settings.behind_tls,
        forwarded_allow_ips=settings.proxies,
    )
