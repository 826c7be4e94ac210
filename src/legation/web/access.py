"""Access: who asks, and whether they may. Every route says what it takes; a route that does not cannot be made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from legation.errors import ForbiddenError
from legation.review.access import PERMISSIONS, Permission, may, require
from legation.review.people import Person, Role
from legation.store.accounts import Account, Session, Token
from legation.values import value
from legation.web.problems import refusal
from legation.web.revisions import Handler, Repeatable
from legation.web.room import Room, room_of

API = "/api/v1"
BEARER = "Bearer "
READS = (Permission.READ, Permission.READ_HISTORY)  # what a route shows under them may depend on who asks
SAFE = ("GET", "HEAD", "OPTIONS")
SEEN_EVERY = timedelta(minutes=1)  # a session in use is written down no oftener


class Entry(StrEnum):
    """What a route takes where it is no permission of the record."""

    PUBLIC = "public"  # anybody, signed in or not
    SIGNED_IN = "signed-in"  # anybody with an account, for their own account


@value
class Visitor:
    """Who asks, as the record knows them, and by what: a session of a browser or a token of a program."""

    account: Account
    person: Person
    session: Session | None = None
    token: Token | None = None


class Gate:
    """A dependency that lets a request through to those who may, and tells the route who they are."""

    def __init__(self, needed: Permission | Entry) -> None:
        """Keep what the route takes."""
        self.needed = needed

    def __call__(self, request: Request) -> Person:
        """Return the person who asks; raise the problem where they may not."""
        if self.needed is Entry.PUBLIC:
            return Person("")
        visitor = visitor_of(request)
        if isinstance(self.needed, Permission):
            refuse(visitor, self.needed)
        elif visitor.token and request.method not in SAFE:
            raise ForbiddenError("A token does not change its account.", hint="Sign in.")
        return visitor.person if visitor.token is None else _lent(visitor.person, self.needed, visitor.token)


def _lent(person: Person, needed: Permission | Entry, token: Token) -> Person:
    """Return a person as a token shows them where something is read: no more is shown than its scopes allow.

    What a write asks beyond its permission is asked of the person: the roles of a step, the author of a scenario.
    """
    if needed not in READS:
        return person
    within = tuple(r for r in person.roles if PERMISSIONS[r] & {*READS, Permission.READ_REVIEW} <= {*token.scopes})
    return Person(person.name, within or (Role.READER,))


def permission(needed: Permission) -> Any:  # noqa: ANN401 - a mark for the framework
    """Declare what a route takes, as the second part of an Annotated person."""
    return Depends(Gate(needed))


PUBLIC: Any = Depends(Gate(Entry.PUBLIC))
"""Declares that a route is open to anybody: `dependencies=[PUBLIC]`."""

SIGNED_IN: Any = Depends(Gate(Entry.SIGNED_IN))
"""Declares that a route takes an account and no more."""


class GuardedRoute(Repeatable):
    """A route that says what it takes, or is not made."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401
        """Make the route; raise TypeError where it declares no permission, or several."""
        super().__init__(path, endpoint, **options)
        self.gate = _gate_of(self)
        self.needed = self.gate.needed

    def get_route_handler(self) -> Handler:
        """Return the handler that asks who it is before anything of the request is read."""
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            await run_in_threadpool(self.gate, request)
            return await handle(request)

        return guarded

    async def whose(self, request: Request) -> str:
        """Return the name of the account that asks, empty for a route that is open to anybody."""
        if self.needed is Entry.PUBLIC:
            return ""
        visitor = await run_in_threadpool(visitor_of, request)
        return visitor.account.name


class SecretRoute(GuardedRoute):
    """A guarded route whose answers are not kept, since they tell secrets."""

    repeatable = False


def routes(tag: str, *, secret: bool = False) -> APIRouter:
    """Make a group of routes under /api/v1; each has to declare what it takes."""
    return APIRouter(prefix=API, route_class=SecretRoute if secret else GuardedRoute, tags=[tag])


def _gate_of(route: APIRoute) -> Gate:
    """Return the gate of a route; raise TypeError unless it declares exactly one."""
    gates = _gates(route.dependant)
    found = {gate.needed for gate in gates}
    if len(found) != 1:
        said = ", ".join(sorted(found)) or "nothing"
        raise TypeError(f"{route.path} has to declare one permission, or PUBLIC; it declares {said}.")
    return gates[0]


def _gates(dependant: Dependant) -> list[Gate]:
    own = [dependant.call] if isinstance(dependant.call, Gate) else []
    return [*own, *(gate for inner in dependant.dependencies for gate in _gates(inner))]


# Who asks


def visitor_of(request: Request) -> Visitor:
    """Return who asks; raise the problem 401 where nobody is signed in, 403 where they must do something first."""
    known: Visitor | None = getattr(request.state, "visitor", None)
    if known is None:
        room, now = room_of(request), datetime.now(UTC)
        known = _by_token(request, room, now) or _by_cookie(request, room, now)
        if known is None or known.account.disabled:
            raise refusal(
                "sign-in-needed",
                "Nobody is signed in.",
                hint="POST name and password to /api/v1/session, or send a token: Authorization: Bearer SECRET.",
                headers={"WWW-Authenticate": 'Bearer realm="legation"'},
            )
        request.state.visitor = known
    return known


def _by_token(request: Request, room: Room, now: datetime) -> Visitor | None:
    said = request.headers.get("authorization", "")
    token = room.accounts.token(said.removeprefix(BEARER)) if said.startswith(BEARER) else None
    if token is None or token.expires <= now:
        return None
    if token.used is None or now - token.used > SEEN_EVERY:
        room.accounts.use_token(token.id, now)
    account = room.accounts.get(token.account)
    return Visitor(account, room.person_of(account), token=token) if account else None


def _by_cookie(request: Request, room: Room, now: datetime) -> Visitor | None:
    secret = request.cookies.get(room.cookie)
    session = room.accounts.session(secret) if secret and "authorization" not in request.headers else None
    if secret is None or session is None or _has_ended(session, room, now):
        return None
    if request.method not in SAFE and request.headers.get("x-csrf-token") != session.csrf:
        raise refusal("csrf", "The header X-CSRF-Token does not say what the session told.", hint=CSRF_HINT)
    if now - session.seen > SEEN_EVERY:
        room.accounts.touch(secret, now)
    account = room.accounts.get(session.account)
    return Visitor(account, room.person_of(account), session=session) if account else None


CSRF_HINT = f"GET {API}/session tells the token of this session; send it with each request that writes."


def _has_ended(session: Session, room: Room, now: datetime) -> bool:
    return session.expires <= now or now - session.seen > timedelta(minutes=room.settings.idle_minutes)


def refuse(visitor: Visitor, needed: Permission) -> None:
    """Raise the problem 403 where somebody may not, by their roles or by the token they entered with."""
    if visitor.account.must_change:
        raise refusal(
            "password-to-change", "The password was given by somebody else.", hint=f"POST {API}/session/password"
        )
    require(visitor.person, needed)
    if visitor.token and needed not in visitor.token.scopes:
        raise ForbiddenError(f"This token may not {needed.value}.", hint="Make one with that scope.")


def may_here(visitor: Visitor, needed: Permission) -> bool:
    """Say whether somebody may, by what they entered with."""
    return may(visitor.person, needed) and (visitor.token is None or needed in visitor.token.scopes)
