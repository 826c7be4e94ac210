"""Questions through the command line, on the case that can be worked by hand."""

import json
from pathlib import Path

import pytest

from legation.cli.main import main
from legation.inquiry.asking import Question


@pytest.fixture
def asked(capfd):
    """Call a verb and return what it printed and how it ended."""

    def call(*arguments):
        capfd.readouterr()
        with pytest.raises(SystemExit) as stop:
            main(list(arguments))
        return capfd.readouterr(), stop.value.code

    return call


def test_why_tells_what_is_served_and_what_is_done_instead(asked):
    """The embassy in Westhaven serves four interests; without it one in Sudria is opened."""
    (out, _), code = asked("why", "ruritania", "WHV")
    assert code == 0
    assert "serves Sudria (SDA) at 25%, concurrently" in out
    assert "loses 57.00" in out
    assert "+ 2030 Sudria (SDA): open an embassy" in out
    assert "- 2030 Westhaven (WHV): open an embassy" in out


def test_why_not_names_what_it_takes(asked):
    """With three tenths more money Sudria enters; the frontier says the same."""
    (told, _), _ = asked("why-not", "ruritania", "SDA")
    assert "an embassy at Sudria (SDA) loses 57.00" in told
    assert "Each of these alone would bring it in:\n  ceilings higher by 30.00%" in told
    (out, _), code = asked("why-not", "ruritania", "SDA", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["money"]["at"] == "0.3"
    (out, _), _ = asked("frontier", "ruritania", "--from", "20", "--to", "31", "--json")
    point = json.loads(out)["points"][-1]
    assert abs(float(point["share"]) - 0.3) < 1e-6
    assert [m["site"] for m in point["change"]["only"]] == ["SDA"]


def test_weights_and_ranges_agree(asked):
    """Where a shift of weights makes the plan do without a measure, the range of that weight ends no later."""
    (out, _), _ = asked("why", "ruritania", "WHV", "--weights", "--json")
    shift = dict(json.loads(out)["weights"])["people"]["at"]
    (out, _), _ = asked("weight-ranges", "ruritania", "--json")
    people = next(r for r in json.loads(out) if r["criterion"] == "people")
    assert float(people["high"]) <= float(people["share"]) + float(shift) * (1 - float(people["share"])) + 1e-6


def test_refusals(asked, tmp_path: Path):
    """A site nobody knows, a form that is held already and a plan of another problem are refused with what to do."""
    for verb in ("why", "why-not"):
        (_, err), code = asked(verb, "ruritania", "XXX")
        assert code == 2
        assert "no site 'XXX'." in err
    (_, err), code = asked("why-not", "ruritania", "NOL")
    assert code == 4
    assert "its highest form" in err
    asked("plan", "ruritania", "-o", str(tmp_path / "plan.json"))
    (_, err), code = asked("why", "kazakhstan-2012", "BRA", "--plan", str(tmp_path / "plan.json"))
    assert code == 4
    assert "another problem" in err


@pytest.mark.parametrize("meant", ["emk", "EMK-kronburg", "Kronburg"])
def test_a_site_is_refused_before_anything_is_planned(asked, monkeypatch, meant: str):
    """With the one that was meant, by its id or its city; so is a form that the site can never hold."""

    def solved(*_):
        raise AssertionError("It was planned.")

    monkeypatch.setattr(Question, "solve", solved)
    (_, err), code = asked("why-not", "ruritania", meant)
    assert code == 2
    assert "did you mean 'EMK' (Kronburg, Eastmark)?" in err
    (_, err), code = asked("why-not", "ruritania", "EMK", "--form", "consulate")
    assert code == 2
    assert "EMK can never hold a consulate" in err


def test_a_made_plan_is_taken(asked, tmp_path: Path):
    """With --plan the answer is the same as without."""
    asked("plan", "ruritania", "-o", str(tmp_path / "plan.json"))
    (first, _), _ = asked("why", "ruritania", "WHV", "--json")
    (second, _), _ = asked("why", "ruritania", "WHV", "--plan", str(tmp_path / "plan.json"), "--json")
    assert first == second


def test_alternatives_are_told_or_said_to_be_none(asked):
    """Within ten per cent there are others, within a thousandth of one there are none."""
    (out, _), _ = asked("alternatives", "ruritania", "--within", "10", "--count", "2")
    assert out.startswith("1. Worth 763.00, 2.00 less")
    (out, _), _ = asked("alternatives", "ruritania", "--within", "0.001")
    assert "No other plan" in out


def test_compare_pairs_two_cases(asked):
    """A case beside itself differs in nothing, and that is said."""
    (out, _), _ = asked("compare", "ruritania", "ruritania")
    assert "the first ruritania: worth 765.00, 2 measures" in out
    assert out.endswith("The measures are the same.\n")
    (out, _), code = asked("compare", "ruritania", "ruritania", "--json")
    assert code == 0
    assert json.loads(out)["pairing"]["only"] == []


def test_a_search_for_money_that_is_cut_short_says_so_and_claims_no_more(monkeypatch):
    """Sudria takes 30 % more money: with few relaxations less is shown, and the search solves no more than those."""
    from legation.desk.cases import open_case
    from legation.engine.parametric import ShareTree
    from legation.inquiry.asking import ask, holding, rung_of
    from legation.inquiry.thresholds import Known, by_money
    from legation.model import Form

    question, solved, solve = ask(open_case("ruritania").draft.problem), [], ShareTree._solved
    monkeypatch.setattr(ShareTree, "_solved", lambda *given: solved.append(1) or solve(*given))
    rung = rung_of(question, "SDA", Form.EMBASSY)
    known = Known(question.solve(holding(question, rung, held=True)), question.solve(question.formulation))
    whole = by_money(question, rung, 1.0, known)
    assert (float(whole.at), whole.proven) == (0.3, True)
    solved.clear()
    short = by_money(question, rung, 1.0, known, relaxations=8)
    assert not short.proven
    assert 0 < short.at < whole.at
    assert len(solved) <= 8 + 2  # a branch that was begun is ended
