"""Let schemathesis say to the API whatever its description allows and forbids, with every check on.

The app is asked in this process, on a registry of its own with a case, a scenario and a plan that went through review.
`everybody` is a program with the roles of all, `administrator` a browser with that role alone, `nobody` not signed in.

    python tools/fuzz.py                                    (a new file of SQLite, all three, 50 examples an operation)
    python tools/fuzz.py --as nobody --examples 500 --seed 7
    python tools/fuzz.py --registry postgresql://user@host/empty_database
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import schemathesis
from argon2 import PasswordHasher
from hypothesis import strategies as st
from schemathesis.engine import events, from_schema
from schemathesis.openapi.checks import RejectedPositiveData

from legation.cases.scenarios import ScaleCeilings, Scenario
from legation.chancery import reviewing, scenarios
from legation.chancery.casefiles import CaseFile, case_out
from legation.chancery.people import put_person
from legation.desk.registry import record_case
from legation.review.access import Permission
from legation.review.people import Person, Role
from legation.settings import Settings
from legation.sources import read_case
from legation.store import Store
from legation.store.accounts import Account, Session, Token
from legation.store.jobs import Jobs
from legation.web import observing, review
from legation.web.access import API
from legation.web.app import create_app
from legation.web.bodies import JSON
from legation.web.cases import XLSX, ZIP
from legation.web.imports import ENDINGS, GZIP
from legation.web.revisions import TAG
from legation.web.room import Room

CASE, DOSSIER = "ruritania", "ruritania-1"
WHO = ("everybody", "administrator", "nobody")
PHASES = ("examples", "coverage", "fuzzing", "stateful")
SEMANTIC = ("412", "422", "428")  # what a schema cannot say: another revision, a rule of the field, an unsaid one
KNOWN = {"case": CASE, "id": DOSSIER, "scenario": "tighter", "revision": 1, "name": "administrator"}
RATE = "1000000/second"
PATIENCE, TIMEOUT = 2.0, 120.0  # seconds: a case that was made for a State may be planned, and is large
ROAD = (
    (Role.HEAD, "endorse"),
    (Role.FINANCE, "agree"),
    (Role.HEAD, "present"),
    (Role.GOVERNMENT, "approve"),
    (Role.HEAD, "announce"),
)


@dataclass
class Found:
    """What a run came to: how many requests with which answers, and each kind of failure once, with a way to see it."""

    requests: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    operations: set[str] = field(default_factory=set)
    failures: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


LIST = "country,type,city,staff\nGermany,embassy,,4\n"


@schemathesis.serializer(*(kind for kind in ENDINGS if kind != JSON))
def as_it_is(_context: Any, body: bytes | str) -> bytes:  # noqa: ANN401 - of the library
    """Send a file as it is."""
    return body if isinstance(body, bytes) else str(body).encode(errors="replace")


class Subject:
    """The app on a registry that has something of everything."""

    def __init__(self, registry: str) -> None:
        """Furnish the registry."""
        self.who = "nobody"
        review.PATIENCE = PATIENCE
        with Store(registry, create=True) as store:
            furnish(store)
        self.app = create_app(Settings(registry=registry, request_rate=RATE, address_rate=RATE, sign_in_rate=RATE))
        self.room: Room = self.app.state.room
        self.room.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        now = datetime.now(UTC)
        for name, roles in (("everybody", tuple(Role)), ("administrator", (Role.ADMINISTRATOR,))):
            put_person(self.room.store, "fuzz", Person(name, roles), now)
            self.room.accounts.add(Account(name, name), self.room.hasher.hash("four words or more"), now)
        scopes = tuple(Permission)
        token = Token("0" * 16, "everybody", "fuzz", scopes, now, now + timedelta(days=1))
        self.room.accounts.add_token("legation_everybody", token)

    async def asked(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - of ASGI
        """Answer a request; let nobody stay signed out, and no job wait for a worker that never comes."""
        self.headers(self.who)
        await self.app(scope, receive, send)
        if scope["type"] == "http" and scope["method"] == "POST":
            queue = Jobs(self.room.store.engine)
            for job in queue.all(live=True, last=1000):
                queue.cancel(job.id, datetime.now(UTC))

    def close(self) -> None:
        """Let go of the registry."""
        self.room.close()

    def headers(self, who: str) -> dict[str, str]:
        """Return what somebody sends with each request; whoever was let out is let in again."""
        if who == "nobody":
            return {}
        if who == "everybody":
            return {"Authorization": "Bearer legation_everybody"}
        now = datetime.now(UTC)
        held = self.room.accounts.get(who)
        if held is None or held.disabled or held.must_change:  # or the rest of the run would end at the door
            self.room.accounts.save(Account(who, who))
        if self.room.accounts.session("secret") is None:
            self.room.accounts.open_session("secret", Session(who, "csrf", now, now, now + timedelta(hours=1)))
        return {"Cookie": f"{self.room.cookie}=secret", "X-CSRF-Token": "csrf"}


def furnish(store: Store) -> None:
    """Put a case, a scenario and a dossier on record, the dossier announced."""
    now = datetime.now(UTC)
    record_case(store, read_case(CASE)[0], actor="everybody", reason="To be asked about", at=now)
    planner = Person("aizhan", (Role.PLANNER,))
    tighter = Scenario("tighter", CASE, (ScaleCeilings(Decimal("0.9")),), reason="If the budget is cut")
    scenarios.save_scenario(store, planner, tighter, now)
    reviewing.open_dossier(store, planner, CASE, "New embassies", now)
    reviewing.take_step(store, planner, DOSSIER, "submit", now)
    for role, step in ROAD:
        reviewing.take_step(store, Person(role.value, (role,)), DOSSIER, step, now)


def files() -> None:
    """Tell the library what a file is: a case of ours, one that is cut off, or anything."""
    case = read_case(CASE)[0]
    for kind, format_ in ((XLSX, CaseFile.XLSX), (ZIP, CaseFile.ZIP)):
        body = case_out(case, format_)
        schemathesis.openapi.media_type(kind, st.sampled_from([body, body[: len(body) // 2]]) | st.binary())
    schemathesis.openapi.media_type(GZIP, st.sampled_from([gzip.compress(LIST.encode()), b"\x1f\x8b"]) | st.binary())


def fuzz(
    subject: Subject, who: str, *, examples: int, phases: Sequence[str] = PHASES, seed: int = 1, only: str = ""
) -> Found:
    """Ask the app as somebody; return what was found. only: a pattern that addresses have to have in them."""
    subject.who = who
    schema = schemathesis.openapi.from_asgi(f"{API}/openapi.json", subject.asked, config=configured(seed))
    flatten(schema.raw_schema)
    if who == "administrator":
        forget_locks(schema.raw_schema)
    project = schema.config
    project.update(headers=subject.headers(who), request_timeout=TIMEOUT)
    project.phases.update(phases=list(phases))
    project.generation.update(max_examples=examples, deterministic=False, database="none", no_shrink=True)
    for check in (project.checks.positive_data_acceptance, project.checks.negative_data_rejection):
        check.expected_statuses = [*check.expected_statuses, *SEMANTIC]  # refused for that is refused, whatever else

    schema.hook(map_case)
    schema.hook(filter_failure)
    return gathered(from_schema(schema.include(path_regex=only) if only else schema).execute())


def configured(seed: int) -> Any:  # noqa: ANN401 - of the library
    """Return a configuration of the library that reads no file."""
    return schemathesis.Config(seed=seed)


def flatten(description: dict[str, Any]) -> None:
    """Let tuples that are only answered be lists of what is in them: the library trips over tuples in lists there."""
    parts = description["components"]["schemas"]
    sent, new = set(), _named([o.get("requestBody") for p in description["paths"].values() for o in p.values()])
    while new:
        sent |= new
        new = {name for part in new for name in _named(parts[part])} - sent
    for name in parts.keys() - sent:
        parts[name] = _flat(parts[name])
    for content in (
        o.get("requestBody", {}).get("content", {}) for p in description["paths"].values() for o in p.values()
    ):
        for shape in content.values():
            if shape["schema"].get("format") == "binary":  # an example of bytes cannot be written down
                shape.pop("example", None)


def forget_locks(description: dict[str, Any]) -> None:
    """Let the library send no cookie of its own in place of the session's; it tries locks as everybody and nobody."""
    for operation in (o for path in description["paths"].values() for o in path.values()):
        operation.pop("security", None)


def _named(part: object) -> set[str]:
    return set(re.findall(r"#/components/schemas/(\w+)", json.dumps(part)))


def _flat(part: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(part, list):
        return [_flat(item) for item in part]
    if not isinstance(part, dict):
        return part
    flat = {key: _flat(item) for key, item in part.items() if key != "prefixItems"}
    return flat | {"items": {"anyOf": _flat(part["prefixItems"])}} if "prefixItems" in part else flat


def map_case(_context: Any, case: Any) -> Any:  # noqa: ANN401 - of the library
    """Let half of the requests that name things well name something that is there."""
    drawn = str(sorted(case.path_parameters.items()))
    if (case.meta is None or case.meta.generation.mode.is_positive) and sum(drawn.encode()) % 2:
        case.path_parameters |= {name: KNOWN[name] for name in case.path_parameters if name in KNOWN}
    return case


def filter_failure(_context: Any, failure: Any, case: Any, _response: Any) -> bool:  # noqa: ANN401 - of the library
    """Leave out that a valid If-Match was refused where it was none: the library takes 0 for text of our pattern."""
    sent = (case.headers or {}).get("If-Match", "")
    return not (isinstance(failure, RejectedPositiveData) and sent and not TAG.fullmatch(sent))


def gathered(stream: Iterator[Any]) -> Found:
    """Count what came, and keep each kind of failure once."""
    found = Found()
    for event in stream:
        if isinstance(event, events.ScenarioFinished | events.FuzzScenarioFinished):
            keep(found, event.recorder)
        elif isinstance(event, events.NonFatalError):
            found.errors.append(f"{event.label}: {event.value!r}")
        elif isinstance(event, events.FatalError):
            raise event.exception
    return found


def keep(found: Found, recorder: Any) -> None:  # noqa: ANN401 - of the library
    """Add what one scenario saw."""
    for id_, interaction in recorder.interactions.items():
        found.requests += 1
        if interaction.response is not None:
            status = interaction.response.status_code
            found.statuses[status] = found.statuses.get(status, 0) + 1
        if id_ in recorder.cases:
            found.operations.add(recorder.cases[id_].value.operation.label)
    for id_, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                failure = check.failure_info.failure
                what = f"{recorder.cases[id_].value.operation.label}: {failure.title}"
                said = recorder.interactions[id_].response
                answered = f"{said.status_code} {said.content[:400]!r}" if said else "no answer"
                found.failures.setdefault(what, f"{failure.message}\n{check.failure_info.code_sample}\n{answered}")


def main() -> int:
    """Ask, print, and return 1 where something was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--registry", default="", help="an empty database; a new file where left out")
    parser.add_argument("--as", dest="who", choices=WHO, nargs="+", default=WHO)
    parser.add_argument("--examples", type=int, default=50, help="of each operation")
    parser.add_argument("--phases", choices=PHASES, nargs="+", default=PHASES)
    parser.add_argument("--only", default="", help="addresses with this pattern in them")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    observing.configure_logs("error", sys.stderr)
    files()
    with tempfile.TemporaryDirectory() as folder:
        subject = Subject(options.registry or str(Path(folder) / "fuzz.db"))
        wrong = 0
        for who in options.who:
            asked = {"examples": options.examples, "phases": options.phases, "seed": options.seed, "only": options.only}
            found = fuzz(subject, who, **asked)
            statuses = ", ".join(f"{status}: {count}" for status, count in sorted(found.statuses.items()))
            print(f"{who}: {found.requests} requests of {len(found.operations)} operations; {statuses}")
            for what, seen in found.failures.items():
                print(f"\n- {what}\n{seen}")
            print(*found.errors, sep="\n")
            wrong += len(found.failures) + len(found.errors)
        subject.close()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
