"""Stress, as its user meets it: the same for any number of workers, after an interruption, and in every form."""

import csv
import json
import multiprocessing
import os
import signal

import pytest

from legation.cli.main import main
from legation.counsel.stress import Work, stress
from legation.desk import cases
from legation.errors import OutOfDateError, RefusedError
from legation.inquiry.futures import Ceilings, Worth
from legation.programme.solver import Limits

DRAWN = (Worth(0.3), Ceilings(0.1))
LIMITS = Limits(gap=1e-4)


@pytest.fixture(scope="module")
def opened():
    """Return Ruritania."""
    return cases.open_case("ruritania")


@pytest.fixture(scope="module", autouse=True)
def small_batches():
    """Make batches of twenty futures, so that few make several."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("legation.inquiry.ensembles.SIZE", 20)
        yield


@pytest.fixture(scope="module")
def alone(opened):
    """Return what one process finds in 60 futures."""
    return stress(opened, DRAWN, Work(60, 1, processes=1), LIMITS)


def test_workers_change_no_digit(opened, alone):
    """Three processes find what one finds."""
    assert stress(opened, DRAWN, Work(60, 1, processes=3), LIMITS) == alone


def test_a_killed_worker_loses_nothing(opened, alone):
    """Its batch is planned by another, and no digit changes."""
    killed = []

    def kill(*_):
        if not killed:
            killed.extend(multiprocessing.active_children())
            os.kill(killed[0].pid, signal.SIGKILL)

    assert stress(opened, DRAWN, Work(60, 1, processes=2), LIMITS, kill) == alone
    assert killed


def test_a_cluster_finds_the_same(opened, alone, scheduler):
    """Though one of its two workers is killed before the last batch is done."""
    from distributed import Client

    with Client(scheduler, set_as_default=False) as client:
        client.wait_for_workers(2)
        pids = list(client.run(os.getpid).values())
        assert len(pids) == 2

        def kill(*_):
            if len(pids) == 2:
                os.kill(pids.pop(), signal.SIGKILL)

        assert stress(opened, DRAWN, Work(60, 1, scheduler=scheduler), LIMITS, kill) == alone
    assert len(pids) == 1


def test_fewer_futures_are_the_first_of_many(opened, alone, tmp_path):
    """A batch that is not full is planned as the beginning of one that is, and is planned again where more is asked."""
    kept = tmp_path / "kept"
    few = stress(opened, DRAWN, Work(50, 1, processes=1, resume=kept), LIMITS)
    assert few.futures == 50
    seen = []
    many = stress(opened, DRAWN, Work(60, 1, processes=1, resume=kept), LIMITS, lambda *at: seen.append(at))
    assert many == alone
    assert seen == [(n, 60) for n in range(41, 61)]
    assert stress(opened, DRAWN, Work(50, 1, processes=1, resume=kept), LIMITS, lambda *at: seen.append(at)) == few
    assert len(seen) == 20


def test_it_goes_on_where_it_was_broken_off(opened, alone, tmp_path):
    """A file that an interruption left in the middle of a line gives the same, and plans only what is missing."""
    kept, seen = tmp_path / "kept", []
    first = stress(opened, DRAWN, Work(60, 1, processes=1, resume=kept), LIMITS)
    whole = kept.read_text(encoding="utf-8")
    kept.write_text("".join(whole.splitlines(keepends=True)[:2]) + '[[20, "', encoding="utf-8")
    work = Work(60, 1, processes=1, resume=kept)
    again = stress(opened, DRAWN, work, LIMITS, lambda done, of: seen.append((done, of)))
    assert first == again == alone
    assert seen == [(n, 60) for n in range(21, 61)]
    assert kept.read_text(encoding="utf-8") == whole


def test_a_file_of_another_question_is_refused(opened, tmp_path):
    """What another seed left is not mixed in."""
    kept = tmp_path / "kept"
    stress(opened, DRAWN, Work(20, 1, processes=1, resume=kept), LIMITS)
    with pytest.raises(OutOfDateError):
        stress(opened, DRAWN, Work(20, 2, processes=1, resume=kept), LIMITS)
    with pytest.raises(RefusedError):
        stress(opened, (), Work(20), LIMITS)


def test_it_stops_once_shares_are_known(opened):
    """At the first look, every second batch, at which no interval is wider: not before, and not later."""
    widths = {n: stress(opened, DRAWN, Work(n, 1, processes=1), LIMITS).half_width for n in (40, 80, 120)}
    assert widths[40] > widths[80] > widths[120]
    for count in (40, 80, 120):
        work = Work(400, 1, widths[count] + 1e-9, processes=1)
        stopped = stress(opened, DRAWN, work, LIMITS)
        assert (stopped.futures, stopped.half_width) == (count, widths[count])
    assert stress(opened, DRAWN, Work(60, 1, 1e-6, processes=1), LIMITS).futures == 60


def test_the_verb_writes_all_forms(tmp_path, capsys):
    """JSON on stdout, a page with a chart, a table: all of the same shares."""
    page, rows = tmp_path / "s.html", tmp_path / "s.csv"
    asked = "stress ruritania --count 20 --seed 1 --weights 50 --worth 20 --costs -10:30 --slippage 20 --processes 1"
    for out in (page, rows):
        with pytest.raises(SystemExit) as stop:
            main([*asked.split(), "--json", "-o", str(out)])
        assert stop.value.code == 0
        told = json.loads(capsys.readouterr().out)
    assert told["futures"] == 20
    assert [c["name"] for c in told["candidates"]] == ["as stated", "on average", "least worst regret"]
    text = page.read_text(encoding="utf-8")
    assert "<svg" in text
    assert all(f"{a['site']}: {a['after']}" in text for a in told["accepted"])
    with rows.open(encoding="utf-8") as stream:
        shares = {(r["site"], r["after"]): int(r["count"]) for r in csv.DictReader(stream) if not r["year"]}
    assert shares == {(a["site"], a["after"]): a["share"]["count"] for a in told["accepted"]}


@pytest.mark.parametrize("wrong", [("--weights", "some"), ("--costs", "30:10"), ("-o", "out.pdf")])
def test_what_cannot_be_read_is_told(wrong, capsys):
    """An option that makes no sense is a mistake of usage."""
    with pytest.raises(SystemExit) as stop:
        main(["stress", "ruritania", "--worth", "10", *wrong])
    assert stop.value.code == 2
    assert wrong[1].split(":")[0].split(".")[0] in capsys.readouterr().err or wrong[0] == "--costs"
