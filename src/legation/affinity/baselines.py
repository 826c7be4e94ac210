"""What a model has to beat: orders that anyone could name, and logits and boosted trees on stated features.

Those that are fitted learn from one window, the last that is complete: features of `year - window`, openings after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from legation.affinity.features import available, columns, matrices
from legation.affinity.history import Bools, Floats, History, candidates, opened
from legation.affinity.learning import Fit, Progress
from legation.values import value

Boost = Callable[[Floats, Bools, Floats, int], Floats]
"""Fit boosted trees on a table and its truth, and return the probabilities for another table, with a seed."""


@value
class Ranking:
    """What one model says of the candidate pairs, sender by sender: a score, and a probability where it gives one."""

    model: str
    score: Floats
    probability: Floats | None = None


@value
class Engines:
    """The fitting that heavy libraries do, as functions."""

    logit: Fit
    boost: Boost | None = None


GRAVITY = ("lgdp_i", "lgdp_j", "lkm", "samesub")
SHORT = (*GRAVITY, "recip", "ind_j", "outd_i", "ltrade")
SHIPPABLE = (*GRAVITY, "samereg", "recip", "ind_j", "outd_i", "lpop_i", "lpop_j", "lang", "cf", "cfh", "nb", "regpres")
EXTENDED = (
    *SHORT, "lpop_i", "lpop_j", "samereg", "contig", "lang", "colony", "comcol", "igo", "ally", "unv", "lmig", "conf_j",
    "cf", "cfh", "nb", "regpres",
)  # fmt: skip

LOGITS: Mapping[str, tuple[str, ...]] = {
    "gravity logit": GRAVITY,
    "shippable logit": SHIPPABLE,
    "extended logit": EXTENDED,
    "short logit": SHORT,
    "short logit without trade": SHORT[:-1],
}
BOOSTED = "gradient boosting 24"
CROWD = 1e6  # more than any in-degree: reciprocity decides first


def orders(found: Mapping[str, Floats], free: Bools) -> Iterator[Ranking]:
    """Rank the candidates by what needs no fitting."""
    simple = {
        "nearest first": -found["lkm"] if "lkm" in found else None,
        "popularity": found["ind_j"],
        "log GDP of host": found.get("lgdp_j"),
        "similar senders": found["cf"],
        "reciprocity, then popularity": found["recip"] * CROWD + found["ind_j"],
    }
    yield from (Ranking(name, matrix[free]) for name, matrix in simple.items() if matrix is not None)


def baselines(known: History, engines: Engines, window: int, seed: int, progress: Progress) -> Iterator[Ranking]:
    """Rank the candidates of the last year known by every baseline whose facts are known."""
    now, free = matrices(known, raw=True), candidates(known)
    yield from orders(now, free)
    origin = max([y for y in known.years if y <= known.last - window], default=known.years[0])
    then = known.by(origin)
    before, past = matrices(then, raw=True), candidates(then)
    truth = opened(known, origin, known.last - origin)[past]
    for name, wanted in LOGITS.items():
        progress(name)
        features = tuple(f for f in available(known, wanted) if f in before)
        yield _logit(name, columns(before, features, past), truth, columns(now, features, free), engines.logit)
    if engines.boost:
        progress(BOOSTED)
        features = tuple(f for f in available(known, EXTENDED) if f in before)
        given = engines.boost(columns(before, features, past), truth, columns(now, features, free), seed)
        yield Ranking(BOOSTED, given, given)


def _logit(name: str, table: Floats, truth: Bools, now: Floats, fit: Fit) -> Ranking:
    means, scales = table.mean(axis=0), table.std(axis=0)
    scales = np.where(scales > 0, scales, 1.0)
    coefficients, intercept = fit((table - means) / scales, truth, 1.0)
    score = (now - means) / scales @ coefficients + intercept
    return Ranking(name, score, 1.0 / (1.0 + np.exp(-score)))
