"""Tables of other libraries become facts and posts as strictly as files do, and our values become tables."""

import sys
from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest

import legation as lg
from legation import frames
from legation.errors import InvalidError

ROWS = [
    {"subject": "EMK", "attribute": "tourists", "year": 2028, "value": 12.5, "unit": "persons", "source": "fiction"},
    {"subject": "GRK", "attribute": "tourists", "year": 2028, "value": 7.0, "unit": "persons", "source": "fiction"},
]
COLUMNS = {name: [row[name] for row in ROWS] for name in ROWS[0]}


@pytest.fixture(scope="module")
def case() -> Any:
    return lg.read_case("ruritania")[0]


class Foreign:
    """A table of a library that nobody knows, which offers the interchange of Arrow."""

    def __init__(self, table: Any) -> None:
        self.table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)


# In


def test_dicts_and_columns_say_the_same(case: Any) -> None:
    made = lg.facts_from(ROWS, case)
    assert made == lg.facts_from(COLUMNS, case)
    assert made[0] == frames.Fact("EMK", "tourists", 2028, 12.5, "persons", "fiction")


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_frames_say_the_same(library: str, case: Any) -> None:
    pytest.importorskip(library, reason=f"{library} is not installed")
    frame = import_module(library).DataFrame(COLUMNS)
    assert lg.facts_from(frame, case) == lg.facts_from(ROWS, case)


def test_a_frame_of_an_unknown_library_is_read_by_one_we_know() -> None:
    polars = pytest.importorskip("polars", reason="polars is not installed")
    assert lg.facts_from(Foreign(polars.DataFrame(COLUMNS))) == lg.facts_from(ROWS)


def test_without_a_library_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "find_spec", lambda name: None)
    with pytest.raises(InvalidError, match="polars or pyarrow"):
        lg.facts_from(Foreign(None))
    with pytest.raises(InvalidError, match="pandas") as caught:
        lg.to_frame(())
    assert "legation[analysis]" in caught.value.hint


def test_an_index_with_a_name_and_missing_numbers_of_pandas_are_read() -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pandas.DataFrame(COLUMNS | {"known": [2029, None], "note": [None, pandas.NA]}).set_index("subject")
    made = lg.facts_from(frame)
    assert [(f.subject, f.known, f.note) for f in made] == [("EMK", 2029, ""), ("GRK", None, "")]


def test_every_fault_is_told_at_once(case: Any) -> None:
    table = COLUMNS | {"subject": ["EMQ", "GRK"], "year": ["soon", 2028], "value": [1, float("inf")]}
    with pytest.raises(InvalidError) as caught:
        lg.facts_from(table, case)
    assert {(f.row, f.column) for f in caught.value.findings} == {(2, "subject"), (2, "year"), (3, "value")}
    assert "did you mean" in caught.value.findings[0].message
    assert lg.facts_from(COLUMNS | {"subject": ["EMQ", "GRK"]})[0].subject == "EMQ"  # without a case, any name


def test_unknown_columns_are_told_with_what_was_meant() -> None:
    table = {("valeu" if name == "value" else name): column for name, column in COLUMNS.items()} | {"colour": [1, 2]}
    with pytest.raises(InvalidError) as caught:
        lg.facts_from(table)
    assert [f.column for f in caught.value.findings] == ["valeu", "colour"]
    assert "did you mean 'value'?" in caught.value.findings[0].message


def test_a_column_that_stands_twice_is_not_lost() -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pandas.DataFrame(COLUMNS)
    frame.columns = [*frame.columns[:-1], "unit"]
    with pytest.raises(InvalidError) as caught:
        lg.facts_from(frame)
    assert "repeated-column" in [f.code for f in caught.value.findings]


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (12, "A int is no table"),
        ("facts.csv", "A str is no table"),
        ({"subject": "EMK"}, "single value: subject"),
        ({"subject": ["EMK"], "year": []}, "differ in length: subject 1, year 0"),
    ],
)
def test_what_is_no_table_is_refused(table: object, told: str) -> None:
    with pytest.raises(InvalidError, match=told):
        lg.facts_from(table)


def test_facts_are_added_and_replaced(case: Any) -> None:
    old = case.facts[0]
    again = lg.columns([old]) | {"value": [81]}
    changed = lg.with_facts(case, again)
    assert len(changed.facts) == len(case.facts)
    assert changed.facts[0].value == 81
    assert lg.with_facts(case, ROWS).facts == (*case.facts, *lg.facts_from(ROWS))
    assert case.facts[0] is old


# Out, and round


def test_facts_and_posts_come_back_as_they_were(case: Any) -> None:
    real = lg.read_case("kazakhstan-2012")[0]
    assert lg.facts_from(lg.columns(real.facts), real) == real.facts
    assert lg.posts_from(lg.columns(real.posts)) == real.posts
    assert lg.posts_from(lg.columns(real.foreign_posts)) == real.foreign_posts
    assert len(real.posts) > 50


def test_posts_come_back_from_a_frame() -> None:
    pytest.importorskip("pandas", reason="pandas is not installed")
    real = lg.read_case("kazakhstan-2012")[0]
    assert lg.posts_from(lg.to_frame(real.posts)) == real.posts


def test_posts_need_a_sender_in_the_table_or_beside_it() -> None:
    table = {"id": ["a"], "form": ["embassy"], "state": ["BEL"], "opened": [date(1992, 3, 1)]}
    assert next(iter(lg.posts_from(table, "KAZ"))).sender == "KAZ"
    with pytest.raises(InvalidError, match="1 fault"):
        lg.posts_from(table)
    with pytest.raises(InvalidError, match="1 fault"):
        lg.posts_from(table | {"form": ["embasy"]}, "KAZ")


def test_a_plan_and_its_appraisal_become_columns(case: Any) -> None:
    drafted = lg.draft(case)
    plan = lg.plan(drafted.problem)
    measures = lg.columns(plan.measures)
    assert measures["after"] == [m.after.value for m in plan.measures]
    assert [type(cell) for cell in measures["after"]] == [str] * len(plan.measures)
    assert measures["establishing"] == [m.establishing for m in plan.measures]
    assert lg.columns(plan.money)["year"] == [2030, 2031]
    assert len(lg.columns(plan.services)["share"]) == len(plan.services) > 0
    scores = drafted.appraisal.scores
    shown = lg.columns(s for s in scores if s.kind == "bilateral")
    sums = [sum(shown[c.id][n] or 0 for c in case.criteria if c.id in shown) for n in range(len(shown["points"]))]
    assert sums == pytest.approx(shown["points"])
    assert lg.columns(scores[0].parts)["fact_source"]
    assert lg.columns(case.places)["forms"][0] == "|".join(f.value for f in case.places[0].forms)
    assert lg.columns(()) == {}


def test_a_frame_counts_with_floats(case: Any) -> None:
    pytest.importorskip("pandas", reason="pandas is not installed")
    money = lg.plan(lg.draft(case).problem).money
    assert isinstance(lg.columns(money)["running"][0], Decimal)
    assert lg.to_frame(money)["running"].dtype == float


def test_what_is_no_value_of_ours_is_refused() -> None:
    with pytest.raises(InvalidError, match="A str cannot be a row"):
        lg.columns(["a"])


def test_no_library_of_tables_is_loaded_before_it_is_asked_for() -> None:
    from subprocess import run

    told = "import legation as lg, sys; lg.columns(()); print('pandas' in sys.modules)"
    assert run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout == "False\n"
