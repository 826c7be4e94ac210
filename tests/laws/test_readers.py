"""The law of readers: whatever a file holds, a reader gives rows and findings, or says why it cannot; no traceback."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from legation.desk.importing import KINDS, Kind
from legation.errors import LegationError
from legation.exchange.imported import Imported, Read
from legation.exchange.tables import read_tables, write_tables

ORIGINALS = Path(__file__).parents[1] / "shell" / "originals"
EXAMPLES: dict[str, tuple[str, ...]] = {
    "posts": ("posts.csv",),
    "wikidata": ("wikidata.json",),
    "diplometrics": ("ddr_published.csv", "ddr_passed_on.csv"),
    "cow": ("Diplomatic_Exchange_2006v1.csv",),
    "lowy": ("gdi_long.csv", "gdi_wide.csv"),
    "worldbank": ("API_SP.POP.TOTL_DS2_en_csv_v2_1.csv", "worldbank-gdp.json", "worldbank-error.json"),
    "baci": ("BACI_HS12_Y2010_V202301.csv",),
    "gravity": ("Gravity_V202211.csv",),
    "geodist": ("dist_cepii.csv",),
    "undesa": ("undesa.xlsx",),
    "ucdp": ("ucdp-prio-acd-231.csv",),
    "atop": ("atop5_1ddyr.csv",),
    "ideal-points": ("IdealpointestimatesAll_Jun2024.csv", "AgreementScoresAll_Jun2024.csv"),
    "dots": (
        "DOT_03-08-2023 16-25-54-79_panel.csv",
        "DOT_03-28-2022 04-15-57-36_timeSeries.csv",
        "imts.csv",
        "dots-compact.json",
    ),
}
"""Examples in the original's layout for every kind; a workbook is made here, for it is no text."""
SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".zip", ".csv.gz", ".json", ".pdf", "")
CELLS = (
    *(
        "",
        " ",
        "0",
        "-9",
        "-1",
        "1",
        "2",
        "6",
        "2010",
        "1985",
        "99999",
        "1e400",
        "1,5",
        "1.5",
        "NaN",
        "..",
        "NA",
        "TRUE",
    ),
    *("SWE", "KAZ", "YUG", "WLD", "HKG", "Korea", "Sweden", "Россия", "Embassy", "=1+1", "#REF!", "a|b", "2012-02-30"),
    *("2", "255", "752", "842", "999", "100, 2", "\x01", "'", "²", "٣", "9" * 400, "x" * 2000, "-0", "inf", "1_000"),
)
SMALL = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


@cache
def example(name: str) -> bytes:
    """Return an example; the workbook of the United Nations has a title above its header."""
    if name != "undesa.xlsx":
        return (ORIGINALS / name).read_bytes()
    book, out = Workbook(), io.BytesIO()
    page = book.active
    page.title = "Table 1"
    head = ("Index", "Region, development group, country or area of destination", "Notes of destination")
    head += ("Location code of destination", "Type of data of destination")
    head += ("Region, development group, country or area of origin", "Location code of origin", 1990, 2020, 1990)
    for row in ((None, "United Nations"), (), head, (1, "Sweden", "", 752, "B", "Kazakhstan", 398, 10, 20, 5)):
        page.append(row)
    book.save(out)
    return out.getvalue()


def lawful(kind: Kind, name: str, blob: bytes) -> Imported | None:
    """Read bytes as a file of a kind: an import, or nothing after an error of ours; all else is a fault of ours."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(blob)
        return calmly(lambda: kind.read(path, "KAZ") if kind.needs_sender else kind.read(path))  # type: ignore[call-arg]


def calmly(read: Callable[[], Read]) -> Imported | None:
    """Return an import that our tables hold without loss, or nothing after an error of ours."""
    try:
        imported, findings = read()
    except LegationError:
        return None
    assert all(f.message for f in findings)
    assert all(f.value == f.value and abs(f.value) != float("inf") for f in imported.facts)
    with TemporaryDirectory() as folder:
        try:
            write_tables(imported, Path(folder) / "tables")
        except LegationError:  # a text that no file of ours can hold is refused, and named
            return imported
        assert read_tables(Path(folder) / "tables") == imported
    return imported


def cases() -> list[Any]:
    return [pytest.param(kind, name, id=f"{kind}-{name}") for kind, names in EXAMPLES.items() for name in names]


def test_every_kind_has_an_example() -> None:
    """No reader escapes the law."""
    assert set(EXAMPLES) == set(KINDS)


@pytest.mark.parametrize(("kind", "name"), cases())
def test_examples_are_read(kind: str, name: str) -> None:
    """The law would be empty if nothing were ever read; only an answer that is an error gives nothing."""
    imported = lawful(KINDS[kind], name, example(name))
    assert (imported is None) == ("error" in name)
    assert imported is None or any((imported.posts, imported.presences, imported.facts))


@pytest.mark.parametrize("kind", KINDS)
@SMALL
@given(blob=st.binary(max_size=400), suffix=st.sampled_from(SUFFIXES), packed=st.booleans())
def test_any_bytes(kind: str, blob: bytes, suffix: str, packed: bool) -> None:
    """Whatever the bytes and whatever the file is called, and packed as it says it is."""
    if packed and suffix == ".csv.gz":
        blob = gzip.compress(blob)
    if packed and suffix == ".zip":
        out = io.BytesIO()
        with ZipFile(out, "w") as archive:
            archive.writestr("inner.csv", blob)
        blob = out.getvalue()
    lawful(KINDS[kind], f"file{suffix}", blob)


@pytest.mark.parametrize(("kind", "name"), [c for c in cases() if c.values[1].endswith(".csv")])
@SMALL
@given(data=st.data())
def test_any_cells_under_the_right_header(kind: str, name: str, data: st.DataObject) -> None:
    """The header is right, and the cells say anything."""
    lines = example(name).decode("utf-8-sig", "replace").splitlines()
    top = data.draw(st.integers(1, min(len(lines), 6)))
    mark = max(",;\t", key="\n".join(lines[:top]).count)
    width = lines[top - 1].count(mark) + 1
    cell = st.one_of(st.sampled_from(CELLS), st.text(max_size=6))
    rows = data.draw(st.lists(st.lists(cell, min_size=1, max_size=width + 1), max_size=6))
    quoted = [mark.join('"' + c.replace('"', '""') + '"' for c in row) for row in rows]
    lawful(KINDS[kind], name, "\n".join([*lines[:top], *quoted]).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(("kind", "name"), cases())
@SMALL
@given(data=st.data())
def test_mutations_of_an_example(kind: str, name: str, data: st.DataObject) -> None:
    """A file that was cut, patched or doubled on its way."""
    blob = bytearray(example(name))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(blob)))
        until = data.draw(st.integers(at, min(len(blob), at + 40)))
        patch = data.draw(st.one_of(st.binary(max_size=8), st.sampled_from([c.encode() for c in CELLS])))
        blob[at:until] = data.draw(
            st.sampled_from([patch, b"", bytes(blob[at:until]) * 2, b"null", b"[]", b"{}", b'"'])
        )
    lawful(KINDS[kind], name, bytes(blob))


@pytest.mark.parametrize("kind", [k.name for k in KINDS.values() if k.live])
@SMALL
@given(
    answers=st.lists(
        st.one_of(st.binary(max_size=60), st.sampled_from([b"[]", b"{}", b"null", b"[{}, []]", b"1"])),
        min_size=1,
        max_size=3,
    )
)
def test_any_answer_of_a_service(kind: str, answers: list[bytes]) -> None:
    """A service may answer anything."""
    live = KINDS[kind].live
    assert live
    given_ = iter([*answers, *[b"{}"] * 5])
    calmly(lambda: live(["SWE"], lambda _: next(given_, b"")))
