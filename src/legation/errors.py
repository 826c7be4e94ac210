"""Every exception the package raises on purpose, and the findings it reports instead of raising."""

from __future__ import annotations

from enum import StrEnum

from legation.values import value


class Severity(StrEnum):
    """How bad a finding is: an error stops the step it was found in."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@value
class Finding:
    """Something a reader of data or of a plan should know, as data.

    code: what kind of thing it is (the reference lists them all)
    subject: the thing it is about: a State, a post, a site, a rule, a file
    message: one sentence that names the thing
    remedy: what to do about it
    file, row, column, value: the place in the user's data, where it has one (row 1 is the header)
    """

    code: str
    severity: Severity
    subject: str
    message: str
    remedy: str = ""
    file: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""

    @property
    def place(self) -> str:
        """Return where in the user's data it is, as "facts.csv, row 7, column year"."""
        parts = (self.file, f"row {self.row}" if self.row else "", f"column {self.column}" if self.column else "")
        return ", ".join(p for p in parts if p)


class LegationError(Exception):
    """Base of all deliberate errors: a code for machines, a sentence for people, a way out."""

    code = "error"
    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        """Keep the sentence and the hint."""
        super().__init__(message)
        self.hint = hint


class InvalidError(LegationError):
    """What was given cannot be used; `findings` name every fault at once, and so do its notes in a traceback."""

    code = "invalid"

    def __init__(self, message: str, findings: tuple[Finding, ...] = (), *, hint: str = "") -> None:
        """Keep the findings with the sentence."""
        super().__init__(message, hint=hint)
        self.findings = findings
        for finding in findings:
            if finding.message not in message:
                self.add_note(f"{finding.place or finding.subject}: {finding.message}")


class NotFoundError(LegationError):
    """The thing asked for is not there."""

    code = "not-found"
    exit_code = 2


class RefusedError(LegationError):
    """It could be done, but would lose something: a folder that is there already, a place we may not write."""

    code = "refused"
    exit_code = 4


class OutOfDateError(RefusedError):
    """Two things that belong together do not: a plan and another problem than the one it answers."""

    code = "out-of-date"


class ConflictError(RefusedError):
    """Somebody else changed the same thing in the meantime; nothing was written."""

    code = "conflict"


class ForbiddenError(RefusedError):
    """The person may not do this: the message says who may."""

    code = "forbidden"


class UnsolvedError(LegationError):
    """The solver stopped without a plan that could be proven or checked."""

    code = "unsolved"


class StoppedError(LegationError):
    """Somebody asked for it to be stopped, or its time was over."""

    code = "stopped"


class LostError(LegationError):
    """What computed it died, again and again: too little memory, most often."""

    code = "lost"


class FaultError(LegationError):
    """A mistake of ours, found in another process; the traceback is in its notes."""

    code = "fault"


class InfeasibleError(LegationError):
    """No plan satisfies the brief.

    conflict: a smallest set of rules that cannot hold together: lift any one and the rest can
    relaxations: for each of them, the least change that heals the brief, as a sentence
    """

    code = "infeasible"
    exit_code = 3

    def __init__(
        self, message: str, *, conflict: tuple[str, ...] = (), relaxations: tuple[str, ...] = (), hint: str = ""
    ) -> None:
        """Keep the rules in conflict and what would heal them."""
        super().__init__(message, hint=hint)
        self.conflict = conflict
        self.relaxations = relaxations
