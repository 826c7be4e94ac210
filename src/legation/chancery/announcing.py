"""Announcing: what the public reads of an approved plan, who may see it before, and corrections of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from legation import codec
from legation.cases.case import Case
from legation.chancery.dossiers import Filed, dossier_of, filed_of, papers, put_back
from legation.chancery.procedures import procedure_of
from legation.desk.registry import case_of
from legation.errors import NotFoundError, RefusedError
from legation.model.revisions import Put
from legation.planning.outcome import Measure, Plan
from legation.planning.problem import Problem
from legation.review.access import Permission, require
from legation.review.advancing import set_embargo
from legation.review.dossiers import Dossier
from legation.review.people import Person
from legation.review.statements import Act, Statement
from legation.store import Store

KIND = "statement"


def statements_of(store: Store, who: Person, case: str = "", *, at: int | None = None) -> tuple[Statement, ...]:
    """List what was published of a case, or of all, in the order of dossiers and of their statements."""
    require(who, Permission.READ)
    scopes = (case,) if case else store.scopes(KIND, at=at)
    found = [s for scope in scopes for s in store.all(KIND, scope=scope, at=at).values()]
    return tuple(sorted(found, key=lambda s: (s.dossier, s.number)))


def statement_of(store: Store, who: Person, id_: str, at: datetime) -> Statement:
    """Return the last statement that was published of a dossier, or the one that is to be, to who reviews.

    Raise ForbiddenError for who may not see it before it is out, RefusedError where nothing was approved.
    """
    dossier = dossier_of(store, who, id_).dossier
    if dossier.announced:
        found: Statement = store.get(KIND, dossier.announced[-1], scope=dossier.case)
        return found
    require(who, Permission.READ_REVIEW)
    return drafted_statement(store, filed_of(store, id_).dossier, who.name, at)


def embargo(store: Store, who: Person, id_: str, until: datetime | None, at: datetime, *, read: int = 0) -> Filed:
    """Set or lift the moment before which a dossier may not be announced; raise RefusedError once it was."""
    require(who, Permission.PUBLISH)
    filed = filed_of(store, id_)
    made = set_embargo(filed.dossier, until, procedure_of(store))
    said = f"Embargo on {id_} until {until.isoformat()}" if until else f"No embargo on {id_}"
    return put_back(store, who, made, said, at, read or filed.revision)


def correct(
    store: Store, who: Person, id_: str, correction: str, at: datetime, *, url: str = "", read: int = 0
) -> Filed:
    """Publish another statement in place of the last: names as they are on record now, and what was wrong.

    url: where the public reads it. Raise RefusedError where nothing was published or no correction is told; what was
    published stays on record.
    """
    require(who, Permission.PUBLISH)
    filed = filed_of(store, id_)
    if not filed.dossier.announced:
        raise RefusedError(f"Nothing of {id_} was published that could be corrected.")
    if not correction.strip():
        raise RefusedError("A correction says what was wrong.", hint="Say what was wrong and what is right.")
    made, statement = published(store, filed.dossier, who.name, at, correction.strip(), url=url)
    return put_back(store, who, made, f"Correction: {correction.strip()}", at, read or filed.revision, (statement,))


def published(
    store: Store, dossier: Dossier, by: str, at: datetime, correction: str = "", *, url: str = ""
) -> tuple[Dossier, Put]:
    """Return a dossier with one statement more, and what puts that on record; raise RefusedError for no web address."""
    if url and not url.startswith(("https://", "http://")):
        raise RefusedError(f"{url!r} is no address on the web.", hint="Write it as https://www.example.org/page.")
    statement = replace(drafted_statement(store, dossier, by, at, correction), url=url)
    digest = codec.digest(statement)
    return replace(dossier, announced=(*dossier.announced, digest)), Put(KIND, digest, statement, dossier.case)


def drafted_statement(store: Store, dossier: Dossier, by: str, at: datetime, correction: str = "") -> Statement:
    """Write the statement of an approved dossier, with names as they are on record now.

    Raise RefusedError where the version in review was not approved.
    """
    if dossier.approval is None:
        raise RefusedError(f"{dossier.id} was not approved, so there is nothing to announce.")
    said = papers(store, dossier)
    case = _names(store, dossier)
    return Statement(
        dossier=dossier.id,
        number=len(dossier.announced) + 1,
        title=dossier.title,
        sender=said.problem.sender,
        sender_name=_name(case, said.problem.sender),
        years=said.problem.brief.years,
        acts=_acts(case, said.problem, said.plan),
        plan=dossier.version.plan,
        approved=dossier.approval.at,
        at=at,
        by=by,
        correction=correction,
    )


def _names(store: Store, dossier: Dossier) -> Case:
    """Return the case as of now, or as the plan was made on where it is no longer on record."""
    try:
        return case_of(store, dossier.case)
    except NotFoundError:
        return case_of(store, dossier.case, at=dossier.version.revision)


def _acts(case: Case, problem: Problem, plan: Plan) -> tuple[Act, ...]:
    acts = (_act(case, problem, measure) for measure in plan.measures)
    return tuple(sorted(acts, key=lambda a: (a.year, a.state_name, a.city, a.after)))


def _act(case: Case, problem: Problem, measure: Measure) -> Act:
    site = next(s for s in problem.sites if s.id == measure.site)
    name = _name(case, site.state)
    return Act(measure.year, measure.kind, measure.before, measure.after, site.state, name, site.city)


def _name(case: Case, code: str) -> str:
    return next((s.name for s in case.states if s.code == code), code)
