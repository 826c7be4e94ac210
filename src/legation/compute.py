"""Compute: one function over many items, in processes of this machine or on a Dask cluster, with the same results."""

from __future__ import annotations

import importlib.util
import os
import signal
import threading
import time
import traceback
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import ForkingPickler
from typing import Any, TypeVar

from legation.errors import FaultError, LegationError, LostError, NotFoundError, RefusedError, StoppedError

I = TypeVar("I")  # noqa: E741 - an item
R = TypeVar("R")  # what becomes of it
Progress = Callable[[int, int], None]
Within = Callable[[float], None]
Stop = Callable[[], bool]
Tell = Callable[[float, str], None]
Outcome = tuple[int, Any, Exception | None]  # number of the item, what became of it, what went wrong
Outcomes = Generator[Outcome, None, None]

DEATHS = 3  # after so many workers died over one item, it is given up
POLL = 0.05  # seconds between two looks whether to stop
AGAIN = ("lost", "pending")
PATIENCE = 10.0  # seconds in which a scheduler must answer
SPAWN = get_context("spawn")  # forked processes would share locks of threads that they do not have
SHARE = "LEGATION_CORES"  # how many processors a process that we started may use
THREADS = (SHARE, "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def cores() -> int:
    """Return how many processors this process may use."""
    found = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(found, int(os.environ.get(SHARE, found)))


def spread(
    function: Callable[..., R],
    items: Iterable[I],
    *,
    processes: int | None = None,
    scheduler: str = "",
    progress: Progress | None = None,
    within: Within | None = None,
    stop: Stop | None = None,
) -> Iterator[R]:
    """Go through what a function makes of each item, in the order of the items, however they are spread.

    function: at the top of a module, and depending on its item alone, so that it gives the same wherever it runs
    processes: how many on this machine, one a processor by default; one is this process itself
    scheduler: the address of a Dask scheduler (tcp://host:8786) whose workers have Legation; no local processes then
    progress: told how many items are done, of how many, as they end
    within: told how many are done, and parts of those under way; the function takes whom to tell after its item then,
    and what a cluster does is heard of as items end
    stop: asked again and again; StoppedError once it says yes, and nothing goes on working

    Items of a worker that died are done again by another; LostError for an item over which three have died. What the
    function raises is raised in its item's turn.
    """
    todo = tuple(items)
    count = min(processes or cores(), len(todo))
    meter = _Meter(within)
    called = _Told(function, meter.under_way) if within else function
    if scheduler:
        outcomes = _on_cluster(called, todo, scheduler, stop)
    elif count <= 1:
        outcomes = _here(called, todo, stop)
    else:
        outcomes = _on_processes(called, todo, count, stop, meter)
    with closing(outcomes):
        yield from _in_order(outcomes, len(todo), progress, meter)


def apart(function: Callable[[I, Tell], R], item: I, *, tell: Tell, stop: Stop, threads: int = 1) -> R:
    """Do one thing in a process of its own, so that its end is not ours; return what it made, raise what it raised.

    tell: called here with what the function says of its progress (from 0 to 1) and a message
    threads: how many it may compute with, its own processes included

    Raise StoppedError once `stop` says yes, LostError where the process died, FaultError for what is not one of our
    errors.
    """
    worker = _Worker(_Told(function), threads, alone=True)
    try:
        _give(worker, 0, item)
        while True:
            _refuse_stopped(stop)
            answer = _heard(worker) if wait([worker.pipe], POLL) else None
            if isinstance(answer, _Said):
                tell(answer.fraction, answer.message)
            elif answer:
                made: R = _settled(_explained(answer))
                return made
    finally:
        worker.end()


def _heard(worker: _Worker) -> Any:  # noqa: ANN401 - an outcome, or word of how far it is
    try:
        return worker.answer()
    except (EOFError, OSError) as error:
        raise LostError("The process that computed it died.", hint="Most often memory ran out.") from error


def _explained(outcome: Outcome) -> Outcome:
    number, result, error = outcome
    if error is None or isinstance(error, LegationError):
        return outcome
    fault = FaultError(f"{type(error).__name__}: {error}", hint="This is a mistake in Legation: please report it.")
    fault.__notes__ = getattr(error, "__notes__", [])
    return number, result, fault


class _Meter:
    """How far a computation is: items that are done, and parts of those under way."""

    def __init__(self, within: Within | None) -> None:
        self.within, self.done = within, 0
        self.parts: dict[int, float] = {}

    def under_way(self, number: int, fraction: float) -> None:
        """Hear how far an item is."""
        self.parts[number] = fraction
        self._tell()

    def ended(self, number: int) -> None:
        """Hear that an item is done."""
        self.parts.pop(number, None)
        self.done += 1
        self._tell()

    def _tell(self) -> None:
        if self.within:
            self.within(self.done + sum(self.parts.values()))


def _in_order(outcomes: Iterable[Outcome], count: int, progress: Progress | None, meter: _Meter) -> Iterator[Any]:
    """Hold back what is ready before its turn."""
    early: dict[int, Outcome] = {}
    turn = 0
    for done, outcome in enumerate(outcomes, start=1):
        meter.ended(outcome[0])
        if progress:
            progress(done, count)
        early[outcome[0]] = outcome
        while turn in early:
            yield _settled(early.pop(turn))
            turn += 1


def _settled(outcome: Outcome) -> Any:  # noqa: ANN401 - whatever the function makes
    _number, result, error = outcome
    if error:
        raise error
    return result


def _refuse_stopped(stop: Stop | None) -> None:
    if stop and stop():
        raise StoppedError("It was stopped before it was done.")


def _lost(number: int) -> LostError:
    return LostError(
        f"{DEATHS} workers died over item {number + 1}.", hint="Most often memory ran out: use fewer processes."
    )


# In this process


def _here(function: Callable[[I], R], todo: tuple[I, ...], stop: Stop | None) -> Outcomes:
    for number, item in enumerate(todo):
        _refuse_stopped(stop)
        if isinstance(function, _Told):
            function.number = number
        yield number, function(item), None


# In processes of this machine


class _Worker:
    """A process that computes, and our end of the pipe to it."""

    def __init__(self, function: Callable[..., Any], threads: int = 1, *, alone: bool = False) -> None:
        """Start it; one that is alone may have processes of its own, which daemons may not."""
        self.number = 0
        self.pipe, theirs = SPAWN.Pipe()
        self.process = SPAWN.Process(target=_serve, args=(function, theirs, threads), daemon=not alone)
        self.process.start()
        theirs.close()

    def give(self, number: int, item: object) -> None:
        """Give it an item; raise OSError where it has died."""
        self.number = number
        self.pipe.send((number, item))

    def answer(self) -> Any:  # noqa: ANN401 - an outcome, or word of how far it is
        """Return what it sent; raise EOFError or OSError where it has died."""
        return self.pipe.recv()

    def end(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.join()
        self.process.close()
        self.pipe.close()


def _on_processes(
    function: Callable[[I], R], todo: tuple[I, ...], count: int, stop: Stop | None, meter: _Meter
) -> Outcomes:
    """Keep so many workers busy; put another in the place of one that died, and do its item again."""
    waiting = deque(enumerate(todo))
    deaths = Counter[int]()
    busy: dict[Connection, _Worker] = {}
    idle: list[_Worker] = []
    try:
        while waiting or busy:
            _refuse_stopped(stop)
            while waiting and len(busy) < count:
                worker = idle.pop() if idle else _Worker(function)
                busy[worker.pipe] = worker
                _give(worker, *waiting.popleft())
            ready = wait(list(busy), POLL)
            for worker in [busy.pop(pipe) for pipe in [*busy] if pipe in ready]:
                try:
                    outcome = worker.answer()
                except (EOFError, OSError):
                    worker.end()
                    number = worker.number
                    deaths[number] += 1
                    if deaths[number] >= DEATHS:
                        yield number, None, _lost(number)
                    else:
                        waiting.appendleft((number, todo[number]))
                else:
                    if isinstance(outcome, _Said):
                        busy[worker.pipe] = worker
                        meter.under_way(worker.number, outcome.fraction)
                        continue
                    idle.append(worker)
                    yield outcome
    finally:
        for worker in (*busy.values(), *idle):
            worker.end()


def _give(worker: _Worker, number: int, item: object) -> None:
    """Give a worker an item; that it has died shows when its answer is read."""
    try:
        worker.give(number, item)
    except (BrokenPipeError, ConnectionResetError):
        return


def _serve(function: Callable[..., Any], pipe: Connection, threads: int) -> None:
    """Work on items until there are no more, in the process of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who is interrupted ends us
    threading.Thread(target=_follow, daemon=True).start()
    os.environ.update(dict.fromkeys(THREADS, str(threads)))
    if isinstance(function, _Told):
        function.pipe = pipe
    while True:
        try:
            number, item = pipe.recv()
        except EOFError:
            return
        pipe.send_bytes(_attempt(function, number, item))


def _follow() -> None:
    """End with the process that started us, however it ended."""
    parent = parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _attempt(function: Callable[..., Any], number: int, item: object) -> bytes:
    """Do an item; return its outcome packed, an error where the result cannot be."""
    try:
        return bytes(ForkingPickler.dumps((number, function(item), None)))
    except Exception as error:  # noqa: BLE001 - whatever it is, the one who asked should know
        return bytes(ForkingPickler.dumps((number, None, _portable(error))))


def _portable(error: Exception) -> Exception:
    """Return an error that survives the way to another process, with where it happened."""
    if not isinstance(error, LegationError):
        error.add_note("In another process:\n" + "".join(traceback.format_exception(error)))
    try:
        ForkingPickler.loads(ForkingPickler.dumps(error))
    except Exception:  # noqa: BLE001 - an error may refuse to be packed in any way
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


class _Said:
    """What a function says of its progress."""

    def __init__(self, fraction: float, message: str) -> None:
        self.fraction, self.message = fraction, message


class _Told:
    """A function of an item and of whom to tell, as a function of an item.

    heard: hears of each item, by its number, what is computed in the process that asks
    """

    def __init__(self, function: Callable[[Any, Tell], Any], heard: Callable[[int, float], None] | None = None) -> None:
        self.function, self.heard = function, heard
        self.number = 0
        self.pipe: Connection | None = None

    def __reduce__(self) -> tuple[type[_Told], tuple[Callable[[Any, Tell], Any]]]:
        """Travel to another process without whom to tell here."""
        return _Told, (self.function,)

    def __call__(self, item: object) -> object:
        return self.function(item, self._tell)

    def _tell(self, fraction: float, message: str) -> None:
        if self.pipe:
            self.pipe.send(_Said(fraction, message))
        elif self.heard:
            self.heard(self.number, fraction)


# On a cluster


def _on_cluster(function: Callable[[I], R], todo: tuple[I, ...], scheduler: str, stop: Stop | None) -> Outcomes:
    """Hand all items to a Dask scheduler, which does those of a dead worker again on another."""
    with closing(_client(scheduler)) as client:
        from distributed import as_completed

        futures = {client.submit(function, item, pure=False): number for number, item in enumerate(todo)}
        try:
            done = as_completed(futures, loop=client.loop)
            while done.count():
                _refuse_stopped(stop)
                ready = done.next_batch(block=False)
                for future in ready:
                    if future.status in AGAIN:  # the worker that held the result died, so another makes it again
                        done.add(future)
                    else:
                        yield _outcome(futures[future], future)
                if not ready:
                    time.sleep(POLL)
        finally:
            client.cancel(list(futures))


def _client(scheduler: str) -> Any:  # noqa: ANN401 - distributed ships no types
    if importlib.util.find_spec("distributed") is None:
        raise RefusedError(
            "Computing on a cluster needs Dask, which is not installed.",
            hint="Install it with: pip install 'legation[cluster]'",
        )
    from distributed import Client

    try:
        return Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise NotFoundError(
            f"No Dask scheduler answers at {scheduler}.",
            hint="Start one with: dask scheduler; and name tcp://HOST:8786.",
        ) from error


def _outcome(number: int, future: Any) -> Outcome:  # noqa: ANN401 - as above
    from distributed.scheduler import KilledWorker

    if future.status == "cancelled":
        return number, None, LostError("The scheduler was lost.", hint="Start it again, and then this.")
    error = future.exception()
    if isinstance(error, KilledWorker):
        error = _lost(number)
    return number, None if error else future.result(), error
