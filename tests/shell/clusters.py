"""A cluster of this machine, for tests: a scheduler of Dask and two workers, each a process."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def cluster(tmp_path: Path) -> Iterator[str]:
    """Run a scheduler of Dask and two workers, each a process; return its address."""
    file = tmp_path / "scheduler.json"
    local = ("--scheduler-file", str(file), "--no-dashboard")
    one = ("--nthreads", "1", "--no-nanny", "--local-directory", str(tmp_path))
    with contextlib.ExitStack() as running:
        for arguments in (
            ("scheduler", "--host", "127.0.0.1", "--port", "0", *local),
            *2 * (("worker", *local, *one),),
        ):
            dask = [sys.executable, "-m", "dask", *arguments]
            process = subprocess.Popen(dask, env=environment(), stderr=subprocess.DEVNULL, cwd=tmp_path)
            running.callback(process.wait)
            running.callback(process.kill)
        until(file.exists)
        until(lambda: file.read_text(encoding="utf-8").strip().endswith("}"))
        yield json.loads(file.read_text(encoding="utf-8"))["address"]


def until(true: object, seconds: float = 300) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.02)


def environment() -> dict[str, str]:
    """Return an environment in which a process finds Legation and the chores."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
