"""The page on asking over HTTP: every command on it is run by a shell against a service and a worker of their own."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from legation.chancery.people import put_person
from legation.review.access import Permission
from legation.review.people import Person, Role
from legation.store import Store
from legation.store.accounts import Account, Accounts, Token

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "api.md"
FENCE = re.compile(r"^```(bash|text)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SECRET = "legation_of-the-page"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Start a service and a worker on a new registry; return what the page takes as given."""
    registry = str(tmp_path / "page.db")
    with Store(registry, create=True) as store:
        accounts, now = Accounts(store.engine), datetime.now(UTC)
        put_person(store, "root", Person("aizhan", (Role.PLANNER,)), now)
        accounts.add(Account("aizhan", "aizhan"), None, now)
        scopes = (Permission.READ, Permission.EDIT, Permission.PLAN)
        accounts.add_token(SECRET, Token("0" * 16, "aizhan", "page", scopes, now, now + timedelta(days=1)))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    legation = [sys.executable, "-c", "from legation.cli.main import main; main()"]
    programs = (["serve", "--port", str(port), "--registry", registry], ["worker", "--registry", registry])
    started = []
    try:
        for program in programs:
            with (tmp_path / f"{program[0]}.log").open("wb") as log:
                started.append(subprocess.Popen([*legation, *program], stdout=log, stderr=log, cwd=tmp_path))
        wait_for(port, started[0])
        yield {**os.environ, "http": f"http://127.0.0.1:{port}/api/v1", "token": SECRET}
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(30)


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Wait until somebody listens."""
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        with socket.socket() as caller:
            if caller.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("The service did not begin to listen.")


@pytest.mark.skipif(not shutil.which("curl") or not shutil.which("bash"), reason="the page is for a shell with curl")
def test_the_page_runs_as_it_stands(service: dict[str, str], tmp_path: Path) -> None:
    """Each command succeeds, and the lines shown below some are printed, in their order."""
    parts = FENCE.findall(PAGE.read_text(encoding="utf-8"))
    script = "set -euo pipefail\n" + "".join(body for kind, body in parts if kind == "bash")
    shown = [line.strip() for kind, body in parts if kind == "text" for line in body.splitlines()]
    done = subprocess.run(
        ["bash", "-c", script], env=service, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    printed = iter(line.strip() for line in done.stdout.splitlines())
    assert [line for line in shown if line not in printed] == [], done.stdout
    assert len(shown) > 8
    for name in ("why.json", "stress.json"):
        assert '"state":"done"' in (tmp_path / name).read_text(encoding="utf-8")
