"""Write the published JSON Schemas of a problem and of a plan, so that anybody can write a second checker or solver.

python tools/schemas.py
"""

import json
from pathlib import Path

from legation import codec

FOLDER = Path(__file__).parent.parent / "src" / "legation" / "data" / "schemas"
PUBLISHED = ("problem", "plan")


def text(kind: str) -> str:
    """Return the schema of a kind as it stands in its file."""
    return json.dumps(codec.schema(kind), ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    """Write every published schema."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for kind in PUBLISHED:
        (FOLDER / f"{kind}.schema.json").write_text(text(kind), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
