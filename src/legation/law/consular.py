"""Consular law: the Vienna Convention on Consular Relations of 24 April 1963, article by article."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from legation.law.diplomatic import cover_of, has_mission
from legation.law.matters import Ruling, broken, consented, entrusted, kept, undecided, within
from legation.law.situation import Situation, consents, happened, opened, to_opening
from legation.model import Form, Track, track_of
from legation.model.life import Event, EventKind

DONE = {
    EventKind.RAISED: "was raised in class",
    EventKind.LOWERED: "was lowered in class",
    EventKind.RELOCATED: "was moved",
}


def relations(situation: Situation) -> Iterator[Ruling]:
    """Art. 2: consular relations by mutual consent, which diplomatic relations imply unless otherwise stated."""
    for held in situation.at_work(Track.CONSULAR):
        terms = situation.terms_of(held.post.seat.state)
        if terms.consular is False:
            yield broken(held.post.id, "is a consular post where there are no consular relations")
        elif terms.consular:
            yield kept(held.post.id, "consular relations are on record")
        elif terms.relations:
            yield kept(held.post.id, f"diplomatic relations imply them: {terms.basis}")
        else:
            yield undecided(held.post.id, "whether there are consular relations")


def consent(situation: Situation) -> Iterator[Ruling]:
    """Art. 4(1), (2): a consular post, its seat and class, only with the consent of the receiving State."""
    for held in situation.at_work(Track.CONSULAR):
        yield consented(held, "the consular post", "was opened", opened(held), to_opening(held))


def changes(situation: Situation) -> Iterator[Ruling]:
    """Art. 4(3): later changes of seat or class only with the consent of the receiving State."""
    for held in situation.at_work(Track.CONSULAR):
        before = opened(held)
        for change in happened(held, *DONE):
            given = tuple(e for e in consents(held) if _is_for(e, change, before))
            yield consented(held, "the change of seat or class", DONE[change.kind], change.day, given)
            before = change.day


def _is_for(given: Event, change: Event, before: date | None) -> bool:
    """Say whether a consent is to a change: it names the new form or city, or came after the step before it."""
    if given.form or given.city:
        return (given.form, given.city) == (change.form, change.city)
    return before is not None and given.day > before


def abroad(situation: Situation) -> Iterator[Ruling]:
    """Art. 7: consular functions in another State after notice, unless one of the States concerned objects."""
    for cover in situation.accreditations:
        seat = situation.post(cover.seat)
        if seat is not None and track_of(seat.post.form) is Track.CONSULAR:
            yield cover_of(situation, cover, seat)


def exequaturs(situation: Situation) -> Iterator[Ruling]:
    """Art. 12(3): the head of a consular post does not enter upon duties before the exequatur."""
    for held in situation.at_work(Track.CONSULAR):
        granted, start = happened(held, EventKind.EXEQUATUR), opened(held)
        if not granted:
            yield undecided(held.post.id, "whether the head has an exequatur, or is admitted provisionally")
        elif start is not None and start < granted[0].day:
            fact = f"was at work on {start}, before the exequatur of {granted[0].day}"
            lawful = "lawful only under a provisional admission, an acting head, or an earlier exequatur"
            yield broken(held.post.id, f"{fact}: {lawful}")
        else:
            yield kept(held.post.id, f"exequatur of {granted[0].day}")


def size(situation: Situation) -> Iterator[Ruling]:
    """Art. 20: the consular staff keeps within the size that the receiving State holds reasonable and normal."""
    for held in situation.at_work(Track.CONSULAR):
        yield within(held.post.id, held.post.staff, situation.terms_of(held.post.seat.state).consular_limit)


def closures(situation: Situation) -> Iterator[Ruling]:
    """Art. 27: premises of a closed post go to a third State only where we have no mission and no other post."""
    for held in situation.away(Track.CONSULAR):
        state = held.post.seat.state
        others = has_mission(situation, state) or any(
            p.post.seat.state == state for p in situation.at_work(Track.CONSULAR)
        )
        name = situation.called(state)
        severed = situation.terms_of(state).consular is False
        if held.protector and others and not severed:
            protector = situation.called(held.protector)
            yield broken(held.post.id, f"is entrusted to {protector}, though we are at work elsewhere in {name}")
        elif others and not severed:
            yield kept(held.post.id, f"we are at work elsewhere in {name}")
        else:
            yield entrusted(held, situation)


def honorary(situation: Situation) -> Iterator[Ruling]:
    """Art. 68: each State is free to decide whether it receives honorary consular officers."""
    for held in situation.at_work(Track.CONSULAR):
        if held.post.form is Form.HONORARY_CONSULATE:
            received = situation.terms_of(held.post.seat.state).honorary
            if received is None:
                yield undecided(held.post.id, "whether the receiving State receives honorary consuls")
            elif received:
                yield kept(held.post.id, "the receiving State receives honorary consuls")
            else:
                yield broken(held.post.id, "is honorary, where the receiving State receives no honorary consuls")
