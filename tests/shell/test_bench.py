"""The world that planning is measured on, the same problem to all packages, and how the figures are told."""

import json
import sys
import time
from dataclasses import replace
from fractions import Fraction

import pytest
from benchmarks import ensembles, futures, growth, places, run, running
from benchmarks.growth import SIZES
from benchmarks.methods import METHODS, peer
from benchmarks.report import disagreements, report, said
from benchmarks.running import Care
from benchmarks.world import Size, world

from legation.model import Track
from legation.programme.assembly import formulate
from legation.programme.highs import highs
from legation.programme.solver import Limits, Status

TINY = Size(2, 1, states=12, cities=6, organisations=2)


def test_same_seed_gives_the_same_world_and_another_seed_another():
    assert TINY.draw() == TINY.draw()
    assert TINY.draw().sites != replace(TINY, seed=6).draw().sites


def test_the_world_has_its_size_and_whole_thousands():
    problem = world()
    by_track = {track: sum(s.track is track for s in problem.sites) for track in Track}
    assert by_track == {Track.DIPLOMATIC: 195, Track.CONSULAR: 120, Track.MULTILATERAL: 18, Track.TRADE: 0}
    rungs = [rung for site in problem.sites for rung in site.ladder]
    assert all(a == int(a) for r in rungs for a in (*r.establishing, *r.running, *r.closing))


@pytest.mark.parametrize("size", [TINY, Size(3, 2, 20, 12, 3), Size(3, 3, 16, 8, 3, 4)], ids=str)
@pytest.mark.parametrize("method", [m for m in METHODS if peer(m)[0]])
def test_every_package_agrees_on_the_optimum(method, size):
    pytest.importorskip(peer(method)[0], reason="needs the extra `bench`")
    problem = size.draw()
    ours = highs(formulate(problem), Limits())
    assert ours.status is Status.OPTIMAL
    build, solve = METHODS[method]()
    found = solve(build(problem), 60.0)
    assert found.proven
    assert found.objective == pytest.approx(ours.objective, rel=1e-6)


def test_amounts_become_whole_without_rounding():
    with_cpsat = pytest.importorskip(
        "benchmarks.peers.with_cpsat", reason="needs the extra `bench`", exc_type=ImportError
    )
    assert [with_cpsat.exact(n) for n in (3.0, 0.5, 0.1, 412.125)] == [
        3,
        Fraction(1, 2),
        Fraction(1, 10),
        Fraction(3297, 8),
    ]


def row(method, *, proven=True, solve=1.0, size="3:1", **more):
    figures = {"build": 1.0, "solve": solve, "peak_mb": 100.0, "objective": 7.0, "runs": 1, "proven": proven}
    conditions = {"machine": "a machine", "limit": 300.0, "code": "c", "day": "2027-01-01"}
    return {"method": method, "size": size} | figures | conditions | more


def test_a_size_is_read_as_it_is_written():
    for size in (Size(3, 2), Size(1, 2, options=4), *SIZES):
        assert Size.read(str(size)) == size
    assert str(Size(3, 2)) == "3:2"


def test_a_cell_not_proven_in_time_bounds_the_ratio():
    said = report([row("legation", solve=4.0), row("linopy+highs", proven=False, solve=9.0)])
    assert "| 3 | 1 | linopy+highs | 1 | 1.000 | > 9 | 100 | not proven (7.00) |" in said
    assert said.splitlines()[-1].split(" | ")[4] == "> 2.0"
    assert report([row("legation", proven=False, solve=4.0), row("pulp+cbc", solve=1.5)]).count("| < 0.5 |") == 1


def test_what_is_not_known_is_left_blank():
    ended = row("scip", proven=False, solve=9.0, build=None, peak_mb=None, objective=None)
    told = report([row("legation"), ended])
    assert "| 3 | 1 | scip | 1 |  | > 9 |  | not proven (no plan) |" in told
    assert told.splitlines()[-1] == "| 3 | 1 | scip |  |  |  |"


def test_figures_of_several_days_and_limits_say_so():
    told = said([row("legation"), row("pulp+cbc", day="2027-01-03", limit=60.0)])
    assert told.startswith("In parts, from 2027-01-01 to 2027-01-03: a machine.")
    assert "60 or 300 seconds" in told


def test_methods_that_disagree_are_told():
    assert disagreements([row("legation"), row("pulp+cbc", objective=7.1)]) == ["pulp+cbc found 7.1, legation 7.0."]
    assert disagreements([row("legation"), row("pulp+cbc", objective=7.1, proven=False)]) == []


def test_resuming_keeps_only_what_was_taken_under_the_same_conditions(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "measured_code", lambda root, method: "c")
    kept, longer = row("legation"), row("scip", proven=False)
    lost = [row("pulp+cbc", code="d"), row("cp-sat", machine="another"), row("scip", proven=False, limit=60.0)]
    path = tmp_path / "results.json"
    path.write_text(json.dumps({"plans": [kept, longer, *lost], "futures": [{"machine": "m", "code": "c"}]}))
    assert run.earlier("a machine", 300.0, path)["plans"] == [kept, longer]
    assert run.earlier("m", 300.0, path)["futures"] == [{"machine": "m", "code": "c"}]


def test_short_cells_run_several_times_and_the_median_counts(monkeypatch):
    figures = {"build": 1.0, "peak_mb": 1.0, "objective": 1.0, "proven": True}
    solved = iter([5.0, 1.0, 3.0])
    monkeypatch.setattr(running, "run_once", lambda *_: figures | {"solve": next(solved), "clock": 10.0})
    found = running.measure("legation", Size(3, 1), Care(runs=3, short=60.0))
    assert (found["runs"], found["solve"]) == (3, 3.0)
    monkeypatch.setattr(running, "run_once", lambda *_: figures | {"solve": 70.0, "clock": 70.0})
    assert running.measure("legation", Size(3, 1), Care(runs=3, short=60.0))["runs"] == 1


def test_a_cell_that_does_not_stop_is_ended_with_what_it_had_begun(tmp_path):
    began = tmp_path / "began"
    child = (
        f"import time; open({str(began)!r}, 'w').close(); time.sleep(2); open({str(tmp_path / 'late')!r}, 'w').close()"
    )
    code = f"import subprocess, sys; print('{{}}', flush=True); subprocess.run([sys.executable, '-c', {child!r}])"
    out, ended = running.called([sys.executable, "-c", code], 1.0)
    assert (out, ended) == ("{}\n", True)
    time.sleep(2.0 if began.exists() else 0.0)
    assert not (tmp_path / "late").exists()
    with pytest.raises(RuntimeError, match="failed"):
        running.called([sys.executable, "-c", "raise SystemExit(3)"], 60.0)


def test_what_was_known_of_an_ended_cell_is_kept(monkeypatch):
    monkeypatch.setattr(running, "called", lambda *_: ('warning\n{"build": 2.0}\n', True))
    found = running.run_once("scip", Size(10, 1), 60.0)
    assert (found["build"], found["proven"], found["peak_mb"]) == (2.0, False, None)


def test_growth_is_told_with_its_power():
    figures = {2: 8.0, 3: 18.0, 5: 50.0}
    rows = [row("legation", size=f"{years}:3", build=build) for years, build in figures.items()]
    rows.append(row("scip", size="3:3", proven=False, solve=9.0))
    lines = growth.report(rows).splitlines()
    assert "| years: to build, s | 2 | 3 | 5 | power |" in lines
    assert "| legation | 8.00 | 18.00 | 50.00 | 2.0 |" in lines
    assert "| scip |  | > 10.00 |  |  |" in lines


def test_siting_is_measured_on_drawn_towns():
    pytest.importorskip("spopt", reason="needs the extra `bench`")
    rows = places.measure(1, ((30, "p-median", 3), (30, "MCLP", 3)))
    assert all(r["proven"] and r["spopt_proven"] for r in rows)
    assert places.disagreements(rows) == []
    assert places.disagreements([rows[0] | {"spopt": 1.0}]) != []
    assert "| p-median | 30 | 3 | 1 |" in places.report(rows)


def test_ensembles_are_read_as_they_are_printed(monkeypatch):
    monkeypatch.setattr(futures, "called", lambda *_: (f"{ensembles.said(5, 0.2, 5, 2.0)}\n", False))
    assert futures.report([futures.measure(5)]).endswith("| 5 | 0.20 | 1 | 2.00 | 10.0 |")
    monkeypatch.setattr(futures, "called", lambda *_: ("", True))
    with pytest.raises(RuntimeError, match="was ended"):
        futures.measure(5)
