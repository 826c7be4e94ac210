"""Examples of what the API says and is told, as values: they are read and written as any other."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, get_args, get_type_hints

from legation import __version__, codec
from legation.appraisal.claims import Claim, judge
from legation.atlas.data import Pairs, SheetFigures, StateFigures, WorldFigures
from legation.atlas.figures import Rank, Sheet
from legation.atlas.survey import Entry
from legation.cases.case import Case
from legation.cases.drafting import draft
from legation.cases.questions import open_questions
from legation.cases.scenarios import ScaleCeilings
from legation.counsel.orders import (
    AlternativesOrder,
    BesideOrder,
    FrontierOrder,
    LocateOrder,
    Order,
    StressOrder,
    WeightRangesOrder,
    WhyNotOrder,
    WhyOrder,
)
from legation.desk import affinity
from legation.desk.cases import packaged, rules
from legation.desk.importing import KeptRows, Outcome, kinds
from legation.desk.records import change, reciprocity, record
from legation.desk.registry import Difference, Listed
from legation.desk.world import look_at
from legation.exchange.merging import Merged, TableChange
from legation.inquiry.futures import Way
from legation.model import Facts, Form
from legation.model.revisions import Revision
from legation.planning.outcome import Plan
from legation.programme.plans import plan
from legation.review.access import Permission
from legation.review.dossiers import Paper
from legation.review.people import Person, Role
from legation.sources import read_case
from legation.store.accounts import SignIn, Token
from legation.store.jobs import Job, State
from legation.web.administration import Entitlement, Insider, Made, NewAccount, NewToken, OneTime
from legation.web.cases import Recorded
from legation.web.entering import Entered, Entrance, NewPassword
from legation.web.imports import Brought
from legation.web.observing import Health
from legation.web.problems import ProblemDetails
from legation.web.record import Changed, Verified
from legation.web.rehearsal import rehearsed
from legation.web.review import (
    Correction,
    Embargo,
    Fulfilled,
    NewAnswer,
    NewComment,
    NewCounter,
    NewDossier,
    NewMeeting,
    NewStep,
    NewTask,
    NewVersion,
)
from legation.web.world import Gaps, NewCase, Practice, Revealed

NOON = datetime(2012, 7, 29, 12, tzinfo=UTC)
LATER = datetime(2012, 10, 27, 12, tzinfo=UTC)
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def shortened(thing: Any) -> Any:  # noqa: ANN401 - any value
    """Return a value with lists of two at most, deep down, so that an example can be taken in at a glance."""
    if isinstance(thing, tuple) and not hasattr(thing, "_fields"):
        return tuple(shortened(item) for item in thing)
    if not is_dataclass(thing) or isinstance(thing, type):
        return thing
    hints = get_type_hints(type(thing))
    return replace(thing, **{f.name: _field(getattr(thing, f.name), hints[f.name]) for f in fields(thing)})


def _field(said: Any, hint: Any) -> Any:  # noqa: ANN401 - any field
    if isinstance(said, tuple) and get_args(hint)[-1:] == (Ellipsis,):
        said = said[:2]
    return shortened(said)


@cache
def examples() -> dict[type, Any]:
    """Return an example of each type that the API tells or is told."""
    case = read_case("ruritania")[0]
    drafted = draft(case)
    revision = Revision(7, NOON, "aizhan", "Ceilings of the Ministry of Finance", DIGEST)
    finding = open_questions(case)[0]
    token = Token("5f0c1a0e5f0c1a0e", "aizhan", "nightly report", (Permission.READ,), NOON, LATER)
    account = Insider("aizhan", "aizhan", (Role.PLANNER,), False, True, "", None)
    difference = Difference("ruritania", "site", "grenzburg", (("last", "2013"),), (("last", "2014"),))
    made = (
        revision,
        finding,
        token,
        account,
        Person("aizhan", (Role.PLANNER,)),
        difference,
        shortened(case),
        shortened(drafted.appraisal),
        shortened(record(case)),
        change(case, date(2011, 1, 1), case.as_of),
        reciprocity(case)[0],
        case.facts[0],
        next(iter(case.posts)),
        packaged()[0],
        rules()[0],
        case.states[0],
        Listed(case.name, case.title, case.sender, case.as_of, 7),
        Recorded(revision, (finding,)),
        judge(Claim("WHV", "its largest partner in trade", "trade"), Facts(case.facts), case.states, case.as_of.year),
        kinds()[0],
        Brought(_brought(), revision),
        Changed(revision, (difference,)),
        Verified(None, revision),
        Health("alive", __version__),
        Entrance("aizhan", "four words or more"),
        NewPassword("four words or more", "some other words entirely"),
        Entered(
            "aizhan",
            "aizhan",
            (Role.PLANNER,),
            (Permission.READ, Permission.EDIT),
            must_change=False,
            csrf="q9vX",
            expires=LATER,
        ),
        NewAccount("aizhan", (Role.PLANNER,)),
        Entitlement((Role.PLANNER, Role.REGIONAL)),
        OneTime(account, "told-only-once"),
        NewToken("nightly report", (Permission.READ,), 30),
        Made(token, "legation_told-only-once"),
        SignIn(12, NOON, "aizhan", "192.0.2.7", "entered"),
        _refused(),
    )
    world = tuple(shortened(thing) for thing in _of_the_world(case))
    road = tuple(shortened(thing) for thing in rehearsed())
    return {type(thing): thing for thing in (*made, *world, *road, *_asked())}


def finished() -> Job:
    """Return the example of a job when it is done: with what came of it."""
    asked, case = examples(), draft(read_case("ruritania")[0]).problem
    found = {"problem": case, "plan": asked[Plan]}
    made: Job = replace(
        asked[Job], state=State.DONE, progress=1.0, message="", result=json.loads(codec.dump(found)), finished=NOON
    )
    return made


def _refused() -> ProblemDetails:
    return ProblemDetails(
        "urn:legation:problem:not-found",
        "It is not there",
        404,
        "There is no case 'kazakstan-2012' on record; did you mean 'kazakhstan-2012'?",
        "4f1d2c3b4a596877",
        "not-found",
    )


def _brought() -> Outcome:
    """Return what comes of a list of posts."""
    merged = Merged((TableChange("posts", added=2, same=1),), (), (), ("posts.csv",))
    return Outcome("posts", ("own-posts.csv",), 3, (KeptRows("posts", 3),), (), merged)


def _of_the_world(case: Case) -> tuple[Any, ...]:
    """Return what is said of a State by the product's own tables, and what is drafted from a case."""
    found, _names, models = affinity.stand("KAZ")
    looked = look_at("KAZ", case.as_of)
    assert looked.record  # noqa: S101 - of a State, and no case
    state = next(s for s in case.states if s.code == case.sender)
    sheet = Sheet(state, case.facts, (Entry(next(iter(case.posts))),), (), Rank(3, 117), Rank(5, 98), (), (), (), "")
    figures = StateFigures("RUR", "Ruritania", "Uplands", (), {"embassy": 3}, ("EMK",), ("GRK",), {"EMK": ("WHV",)}, "")
    problem = draft(case).problem
    return (
        Practice(found.sender, found.year, found.window, found.chances, found.findings, (models.opening.card,)),
        Gaps(looked.record, looked.completeness),
        SheetFigures("2022-11", "honorary consuls are missing", case.sources, sheet),
        WorldFigures("2022-11", "", case.sources, {"embassy": 8150}, Pairs(3000, 1500, 15000), (), (), (figures,)),
        Revealed((affinity.Weight("trade", "Trade", 0.4, 0.55),), 0.62),
        problem,
        plan(problem, digest=codec.digest(problem)),
    )


def _asked() -> tuple[Any, ...]:
    """Return what is sent to plan and to review."""
    return (
        Order(("baseline", "tighter"), seconds=60.0),
        WhyOrder(site="SDA"),
        WhyNotOrder(site="SDA", form=Form.EMBASSY, weights=True),
        FrontierOrder(low=-0.2, high=0.2),
        AlternativesOrder(within=0.05),
        WeightRangesOrder(),
        BesideOrder(other="kazakhstan-2012"),
        StressOrder(count=200, weights=Way.DIRICHLET, worth=0.2, costs_high=0.3),
        LocateOrder("id,lat,lon,demand\nKassel,51.3,9.5,120\nErfurt,51.0,11.0,80\n", p=1),
        NewDossier("New embassies", NewVersion("0f8c2d", reason="First proposal")),
        NewVersion("0f8c2d", reason="With the answers"),
        NewStep("return", "The ceilings have changed"),
        NewMeeting(date(2012, 7, 20), "Strelsau", ("Chancellor", "Minister"), "session of the Government"),
        NewTask("Consider it", Role.FINANCE, date(2012, 8, 1), meeting="m1"),
        Fulfilled("The draft is agreed.", (Paper("draft.pdf", DIGEST),)),
        NewComment("Why in the first year?", "grenzburg"),
        NewAnswer("c1", "The treaty asks for it."),
        NewCounter((ScaleCeilings(Decimal("0.9")),), reason="The budget is cut"),
        Embargo(LATER),
        NewCase("sweden-2027", 2027, 2029),
        Correction("The embassy is at Grenzburg, not at Weisshafen."),
    )
