"""On record as in the core: whatever people do and in whatever order, only what others approved is published."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from legation.cases.scenarios import ScaleCeilings
from legation.chancery.announcing import correct, embargo, statements_of
from legation.chancery.countering import adopt, counter
from legation.chancery.dossiers import filed_of
from legation.chancery.reviewing import Proposal, answer, open_dossier, put_version, remark, take_step
from legation.desk.registry import record_case
from legation.errors import LegationError
from legation.review.people import Person, Role
from legation.review.stages import PROCEDURE
from legation.sources import read_case
from legation.store import Store

NOON = datetime(2029, 1, 1, 12, tzinfo=UTC)
people = st.builds(Person, st.sampled_from(("a", "b", "c")), st.just(tuple(Role)))  # roles stop nobody: the laws do
acts = st.tuples(
    st.sampled_from(["step"] * 12 + ["revise", "remark", "answer", "counter", "adopt", "embargo", "correct"]),
    people,
    st.integers(0, 9),
)


@pytest.fixture
def cases(tmp_path: Path) -> Iterator[Store]:
    """Put the small case on record once for all walks, each of which opens a dossier of its own."""
    with Store(tmp_path / "legation.db", create=True) as store:
        record_case(store, read_case("ruritania")[0], actor="a", reason="First", at=NOON)
        yield store


def act(store: Store, id_: str, what: str, who: Person, pick: int, at: datetime) -> None:
    from decimal import Decimal

    share = (ScaleCeilings(Decimal(pick + 1) / 20),)
    if what == "step":
        ways = PROCEDURE.steps_from(filed_of(store, id_).dossier.stage)
        forward = [s for s in ways if not s.name.startswith(("withdraw", "give-up"))]
        take_step(store, who, id_, forward[pick % len(forward)].name if forward else "none", at, reason="because")
        return
    {
        "revise": lambda: put_version(store, who, id_, at, proposal=Proposal("")),
        "remark": lambda: remark(store, who, id_, "why?", at),
        "answer": lambda: answer(store, who, id_, f"{'cp'[pick % 2]}{pick // 2 + 1}", "so", at),
        "counter": lambda: counter(store, who, id_, share, at),
        "adopt": lambda: adopt(store, who, id_, f"p{pick + 1}", at),
        "embargo": lambda: embargo(store, who, id_, at + timedelta(days=pick), at),
        "correct": lambda: correct(store, who, id_, "name", at),
    }[what]()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(acts, min_size=10, max_size=25))
def test_only_what_others_approved_is_published(cases: Store, walk) -> None:
    """A statement appears with the step that makes the plan public, says the approved plan, and never changes."""
    id_ = open_dossier(cases, Person("a", tuple(Role)), "ruritania", "Plan", NOON).dossier.id
    published: tuple = ()
    for day, (what, who, pick) in enumerate(walk):
        at, before = NOON + timedelta(days=day), filed_of(cases, id_)
        try:
            act(cases, id_, what, who, pick, at)
        except LegationError:
            assert filed_of(cases, id_) == before
        now = filed_of(cases, id_).dossier
        said = tuple(s for s in statements_of(cases, who, "ruritania") if s.dossier == id_)
        assert said[: len(published)] == published
        assert bool(said) == PROCEDURE.stage(now.stage).public
        for statement in said[len(published) :]:
            event("published")
            assert now.approval is not None
            assert now.approval.by not in now.authors
            assert statement.plan == now.version.plan
            assert now.embargo is None or at >= now.embargo
        published = said
    assert cases.verify() is None
