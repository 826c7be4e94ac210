"""Check a procedure: that every stage can be reached and left, and that it leads nowhere around an approval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from legation.errors import Finding, Severity
from legation.review.access import Permission, allowed
from legation.review.stages import Procedure, Step

Complaint = tuple[str, str, str]  # subject, message, remedy


def faults(procedure: Procedure) -> tuple[Finding, ...]:
    """Return one finding of severity error for everything that keeps a procedure from being used."""
    broken = (*_names(procedure), *_ends(procedure))
    found = broken or (*_stages(procedure), *_steps(procedure), *_ways(procedure))
    return tuple(_fault(*complaint) for complaint in found)


def _names(procedure: Procedure) -> Iterator[Complaint]:
    if not procedure.stages:
        yield "stages", "A procedure needs a stage to begin with.", "Write the stages first, the first of all on top."
    twice = [n for n, count in Counter(s.name for s in procedure.stages).items() if count > 1]
    yield from ((name, f"Two stages are called {name}.", "Rename one.") for name in twice)
    ways = Counter((s.source, s.name) for s in procedure.steps)
    for (source, name), count in ways.items():
        if count > 1:
            yield name, f"Two steps from {source} are called {name}.", "Rename one."


def _ends(procedure: Procedure) -> Iterator[Complaint]:
    known = {s.name for s in procedure.stages}
    for step in procedure.steps:
        for end, name in (("from", step.source), ("into", step.target)):
            if name not in known:
                remedy = f"Stages are {', '.join(sorted(known))}."
                yield step.name, f"Step {step.name} leads {end} {name}, which is no stage.", remedy


def _stages(procedure: Procedure) -> Iterator[Complaint]:
    first, left = procedure.stages[0], {s.source for s in procedure.steps}
    if not first.editable:
        yield first.name, f"A dossier begins at {first.name}, where nothing may change.", "Make it editable."
    for stage in procedure.stages:
        if stage.editable and stage.final:
            yield stage.name, f"Stage {stage.name} is editable and final at once.", "Choose one."
        if stage.public and not stage.final:
            yield stage.name, f"Stage {stage.name} is public but not final.", "Make it final: what is out is out."
        if not stage.final and stage.name not in left:
            yield stage.name, f"No step leads out of {stage.name}.", "Add a step, or make the stage final."


def _steps(procedure: Procedure) -> Iterator[Complaint]:
    stages = {s.name: s for s in procedure.stages}
    takers = set(allowed(Permission.STEP))
    for step in procedure.steps:
        if not step.roles or set(step.roles) - takers:
            names = ", ".join(sorted(takers))
            yield step.name, f"Step {step.name} is given to nobody who may take steps.", f"Give it to {names}."
        if step.quorum < 0:
            yield step.name, f"Step {step.name} has a quorum below 0.", "Write 0 where it needs no meeting."
        if step.approves and not step.others:
            yield step.name, f"Step {step.name} approves, and an author could take it.", "Write others = true."
        if step.approves and not stages[step.target].final:
            yield step.name, f"Step {step.name} approves what may change yet.", f"Make {step.target} final."
        if stages[step.source].final and not stages[step.target].final:
            yield step.name, f"Step {step.name} opens again what is final.", "Lead it to a final stage."


def _ways(procedure: Procedure) -> Iterator[Complaint]:
    """Walk every way from the first stage, remembering whether the version on it is approved."""
    stages = {s.name: s for s in procedure.stages}
    reached: set[tuple[str, bool]] = set()
    ahead = [(procedure.stages[0].name, False)]
    around: dict[str, Step] = {}
    while ahead:
        place = ahead.pop()
        if place in reached:
            continue
        reached.add(place)
        for step in procedure.steps_from(place[0]):
            approved = (place[1] or step.approves) and not stages[step.target].editable
            if stages[step.target].public and not approved:
                around[step.name] = step
            ahead.append((step.target, approved))
    for step in around.values():
        yield step.name, f"Step {step.name} makes public what was not approved.", "Put an approving step before it."
    for name in stages.keys() - {name for name, _ in reached}:
        yield name, f"No way leads to stage {name}.", "Add a step to it, or take it out."
    if not any(approved for _, approved in reached):
        yield "steps", "Nothing is ever approved.", "Write approves = true on the step that approves."


def _fault(subject: str, message: str, remedy: str) -> Finding:
    return Finding("procedure", Severity.ERROR, subject, message, remedy)
