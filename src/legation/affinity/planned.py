"""Score plans: let each sender open as many embassies as it really did, and count how many of those planned came true.

Who plans is given as a function, so that the planner may be the real one and the work may be spread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from legation.affinity.backtesting import Prediction, truth_of
from legation.affinity.baselines import Ranking
from legation.affinity.history import Bools, Floats, History
from legation.values import value

CHANCE = "chance"
DIGITS = 9
"""Digits that a worth is given with: more than any two States are told apart by, and exact as a decimal."""


@value
class Task:
    """What one sender is to plan by one model.

    year: the last of the window; count: embassies that it may open by then, as many as really opened
    worth: the States where it may open, and what each is worth by the model, above 0 and at most 1
    """

    model: str
    sender: str
    year: int
    count: int
    worth: tuple[tuple[str, float], ...]


Planner = Callable[[Task], tuple[str, ...]]
"""Return the States in which a plan opens."""

PlanMapper = Callable[[Planner, Iterable[Task]], Iterable[tuple[str, ...]]]


@value
class PlannedSender:
    """What one sender's plan by one model came to: the States planned, and which of them opened; pairs: its choice."""

    model: str
    sender: str
    pairs: int
    count: int
    planned: tuple[str, ...]
    opened: tuple[str, ...]

    @property
    def share(self) -> float:
        """Return the share of the openings that were planned."""
        return len(self.opened) / self.count


@value
class PlanScore:
    """How the plans of one model fared: embassies planned, how many of them opened, and the share of these.

    share: over all embassies planned; by_sender: the mean over senders; bounds: 95 %, of samples of senders
    """

    model: str
    planned: float
    opened: float
    share: float
    share_bounds: tuple[float, float] | None
    by_sender: float
    by_sender_bounds: tuple[float, float] | None


@value
class PlannedBacktest:
    """Plans of every model scored against the openings of a window, ours last, chance first; and every plan."""

    year: int
    window: int
    senders: int
    openings: int
    scores: tuple[PlanScore, ...]
    plans: tuple[PlannedSender, ...]


def tasks(history: History, said: Prediction) -> Iterator[Task]:
    """Go through what is to be planned: each sender with an opening in the window, by each model."""
    free, truth = truth_of(history, said)
    last = said.year + said.window
    for ranking in said.rankings:
        for i in np.flatnonzero(truth.any(axis=1)):
            own = _worth(ranking, np.nonzero(free)[0] == i)
            hosts = (history.codes[j] for j in np.flatnonzero(free[i]))
            pairs = tuple((host, round(float(w), DIGITS)) for host, w in zip(hosts, own, strict=True))
            yield Task(ranking.model, history.codes[i], last, int(truth[i].sum()), pairs)


def _worth(ranking: Ranking, own: Bools) -> Floats:
    """Return the probabilities of a sender's pairs, or where there are none their places as parts of 1, the best first.

    Of equal scores the first in the order of the codes has the better place, as where rankings are scored.
    """
    if ranking.probability is not None:
        return ranking.probability[own]
    score = ranking.score[own]
    worth = np.empty(len(score))
    worth[np.argsort(-score, kind="stable")] = np.arange(len(score), 0, -1) / len(score)
    return worth


def score_plans(
    history: History, said: Prediction, planner: Planner, *, draws: int = 0, seed: int = 0, spread: PlanMapper = map
) -> PlannedBacktest:
    """Plan for every sender by every model, and compare the plans with what opened."""
    _, truth = truth_of(history, said)
    at = {code: i for i, code in enumerate(history.codes)}
    asked = tuple(tasks(history, said))
    plans = tuple(
        PlannedSender(
            task.model,
            task.sender,
            len(task.worth),
            task.count,
            tuple(sorted(chosen)),
            tuple(sorted(s for s in chosen if truth[at[task.sender], at[s]])),
        )
        for task, chosen in zip(asked, spread(planner, asked), strict=True)
    )
    models = [ranking.model for ranking in said.rankings]
    by_model = [[p for p in plans if p.model == model] for model in models]
    first = by_model[0]
    chance = [(p.count, p.count * p.count / p.pairs, p.count / p.pairs) for p in first]
    rows = [[(len(p.planned), len(p.opened), p.share) for p in own] for own in by_model]
    scores = tuple(
        _score(name, np.array(own, dtype=float), draws, seed)
        for name, own in ((CHANCE, chance), *zip(models, rows, strict=True))
    )
    return PlannedBacktest(said.year, said.window, len(first), sum(p.count for p in first), scores, plans)


def _score(model: str, rows: Floats, draws: int, seed: int) -> PlanScore:
    """Sum up senders; rows: (senders, 3) of embassies planned, opened of them, and the share by sender."""
    planned, true, share = rows.T
    bounds: list[tuple[float, float] | None] = [None, None]
    if draws:
        rng = np.random.default_rng(seed)
        drawn = rng.integers(0, len(rows), (draws, len(rows)))
        pooled = true[drawn].sum(axis=1) / np.maximum(planned[drawn].sum(axis=1), 1.0)
        limits = [np.percentile(found, [2.5, 97.5]) for found in (pooled, share[drawn].mean(axis=1))]
        bounds = [(float(low), float(high)) for low, high in limits]
    pooled_share = float(true.sum() / max(planned.sum(), 1.0))
    return PlanScore(
        model, float(planned.sum()), float(true.sum()), pooled_share, bounds[0], float(share.mean()), bounds[1]
    )
