"""Values survive JSON exactly, what is wrong is refused by name, and the published schemas say the same."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from legation import codec
from legation.errors import InvalidError
from legation.model import Fact, Form, Track
from legation.planning import brief as b
from legation.planning.outcome import Measure, Plan, Proof, Served, YearMoney
from legation.planning.problem import Interest, Problem, Rung, Service, Site

SCHEMAS = Path(codec.__file__).parent / "data" / "schemas"

DECIMALS = st.decimals(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
MADE = {Decimal: DECIMALS, str: TEXTS}


def made(cls: type, **fixed: object) -> st.SearchStrategy:
    """Make any value of a class, decimals and texts included."""
    hints = codec.get_type_hints(cls)
    plain = {name: MADE[hint] for name, hint in hints.items() if hint in MADE}
    several = {n: st.lists(DECIMALS, max_size=2).map(tuple) for n, h in hints.items() if h == tuple[Decimal, ...]}
    tags = {n: st.just(cls.__dataclass_fields__[n].default) for n in ("format", "rule") if n in hints}
    return st.builds(cls, **{**plain, **several, **tags, **fixed})


def few(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(strategy, max_size=2).map(tuple)


YEARLY = few(st.tuples(st.integers(), DECIMALS))
RULES = st.one_of(
    *(made(cls, amounts=YEARLY) if "amounts" in cls.__dataclass_fields__ else made(cls) for cls in codec.RULES.values())
)
BRIEFS = made(b.Brief, rules=few(RULES))
PROBLEMS = made(
    Problem,
    sites=few(made(Site, ladder=few(made(Rung)))),
    interests=few(made(Interest)),
    services=few(made(Service)),
    brief=BRIEFS,
)
PLANS = made(
    Plan,
    measures=few(made(Measure)),
    services=few(made(Served)),
    money=few(made(YearMoney)),
    proof=made(Proof),
)

SMALL = Problem(
    name="tiny",
    sender="KAZ",
    currency="USD",
    price_year=2011,
    sites=(
        Site("KEN", Track.DIPLOMATIC, "KEN", "Nairobi", (Rung(Form.EMBASSY, *((Decimal("0.10"),),) * 3),)),
    ),
    interests=(Interest("KEN", (Decimal(100),), residence="KEN"),),
    services=(Service("KEN", Form.EMBASSY, "KEN", Decimal(1)),),
    brief=b.Brief((2012,), (b.Ceiling(((2012, Decimal("1E+3")),)), b.Keep("KEN", Form.EMBASSY))),
)  # fmt: skip


@settings(deadline=None, max_examples=30)
@given(PROBLEMS)
def test_any_problem_survives(problem: Problem) -> None:
    text = codec.dump(problem)
    assert codec.load("problem", text) == problem
    assert codec.dump(codec.load("problem", text)) == text


@settings(deadline=None, max_examples=30)
@given(PLANS)
def test_any_plan_survives(plan: Plan) -> None:
    assert codec.load("plan", codec.dump(plan)) == plan


@settings(deadline=None, max_examples=15)
@given(PROBLEMS, PLANS)
def test_what_is_written_keeps_the_schema(problem: Problem, plan: Plan) -> None:
    for kind, value in (("problem", problem), ("plan", plan)):
        schema = json.loads((SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8"))
        assert list(Draft202012Validator(schema).iter_errors(json.loads(codec.dump(value)))) == []


@pytest.mark.parametrize("kind", ["problem", "plan"])
def test_published_schema_is_up_to_date(kind: str) -> None:
    """`python tools/schemas.py` writes them anew."""
    published = json.loads((SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8"))
    assert published == codec.schema(kind)
    assert published["$id"] == f"legation-{kind}/1"


def test_schema_speaks_of_meaning_and_units() -> None:
    schema = codec.schema("problem")
    rung = schema["$defs"]["Rung"]["properties"]
    assert rung["closing"]["description"] == "once, to give it up to none, by year; never below the rung below"
    assert rung["support"]["description"] == rung["local"]["description"] == "staff"
    assert "Money is in `currency`" in schema["description"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"sender": "KAZ"', '"sender": 7'),
        ('"rule": "keep"', '"rule": "keeep"'),
        ('"form": "embassy"', '"form": "palace"'),
        ('"share": "1"', '"share": "one"'),
        ('"price_year": 2011', '"price_year": 2011, "prize_year": 2011'),
        ('"format": "legation-problem/1"', '"format": "legation-problem/2"'),
    ],
)
def test_schema_refuses_what_the_codec_refuses(old: str, new: str) -> None:
    broken = codec.dump(SMALL).replace(old, new)
    assert broken != codec.dump(SMALL)
    assert not Draft202012Validator(codec.schema("problem")).is_valid(json.loads(broken))
    with pytest.raises(InvalidError):
        codec.load("problem", broken)


def test_decimals_are_strings_to_the_last_digit() -> None:
    plain = json.loads(codec.dump(SMALL))
    assert plain["sites"][0]["ladder"][0]["running"] == ["0.10"]
    assert plain["brief"]["rules"][0]["amounts"] == [[2012, "1E+3"]]


def test_digest_tells_values_apart_and_equal_ones_together() -> None:
    same = codec.load("problem", codec.dump(SMALL))
    other = codec.load("problem", codec.dump(SMALL).replace("tiny", "tinY"))
    assert len(codec.digest(SMALL)) == 64
    assert codec.digest(same) == codec.digest(SMALL) != codec.digest(other)


def brief(rules: str = "", more: str = "") -> str:
    return f'{{"years": [2012], "rules": [{rules}]{more}}}'


REFUSED = [
    (brief('{"rule": "ceilng", "amounts": []}'), "rules.0: no such rule as 'ceilng'; did you mean 'ceiling'?"),
    (brief('{"site": "KEN", "form": "embassy"}'), "rules.0: is missing the key 'rule', one of ceiling, "),
    (brief("7"), "rules.0: should be a table with the key 'rule'"),
    (brief('{"rule": 7}'), "rules.0: no such rule as '7'"),
    (brief('{"rule": "tail", "amonut": "5"}'), "rules.0.amonut: no such field as 'amonut'; did you mean 'amount'?"),
    (brief('{"rule": "tail"}'), "rules.0.amount: is missing"),
    (brief('{"rule": "tail", "amount": "much"}'), "rules.0.amount: should be a decimal number"),
    (brief('{"rule": "tail", "amount": "NaN"}'), "rules.0.amount: should be a finite number"),
    (brief('{"rule": "tail", "amount": true}'), "rules.0.amount: should be a decimal number"),
    (brief('{"rule": "tail", "amount": 0.12345678901234567891}'), "would lose digits; write it as a string"),
    (brief('{"rule": "keep", "site": "KEN", "form": "embasy"}'), "rules.0.form: no such form as 'embasy'; did"),
    (brief('{"rule": "reciprocate", "mode": "anser"}'), "no such mode as 'anser'; did you mean 'answer'?"),
    (brief('{"rule": "ceiling", "amounts": [[2012]]}'), "rules.0.amounts.0.1: is missing"),
    (brief('{"rule": "ceiling", "amounts": [[2012, "1", 2]]}'), "rules.0.amounts.0: has too many items"),
    (brief(more=', "rulez": []'), "rulez: no such field as 'rulez'; did you mean 'rules'?"),
    (brief(more=', "years": [2013]'), "the key 'years' stands twice"),
    (brief(more=', "discount_rate": Infinity'), "Infinity is not a number"),
    ('{"years": [2012.5]}', "years.0: should be a whole number"),
    ('{"years": ["2012"]}', "years.0: should be a whole number"),
    ('{"years": 2012}', "years: should be a list"),
    ("[]", "should be a table"),
    ('{"years": [2012],}', "this is not JSON: line 1, column 18"),
    ("", "this is not JSON: line 1, column 1"),
    ("[" * 100_000, "recursion"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "says"), REFUSED)
def test_one_fault_gives_one_clause(text: str, says: str) -> None:
    with pytest.raises(InvalidError) as raised:
        codec.load("brief", text)
    assert len(raised.value.findings) == 1
    assert says in str(raised.value)
    assert says in raised.value.findings[0].message


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(InvalidError) as raised:
        codec.load("brief", '{"yeers": [], "rules": [{"rule": "tail"}, {"rule": "nope"}], "discount_rate": "x"}')
    assert [f.column for f in raised.value.findings] == ["rules.1", "rules.0.amount", "discount_rate", "yeers"]


def test_byte_order_mark_is_no_fault() -> None:
    assert codec.load("brief", "\ufeff" + brief()) == b.Brief((2012,))


def test_numbers_that_lose_nothing_may_be_bare() -> None:
    assert codec.load("brief", brief(more=', "discount_rate": 0.035')).discount_rate == Decimal("0.035")


def test_what_is_not_finite_is_not_written() -> None:
    with pytest.raises(InvalidError, match="not finite"):
        codec.dump(Fact("KEN", "gdp", 2010, float("nan"), "USD", "bank"))


def test_unknown_kind_is_refused() -> None:
    with pytest.raises(InvalidError, match="did you mean 'problem'"):
        codec.load("problme", "{}")
