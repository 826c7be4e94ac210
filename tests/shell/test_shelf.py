"""What a store keeps decoded: it spares work, and never says anything but what is on record."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from time import sleep

import pytest

from legation.cases.scenarios import ScaleCeilings, Scenario
from legation.desk import registry
from legation.errors import NotFoundError
from legation.model import Fact, Post
from legation.model.posts import Form, Seat
from legation.model.revisions import Change, Drop, Put
from legation.sources import read_case
from legation.store import Store, engines, migrating
from legation.store import store as module
from legation.store.shelf import ENTRY, Shelf

NOON = datetime(2011, 7, 29, 12, tzinfo=UTC)
PLENTY = 2**20


def post(city: str) -> Post:
    return Post("kaz-fra", "KAZ", Form.EMBASSY, Seat("FRA", city, 48.85, 2.35), source="mfa")


def fact(number: float) -> Fact:
    return Fact("FRA", "trade", 2010, number, "USD", "un")


def write(store: Store, *changes: Change) -> None:
    store.commit(changes, actor="aizhan", reason="Note", at=NOON)


@pytest.fixture
def pair(where: str) -> Iterator[tuple[Store, Store]]:
    """Two stores on one database: one that keeps what it read, and one that writes and keeps nothing."""
    with Store(where, create=True) as plain, Store(where, keep=PLENTY) as keeping:
        yield keeping, plain


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Kinds of the rows that were decoded, in turn."""
    found: list[str] = []
    honest = module.to_value

    def watched(kind: str, row: object) -> object:
        found.append(kind)
        return honest(kind, row)

    monkeypatch.setattr(module, "to_value", watched)
    return found


WRITES = (
    [Put("post", "a", post("Paris")), Put("fact", "x", fact(1.5)), Put("fact", "y", fact(2.0))],
    [Put("post", "a", post("Lyon"))],
    [Drop("fact", "x")],
    [Put("fact", "x", fact(3.0)), Put("post", "b", post("Nice"), scope="a case")],
    [Drop("post", "a")],
)


def test_it_says_what_a_store_says_that_keeps_nothing(pair: tuple[Store, Store]) -> None:
    """After each write of somebody else, every kind of every scope as of every revision, twice over, and one by one."""
    keeping, plain = pair
    for number, step in enumerate(WRITES, 1):
        write(plain, *step)
        for _again in range(2):
            for at in (None, *range(number + 1)):
                for kind, scope in (("post", ""), ("fact", ""), ("post", "a case")):
                    assert [*keeping.all(kind, scope=scope, at=at).items()] == [
                        *plain.all(kind, scope=scope, at=at).items()
                    ]
                    for id_ in ("a", "b", "x"):
                        assert keeping.get(kind, id_, scope=scope, at=at) == plain.get(kind, id_, scope=scope, at=at)
                    assert keeping.touched(scope, at=at) == plain.touched(scope, at=at)
                    assert keeping.touched(scope, kinds=(kind,), at=at) == plain.touched(scope, kinds=(kind,), at=at)


def test_the_revision_after_the_last_is_not_there_yet(pair: tuple[Store, Store]) -> None:
    """It would say now what it will not say once it is there; the last and what was before the first may be read."""
    _keeping, plain = pair
    write(plain, *WRITES[0])
    for store in pair:
        store.expect(1)
        assert not store.all("post", at=0)
        assert store.all("post", at=1)
        for reading in (
            lambda store=store: store.expect(2),
            lambda store=store: store.all("post", at=2),
            lambda store=store: store.get("post", "a", at=2),
            lambda store=store: store.touched("", at=2),
            lambda store=store: store.scopes("post", at=2),
            lambda store=store: store.version("post", "a", at=2),
            lambda store=store: store.made("x", "", ("post",), int, at=2),
        ):
            with pytest.raises(NotFoundError, match=r"There is no revision 2\. The last is 1\."):
                reading()


def test_what_was_read_is_not_decoded_again(pair: tuple[Store, Store], decoded: list[str]) -> None:
    """Only what a revision touched is; what the caller does to the answer stays with the caller."""
    keeping, plain = pair
    write(plain, *WRITES[0])
    keeping.all("fact").clear()
    keeping.get("post", "a")
    assert sorted(decoded) == ["fact", "fact", "post"]
    assert len(keeping.all("fact")) == 2
    assert keeping.get("fact", "x") == fact(1.5)
    assert keeping.get("fact", "nothing") is None
    write(plain, *WRITES[1])
    assert keeping.get("post", "a") == post("Lyon")
    assert keeping.get("post", "a", at=1) == post("Paris")
    keeping.all("fact", at=1)
    assert sorted(decoded) == ["fact", "fact", "post", "post"]


def test_a_case_is_put_together_once_for_each_state_of_it(pair: tuple[Store, Store], decoded: list[str]) -> None:
    """A revision of something else in its scope leaves it kept; one of its own does not."""
    keeping, plain = pair
    case = read_case("ruritania")[0]
    registry.record_case(plain, case, actor="aizhan", reason="Import", at=NOON)
    first = registry.case_of(keeping, case.name)
    assert first == case
    done = len(decoded)
    write(plain, Put("scenario", "less", Scenario("less", case.name, (ScaleCeilings(Decimal("0.9")),)), case.name))
    assert registry.case_of(keeping, case.name) is first
    assert len(decoded) == done
    write(plain, Drop("fact", next(iter(plain.all("fact", scope=case.name))), case.name))
    assert len(registry.case_of(keeping, case.name).facts) == len(case.facts) - 1
    assert registry.case_of(keeping, case.name, at=1) is first


def test_another_history_in_the_same_database_is_not_taken_for_the_first(pair: tuple[Store, Store]) -> None:
    """A registry made anew and written anew has other revisions of the same numbers."""
    keeping, plain = pair
    write(plain, Put("post", "a", post("Paris")))
    assert keeping.get("post", "a") == post("Paris")
    for cities in (["Lyon"], ["Nice", "Metz"], ["Brest"]):
        with plain.engine.begin() as connection:
            migrating.downgrade(connection, "base")
            migrating.upgrade(connection)
        for city in cities:
            write(plain, Put("post", "a", post(city)))
            assert keeping.get("post", "a") == post(city)
            assert keeping.get("post", "a", at=1) == post(cities[0])


def test_a_reader_who_began_before_sees_what_was(pair: tuple[Store, Store]) -> None:
    """Others may write, and be read from, while somebody reads as of the moment they began."""
    keeping, plain = pair
    write(plain, Put("post", "a", post("Paris")))
    with keeping.engine.connect() as slow:
        assert keeping.shelf.place(engines.reading(slow), "", ("post",), None) == (0, 1)
        write(plain, Put("post", "a", post("Lyon")))
        assert keeping.get("post", "a") == post("Lyon")
        assert keeping.shelf.place(slow, "", ("post",), None) is None
        slow.rollback()


def test_many_who_ask_at_once_let_one_make_it(pair: tuple[Store, Store]) -> None:
    """The others wait for it, and what fails is made by the next."""
    keeping, plain = pair
    write(plain, *WRITES[0])
    made: list[int] = []

    def make(number: int) -> str:
        made.append(number)
        keeping.all("fact", at=number)
        if len(made) == 1:
            raise ValueError("the first fails")
        sleep(0.05)
        return "done"

    def ask(make: Callable[[int], str]) -> str:
        return keeping.made("thing", "", ("fact",), make)

    with pytest.raises(ValueError, match="the first fails"):
        ask(make)
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(ask, [make] * 8)) == {"done"}
    assert made == [1, 1]


def test_no_more_is_kept_than_is_allowed() -> None:
    """What was longest not asked for goes first; what is larger than all there is room for is not kept."""
    shelf = Shelf(3 * ENTRY + 30)
    for key in "abc":
        shelf.keep(key, key, 10)
    assert shelf.find("a") == "a"
    shelf.keep("d", "d", 10)
    assert [shelf.find(key) for key in "abcd"] == ["a", None, "c", "d"]
    shelf.keep("a", "larger", 20)
    assert [shelf.find(key) for key in "acd"] == ["larger", None, "d"]
    shelf.keep("whale", "whale", 3 * ENTRY)
    assert [shelf.find(key) for key in ("a", "d", "whale")] == ["larger", "d", None]


def test_what_is_not_there_takes_room_too(where: str) -> None:
    """Names without end that somebody asks for do not fill the memory."""
    with Store(where, create=True, keep=10 * ENTRY) as store:
        write(store, *WRITES[0])
        for n in range(100):
            store.all("fact", scope=f"nothing {n}")
        assert len(store.shelf._kept) == 10
