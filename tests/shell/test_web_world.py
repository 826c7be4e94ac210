"""The world over HTTP: where States like one would be, what its record lacks, the atlas; and plans that are sent."""

import json
from typing import Any

import pytest
from visitors import Door, problem

from legation import codec
from legation.desk import affinity, documents
from legation.desk.cases import open_case
from legation.planning.outcome import Plan
from legation.planning.problem import Problem
from legation.programme.plans import plan
from legation.review.people import Role
from legation.sources import read_world


def said(answer: Any, status: int = 200) -> Any:
    """Return what was answered; fail with the problem."""
    assert answer.status_code == status, answer.text
    return answer.json()


def test_where_a_state_would_be_is_told_with_the_cards_of_the_models(door: Door) -> None:
    """As the verb tells it, by code or name; of one other State with every reason."""
    rita = door.signed_in("rita", Role.READER)
    found = said(rita.get("/states/kazakhstan/affinity"))
    told, _names, _models = affinity.stand("KAZ")
    assert found["chances"] == json.loads(codec.dump(told))["chances"]
    assert [card["window"] for card in found["cards"]] == [told.window, 0]
    (one,) = said(rita.get("/states/KAZ/affinity?of=Brazil"))["chances"]
    assert (one["state"], len(one["reasons"])) == ("BRA", 3)
    assert said(rita.get("/states/KAZ/affinity?year=2010"))["year"] == 2010
    assert problem(rita.get("/states/Atlantis/affinity")) == (404, "not-found")
    assert problem(rita.get("/states/KAZ/affinity?of=Atlantis")) == (404, "not-found")
    assert problem(rita.get("/states/KAZ/affinity?year=x")) == (422, "invalid")


def test_what_the_record_of_a_state_holds_and_lacks(door: Door) -> None:
    """In numbers and in words; corrections of others, and files of the server, have no part in it."""
    rita = door.signed_in("rita", Role.READER)
    gaps = said(rita.get("/states/SWE/gaps"))
    assert gaps["record"]["sender"] == "SWE"
    assert set(gaps["record"]["likely"]).isdisjoint(gaps["record"]["possible"])
    assert gaps["told"][0].startswith(f"{gaps['record']['embassies']} embassies of Sweden")
    network = said(rita.get("/states/SWE/network?on=2020-01-01"))
    assert network["sender"] == "SWE"
    assert {s["state"] for s in said(rita.get("/states/SWE/reciprocity"))} >= {"NOR", "FIN"}
    assert problem(rita.get("/states/..%2F..%2Fruritania/gaps"))[0] in (404, 422)
    assert problem(rita.get("/states/ruritania/network")) == (404, "not-found")


def test_the_atlas_is_taken_as_pages_and_as_figures(door: Door) -> None:
    """The world, and the sheet of one State, which fetch nothing and run no script."""
    rita = door.signed_in("rita", Role.READER)
    made = documents.atlas_of(read_world()[0])
    page = rita.get("/states/Sweden/atlas")
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-disposition"] == 'attachment; filename="SWE.html"'
    assert page.text == documents.atlas_page(made, documents.atlas_sheet(made, "SWE"))
    assert "<script" not in page.text
    assert said(rita.get("/states/SWE/atlas?format=json"))["sheet"]["state"]["code"] == "SWE"
    world = said(rita.get("/atlas?format=json"))
    assert len(world["states"]) == len(made.sheets)
    assert rita.get("/atlas").text.count("<h2") > len(made.sheets)
    assert problem(rita.get("/states/Atlantis/atlas")) == (404, "not-found")


def test_the_weights_of_a_case_are_held_against_practice(door: Door) -> None:
    """Of a sender that there is; the example's has never been."""
    door.with_case()
    anna = door.signed_in("anna", Role.PLANNER)
    said(anna.post("/library/cases/kazakhstan-2012?reason=To learn"), 201)
    found = said(anna.get("/cases/kazakhstan-2012/weights"))
    weights, explained = affinity.weights_of("kazakhstan-2012")
    assert found == {"weights": json.loads(codec.dump({"w": weights}))["w"], "explained": explained}
    assert problem(anna.get("/cases/ruritania/weights")) == (404, "not-found")


def test_a_plan_of_anybody_is_checked_against_the_record(door: Door) -> None:
    """Right, wrong, or of another problem; and what the law says of it."""
    door.with_case()
    anna = door.signed_in("anna", Role.PLANNER)
    stated = codec.parse(Problem, said(anna.get("/cases/ruritania/problem")))
    assert stated == open_case("ruritania").draft.problem
    right = plan(stated, digest=codec.digest(stated))
    assert said(anna.post("/cases/ruritania/check", value=right)) == []
    wrong = json.loads(codec.dump(right)) | {"measures": []}
    assert said(anna.post("/cases/ruritania/check", value=codec.parse(Plan, wrong)))
    other = json.loads(codec.dump(right)) | {"problem": "0" * 64}
    assert problem(anna.post("/cases/ruritania/check", value=codec.parse(Plan, other))) == (409, "out-of-date")
    opinions = said(anna.post("/cases/ruritania/check/law", value=right))
    assert len(opinions) == len(stated.brief.years)
    assert problem(anna.post("/cases/ruritania/check/law", value=codec.parse(Plan, other))) == (409, "out-of-date")
    served = said(anna.post("/cases/ruritania/check/consular", value=right))
    assert served["after"]["year"] == stated.brief.years[-1]
    assert served["before"] == said(anna.get("/cases/ruritania/consular"))["before"]
    first = said(anna.post(f"/cases/ruritania/check/consular?year={stated.brief.years[0]}", value=right))
    assert first["after"]["year"] == stated.brief.years[0]
    assert problem(anna.post("/cases/ruritania/check/consular", value=codec.parse(Plan, other))) == (409, "out-of-date")
    assert problem(anna.post("/cases/ruritania/check/consular?year=1900", value=right))[0] == 404
    assert len(said(anna.get("/library/lead-times"))) > 5
    id_ = said(anna.post("/cases/ruritania/dossiers", json={"title": "New"}), 201)["dossier"]["id"]
    assert said(anna.get(f"/dossiers/{id_}/law")) == opinions
    assert problem(door.signed_in("rita", Role.READER).get(f"/dossiers/{id_}/law")) == (403, "forbidden")


@pytest.mark.parametrize("factor", ["1E+999999999", "1E-999999999", "1E+18"])
def test_numbers_that_cannot_be_counted_with_are_refused(door: Door, factor: str) -> None:
    """Before anything is put on record, or sums with a billion digits are begun."""
    door.with_case()
    changes = [{"change": "scale-ceilings", "factor": factor}, {"change": "scale-ceilings", "factor": factor}]
    answer = door.signed_in("anna", Role.PLANNER).put(
        "/cases/ruritania/scenarios/vast",
        json={"name": "vast", "case": "ruritania", "changes": changes},
        headers={"If-None-Match": "*"},
    )
    assert problem(answer) == (422, "invalid")
    assert "too large" in answer.json()["detail"]


def test_a_case_is_made_for_a_state(door: Door) -> None:
    """Of what the product knows, once under a name; it can be planned at once."""
    anna, rita = door.signed_in("anna", Role.PLANNER), door.signed_in("rita", Role.READER)
    new = {"name": "estonia", "first": 2027, "last": 2028, "as_of": "2026-06-01"}
    assert said(anna.post("/states/Estonia/cases?reason=First", json=new), 201)["reason"] == "First"
    case = said(rita.get("/cases/estonia"))
    assert (case["sender"], case["as_of"], case["brief"]["years"]) == ("EST", "2026-06-01", [2027, 2028])
    assert said(anna.get("/cases/estonia/problem"))["sites"]
    assert problem(anna.post("/states/Estonia/cases?reason=Again", json=new)) == (412, "precondition-failed")
    for wrong in ({"name": "a/b"}, {"name": "b", "first": 2030, "last": 2029}, {"name": "c", "first": 1800}):
        assert problem(anna.post("/states/Estonia/cases?reason=x", json=wrong)) == (422, "invalid")
    assert problem(anna.post("/states/Atlantis/cases?reason=x", json={"name": "d"})) == (404, "not-found")
    assert problem(rita.post("/states/Estonia/cases?reason=x", json=new)) == (403, "forbidden")
