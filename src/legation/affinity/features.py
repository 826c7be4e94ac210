"""Features of a pair of States: each a matrix with the sender by row, from what was known by a year.

Names ending in _i are about the sender, in _j about the host. E is the matrix of embassies in the last year known.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from legation.affinity.history import Bools, History
from legation.affinity.history import Floats as Matrix
from legation.values import value

RECENT = 3  # years that count as recent
HABIT = 5  # years over which presence is averaged
PEER_WIDTH = 0.7  # standard deviation of log GDP within which senders count as of one size

CODED = ("recip", "samesub", "samereg", "contig", "lang", "colony", "comcol", "ally")
"""Features that are 0 or 1."""


@value
class Feature:
    """One feature: its name, what it means, its formula, the theme it is told under, the facts it needs.

    past: it needs embassies of earlier years
    """

    name: str
    meaning: str
    formula: str
    theme: str
    needs: tuple[str, ...] = ()
    past: bool = False


FEATURES: dict[str, Feature] = {
    f.name: f
    for f in (
        Feature("lgdp_i", "size of the sender's economy", "log GDP_i - mean log GDP", "sender", ("gdp",)),
        Feature("lgdp_j", "size of the host's economy", "log GDP_j - mean log GDP", "economy", ("gdp",)),
        Feature("gdpdiff", "sender's economy against the host's", "lgdp_i - lgdp_j", "economy", ("gdp",)),
        Feature("lpop_i", "population of the sender", "log people_i - mean", "sender", ("population",)),
        Feature("lpop_j", "population of the host", "log people_j - mean", "economy", ("population",)),
        Feature("lkm", "distance of the capitals", "log max(km, 50)", "distance", ("km",)),
        Feature("samesub", "same sub-region", "0 or 1", "region", ("same_subregion",)),
        Feature("samereg", "same region", "0 or 1", "region", ("same_region",)),
        Feature("contig", "common border", "0 or 1", "region", ("contig",)),
        Feature("lang", "common language", "0 or 1", "ties", ("common_language",)),
        Feature("colony", "one ruled the other", "0 or 1", "ties", ("colony",)),
        Feature("comcol", "ruled by the same power", "0 or 1", "ties", ("common_coloniser",)),
        Feature("igo", "joint memberships", "number of organisations", "ties", ("joint_igos",)),
        Feature("ally", "defence pact", "0 or 1", "ties", ("defence_pact",)),
        Feature("unv", "distance of votes in the General Assembly", "|ideal_i - ideal_j|", "ties", ("unga_distance",)),
        Feature("ltrade", "trade in both directions", "log(1 + USD) - mean", "trade", ("trade_usd",)),
        Feature("lmig", "migrants in both directions", "log(1 + persons) - mean", "trade", ("migrants",)),
        Feature("conf_j", "armed conflict in the host", "intensity 0, 1, 2", "conflict", ("conflict_intensity",)),
        Feature("recip", "the host has an embassy in the sender", "E_ji", "reciprocity"),
        Feature("ind_j", "embassies in the host", "sum_k E_kj", "popularity"),
        Feature("lind", "embassies in the host", "log(1 + ind_j)", "popularity"),
        Feature("outd_i", "embassies of the sender", "sum_k E_ik", "sender"),
        Feature("loutd", "embassies of the sender", "log(1 + outd_i)", "sender"),
        Feature("others", "embassies of others in the host", "log(1 + ind_j - E_ij)", "popularity"),
        Feature("elsewhere", "embassies of the sender elsewhere", "log(1 + outd_i - E_ij)", "sender"),
        Feature("ind_i", "embassies in the sender", "sum_k E_ki", "sender"),
        Feature("outd_j", "embassies of the host", "sum_k E_jk", "popularity"),
        Feature("cf", "similar senders present", "cosine-weighted mean of E_kj over senders k like i", "peers"),
        Feature("cfh", "sender present in similar hosts", "cosine-weighted mean of E_ik over hosts k like j", "peers"),
        Feature(
            "nb",
            "sender's sub-region present",
            "mean of E_kj over k in the sub-region of i",
            "peers",
            ("same_subregion",),
        ),
        Feature(
            "regpres",
            "sender in the host's sub-region",
            "mean of E_ik over k in the sub-region of j",
            "peers",
            ("same_subregion",),
        ),
        Feature(
            "peer",
            "senders of the same size present",
            "mean of E_kj, weight exp(-d^2/2), d = dlgdp/0.7",
            "peers",
            ("gdp",),
        ),
        Feature(
            "peer_reg",
            "senders of the same size and region present",
            "as peer, over k in the region of i",
            "peers",
            ("gdp", "same_region"),
        ),
        Feature("svd5", "pattern of the network, coarse", "rank-5 approximation of E - mean E", "pattern"),
        Feature("svd15", "pattern of the network, fine", "rank-15 approximation of E - mean E", "pattern"),
        Feature(
            "cap",
            "sender has more embassies than its size",
            "residual of loutd on lgdp_i, lpop_i",
            "sender",
            ("gdp", "population"),
        ),
        Feature(
            "pull",
            "host receives more than its size",
            "residual of lind on lgdp_j, lpop_j",
            "popularity",
            ("gdp", "population"),
        ),
        Feature(
            "lost",
            "had an embassy in any earlier year",
            "max over past years of E_ij, where E_ij = 0",
            "past",
            past=True,
        ),
        Feature("lost1", "had an embassy a year ago", "E_ij a year ago, where E_ij = 0", "past", past=True),
        Feature(
            "cnt",
            "share of the last five years with an embassy",
            "mean of E_ij over the years before",
            "past",
            past=True,
        ),
        Feature(
            "newrecip",
            "host opened in the sender of late",
            "E_ji now and not three years ago",
            "reciprocity",
            past=True,
        ),
        Feature("grow_i", "openings of the sender a year", "over the last three years", "sender", past=True),
        Feature("grow_j", "openings in the host a year", "over the last three years", "popularity", past=True),
    )
}

HELD = ("others", "elsewhere")
"""Features that leave the pair's own embassy out, for models of presence; where there is none they add nothing."""

STATED = ("gdp", "population", "km", "same_subregion", "same_region", "common_language")
"""Facts that come with the product."""

SHIPPED = tuple(n for n, f in FEATURES.items() if not f.past and set(f.needs) <= set(STATED) and n not in HELD)
"""Features of the shipped model of openings: they need no past and no facts but those that come with the product."""

PRESENT = (
    *("lgdp_i", "lgdp_j", "lpop_i", "lpop_j", "lkm", "samesub", "samereg", "lang", "recip", "others", "elsewhere"),
    *("nb", "regpres", "peer", "peer_reg"),
)
"""Features of the model of presence: none of them knows whether the pair itself has an embassy."""


def available(known: History, names: tuple[str, ...] = tuple(FEATURES)) -> tuple[str, ...]:
    """Keep the features whose facts are known."""
    return tuple(n for n in names if all(known.knows(fact) for fact in FEATURES[n].needs))


def matrices(known: History, *, raw: bool = False) -> dict[str, Matrix]:
    """Compute every feature for which there are facts; rows are senders.

    raw: leave money and people as they are, not less their mean, as the published baselines do
    """
    present = known.embassies[known.last].astype(float)
    found = _sizes(known) | _ties(known) | _degrees(present) | _likeness(present) | _pattern(present)
    found |= _neighbours(known, present, found) | _residuals(known, present, found) | _past(known, present)
    if raw:
        found |= _uncentred(known, present)
    return {name: found[name] for name in available(known)}


Found = Mapping[str, Matrix]


def _filled(values: Matrix) -> Matrix:
    """Put the second percentile where a State's value is unknown: what is not measured is small."""
    if np.isnan(values).all():
        return np.zeros_like(values)
    return np.where(np.isnan(values), np.nanpercentile(values, 2), values)


def _centred_log(values: Matrix) -> Matrix:
    """Return logs less their mean, so that growth of the whole world moves nothing."""
    logs = _log(values)
    return np.asarray(logs - logs.mean())


def _log(values: Matrix) -> Matrix:
    return np.asarray(np.log(np.maximum(_filled(values), 1.0)))


def _flow(known: History, tie: str) -> Matrix:
    return np.asarray(np.log1p(np.nan_to_num(known.tie(tie))))


def _uncentred(known: History, present: Matrix) -> dict[str, Matrix]:
    every = np.ones_like(present)
    sizes = {"lgdp": _log(known.fact("gdp")), "lpop": _log(known.fact("population"))}
    senders = {f"{name}_i": log[:, None] * every for name, log in sizes.items()}
    hosts = {f"{name}_j": log[None, :] * every for name, log in sizes.items()}
    return {**senders, **hosts, **{name: _flow(known, tie) for name, tie in FLOWS.items()}}


def _sizes(known: History) -> dict[str, Matrix]:
    every = np.ones((len(known.codes),) * 2)
    gdp, people = _centred_log(known.fact("gdp")), _centred_log(known.fact("population"))
    conflict = _filled(known.fact("conflict_intensity"))
    return {
        "lgdp_i": gdp[:, None] * every,
        "lgdp_j": gdp[None, :] * every,
        "gdpdiff": gdp[:, None] - gdp[None, :],
        "lpop_i": people[:, None] * every,
        "lpop_j": people[None, :] * every,
        "conf_j": conflict[None, :] * every,
    }


def _ties(known: History) -> dict[str, Matrix]:
    names = {
        "samesub": "same_subregion", "samereg": "same_region", "contig": "contig", "lang": "common_language",
        "colony": "colony", "comcol": "common_coloniser", "igo": "joint_igos", "ally": "defence_pact",
    }  # fmt: skip
    coded = {name: np.nan_to_num(known.tie(tie)) for name, tie in names.items()}
    votes = known.tie("unga_distance")
    mean = 0.0 if np.isnan(votes).all() else float(np.nanmean(votes))
    flows = {name: _flow(known, tie) for name, tie in FLOWS.items()}
    return {
        **coded,
        "unv": np.where(np.isnan(votes), mean, votes),
        "lkm": np.log(np.maximum(np.nan_to_num(known.tie("km")), 50.0)),
        **{name: flow - flow.mean() for name, flow in flows.items()},
    }


FLOWS = {"ltrade": "trade_usd", "lmig": "migrants"}


def _degrees(present: Matrix) -> dict[str, Matrix]:
    every = np.ones_like(present)
    received, sent = present.sum(axis=0), present.sum(axis=1)
    return {
        "recip": present.T,
        "ind_j": received[None, :] * every,
        "lind": np.log1p(received)[None, :] * every,
        "outd_i": sent[:, None] * every,
        "loutd": np.log1p(sent)[:, None] * every,
        "others": np.log1p(received[None, :] - present),
        "elsewhere": np.log1p(sent[:, None] - present),
        "ind_i": received[:, None] * every,
        "outd_j": sent[None, :] * every,
    }


def cosine(rows: Matrix) -> Matrix:
    """Return the cosine of every two rows, and 0 for a row with itself."""
    length = np.linalg.norm(rows, axis=1)
    alike = rows @ rows.T / np.maximum(np.outer(length, length), 1e-9)
    np.fill_diagonal(alike, 0.0)
    return np.asarray(alike)


def _mean(weights: Matrix, values: Matrix, least: float = 1e-9) -> Matrix:
    return np.asarray(weights @ values / np.maximum(weights.sum(axis=1, keepdims=True), least))


def _likeness(present: Matrix) -> dict[str, Matrix]:
    return {"cf": _mean(cosine(present), present), "cfh": _mean(cosine(present.T), present.T).T}


def _neighbours(known: History, present: Matrix, found: Found) -> dict[str, Matrix]:
    near = found["samesub"].copy()
    size = found["lgdp_i"][:, 0]
    peers = np.exp(-0.5 * ((size[:, None] - size[None, :]) / PEER_WIDTH) ** 2) * known.states[None, :]
    for weights in (near, peers):
        np.fill_diagonal(weights, 0.0)
    return {
        "nb": _mean(near, present, 1.0),
        "regpres": _mean(near, present.T, 1.0).T,
        "peer": _mean(peers, present),
        "peer_reg": _mean(peers * found["samereg"], present),
    }


def _pattern(present: Matrix) -> dict[str, Matrix]:
    mean = present.mean()
    left, strength, right = np.linalg.svd(present - mean, full_matrices=False)
    return {f"svd{k}": (left[:, :k] * strength[:k]) @ right[:k] + mean for k in (5, 15)}


def _residuals(known: History, present: Matrix, found: Found) -> dict[str, Matrix]:
    part = known.states
    size = np.column_stack([np.ones(len(part)), found["lgdp_i"][:, 0], found["lpop_i"][:, 0]])

    def rest(degree: Matrix) -> Matrix:
        logs = np.log1p(degree)
        return np.asarray(logs - size @ np.linalg.lstsq(size[part], logs[part], rcond=None)[0])

    every = np.ones_like(present)
    return {
        "cap": rest(present.sum(axis=1))[:, None] * every,
        "pull": rest(present.sum(axis=0))[None, :] * every,
    }


def _past(known: History, present: Matrix) -> dict[str, Matrix]:
    """Compare with the years before; without any, nothing has changed."""
    before = [y for y in known.years if y < known.last]
    absent = 1.0 - present
    habit = [known.embassies[y].astype(float) for y in before if y >= known.last - HABIT]
    ever = np.any([known.embassies[y] for y in before], axis=0) if before else np.zeros_like(present)
    ago = max([known.years[0], *(y for y in before if y <= known.last - RECENT)])
    new = present * (1.0 - known.embassies[ago])
    years = max(known.last - ago, 1)
    every = np.ones_like(present)
    yesterday = known.embassies[before[-1]] if before else np.zeros_like(present)
    return {
        "lost": ever * absent,
        "lost1": yesterday * absent,
        "cnt": sum(habit, np.zeros_like(present)) / max(len(habit), 1),
        "newrecip": new.T,
        "grow_i": (new.sum(axis=1) / years)[:, None] * every,
        "grow_j": (new.sum(axis=0) / years)[None, :] * every,
    }


def columns(found: Mapping[str, Matrix], names: tuple[str, ...], mask: Bools) -> Matrix:
    """Return the features named as columns, one row for each pair in the mask, senders first."""
    return np.column_stack([found[name][mask] for name in names])
