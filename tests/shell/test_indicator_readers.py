"""The readers of facts, on files written in the layouts of the originals, with their quirks and invented numbers."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from contextlib import suppress
from math import isfinite
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from legation.errors import InvalidError, LegationError, Severity
from legation.exchange.imported import Read
from legation.indicators import atop, baci, dots, gravity, ideal_points, ucdp, undesa, worldbank

ORIGINALS = Path(__file__).parent / "originals"
WIDE = "DOT_03-28-2022 04-15-57-36_timeSeries.csv"
LONG = "DOT_03-08-2023 16-25-54-79_panel.csv"
READERS: dict[str, Callable[[Path], Read]] = {
    "worldbank-gdp.json": worldbank.read,
    "API_SP.POP.TOTL_DS2_en_csv_v2_1.csv": worldbank.read,
    "BACI_HS12_Y2010_V202301.csv": baci.read,
    "Gravity_V202211.csv": gravity.read,
    "dist_cepii.csv": gravity.read_geodist,
    "ucdp-prio-acd-231.csv": ucdp.read,
    "atop5_1ddyr.csv": atop.read,
    "IdealpointestimatesAll_Jun2024.csv": ideal_points.read,
    "AgreementScoresAll_Jun2024.csv": ideal_points.read,
    WIDE: dots.read,
    LONG: dots.read,
    "dots-compact.json": dots.read,
    "imts.csv": dots.read,
}


def said(read: Read) -> dict[tuple[str, str, int], float]:
    return {(f.subject, f.attribute, f.year): f.value for f in read[0].facts}


def codes(read: Read, severity: Severity = Severity.ERROR) -> list[str]:
    return [f.code for f in read[1] if f.severity is severity]


def told(read: Read, code: str) -> str:
    return " ".join(f.message for f in read[1] if f.code == code)


@pytest.fixture
def edited(tmp_path: Path) -> Callable[..., Path]:
    """Return an original with a piece of its text replaced, or with lines added."""

    def edit(name: str, old: str = "", new: str = "", *, add: str = "") -> Path:
        text = (ORIGINALS / name).read_text(encoding="utf-8")
        assert old in text
        (tmp_path / name).write_text((text.replace(old, new, 1) if old else text) + add, encoding="utf-8")
        return tmp_path / name

    return edit


# World Bank


def test_a_page_of_the_world_bank_gives_its_values_and_when_they_were_revised():
    read = worldbank.read(ORIGINALS / "worldbank-gdp.json")
    assert said(read) == {("KAZ", "gdp", 2010): 148000000000.25, ("XKX", "gdp", 2010): 5.4e9}
    assert {(f.unit, f.source, f.known) for f in read[0].facts} == {("USD", "worldbank", 2023)}
    assert read[0].rows == 6
    assert codes(read) == []
    assert "3 rows are left out" in told(read, "not-a-state")


def test_a_download_of_the_world_bank_is_read_with_its_four_lines_above_the_header():
    read = worldbank.read(ORIGINALS / "API_SP.POP.TOTL_DS2_en_csv_v2_1.csv")
    assert said(read) == {
        ("KAZ", "population", 2009): 16092822,
        ("KAZ", "population", 2010): 16321872,
        ("SWE", "population", 2009): 9298515,
        ("SWE", "population", 2011): 9449213,
    }
    assert {f.known for f in read[0].facts} == {2023}
    assert codes(read) == []


def test_the_zip_of_the_world_bank_is_read_beside_its_two_tables_of_notes(tmp_path: Path):
    name = "API_SP.POP.TOTL_DS2_en_csv_v2_1.csv"
    with zipfile.ZipFile(tmp_path / "API_SP.POP.TOTL_DS2_en_csv_v2_1.zip", "w") as archive:
        archive.write(ORIGINALS / name, name)
        for notes in (
            "Metadata_Indicator_API_SP.POP.TOTL_DS2_en_csv_v2_1",
            "Metadata_Country_API_SP.POP.TOTL_DS2_en_csv_v2_1",
        ):
            archive.writestr(f"{notes}.csv", '"Country Code","Region"\n"KAZ","Europe & Central Asia"\n')
    assert said(worldbank.read(tmp_path / "API_SP.POP.TOTL_DS2_en_csv_v2_1.zip")) == said(
        worldbank.read(ORIGINALS / name)
    )


def test_a_series_without_a_name_of_ours_keeps_its_code_and_its_unit(edited):
    path = edited("API_SP.POP.TOTL_DS2_en_csv_v2_1.csv")
    text = path.read_text(encoding="utf-8").replace("Population, total", "Urban population (% of total)")
    path.write_text(text.replace("SP.POP.TOTL", "SP.URB.TOTL.IN.ZS"), encoding="utf-8")
    found = worldbank.read(path)[0]
    assert [(a.name, a.unit) for a in found.attributes] == [("sp_urb_totl_in_zs", "% of total")]
    assert {(f.attribute, f.unit) for f in found.facts} == {("sp_urb_totl_in_zs", "% of total")}


def test_an_answer_that_is_an_error_says_what_the_world_bank_says():
    with pytest.raises(InvalidError, match="The provided parameter value is not valid"):
        worldbank.read(ORIGINALS / "worldbank-error.json")


def test_an_answer_without_rows_gives_nothing():
    found, _ = worldbank.read(ORIGINALS / "worldbank-empty.json")
    assert (found.facts, found.rows) == ((), 0)


def test_a_page_of_several_says_so(edited):
    assert "a page of 3" in told(
        worldbank.read(edited("worldbank-gdp.json", '"pages":1', '"pages":3')), "part-of-series"
    )


def test_the_world_bank_is_asked_for_every_page_of_a_series():
    first = f'[{{"page":1,"pages":2,"lastupdated":"2026-07-01"}},[{row_of("KAZ", 2010, 100)}]]'
    second = f'[{{"page":2,"pages":2,"lastupdated":"2026-07-01"}},[{row_of("SWE", 2010, 200)}]]'
    pages = {worldbank.address("SP.POP.TOTL", 1): first, worldbank.address("SP.POP.TOTL", 2): second}
    read = worldbank.fetch(["population"], lambda address: pages.pop(address).encode())
    assert said(read) == {("KAZ", "population", 2010): 100, ("SWE", "population", 2010): 200}
    assert {f.known for f in read[0].facts} == {2026}
    assert not pages


def test_without_a_series_the_world_bank_is_asked_for_output_and_population():
    asked: list[str] = []
    worldbank.fetch([""], lambda address: (asked.append(address), b'[{"page":0,"pages":0},null]')[1])
    assert asked == [worldbank.address("NY.GDP.MKTP.CD"), worldbank.address("SP.POP.TOTL")]


def row_of(state: str, year: int, number: float) -> str:
    about = '"indicator":{"id":"SP.POP.TOTL","value":"Population, total"},"country":{"id":"","value":""}'
    return f'{{{about},"countryiso3code":"{state}","date":"{year}","value":{number}}}'


def test_a_month_where_a_year_belongs_is_reported(edited):
    read = worldbank.read(edited("worldbank-gdp.json", '"XKX","date":"2010"', '"XKX","date":"2010M01"'))
    assert codes(read) == ["wrong-value"]
    assert ("XKX", "gdp", 2010) not in said(read)


# BACI


def test_baci_is_added_up_by_pair_in_dollars():
    read = baci.read(ORIGINALS / "BACI_HS12_Y2010_V202301.csv")
    facts = said(read)
    assert facts["KAZ>USA", "exports", 2010] == 112_345
    assert facts["USA>KAZ", "imports", 2010] == 112_345
    assert facts["KAZ>FRA", "exports", 2010] == 2_000_500
    assert facts["FRA>KAZ", "exports", 2010] == 50_250
    assert facts["FRA>KAZ", "trade", 2010] == 2_050_750
    assert facts["CHE>KAZ", "exports", 2010] == 7_000
    assert facts["IND>KAZ", "exports", 2010] == 1_000
    assert facts["TWN>KAZ", "exports", 2010] == 3_500
    assert facts["AFG>KAZ", "trade", 2010] == 10_000
    assert {f.known for f in read[0].facts} == {2023}
    assert read[0].rows == 11


def test_baci_adds_up_the_codes_of_one_state(tmp_path: Path):
    file = tmp_path / "BACI_HS12_Y2010_V202301.csv"
    file.write_text("t,i,j,k,v,q\n2010,250,398,1,2,1\n2010,251,398,1,3,1\n2010,398,251,1,5,1\n", encoding="utf-8")
    facts = said(baci.read(file))
    assert facts["FRA>KAZ", "exports", 2010] == 5_000
    assert facts["FRA>KAZ", "trade", 2010] == 10_000


def test_baci_tells_of_unknown_codes_and_of_what_is_no_state():
    read = baci.read(ORIGINALS / "BACI_HS12_Y2010_V202301.csv")
    unknown = [f for f in read[1] if f.severity is Severity.ERROR]
    assert [(f.row, f.column, f.value) for f in unknown] == [(11, "j", "999")]
    assert "Hong Kong" in told(read, "not-a-state")
    assert "Europe EFTA" in told(read, "not-a-state")


def test_a_value_of_baci_that_is_no_amount_is_left_out_of_the_sum(edited):
    read = baci.read(edited("BACI_HS12_Y2010_V202301.csv", "720241,100.000", "720241,-100.000"))
    assert said(read)["KAZ>USA", "exports", 2010] == 12_345
    assert "wrong-value" in codes(read)


def test_a_file_of_baci_under_another_name_has_no_release(tmp_path: Path):
    shutil.copy(ORIGINALS / "BACI_HS12_Y2010_V202301.csv", tmp_path / "trade.csv")
    read = baci.read(tmp_path / "trade.csv")
    assert {f.known for f in read[0].facts} == {None}
    assert "no-release" in codes(read, Severity.NOTE)


# Gravity and GeoDist


def test_gravity_tells_what_lasts_once_and_again_when_it_changes():
    facts = said(gravity.read(ORIGINALS / "Gravity_V202211.csv"))
    assert {y: v for (s, a, y), v in facts.items() if (s, a) == ("KAZ>SWE", "distance")} == {1991: 3945}
    language = {y: v for (s, a, y), v in facts.items() if (s, a) == ("KAZ>RUS", "common_language")}
    assert language == {1991: 0, 1992: 1}
    assert facts["KAZ>RUS", "contiguous", 1991] == 1
    assert facts["KAZ>RUS", "colonial_tie", 1991] == 1
    assert facts["DEU>KAZ", "distance", 1991] == 3945


def test_gravity_gives_output_and_population_in_full_units_with_their_release():
    read = gravity.read(ORIGINALS / "Gravity_V202211.csv")
    facts = said(read)
    assert facts["KAZ", "gdp", 1991] == pytest.approx(24_881_135_000)
    assert facts["KAZ", "population", 1992] == pytest.approx(16_439_100)
    assert ("KAZ", "population", 1990) not in facts, "the State did not exist"
    assert {f.attribute: f.known for f in read[0].facts}["gdp"] == 2022
    assert {f.attribute: f.known for f in read[0].facts}["distance"] is None
    assert codes(read) == []


def test_gravity_with_years_out_of_order_is_reported(edited):
    line = (ORIGINALS / "Gravity_V202211.csv").read_text(encoding="utf-8").splitlines()[2]
    read = gravity.read(edited("Gravity_V202211.csv", add=line + "\n"))
    assert "1992 of the same pair stands above" in " ".join(f.message for f in read[1])


def test_geodist_knows_the_codes_of_its_time():
    read = gravity.read_geodist(ORIGINALS / "dist_cepii.csv")
    facts = said(read)
    assert facts["KAZ>ROU", "distance", 2005] == 3899.9
    assert facts["COD>KAZ", "distance", 2005] == 8001
    assert facts["KAZ>SRB", "distance", 2005] == 4201
    assert facts["KAZ>PSE", "contiguous", 2005] == 0
    assert ("KAZ>PSE", "distance", 2005) not in facts
    assert facts["KAZ>KGZ", "common_coloniser", 2005] == 1
    assert codes(read) == []


def test_a_pair_of_geodist_that_stands_twice_is_reported(edited):
    read = gravity.read_geodist(edited("dist_cepii.csv", add="KAZ,KGZ,0,1,1,0,1,0,0,1,250,1.5,.,.\n"))
    assert codes(read) == ["repeated-row"]
    assert said(read)["KAZ>KGZ", "distance", 2005] == 890.5


# Migrants


NOTES = [["United Nations"], ["Population Division"], [], ["International Migrant Stock"]]
NEW_HEADER = [
    "Index",
    "Region, development group, country or area of destination",
    "Notes of destination",
    "Location code of destination",
    "Type of data of destination",
    "Region, development group, country or area of origin",
    "Location code of origin",
    *[2015, 2020, 2024] * 3,
]


def workbook(path: Path, rows: list[list[object]]) -> Path:
    book = Workbook()
    book.active.title = "Contents"
    sheet = book.create_sheet("Table 1")
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def desa_2024(path: Path, *more: list[object], at: tuple[int, int] | None = None, odd: object = None) -> Path:
    rows = [
        [1, "WORLD", None, 900, None, "WORLD", 900, 9, 9, 9, 4, 4, 4, 5, 5, 5],
        [2, "Germany", None, 276, "B R", "Kazakhstan", 398, 1000000, 1100000, "..", 1, 1, 1, 2, 2, 2],
        [3, "Germany", "1", 276, "B R", "Central Asia", 5500, 7, 7, 7, 1, 1, 1, 1, 1, 1],
        [4, "Sweden", None, 752, "B", "China, Hong Kong SAR*", 344, 7, 7, 7, 1, 1, 1, 1, 1, 1],
        [5, "Afghanistan", None, 4, "C", "Kazakhstan", 398, 0, "-", 12, 1, 1, 1, 1, 1, 1],
        *more,
    ]
    sheet: list[list[object]] = [*NOTES, *[[]] * 6, list(NEW_HEADER), *rows]
    if at:
        sheet[at[0]] = [*sheet[at[0]], *[None] * 20]
        sheet[at[0]][at[1]] = odd
    return workbook(path, sheet)


def test_migrants_of_the_newer_layout_are_those_of_both_sexes(tmp_path: Path):
    read = undesa.read(desa_2024(tmp_path / "undesa_pd_2024_ims_stock_by_sex_destination_and_origin.xlsx"))
    assert said(read) == {
        ("KAZ>DEU", "migrants", 2015): 1000000,
        ("KAZ>DEU", "migrants", 2020): 1100000,
        ("KAZ>AFG", "migrants", 2015): 0,
        ("KAZ>AFG", "migrants", 2024): 12,
    }
    assert {f.year: f.known for f in read[0].facts} == {2015: 2024, 2020: 2024, 2024: None}
    assert codes(read) == []


def test_a_pair_of_migrants_told_twice_is_reported_and_the_first_is_kept(tmp_path: Path):
    again = [6, "Germany", None, 276, "B", "Kazakhstan", 398, 5, None, None]
    read = undesa.read(desa_2024(tmp_path / "undesa_pd_2024_ims.xlsx", again))
    assert codes(read) == ["repeated-row"]
    assert said(read)["KAZ>DEU", "migrants", 2015] == 1000000


def test_migrants_of_the_older_layout_stand_under_a_header_of_two_rows(tmp_path: Path):
    upper = ["Year", "Sort order", "Major area, region, country or area of destination", "Notes", "Code"]
    upper += ["Type of data (a)", "Country or area of origin"]
    lower = [None] * 6 + [
        "Total",
        "Other North",
        "Other South",
        "Kazakhstan",
        "Guam*",
        "Bolivia (Plurinational State of)",
    ]
    rows = [
        [1990, 1, "WORLD", None, 900, None, 9, 9, 9, 9, 9, 9],
        [2010, 90, "Germany", None, 276, "B R", 99, 1, 1, 969000, "..", 12],
        [2010, 91, "Kazakhstan", None, 398, "B", 99, 1, 1, None, 1, ".."],
    ]
    path = workbook(
        tmp_path / "UN_MigrantStockByOriginAndDestination_2019.xlsx", [*NOTES, *[[]] * 10, upper, lower, *rows]
    )
    read = undesa.read(path)
    assert said(read) == {("KAZ>DEU", "migrants", 2010): 969000, ("BOL>DEU", "migrants", 2010): 12}
    assert {f.known for f in read[0].facts} == {2019}
    assert codes(read) == []


# Conflict, pacts, votes


def test_conflict_is_the_highest_intensity_over_each_state_of_the_list():
    read = ucdp.read(ORIGINALS / "ucdp-prio-acd-231.csv")
    assert said(read) == {
        ("AFG", "conflict_intensity", 2010): 2,
        ("IND", "conflict_intensity", 1999): 2,
        ("PAK", "conflict_intensity", 1999): 2,
        ("YEM", "conflict_intensity", 2010): 1,
        ("RUS", "conflict_intensity", 1990): 1,
    }
    assert {f.known for f in read[0].facts} == {2023}
    assert codes(read) == []


@pytest.mark.parametrize(("old", "new"), [("2010,2,1,3", "2010,3,1,3"), ('"750, 770"', '"750,"')])
def test_a_conflict_with_an_unknown_intensity_or_an_empty_place_in_its_list_is_reported(edited, old, new):
    assert codes(ucdp.read(edited("ucdp-prio-acd-231.csv", old, new))) == ["wrong-value"]


def test_a_pact_binds_a_pair_if_it_binds_either_side():
    read = atop.read(ORIGINALS / "atop5_1ddyr.csv")
    assert said(read) == {
        ("CAN>USA", "defence_pact", 1960): 1,
        ("DNK>GBR", "defence_pact", 1949): 1,
        ("KAZ>RUS", "defence_pact", 1995): 1,
        ("CHN>RUS", "defence_pact", 2005): 0,
    }
    assert codes(read) == []


def test_pacts_of_undirected_pairs_are_read_too(tmp_path: Path):
    path = tmp_path / "atop5_1dy.csv"
    path.write_text("dyad,year,atopally,defense,offense,neutral,nonagg,consul,mem1,mem2\n2020,1960,1,1,0,0,0,1,2,20\n")
    assert said(atop.read(path)) == {("CAN>USA", "defence_pact", 1960): 1}


def test_many_repeated_rows_are_told_by_their_number(edited):
    lines = (ORIGINALS / WIDE).read_text(encoding="utf-8").splitlines()[1]
    assert len(dots.read(edited(WIDE, add=f"{lines}\n" * 100))[1]) < 60


def test_a_row_of_pacts_that_stands_twice_is_reported(edited):
    read = atop.read(edited("atop5_1ddyr.csv", add="2020,1960,1,0,0,0,0,1,1,0,2,20,0,1,1,0,5.1\n"))
    assert codes(read) == ["repeated-row"]
    assert said(read)["CAN>USA", "defence_pact", 1960] == 1


def test_ideal_points_are_of_years_though_the_file_counts_sessions():
    read = ideal_points.read(ORIGINALS / "IdealpointestimatesAll_Jun2024.csv")
    assert said(read) == {
        ("USA", "ideal_point", 1946): 1.7221,
        ("KAZ", "ideal_point", 2010): -0.3112,
        ("RUS", "ideal_point", 1990): -0.7,
    }
    assert {f.known for f in read[0].facts} == {2024}
    assert codes(read) == []


def test_the_distance_of_two_ideal_points_is_told_once_for_a_pair():
    read = ideal_points.read(ORIGINALS / "AgreementScoresAll_Jun2024.csv")
    assert said(read) == {("KAZ>USA", "unga_distance", 2010): 2.81, ("KAZ>SWE", "unga_distance", 2010): 1.21}
    assert codes(read) == []


def test_of_two_germanies_in_one_year_the_first_counts_and_the_other_is_told(edited):
    more = '"5",260,30,1.5,1,1,1,1,1,1,"DEU","Germany"\n"6",265,30,-1.5,1,1,1,1,1,1,"DDR","East Germany"\n'
    read = ideal_points.read(edited("IdealpointestimatesAll_Jun2024.csv", add=more))
    assert said(read)["DEU", "ideal_point", 1975] == 1.5
    assert codes(read) == []
    assert "265, where 260 is DEU" in told(read, "not-a-state")


def test_half_a_session_is_no_session(edited):
    read = ideal_points.read(edited("IdealpointestimatesAll_Jun2024.csv", "705,65,", "705,65.5,"))
    assert codes(read) == ["wrong-value"]


def test_the_tables_of_2025_have_years_and_small_letters(tmp_path: Path):
    path = tmp_path / "IdealpointsJuly2025.tab"
    path.write_text("ccode\tyear\tidealpointall\tidealpointfp\n705\t2024\t-0.25\t-0.5\n")
    assert said(ideal_points.read(path)) == {("KAZ", "ideal_point", 2024): -0.25}


# Direction of trade


def test_the_wide_file_of_the_imf_gives_whole_years_of_values_in_dollars():
    read = dots.read(ORIGINALS / WIDE)
    assert said(read) == {
        ("KAZ>CHN", "exports", 2009): 5_888_000_000,
        ("KAZ>CHN", "exports", 2010): 10_122_000_000.5,
        ("KAZ>SWE", "imports", 2010): 240_000_000,
    }
    assert {f.known for f in read[0].facts} == {2022}
    assert codes(read) == []


def test_the_long_file_of_the_imf_names_its_series_in_brackets():
    read = dots.read(ORIGINALS / LONG)
    assert said(read) == {
        ("KAZ>SWE", "exports", 2010): 31_000_000,
        ("KAZ>SWE", "imports", 2010): 240_000_000,
        ("KAZ>SWE", "imports", 2011): 250_000_000,
    }
    assert codes(read) == []


def test_an_answer_of_the_imf_is_in_millions_where_it_says_so():
    read = dots.read(ORIGINALS / "dots-compact.json")
    assert said(read) == {("KAZ>SWE", "exports", 2010): 31_500_000, ("KAZ>SWE", "imports", 2010): 240_000_000}
    assert codes(read) == []


def test_an_answer_that_does_not_say_in_what_it_counts_is_reported(edited):
    read = dots.read(edited("dots-compact.json", '"@UNIT_MULT":"6",', ""))
    assert ("KAZ>SWE", "exports", 2010) not in said(read)
    assert set(codes(read)) == {"wrong-value"}


def test_the_new_answers_of_the_imf_are_in_dollars_and_know_kosovo():
    read = dots.read(ORIGINALS / "imts.csv")
    assert said(read) == {
        ("KAZ>SWE", "exports", 2024): 31_000_000,
        ("KAZ>SWE", "imports", 2024): 240_000_000,
        ("KAZ>XKX", "exports", 2024): 12_000,
    }
    assert codes(read) == []


# All


@pytest.mark.parametrize("name", READERS)
def test_every_fact_names_a_unit_and_the_source_that_comes_with_it(name: str):
    found, _ = READERS[name](ORIGINALS / name)
    assert found.facts
    assert {f.source for f in found.facts} == {s.id for s in found.sources}
    assert all(f.unit for f in found.facts)
    keys = [(f.subject, f.attribute, f.year) for f in found.facts]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("name", [name for name in READERS if name.endswith(".csv")])
def test_a_file_without_its_columns_is_refused_with_a_way_out(name: str, tmp_path: Path):
    (tmp_path / name).write_text("a,b,c\n1,2,3\n")
    with pytest.raises(InvalidError) as caught:
        READERS[name](tmp_path / name)
    assert caught.value.findings
    assert all(f.remedy for f in caught.value.findings)


UNORDERED = [name for name in READERS if name.endswith(".csv") and not name.startswith(("API", "Gravity"))]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.randoms(use_true_random=False))
@pytest.mark.parametrize("name", UNORDERED)
def test_the_order_of_rows_does_not_matter(name: str, tmp_path: Path, order: Random):
    header, *lines = (ORIGINALS / name).read_text(encoding="utf-8").splitlines()
    order.shuffle(lines)
    (tmp_path / name).write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    assert set(READERS[name](tmp_path / name)[0].facts) == set(READERS[name](ORIGINALS / name)[0].facts)


CELLS = st.sampled_from(
    ["", "NA", "..", "-9", "1e999", "1,5", "9" * 400, "=1+1", "\x00", "é", '"', ",", "\n", "2010", "KAZ"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.parametrize("name", READERS)
def test_no_damage_to_a_file_makes_a_reader_break(name: str, tmp_path: Path, data: st.DataObject):
    content = bytearray((ORIGINALS / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        width = data.draw(st.integers(0, 30))
        new = data.draw(st.one_of(st.binary(max_size=6), CELLS.map(str.encode)))
        content[at : at + width] = new
    (tmp_path / name).write_bytes(bytes(content))
    with suppress(LegationError):  # a refusal with findings is an answer; any other exception is not
        found, findings = READERS[name](tmp_path / name)
        assert all(f.message for f in findings)
        assert all(isfinite(f.value) for f in found.facts)


ODDITIES = st.one_of(
    st.none(), st.integers(), st.floats(), st.booleans(), st.dates(), CELLS.filter(lambda c: c != "\x00")
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(row=st.integers(0, 15), column=st.integers(0, 15), odd=ODDITIES)
def test_no_cell_of_a_workbook_makes_the_reader_of_migrants_break(tmp_path: Path, row: int, column: int, odd: object):
    path = desa_2024(tmp_path / "undesa_pd_2024_ims.xlsx", at=(row, column), odd=odd)
    with suppress(LegationError):
        found, findings = undesa.read(path)
        assert all(f.message for f in findings)
        assert all(isfinite(f.value) for f in found.facts)
