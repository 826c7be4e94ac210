"""Stress: the plans of many futures of a case, and which plan stands up to them."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing
from hashlib import sha256
from itertools import takewhile
from pathlib import Path

from legation import codec, compute
from legation.appraisal import Appraisal
from legation.cases.case import Case
from legation.desk.cases import Opened
from legation.engine.alike import ordinary
from legation.errors import InvalidError, OutOfDateError, RefusedError, UnsolvedError
from legation.inquiry.acceptability import Accepted, Levels, acceptability, widest
from legation.inquiry.asking import Question, ask
from legation.inquiry.ensembles import SIZE, Answer, Batch, answers, batches, packed, unpacked
from legation.inquiry.futures import Appraised, Futures, Uncertainty, Way, Weights
from legation.inquiry.regret import Judged, Sample, best_on_average, judge, minimax, sample
from legation.planning.outcome import Measure
from legation.programme.solver import Limits, Solution, Status
from legation.values import value

CHECKED = 2
"""After so many batches the stopping rule is asked."""
FORMAT = "legation-stress/1"


@value
class Candidate:
    """A plan that may be chosen now, and how it does in the futures: see `Judged`. name: what it is best at."""

    name: str
    measures: tuple[Measure, ...]
    average: float
    expected: float
    worst: float
    future: int
    broken: float


@value
class Stress:
    """What many futures say of the plans of a case.

    drawn: what was uncertain, and how; futures: how many were planned; planless: how many of them have no plan;
    gap: the largest that is left in any; accepted: measures, most accepted first; candidates: plans to choose from
    worst_bound: no plan's largest regret is less; half_width: half the widest interval of the shares
    """

    case: str
    title: str
    seed: int
    drawn: tuple[str, ...]
    years: tuple[int, ...]
    futures: int
    planless: int
    gap: float
    levels: Levels
    half_width: float
    accepted: tuple[Accepted, ...]
    candidates: tuple[Candidate, ...]
    worst_bound: float


@value
class Work:
    """How it is done: so many futures at most, fewer once no interval is wider than twice half_width.

    processes, scheduler: as of `compute.spread`; resume: a file that keeps what is done
    """

    count: int = 1000
    seed: int = 0
    half_width: float = 0.0
    processes: int | None = None
    scheduler: str = ""
    resume: Path | None = None


def stress(
    opened: Opened,
    uncertainties: tuple[Uncertainty, ...],
    work: Work,
    limits: Limits,
    progress: Callable[[int, int], None] | None = None,
) -> Stress:
    """Plan many futures of a case, and judge plans in them; progress hears how many are planned, of how many."""
    if not uncertainties:
        raise RefusedError("Nothing is uncertain.", hint="Say what is: --weights 50, --worth 20, --ceilings 10, …")
    question = ask(opened.draft.problem, limits=limits)
    todo = batches(question.problem, uncertainties, work.seed, work.count, limits)
    found: list[Answer] = []
    with closing(_done(todo, work, progress)) as done:
        for number, some in enumerate(done, start=1):
            found += some
            if work.half_width and number % CHECKED == 0 and widest(acceptability(question, found)) <= work.half_width:
                break
    return _told(opened, question, Futures(question, uncertainties, work.seed), tuple(found[: work.count]))


def weights_of(case: Case, appraisal: Appraisal, way: Way, concentration: float) -> Weights:
    """Return the weights of a case as an uncertainty: what each interest would be worth by each criterion alone."""
    at = {c.id: k for k, c in enumerate(case.criteria)}
    total = float(sum(c.weight for c in case.criteria)) or 1.0
    points = dict(case.settings.points)
    rows = tuple(
        Appraised(s.interest, tuple((at[p.criterion], p.worth * float(points[s.kind])) for p in s.parts))
        for s in appraisal.scores
        if s.kind in points and s.parts and all(p.criterion in at for p in s.parts)
    )
    stated = tuple(float(c.weight) / total for c in case.criteria)
    return Weights(tuple(at), stated, rows, way, concentration)


def said(uncertainty: Uncertainty) -> str:
    """Say how an uncertainty is drawn."""
    if isinstance(uncertainty, Weights):
        around = f", concentration {uncertainty.concentration:g}" if uncertainty.way is Way.DIRICHLET else ""
        return f"weights: {uncertainty.way}{around}"
    fields = {k: getattr(uncertainty, k) for k in uncertainty.__dataclass_fields__ if k != "kind"}
    return f"{uncertainty.kind}: {', '.join(f'{k} {v:g}' for k, v in fields.items())}"


# What is done, and what is kept of it


def _done(
    todo: tuple[Batch, ...], work: Work, progress: Callable[[int, int], None] | None
) -> Generator[tuple[Answer, ...]]:
    """Go through the answers of all batches in order: those that a file has, and then those that are planned."""
    kept = _kept(work.resume, todo) if work.resume else []
    yield from kept
    with ExitStack() as stack:
        stream = stack.enter_context(work.resume.open("a", encoding="utf-8")) if work.resume else None
        made = compute.spread(
            answers,
            todo[len(kept) :],
            processes=work.processes,
            scheduler=work.scheduler,
            within=_seldom(progress, len(kept), len(todo), work.count),
        )
        for some in made:
            if stream:
                stream.write(
                    json.dumps([[a.number, b64encode(a.plan).decode(), a.worth, a.bound] for a in some]) + "\n"
                )
                stream.flush()
            yield some


def _seldom(
    progress: Callable[[int, int], None] | None, kept: int, batches_: int, count: int
) -> Callable[[float], None]:
    """Return who hears of batches, and tells of futures where another hundredth of them is done."""
    told = -1

    def within(done: float) -> None:
        nonlocal told
        share = (kept + done) / batches_
        if progress and int(share * 100) > told:
            told = int(share * 100)
            progress(min(count, round(share * count)), count)

    return within


def _key(batch: Batch) -> str:
    """Return what says that two batches answer the same question."""
    asked = (codec.digest(batch.problem), repr(batch.uncertainties), batch.seed, SIZE, batch.limits.gap)
    return sha256(repr(asked).encode()).hexdigest()


def _kept(path: Path, todo: tuple[Batch, ...]) -> list[tuple[Answer, ...]]:
    """Return what a file has of earlier work, and leave only whole batches in it; begin it where there is none."""
    head = json.dumps({"format": FORMAT, "key": _key(todo[0])})
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.is_file() else []
    if not lines:
        path.write_text(head + "\n", encoding="utf-8")
        return []
    if lines[0].strip() != head:
        raise OutOfDateError(
            f"{path} keeps futures of another question: the case, what is uncertain, the seed or the gap was another.",
            hint="Ask as before, or name another file (--resume).",
        )
    try:
        found = [tuple(_read(*row) for row in json.loads(line)) for line in lines[1:] if line.endswith("\n")]
    except (ValueError, TypeError) as error:
        raise InvalidError(f"{path} is damaged.", hint="Delete it, and begin again.") from error
    asked = zip(found, todo, strict=False)
    kept = [some[: len(b.numbers)] for some, b in takewhile(lambda pair: len(pair[0]) >= len(pair[1].numbers), asked)]
    if len(kept) < min(len(todo), len(lines) - 1):  # what breaks off, or was the last batch of fewer futures
        path.write_text("".join(lines[: len(kept) + 1]), encoding="utf-8")
    return kept


def _read(number: int, plan: str, worth: float, bound: float) -> Answer:
    return Answer(number, b64decode(plan), worth, bound)


# What comes out


def _told(opened: Opened, question: Question, futures: Futures, found: tuple[Answer, ...]) -> Stress:
    nominal = ordinary(question.formulation, question.limits)
    plans = () if nominal.status not in (Status.OPTIMAL, Status.FEASIBLE) else (packed(nominal.x),)
    planned = [a for a in found if a.plan]
    if not planned:
        raise UnsolvedError("None of these futures has a plan.", hint="Look at the brief first: legation plan CASE")
    accepted = acceptability(question, found, always=plans)
    candidates, bound = _candidates(question, sample(question, futures, found), plans)
    return Stress(
        opened.case.name,
        opened.case.title or opened.case.name,
        futures.seed,
        tuple(said(u) for u in futures.uncertainties),
        question.problem.brief.years,
        len(found),
        len(found) - len(planned),
        max((a.bound - a.worth) / max(1.0, abs(a.worth)) for a in planned),
        Levels(),
        widest(accepted),
        accepted,
        candidates,
        bound,
    )


def _candidates(question: Question, taken: Sample, plans: tuple[bytes, ...]) -> tuple[tuple[Candidate, ...], float]:
    """Return the plans of the brief as it stands that are worth choosing from; none where nothing keeps it."""
    if not plans:
        return (), 0.0
    average = best_on_average(taken)
    robust = minimax(taken, average.plan)
    named = (("as stated", judge(taken, plans[0])), ("on average", average), ("least worst regret", robust.judged))
    return tuple(_candidate(question, name, judged) for name, judged in named), robust.bound


def _candidate(question: Question, name: str, judged: Judged) -> Candidate:
    x = unpacked(judged.plan, question.formulation.columns)
    made = question.plan(Solution(Status.FEASIBLE, x, 0.0, 0.0))
    return Candidate(name, made.measures, judged.average, judged.expected, judged.worst, judged.future, judged.broken)
