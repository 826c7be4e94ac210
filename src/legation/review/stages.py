"""Stages: where a plan in review stands, and the steps between, as two tables that a ministry may change."""

from __future__ import annotations

from legation.errors import NotFoundError
from legation.review.people import Role
from legation.values import value


@value
class Stage:
    """Where a dossier stands.

    editable: its problem and plan may still change; final: what it says is fixed for ever; public: it was announced,
    and may be read by anybody who may read at all
    """

    name: str
    title: str
    editable: bool = False
    final: bool = False
    public: bool = False


@value
class Step:
    """A way from one stage to another.

    roles: any of them may take it; others: not by who wrote it; answers: only when everything said of it is answered;
    reason: only with one; approves: it approves the version it is taken on; quorum: only after a meeting of at least
    so many; acts: legal acts to be drafted once it is taken, each of which becomes a task
    """

    name: str
    source: str
    target: str
    roles: tuple[Role, ...]
    others: bool = False
    answers: bool = False
    reason: bool = False
    approves: bool = False
    quorum: int = 0
    acts: tuple[str, ...] = ()


@value
class Procedure:
    """A ministry's stages and steps; the first stage is where a dossier begins."""

    stages: tuple[Stage, ...]
    steps: tuple[Step, ...]

    def stage(self, name: str) -> Stage:
        """Return a stage by its name; raise NotFoundError."""
        found = next((s for s in self.stages if s.name == name), None)
        if found is None:
            raise NotFoundError(
                f"There is no stage '{name}'.", hint=f"Stages: {', '.join(s.name for s in self.stages)}."
            )
        return found

    def steps_from(self, stage: str) -> tuple[Step, ...]:
        """Return the steps that lead on from a stage."""
        return tuple(s for s in self.steps if s.source == stage)


PROCEDURE = Procedure(
    stages=(
        Stage("draft", "Draft of the planning desk", editable=True),
        Stage("department", "With the head of department"),
        Stage("finance", "Considered by Finance"),
        Stage("returned", "Returned for revision", editable=True),
        Stage("agreed", "Agreed with Finance"),
        Stage("government", "With the Government"),
        Stage("approved", "Approved", final=True),
        Stage("announced", "Announced", final=True, public=True),
        Stage("delivery", "In delivery", final=True, public=True),
        Stage("withdrawn", "Withdrawn", final=True),
    ),
    steps=(
        Step("submit", "draft", "department", (Role.PLANNER,)),
        Step("withdraw", "draft", "withdrawn", (Role.PLANNER,), reason=True),
        Step("endorse", "department", "finance", (Role.HEAD, Role.REGIONAL, Role.CONSULAR), others=True),
        Step(
            "send-back", "department", "returned", (Role.HEAD, Role.REGIONAL, Role.CONSULAR), others=True, reason=True
        ),
        Step("agree", "finance", "agreed", (Role.FINANCE,), others=True, answers=True),
        Step("return", "finance", "returned", (Role.FINANCE,), others=True, reason=True),
        Step("resubmit", "returned", "department", (Role.PLANNER,), answers=True),
        Step("give-up", "returned", "withdrawn", (Role.PLANNER,), reason=True),
        Step("present", "agreed", "government", (Role.HEAD,), others=True),
        Step("approve", "government", "approved", (Role.GOVERNMENT,), others=True, answers=True, approves=True),
        Step("refer-back", "government", "returned", (Role.GOVERNMENT,), others=True, reason=True),
        Step("announce", "approved", "announced", (Role.GOVERNMENT, Role.HEAD)),
        Step("begin", "announced", "delivery", (Role.PLANNER, Role.HEAD)),
    ),
)
"""From the desk's draft through Finance and the Government to delivery."""
