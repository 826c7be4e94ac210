"""Dossiers: a plan in review, its versions frozen by digest, and everything that was done and said about it."""

from __future__ import annotations

from datetime import date, datetime

from legation.review.people import Role
from legation.values import value


@value
class Version:
    """One problem and plan that were put into a dossier, fixed by their digests.

    number: counts from 1; revision: of the record the case was read from; scenario: under which the case was planned;
    counter: id of the counter-proposal that was taken over, empty for a version of the ministry's own; hands: who
    else wrote of what it says, the authors of its scenarios
    """

    number: int
    problem: str
    plan: str
    author: str
    at: datetime
    revision: int
    scenario: str = ""
    counter: str = ""
    reason: str = ""
    hands: tuple[str, ...] = ()


@value
class Comment:
    """What somebody said of one line of a dossier, and the answer to it.

    line: id of the site or interest, or the year, it is about; empty for the whole; version: of the dossier
    """

    id: str
    line: str
    text: str
    author: str
    at: datetime
    version: int
    answer: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None


@value
class Counter:
    """Another plan laid beside a version, under other assumptions, and what became of it.

    scenario: its name; problem, plan: digests of its own; version: of the dossier it answers; adopted: it became a
    version; answer: why it did not
    """

    id: str
    scenario: str
    problem: str
    plan: str
    author: str
    at: datetime
    version: int
    reason: str = ""
    answer: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None
    adopted: bool = False


@value
class Paper:
    """A paper that lay on the table or came of a task, kept elsewhere. digest: SHA-256 of its bytes, in hex."""

    name: str
    digest: str


@value
class Meeting:
    """A meeting that had the dossier before it, as somebody put it on record.

    kind: such as a session of the Government; present: who took part; version: of the dossier, then in review
    """

    id: str
    day: date
    place: str
    kind: str
    present: tuple[str, ...]
    author: str
    at: datetime
    version: int
    agenda: tuple[str, ...] = ()
    papers: tuple[Paper, ...] = ()


@value
class Task:
    """Something that somebody is charged with: to consider the plan, or to draft a legal act once it is approved.

    role: who is charged; due: by when, None where nobody said; controller: who watches that it is done, and may close
    it too; meeting: id of the one that charged them; answer, papers: what came of it
    """

    id: str
    text: str
    role: Role
    author: str
    at: datetime
    version: int
    due: date | None = None
    controller: str = ""
    meeting: str = ""
    answer: str = ""
    papers: tuple[Paper, ...] = ()
    answered_by: str = ""
    answered_at: datetime | None = None

    def late(self, on: date) -> bool:
        """Say whether it is still open on a day after it was due."""
        return self.answered_at is None and self.due is not None and on > self.due


@value
class Taken:
    """A step that was taken: by whom, when, on which version, and why.

    approves: it approved that version; meeting: id of the one that decided it, where one did
    """

    step: str
    source: str
    target: str
    by: str
    at: datetime
    version: int
    reason: str = ""
    approves: bool = False
    meeting: str = ""


@value
class Dossier:
    """A plan in review.

    case: name of the case in the registry; stage: where it stands; versions: in order, the last is the one in review;
    renews: id of the approved dossier it is to take the place of; embargo: not to be announced before; announced:
    digests of the statements that were published, in order; meetings: that had it before them; tasks: set over it
    """

    id: str
    title: str
    case: str
    stage: str
    versions: tuple[Version, ...]
    taken: tuple[Taken, ...] = ()
    comments: tuple[Comment, ...] = ()
    counters: tuple[Counter, ...] = ()
    renews: str = ""
    embargo: datetime | None = None
    announced: tuple[str, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    tasks: tuple[Task, ...] = ()

    @property
    def version(self) -> Version:
        """Return the version in review."""
        return self.versions[-1]

    @property
    def approval(self) -> Taken | None:
        """Return the step that approved the version in review, or None."""
        approvals = (t for t in reversed(self.taken) if t.approves and t.version == self.version.number)
        return next(approvals, None)

    @property
    def authors(self) -> frozenset[str]:
        """Return who had a hand in what it says: who wrote a version, its scenarios, a counter-proposal taken over."""
        wrote = {name for v in self.versions for name in (v.author, *v.hands)}
        return frozenset(wrote) | {c.author for c in self.counters if c.adopted}

    @property
    def remarks(self) -> tuple[Comment | Counter, ...]:
        """Return all that was said of it: comments, then counter-proposals."""
        return self.comments + self.counters

    @property
    def waiting(self) -> tuple[Comment | Counter, ...]:
        """Return the comments and counter-proposals that wait for an answer."""
        return tuple(said for said in self.remarks if said.answered_at is None)

    @property
    def open_tasks(self) -> tuple[Task, ...]:
        """Return the tasks of which nothing came so far."""
        return tuple(task for task in self.tasks if task.answered_at is None)
