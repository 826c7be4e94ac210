"""Who may enter, on both databases: accounts, sessions, tokens, the record of sign-ins, and repeated requests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from legation.errors import NotFoundError, RefusedError
from legation.review.access import Permission
from legation.store import Store, repeats
from legation.store.accounts import Account, Accounts, Session, Token, stamp
from legation.store.repeats import Answered, Asked

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANNA = Account("anna", "Anna Akhmetova")
HOUR = timedelta(hours=1)


@pytest.fixture
def accounts(store: Store) -> Accounts:
    """Keep accounts in a new registry, with one in it."""
    made = Accounts(store.engine)
    made.add(ANNA, "hash", NOW)
    return made


def test_an_account_is_read_as_it_was_added(accounts: Accounts) -> None:
    """Person, standing and subject come back; the password is asked for by itself."""
    boris = Account("boris", "boris", must_change=True, oidc_subject="sub-7", locked_until=NOW)
    accounts.add(boris, None, NOW)
    assert accounts.get("anna") == ANNA
    assert accounts.of_subject("sub-7") == boris
    assert accounts.all() == (ANNA, boris)
    assert accounts.all(after="anna", limit=1) == (boris,)
    assert accounts.password_of("anna") == "hash"
    assert accounts.password_of("boris") is None
    assert accounts.get("nobody") is None
    assert accounts.count == 2
    assert accounts.can_be_read()


@pytest.mark.parametrize("taken", [Account("anna", "anna"), Account("other", "other", oidc_subject="s")])
def test_no_name_and_no_subject_is_given_twice(accounts: Accounts, taken: Account) -> None:
    """The second is refused, and the first stands."""
    accounts.save(replace(ANNA, oidc_subject="s"))
    with pytest.raises(RefusedError, match="already"):
        accounts.add(taken, "other", NOW)
    assert accounts.password_of("anna") == "hash"


def test_disabling_puts_out_at_once(accounts: Accounts) -> None:
    """Sessions and tokens go with it; another person's stay."""
    accounts.add(Account("boris", "boris"), None, NOW)
    for name in ("anna", "boris"):
        accounts.open_session(f"cookie-{name}", Session(name, "csrf", NOW, NOW, NOW + HOUR))
        accounts.add_token(f"token-{name}", Token(name, name, "a program", (Permission.READ,), NOW, NOW + HOUR))
    accounts.save(replace(ANNA, disabled=True))
    assert accounts.session("cookie-anna") is None
    assert accounts.token("token-anna") is None
    assert accounts.session("cookie-boris")
    assert accounts.token("token-boris")


def test_wrong_passwords_lock_and_a_right_one_forgets_them(accounts: Accounts) -> None:
    """The third in a row locks; two, a right one and two do not."""
    allowed = {"lock_after": 3, "lock_until": NOW + HOUR}
    assert [accounts.fail("anna", **allowed) for _ in range(2)] == [False, False]  # type: ignore[arg-type]
    accounts.succeed("anna")
    assert [accounts.fail("anna", **allowed) for _ in range(3)] == [False, False, True]  # type: ignore[arg-type]
    assert accounts.get("anna") == replace(ANNA, locked_until=NOW + HOUR)
    assert not accounts.fail("nobody", **allowed)  # type: ignore[arg-type]


def test_a_new_password_unlocks_and_ends_sessions(accounts: Accounts) -> None:
    """Whoever held a session with the old one is out."""
    accounts.fail("anna", lock_after=1, lock_until=NOW + HOUR)
    accounts.open_session("cookie", Session("anna", "csrf", NOW, NOW, NOW + HOUR))
    accounts.set_password("anna", "new", must_change=True)
    assert accounts.get("anna") == replace(ANNA, must_change=True)
    assert accounts.password_of("anna") == "new"
    assert accounts.session("cookie") is None
    with pytest.raises(NotFoundError):
        accounts.set_password("nobody", "new", must_change=False)


def test_a_session_is_kept_until_it_is_closed(accounts: Accounts) -> None:
    """It is found by its secret alone, and those that ended are cleared away with the next."""
    first = Session("anna", "csrf", NOW, NOW, NOW + HOUR)
    accounts.open_session("cookie", first)
    assert accounts.session("cookie") == first
    assert accounts.session("csrf") is None
    accounts.touch("cookie", NOW + HOUR / 2)
    assert accounts.session("cookie") == replace(first, seen=NOW + HOUR / 2)
    later = replace(first, created=NOW + 2 * HOUR, expires=NOW + 3 * HOUR)
    accounts.open_session("another", later)
    assert accounts.session("cookie") is None
    accounts.close_session("another")
    assert accounts.session("another") is None


def test_tokens_are_their_owners(accounts: Accounts) -> None:
    """One is found by its secret, and only its owner takes it away."""
    token = Token("t1", "anna", "nightly", (Permission.READ, Permission.PLAN), NOW, NOW + HOUR)
    accounts.add_token("secret", token)
    assert accounts.token("secret") == token
    accounts.use_token("t1", NOW)
    assert accounts.tokens_of("anna") == (replace(token, used=NOW),)
    assert accounts.tokens_of("boris") == ()
    with pytest.raises(NotFoundError):
        accounts.drop_token("t1", "boris")
    accounts.drop_token("t1", "anna")
    assert accounts.token("secret") is None


def test_no_secret_is_in_the_database(accounts: Accounts) -> None:
    """What opens a session or a token is kept as its digest."""
    accounts.open_session("a-cookie", Session("anna", "csrf", NOW, NOW, NOW + HOUR))
    accounts.add_token("a-token", Token("t", "anna", "t", (), NOW, NOW + HOUR))
    with accounts.engine.connect() as connection:
        rows = [connection.exec_driver_sql(f"select * from {t}").all() for t in ("sessions", "tokens")]
    assert "csrf" in str(rows)
    assert "a-cookie" not in str(rows)
    assert "a-token" not in str(rows)


def test_sign_ins_are_recorded_in_order(accounts: Accounts) -> None:
    """What strangers type is kept, short and without what a terminal would act on."""
    accounts.note("anna", "192.0.2.1", "entered", NOW)
    accounts.note("\x00\x1b[2J" + "x" * 500, "192.0.2.2", "no such account", NOW + HOUR)
    first, second = accounts.sign_ins()
    assert (first.account, first.address, first.outcome, first.at) == ("anna", "192.0.2.1", "entered", NOW)
    assert second.account == "??[2J" + "x" * 195
    assert accounts.sign_ins(after=first.number) == (second,)
    assert accounts.sign_ins(limit=1) == (first,)


def test_moments_stand_in_the_order_of_time() -> None:
    """Also across time zones, and with and without fractions."""
    east = datetime(2026, 3, 1, 17, tzinfo=UTC).astimezone().replace(microsecond=1)
    assert stamp(NOW) < stamp(NOW + timedelta(microseconds=1)) < stamp(east)


def test_a_repeated_request_is_told_what_it_was_answered(store: Store) -> None:
    """While it is being done there is no answer; another key, account or route is another request."""
    asked = Asked("key", "anna", "POST /x", "digest")
    assert repeats.begin(store.engine, asked, NOW) is None
    assert repeats.begin(store.engine, asked, NOW) == Answered("digest", None, "")
    for other in (replace(asked, account="boris"), replace(asked, route="POST /y"), replace(asked, key="other")):
        assert repeats.begin(store.engine, other, NOW) is None
    repeats.finish(store.engine, asked, 201, "body")
    again = repeats.begin(store.engine, replace(asked, digest="other"), NOW)
    assert again == Answered("digest", 201, "body")


def test_a_key_is_given_back(store: Store) -> None:
    """By a request that failed, by one that was never answered, and after a day."""
    asked = Asked("key", "anna", "POST /x", "digest")
    repeats.begin(store.engine, asked, NOW)
    repeats.forget(store.engine, asked)
    assert repeats.begin(store.engine, asked, NOW) is None
    late = NOW + repeats.ABANDONED + HOUR
    assert repeats.begin(store.engine, asked, late) is None
    repeats.finish(store.engine, asked, 201, "body")
    assert repeats.begin(store.engine, asked, late + HOUR)
    assert repeats.begin(store.engine, asked, late + repeats.KEPT + HOUR) is None
