"""Articles: each of the two conventions, and whether we check it, only record its facts, or leave it to people.

The wording was read in English in the text that the Dutch government publishes (wetten.overheid.nl, BWBV0004345 and
BWBV0004334, in its copy at statengeneraal/laws-markdown); `seen` says of which articles.
"""

from __future__ import annotations

from enum import StrEnum

from legation.law.matters import Convention
from legation.values import value


class Treatment(StrEnum):
    """What becomes of an article."""

    CHECKED = "checked"
    RECORDED = "recorded"
    PEOPLE = "left to people"


@value
class Article:
    """One article, or a run of articles, of a convention.

    number: as it is cited; title: what it is about; how: what is checked or recorded, and what is not
    seen: whether its wording was read
    """

    convention: Convention
    number: str
    title: str
    treatment: Treatment
    how: str
    seen: bool = True


def _of(convention: Convention, *rows: tuple[str, str, Treatment, str]) -> tuple[Article, ...]:
    return tuple(Article(convention, *row) for row in rows)


CHECKED, RECORDED, PEOPLE = Treatment

ARTICLES = (
    *_of(
        Convention.VCDR,
        ("1", "expressions", PEOPLE, "the words of the glossary follow it"),
        ("2", "relations and missions by mutual consent", CHECKED, "missions and accreditations"),
        ("3", "functions of a mission", PEOPLE, "an embassy may do consular work: plans count on it"),
        ("4", "agrément", CHECKED, "its day against that of the credentials; a refusal is not recorded"),
        ("5", "accreditation to several States", CHECKED, "(1) objections and notice, (2) missions under a chargé"),
        ("6", "one head for several sending States", PEOPLE, "joint missions are not in the record"),
        (
            "7–10",
            "staff: appointment, nationality, persona non grata, notices",
            PEOPLE,
            "persons are not in the record",
        ),
        ("11", "size of the mission", CHECKED, "(1) against a recorded limit; (2) categories are not recorded"),
        (
            "12",
            "offices elsewhere in the receiving State",
            CHECKED,
            "posts of the diplomatic and trade tracks and others",
        ),
        ("13", "when the head takes up functions", RECORDED, "event `credentials`"),
        ("14", "classes of heads", RECORDED, "the form: embassy class (a), diplomatic mission class (c)"),
        ("15", "the class is agreed", CHECKED, "where it was changed, or an agreement is recorded"),
        ("16–18", "precedence and reception of heads", PEOPLE, "persons are not in the record"),
        (
            "19",
            "chargé d'affaires ad interim",
            CHECKED,
            "(1) that somebody is there; the notice of the name is not recorded",
        ),
        ("20–44", "premises, privileges, immunities, duties", PEOPLE, "duties of the receiving State and of persons"),
        ("45", "relations broken off, mission recalled", CHECKED, "(b), (c) who protects, and that it is accepted"),
        ("46", "protecting a third State", PEOPLE, "what we do for others is not in the record"),
        ("47", "no discrimination", PEOPLE, "the ledger of reciprocity shows who is where"),
        (
            "48–51",
            "signature, ratification, accession, entry into force",
            PEOPLE,
            "who is a party is not in the record",
        ),
    ),
    *_of(
        Convention.VCCR,
        ("1", "definitions", PEOPLE, "the words of the glossary follow it"),
        ("2", "consular relations", CHECKED, "diplomatic relations imply them; severing the one leaves the other"),
        ("3", "exercise of consular functions", PEOPLE, "by consular posts and by missions"),
        (
            "4",
            "establishment of a consular post",
            CHECKED,
            "(1), (3); (4) as (1) for an agency on record; no other offices",
        ),
        ("5–6", "functions, and outside the district", PEOPLE, "districts have no borders in the record"),
        ("7", "functions in a third State", CHECKED, "accreditations whose seat is a consular post"),
        ("8", "functions for a third State", PEOPLE, "what we do for others is not in the record"),
        ("9", "classes of heads", RECORDED, "the form"),
        ("10–11", "appointment, commission", PEOPLE, "persons are not in the record"),
        ("12", "exequatur", CHECKED, "(3) its day against the opening; a breach is a warning, for arts. 13 and 15"),
        ("13–18", "provisional admission, acting head, precedence, diplomatic acts", PEOPLE, "not in the record"),
        ("19", "appointment of staff", PEOPLE, "persons are not in the record"),
        ("20", "size of the staff", CHECKED, "against a recorded limit"),
        ("21–26", "precedence, nationality, non grata, notices, departure", PEOPLE, "persons are not in the record"),
        ("27", "closure: premises, archives, interests", CHECKED, "who protects a post that was recalled"),
        ("28–57", "facilities, privileges, immunities, duties", PEOPLE, "duties of the receiving State and of persons"),
        ("58–67", "honorary officers: privileges", PEOPLE, "duties of the receiving State"),
        ("68", "honorary officers are optional", CHECKED, "against the recorded practice of the receiving State"),
        ("69–73", "agencies, missions, nationals, discrimination, other agreements", PEOPLE, "not in the record"),
        ("74–79", "final provisions", PEOPLE, "who is a party is not in the record"),
    ),
)
