"""Run the analyst's notebook without Jupyter, keep what it prints, and write the page of the documentation from it.

python tools/notebook.py            # run, keep the outputs, write the page
python tools/notebook.py --check    # write nothing; exit 1 where outputs or page are not those kept
"""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from copy import deepcopy
from io import StringIO
from pathlib import Path
from typing import Any

NOTEBOOK = Path(__file__).parents[1] / "docs" / "tutorial" / "analyst.ipynb"
NOTE = "<!-- Written by tools/notebook.py from analyst.ipynb: change that, and run the tool. -->"


def executed(notebook: dict[str, Any]) -> dict[str, Any]:
    """Run the cells of code in order in one namespace; return the notebook with what each prints."""
    made = deepcopy(notebook)
    space: dict[str, Any] = {"__name__": "__main__"}
    cells = [cell for cell in made["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(cells, start=1):
        said = StringIO()
        with redirect_stdout(said):
            exec(compile("".join(cell["source"]), f"cell {number}", "exec"), space)  # noqa: S102 - our own cells
        text = said.getvalue().splitlines(keepends=True)
        cell["execution_count"] = number
        cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": text}] if text else []
    return made


def page(notebook: dict[str, Any]) -> str:
    """Return the notebook as a page: its text, its code and what it prints."""
    title, *rest = (part for cell in notebook["cells"] for part in parts(cell))
    return "\n\n".join([NOTE, title, *rest]) + "\n"


def parts(cell: dict[str, Any]) -> Iterator[str]:
    """Go through what a page shows of a cell."""
    text = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        yield text
        return
    yield f"```python\n{text}\n```"
    for output in cell["outputs"]:
        yield f"```text\n{''.join(output['text']).rstrip()}\n```"


def written(notebook: dict[str, Any]) -> str:
    """Write a notebook as Jupyter does."""
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def stale(path: Path) -> str:
    """Return how notebook and page differ from what running it gives, as a diff; nothing where they do not."""
    made = executed(json.loads(path.read_text(encoding="utf-8")))
    wanted = {path: written(made), path.with_suffix(".md"): page(made)}
    return "".join(
        line
        for where, text in wanted.items()
        for line in difflib.unified_diff(
            where.read_text(encoding="utf-8").splitlines(keepends=True),
            text.splitlines(keepends=True),
            f"{where.name} as kept",
            f"{where.name} as run",
        )
    )


def main(arguments: list[str]) -> int:
    """Check or write the notebook (another one where its path is given) and its page; return the exit code."""
    path = Path(next((a for a in arguments if not a.startswith("-")), NOTEBOOK))
    if "--check" in arguments:
        found = stale(path)
        print(found, end="")
        return 1 if found else 0
    made = executed(json.loads(path.read_text(encoding="utf-8")))
    path.write_text(written(made), encoding="utf-8")
    path.with_suffix(".md").write_text(page(made), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
