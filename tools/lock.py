"""Pin what the service is installed with: every package at one version, with the digests of its files.

python tools/lock.py             # renew locks/service.txt; packages keep their version where it still fits
python tools/lock.py --upgrade   # take the newest versions that fit
python tools/lock.py --check     # change nothing; leave with 1 where pyproject.toml asks for something else
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "locks" / "service.txt"
EXTRA = "service"
COMPILE = (
    *("pip-compile", "--quiet", "--generate-hashes", "--strip-extras", "--allow-unsafe", "--annotation-style", "line"),
    *("--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host", "--no-emit-options"),
)
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+?)(?: *;[^\\]*)?( \\)?$")


def asked(pyproject: str) -> list[Requirement]:
    """Return what the product and its service ask for, from the text of pyproject.toml."""
    project = tomllib.loads(pyproject)["project"]
    return [Requirement(line) for line in (*project["dependencies"], *project["optional-dependencies"][EXTRA])]


def pins(lock: str) -> dict[str, str]:
    """Return the versions in the text of a lock, by name."""
    return {canonicalize_name(found[1]): found[2] for line in lock.splitlines() if (found := PIN.match(line))}


def faults(pyproject: str, lock: str) -> list[str]:
    """Say what is wrong with a lock: what is asked for and not pinned so, what has no digest, what names a host."""
    pinned = pins(lock)
    found = [
        f"pyproject.toml asks for {need}, the lock has {pinned.get(canonicalize_name(need.name), 'nothing')}"
        for need in asked(pyproject)
        if pinned.get(canonicalize_name(need.name)) is None
        or not need.specifier.contains(pinned[canonicalize_name(need.name)], prereleases=True)
    ]
    lines = lock.splitlines()
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if "://" in line or line.startswith(("-", "file:")):
            found.append(f"the lock names a place: {line.strip()}")
        elif line and not line.startswith((" ", "#")) and not (PIN.match(line) and "--hash=sha256:" in after):
            found.append(f"not pinned with a digest: {line.strip()}")
    return found


def main() -> int:
    """Read the command line; write the lock, or check it."""
    parser = argparse.ArgumentParser(description="Pin what the service is installed with.")
    parser.add_argument("--check", action="store_true", help="change nothing")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    given = parser.parse_args()
    if not given.check:
        LOCK.parent.mkdir(exist_ok=True)
        command = [*COMPILE, *(["--upgrade"] if given.upgrade else []), "--extra", EXTRA, "--output-file", str(LOCK)]
        here = os.environ | {"CUSTOM_COMPILE_COMMAND": "make lock"}
        subprocess.run([*command, "pyproject.toml"], cwd=ROOT, env=here, check=True)
    text = LOCK.read_text(encoding="utf-8")
    wrong = faults((ROOT / "pyproject.toml").read_text(encoding="utf-8"), text)
    print(f"{LOCK.relative_to(ROOT)} pins {len(pins(text))} packages, {len(wrong)} faults.", *wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
