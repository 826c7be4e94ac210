"""A post's life: what it is on a day, whatever order its events were entered in."""

from datetime import date
from itertools import permutations

import pytest

from legation.model import Form, Period, Post, Seat
from legation.model.chronicle import mistold
from legation.model.life import Event, EventKind, Status, life

SVK = Post("SVK", "KAZ", Form.DIPLOMATIC_MISSION, Seat("SVK", "Bratislava"), Period(date(2009, 1, 1)))
NEW = Post("KEN", "KAZ", Form.EMBASSY, Seat("KEN", "Nairobi"))


def event(kind: str, day: str, post: str = "KEN", **other: object) -> Event:
    return Event(post, EventKind(kind), date.fromisoformat(day), **other)


def test_a_mission_raised_is_the_same_post() -> None:
    """The identity stays, the form changes from that day on, and the number of posts does not."""
    raised = event("raised", "2014-07-01", "SVK", form=Form.EMBASSY)
    before, after = (life(SVK, [raised], date(2014, month, 1)) for month in (6, 7))
    assert (before.post.form, after.post.form) == (Form.DIPLOMATIC_MISSION, Form.EMBASSY)
    assert before.post.id == after.post.id == "SVK"
    assert before.status is after.status is Status.OPEN


def test_dates_on_the_way_to_an_opening_are_kept_apart() -> None:
    """Announced is not agreed, agreed is not prepared, prepared is not open, and credentials come after that."""
    steps = [
        event("announcement", "2011-07-29"), event("consent", "2012-02-01"), event("agrement", "2012-03-01"),
        event("advance-team", "2012-05-01"), event("first-working-day", "2012-09-01"),
        event("credentials", "2012-11-01"),
    ]  # fmt: skip
    found = [life(NEW, steps, e.day).status for e in steps]
    assert found == [
        Status.PROPOSED, Status.AGREED, Status.AGREED, Status.PREPARING, Status.OPEN, Status.OPEN,
    ]  # fmt: skip


def test_what_is_planned_has_not_happened() -> None:
    """A planned opening opens nothing, and shows that the post was not open before."""
    planned = event("official-opening", "2012-09-01", planned=True)
    assert life(NEW, [planned], date(2013, 1, 1)).status is Status.PROPOSED
    assert life(NEW, [], date(2013, 1, 1)).status is Status.OPEN  # on record, undated


def test_a_ceremony_of_a_post_on_record_does_not_take_it_away() -> None:
    """What is told of an opening after the day of the record says nothing of the time before."""
    ceremony = event("official-opening", "2013-09-01")
    assert life(NEW, [ceremony], date(2012, 1, 1), record=date(2011, 7, 29)).status is Status.OPEN
    assert life(NEW, [ceremony], date(2012, 1, 1), record=date(2014, 7, 29)).status is Status.PROPOSED
    dated = event("official-opening", "2013-09-01", "SVK")
    assert life(SVK, [dated], date(2012, 1, 1)).status is Status.OPEN


# What cannot have been


OPENED = event("first-working-day", "2012-09-01")
RECORD = date(2011, 7, 29)


@pytest.mark.parametrize(
    ("events", "code"),
    [
        ([OPENED, event("first-working-day", "2013-09-01")], "event-open-already"),
        ([OPENED, event("closed", "2013-01-01"), event("first-working-day", "2013-09-01")], ""),
        ([event("technical-opening", "2012-08-01"), OPENED, event("official-opening", "2013-01-01")], ""),
        ([event("closed", "2012-01-01"), OPENED], "event-not-open"),
        ([event("raised", "2012-01-01", form=Form.LARGE_EMBASSY)], "event-not-open"),
        ([OPENED, event("closed", "2013-01-01"), event("suspended", "2014-01-01")], "event-not-open"),
        ([OPENED, event("suspended", "2013-01-01"), event("evacuated", "2013-02-01"), event("resumed", "2014-01-01")],
         ""),
        ([OPENED, event("resumed", "2014-01-01")], "event-not-away"),
        ([event("first-working-day", "2012-09-01", form=Form.EMBASSY),
          event("raised", "2013-01-01", form=Form.EMBASSY)], "event-no-change"),
        ([event("first-working-day", "2012-09-01", form=Form.EMBASSY),
          event("lowered", "2013-01-01", form=Form.DIPLOMATIC_MISSION)], ""),
        ([OPENED, event("decision", "2013-01-01")], "event-undecided"),
        ([OPENED, event("decision", "2012-01-01"), event("decision", "2013-01-01")], ""),
        ([event("first-working-day", "2012-12-01", planned=True), OPENED], ""),
    ],
)  # fmt: skip
def test_what_cannot_have_happened_at_a_site(events: list[Event], code: str) -> None:
    """Whatever order it was entered in."""
    for given in permutations(events):
        assert [f.code for f in mistold(None, "KEN", given, RECORD, sure=True)] == ([code] if code else [])


@pytest.mark.parametrize("planned", [False, True])
def test_a_post_on_record_does_not_open_again(planned: bool) -> None:
    """Where the record is doubtful, or the year is the same and the day told exactly, it may."""
    again = event("first-working-day", "2013-09-01", "SVK", planned=planned, form=Form.EMBASSY)
    undated = Post("SVK", "KAZ", Form.DIPLOMATIC_MISSION, SVK.seat)
    for post in (SVK, undated):
        assert [f.code for f in mistold(post, "SVK", [again], RECORD, sure=True)] == ["event-open-already"]
        assert mistold(post, "SVK", [again], RECORD, sure=False) == ()
    exact = event("first-working-day", "2009-05-12", "SVK")
    for post in (SVK, undated):
        assert mistold(post, "SVK", [exact], RECORD, sure=True) == ()


@pytest.mark.parametrize("kind", ["consent", "decision", "advance-team"])
def test_papers_entered_late_take_nothing_back(kind: str) -> None:
    """Neither an open post nor a suspended one is moved by them."""
    opened = event("first-working-day", "2012-09-01")
    late = event(kind, "2014-01-01")
    assert life(NEW, [opened, late], date(2014, 2, 1)).status is Status.OPEN
    gone = event("suspended", "2013-01-01")
    assert life(NEW, [opened, gone, late], date(2014, 2, 1)).status is Status.SUSPENDED
    assert life(NEW, [opened, gone, event("resumed", "2013-06-01")], date(2014, 2, 1)).status is Status.OPEN


def test_a_third_state_protects_until_we_are_back() -> None:
    """Evacuated, then protected by another State, which ends with the return."""
    told = [
        event("first-working-day", "2012-01-01"), event("evacuated", "2013-01-01"),
        event("protected", "2013-02-01", by="CHE"), event("resumed", "2014-01-01"),
    ]  # fmt: skip
    found = [life(NEW, told, day) for day in (date(2013, 1, 15), date(2013, 3, 1), date(2014, 1, 1))]
    assert [(x.status, x.protector) for x in found] == [
        (Status.EVACUATED, ""), (Status.PROTECTED, "CHE"), (Status.OPEN, ""),
    ]  # fmt: skip


def test_a_post_moves_and_stays_itself() -> None:
    """It has another seat from that day on."""
    moved = event("relocated", "2013-01-01", city="Mombasa")
    found = life(NEW, [event("first-working-day", "2012-01-01"), moved], date(2013, 1, 1))
    assert (found.post.id, found.post.seat) == ("KEN", Seat("KEN", "Mombasa"))


def test_the_span_of_the_record_counts_where_no_event_tells() -> None:
    """A closing on record closes a post that an event opened; the day it ends is the first it is closed."""
    short = Post("KEN", "KAZ", Form.EMBASSY, Seat("KEN"), Period(None, date(2020, 1, 1)))
    opened = event("official-opening", "2010-01-01")
    days = (date(2009, 1, 1), date(2015, 1, 1), date(2020, 1, 1))
    assert [life(short, [opened], d).status for d in days] == [Status.PROPOSED, Status.OPEN, Status.CLOSED]


def test_no_order_of_events_matters() -> None:
    """Every order gives the same life, also of events on one day."""
    told = [
        event("first-working-day", "2012-01-01"), event("protected", "2013-01-01", by="CHE"),
        event("protected", "2013-01-01", by="SWE"), event("raised", "2013-01-01", form=Form.EMBASSY),
        event("closed", "2015-01-01"),
    ]  # fmt: skip
    assert len({life(NEW, order, date(2014, 1, 1)) for order in permutations(told)}) == 1


def test_open_posts_are_those_opened_less_those_closed() -> None:
    """On every first of a year."""
    posts = [Post(f"P{n}", "KAZ", Form.EMBASSY, Seat("KEN")) for n in range(6)]
    told = [event("first-working-day", f"{2010 + n}-03-01", f"P{n}") for n in range(6)]
    told += [event("closed", f"{2013 + n}-05-01", f"P{n}") for n in range(3)]
    for year in range(2009, 2020):
        day = date(year, 1, 1)
        opened = sum(e.kind is EventKind.FIRST_WORKING_DAY and e.day <= day for e in told)
        closed = sum(e.kind is EventKind.CLOSED and e.day <= day for e in told)
        assert sum(life(p, told, day).status is Status.OPEN for p in posts) == opened - closed
