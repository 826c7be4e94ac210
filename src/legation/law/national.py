"""The sender's own law: conditions of a closed kind, as a case states them, each with the article it stands on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Literal, assert_never

from legation.law.matters import Ruling, broken, kept, undecided
from legation.law.situation import Situation, happened, opened
from legation.model import Form
from legation.model.life import EventKind, Life, Status
from legation.values import value


@value
class MostAccreditations:
    """One head of mission is accredited to at most so many States besides the one where the post sits.

    most: how many; article: which article says so; citation: the act it stands in; since: first day it is in force
    """

    most: int
    article: str
    citation: str
    since: date | None = None
    condition: Literal["accreditations"] = "accreditations"


@value
class Decided:
    """A post of some forms (all, where none is named) is opened only after an act of an authority.

    authority: who decides, as the `by` of the event `decision`; forms: which posts need it
    article: which article says so; citation: the act it stands in; since: first day it is in force
    """

    authority: str
    article: str
    citation: str
    forms: tuple[Form, ...] = ()
    since: date | None = None
    condition: Literal["decision"] = "decision"


@value
class NoPost:
    """There is no post in some States.

    states: their codes
    article: which article says so; citation: the act it stands in; since: first day it is in force
    """

    states: tuple[str, ...]
    article: str
    citation: str
    since: date | None = None
    condition: Literal["state"] = "state"


@value
class LeastStaff:
    """A post of some forms (all, where none is named) has at least so many people.

    least: how many; forms: which posts
    article: which article says so; citation: the act it stands in; since: first day it is in force
    """

    least: int
    article: str
    citation: str
    forms: tuple[Form, ...] = ()
    since: date | None = None
    condition: Literal["staff"] = "staff"


Condition = MostAccreditations | Decided | NoPost | LeastStaff


def cited(condition: Condition) -> str:
    """Return the article as it is cited."""
    return f"{condition.citation}, {condition.article}" if condition.article else condition.citation


def in_force(condition: Condition, day: date) -> bool:
    """Say whether a condition is in force on a day."""
    return condition.since is None or condition.since <= day


def asked(condition: Condition) -> str:
    """Say what a condition asks, in one clause."""
    match condition:
        case MostAccreditations():
            return f"one head is accredited to at most {condition.most} States besides the seat"
        case Decided():
            return f"{_which(condition.forms)} is opened only after an act of {condition.authority}"
        case NoPost():
            return f"no post in {', '.join(condition.states)}"
        case LeastStaff():
            return f"{_which(condition.forms)} has at least {condition.least} people"
        case _:
            assert_never(condition)


def _which(forms: tuple[Form, ...]) -> str:
    return " or ".join(forms) if forms else "a post"


def rulings(condition: Condition, situation: Situation) -> Iterator[Ruling]:
    """Rule on every subject that a condition speaks of; on none before it is in force."""
    if not in_force(condition, situation.day):
        return
    match condition:
        case MostAccreditations():
            yield from _accreditations(condition, situation)
        case Decided():
            yield from (_decision(condition, held) for held in _posts(situation, condition.forms))
        case NoPost():
            yield from (_state(condition, held, situation) for held in _posts(situation, ()))
        case LeastStaff():
            yield from (_staff(condition, held) for held in _posts(situation, condition.forms))
        case _:
            assert_never(condition)


def _posts(situation: Situation, forms: tuple[Form, ...]) -> Iterator[Life]:
    return (p for p in situation.posts if p.status is Status.OPEN and (not forms or p.post.form in forms))


def _accreditations(condition: MostAccreditations, situation: Situation) -> Iterator[Ruling]:
    for seat, count in sorted(Counter(c.seat for c in situation.accreditations).items()):
        if count > condition.most:
            yield broken(seat, f"covers {count} States, where at most {condition.most} are allowed")
        else:
            yield kept(seat, f"covers {count} of {condition.most} States")


def _decision(condition: Decided, held: Life) -> Ruling:
    name, start = held.post.id, opened(held)
    if condition.since is not None and start is not None and start < condition.since:
        return kept(name, f"opened on {start}, before the law was in force")
    acts = [e for e in happened(held, EventKind.DECISION) if e.by.casefold() == condition.authority.casefold()]
    if not acts:
        return undecided(name, f"whether {condition.authority} decided on the post")
    if start is not None and start < acts[0].day:
        return broken(name, f"was opened on {start}, before {condition.authority} decided on {acts[0].day}")
    return kept(name, f"{condition.authority} decided on {acts[0].day}")


def _state(condition: NoPost, held: Life, situation: Situation) -> Ruling:
    name, state = held.post.id, held.post.seat.state
    if state in condition.states:
        return broken(name, "sits in a State where there is to be no post")
    return kept(name, f"sits in {situation.called(state)}")


def _staff(condition: LeastStaff, held: Life) -> Ruling:
    name, staff = held.post.id, held.post.staff
    if staff is None:
        return undecided(name, "how many people there are")
    if staff < condition.least:
        return broken(name, f"has {staff} people, where at least {condition.least} are needed")
    return kept(name, f"{staff} people")
