"""Access: what each role may do. This table is the only place where it is decided."""

from __future__ import annotations

from enum import StrEnum

from legation.errors import ForbiddenError
from legation.review.people import Person, Role


class Permission(StrEnum):
    """One kind of thing that may be done with the registry."""

    READ = "read"  # cases, networks, plans, published papers
    READ_REVIEW = "read-review"  # dossiers before they are announced, comments
    READ_HISTORY = "read-history"  # revisions, who did what
    EDIT = "edit"  # cases, posts, events, scenarios
    PLAN = "plan"  # solve
    SUBMIT = "submit"  # dossiers: make, revise, submit, answer
    COMMENT = "comment"
    COUNTER = "counter"  # Finance's counter-proposal
    STEP = "step"  # take a step of the review; the table of steps says which role takes which
    TRACK = "track"  # milestones and indicators of delivery
    PUBLISH = "publish"
    VERIFY = "verify"  # walk the chain, back up
    ADMINISTER = "administer"  # accounts, tokens, jobs of others


_READS = (Permission.READ, Permission.READ_REVIEW, Permission.READ_HISTORY)
_DEPARTMENT = (*_READS, Permission.EDIT, Permission.PLAN, Permission.COMMENT, Permission.STEP, Permission.TRACK)

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.PLANNER: frozenset((*_DEPARTMENT, Permission.SUBMIT)),
    Role.REGIONAL: frozenset(_DEPARTMENT),
    Role.CONSULAR: frozenset(_DEPARTMENT),
    Role.FINANCE: frozenset((*_READS, Permission.PLAN, Permission.COMMENT, Permission.COUNTER, Permission.STEP)),
    Role.HEAD: frozenset((*_READS, Permission.PLAN, Permission.COMMENT, Permission.STEP, Permission.PUBLISH)),
    Role.GOVERNMENT: frozenset((*_READS, Permission.COMMENT, Permission.STEP, Permission.PUBLISH)),
    Role.AUDITOR: frozenset((*_READS, Permission.VERIFY)),
    Role.READER: frozenset((Permission.READ,)),
    Role.ADMINISTRATOR: frozenset((Permission.READ, Permission.READ_HISTORY, Permission.VERIFY, Permission.ADMINISTER)),
}


def may(person: Person, permission: Permission) -> bool:
    """Say whether any of a person's roles allows it."""
    return any(permission in PERMISSIONS[role] for role in person.roles)


def allowed(permission: Permission) -> tuple[Role, ...]:
    """Return the roles that allow it."""
    return tuple(role for role in Role if permission in PERMISSIONS[role])


def require(person: Person, permission: Permission) -> None:
    """Raise ForbiddenError, which names the roles that may, unless the person may."""
    if not may(person, permission):
        roles = ", ".join(role.value for role in allowed(permission))
        raise ForbiddenError(f"{person.name} may not {permission.value} here.", hint=f"Roles that may: {roles}.")
