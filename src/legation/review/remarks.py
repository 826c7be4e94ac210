"""Remarks on a dossier: comments by line and counter-proposals, each of which is to be answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from legation.errors import NotFoundError, RefusedError
from legation.review.advancing import revise
from legation.review.dossiers import Comment, Counter, Dossier, Version
from legation.review.people import Person
from legation.review.stages import PROCEDURE, Procedure


def comment(dossier: Dossier, line: str, text: str, person: Person, at: datetime) -> Dossier:
    """Add a comment on a line; raise RefusedError for an empty one."""
    if not text.strip():
        raise RefusedError("A comment needs a text.")
    name = f"c{len(dossier.comments) + 1}"
    made = Comment(name, line, text.strip(), person.name, at, dossier.version.number)
    return replace(dossier, comments=(*dossier.comments, made))


def offer(dossier: Dossier, counter: Counter, procedure: Procedure = PROCEDURE) -> Dossier:
    """Lay a counter-proposal beside the version in review; raise RefusedError once the dossier is final."""
    stage = procedure.stage(dossier.stage)
    if stage.final:
        raise RefusedError(f"It is too late for a counter-proposal: {stage.title}.")
    made = replace(counter, id=f"p{len(dossier.counters) + 1}", version=dossier.version.number)
    return replace(dossier, counters=(*dossier.counters, made))


def answer(dossier: Dossier, id_: str, text: str, person: Person, at: datetime) -> Dossier:
    """Answer a comment or a counter-proposal; raise where there is none of that id, or it has its answer."""
    found = _open(dossier, id_)
    if not text.strip():
        raise RefusedError("An answer needs a text.")
    return _closed(dossier, replace(found, answer=text.strip(), answered_by=person.name, answered_at=at))


def adopt(dossier: Dossier, id_: str, version: Version, procedure: Procedure = PROCEDURE) -> Dossier:
    """Make a counter-proposal the next version, by the person and at the time that the version names."""
    found = _open(dossier, id_)
    if not isinstance(found, Counter):
        raise RefusedError(f"{id_} is a comment, not a counter-proposal.", hint="Answer it.")
    made = replace(version, problem=found.problem, plan=found.plan, counter=found.id)
    closed = replace(found, answer="adopted", answered_by=version.author, answered_at=version.at, adopted=True)
    return _closed(revise(dossier, made, procedure), closed)


def _open(dossier: Dossier, id_: str) -> Comment | Counter:
    found = next((said for said in dossier.remarks if said.id == id_), None)
    if found is None:
        ids = ", ".join(said.id for said in dossier.waiting) or "nothing"
        raise NotFoundError(f"Nobody said '{id_}' of {dossier.id}.", hint=f"Waiting for an answer: {ids}.")
    if found.answered_at is not None:
        raise RefusedError(f"{id_} has its answer.")
    return found


def _closed(dossier: Dossier, said: Comment | Counter) -> Dossier:
    if isinstance(said, Comment):
        return replace(dossier, comments=tuple(said if c.id == said.id else c for c in dossier.comments))
    return replace(dossier, counters=tuple(said if c.id == said.id else c for c in dossier.counters))
