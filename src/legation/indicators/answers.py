"""Answers: the JSON that an API gave, kept in a file: one answer, or several, one a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from legation.errors import NotFoundError
from legation.exchange.files import guarded, refused

Json = Any  # whatever stands in a foreign file: every reader asks before it takes


def read_answers(path: Path) -> list[Json]:
    """Return the answers in a file, numbers as the text they were written in.

    Raises NotFoundError where there is no file, InvalidError for what is no JSON.
    """
    if not path.is_file():
        raise NotFoundError(f"There is no file {path}.", hint="Check the name; folders are not read.")
    with guarded(path.name):
        text = path.read_text(encoding="utf-8-sig")
    try:
        return [_parsed(text)]
    except (ValueError, RecursionError):
        return [parse(line, path.name) for line in text.splitlines() if line.strip()] or [None]


def parse(answer: str | bytes, label: str) -> Json:
    """Return one answer, numbers as the text they were written in; raise InvalidError for what is no JSON."""
    try:
        return _parsed(answer)
    except (ValueError, RecursionError) as error:
        remedy = "Keep the answer of the API as it came, and give that file."
        raise refused(label, f"is no JSON: {error}", remedy) from error


def _parsed(answer: str | bytes) -> Json:
    return json.loads(answer, parse_float=str, parse_int=str, parse_constant=str)


def mapping(found: Json) -> dict[str, Json]:
    """Return an object of JSON, or an empty one for anything else."""
    return found if isinstance(found, dict) else {}


def listed(found: Json) -> list[Json]:
    """Return a list of JSON; what is alone where a list may stand is a list of one, and null is none."""
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def cell(found: Json) -> str:
    """Return a value of JSON as the text of a cell; null is empty."""
    return "" if found is None else found.strip() if isinstance(found, str) else json.dumps(found)
