"""Files of location problems: every layout is read as it is meant, and every fault is told with its line."""

import json
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from legation.cli.location import _interrupted
from legation.cli.main import door, main
from legation.counsel.cities import read_cities
from legation.counsel.locating import locate
from legation.errors import InvalidError
from legation.location.problems import Capacitated, Cover, Facilities, Median
from legation.posing.layouts import Layout, detect, read
from legation.posing.questions import Costs, Kind, Network, Points, Question, Rounding, pose
from legation.programme.solver import Status

NETWORK = " 4 4 2 \n 1 2 3 \n 2 3 4\n 3 4 5 4 1 6\n"
DEMANDS = "3 3 0 0\n1 2 5 10.5\n2 3 5 20\n1 3 20 30\n"
MORE_EDGES = "3\t4\t1\tx\n1 2 5 10.5\n2 3 5 20\n1 3 20 30\n1 3 7\n"
POINTS = "3 9999 p S\n0 0 5\n3 4 6\n6 8 7\n"
OTHER_POINTS = "3\t3\t0\n0 0 5\n3 4 6\n6 8 7\n"
SITES = "2 3\nF 0 0.5 0 1\nF 1 9 9 1\nC 0 0 0 5\nC 1 1 0 6\nC 2 9 9 7\n"
TSP = "NAME : x\nTYPE : TSP\nDIMENSION : 3\nEDGE_WEIGHT_TYPE : EUC_2D\nNODE_COORD_SECTION\n1 0 0\n2 1 1\n3 2 2\nEOF\n"
GLOBE = (
    "NAME : x\nTYPE : MCLP\nEDGE_WEIGHT_TYPE : COORD\nDIMENSION : 2\nNODE_COORD_SECTION\t\n0.0 000.0\n0 -001.0\n"
    "DEMAND_SECTION\n4\n5\nEOF\n"
)
WAREHOUSES = " 2 3 \n capacity 7.\n 20 8. \n 5 \n 1.5 2.5 \n 6\n 3\n 4\n 7 \n 5 6 \n"
MATRIX = "2 3\n10 7\n20 8\n5 6 7\n1.5 3 5\n2.5 4 6\n23.5\n"
HOLMBERG = "2 3\n10 7\n20 8\n5 6\n7\n1.5 3\n5 2.5\n4 6\n"
SIMPLE = "FILE: x\n2 3 0\n1 7 1.5 3 5\n2 8 2.5 4 6\n"
COSTS = [[1.5, 2.5], [3, 4], [5, 6]]


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        (NETWORK, Layout.NETWORK),
        (DEMANDS, Layout.DEMAND_NETWORK),
        (MORE_EDGES, Layout.DEMAND_NETWORK),
        (POINTS, Layout.POINTS),
        (OTHER_POINTS, Layout.POINTS),
        (SITES, Layout.SITES_AND_CUSTOMERS),
        (TSP, Layout.TSPLIB),
        (GLOBE, Layout.TSPLIB),
        (WAREHOUSES, Layout.WAREHOUSES),
        (MATRIX, Layout.MATRIX),
        (HOLMBERG, Layout.MATRIX),
        (SIMPLE, Layout.SIMPLE),
        (SIMPLE.partition("\n")[2], Layout.SIMPLE),
    ],
)
def test_layouts_are_told_apart(text: str, layout: Layout) -> None:
    assert detect(text) is layout
    assert detect(text.replace("\n", "\r\n")) is layout
    assert read(text)[0] is layout


def data(text: str) -> Any:
    return read(text)[1]


def test_a_network_is_read_over_wrapped_lines() -> None:
    kind, problem = pose(data(NETWORK), Question())
    assert kind is Kind.MEDIAN
    assert isinstance(problem, Median)
    assert problem.p == 2
    assert problem.cost.tolist() == [[0, 3, 7, 6], [3, 0, 4, 9], [7, 4, 0, 5], [6, 9, 5, 0]]


def test_of_edges_between_the_same_nodes_the_last_counts() -> None:
    _, problem = pose(data("2 2 1\n1 2 3\n2 1 8\n"), Question())
    assert isinstance(problem, Median)
    assert problem.cost[0, 1] == 8


def test_lines_of_a_demand_network_give_demands_and_edges() -> None:
    network = data(MORE_EDGES)
    assert isinstance(network, Network)
    assert network.weight.tolist() == [10.5, 20, 30]
    _, cover = pose(network, Question(radius=7, p=1))
    assert isinstance(cover, Cover)
    assert cover.first.tolist() == [0, 3, 6, 9]
    _, tight = pose(data(DEMANDS), Question(radius=7, p=1))
    assert isinstance(tight, Cover)
    assert tight.first.tolist() == [0, 2, 5, 7]


def test_points_are_weighed_and_measured() -> None:
    _, problem = pose(data(POINTS), Question(p=1))
    assert isinstance(problem, Median)
    assert problem.cost.tolist() == [[0, 25, 50], [30, 0, 30], [70, 35, 0]]
    kind, cover = pose(data(OTHER_POINTS), Question(p=1, radius=5))
    assert kind is Kind.COVER
    assert isinstance(cover, Cover)
    assert cover.site.tolist() == [0, 1, 0, 1, 2, 1, 2]


def test_sites_may_stand_elsewhere_than_customers() -> None:
    points = data(SITES)
    assert isinstance(points, Points)
    assert points.shape == (3, 2)
    assert points.weight.tolist() == [5, 6, 7]
    assert points.names == ("0", "1")


def test_distances_are_rounded_as_asked_and_a_globe_is_round() -> None:
    for rounding, second in ((Rounding.NONE, 2**0.5), (Rounding.DOWN, 1), (Rounding.NEAREST, 1)):
        _, problem = pose(data(TSP), Question(p=1, rounding=rounding))
        assert isinstance(problem, Median)
        assert problem.cost[0, 1] == pytest.approx(second)
    _, globe = pose(data(GLOBE), Question(p=1))
    assert isinstance(globe, Median)
    assert globe.cost[1, 0] == pytest.approx(5 * 6_378_100 * np.pi / 180)


@pytest.mark.parametrize("text", [WAREHOUSES, MATRIX, HOLMBERG, SIMPLE])
def test_costs_are_read_by_customer(text: str) -> None:
    costs = data(text)
    assert isinstance(costs, Costs)
    assert costs.cost.tolist() == COSTS
    assert costs.opening.tolist() == [7, 8]


def test_what_is_asked_of_costs_follows_the_file_unless_said() -> None:
    asked = [
        (WAREHOUSES, Question(), Kind.UNCAPACITATED, Facilities),
        (WAREHOUSES, Question(capacity=9), Kind.CAPACITATED, Capacitated),
        (MATRIX, Question(), Kind.SINGLE_SOURCE, Capacitated),
        (MATRIX, Question(Kind.UNCAPACITATED), Kind.UNCAPACITATED, Facilities),
        (MATRIX, Question(Kind.MEDIAN, p=1), Kind.MEDIAN, Median),
    ]
    for text, question, kind, cls in asked:
        found, problem = pose(data(text), question)
        assert found is kind
        assert type(problem) is cls


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "less than two lines"),
        ("1 2 3 4 5\n1 2\n", 1, "no layout"),
        ("4 4 2\n1 2 3\n2 3 4\n", 3, "12 numbers are needed, 6 are there"),
        ("4 2 2\n1 2 3\n2 x 4\n", 3, "'x' is no number"),
        ("4 2 2\n1 2 nan\n2 3 4\n", 2, "not finite"),
        ("4 2 2\n1 2 3\n2 5 4\n", 3, "does not join"),
        ("4 2 2\n1 2 3\n2 3 -4\n", 3, "does not join"),
        ("2.5 1 1\n1 2 3\n", 1, "whole numbers"),
        (SITES.replace("C 2 9 9 7", "C 2 9 9"), 6, "4 numbers are needed"),
        (SITES.replace("F", "C"), 1, "no sites"),
        (TSP.replace("DIMENSION", "SIZE"), 1, "DIMENSION"),
        (TSP.replace("2 1 1", "2 1 y"), 7, "'y' is no number"),
        (WAREHOUSES.replace("7 \n 5 6", "7 \n 5"), 10, "numbers are needed"),
        (MATRIX.replace("2.5 4 6\n23.5", ""), 5, "numbers are needed"),
    ],
)
def test_a_fault_is_told_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(InvalidError) as caught:
        read(text)
    (finding,) = caught.value.findings
    assert said in finding.message
    assert finding.row == line
    assert finding.remedy


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (POINTS, Question()),
        (POINTS, Question(p=4)),
        (POINTS, Question(Kind.COVER, p=1)),
        (POINTS, Question(Kind.CAPACITATED, p=1)),
        (MATRIX, Question(Kind.COVER, p=1, radius=1)),
        (MATRIX, Question(Kind.MEDIAN)),
        (SIMPLE, Question(Kind.CAPACITATED)),
        ("4 2 2\n1 2 3\n3 4 4\n", Question()),
        (POINTS.replace("4 6", "4 -6"), Question(p=1)),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_way_out(text: str, question: Question) -> None:
    with pytest.raises(InvalidError) as caught:
        pose(data(text), question)
    assert caught.value.hint


CITIES = "id,lat,lon,demand,site\nA,50,8,10,true\nB,50,9,20,no\n\nC,0,0,5,\n"


def test_cities_are_read_with_who_may_be_a_site() -> None:
    points = read_cities("\ufeff" + CITIES, "cities.csv")
    assert points.customers == ("A", "B", "C")
    assert points.names == ("A", "C")
    assert read_cities(CITIES.replace(",", ";"), "cities.csv").weight.tolist() == [10, 20, 5]


def test_every_fault_of_cities_is_told_at_once() -> None:
    text = "id,lat,lon,demand,site\nA,95,8,10,true\nA,50,x,-1,perhaps\n,1,1,inf,\n"
    with pytest.raises(InvalidError) as caught:
        read_cities(text, "cities.csv")
    told = {(f.row, f.column) for f in caught.value.findings}
    assert told == {(2, "lat"), (3, "lon"), (3, "demand"), (3, "site"), (4, "id"), (4, "demand"), (None, "id")}
    with pytest.raises(InvalidError, match="no column demand"):
        read_cities("id,lat,lon\nA,1,1\n", "cities.csv")
    with pytest.raises(InvalidError, match="may be a site"):
        read_cities("id,lat,lon,demand,site\nA,1,1,1,no\n", "cities.csv")


def test_the_verb_tells_names_and_writes_the_siting(tmp_path: Path) -> None:
    file, out = tmp_path / "cities.csv", tmp_path / "out" / "siting.json"
    file.write_text(CITIES, encoding="utf-8")
    result = CliRunner().invoke(door(), ["locate", str(file), "--p", "1", "-o", str(out)])
    assert result.exit_code == 0, result.output
    assert "proven best" in result.output
    siting = json.loads(out.read_text(encoding="utf-8"))
    assert [place["site"] for place in siting["opened"]] == ["A"]
    assert [name for name, _, _ in siting["served"]] == ["A", "B", "C"]
    result = CliRunner().invoke(
        door(), ["locate", str(file), "--p", "1", "--radius", "100", "--kind", "MCLP", "--json"]
    )
    assert json.loads(result.stdout)["objective"] == 30


def test_an_interrupt_ends_the_search_with_what_it_has_and_a_second_one_at_once(tmp_path: Path) -> None:
    with _interrupted() as heard:
        signal.raise_signal(signal.SIGINT)
        assert heard == [signal.SIGINT]
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    chance = np.random.default_rng(1)
    file = tmp_path / "cities.csv"
    rows = (f"{n},{lat:.3f},{lon:.3f},{n % 7 + 1}" for n, (lat, lon) in enumerate(chance.uniform(-60, 60, (80, 2))))
    file.write_text("\n".join(["id,lat,lon,demand", *rows]), encoding="utf-8")
    found = locate(file, Question(p=12), stopped=lambda: True)
    assert found.status is Status.FEASIBLE
    assert 0 <= found.bound < found.objective
    assert len(found.opened) == 12


def test_the_verb_refuses_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "tight.txt"
    file.write_text(MATRIX.replace("20 8", "1 8"), encoding="utf-8")
    for arguments, code in (
        (["locate", str(file)], 3),
        (["locate", str(tmp_path / "none.txt")], 2),
        (["locate", str(file), "--kind", "best"], 2),
        (["locate", str(file), "--kind", "median"], 1),
    ):
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        assert caught.value.code == code, capsys.readouterr()
