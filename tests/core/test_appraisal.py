"""What interests are worth: scales, missing facts, weights, and scores that can be taken apart."""

from decimal import Decimal
from math import fsum, isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legation.appraisal import Criterion, Missing, Prefer, Shape, Subject, appraise, settle, worth
from legation.errors import Severity
from legation.model import Fact, Facts


def criterion(name="trade", weight="1", **more):
    return Criterion(name, name.title(), name, Decimal(weight), **more)


def subjects(*names, kind="bilateral"):
    return [Subject(n, kind, n, n, n) for n in names]


def facts(attribute="trade", year=2010, **values):
    return [Fact(name, attribute, year, value, "USD", "yearbook") for name, value in values.items()]


def scored(appraisal):
    return {s.interest: round(s.points, 6) for s in appraisal.scores}


@pytest.mark.parametrize(
    ("more", "performance", "expected"),
    [
        ({}, 30, 0.2),
        ({"prefer": Prefer.LOW}, 30, 0.8),
        ({"best": Decimal(60)}, 90, 1.0),
        ({"worst": Decimal(50)}, 30, 0.0),
        ({"worst": Decimal(0), "best": Decimal(200)}, 30, 0.15),
        ({"scale": Shape.LOG, "worst": Decimal(1), "best": Decimal(10000)}, 100, 0.5),
        ({"scale": Shape.LOG, "worst": Decimal(1), "best": Decimal(10000)}, 0, 0.0),
        ({"scale": Shape.LOG, "worst": Decimal(10000), "best": Decimal(1), "prefer": Prefer.LOW}, 0, 1.0),
        ({"scale": Shape.STEPS, "points": ((Decimal(10), Decimal("0.3")), (Decimal(40), Decimal(1)))}, 39, 0.3),
        ({"scale": Shape.STEPS, "points": ((Decimal(10), Decimal("0.3")),)}, 9, 0.0),
        ({"scale": Shape.PIECEWISE, "points": ((Decimal(0), Decimal(0)), (Decimal(40), Decimal("0.8")))}, 30, 0.6),
        ({"scale": Shape.PIECEWISE, "points": ((Decimal(0), Decimal(0)), (Decimal(40), Decimal("0.8")))}, 99, 0.8),
    ],
)
def test_scales(more, performance, expected):
    assert worth(settle(criterion(**more), [10, 60, 110]), performance) == pytest.approx(expected)


def test_log_scale_takes_its_lower_end_from_positive_performances():
    scale = settle(criterion(scale=Shape.LOG), [0, 10, 1000])
    assert [worth(scale, p) for p in (0, 10, 100, 1000)] == pytest.approx([0, 0, 0.5, 1])


def test_equal_performances_are_worth_nothing_and_said_so():
    result = appraise(Facts(facts(KEN=5, BRA=5)), subjects("KEN", "BRA"), [criterion()], {"bilateral": 100}, 2011)
    assert scored(result) == {"BRA": 0, "KEN": 0}
    assert [f.code for f in result.findings] == ["scale-flat"]


def test_ends_against_the_preferred_direction_are_flat():
    reversed_ends = criterion(worst=Decimal(100), best=Decimal(0))
    result = appraise(Facts(facts(KEN=5, BRA=50)), subjects("KEN", "BRA"), [reversed_ends], {"bilateral": 100}, 2011)
    assert [f.code for f in result.findings] == ["scale-flat"]


def test_weights_are_normalised_within_a_kind_and_the_best_comes_first():
    criteria = [criterion("trade", "3"), criterion("kin", "1"), criterion("budget", "7", kind="organisation")]
    known = facts("trade", KEN=0, BRA=10) + facts("kin", KEN=8, BRA=0)
    result = appraise(Facts(known), subjects("KEN", "BRA"), criteria, {"bilateral": 100}, 2011)
    assert [(s.interest, s.points) for s in result.scores] == [("BRA", 75), ("KEN", 25)]


@pytest.mark.parametrize(("missing", "points"), [(Missing.WORST, 0), (Missing.MEDIAN, 40), (Missing.BEST, 100)])
def test_missing_facts_count_as_stated_and_are_one_finding(missing, points):
    known = Facts(facts(A=0, B=4, C=10))
    names = subjects("A", "B", "C", "X", "Y")
    result = appraise(known, names, [criterion(missing=missing)], {"bilateral": 100}, 2011)
    assert (scored(result)["X"], scored(result)["Y"]) == (points, points)
    (finding,) = result.findings
    assert (finding.code, finding.subject) == ("fact-missing", "trade")
    assert "2 of 5" in finding.message
    assert "X, Y" in finding.message
    part = next(s for s in result.scores if s.interest == "X").parts[0]
    assert (part.fact, part.performance) == (None, None)


def test_facts_of_later_years_or_published_later_are_not_read():
    early = facts(KEN=1, BRA=3, IND=2)
    poison = [*facts(year=2012, KEN=999), Fact("BRA", "trade", 2011, 999, "USD", "leak", known=2013)]
    arguments = (subjects("KEN", "BRA", "IND"), [criterion()], {"bilateral": 100}, 2011)
    assert appraise(Facts(early + poison), *arguments) == appraise(Facts(early), *arguments)


def test_a_kind_without_criteria_or_points_is_an_error():
    names = subjects("UN-new-york", kind="organisation")
    for criteria, points in ([], {"organisation": 60}), ([criterion(kind="organisation")], {}):
        (finding,) = appraise(Facts(), names, criteria, points, 2011).findings
        assert (finding.code, finding.severity, finding.subject) == ("kind-unscored", Severity.ERROR, "organisation")


shapes = st.sampled_from([Shape.LINEAR, Shape.LOG])
performances = st.floats(-1e9, 1e12)


@given(
    st.dictionaries(st.tuples(st.sampled_from("ABCDE"), st.sampled_from(["trade", "kin"])), performances),
    st.tuples(shapes, shapes, st.sampled_from(Prefer), st.sampled_from(Missing), st.integers(1, 9), st.integers(0, 9)),
)
def test_parts_add_up_and_name_their_facts(values, choice):
    one, two, prefer, missing, first, second = choice
    criteria = [
        criterion("trade", str(first), scale=one, prefer=prefer, missing=missing),
        criterion("kin", str(second), scale=two, missing=missing),
    ]
    known = Facts(Fact(s, a, 2010, v, "USD", f"{a} of {s}") for (s, a), v in values.items())
    for score in appraise(known, subjects(*"ABCDE"), criteria, {"bilateral": 100}, 2011).scores:
        assert score.points == fsum(p.points for p in score.parts)
        assert 0 <= score.points <= 100 + 1e-9
        for part in score.parts:
            assert isclose(part.points, part.weight * part.worth * 100)
            assert (score.interest, part.criterion) in values if part.fact else part.performance is None
            assert part.fact is None or part.fact.source == f"{part.criterion} of {score.interest}"


@given(st.lists(performances, min_size=2, unique=True), st.sampled_from(Shape), st.sampled_from(Prefer))
def test_a_better_performance_is_never_worth_less(seen, shape, prefer):
    steps = ((Decimal(0), Decimal(0)), (Decimal(1000), Decimal("0.4")), (Decimal(100000), Decimal(1)))
    rising = prefer is Prefer.HIGH
    points = steps if rising else tuple((x, 1 - v) for x, v in steps)
    scale = settle(criterion(scale=shape, prefer=prefer, points=points), seen)
    worths = [worth(scale, p) for p in sorted(seen)]
    if shape is Shape.STEPS and not rising:
        worths = worths[sum(p < 0 for p in seen) :]  # below its first point a scale of steps is worth 0
    assert worths == sorted(worths, reverse=not rising)
    assert all(0 <= w <= 1 for w in worths)
