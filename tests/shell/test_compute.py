"""Compute: the same results however the items are spread, whoever dies; and nothing goes on once it is stopped."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import chores
import pytest
from clusters import environment, until

from legation import compute
from legation.compute import apart, spread
from legation.errors import InfeasibleError, LostError, NotFoundError, StoppedError

SQUARES = [n * n for n in range(5)]


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_results_stand_in_the_order_of_the_items(processes: int) -> None:
    """However many processes there are; and each end is told."""
    told: list[tuple[int, int]] = []
    found = spread(chores.square, range(5), processes=processes, progress=lambda *at: told.append(at))
    assert [*found] == SQUARES
    assert told == [(n, 5) for n in range(1, 6)]


@pytest.mark.parametrize("processes", [1, 2])
def test_parts_of_items_are_told(processes: int) -> None:
    """Half an item each, wherever it is computed, and at the end all of them."""
    told: list[float] = []
    assert [*spread(chores.halved, range(5), processes=processes, within=told.append)] == SQUARES
    assert len(told) == 10
    assert told[0] == 0.5
    assert told[-1] == 5
    assert processes > 1 or told == [n / 2 for n in range(1, 11)]


@pytest.mark.parametrize("processes", [1, 2])
def test_what_goes_wrong_is_raised_in_its_turn(processes: int) -> None:
    """What came before is given first; the error is whole."""
    found = spread(chores.refuse, range(5), processes=processes)
    assert [next(found) for _ in range(3)] == SQUARES[:3]
    with pytest.raises(InfeasibleError, match="No three") as caught:
        next(found)
    assert caught.value.conflict == ("a", "b")


def test_what_does_not_travel_is_told() -> None:
    """An error or a result that cannot be packed ends in an error that names it."""
    with pytest.raises(RuntimeError, match="OddError: odd 1 2"):
        [*spread(chores.odd, range(2), processes=2)]
    with pytest.raises((AttributeError, TypeError), match="lambda"):
        [*spread(chores.unpackable, range(2), processes=2)]


def test_a_killed_workers_item_is_done_again(tmp_path: Path) -> None:
    """By another worker, and the results are the same."""
    assert [*spread(chores.deadly_once, [(n, str(tmp_path)) for n in range(5)], processes=2)] == SQUARES
    assert (tmp_path / "died").exists()


def test_an_item_that_kills_every_worker_is_given_up() -> None:
    """It is named, once its turn has come."""
    found = spread(chores.deadly, range(4), processes=2)
    assert [next(found), next(found)] == [0, 1]
    with pytest.raises(LostError, match="item 3"):
        next(found)


def test_nothing_goes_on_after_a_stop(tmp_path: Path) -> None:
    """The processes are gone at once, though one of them had a minute to go."""
    items = [(7, str(tmp_path)), (7, str(tmp_path))]
    with pytest.raises(StoppedError):
        [*spread(chores.begin, items, processes=2, stop=lambda: len(begun(tmp_path)) == 2)]
    assert not any(alive(pid) for pid in begun(tmp_path))


def test_workers_end_with_who_started_them(tmp_path: Path) -> None:
    """Even where that was killed."""
    program = (
        "import chores; from legation.compute import spread\n"
        f"if __name__ == '__main__': print([*spread(chores.begin, [(7, {str(tmp_path)!r})] * 2, processes=2)])"
    )
    (tmp_path / "program.py").write_text(program, encoding="utf-8")
    parent = subprocess.Popen([sys.executable, tmp_path / "program.py"], env=environment())
    until(lambda: len(begun(tmp_path)) == 2)
    parent.kill()
    parent.wait()
    until(lambda: not any(alive(pid) for pid in begun(tmp_path)))


def test_apart(tmp_path: Path) -> None:
    """One thing in a process of its own tells how far it is, may die, and may be stopped."""
    told: list[tuple[float, str]] = []
    assert apart(chores.count, 2, tell=lambda *at: told.append(at), stop=lambda: False) == 2
    assert told == [(0.5, "step 1"), (1.0, "step 2")]
    with pytest.raises(LostError):
        apart(chores.die, 2, tell=lambda *_: None, stop=lambda: False)
    with pytest.raises(StoppedError):
        apart(chores.linger, str(tmp_path), tell=lambda *at: told.append(at), stop=lambda: told[-1] == (0.5, "half"))
    assert not any(alive(pid) for pid in begun(tmp_path))


def test_a_cluster_gives_the_same(scheduler: str, tmp_path: Path) -> None:
    """Though one of its two workers is killed in the middle."""
    begun_in = tmp_path / "begun"
    begun_in.mkdir()
    killed: list[int] = []

    def kill() -> bool:
        if len(begun(begun_in)) == 2 and not killed:
            killed.append(begun(begun_in).pop())
            os.kill(killed[0], signal.SIGKILL)
        return False

    assert [*spread(chores.begin, [(n, str(begun_in)) for n in range(5)], scheduler=scheduler, stop=kill)] == SQUARES
    assert killed
    with pytest.raises(InfeasibleError, match="No three"):
        [*spread(chores.refuse, range(5), scheduler=scheduler)]
    with pytest.raises(StoppedError):
        [*spread(chores.begin, [(7, str(begun_in))], scheduler=scheduler, stop=lambda: True)]


def test_no_scheduler_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address is named."""
    pytest.importorskip("distributed")
    monkeypatch.setattr("legation.compute.PATIENCE", 0.2)
    with pytest.raises(NotFoundError, match=r"127\.0\.0\.1:1"):
        [*spread(chores.square, range(2), scheduler="tcp://127.0.0.1:1")]


def begun(folder: Path) -> set[int]:
    """Return the processes that left word in a folder."""
    return {int(path.name.split("-")[1]) for path in folder.glob("*-[0-9]*")}


def alive(pid: int) -> bool:
    """Tell whether a process is there, and not dead with nobody to bury it, as in a container without an init."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with contextlib.suppress(OSError):
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    return True


class Lossy:
    """A future whose result is lost with its worker once, and made again."""

    def __init__(self, statuses: list[str]) -> None:
        self.statuses = statuses

    @property
    def status(self) -> str:
        return self.statuses[0]

    def exception(self) -> None:
        """It ended well, and is asked only then."""
        assert self.status == "finished"

    def result(self) -> str:
        return "made"


def test_what_was_lost_with_its_worker_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dask calls a result lost while another worker makes it again; that the scheduler is gone it calls cancelled."""
    distributed = pytest.importorskip("distributed")

    class Completed:
        def __init__(self, futures: Any, loop: object) -> None:
            self.waiting = list(futures)

        def count(self) -> int:
            return len(self.waiting)

        def next_batch(self, block: bool) -> list[Any]:
            ready, self.waiting = self.waiting, []
            return ready

        def add(self, future: Any) -> None:
            future.statuses.pop(0)
            self.waiting.append(future)

    class Cluster:
        loop = None

        def __init__(self, statuses: list[str]) -> None:
            self.statuses = statuses

        def submit(self, *_: object, **__: object) -> Lossy:
            return Lossy(self.statuses)

        def cancel(self, _: object) -> None: ...
        def close(self) -> None: ...

    monkeypatch.setattr(distributed, "as_completed", Completed)
    monkeypatch.setattr(compute, "_client", lambda _: Cluster(["lost", "pending", "finished"]))
    assert list(spread(str, [1], scheduler="tcp://nowhere:1")) == ["made"]
    monkeypatch.setattr(compute, "_client", lambda _: Cluster(["cancelled"]))
    with pytest.raises(LostError, match="scheduler"):
        list(spread(str, [1], scheduler="tcp://nowhere:1"))
