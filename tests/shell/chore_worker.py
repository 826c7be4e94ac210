"""A worker that knows two more kinds of job, which the tests can hold: `linger` waits for a file, `die` dies.

Its processes import this module as their main one, and so know them as well.

    python tests/shell/chore_worker.py worker --registry FILE
"""

import os
import signal
import sys
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from legation.chancery import working
from legation.compute import Tell
from legation.counsel.orders import Order
from legation.store import Store


def linger(_store: Store, folder: str, order: Order, tell: Tell) -> Mapping[str, object]:
    """Leave word in a folder, then wait until a file `go` is there."""
    tell(0.5, "lingering")
    (Path(folder) / f"begun-{os.getpid()}").touch()
    while not (Path(folder) / "go").exists():
        time.sleep(0.02)
    return {"revision": order.revision}


def die(_store: Store, folder: str, _order: Order, _tell: Tell) -> Mapping[str, object]:
    """Leave word in a folder, and die."""
    (Path(folder) / f"begun-{os.getpid()}").touch()
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def stumble(_store: Store, _folder: str, _order: Order, _tell: Tell) -> Mapping[str, object]:
    """Make a mistake that is not one of our errors."""
    raise ValueError("stumbled")


working.KINDS.update({f.__name__: working.Kind("", f, {}) for f in (linger, die, stumble)})
working.LEASE = timedelta(seconds=1.5)
working.BEAT = working.IDLE = 0.1

if __name__ == "__main__":
    from legation.cli.main import main  # its processes need no door

    main(sys.argv[1:])
