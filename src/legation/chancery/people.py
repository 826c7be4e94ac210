"""People: who takes part, in what roles, as the record knows them."""

from __future__ import annotations

from datetime import datetime

from legation.codec import suggest
from legation.errors import ForbiddenError, NotFoundError, RefusedError
from legation.model.revisions import Drop, Put, Revision
from legation.review.access import Permission, require
from legation.review.people import Person, Role
from legation.store import Store
from legation.store.accounts import Accounts
from legation.values import value

PERSON = "person"


@value
class Known:
    """Somebody on record, and the accounts of the service that name them and are not disabled."""

    name: str
    roles: tuple[Role, ...]
    accounts: tuple[str, ...]


def people_of(store: Store) -> tuple[Person, ...]:
    """List everybody on record, in the order of their names."""
    return tuple(sorted(store.all(PERSON).values(), key=lambda p: p.name))


def with_accounts(store: Store) -> tuple[Known, ...]:
    """List everybody on record, and by which accounts of the service each may enter."""
    accounts = Accounts(store.engine).all(limit=10**6)
    named = {p.name: tuple(a.name for a in accounts if a.person == p.name and not a.disabled) for p in people_of(store)}
    return tuple(Known(p.name, p.roles, named[p.name]) for p in people_of(store))


def person_of(store: Store, name: str) -> Person:
    """Return somebody by name; raise ForbiddenError for who is not on record: nobody acts namelessly."""
    known = {p.name: p for p in people_of(store)}
    if name not in known:
        hint = "An administrator adds people."
        raise ForbiddenError(f"{name} is not among the people on record{suggest(name, known) or '.'}", hint=hint)
    return known[name]


def acting(store: Store, name: str) -> Person:
    """Return who acts: somebody on record, or, while nobody is, whoever it is with every role."""
    return person_of(store, name) if people_of(store) else Person(name, tuple(Role))


def add_person(store: Store, who: str, name: str, roles: tuple[Role, ...], at: datetime) -> Revision:
    """Put somebody on record, or change their roles.

    While nobody is on record the first person is let in by whoever asks, and must be an administrator; from then on
    only administrators change roles, and nobody their own.
    """
    name, known = name.strip(), people_of(store)
    if not name or not roles:
        raise RefusedError("A person needs a name and at least one role.", hint=f"Roles: {', '.join(Role)}.")
    _refuse_stranger(store, who, name, roles)
    double = next((p.name for p in known if p.name.casefold() == name.casefold() and p.name != name), "")
    if double:
        raise RefusedError(f"{double} is on record: two names that differ by case alone would be taken for one.")
    person = Person(name, tuple(role for role in Role if role in roles))
    if person in known:
        raise RefusedError(f"{name} has these roles already.")
    _refuse_leaderless((*(p for p in known if p.name != name), person))
    return put_person(store, who, person, at)


def put_person(store: Store, who: str, person: Person, at: datetime) -> Revision:
    """Put somebody on record with their roles, as an authority outside the record says."""
    head = store.head
    reason = f"Roles of {person.name}: {', '.join(person.roles)}"
    put = Put(PERSON, person.name, person)
    return store.commit([put], actor=who, reason=reason, at=at, read=head.number if head else 0)


def remove_person(store: Store, who: str, name: str, at: datetime) -> Revision:
    """Take somebody off the record; what they did stays in the history."""
    known = people_of(store)
    if name not in {p.name for p in known}:
        raise NotFoundError(f"{name} is not on record{suggest(name, (p.name for p in known)) or '.'}")
    _refuse_stranger(store, who, name, ())
    _refuse_leaderless(tuple(p for p in known if p.name != name))
    return store.commit([Drop(PERSON, name)], actor=who, reason=f"{name} takes part no more", at=at)


def _refuse_stranger(store: Store, who: str, name: str, roles: tuple[Role, ...]) -> None:
    if not people_of(store):
        if Role.ADMINISTRATOR not in roles:
            raise RefusedError("The first person on record must be an administrator.", hint=f"Make {name} one.")
        return
    require(person_of(store, who), Permission.ADMINISTER)
    if who == name:
        raise ForbiddenError("Nobody changes their own roles.", hint="Ask another administrator.")


def _refuse_leaderless(people: tuple[Person, ...]) -> None:
    if not any(Role.ADMINISTRATOR in p.roles for p in people):
        raise RefusedError("Nobody would be left to administer.", hint="Make somebody else administrator first.")
