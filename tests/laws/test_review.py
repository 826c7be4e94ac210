"""Whatever people do and in whatever order, nothing is made public that was not approved by somebody else."""

from datetime import UTC, datetime, timedelta

from hypothesis import event, given, settings
from hypothesis import strategies as st

from legation.errors import LegationError
from legation.review.advancing import advance, revise, set_embargo
from legation.review.dossiers import Counter, Dossier, Version
from legation.review.people import Person, Role
from legation.review.remarks import adopt, answer, comment, offer
from legation.review.stages import PROCEDURE, Procedure, Step

NOON = datetime(2012, 1, 1, tzinfo=UTC)
NAMES = ("a", "b", "c")
people = st.builds(Person, st.sampled_from(NAMES), st.just(tuple(Role)))  # roles stop nobody: only the laws do
stages = st.sampled_from([s.name for s in PROCEDURE.stages])
own_steps = st.builds(
    Step, st.sampled_from(["x", "y", "z"]), stages, stages, st.just(tuple(Role)), approves=st.booleans()
)
acts = st.tuples(
    st.sampled_from(["step"] * 6 + ["revise", "comment", "answer", "offer", "adopt", "embargo"]),
    people,
    st.integers(0, 9),
)


def act(dossier: Dossier, what: str, who: Person, pick: int, at: datetime, procedure: Procedure) -> Dossier:
    made = Version(0, f"p{pick}", f"q{pick}", who.name, at, 1)
    if what == "step":
        ways = procedure.steps_from(dossier.stage)
        return advance(dossier, ways[pick % len(ways)].name, who, at, "because", procedure) if ways else dossier
    if what == "offer":
        return offer(dossier, Counter("", "s", f"p{pick}", f"q{pick}", who.name, at, 0), procedure)
    return {
        "revise": lambda: revise(dossier, made, procedure),
        "comment": lambda: comment(dossier, "", "why?", who, at),
        "answer": lambda: answer(dossier, f"c{pick}", "so", who, at),
        "adopt": lambda: adopt(dossier, f"p{pick}", made, procedure),
        "embargo": lambda: set_embargo(dossier, at + timedelta(days=pick), procedure),
    }[what]()


@settings(max_examples=400)
@given(st.lists(acts, min_size=12, max_size=60), st.lists(own_steps, max_size=4))
def test_only_what_others_approved_becomes_public(walk, added) -> None:
    """Also under procedures with steps of one's own; every change keeps all that was written before."""
    procedure = Procedure(PROCEDURE.stages, (*PROCEDURE.steps, *added))
    dossier = Dossier("d", "t", "c", "draft", (Version(1, "p", "q", "a", NOON, 1),))
    for day, (what, who, pick) in enumerate(walk):
        at, before = NOON + timedelta(days=day), dossier
        try:
            dossier = act(dossier, what, who, pick, at, procedure)
        except LegationError:
            continue
        assert dossier.taken[: len(before.taken)] == before.taken
        assert dossier.versions[: len(before.versions)] == before.versions
        if procedure.stage(before.stage).final:
            assert dossier.versions == before.versions
        if procedure.stage(dossier.stage).public and dossier.stage != before.stage:
            event("made public")
            assert dossier.approval is not None
            assert dossier.approval.version == dossier.version.number
            assert dossier.approval.by not in {v.author for v in dossier.versions}
            assert dossier.embargo is None or at >= dossier.embargo
