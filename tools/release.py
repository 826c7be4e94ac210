"""Build what is released, and what proves it: packages, bill of materials, audit, digests. It publishes nothing.

    python tools/release.py              # everything must be in order
    python tools/release.py --rehearse   # tell what is not, and build all the same

Into dist/: the wheel and the sdist; a bill of materials (CycloneDX) of an environment in which the wheel was installed
with the pins of locks/service.txt, and in which it ran; audit.json with what the advisories say of those pins; and
SHA256SUMS. Without a network the audit says that nothing was asked; it never takes silence for a clean bill.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import lock

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"
HEADING = re.compile(r"^## \[(?P<version>[^\]]+)\](?: - (?P<day>\d{4}-\d\d-\d\d))?\s*$", re.MULTILINE)
PATIENCE = 900.0  # seconds that an audit may take
CASE = "ruritania"  # planned once with what is to be released


# What must hold


def unready(version: str, changelog: str) -> list[str]:
    """Say what a changelog lacks for a version to be released: a dated section, and nothing left unreleased."""
    found = list(HEADING.finditer(changelog))
    ends = [*(match.start() for match in found[1:]), len(changelog)]
    bodies = {m["version"]: (m["day"], changelog[m.end() : end]) for m, end in zip(found, ends, strict=True)}
    day, body = bodies.get(version, (None, ""))
    wrong = []
    if version not in bodies:
        wrong.append(f"CHANGELOG.md has no section [{version}]")
    elif not day:
        wrong.append(f"CHANGELOG.md gives no day for [{version}]: ## [{version}] - YYYY-MM-DD")
    elif not re.search(r"^- ", body, re.MULTILINE):
        wrong.append(f"CHANGELOG.md says nothing of [{version}]")
    if re.search(r"^- ", bodies.get("Unreleased", (None, ""))[1], re.MULTILINE):
        wrong.append("CHANGELOG.md still has changes under [Unreleased]")
    return wrong


def untagged(version: str, dirty: str, head: str, tags: dict[str, str]) -> list[str]:
    """Say what is wrong with the state of git: changes that are not committed, a tag that is on another commit."""
    wrong = [f"not committed: {line}" for line in dirty.splitlines()[:5]]
    held = tags.get(f"v{version}")
    if held and held != head:
        wrong.append(f"the tag v{version} is on {held[:12]}, not on {head[:12]}: this version is out already")
    return wrong


def audited(code: int, answer: str) -> tuple[str, list[str]]:
    """Read an audit: "clean", "vulnerable" or "not asked", and what to tell of it.

    Clean is only what was answered for every package; a failure to ask is never taken for an answer.
    """
    try:
        asked = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return "not asked", ["the advisories could not be asked"]
    bad = [f"{d['name']} {d['version']}: {v['id']}" for d in asked for v in d.get("vulns", ())]
    skipped = [f"{d['name']}: {d['skip_reason']}" for d in asked if "skip_reason" in d]
    if bad:
        return "vulnerable", bad
    if skipped or not asked or code:
        return "not asked", skipped or [f"the audit ended with code {code}"]
    return "clean", [f"{len(asked)} packages, no advisory"]


def sums(folder: Path) -> str:
    """Return the digest of every file of a folder, in the form that sha256sum reads."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != "SHA256SUMS")
    return "".join(f"{sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)


# The steps


@dataclass
class Release:
    """A release in the making, and what is not in order with it."""

    version: str
    rehearse: bool
    wrong: list[str] = field(default_factory=list)

    def blame(self, faults: Sequence[str]) -> None:
        """Note what is not in order; stop unless it is a rehearsal."""
        self.wrong += faults
        for fault in faults:
            print(f"  NOT IN ORDER: {fault}")
        if faults and not self.rehearse:
            raise SystemExit("Nothing was released. Mend this, or try with --rehearse.")


def check_state(release: Release) -> None:
    """Check version, changelog, git and lock against each other."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    lines = output("git", "tag", "--format=%(refname:short) %(*objectname)%(objectname)").splitlines()
    tags = {name: commit[:40] for name, commit in (line.split() for line in lines)}
    dirty, head = output("git", "status", "--porcelain"), output("git", "rev-parse", "HEAD").strip()
    pinned = lock.LOCK.read_text(encoding="utf-8") if lock.LOCK.exists() else ""
    release.blame(unready(release.version, text))
    release.blame(untagged(release.version, dirty, head, tags))
    release.blame(lock.faults((ROOT / "pyproject.toml").read_text(encoding="utf-8"), pinned))


def check_rules(release: Release) -> None:
    """Check the source for what ruff's security rules (S) forbid."""
    run = subprocess.run(
        [tool("ruff"), "check", "--select", "S", "."], check=False, cwd=ROOT, capture_output=True, text=True
    )
    if run.returncode:
        print(run.stdout)
        release.blame([f"ruff's rules S: {run.stdout.splitlines()[-1]}"])


def build(_release: Release) -> None:
    """Build sdist and wheel anew, dated as the commit, so that the same commit gives the same bytes."""
    shutil.rmtree(DIST, ignore_errors=True)
    dated = os.environ | {"SOURCE_DATE_EPOCH": output("git", "log", "-1", "--format=%ct").strip()}
    call(sys.executable, "-m", "build", "--outdir", str(DIST), env=dated)


def install(release: Release) -> None:
    """Install the wheel with the pins of the lock into a new environment, plan a case, and list what is in it."""
    (wheel,) = DIST.glob("*.whl")
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        programs = Path(folder) / ("Scripts" if os.name == "nt" else "bin")
        python = str(programs / "python")
        pip = (python, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input")
        call(*pip, "install", "--require-hashes", "-r", str(lock.LOCK))
        call(*pip, "install", "--no-deps", "--no-index", str(wheel))
        call(*pip, "check")
        alone = {key: text for key, text in os.environ.items() if key != "PYTHONPATH"}
        call(str(programs / "legation"), "plan", CASE, "--json", cwd=folder, env=alone, quiet=True)
        call(*pip, "uninstall", "--yes", "pip", "setuptools")
        made = DIST / f"legation-{release.version}.cdx.json"
        call(
            *(tool("cyclonedx-py"), "environment", "--pyproject", "pyproject.toml", "--mc-type", "application"),
            *("--output-reproducible", "-o", str(made), python),
        )


def audit(release: Release) -> None:
    """Ask the advisories about the pins; keep the answer, or that there was none."""
    command = [
        tool("pip-audit"),
        "--disable-pip",
        "--format",
        "json",
        "--progress-spinner",
        "off",
        "-r",
        str(lock.LOCK),
    ]
    code, said, why = heard(command)
    verdict, told = audited(code, said)
    told += [why] if verdict == "not asked" and why else []
    answer: dict[str, Any] = {"verdict": verdict, "told": told}
    (DIST / "audit.json").write_text(json.dumps(answer, indent=1) + "\n", encoding="utf-8")
    print(f"  {verdict.upper()}: {told[0]}" + (f", and {len(told) - 1} more" if len(told) > 1 else ""))
    if verdict == "vulnerable":
        release.blame(told)
    if verdict == "not asked":
        print("  Nobody has looked whether advisories are out on these packages: audit again with a network.")


def heard(command: Sequence[str], seconds: float = PATIENCE) -> tuple[int, str, str]:
    """Run a command that asks the network; return its code, its answer, and why there is none.

    One that does not answer in time, or is not installed, has said nothing.
    """
    try:
        run = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return 1, "", f"{Path(command[0]).name} had no answer within {seconds:g} s"
    except OSError as error:
        return 1, "", f"{Path(command[0]).name} could not be run: {error.strerror}"
    lines = run.stderr.strip().splitlines()
    return run.returncode, run.stdout, lines[-1][:300] if run.returncode and lines else ""


def seal(_release: Release) -> None:
    """Write the digests of all files."""
    (DIST / "SHA256SUMS").write_text(sums(DIST), encoding="utf-8")
    print((DIST / "SHA256SUMS").read_text(encoding="utf-8"), end="")


STEPS: tuple[tuple[str, Callable[[Release], None]], ...] = (
    ("Checking version, changelog, git and lock", check_state),
    ("Checking the security rules", check_rules),
    ("Building sdist and wheel", build),
    ("Installing the wheel with the pins of the lock, planning with it, listing what is in it", install),
    ("Asking the advisories", audit),
    ("Digests", seal),
)


def tool(name: str) -> str:
    """Return a program that is installed beside this Python."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else name


def output(*command: str) -> str:
    """Run a command at the root and return what it printed."""
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def call(*command: str, cwd: str | Path = ROOT, env: dict[str, str] | None = None, quiet: bool = False) -> None:
    """Run a command; leave with what it said where it fails."""
    run = subprocess.run(command, check=False, cwd=cwd, env=env, capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{run.stdout}{run.stderr}")
    if run.stdout and not quiet:
        print("  " + run.stdout.strip().splitlines()[-1])


def main() -> int:
    """Read the command line and go through the steps."""
    parser = argparse.ArgumentParser(description="Build what is released, and what proves it.")
    parser.add_argument("--rehearse", action="store_true", help="tell what is not in order, and build all the same")
    given = parser.parse_args()
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    release = Release(version, given.rehearse)
    for title, step in STEPS:
        print(title, flush=True)
        step(release)
    if release.wrong:
        print(f"A rehearsal of {version}: {len(release.wrong)} things are not in order. Do not publish dist/.")
        return 1
    print(f"dist/ holds {version}. Tag it (git tag -s v{version}), push the tag, and publish.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
