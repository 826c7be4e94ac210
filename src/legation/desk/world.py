"""The world as the desk opens it: the product's tables with the user's corrections, and one State's part of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from legation.cases.case import Case
from legation.desk import worldrecord
from legation.desk.completeness import Completeness, completeness, sentences
from legation.desk.gaps import chances
from legation.errors import Finding, NotFoundError
from legation.model import Prices, level
from legation.planning.brief import Brief
from legation.sources import (
    Correction,
    World,
    locate,
    read_case,
    read_corrections,
    read_world,
    with_correction,
)
from legation.values import value

__all__ = [
    "Correction",
    "Looked",
    "OpenedWorld",
    "correct",
    "list_corrections",
    "look",
    "look_at",
    "open_world",
]

FILE = "corrections.csv"


@value
class OpenedWorld:
    """The world as it is read; corrections: the file it is corrected by, if any; findings: what its rows miss."""

    world: World
    corrections: Path | None
    findings: tuple[Finding, ...]


@value
class Looked:
    """A case, or one State's part of the world as one, with what was found; record: how complete that part is."""

    case: Case
    findings: tuple[Finding, ...]
    record: Completeness | None = None
    opened: OpenedWorld | None = None

    @property
    def completeness(self) -> tuple[str, ...]:
        """Return how complete the record of a State is, in words; of a case its own notes speak."""
        names = {s.code: s.name for s in self.case.states}
        return sentences(self.record, names) if self.record else ()


def corrections_file(given: Path | None, folder: Path) -> Path | None:
    """Return the file of corrections to use: the one given (or in the folder given), else the one in a folder."""
    if given is not None:
        return given / FILE if given.is_dir() else given
    path = folder / FILE
    return path if path.is_file() else None


def open_world(given: Path | None, folder: Path) -> OpenedWorld:
    """Read the product's tables as corrected; raise as `read_world` does."""
    path = corrections_file(given, folder)
    world, found = read_world(path)
    return OpenedWorld(world, path, found)


def look(source: str, day: date, given: Path | None, folder: Path) -> Looked:
    """Read a case, or where there is none of that name, the world's record of a State by its code or name."""
    try:
        path = locate(source)
    except NotFoundError as no_case:
        opened = open_world(given, folder)
        try:
            return _of_state(source, day, opened)
        except NotFoundError as no_state:
            raise NotFoundError(
                f"There is neither a case nor a State '{source}'.", hint=f"{no_case.hint} {no_state.hint}"
            ) from no_state
    return Looked(*read_case(path))


def from_elsewhere(looked: Looked, day: date | None = None) -> dict[str, tuple[str, ...]]:
    """Return the States represented with the sender from elsewhere, by the product's undated record, and from where."""
    case = looked.case
    world = looked.opened.world if looked.opened else read_world()[0]
    here = case.foreign_posts.on(day or case.as_of)
    return worldrecord.represented_from(case.sender, world, (p.sender for p in here if level(p.form)))


def look_at(state: str, day: date) -> Looked:
    """Return the world's record of a State by its code or name, as the product has it; raise NotFoundError."""
    world, found = read_world()
    return _of_state(state, day, OpenedWorld(world, None, found))


def _of_state(name: str, day: date, opened: OpenedWorld) -> Looked:
    world = opened.world
    home = worldrecord.state_of(name, world.states)
    posts = worldrecord.own_posts(home, world)
    case = Case(
        name=home.code,
        title=f"{home.name}: the record of its posts",
        sender=home.code,
        as_of=day,
        prices=Prices("USD", day.year),
        brief=Brief((day.year,)),
        posts=posts,
        foreign_posts=worldrecord.posts_here(home, world),
        accreditations=worldrecord.accreditations(home, world, posts),
        states=world.states,
    )
    return Looked(case, opened.findings, completeness(home, world, chances(world)), opened)


def list_corrections(given: Path | None, folder: Path) -> tuple[OpenedWorld, tuple[Correction, ...]]:
    """Return the world as corrected and the corrections in use, in the order of the file."""
    opened = open_world(given, folder)
    return opened, read_corrections(opened.corrections) if opened.corrections else ()


def correct(correction: Correction, given: Path | None, folder: Path) -> tuple[Path, tuple[Finding, ...]]:
    """Add one correction to the file, which is made where there is none; return the file and what its rows miss.

    Raise InvalidError, and write nothing, where the tables cannot be corrected so.
    """
    path = corrections_file(given, folder) or folder / FILE
    text = with_correction(path, correction)
    with TemporaryDirectory() as trial:
        tried = Path(trial) / path.name
        tried.write_text(text, encoding="utf-8", newline="")
        _, found = read_world(tried)
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(text, encoding="utf-8", newline="")
    fresh.replace(path)
    return path, found
