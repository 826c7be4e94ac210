"""Rules in plain words, for messages and reports."""

from __future__ import annotations

from decimal import Decimal
from math import ceil

from legation.model import Form
from legation.planning import brief as b

MONEY = {b.Class.ESTABLISHING: "establishing money", b.Class.RUNNING: "running money", b.Class.TOTAL: "money"}


A_FORM = {form: f"{'an' if form[0] in 'aeiouh' else 'a'} {form}" for form in Form}


def describe(rule: b.Rule) -> str:  # noqa: C901, PLR0911, PLR0912 (one arm a rule)
    """Return what a rule demands, as a clause."""
    match rule:
        case b.Ceiling():
            of = "new measures" if rule.scope is b.Scope.NEW else "the whole network"
            return f"the ceiling on {MONEY[rule.money]} for {of} ({_by_year(rule.amounts)})"
        case b.Tail():
            return f"the ceiling of {rule.amount:,} on what is committed after the last year"
        case b.StaffCeiling():
            return f"the ceiling on {rule.staff} staff ({_by_year(rule.amounts)})"
        case b.MeasuresPerYear():
            what = " ".join(
                str(p) for p in (rule.track, rule.kind, "measures", f"to {rule.form}" if rule.form else "") if p
            )
            return f"at most {rule.limit} {what} a year"
        case b.Keep():
            return f"{rule.site} keeps at least {A_FORM[rule.form]}"
        case b.Forbid():
            return f"{rule.site} never holds {A_FORM[rule.form]}"
        case b.Require():
            return f"{rule.site} holds {A_FORM[rule.form]} {'first in' if rule.exactly else 'by'} {rule.by}"
        case b.Window():
            return f"{rule.site} changes only in {rule.first}-{rule.last}"
        case b.AtLeast():
            return f"at least {rule.count} with {rule.form}{_where(rule)} by {rule.by}"
        case b.AtMost():
            return f"at most {rule.count} with {rule.form}{_where(rule)}"
        case b.After():
            first = f"{rule.first} holds {A_FORM[rule.first_form]}"
            return f"{rule.site} holds {A_FORM[rule.form]} only {rule.lag} years after {first}"
        case b.Together():
            return f"{', '.join(rule.sites)} together or not at all"
        case b.Exclusive():
            return f"at most {rule.limit} of {', '.join(rule.sites)}"
        case b.Reciprocate(mode="answer"):
            return f"every State resident here is answered within {rule.within} years"
        case b.Reciprocate():
            return "nothing is opened where they are not resident here"
        case b.AccreditationsPerSeat():
            return f"at most {rule.limit} accreditations a seat"
        case b.AccreditationDistance():
            return f"no accreditation further than {rule.km:,} km"
        case b.Conditional():
            return f"{rule.site} waits for: {rule.trigger}"
        case b.CloseAtMost():
            return f"at most {rule.limit} closures a year"
        case b.Custom():
            return f"the rule {rule.name}"


def heal(rule: b.Rule, change: tuple[tuple[int, float], ...] | None) -> str:
    """Return what the least change of one rule that heals a brief comes to, as a sentence."""
    what = describe(rule)
    if change is None:
        return f"No change of this rule alone is enough: {what}."
    if not change:
        return f"Lift the rule: {what}."
    by = " and ".join(f"{_amount(amount)}" + (f" in {key}" if key else "") for key, amount in change)
    if isinstance(rule, b.AtLeast):
        return f"Ask for {by} fewer: {what}."
    if isinstance(rule, (b.Ceiling, b.Tail, b.StaffCeiling)):
        return f"Raise {what} by {by}."
    return f"Allow {by} more: {what}."


def _amount(number: float) -> str:
    """Round up, so that what is said is enough."""
    if number >= 1000:
        return f"{ceil(number - 1e-6):,}"
    return f"{ceil(number * 1000 - 1e-6) / 1000:g}"


def _by_year(amounts: tuple[tuple[int, Decimal], ...]) -> str:
    return ", ".join(f"{year}: {amount:,}" for year, amount in amounts)


def _where(rule: b.AtLeast | b.AtMost) -> str:
    parts = (rule.region and f"region {rule.region}", rule.group and f"group {rule.group}", rule.track or "")
    named = ", ".join(str(p) for p in parts if p)
    return f" in {named}" if named else ""
