"""The chain: each revision's digest covers its changes and the digest before, so that a rewrite of the past shows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

START = "0" * 64
"""What the first revision is chained to."""


@dataclass(frozen=True)
class Line:
    """One change as the digest sees it.

    body: the value as canonical JSON, None where it was dropped; before: the revision whose row this one closes
    """

    scope: str
    kind: str
    id: str
    position: int
    body: str | None
    before: int | None


def chained(number: int, at: str, actor: str, reason: str, lines: Iterable[Line], before: str) -> str:
    """Return the digest of a revision: SHA-256 over what it says, its changes in order, and the digest before it."""
    found = sha256()
    for part in (str(number), at, actor, reason, before):
        found.update(_sealed(part))
    for line in sorted(lines, key=lambda x: (x.scope, x.kind, x.id)):
        fields = [line.scope, line.kind, line.id, line.position, line.before, line.body]
        found.update(_sealed(json.dumps(fields, ensure_ascii=False)))
    return found.hexdigest()


def _sealed(text: str) -> bytes:
    """Put the length in front, so that no two lists of texts give the same bytes."""
    raw = text.encode()
    return f"{len(raw)}:".encode() + raw
