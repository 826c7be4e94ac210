"""Serving: what is refused before the first request, who may enter on the first day, and the server itself."""

from __future__ import annotations

import secrets
import sys
from datetime import UTC, datetime

from argon2 import PasswordHasher
from fastapi import FastAPI

from legation.errors import RefusedError
from legation.review.people import Role
from legation.settings import Settings
from legation.store import Store
from legation.store.accounts import Account, Accounts
from legation.web import observing
from legation.web.app import create_app
from legation.web.observing import is_loopback
from legation.web.room import Room

FIRST = "administrator"


def prepared(settings: Settings) -> tuple[FastAPI, str]:
    """Make the app, its registry where there is none, and the first administrator; return their one-time password.

    The password is empty where there are accounts already. Raise RefusedError for an address that others reach
    without TLS.
    """
    refuse_open(settings)
    Store(settings.registry, create=True).close()
    app = create_app(settings)
    return app, first_password(app.state.room)


def refuse_open(settings: Settings) -> None:
    """Raise RefusedError where passwords would travel unencrypted: an address of the network without TLS before it."""
    if not is_loopback(settings.host) and not settings.behind_tls:
        raise RefusedError(
            f"{settings.host} can be reached from other machines, and passwords would travel unencrypted.",
            hint="Put a proxy that speaks HTTPS before it and say so with --behind-tls, or listen on 127.0.0.1.",
        )


def first_password(room: Room) -> str:
    """Make one administrator where nobody may enter yet, and return their one-time password; else nothing."""
    if room.accounts.count:
        return ""
    password = secrets.token_urlsafe(12)
    account = Account(FIRST, (Role.ADMINISTRATOR,), must_change=True)
    room.accounts.add(account, room.hasher.hash(password), datetime.now(UTC))
    return password


def replaced_password(registry: str, name: str) -> str:
    """Give an account a one-time password, for who has the registry and no administrator left; raise NotFoundError."""
    with Store(registry) as store:
        accounts, password = Accounts(store.engine), secrets.token_urlsafe(12)
        accounts.set_password(name, PasswordHasher().hash(password), must_change=True)
        accounts.note(name, "", "password given from the command line", datetime.now(UTC))
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
