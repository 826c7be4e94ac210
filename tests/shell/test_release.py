"""Releasing: what must hold before, what an audit says and does not say, and what the lock pins."""

import importlib.util
import json
import sys
from hashlib import sha256
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
PYPROJECT = """
[project]
dependencies = ["alembic>=1.16", "numpy>=2.0,<3"]
[project.optional-dependencies]
service = ["psycopg[binary]>=3.2"]
"""
DIGEST = f"    --hash=sha256:{64 * '0'}\n"
LOCK = f"#\n# made by\n#\nalembic==1.16.1 \\\n{DIGEST}numpy==2.4.0 \\\n{DIGEST}    # via legation\n"
LOCK += f"psycopg==3.2.1 ; python_version >= '3' \\\n{DIGEST}"


def loaded(name: str) -> ModuleType:
    """Import a tool."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


pytest.importorskip("packaging")
lock, release = loaded("lock"), loaded("release")


def test_the_lock_pins_what_pyproject_asks_for() -> None:
    """`make lock` was run since what the service needs was changed, and the file names no place to get it from."""
    text = (ROOT / "locks" / "service.txt").read_text(encoding="utf-8")
    assert lock.faults((ROOT / "pyproject.toml").read_text(encoding="utf-8"), text) == []
    assert len(lock.pins(text)) > len(lock.asked((ROOT / "pyproject.toml").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("was", "now", "fault"),
    [
        ("alembic==1.16.1", "alembic==1.15.0", "alembic>=1.16, the lock has 1.15.0"),
        ("numpy==2.4.0", "numpy==3.0.0", "the lock has 3.0.0"),
        ("numpy==2.4.0", "numpie==2.4.0", "the lock has nothing"),
        ("numpy==2.4.0 \\\n" + DIGEST, "numpy==2.4.0\n", "not pinned with a digest: numpy"),
        ("numpy==2.4.0 \\\n", "numpy>=2.4.0 \\\n", "not pinned with a digest: numpy"),
        ("#\n# made", "--index-url https://registry.example/simple\n# made", "names a place"),
        ("numpy==2.4.0", "numpy @ file:///wheels/numpy.whl", "names a place"),
    ],
)
def test_faults_of_a_lock(was: str, now: str, fault: str) -> None:
    """Each is told; a good lock has none."""
    assert lock.faults(PYPROJECT, LOCK) == []
    assert was in LOCK
    assert any(fault in told for told in lock.faults(PYPROJECT, LOCK.replace(was, now)))


GOOD = "# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2026-11-24\n\n### Added\n\n- One.\n\n## [1.1.0] - 2026-01-01\n"


@pytest.mark.parametrize(
    ("was", "now", "fault"),
    [
        ("[1.2.0]", "[1.3.0]", "no section [1.2.0]"),
        (" - 2026-11-24", "", "no day"),
        ("- One.", "", "says nothing"),
        ("[Unreleased]\n", "[Unreleased]\n\n- Two.\n", "still has changes"),
    ],
)
def test_a_changelog_is_ready(was: str, now: str, fault: str) -> None:
    """It has a dated section of the version, and nothing is left over."""
    assert release.unready("1.2.0", GOOD) == []
    (told,) = release.unready("1.2.0", GOOD.replace(was, now, 1))
    assert fault in told


def test_the_state_of_git() -> None:
    """All is committed, and the tag is not on another commit."""
    head, other = 40 * "a", 40 * "b"
    assert release.untagged("1.2.0", "", head, {"v1.2.0": head, "v1.1.0": other}) == []
    assert release.untagged("1.2.0", " M x.py\n", head, {}) == ["not committed:  M x.py"]
    assert "out already" in release.untagged("1.2.0", "", head, {"v1.2.0": other})[0]


def package(**more: object) -> dict[str, object]:
    """Return what an audit says of a package."""
    return {"name": "h11", "version": "0.16.0"} | more


@pytest.mark.parametrize(
    ("code", "said", "verdict"),
    [
        (0, {"dependencies": [package(vulns=[])]}, "clean"),
        (1, {"dependencies": [package(vulns=[{"id": "PYSEC-1"}])]}, "vulnerable"),
        (1, {"dependencies": [package(skip_reason="not found"), package(vulns=[{"id": "PYSEC-1"}])]}, "vulnerable"),
        (0, {"dependencies": [package(skip_reason="not found"), package(vulns=[])]}, "not asked"),
        (0, {"dependencies": []}, "not asked"),
        (2, {"dependencies": [package(vulns=[])]}, "not asked"),
        (1, None, "not asked"),
    ],
)
def test_silence_is_not_a_clean_bill(code: int, said: object, verdict: str) -> None:
    """Clean is only what was answered for every package."""
    found, told = release.audited(code, json.dumps(said) if said else "")
    assert found == verdict
    assert told


def test_digests_are_those_that_sha256sum_reads(tmp_path: Path) -> None:
    """Of every file but their own list."""
    for name in ("b.whl", "a.tar.gz", "SHA256SUMS"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    lines = release.sums(tmp_path).splitlines()
    assert lines == [f"{sha256(name.encode()).hexdigest()}  {name}" for name in ("a.tar.gz", "b.whl")]


def test_a_rehearsal_goes_on_and_a_release_stops() -> None:
    """With what is not in order told in both."""
    rehearsal = release.Release("1.2.0", True)
    rehearsal.blame(["one"])
    assert rehearsal.wrong == ["one"]
    with pytest.raises(SystemExit, match="Nothing was released"):
        release.Release("1.2.0", False).blame(["one"])


def test_silence_is_no_answer() -> None:
    """What does not answer in time, is not installed, or fails, has said nothing, and why is told."""
    slow = (sys.executable, "-c", "import time; time.sleep(60)")
    code, said, why = release.heard(slow, 0.2)
    assert release.audited(code, said)[0] == "not asked"
    assert "no answer within 0.2 s" in why
    code, said, why = release.heard(("no-such-program-here",))
    assert release.audited(code, said)[0] == "not asked"
    assert "could not be run" in why
    failing = (sys.executable, "-c", "import sys; sys.exit('no route to host')")
    assert release.heard(failing) == (1, "", "no route to host")
    assert release.heard((sys.executable, "-c", "print('{}')")) == (0, "{}\n", "")
