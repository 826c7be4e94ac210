"""The world that planning is measured on, the same problem to all three packages, and how the figures are told."""

import json
from argparse import Namespace

import pytest
from benchmarks import run
from benchmarks.report import disagreements, report
from benchmarks.world import world

from legation.model import Track
from legation.programme.assembly import formulate
from legation.programme.highs import highs
from legation.programme.solver import Limits, Status

TINY = {"states": 12, "cities": 6, "organisations": 2}


def test_same_seed_gives_the_same_world_and_another_seed_another():
    assert world(2, 5, **TINY) == world(2, 5, **TINY)
    assert world(2, 5, **TINY).sites != world(2, 6, **TINY).sites


def test_the_world_has_its_size_and_whole_thousands():
    problem = world()
    by_track = {track: sum(s.track is track for s in problem.sites) for track in Track}
    assert by_track == {Track.DIPLOMATIC: 195, Track.CONSULAR: 120, Track.MULTILATERAL: 18, Track.TRADE: 0}
    rungs = [rung for site in problem.sites for rung in site.ladder]
    assert all(a == int(a) for r in rungs for a in (*r.establishing, *r.running, *r.closing))


@pytest.mark.parametrize("seed", [1, 2])
def test_three_packages_agree_on_the_optimum(seed):
    from benchmarks.cell import METHODS

    pytest.importorskip("linopy", reason="needs the extra `bench`")
    pytest.importorskip("pulp", reason="needs the extra `bench`")
    problem = world(2, seed, **TINY)
    ours = highs(formulate(problem), Limits())
    assert ours.status is Status.OPTIMAL
    for method in ("linopy+highs", "pulp+cbc"):
        build, solve = METHODS[method]()
        found = solve(build(problem), 60.0)
        assert found.proven
        assert found.objective == pytest.approx(ours.objective, rel=1e-6)


def row(method, *, proven=True, solve=1.0, **more):
    figures = {"build": 1.0, "solve": solve, "peak_mb": 100.0, "objective": 7.0, "runs": 1, "proven": proven}
    conditions = {"machine": "a machine", "limit": 300.0, "code": "c", "day": "2027-01-01"}
    return {"method": method, "years": 3, "seed": 1} | figures | conditions | more


def test_a_cell_not_proven_in_time_bounds_the_ratio():
    said = report([row("legation", solve=4.0), row("linopy+highs", proven=False, solve=9.0)])
    assert "| 3 | 1 | linopy+highs | 1 | 1.000 | > 9 | 100 | not proven (7.00) |" in said
    assert said.splitlines()[-1].split(" | ")[4] == "> 2.0"
    assert report([row("legation", proven=False, solve=4.0), row("pulp+cbc", solve=1.5)]).count("| < 0.5 |") == 1


def test_figures_of_several_days_say_so():
    assert report([row("legation"), row("pulp+cbc", day="2027-01-03")]).startswith(
        "In parts, from 2027-01-01 to 2027-01-03: a machine."
    )


def test_methods_that_disagree_are_told():
    assert disagreements([row("legation"), row("pulp+cbc", objective=7.1)]) == ["pulp+cbc found 7.1, legation 7.0."]
    assert disagreements([row("legation"), row("pulp+cbc", objective=7.1, proven=False)]) == []


def test_resuming_keeps_only_what_was_taken_under_the_same_conditions(tmp_path, monkeypatch):
    kept, other = row("legation"), row("pulp+cbc", code="d")
    (tmp_path / "results.json").write_text(json.dumps([kept, other]), encoding="utf-8")
    monkeypatch.setattr(run, "RESULTS", tmp_path / "results.json")
    assert run.earlier({"machine": "a machine", "code": "c", "limit": 300.0}) == [kept]


def test_short_cells_run_several_times_and_the_median_counts(monkeypatch):
    figures = {"build": 1.0, "peak_mb": 1.0, "objective": 1.0, "proven": True}
    solved = iter([5.0, 1.0, 3.0])
    monkeypatch.setattr(run, "run_once", lambda *_: figures | {"solve": next(solved), "clock": 10.0})
    found = run.measure("legation", 3, 1, Namespace(runs=3, short=60.0, limit=300.0))
    assert (found["runs"], found["solve"]) == (3, 3.0)
    monkeypatch.setattr(run, "run_once", lambda *_: figures | {"solve": 70.0, "clock": 70.0})
    assert run.measure("legation", 3, 1, Namespace(runs=3, short=60.0, limit=300.0))["runs"] == 1
