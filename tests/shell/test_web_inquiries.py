"""Questions about the best plan over HTTP: asked as jobs, refused where they make no sense, and answered."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from visitors import Door, Visitor, problem

from legation import codec
from legation.chancery import working
from legation.review.people import Role
from legation.store.jobs import Jobs
from legation.web.describing import described


def answered(door: Door, visitor: Visitor, path: str, **order: Any) -> Any:
    """Ask, do the job as a worker does but in this process, and return what came of it."""
    asked = visitor.post(path if path.startswith("/") else f"/cases/ruritania/{path}", json=order)
    assert asked.status_code == 202, asked.text
    queue = Jobs(door.room.store.engine)
    job = queue.take("worker", datetime.now(UTC))
    assert job
    assert asked.headers["location"] == f"/api/v1/jobs/{job.id}"
    chore = working.Chore(door.room.store.url.render_as_string(hide_password=False), job.kind, job.scope, job.arguments)
    told: list[float] = []
    queue.finish(job, working.perform(chore, lambda share, _said: told.append(share)), datetime.now(UTC))
    assert told
    assert all(0 <= share <= 1 for share in told)
    told_then = visitor.get(f"/jobs/{job.id}").json()
    whole = {"$ref": "#/components/schemas/Job", "components": described(door.app)["components"]}
    Draft202012Validator(whole).validate(told_then)
    for listed in visitor.get("/jobs").json():
        Draft202012Validator(whole).validate(listed)
    return told_then["result"]


def test_why_and_why_not_are_answered(door: Door) -> None:
    """Of what the plan has and has not; with weights where they are asked for."""
    door.with_case()
    anna = door.signed_in("anna", Role.PLANNER)
    why = answered(door, anna, "why", site="WHV", weights=True)["why"]
    assert why["site"] == "WHV"
    assert why["measures"]
    assert why["weights"]
    why_not = answered(door, anna, "why-not", site="SDA", form="embassy")["why-not"]
    assert (why_not["site"], why_not["form"]) == ("SDA", "embassy")
    assert why_not["weights"] == []


def test_the_frontier_is_found_in_the_span_that_was_asked(door: Door) -> None:
    """From less to more worth."""
    door.with_case()
    found = answered(door, door.signed_in("anna", Role.PLANNER), "frontier", low=-0.1, high=0.1)["frontier"]
    worth = [float(point["worth"]) for point in found["points"]]
    assert (float(found["low"]), float(found["high"])) == (-0.1, 0.1)
    assert worth == sorted(worth)
    assert len(worth) > 1


def test_alternatives_and_weights_are_found(door: Door) -> None:
    """As many as asked for; a range for each criterion holds its share."""
    door.with_case()
    anna = door.signed_in("anna", Role.PLANNER)
    others = answered(door, anna, "alternatives", count=2, within=0.5)["alternatives"]
    assert [float(other["lost"]) >= 0 for other in others] == [True, True]
    ranges = answered(door, anna, "weight-ranges")["weight-ranges"]
    assert ranges
    assert all(float(r["low"]) <= float(r["share"]) <= float(r["high"]) for r in ranges)


def test_two_cases_are_laid_beside_each_other(door: Door) -> None:
    """By the names they have on record; one that is not there is refused at once."""
    door.with_case()
    door.with_case("twin")
    anna = door.signed_in("anna", Role.PLANNER)
    found = answered(door, anna, "beside", other="twin")["beside"]
    assert (found["first"], found["second"]) == ("ruritania", "twin")
    assert found["pairing"]["only"] == found["pairing"]["other_only"] == []
    assert problem(anna.post("/cases/ruritania/beside", json={"other": "nowhere"})) == (404, "not-found")


@pytest.mark.parametrize(
    ("path", "order", "wanted"),
    [
        ("why", {}, (422, "invalid")),
        ("why", {"site": "Atlantis"}, (404, "not-found")),
        ("why-not", {"site": "SDA", "form": "castle"}, (422, "invalid")),
        ("frontier", {"low": 0.3, "high": 0.1}, (422, "invalid")),
        ("frontier", {"low": -2.0}, (422, "invalid")),
        ("frontier", {"high": 11.0}, (422, "invalid")),
        ("alternatives", {"count": 101}, (422, "invalid")),
        ("alternatives", {"within": 1.5}, (422, "invalid")),
        ("alternatives", {"differ": 0}, (422, "invalid")),
        ("weight-ranges", {"scenarios": ["baseline", "other"]}, (409, "refused")),
        ("weight-ranges", {"strange": 1}, (422, "invalid")),
        ("stress", {}, (422, "invalid")),
        ("stress", {"worth": -0.1}, (422, "invalid")),
        ("stress", {"costs_low": 0.1}, (422, "invalid")),
        ("stress", {"slippage": 1.1}, (422, "invalid")),
        ("stress", {"worth": 0.2, "count": 100_001}, (422, "invalid")),
        ("why", {"site": "WHV", "job": "nowhere"}, (404, "not-found")),
    ],
)
def test_what_makes_no_sense_is_refused_before_it_waits(
    door: Door, path: str, order: dict[str, Any], wanted: tuple[int, str]
) -> None:
    """So that nobody waits for an answer that cannot come."""
    door.with_case()
    anna = door.signed_in("anna", Role.PLANNER)
    assert problem(anna.post(f"/cases/ruritania/{path}", json=order)) == wanted
    assert anna.get("/jobs").json() == []


def test_a_short_answer_is_of_the_plan_that_a_job_found(door: Door) -> None:
    """No plan is sought twice, and what it would take is left out; scenario and revision are those of the job."""
    door.with_case()
    anna, rita = door.signed_in("anna", Role.PLANNER), door.signed_in("rita", Role.READER)
    assert anna.put(
        "/cases/ruritania/scenarios/tighter",
        json={"name": "tighter", "case": "ruritania", "changes": [{"change": "scale-ceilings", "factor": "0.9"}]},
        headers={"If-None-Match": "*"},
    ).is_success
    plan, planned = answered(door, anna, "plans", scenarios=["tighter"])["plan"], door.room.store.head.number
    door.with_case("later")
    job = anna.get("/jobs").json()[0]["id"]
    site = plan["measures"][0]["site"]
    why = answered(door, anna, "why", site=site, job=job, takes=False)["why"]
    assert why["measures"] == [m for m in plan["measures"] if m["site"] == site]
    assert why["worth"] is None
    told = anna.get("/jobs").json()[0]["arguments"]
    assert (told["scenarios"], told["revision"]) == (["tighter"], planned)
    asked = {"site": site, "job": anna.get("/jobs").json()[0]["id"]}
    assert problem(anna.post("/cases/ruritania/why", json=asked)) == (409, "refused")  # it found no plan
    assert problem(rita.post("/cases/ruritania/why", json={"site": site, "job": job})) == (403, "forbidden")
    others = door.signed_in("olga", Role.PLANNER)
    short = answered(door, others, "why-not", site="SDA", job=job, takes=False)["why-not"]
    assert (short["money"], short["cost"]) == (None, None)


def test_the_plan_is_put_under_stress(door: Door) -> None:
    """As the verb does it: the same seed, the same futures."""
    from legation.counsel import orders
    from legation.desk.cases import open_case

    door.with_case()
    said = {"count": 40, "seed": 3, "weights": "dirichlet", "worth": 0.2, "costs_low": -0.1, "costs_high": 0.3}
    found = answered(door, door.signed_in("anna", Role.PLANNER), "stress", **said)["stress"]
    assert (found["futures"], found["seed"]) == (40, 3)
    assert [line.partition(":")[0] for line in found["drawn"]] == ["weights", "costs", "worth"]
    order = codec.parse(orders.StressOrder, said)
    again = orders.answer(order, open_case("ruritania"), lambda _share, _said: None)["stress"]
    assert codec.dump(again) == codec.dump(codec.parse(type(again), found))


def test_sites_are_found_in_a_table_that_is_sent(door: Door) -> None:
    """Of no case; with every fault of the table at once, and the table itself not told again in lists."""
    anna = door.signed_in("anna", Role.PLANNER)
    cities = "id,lat,lon,demand\nA,50,8,10\nB,50,9,1\nC,50,20,9\n"
    found = answered(door, anna, "/locate", text=cities, p=2)["siting"]
    assert {place["site"] for place in found["opened"]} == {"A", "C"}
    assert found["status"] == "optimal"
    (job,) = anna.get("/jobs").json()
    assert (job["scope"], "text" in job["arguments"]) == ("", False)
    assert cities.splitlines()[1] not in anna.get(f"/jobs/{job['id']}/events").text
    wrong = anna.post("/locate", json={"text": "id,lat,lon,demand\nA,99,8,x\n", "p": 1})
    assert problem(wrong) == (422, "invalid")
    assert {(f["row"], f["column"]) for f in wrong.json()["findings"]} == {(2, "lat"), (2, "demand")}
    assert problem(anna.post("/locate", json={"text": cities, "p": 0})) == (422, "invalid")
    assert problem(anna.post("/locate", json={"text": "", "p": 1})) == (422, "invalid")
    assert problem(door.signed_in("rita", Role.READER).post("/locate", json={"text": cities})) == (403, "forbidden")


def test_a_question_is_kept_as_it_was_asked(door: Door) -> None:
    """With the revision that it is asked of, whatever is recorded later."""
    door.with_case()
    anna = door.signed_in("anna", Role.PLANNER)
    now = door.room.store.head.number
    job = anna.post("/cases/ruritania/why", json={"site": "SDA"}).json()
    assert (job["kind"], job["arguments"]["site"], job["arguments"]["revision"]) == ("why", "SDA", now)
    assert codec.parse(working.KINDS["why"].order, job["arguments"]).site == "SDA"
    assert json.dumps(job["result"]) == "null"
