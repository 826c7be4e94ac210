"""Dossiers on record: found, read as of any revision by those who may, and put back as one revision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from legation import codec
from legation.chancery.procedures import procedure_of
from legation.errors import ForbiddenError, NotFoundError
from legation.model.revisions import Change, Put
from legation.planning.outcome import Plan
from legation.planning.problem import Problem
from legation.review.access import Permission, may, require
from legation.review.dossiers import Dossier, Version
from legation.review.people import Person
from legation.review.stages import Procedure
from legation.store import Store
from legation.values import value

KIND = "dossier"


@value
class Filed:
    """A dossier as it stands on record. revision: that wrote it so, for those who change it on what they read."""

    dossier: Dossier
    revision: int


@value
class Papers:
    """What a version says: its problem and its plan, as they were frozen."""

    version: Version
    problem: Problem
    plan: Plan


def dossiers_of(store: Store, who: Person, case: str = "", *, at: int | None = None) -> tuple[Dossier, ...]:
    """List the dossiers of a case, or of all, that somebody may see, as of a revision."""
    require(who, Permission.READ)
    scopes = (case,) if case else store.scopes(KIND, at=at)
    procedure = procedure_of(store, at=at)
    found = (dossier for scope in scopes for dossier in store.all(KIND, scope=scope, at=at).values())
    return tuple(_shown(d, who, procedure) for d in found if may_see(d, who, procedure))


def dossier_of(store: Store, who: Person, id_: str, *, at: int | None = None) -> Filed:
    """Return a dossier as of a revision, without what was said of it for those who may only read what is public.

    Raise NotFoundError where there is none; ForbiddenError for who may not see it yet.
    """
    filed = filed_of(store, id_, at=at)
    procedure = procedure_of(store, at=at)
    if not may_see(filed.dossier, who, procedure):
        raise ForbiddenError(f"{who.name} may not see {id_} before it is announced.", hint="Ask who has it in review.")
    return replace(filed, dossier=_shown(filed.dossier, who, procedure))


def papers_of(store: Store, who: Person, id_: str, number: int = 0, *, at: int | None = None) -> Papers:
    """Return the problem and the plan of a version of a dossier, the last by default; raise NotFoundError."""
    return papers(store, dossier_of(store, who, id_, at=at).dossier, number)


def may_see(dossier: Dossier, who: Person, procedure: Procedure) -> bool:
    """Say whether somebody may see a dossier: everybody who reads may once it is public."""
    public = procedure.stage(dossier.stage).public
    return may(who, Permission.READ_REVIEW) or (public and may(who, Permission.READ))


def _shown(dossier: Dossier, who: Person, procedure: Procedure) -> Dossier:
    """Leave of a public dossier what was approved, for those who do not take part in reviews."""
    if may(who, Permission.READ_REVIEW) or not procedure.stage(dossier.stage).public:
        return dossier
    return replace(dossier, versions=(dossier.version,), taken=(), comments=(), counters=(), meetings=(), tasks=())


# For those who change a dossier


def filed_of(store: Store, id_: str, *, at: int | None = None) -> Filed:
    """Return a dossier by its id, whoever asks; raise NotFoundError."""
    case = case_of_id(id_)
    found, revision = store.get(KIND, id_, scope=case, at=at), store.version(KIND, id_, scope=case, at=at)
    if not isinstance(found, Dossier) or revision is None:
        known = [name for scope in store.scopes(KIND, at=at) for name in store.all(KIND, scope=scope, at=at)]
        hint = "legation review list shows them." if known else "Open one: legation review open CASE"
        raise NotFoundError(f"There is no dossier '{id_}'{codec.suggest(id_, known) or '.'}", hint=hint)
    return Filed(found, revision)


def case_of_id(id_: str) -> str:
    """Return the case that a dossier is of: its id is the case's name with a number."""
    return id_.rpartition("-")[0]


def papers(store: Store, dossier: Dossier, number: int = 0) -> Papers:
    """Return the problem and the plan of a version, the last by default; raise NotFoundError."""
    found = next((v for v in dossier.versions if v.number == number), None) if number else dossier.version
    if found is None:
        numbers = ", ".join(str(v.number) for v in dossier.versions)
        raise NotFoundError(f"{dossier.id} has no version {number}.", hint=f"Versions: {numbers}.")
    return Papers(found, *frozen_papers(store, dossier.case, found.problem, found.plan))


def frozen_papers(store: Store, case: str, problem: str, plan: str) -> tuple[Problem, Plan]:
    """Return a problem and a plan by their digests; raise NotFoundError."""
    found = store.get("problem", problem, scope=case), store.get("plan", plan, scope=case)
    if not isinstance(found[0], Problem) or not isinstance(found[1], Plan):
        raise NotFoundError(f"There is no problem {problem[:12]} with a plan {plan[:12]} of {case} on record.")
    return found[0], found[1]


def frozen(store: Store, case: str, *values: Problem | Plan) -> tuple[Change, ...]:
    """Return what puts problems and plans under their digests, but for those that are there already."""
    named = [("problem" if isinstance(v, Problem) else "plan", codec.digest(v), v) for v in values]
    return tuple(Put(kind, id_, v, case) for kind, id_, v in named if store.version(kind, id_, scope=case) is None)


def put_back(
    store: Store, who: Person, dossier: Dossier, reason: str, at: datetime, read: int, more: Sequence[Change] = ()
) -> Filed:
    """Put a changed dossier on record with all that belongs to it, as one revision.

    read: the revision it was changed on; raise ConflictError if somebody changed it since
    """
    changes = (*more, Put(KIND, dossier.id, dossier, dossier.case))
    revision = store.commit(changes, actor=who.name, reason=reason, at=at, read=read)
    return Filed(dossier, revision.number)
