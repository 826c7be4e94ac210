"""The store, on SQLite and on PostgreSQL: what is written is read as of any revision, and nothing else is written."""

import os
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from legation import codec
from legation.errors import ConflictError, InvalidError, NotFoundError, OutOfDateError, RefusedError
from legation.model import Fact, Post
from legation.model.posts import Form, Seat
from legation.model.revisions import Drop, Put
from legation.store import Store, migrating
from legation.store.rows import LONGEST

NOON = datetime(2011, 7, 29, 12, tzinfo=UTC)
SIGNED = {"actor": "aizhan", "reason": "Note verbale 17"}


def post(city: str = "Paris", id_: str = "kaz-fra") -> Post:
    return Post(id_, "KAZ", Form.EMBASSY, Seat("FRA", city, 48.85, 2.35), source="mfa")


def fact(value: float = 1.5, **other: object) -> Fact:
    return Fact(
        **{"subject": "FRA", "attribute": "trade", "year": 2010, "value": value, "unit": "USD", "source": "un"} | other
    )


def filled(store: Store) -> Store:
    """Write four revisions: a post and two facts; the post moves; a fact goes; it returns with another value."""
    changes = (
        [Put("post", "a", post()), Put("fact", "x", fact()), Put("fact", "y", fact(2.0))],
        [Put("post", "a", post("Lyon"))],
        [Drop("fact", "x")],
        [Put("fact", "x", fact(3.0)), Put("post", "b", post("Nice", "kaz-nce"), scope="a case")],
    )
    for day, change in enumerate(changes):
        store.commit(change, at=NOON + timedelta(days=day), **SIGNED)
    return store


# Reading and writing


def test_everything_is_read_as_of_any_revision(store: Store) -> None:
    """Values, their order, their versions and who wrote them: each as they were."""
    filled(store)
    cities = [found and found.seat.city for found in (store.get("post", "a", at=n) for n in (0, 1, 2, 4))]
    assert cities == [None, "Paris", "Lyon", "Lyon"]
    values = [{i: f.value for i, f in store.all("fact", at=n).items()} for n in range(5)]
    assert values == [{}, {"x": 1.5, "y": 2.0}, {"x": 1.5, "y": 2.0}, {"y": 2.0}, {"y": 2.0, "x": 3.0}]
    assert [*store.all("fact")] == ["y", "x"], "what comes back goes to the end"
    assert [store.version("post", "a", at=n) for n in (0, 1, 3)] == [None, 1, 2]
    assert store.version("fact", "x") == 4
    assert store.scopes("post") == ("", "a case")
    assert store.scopes("post", at=3) == ("",)
    assert store.all("post", scope="a case") == {"b": post("Nice", "kaz-nce")}
    assert store.changes(3) == (Drop("fact", "x"),)
    assert store.changes(4) == (Put("fact", "x", fact(3.0)), Put("post", "b", post("Nice", "kaz-nce"), scope="a case"))


def test_revisions_are_listed_and_found_by_time(store: Store) -> None:
    """Each has number, time, actor, reason and digest; a moment has the last one recorded by then."""
    filled(store)
    revisions = store.revisions()
    assert [(r.number, r.at, r.actor, r.reason) for r in revisions] == [
        (n, NOON + timedelta(days=n - 1), "aizhan", "Note verbale 17") for n in (1, 2, 3, 4)
    ]
    assert store.head == revisions[-1]
    assert len({r.digest for r in revisions}) == 4
    assert [r.number for r in store.revisions(kind="fact", id_="x")] == [1, 3, 4]
    assert [r.number for r in store.revisions(scope="a case")] == [4]
    assert [r.number for r in store.revisions(after=1, limit=2)] == [2, 3]
    tokyo = timezone(timedelta(hours=9))
    assert store.revision_on(NOON - timedelta(microseconds=1)) is None
    assert store.revision_on(NOON.astimezone(tokyo)) == revisions[0]
    assert store.revision_on(NOON + timedelta(days=1, hours=3)) == revisions[1]
    assert store.verify() is None


def test_the_time_of_the_record_never_runs_backwards(store: Store) -> None:
    """A writer whose clock is slow is recorded with the time of the revision before."""
    store.commit([Put("post", "a", post())], at=NOON, **SIGNED)
    second = store.commit([Drop("post", "a")], at=NOON - timedelta(hours=1), **SIGNED)
    assert second.at == NOON
    assert store.verify() is None


def test_digests_are_those_of_every_version(store: Store) -> None:
    """A digest printed on paper must be found by every later version: the same input, for ever the same digest."""
    assert [revision.digest[:16] for revision in filled(store).revisions()] == [
        "dbf0fed7d4eba2fb",
        "3369fbc170eb82c1",
        "95bf8c821acc6038",
        "3ee94351890caa6a",
    ]


def test_an_empty_registry_holds_nothing(store: Store) -> None:
    """Nothing is there, and it verifies."""
    assert (store.head, store.revisions(), store.verify(), store.all("post")) == (None, (), None, {})
    with pytest.raises(NotFoundError, match="no revision 1"):
        store.changes(1)


# Refusals


REFUSED = {
    "no actor": (RefusedError, {"actor": " "}),
    "no reason": (RefusedError, {"reason": ""}),
    "no zone": (RefusedError, {"at": NOON.replace(tzinfo=None)}),
    "nothing": (RefusedError, {"changes": []}),
    "twice": (RefusedError, {"changes": [Put("post", "a", post()), Drop("post", "a")]}),
    "drop of nothing": (NotFoundError, {"changes": [Put("post", "b", post()), Drop("fact", "b")]}),
    "another type": (InvalidError, {"changes": [Put("post", "b", fact())]}),
    "unknown kind": (InvalidError, {"changes": [Put("poste", "b", post())]}),
    "infinite": (InvalidError, {"changes": [Put("fact", "b", fact(float("inf")))]}),
    "no number": (InvalidError, {"changes": [Put("fact", "b", fact(float("nan")))]}),
    "wrong inside": (InvalidError, {"changes": [Put("post", "b", Post("b", "KAZ", Form.EMBASSY, None))]}),
    "beyond all years": (InvalidError, {"changes": [Put("fact", "b", fact(year=2**40))]}),
    "zero character": (InvalidError, {"changes": [Put("fact", "b", fact(note="a\0b"))]}),
    "half a character": (InvalidError, {"changes": [Put("post", "b", post("\ud800"))]}),
    "zero in a name": (InvalidError, {"changes": [Put("post", "a\0", post())]}),
    "zero in the reason": (InvalidError, {"reason": "a\0"}),
    "long name": (InvalidError, {"changes": [Put("post", "é" * LONGEST, post())]}),
    "long subject": (InvalidError, {"changes": [Put("fact", "b", fact(subject="é" * LONGEST))]}),
    "unknown revision read": (ConflictError, {"read": 9}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_recorded_is_refused_and_leaves_no_trace(store: Store, case: str) -> None:
    """A refused commit writes nothing at all, and the next one is written as if it had never been."""
    store.commit([Put("post", "a", post())], at=NOON, **SIGNED)
    error, wrong = REFUSED[case]
    with pytest.raises(error):
        store.commit(**{"changes": [Put("post", "a", post("Lyon"))], "at": NOON, **SIGNED} | wrong)
    assert (store.head.number, store.all("post"), store.all("fact")) == (1, {"a": post()}, {})
    assert store.commit([Put("post", "a", post("Lyon"))], at=NOON, **SIGNED).number == 2
    assert store.verify() is None


def test_longest_names_are_kept(store: Store) -> None:
    """What is not refused fits the indexes of both databases, also where it does not compress."""
    import random

    name = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=LONGEST - 4))
    store.commit([Put("post", name, post()), Put("fact", name, fact(subject=name[:-1]))], at=NOON, **SIGNED)
    assert store.get("post", name) == post()
    assert store.get("fact", name).subject == name[:-1]


CONFLICTS: dict[str, Callable[[Store], object]] = {
    "put over a put": lambda s: s.commit([Put("post", "a", post("Nice"))], at=NOON, read=1, **SIGNED),
    "drop of what was put": lambda s: s.commit([Drop("post", "a")], at=NOON, read=1, **SIGNED),
    "put over a drop": lambda s: s.commit([Put("fact", "x", fact())], at=NOON, read=2, **SIGNED),
    "drop of what was dropped": lambda s: s.commit([Drop("fact", "x")], at=NOON, read=2, **SIGNED),
    "one of many": lambda s: s.commit(
        [*(Put("post", str(n), post()) for n in range(200)), Put("post", "a", post())], at=NOON, read=1, **SIGNED
    ),
}


@pytest.mark.parametrize("case", CONFLICTS)
def test_a_stale_writer_is_refused(store: Store, case: str) -> None:
    """What was put or dropped after the revision that a writer read is not overwritten."""
    for changes in (
        [Put("post", "a", post()), Put("fact", "x", fact())],
        [Put("post", "a", post("Lyon"))],
        [Drop("fact", "x")],
    ):
        store.commit(changes, at=NOON, **SIGNED)
    with pytest.raises(ConflictError, match="after revision"):
        CONFLICTS[case](store)
    assert store.head.number == 3
    assert store.commit([Put("post", "a", post("Nice"))], at=NOON, read=2, **SIGNED).number == 4
    assert store.commit([Put("post", "new", post())], at=NOON, read=1, **SIGNED).number == 5


EDITS = (
    "update revisions set actor = 'nobody'",
    "update revisions set number = 9 where number = 4",
    "delete from revisions where number = 4",
    "update records set body = '{}' where since = 1",
    "update records set since = 2 where since = 1",
    "update records set until = null where since = 1",
    "update records set until = 4 where since = 1",
    'update records set "row" = 99 where since = 1',
    "delete from records",
    "update facts set value = 9",
    "update facts set until = 3 where since = 1 and until is not null",
    "delete from facts where id = 'y'",
)
ONLY = {
    "sqlite": (
        "insert or replace into revisions select number, at, 'nobody', reason, digest from revisions",
        "insert or replace into facts select * from facts where until is null",
        """insert or replace into records (scope, kind, id, since, position, body)
        select scope, kind, id, since, position, '{}' from records where until is null""",
    ),
    "postgresql": ("truncate records", "truncate facts", "truncate revisions cascade"),
}


def test_triggers_refuse_edits(store: Store) -> None:
    """Whoever edits the tables by hand is told that rows are closed, never edited."""
    filled(store)
    kind = store.engine.dialect.name
    before = content(store)
    for statement in (*EDITS, *ONLY[kind]):
        with store.engine.connect() as connection, pytest.raises(DBAPIError, match=r"never|once"):
            connection.execute(text(statement))
    assert content(store) == before


def content(store: Store) -> list[object]:
    """Return all rows of the record."""
    tables = ("revisions", "records", "facts")
    with store.engine.connect() as connection:
        return [tuple(row) for t in tables for row in connection.execute(text(f"select * from {t} order by 1"))]


# Opening


def test_a_registry_must_be_there(tmp_path: Path) -> None:
    """A missing file, a file that is something else, an unknown database: each is told in one sentence."""
    with pytest.raises(NotFoundError, match="no registry at"):
        Store(tmp_path / "none.db")
    (tmp_path / "text.db").write_text("This is a letter, and no database at all." * 100)
    with pytest.raises(InvalidError, match="no registry"):
        Store(tmp_path / "text.db")
    with pytest.raises(NotFoundError, match="cannot be reached"):
        Store(tmp_path / "none" / "new.db", create=True)
    with pytest.raises(InvalidError, match="mysql"):
        Store("mysql://somebody@somewhere/registry")
    with pytest.raises(NotFoundError, match="cannot be reached"):
        Store(f"postgresql://somebody@/registry?host={tmp_path}")


@pytest.mark.skipif(os.name != "posix", reason="files have owners only on POSIX systems")
def test_a_registry_on_a_file_is_its_owners_alone(tmp_path: Path) -> None:
    """The file and what SQLite keeps beside it hold digests of passwords."""
    with Store(tmp_path / "new.db", create=True) as made:
        filled(made)
        assert {oct(file.stat().st_mode & 0o777) for file in tmp_path.iterdir()} == {"0o600"}
    with Store.restored(_backed_up(tmp_path), tmp_path / "other.db"):
        assert oct((tmp_path / "other.db").stat().st_mode & 0o777) == "0o600"


def _backed_up(folder: Path) -> Path:
    with Store(folder / "new.db") as made:
        made.backup(folder / "backup.gz")
    return folder / "backup.gz"


def test_an_empty_database_is_no_registry(where: str) -> None:
    """A database without our tables is told apart from a registry of another version."""
    if "://" not in where:
        Path(where).touch()
    with pytest.raises(OutOfDateError, match="holds no registry"):
        Store(where)


def test_older_tables_are_not_migrated_unasked(where: str) -> None:
    """Neither opening a registry of an older version nor making one there changes its tables."""
    with Store(where, create=True) as store, store._writing() as connection:
        migrating.downgrade(connection, "0001")
    for create in (False, True):
        with pytest.raises(OutOfDateError, match="0001"):
            Store(where, create=create)
    assert Store.migrate(where) == migrating.newest()
    Store(where).close()


# Old shapes


def test_a_record_of_an_old_shape_is_read_in_the_new(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body written before a field was renamed, twice, is read as of now; the row and its digest stay as they were."""
    body = codec.compact(post(), "post").replace('"sender"', '"origin"')
    steps = (lambda b: renamed(b, "origin", "from"), lambda b: renamed(b, "from", "sender"))
    with Store(where, create=True) as store:
        filled(store)
        with monkeypatch.context() as past:
            past.setattr("legation.store.store.to_row", lambda kind, _value: {"kind": kind, "body": body})
            store.commit([Put("post", "old", post())], at=NOON, **SIGNED)
        with pytest.raises(InvalidError, match="origin"):
            store.get("post", "old")
        monkeypatch.setitem(codec.UPGRADES, "post", steps)
        assert store.get("post", "old") == post()
        assert store.get("post", "a") == post("Lyon"), "what is of the new shape is read as it is"
        assert store.verify() is None
        with pytest.raises(InvalidError, match="origin"):
            codec.recorded("post", body.replace("FRA", 'FRA", "x": "')), "what is of no shape is told as it stands"


def renamed(body: dict[str, object], old: str, new: str) -> dict[str, object]:
    """Return a body with a field of another name; raise KeyError where it is not of the old shape."""
    return {**{k: v for k, v in body.items() if k != old}, new: body[old]}


def test_what_no_registry_holds_is_not_looked_for(store: Store) -> None:
    """A number beyond those of the database, a character that no text has: refused, and not broken."""
    with pytest.raises(InvalidError):
        store.revisions(after=2**70)
    kind = store.engine.dialect.name
    with pytest.raises(InvalidError) if kind == "postgresql" else nullcontext():
        store.all("case", scope="a\x00b")
