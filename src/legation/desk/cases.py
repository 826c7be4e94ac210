"""Cases as the desk opens them: read with findings, copied, founded; and the rules a brief may hold."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from legation import sources
from legation.affinity.practice import ABSENT
from legation.appraisal.scoring import Appraisal
from legation.cases.case import Case
from legation.cases.drafting import Draft, draft
from legation.cases.questions import open_questions
from legation.codec import nearest
from legation.errors import Finding, InvalidError, NotFoundError, RefusedError, Severity
from legation.planning import brief
from legation.sources import convert, read_case
from legation.values import value

OTHER_BOOKS = (".xls", ".xlsm", ".ods", ".csv")


@value
class Packaged:
    """One case that came with the product."""

    name: str
    title: str
    years: tuple[int, ...]


@value
class RuleLine:
    """One kind of rule: its tag and what it asks."""

    tag: str
    meaning: str


@value
class Opened:
    """A case ready to be worked with, the problem drafted from it, and all that was found on the way."""

    case: Case
    draft: Draft
    findings: tuple[Finding, ...]


def packaged() -> tuple[Packaged, ...]:
    """List the cases inside the product."""
    cases = [read_case(name)[0] for name in sources.packaged()]
    return tuple(Packaged(case.name, case.title, case.brief.years) for case in cases)


def rules() -> tuple[RuleLine, ...]:
    """List every kind of rule with the first line of its documentation."""
    kinds = [(kind, (kind.__doc__ or "").strip().splitlines()[0]) for kind in get_args(brief.Rule)]
    return tuple(RuleLine(kind.__dataclass_fields__["rule"].default, line) for kind, line in kinds)


def open_case(path: str) -> Opened:
    """Read a case and draft its problem; raise InvalidError where either finds an error."""
    case, found_reading = read_case(path)
    drafted = draft(case)
    errors = tuple(f for f in drafted.findings if f.severity is Severity.ERROR)
    if errors:
        raise InvalidError(f"No problem can be drafted from {case.name}.", errors)
    return Opened(case, drafted, (*found_reading, *drafted.findings))


def appraisal(opened: Opened, interest: str = "") -> Appraisal:
    """Return the scores of a case, or of one interest only; raise NotFoundError where there is no such interest."""
    whole = opened.draft.appraisal
    if not interest:
        return whole
    chosen = tuple(s for s in whole.scores if interest.casefold() in (s.interest.casefold(), s.title.casefold()))
    if not chosen:
        close = nearest(interest, (name for s in whole.scores for name in (s.interest, s.title)))
        hint = f"Did you mean {close}?" if close else "List them with: legation appraise CASE"
        raise NotFoundError(f"{opened.case.name} has no interest {interest!r}.", hint=hint)
    return Appraisal(chosen, tuple(f for f in whole.findings if f.subject == chosen[0].interest))


def practice(found: Appraisal) -> tuple[Finding, ...]:
    """Return where practice would have us and we are not."""
    return tuple(f for f in found.findings if f.code == ABSENT)


def questions(case: Case) -> tuple[Finding, ...]:
    """Return what the owner of a case must still find out or decide."""
    return open_questions(case)


def export(source: str, target: Path, *, force: bool = False) -> Path:
    """Write a case as a workbook where the target ends in .xlsx, else as a folder, every text and comment kept.

    Raises RefusedError where there is something at that place already, unless forced: then its tables are replaced.
    """
    if target.suffix.lower() in OTHER_BOOKS:
        raise InvalidError(f"{target.name} cannot be written.", hint="Name a workbook .xlsx, or a folder.")
    if target.exists() and not force:
        raise RefusedError(f"{target} is there already.", hint="Choose another name, or overwrite it with --force.")
    convert(source, target)
    return target
