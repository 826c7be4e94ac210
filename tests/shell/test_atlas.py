"""The atlas: one page that fetches nothing, a sheet for every State, and numbers that are those of the tables."""

import csv
import json
import re
import shutil
import subprocess
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from legation.atlas.data import as_data
from legation.atlas.figures import compile_atlas
from legation.atlas.page import as_html, sheet_as_html
from legation.atlas.reading import survey_of
from legation.cli.main import main
from legation.desk import documents
from legation.model import Balance
from legation.sources import read_world

DATA = Path(__file__).parents[2] / "src/legation/data"
LARGEST = 6_000_000  # bytes
PRESENT = {"embassy", "diplomatic-mission"}


@pytest.fixture(scope="module")
def atlas():
    """Make the atlas of the tables as they are shipped."""
    return documents.atlas_of(read_world()[0])


@pytest.fixture(scope="module")
def page(atlas):
    """Write the whole atlas."""
    return as_html(atlas, "1.2.3")


@pytest.fixture(scope="module")
def tree(page):
    """Read the page as XML, which it also is."""
    return ET.fromstring(page)


def rows(name):
    """Read one of the tables as they are shipped, without the product's own reader."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text_of(element):
    """Return the words of an element as a reader of the screen hears them, one block a line."""
    words = []
    for part in element.iter():
        if part.tag == "svg":
            words.append(f"[{part.get('aria-label', '')}]" if part.get("role") == "img" else "")
        elif part.tag in {"h2", "dt", "dd", "caption", "th", "td", "figcaption", "summary", "li"}:
            words.append(" ".join("".join(part.itertext()).split()))
    return "\n".join(w for w in words if w)


def fetched(text):
    """Return what a browser would fetch from elsewhere for a page: anything but anchors within it."""
    found = re.findall(r'(?:src|srcset|href|data|poster|action|xlink:href)="([^"#][^"]*)"', text)
    return found + re.findall(r"url\((?!#)[^)]*\)|@import[^;]*|<script|<link|<iframe|\son\w+=|\sstyle=", text)


def test_fetches_nothing_and_is_small(page):
    """No address is fetched, the policy forbids it too, and the page stays under six megabytes."""
    assert fetched(page) == []
    assert "default-src 'none'" in page
    assert len(page.encode()) < LARGEST


def test_fetching_is_noticed():
    """The check above can fail."""
    assert fetched('<img src="https://example.org/a.png"/>')
    assert fetched("<style>@import 'a.css';</style>")
    assert fetched('<p style="color:red">')
    assert fetched("<i>url(#hatch)</i>") == []


def test_every_state_has_a_sheet_and_every_link_resolves(tree):
    """There is one sheet a State, in its own section, and no link or use leads nowhere; no id is there twice."""
    ids = Counter(e.get("id") for e in tree.iter() if e.get("id"))
    assert [id_ for id_, count in ids.items() if count > 1] == []
    sheets = [e.get("id") for e in tree.iter("section") if e.get("class") == "sheet"]
    assert sorted(sheets) == sorted(row["code"] for row in rows("states"))
    wanted = {e.get("href") for e in tree.iter() if e.get("href")}
    assert {w for w in wanted if not w.startswith("#") or w[1:] not in ids} == set()
    labelled = {e.get("aria-labelledby") for e in tree.iter() if e.get("aria-labelledby")}
    assert labelled <= set(ids)


def test_html_is_well_formed(page):
    """A parser of HTML closes what it opens."""

    class Closing(HTMLParser):
        open: list[str] = []  # noqa: RUF012

        def handle_starttag(self, tag, attrs):
            if tag not in {"meta"}:
                self.open.append(tag)

        def handle_startendtag(self, tag, attrs):
            pass

        def handle_endtag(self, tag):
            assert self.open.pop() == tag

    parser = Closing()
    parser.feed(page)
    parser.close()
    assert parser.open == []


def test_tables_and_pictures_can_be_heard(tree):
    """Every table has a caption, scoped headings and a source beside it; every picture says what it shows."""
    tables = list(tree.iter("table"))
    assert len(tables) > 199 * 2
    assert [t for t in tables if not "".join(t.find("caption").itertext())] == []
    assert [h for t in tables for h in t.iter("th") if h.get("scope") not in {"col", "row"}] == []
    boxes = [(parent, n) for parent in tree.iter() for n, e in enumerate(parent) if e.get("class") == "box"]
    assert len(boxes) == len(tables)
    notes = ["".join("".join(e.itertext()) for e in list(parent)[n + 1 : n + 3]) for parent, n in boxes]
    assert [note for note in notes if "Source:" not in note] == []
    figures = list(tree.iter("figure"))
    assert len(figures) == 199 + 3
    assert [f for f in figures if "Source:" not in "".join(f.find("figcaption").itertext())] == []
    assert [f for f in figures if not f.find("svg").get("aria-label")] == []


def test_counts_are_those_of_the_tables(atlas):
    """What the atlas counts is what a plain count of the shipped rows gives."""
    posts = rows("posts")
    pairs = {(r["sender"], r["state"]) for r in posts if r["form"] in PRESENT and not r["territory"]}
    assert dict(atlas.forms) == Counter(r["form"] for r in posts)
    assert atlas.embassies == len(pairs)
    assert 2 * atlas.mutual == sum((b, a) in pairs for a, b in pairs)
    assert atlas.mutual + atlas.one_sided + atlas.neither == 199 * 198 // 2
    assert sum(cell.count for cell in atlas.matrix) == len(pairs)
    assert sum(cell.possible for cell in atlas.matrix) == 199 * 198
    for sheet in atlas.sheets:
        code = sheet.state.code
        assert sheet.embassies.count == sum(a == code for a, _ in pairs) == sheet.mutual + sheet.ahead
        assert sheet.hosted.count == sum(b == code for _, b in pairs) == sheet.mutual + sheet.owed
        assert len(sheet.abroad) == sum(r["sender"] == code for r in posts)
    covers = {(r["sender"], r["resident"], r["covered"]) for r in rows("accreditations")}
    told = {(c.sender, c.resident, to) for s in atlas.sheets for c in s.covers for to in c.covered}
    assert told == covers


def test_gaps_both_ways_mirror_each_other(atlas):
    """Where one State's sheet says only the other is present, the other's says that only it is."""
    owed = {(s.state.code, line.state) for s in atlas.sheets for line in s.with_balance(Balance.OWED)}
    ahead = {(line.state, s.state.code) for s in atlas.sheets for line in s.with_balance(Balance.AHEAD)}
    assert owed == ahead
    assert len(owed) == atlas.one_sided


def test_expected_pairs_are_told_only_where_expectations_are_given(atlas, page):
    """Attested absences come first, then the likeliest others; pairs with a presence do not come."""
    assert 'id="expected"' in page
    assert all(atlas.expected[n].likelihood > 0.5 for n in (0, -1))
    survey = survey_of(read_world()[0], {})
    held, cover = next(p for p in survey.entries if p.post.form == "embassy").post, survey.covers[0]
    given = {
        ("KAZ", "KEN"): 0.6,
        ("NRU", "KAZ"): 0.7,
        (held.sender, held.seat.state): 1.0,
        (cover.sender, cover.covered): 0.5,
    }
    made = compile_atlas(survey, given)
    first, *others = made.expected
    assert (first.sender, first.state, first.covered_from) == (cover.sender, cover.covered, cover.resident)
    assert [(g.sender, g.state, g.covered_from) for g in others] == [("NRU", "KAZ", ""), ("KAZ", "KEN", "")]
    assert "70 %" in as_html(made, "")
    assert 'id="expected"' not in as_html(compile_atlas(survey), "")


def test_a_surprising_absence_is_told_on_both_sheets():
    """On the sender's sheet among those it lacks, on the host's among those who lack it; what is less likely is not."""
    survey = survey_of(read_world()[0], {})
    made = compile_atlas(survey, {("NRU", "KAZ"): 0.9, ("KAZ", "NRU"): 0.7})
    told = {s.state.code: (s.lacking, s.lacked) for s in made.sheets if s.lacking or s.lacked}
    gap = next(g for g in made.expected if g.likelihood == 0.9)
    assert told == {"NRU": ((gap,), ()), "KAZ": ((), (gap,))}


def test_text_of_one_sheet(atlas):
    """A small sheet reads as expected, from its facts to its items."""
    sheet = documents.atlas_sheet(atlas, "nauru")
    tree = ET.fromstring(sheet_as_html(atlas, sheet, ""))
    section = next(e for e in tree.iter("section") if e.get("id") == "NRU")
    assert text_of(section) == (Path(__file__).parent / "atlas_sheet.txt").read_text(encoding="utf-8").rstrip("\n")


def test_one_state_by_the_command_line(tmp_path, capsys):
    """The verb writes one sheet, prints its data, and names the nearest where there is no such State."""
    with pytest.raises(SystemExit) as left:
        main(["atlas", "--state", "KAZ", "-o", str(tmp_path / "new" / "kaz.html"), "--json"])
    assert left.value.code == 0
    written = (tmp_path / "new" / "kaz.html").read_text(encoding="utf-8")
    told = json.loads(capsys.readouterr().out)
    assert "Kazakhstan: who is represented" in written
    assert fetched(written) == []
    assert len(told["sheet"]["abroad"]) == sum(r["sender"] == "KAZ" for r in rows("posts"))
    with pytest.raises(SystemExit) as left:
        main(["atlas", "--state", "Kazahkstan"])
    assert left.value.code == 2
    assert "KAZ Kazakhstan" in capsys.readouterr().err


def test_data_of_the_world(atlas):
    """The data name every State, with codes that count as its sheet does."""
    told = as_data(atlas)
    assert len(told.states) == 199
    assert {s.code: len(s.present_in) for s in told.states} == {s.state.code: s.embassies.count for s in atlas.sheets}


def asked(page, folder):
    """Open a page in Chromium; return its DOM, what the browser says, and the addresses the page itself asks for.

    The browser asks for its own updates too; such requests have no origin, and here they lead nowhere.
    """
    target, log = folder / "page.html", folder / "net.json"
    target.write_text(page, encoding="utf-8")
    quiet = ("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")
    run = subprocess.run(
        [
            *(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                *quiet,
                "--host-resolver-rules=MAP * 127.0.0.1",
            ),
            *(f"--user-data-dir={folder / 'profile'}", f"--log-net-log={log}", "--enable-logging=stderr"),
            *("--dump-dom", target.as_uri()),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    lines = (line.rstrip(",") for line in log.read_text(encoding="utf-8").splitlines() if '"initiator":' in line)
    requests = [json.loads(line)["params"] for line in lines]  # the log has one event a line
    return run.stdout, run.stderr, {r["url"] for r in requests if r["initiator"] != "not an origin"}


@pytest.mark.skipif(not shutil.which("chromium"), reason="needs chromium")
def test_a_browser_shows_it_without_any_request(page, tmp_path):
    """Chromium shows every sheet, its policy blocks nothing of the page, and the page asks for no address."""
    shown, said, addresses = asked(page, tmp_path)
    assert shown.count('class="sheet"') == 199
    assert "Content Security Policy" not in said
    assert addresses == set()


@pytest.mark.skipif(not shutil.which("chromium"), reason="needs chromium")
def test_a_request_in_a_browser_is_noticed(tmp_path):
    """The check above can fail: a picture of another server is asked for, and a policy that is broken is told."""
    picture = '<img src="http://127.0.0.1:9/x.png">'
    assert asked(picture, tmp_path)[2] == {"http://127.0.0.1:9/x.png"}
    policy = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
    _, said, addresses = asked(f"{policy}<style>p{{color:red}}</style>{picture}", tmp_path)
    assert addresses == set()
    assert "Content Security Policy" in said
