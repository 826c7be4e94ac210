"""Planning and review over HTTP: scenarios, jobs and their progress, and the whole road of a dossier."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
from visitors import Door, Visitor, problem

from legation import codec
from legation.cases.scenarios import ScaleCeilings, Scenario
from legation.chancery import working
from legation.planning.outcome import Plan
from legation.review.access import Permission
from legation.review.people import Role
from legation.review.stages import PROCEDURE
from legation.store.jobs import Jobs

TIGHTER = Scenario("tighter", "ruritania", (ScaleCeilings(Decimal("0.9")),), reason="If the budget is cut")

STALE = (412, "precondition-failed")


def done(door: Door, id_: str) -> None:
    """Do a job as a worker does, but in this process."""
    queue = Jobs(door.room.store.engine)
    job = queue.take("worker", datetime.now(UTC))
    assert job
    assert job.id == id_
    order = codec.parse(working.KINDS[job.kind].order, job.arguments)
    made = working.KINDS[job.kind].do(door.room.store, job.scope, order, lambda _done, _said: None)
    queue.finish(job, json.loads(codec.dump(dict(made))), datetime.now(UTC))


def said(answer: httpx.Response, status: int = 200) -> Any:
    """Return what was answered; fail with the problem."""
    assert answer.status_code == status, answer.text
    return answer.json()


# Scenarios


def test_a_scenario_is_written_changed_and_dropped(door: Door) -> None:
    """By its author alone, on what they read; the case stands as it was."""
    tag = door.with_case()
    anna = door.signed_in("anna", Role.PLANNER)
    path = "/cases/ruritania/scenarios/tighter"
    first = anna.put(path, value=TIGHTER, headers={"If-None-Match": "*"})
    begun = said(first, 201)["number"]
    assert first.headers["etag"] == f'"{begun}"'
    read = anna.get(path)
    assert codec.load("scenario", read.text) == replace(TIGHTER, author="anna")
    other = replace(TIGHTER, reason="Another")
    assert problem(anna.put(path, value=other, headers={"If-Match": '"1"'})) == (412, "precondition-failed")
    assert problem(anna.put(path, value=other)) == (428, "precondition-needed")
    assert said(anna.put(path, value=other, headers={"If-Match": read.headers["etag"]}))["number"] == begun + 1
    boris = door.signed_in("boris", Role.PLANNER)
    now = {"If-Match": f'"{begun + 1}"'}
    assert problem(boris.put(path, value=TIGHTER, headers=now)) == (409, "refused")
    assert [s["name"] for s in said(anna.get("/cases/ruritania/scenarios"))] == ["tighter"]
    assert said(anna.delete(path, headers=now))["reason"]
    assert problem(anna.get(path)) == (404, "not-found")
    assert said(anna.get(f"{path}?at={begun}"))["reason"] == TIGHTER.reason
    renamed = anna.put("/cases/ruritania/scenarios/other", value=TIGHTER, headers={"If-None-Match": "*"})
    assert problem(renamed) == (422, "invalid")
    assert tag == anna.get("/cases/ruritania?at=" + tag.strip('"')).headers["etag"]
    assert problem(door.signed_in("rita", Role.READER).get("/cases/ruritania/scenarios")) == (403, "forbidden")


# Jobs


def test_a_plan_is_asked_for_and_told(door: Door) -> None:
    """The answer names the job; a worker does it; the events tell how it went on until it ended."""
    door.with_case()
    anna = door.signed_in("anna", Role.PLANNER)
    asked = anna.post("/cases/ruritania/plans", json={"seconds": 20.0})
    job = said(asked, 202)
    assert asked.headers["location"] == f"/api/v1/jobs/{job['id']}"
    assert job["state"] == "waiting"
    done(door, job["id"])
    told = said(anna.get(f"/jobs/{job['id']}"))
    assert told["state"] == "done"
    plan: Plan = codec.parse(Plan, told["result"]["plan"])
    assert plan.measures
    events = anna.get(f"/jobs/{job['id']}/events")
    assert events.headers["content-type"].startswith("text/event-stream")
    lines = events.text.splitlines()
    assert lines[0] == "event: job"
    last = json.loads(lines[1].removeprefix("data: "))
    assert (last["state"], last["result"]) == ("done", None)
    assert [j["result"] for j in said(anna.get("/jobs"))] == [None]


def test_events_tell_how_a_job_goes_on(door: Door, monkeypatch: Any) -> None:
    """Each change once, a sign of life while nothing changes, and then no more."""
    from legation.web import planning

    monkeypatch.setattr(planning, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(planning, "SILENT", 0.02)
    door.with_case()
    anna = door.signed_in("anna", Role.PLANNER)
    id_ = said(anna.post("/cases/ruritania/plans", json={}), 202)["id"]
    looks = 0
    real = working.job_of

    def looking(*arguments: Any) -> Any:
        nonlocal looks
        looks += 1
        queue = Jobs(door.room.store.engine)
        if looks == 6:
            queue.take("worker", datetime.now(UTC))
        if looks == 9:
            queue.cancel(id_, datetime.now(UTC))
            queue.stop(queue.get(id_), datetime.now(UTC))
        return real(*arguments)

    monkeypatch.setattr(working, "job_of", looking)
    text = anna.get(f"/jobs/{id_}/events").text
    states = [json.loads(line[6:])["state"] for line in text.splitlines() if line.startswith("data: ")]
    assert states[0] == "waiting"
    assert "running" in states
    assert states[-1] == "cancelled"
    assert ": still there" in text


def test_the_same_plan_is_asked_for_once(door: Door) -> None:
    """A key makes asking twice one job, told twice, with the address of the job."""
    door.with_case()
    anna = door.signed_in("anna", Role.PLANNER)
    answers = [anna.post("/cases/ruritania/plans", json={}, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert len(said(anna.get("/jobs"))) == 1


def test_jobs_are_cancelled_by_who_asked_and_by_administrators(door: Door) -> None:
    """And by nobody else."""
    door.with_case()
    anna, boris = door.signed_in("anna", Role.PLANNER), door.signed_in("boris", Role.PLANNER)
    root = door.signed_in("root", Role.ADMINISTRATOR)
    one, two = (said(anna.post("/cases/ruritania/plans", json={}), 202)["id"] for _ in range(2))
    assert problem(boris.post(f"/jobs/{one}/cancel")) == (403, "forbidden")
    assert said(anna.post(f"/jobs/{one}/cancel"))["state"] == "cancelled"
    assert said(root.delete(f"/jobs/{two}"))["state"] == "cancelled"
    assert problem(root.delete(f"/jobs/{two}")) == (409, "refused")


def test_scenarios_are_compared_by_a_job(door: Door) -> None:
    """Side by side, in the order asked for."""
    door.with_case()
    anna = door.signed_in("anna", Role.PLANNER)
    anna.put("/cases/ruritania/scenarios/tighter", value=TIGHTER, headers={"If-None-Match": "*"})
    job = said(anna.post("/cases/ruritania/comparisons", json={"scenarios": ["baseline", "tighter"]}), 202)
    done(door, job["id"])
    table = said(anna.get(f"/jobs/{job['id']}"))["result"]["table"]
    assert [column["scenario"] for column in table["columns"]] == ["baseline", "tighter"]
    assert problem(anna.post("/cases/ruritania/comparisons", json={"scenarios": []})) == (409, "refused")
    assert problem(anna.post("/cases/ruritania/plans", json={"scenarios": ["none"]})) == (404, "not-found")


def test_the_law_is_asked_of_a_record(door: Door) -> None:
    """As the verb asks it."""
    from visitors import RURITANIA

    from legation.chancery import law

    door.with_case()
    told = said(door.signed_in("rita", Role.READER).get("/cases/ruritania/law"))
    assert told == json.loads(codec.dump(law.on_record(RURITANIA)))


# Review


def stepped(who: Visitor, id_: str, step: str, reason: str = "") -> Any:
    """Take a step, on what is read now."""
    tag = who.get(f"/dossiers/{id_}").headers["etag"]
    body = {"step": step, "reason": reason}
    return said(who.post(f"/dossiers/{id_}/steps", json=body, headers={"If-Match": tag}), 201)


def test_a_dossier_goes_all_the_way(door: Door) -> None:
    """From a job's plan over Finance's own to the announcement; readers see it then, and not before."""
    door.with_case()
    anna, dora = door.signed_in("anna", Role.PLANNER), door.signed_in("dora", Role.FINANCE)
    head, government = door.signed_in("hera", Role.HEAD), door.signed_in("gul", Role.GOVERNMENT)
    reader = door.signed_in("rita", Role.READER)
    job = said(anna.post("/cases/ruritania/plans", json={}), 202)["id"]
    unready = anna.post("/cases/ruritania/dossiers", json={"title": "New embassies", "version": {"job": job}})
    assert problem(unready) == (409, "refused")
    done(door, job)
    made = anna.post("/cases/ruritania/dossiers", json={"title": "New embassies", "version": {"job": job}})
    id_ = said(made, 201)["dossier"]["id"]
    assert made.headers["location"] == f"/api/v1/dossiers/{id_}"
    papers = said(anna.get(f"/dossiers/{id_}/papers"))
    assert papers["plan"] == said(anna.get(f"/jobs/{job}"))["result"]["plan"]
    assert said(anna.get(f"/dossiers/{id_}/trace"))["objectives"] is not None
    assert said(reader.get("/dossiers")) == []
    assert problem(reader.get(f"/dossiers/{id_}")) in ((403, "forbidden"), (404, "not-found"))
    assert [s["name"] for s in said(anna.get(f"/dossiers/{id_}/steps"))] == ["submit", "withdraw"]
    stepped(anna, id_, "submit")
    stale = head.post(f"/dossiers/{id_}/steps", json={"step": "endorse"}, headers={"If-Match": made.headers["etag"]})
    assert problem(stale) == (412, "precondition-failed")
    assert problem(head.post(f"/dossiers/{id_}/steps", json={"step": "endorse"})) == (428, "precondition-needed")
    stepped(head, id_, "endorse")
    tag = dora.get(f"/dossiers/{id_}").headers["etag"]
    changes = [{"change": "scale-ceilings", "factor": "0.9"}]
    counter = dora.post(
        f"/dossiers/{id_}/counters", json={"changes": changes, "reason": "Cut"}, headers={"If-Match": tag}
    )
    number = said(counter, 201)["dossier"]["counters"][0]["id"]
    beside = said(anna.get(counter.headers["location"].removeprefix("/api/v1")))
    assert len(beside["table"]["columns"]) == 2
    comment = said(dora.post(f"/dossiers/{id_}/comments", json={"text": "Why now?"}), 201)["dossier"]["comments"][0]
    for remark in (comment["id"], number):
        said(anna.post(f"/dossiers/{id_}/answers", json={"remark": remark, "text": "The treaty asks for it."}), 201)
    for who, step in ((dora, "agree"), (head, "present"), (government, "approve")):
        stepped(who, id_, step)
    tag = head.get(f"/dossiers/{id_}").headers["etag"]
    embargo = {"until": "2100-01-01T00:00:00Z"}
    said(head.put(f"/dossiers/{id_}/embargo", json=embargo, headers={"If-Match": tag}))
    tag = head.get(f"/dossiers/{id_}").headers["etag"]
    early = head.post(f"/dossiers/{id_}/steps", json={"step": "announce"}, headers={"If-Match": tag})
    assert early.status_code in (403, 409)
    assert said(reader.get("/statements")) == []
    said(head.put(f"/dossiers/{id_}/embargo", json={"until": None}, headers={"If-Match": tag}))
    stepped(head, id_, "announce")
    assert [s["dossier"] for s in said(reader.get("/statements"))] == [id_]
    assert said(reader.get(f"/dossiers/{id_}/statement"))["title"] == "New embassies"
    shown = said(reader.get(f"/dossiers/{id_}"))["dossier"]
    assert (shown["comments"], shown["counters"]) == ([], [])
    corrected = f"/dossiers/{id_}/corrections"
    assert problem(head.post(corrected, json={"correction": "A name."}, headers={"If-Match": tag})) == STALE
    tag = head.get(f"/dossiers/{id_}").headers["etag"]
    assert said(head.post(corrected, json={"correction": "A name."}, headers={"If-Match": tag}), 201)
    assert len(said(reader.get("/statements"))) == 2


def test_a_meeting_decides_and_charges(door: Door) -> None:
    """A meeting is put on record, a step names it, a role is charged, and who is charged says what came of it."""
    door.with_case()
    anna, dora = door.signed_in("anna", Role.PLANNER), door.signed_in("dora", Role.FINANCE)
    regional = door.signed_in("boris", Role.REGIONAL)
    made = anna.post("/cases/ruritania/dossiers", json={"title": "New embassies"})
    path, old = f"/dossiers/{said(made, 201)['dossier']['id']}", {"If-Match": made.headers["etag"]}
    sat = {"day": "2020-03-01", "place": "Strelsau", "present": ["Chancellor", "Minister"], "agenda": ["Embassies"]}
    met = anna.post(f"{path}/meetings", json=sat)
    (meeting,) = said(met, 201)["dossier"]["meetings"]
    assert (meeting["id"], meeting["kind"], meeting["author"], meeting["version"]) == ("m1", "meeting", "anna", 1)
    assert problem(anna.post(f"{path}/meetings", json=sat, headers=old)) == STALE
    assert problem(anna.post(f"{path}/meetings", json=sat | {"day": "2999-01-01"})) == (409, "refused")
    assert problem(anna.post(f"{path}/meetings", json=sat | {"present": [" "]})) == (409, "refused")
    tag = {"If-Match": met.headers["etag"]}
    taken = anna.post(f"{path}/steps", json={"step": "submit", "meeting": "m1"}, headers=tag)
    assert said(taken, 201)["dossier"]["taken"][-1]["meeting"] == "m1"
    task = {"text": "Consider it", "role": "finance", "due": "2029-04-01", "meeting": "m1"}
    charged = said(anna.post(f"{path}/tasks", json=task), 201)["dossier"]["tasks"][0]
    assert (charged["id"], charged["controller"], charged["due"]) == ("t1", "anna", "2029-04-01")
    assert problem(anna.post(f"{path}/tasks", json=task | {"meeting": "m9"})) == (404, "not-found")
    outcome = {"text": "Agreed", "papers": [{"name": "act.pdf", "digest": "0" * 64}]}
    assert problem(regional.post(f"{path}/tasks/t1/outcome", json=outcome)) == (403, "forbidden")
    assert problem(dora.post(f"{path}/tasks/c1/outcome", json=outcome)) == (404, "not-found")
    done = said(dora.post(f"{path}/tasks/t1/outcome", json=outcome), 201)["dossier"]["tasks"][0]
    assert (done["answer"], done["answered_by"], done["papers"][0]["name"]) == ("Agreed", "dora", "act.pdf")
    assert problem(dora.post(f"{path}/tasks/t1/outcome", json=outcome)) == (409, "refused")


def test_what_is_said_of_a_dossier_may_name_what_was_read(door: Door) -> None:
    """A comment, an answer or a counter-proposal taken over is refused on another; what was is read as it was."""
    door.with_case()
    anna, dora = door.signed_in("anna", Role.PLANNER), door.signed_in("dora", Role.FINANCE)
    made = anna.post("/cases/ruritania/dossiers", json={"title": "New embassies"})
    path, old = f"/dossiers/{said(made, 201)['dossier']['id']}", {"If-Match": made.headers["etag"]}
    at = int(made.headers["etag"].strip('"'))
    assert said(dora.post(f"{path}/comments", json={"text": "Why now?"}, headers=old), 201)
    assert problem(dora.post(f"{path}/comments", json={"text": "Why so many?"}, headers=old)) == STALE
    answer = {"remark": "c1", "text": "The treaty asks for it."}
    assert problem(anna.post(f"{path}/answers", json=answer, headers=old)) == STALE
    assert problem(anna.post(f"{path}/counters/p1/adoption", headers=old)) == STALE
    assert problem(anna.post(f"{path}/counters/p1/adoption")) == (428, "precondition-needed")
    assert problem(anna.post(f"{path}/corrections", json={"correction": "x"})) == (403, "forbidden")
    stepped(anna, path.removeprefix("/dossiers/"), "submit")
    assert said(anna.get(f"{path}/steps")) == []
    assert [s["name"] for s in said(anna.get(f"{path}/steps?at={at}"))] == ["submit", "withdraw"]
    assert said(anna.get(f"{path}/trace?at={at}")) == said(anna.get(f"{path}/trace"))
    assert problem(anna.get(f"{path}/trace?at={at - 1}")) == (404, "not-found")


def test_delivery_is_told_and_followed(door: Door) -> None:
    """What happened is a revision; how far a plan has come, and how it goes on, is asked of its dossier."""
    from visitors import RURITANIA

    door.with_case()
    anna, rita = door.signed_in("anna", Role.PLANNER), door.signed_in("rita", Role.READER)
    made = said(anna.post("/cases/ruritania/dossiers", json={"title": "New embassies"}), 201)
    id_ = made["dossier"]["id"]
    site = said(anna.get(f"/dossiers/{id_}/papers"))["plan"]["measures"][0]["site"]
    day = RURITANIA.as_of.isoformat()
    event = {"post": site, "kind": "decision", "day": day, "source": RURITANIA.sources[0].id}
    before, held = made["revision"], anna.get("/cases/ruritania").headers["etag"]
    stale = anna.post("/cases/ruritania/events", json=event, headers={"If-Match": f'"{before}"'})
    assert problem(stale) == STALE, "which is the revision of the dossier"
    told = anna.post("/cases/ruritania/events", json=event, headers={"If-Match": held})
    assert said(told, 201)["actor"] == "anna"
    assert problem(anna.post("/cases/ruritania/events", json=event)) == (409, "refused")
    assert problem(anna.post("/cases/ruritania/events", json={**event, "post": "nowhere"})) == (422, "invalid")
    assert problem(rita.post("/cases/ruritania/events", json=event)) == (403, "forbidden")
    assert [e["post"] for e in said(rita.get("/cases/ruritania/events"))][-1] == site
    tracked = said(anna.get(f"/dossiers/{id_}/delivery?on={day}"))
    states = {line["measure"]["site"]: line["state"] for line in tracked["lines"]}
    then = said(anna.get(f"/dossiers/{id_}/delivery?on={day}&at={before}"))
    assert {line["measure"]["site"]: line["state"] for line in then["lines"]} != states
    assert states[site] == "under-way"
    assert problem(anna.get(f"/dossiers/{id_}/delivery?on={day}&at=1")) == (404, "not-found")
    again = said(anna.post(f"/dossiers/{id_}/delivery/replan?on={day}"))
    assert site in {kept["site"] for kept in again["kept"]}
    then = said(anna.post(f"/dossiers/{id_}/delivery/replan?on={day}&at={before}"))
    assert site not in {kept["site"] for kept in then["kept"]}
    assert said(anna.get(f"/dossiers/{id_}/delivery/indicators?on={day}"))
    assert said(anna.get(f"/dossiers/{id_}/delivery/indicators?on={day}&at={before}"))
    assert problem(anna.get(f"/dossiers/{id_}/delivery/indicators?on={day}&at=1")) == (404, "not-found")
    assert problem(rita.get(f"/dossiers/{id_}/delivery")) in ((403, "forbidden"), (404, "not-found"))


def test_a_report_of_a_version_is_taken(door: Door) -> None:
    """As a page, as text and as a workbook, by who takes part in the review."""
    door.with_case()
    anna = door.signed_in("anna", Role.PLANNER)
    id_ = said(anna.post("/cases/ruritania/dossiers", json={"title": "New"}), 201)["dossier"]["id"]
    begins = {"html": b"<!doctype html>", "text": b"Ruritania", "xlsx": b"PK"}
    for kind, begin in begins.items():
        answer = anna.get(f"/dossiers/{id_}/report?format={kind}")
        assert answer.status_code == 200, answer.text
        assert answer.content.lower().lstrip().startswith(begin.lower()), answer.content[:40]
        assert answer.headers["content-disposition"].startswith("attachment")
    assert problem(anna.get(f"/dossiers/{id_}/report?at=1")) == (404, "not-found")
    assert problem(door.signed_in("rita", Role.READER).get(f"/dossiers/{id_}/report")) == (403, "forbidden")


def test_what_comes_with_the_product_is_put_on_record(door: Door) -> None:
    """Once, and nothing that is not in the product: a name is no path."""
    anna = door.signed_in("anna", Role.PLANNER)
    assert {"ruritania", "kazakhstan-2012"} <= {case["name"] for case in said(anna.get("/library/cases"))}
    assert said(anna.post("/library/cases/ruritania?reason=To learn"), 201)["reason"] == "To learn"
    assert problem(anna.post("/library/cases/ruritania?reason=again")) == (412, "precondition-failed")
    assert problem(anna.post("/library/cases/..?reason=x")) == (404, "not-found")
    assert problem(anna.post("/library/cases/%2Fetc?reason=x"))[0] in (404, 422)
    assert len(said(anna.get("/library/rules"))) >= 19
    assert "KAZ" in {state["code"] for state in said(anna.get("/library/states"))}


def test_nobody_approves_their_own(door: Door) -> None:
    """Whatever their roles, over HTTP as elsewhere."""
    door.with_case()
    all_ = door.signed_in("all", *(r for r in Role))
    id_ = said(all_.post("/cases/ruritania/dossiers", json={"title": "Mine"}), 201)["dossier"]["id"]
    stepped(all_, id_, "submit")
    tag = all_.get(f"/dossiers/{id_}").headers["etag"]
    own = all_.post(f"/dossiers/{id_}/steps", json={"step": "endorse"}, headers={"If-Match": tag})
    assert problem(own) == (403, "forbidden")


def test_a_token_is_shown_no_more_than_its_scopes_allow(door: Door) -> None:
    """Where an answer depends on who asks: dossiers in review, jobs of others, the history of both."""
    door.with_case()
    anna = door.signed_in("anna", Role.PLANNER)
    id_ = said(anna.post("/cases/ruritania/dossiers", json={"title": "Secret"}), 201)["dossier"]["id"]
    narrow = door.program("anna", scopes=[Permission.READ, Permission.READ_HISTORY])
    wide = door.program("anna", scopes=[Permission.READ, Permission.READ_REVIEW, Permission.READ_HISTORY])
    assert said(narrow.get("/dossiers")) == []
    assert [d["id"] for d in said(wide.get("/dossiers"))] == [id_]
    last = door.room.store.head.number
    opened = f"/differences?before={last - 1}&after={last}"
    assert said(narrow.get(opened)) == []
    assert {d["kind"] for d in said(wide.get(opened))} == {"dossier", "plan", "problem"}


def test_a_procedure_of_ones_own_is_put_and_kept_to(door: Door) -> None:
    """By administrators; one that could not be followed is refused with its faults."""
    root, rita = door.signed_in("root", Role.ADMINISTRATOR), door.signed_in("rita", Role.READER)
    assert codec.parse("procedure", said(rita.get("/procedure"))) == PROCEDURE
    own = {"If-Match": rita.get("/procedure").headers["etag"]}
    assert own == {"If-Match": '"0"'}
    assert problem(root.put("/procedure?reason=x", value=PROCEDURE)) == (428, "precondition-needed")
    assert problem(root.put("/procedure?reason=x", value=PROCEDURE, headers=own)) == (409, "refused")
    broken = replace(PROCEDURE, steps=PROCEDURE.steps[1:])
    answer = root.put("/procedure?reason=x", value=broken, headers=own)
    assert problem(answer) == (422, "invalid")
    assert answer.json()["findings"]
    shorter = replace(PROCEDURE, steps=tuple(s for s in PROCEDURE.steps if s.name != "give-up"))
    made = root.put("/procedure?reason=Shorter", value=shorter, headers=own)
    number = said(made)["number"]
    assert made.headers["etag"] == f'"{number}"' != own["If-Match"]
    assert problem(root.put("/procedure?reason=Back", value=PROCEDURE, headers=own)) == STALE
    assert codec.parse("procedure", said(rita.get("/procedure"))) == shorter


def test_a_quorum_is_made_by_people_on_record(door: Door) -> None:
    """A guest at the meeting does not make it; whoever is on record does."""
    door.with_case()
    root, anna = door.signed_in("root", Role.ADMINISTRATOR), door.signed_in("anna", Role.PLANNER)
    own = {"If-Match": root.get("/procedure").headers["etag"]}
    asking = replace(PROCEDURE, steps=tuple(replace(s, quorum=2 * (s.name == "submit")) for s in PROCEDURE.steps))
    said(root.put("/procedure?reason=Quorum", value=asking, headers=own))
    made = anna.post("/cases/ruritania/dossiers", json={"title": "New embassies"})
    path = f"/dossiers/{said(made, 201)['dossier']['id']}"
    sat = {"day": "2020-03-01", "place": "Strelsau", "agenda": ["Embassies"]}
    for guests, status in ((["anna", "a guest"], 409), (["anna", "root"], 201)):
        met = anna.post(f"{path}/meetings", json=sat | {"present": guests})
        meeting = said(met, 201)["dossier"]["meetings"][-1]["id"]
        tag = {"If-Match": met.headers["etag"]}
        assert (
            anna.post(f"{path}/steps", json={"step": "submit", "meeting": meeting}, headers=tag).status_code == status
        )
