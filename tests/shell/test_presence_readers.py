"""Readers of who is where, on files in the layout of the originals. The rows are invented, for the quirks."""

from __future__ import annotations

import csv
import gzip
import json
import random
import time
from collections.abc import Callable
from datetime import date
from itertools import product
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from legation.errors import Finding, InvalidError, NotFoundError, Severity
from legation.exchange.imported import Covering, Imported, Read
from legation.model.posts import Form, Period, Post
from legation.model.presences import Presence
from legation.presence import cow, diplometrics, lowy, wikidata, wikidata_live
from legation.sources.world import load_states

ORIGINALS = Path(__file__).parent / "originals"
SHARED = Path(__file__).parents[3] / "shared" / "data"
READERS: dict[str, Callable[[Path], Read]] = {
    "Diplomatic_Exchange_2006v1.csv": cow.read,
    "ddr_published.csv": diplometrics.read,
    "ddr_passed_on.csv": diplometrics.read,
    "gdi_wide.csv": lowy.read,
    "gdi_long.csv": lowy.read,
    "wikidata.json": wikidata.read,
}


def at(imported: Imported, sender: str, state: str, year: int) -> tuple[Form, bool] | None:
    """Return what is said of a pair in a year."""
    found = [p for p in imported.presences if (p.sender, p.state, p.year) == (sender, state, year)]
    assert len(found) <= 1
    return (found[0].form, found[0].concurrent) if found else None


def told(findings: tuple[Finding, ...], severity: Severity) -> list[tuple[int | None, str, str]]:
    """Return where the findings of a severity are."""
    return [(f.row, f.column, f.value) for f in findings if f.severity is severity]


def messages(findings: tuple[Finding, ...]) -> str:
    """Return all messages as one text."""
    return "\n".join(f.message for f in findings)


def outcome(read: Callable[[Path], Read], path: Path) -> Read:
    """Return what is read, or nothing and the findings of the error."""
    try:
        return read(path)
    except InvalidError as error:
        return Imported(""), error.findings or pytest.fail("an error without findings")


# Correlates of War


def test_cow_reads_both_directions_of_a_row() -> None:
    """DR_at_1 is side 2 at side 1, DR_at_2 the other way; an ambassador is an embassy, all below a mission."""
    imported, _ = cow.read(ORIGINALS / "Diplomatic_Exchange_2006v1.csv")
    assert at(imported, "DMA", "USA", 1995) == (Form.EMBASSY, False)
    assert at(imported, "USA", "DMA", 1995) is None
    assert at(imported, "RUS", "USA", 1930) == (Form.DIPLOMATIC_MISSION, False)
    assert at(imported, "USA", "RUS", 1930) is None
    assert at(imported, "ALB", "SRB", 1975) == (Form.DIPLOMATIC_MISSION, False)
    assert imported.rows == 17
    assert [s.id for s in imported.sources] == ["cow-diplomatic-exchange"]


def test_cow_keeps_the_uncoded_rank_only_where_there_is_exchange() -> None:
    """9 is a post of unknown rank in the years without ranks; without any exchange it is none, and that is told."""
    imported, findings = cow.read(ORIGINALS / "Diplomatic_Exchange_2006v1.csv")
    assert at(imported, "USA", "RUS", 1955) == (Form.OTHER, False)
    assert at(imported, "USA", "CUB", 1985) is None
    assert "4 ranks of 9 where there is no exchange" in messages(findings)


def test_cow_merges_states_that_are_one_today() -> None:
    """In the year of the union Germany has three numbers: the highest rank stands, and none is in itself."""
    imported, findings = cow.read(ORIGINALS / "Diplomatic_Exchange_2006v1.csv")
    assert at(imported, "USA", "DEU", 1990) == (Form.EMBASSY, False)
    assert not [p for p in imported.presences if p.sender == p.state]
    assert "merged with others of the same State today" in messages(findings)
    assert "stand for one State today: left out, such as 260 in 265, 265 in 260" in messages(findings)


def test_cow_tells_wrong_cells_and_contradictions() -> None:
    """A rank that is none, a number that is no State, and a pair whose two rows differ are errors at their place."""
    imported, findings = cow.read(ORIGINALS / "Diplomatic_Exchange_2006v1.csv")
    assert told(findings, Severity.ERROR) == [(14, "DR_at_2", "1"), (17, "DR_at_2", "4"), (18, "ccode2", "1234")]
    assert at(imported, "RUS", "USA", 1985) == (Form.EMBASSY, False)
    assert at(imported, "DMA", "USA", 2000) is None


# Diplometrics


def test_diplometrics_reads_ranks_and_focus() -> None:
    """Rank gives the form, focus whether the head resides; recalled, and served by others, is no presence."""
    imported, findings = diplometrics.read(ORIGINALS / "ddr_published.csv")
    assert at(imported, "KAZ", "SWE", 2015) == (Form.EMBASSY, False)
    assert at(imported, "KAZ", "FIN", 2015) == (Form.EMBASSY, True)
    assert at(imported, "RUS", "GEO", 2015) == (Form.OTHER, False)
    assert at(imported, "CHL", "PER", 2015) == (Form.OTHER, False)
    assert at(imported, "GBR", "IRN", 2015) is None
    assert at(imported, "CAN", "IRN", 2015) is None
    assert "Left out: 1 row of heads recalled or expelled, such as United Kingdom in Iran 2015" in messages(findings)
    assert "Left out: 1 row of interests served by another State, such as Canada in Iran 2015" in messages(findings)


def test_diplometrics_reads_the_names_as_they_are_spelt() -> None:
    """Names with a damaged apostrophe, with a slip of the publisher, and of States that are no more are understood."""
    imported, findings = diplometrics.read(ORIGINALS / "ddr_published.csv")
    assert at(imported, "CIV", "KEN", 2015) == (Form.DIPLOMATIC_MISSION, False)
    assert at(imported, "GBR", "SWE", 2015) == (Form.EMBASSY, False)
    assert at(imported, "RUS", "CUB", 1975) == (Form.EMBASSY, False)
    assert at(imported, "DEU", "POL", 1975) == (Form.EMBASSY, False)
    assert at(imported, "DEU", "DEU", 1975) is None
    assert at(imported, "TUR", "CYP", 1985) is None
    assert [f.code for f in findings if f.severity is Severity.NOTE].count("not-a-state") == 1


def test_diplometrics_tells_wrong_cells_and_contradictions() -> None:
    """An unknown rank, and a second row about the same pair and year that says otherwise; the higher one is used."""
    imported, findings = diplometrics.read(ORIGINALS / "ddr_published.csv")
    assert told(findings, Severity.ERROR) == [(15, "Embassy", "7"), (17, "Embassy", "4")]
    assert at(imported, "ECU", "PER", 2015) == (Form.EMBASSY, False)


def test_diplometrics_reads_the_layout_that_is_passed_on(tmp_path: Path) -> None:
    """The same with codes instead of names, packed or not."""
    packed = tmp_path / "ddr.csv.gz"
    packed.write_bytes(gzip.compress((ORIGINALS / "ddr_passed_on.csv").read_bytes()))
    for path in (ORIGINALS / "ddr_passed_on.csv", packed):
        imported, findings = diplometrics.read(path)
        assert at(imported, "KAZ", "FIN", 2015) == (Form.EMBASSY, True)
        assert at(imported, "CIV", "KEN", 2015) == (Form.DIPLOMATIC_MISSION, False)
        assert len(imported.presences) == 4
        assert told(findings, Severity.ERROR) == [(7, "sender", "XQZ")]


def test_diplometrics_reads_the_workbook(tmp_path: Path) -> None:
    """There years and codes are numbers, the sender's column is one word, the apostrophe a control character."""
    book = Workbook()
    sheet = book.active
    sheet.append(["Destination", "SendingCountry", "Year", "Location", "Embassy", "Focus", "EmbassyFocus", "LOR"])
    sheet.append(["Kenya", "Côte d’Ivoire", 2015, None, 4, 1, 41, 0.75])
    sheet.append(["Finland", "Kazakhstan", 2015, "Stockholm", 6, 2, 62, 0.5])
    book.save(tmp_path / "ddr.xlsx")
    imported, findings = diplometrics.read(tmp_path / "ddr.xlsx")
    assert at(imported, "CIV", "KEN", 2015) == (Form.DIPLOMATIC_MISSION, False)
    assert at(imported, "KAZ", "FIN", 2015) == (Form.EMBASSY, True)
    assert findings == ()


def test_diplometrics_reads_the_sample(tmp_path: Path) -> None:
    """All of a real excerpt is read, where it lies beside the checkout, in the time a person waits for."""
    sample = SHARED / "evaluation" / "ddr_2000_2010.csv.gz"
    if not sample.exists():
        pytest.skip("the evaluation data are not beside this checkout")
    begun = time.process_time()
    imported, findings = diplometrics.read(sample)
    assert time.process_time() - begun < 10
    assert imported.rows == 89_890
    assert len(imported.presences) == 89_890 - 79
    assert not [f for f in findings if f.severity is Severity.ERROR]


# Lowy


def test_lowy_bounds_the_life_of_a_post_by_the_editions() -> None:
    """A post begins with the edition that first lists it, if an earlier one is about its sender; likewise its end."""
    imported, _ = lowy.read(ORIGINALS / "gdi_wide.csv")
    posts = {p.id: p for p in imported.posts}
    assert posts["lowy-aus-fra-paris-embassy"].span == Period()
    assert posts["lowy-aus-mar-rabat-embassy"].span == Period(date(2017, 1, 1))
    assert posts["lowy-aus-tha-phuket-consulate-general"].span == Period(None, date(2017, 1, 1))
    assert posts["lowy-ltu-lva-riga-embassy"].span == Period()
    assert posts["lowy-aus-mar-rabat-embassy"].note == "listed 2017, 2019"


def test_lowy_reads_types_places_and_territories() -> None:
    """Types give forms; a consulate in Hong Kong sits in China, and says where; coordinates are kept."""
    imported, findings = lowy.read(ORIGINALS / "gdi_wide.csv")
    posts = {p.id: p for p in imported.posts}
    paris = posts["lowy-aus-fra-paris-embassy"].seat
    assert (paris.state, paris.city, paris.lat, paris.lon) == ("FRA", "Paris", 48.8566, 2.3522)
    assert posts["lowy-aus-png-port-moresby-embassy"].form is Form.EMBASSY
    assert posts["lowy-aus-chn-hong-kong-consulate-general"].note.startswith("Hong Kong")
    assert posts["lowy-aus-chn-macau-consulate"].note.startswith("Maca")
    assert posts["lowy-aus-twn-taipei-other"].form is Form.OTHER
    assert posts["lowy-aus-che-geneva-permanent-mission"].form is Form.PERMANENT_MISSION
    assert posts["lowy-aus-ita-naples-honorary-consulate"].form is Form.HONORARY_CONSULATE
    assert "Merged: 1 row about the same form in the same city, such as Australia in Geneva" in messages(findings)


def test_lowy_gives_presences_for_embassies_and_other_representations() -> None:
    """Each edition that lists an embassy or another representation is a year of presence; consulates are none."""
    imported, _ = lowy.read(ORIGINALS / "gdi_wide.csv")
    assert at(imported, "AUS", "MAR", 2016) is None
    assert at(imported, "AUS", "MAR", 2017) == (Form.EMBASSY, False)
    assert at(imported, "AUS", "TWN", 2019) == (Form.OTHER, False)
    assert at(imported, "AUS", "CHN", 2016) is None
    assert at(imported, "AUS", "CHE", 2016) is None


@pytest.mark.parametrize("kinds", [("Embassy", "Other"), ("Other", "Embassy")])
def test_lowy_counts_the_highest_of_several(kinds: tuple[str, str], tmp_path: Path) -> None:
    """An embassy and another representation in one State are an embassy, whichever stands first."""
    rows = [f"Australia;{city};France;{kind};2016" for city, kind in zip(("Paris", "Lyon"), kinds, strict=True)]
    file = tmp_path / "gdi.csv"
    file.write_text("\n".join(["Country;City;Host Country;Post Type;Year", *rows, ""]), encoding="utf-8")
    imported, _ = lowy.read(file)
    assert at(imported, "AUS", "FRA", 2016) == (Form.EMBASSY, False)


def test_lowy_tells_wrong_cells() -> None:
    """A type, a name and a mark that are not understood, at their place; the nearest name is proposed."""
    _, findings = lowy.read(ORIGINALS / "gdi_wide.csv")
    assert told(findings, Severity.ERROR) == [
        (13, "Post Type", "Tourist Office"),
        (14, "Post Country", "Norwey"),
        (15, "Post Country", "Australia"),
        (16, "2017", "perhaps"),
    ]
    assert "Norway" in messages(findings)


def test_lowy_reads_the_long_layout() -> None:
    """One row for a post and an edition says the same."""
    imported, _ = lowy.read(ORIGINALS / "gdi_long.csv")
    posts = {p.id: p for p in imported.posts}
    assert posts["lowy-aus-fra-paris-embassy"].span == Period()
    assert posts["lowy-aus-mar-rabat-embassy"].span == Period(date(2017, 1, 1))
    assert posts["lowy-aus-tha-phuket-consulate-general"].span == Period(None, date(2017, 1, 1))


# Wikidata


def wikidata_posts() -> dict[str, Post]:
    """Return the posts of our file by identifier."""
    return {p.id: p for p in wikidata.read(ORIGINALS / "wikidata.json")[0].posts}


def test_wikidata_joins_the_rows_of_an_item() -> None:
    """Every combination of values is a row; the post is one, with its form, place and exact day."""
    post = wikidata_posts()["Q900001"]
    assert (post.sender, post.form, post.seat.state, post.seat.city) == ("KAZ", Form.EMBASSY, "SWE", "Stockholm")
    assert (post.seat.lat, post.seat.lon) == (59.34, 18.09)
    assert post.span == Period(date(2013, 5, 20))
    imported, _ = wikidata.read(ORIGINALS / "wikidata.json")
    assert imported.coverings == (Covering("KAZ", "SWE", "FIN", "wikidata"),)
    assert imported.rows == 22


def test_wikidata_takes_unknown_values_for_none() -> None:
    """Blank nodes, generated addresses and labels that are identifiers say nothing."""
    posts = wikidata_posts()
    assert posts["Q900002"].span == Period()
    assert posts["Q900002"].seat.city == ""
    assert posts["Q900003"].span == Period()


def test_wikidata_knows_the_holy_see() -> None:
    """An embassy to the Holy See lies in Italy; a nunciature without an operator is the Holy See's."""
    posts = wikidata_posts()
    assert posts["Q900003"].seat.state == "VAT"
    assert posts["Q900003"].note == "seat in ITA"
    assert (posts["Q900004"].sender, posts["Q900004"].form) == ("VAT", Form.EMBASSY)
    assert posts["Q900004"].span == Period()
    assert posts["Q900004"].note == "founded 1513"


def test_wikidata_knows_posts_elsewhere_and_missions_to_organisations() -> None:
    """An embassy to Libya may lie in Tunis; a nunciature to the European Union is a permanent mission."""
    posts = wikidata_posts()
    assert (posts["Q900016"].seat.state, posts["Q900016"].note) == ("LBY", "seat in TUN")
    assert (posts["Q900017"].form, posts["Q900017"].seat.state) == (Form.PERMANENT_MISSION, "BEL")


def test_wikidata_knows_states_that_are_no_more_and_joint_posts() -> None:
    """The Soviet Union is continued by Russia; a joint embassy is one of each sender; Kosovo has no code of ISO."""
    posts = wikidata_posts()
    assert posts["Q900005"].sender == "RUS"
    assert posts["Q900005"].span == Period(date(1921, 1, 1), date(1991, 12, 26))
    assert posts["Q900006"].seat.state == "CZE"
    assert {posts["Q900007-DNK"].sender, posts["Q900007-NOR"].sender} == {"DNK", "NOR"}
    assert posts["Q900008"].sender == "XKX"
    assert posts["Q900009"].form is Form.HONORARY_CONSULATE
    assert (posts["Q900014"].seat.state, posts["Q900014"].note) == ("CHN", "Hong Kong")


def test_wikidata_tells_what_it_leaves_out() -> None:
    """No State as a sender, no kind of post, hosts that cannot be told, an end before the beginning, another planet."""
    imported, findings = wikidata.read(ORIGINALS / "wikidata.json")
    left_out = {"Q900010", "Q900011", "Q900012", "Q900013", "Q900015"}
    assert not left_out & {p.id for p in imported.posts}
    errors = messages(tuple(f for f in findings if f.severity is Severity.ERROR))
    assert all(qid in errors for qid in ("Q900011", "Q900012", "Q900013"))
    assert "European Union" in messages(tuple(f for f in findings if f.code == "not-a-state"))
    assert told(findings, Severity.WARNING)[0][1] == "coordinates"


def test_wikidata_reads_every_json_of_the_query_service(tmp_path: Path) -> None:
    """Pages in a list, and both downloads of the page of the service, say the same as the results themselves."""
    whole = json.loads((ORIGINALS / "wikidata.json").read_text(encoding="utf-8"))
    bindings = whole["results"]["bindings"]
    plain = [{name: v["value"] for name, v in b.items()} for b in bindings]
    pages = [{"results": {"bindings": bindings[:7]}}, {"results": {"bindings": bindings[7:]}}]
    expected = wikidata.read(ORIGINALS / "wikidata.json")[0]
    for name, document in (("pages", pages), ("verbose", bindings), ("plain", plain)):
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        assert wikidata.read(path)[0].posts == expected.posts


def test_wikidata_is_fetched_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sender is asked for until a page is not full; the query names the sender, the page and the properties."""
    monkeypatch.setattr(wikidata_live, "PAGE", 2)
    known = json.loads((ORIGINALS / "wikidata.json").read_text(encoding="utf-8"))["results"]["bindings"]
    by_item: dict[str, list[object]] = {}
    for row in known:
        by_item.setdefault(row["item"]["value"], []).append(row)
    items = list(by_item.values())[:3]
    asked: list[str] = []

    def get(url: str) -> bytes:
        query = parse_qs(urlsplit(url).query)["query"][0]
        asked.append(query)
        at = int(query.split("OFFSET ")[1].split()[0])
        rows = [row for item in items[at : at + 2] for row in item] if '"KAZ"' in query else []
        return json.dumps({"results": {"bindings": rows}}).encode()

    imported, _ = wikidata_live.fetch(["KAZ", "Sweden"], get)
    assert [p.id for p in imported.posts] == ["Q900001", "Q900002", "Q900003"]
    assert ["OFFSET 0" in q for q in asked] == [True, False, True]
    assert all(p in asked[0] for p in ("P137", "P17", "P131", "P1001", "P625", "P571", "P576", "P298"))


def test_the_query_of_the_howto_is_the_one_we_ask() -> None:
    """Who has no internet access copies the query from the page: it is ours, for the first page of a sender."""
    page = (Path(__file__).parents[2] / "docs" / "howto" / "import-presences.md").read_text(encoding="utf-8")
    assert wikidata_live.QUERY % {"sender": "KAZ", "limit": wikidata_live.PAGE, "offset": 0} in page


def test_wikidata_that_answers_with_no_results_is_told() -> None:
    """A page of an error is no reason for a traceback."""
    with pytest.raises(InvalidError, match="KAZ"):
        wikidata_live.fetch(["KAZ"], lambda url: b"<html>upstream request timeout</html>")


def test_wikidata_is_asked_for_all_states_where_none_is_named() -> None:
    """Without a name every State is asked for once; a name that is no State is refused before anything is asked."""
    asked: list[str] = []

    def get(url: str) -> bytes:
        asked.append(url)
        return b'{"results": {"bindings": []}}'

    imported, findings = wikidata_live.fetch(["all"], get)
    assert (imported.posts, findings) == ((), ())
    assert len(set(asked)) == len(asked) == len(load_states())
    with pytest.raises(NotFoundError, match="Ruritania"):
        wikidata_live.fetch(["Ruritania"], get)
    with pytest.raises(NotFoundError, match="no State"):
        wikidata_live.fetch(["European Union"], get)


# All of them


@pytest.mark.parametrize("name", READERS)
def test_the_order_of_rows_changes_nothing(name: str, tmp_path: Path) -> None:
    """What is read is the same whichever way the rows are shuffled."""
    read, original = READERS[name], ORIGINALS / name
    expected = read(original)[0]
    chance = random.Random(4)
    for _ in range(5):
        path = tmp_path / name
        if name.endswith(".json"):
            document = json.loads(original.read_text(encoding="utf-8"))
            chance.shuffle(document["results"]["bindings"])
            path.write_text(json.dumps(document), encoding="utf-8")
        else:
            header, *rows = original.read_bytes().splitlines(keepends=True)
            chance.shuffle(rows)
            path.write_bytes(b"".join([header, *rows]))
        assert read(path)[0] == expected


@pytest.mark.parametrize("read", [cow.read, diplometrics.read, lowy.read, wikidata.read])
@pytest.mark.parametrize("blob", [b"", b"\n", b"{}", b"[]", b"\xff\xfe\x00", b"a,b\n1,2\n", b"[[[", b'{"results": 1}'])
def test_what_is_no_such_file_is_refused(read: Callable[[Path], Read], blob: bytes, tmp_path: Path) -> None:
    """A file that is none of theirs is an error with a finding and a remedy."""
    path = tmp_path / ("file.json" if read is wikidata.read else "file.csv")
    path.write_bytes(blob)
    with pytest.raises(InvalidError) as caught:
        read(path)
    assert caught.value.findings
    assert all(f.remedy for f in caught.value.findings)


CELLS = st.one_of(
    st.sampled_from(["2", "365", "1985", "6", "1", "9", "KAZ", "Sweden", "Embassy", "x", "", "2015", "Hong Kong"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
HEADERS = {
    cow.read: "ccode1,ccode2,year,DR_at_1,DR_at_2,DE",
    diplometrics.read: "Destination,Sending Country,Year,Embassy,Focus",
    lowy.read: "Country,Post City,Post Country,Post Type,2016,2019,Latitude,Longitude",
}


@pytest.mark.parametrize("read", HEADERS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_table_gives_a_traceback(read: Callable[[Path], Read], data: st.DataObject, tmp_path: Path) -> None:
    """Whatever stands in the cells, there is a result or an error with findings."""
    header = HEADERS[read].split(",")
    rows = data.draw(st.lists(st.lists(CELLS, min_size=1, max_size=len(header) + 1), max_size=6))
    path = tmp_path / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    imported, findings = outcome(read, path)
    assert len(imported.presences) <= 4 * len(rows)
    assert all(f.message for f in findings)


NAMES = ["item", "type", "typeLabel", "sender", "senderIso3", "senderLabel", "countryIso3", "coordinates", "inception"]
VALUES = st.one_of(
    st.sampled_from(
        [f"Q{'7' * 5000}", "Point(1.2.3 .)", f"Point({'9' * 5000} 1)", f"{'9' * 5000}-01-01", "9999999-01-01"]
    ),
    st.sampled_from(
        ["http://www.wikidata.org/entity/Q7", "KAZ", "SWE", "embassy", "Point(1 2)", "2013-02-30T00:00:00Z"]
    ),
    st.text(max_size=12),
    st.none(),
    st.integers(),
    st.fixed_dictionaries({"type": st.sampled_from(["uri", "bnode", "literal"]), "value": st.text(max_size=12)}),
    st.just({"type": "uri"}),
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.dictionaries(st.sampled_from(NAMES), VALUES), max_size=6), page=st.booleans())
def test_no_json_gives_a_traceback(rows: list[dict[str, object]], page: bool, tmp_path: Path) -> None:
    """Whatever the values are, there is a result or an error with findings."""
    path = tmp_path / "results.json"
    path.write_text(json.dumps({"results": {"bindings": rows}} if page else rows), encoding="utf-8")
    imported, findings = outcome(wikidata.read, path)
    assert imported.rows == len(rows) or findings


def test_many_rows_are_read_in_time(tmp_path: Path) -> None:
    """A tenth of the Correlates of War file, 38,400 rows, takes far less than the minute the whole may take."""
    numbers = [2, 20, 70, 200, 220, 255, 290, 365, 560, 651, 710, 740, 750, 850, 900, 920]
    years = range(1970, 2006, 5)
    path = tmp_path / "exchange.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["ccode1", "ccode2", "year", "DR_at_1", "DR_at_2", "DE", "version"])
        writer.writerows(
            [one, other, year, 3, 3, 1, "2006.1"]
            for _ in range(20)
            for one, other, year in product(numbers, numbers, years)
            if one != other
        )
    begun = time.process_time()
    imported, findings = cow.read(path)
    assert time.process_time() - begun < 20
    assert imported.rows == 20 * 16 * 15 * 8
    assert len(imported.presences) == 16 * 15 * 8
    assert findings == ()


def test_presences_are_sorted_and_cite_their_source() -> None:
    """Presences stand in the order of sender, State and year, and name the source that comes with them."""
    for name, read in READERS.items():
        imported, _ = read(ORIGINALS / name)
        keys = [(p.sender, p.state, p.year) for p in imported.presences]
        assert keys == sorted(set(keys))
        cited = {s.id for s in imported.sources}
        assert {p.source for p in (*imported.presences, *imported.posts)} <= cited
        assert all(isinstance(p, Presence) for p in imported.presences)
