"""The analyst's notebook runs as it stands: its outputs, and the page made of it, are what the code prints today."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOL = ROOT / "tools" / "notebook.py"
NOTEBOOK = ROOT / "docs" / "tutorial" / "analyst.ipynb"

pytest.importorskip("pandas", reason="pandas is not installed")


def checked(path: Path) -> subprocess.CompletedProcess[str]:
    """Run the cells of a notebook in a process of their own, as a reader would."""
    return subprocess.run(
        [sys.executable, "-W", "error", TOOL, "--check", path], capture_output=True, text=True, check=False
    )


def test_the_notebook_prints_what_it_shows() -> None:
    run = checked(NOTEBOOK)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", ""), "run: python tools/notebook.py"


def test_another_output_or_page_is_noticed(tmp_path: Path) -> None:
    for name in ("analyst.ipynb", "analyst.md"):
        shutil.copy(NOTEBOOK.with_name(name), tmp_path)
    path = tmp_path / "analyst.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    shown = [cell for cell in notebook["cells"] if cell.get("outputs")]
    assert len(shown) > 5
    shown[0]["outputs"][0]["text"][0] = "another line\n"
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    page = path.with_suffix(".md")
    page.write_text(page.read_text(encoding="utf-8").replace("# In Python", "# By Python", 1), encoding="utf-8")
    run = checked(path)
    assert run.returncode == 1
    assert "another line" in run.stdout
    assert "-# By Python" in run.stdout
