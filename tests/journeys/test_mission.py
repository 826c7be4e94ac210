"""The page on what an announcement contains: every command on it is run, and prints what the page says it answers."""

import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from legation.cli.main import main

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "mission.md"
ROW = re.compile(r"^\|.*`(legation [^`]+)` \| (.*) \|$", re.MULTILINE)
ROWS = [(run, re.findall(r"\*([^*]+)\*", answer)) for run, answer in ROW.findall(PAGE.read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Run every command of the page once, in the order of the page, in one folder; give what each printed."""
    said: dict[str, str] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("page"))
        for command in dict.fromkeys(run for run, _ in ROWS):
            said[command] = call(command)
        yield said


def call(command: str) -> str:
    """Call the command line, insist that it ends well, and return what it printed."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as stop:
        main(shlex.split(command)[1:])
    assert not stop.value.code, f"{command}\n{err.getvalue()[-2000:]}"
    return out.getvalue()


def plain(text: str) -> str:
    """Return a text with every run of spaces and line ends as one space."""
    return " ".join(text.split())


def test_every_row_of_the_page_answers_what_it_says(printed: dict[str, str]) -> None:
    assert len(ROWS) > 40
    assert all(answers for _, answers in ROWS)
    wrong = [
        f"{command}: {answer}"
        for command, answers in ROWS
        for answer in answers
        if plain(answer) not in plain(printed[command])
    ]
    assert wrong == []
