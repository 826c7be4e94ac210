"""Jobs: no two workers take one, a dead worker's job is done by another, and a late one writes nothing."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from test_compute import alive, begun, environment, until

from legation.cases.scenarios import AddRule, ScaleCeilings, Scenario
from legation.chancery import working
from legation.chancery.scenarios import save_scenario, solve
from legation.desk.registry import case_of, record_case
from legation.errors import ConflictError, ForbiddenError, NotFoundError, RefusedError
from legation.model.posts import Form
from legation.planning.brief import Require
from legation.programme.solver import Limits
from legation.review.people import Person, Role
from legation.sources import read_case
from legation.store import Store
from legation.store.jobs import ATTEMPTS, KEPT, LEASE, Jobs, State

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + 2 * LEASE
PLANNER, OTHER = Person("bolat", (Role.PLANNER,)), Person("dana", (Role.REGIONAL,))
READER, ADMIN = Person("dina", (Role.READER,)), Person("aizhan", (Role.ADMINISTRATOR,))


@pytest.fixture
def queue(store: Store) -> Jobs:
    """Open the queue of a new registry."""
    return Jobs(store.engine)


# The queue


def test_no_two_workers_take_one_job(queue: Jobs) -> None:
    """Four workers empty a queue of twelve: each job is taken once."""
    made = {queue.add("plan", "", {"n": n}, "Ann", NOW).id for n in range(12)}

    def work(name: str) -> list[str]:
        taken = []
        while job := queue.take(name, NOW):
            taken.append(job.id)
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [id_ for ids in pool.map(work, "abcd") for id_ in ids]
    assert sorted(taken) == sorted(made)


def test_jobs_are_taken_in_the_order_they_were_asked_for(queue: Jobs) -> None:
    """The oldest first, and each as it was asked for."""
    made = [queue.add("plan", f"case {n}", {"n": n}, "Ann", NOW + timedelta(seconds=n), seconds=n) for n in (2, 1, 3)]
    taken = [queue.take("a", NOW) for _ in made]
    assert [(job.scope, job.arguments, job.seconds) for job in taken if job] == [
        (f"case {n}", {"n": n}, n) for n in (1, 2, 3)
    ]
    assert queue.take("a", NOW) is None
    assert [job.scope for job in queue.all(last=2)] == ["case 3", "case 2"]


def test_a_dead_workers_job_goes_to_another(queue: Jobs) -> None:
    """After its silence a job is taken again; the first worker can no longer write; too many deaths fail it."""
    made = queue.add("plan", "", {}, "Ann", NOW)
    first = queue.take("a", NOW)
    assert first
    queue.requeue(NOW + LEASE)
    assert queue.take("b", NOW) is None
    queue.requeue(LATER)
    second = queue.take("b", LATER)
    assert second
    assert not queue.finish(first, {"late": True}, NOW)
    assert not queue.fail(first, "late", NOW)
    with pytest.raises(ConflictError):
        queue.beat(first, LATER, 0.9)
    assert queue.finish(second, {"plan": "x"}, LATER)
    assert queue.get(made.id).result == {"plan": "x"}
    other = queue.add("plan", "", {}, "Ann", NOW)
    for n in range(1, ATTEMPTS + 1):
        assert queue.take("a", NOW)
        queue.requeue(LATER)
        assert queue.get(other.id).attempts == n
    assert queue.get(other.id).state is State.FAILED


def test_signs_of_life_keep_a_job(queue: Jobs) -> None:
    """And tell how far it is."""
    queue.add("plan", "", {}, "Ann", NOW)
    job = queue.take("a", NOW)
    assert job
    assert queue.beat(job, LATER, 0.25, "solving")
    queue.requeue(LATER)
    assert (queue.get(job.id).progress, queue.get(job.id).message) == (0.25, "solving")
    assert queue.get(job.id).state is State.RUNNING


def test_cancel(queue: Jobs) -> None:
    """What waits is cancelled at once; the worker of what runs is told; what its worker left is ended."""
    assert queue.cancel(queue.add("plan", "", {}, "Ann", NOW).id, NOW).state is State.CANCELLED
    queue.add("plan", "", {}, "Ann", NOW)
    job = queue.take("a", NOW)
    assert job
    assert queue.beat(job, NOW, 0.5)
    queue.cancel(job.id, NOW)
    assert not queue.beat(job, NOW, 0.6)
    queue.requeue(LATER)
    assert queue.get(job.id).state is State.CANCELLED


def test_a_job_given_back_waits_again(queue: Jobs) -> None:
    """An attempt counts, but for a worker that was told to end."""
    made = queue.add("plan", "", {}, "Ann", NOW)
    for blameless, count in ((True, 0), (False, 1), (True, 1), (False, 2)):
        job = queue.take("a", NOW)
        assert job
        queue.release(job, NOW, blameless=blameless)
        assert (queue.get(made.id).state, queue.get(made.id).attempts) == (State.WAITING, count)


def test_limits_of_the_queue(queue: Jobs) -> None:
    """One person has so many jobs in it; what has ended does not count, and is forgotten after long."""
    made = [queue.add("plan", "", {}, "Ann", NOW, most=2) for _ in range(2)]
    with pytest.raises(RefusedError, match="Ann has 2 jobs"):
        queue.add("plan", "", {}, "Ann", NOW, most=2)
    queue.add("plan", "", {}, "Ben", NOW, most=2)
    queue.cancel(made[0].id, NOW)
    queue.add("plan", "", {}, "Ann", NOW, most=2)
    queue.requeue(NOW + KEPT)
    assert queue.get(made[0].id)
    queue.requeue(NOW + KEPT + LEASE)
    with pytest.raises(NotFoundError):
        queue.get(made[0].id)
    assert queue.get(made[1].id)


# Asking


@pytest.fixture
def record(store: Store) -> Store:
    """Put the small case on record, with a scenario that has no money."""
    return filled(store)


def filled(store: Store) -> Store:
    """Put a case and a scenario on record."""
    case, _ = read_case("ruritania")
    record_case(store, case, actor="aizhan", reason="First", at=NOW)
    scenario = Scenario("poor", "ruritania", (ScaleCeilings(Decimal(0)), AddRule(Require("EMK", Form.EMBASSY, 2030))))
    save_scenario(store, PLANNER, scenario, NOW)
    return store


def test_who_may_ask_see_and_cancel(record: Store) -> None:
    """Planners ask; who reads papers in review sees; a job is cancelled by whose it is, or an administrator."""
    with pytest.raises(ForbiddenError):
        working.ask(record, READER, "plan", "ruritania", {}, NOW)
    job = working.ask(record, PLANNER, "plan", "ruritania", {}, NOW)
    assert working.job_of(record, OTHER, job.id) == job
    for stranger in (READER, ADMIN):
        with pytest.raises(ForbiddenError):
            working.job_of(record, stranger, job.id)
    assert [len(working.jobs_of(record, who)) for who in (PLANNER, OTHER, ADMIN, READER)] == [1, 1, 1, 0]
    with pytest.raises(ForbiddenError):
        working.cancel(record, OTHER, job.id, NOW)
    working.cancel(record, ADMIN, job.id, NOW)
    with pytest.raises(RefusedError, match="ended already"):
        working.cancel(record, PLANNER, job.id, NOW)


@pytest.mark.parametrize(
    ("kind", "case", "arguments", "seconds", "error"),
    [
        ("plam", "ruritania", {}, 0, "did you mean 'plan'"),
        ("plan", "ruritanja", {}, 0, "no case 'ruritanja'"),
        ("plan", "ruritania", {"scenarios": ["rich"]}, 0, "no scenario 'rich'"),
        ("plan", "ruritania", {"scenarios": ["poor", "baseline"]}, 0, "one to 1 scenarios"),
        ("compare", "ruritania", {"scenarios": ["poor", "poor"]}, 0, "one to 4 scenarios"),
        ("plan", "ruritania", {"scenario": "poor"}, 0, "scenario"),
        ("plan", "ruritania", {}, working.LONGEST + 1, "up to"),
        ("plan", "ruritania", {"seconds": -1.0}, 0, "up to"),
    ],
)
def test_what_cannot_be_done_is_refused_at_once(
    make_database: Callable[[str], str], kind: str, case: str, arguments: dict[str, object], seconds: float, error: str
) -> None:
    """Not once a worker has it."""
    with Store(make_database("sqlite"), create=True) as store:
        filled(store)
        with pytest.raises(Exception, match=error):
            working.ask(store, PLANNER, kind, case, arguments, NOW, seconds=seconds)
        assert Jobs(store.engine).all() == ()


# Doing


def test_a_worker_does_what_waits(record: Store, tmp_path: Path) -> None:
    """A plan as of the revision it was asked for, scenarios side by side, and the reason where there is no plan."""
    asked = [
        working.ask(record, PLANNER, kind, "ruritania", {"scenarios": names}, NOW + timedelta(seconds=n))
        for n, (kind, names) in enumerate(
            (("plan", ["baseline"]), ("plan", ["poor"]), ("compare", ["baseline"])),
        )
    ]
    told: list[tuple[str, State]] = []
    worker = working.Worker(record, "w", lambda: NOW, told=lambda job: told.append((job.id, job.state)))
    assert worker.run(once=True) == 3
    best, poor, compared = (working.job_of(record, PLANNER, job.id) for job in asked)
    assert told[:2] == [(best.id, State.RUNNING), (best.id, State.DONE)]
    assert best.arguments["revision"] == 2
    assert best.result
    made = solve(case_of(record, "ruritania"), "", Limits()).plan
    assert best.result["plan"]["proof"]["objective"] == str(made.proof.objective)
    assert poor.state is State.FAILED
    assert poor.error
    assert len(poor.error.splitlines()) > 2
    assert compared.result
    assert compared.result["table"]["columns"][0]["worth"] == best.result["plan"]["proof"]["objective"]
    written = working.write_results(best, tmp_path / "out")
    assert sorted(path.name for path in written) == ["plan.json", "problem.json"]
    with pytest.raises(RefusedError, match="Nothing came"):
        working.write_results(poor, tmp_path / "out")


Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def start(where: str, store: Store) -> Iterator[Start]:
    """Return how to start a worker that knows chores."""
    workers = []

    def begin() -> "subprocess.Popen[bytes]":
        program = [sys.executable, Path(__file__).with_name("chore_worker.py"), "worker", "--registry", where]
        workers.append(subprocess.Popen(program, env=environment(), stderr=subprocess.DEVNULL))
        return workers[-1]

    yield begin
    for worker in workers:
        worker.kill()
        worker.wait()


def test_another_worker_does_what_a_killed_one_left(queue: Jobs, start: Start, tmp_path: Path) -> None:
    """Kill a worker in the middle: its process ends with it, another worker does the job, and ends when told to."""
    job = queue.add("linger", str(tmp_path), {"revision": 7}, "Ann", datetime.now(UTC))
    first = start()
    until(lambda: queue.get(job.id).message == "lingering")
    first.kill()
    first.wait()
    until(lambda: not any(alive(pid) for pid in begun(tmp_path)))
    (tmp_path / "go").touch()
    second = start()
    until(lambda: queue.get(job.id).state is State.DONE)
    done = queue.get(job.id)
    assert (done.attempts, done.result) == (2, {"revision": 7})
    second.terminate()
    assert second.wait() == 0


def test_what_runs_is_stopped(queue: Jobs, start: Start, tmp_path: Path) -> None:
    """By cancelling, by its limit, by the end of its worker; what dies or stumbles fails; the worker goes on."""
    folder, soon = str(tmp_path), datetime.now(UTC)
    dead = queue.add("die", folder, {}, "Ann", soon)
    fallen = queue.add("stumble", folder, {}, "Ann", soon + timedelta(seconds=1))
    late = queue.add("linger", folder, {}, "Ann", soon + timedelta(seconds=2), seconds=0.5)
    job = queue.add("linger", folder, {}, "Ann", soon + timedelta(seconds=3))
    last = queue.add("linger", folder, {}, "Ann", soon + timedelta(seconds=4))
    worker = start()
    until(lambda: queue.get(job.id).message == "lingering")
    assert [queue.get(j.id).state for j in (dead, fallen, late)] == [State.FAILED] * 3
    assert queue.get(dead.id).attempts == ATTEMPTS
    assert "ValueError: stumbled" in str(queue.get(fallen.id).error)
    assert "0.5 seconds" in str(queue.get(late.id).error)
    queue.cancel(job.id, soon)
    until(lambda: queue.get(job.id).state is State.CANCELLED)
    until(lambda: queue.get(last.id).message == "lingering")
    worker.terminate()
    assert worker.wait() == 0
    assert (queue.get(last.id).state, queue.get(last.id).attempts) == (State.WAITING, 0)
    assert not any(alive(pid) for pid in begun(tmp_path))
