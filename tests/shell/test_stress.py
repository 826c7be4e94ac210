"""Stress, as its user meets it: the same for any number of workers, after an interruption, and in every form."""

import csv
import json

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


@pytest.fixture(scope="module")
def alone(opened):
    """Return what one process finds in 60 futures."""
    return stress(opened, DRAWN, Work(60, 1, processes=1), LIMITS)


def test_workers_change_no_digit(opened, alone):
    """Three processes find what one finds."""
    assert stress(opened, DRAWN, Work(60, 1, processes=3), LIMITS) == alone


def test_it_goes_on_where_it_was_broken_off(opened, alone, tmp_path):
    """A file that an interruption left in the middle of a line gives the same, and plans only what is missing."""
    kept, seen = tmp_path / "kept", []
    first = stress(opened, DRAWN, Work(60, 1, processes=1, resume=kept), LIMITS)
    whole = kept.read_text(encoding="utf-8")
    kept.write_text("".join(whole.splitlines(keepends=True)[:2]) + '[[20, "', encoding="utf-8")
    work = Work(60, 1, processes=1, resume=kept)
    again = stress(opened, DRAWN, work, LIMITS, lambda done, of: seen.append((done, of)))
    assert first == again == alone
    assert seen == [(2, 3), (3, 3)]
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
    """A wide interval is reached after the first look."""
    assert stress(opened, DRAWN, Work(400, 1, 0.2, processes=1), LIMITS).futures == 100


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
