"""The documentation keeps its word: generated parts are up to date, nothing is left out, and the examples run."""

import importlib.util
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from legation.cases.announced import announced_statistics
from legation.cases.case import Case
from legation.desk.cases import Opened, open_case
from legation.desk.documents import Format, paper, rendered
from legation.desk.proofs import Planned, best
from legation.model import FORMS, Track
from legation.planning.brief import Ceiling, Kind, MeasuresPerYear
from legation.planning.outcome import Measure
from legation.programme.plans import plan
from legation.programme.solver import Limits
from legation.reports.figures import Figures, spent

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FENCE = re.compile(r"^```(\S*)(?: title=\"([^\"]*)\")?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PAGES = sorted([*DOCS.glob("tutorial/*.md"), *DOCS.glob("howto/*.md")])


def reference() -> Any:
    """Load tools/reference.py, which belongs to no package."""
    spec = importlib.util.spec_from_file_location("reference", ROOT / "tools" / "reference.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


REFERENCE = reference()


def headings(page: str) -> set[str]:
    """Collect the headings of a page, without the marks of code."""
    text = re.sub(r"^```.*?^```$", "", (DOCS / page).read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return {line.lstrip("# ").replace("`", "") for line in text.splitlines() if line.startswith("#")}


@pytest.mark.parametrize("path", REFERENCE.pages(), ids=lambda path: path.name)
def test_generated_parts_are_up_to_date(path: Path) -> None:
    """What `python tools/reference.py` writes is what the page says."""
    text = path.read_text(encoding="utf-8")
    assert REFERENCE.renewed(text) == text, "run: python tools/reference.py"


def test_a_stale_part_is_noticed() -> None:
    """A block that the code no longer says is written anew."""
    stale = "before\n<!-- generated: forms -->\nold\n<!-- end -->\nafter"
    fresh = REFERENCE.renewed(stale)
    assert "old" not in fresh
    assert "honorary-consulate" in fresh
    assert fresh.startswith("before\n")
    assert fresh.endswith("\nafter")


def test_every_verb_has_its_heading() -> None:
    """Verbs and headings are the same set."""
    told = {name.removeprefix("legation ") for name in headings("reference/verbs.md") if name.startswith("legation ")}
    assert told == set(REFERENCE.verbs())


def test_every_rule_has_its_heading_and_an_example() -> None:
    """Rules and headings are the same set, and an example of every rule is shown."""
    text = (DOCS / "reference/rules.md").read_text(encoding="utf-8")
    assert set(REFERENCE.rules()) == headings("reference/rules.md") & set(REFERENCE.rules())
    assert set(re.findall(r'^rule = "([a-z-]+)"', text, re.MULTILINE)) == set(REFERENCE.rules())


def test_examples_of_rules_can_be_read(tmp_path: Path) -> None:
    """The examples, added to the real case, give no finding of severity error."""
    from legation.sources import read_case

    text = (DOCS / "reference/rules.md").read_text(encoding="utf-8")
    examples = [body for kind, _, body in FENCE.findall(text) if kind == "toml"]
    case = tmp_path / "case"
    shutil.copytree(ROOT / "src/legation/data/cases/kazakhstan-2012", case)
    with (case / "case.toml").open("a", encoding="utf-8") as file:
        file.write("\n" + "\n".join(examples))
    read, _ = read_case(case)  # raises InvalidError with every error
    assert {rule.rule for rule in read.brief.rules} == set(REFERENCE.rules())


def test_every_key_of_a_case_has_meaning_kind_default_and_example() -> None:
    """Nothing is left blank in the tables of keys, but the example of a key that is a table itself."""
    text = (DOCS / "reference/case-format.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^\| key \|.*?$\n\|.*?$\n((?:^\|.*$\n)+)", text, re.MULTILINE)
    rows = [[cell.strip() for cell in row.strip("| ").split(" | ")] for block in blocks for row in block.splitlines()]
    assert len(blocks) == 14
    assert len(rows) > 60
    assert [row for row in rows if len(row) < 5 and "](" not in row[1]] == []


def test_every_code_has_its_heading() -> None:
    """Codes of findings and headings are the same set: none is missing and none is left over."""
    told = {name for name in headings("reference/findings.md") if re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", name)}
    assert told == set(REFERENCE.finding_codes())


def test_nothing_is_fetched() -> None:
    """The pages use the reader's own fonts, and no style or script of somebody else's."""
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert re.search(r"^  font: false", settings, re.MULTILINE)
    assert "http" not in settings
    assert not [p for p in DOCS.rglob("*") if p.suffix in {".md", ".css"} and fetches(p.read_text(encoding="utf-8"))]


def fetches(text: str) -> bool:
    """Tell whether a page or a style asks a server for a picture, a script or a style."""
    return bool(re.search(r"(?:src=[\"']?|!\[[^\]]*\]\(|@import[^;]*|url\([\"']?)https?:", text))


def test_fetching_is_noticed() -> None:
    """The check above can fail."""
    assert fetches("![map](https://example.org/map.png)")
    assert fetches("@import 'https://example.org/a.css';")
    assert not fetches("[a link](https://example.org)")


# Examples run: commands in ```console, changes of files in ```diff title="FILE"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_examples_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    """Every command of a page, one after the other in one folder, prints the lines shown below it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    for kind, title, body in FENCE.findall(page.read_text(encoding="utf-8")):
        if kind == "diff":
            edit(tmp_path / title, body)
        elif kind == "console":
            for command, shown in commands(body):
                run(command, shown, capfd)


@dataclass
class Real:
    """The real case, planned once for all that is said of it: opened, the plans, and the report as text."""

    opened: Opened
    planned: Planned
    text: str


@pytest.fixture(scope="module")
def real() -> Real:
    """Plan the real case and judge the announced plan, as `legation plan kazakhstan-2012 --announced` does."""
    opened = open_case("kazakhstan-2012")
    planned = best(opened, Limits(), announced=True)
    return Real(opened, planned, rendered(paper(opened, planned), Format.TEXT))


def test_readme_shows_what_make_plan_prints(real: Real) -> None:
    """Every line of the first sample of the README, but what make itself says and the gaps, is printed."""
    sample = (ROOT / "README.md").read_text(encoding="utf-8").split("```text\n")[1].split("```")[0]
    shown = [line for line in sample.splitlines() if line.strip() not in ("", "...") and "Planning" not in line]
    assert [line for line in shown if line not in real.text] == []


# The page on the real case: every figure pasted into it is what the program finds


def test_the_page_on_the_real_case_shows_its_figures(real: Real) -> None:
    """Record, measures by year, money and worth of the page are those of the case and of its plans."""
    page = squeezed((DOCS / "explanation/kazakhstan.md").read_text(encoding="utf-8"))
    said = [*on_record(real.opened.case), *by_year(real), *money(real), *worth(real), *compared(real)]
    assert len(said) > 25
    assert [line for line in said if line not in page] == []


def on_record(case: Case) -> Iterator[str]:
    """Write the announced statistics as rows: announced, proven, probable."""
    found = {s.name: s for s in announced_statistics(case)}
    titles = {
        "own_establishments": "establishments abroad",
        "own_embassies": "embassies",
        "own_diplomatic_missions": "diplomatic missions",
        "own_consulates_general": "consulates-general",
        "own_consulates": "consulates",
        "own_host_countries": "States that host them",
        "own_concurrently_covered_countries": "States covered concurrently",
        "foreign_countries_accredited": "States represented in Kazakhstan",
        "foreign_countries_with_embassy_and_consulate": "of these with a consulate besides the embassy",
        "foreign_trade_representations_in_almaty": "foreign trade representations in Almaty",
    }
    for name, title in titles.items():
        yield f"| {title} | {found[name].announced} | {found[name].found} | {found[name].probable} |"


def by_year(real: Real) -> Iterator[str]:
    """Write the measures of both plans, year by year, by the codes of their sites."""
    assert real.planned.announced
    figures = Figures(paper(real.opened, real.planned))
    for year in figures.years:
        plans = (real.planned.announced.plan, real.planned.plan)
        cells = [[m for m in plan.measures if m.year == year] for plan in plans]
        told = ("; ".join(named_measure(figures, m) for m in sorted(c, key=lambda m: m.site)) for c in cells)
        yield f"| {year} | {' | '.join(told)} |"


def named_measure(figures: Figures, measure: Measure) -> str:
    """Name where a measure is taken, and what it is where that is not a new embassy."""
    site = figures.sites[measure.site]
    where = figures.state(site.state)
    if site.track is Track.DIPLOMATIC:
        return f"{where} (raised)" if measure.kind is Kind.UPGRADE else where
    return f"{FORMS[measure.after]} in {site.city}, {where}"


def money(real: Real) -> Iterator[str]:
    """Write what new measures cost beside the ceiling, year by year, and each year after."""
    assert real.planned.announced
    plans = (real.planned.announced.plan, real.planned.plan)
    ceiling = next(r for r in real.planned.problem.brief.rules if isinstance(r, Ceiling))
    for n, (year, amount) in enumerate(ceiling.amounts):
        costs = [spent(ceiling, plan.money[n]) for plan in plans]
        yield f"| {year} | {amount / 10**6:.1f} | {' | '.join(f'{cost / 10**6:.2f}' for cost in costs)} |"
    yield f"| each year after | | {' | '.join(f'{(p.tail - p.baseline_tail) / 10**6:.2f}' for p in plans)} |"


def worth(real: Real) -> Iterator[str]:
    """Write the worth and the reach of today's network and of both plans, and what the announced plan keeps of it."""
    assert real.planned.announced
    brief, beside = real.planned.problem.brief, real.planned.announced.comparison
    still = replace(real.planned.problem, brief=replace(brief, rules=(*brief.rules, MeasuresPerYear(0))))
    plans = [plan(still, digest="", limits=Limits()), real.planned.announced.plan, real.planned.plan]
    points = [p.proof.objective for p in plans]
    gains = [p - points[0] for p in points[1:]]
    covered = [sum(s.concurrent and s.year == brief.years[-1] for s in p.services) for p in plans]
    answered = [(r.mutual, r.mutual + r.owed) for r in (beside.today, beside.other_reciprocity, beside.reciprocity)]
    yield f"| worth, points over three years | {' | '.join(f'{p:,.1f}' for p in points)} |"
    yield f"| gained over today's network | | {' | '.join(f'{g:,.1f}' for g in gains)} |"
    yield f"| States covered concurrently in 2014 | {' | '.join(map(str, covered))} |"
    yield f"| States resident with us that are answered | {' | '.join(f'{a} of {b}' for a, b in answered)} |"
    assert beside.kept
    yield f"keeps **{100 * beside.kept:.1f} %** of the worth of the best plan"
    yield f"the announced plan gains **{100 * gains[0] / gains[1]:.0f} %**"


def compared(real: Real) -> Iterator[str]:
    """Write what the plans share, and what only one of them holds."""
    assert real.planned.announced
    found, figures = real.planned.announced.comparison, Figures(paper(real.opened, real.planned))
    yield f"In the same year: {'; '.join(figures.site(m.site) for m in found.shared)}."
    yield from (f"{figures.site(m.site)} in {m.year} instead of {m.other_year}" for m in found.moved)
    yield from (figures.site(m.site) for m in found.other_only)
    for m in found.only:
        site = figures.sites[m.site]
        yield (
            figures.state(site.state) if site.track is Track.DIPLOMATIC else f"{site.city}, {figures.state(site.state)}"
        )


def commands(body: str) -> Iterator[tuple[list[str], list[str]]]:
    """Take an example apart into commands and the lines shown below each."""
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        command, *shown = part.splitlines()
        yield shlex.split(command, comments=True), [line for line in shown if line.strip() not in ("", "...")]


def run(command: list[str], shown: list[str], capfd: Any) -> None:
    """Run `legation ...` and compare; a last line "exit N" names another exit code than 0."""
    from legation.cli.main import main

    program, *arguments = command
    assert program == "legation"
    expected = int(shown.pop().removeprefix("exit ")) if shown and re.fullmatch(r"exit \d", shown[-1]) else 0
    capfd.readouterr()
    code: object = 0
    try:
        main(arguments)
    except SystemExit as stop:
        code = stop.code or 0
    out, err = capfd.readouterr()
    assert code == expected, f"{' '.join(command)}\n{out}\n{err}"
    printed = {squeezed(line) for line in (out + err).splitlines()}
    missing = [line for line in shown if squeezed(line) not in printed]
    assert not missing, f"not printed: {missing}\nbut:\n{out}\n{err}"


def squeezed(line: str) -> str:
    """Forget how wide the columns are."""
    return " ".join(line.split())


def edit(path: Path, body: str) -> None:
    """Apply a change as it is printed: lines with - are replaced by the lines with +."""
    text = path.read_text(encoding="utf-8")
    old = "".join(f"{line[1:]}\n" for line in body.splitlines() if line.startswith(("-", " ")))
    new = "".join(f"{line[1:]}\n" for line in body.splitlines() if line.startswith(("+", " ")))
    assert text.count(old) == 1, f"{path.name} does not hold, once:\n{old}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_examples_can_fail(capfd: Any) -> None:
    """A command that prints something else than shown is noticed."""
    with pytest.raises(AssertionError):
        run(["legation", "--version"], ["legation of another day"], capfd)
    assert list(commands("$ legation a 'b c'\nx\n...\n$ legation d\n")) == [
        (["legation", "a", "b c"], ["x"]),
        (["legation", "d"], []),
    ]


def test_pages_with_examples_were_found() -> None:
    """The tutorial and the how-to pages are there, so the tests above did not pass for want of them."""
    assert {"ruritania.md", "another-state.md"} <= {page.name for page in PAGES}
