"""The documentation keeps its word: generated parts are up to date, nothing is left out, and the examples run."""

import importlib.util
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

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


def test_every_code_has_its_heading() -> None:
    """Codes of findings and headings are the same set: none is missing and none is left over."""
    told = {name for name in headings("reference/findings.md") if re.fullmatch(r"[a-z]+(-[a-z]+)*", name)}
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


def test_readme_shows_what_make_plan_prints(capfd: Any) -> None:
    """Every line of the first sample of the README, but what make itself says and the gaps, is printed."""
    from legation.cli.main import main

    sample = (ROOT / "README.md").read_text(encoding="utf-8").split("```text\n")[1].split("```")[0]
    shown = [line for line in sample.splitlines() if line.strip() not in ("", "...") and "Planning" not in line]
    with pytest.raises(SystemExit) as left:
        main(["plan", "kazakhstan-2012", "--announced"])
    assert left.value.code == 0
    printed = capfd.readouterr().out
    assert [line for line in shown if line not in printed] == []


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
