"""The law: for each rule a situation that keeps it, one that breaks it, and one that the record cannot decide."""

from dataclasses import replace
from datetime import date

import pytest

from legation.cases.case import Case, ServiceRow
from legation.cases.drafting import draft
from legation.cases.lawful import situation_on, situations_of
from legation.errors import Severity
from legation.law.articles import ARTICLES, Treatment
from legation.law.checking import RULES, opinion, own_rule
from legation.law.matters import Verdict
from legation.law.national import Condition, Decided, LeastStaff, MostAccreditations, NoPost
from legation.law.situation import Objection, Situation, Terms
from legation.model import Accreditation, Event, EventKind, Fact, Form, Period, Post, Seat
from legation.model.life import life
from legation.planning.brief import Kind
from legation.planning.outcome import Measure, Plan, Proof, Served
from legation.sources import read_case

DAY = date(2012, 12, 31)
KEPT, BROKEN, UNDECIDED = Verdict
RULE = {rule.code: rule for rule in RULES}


def post(name: str, form: str = "embassy", city: str = "Capital", opened: str = "", staff: int | None = None) -> Post:
    span = Period(date.fromisoformat(opened)) if opened else Period()
    return Post(name, "KAZ", Form(form), Seat(name[:3], city), span, staff)


def event(name: str, kind: str, day: str, by: str = "", form: str = "", city: str = "") -> Event:
    told = Form(form) if form else None
    return Event(name, EventKind(kind), date.fromisoformat(day), form=told, city=city, by=by)


def situation(
    *posts: Post,
    events: tuple[Event, ...] = (),
    covers: tuple[Accreditation, ...] = (),
    terms: tuple[Terms, ...] = (),
    objections: tuple[Objection, ...] = (),
    doubtful: tuple[str, ...] = (),
) -> Situation:
    lives = tuple(life(p, events, DAY) for p in posts)
    return Situation("KAZ", DAY, lives, posts, covers, terms, objections, doubtful)


def verdicts(code: str, found: Situation) -> dict[str, Verdict]:
    """Return the verdict on each subject under one rule."""
    return {subject: verdict for subject, verdict, *_ in RULE[code].check(found)}


COVER = Accreditation("ITA", "VAT")
HERE = Accreditation("CZE", "SVK", 2006)
OPENED = "2012-05-01"
CONSULATE = post("DEU-bonn", "consulate", "Bonn", OPENED, 4)
GENERAL = event("DEU-bonn", "raised", "2012-08-01", form="consulate-general")

Decision = tuple[str, str, Situation, dict[str, Verdict]]

DECIDED: list[Decision] = [
    # VCDR 2
    (
        "vcdr-2",
        "Kenya consented before the embassy opened",
        situation(post("KEN", opened=OPENED), events=(event("KEN", "consent", "2012-03-01"),)),
        {"KEN": KEPT},
    ),
    (
        "vcdr-2",
        "the embassy opened two months before Kenya consented",
        situation(post("KEN", opened=OPENED), events=(event("KEN", "consent", "2012-07-01"),)),
        {"KEN": BROKEN},
    ),
    (
        "vcdr-2",
        "a mission in Taipei, where there are no relations",
        situation(post("TWN"), terms=(Terms("TWN", relations=False),)),
        {"TWN": BROKEN},
    ),
    ("vcdr-2", "nothing is known of Kenya's consent", situation(post("KEN", opened=OPENED)), {"KEN": UNDECIDED}),
    (
        "vcdr-2",
        "consent on the day of the opening, and said once more later",
        situation(
            post("KEN", opened=OPENED), events=(event("KEN", "consent", OPENED), event("KEN", "consent", "2012-07-01"))
        ),
        {"KEN": KEPT},
    ),
    (
        "vcdr-2",
        "the consent of 2012 is to the change of class, that to the opening is not on record",
        situation(
            post("NOR", "diplomatic-mission", opened="1995-01-01"),
            events=(
                event("NOR", "consent", "2012-06-01", form="embassy"),
                event("NOR", "raised", "2012-08-01", form="embassy"),
            ),
        ),
        {"NOR": UNDECIDED},
    ),
    (
        "vcdr-2",
        "Kenya consented, and the row says so",
        situation(post("KEN", opened=OPENED), events=(event("KEN", "consent", "2012-03-01", by="KEN"),)),
        {"KEN": KEPT},
    ),
    (
        "vcdr-2",
        "its ministry consented",
        situation(post("KEN", opened=OPENED), events=(event("KEN", "consent", "2012-03-01", by="MFA OF KENYA"),)),
        {"KEN": KEPT},
    ),
    (
        "vcdr-2",
        "Kenya consented to a protecting State, not to the mission",
        situation(post("KEN", opened=OPENED), events=(event("KEN", "consent", "2012-03-01", by="CHE"),)),
        {"KEN": UNDECIDED},
    ),
    (
        "vcdr-2",
        "an accreditation to a State whose mission is here",
        situation(covers=(COVER,), terms=(Terms("VAT", relations=True),)),
        {"ITA>VAT": KEPT},
    ),
    (
        "vcdr-2",
        "an accreditation where relations are broken off",
        situation(covers=(COVER,), terms=(Terms("VAT", relations=False),)),
        {"ITA>VAT": BROKEN},
    ),
    ("vcdr-2", "an accreditation, relations unknown", situation(covers=(COVER,)), {"ITA>VAT": UNDECIDED}),
    (
        "vcdr-2",
        "a recalled mission is not at work, so relations broken off do not make it unlawful",
        situation(
            post("IRN"), events=(event("IRN", "suspended", "2012-02-01"),), terms=(Terms("IRN", relations=False),)
        ),
        {},
    ),
    # VCDR 4
    (
        "vcdr-4",
        "agrément in March, credentials in June",
        situation(
            post("KEN"), events=(event("KEN", "agrement", "2012-03-01"), event("KEN", "credentials", "2012-06-01"))
        ),
        {"KEN": KEPT},
    ),
    (
        "vcdr-4",
        "credentials before the agrément",
        situation(
            post("KEN"),
            events=(event("KEN", "agrement", "2012-07-01", by="B"), event("KEN", "credentials", "2012-06-01", by="B")),
        ),
        {"KEN": BROKEN},
    ),
    (
        "vcdr-4",
        "a chargé who is himself head of the mission needs one, and an ambassador in a covered State as well",
        situation(post("CZE"), post("NOR", "diplomatic-mission"), post("SVK"), covers=(HERE,)),
        {"CZE": UNDECIDED, "NOR": UNDECIDED, "SVK": UNDECIDED},
    ),
    (
        "vcdr-4",
        "agrément and credentials of one day",
        situation(
            post("KEN"),
            events=(event("KEN", "agrement", OPENED, by="B"), event("KEN", "credentials", OPENED, by="B")),
        ),
        {"KEN": KEPT},
    ),
    (
        "vcdr-4",
        "the second head is judged, not the first",
        situation(
            post("KEN"),
            events=(
                event("KEN", "agrement", "2007-01-01", by="A"),
                event("KEN", "credentials", "2007-06-01", by="A"),
                event("KEN", "agrement", "2012-07-01", by="B"),
                event("KEN", "credentials", "2012-06-01", by="B"),
            ),
        ),
        {"KEN": BROKEN},
    ),
    (
        "vcdr-4",
        "an agrément of nobody's name, before credentials of a name",
        situation(
            post("KEN"),
            events=(event("KEN", "agrement", "2012-03-01"), event("KEN", "credentials", "2012-06-01", by="B")),
        ),
        {"KEN": KEPT},
    ),
    (
        "vcdr-4",
        "an agrément after the credentials, of nobody's name, may be for the next head",
        situation(
            post("KEN"), events=(event("KEN", "agrement", "2012-07-01"), event("KEN", "credentials", "2012-06-01"))
        ),
        {"KEN": UNDECIDED},
    ),
    (
        "vcdr-4",
        "the agrément is older than the head before",
        situation(
            post("KEN"),
            events=(
                event("KEN", "agrement", "2007-01-01"),
                event("KEN", "credentials", "2007-06-01"),
                event("KEN", "credentials", "2012-06-01"),
            ),
        ),
        {"KEN": UNDECIDED},
    ),
    (
        "vcdr-4",
        "agrément, and no head yet",
        situation(post("KEN"), events=(event("KEN", "agrement", OPENED),)),
        {"KEN": KEPT},
    ),
    (
        "vcdr-4",
        "the agrément was for the head before",
        situation(
            post("KEN"),
            events=(event("KEN", "agrement", "2010-03-01", by="A"), event("KEN", "credentials", "2012-06-01", by="B")),
        ),
        {"KEN": UNDECIDED},
    ),
    (
        "vcdr-4",
        "a chargé in Bratislava needs none where the head sits in Prague",
        situation(post("CZE"), post("SVK", "diplomatic-mission"), covers=(HERE,)),
        {"CZE": UNDECIDED},
    ),
    # VCDR 5(1)
    (
        "vcdr-5-1",
        "Prague has covered Slovakia since 2006, and nobody objected",
        situation(post("CZE"), covers=(HERE,)),
        {"CZE>SVK": KEPT},
    ),
    (
        "vcdr-5-1",
        "the Holy See accepts no head accredited to Italy",
        situation(post("ITA"), covers=(replace(COVER, since=2010),), objections=(Objection("ITA", "VAT"),)),
        {"ITA>VAT": BROKEN},
    ),
    (
        "vcdr-5-1",
        "the objection may be raised by either State",
        situation(post("VAT"), covers=(Accreditation("VAT", "ITA", 2010),), objections=(Objection("ITA", "VAT"),)),
        {"VAT>ITA": BROKEN},
    ),
    (
        "vcdr-5-1",
        "the permanent representative in New York is not accredited to the United States",
        situation(
            post("USA-new-york", "permanent-mission"),
            covers=(Accreditation("USA-new-york", "CUB", 2010),),
            objections=(Objection("USA", "CUB"),),
        ),
        {"USA-new-york>CUB": KEPT},
    ),
    (
        "vcdr-5-1",
        "one head in Beijing for both Koreas, who object to each other",
        situation(
            post("CHN"),
            covers=(Accreditation("CHN", "KOR", 2010), Accreditation("CHN", "PRK", 2010)),
            objections=(Objection("KOR", "PRK"),),
        ),
        {"CHN>KOR": UNDECIDED, "CHN>PRK": UNDECIDED},
    ),
    ("vcdr-5-1", "no notice is on record", situation(post("ITA"), covers=(COVER,)), {"ITA>VAT": UNDECIDED}),
    (
        "vcdr-5-1",
        "functions of a consulate are another article's",
        situation(CONSULATE, covers=(Accreditation("DEU-bonn", "LUX"),)),
        {},
    ),
    # VCDR 5(2)
    (
        "vcdr-5-2",
        "a mission under a chargé where the head sits elsewhere",
        situation(post("CZE"), post("SVK", "diplomatic-mission"), covers=(HERE,)),
        {"CZE>SVK": KEPT},
    ),
    (
        "vcdr-5-2",
        "an embassy under an ambassador of its own where the head sits elsewhere",
        situation(post("CZE"), post("SVK"), covers=(HERE,)),
        {"CZE>SVK": BROKEN},
    ),
    (
        "vcdr-5-2",
        "a closed embassy has no head",
        situation(post("CZE"), post("SVK"), covers=(HERE,), events=(event("SVK", "closed", "2012-01-01"),)),
        {},
    ),
    # VCDR 11
    (
        "vcdr-11",
        "ten people where ten are allowed",
        situation(post("KEN", staff=10), terms=(Terms("KEN", mission_limit=10),)),
        {"KEN": KEPT},
    ),
    (
        "vcdr-11",
        "eleven people where ten are allowed",
        situation(post("KEN", staff=11), terms=(Terms("KEN", mission_limit=10),)),
        {"KEN": BROKEN},
    ),
    ("vcdr-11", "no limit is on record", situation(post("KEN", staff=11)), {"KEN": UNDECIDED}),
    (
        "vcdr-11",
        "a limit, and nobody knows how many people",
        situation(post("KEN"), terms=(Terms("KEN", mission_limit=10),)),
        {"KEN": UNDECIDED},
    ),
    # VCDR 12
    (
        "vcdr-12",
        "the receiving State consented to the office in the old capital",
        situation(
            post("DEU", city="Berlin"),
            post("DEU-bonn", "other", "Bonn", OPENED),
            events=(event("DEU-bonn", "consent", "2012-03-01"),),
        ),
        {"DEU-bonn": KEPT},
    ),
    (
        "vcdr-12",
        "the office opened before the consent, which must be prior",
        situation(
            post("DEU", city="Berlin"),
            post("DEU-bonn", "other", "Bonn", OPENED),
            events=(event("DEU-bonn", "consent", "2012-06-01"),),
        ),
        {"DEU-bonn": BROKEN},
    ),
    (
        "vcdr-12",
        "a second mission, consent unknown; the embassy is the first",
        situation(post("DEU-bonn", "diplomatic-mission", "Bonn"), post("DEU", city="Berlin")),
        {"DEU-bonn": UNDECIDED},
    ),
    ("vcdr-12", "an office in the city of the mission", situation(post("DEU"), post("DEU-office", "other")), {}),
    (
        "vcdr-12",
        "an office in another State is no office in another locality",
        situation(post("DEU", city="Berlin"), post("FRA-office", "other", "Paris")),
        {},
    ),
    ("vcdr-12", "a consulate is no office of the mission", situation(post("DEU", city="Berlin"), CONSULATE), {}),
    # VCDR 15
    (
        "vcdr-15",
        "an embassy was agreed when the mission was raised",
        situation(
            post("NOR", "diplomatic-mission"),
            events=(
                event("NOR", "raised", "2012-08-01", form="embassy"),
                event("NOR", "consent", "2012-06-01", form="embassy"),
            ),
        ),
        {"NOR": KEPT},
    ),
    (
        "vcdr-15",
        "an ambassador where a chargé was agreed",
        situation(post("NOR"), events=(event("NOR", "consent", "2012-06-01", form="diplomatic-mission"),)),
        {"NOR": BROKEN},
    ),
    (
        "vcdr-15",
        "raised, and nothing is known of an agreement",
        situation(
            post("NOR", "diplomatic-mission"), events=(event("NOR", "raised", "2012-08-01", form="small-embassy"),)
        ),
        {"NOR": UNDECIDED},
    ),
    (
        "vcdr-15",
        "a chargé was agreed at the opening; of the raise nothing is known",
        situation(
            post("NOR", "diplomatic-mission", opened="1995-01-01"),
            events=(
                event("NOR", "consent", "1994-06-01", form="diplomatic-mission"),
                event("NOR", "raised", "2012-08-01", form="embassy"),
            ),
        ),
        {"NOR": UNDECIDED},
    ),
    (
        "vcdr-15",
        "a larger embassy is of the same class",
        situation(post("NOR", "small-embassy"), events=(event("NOR", "raised", "2012-08-01", form="large-embassy"),)),
        {},
    ),
    # VCDR 19
    ("vcdr-19", "no head yet, and four people of whom one can act", situation(post("KEN", staff=4)), {"KEN": KEPT}),
    ("vcdr-19", "no head, and nobody", situation(post("KEN", staff=0)), {"KEN": BROKEN}),
    (
        "vcdr-19",
        "a head who presented credentials is enough",
        situation(post("KEN", staff=0), events=(event("KEN", "credentials", "2012-06-01"),)),
        {"KEN": KEPT},
    ),
    ("vcdr-19", "neither head nor staff is on record", situation(post("KEN")), {"KEN": UNDECIDED}),
    # VCDR 45
    (
        "vcdr-45",
        "Switzerland protects, and the receiving State accepted it",
        situation(
            post("IRN"),
            events=(event("IRN", "consent", "2012-02-01", by="CHE"), event("IRN", "protected", OPENED, "CHE")),
        ),
        {"IRN": KEPT},
    ),
    (
        "vcdr-45",
        "the receiving State itself is no third State",
        situation(post("IRN"), events=(event("IRN", "protected", OPENED, by="IRN"),)),
        {"IRN": BROKEN},
    ),
    (
        "vcdr-45",
        "Switzerland protects, acceptance unknown",
        situation(post("IRN"), events=(event("IRN", "protected", OPENED, by="CHE"),)),
        {"IRN": UNDECIDED},
    ),
    (
        "vcdr-45",
        "evacuated, and nobody is known to look after it",
        situation(post("IRN"), events=(event("IRN", "evacuated", OPENED),)),
        {"IRN": UNDECIDED},
    ),
    (
        "vcdr-45",
        "a recalled consulate, or a mission at work, is not its matter",
        situation(CONSULATE, post("KEN"), events=(event("DEU-bonn", "evacuated", "2012-09-01"),)),
        {},
    ),
    # VCCR 2
    (
        "vccr-2",
        "diplomatic relations imply consular ones",
        situation(CONSULATE, terms=(Terms("DEU", relations=True),)),
        {"DEU-bonn": KEPT},
    ),
    (
        "vccr-2",
        "consular relations remain where diplomatic ones were broken off",
        situation(CONSULATE, terms=(Terms("DEU", relations=False, consular=True),)),
        {"DEU-bonn": KEPT},
    ),
    (
        "vccr-2",
        "consular relations are refused though there are diplomatic ones",
        situation(CONSULATE, terms=(Terms("DEU", relations=True, consular=False),)),
        {"DEU-bonn": BROKEN},
    ),
    (
        "vccr-2",
        "severing diplomatic relations does not of itself sever consular ones",
        situation(CONSULATE, terms=(Terms("DEU", relations=False),)),
        {"DEU-bonn": UNDECIDED},
    ),
    # VCCR 4(1)
    (
        "vccr-4",
        "consent, then the consulate",
        situation(CONSULATE, events=(event("DEU-bonn", "consent", "2012-03-01"),)),
        {"DEU-bonn": KEPT},
    ),
    (
        "vccr-4",
        "the consulate, then the consent",
        situation(CONSULATE, events=(event("DEU-bonn", "consent", "2012-06-01"),)),
        {"DEU-bonn": BROKEN},
    ),
    ("vccr-4", "a consulate, consent unknown", situation(CONSULATE), {"DEU-bonn": UNDECIDED}),
    (
        "vccr-4",
        "a consent after the opening may be to the raise",
        situation(CONSULATE, events=(GENERAL, event("DEU-bonn", "consent", "2012-07-01"))),
        {"DEU-bonn": UNDECIDED},
    ),
    (
        "vccr-4",
        "a consent of the day of the opening, and another to the raise",
        situation(
            CONSULATE,
            events=(GENERAL, event("DEU-bonn", "consent", OPENED), event("DEU-bonn", "consent", "2012-07-01")),
        ),
        {"DEU-bonn": KEPT},
    ),
    # VCCR 4(3)
    (
        "vccr-4-3",
        "raised to a consulate-general with a consent of its own",
        situation(CONSULATE, events=(GENERAL, event("DEU-bonn", "consent", "2012-07-01"))),
        {"DEU-bonn": KEPT},
    ),
    (
        "vccr-4-3",
        "raised first, and then consented to",
        situation(CONSULATE, events=(GENERAL, event("DEU-bonn", "consent", "2012-09-01"))),
        {"DEU-bonn": BROKEN},
    ),
    (
        "vccr-4-3",
        "the consent to the opening is none to the change",
        situation(CONSULATE, events=(GENERAL, event("DEU-bonn", "consent", "2012-03-01"))),
        {"DEU-bonn": UNDECIDED},
    ),
    (
        "vccr-4-3",
        "moved to Cologne with a consent that named it, given at the opening",
        situation(
            CONSULATE,
            events=(
                event("DEU-bonn", "relocated", "2012-08-01", city="Cologne"),
                event("DEU-bonn", "consent", "2012-03-01", city="Cologne"),
            ),
        ),
        {"DEU-bonn": KEPT},
    ),
    ("vccr-4-3", "nothing changed", situation(CONSULATE), {}),
    # VCCR 7
    (
        "vccr-7",
        "the consulate has served Luxembourg since 2005",
        situation(CONSULATE, covers=(Accreditation("DEU-bonn", "LUX", 2005),)),
        {"DEU-bonn>LUX": KEPT},
    ),
    (
        "vccr-7",
        "Luxembourg objects",
        situation(
            CONSULATE, covers=(Accreditation("DEU-bonn", "LUX", 2005),), objections=(Objection("DEU", "LUX", "note"),)
        ),
        {"DEU-bonn>LUX": BROKEN},
    ),
    (
        "vccr-7",
        "no notice is on record",
        situation(CONSULATE, covers=(Accreditation("DEU-bonn", "LUX"),)),
        {"DEU-bonn>LUX": UNDECIDED},
    ),
    # VCCR 12
    (
        "vccr-12",
        "exequatur, then work, and the exequatur of the next head",
        situation(
            CONSULATE,
            events=(event("DEU-bonn", "exequatur", "2012-04-01"), event("DEU-bonn", "exequatur", "2012-11-01")),
        ),
        {"DEU-bonn": KEPT},
    ),
    (
        "vccr-12",
        "work, then the exequatur",
        situation(CONSULATE, events=(event("DEU-bonn", "exequatur", "2012-06-01"),)),
        {"DEU-bonn": BROKEN},
    ),
    ("vccr-12", "no exequatur is on record", situation(CONSULATE), {"DEU-bonn": UNDECIDED}),
    (
        "vccr-12",
        "the exequatur on the first day of work",
        situation(CONSULATE, events=(event("DEU-bonn", "exequatur", OPENED),)),
        {"DEU-bonn": KEPT},
    ),
    # VCCR 20
    (
        "vccr-20",
        "four people where four are allowed",
        situation(CONSULATE, terms=(Terms("DEU", mission_limit=1, consular_limit=4),)),
        {"DEU-bonn": KEPT},
    ),
    (
        "vccr-20",
        "four people where three are allowed",
        situation(CONSULATE, terms=(Terms("DEU", mission_limit=9, consular_limit=3),)),
        {"DEU-bonn": BROKEN},
    ),
    ("vccr-20", "no limit is on record", situation(CONSULATE), {"DEU-bonn": UNDECIDED}),
    # VCCR 27
    (
        "vccr-27",
        "our embassy looks after the closed consulate",
        situation(CONSULATE, post("DEU", city="Berlin"), events=(event("DEU-bonn", "suspended", "2012-09-01"),)),
        {"DEU-bonn": KEPT},
    ),
    (
        "vccr-27",
        "a third State looks after it, though our embassy is at work",
        situation(
            CONSULATE, post("DEU", city="Berlin"), events=(event("DEU-bonn", "protected", "2012-09-01", by="CHE"),)
        ),
        {"DEU-bonn": BROKEN},
    ),
    (
        "vccr-27",
        "another consulate of ours there looks after it",
        situation(
            CONSULATE,
            post("DEU-ulm", "consulate", "Ulm"),
            events=(event("DEU-bonn", "evacuated", "2012-09-01"),),
        ),
        {"DEU-bonn": KEPT},
    ),
    (
        "vccr-27",
        "we have nobody else there, and acceptance is unknown",
        situation(CONSULATE, events=(event("DEU-bonn", "protected", "2012-09-01", by="CHE"),)),
        {"DEU-bonn": UNDECIDED},
    ),
    (
        "vccr-27",
        "consular relations were severed, so a third State may",
        situation(
            CONSULATE,
            post("DEU", city="Berlin"),
            events=(
                event("DEU-bonn", "consent", "2012-08-01", by="CHE"),
                event("DEU-bonn", "protected", "2012-09-01", by="CHE"),
            ),
            terms=(Terms("DEU", consular=False),),
        ),
        {"DEU-bonn": KEPT},
    ),
    # VCCR 68
    (
        "vccr-68",
        "the State receives honorary consuls",
        situation(post("DEU-ulm", "honorary-consulate"), terms=(Terms("DEU", honorary=True),)),
        {"DEU-ulm": KEPT},
    ),
    (
        "vccr-68",
        "the State receives none",
        situation(post("DEU-ulm", "honorary-consulate"), terms=(Terms("DEU", honorary=False),)),
        {"DEU-ulm": BROKEN},
    ),
    ("vccr-68", "its practice is unknown", situation(post("DEU-ulm", "honorary-consulate")), {"DEU-ulm": UNDECIDED}),
    ("vccr-68", "a career consulate", situation(CONSULATE, terms=(Terms("DEU", honorary=False),)), {}),
]


@pytest.mark.parametrize(("code", "told", "found", "expected"), DECIDED, ids=[f"{d[0]}: {d[1]}" for d in DECIDED])
def test_decided_cases(code: str, told: str, found: Situation, expected: dict[str, Verdict]) -> None:
    """Each subject gets the verdict that the article asks for, and no other subject gets one."""
    assert verdicts(code, found) == expected


@pytest.mark.parametrize("code", RULE)
def test_every_rule_is_kept_broken_and_undecided_in_some_case(code: str) -> None:
    """No rule goes without; class and form alone decide VCDR 5(2)."""
    seen = {verdict for rule, _, _, expected in DECIDED if rule == code for verdict in expected.values()}
    assert seen == ({KEPT, BROKEN} if code == "vcdr-5-2" else set(Verdict))


# The sender's own law

KING = Decided("The King", "art. 2", "Act", (Form.EMBASSY,), date(2012, 1, 1))
OWN: list[tuple[str, Condition, Situation, dict[str, Verdict]]] = [
    (
        "two States, two allowed",
        MostAccreditations(2, "art. 4", "Act"),
        situation(covers=(Accreditation("A", "X"), Accreditation("A", "Y"))),
        {"A": KEPT},
    ),
    (
        "two States, one allowed",
        MostAccreditations(1, "art. 4", "Act"),
        situation(covers=(Accreditation("A", "X"), Accreditation("A", "Y"))),
        {"A": BROKEN},
    ),
    (
        "the King decided in March",
        KING,
        situation(post("KEN", opened=OPENED), events=(event("KEN", "decision", "2012-03-01", by="the king"),)),
        {"KEN": KEPT},
    ),
    (
        "the King decided on the day",
        KING,
        situation(post("KEN", opened=OPENED), events=(event("KEN", "decision", OPENED, by="The King"),)),
        {"KEN": KEPT},
    ),
    (
        "the King decided after the opening",
        KING,
        situation(post("KEN", opened=OPENED), events=(event("KEN", "decision", "2012-06-01", by="The King"),)),
        {"KEN": BROKEN},
    ),
    (
        "somebody else decided",
        KING,
        situation(post("KEN", opened=OPENED), events=(event("KEN", "decision", "2012-03-01", by="The Queen"),)),
        {"KEN": UNDECIDED},
    ),
    ("opened before the law", KING, situation(post("KEN", opened="1992-05-01")), {"KEN": KEPT}),
    (
        "opened on the day the law came into force",
        KING,
        situation(post("KEN", opened="2012-01-01")),
        {"KEN": UNDECIDED},
    ),
    ("another form", KING, situation(post("KEN", "diplomatic-mission")), {}),
    ("no post there", NoPost(("TWN",), "art. 1", "Order"), situation(post("KEN")), {"KEN": KEPT}),
    ("a post there", NoPost(("TWN",), "art. 1", "Order"), situation(post("TWN")), {"TWN": BROKEN}),
    (
        "in force from that day",
        NoPost(("TWN",), "", "Order", DAY),
        situation(post("TWN")),
        {"TWN": BROKEN},
    ),
    ("not in force yet", NoPost(("TWN",), "", "Order", date(2013, 1, 1)), situation(post("TWN")), {}),
    ("three people of three", LeastStaff(3, "art. 9", "Act"), situation(post("KEN", staff=3)), {"KEN": KEPT}),
    ("two people of three", LeastStaff(3, "art. 9", "Act"), situation(post("KEN", staff=2)), {"KEN": BROKEN}),
    ("staff unknown", LeastStaff(3, "art. 9", "Act"), situation(post("KEN")), {"KEN": UNDECIDED}),
]


@pytest.mark.parametrize(("told", "condition", "found", "expected"), OWN, ids=[o[0] for o in OWN])
def test_own_law(told: str, condition: Condition, found: Situation, expected: dict[str, Verdict]) -> None:
    """A condition is put to the posts it speaks of, from the day it is in force."""
    assert {subject: verdict for subject, verdict, *_ in own_rule(condition).check(found)} == expected


# Opinions


def test_a_breach_is_an_error_unless_its_row_is_weak() -> None:
    """The finding names article, fact and remedy; a weak row on either side makes it a warning that says so."""
    sure = opinion(situation(post("CZE"), post("SVK"), covers=(HERE,))).findings
    found = [f for f in sure if f.code == "vcdr-5-2"]
    assert [(f.severity, f.subject) for f in found] == [(Severity.ERROR, "CZE>SVK")]
    assert "VCDR art. 5(2)" in found[0].message
    assert "the embassy (SVK) has a head of its own" in found[0].message
    assert found[0].remedy
    for weak in ("SVK", "CZE>SVK"):
        doubted = opinion(situation(post("CZE"), post("SVK"), covers=(HERE,), doubtful=(weak,))).findings
        (only,) = [f for f in doubted if f.code == "vcdr-5-2"]
        assert only.severity is Severity.WARNING
        assert f"The record of {weak} is weak" in only.message


def test_what_is_not_known_is_told_once_for_all_it_is_missing_for() -> None:
    """One note for many posts; a warning where consent must be express."""
    many = [post(f"A{chr(65 + n)}{chr(65 + n)}") for n in range(14)]
    (note,) = [f for f in opinion(situation(*many)).findings if f.code == "vcdr-4"]
    assert note.severity is Severity.NOTE
    assert note.message.startswith("Not known for 14 (AAA, ABB")
    assert "AMM" not in note.message
    (twelve,) = [f for f in opinion(situation(*many[:12])).findings if f.code == "vcdr-4"]
    assert "ALL: whether" in twelve.message
    two = situation(post("DEU", city="Berlin"), post("DEU-bonn", "other", "Bonn"))
    (office,) = [f for f in opinion(two).findings if f.code == "vcdr-12"]
    assert (office.severity, office.subject) == (Severity.WARNING, "DEU-bonn")


def test_counts_and_what_is_new() -> None:
    """Lines count every verdict; findings leave out what an earlier opinion has told."""
    before = opinion(situation(post("KEN")))
    after = opinion(situation(post("KEN"), post("BRA")), (), before)
    line = next(line for line in after.lines if line.code == "vcdr-2")
    assert (line.kept, line.broken, line.undecided) == (0, 0, 2)
    assert {f.subject for f in after.findings} == {"BRA"}


def test_every_checked_article_has_a_rule_and_the_other_way_round() -> None:
    """The table of articles and the table of rules say the same."""
    told = {f"{a.convention.value} {a.number}" for a in ARTICLES if a.treatment is Treatment.CHECKED}
    assert told == {f"{r.convention.value} {r.article.partition('(')[0]}" for r in RULES}


# From a case, and from a plan


@pytest.fixture(scope="module")
def case() -> Case:
    read, _ = read_case("ruritania")
    return read


def test_the_situation_of_a_case(case: Case) -> None:
    """Facts known by the day tell the terms, else their mission here does; ruled-out pairs are objections."""
    told = (
        Fact("GRK", "mission_limit", 2028, 9, "persons", "note"),
        Fact("GRK", "mission_limit", 2030, 12, "persons", "note"),
        Fact("NOL", "relations", 2027, 0, "of 1", "note"),
        Fact("WHV", "honorary_consuls", 2027, 1, "of 1", "note"),
    )
    ruled_out = ServiceRow("GRK", "WHV", allowed=False, evidence="no")
    at_home = ServiceRow("GRK", "GRK-haven", allowed=False)  # a pair within one State objects to nothing
    stated = ServiceRow("GRK", "ISA", Form.EMBASSY, 0)  # type: ignore[arg-type]
    found = situation_on(replace(case, facts=told, services=(ruled_out, at_home, stated)), case.as_of)
    assert found.terms_of("GRK") == Terms("GRK", True, "their mission is here", None, 9)
    assert found.terms_of("NOL") == Terms("NOL", False, "note, 2027")
    assert found.terms_of("WHV").honorary is True
    assert found.objections == (Objection("GRK", "WHV", "no"),)
    assert verdicts("vcdr-11", found)["GRK"] is BROKEN  # ten people, nine allowed
    assert verdicts("vcdr-5-1", found) == {"GRK>WHV": BROKEN}
    assert verdicts("vcdr-2", found)["NOL"] is BROKEN


def test_events_of_the_case_decide(case: Case) -> None:
    """An event that is planned does not."""
    consent = Event("GRK-haven", EventKind.CONSENT, date(2005, 1, 1))
    given = situation_on(replace(case, events=(consent,)), case.as_of)
    assert verdicts("vccr-4", given)["GRK-haven"] is KEPT
    planned = situation_on(replace(case, events=(replace(consent, planned=True),)), case.as_of)
    assert verdicts("vccr-4", planned)["GRK-haven"] is UNDECIDED


def test_a_weak_row_is_doubtful(case: Case) -> None:
    """By the least confidence that the case asks for."""
    weak = replace(case, accreditations=tuple(replace(a, confidence="low") for a in case.accreditations))
    assert situation_on(weak, case.as_of).doubtful == ("GRK>WHV",)
    lower = replace(weak, settings=replace(case.settings, least_confidence="low"))
    assert situation_on(lower, case.as_of).doubtful == ()


def measure(year: int, site: str, kind: Kind, before: str, after: str) -> Measure:
    return Measure(year, site, kind, Form(before), Form(after), *[0] * 4)  # type: ignore[arg-type]


def carried_out(case: Case, *measures: Measure, services: tuple[Served, ...] = ()) -> list[Situation]:
    problem = draft(case).problem
    proof = Proof(*[0] * 9)  # type: ignore[call-arg, arg-type]
    plan = Plan("", measures, services, (), 0, 0, proof)  # type: ignore[arg-type]
    return list(situations_of(case, problem, plan))


def test_a_plan_opens_raises_and_closes(case: Case) -> None:
    """Each from its year on, in the month in which measures take effect, with the staff of the rung."""
    ends = carried_out(
        case,
        measure(2031, "SDA", Kind.ESTABLISH, "none", "embassy"),
        measure(2030, "EMK", Kind.UPGRADE, "diplomatic-mission", "embassy"),
        measure(2031, "GRK-haven", Kind.CLOSE, "consulate", "none"),
    )
    assert [s.day for s in ends] == [date(2030, 12, 31), date(2031, 12, 31)]
    assert ends[0].post("SDA") is None
    new = ends[1].post("SDA")
    assert new is not None
    assert (new.post.form, new.post.span.start, new.post.staff) == (Form.EMBASSY, date(2031, 7, 1), 10)
    assert [verdicts("vcdr-15", s) for s in ends] == [{"EMK": UNDECIDED}] * 2
    assert ["GRK-haven" in verdicts("vccr-4", s) for s in ends] == [True, False]


def test_a_consulate_raised_by_a_plan_changes_its_class(case: Case) -> None:
    """Also where it stays on its ladder; an embassy that grows does not."""
    raised = measure(2030, "WHV-westport", Kind.UPGRADE, "honorary-consulate", "consulate")
    last = carried_out(case, raised)[-1]
    now = last.post("WHV-westport")
    assert now is not None
    assert (now.post.form, now.post.staff) == (Form.CONSULATE, 4)
    assert verdicts("vccr-4-3", last) == {"WHV-westport": UNDECIDED}
    assert "WHV-westport" not in verdicts("vccr-68", last)
    grown = carried_out(case, measure(2031, "GRK", Kind.UPGRADE, "embassy", "embassy"))[-1]
    held = grown.post("GRK")
    assert held is not None
    assert [e.kind for e in held.events] == [EventKind.FIRST_WORKING_DAY]


def test_a_plan_opens_again_what_was_suspended(case: Case) -> None:
    """The post of the record is the one at work."""
    told = (
        Event("NOL", EventKind.FIRST_WORKING_DAY, date(1995, 1, 1)),
        Event("NOL", EventKind.SUSPENDED, date(2028, 1, 1)),
    )
    away = replace(case, events=told)
    assert "NOL" not in verdicts("vcdr-2", carried_out(away)[0])
    assert "NOL" in verdicts("vcdr-2", carried_out(away, measure(2030, "NOL", Kind.ESTABLISH, "none", "embassy"))[0])


def test_consent_recorded_for_a_site_counts_for_the_post_opened_there(case: Case) -> None:
    """The plan opens in July 2030: a consent of May is prior, one of August is not."""
    opened = measure(2030, "SDA", Kind.ESTABLISH, "none", "embassy")
    for month, verdict in ((5, KEPT), (8, BROKEN)):
        told = Event("SDA", EventKind.CONSENT, date(2030, month, 1))
        ends = carried_out(replace(case, events=(told,)), opened)
        assert verdicts("vcdr-2", ends[0])["SDA"] is verdict


def test_accreditations_of_a_plan_are_those_of_the_year(case: Case) -> None:
    """A recorded one keeps the year since when it holds; a service at its own seat is none."""
    served = (
        Served(2030, "WHV", "GRK", Form.EMBASSY, 0, concurrent=True),  # type: ignore[arg-type]
        Served(2031, "ISA", "GRK", Form.EMBASSY, 0, concurrent=True),  # type: ignore[arg-type]
        Served(2031, "GRK", "GRK", Form.EMBASSY, 1, concurrent=False),  # type: ignore[arg-type]
    )
    first, last = carried_out(case, services=served)
    assert [(a.seat, a.state, a.since) for a in first.accreditations] == [("GRK", "WHV", 2016)]
    assert [(a.seat, a.state, a.since) for a in last.accreditations] == [("GRK", "ISA", None)]
