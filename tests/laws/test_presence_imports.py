"""Laws of what is read of who is where: the order of rows says nothing, and our own tables hold all of it."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legation.exchange.imported import Imported, Read
from legation.exchange.tables import read_tables, write_tables
from legation.presence import cow, diplometrics, lowy, wikidata

Rows = list[tuple[str, ...]]

NAMES = ("Kazakhstan", "Sweden", "Germany, East", "Germany, West", "Hong Kong", "Atlantis", "Holy See")
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


def table(header: str, *columns: tuple[str, ...] | st.SearchStrategy[str]) -> tuple[str, st.SearchStrategy[Rows]]:
    """Return a header and rows drawn from what each column may say."""
    drawn = [st.sampled_from(c) if isinstance(c, tuple) else c for c in columns]
    return header, st.lists(st.tuples(*drawn), max_size=12)


STATES = ("2", "255", "260", "265", "365", "345", "1234")
TABLES: dict[Callable[[Path], Read], tuple[str, st.SearchStrategy[Rows]]] = {
    cow.read: table(
        "ccode1,ccode2,year,DR_at_1,DR_at_2,DE",
        *(STATES, STATES, ("1955", "1990"), ("0", "1", "3", "9"), ("0", "2", "3", "5"), ("0", "1")),
    ),
    diplometrics.read: table(
        "Sending Country,Destination,Year,Embassy,Focus",
        *(NAMES, NAMES, ("1975", "1990"), tuple("1234567"), ("1", "2", "3", "4")),
    ),
    lowy.read: table(
        "Country,Post City,Post Country,Post Type,2016,2017,2019,Latitude,Longitude",
        *(NAMES, TEXT, NAMES, ("Embassy", "Other", "Consulate", "Shop"), ("", "1"), ("1", ""), ("1", "", "?")),
        *(("", "12.5", "91"), ("", "-7")),
    ),
}

CODES = ("KAZ", "SWE", "ITA", "VAT", "SUN", "HKG", "XQZ")
ROW = st.fixed_dictionaries(
    {"item": st.sampled_from(["http://www.wikidata.org/entity/Q7", "http://www.wikidata.org/entity/Q70", "Q8"])},
    optional={
        "typeLabel": st.sampled_from(["embassy", "consulate general", "palace", "apostolic nunciature"]),
        "senderIso3": st.sampled_from(CODES),
        "countryIso3": st.sampled_from(CODES),
        "jurisdictionIso3": st.sampled_from(CODES),
        "itemLabel": st.sampled_from(["Embassy to the Holy See", "Embassy to Sweden", "Mission to the European Union"]),
        "placeLabel": TEXT,
        "coordinates": st.sampled_from(["Point(12.46 41.9)", "Point(18 59.3)", "Point(400 2)"]),
        "inception": st.sampled_from(["1992-01-01T00:00:00Z", "1992-05-20T00:00:00Z", "1513-01-01T00:00:00Z"]),
        "dissolved": st.sampled_from(["2001-01-01T00:00:00Z", "1950-03-01T00:00:00Z", "t123"]),
    },
)


def of_table(read: Callable[[Path], Read], rows: Rows) -> Imported:
    """Write rows as a file and read them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table.csv")
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([TABLES[read][0].split(","), *rows])
        return read(path)[0]


def of_results(rows: list[dict[str, str]]) -> Imported:
    """Write rows as the results of a query and read them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "results.json")
        path.write_text(json.dumps([COMPLETE, *rows]), encoding="utf-8")
        return wikidata.read(path)[0]


COMPLETE = {"item": "Q1", "typeLabel": "embassy", "senderIso3": "KAZ", "countryIso3": "SWE"}


@pytest.mark.parametrize("read", TABLES)
@settings(deadline=None)
@given(data=st.data())
def test_the_order_of_rows_changes_nothing(read: Callable[[Path], Read], data: st.DataObject) -> None:
    """Rows in another order, among them faulty and contradicting ones, are read to the same."""
    rows = data.draw(TABLES[read][1])
    assert of_table(read, data.draw(st.permutations(rows))) == of_table(read, rows)


@settings(deadline=None)
@given(data=st.data())
def test_the_order_of_results_changes_nothing(data: st.DataObject) -> None:
    """The rows of an item may stand anywhere."""
    rows = data.draw(st.lists(ROW, max_size=10))
    assert of_results(data.draw(st.permutations(rows))) == of_results(rows)


@settings(deadline=None)
@given(data=st.data(), read=st.sampled_from([*TABLES, wikidata.read]))
def test_our_tables_hold_all_that_was_read(data: st.DataObject, read: Callable[[Path], Read]) -> None:
    """What is written as our own tables reads back as the same."""
    if read is wikidata.read:
        imported = of_results(data.draw(st.lists(ROW, max_size=10)))
    else:
        imported = of_table(read, data.draw(TABLES[read][1]))
    with tempfile.TemporaryDirectory() as folder:
        write_tables(imported, Path(folder, "import"))
        assert read_tables(Path(folder, "import")) == imported
