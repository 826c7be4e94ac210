"""Diplomatic law: the Vienna Convention on Diplomatic Relations of 18 April 1961, article by article."""

from __future__ import annotations

from collections.abc import Iterator

from legation.law.matters import Ruling, broken, consented, entrusted, kept, undecided, within
from legation.law.situation import (
    CHANGES,
    Objection,
    Situation,
    consents,
    happened,
    head_class,
    named,
    opened,
    to_opening,
)
from legation.model import Accreditation, Form, Post, Track, track_of
from legation.model.life import Event, EventKind, Life

UNAGREED = "whether the agrément was given for the head of the mission"

HEADS = {"a": "an ambassador", "c": "a chargé d'affaires", "": "nobody"}

BRANCHES = (Track.DIPLOMATIC, Track.TRADE, None)
"""Tracks whose posts may be an office of a mission: a consular post or a mission to an organisation is none."""


def relations(situation: Situation) -> Iterator[Ruling]:
    """Art. 2: relations, and permanent missions, are established by mutual consent."""
    for held in situation.at_work(Track.DIPLOMATIC):
        terms = situation.terms_of(held.post.seat.state)
        if terms.relations is False:
            yield broken(held.post.id, f"is a mission where there are no diplomatic relations ({terms.basis})")
        else:
            yield consented(held, "the mission", "was opened", opened(held), to_opening(held))
    for cover in situation.accreditations:
        terms = situation.terms_of(cover.state)
        if terms.relations is False:
            yield broken(named(cover), f"covers a State with which there are no diplomatic relations ({terms.basis})")
        elif terms.relations:
            yield kept(named(cover), f"relations: {terms.basis}")
        else:
            yield undecided(named(cover), "whether there are diplomatic relations")


def heads(situation: Situation) -> Iterator[Ruling]:
    """Art. 4(1): the agrément has been given before a head of mission is accredited."""
    for held in situation.at_work(Track.DIPLOMATIC):
        if held.post.form is Form.DIPLOMATIC_MISSION and _covers(situation, held.post.seat.state):
            continue  # its head is the ambassador who sits elsewhere
        yield _agreed(held.post.id, happened(held, EventKind.AGREMENT), happened(held, EventKind.CREDENTIALS))


def _agreed(subject: str, agreed: tuple[Event, ...], presented: tuple[Event, ...]) -> Ruling:
    """Rule on the last head: an agrément of another name, or from before the head before, was for somebody else."""
    if not presented:
        last = agreed[-1].day if agreed else None
        return kept(subject, f"agrément of {last}") if last else undecided(subject, UNAGREED)
    head, before = presented[-1], presented[-2].day if len(presented) > 1 else None
    named_so = [e for e in agreed if head.by and e.by == head.by]
    if named_so and named_so[0].day > head.day:
        fact = f"has a head who presented credentials on {head.day}, before the agrément of {named_so[0].day}"
        return broken(subject, fact)
    unnamed = [e for e in agreed if not (e.by and head.by) and e.day <= head.day]
    found = named_so or [e for e in unnamed if before is None or e.day > before]
    return kept(subject, f"agrément of {found[0].day}") if found else undecided(subject, UNAGREED)


def concurrent(situation: Situation) -> Iterator[Ruling]:
    """Art. 5(1): one head for several States, after notice, unless any of the receiving States expressly objects."""
    for cover in situation.accreditations:
        seat = situation.post(cover.seat)
        if seat is None or track_of(seat.post.form) is not Track.CONSULAR:
            yield cover_of(situation, cover, seat)


def cover_of(situation: Situation, cover: Accreditation, seat: Life | None) -> Ruling:
    """Rule on functions exercised in a State from a post in another (VCDR art. 5(1), VCCR art. 7)."""
    where, subject = _receiver(seat), named(cover)
    direct = situation.objection(where, cover.state)
    if direct:
        return broken(subject, f"is objected to{_because(direct)}")
    for other in situation.accreditations:
        between = situation.objection(other.state, cover.state) if other.seat == cover.seat else None
        if between:
            pair = f"{situation.called(between.seat)} and {situation.called(between.state)}"
            return undecided(subject, f"whether the objection between {pair} holds for one head who sits elsewhere")
    if cover.since is not None:
        return kept(subject, f"since {cover.since}, and no objection is on record")
    return undecided(subject, "whether the receiving States were notified, and none objected")


def _receiver(seat: Life | None) -> str:
    """Return the State that received who sits there: none for a head whose mission is to an organisation."""
    received = seat is not None and track_of(seat.post.form) in (Track.DIPLOMATIC, Track.CONSULAR)
    return seat.post.seat.state if seat is not None and received else ""


def _because(objection: Objection) -> str:
    return f": {objection.evidence}" if objection.evidence else ""


def seats(situation: Situation) -> Iterator[Ruling]:
    """Art. 5(2): in a State whose head of mission sits elsewhere, a mission is headed by a chargé d'affaires a.i."""
    for held in situation.at_work(Track.DIPLOMATIC):
        where = situation.called(held.post.id)
        for cover in _covers(situation, held.post.seat.state):
            if held.post.form is Form.DIPLOMATIC_MISSION:
                yield kept(named(cover), f"the mission ({where}) is headed by a chargé d'affaires")
            else:
                fact = f"covers a State where the embassy ({where}) has a head of its own"
                yield broken(named(cover), fact, held.post.id)


def _covers(situation: Situation, state: str) -> tuple[Accreditation, ...]:
    """Return the accreditations to a State from a post that sits in another."""
    found = []
    for cover in situation.accreditations:
        seat = situation.post(cover.seat)
        if cover.state == state and seat is not None and seat.post.seat.state != state:
            found.append(cover)
    return tuple(found)


def size(situation: Situation) -> Iterator[Ruling]:
    """Art. 11(1): a mission keeps within the size that the receiving State holds reasonable and normal."""
    for held in situation.at_work(Track.DIPLOMATIC):
        yield within(held.post.id, held.post.staff, situation.terms_of(held.post.seat.state).mission_limit)


def offices(situation: Situation) -> Iterator[Ruling]:
    """Art. 12: no office of the mission in another locality of the receiving State without prior express consent."""
    missions = list(situation.at_work(Track.DIPLOMATIC))
    for office in situation.at_work(*BRANCHES):
        chief = next((m for m in missions if _is_chief(m.post, office.post)), None)
        if chief is None:
            continue
        given = to_opening(office)
        if track_of(office.post.form) is Track.DIPLOMATIC or given:
            done = f"was opened away from {situation.called(chief.post.id)}"
            yield consented(office, "an office in another city", done, opened(office), given)
        else:
            missing = "whether it is part of the mission in another city, and the receiving State consented to it"
            yield undecided(office.post.id, missing)


def _is_chief(mission: Post, office: Post) -> bool:
    """Say whether a mission is the one that an office in another city of its State would be part of."""
    cities = [p.seat.city.casefold().strip() for p in (mission, office)]
    away = mission.seat.state == office.seat.state and all(cities) and cities[0] != cities[1]
    return away and (track_of(office.form) is not Track.DIPLOMATIC or _rank(mission) < _rank(office))


def _rank(post: Post) -> tuple[bool, str]:
    """Order the missions in one State: an embassy goes before a diplomatic mission, then by name."""
    return head_class(post.form) != "a", post.id


def classes(situation: Situation) -> Iterator[Ruling]:
    """Art. 15: the class of the head is agreed between the States, where it was changed or an agreement is known."""
    for held in situation.at_work(Track.DIPLOMATIC):
        agreed = [e for e in consents(held) if e.form and head_class(e.form)]
        now = head_class(held.post.form)
        was = head_class(situation.form_recorded(held.post.id))
        if agreed and any(head_class(e.form or Form.NONE) == now for e in agreed):
            yield kept(held.post.id, f"{HEADS[now]} as head is agreed")
        elif agreed and not any(e.day > agreed[-1].day for e in happened(held, *CHANGES)):
            form = agreed[-1].form
            yield broken(held.post.id, f"has {HEADS[now]} as head, where {form} was agreed on {agreed[-1].day}")
        elif was and was != now:
            change = f"from {HEADS[was]} to {HEADS[now]}"
            yield undecided(held.post.id, f"whether the change of the head {change} was agreed")


def vacancies(situation: Situation) -> Iterator[Ruling]:
    """Art. 19: while there is no head, somebody of the staff acts as chargé d'affaires ad interim."""
    for held in situation.at_work(Track.DIPLOMATIC):
        presented, staff = happened(held, EventKind.CREDENTIALS), held.post.staff
        if presented:
            yield kept(held.post.id, f"credentials of {presented[-1].day}")
        elif staff is None:
            yield undecided(held.post.id, "whether the head presented credentials, or who acts until then")
        elif staff == 0:
            yield broken(held.post.id, "is open with no head on record and nobody to act as chargé d'affaires")
        else:
            yield kept(held.post.id, f"{staff} people, of whom one can act")


def recalls(situation: Situation) -> Iterator[Ruling]:
    """Art. 45(b), (c): a mission that was recalled may be entrusted to a third State the receiving State accepts."""
    yield from (entrusted(held, situation) for held in situation.away(Track.DIPLOMATIC))


def has_mission(situation: Situation, state: str) -> bool:
    """Say whether we have a mission at work in a State."""
    return any(p.post.seat.state == state for p in situation.at_work(Track.DIPLOMATIC))
