"""Whoever rewrites the record behind its back, with the triggers gone, is found: verify names the first revision."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from legation.errors import RefusedError
from legation.model import Fact, Post
from legation.model.posts import Form, Seat
from legation.model.revisions import Drop, Put
from legation.store import Store

NOON = datetime(2011, 7, 29, 12, tzinfo=UTC)


def post(city: str) -> Post:
    return Post("kaz-fra", "KAZ", Form.EMBASSY, Seat("FRA", city), source="mfa")


def fact(value: float) -> Fact:
    return Fact("FRA", "trade", 2010, value, "USD", "un")


@pytest.fixture
def bare(store: Store) -> Store:
    """Write six revisions, and take all guards away, as an administrator of the database can."""
    history = (
        [Put("post", "a", post("Paris")), Put("fact", "x", fact(1.0))],
        [Put("post", "a", post("Lyon"))],
        [Put("post", "b", post("Nice")), Put("fact", "y", fact(2.0))],
        [Drop("fact", "x")],
        [Put("fact", "y", fact(3.0))],
        [Put("post", "c", post("Brest")), Put("post", "d", post("Metz"))],
    )
    for day, changes in enumerate(history):
        store.commit(changes, actor=f"person {day}", reason=f"reason {day}", at=NOON + timedelta(days=day))
    assert store.verify() is None
    if store.engine.dialect.name == "postgresql":
        by_hand(store, "alter table revisions disable trigger all; alter table records disable trigger all;")
        by_hand(store, "alter table facts disable trigger all")
    else:
        names = by_hand(store, "select name from sqlite_master where type = 'trigger'")
        by_hand(store, *(f"drop trigger {name}" for (name,) in names))
    return store


def by_hand(store: Store, *statements: str) -> list[tuple[object, ...]]:
    """Run statements as somebody with the database's own tools, who minds no constraint."""
    rows: list[tuple[object, ...]] = []
    with store.engine.connect() as connection:
        if store.engine.dialect.name == "sqlite":
            connection.exec_driver_sql("pragma foreign_keys = off")
        for statement in statements:
            found = connection.execute(text(statement.replace(":", r"\:")))
            rows += [tuple(row) for row in found] if found.returns_rows else []
        connection.commit()
        if store.engine.dialect.name == "sqlite":
            connection.exec_driver_sql("pragma foreign_keys = on")
    return rows


def insert(kind: str, id_: str, since: object, until: object = "null") -> str:
    """Return the statement that adds a row, as if it had been there."""
    if kind == "fact":
        return (
            "insert into facts (scope, id, since, until, position, subject, attribute, year, value, unit, source, note)"
            f" values ('', '{id_}', {since}, {until}, 9, 'FRA', 'trade', 2010, 9.0, 'USD', 'un', '')"
        )
    body = "select body from records where since = 1"
    return (
        "insert into records (scope, kind, id, since, until, position, body)"
        f" values ('', '{kind}', '{id_}', {since}, {until}, 9, ({body}))"
    )


SWAP = """update revisions set {0} = (select {0} from revisions r where r.number = 5 - revisions.number)
where number in (2, 3)"""
DUPLICATE = """insert into records (scope, kind, id, since, until, position, body)
select scope, kind, id, since, until, position, replace(body, 'Paris', 'Sochi') from records where since = 1"""

TAMPERINGS: dict[str, tuple[int, tuple[str, ...]]] = {
    "body of a closed row": (1, ("update records set body = replace(body, 'Paris', 'Sochi') where since = 1",)),
    "body of a live row": (2, ("update records set body = replace(body, 'Lyon', 'Sochi') where since = 2",)),
    "one space in a body": (2, ("update records set body = body || ' ' where since = 2",)),
    "kind": (3, ("update records set kind = 'foreign-post' where since = 3",)),
    "name": (3, ("update records set id = 'z' where since = 3",)),
    "scope": (3, ("update records set scope = 'case' where since = 3",)),
    "place": (3, ("update records set position = 7 where since = 3",)),
    "value of a fact": (5, ("update facts set value = 3.0000000000000004 where since = 5",)),
    "source of a closed fact": (1, ("update facts set source = 'me' where id = 'x'",)),
    "year a fact became known": (3, ("update facts set known = 2011 where since = 3",)),
    "actor": (3, ("update revisions set actor = 'nobody' where number = 3",)),
    "time": (4, ("update revisions set at = '2011-08-01T12:00:00.000001+00:00' where number = 4",)),
    "reason": (2, ("update revisions set reason = reason || '.' where number = 2",)),
    "digest": (5, ("update revisions set digest = replace(digest, substr(digest, 1, 1), 'x') where number = 5",)),
    "deleted row that was closed": (1, ("delete from records where since = 1",)),
    "deleted row that holds": (6, ("delete from records where id = 'd'",)),
    "deleted fact": (3, ("delete from facts where id = 'y' and since = 3",)),
    "all rows of a revision": (6, ("delete from records where since = 6",)),
    "inserted row": (3, (insert("post", "new", 3),)),
    "inserted row of the past": (2, (insert("post", "new", 2, 4),)),
    "inserted fact": (6, (insert("fact", "new", 6),)),
    "inserted row before the first revision": (7, (insert("post", "new", 0),)),
    "inserted row beyond the last revision": (7, (insert("fact", "new", 40),)),
    "inserted row that ends where it begins": (4, (insert("post", "new", 4, 4),)),
    "another row of the same name": (1, (DUPLICATE,)),
    "fact among the records": (3, ("update records set kind = 'fact' where since = 3",)),
    "since moved on": (2, ("update records set since = 3 where since = 2",)),
    "since moved back": (2, ("update records set since = 2 where since = 3",)),
    "until moved on": (2, ("update records set until = 3 where until = 2",)),
    "until taken back": (4, ("update facts set until = null where until = 4",)),
    "row closed that holds": (4, ("update records set until = 4 where since = 2",)),
    "row closed beyond the last revision": (7, ("update records set until = 40 where since = 2",)),
    "removed revision": (3, ("delete from revisions where number = 3",)),
    "removed first revision": (1, ("delete from revisions where number = 1",)),
    "removed last revision": (6, ("delete from revisions where number = 6",)),
    "removed revision and its rows": (
        3,
        (
            "delete from facts where since = 3",
            "delete from records where since = 3",
            "delete from revisions where number = 3",
        ),
    ),
    "all later revisions renumbered": (
        3,
        (
            "delete from facts where since = 3",
            "delete from records where since = 3",
            "delete from revisions where number = 3",
            *(
                f"update {table} set {column} = {n - 1} where {column} = {n}"
                for n in (4, 5, 6)
                for table, column in [
                    ("revisions", "number"),
                    *((t, c) for t in ("records", "facts") for c in ("since", "until")),
                ]
            ),
        ),
    ),
    "swapped actors": (2, (SWAP.format("actor"),)),
    "swapped digests": (2, (SWAP.format("digest"),)),
    "swapped revisions": (
        2,
        (
            *(SWAP.format(column) for column in ("at", "actor", "reason", "digest")),
            "update records set since = 5 - since where since in (2, 3)",
            "update records set until = 3 where until = 2",
            "update facts set since = 2 where since = 3",
        ),
    ),
    "revision of nothing": (
        7,
        ("insert into revisions select 7, at, actor, reason, digest from revisions where number = 6",),
    ),
    "revision before the first": (
        1,
        ("insert into revisions select 0, at, actor, reason, digest from revisions where number = 6",),
    ),
}

ON_SQLITE = {  # it keeps any type in any column
    "word for a value": (1, ("update facts set value = 'many' where id = 'x'",)),
    "bytes for an actor": (2, ("update revisions set actor = x'ff' where number = 2",)),
    "bytes for a body": (2, ("update records set body = x'ff' where since = 2",)),
    "row between revisions": (3, (insert("post", "new", 2.5),)),
    "row of a word": (7, (insert("post", "new", "'third'"),)),
    "infinite value": (5, ("update facts set value = 9e999 where since = 5",)),
}


@pytest.mark.parametrize("kind", TAMPERINGS)
def test_verify_names_the_first_revision_that_was_tampered_with(bare: Store, kind: str) -> None:
    """Every kind of rewrite shows, at the first revision it touches."""
    revision, statements = TAMPERINGS[kind]
    found_by_verify(bare, revision, statements)


@pytest.mark.parametrize("where", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", ON_SQLITE)
def test_verify_survives_what_only_sqlite_keeps(bare: Store, kind: str) -> None:
    """Rows that cannot even be read are named like all others."""
    revision, statements = ON_SQLITE[kind]
    found_by_verify(bare, revision, statements)


def found_by_verify(store: Store, revision: int, statements: tuple[str, ...]) -> None:
    """Tamper, and insist on the revision that is named."""
    by_hand(store, *statements)
    broken = store.verify()
    assert broken is not None
    assert broken.revision == revision, broken
    assert broken.what


def test_a_record_that_was_tampered_with_is_not_backed_up(bare: Store, tmp_path) -> None:
    """A backup that could not be restored is not written: the administrator learns of it today."""
    by_hand(bare, "update facts set value = 9 where since = 5")
    with pytest.raises(RefusedError, match="Revision 5 does not verify"):
        bare.backup(tmp_path / "registry.backup")
    assert not [p for p in tmp_path.iterdir() if "backup" in p.name]


def test_rewriting_all_shows_only_by_a_digest_kept_elsewhere(bare: Store) -> None:
    """The chain proves nothing against who writes all of it anew; a digest on paper does."""
    printed = bare.head.digest
    by_hand(bare, "delete from records where since = 6", "delete from revisions where number = 6")
    assert bare.verify() is None
    assert printed not in {revision.digest for revision in bare.revisions()}
