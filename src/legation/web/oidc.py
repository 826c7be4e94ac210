"""Entering by the ministry's identity provider: OpenID Connect with PKCE, and the roles that its groups give."""

from __future__ import annotations

import secrets
import warnings
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.middleware.sessions import SessionMiddleware

from legation.chancery import people
from legation.errors import ForbiddenError, InvalidError, NotFoundError
from legation.review.people import Person, Role
from legation.settings import Settings
from legation.store.accounts import Account
from legation.web.access import API, PUBLIC, routes
from legation.web.entering import enter
from legation.web.problems import refusal
from legation.web.room import InRoom, Room

router = routes("session", secret=True)

RETURN = f"{API}/session/oidc/return"
PROVIDER = "identity provider"
"""Who is on record for the roles that groups give."""
UNDER_WAY = 600  # seconds that a visitor may take at the provider
REDIRECT: dict[int | str, dict[str, Any]] = {303: {"description": "Go on there."}}


def surround(app: FastAPI, settings: Settings, *, transport: object = None) -> None:
    """Let an app know its identity provider, where there is one; transport: how it is reached, for tests.

    Raise InvalidError for settings that do not go together.
    """
    app.state.provider = None
    if not settings.oidc_issuer:
        return
    if not settings.public_url or not settings.oidc_client_id:
        raise InvalidError(
            "Sign-in by OIDC needs LEGATION_PUBLIC_URL and LEGATION_OIDC_CLIENT_ID.",
            hint="The first is where the provider sends people back, the second how it knows the service.",
        )
    roles_of_groups(settings)
    app.state.provider = _provider(settings, transport)
    app.add_middleware(
        SessionMiddleware,
        secret_key=settings.cookie_secret or secrets.token_urlsafe(32),
        session_cookie="legation-oidc",
        max_age=UNDER_WAY,
        path=f"{API}/session/oidc",
        https_only=settings.behind_tls,
    )


def _provider(settings: Settings, transport: object) -> Any:  # noqa: ANN401 - the library gives it no type
    with warnings.catch_warnings():
        import authlib.deprecate  # noqa: F401 - it asks that its warnings be shown, so it comes before the filter

        warnings.simplefilter("ignore")  # it prefers another client of HTTP than the one we ship
        from authlib.integrations.starlette_client import OAuth
    reached = {"transport": transport} if transport else {}
    return OAuth().register(
        "ministry",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret or None,
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": settings.oidc_scopes, "code_challenge_method": "S256", **reached},
    )


def roles_of_groups(settings: Settings) -> dict[str, Role]:
    """Read which group gives which role; raise InvalidError for a role that there is not."""
    found = {}
    for pair in (p.strip() for p in settings.oidc_roles.split(",") if p.strip()):
        group, _, role = (part.strip() for part in pair.rpartition("="))
        if not group or role not in set(Role):
            raise InvalidError(
                f"LEGATION_OIDC_ROLES says '{pair}'.", hint=f"Write GROUP=ROLE; roles: {', '.join(Role)}."
            )
        found[group] = Role(role)
    return found


@router.get(
    "/session/oidc", dependencies=[PUBLIC], status_code=303, response_class=RedirectResponse, responses=REDIRECT
)
async def leave_to_provider(request: Request, room: InRoom) -> RedirectResponse:
    """Sign in at the ministry's identity provider."""
    provider = _known(request)
    try:
        target = await provider.authorize_redirect(request, f"{room.settings.public_url.rstrip('/')}{RETURN}")
    except _broken() as error:
        raise refusal("unavailable", "The identity provider does not answer.") from error
    return RedirectResponse(target.headers["location"], 303)


@router.get(
    "/session/oidc/return", dependencies=[PUBLIC], status_code=303, response_class=RedirectResponse, responses=REDIRECT
)
async def come_back(request: Request, room: InRoom) -> RedirectResponse:
    """Open the session of somebody whom the provider knows."""
    provider = _known(request)
    issuer = {"iss": {"essential": True, "value": room.settings.oidc_issuer}, "sub": {"essential": True}}
    try:
        token = await provider.authorize_access_token(request, claims_options=issuer)
        claims: Mapping[str, Any] = token["userinfo"]
    except _broken() as error:
        await run_in_threadpool(room.note, "", request, f"refused by OIDC: {type(error).__name__}")
        raise refusal("sign-in-failed", "The identity provider did not let you in.", hint="Sign in again.") from error
    response = RedirectResponse("/", 303)
    await run_in_threadpool(_let_in, room, request, claims, response)
    return response


def _let_in(room: Room, request: Request, claims: Mapping[str, Any], response: RedirectResponse) -> None:
    try:
        account = account_of(room, claims)
    except ForbiddenError:
        room.note(str(claims.get(room.settings.oidc_name_claim, "")), request, "refused after OIDC")
        raise
    enter(room, account, response)
    room.note(account.name, request, "entered by OIDC")


def account_of(room: Room, claims: Mapping[str, Any]) -> Account:
    """Return the account of whom the provider knows, made where it is new, its person's roles brought up to date.

    Where groups give roles, account and person are made at the first sign-in, and the record follows the groups; else
    an administrator makes them before. Raise ForbiddenError for who is not let in.
    """
    subject, given = str(claims["sub"]), roles_of_groups(room.settings)
    groups = claims.get(room.settings.oidc_roles_claim) or ()
    named = {given[g] for g in ((groups,) if isinstance(groups, str) else groups) if g in given}
    roles = tuple(role for role in Role if role in named)
    held = room.accounts.of_subject(subject)
    if held and held.disabled:
        raise ForbiddenError(f"The account {held.name} is disabled.")
    if not given and held:
        return held
    if not roles:
        raise ForbiddenError("No group of yours may enter.", hint="Ask whoever administers Legation for a role.")
    if held is None:
        return _new(room, str(claims.get(room.settings.oidc_name_claim, "")).strip(), roles, subject)
    _follow(room, held, roles)
    return held


def _new(room: Room, name: str, roles: tuple[Role, ...], subject: str) -> Account:
    taken = {account.name.casefold() for account in room.accounts.all(limit=10**6)}
    taken |= {person.name.casefold() for person in people.people_of(room.store)}  # whom an administrator lets in
    if not 0 < len(name) <= 200 or not name.isprintable() or "/" in name or name.casefold() in taken:
        raise ForbiddenError(f"There can be no new account '{name[:80]}'.", hint="An administrator can make one.")
    account = Account(name, name, oidc_subject=subject)
    _follow(room, account, roles)
    room.accounts.add(account, None, datetime.now(UTC))
    return account


def _follow(room: Room, account: Account, roles: tuple[Role, ...]) -> None:
    """Put on record which roles the groups of the provider give a person, where they differ."""
    if room.person_of(account).roles != roles:
        person = Person(account.person, roles)
        people.put_person(room.store, PROVIDER, person, datetime.now(UTC))


def _known(request: Request) -> Any:  # noqa: ANN401 - the library gives it no type
    provider = request.app.state.provider
    if provider is None:
        raise NotFoundError("There is no identity provider here.", hint=f"POST {API}/session")
    return provider


def _broken() -> tuple[type[Exception], ...]:
    """Return what the library raises where a provider answers wrongly, not at all, or somebody else's visitor."""
    from authlib.integrations.base_client import OAuthError
    from httpx import HTTPError
    from joserfc.errors import JoseError

    return (OAuthError, JoseError, HTTPError, LookupError, RuntimeError, TypeError, ValueError)
