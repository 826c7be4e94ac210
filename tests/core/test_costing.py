"""What forms cost: norm x price, bands, money and years, lines of a site, rungs that never fall."""

from datetime import date
from decimal import Decimal

import pytest

from legation.cases import Band, Case, CostLine, CostMeasure, Place, Settings
from legation.cases.costing import amount_of, ladders
from legation.cases.siting import Holding
from legation.errors import Severity
from legation.model import Form, Post, Prices, Seat, Track
from legation.planning.brief import Brief

YEARS = (2012, 2013)
PRICES = Prices(
    "USD",
    2010,
    index=((2010, Decimal(100)), (2011, Decimal(110))),
    rates=(("EUR", Decimal("1.25")),),
    growth=Decimal("0.1"),
)
MISSION, EMBASSY = Form.DIPLOMATIC_MISSION, Form.EMBASSY
KENYA = Place("KEN", Track.DIPLOMATIC, "KEN", "Nairobi", -1.3, 36.8, (MISSION, EMBASSY))
SEATED = Post("p", "RUR", EMBASSY, Seat("KEN", "Nairobi"), running="500")


def line(scope, measure, amount=None, name="all", **more):
    return CostLine(scope, CostMeasure(measure), name, amount=None if amount is None else Decimal(amount), **more)


LINES = (
    line("form:diplomatic-mission", "establishing", 100),
    line("form:diplomatic-mission", "running", 40),
    line("form:embassy", "establishing", 300),
    line("form:embassy", "running", 90),
)


def costed(*lines, post=None, **settings):
    case = Case("r", "R", "RUR", date(2011, 7, 29), PRICES, Brief(YEARS), costs=lines, settings=Settings(**settings))
    built, findings = ladders(case, [Holding(KENYA, post)])
    return built["KEN"], findings


def test_amounts_are_inflated_to_each_year_and_rounded():
    (mission, embassy), findings = costed(*LINES, unit=Decimal(10))
    assert mission.running == (Decimal(50), Decimal(50))  # 40 x 1.21 = 48.4, 40 x 1.331 = 53.24
    assert embassy.establishing == (Decimal(360), Decimal(400))  # 363, 399.3
    assert not findings


def test_other_money_is_converted_and_inflated_from_its_own_year():
    rent = CostLine("form:embassy", CostMeasure.RUNNING, "rent", norm=Decimal(8), price=Decimal(100), currency="EUR")
    (_, embassy), _ = costed(*LINES, rent)
    assert embassy.running == (Decimal(1319), Decimal(1451))  # (90 + 1000) x 1.21 = 1318.9, x 1.331 = 1450.79
    (_, later), _ = costed(*LINES, line("form:embassy", "closing", 110, year=2011))
    assert later.closing == (Decimal(121), Decimal(133))


@pytest.mark.parametrize(("band", "expected"), [(Band.LOW, 7), (Band.CENTRAL, 12), (Band.HIGH, 12)])
def test_bands(band, expected):
    rent = CostLine("form:embassy", CostMeasure.RUNNING, "rent", norm=Decimal(3), price=Decimal(4), low=Decimal(7))
    assert amount_of(rent, band) == expected


def test_lines_of_a_site_replace_those_of_their_name_and_add_to_the_others():
    own = (
        line("site:KEN:embassy", "running", 200),
        line("site:KEN:embassy", "running", 1, name="guard"),
        line("site:KEN:embassy", "diplomatic", 3),
    )
    (mission, embassy), _ = costed(*LINES, line("form:embassy", "diplomatic", 6), *own)
    assert embassy.running[0] == 243  # 201 x 1.21
    assert mission.running[0] == 48
    assert (embassy.diplomatic, embassy.support, mission.diplomatic) == (3, 0, 0)


def test_staff_is_neither_converted_nor_inflated():
    (_, embassy), _ = costed(*LINES, CostLine("form:embassy", CostMeasure.LOCAL, "drivers", norm=Decimal("2.5")))
    assert embassy.local == Decimal("2.5")


def test_establishing_and_closing_never_fall_up_the_ladder():
    lines = (*LINES, line("site:KEN:embassy", "establishing", 20), line("form:diplomatic-mission", "closing", 9))
    (mission, embassy), findings = costed(*lines)
    assert embassy.establishing == mission.establishing
    assert embassy.closing == mission.closing
    assert [(f.code, f.subject) for f in findings] == [("cost-raised", "embassy")] * 2
    assert all("KEN" in f.message for f in findings)


def test_the_running_cost_of_a_post_replaces_that_of_the_form_held_today():
    (mission, embassy), _ = costed(*LINES, post=SEATED)
    assert embassy.running == (Decimal(605), Decimal(666))  # 500 x 1.21, x 1.331 = 665.5
    assert mission.running[0] == 48


@pytest.mark.parametrize(
    ("lines", "code", "subject"),
    [
        (LINES[:3], "cost-missing", "embassy"),
        (LINES[1:], "cost-missing", "diplomatic-mission"),
        ((*LINES, line("form:embassy", "running", name="rent")), "cost-empty", "form:embassy"),
        ((*LINES, line("form:embassy", "running", 5, name="rent", currency="CHF")), "rate-missing", "CHF"),
        ((*LINES, line("site:KEM:embassy", "running", 5)), "cost-unused", "site:KEM:embassy"),
        ((*LINES, line("embassy", "running", 5)), "cost-unused", "embassy"),
    ],
)
def test_faults_name_the_form_and_the_remedy(lines, code, subject):
    _, (finding,) = costed(*lines)
    assert (finding.code, finding.subject, finding.file) == (code, subject, "costs.csv")
    assert finding.severity is (Severity.WARNING if code == "cost-unused" else Severity.ERROR)
    assert finding.remedy


def test_a_running_cost_that_is_no_number_is_an_error():
    broken = Post("p", "RUR", EMBASSY, Seat("KEN", "Nairobi"), running="much")
    _, (finding,) = costed(*LINES, post=broken)
    assert (finding.code, finding.place) == ("post-running", "posts.csv, column running")


def test_nothing_stated_is_not_nothing_to_pay():
    (mission, _), findings = costed(*LINES[1:], line("form:diplomatic-mission", "establishing", 0))
    assert mission.establishing == (0, 0)
    assert not findings


def test_a_share_of_establishing_may_be_due_the_year_before():
    share = CostLine("form:embassy", CostMeasure.LEAD_SHARE, "fit-out", norm=Decimal("0.4"))
    own = CostLine("site:KEN:embassy", CostMeasure.LEAD_SHARE, "lease", norm=Decimal("0.25"))
    (mission, embassy), findings = costed(*LINES, share, own)
    assert (mission.lead_share, embassy.lead_share) == (0, Decimal("0.65"))
    assert not findings


def test_no_more_than_the_whole_is_due_early():
    shares = [CostLine("form:embassy", CostMeasure.LEAD_SHARE, name, norm=Decimal("0.6")) for name in "ab"]
    _, (finding,) = costed(*LINES, *shares)
    assert (finding.code, finding.severity, finding.value) == ("lead-share", Severity.ERROR, "1.2")
    assert "KEN" in str(finding.message)
