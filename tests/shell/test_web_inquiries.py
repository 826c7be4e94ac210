"""Questions about the best plan over HTTP: asked as jobs, refused where they make no sense, and answered."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from visitors import Door, Visitor, problem

from legation import codec
from legation.chancery import working
from legation.review.people import Role
from legation.store.jobs import Jobs


def answered(door: Door, visitor: Visitor, path: str, **order: Any) -> Any:
    """Ask, do the job as a worker does but in this process, and return what came of it."""
    asked = visitor.post(f"/cases/ruritania/{path}", json=order)
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
    return visitor.get(f"/jobs/{job.id}").json()["result"]


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


def test_a_question_is_kept_as_it_was_asked(door: Door) -> None:
    """With the revision that it is asked of, whatever is recorded later."""
    door.with_case()
    job = door.signed_in("anna", Role.PLANNER).post("/cases/ruritania/why", json={"site": "SDA"}).json()
    assert (job["kind"], job["arguments"]["site"], job["arguments"]["revision"]) == ("why", "SDA", 1)
    assert codec.parse(working.KINDS["why"].order, job["arguments"]).site == "SDA"
    assert json.dumps(job["result"]) == "null"
