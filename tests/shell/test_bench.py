"""The world that planning is measured on: seeded, and the same problem to all three packages."""

import pytest
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
