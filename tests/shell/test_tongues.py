"""Tongues: an announcement in other languages says the same acts, States as CLDR names them."""

from datetime import UTC, datetime

import pytest

from legation.errors import NotFoundError
from legation.exchange.tongues import WORDS, announced_in, state_in
from legation.model import Form
from legation.review.statements import Act, Statement
from legation.sources import load_states

NOON = datetime(2012, 1, 1, 12, tzinfo=UTC)
ACTS = (
    Act(2012, "establish", Form.NONE, Form.EMBASSY, "BRA", "Brazil", ""),
    Act(2012, "upgrade", Form.DIPLOMATIC_MISSION, Form.SMALL_EMBASSY, "SVK", "Slovakia", ""),
    Act(2014, "close", Form.CONSULATE, Form.NONE, "ZZA", "Ruritania", "Strelsau"),
)
SAID = Statement(
    "d", 1, "The plan", "KAZ", "Kazakhstan", (2012, 2013, 2014), ACTS, "x", NOON, NOON, "a", url="https://a"
)


def test_the_acts_of_an_announcement_in_other_languages() -> None:
    assert list(announced_in("ru", SAID)) == [
        "The plan",
        "Казахстан, 2012-01-01",
        "2012-01-01, https://a",
        "2012: Бразилия – посольство; Словакия – дипломатическая миссия → посольство",
        "2013: –",
        "2014: Ruritania (Strelsau) – консульство → –",
    ]
    assert "2012: Brésil – ambassade; Slovaquie – mission diplomatique → ambassade" in announced_in("fr", SAID)
    assert "2012: Бразилия – елшілік; Словакия – дипломатиялық миссия → елшілік" in announced_in("kk", SAID)
    with pytest.raises(NotFoundError):
        list(announced_in("tlh", SAID))


def test_every_language_names_every_state_and_every_form_apart() -> None:
    for language, words in WORDS.items():
        assert len(set(words.values())) == len(words)
        missing = [s.code for s in load_states() if not state_in(language, s.code, "")]
        assert missing == []
