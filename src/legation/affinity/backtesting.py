"""Backtest: know only what was known at a year, rank, and score against what opened in the years after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import numpy as np

from legation.affinity.baselines import Engines, Ranking, baselines
from legation.affinity.features import columns, matrices
from legation.affinity.history import Bools, History, candidates, opened, pairs, reach
from legation.affinity.learning import Progress, learn, learn_presence, need_years, quiet
from legation.affinity.model import AffinityModel
from legation.affinity.scores import Ints, Scores, SenderScore, by_sender, evaluate, worst_gap
from legation.errors import InvalidError, NotFoundError
from legation.values import value

OURS = "legation"


@value
class Prediction:
    """What was said at a year from what was known by then: the model and its rankings, ours last."""

    year: int
    window: int
    model: AffinityModel
    rankings: tuple[Ranking, ...]


@value
class Backtest:
    """Scores of every model on the openings of a window, ours last, and ours by sender."""

    year: int
    window: int
    train_first: int
    train_last: int
    seed: int
    draws: int
    scores: tuple[Scores, ...]
    senders: tuple[SenderScore, ...]

    @property
    def ours(self) -> Scores:
        """Return the scores of the model itself."""
        return self.scores[-1]


Mapper = Callable[[Callable[[Ranking], Scores], Iterable[Ranking]], Iterable[Scores]]
"""How work is spread: `map`, or a scheduler's."""


def predict(known: History, engines: Engines, window: int, seed: int, progress: Progress = quiet) -> Prediction:
    """Rank the candidates of the last year known by every model."""
    found = tuple(baselines(known, engines, window, seed, progress))
    model = learn(known, engines.logit, window, progress=progress)
    score = model.score(columns(matrices(known), model.features, candidates(known)))
    return Prediction(known.last, window, model, (*found, Ranking(OURS, score, model.probability(score))))


def backtest(
    history: History,
    year: int,
    engines: Engines,
    *,
    window: int = 5,
    draws: int = 500,
    seed: int = 0,
    progress: Progress = quiet,
    spread: Mapper = map,
) -> tuple[Backtest, Prediction]:
    """Predict from what was known by a year alone, then score it on what followed."""
    said = forecast(history, year, engines, window, seed, progress)
    progress("scoring")
    return _score(history, said, draws, seed, spread), said


def forecast(
    history: History, year: int, engines: Engines, window: int, seed: int, progress: Progress = quiet
) -> Prediction:
    """Predict from what was known by a year alone, for as much of a window as can be scored.

    Raise NotFoundError where no embassies are known in that year or after it. Of later years nothing is read but which
    there are: where the data end before the window does, the forecast is for the years up to their end.
    """
    if year not in history.embassies:
        known = f"{history.years[0]}-{history.years[-1]}" if history.years else "none"
        raise NotFoundError(f"There are no embassies of {year}; the years known are {known}.", hint="Choose another.")
    then = history.by(year)
    need_years(then.years)
    return predict(then, engines, reach(history, year, window), seed, progress)


def truth_of(history: History, said: Prediction) -> tuple[Bools, Bools]:
    """Return the pairs that were ranked and those of them that opened; raise InvalidError unless some but not all did.

    both: n x n, sender by row
    """
    free = candidates(history.by(said.year))
    true = opened(history, said.year, said.window) & free
    count, of = int(true.sum()), int(free.sum())
    if count in (0, of):
        raise InvalidError(
            f"Of {of} pairs {count} opened in {said.year + 1}-{said.year + said.window}: "
            "there is nothing to tell apart.",
            hint="Choose another year or a longer window.",
        )
    return free, true


def _score(history: History, said: Prediction, draws: int, seed: int, spread: Mapper) -> Backtest:
    free, true = truth_of(history, said)
    truth = true[free]
    sender = np.nonzero(free)[0]

    judge = partial(_judged, truth=truth, sender=sender, codes=history.codes, draws=draws, seed=seed)
    scores = tuple(spread(judge, said.rankings))
    own = by_sender(said.rankings[-1].score, truth, sender, history.codes)
    card = said.model.card
    return Backtest(said.year, said.window, card.first, card.last, seed, draws, scores, own)


def _judged(ranking: Ranking, *, truth: Bools, sender: Ints, codes: tuple[str, ...], draws: int, seed: int) -> Scores:
    """Score one ranking; a function of the module, so that it can be sent to another process."""
    return evaluate(
        ranking.model, ranking.score, truth, sender, codes, probability=ranking.probability, draws=draws, seed=seed
    )


def measured(
    history: History, year: int, engines: Engines, window: int, names: tuple[str, ...]
) -> tuple[tuple[tuple[str, float], ...], ...]:
    """Score models of openings and of presence, with these features, as they would have been at a year."""
    known = history.by(year)
    opening = learn(known, engines.logit, window, names=names)
    free = candidates(known)
    score = opening.score(columns(matrices(known), opening.features, free))
    truth = opened(history, year, window)[free]
    ours = evaluate("opening", score, truth, np.nonzero(free)[0], history.codes, probability=opening.probability(score))
    presence = learn_presence(known, engines.logit, window)
    later = history.by(year + window)
    every = pairs(later)
    score = presence.score(columns(matrices(later), presence.features, every))
    theirs = evaluate(
        "presence",
        score,
        later.embassies[later.last][every],
        np.nonzero(every)[0],
        history.codes,
        probability=presence.probability(score),
    )
    return tuple(
        tuple((name, round(value, 4)) for name, value in _card(s) if np.isfinite(value)) for s in (ours, theirs)
    )


def _card(scores: Scores) -> Iterator[tuple[str, float]]:
    """Go through the scores of a card; the caller leaves out those that too few pairs can give."""
    yield from (("auc", scores.auc), ("ap", scores.ap), ("base_rate", scores.base_rate))
    yield from (("recall_at_10", scores.sender_recall_at_10), ("brier", scores.brier or 0.0))
    yield ("widest_gap", worst_gap(scores.tenths))
