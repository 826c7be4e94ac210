"""Foreign tables: every shape of file gives the same rows, and every fault is told with its place."""

import gzip
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from legation.errors import InvalidError, NotFoundError, Severity
from legation.exchange.files import members
from legation.exchange.grid import Faults, Line, open_grid, watched
from legation.exchange.names import Scheme, code_of

TEXT = "Country,Year,Value\nCôte d'Ivoire,2010,1.5\nÅland,2011,\n"
ROWS = [("Côte d'Ivoire", "2010", "1.5"), ("Åland", "2011", "")]


def book(path: Path) -> None:
    made = Workbook()
    made.active.append(["Country", "Year", "Value"])
    made.active.append(["Côte d'Ivoire", 2010, 1.5])
    made.active.append(["Åland", "2011", None])
    made.create_sheet("other").append(["x"])
    made.save(path)


def write(path: Path, shape: str) -> Path:
    """Write the same table in a shape."""
    text = {"semicolons": TEXT.replace(",", ";"), "tabs": TEXT.replace(",", "\t")}.get(shape, TEXT)
    name = {"gz": "t.csv.gz", "zip": "t.zip", "xlsx": "t.xlsx", "tabs": "t.tsv"}.get(shape, "t.csv")
    encoding = {"utf-16": "utf-16", "bom": "utf-8-sig", "cp1252": "cp1252"}.get(shape, "utf-8")
    target = path / name
    if shape == "gz":
        target.write_bytes(gzip.compress(text.encode()))
    elif shape == "zip":
        with ZipFile(target, "w") as archive:
            archive.writestr("inner/t.csv", text)
            archive.writestr("__MACOSX/t.csv", "rubbish")
            archive.writestr("Readme.pdf", "read me")
    elif shape == "xlsx":
        book(target)
    else:
        target.write_bytes(text.encode(encoding))
    return target


@pytest.mark.parametrize("shape", ["plain", "bom", "utf-16", "cp1252", "semicolons", "tabs", "gz", "zip", "xlsx"])
def test_every_shape_gives_the_same_rows(shape: str, tmp_path: Path) -> None:
    """Encoding, separator and packing are found out; columns go by the names that were asked for."""
    with open_grid(write(tmp_path, shape), needs=("country", "YEAR")) as grid:
        assert grid.header == ("country", "YEAR", "Value")
        lines = list(grid.rows)
    assert [tuple(line.cells.values()) for line in lines] == ROWS
    assert [line.number for line in lines] == [2, 3]
    assert grid.read == 2
    assert not grid.faults.findings


def test_windows_cyrillic(tmp_path: Path) -> None:
    """What a Russian Excel writes is read as Russian."""
    path = tmp_path / "t.csv"
    path.write_bytes("Страна;Год\nАвстрия;2010\n".encode("cp1251"))
    with open_grid(path, needs=("страна",)) as grid:
        assert [line["страна"] for line in grid.rows] == ["Австрия"]


def test_lines_above_the_header_blank_lines_and_repeated_names(tmp_path: Path) -> None:
    """Rows keep the numbers of the user's file; a heading that stands again gets a number."""
    path = tmp_path / "t.csv"
    path.write_text("about this\n\nname,1990,1990,\n\na,1,2,\n", encoding="utf-8")
    with open_grid(path, needs=("name",), skip=2) as grid:
        assert grid.header == ("name", "1990", "1990 (2)")
        (line,) = grid.rows
    assert line == Line(5, {"name": "a", "1990": "1", "1990 (2)": "2"})


def test_rows_with_too_many_cells_are_left_out_and_told(tmp_path: Path) -> None:
    """Such a row has shifted, and its cells would mean something else."""
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n1,2,3\n4\n", encoding="utf-8")
    with open_grid(path, needs=()) as grid:
        assert [line.cells for line in grid.rows] == [{"a": "1", "b": "2"}, {"a": "4", "b": ""}]
    (found,) = grid.faults.findings
    assert (found.code, found.row, found.value) == ("extra-cell", 3, "3")


def test_every_missing_column_is_told_with_the_nearest(tmp_path: Path) -> None:
    """All at once, so that one look at the file is enough."""
    path = tmp_path / "t.csv"
    path.write_text(TEXT, encoding="utf-8")
    with pytest.raises(InvalidError) as error, open_grid(path, needs=("contry", "year", "vlaue")):
        pass
    assert [f.column for f in error.value.findings] == ["contry", "vlaue"]
    assert "did you mean 'Country'?" in error.value.findings[0].message
    assert {f.code for f in error.value.findings} == {"missing-column"}


@pytest.mark.parametrize(
    ("name", "blob"),
    [
        ("empty.csv", b""),
        ("spaces.csv", b"\n \n"),
        ("binary.csv", bytes(range(256))),
        ("quote.csv", b'a,b\n1,"2\n3,4\n'),
        ("half.csv", b"\xff\xfea\x00b"),
        ("bad.xlsx", b"PK\x03\x04 no workbook"),
        ("bad.zip", b"PK"),
        ("bad.csv.gz", b"123"),
        ("old.xls", b"\xd0\xcf\x11\xe0"),
        ("paper.pdf", b"%PDF"),
    ],
)
def test_unreadable_files_are_refused_with_one_finding(name: str, blob: bytes, tmp_path: Path) -> None:
    """No traceback of a library, but what is wrong and what to do."""
    path = tmp_path / name
    path.write_bytes(blob)
    with pytest.raises(InvalidError) as error, open_grid(path, needs=()) as grid:
        list(grid.rows)
    (found,) = error.value.findings
    assert found.remedy
    assert found.code in ("unreadable-file", "empty-file")


def test_errors_of_the_reader_are_not_taken_for_damage(tmp_path: Path) -> None:
    """What goes wrong in the code that uses the grid stays what it is."""
    path = tmp_path / "t.csv"
    path.write_text(TEXT, encoding="utf-8")
    with pytest.raises(ValueError, match="our own"), open_grid(path, needs=()):
        raise ValueError("our own")


def test_no_file_and_no_sheet(tmp_path: Path) -> None:
    """A slip in a name is told with what there is."""
    with pytest.raises(NotFoundError), open_grid(tmp_path / "no.csv", needs=()):
        pass
    book(tmp_path / "t.xlsx")
    with (
        pytest.raises(InvalidError, match="did you mean 'other'"),
        open_grid(tmp_path / "t.xlsx", needs=(), sheet="othre"),
    ):
        pass


def test_zip_with_several_tables(tmp_path: Path) -> None:
    """The one that is meant is named by a pattern; without, nothing is guessed."""
    path = tmp_path / "t.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("API_1.csv", TEXT)
        archive.writestr("Metadata.csv", "a\n1\n")
    assert members(path) == ("API_1.csv", "Metadata.csv")
    with open_grid(path, needs=("Country",), sheet="API_*") as grid:
        assert grid.name == "t.zip: API_1.csv"
        assert len(list(grid.rows)) == 2
    with pytest.raises(InvalidError, match="holds 2 tables"), open_grid(path, needs=()):
        pass


def test_faults_of_one_kind_are_folded() -> None:
    """The first twenty are told in full, the rest as a number; other kinds stand apart."""
    faults = Faults("t.csv")
    for number in range(2, 52):
        faults.add(Line(number, {"year": f"x{number}"}), "year", "is not a year", "Write a year.")
    faults.add(Line(60, {"year": ""}), "year", "is missing", "Fill it.", Severity.WARNING)
    found = faults.findings
    assert len(found) == 22
    assert sum(f.severity is Severity.ERROR for f in found) == 21
    assert "30 more rows" in found[-1].message


def test_rows_about_no_state_are_one_note() -> None:
    """They are no fault: counted, with examples."""
    faults = Faults("t.csv")
    taken = [
        faults.take(Line(n, {"c": code}), "c", lambda text: code_of(text, Scheme.ISO3))
        for n, code in enumerate(["SWE", "WLD", "HKG", "WLD", "QQQ"], 2)
    ]
    assert taken == ["SWE", None, None, None, None]
    error, note = faults.findings
    assert (error.row, error.value, error.severity) == (6, "QQQ", Severity.ERROR)
    assert (note.code, note.severity) == ("not-a-state", Severity.NOTE)
    assert note.message.startswith("In t.csv 3 ")
    assert "World" in note.message
    assert "Hong Kong" in note.message


def test_long_files_are_watched(tmp_path: Path) -> None:
    """Now and then it is told how far the reading is."""
    path = tmp_path / "t.csv"
    path.write_text("a\n" + "1\n" * 120_000, encoding="utf-8")
    heard: list[tuple[str, int]] = []
    with watched(lambda label, rows: heard.append((label, rows))), open_grid(path, needs=()) as grid:
        assert sum(1 for _ in grid.rows) == 120_000
    assert heard == [("t.csv", 50_000), ("t.csv", 100_000)]
