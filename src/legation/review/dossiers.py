"""Dossiers: a plan in review, its versions frozen by digest, and everything that was done and said about it."""

from __future__ import annotations

from datetime import datetime

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
class Taken:
    """A step that was taken: by whom, when, on which version, and why. approves: it approved that version."""

    step: str
    source: str
    target: str
    by: str
    at: datetime
    version: int
    reason: str = ""
    approves: bool = False


@value
class Dossier:
    """A plan in review.

    case: name of the case in the registry; stage: where it stands; versions: in order, the last is the one in review;
    renews: id of the approved dossier it is to take the place of; embargo: not to be announced before; announced:
    digests of the statements that were published, in order
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
