"""Accounts on disk: who may enter, their sessions and tokens, and the record of sign-ins.

Secrets of sessions and tokens are kept as their SHA-256, passwords as the hash that the door makes of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, RowMapping, Select, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from legation.errors import NotFoundError, RefusedError
from legation.review.access import Permission
from legation.store import engines
from legation.store.tables import accounts, sessions, signins, tokens
from legation.values import value

T = TypeVar("T")


@value
class Account:
    """A way in for somebody whom the record knows; what they may do is said there, by the roles of the person.

    person: the name of the person on record; an account whose person is not there may do nothing
    must_change: whether the password was given by somebody else and has to be changed first
    oidc_subject: how the ministry's identity provider knows them, empty for a local account
    """

    name: str
    person: str
    disabled: bool = False
    must_change: bool = False
    oidc_subject: str = ""
    locked_until: datetime | None = None


@value
class Session:
    """A sign-in that is open; csrf: what a request that writes has to say with it."""

    account: str
    csrf: str
    created: datetime
    seen: datetime
    expires: datetime


@value
class Token:
    """A key for programs; it may do what its account may and its scopes name."""

    id: str
    account: str
    title: str
    scopes: tuple[Permission, ...]
    created: datetime
    expires: datetime
    used: datetime | None = None


@value
class SignIn:
    """An attempt to enter: by which name (as typed), from where, and how it ended."""

    number: int
    at: datetime
    account: str
    address: str
    outcome: str


class Accounts:
    """Who may enter. Unlike the record, accounts are edited; the record of sign-ins is only added to."""

    def __init__(self, engine: Engine) -> None:
        """Keep accounts in the database of a registry."""
        self.engine = engine

    # Accounts

    def get(self, name: str) -> Account | None:
        """Return an account, or None."""
        return self._one(select(accounts).where(accounts.c.name == name), _account)

    def of_subject(self, subject: str) -> Account | None:
        """Return the account that the identity provider knows by a subject, or None."""
        return self._one(select(accounts).where(accounts.c.oidc_subject == subject), _account)

    def all(self, *, after: str = "", limit: int = 1000) -> tuple[Account, ...]:
        """Return accounts by name."""
        query = select(accounts).where(accounts.c.name > after).order_by(accounts.c.name).limit(limit)
        return self._many(query, _account)

    def password_of(self, name: str) -> str | None:
        """Return the hash of an account's password, or None where it has none."""
        return self._one(select(accounts.c.password).where(accounts.c.name == name), lambda row: row["password"])

    def add(self, account: Account, password: str | None, at: datetime) -> None:
        """Add an account; raise RefusedError where the name or the subject is taken."""
        row = _row(account) | {"name": account.name, "password": password, "failures": 0, "created": stamp(at)}
        try:
            with self._writing() as connection:
                connection.execute(insert(accounts), row)
        except IntegrityError as error:
            raise RefusedError(f"There is an account '{account.name}' already.") from error

    def save(self, account: Account) -> None:
        """Write the person and the standing of an account; one that is disabled is put out at once."""
        with self._writing() as connection:
            self._change(connection, account.name, _row(account))
            if account.disabled:
                connection.execute(delete(sessions).where(sessions.c.account == account.name))
                connection.execute(delete(tokens).where(tokens.c.account == account.name))

    def set_password(self, name: str, password: str, *, must_change: bool) -> None:
        """Give an account a password (its hash), unlock it, and end its sessions."""
        row = {"password": password, "must_change": must_change, "failures": 0, "locked_until": None}
        with self._writing() as connection:
            self._change(connection, name, row)
            connection.execute(delete(sessions).where(sessions.c.account == name))

    def fail(self, name: str, *, lock_after: int, lock_until: datetime) -> bool:
        """Count a wrong password; lock the account at the last one allowed, and say whether it was that one."""
        with self._writing() as connection:
            count = connection.scalar(select(accounts.c.failures).where(accounts.c.name == name))
            if count is None:
                return False
            locked = bool(count + 1 >= lock_after)  # bool: the database gives no type
            row = {"failures": 0, "locked_until": stamp(lock_until)} if locked else {"failures": count + 1}
            self._change(connection, name, row)
            return locked

    def succeed(self, name: str) -> None:
        """Forget wrong passwords."""
        with self._writing() as connection:
            self._change(connection, name, {"failures": 0, "locked_until": None})

    @staticmethod
    def _change(connection: Connection, name: str, row: dict[str, Any]) -> None:
        if not connection.execute(update(accounts).where(accounts.c.name == name).values(row)).rowcount:
            raise NotFoundError(f"There is no account '{name}'.")

    # Sessions

    def open_session(self, secret: str, session: Session) -> None:
        """Open a session under a secret; those that have ended are cleared away."""
        moments = {n: stamp(getattr(session, n)) for n in ("created", "seen", "expires")}
        row = {"digest": digest_of(secret), "account": session.account, "csrf": session.csrf} | moments
        with self._writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.expires < moments["created"]))
            connection.execute(insert(sessions), row)

    def session(self, secret: str) -> Session | None:
        """Return the session under a secret, or None."""
        return self._one(select(sessions).where(sessions.c.digest == digest_of(secret)), _session)

    def touch(self, secret: str, at: datetime) -> None:
        """Note that a session is in use."""
        with self._writing() as connection:
            connection.execute(update(sessions).where(sessions.c.digest == digest_of(secret)).values(seen=stamp(at)))

    def close_session(self, secret: str) -> None:
        """End a session."""
        with self._writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.digest == digest_of(secret)))

    # Tokens

    def add_token(self, secret: str, token: Token) -> None:
        """Add a token under a secret."""
        row = {"digest": digest_of(secret), "id": token.id, "account": token.account, "title": token.title}
        row |= {"scopes": json.dumps([str(s) for s in token.scopes])}
        row |= {"created": stamp(token.created), "expires": stamp(token.expires)}
        with self._writing() as connection:
            connection.execute(insert(tokens), row)

    def token(self, secret: str) -> Token | None:
        """Return the token under a secret, or None."""
        return self._one(select(tokens).where(tokens.c.digest == digest_of(secret)), _token)

    def tokens_of(self, account: str, *, after: str = "", limit: int = 1000) -> tuple[Token, ...]:
        """Return an account's tokens by id."""
        query = select(tokens).where(tokens.c.account == account, tokens.c.id > after)
        return self._many(query.order_by(tokens.c.id).limit(limit), _token)

    def use_token(self, id_: str, at: datetime) -> None:
        """Note that a token is in use."""
        with self._writing() as connection:
            connection.execute(update(tokens).where(tokens.c.id == id_).values(used=stamp(at)))

    def drop_token(self, id_: str, account: str) -> None:
        """Take one of an account's tokens away; raise NotFoundError where it has no such token."""
        with self._writing() as connection:
            query = delete(tokens).where(tokens.c.id == id_, tokens.c.account == account)
            if not connection.execute(query).rowcount:
                raise NotFoundError(f"{account} has no token {id_}.")

    # Sign-ins

    def note(self, account: str, address: str, outcome: str, at: datetime) -> None:
        """Record an attempt to enter."""
        row = {"at": stamp(at), "account": _shown(account), "address": _shown(address), "outcome": outcome}
        with self._writing() as connection:
            connection.execute(insert(signins), row)

    def sign_ins(self, *, after: int = 0, limit: int = 1000) -> tuple[SignIn, ...]:
        """Return attempts to enter, in order."""
        query = select(signins).where(signins.c.row > after).order_by(signins.c.row).limit(limit)
        return self._many(query, _sign_in)

    # The database

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            yield engines.writing(connection)
            connection.commit()

    def _many(self, query: Select[Any], read: Callable[[RowMapping], T]) -> tuple[T, ...]:
        with self.engine.connect() as connection:
            found = tuple(read(row) for row in engines.reading(connection).execute(query).mappings())
            connection.rollback()
        return found

    def _one(self, query: Select[Any], read: Callable[[RowMapping], T]) -> T | None:
        return next(iter(self._many(query.limit(1), read)), None)

    def can_be_read(self) -> bool:
        """Tell whether the database answers."""
        try:
            return self.count >= 0
        except SQLAlchemyError:
            return False

    @property
    def count(self) -> int:
        """Return how many accounts there are."""
        return sum(self._many(select(func.count().label("n")).select_from(accounts), lambda row: int(row["n"])))


def digest_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return sha256(secret.encode()).hexdigest()


def stamp(at: datetime) -> str:
    """Write a moment so that texts stand in the order of time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _shown(text: str) -> str:
    """Shorten what a stranger typed, without what a database or a terminal would stumble over."""
    return "".join(c if c.isprintable() else "?" for c in text[:200])


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _row(account: Account) -> dict[str, Any]:
    return {
        "person": account.person,
        "disabled": account.disabled,
        "must_change": account.must_change,
        "oidc_subject": account.oidc_subject or None,
        "locked_until": stamp(account.locked_until) if account.locked_until else None,
    }


def _account(row: RowMapping) -> Account:
    return Account(
        row["name"],
        row["person"],
        bool(row["disabled"]),
        bool(row["must_change"]),
        row["oidc_subject"] or "",
        _moment(row["locked_until"]),
    )


def _session(row: RowMapping) -> Session:
    moments = (datetime.fromisoformat(row[n]) for n in ("created", "seen", "expires"))
    return Session(row["account"], row["csrf"], *moments)


def _token(row: RowMapping) -> Token:
    return Token(
        row["id"],
        row["account"],
        row["title"],
        tuple(Permission(scope) for scope in json.loads(row["scopes"])),
        datetime.fromisoformat(row["created"]),
        datetime.fromisoformat(row["expires"]),
        _moment(row["used"]),
    )


def _sign_in(row: RowMapping) -> SignIn:
    return SignIn(row["row"], datetime.fromisoformat(row["at"]), row["account"], row["address"], row["outcome"])
