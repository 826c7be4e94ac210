"""Affinity: features, scores and forecasts on small worlds made here, and the proof that nothing is read ahead."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from legation.affinity.backtesting import backtest, forecast, predict, truth_of
from legation.affinity.baselines import Engines
from legation.affinity.features import FEATURES, available, matrices
from legation.affinity.history import ALWAYS, History, candidates, opened, reach
from legation.affinity.learning import newton
from legation.affinity.model import AffinityModel, Card, expit
from legation.affinity.planned import Task, score_plans, tasks
from legation.affinity.practice import absences, oddities
from legation.affinity.scores import curves, deciles, evaluate, tenths, worst_gap
from legation.affinity.standing import chances
from legation.affinity.weights import revealed
from legation.errors import InvalidError, NotFoundError
from legation.model import Fact, Facts, Form
from legation.planning.openings import openings
from legation.programme.plans import plan

YEARS = range(2000, 2011)
N = 24


def world(seed: int = 7) -> History:
    """Make a world in which embassies follow size, nearness and reciprocity, and some open every year."""
    rng = np.random.default_rng(seed)
    size = rng.normal(0, 1.5, N)
    place = rng.uniform(0, 1, (N, 2))
    km = 8000 * np.linalg.norm(place[:, None] - place[None, :], axis=2)
    region = (place[:, :1] > 0.5) == (place[:, 0] > 0.5)
    pull = 0.8 * (size[:, None] + size[None, :]) - km / 2500
    now = rng.random((N, N)) < expit(pull - 0.5)
    embassies = {}
    for year in YEARS:
        now = (now | (rng.random((N, N)) < expit(pull + 2.0 * now.T - 4.0))) & (rng.random((N, N)) > 0.01)
        np.fill_diagonal(now, val=False)
        embassies[year] = now.copy()
    people = np.exp(size + rng.normal(0, 0.5, N)) * 1e6
    facts = {
        "gdp": {2000: np.exp(size) * 1e9, 2005: np.exp(size) * 2e9, 2010: np.exp(size) * 3e9},
        "population": {2000: people},
    }
    ties = {
        "km": {ALWAYS: km},
        "same_subregion": {ALWAYS: region.astype(float)},
        "same_region": {ALWAYS: region.astype(float)},
        "trade_usd": {year: np.exp(pull + 15) for year in (2000, 2005, 2010)},
    }
    return History(tuple(f"S{i:02}" for i in range(N)), embassies, facts, ties)


def ridge(table: np.ndarray, truth: np.ndarray, strength: float) -> tuple[np.ndarray, float]:
    """Fit as scikit-learn does, by Newton's method, the intercept but hardly penalised."""
    found = newton(np.column_stack([table, np.ones(len(table))]), truth, np.zeros(len(table)), 1 / strength)
    return found[:-1], float(found[-1])


ENGINES = Engines(ridge)
CARD = Card("", "presence", "", 2000, 2005, 0)


def test_areas_equal_their_definitions() -> None:
    """The area is the share of pairs in order, half for ties; average precision sums precision over new hits."""
    rng = np.random.default_rng(1)
    for _ in range(20):
        score = rng.integers(0, 6, 40).astype(float)
        truth = rng.random(40) < 0.4
        up, down = score[truth], score[~truth]
        auc = ((up[:, None] > down).sum() + 0.5 * (up[:, None] == down).sum()) / (len(up) * len(down))
        ap, last = 0.0, 0.0
        for level in sorted(set(score), reverse=True):
            seen = score >= level
            recall = truth[seen].sum() / truth.sum()
            ap += (recall - last) * truth[seen].mean()
            last = recall
        assert curves(score, truth) == pytest.approx((auc, ap))


def test_scores_by_sender_and_reliability_of_a_case_done_by_hand() -> None:
    """Two senders: one finds its only opening third, the other has none and does not count."""
    score = np.array([0.9, 0.8, 0.7, 0.1, 0.95, 0.05])
    truth = np.array([False, False, True, False, False, False])
    sender = np.array([0, 0, 0, 0, 1, 1])
    found = evaluate("m", score, truth, sender, ("AAA", "BBB"), probability=score, draws=50, seed=3)
    assert found.senders == 1
    assert found.sender_recall_at_10 == 1.0
    assert found.sender_precision_at_5 == 0.25
    assert found.sender_r_precision == 0.0
    assert found.brier == pytest.approx(((score - truth) ** 2).mean())
    assert [b.pairs for b in found.tenths] == [1, 1, 1, 1, 2]
    assert sum(b.pairs for b in found.deciles) == 6


def test_bounds_hold_the_score_and_repeat_with_the_seed() -> None:
    """Intervals contain the score itself; the same seed gives the same digits and another seed others."""
    rng = np.random.default_rng(5)
    score, sender = rng.random(600), np.repeat(np.arange(20), 30)
    truth = rng.random(600) < score / 3
    codes = tuple(f"S{i}" for i in range(20))
    first, again, other = (evaluate("m", score, truth, sender, codes, draws=200, seed=s) for s in (1, 1, 2))
    assert first == again
    assert first != other
    assert first.ap_bounds
    assert first.ap_bounds[0] < first.ap < first.ap_bounds[1]


def test_widest_gap_ignores_thin_rows() -> None:
    """A wrong prediction shows, unless there are too few pairs to judge it."""
    given = np.r_[np.full(200, 0.05), np.full(50, 0.95)]
    truth = np.zeros(250, dtype=bool)
    assert worst_gap(tenths(given, truth), 100) == pytest.approx(0.05)
    assert worst_gap(tenths(given, truth), 50) == pytest.approx(0.95)
    assert sum(b.pairs for b in deciles(given, truth)) == 250


def test_features_are_those_described_and_follow_their_formulas() -> None:
    """Every feature that has its facts is there; a few are computed here again."""
    known = world().by(2005)
    found = matrices(known)
    assert tuple(found) == available(known)
    assert "colony" not in found
    assert {"recip", "lost", "svd15", "ltrade"} <= set(found) <= set(FEATURES)
    present = known.embassies[2005]
    assert (found["recip"] == present.T).all()
    assert (found["ind_j"][0] == present.sum(axis=0)).all()
    region = known.tie("same_subregion").astype(bool)
    mates = [k for k in range(N) if region[0, k] and k != 0]
    assert found["nb"][0, 3] == pytest.approx(present[mates, 3].mean())
    earlier = np.any([known.embassies[y] for y in range(2000, 2005)], axis=0)
    assert (found["lost"] == (earlier & ~present)).all()


def test_features_of_peers_and_of_the_past_are_their_definitions_for_every_pair() -> None:
    """Sender by row and host by column, never the other way round: spelt out pair by pair."""
    known = world().by(2005)
    found = matrices(known)
    now, ago = (known.embassies[y].astype(float) for y in (2005, 2002))
    near = known.tie("same_subregion").astype(bool)
    size = np.log(known.fact("gdp"))
    weight = np.exp(-0.5 * ((size[:, None] - size) / 0.7) ** 2) * known.states  # who takes no part has no weight
    habit = np.mean([known.embassies[y] for y in range(2000, 2005)], axis=0)
    for i, j in np.argwhere(~np.eye(N, dtype=bool)):
        mates = [k for k in range(N) if near[i, k] and k != i]
        others = [k for k in range(N) if near[j, k] and k != j]
        rest = [k for k in range(N) if k != i]
        spelt = {
            "nb": now[mates, j].mean(),
            "regpres": now[i, others].mean(),
            "peer": np.average(now[rest, j], weights=weight[i, rest]),
            "recip": now[j, i],
            "ind_j": now[:, j].sum(),
            "outd_i": now[i].sum(),
            "others": np.log1p(now[:, j].sum() - now[i, j]),
            "lost1": known.embassies[2004][i, j] * (1 - now[i, j]),
            "cnt": habit[i, j],
            "newrecip": now[j, i] * (1 - ago[j, i]),
            "grow_i": (now[i] * (1 - ago[i])).sum() / 3,
            "grow_j": (now[:, j] * (1 - ago[:, j])).sum() / 3,
        }
        assert {name: found[name][i, j] for name in spelt} == pytest.approx(spelt), (i, j)


def test_growth_of_the_whole_world_moves_no_centred_feature() -> None:
    """Doubling every economy and every trade changes nothing that a model sees."""
    known = world().by(2005)
    double = {name: {y: 2 * v for y, v in series.items()} for name, series in known.facts.items()}
    grown = matrices(replace(known, facts=double))
    assert all(np.allclose(grown[name], matrix) for name, matrix in matrices(known).items())
    assert not np.allclose(
        matrices(known, raw=True)["lgdp_i"], matrices(replace(known, facts=double), raw=True)["lgdp_i"]
    )


def test_nothing_after_the_year_is_read() -> None:
    """Poisoned later embassies, facts and ties change no forecast, score for score and digit for digit."""
    honest = world()
    rng = np.random.default_rng(0)
    later = {y: rng.random((N, N)) < 0.5 if y > 2005 else m for y, m in honest.embassies.items()}
    facts = {k: {y: v if y <= 2005 else np.full(N, np.nan) for y, v in s.items()} for k, s in honest.facts.items()}
    ties = {k: {y: v if y <= 2005 else -v for y, v in s.items()} for k, s in honest.ties.items()}
    poisoned = History(honest.codes, later, facts, {**ties, "migrants": {2010: np.ones((N, N))}})
    first, second = (backtest(h, 2005, ENGINES, draws=0) for h in (honest, poisoned))
    assert first[1].model == second[1].model
    for a, b in zip(first[1].rankings, second[1].rankings, strict=True):
        assert np.array_equal(a.score, b.score)
    assert first[0].ours != second[0].ours, "the poison must reach the outcome, or this test shows nothing"
    earlier = {y: m if y != 2004 else ~m for y, m in honest.embassies.items()}
    assert backtest(replace(honest, embassies=earlier), 2005, ENGINES, draws=0)[1].model != first[1].model


def test_the_model_finds_what_made_the_world() -> None:
    """Trained to 2005 it ranks openings well above popularity, gives fair probabilities, and repeats itself."""
    result, said = backtest(world(), 2005, ENGINES, draws=20, seed=1)
    popularity = next(s for s in result.scores if s.model == "popularity")
    assert result.ours.auc > popularity.auc + 0.05
    assert result.ours.ap > popularity.ap
    ours = said.rankings[-1].probability
    assert ours is not None
    assert abs(ours.mean() - result.ours.base_rate) < 0.05
    assert backtest(world(), 2005, ENGINES, draws=20, seed=1)[0] == result


def test_calibration_never_reverses_the_order() -> None:
    """A higher score never gets a lower probability."""
    model = predict(world().by(2006), ENGINES, 4, 0).model
    given = model.probability(np.linspace(-12, 6, 200))
    assert (np.diff(given) >= 0).all()
    assert 0 < given[0] < given[-1] < 1


def test_contributions_add_up_to_the_score() -> None:
    """Every score is its intercept and the parts of its features."""
    model = AffinityModel(
        ("a", "b"), (1.0, 0.0), (2.0, 1.0), (0.5, -1.0), -3.0, ((-9.0, -8.0), (9.0, 7.0)), Card("", "", "", 0, 0, 5)
    )
    table = np.array([[3.0, 1.0], [1.0, 0.0]])
    assert model.contributions(table).tolist() == [[0.5, -1.0], [0.0, 0.0]]
    assert model.score(table).tolist() == [-3.5, -3.0]


def test_openings_count_in_any_year_of_the_window() -> None:
    """A post opened and closed within the window counts, one that was there does not."""
    no = np.zeros((2, 2), dtype=bool)
    once = np.array([[False, True], [False, False]])
    history = History(("A", "B"), {2000: no, 2001: once, 2002: no}, {}, {})
    assert opened(history, 2000, 2).tolist() == once.tolist()
    assert not opened(history, 2001, 1).any()
    assert not candidates(history.by(2000)).any(), "States without any embassy take no part"
    with pytest.raises(NotFoundError):
        opened(history, 2002, 5)


def test_a_window_ends_where_the_data_do() -> None:
    """Asked for more years than there are, it forecasts and scores those there are, as if asked for these."""
    asked, told = (backtest(world(), 2008, ENGINES, window=window, draws=0) for window in (5, 2))
    assert asked[0].window == 2
    assert asked[1].model == told[1].model
    assert asked[0].ours == told[0].ours
    years = world()
    assert [reach(years, 2005, 5), reach(years, 2008, 5), reach(years, 2005, 3)] == [5, 2, 3]
    with pytest.raises(NotFoundError, match="after 2010"):
        backtest(world(), 2010, ENGINES)


def test_years_need_not_be_consecutive() -> None:
    """A list of some years is learnt from step by step; a gap longer than the window is bridged to the next year."""
    full = world()
    sparse = replace(full, embassies={y: full.embassies[y] for y in (2000, 2002, 2005, 2010)})
    result, said = backtest(sparse, 2005, ENGINES, draws=0)
    assert (result.window, result.train_first, result.train_last) == (5, 2000, 2005)
    assert result.ours.auc > 0.6
    assert said.model.features == backtest(full, 2005, ENGINES, draws=0)[1].model.features
    assert [reach(sparse, 2000, 1), reach(sparse, 2000, 3), reach(sparse, 2005, 2)] == [2, 2, 5]


def test_too_little_is_said() -> None:
    """A year that is not there, or too short a past, is told and not guessed."""
    with pytest.raises(NotFoundError, match="2000-2010"):
        backtest(world(), 1999, ENGINES)
    with pytest.raises(InvalidError, match="three years"):
        backtest(world(), 2001, ENGINES)


def test_weights_that_made_a_ranking_are_found_again() -> None:
    """Odds that are a weighted sum of worths give back those weights; a criterion that misleads gets none."""
    rng = np.random.default_rng(7)
    worth = rng.random((200, 4))
    odds = worth @ np.array([3.0, 1.0, 0.0, -2.0]) - 1.5
    found, explained = revealed(worth[:, :3], 1 / (1 + np.exp(-(worth[:, :3] @ np.array([3.0, 1.0, 0.0]) - 1.5))))
    assert found == pytest.approx([0.75, 0.25, 0.0], abs=1e-6)
    assert explained == pytest.approx(1.0)
    assert revealed(worth, 1 / (1 + np.exp(-odds)))[0][3] == 0.0


def test_weights_are_refused_where_nothing_explains() -> None:
    """Criteria that run against practice leave no weight, and that is said."""
    worth = np.linspace(0, 1, 20)[:, None]
    with pytest.raises(InvalidError, match="None of the criteria"):
        revealed(worth, 1 / (1 + np.exp(3 * worth[:, 0])))


def best(task: Task) -> tuple[str, ...]:
    """Plan by sorting: the States worth most, as many as may be opened."""
    return tuple(state for state, _ in sorted(task.worth, key=lambda pair: -pair[1])[: task.count])


def test_a_plan_of_a_sender_is_the_best_there_is() -> None:
    """The real planner takes the States worth most, no more than allowed, and nothing without worth."""
    worth = {"AAA": Decimal("0.2"), "BBB": Decimal("0.05"), "CCC": Decimal("0.9"), "DDD": Decimal(0)}
    for count, expected in ((1, {"CCC"}), (2, {"CCC", "AAA"}), (4, {"CCC", "AAA", "BBB"})):
        found = plan(openings("SSS", worth, 2010, count))
        assert {m.site for m in found.measures} == expected
        assert all(m.after is Form.EMBASSY and m.year == 2010 for m in found.measures)


def test_plans_are_scored_by_what_opened() -> None:
    """Each sender plans as many as it opened; what came true is counted again here; the real planner gives the same."""
    history = world()
    said = forecast(history, 2005, ENGINES, 5, 0)
    found = score_plans(history, said, best, draws=50, seed=1)
    free, truth = truth_of(history, said)
    counts = truth.sum(axis=1)
    assert (found.senders, found.openings) == ((counts > 0).sum(), counts.sum())
    assert [s.model for s in found.scores] == ["chance", *(r.model for r in said.rankings)]
    expected = sum(n * n / c for n, c in zip(counts, free.sum(axis=1), strict=True) if n)
    assert found.scores[0].opened == pytest.approx(expected)
    at = {code: i for i, code in enumerate(history.codes)}
    for score in found.scores[1:]:
        own = [p for p in found.plans if p.model == score.model]
        hits = [sum(truth[at[p.sender], at[s]] for s in p.planned) for p in own]
        assert [len(p.planned) for p in own] == [p.count for p in own] == [n for n in counts if n]
        assert score.opened == sum(hits)
        assert score.share == pytest.approx(sum(hits) / counts.sum())
        assert score.by_sender == pytest.approx(np.mean([h / p.count for h, p in zip(hits, own, strict=True)]))
        assert score.share_bounds
        assert score.share_bounds[0] <= score.share <= score.share_bounds[1]
    for task in (task for task in tasks(history, said) if task.model == "legation"):
        worth = {state: Decimal(repr(amount)) for state, amount in task.worth}
        made = plan(openings(task.sender, worth, task.year, task.count))
        assert {m.site for m in made.measures} == set(best(task))
    assert found.scores[-1].by_sender == pytest.approx(
        backtest(history, 2005, ENGINES, draws=0)[0].ours.sender_r_precision
    )


def test_plans_keep_the_order_of_a_ranking() -> None:
    """Whether there are probabilities or only an order: the States worth most are those that come first."""
    history = world()
    said = forecast(history, 2005, ENGINES, 5, 0)
    free = candidates(history.by(2005))
    sender = np.nonzero(free)[0]
    for ranking in said.rankings:
        for task in (task for task in tasks(history, said) if task.model == ranking.model):
            own = sender == history.codes.index(task.sender)
            ranked = [task.worth[k] for k in np.argsort(-ranking.score[own], kind="stable")]
            assert [amount for _, amount in ranked] == sorted((amount for _, amount in task.worth), reverse=True)
            assert all(0 < amount <= 1 for _, amount in ranked)


def test_plans_read_nothing_ahead() -> None:
    """Whatever is said of later years, the forecasts that plans are made of stay."""
    history = world()
    said = forecast(history, 2005, ENGINES, 5, 0)
    poisoned = replace(
        history,
        embassies={y: m if y <= 2005 else np.roll(m, 3, axis=1) for y, m in history.embassies.items()},
        facts={n: {y: v if y <= 2005 else v * 0 for y, v in s.items()} for n, s in history.facts.items()},
    )
    again = forecast(poisoned, 2005, ENGINES, 5, 0)
    for one, other in zip(said.rankings, again.rankings, strict=True):
        assert np.array_equal(one.score, other.score)


def facts_of_practice() -> Facts:
    """Tell of four States: two where everybody would be, one in between, one where nobody is; one fact is too late."""
    rows = [("AAA", 0.81, 0.5), ("BBB", 0.9, None), ("CCC", 0.5, 0.2), ("DDD", 0.1, 0.03)]
    found = [Fact(code, "affinity", 2022, chance, "of 1", "x") for code, chance, _ in rows]
    found += [Fact(c, "peers", 2022, share, "of 1", "x", note="3 of 6") for c, _, share in rows if share is not None]
    return Facts([*found, Fact("AAA", "affinity", 2024, 0.01, "of 1", "x")])


def test_absences_that_practice_finds_unusual_are_named() -> None:
    """From 80 % on, the most usual first, with the peers where they are known; later facts are not read."""
    found = absences(facts_of_practice(), {"AAA": "Aland"}, ["AAA", "BBB", "CCC", "DDD", "EEE"], "SSS", 2023)
    assert [(f.code, f.subject) for f in found] == [("practice-absent", "BBB"), ("practice-absent", "AAA")]
    assert "Aland" in found[1].message
    assert "81 %" in found[1].message
    assert "3 of 6 of like size" in found[1].message
    assert "like size" not in found[0].message
    assert "legation affinity SSS --state AAA" in found[1].remedy
    assert not absences(facts_of_practice(), {}, ["AAA"], "SSS", 2024)


def test_openings_that_practice_finds_unusual_are_named() -> None:
    """Up to 10 %, with the year; what is between is not worth a word."""
    found = oddities(facts_of_practice(), {}, {"CCC": 2027, "DDD": 2028, "EEE": 2027}, 2023)
    assert [(f.code, f.subject) for f in found] == [("practice-unusual", "DDD")]
    assert "2028" in found[0].message


def test_chances_of_all_are_those_of_each() -> None:
    """The matrix holds what the model says of every pair, and nothing of a State with itself."""
    known = world().by(2008)
    model = AffinityModel(("recip", "lkm"), (0.2, 7.0), (0.4, 0.9), (0.8, -0.5), -1.0, ((-9.0, -8.0), (9.0, 7.0)), CARD)
    found = chances(known, model)
    assert not found.diagonal().any()
    at = matrices(known)
    score = -1.0 + (at["recip"][3, 5] - 0.2) / 0.4 * 0.8 - (at["lkm"][3, 5] - 7.0) / 0.9 * 0.5
    assert found[3, 5] == pytest.approx(expit(np.array(-8.0 + (score + 9) / 18 * 15)))
