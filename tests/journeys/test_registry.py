"""A case on record, by the command line: changed, read as it was, backed up, and a row edited behind its back."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from legation.cli.main import main

Call = Callable[..., str]


@pytest.fixture
def legation(capfd: pytest.CaptureFixture[str]) -> Call:
    """Call the command line, insist on its exit code, and return what it printed."""

    def call(*arguments: object, code: int = 0) -> str:
        capfd.readouterr()
        with pytest.raises(SystemExit) as stop:
            main([str(a) for a in arguments])
        out, err = capfd.readouterr()
        assert (stop.value.code or 0) == code, err
        return out + err

    return call


def test_a_case_on_record(legation: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two revisions by two people; the first comes out as it went in; the chain names what was tampered with."""
    monkeypatch.chdir(tmp_path)
    assert "no registry" in legation("history", code=2)
    legation("registry", "init")
    legation("registry", "import", "ruritania", "--as", "aizhan", "--reason", "First record")
    legation("export", "ruritania", "case")
    toml = Path("case/case.toml")
    toml.write_text(toml.read_text(encoding="utf-8").replace("2030 = 150", "2030 = 140"), encoding="utf-8")
    Path("case").rename("ruritania")
    assert "1 changes" in legation("registry", "import", "./ruritania", "--as", "bolat", "--reason", "Ten less")
    assert "says the same" in legation("registry", "import", "./ruritania", code=4)
    told = legation("history")
    assert "aizhan" in told
    assert "Ten less" in told
    assert "150 -> 140" in legation("diff", 1, 2)
    legation("registry", "export", "ruritania", "first/ruritania", "--at", 1)
    legation("export", "./first/ruritania", "first.xlsx")
    assert "2030 = 150" in Path("first/ruritania/case.toml").read_text(encoding="utf-8")
    legation("registry", "backup", "kept")
    assert "2 revisions" in legation("registry", "restore", "kept", "--registry", "other.db")
    assert json.loads(legation("verify", "--registry", "other.db", "--json"))["broken"] is None
    with sqlite3.connect("legation.db") as database:
        database.execute("drop trigger keep_records_edit")
        database.execute("update records set body = replace(body, '140', '990') where since = 2")
    database.close()
    assert "Revision 2 does not verify" in legation("verify", code=1)
    assert "Verified: 2 revisions" in legation("verify", "--registry", "other.db")
