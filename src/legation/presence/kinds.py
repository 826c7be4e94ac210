"""Kinds of posts as lists and databases call them, and the forms they stand for."""

from __future__ import annotations

import re

from legation.model.posts import Form

NAMED: tuple[tuple[str, Form], ...] = (
    (r"honorary", Form.HONORARY_CONSULATE),
    (r"consular agency|consular agent", Form.CONSULAR_AGENCY),
    (r"consulates?[ -]general", Form.CONSULATE_GENERAL),
    (
        r"permanent (mission|delegation|representation)|mission to (the )?(un|eu|united nations)\b",
        Form.PERMANENT_MISSION,
    ),
    (r"trade (office|representation|mission|commission)|commercial office", Form.TRADE_REPRESENTATION),
    (r"(assistant|deputy) high commission|consulate|consular", Form.CONSULATE),
    (r"de facto embassy|interests? section|liaison office|representative office|\blegation", Form.DIPLOMATIC_MISSION),
    (r"diplomatic mission", Form.DIPLOMATIC_MISSION),
    (r"embassy|high commission|nunciature", Form.EMBASSY),
    (r"\bother\b|apostolic delegation|representation", Form.OTHER),
)
"""What a name says of the form, the more particular first: an assistant high commission is no high commission."""

STRENGTH = {
    form: rank
    for rank, form in enumerate(
        (
            *(Form.OTHER, Form.HONORARY_CONSULATE, Form.CONSULAR_AGENCY, Form.CONSULATE, Form.CONSULATE_GENERAL),
            *(Form.TRADE_REPRESENTATION, Form.PERMANENT_MISSION, Form.DIPLOMATIC_MISSION, Form.EMBASSY),
        )
    )
}
"""Which of two forms stands where a source gives both for one post: the higher number."""


def form_of(name: str) -> Form | None:
    """Return the form that the name of a kind of post stands for, or None where it names none we know."""
    plain = " ".join(name.casefold().replace("_", " ").split())
    return next((form for words, form in NAMED if re.search(words, plain)), None)
