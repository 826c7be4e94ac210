"""Importing: own posts in every dress, tables without loss, and merges that overwrite nothing unasked."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from legation.cli.main import main
from legation.desk import importing
from legation.desk.importing import KINDS, Wish, bring_in
from legation.errors import InvalidError, NotFoundError, RefusedError, Severity
from legation.exchange.imported import Covering, Imported
from legation.exchange.merging import Prefer, merge
from legation.exchange.tables import read_tables, write_tables
from legation.model.facts import Attribute, Fact, Source
from legation.model.posts import Form, Period, Post, Seat
from legation.model.presences import Presence
from legation.presence.posts import read
from legation.sources import read_case
from legation.sources.world import CASES

ORIGINALS = Path(__file__).parent / "originals"

ENGLISH = """Country,Type,City,Date opened,Staff,Covers,Latitude,Longitude
Germany,Embassy,Berlin,1993-07-29,24,Liechtenstein; Monaco,52.5,13.4
United States,Consulate General,New York,2006,9,,,
Hong Kong,Consulate General,,,3,,,
USA,Permanent Mission to the UN,New York,,,,,
"""
RUSSIAN = """Список загранучреждений;;;;;;;
;;;;;;;
Страна пребывания;Вид;Город;Дата открытия;Штат;Аккредитован;Широта;Долгота
Германия;Посольство;Берлин;29.07.1993;24;Лихтенштейн | Монако;52.5;13.4
США;Генеральное консульство;Нью-Йорк;2006;9;;;
Гонконг;Генконсульство;;;3;;;
США;Постоянное представительство при ООН;Нью-Йорк;;;;;
"""


def as_file(folder: Path, text: str, name: str = "own.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text(text, encoding=encoding)
    return path


def as_book(folder: Path, text: str) -> Path:
    """Write the list as a workbook, days as days and numbers as numbers."""
    made = Workbook()
    for row in text.splitlines():
        cells: list[Any] = [int(c) if c.isdecimal() and len(c) < 4 else c or None for c in row.split(";")]
        made.active.append([date(1993, 7, 29) if c == "29.07.1993" else c for c in cells])
    made.save(folder / "own.xlsx")
    return folder / "own.xlsx"


@pytest.mark.parametrize("dress", ["english", "russian", "windows", "excel"])
def test_own_posts_in_every_dress(dress: str, tmp_path: Path) -> None:
    """The same posts, whatever the language, the separator, the encoding or the program."""
    path = {
        "english": lambda: as_file(tmp_path, ENGLISH),
        "russian": lambda: as_file(tmp_path, RUSSIAN),
        "windows": lambda: as_file(tmp_path, RUSSIAN, encoding="cp1251"),
        "excel": lambda: as_book(tmp_path, RUSSIAN),
    }[dress]()
    imported, findings = read(path, "KAZ")
    assert findings == ()
    assert [(p.form, p.seat.state, p.staff) for p in imported.posts] == [
        (Form.EMBASSY, "DEU", 24),
        (Form.CONSULATE_GENERAL, "USA", 9),
        (Form.CONSULATE_GENERAL, "CHN", 3),
        (Form.PERMANENT_MISSION, "USA", None),
    ]
    assert imported.posts[0].span.start == date(1993, 7, 29)
    assert (imported.posts[0].seat.lat, imported.posts[2].seat.city) == (52.5, "Hong Kong")
    assert [(c.resident, c.covered) for c in imported.coverings] == [("DEU", "LIE"), ("DEU", "MCO")]
    assert imported.rows == 4


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("Atlantis,Embassy,,", "country", "no name of a State"),
        ("Germny,Embassy,,", "country", "nearest is Germany"),
        (",Embassy,,", "country", "is missing"),
        ("Germany,embasy,,", "type", "did you mean 'embassy'"),
        ("Germany,none,,", "type", "no form"),
        ("Germany,Embassy,07/08/2012,", "opened", "which is the month"),
        ("Germany,Embassy,2012-13,", "opened", "no day of the calendar"),
        ('Germany,Embassy,,"1,5"', "staff", "decimal comma"),
        ("Germany,Embassy,,-1", "staff", "whole number"),
        ("Germany,Embassy,=1+1,", "opened", "formula"),
        ("Kazakhstan,Embassy,,", "country", "the sender itself"),
        ("European Union,Embassy,,", "country", "no State: aggregate"),
        ("France,Embassy,,", "country", "is the post 'FRA' of row 2 again"),
    ],
)
def test_faults_of_own_posts(row: str, column: str, words: str, tmp_path: Path) -> None:
    """Each fault is told with its place, its row is left out, and the others are kept."""
    path = as_file(tmp_path, f"country,type,opened,staff\nFrance,Embassy,,\n{row}\nSpain,Embassy,,\n")
    imported, (found,) = read(path, "KAZ")
    assert [p.id for p in imported.posts] == ["FRA", "ESP"]
    assert (found.row, found.column, found.severity) == (3, column, Severity.ERROR)
    assert words in found.message
    assert found.remedy


def test_a_list_without_the_columns_needed(tmp_path: Path) -> None:
    """Both are told at once; a column that is not read is a warning with the nearest."""
    with pytest.raises(InvalidError) as error:
        read(as_file(tmp_path, "city,kindd\nBerlin,x\n"), "KAZ")
    assert [f.column for f in error.value.findings if f.code == "missing-column"] == ["form", "state"]
    _, (warning,) = read(as_file(tmp_path, "state,form,stuff\nDEU,embassy,1\n"), "KAZ")
    assert (warning.code, warning.severity) == ("unknown-column", Severity.WARNING)
    assert "did you mean 'staff'" in warning.message


def test_a_quote_that_never_closes_above_the_header(tmp_path: Path) -> None:
    """The rows above the header are read with the same care."""
    with pytest.raises(InvalidError, match="cannot be read"):
        read(as_file(tmp_path, '"Our posts\nstate,form\nDEU,embassy\n'), "KAZ")


# Tables


def whole() -> Imported:
    post = Post("a", "KAZ", Form.EMBASSY, Seat("DEU", 'Ber"lin, x', 52.5, -0.25), Period(date(1993, 7, 29)), 3, "12.5")
    bare = Post("b", "SWE", Form.OTHER, Seat("KAZ"), Period(None, date(2000, 1, 1)), None, "", "s", "low", "n")
    return Imported(
        "posts",
        (post, bare),
        (Covering("KAZ", "DEU", "LIE", "s", 2001), Covering("KAZ", "DEU", "MCO")),
        (Presence("KAZ", "SWE", 2001, Form.OTHER, concurrent=True, source="s", known=2003),),
        (Fact("KAZ>SWE", "trade", 2010, 0.1 + 0.2, "USD", "s", 2012, "n"), Fact("SWE", "gdp", 2010, 1e20, "USD", "s")),
        (Attribute("x", "", ""),),
        (Source("s", "Title", "", "", "CC0"),),
        17,
    )


def test_tables_are_read_back_without_loss(tmp_path: Path) -> None:
    """What was imported is what comes back, and an import of nothing too."""
    counts = write_tables(whole(), tmp_path / "a")
    assert counts == {"posts": 2, "coverings": 2, "presences": 1, "facts": 2, "attributes": 1, "sources": 1}
    assert read_tables(tmp_path / "a") == whole()
    write_tables(Imported("cow"), tmp_path / "b")
    assert read_tables(tmp_path / "b") == Imported("cow")


def test_tables_are_refused_where_something_is(tmp_path: Path) -> None:
    """Nothing is overwritten, and a folder of something else is not read."""
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(RefusedError):
        write_tables(whole(), tmp_path)
    with pytest.raises(NotFoundError):
        read_tables(tmp_path)
    write_tables(whole(), tmp_path / "a")
    (tmp_path / "a" / "facts.csv").write_text("subject,attribute\nSWE,gdp\n")
    with pytest.raises(InvalidError):
        read_tables(tmp_path / "a")


# Merging


@pytest.fixture
def case(tmp_path: Path) -> Path:
    target = tmp_path / "kz"
    shutil.copytree(CASES / "kazakhstan-2012", target)
    return target


def of(**parts: Any) -> Imported:
    return Imported("posts", sources=(Source("new", "A source", licence="CC0"),), **parts)


def rows(case: Path, name: str) -> list[str]:
    return (case / f"{name}.csv").read_text(encoding="utf-8").splitlines()


def test_merging_adds_what_is_new_and_its_source(case: Path) -> None:
    """Every thing goes to its table, seen from the sender; the case is whole afterwards."""
    toml = (case / "case.toml").read_text(encoding="utf-8")
    posts = (
        Post("X1", "KAZ", Form.CONSULATE, Seat("DEU", "Leipzig"), source="new"),
        Post("X2", "PER", Form.EMBASSY, Seat("KAZ", "Astana"), Period(date(2005, 1, 1)), source="new"),
        Post("X3", "SWE", Form.EMBASSY, Seat("DEU", "Berlin"), source="new"),
    )
    facts = (
        Fact("KAZ>SWE", "exports", 2009, 5.0, "USD", "new"),
        Fact("SWE>KAZ", "exports", 2009, 6.0, "USD", "new"),
        Fact("DEU>KAZ", "distance", 2009, 7.0, "km", "new"),
        Fact("DEU>SWE", "trade", 2009, 8.0, "USD", "new"),
        Fact("SWE", "gdp", 2009, 9.0, "USD", "new"),
    )
    coverings = (Covering("KAZ", "DEU", "LIE", "new"), Covering("KAZ", "ISL", "GRL", "new"))
    done = merge(of(posts=posts, facts=facts, coverings=coverings), str(case))
    assert {c.table: c.added for c in done.changes} == {"posts": 1, "foreign_posts": 1, "accreditations": 1, "facts": 3}
    assert sum(count for _, count in done.left_out) == 4
    assert rows(case, "posts")[-1] == "X1,consulate,DEU,Leipzig,,,,,,,new,high,"
    assert rows(case, "foreign_posts")[-1].startswith("PER,embassy,Astana,,,2005")
    assert rows(case, "facts")[-3:] == [
        "SWE,exports,2009,5,USD,new,,",
        "DEU,distance,2009,7,km,new,,",
        "SWE,gdp,2009,9,USD,new,,",
    ]
    now = (case / "case.toml").read_text(encoding="utf-8")
    assert now.startswith(toml)
    assert 'id = "new"' in now[len(toml) :]
    assert read_case(case)[0].facts


def test_merging_again_changes_nothing(case: Path) -> None:
    """The same rows are known again, posts by where they are and not by their id."""
    first = of(posts=(Post("X1", "KAZ", Form.CONSULATE, Seat("DEU", "Leipzig"), source="new"),))
    again = of(posts=(Post("Q9", "KAZ", Form.CONSULATE, Seat("DEU", "leipzig"), source="new"),))
    merge(first, str(case))
    before = {p.name: p.read_bytes() for p in case.iterdir()}
    done = merge(first, str(case))
    assert (done.files, done.changes[0].same) == ((), 1)
    assert merge(again, str(case)).changes[0].differing == 1  # another way to write the city
    assert {p.name: p.read_bytes() for p in case.iterdir()} == before


def test_two_missions_in_one_city_stay_two(case: Path) -> None:
    """A post that another one was already is not met twice; the second time both are known."""
    posts = tuple(
        Post(name, "KAZ", Form.PERMANENT_MISSION, Seat("KEN", "Nairobi"), source="new", note=name)
        for name in ("KEN-unep", "KEN-habitat")
    )
    assert merge(of(posts=posts), str(case)).changes[0].added == 2
    done = merge(of(posts=posts[::-1]), str(case))
    assert (done.changes[0].added, done.changes[0].same) == (0, 2)


def test_another_value_is_a_finding_and_the_choice_is_the_users(case: Path) -> None:
    """What stands in the case stays, unless the new is preferred; the former file is kept beside."""
    old = next(row for row in rows(case, "facts") if row.startswith("AFG,exports,2010"))
    other = of(facts=(Fact("KAZ>AFG", "exports", 2010, 1.0, "USD", "cepii-baci"),))
    done = merge(other, str(case))
    (found,) = done.findings
    assert (found.code, found.severity, found.value) == ("differing-row", Severity.WARNING, "1")
    assert rows(case, "facts")[found.row - 1] == old if found.row else False
    assert done.files == ()
    dry = merge(other, str(case), prefer=Prefer.NEW, dry=True)
    assert dry.files == ("facts.csv",)
    assert old in rows(case, "facts")
    done = merge(other, str(case), prefer=Prefer.NEW)
    assert done.changes[0].replaced == 1
    assert old not in rows(case, "facts")
    assert old in (case / "facts.csv.before").read_text(encoding="utf-8")
    assert "AFG,exports,2010,1,USD,cepii-baci,," in rows(case, "facts")


def test_a_merge_that_would_break_the_case_writes_nothing(case: Path) -> None:
    """The merged case is read before it is written."""
    before = {p.name: p.read_bytes() for p in case.iterdir()}
    bad = of(posts=(Post("bad id\x07", "KAZ", Form.CONSULATE, Seat("DEU", "Leipzig"), source="new"),))
    with pytest.raises(InvalidError):
        merge(bad, str(case))
    assert {p.name: p.read_bytes() for p in case.iterdir()} == before


def test_only_a_folder_of_ones_own_is_merged_into(tmp_path: Path) -> None:
    """A packaged case, a workbook and nothing at all are refused."""
    with pytest.raises(RefusedError, match="came with the product"):
        merge(of(), "kazakhstan-2012")
    (tmp_path / "case.xlsx").write_bytes(b"PK")
    with pytest.raises((RefusedError, InvalidError)):
        merge(of(), str(tmp_path / "case.xlsx"))
    with pytest.raises(NotFoundError):
        merge(of(), str(tmp_path / "nothing"))


# Use


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["import", *arguments])
    return int(left.value.code or 0)


def test_the_kinds_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """With what file each expects; as JSON too."""
    assert run() == 0
    shown = capsys.readouterr().out
    assert all(kind in shown for kind in KINDS)
    assert run("--list", "--json") == 0
    assert [k["name"] for k in json.loads(capsys.readouterr().out)] == list(KINDS)


def test_valid_rows_are_kept_and_the_exit_code_tells(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One wrong row: the others go into the case, and the code is 1."""
    path = as_file(case.parent, "country,form,city\nGermany,Consulate,Leipzig\nAtlantis,Embassy,\n")
    assert run("posts", str(path), "--into", str(case), "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["rows"] == 2
    assert told["kept"] == [{"thing": "posts", "rows": 1}]
    assert told["merged"]["changes"][0]["added"] == 1
    assert any("Leipzig" in row for row in rows(case, "posts"))


def test_wrong_use_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Unknown kinds with the nearest, no file, no sender, no service."""
    path = str(as_file(tmp_path, ENGLISH))
    assert run("post", path) == 2
    assert "did you mean 'posts'" in capsys.readouterr().err
    assert run("posts") == 2
    assert run("posts", path) == 2
    assert "--sender" in capsys.readouterr().err
    assert run("posts", path, "--sender", "Swedn") == 2
    assert "Sweden" in capsys.readouterr().err
    assert run("cow", "--live") == 2
    assert "by hand" in capsys.readouterr().err
    assert run("posts", path, "--sender", "Sweden") == 0
    assert "Nothing was written" in capsys.readouterr().out


def test_several_files_are_one_import(tmp_path: Path) -> None:
    """Their rows are added up; a post that stands in both and differs is an error."""
    one = as_file(tmp_path, "state,form,staff\nDEU,embassy,1\n", "one.csv")
    two = as_file(tmp_path, "state,form,staff\nDEU,embassy,2\nFRA,embassy,2\n", "two.csv")
    outcome = bring_in("posts", [str(one), str(two)], Wish("KAZ", output=str(tmp_path / "out")))
    assert outcome.rows == 3
    assert [f.code for f in outcome.findings] == ["repeated-row"]
    assert len(read_tables(tmp_path / "out").posts) == 2


def test_live_readers_get_what_is_named_and_a_fetcher(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What stands in place of files goes to the service; nothing is fetched in a test."""
    monkeypatch.setenv("LEGATION_CACHE", str(tmp_path))
    asked: list[Any] = []

    def fetch(names: Any, get: Any) -> Any:
        asked.extend([list(names), get.__self__.kind])
        return Imported("live", rows=1), ()

    kind = importing.Kind("live", "Live", "nothing", KINDS["cow"].read, live=fetch, asks="names")
    monkeypatch.setitem(importing.KINDS, "live", kind)
    assert bring_in("live", ["SWE"], Wish(live=True)).rows == 1
    assert asked == [["SWE"], "live"]


def test_a_live_page_that_cannot_be_read_is_not_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The next run asks for it again."""
    monkeypatch.setenv("LEGATION_CACHE", str(tmp_path))
    forgotten: list[bool] = []
    monkeypatch.setattr(importing.Fetcher, "forget", lambda self: forgotten.append(True))

    def fetch(names: Any, get: Any) -> Any:
        raise InvalidError("half a page")

    kind = importing.Kind("live", "Live", "nothing", KINDS["cow"].read, live=fetch, asks="names")
    monkeypatch.setitem(importing.KINDS, "live", kind)
    with pytest.raises(InvalidError):
        bring_in("live", [], Wish(live=True))
    assert forgotten == [True]
