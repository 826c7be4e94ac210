"""The relaxation, in which posts are opened in parts: parts serve no more than they would as parts of whole plans."""

from decimal import Decimal

import pytest

from legation.model import Form, Track
from legation.planning.brief import Brief, MeasuresPerYear
from legation.planning.problem import Interest, Problem, Rung, Service, Site
from legation.programme.assembly import formulate
from legation.programme.highs import highs, relax
from legation.programme.solver import Limits

NOTHING = (Decimal(0),)


def two_cities() -> Problem:
    """Return two cities that an embassy serves a little, and of which one may be opened, at either of two forms."""

    def site(id_: str, track: Track, forms: tuple[Form, ...], today: Form = Form.NONE) -> Site:
        return Site(id_, track, "AAA", id_, tuple(Rung(f, NOTHING, NOTHING, NOTHING) for f in forms), today=today)

    ladder = (Form.HONORARY_CONSULATE, Form.CONSULATE)
    cities = tuple(site(city, Track.CONSULAR, ladder) for city in ("AAA-x", "AAA-y"))
    offered = ((Form.HONORARY_CONSULATE, "0.4"), (Form.CONSULATE, "0.8"))
    return Problem(
        "cities",
        "ZZZ",
        "USD",
        2030,
        (site("AAA", Track.DIPLOMATIC, (Form.EMBASSY,), Form.EMBASSY), *cities),
        tuple(Interest(c.id, (Decimal(100),)) for c in cities),
        tuple(
            s
            for c in cities
            for s in (
                Service("AAA", Form.EMBASSY, c.id, Decimal("0.2")),
                *(Service(c.id, form, c.id, Decimal(share)) for form, share in offered),
            )
        ),
        Brief((2030,), (MeasuresPerYear(1, track=Track.CONSULAR),)),
    )


def test_half_a_consulate_does_not_serve_once_more_as_an_honorary_one():
    f = formulate(two_cities())
    best = highs(f, Limits()).objective
    assert best == pytest.approx(80 + 20, abs=0.01)
    found = relax(f, Limits())
    assert found is not None
    assert found[0] == pytest.approx(best, abs=0.01)
