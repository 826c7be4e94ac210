"""Checking: every rule put to every subject of a situation; what is broken or not known comes out as findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from itertools import groupby
from typing import assert_never

from legation.errors import Finding, Severity
from legation.law import consular, diplomatic
from legation.law.matters import Check, Convention, Matter, Rule, Verdict
from legation.law.national import Condition, Decided, LeastStaff, MostAccreditations, NoPost, asked, cited, rulings
from legation.law.situation import Situation
from legation.values import value

SHOWN = 12

CONSENT = "ask for consent where it was not given, and record it as event consent of the post"
OBJECTION = (
    "notify the States; fill since in accreditations.csv where it holds, and record an objection in services.csv "
    "(allowed = false, with the evidence)"
)


@value
class Line:
    """What was found under one rule: how many subjects keep it, break it, or cannot be decided."""

    code: str
    cited: str
    asks: str
    kept: int
    broken: int
    undecided: int


@value
class Opinion:
    """What the law says of a situation.

    day: the day of the situation; lines: one a rule, in the order of the rules; matters: every verdict; findings: of
    the matters that are new against an earlier opinion, where there is one
    """

    day: date
    lines: tuple[Line, ...]
    matters: tuple[Matter, ...]
    findings: tuple[Finding, ...]


def ruled(
    code: str,
    number: str,
    asks: str,
    check: Check,
    remedy: str,
    record: str,
    *,
    grave: bool = True,
    express: bool = False,
) -> Rule:
    """Make a rule of the convention that its code names."""
    convention = Convention.VCDR if code.startswith("vcdr") else Convention.VCCR
    return Rule(code, convention, number, asks, remedy, record, check, grave, express)


RULES = (
    ruled(
        "vcdr-2",
        "2",
        "a mission, and an accreditation, only where there are relations, and by consent",
        diplomatic.relations,
        "establish relations or ask for consent first, or close the post",
        "ask for consent where it was not given; record it as event consent of the post, relations as fact relations",
    ),
    ruled(
        "vcdr-4",
        "4(1)",
        "the agrément is given before the head of a mission presents credentials",
        diplomatic.heads,
        "ask for the agrément before the head is sent",
        "ask for it where it was not given, and record it as event agrement of the post",
    ),
    ruled(
        "vcdr-5-1",
        "5(1)",
        "one head for several States only after notice, and unless one of them objects",
        diplomatic.concurrent,
        "cover the State from another post, or open one there",
        OBJECTION,
    ),
    ruled(
        "vcdr-5-2",
        "5(2)",
        "where the head sits elsewhere, a mission is headed by a chargé d'affaires ad interim",
        diplomatic.seats,
        "take the accreditation out, or record the post as a diplomatic-mission",
        "record the form of the post",
    ),
    ruled(
        "vcdr-11",
        "11(1)",
        "the mission is no larger than the receiving State allows",
        diplomatic.size,
        "reduce the staff, or agree on the size",
        "ask, record a limit as fact mission_limit of the State, and staff in posts.csv",
    ),
    ruled(
        "vcdr-12",
        "12",
        "no office of a mission in another city of the same State without prior express consent",
        diplomatic.offices,
        "ask for express consent before it opens, or close the office",
        CONSENT,
        express=True,
    ),
    ruled(
        "vcdr-15",
        "15",
        "the class of the head (ambassador, chargé d'affaires) is agreed",
        diplomatic.classes,
        "agree on the class, or keep the agreed form",
        "agree on it, and record that as event consent of the post, with the form agreed",
    ),
    ruled(
        "vcdr-19",
        "19",
        "while there is no head, somebody acts as chargé d'affaires ad interim",
        diplomatic.vacancies,
        "send somebody, or agree with the receiving State who is in charge of current affairs",
        "record the event credentials of the post, and staff in posts.csv",
    ),
    ruled(
        "vcdr-45",
        "45",
        "a recalled mission is entrusted only to a third State the receiving State accepts",
        diplomatic.recalls,
        "ask a third State, and the receiving State whether it accepts it",
        "record the events protected and consent of the post, with the protecting State as by",
    ),
    ruled(
        "vccr-2",
        "2",
        "a consular post only where there are consular relations, which diplomatic ones imply",
        consular.relations,
        "establish consular relations, or close the post",
        "record the fact consular_relations or relations of the State",
    ),
    ruled(
        "vccr-4",
        "4(1)",
        "a consular post opens only with consent, its seat, class and district approved",
        consular.consent,
        "ask for consent before it opens, or close the post",
        CONSENT,
    ),
    ruled(
        "vccr-4-3",
        "4(3)",
        "a consular post changes its seat or class only with consent",
        consular.changes,
        "ask for consent before the change, or undo it",
        "ask for consent where it was not given; record it as event consent of the post, with the new form or city",
    ),
    ruled(
        "vccr-7",
        "7",
        "a consular post acts in another State only after notice, and unless one of them objects",
        consular.abroad,
        "serve the State from another post",
        OBJECTION,
    ),
    ruled(
        "vccr-12",
        "12(3)",
        "the head of a consular post takes up duties only with the exequatur",
        consular.exequaturs,
        "show the provisional admission (art. 13) or the acting head (art. 15)",
        "ask for it where it was not given, and record it as event exequatur of the post",
        grave=False,
    ),
    ruled(
        "vccr-20",
        "20",
        "the consular staff is no larger than the receiving State allows",
        consular.size,
        "reduce the staff, or agree on the size",
        "ask, record a limit as fact consular_limit of the State, and staff in posts.csv",
    ),
    ruled(
        "vccr-27",
        "27",
        "a closed consular post is entrusted to a third State only where we have nobody else there",
        consular.closures,
        "entrust it to our own post there, or agree with the receiving State on another",
        "record the events protected and consent of the post, with the protecting State as by",
        grave=False,
    ),
    ruled(
        "vccr-68",
        "68",
        "an honorary consulate only where the State receives honorary consuls",
        consular.honorary,
        "send a career officer, or close the post",
        "ask, and record the fact honorary_consuls of the State: 1 or 0",
    ),
)
"""The rules of the two conventions that facts of the record can decide."""


def own_rule(condition: Condition) -> Rule:
    """Make a rule of a condition of the sender's own law."""
    record = ""
    match condition:
        case MostAccreditations():
            code = "law-accreditations"
            remedy = "cover fewer States from the post"
        case Decided():
            code = "law-decision"
            remedy = "ask for the act before the post opens"
            record = (
                "ask for it where it was not given; record it as event decision of the post, with the authority as by"
            )
        case NoPost():
            code = "law-state"
            remedy = "close the post, or change the law"
        case LeastStaff():
            code = "law-staff"
            remedy = "add people, or choose a lesser form"
            record = "fill staff in posts.csv"
        case _:
            assert_never(condition)
    return Rule(code, Convention.OWN, cited(condition), asked(condition), remedy, record, partial(rulings, condition))


def opinion(situation: Situation, own: Iterable[Condition] = (), earlier: Opinion | None = None) -> Opinion:
    """Put every rule of the conventions and of the sender's own law to a situation.

    earlier: an opinion whose matters are known already: findings tell only of others
    """
    lines: list[Line] = []
    matters: list[Matter] = []
    findings: list[Finding] = []
    known = set(earlier.matters) if earlier else set()
    for rule in (*RULES, *map(own_rule, own)):
        found = tuple(Matter(rule.code, *ruling, rule.cited) for ruling in rule.check(situation))
        counts = [sum(m.verdict is verdict for m in found) for verdict in Verdict]
        lines.append(Line(rule.code, rule.cited, rule.asks, *counts))
        matters += found
        findings += _findings(rule, [m for m in found if m not in known], situation)
    return Opinion(situation.day, tuple(lines), tuple(matters), tuple(findings))


def _findings(rule: Rule, matters: list[Matter], situation: Situation) -> Iterator[Finding]:
    """Tell each breach, and each kind of missing fact once for all the subjects it is missing for."""
    for matter in (m for m in matters if m.verdict is Verdict.BROKEN):
        weak = [row for row in (matter.subject, *matter.rests) if row in situation.doubtful]
        severity = Severity.WARNING if weak or not rule.grave else Severity.ERROR
        doubt = f" The record of {' and of '.join(map(situation.called, weak))} is weak." if weak else ""
        message = f"{_subject(matter.subject, situation)} {matter.fact} ({rule.cited}).{doubt}"
        yield Finding(rule.code, severity, matter.subject, message, _sentence(rule.remedy))
    unknown = sorted((m for m in matters if m.verdict is Verdict.UNDECIDED), key=lambda m: m.fact)
    for missing, group in groupby(unknown, key=lambda m: m.fact):
        subjects = [m.subject for m in group]
        severity = Severity.WARNING if rule.express else Severity.NOTE
        message = f"Not known for {_listed([situation.called(s) for s in subjects])}: {missing} ({rule.cited})."
        subject = subjects[0] if len(subjects) == 1 else rule.code
        yield Finding(rule.code, severity, subject, message, _sentence(rule.record))


def _subject(subject: str, situation: Situation) -> str:
    """Begin a sentence with a post or an accreditation; without names it begins with the id."""
    called = situation.called(subject)
    return f"The accreditation from {called}" if ">" in subject and called != subject else called


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:SHOWN])
    return f"{len(names)} ({shown}, …)" if len(names) > SHOWN else shown


def _sentence(clause: str) -> str:
    return f"{clause[:1].upper()}{clause[1:]}." if clause else ""
