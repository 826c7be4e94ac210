"""The shipped models on the product's own facts, fitting on a folder, and the scores measured on restricted data."""

import csv
import gzip
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from legation.cli.main import main
from legation.desk import affinity as desk
from legation.desk.cases import open_case
from legation.desk.proofs import best
from legation.errors import NotFoundError
from legation.exchange.imported import Imported
from legation.exchange.tables import write_tables
from legation.model import Fact, Form, Period, Post, Seat, Source
from legation.planning.brief import Forbid
from legation.presence.histories import read_history, shipped_history
from legation.programme.solver import Limits
from legation.sources import read_case, read_world

EVALUATION = Path(__file__).parents[3] / "shared" / "data" / "evaluation"
NAMES = ("SWE", "NOR", "DNK", "FIN", "EST", "LVA", "LTU", "POL", "DEU", "FRA", "ESP", "PRT", "ITA", "GRC")
MEASURED = {  # the published refits of the baselines, from these files alone
    "popularity": (0.7186, 0.0933),
    "reciprocity, then popularity": (0.8056, 0.2218),
    "gravity logit": (0.8675, 0.1939),
    "shippable logit": (0.8977, 0.3044),
    "extended logit": (0.8983, 0.3258),
    "short logit": (0.9019, 0.3044),
    "short logit without trade": (0.9028, 0.2897),
    "gradient boosting 24": (0.9085, 0.3423),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a small invented data set in the layout that is read."""
    made = tmp_path_factory.mktemp("presences")
    rng = np.random.default_rng(3)
    n, size = len(NAMES), np.linspace(-1.5, 1.5, len(NAMES))
    now = rng.random((n, n)) < 1 / (1 + np.exp(1 - size[:, None] - size))
    rows = []
    for year in range(2000, 2009):
        now = now | (rng.random((n, n)) < 1 / (1 + np.exp(3.5 - size[:, None] - size)))
        np.fill_diagonal(now, val=False)
        rows += [(year, NAMES[i], NAMES[j], 6, 1, "invented") for i, j in np.argwhere(now)]
    with gzip.open(made / "ddr_test.csv.gz", "wt", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("year", "sender", "host", "level", "focus", "source"), *rows])
    pairs = [(a, b, 1000, "" if a == "DEU" else 5, 7) for a in sorted(NAMES) for b in sorted(NAMES) if a < b]
    with (made / "dyads.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("iso3_a", "iso3_b", "km", "trade_usd_2000", "trade_usd_2005"), *pairs])
    facts = [(c, y, 1e9 * np.exp(s), 1e6) for c, s in zip(NAMES, size, strict=True) for y in (2000, 2005)]
    with (made / "states_test.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("iso3", "year", "gdp_usd", "population"), *facts])
    return made


def run(*arguments: str) -> int:
    """Run a verb and return its exit code."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return int(left.value.code or 0)


def test_a_folder_is_read_as_it_is_written(folder: Path) -> None:
    """Years, States, facts and pairs arrive; an empty cell is unknown; by() leaves out what is later."""
    history, found = read_history(folder)
    assert not found
    assert history.codes == tuple(sorted(NAMES))
    assert history.years == tuple(range(2000, 2009))
    i, j = history.codes.index("SWE"), history.codes.index("NOR")
    assert history.tie("km")[i, j] == history.tie("km")[j, i] == 1000
    assert history.tie("trade_usd")[i, j] == 7
    assert history.by(2004).tie("trade_usd")[j, i] == 5
    assert np.isnan(history.by(2004).tie("trade_usd")[history.codes.index("DEU"), i])
    assert history.by(2004).fact("gdp")[i] == pytest.approx(1e9 * np.exp(-1.5))


def test_a_folder_without_presences_is_told(tmp_path: Path) -> None:
    """What is missing is named, with the files that are needed."""
    with pytest.raises(NotFoundError) as error:
        read_history(tmp_path)
    assert "ddr_" in error.value.hint


@pytest.mark.parametrize("sender", ["SWE", "VAT", "NRU", "USA"])
def test_the_shipped_models_speak_of_any_state(sender: str) -> None:
    """Every other State gets a chance; what is held stands apart; probabilities are such, and reasons have words."""
    found, names, models = desk.stand(sender)
    assert {c.state for c in found.chances} == names.keys() - {sender}
    assert all(c.there == (c.opening is None) for c in found.chances)
    assert all(0 < c.presence < 1 and (c.opening is None or 0 < c.opening < 1) for c in found.chances)
    assert all(len(c.reasons) == 3 and all(r.words for r in c.reasons) for c in found.chances)
    openings = [c.opening for c in found.chances if c.opening is not None]
    assert openings == sorted(openings, reverse=True)
    assert models.opening.card.limits


def test_reciprocity_and_peers_move_the_shipped_model_as_they_should() -> None:
    """Where they are here, the theme adds; where they are not, it takes away."""
    found, _, _ = desk.stand("SWE")
    told = [(c.here, r.effect) for c in found.chances for r in c.reasons if r.theme == "reciprocity"]
    assert {here for here, _ in told} >= {True}
    assert all((effect > 0) == here for here, effect in told)


def test_peers_are_counted_from_the_record() -> None:
    """The finding says the number that the chance holds, and only where nearly all are there."""
    found, names, _ = desk.stand("SWE")
    chances = {c.state: c for c in found.chances}
    there = [f for f in found.findings if f.code == "peers-there"]
    assert there
    for finding in there:
        chance = chances[finding.subject]
        assert not chance.there
        assert chance.peers_there >= 0.8 * chance.peers
        assert str(chance.peers) in finding.message
        assert names[finding.subject] in finding.message


def test_peers_are_the_others_of_like_size() -> None:
    """Counted one by one: with an economy from half to twice as large, neither the sender nor the host itself."""
    world, _ = read_world()
    known = shipped_history(world, desk.RECORDED)
    size = dict(zip(known.codes, known.fact("gdp"), strict=True))
    there = {known.codes[k] for k in np.flatnonzero(known.embassies[known.last][:, known.codes.index("KEN")])}
    chance = next(c for c in desk.stand("SWE")[0].chances if c.state == "KEN")
    like = {code for code, gdp in size.items() if 0.5 <= gdp / size["SWE"] <= 2} - {"SWE", "KEN"}
    assert (chance.peers, chance.peers_there) == (len(like), len(like & there))
    assert "SWE" in there, "else counting the sender too would not show"


def test_what_the_record_may_lack_and_who_is_recognised_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Embassies that are likely there already are marked, contested States told, and the sender is named."""
    assert run("affinity", "Швеция", "--top", "8") == 0
    told = capsys.readouterr().out
    assert told.startswith("Sweden: ")
    rows = {line.split()[0]: line for line in told.splitlines() if "%" in line}
    assert rows["Belgium"].split()[1] == "perhaps"
    assert rows["Slovakia"].split()[1] == "no"
    assert "Likely there though not on record" in told
    assert "Not every State recognises Taiwan" in told
    assert "Kosovo" not in told, "only of what is listed"
    assert run("affinity", "XKX", "--state", "BRA") == 0
    told = capsys.readouterr().out
    assert "Not every State recognises Kosovo" in told
    assert "Likely there" not in told


def test_affinity_reads_corrections(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An embassy that the user added is there, and what it was the reason for goes."""
    file = tmp_path / "corrections.csv"
    row = "posts,add,SWE|sofia,form=embassy; state=BGR; city=Sofia,Ministry,"
    file.write_text(f"table,action,key,changes,source,note\n{row}\n", encoding="utf-8")
    assert run("affinity", "SWE", "--state", "BGR", "--corrections", str(file)) == 0
    told = capsys.readouterr()
    assert "is corrected by" in told.err
    assert next(line for line in told.out.splitlines() if line.startswith("Bulgaria")).split()[1] == "yes"


def test_no_share_is_told_that_cannot_be(capsys: pytest.CaptureFixture[str]) -> None:
    """A pattern may fit less than none; nobody of like size is told as nobody, not as 0 of 0."""
    reasons = {r.words for c in desk.stand("PSE")[0].chances for r in c.reasons}
    assert not [words for words in reasons if ": -" in words]
    assert run("affinity", "VAT", "--top", "3") == 0
    assert "0 of 0" not in capsys.readouterr().out


def test_affinity_by_the_door(capsys: pytest.CaptureFixture[str]) -> None:
    """A name works as well as a code; --json holds the same; an unknown State is told."""
    assert run("affinity", "Sweden", "--state", "Bolivia") == 0
    assert "Bolivia" in capsys.readouterr().out
    assert run("affinity", "SWE", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert data["standing"]["sender"] == "SWE"
    assert len(data["cards"]) == 2
    assert run("affinity", "Atlantis") == 2


def test_fit_and_backtest_by_the_door(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Fitting is one command and its file is used; a backtest writes its tables and repeats itself digit for digit."""
    pytest.importorskip("sklearn", reason="fitting needs the extra affinity")
    model = tmp_path / "model.json"
    assert run("fit", str(folder), "-o", str(model), "--window", "3", "--on", "2026-11-24") == 0
    capsys.readouterr()
    assert run("affinity", "SWE", "--model", str(model), "--json") == 0
    assert json.loads(capsys.readouterr().out)["cards"][0]["window"] == 3
    texts = []
    for name in ("one", "two"):
        assert (
            run(
                "backtest",
                str(folder),
                "--year",
                "2005",
                "--window",
                "3",
                "--bootstrap",
                "20",
                "-o",
                str(tmp_path / name),
            )
            == 0
        )
        texts.append([(tmp_path / name / f).read_text(encoding="utf-8") for f in ("models.csv", "senders.csv")])
    assert texts[0] == texts[1]
    assert texts[0][0].splitlines()[-1].startswith("legation,")
    assert run("backtest", str(folder), "--year", "1990") == 2


@pytest.mark.skipif(not EVALUATION.is_dir(), reason="the restricted evaluation data are not beside this checkout")
def test_scores_of_2005_on_the_evaluation_data() -> None:
    """Baselines come out as published; ours is better than every one of them, and its probabilities can be read."""
    pytest.importorskip("sklearn", reason="fitting needs the extra affinity")
    result, _, _ = desk.backtest(EVALUATION, 2005, window=5, draws=0, seed=0, progress=lambda _: None)
    scores = {s.model: s for s in result.scores}
    for name, (auc, ap) in MEASURED.items():
        assert scores[name].auc == pytest.approx(auc, abs=0.005), name
        assert scores[name].ap == pytest.approx(ap, abs=0.005), name
    ours = result.ours
    assert (ours.pairs, ours.positives, ours.senders) == (28952, 936, 180)
    assert ours.ap >= 0.345
    assert ours.sender_recall_at_10 >= 0.59
    assert all(ours.ap > s.ap for s in result.scores[:-1])
    assert all(ours.sender_recall_at_10 > s.sender_recall_at_10 for s in result.scores[:-1])
    assert all(b.gap <= 0.05 for b in (*ours.tenths, *ours.deciles) if b.pairs >= 100)


def test_affinity_of_ones_own_data_and_as_a_criterion(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder known up to a year is read instead of the record; chances become facts that a case reads and keeps."""
    assert run("affinity", "SWE", "--from", str(folder), "--year", "2004", "--json") == 0
    own = json.loads(capsys.readouterr().out)["standing"]
    assert (own["year"], len(own["chances"])) == (2004, len(NAMES) - 1)
    case = tmp_path / "sweden"
    assert run("new", str(case), "--sender", "SWE") == 0
    assert run("affinity", "SWE", "--into", str(case), "--top", "1") == 0
    read, findings = read_case(case)
    chances = {c.state: round(c.presence, 4) for c in desk.stand("SWE")[0].chances}
    assert {f.subject: f.value for f in read.facts if f.attribute == "affinity"} == chances
    assert not [f for f in findings if f.code == "unknown-source"]
    toml = case / "case.toml"
    written = toml.read_text(encoding="utf-8")
    assert 'attribute = "affinity"\nweight = 0\n' in written
    weighed = written.replace('attribute = "affinity"\nweight = 0\n', 'attribute = "affinity"\nweight = 30\n')
    toml.write_text(weighed, encoding="utf-8")
    capsys.readouterr()
    assert run("appraise", str(case), "--interest", "IRL") == 0
    assert "like position do" in capsys.readouterr().out
    assert run("affinity", "SWE", "--year", "2015", "--into", str(case), "--top", "1") == 0
    told = [f.note for f in read_case(case)[0].facts if f.attribute == "affinity" and f.year == 2015]
    assert set(told) == {"embassies of 2022, figures of 2015"}, "the record is not of the year that is asked for"
    capsys.readouterr()
    assert run("weights", str(case), "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert sum(w["revealed"] for w in found["weights"]) == pytest.approx(1, abs=0.01)


def test_backtest_is_the_same_over_processes(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ranks and plans come out to the last digit alike, here and spread over two processes."""
    for mode in ("rank", "plan"):
        written = []
        for processes in ("1", "2"):
            out = tmp_path / mode / processes
            line = ("backtest", str(folder), "--year", "2005", "--window", "3", "--mode", mode, "--bootstrap", "20")
            assert run(*line, "--processes", processes, "-o", str(out)) == 0
            written.append({path.name: path.read_bytes() for path in out.iterdir()})
        assert written[0] == written[1]
        assert written[0].keys() == (
            {"models.csv", "senders.csv", "reliability.csv", "model.json"}
            if mode == "rank"
            else {"planning.csv", "plans.csv"}
        )
    told = capsys.readouterr()
    assert "Mean by sender" in told.out


def test_tables_of_an_import_are_enough(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What imports write suffices to backtest and refit; places and regions come from the product, the rest is read."""
    assert (
        run("import", "diplometrics", str(folder / "ddr_test.csv.gz"), "-o", str(tmp_path / "own" / "presences")) == 0
    )
    facts = [Fact("DEU", "gdp", y, 1e12, "USD", "x") for y in (2000, 2004)]
    facts += [
        Fact("DEU>FRA", "trade", 2003, 5.0, "USD", "x"),
        Fact("DEU>FRA", "trade", 2004, 7.0, "USD", "x", known=2007),
    ]
    facts += [
        Fact("DEU>FRA", "migrants", 2003, 5.0, "persons", "x"),
        Fact("FRA>DEU", "migrants", 2003, 6.0, "persons", "x"),
    ]
    facts += [
        Fact("DEU", "conflict_intensity", 2003, 1.0, "level", "x"),
        Fact("FRA", "conflict_intensity", 2004, 2.0, "level", "x"),
    ]
    write_tables(Imported("worldbank", facts=tuple(facts), sources=(Source("x", "x"),)), tmp_path / "own" / "facts")
    history, _ = read_history(tmp_path / "own")
    theirs, _ = read_history(folder)
    assert history.codes == theirs.codes
    assert all(np.array_equal(history.embassies[y], theirs.embassies[y]) for y in theirs.years)
    i, j = history.codes.index("DEU"), history.codes.index("FRA")
    assert history.by(2005).fact("gdp")[i] == 1e12
    assert history.by(2006).tie("trade_usd")[j, i] == 5.0
    assert history.by(2007).tie("trade_usd")[j, i] == 7.0
    assert history.tie("migrants")[i, j] == history.tie("migrants")[j, i] == 11.0
    assert history.fact("conflict_intensity")[[i, j]].tolist() == [0.0, 2.0]
    assert 400 < history.tie("km")[i, j] < 1100
    capsys.readouterr()
    assert run("backtest", str(tmp_path / "own"), "--year", "2005", "--window", "3", "--bootstrap", "0") == 0
    assert "legation" in capsys.readouterr().out


def test_posts_count_in_the_years_they_were_there(tmp_path: Path) -> None:
    """Dated posts become embassies by year; one without a day is told and not used; a consulate is none."""
    posts = (
        Post("FRA", "DEU", Form.EMBASSY, Seat("FRA", "Paris"), Period(date(2001, 5, 1), date(2003, 2, 1))),
        Post("SWE", "DEU", Form.EMBASSY, Seat("SWE", "Stockholm"), Period(date(2002, 1, 1))),
        Post("NOR", "DEU", Form.EMBASSY, Seat("NOR", "Oslo")),
        Post("POL-x", "DEU", Form.CONSULATE, Seat("POL", "x"), Period(date(2001, 1, 1))),
    )
    write_tables(Imported("posts", posts=posts), tmp_path / "own")
    history, found = read_history(tmp_path / "own")
    assert [f.code for f in found] == ["post-undated"]
    assert history.codes == ("DEU", "FRA", "SWE")
    there = {y: [c for c, e in zip(history.codes, m[0], strict=True) if e] for y, m in history.embassies.items()}
    assert there == {2001: ["FRA"], 2002: ["FRA", "SWE"], 2003: ["SWE"]}


def test_a_new_case_tells_what_practice_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Affinity and peers are facts, the criterion weighs nothing, and appraise and plan name what is unusual."""
    case_folder = str(tmp_path / "kenya")
    assert run("new", case_folder, "--sender", "KEN", "--years", "2027-2029", "--on", "2026-01-01") == 0
    case, _ = read_case(case_folder)
    found, _, _ = desk.stand("KEN")
    for attribute, told in (
        ("affinity", {c.state: round(c.presence, 4) for c in found.chances}),
        ("peers", {c.state: round(c.peers_there / c.peers, 4) for c in found.chances}),
    ):
        assert {f.subject: f.value for f in case.facts if f.attribute == attribute} == told
    assert [c.weight for c in case.criteria if c.attribute == "affinity"] == [0]
    capsys.readouterr()
    assert run("appraise", case_folder, "--json") == 0
    named = {f["subject"] for f in json.loads(capsys.readouterr().out)["findings"] if f["code"] == "practice-absent"}
    here = {p.seat.state for p in case.posts} | {r.site for r in case.brief.rules if isinstance(r, Forbid)}
    assert named == {c.state for c in found.chances if c.presence >= 0.8} - here
    assert run("affinity", "KEN", "--into", case_folder) == 0
    assert run("weights", case_folder, "--json") == 0
    assert "practice" not in capsys.readouterr().out


def test_unusual_openings_stand_in_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A plan that must open where practice has nobody says so, on the way and in the report."""
    folder = tmp_path / "made"
    assert run("export", "ruritania", str(folder)) == 0
    facts = folder / "facts.csv"
    opened = open_case(str(folder))
    case, plan = opened.case, best(opened, Limits(), announced=False).plan
    site = next(m.site for m in plan.measures if m.kind == "establish")
    code = next(p.state for p in case.places if p.id == site)
    header = facts.read_text(encoding="utf-8").splitlines()[0].split(",")
    row = {"subject": code, "attribute": "affinity", "year": str(case.as_of.year), "value": "0.02", "unit": "of 1"}
    row["source"] = "computed"
    with facts.open("a", encoding="utf-8") as file:
        file.write(",".join(row.get(name, "") for name in header) + "\n")
    capsys.readouterr()
    assert run("plan", str(folder), "-o", str(tmp_path / "out.html")) == 0
    told = " ".join(capsys.readouterr().err.split())
    assert "a State in our position is 2 % likely" in told
    assert "practice-unusual" in (tmp_path / "out.html").read_text(encoding="utf-8")
