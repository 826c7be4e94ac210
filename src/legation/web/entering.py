"""Entering: a session for a browser, opened with a name and a password."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Annotated

from argon2.exceptions import InvalidHashError, VerifyMismatchError
from fastapi import Request, Response

from legation.errors import InvalidError
from legation.review.access import PERMISSIONS, Permission
from legation.review.people import Role
from legation.store.accounts import Account, Session
from legation.values import value
from legation.web.access import PUBLIC, SIGNED_IN, Visitor, routes, visitor_of
from legation.web.bodies import said
from legation.web.problems import refusal
from legation.web.room import InRoom, Room, address_of

router = routes("session", secret=True)

SHORTEST = 12  # characters of a password
LONGEST = 200


@value
class Entrance:
    """How somebody signs in with an account of our own."""

    name: str
    password: str


@value
class NewPassword:
    """The password that held, and the one that is to hold."""

    old: str
    new: str


@value
class Entered:
    """Who is signed in, what they may do, and what requests that write say in X-CSRF-Token.

    person: by whom the record knows them; must_change: whether the password has to be changed before anything else
    csrf: empty for a token, which needs none
    """

    name: str
    person: str
    roles: tuple[Role, ...]
    permissions: tuple[Permission, ...]
    must_change: bool
    csrf: str
    expires: datetime


@router.post("/session", dependencies=[PUBLIC], status_code=201)
def sign_in(
    entrance: Annotated[Entrance, said(Entrance)], room: InRoom, request: Request, response: Response
) -> Entered:
    """Sign in with a name and a password."""
    account = checked(room, entrance, address_of(request))
    return enter(room, account, response)


@router.get("/session", dependencies=[SIGNED_IN])
def session(request: Request) -> Entered:
    """Say who is signed in, and what they may do."""
    visitor = visitor_of(request)
    if visitor.session:
        return _entered(visitor, visitor.session.csrf, visitor.session.expires)
    assert visitor.token  # noqa: S101 - one of the two let them in
    return _entered(visitor, "", visitor.token.expires)


@router.delete("/session", dependencies=[SIGNED_IN], status_code=204)
def sign_out(request: Request, room: InRoom, response: Response) -> None:
    """End the session."""
    secret = request.cookies.get(room.cookie)
    if secret:
        room.accounts.close_session(secret)
    response.delete_cookie(room.cookie, secure=room.settings.behind_tls, httponly=True, samesite="lax")


@router.post("/session/password", dependencies=[SIGNED_IN])
def change_password(
    passwords: Annotated[NewPassword, said(NewPassword)], room: InRoom, request: Request, response: Response
) -> Entered:
    """Change one's own password; every other session of the account ends."""
    account = visitor_of(request).account
    refuse_weak(passwords.new, account.name, passwords.old)
    checked(room, Entrance(account.name, passwords.old), address_of(request))
    room.accounts.set_password(account.name, room.hasher.hash(passwords.new), must_change=False)
    room.note(account.name, request, "password changed")
    return enter(room, room.accounts.get(account.name) or account, response)


def refuse_weak(password: str, name: str, old: str) -> None:
    """Raise InvalidError for a password that is short, tells the name or little else, or is the old one."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidError(f"A password has {SHORTEST} to {LONGEST} characters.", hint="Take four words or more.")
    if password == old or name.casefold() in password.casefold() or len(set(password)) < SHORTEST // 2:
        raise InvalidError("That password is the old one, holds the name, or says the same over and over.")


def checked(room: Room, said: Entrance, address: str) -> Account:
    """Return the account whose name and password were said; raise the problems 401 and 429. All is recorded."""
    now = datetime.now(UTC)
    room.hit(room.settings.address_rate, "sign-in", "address", address)
    room.hit(room.settings.sign_in_rate, "sign-in", "account", said.name)
    account = room.accounts.get(said.name) if said.name.isprintable() else None
    kept = room.accounts.password_of(said.name) if account else None
    right = len(said.password) <= LONGEST and _verifies(room, kept or room.decoy, said.password) and kept is not None
    outcome = _outcome(account, right=right, now=now)
    if account and outcome == "wrong password":
        until = now + timedelta(minutes=room.settings.lock_minutes)
        if room.accounts.fail(said.name, lock_after=room.settings.lock_after, lock_until=until):
            outcome = "wrong password, locked"
    room.accounts.note(said.name, address, outcome, now)
    if account is None or outcome != "entered":
        raise refusal("sign-in-failed", "The name or the password is wrong, or the account is locked.")
    room.accounts.succeed(account.name)
    return account


def _outcome(account: Account | None, *, right: bool, now: datetime) -> str:
    if account is None:
        return "no such account"
    if account.disabled:
        return "disabled"
    if account.locked_until and account.locked_until > now:
        return "locked"
    return "entered" if right else "wrong password"


def _verifies(room: Room, kept: str, password: str) -> bool:
    try:
        return room.hasher.verify(kept, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def enter(room: Room, account: Account, response: Response) -> Entered:
    """Open a session and hand its cookie out."""
    now = datetime.now(UTC)
    hours = timedelta(hours=room.settings.session_hours)
    secret, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    held = Session(account.name, csrf, now, now, now + hours)
    room.accounts.open_session(secret, held)
    response.set_cookie(
        room.cookie,
        secret,
        max_age=int(hours.total_seconds()),
        path="/",
        secure=room.settings.behind_tls,
        httponly=True,
        samesite="lax",
    )
    return _entered(Visitor(account, room.person_of(account), held), csrf, held.expires)


def _entered(visitor: Visitor, csrf: str, expires: datetime) -> Entered:
    account, person = visitor.account, visitor.person
    granted = {p for role in person.roles for p in PERMISSIONS[role]}
    if visitor.token:
        granted &= set(visitor.token.scopes)
    ordered = tuple(p for p in Permission if p in granted)
    return Entered(account.name, person.name, person.roles, ordered, account.must_change, csrf, expires)
