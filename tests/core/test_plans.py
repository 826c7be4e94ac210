"""What plan() says when it cannot plan, worked on a problem of one site."""

from decimal import Decimal

import pytest

from legation.errors import InfeasibleError
from legation.model import Form, Track
from legation.planning.brief import Brief, Ceiling, Forbid, Require, Rule
from legation.planning.problem import Interest, Problem, Rung, Service, Site
from legation.programme.plans import plan


def problem(today: Form, *rules: Rule) -> Problem:
    rung = Rung(Form.EMBASSY, (Decimal(5), Decimal(5)), (Decimal(4), Decimal(4)), (Decimal(0), Decimal(0)))
    site = Site("AAA", Track.DIPLOMATIC, "AAA", "Capital", (rung,), today=today)
    interest = Interest("AAA", (Decimal(1), Decimal(1)), residence="AAA")
    service = Service("AAA", Form.EMBASSY, "AAA", Decimal(1))
    return Problem("one", "ZZZ", "USD", 2030, (site,), (interest,), (service,), Brief((2030, 2031), rules))


def test_an_embassy_that_cannot_be_closed_is_named_as_the_cause():
    with pytest.raises(InfeasibleError) as raised:
        plan(problem(Form.EMBASSY, Forbid("AAA", Form.EMBASSY)))
    assert raised.value.conflict == ("forbid:AAA:embassy",)
    assert raised.value.relaxations == ("Lift the rule: AAA never holds an embassy.",)
    assert "AAA holds an embassy today and is not closable" in raised.value.hint


def test_the_least_money_that_heals_is_named():
    """Opened in 2030 the embassy takes 5 and half of 4 in that year; the ceiling of 4 lacks 3."""
    ceiling = Ceiling(((2030, Decimal(4)), (2031, Decimal(4))))
    with pytest.raises(InfeasibleError) as raised:
        plan(problem(Form.NONE, ceiling, Require("AAA", Form.EMBASSY, 2030)))
    assert set(raised.value.conflict) == {"ceiling:total:whole", "require:AAA:embassy"}
    assert any(said.endswith("by 3 in 2030.") for said in raised.value.relaxations)
    assert "closable" not in raised.value.hint
