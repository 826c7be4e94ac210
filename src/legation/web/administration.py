"""Administration: accounts and their roles, tokens of programs, and the record of who entered."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Path, Request, Response

from legation.chancery import people
from legation.errors import ForbiddenError, InvalidError, NotFoundError, RefusedError
from legation.review.access import Permission
from legation.review.people import Person, Role
from legation.store.accounts import Account, SignIn, Token
from legation.values import value
from legation.web.access import SIGNED_IN, may_here, permission, routes, visitor_of
from legation.web.bodies import said
from legation.web.revisions import Count, Cursor, Limit, number, paged
from legation.web.room import InRoom, Registry, Room

router = routes("accounts", secret=True)

Administrator = Annotated[Person, permission(Permission.ADMINISTER)]
Name = Annotated[
    str, Path(pattern=r"^[^/\x00-\x1f\x7f]{1,200}$", description="Name of an account.", examples=["aizhan"])
]
LONGEST_TOKEN = 366  # days
LONGEST_NAME = 200


@value
class NewAccount:
    """Somebody who is to enter: with a one-time password, or by OIDC where the provider's subject is named.

    person: by whom the record knows them, the same name where left out
    roles: of the person; left out to leave those that are on record
    """

    name: str
    roles: tuple[Role, ...] = ()
    oidc_subject: str = ""
    person: str = ""


@value
class Entitlement:
    """What is changed: the roles of the person an account names, and whether the account may enter at all."""

    roles: tuple[Role, ...]
    disabled: bool = False


@value
class Insider:
    """An account as an administrator sees it: with the roles that its person has on record."""

    name: str
    person: str
    roles: tuple[Role, ...]
    disabled: bool
    must_change: bool
    oidc_subject: str
    locked_until: datetime | None


@value
class OneTime:
    """An account and its one-time password, told this once; empty for somebody who enters by OIDC."""

    account: Insider
    password: str


@value
class NewToken:
    """A token to be made: what it is for, what it may do, and for how many days."""

    title: str
    scopes: tuple[Permission, ...]
    days: int = 90


@value
class Made:
    """A token and its secret, told this once; a program sends it as `Authorization: Bearer SECRET`."""

    token: Token
    secret: str


# Accounts


@router.get("/accounts")
def accounts(
    room: InRoom, _person: Administrator, request: Request, response: Response, limit: Limit = 100, after: Cursor = ""
) -> list[Insider]:
    """List accounts by name."""
    found = [_insider(room, account) for account in room.accounts.all(after=after, limit=limit + 1)]
    return paged(request, response, found, limit, lambda account: account.name)


@router.post("/accounts", status_code=201)
def add_account(
    new: Annotated[NewAccount, said(NewAccount)], room: InRoom, person: Administrator, request: Request
) -> OneTime:
    """Add an account for somebody on record, or put them there with the roles that are named.

    Its one-time password is told once, and has to be changed at the first sign-in.
    """
    name = new.name.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable() or "/" in name:
        raise InvalidError(f"An account has a name of at most {LONGEST_NAME} letters, without a slash.")
    if any(a.name.casefold() == name.casefold() for a in room.accounts.all(limit=10**6)):
        raise RefusedError(f"There is an account '{name}' already, or one that differs by case alone.")
    if new.oidc_subject and room.accounts.of_subject(new.oidc_subject):
        raise RefusedError("There is an account for that subject already.")
    password = "" if new.oidc_subject else secrets.token_urlsafe(12)
    account = Account(name, new.person.strip() or name, must_change=bool(password), oidc_subject=new.oidc_subject)
    _give_roles(room, person, account, new.roles)
    room.accounts.add(account, room.hasher.hash(password) if password else None, datetime.now(UTC))
    made = _insider(room, account)
    room.note(name, request, f"added by {person.name} for {made.person}: {', '.join(made.roles)}")
    return OneTime(made, password)


@router.get("/accounts/{name}")
def account(name: Name, room: InRoom, _person: Administrator) -> Insider:
    """Return an account."""
    return _insider(room, _account(room, name))


@router.put("/accounts/{name}")
def change_account(
    name: Name,
    standing: Annotated[Entitlement, said(Entitlement)],
    room: InRoom,
    person: Administrator,
    request: Request,
) -> Insider:
    """Change the roles of an account's person on record, or whether it may enter; nobody changes their own."""
    held = _account(room, name)
    if held.person == person.name:
        raise ForbiddenError("Nobody changes their own account.", hint="Ask another administrator.")
    if not standing.roles:
        raise InvalidError("A person has at least one role.", hint=f"Roles: {', '.join(Role)}.")
    _give_roles(room, person, held, standing.roles)
    changed = replace(held, disabled=standing.disabled)
    room.accounts.save(changed)
    seen = _insider(room, changed)
    what = "disabled" if changed.disabled else ", ".join(seen.roles)
    room.note(name, request, f"changed by {person.name}: {what}")
    return seen


@router.post("/accounts/{name}/password")
def reset_password(name: Name, room: InRoom, person: Administrator, request: Request) -> OneTime:
    """Give an account a one-time password, unlock it, and end its sessions."""
    held = _account(room, name)
    password = secrets.token_urlsafe(12)
    room.accounts.set_password(held.name, room.hasher.hash(password), must_change=True)
    room.note(name, request, f"password given by {person.name}")
    return OneTime(_insider(room, _account(room, name)), password)


@router.get("/people")
def list_people(
    store: Registry,
    _person: Administrator,
    request: Request,
    response: Response,
    limit: Limit = 100,
    after: Cursor = "",
) -> list[Person]:
    """List the people on record by name, with their roles; some may have no account."""
    found = [person for person in people.people_of(store) if person.name > after]
    return paged(request, response, found, limit, lambda person: person.name)


@router.get("/sign-ins")
def sign_ins(
    room: InRoom, _person: Administrator, request: Request, response: Response, limit: Limit = 100, after: Count = ""
) -> list[SignIn]:
    """List attempts to enter, and changes of accounts, in order."""
    found = room.accounts.sign_ins(after=number(after), limit=limit + 1)
    return paged(request, response, found, limit, lambda entry: entry.number)


# Tokens


@router.get("/tokens", dependencies=[SIGNED_IN])
def tokens(room: InRoom, request: Request, response: Response, limit: Limit = 100, after: Cursor = "") -> list[Token]:
    """List one's own tokens."""
    found = room.accounts.tokens_of(visitor_of(request).account.name, after=after, limit=limit + 1)
    return paged(request, response, found, limit, lambda token: token.id)


@router.post("/tokens", dependencies=[SIGNED_IN], status_code=201)
def add_token(new: Annotated[NewToken, said(NewToken)], room: InRoom, request: Request) -> Made:
    """Make a token for a program; its secret is told once."""
    visitor = visitor_of(request)
    if not 0 < len(new.title.strip()) <= LONGEST_NAME or not new.title.isprintable():
        raise InvalidError("A token has a title that says what it is for.")
    if not 0 < new.days <= LONGEST_TOKEN:
        raise InvalidError(f"A token holds for 1 to {LONGEST_TOKEN} days.")
    beyond = [scope.value for scope in new.scopes if not may_here(visitor, scope)]
    if beyond or not new.scopes:
        raise ForbiddenError(f"You cannot give a token what you may not: {', '.join(beyond) or 'nothing'}.")
    now, secret = datetime.now(UTC), f"legation_{secrets.token_urlsafe(32)}"
    scopes = tuple(p for p in Permission if p in new.scopes)
    token = Token(secrets.token_hex(8), visitor.account.name, new.title.strip(), scopes, now, now + timedelta(new.days))
    room.accounts.add_token(secret, token)
    room.note(visitor.account.name, request, f"token made: {token.id}")
    return Made(token, secret)


@router.delete("/tokens/{id}", dependencies=[SIGNED_IN], status_code=204)
def drop_token(
    id: Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", examples=["5f0c1a0e5f0c1a0e"])],  # noqa: A002 - as in the path
    room: InRoom,
    request: Request,
) -> None:
    """Take one of one's own tokens away."""
    room.accounts.drop_token(id, visitor_of(request).account.name)
    room.note(visitor_of(request).account.name, request, f"token dropped: {id}")


def _account(room: Room, name: str) -> Account:
    found = room.accounts.get(name)
    if found is None:
        raise NotFoundError(f"There is no account '{name}'.")
    return found


def _insider(room: Room, account: Account) -> Insider:
    person = room.person_of(account)
    held = account.disabled, account.must_change, account.oidc_subject, account.locked_until
    return Insider(account.name, person.name, person.roles, *held)


def _give_roles(room: Room, who: Person, account: Account, roles: tuple[Role, ...]) -> None:
    """Put the roles of an account's person on record where they differ; raise InvalidError for a person without any."""
    held = room.person_of(account).roles
    if not roles and not held:
        raise InvalidError(f"{account.person} is not on record.", hint=f"Name roles: {', '.join(Role)}.")
    if roles and {*roles} != {*held}:
        people.add_person(room.store, who.name, account.person, roles, datetime.now(UTC))
