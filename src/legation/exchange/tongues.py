"""Tongues: an announcement in other languages, without a sentence: names of States by Unicode CLDR, and of forms."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from legation.errors import NotFoundError
from legation.exchange.names import table
from legation.model import Form
from legation.review.statements import Act, Statement

_FORMS = (
    Form.EMBASSY,
    Form.DIPLOMATIC_MISSION,
    Form.PERMANENT_MISSION,
    Form.CONSULATE_GENERAL,
    Form.CONSULATE,
    Form.CONSULAR_AGENCY,
    Form.HONORARY_CONSULATE,
    Form.TRADE_REPRESENTATION,
    Form.OTHER,
)
_SAID = {
    "es": "embajada|misión diplomática|misión permanente|consulado general|consulado|agencia consular"
    "|consulado honorario|representación comercial|representación",
    "fr": "ambassade|mission diplomatique|mission permanente|consulat général|consulat|agence consulaire"
    "|consulat honoraire|représentation commerciale|représentation",
    "kk": "елшілік|дипломатиялық миссия|тұрақты өкілдік|бас консулдық|консулдық|консулдық агенттік"
    "|құрметті консулдық|сауда өкілдігі|өкілдік",
    "ru": "посольство|дипломатическая миссия|постоянное представительство|генеральное консульство|консульство"
    "|консульское агентство|почётное консульство|торговое представительство|представительство",
}
WORDS = {language: dict(zip(_FORMS, said.split("|"), strict=True)) for language, said in _SAID.items()}
"""What a form is called, by language; embassies of every size are called the same."""


def announced_in(language: str, statement: Statement) -> Iterator[str]:
    """Go through the lines of a statement in a language; raise NotFoundError for one whose words are not here.

    The title stays as the ministry wrote it, cities as they are on record, States that CLDR does not name as here.
    """
    if language not in WORDS:
        raise NotFoundError(f"There are no words in '{language}'.", hint=f"Languages: {', '.join(sorted(WORDS))}.")
    yield statement.title
    yield f"{state_in(language, statement.sender, statement.sender_name)}, {statement.approved.date().isoformat()}"
    if statement.url:
        yield f"{statement.at.date().isoformat()}, {statement.url}"
    if statement.correction:
        yield statement.correction
    for year in statement.years:
        yield f"{year}: {'; '.join(_act(language, act) for act in statement.acts if act.year == year) or '–'}"


def state_in(language: str, code: str, name: str) -> str:
    """Return what a State is called in a language, or the name given where CLDR does not know it."""
    return _names(language).get(code, name)


@cache
def _names(language: str) -> dict[str, str]:
    from babel import Locale

    said = Locale(language).territories
    two = {row["value"]: row["code"] for row in table("state_codes") if row["scheme"] == "iso2"}
    return {two[key]: name for key, name in said.items() if key in two}


def _act(language: str, act: Act) -> str:
    place = state_in(language, act.state, act.state_name) + (f" ({act.city})" if act.city else "")
    ends = [_form(language, form) for form in (act.before, act.after) if form is not Form.NONE]
    return f"{place} – {' → '.join([*ends, '–'] if act.after is Form.NONE else ends)}"


def _form(language: str, form: Form) -> str:
    words = WORDS[language]
    return words.get(form) or words[Form.EMBASSY]
