"""A tiny case with its draft and plan, made by hand: what the reports of the tests are written from."""

from datetime import date
from decimal import Decimal

from legation.appraisal.criteria import Criterion, Shape
from legation.appraisal.scoring import Appraisal, Part, Score
from legation.cases.announced import Statistic
from legation.cases.case import Case, CostLine, CostMeasure, InterestRow, Place
from legation.cases.drafting import Draft
from legation.errors import Finding, Severity
from legation.model import (
    Accreditation,
    Fact,
    Form,
    Mandate,
    Network,
    Objective,
    Period,
    Post,
    Prices,
    Seat,
    Source,
    State,
    Track,
)
from legation.planning.brief import Brief, Ceiling, Kind, MeasuresPerYear, Scope
from legation.planning.outcome import Measure, Plan, Proof, Served, YearMoney
from legation.planning.problem import Interest, Problem, Rung, Service, Site
from legation.reports import Paper

YEARS = (2012, 2013, 2014)
EVIL = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("http://example.org")'
EMBASSY, MISSION, CONSULATE = Form.EMBASSY, Form.DIPLOMATIC_MISSION, Form.CONSULATE


def state(code, name, seat, lat, lon, subregion):
    return State(code, name, seat, lat, lon, "", subregion)


STATES = (
    state("FIN", "Finland", "Helsinki", 60.2, 24.9, "Northern Europe"),
    state("BRA", "Brazil", "Brasília", -15.8, -47.9, "South America"),
    state("KEN", "Kenya", "Nairobi", -1.3, 36.8, "Eastern Africa"),
    state("UGA", "Uganda", "Kampala", 0.3, 32.6, "Eastern Africa"),
    state("RWA", "Rwanda", "Kigali", -1.9, 30.1, "Eastern Africa"),
    state("SVK", "Slovakia", "Bratislava", 48.1, 17.1, "Eastern Europe"),
    state("DEU", "Germany", "Berlin", 52.5, 13.4, "Western Europe"),
    state("LUX", "Luxembourg", "Luxembourg", 49.6, 6.1, "Western Europe"),
    state("RUS", "Russia", "Moscow", 55.8, 37.6, "Eastern Europe"),
    state("CIV", f"Côte d'Ivoire {EVIL}", "Yamoussoukro", 6.8, -5.3, "Western Africa"),
)
BY_CODE = {s.code: s for s in STATES}


def post(code, form, year=2000):
    s = BY_CODE[code]
    return Post(f"{code}-post", "FIN", form, Seat(code, s.seat, s.lat, s.lon), Period(date(year, 1, 1)), source="book")


def place(code, track=Track.DIPLOMATIC, forms=(MISSION, EMBASSY), name="", city="", lat=0.0, lon=0.0):
    s = BY_CODE[code]
    return Place(name or code, track, code, city or s.seat, lat or s.lat, lon or s.lon, forms)


def site(code, today=Form.NONE, track=Track.DIPLOMATIC, forms=(MISSION, EMBASSY), name="", city=""):
    rungs = tuple(Rung(f, (Decimal(100),) * 3, (Decimal(10),) * 3, (Decimal(1),) * 3) for f in forms)
    here = code in ("KEN", "SVK")
    return Site(name or code, track, code, city or BY_CODE[code].seat, rungs, today, resident_here=here)


def fact(subject, attribute, value, unit):
    return Fact(subject, attribute, 2010, value, unit, "book")


GDP = {"FIN": 240e9, "BRA": 2.0e12, "KEN": 32e9, "SVK": 86e9, "DEU": 3.3e12, "RUS": 1.5e12, "LUX": 52e9}
FACTS = tuple(fact(code, "gdp", value, "USD") for code, value in GDP.items())


def part(code):
    gdp = next((f for f in FACTS if f.subject == code), None)
    worth = 0.5 if gdp else 0.0
    return Part("size", "Size of the economy", "Leading states", gdp and gdp.value, "USD", gdp, worth, 0.75, 75 * worth)


def score(code, title, kind="bilateral"):
    here = Fact(code, "resident_here", 2011, 2.0, "level", "foreign_posts.csv")
    second = Part("mutual", "Mutuality", "Mutuality", 2.0, "level", here, 1.0, 0.25, 25.0)
    parts = (part(code), second)
    return Score(code, kind, code, title, sum(p.points for p in parts), parts)


SCORES = (
    *(score(s.code, s.name) for s in STATES if s.code != "FIN"),
    Score("UN-nairobi", "organisation", "KEN", "United Nations Office, Nairobi", 40.0, ()),
)
CONSULAR = {"code": "RUS", "track": Track.CONSULAR, "forms": (CONSULATE,), "name": "RUS-omsk", "city": "Omsk"}
BRIEF = Brief(
    YEARS,
    (
        Ceiling(
            ((2012, Decimal(20_000_000)), (2013, Decimal(30_000_000)), (2014, Decimal(30_000_000))),
            scope=Scope.NEW,
            reason="one per cent of the budget",
        ),
        MeasuresPerYear(2, reason="people to prepare them"),
    ),
)
CASE = Case(
    name="lilliput",
    title="Finland & its network 2012–2014",
    sender="FIN",
    as_of=date(2011, 7, 29),
    prices=Prices(
        "EUR",
        2011,
        ((2010, Decimal("98.5")), (2011, Decimal(100))),
        (("USD", Decimal("0.72")),),
        Decimal("0.02"),
        "book",
    ),
    brief=BRIEF,
    posts=Network((post("DEU", EMBASSY), post("SVK", MISSION, 2004), post("RUS", EMBASSY))),
    foreign_posts=Network(
        (
            Post("KEN-FIN", "KEN", EMBASSY, Seat("FIN", "Helsinki"), Period(date(2007, 1, 1))),
            Post("SVK-FIN", "SVK", EMBASSY, Seat("FIN", "Helsinki"), Period(date(1999, 1, 1))),
            Post("DEU-FIN", "DEU", EMBASSY, Seat("FIN", "Helsinki")),
        )
    ),
    accreditations=(Accreditation("DEU-post", "LUX"), Accreditation("DEU-post", "KEN", confidence="low")),
    facts=FACTS,
    places=(
        *(place(code) for code in ("BRA", "KEN", "SVK", "DEU", "RUS", "CIV")),
        place(**CONSULAR, lat=55.0, lon=73.4),
    ),
    costs=(
        CostLine(
            "form:embassy",
            CostMeasure.RUNNING,
            "rent",
            Decimal(2),
            Decimal(60_000),
            currency="EUR",
            year=2011,
            source="book",
        ),
        CostLine(
            "site:BRA:embassy",
            CostMeasure.ESTABLISHING,
            FORMULA,
            None,
            None,
            Decimal(9),
            Decimal(7),
            Decimal(12),
            "EUR",
            2011,
        ),
    ),
    interests=(InterestRow("UN-nairobi", "organisation", "United Nations Office, Nairobi", "KEN", points=Decimal(40)),),
    criteria=(
        Criterion("size", "Size of the economy", "gdp", Decimal(3), heading="Leading states", scale=Shape.LOG),
        Criterion("mutual", "Mutuality", "resident_here", Decimal(1), heading="Mutuality", reason="they came first"),
    ),
    mandate=Mandate("Extend the network.", "The Government", "2011-07-01", objectives=(Objective("a", "Be there"),)),
    sources=(Source("book", "Book of Facts 2011", "A publisher", "https://example.org/facts", "CC0", "GDP"),),
    states=STATES,
    notes=(f"Made by hand. {EVIL}",),
)
SITES = (
    site("BRA"),
    site("KEN"),
    site("SVK", MISSION),
    site("DEU", EMBASSY),
    site("RUS", EMBASSY),
    site("CIV"),
    site(**CONSULAR),
)
PROBLEM = Problem(
    "lilliput",
    "FIN",
    "EUR",
    2011,
    SITES,
    (
        *(Interest(s.code, (Decimal(60),) * 3, s.code, state=s.code) for s in STATES if s.code != "FIN"),
        Interest("UN-nairobi", (Decimal(40),) * 3, kind="organisation", state="KEN"),
    ),
    (
        *(Service(s.id, EMBASSY, s.state, Decimal(1)) for s in SITES if s.track is Track.DIPLOMATIC),
        Service("KEN", EMBASSY, "UN-nairobi", Decimal(1)),
        Service("KEN", EMBASSY, "UGA", Decimal("0.4"), concurrent=True),
        Service("DEU", EMBASSY, "LUX", Decimal("0.4"), concurrent=True),
    ),
    BRIEF,
)
FINDINGS = tuple(
    Finding("fact-missing", Severity.NOTE, code, f"No GDP of {code} is known.", "Add it to facts.csv.", "facts.csv")
    for code in ("UGA", "RWA", "CIV")
)


def measure(year, site, kind, before, after, once, running, worth):
    return Measure(year, site, kind, before, after, Decimal(once), Decimal(running), Decimal(8), Decimal(worth))


def money(year, establishing, running, full):
    return YearMoney(
        year,
        Decimal(establishing),
        Decimal(running),
        Decimal(60_000_000),
        Decimal(full),
        Decimal(40),
        Decimal(20),
        Decimal(55),
    )


def served(interest, site, *, concurrent=False):
    return Served(2014, interest, site, EMBASSY, Decimal("0.4") if concurrent else Decimal(1), concurrent)


PLAN = Plan(
    "f" * 64,
    (
        measure(2012, "BRA", Kind.ESTABLISH, Form.NONE, EMBASSY, 9_000_000, 4_000_000, 90),
        measure(2013, "KEN", Kind.ESTABLISH, Form.NONE, EMBASSY, 7_000_000, 3_000_000, 70),
        measure(2013, "SVK", Kind.UPGRADE, MISSION, EMBASSY, 1_000_000, 500_000, 20),
        measure(2014, "RUS-omsk", Kind.ESTABLISH, Form.NONE, CONSULATE, 2_000_000, 900_000, 10),
    ),
    (served("BRA", "BRA"), served("UGA", "KEN", concurrent=True), served("LUX", "DEU", concurrent=True)),
    (
        money(2012, 9_000_000, 62_000_000, 64_000_000),
        money(2013, 8_000_000, 65_750_000, 67_500_000),
        money(2014, 2_000_000, 67_950_000, 68_400_000),
    ),
    Decimal(68_400_000),
    Decimal(60_000_000),
    Proof(
        Decimal("512.25"),
        Decimal("512.2501"),
        Decimal("0.0000002"),
        "optimal",
        "HiGHS",
        "1.12.0",
        0,
        Decimal(300),
        Decimal("0.000001"),
    ),
)
STATISTICS = (
    Statistic("own_embassies", "Own embassies", Decimal(2), 2, 0, ("DEU-post", "RUS-post"), Decimal(0)),
    Statistic(
        "own_establishments", "Own establishments", Decimal(5), 3, 1, ("DEU-post",), Decimal(2), "opened over the years"
    ),
    Statistic("own_staff", "Own staff", Decimal(90), None, 0, (), None, "the record holds nothing to count"),
)
PAPER = Paper(CASE, Draft(PROBLEM, Appraisal(SCORES), FINDINGS), PLAN, "f" * 64, STATISTICS, version="0.1.0")
