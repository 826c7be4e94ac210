"""Where one State stands: for every other State the chance of an embassy, who else is there, and why, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from legation.affinity.features import FEATURES, columns, matrices
from legation.affinity.history import Bools, Floats, History
from legation.affinity.model import AffinityModel, Models
from legation.errors import Finding, InvalidError, Severity
from legation.values import value

REASONS = 3
SIZE = 2.0  # peers have an economy between a half and twice as large
FEWEST = 5  # peers worth speaking of
MOST, FEW = 0.8, 0.2


@value
class Reason:
    """What one theme adds to a score (log odds, against the mean pair), in words."""

    theme: str
    effect: float
    words: str


@value
class Chance:
    """What is said of one State.

    there: the sender has an embassy there; here: that State has one with the sender
    opening: probability that one is opened within the window, None where there is one; presence: probability that a
    State in this position has one; peers: States of like size with an embassy there, of how many
    """

    state: str
    there: bool
    here: bool
    opening: float | None
    presence: float
    peers_there: int
    peers: int
    reasons: tuple[Reason, ...]


@value
class Standing:
    """The chances of one sender, the likeliest openings first and then what is held, the most usual first."""

    sender: str
    year: int
    window: int
    chances: tuple[Chance, ...]
    findings: tuple[Finding, ...]


def standing(known: History, models: Models, sender: str, names: Mapping[str, str] | None = None) -> Standing:
    """Return the chances of a sender in the last year known; raise InvalidError where a model asks for other facts.

    names: of States by code, for the sentences of findings
    """
    found = matrices(known)
    lacking = sorted({*models.opening.features, *models.presence.features} - found.keys())
    if lacking:
        raise InvalidError(
            f"The model needs facts that are not known here: {', '.join(FEATURES[n].meaning for n in lacking)}.",
            hint="Fit a model on facts that come with the product: legation fit FOLDER -o model.json",
        )
    i = known.codes.index(sender)
    row = np.zeros((len(known.codes),) * 2, dtype=bool)
    row[i] = True
    row[i, i] = False
    opening, presence = (_given(model, found, row) for model in (models.opening, models.presence))
    effects = _effects(models.opening, found, row)
    size = known.fact("gdp")
    like = np.abs(np.log(size / size[i])) <= np.log(SIZE)
    like[i] = False
    chances = []
    for n, j in enumerate(np.flatnonzero(row[i])):
        there = bool(known.embassies[known.last][i, j])
        mates = like.copy()
        mates[j] = False
        chances.append(
            Chance(
                known.codes[j],
                there,
                bool(known.embassies[known.last][j, i]),
                None if there else float(opening[n]),
                float(presence[n]),
                int(known.embassies[known.last][mates, j].sum()),
                int(mates.sum()),
                tuple(_reasons(known, {t: float(e[n]) for t, e in effects.items()}, found, i, int(j))),
            )
        )
    ranked = sorted(chances, key=lambda c: (c.there, -(c.presence if c.opening is None else c.opening), c.state))
    return Standing(
        sender, known.last, models.opening.card.window, tuple(ranked), tuple(_findings(ranked, names or {}))
    )


def chances(known: History, model: AffinityModel) -> Floats:
    """Return what a model says of every pair in the last year known, sender by row; 0 of a State with itself."""
    every = ~np.eye(len(known.codes), dtype=bool)
    found = np.zeros(every.shape)
    found[every] = _given(model, matrices(known), every)
    return found


def _given(model: AffinityModel, found: Mapping[str, Floats], row: Bools) -> Floats:
    return model.probability(model.score(columns(found, model.features, row)))


def _effects(model: AffinityModel, found: Mapping[str, Floats], row: Bools) -> dict[str, Floats]:
    """Add up what the features of each theme contribute; what is about the sender alone tells no host from another."""
    parts = model.contributions(columns(found, model.features, row))
    themes = [FEATURES[name].theme for name in model.features]
    return {t: parts[:, [k for k, own in enumerate(themes) if own == t]].sum(axis=1) for t in WORDS if t in themes}


def _reasons(
    known: History, effects: Mapping[str, float], found: Mapping[str, Floats], i: int, j: int
) -> Iterator[Reason]:
    strongest = sorted(effects, key=lambda theme: -abs(effects[theme]))[:REASONS]
    at = {name: float(matrix[i, j]) for name, matrix in found.items()}
    for theme in strongest:
        yield Reason(theme, effects[theme], WORDS[theme](_placed(known, at, j)))


@value
class _Pair:
    """One pair as the words see it: the features of the pair, and the host's place by size of economy."""

    at: Mapping[str, float]
    place: int | None
    of: int


def _placed(known: History, at: Mapping[str, float], j: int) -> _Pair:
    size = known.fact("gdp")
    place = None if np.isnan(size[j]) else int((size > size[j]).sum()) + 1
    return _Pair(at, place, int((~np.isnan(size)).sum()))


def _economy(pair: _Pair) -> str:
    return f"economy number {pair.place} of {pair.of}" if pair.place else "size of its economy unknown"


def _region(pair: _Pair) -> str:
    here = "in the same sub-region" if pair.at["samesub"] else "in the same region"
    return here if pair.at["samereg"] else "in another region"


def _share(fitted: float) -> str:
    """Say a share that a pattern fits, which may lie a little outside of what there can be."""
    return f"{min(max(fitted, 0.0), 1.0):.0%}"


def _peers(pair: _Pair) -> str:
    return (
        f"{pair.at['peer']:.0%} of senders of like size and {pair.at['nb']:.0%} of the own sub-region are there; "
        f"the sender is in {pair.at['regpres']:.0%} of its sub-region"
    )


WORDS: dict[str, Callable[[_Pair], str]] = {
    "reciprocity": lambda pair: "has an embassy here" if pair.at["recip"] else "has no embassy here",
    "economy": _economy,
    "popularity": lambda pair: f"{pair.at['ind_j']:.0f} States have an embassy there",
    "distance": lambda pair: f"{np.exp(pair.at['lkm']):,.0f} km away",
    "region": _region,
    "ties": lambda pair: "a common language" if pair.at["lang"] else "no common language",
    "peers": _peers,
    "pattern": lambda pair: f"senders with a network like this one: {_share(pair.at['svd15'])} expected there",
}
"""How each theme is said of one host."""


def _findings(chances: list[Chance], names: Mapping[str, str]) -> Iterator[Finding]:
    """Name where nearly all of like size are and the sender is not, and the other way round."""
    for c in (c for c in chances if c.peers >= FEWEST):
        share, name = c.peers_there / c.peers, names.get(c.state, c.state)
        who = "All" if share == 1 else f"{c.peers_there} of"
        if not c.there and share >= MOST:
            message = (
                f"{who} {c.peers} States of like size have an embassy or mission in {name}; there is none of ours."
            )
            yield Finding(
                "peers-there", Severity.NOTE, c.state, message, f"Ask why: legation affinity --state {c.state}"
            )
        if c.there and share <= FEW and not c.here:
            message = (
                f"{c.peers_there} of {c.peers} States of like size have an embassy or mission in {name}, and it has "
                "none here."
            )
            yield Finding("peers-elsewhere", Severity.NOTE, c.state, message, "Ask what this embassy is for.")
