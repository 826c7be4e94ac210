"""Scores of a ranking or of probabilities against what happened, with intervals from a bootstrap over senders."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from legation.affinity.history import Bools, Floats
from legation.values import value

Ints = NDArray[np.int64]
TOPS = (50, 100, 200, 500)
SENDER_TOPS = (5, 10)


@value
class Bin:
    """A part of a reliability diagram: how many pairs, the mean probability given, the share that came true."""

    low: float
    high: float
    pairs: int
    predicted: float
    observed: float

    @property
    def gap(self) -> float:
        """Return how far the prediction lies from what came true."""
        return abs(self.predicted - self.observed)


@value
class SenderScore:
    """How well the pairs of one sender are ranked, where it had at least one opening."""

    sender: str
    pairs: int
    positives: int
    precision_at_5: float
    precision_at_10: float
    recall_at_10: float
    r_precision: float
    auc: float | None


@value
class Scores:
    """Scores of one model.

    auc, ap: area under the curve and average precision over all pairs, with 95 % bounds from a bootstrap over senders
    precision_at: of the first 50, 100, 200, 500 pairs; r_precision: of the first n, n the number of positives
    sender_...: means over the senders with at least one positive
    brier, log_loss, tenths (of the probability), deciles (of the pairs): only where probabilities were given
    """

    model: str
    pairs: int
    positives: int
    base_rate: float
    auc: float
    ap: float
    auc_bounds: tuple[float, float] | None
    ap_bounds: tuple[float, float] | None
    precision_at: tuple[tuple[int, float], ...]
    r_precision: float
    sender_precision_at_5: float
    sender_precision_at_10: float
    sender_recall_at_10: float
    sender_recall_bounds: tuple[float, float] | None
    sender_r_precision: float
    sender_auc: float
    senders: int
    brier: float | None = None
    log_loss: float | None = None
    tenths: tuple[Bin, ...] = ()
    deciles: tuple[Bin, ...] = ()


class _Ordered:
    """Pairs from the highest score down, with the ends of runs of equal scores."""

    def __init__(self, score: Floats, truth: Bools) -> None:
        self.order = np.argsort(-score, kind="stable")
        self.truth = truth[self.order].astype(float)
        values = score[self.order]
        self.ends = np.r_[np.flatnonzero(np.diff(values)), len(values) - 1]

    def curve(self, weights: Floats | None = None) -> tuple[float, float]:
        """Return area under the curve and average precision, pairs weighted; ties count half and at their end."""
        weight = np.ones(len(self.truth)) if weights is None else weights[self.order]
        hits = np.cumsum(weight * self.truth)[self.ends]
        seen = np.cumsum(weight)[self.ends]
        gained = np.diff(hits, prepend=0.0)
        if hits[-1] <= 0 or seen[-1] <= hits[-1]:
            return float("nan"), float("nan")
        misses = seen - hits
        before = np.r_[0.0, misses[:-1]]
        auc = 1.0 - float((gained * (before + misses) / 2).sum() / (hits[-1] * misses[-1]))
        ap = float((gained * hits / np.maximum(seen, 1e-12)).sum() / hits[-1])
        return auc, ap


def curves(score: Floats, truth: Bools) -> tuple[float, float]:
    """Return the area under the curve and the average precision of a score."""
    return _Ordered(score, truth).curve()


def by_sender(score: Floats, truth: Bools, sender: Ints, codes: tuple[str, ...]) -> tuple[SenderScore, ...]:
    """Return the scores of each sender with at least one positive; equal scores keep the order of the codes."""
    return tuple(_by_sender(score, truth, sender, codes))


def _by_sender(score: Floats, truth: Bools, sender: Ints, codes: tuple[str, ...]) -> Iterator[SenderScore]:
    for i in np.unique(sender[truth]):
        own = sender == i
        true = truth[own]
        ranked = true[np.argsort(-score[own], kind="stable")]
        count = int(true.sum())
        yield SenderScore(
            codes[i],
            len(true),
            count,
            float(ranked[:5].mean()),
            float(ranked[:10].mean()),
            float(ranked[:10].sum() / count),
            float(ranked[:count].mean()),
            curves(score[own], true)[0] if count < len(true) else None,
        )


def evaluate(
    model: str,
    score: Floats,
    truth: Bools,
    sender: Ints,
    codes: tuple[str, ...],
    *,
    probability: Floats | None = None,
    draws: int = 0,
    seed: int = 0,
) -> Scores:
    """Score one model; intervals are of `draws` samples of senders with replacement, the same for the same seed."""
    ordered = _Ordered(score, truth)
    auc, ap = ordered.curve()
    own = by_sender(score, truth, sender, codes)
    auc_bounds, ap_bounds, recall_bounds = _bounds(ordered, own, sender, codes, draws, seed)
    positives = int(truth.sum())

    def mean(name: str) -> float:
        values = [value for s in own if (value := getattr(s, name)) is not None]
        return float(np.mean(values)) if values else 0.0

    def first(count: int) -> float:
        return float(ordered.truth[:count].mean())

    return Scores(
        model, len(truth), positives, positives / len(truth), auc, ap, auc_bounds, ap_bounds,
        tuple((k, first(k)) for k in TOPS if k <= len(truth)), first(positives),
        mean("precision_at_5"), mean("precision_at_10"), mean("recall_at_10"), recall_bounds,
        mean("r_precision"), mean("auc"), len(own),
        *(_trust(probability, truth) if probability is not None else ()),
    )  # fmt: skip


def _bounds(
    ordered: _Ordered, own: tuple[SenderScore, ...], sender: Ints, codes: tuple[str, ...], draws: int, seed: int
) -> tuple[tuple[float, float] | None, ...]:
    """Draw senders with replacement and weigh their pairs by how often each was drawn."""
    if not draws:
        return None, None, None
    rng = np.random.default_rng(seed)
    who = np.unique(sender)
    recall = np.zeros(len(codes))
    counted = np.zeros(len(codes))
    for s in own:
        recall[codes.index(s.sender)], counted[codes.index(s.sender)] = s.recall_at_10, 1.0
    found = []
    for _ in range(draws):
        times = np.bincount(rng.choice(who, len(who)), minlength=len(codes)).astype(float)
        mean = float((times * recall).sum() / max((times * counted).sum(), 1.0))
        found.append((*ordered.curve(times[sender]), mean))
    low, high = np.nanpercentile(np.array(found), [2.5, 97.5], axis=0)
    return tuple((float(a), float(b)) for a, b in zip(low, high, strict=True))


def _trust(given: Floats, truth: Bools) -> tuple[float, float, tuple[Bin, ...], tuple[Bin, ...]]:
    safe = np.clip(given, 1e-12, 1 - 1e-12)
    brier = float(((given - truth) ** 2).mean())
    loss = float(-(np.log(safe[truth]).sum() + np.log1p(-safe[~truth]).sum()) / len(truth))
    return brier, loss, tenths(given, truth), deciles(given, truth)


def tenths(given: Floats, truth: Bools) -> tuple[Bin, ...]:
    """Return the reliability of probabilities in ten steps of 0.1; empty steps are left out."""
    step = np.minimum((given * 10).astype(int), 9)
    return tuple(_bin(k / 10, (k + 1) / 10, given[step == k], truth[step == k]) for k in range(10) if (step == k).any())


def deciles(given: Floats, truth: Bools) -> tuple[Bin, ...]:
    """Return the reliability of probabilities in ten parts of equally many pairs, lowest first."""
    parts = [p for p in np.array_split(np.argsort(given, kind="stable"), 10) if len(p)]
    return tuple(_bin(float(given[p[0]]), float(given[p[-1]]), given[p], truth[p]) for p in parts)


def _bin(low: float, high: float, given: Floats, truth: Bools) -> Bin:
    return Bin(low, high, len(given), float(given.mean()), float(truth.mean()))


def worst_gap(bins: tuple[Bin, ...], least: int = 100) -> float:
    """Return the widest gap between predicted and observed among the parts with at least so many pairs."""
    return max((b.gap for b in bins if b.pairs >= least), default=float("nan"))
