"""The reports: one content in three formats, from a case made by hand."""

import re
import socket
from base64 import b64encode
from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from html.parser import HTMLParser

import openpyxl
import pytest
from report_case import CASE, EVIL, FORMULA, PAPER, PLAN

from legation.errors import Finding, Severity
from legation.law.checking import Line, Opinion
from legation.law.matters import Matter, Verdict
from legation.model import Form
from legation.planning.brief import Kind
from legation.planning.comparison import compare
from legation.reports import Judged, as_html, as_text, build, write_xlsx
from legation.reports.content import Year
from legation.reports.figures import Figures, listed, number, rounded
from legation.reports.tables import Table

VOID = {"meta", "br", "link", "img", "hr"}


class Outline(HTMLParser):
    """Keeps the tags of a page, and complains of those that do not nest."""

    def __init__(self):
        super().__init__()
        self.tags, self.open = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.open += [] if tag in VOID else [tag]

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def all(self, *names):
        return [attrs for tag, attrs in self.tags if tag in names]


@pytest.fixture(scope="module")
def document():
    return build(PAPER)


@pytest.fixture(scope="module")
def page(document):
    return as_html(document)


@pytest.fixture(scope="module")
def outline(page):
    parser = Outline()
    parser.feed(page)
    assert parser.open == []
    return parser


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("reports") / "plan.xlsx"
    write_xlsx(PAPER, path)
    return openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)


def table(document, start):
    blocks = [b for s in document.sections for b in s.blocks]
    return next(b for b in blocks if isinstance(b, Table) and b.caption.startswith(start))


def reasons(paper):
    years = [b for s in build(paper).sections for b in s.blocks if isinstance(b, Year)]
    return {e.where: "; ".join(map(str, e.reason)) for y in years for e in y.entries}


# What is said


def test_headline_counts_the_measures(document):
    expected = "4 measures in 3 years: 2 new embassies, 1 reorganisation and 1 consular measure"
    assert document.headline == expected


def test_lead_states_money_reach_and_proof(document):
    cost, reach, proof = document.lead
    assert "EUR 19.0 million to establish and EUR 8.4 million a year more" in cost
    assert "within every ceiling; the tightest is used to 55 %" in cost
    assert "resident in 5 States (today 3)" in reach
    assert "0 of 1" in reach
    assert "proven" in proof


def test_a_plan_that_is_not_proven_says_how_much_may_be_missing():
    loose = replace(PLAN, proof=replace(PLAN.proof, gap=Decimal("0.0312"), bound=Decimal("528.2")))
    assert "3.12 % may be missing" in build(replace(PAPER, plan=loose)).lead[2]


def test_reasons_come_from_the_data():
    said = reasons(PAPER)
    assert said["Brazil"] == "2nd largest economy of 7 (GDP 2010, USD 2.0 tn; Book of Facts 2011)"
    assert "resides here since 2007, not answered" in said["Kenya"]
    assert "would cover: Uganda" in said["Kenya"]
    assert "also serves United Nations Office, Nairobi" in said["Kenya"]
    assert "an embassy here since 1999, answered by a mission only" in said["Slovakia"]


def test_a_place_with_merit_gives_its_reason_first():
    places = tuple(
        replace(p, merit=Decimal(5), merit_reason="a gate to the south") if p.id == "BRA" else p for p in CASE.places
    )
    assert reasons(replace(PAPER, case=replace(CASE, places=places)))["Brazil"].startswith("a gate to the south; ")


def test_a_closure_says_what_it_gives_back():
    closing = replace(
        PLAN.measures[0], site="DEU", kind=Kind.CLOSE, before=Form.EMBASSY, after=Form.NONE, running=Decimal(-2_000_000)
    )
    paper = replace(PAPER, plan=replace(PLAN, measures=(closing,)))
    assert "EUR 2.0 million a year back" in reasons(paper)["Germany"]
    assert build(paper).headline == "1 measure in 3 years: 1 closure"


def test_money_stands_against_the_ceilings(document):
    assert table(document, "Money by year").rows[1][:6] == ("2013", "60.0", "5.8", "8.0", "73.8", "67.5")
    assert table(document, "Money against").rows[1][1:] == ("2013", "13.8", "30.0", "16.2", "46 %")
    assert table(document, "Money by year").rows[-1][:3] == ("Each year after", "60.0", "8.4")


def test_coverage_before_and_after(document):
    rows = {row[0]: row[1:] for row in table(document, "Who is represented").rows}
    assert rows["Kenya"] == ("from Berlin (Germany)", "embassy (2013)")
    assert rows["Uganda"] == ("not represented", "from Nairobi (Kenya)")
    assert rows["Luxembourg"] == ("from Berlin (Germany)", "unchanged")


def test_reciprocity_before_and_after(document):
    assert table(document, "Balance").rows[0][1:] == ("1", "0", "−1")
    rows = {row[0]: row[-1] for row in table(document, "States owed").rows}
    assert rows["Kenya"] == "owed → mutual"
    assert rows["Brazil"] == "neither → ahead"


def test_the_unexplained_residual_is_named(document):
    texts = [b.text for s in document.sections if s.id == "announced" for b in s.blocks if hasattr(b, "text")]
    assert texts == ["Not explained by the record: 2 of 5 own establishments."]


def test_the_announced_plan_is_judged():
    other = replace(PLAN, measures=(replace(PLAN.measures[0], year=2013), PLAN.measures[2]), services=())
    document = build(replace(PAPER, announced=Judged(other, compare(PAPER.draft.problem, PLAN, other))))
    said = next(
        b.text for s in document.sections for b in s.blocks if getattr(b, "text", "").startswith("The announced")
    )
    assert "1 of its 2 measures is in the best plan in the same year, 1 in another year" in said
    rows = {row[0]: row[1:] for row in table(document, "Measures of both").rows}
    assert rows["Slovakia"] == ("raise to embassy 2013", "raise to embassy 2013", "the same")
    assert rows["Brazil"][:2] == ("open an embassy 2012", "open an embassy 2013")
    assert rows["Kenya"][1] == "–"
    sums = {row[0]: row[1:3] for row in table(document, "The announced plan").rows}
    assert sums["Reciprocity: owed"] == ("0", "1")


def test_findings_are_grouped(document):
    assert table(document, "Findings").rows[0][:3] == ("note", "fact-missing", "3")
    assert len(table(document, "Every finding").rows) == 3


def test_an_empty_plan_is_still_a_report():
    paper = replace(PAPER, plan=replace(PLAN, measures=(), services=()), statistics=())
    document = build(paper)
    assert document.headline == "No measure in 3 years"
    assert "2012: nothing" in as_text(document)
    assert "announced" not in {s.id for s in document.sections}


# As a page


def test_page_needs_nothing_but_itself(page, outline):
    assert not outline.all("script", "link", "img", "iframe", "object")
    assert not [a for _, a in outline.tags if "style" in a or any(name.startswith("on") for name in a)]
    assert not re.search(r"(?:src|xlink:href)=|url\((?!#)|@import", page)
    assert all(a["href"].startswith("#") or a["href"] == "https://example.org/facts" for a in outline.all("a", "use"))


def test_policy_allows_the_style_and_nothing_else(page):
    style = page.split("<style>")[1].split("</style>")[0]
    allowed = b64encode(sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{allowed}'" in page


def test_page_escapes_every_text(page):
    assert EVIL not in page
    assert "Finland &amp; its network" in page
    assert page.count("&lt;script&gt;") > 2


def test_page_is_semantic(outline):
    assert len(outline.all("h1")) == 1
    assert len(outline.all("table")) == len(outline.all("caption")) > 10
    assert all(a.get("scope") in ("col", "row") for a in outline.all("th"))
    assert len(outline.all("nav", "main", "header", "footer")) == 4
    ids = [a["id"] for a in outline.all("section")]
    assert [a["href"][1:] for a in outline.all("a") if a["href"].startswith("#")] == ids


def test_page_is_dark_at_night_and_plain_on_paper(page):
    assert page.count("prefers-color-scheme:dark") == 2
    assert "@media print" in page


def test_chart_takes_its_colours_from_the_page(page):
    chart = page.split('class="chart"')[1].split("</svg>")[0]
    assert {"var(--bar-new)", "var(--bar-once)", "var(--accent)", "var(--ink)"} <= set(
        re.findall(r"var\([\w-]+\)", chart)
    )
    assert not re.search(r'fill="#(?:fff|000|[0-9a-f]{6})"', chart)


def test_nothing_is_fetched_while_writing(document, monkeypatch):
    monkeypatch.setattr(socket, "socket", None)
    assert 'class="legation-map' in as_html(document)


def test_page_is_the_same_every_time(page):
    assert as_html(build(PAPER)) == page


# The law


def lawful(*years):
    """Return what the law says of a record in which nothing is broken, and of a plan that breaks an article a year."""
    code, cited = "vcdr-2", "VCDR art. 2"

    def said(year, matters, findings):
        line = Line(code, cited, "relations come first", 0, len(matters), 0)
        return Opinion(date(year, 12, 31), (line,), matters, findings)

    found = [said(2011, (), ())]
    for year, site in years:
        matter = Matter(code, site, Verdict.BROKEN, "is a mission", cited=cited)
        finding = Finding(code, Severity.ERROR, site, f"{site} <breaks> (VCDR art. 2).", "Close it.")
        found.append(said(year, (*found[-1].matters, matter), (finding,)))
    return tuple(found)


def test_law_is_told_in_every_format(tmp_path):
    """Breaches stand in the page, in the text and in the workbook; the announced plan is told of beside."""
    judged = Judged(PLAN, compare(PAPER.draft.problem, PLAN, PLAN), lawful((2013, "SVK")))
    paper = replace(PAPER, law=lawful((2012, "BRA"), (2013, "KEN")), announced=judged)
    text, page = as_text(build(paper)), as_html(build(paper))
    assert "The plan breaks the law in 2 matters." in text
    assert "2012: BRA <breaks> (VCDR art. 2). Close it." in text
    assert "The announced plan breaks the law in 1 matter." in text
    assert "VCDR art. 2       2          0  relations come first" in text
    assert "BRA &lt;breaks&gt; (VCDR art. 2). Close it." in page
    write_xlsx(paper, tmp_path / "plan.xlsx")
    cells = [c.value for row in openpyxl.load_workbook(tmp_path / "plan.xlsx")["Law"].iter_rows() for c in row]
    assert "2013: KEN <breaks> (VCDR art. 2). Close it." in cells


def test_a_plan_without_findings_of_the_law_says_so():
    """Where the law was not asked, nothing is said of it."""
    assert "WHAT THE LAW SAYS" not in as_text(build(PAPER))
    told = as_text(build(replace(PAPER, law=(*lawful(), replace(lawful()[0], day=date(2012, 12, 31))))))
    assert "The plan breaks no article of the law that the record can prove. Nothing was found to tell." in (
        " ".join(told.split())
    )


# As text


def test_text_is_for_a_terminal(document):
    text = as_text(document, 80)
    lines = text.splitlines()
    assert len(lines) <= 80
    assert max(map(len, lines)) <= 96  # a digest and a caption may stand out, a sentence not
    assert "Kenya: open an embassy – " in text
    assert "legation check problem.json plan.json" in text
    assert "<" not in text


def test_columns_of_a_text_table_line_up(document):
    lines = as_text(document).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("  Year  "))
    ends = [m.end() for m in re.finditer(r"\S+( \S+)*", lines[start])]
    assert lines[start + 1].rstrip()[: ends[1]].endswith("60.0")


# As a workbook


def test_workbook_has_its_sheets_with_heads_in_sight(book):
    formulas, _ = book
    names = ["Plan", "Money", "Coverage", "Reciprocity", "Appraisal", "Assumptions", "Sources", "Proof"]
    assert formulas.sheetnames == names
    assert all(sheet.freeze_panes for sheet in formulas)


def test_totals_are_live_and_right(book):
    formulas, values = book
    assert formulas["Plan"]["G6"].value == "=SUM(G2:G5)"
    assert values["Plan"]["G6"].value == 19_000_000
    assert formulas["Money"]["F3"].value == "=C3+D3"
    assert values["Money"]["F3"].value == 73_750_000
    assert values["Money"]["E6"].value == 8_400_000
    row = next(
        r for r in formulas["Money"].iter_rows() if str(r[0].value).startswith("all money") and r[1].value == 2013
    )
    assert row[2].value == "=C3-B3+D3"
    assert values["Money"][row[4].coordinate].value == 16_250_000


def test_scores_are_live_and_right(book):
    formulas, values = book
    sheet = formulas["Appraisal"]
    row = next(r for r in sheet.iter_rows(min_row=5) if r[0].value == "Brazil")
    assert row[3].value == f"=C{row[3].row}*SUMPRODUCT($E$4:$F$4,E{row[3].row}:F{row[3].row})"
    assert [c.value for c in sheet[3]][4:] == [3, 1]
    shares = [c.value for c in values["Appraisal"][4]][4:]
    worths = [c.value for c in row[4:]]
    assert (
        row[2].value * sum(s * w for s, w in zip(shares, worths, strict=True))
        == values["Appraisal"][row[3].coordinate].value
    )


def test_no_text_of_the_data_becomes_a_formula(book):
    formulas, _ = book
    cells = [c for sheet in formulas for r in sheet.iter_rows() for c in r]
    cell = next(c for c in cells if c.value == FORMULA)
    assert cell.data_type == "s"
    assert all(c.value.startswith(("=SUM", "=C", "=D", "=E", "=F", "=IF")) for c in cells if c.data_type == "f")


def test_workbook_is_the_same_every_time(tmp_path):
    for name in ("one.xlsx", "two.xlsx"):
        write_xlsx(PAPER, tmp_path / name)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


# Words and numbers


@pytest.mark.parametrize(
    ("amount", "unit", "text"),
    [
        (2.0e12, "USD", "USD 2.0 tn"),
        (192.9e6, "persons", "193 m persons"),
        (12_345, "persons", "12\u202f345 persons"),
        (3.25, "%", "3.2 %"),
    ],
)
def test_performances_are_written_shortly(amount, unit, text):
    assert rounded(amount, unit) == text


def test_numbers_are_written_as_in_print():
    assert number(Decimal("-1234567.5"), 1) == "−1\u202f234\u202f567.5"
    assert number(Decimal("-0.01"), 1) == "0.0"
    assert number(5, signed=True) == "+5"
    assert listed(["a", "b", "c", "d", "e", "f"], 3) == "a, b, c and 3 more"
    assert listed(["a"]) == "a"


def test_states_are_counted_once():
    figures = Figures(PAPER)
    assert {code: p.means for code, p in figures.before.items()} == {
        "DEU": "resident",
        "RUS": "resident",
        "SVK": "mission",
        "LUX": "concurrent",
        "KEN": "concurrent",
    }
    assert figures.after["KEN"].means == "resident"
