"""Matters: one thing that one rule was put to, and the verdict; and what a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from enum import StrEnum

from legation.law.situation import Situation, happened
from legation.model.life import Event, EventKind, Life
from legation.values import value


class Convention(StrEnum):
    """Where a rule stands."""

    VCDR = "VCDR"
    VCCR = "VCCR"
    OWN = "own"


class Verdict(StrEnum):
    """What the record says of a rule: it is kept, it is broken, or a fact is missing that would tell."""

    KEPT = "kept"
    BROKEN = "broken"
    UNDECIDED = "undecided"


@value
class Matter:
    """One subject under one rule.

    rule: code of the rule; subject: a post, or an accreditation as "ITA>VAT"; fact: what decided it, or what is not
    known; rests: further rows of the record it rests on; cited: the article
    """

    rule: str
    subject: str
    verdict: Verdict
    fact: str
    rests: tuple[str, ...] = ()
    cited: str = ""


Ruling = tuple[str, Verdict, str, tuple[str, ...]]
"""What a check says of a subject, before the rule's name is put to it: subject, verdict, fact, further rows."""

Check = Callable[[Situation], Iterator[Ruling]]


@value
class Rule:
    """One rule of a convention.

    code: its name in findings; article: its number, or the whole citation of the sender's own law; asks: what it asks,
    in one clause; remedy: what to do where it is broken; record: where to write the fact that an undecided one lacks
    check: what finds the verdicts; grave: a breach is an error, else a warning; express: consent must be prior and
    express, so that an undecided matter is a warning
    """

    code: str
    convention: Convention
    article: str
    asks: str
    remedy: str
    record: str
    check: Check
    grave: bool = True
    express: bool = False

    @property
    def cited(self) -> str:
        """Return the article as it is cited."""
        return self.article if self.convention is Convention.OWN else f"{self.convention.value} art. {self.article}"


def kept(subject: str, fact: str) -> Ruling:
    """Say that a rule is kept, and what shows it."""
    return subject, Verdict.KEPT, fact, ()


def broken(subject: str, fact: str, *rests: str) -> Ruling:
    """Say that a rule is broken, what shows it, and on which other rows that rests."""
    return subject, Verdict.BROKEN, fact, rests


def undecided(subject: str, missing: str) -> Ruling:
    """Say that a rule cannot be decided, and what is not known."""
    return subject, Verdict.UNDECIDED, missing, ()


# What more than one article asks


def consented(held: Life, what: str, done: str, day: date | None, given: tuple[Event, ...]) -> Ruling:
    """Rule on what was done on a day and needs consent first: it is kept where the first consent is no later."""
    name = held.post.id
    if not given:
        return undecided(name, f"whether the receiving State consented to {what}")
    first = given[0].day
    if day is not None and first > day:
        return broken(name, f"{done} on {day}, before the consent of {first}")
    return kept(name, f"consent of {first}")


def within(subject: str, staff: int | None, limit: int | None) -> Ruling:
    """Rule on a number of people against what the receiving State allows."""
    if limit is None:
        return undecided(subject, "whether the receiving State limits the staff")
    if staff is None:
        return undecided(subject, "how many people there are, though their number is limited")
    if staff > limit:
        return broken(subject, f"has {staff} people, where the receiving State allows {limit}")
    return kept(subject, f"{staff} people of {limit} allowed")


def entrusted(held: Life, situation: Situation) -> Ruling:
    """Rule on who looks after a post that was recalled: a third State, and one the receiving State accepts."""
    name, protector = held.post.id, held.protector
    if not protector:
        return undecided(name, "whether a third State looks after premises and interests")
    if protector in (situation.sender, held.post.seat.state):
        return broken(name, f"is entrusted to {situation.called(protector)}, which is no third State")
    accepted = [e for e in happened(held, EventKind.CONSENT) if e.by == protector]
    if not accepted:
        return undecided(name, "whether the receiving State accepts the protecting one")
    return kept(name, f"{situation.called(protector)} was accepted on {accepted[0].day}")
