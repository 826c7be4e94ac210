"""From a case to a problem: sites and what is held there, services by default and as stated."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legation.appraisal import Criterion
from legation.cases import Case, CostLine, CostMeasure, InterestRow, Place, Reach, ServiceRow, Settings, Share, draft
from legation.errors import Severity
from legation.model import LADDERS, Accreditation, Fact, Form, Network, Period, Post, Prices, Seat, State, Track
from legation.planning.brief import Brief

DAY = date(2011, 7, 29)
MISSION, SMALL, EMBASSY = Form.DIPLOMATIC_MISSION, Form.SMALL_EMBASSY, Form.EMBASSY
STATES = (
    State("KEN", "Kenya", "Nairobi", 0.0, 36.0, "Africa", "Eastern Africa", ("sw", "en")),
    State("UGA", "Uganda", "Kampala", 0.0, 33.0, "Africa", "Eastern Africa", ("sw",)),
    State("USA", "United States", "Washington", 39.0, -77.0, "Americas", "Northern America", ("en",)),
    State("CUB", "Cuba", "Havana", 23.0, -82.0, "Americas", "Caribbean", ("es",)),
)
KEN, UGA, USA, CUB = (Place(s.code, Track.DIPLOMATIC, s.code, s.seat, s.lat, s.lon, (MISSION, EMBASSY)) for s in STATES)
NEW_YORK = Place("UN-new-york", Track.MULTILATERAL, "USA", "New York", 40.7, -74.0, (Form.PERMANENT_MISSION,))
BOSTON = Place("USA-boston", Track.CONSULAR, "USA", "Boston", 42.4, -71.1, LADDERS[Track.CONSULAR])
COSTS = tuple(
    CostLine(f"form:{form}", measure, "all", amount=Decimal(10 * i))
    for i, form in enumerate(Form)
    for measure in (CostMeasure.ESTABLISHING, CostMeasure.RUNNING)
)
CASE = Case(
    "ruritania",
    "Ruritania",
    "RUR",
    DAY,
    Prices("USD", 2011),
    Brief((2012, 2013)),
    facts=(Fact("KEN", "trade", 2010, 50.0, "USD", "a"), Fact("USA", "trade", 2010, 150.0, "USD", "a")),
    places=(USA, UGA, KEN, CUB),
    costs=COSTS,
    criteria=(
        Criterion("trade", "Trade", "trade", Decimal(3), worst=Decimal(0)),
        Criterion("mutuality", "Mutuality", "resident_here", Decimal(1), worst=Decimal(0), best=Decimal(2)),
    ),
    states=STATES,
)


def post(name, form, state, city, sender="RUR", **more):
    return Post(name, sender, form, Seat(state, city), **more)


def with_posts(*posts, **more):
    return replace(CASE, posts=Network(posts), **more)


def site(drafted, name):
    return next(s for s in drafted.problem.sites if s.id == name)


def codes(drafted):
    return [f.code for f in drafted.findings if f.code != "fact-missing"]


def served(drafted, interest, *, concurrent=False):
    return [
        (s.site, str(s.form), str(s.share))
        for s in drafted.problem.services
        if s.interest == interest and s.concurrent is concurrent
    ]


# Sites


def test_today_is_what_proven_posts_hold_on_the_day():
    drafted = draft(
        with_posts(
            post("ken", MISSION, "KEN", "Nairobi", span=Period(None, date(2012, 1, 1))),
            post("uga", EMBASSY, "UGA", "Kampala", span=Period(date(2012, 1, 1))),
            post("usa", EMBASSY, "USA", "Washington", confidence="low"),
        )
    )
    assert [site(drafted, s).today for s in ("KEN", "UGA", "USA")] == [MISSION, Form.NONE, Form.NONE]
    assert [(f.code, f.subject) for f in drafted.findings if f.code.startswith("post")] == [("post-unproven", "usa")]


def test_region_groups_and_merit():
    drafted = draft(replace(CASE, places=(replace(KEN, groups=("hub",), merit=Decimal(5), closable=True, first=2013),)))
    kenya = site(drafted, "KEN")
    assert (kenya.region, kenya.groups) == ("Eastern Africa", ("hub", "Eastern Africa", "Africa"))
    assert [r.merit for r in kenya.ladder] == [0, 5]
    assert (kenya.closable, kenya.first, kenya.last) == (True, 2013, None)


@pytest.mark.parametrize(
    ("implying", "name", "form"),
    [
        (post("b", Form.CONSULATE, "USA", "New Orléans"), "USA-new-orleans", Form.CONSULATE),
        (post("t", Form.TRADE_REPRESENTATION, "USA", "Boston"), "USA-boston-trade", Form.TRADE_REPRESENTATION),
        (post("m", Form.PERMANENT_MISSION, "USA", "New York"), "UN-new-york", Form.PERMANENT_MISSION),
        (post("r", MISSION, "RUS", "Moscow"), "RUS", MISSION),
    ],
)
def test_a_post_without_a_place_implies_a_site_of_its_form_alone(implying, name, form):
    row = InterestRow("UN-new-york", "organisation", "UN", "USA", "New York", points=Decimal(9))
    russia = State("RUS", "Russia", "Moscow", 55.75, 37.6)
    drafted = draft(with_posts(implying, interests=(row,), states=(*STATES, russia)))
    implied = site(drafted, name)
    assert (implied.today, [r.form for r in implied.ladder], implied.closable) == (form, [form], False)
    assert ("site-implied", name) in [(f.code, f.subject) for f in drafted.findings]


def test_cities_match_whatever_their_spelling():
    drafted = draft(with_posts(post("b", Form.CONSULATE, "USA", "BOSTON "), places=(USA, BOSTON)))
    assert site(drafted, "USA-boston").today is Form.CONSULATE


@pytest.mark.parametrize(
    ("form", "staff", "ladder", "today"),
    [
        (EMBASSY, None, (SMALL, EMBASSY, Form.LARGE_EMBASSY), EMBASSY),
        (EMBASSY, 4, (SMALL, EMBASSY, Form.LARGE_EMBASSY), SMALL),
        (EMBASSY, 40, (SMALL, EMBASSY, Form.LARGE_EMBASSY), Form.LARGE_EMBASSY),
        (EMBASSY, None, (SMALL, Form.LARGE_EMBASSY), SMALL),
        (SMALL, 40, (SMALL, EMBASSY, Form.LARGE_EMBASSY), SMALL),
        (SMALL, None, (MISSION, EMBASSY), EMBASSY),
    ],
)
def test_an_embassy_stands_on_the_rung_of_its_size(form, staff, ladder, today):
    people = zip((SMALL, EMBASSY, Form.LARGE_EMBASSY), (5, 12, 30), strict=True)
    lines = tuple(CostLine(f"form:{f}", CostMeasure.DIPLOMATIC, "staff", amount=Decimal(n)) for f, n in people)
    kenya = replace(KEN, forms=ladder)
    case = with_posts(post("ken", form, "KEN", "Nairobi", staff=staff), places=(kenya,), costs=COSTS + lines)
    assert site(draft(case), "KEN").today is today


def test_of_two_posts_at_a_site_the_highest_counts():
    drafted = draft(with_posts(post("a", EMBASSY, "KEN", "Nairobi"), post("b", MISSION, "KEN", "Mombasa")))
    assert site(drafted, "KEN").today is EMBASSY
    assert codes(drafted) == ["post-duplicate"]


def test_a_form_the_place_does_not_list_joins_its_ladder_in_order():
    drafted = draft(with_posts(post("a", MISSION, "KEN", "Nairobi"), places=(replace(KEN, forms=(EMBASSY,)),)))
    assert [r.form for r in site(drafted, "KEN").ladder] == [MISSION, EMBASSY]
    assert codes(drafted) == ["form-added"]


@pytest.mark.parametrize(
    ("place", "code"),
    [
        (replace(KEN, forms=(MISSION, Form.CONSULATE)), "form-outside-track"),
        (replace(KEN, forms=()), "form-missing"),
        (replace(KEN, id="KEM", state="KEM"), "state-unknown"),
    ],
)
def test_a_place_that_cannot_be_planned_is_an_error(place, code):
    drafted = draft(replace(CASE, places=(USA, place)))
    assert (code, Severity.ERROR) in [(f.code, f.severity) for f in drafted.findings]


def test_a_post_of_no_track_is_recorded_and_not_planned():
    drafted = draft(with_posts(post("x", Form.OTHER, "KEN", "Nairobi")))
    assert [s.id for s in drafted.problem.sites] == ["CUB", "KEN", "UGA", "USA"]
    assert codes(drafted) == ["post-outside"]


# Worth


def test_worth_comes_from_facts_and_from_who_is_here():
    here = Network(
        (
            post("1", EMBASSY, "RUR", "Strelsau", sender="KEN"),
            post("2", MISSION, "RUR", "Strelsau", sender="UGA", confidence="low"),
            post("3", Form.CONSULATE, "RUR", "Strelsau", sender="CUB"),
        )
    )
    drafted = draft(replace(CASE, foreign_posts=here))
    worth = {i.id: i.worth for i in drafted.problem.interests}
    assert worth["KEN"] == (Decimal("50.0000"),) * 2  # 75 x 50/150 + 25 x 2/2
    assert (worth["UGA"][0], worth["CUB"][0], worth["USA"][0]) == (Decimal("12.5"), 0, 75)
    assert [s.id for s in drafted.problem.sites if s.resident_here] == ["KEN", "UGA"]
    (doubt,) = [f for f in drafted.findings if f.code == "foreign-post-unproven"]
    assert "UGA" in doubt.message
    part = next(s for s in drafted.appraisal.scores if s.interest == "KEN").parts[1]
    assert (part.fact.source, part.fact.value) == ("foreign_posts.csv", 2)


def test_bilateral_interests_name_their_residence_and_stated_points_override():
    rows = (
        InterestRow("CUB", "bilateral", "Cuba", points=Decimal("7.5")),
        InterestRow("USA-boston", "district", "Boston", "USA", "Boston", points=Decimal(4)),
    )
    drafted = draft(replace(CASE, interests=rows, places=(*CASE.places, BOSTON)))
    found = {i.id: i for i in drafted.problem.interests}
    assert (found["CUB"].worth[0], found["CUB"].residence, found["CUB"].state) == (Decimal("7.5"), "CUB", "CUB")
    assert (found["USA-boston"].kind, found["USA-boston"].residence) == ("district", "")
    score = next(s for s in drafted.appraisal.scores if s.interest == "CUB")
    assert (score.points, score.parts[0].points, score.parts[0].fact.source) == (7.5, 7.5, "interests.csv")


def test_a_kind_that_cannot_be_scored_is_an_error():
    row = InterestRow("UN-new-york", "organisation", "UN", "USA", "New York")
    assert "kind-unscored" in codes(draft(replace(CASE, interests=(row,))))


def test_later_facts_change_nothing():
    poison = tuple(Fact(s.code, "trade", 2012, 9e9, "USD", "later") for s in STATES)
    assert draft(replace(CASE, facts=CASE.facts + poison)) == draft(CASE)


# Services


def test_a_relationship_is_served_at_home_by_the_shares_of_the_ladder():
    assert served(draft(CASE), "KEN") == [
        ("KEN", "diplomatic-mission", "0.6000"),
        ("KEN", "embassy", "1.0000"),
    ]
    sizes = replace(KEN, forms=(SMALL, EMBASSY, Form.LARGE_EMBASSY))
    settings = Settings(shares=(Share("bilateral", EMBASSY, Decimal("0.95")),))
    assert served(draft(replace(CASE, places=(sizes,), settings=settings)), "KEN") == [
        ("KEN", "embassy", "0.9500"),
        ("KEN", "large-embassy", "1.0000"),
        ("KEN", "small-embassy", "0.9000"),
    ]


def test_concurrent_shares_fall_with_distance_and_rise_with_region_and_language():
    drafted = draft(CASE)
    (uganda,) = [s for s in drafted.problem.services if s.interest == "KEN" and s.site == "UGA"]
    assert (uganda.km, uganda.form, uganda.concurrent) == (334, EMBASSY, True)
    assert uganda.share == Decimal("0.4500")  # 0.4 exp(-334 / 2500) = 0.3500, one subregion, one language
    (cuba,) = [s for s in drafted.problem.services if s.interest == "CUB" and s.site == "USA"]
    assert (cuba.km, cuba.share) == (1841, Decimal("0.1915"))  # neither: 0.4 exp(-1841 / 2500)
    assert all(s.site != "KEN" for s in drafted.problem.services if s.interest == "CUB")  # too far


@pytest.mark.parametrize(("reach", "share"), [(Reach(most=Decimal("0.3")), "0.3000"), (Reach(), "0.4500")])
def test_a_concurrent_share_is_never_above_the_most(reach, share):
    drafted = draft(replace(CASE, settings=Settings(reach=reach)))
    assert ("UGA", "embassy", share) in served(drafted, "KEN", concurrent=True)


def test_options_are_the_best_and_what_is_recorded():
    everywhere = Settings(reach=Reach(least=Decimal(0), options=1))
    assert [s for s, *_ in served(draft(replace(CASE, settings=everywhere)), "CUB", concurrent=True)] == ["USA"]
    record = (Accreditation("ken", "CUB"),)
    drafted = draft(with_posts(post("ken", EMBASSY, "KEN", "Nairobi"), accreditations=record, settings=everywhere))
    assert [s for s, *_ in served(drafted, "CUB", concurrent=True)] == ["KEN", "USA"]


@given(
    st.decimals(0, 1, places=3),
    st.decimals(0, 9000, places=0),
    st.decimals(0, 1, places=2),
    st.decimals(0, 1, places=2),
    st.integers(0, 3),
)
def test_reach_keeps_its_bounds(base, km, most, least, options):
    reach = Reach(base=base, km=km, most=most, least=least, options=options)
    case = with_posts(post("usa", EMBASSY, "USA", "Washington"), accreditations=(Accreditation("usa", "KEN"),))
    concurrent = [s for s in draft(replace(case, settings=Settings(reach=reach))).problem.services if s.concurrent]
    assert ("USA", "KEN") in {(s.site, s.interest) for s in concurrent}
    offered = [s for s in concurrent if (s.site, s.interest) != ("USA", "KEN")]
    assert all(s.site != s.interest and least <= s.share <= most for s in offered)
    assert all(sum(s.interest == state.code for s in offered) <= options for state in STATES)


def test_a_permanent_mission_covers_only_what_is_recorded():
    places = (*CASE.places, NEW_YORK)
    ny = post("ny", Form.PERMANENT_MISSION, "USA", "New York")
    assert all(s.site != "UN-new-york" for s in draft(with_posts(ny, places=places)).problem.services)
    drafted = draft(with_posts(ny, places=places, accreditations=(Accreditation("ny", "CUB", 2010),)))
    (service,) = [s for s in drafted.problem.services if s.site == "UN-new-york"]
    assert (service.interest, service.form, service.concurrent) == ("CUB", Form.PERMANENT_MISSION, True)


@pytest.mark.parametrize("record", [Accreditation("nobody", "CUB"), Accreditation("ken", "FJI")])
def test_an_accreditation_that_cannot_be_offered_is_said(record):
    drafted = draft(with_posts(post("ken", EMBASSY, "KEN", "Nairobi"), accreditations=(record,)))
    (finding,) = [f for f in drafted.findings if f.code == "accreditation-unused"]
    assert finding.subject == f"{record.seat}:{record.state}"


def test_organisations_districts_and_regions():
    rows = (
        InterestRow("UN-new-york", "organisation", "UN", "USA", "New York", points=Decimal(9)),
        InterestRow("OAS", "organisation", "OAS", "USA", "Washington", points=Decimal(9)),
        InterestRow("USA-boston", "district", "Boston", "USA", "Boston", points=Decimal(4)),
        InterestRow("region:Eastern Africa", "region", "Eastern Africa", points=Decimal(4)),
    )
    drafted = draft(replace(CASE, interests=rows, places=(*CASE.places, NEW_YORK, BOSTON)))
    assert served(drafted, "UN-new-york") == [
        ("UN-new-york", "permanent-mission", "1.0000"),
        ("USA", "embassy", "0.3000"),
    ]
    assert served(drafted, "OAS") == [("USA", "embassy", "0.5000")]
    assert served(drafted, "USA-boston") == [
        ("USA", "diplomatic-mission", "0.3000"),
        ("USA", "embassy", "0.5000"),
        ("USA-boston", "consular-agency", "0.4000"),
        ("USA-boston", "consulate", "0.8000"),
        ("USA-boston", "consulate-general", "1.0000"),
        ("USA-boston", "honorary-consulate", "0.2000"),
    ]
    assert served(drafted, "region:Eastern Africa") == [
        ("KEN", "diplomatic-mission", "0.6000"),
        ("KEN", "embassy", "1.0000"),
        ("UGA", "diplomatic-mission", "0.6000"),
        ("UGA", "embassy", "1.0000"),
    ]
    assert not codes(drafted)


def test_an_interest_nobody_can_serve_is_said():
    row = InterestRow("AU-addis-ababa", "organisation", "AU", "ETH", "Addis Ababa", points=Decimal(9))
    assert codes(draft(replace(CASE, interests=(row,)))) == ["interest-unserved"]


def test_stated_services_replace_and_rule_out():
    rows = (
        ServiceRow("UGA", "KEN", EMBASSY, Decimal("0.2"), Decimal(3), Decimal(2), concurrent=True),
        ServiceRow("USA", "CUB", allowed=False, evidence="broken off"),
        ServiceRow("KEN", "KEN", share=Decimal("0.7")),
    )
    drafted = draft(replace(CASE, services=rows, prices=Prices("USD", 2011, growth=Decimal("0.1"))))
    (own, uganda) = [s for s in drafted.problem.services if s.interest == "KEN" and s.site in ("KEN", "UGA")]
    assert (own.form, own.share, own.running) == (MISSION, Decimal("0.7"), ())
    assert (uganda.share, uganda.load, uganda.km) == (Decimal("0.2"), 2, 334)
    assert uganda.running == (3, 4)  # 3.3 and 3.63 in whole units
    assert not served(drafted, "CUB", concurrent=True)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (ServiceRow("KEM", "KEN", EMBASSY, Decimal(1)), "site"),
        (ServiceRow("KEN", "KEM", EMBASSY, Decimal(1)), "interest"),
        (ServiceRow("KEN", "KEN", EMBASSY), "share"),
        (ServiceRow("KEN", "KEN", Form.CONSULATE, Decimal(1)), "form"),
    ],
)
def test_a_stated_service_that_cannot_be_used_is_an_error(row, column):
    (finding,) = [f for f in draft(replace(CASE, services=(row,))).findings if f.code == "service-unusable"]
    assert (finding.severity, finding.column) == (Severity.ERROR, column)


# The whole


def test_shares_of_the_year_follow_the_months():
    problem = draft(replace(CASE, settings=Settings(opening_month=9, closing_month=3))).problem
    assert (problem.first_share, problem.last_share) == (Decimal("0.333333"), Decimal("0.166667"))


def test_the_order_of_the_tables_changes_nothing():
    case = with_posts(post("a", EMBASSY, "KEN", "Nairobi"), post("b", Form.CONSULATE, "USA", "Boston"))
    turned = replace(
        case,
        posts=Network(case.posts.posts[::-1]),
        places=case.places[::-1],
        facts=case.facts[::-1],
        costs=case.costs[::-1],
        states=case.states[::-1],
    )
    assert draft(turned).problem == draft(case).problem
