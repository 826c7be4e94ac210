"""What the tests of `compute` have done in other processes: they import it there."""

import os
import signal
import time
from pathlib import Path

from legation.compute import Tell
from legation.errors import InfeasibleError

Slow = tuple[int, str]
"""A number, and the folder in which a chore leaves word that it was begun."""


def square(number: int) -> int:
    """Square a number; the lower ones take longer, so that the last is ready first."""
    time.sleep(0.05 * (number < 2))
    return number * number


def halved(number: int, tell: Tell) -> int:
    """Square a number, and say when half of it is done."""
    tell(0.5, "")
    return number * number


def refuse(number: int) -> int:
    """Square a number, but three."""
    if number == 3:
        raise InfeasibleError("No three.", conflict=("a", "b"))
    return number * number


class OddError(Exception):
    """One that cannot be packed."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"odd {one} {two}")


def odd(_number: int) -> object:
    """Raise what does not travel."""
    raise OddError(1, 2)


def unpackable(_number: int) -> object:
    """Return what does not travel."""
    return lambda: 1


def deadly_once(item: Slow) -> int:
    """Die over number two the first time."""
    number, folder = item
    if number == 2 and not (Path(folder) / "died").exists():
        (Path(folder) / "died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def deadly(number: int) -> int:
    """Die over number two, every time."""
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def begin(item: Slow) -> int:
    """Say who works on it, then take half a second; number seven takes long."""
    number, folder = item
    (Path(folder) / f"{number}-{os.getpid()}").touch()
    time.sleep(60 if number == 7 else 0.5)
    return number * number


def count(number: int, tell: Tell) -> int:
    """Tell each step."""
    for n in range(number):
        tell((n + 1) / number, f"step {n + 1}")
    return number


def die(_number: int, _tell: Tell) -> int:
    """Die."""
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def linger(folder: str, tell: Tell) -> int:
    """Say who works on it, then take long."""
    (Path(folder) / f"7-{os.getpid()}").touch()
    tell(0.5, "half")
    time.sleep(60)
    return 0
