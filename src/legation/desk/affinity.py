"""Affinity at the desk: read what all States did, fit, backtest, and say where a State would likely be."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from legation import __version__, codec, compute
from legation.affinity.backtesting import Backtest, Prediction, forecast, measured
from legation.affinity.backtesting import backtest as run
from legation.affinity.features import SHIPPED
from legation.affinity.history import History
from legation.affinity.learning import Progress, learn, learn_presence
from legation.affinity.model import Models
from legation.affinity.planned import PlannedBacktest, PlanScore, Task, score_plans
from legation.affinity.practice import AFFINITY, PEERS
from legation.affinity.scores import Bin, SenderScore
from legation.affinity.standing import Standing, chances, standing
from legation.affinity.weights import revealed
from legation.cases.case import Case
from legation.cases.drafting import draft
from legation.desk import gaps
from legation.desk.completeness import completeness, gaps_told
from legation.desk.worldrecord import CONTESTED, state_of
from legation.errors import Finding, InvalidError, Severity
from legation.exchange import merging
from legation.exchange.imported import Imported
from legation.model import Attribute, Fact, Source, State
from legation.planning.openings import openings
from legation.presence.histories import read_history, shipped_history, shipped_ties
from legation.programme.plans import plan
from legation.sources import World, load_states, read_case, read_world
from legation.sources.world import DATA
from legation.values import value

ATTRIBUTES = (
    Attribute(AFFINITY, "of 1", "Chance that a State in the sender's position has an embassy there"),
    Attribute(
        PEERS, "of 1", "Share of States with an economy between half and twice as large that have an embassy there"
    ),
)
SOURCE = Source(
    "legation-affinity",
    "Affinity: what States in a like position do",
    publisher="Legation",
    use="the chance of presence, by a model fitted on what all States did; see its card",
)
RECORDED = 2022  # year of the record of posts that comes with the product
DIGITS = 6
MANY = 100  # items from which progress is told


@value
class Workers:
    """Who does the work that can be spread: so many processes of this machine, or a Dask scheduler at an address."""

    processes: int = 1
    scheduler: str = ""

    def mapper(self, progress: Progress) -> Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]:
        """Return what spreads a function over items; it tells how many are done, ten times."""

        def told(done: int, count: int) -> None:
            if count >= MANY and done * 10 // count > (done - 1) * 10 // count:
                progress(f"{done} of {count}")

        return partial(compute.spread, processes=self.processes, scheduler=self.scheduler, progress=told)


def backtest(
    folder: Path, year: int, *, window: int, draws: int, seed: int, progress: Progress, workers: Workers = Workers()
) -> tuple[Backtest, Prediction, tuple[Finding, ...]]:
    """Score the forecasts of a year on what followed, from the files of a folder."""
    from legation import fitting

    engines = fitting.engines()
    progress("reading")
    history, found = read_history(folder)
    with fitting.one_thread():
        result, said = run(
            history, year, engines,
            window=window, draws=draws, seed=seed, progress=progress, spread=workers.mapper(progress),
        )  # fmt: skip
    return result, said, (*found, *_cut(year, window, said.window))


def _cut(year: int, asked: int, scored: int) -> Iterator[Finding]:
    """Say that a window was not scored as it was asked for, for want of years."""
    if scored != asked:
        message = f"Years are known up to {year + scored} only: the window is {scored} years instead of {asked}."
        yield Finding("window-cut", Severity.NOTE, str(year), message, "Choose an earlier year, or add later data.")


def backtest_plans(
    folder: Path, year: int, *, window: int, draws: int, seed: int, progress: Progress, workers: Workers = Workers()
) -> tuple[PlannedBacktest, tuple[Finding, ...]]:
    """Plan by the forecasts of a year, each sender as many openings as it made; score the plans on what followed."""
    from legation import fitting

    engines = fitting.engines()
    progress("reading")
    history, found = read_history(folder)
    with fitting.one_thread():
        said = forecast(history, year, engines, window, seed, progress)
    progress("planning")
    scored = score_plans(history, said, planned, draws=draws, seed=seed, spread=workers.mapper(progress))
    return scored, (*found, *_cut(year, window, said.window))


def planned(task: Task) -> tuple[str, ...]:
    """Return the States in which the best plan of a task opens an embassy."""
    worth = {state: Decimal(repr(amount)) for state, amount in task.worth}
    found = plan(openings(task.sender, worth, task.year, task.count))
    return tuple(m.site for m in found.measures)


def fit(folder: Path, *, window: int, day: date, title: str, progress: Progress) -> tuple[Models, tuple[Finding, ...]]:
    """Fit both models on a folder, with features that the product's own facts can give, and score them out of time."""
    from legation import fitting

    engines = fitting.engines(boosted=False)
    history, found = read_history(folder)
    known = {s.code: s for s in load_states()}
    if not set(history.codes) <= known.keys():
        raise InvalidError(f"The folder names States we do not know: {sorted(set(history.codes) - known.keys())}.")
    history = replace(history, ties=shipped_ties([known[c] for c in history.codes]))
    tested = max([y for y in history.years if y <= history.last - window], default=history.years[0])
    span = history.last - tested
    progress(f"scoring a model of {tested}")
    with fitting.one_thread():
        opening, presence = measured(history, tested, engines, span, SHIPPED)
        made = Models(
            learn(history, engines.logit, window, names=SHIPPED, progress=progress),
            learn_presence(history, engines.logit, window),
        )
    cards = (
        replace(
            model.card,
            title=f"{task} an embassy",
            data=title,
            fitted_on=day.isoformat(),
            fitted_with=f"{fitting.version()}, legation {__version__}",
            measured=told,
            scores=scores,
            limits=LIMITS,
        )
        for model, task, told, scores in (
            (made.opening, "Opening", f"model of {tested} on openings {tested + 1}-{history.last}", opening),
            (made.presence, "Having", f"model of {tested} on presence in {history.last}", presence),
        )
    )
    first, second = cards
    return Models(replace(made.opening, card=first), replace(made.presence, card=second)), found


LIMITS = (
    "It tells what States in a like position did, not what is wise.",
    "Yearbooks lag by up to three years, and catching up looks like opening: read windows of five years, never one.",
    "Figures of GDP are today's revisions, not those known at the time.",
    "The record that comes with the product is undated and lacks one embassy in five: some said likely are there.",
    "Ranks are safer than probabilities: out of time, rates of opening change.",
)


def load_models(path: Path | None = None) -> Models:
    """Read the models from a file, or those that come with the product."""
    text = (path or DATA / "affinity.json").read_text(encoding="utf-8")
    models: Models = codec.load(Models, text)
    return models


Stood = tuple[Standing, dict[str, str], Models]


def stand(
    sender: str,
    *,
    model: Path | None = None,
    folder: Path | None = None,
    year: int | None = None,
    world: World | None = None,
) -> Stood:
    """Say where a State would likely be; names of States by code, and the models used.

    folder: presences by year and facts of the user's own, known up to a year; else the record of the world
    world: that record as the user corrected it; else as it came with the product
    """
    world = world or read_world()[0]
    home = state_of(sender, world.states)
    models = load_models(model)
    known = _own_history(folder).by(year) if folder and year else _own_history(folder) if folder else None
    known = known or shipped_history(world, RECORDED, year)
    names = {s.code: s.name for s in world.states}
    found = standing(known, models, home.code, names)
    return replace(found, findings=(*found.findings, *_recognition(found, names))), names, models


def _recognition(found: Standing, names: Mapping[str, str]) -> Iterator[Finding]:
    """Say of which States practice cannot tell whether an embassy can be had at all."""
    absent = [c.state for c in found.chances if not c.there]
    for code in (c for c in CONTESTED if c in absent or c == found.sender):
        message = f"Not every State recognises {names[code]}, and affinity does not know which do."
        remedy = "Leave out what recognition rules out."
        yield Finding("recognition-unknown", Severity.NOTE, code, message, remedy)


def unrecorded(sender: str, world: World) -> tuple[frozenset[str], str]:
    """Return where a State probably is already though the record lacks it, and how that is said."""
    home = state_of(sender, world.states)
    found = completeness(home, world, gaps.chances(world))
    return frozenset((*found.attested, *found.likely)), gaps_told(found, {s.code: s.name for s in world.states})


def _own_history(folder: Path) -> History:
    """Read a folder, and take places, regions and languages from the product's table, as the shipped models do."""
    history, _ = read_history(folder)
    known = {s.code: s for s in load_states()}
    return replace(history, ties=shipped_ties([known[c] for c in history.codes]))


def facts_of(found: Standing, recorded: int | None = None) -> Imported:
    """Return the chances of presence, and who of like size is there, as facts that a case may use."""
    facts = practice_facts(found, recorded)
    return Imported("affinity", facts=facts, attributes=ATTRIBUTES, sources=(SOURCE,), rows=len(facts))


def practice_facts(found: Standing, recorded: int | None = None) -> tuple[Fact, ...]:
    """Return the attributes `affinity` and, where there are States of like size, `peers` of every other State.

    recorded: the year of the embassies, where the facts about States are of an earlier one
    """
    later = f"embassies of {recorded}, figures of {found.year}" if recorded not in (None, found.year) else ""
    affinity, peers = ATTRIBUTES
    chances = sorted(found.chances, key=lambda c: c.state)
    return (
        *(
            Fact(c.state, affinity.name, found.year, round(c.presence, 4), affinity.unit, SOURCE.id, note=later)
            for c in chances
        ),
        *(
            Fact(
                c.state, peers.name, found.year, round(c.peers_there / c.peers, 4), peers.unit, SOURCE.id,
                note=f"{c.peers_there} of {c.peers}",
            )
            for c in chances
            if c.peers
        ),
    )  # fmt: skip


def presence_chances(world: World) -> dict[tuple[str, str], float]:
    """Return how likely each State (first) has an embassy in each other, by the shipped model and record."""
    known = shipped_history(world, RECORDED)
    found = chances(known, load_models().presence)
    pairs = np.argwhere(~np.eye(len(known.codes), dtype=bool))
    return {(known.codes[i], known.codes[j]): float(found[i, j]) for i, j in pairs}


def practice_of(home: State, world: World, year: int) -> tuple[Fact, ...]:
    """Return the facts on practice of a new case, by the shipped models and facts known up to a year."""
    known = shipped_history(world, RECORDED, min(RECORDED, year))
    return practice_facts(standing(known, load_models(), home.code), RECORDED)


def file_into(case: str, found: Standing, recorded: int | None = None) -> merging.Merged:
    """Write the chances of presence into the folder of a case; what it says already is replaced."""
    return merging.merge(facts_of(found, recorded), case, prefer=merging.Prefer.NEW)


@value
class Weight:
    """A criterion's weight in the case, and the one that would rank States as practice does; both of a sum of 1."""

    criterion: str
    title: str
    stated: float
    revealed: float


def weights_of(name: str, *, model: Path | None = None) -> tuple[tuple[Weight, ...], float]:
    """Compare a case's weights with those that reproduce practice, and the share of variance these explain."""
    return weights_in(read_case(name)[0], model=model)


def weights_in(case: Case, *, model: Path | None = None) -> tuple[tuple[Weight, ...], float]:
    """Compare the weights of a case that was read, as `weights_of` does."""
    found, _names, _models = stand(case.sender, model=model)
    chance = {c.state: c.presence for c in found.chances}
    scores = [s for s in draft(case).appraisal.scores if s.kind == "bilateral" and s.state in chance]
    mirrors = {c.id for c in case.criteria if c.attribute in (AFFINITY, PEERS)}  # they would explain themselves
    scores = [replace(s, parts=tuple(p for p in s.parts if p.criterion not in mirrors)) for s in scores]
    worth = np.array([[part.worth for part in s.parts] for s in scores])
    weights, explained = revealed(worth, np.array([chance[s.state] for s in scores]))
    parts = scores[0].parts
    return tuple(
        Weight(p.criterion, p.title, round(p.weight, 4), round(float(w), 4))
        for p, w in zip(parts, weights, strict=True)
    ), round(explained, 4)


def state_code(name: str, names: Mapping[str, str]) -> str:
    """Return the code of a State that is named; raise NotFoundError where there is none."""
    return state_of(name, tuple(s for s in load_states() if s.code in names)).code


def dump(models: Models) -> str:
    """Write models as JSON."""
    return codec.dump(models)


def write_scores(folder: Path, result: Backtest, said: Prediction) -> None:
    """Write scores of models and of senders, the reliability diagram and the model as files of a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = [f.name for f in fields(result.ours) if f.name not in ("precision_at", "tenths", "deciles")]
    _table(folder / "models.csv", kept, ([getattr(s, name) for name in kept] for s in result.scores))
    names = [f.name for f in fields(SenderScore)]
    _table(folder / "senders.csv", names, ([getattr(s, name) for name in names] for s in result.senders))
    parts = [("probability", b) for b in result.ours.tenths] + [("pairs", b) for b in result.ours.deciles]
    bins = [f.name for f in fields(Bin)]
    _table(folder / "reliability.csv", ["by", *bins], ([by, *(getattr(b, n) for n in bins)] for by, b in parts))
    (folder / "model.json").write_text(codec.dump(said.model), encoding="utf-8")


def write_plans(folder: Path, result: PlannedBacktest) -> None:
    """Write the scores of plans and every plan as files of a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [f.name for f in fields(PlanScore)]
    _table(folder / "planning.csv", names, ([getattr(s, name) for name in names] for s in result.scores))
    rows = ([p.model, p.sender, p.pairs, p.count, p.planned, p.opened] for p in result.plans)
    _table(folder / "plans.csv", ["model", "sender", "pairs", "count", "planned", "opened"], rows)


def _table(path: Path, header: list[str], rows: Iterable[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        written = csv.writer(file, lineterminator="\n")
        written.writerow(header)
        written.writerows([_cell(cell) for cell in row] for row in rows)


def _cell(cell: object) -> object:
    if isinstance(cell, tuple):
        return "|".join(str(_cell(part)) for part in cell)
    return round(cell, DIGITS) if isinstance(cell, float) else cell
