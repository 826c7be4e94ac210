"""Claims: places in an order of States, recomputed from what was known in their year and on the day."""

import pytest

from legation.appraisal.claims import Claim, Verdict, finding, judge
from legation.appraisal.criteria import Prefer
from legation.model import Fact, Facts, State

STATES = tuple(State(code, code, code, 0, 0, "World", "North" if code < "C" else "South") for code in "ABCDE")


def facts(year: int, *values: float, known: int | None = None) -> list[Fact]:
    return [Fact(s.code, "gdp", year, v, "USD", "x", known) for s, v in zip(STATES, values, strict=False)]


FACTS = Facts((*facts(2010, 10, 50, 40, 30, 20), *facts(2014, 60, known=2015)))


def told(claim: Claim, by: int = 2012, known: Facts = FACTS) -> tuple[Verdict, str]:
    judged = judge(claim, known, STATES, by)
    found = finding(judged)
    return judged.verdict, found.code if found else ""


def test_a_place_that_the_facts_give_holds() -> None:
    judged = judge(Claim("D", "third", "gdp", 3), FACTS, STATES, 2012)
    assert judged.said is not None
    assert (judged.said.place, judged.said.among, judged.said.ahead) == (3, 5, ("B", "C"))
    assert told(Claim("D", "third", "gdp", 3)) == (Verdict.HOLDS, "")
    assert told(Claim("A", "the smallest", "gdp", prefer=Prefer.LOW)) == (Verdict.HOLDS, "")
    assert told(Claim("C", "first in the South", "gdp", region="South")) == (Verdict.HOLDS, "")


def test_what_the_facts_do_not_give_is_false_and_names_who_stands_before() -> None:
    claim = Claim("D", "the largest", "gdp")
    assert told(claim) == (Verdict.FALSE, "claim-false")
    found = finding(judge(claim, FACTS, STATES, 2012))
    assert found is not None
    assert found.remedy.endswith("B, C.")


@pytest.mark.parametrize(("by", "verdict"), [(2012, Verdict.HOLDS), (2014, Verdict.HOLDS), (2015, Verdict.STALE)])
def test_what_was_true_goes_stale_once_later_facts_are_known(by: int, verdict: Verdict) -> None:
    """The fact of 2014 was published in 2015: before that day nobody could know."""
    assert told(Claim("B", "the largest", "gdp", year=2011), by)[0] is verdict


def test_without_facts_nothing_is_decided() -> None:
    few = Facts(facts(2010, 10, 50))
    assert told(Claim("B", "the largest", "gdp"), known=few) == (Verdict.UNDECIDED, "claim-undecided")  # 2 of 5
    assert told(Claim("B", "the largest", "muslims")) == (Verdict.UNDECIDED, "claim-undecided")
    assert told(Claim("B", "the largest", "gdp", year=2009)) == (Verdict.UNDECIDED, "claim-undecided")
    assert told(Claim("B", "the largest in the South", "gdp", region="South"))[0] is Verdict.UNDECIDED
