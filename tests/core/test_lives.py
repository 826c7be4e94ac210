"""Events change what counts as held: a post raised is one post, one that is away is not open, an opening makes one."""

from dataclasses import replace
from datetime import date

import pytest

from legation.cases.drafting import draft
from legation.cases.siting import at_work, lives
from legation.model import Event, EventKind, Form
from legation.model.life import Status
from legation.sources import read_case

CASE, _ = read_case("ruritania")
DAY = CASE.as_of


def with_events(*events: Event):
    return replace(CASE, events=events)


def held(case) -> dict[str, Form]:
    return {s.id: s.today for s in draft(case).problem.sites}


def test_without_events_the_spans_count():
    assert at_work(CASE) == CASE.posts.on(DAY)


def test_a_mission_raised_is_one_post_in_its_new_form():
    case = with_events(Event("EMK", EventKind.RAISED, DAY, form=Form.EMBASSY))
    assert len(at_work(case)) == len(at_work(CASE))
    assert held(case) == held(CASE) | {"EMK": Form.EMBASSY}


@pytest.mark.parametrize("kind", [EventKind.SUSPENDED, EventKind.EVACUATED, EventKind.PROTECTED])
def test_a_post_that_is_away_is_not_held(kind: EventKind):
    case = with_events(Event("GRK", kind, DAY, by="SUD"))
    assert held(case) == held(CASE) | {"GRK": Form.NONE}
    assert [f.subject for f in draft(case).findings if f.code == "post-away"] == ["GRK"]


def test_what_is_planned_or_comes_after_the_record_changes_nothing():
    later = Event("GRK", EventKind.CLOSED, date(DAY.year + 1, 1, 1))
    due = Event("GRK", EventKind.CLOSED, DAY, planned=True)
    assert held(with_events(later, due)) == held(CASE)


def test_an_opening_at_a_site_without_post_makes_one():
    site = next(p for p in CASE.places if held(CASE)[p.id] is Form.NONE)
    case = with_events(Event(site.id, EventKind.FIRST_WORKING_DAY, DAY, form=site.forms[0]))
    assert len(at_work(case)) == len(at_work(CASE)) + 1
    assert held(case)[site.id] is site.forms[0]
    assert site.id not in {p.id for p in at_work(case, date(DAY.year - 1, 1, 1))}


def test_an_event_of_a_site_is_one_of_the_post_there():
    place = replace(next(p for p in CASE.places if p.id == "GRK"), id="edelweiss")
    places = (place, *(p for p in CASE.places if p.id != "GRK"))
    case = replace(CASE, places=places, events=(Event("edelweiss", EventKind.CLOSED, DAY),))
    assert {x.post.id: x.status for x in lives(case)}["GRK"] is Status.CLOSED
