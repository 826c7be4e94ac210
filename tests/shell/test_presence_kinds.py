"""Names of kinds of posts, as lists and databases call them."""

from __future__ import annotations

import pytest

from legation.model.posts import Form
from legation.presence.kinds import form_of


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("British High Commission", Form.EMBASSY),
        ("assistant high commission", Form.CONSULATE),
        ("Consulate General of Sweden", Form.CONSULATE_GENERAL),
        ("Consulate-General", Form.CONSULATE_GENERAL),
        ("consular office", Form.CONSULATE),
        ("Consular Agency", Form.CONSULAR_AGENCY),
        ("Interests Section", Form.DIPLOMATIC_MISSION),
        ("de facto embassy", Form.DIPLOMATIC_MISSION),
        ("apostolic nunciature", Form.EMBASSY),
        ("Apostolic delegation", Form.OTHER),
        ("Permanent Mission/Delegation", Form.PERMANENT_MISSION),
        ("Permanent Delegation", Form.PERMANENT_MISSION),
        ("trade office", Form.TRADE_REPRESENTATION),
        ("Embassy/High Commission", Form.EMBASSY),
        ("Other representation", Form.OTHER),
        ("palace", None),
    ],
)
def test_kinds_of_posts(name: str, form: Form | None) -> None:
    """Names of kinds give their form; what names none gives none."""
    assert form_of(name) is form
