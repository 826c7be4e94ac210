"""Entering by a provider of identity: with PKCE, state and nonce, against a provider made for the tests."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from visitors import Door, Visitor, problem

from legation.chancery.people import put_person
from legation.errors import InvalidError
from legation.review.people import Person, Role
from legation.settings import Settings
from legation.store.accounts import Account

ISSUER = "https://id.example.org"
PUBLIC = "https://legation.example.org"


@dataclass
class Provider:
    """A provider that knows one person; what it says can be made wrong."""

    key: Any = field(default_factory=lambda: ECKey.generate_key("P-256"))
    signed_by: Any = None
    claims: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    down: bool = False
    issuer: str = ISSUER

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer the service."""
        if self.down:
            raise httpx.ConnectError("nobody there")
        if request.url.path == "/.well-known/openid-configuration":
            ends = {name: f"{ISSUER}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
            return httpx.Response(
                200, json={"issuer": self.issuer, **ends, "id_token_signing_alg_values_supported": ["ES256"]}
            )
        if request.url.path == "/jwks_uri":
            return httpx.Response(200, json={"keys": [self.key.as_dict(private=False)]})
        return self._token({name: said[0] for name, said in parse_qs(request.content.decode()).items()})

    def _token(self, said: dict[str, str]) -> httpx.Response:
        challenge = urlsafe_b64encode(sha256(said["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if said["code"] != "good" or challenge != self.asked["code_challenge"]:
            return httpx.Response(400, json={"error": "invalid_grant"})
        claims = {"iss": ISSUER, "aud": "legation", "sub": "s-7", "iat": 1, "exp": 2**33, "nonce": self.asked["nonce"]}
        claims |= {"preferred_username": "aizhan", "groups": ["mfa-planners", "mfa-all"]} | self.claims
        token = jwt.encode({"alg": "ES256"}, claims, self.signed_by or self.key)
        return httpx.Response(200, json={"access_token": "a", "token_type": "Bearer", "id_token": token})

    def visit(self, visitor: Visitor, *, code: str = "good", state: str = "") -> httpx.Response:
        """Send somebody there and back."""
        gone = visitor.get("/session/oidc")
        assert gone.status_code == 303
        self.asked = {name: said[0] for name, said in parse_qs(urlsplit(gone.headers["location"]).query).items()}
        return visitor.get(f"/session/oidc/return?code={code}&state={state or self.asked['state']}")


def opened(tmp_path: Path, provider: Provider, **settings: Any) -> Door:
    """Open a door that knows the provider."""
    said = {"oidc_roles": "mfa-planners=planner, mfa-finance=finance", **settings}
    made = Settings(
        registry=str(tmp_path / "x.db"), public_url=PUBLIC, oidc_issuer=ISSUER, oidc_client_id="legation", **said
    )
    return Door(made, transport=httpx.MockTransport(provider))


def test_somebody_enters_whom_the_provider_knows(tmp_path: Path) -> None:
    """The challenge is of S256, the account is made, and its roles follow the groups from then on."""
    provider = Provider()
    door = opened(tmp_path, provider)
    visitor = door.stranger()
    back = provider.visit(visitor)
    assert (back.status_code, back.headers["location"]) == (303, "/")
    assert provider.asked["code_challenge_method"] == "S256"
    assert provider.asked["redirect_uri"] == f"{PUBLIC}/api/v1/session/oidc/return"
    told = visitor.get("/session").json()
    assert (told["name"], told["roles"], told["must_change"]) == ("aizhan", ["planner"], False)
    assert visitor.get("/cases").status_code == 200
    provider.claims = {"groups": "mfa-finance", "preferred_username": "renamed"}
    provider.visit(visitor)
    told = visitor.get("/session").json()
    assert (told["name"], told["roles"]) == ("aizhan", ["finance"])
    revisions = [(r.actor, r.reason) for r in door.room.store.revisions()]
    assert revisions == [("identity provider", f"Roles of aizhan: {role}") for role in ("planner", "finance")]
    assert [e.outcome for e in door.room.accounts.sign_ins()] == ["entered by OIDC"] * 2
    assert problem(door.stranger().sign_in("aizhan", "")) == (401, "sign-in-failed")
    door.close()


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example.org"},
        {"aud": "another"},
        {"nonce": "another"},
        {"exp": 2},
        {"sub": None},
    ],
)
def test_a_token_that_is_not_for_us_is_refused(tmp_path: Path, claims: dict[str, Any]) -> None:
    """Of another issuer, for another service, of another visit, too old, or of nobody."""
    provider = Provider(claims=claims)
    door = opened(tmp_path, provider)
    assert problem(provider.visit(door.stranger())) == (401, "sign-in-failed")
    assert door.room.accounts.count == 0
    assert door.room.accounts.sign_ins()[0].outcome.startswith("refused by OIDC")
    door.close()


def test_a_provider_that_calls_itself_another_is_refused(tmp_path: Path) -> None:
    """The issuer is the one of the settings, whatever the provider and its token agree on."""
    other = "https://other.example.org"
    door = opened(tmp_path, provider := Provider(issuer=other, claims={"iss": other}))
    assert problem(provider.visit(door.stranger())) == (401, "sign-in-failed")
    door.close()


def test_a_forged_return_is_refused(tmp_path: Path) -> None:
    """With another's signature, a wrong code, a state of nobody's, or in a browser that never left."""
    provider = Provider()
    door = opened(tmp_path, provider)
    assert problem(provider.visit(door.stranger(), code="bad")) == (401, "sign-in-failed")
    assert problem(provider.visit(door.stranger(), state="invented")) == (401, "sign-in-failed")
    provider.visit(door.stranger(), state="for-somebody-else")
    stolen = provider.asked["state"]
    assert problem(door.stranger().get(f"/session/oidc/return?code=good&state={stolen}")) == (401, "sign-in-failed")
    assert problem(door.stranger().get("/session/oidc/return?error=access_denied")) == (401, "sign-in-failed")
    provider.signed_by = ECKey.generate_key("P-256")
    assert problem(provider.visit(door.stranger())) == (401, "sign-in-failed")
    assert door.room.accounts.count == 0
    door.close()


def test_who_has_no_role_or_is_disabled_does_not_enter(tmp_path: Path) -> None:
    """Nor does anybody take over an account of the same name."""
    provider = Provider(claims={"groups": ["mfa-all"]})
    door = opened(tmp_path, provider)
    assert problem(provider.visit(door.stranger())) == (403, "forbidden")
    door.account("Aizhan", Role.ADMINISTRATOR)
    provider.claims = {}
    assert problem(provider.visit(door.stranger())) == (403, "forbidden")
    put_person(door.room.store, "root", Person("dina", (Role.FINANCE,)), datetime.now(UTC))
    provider.claims = {"preferred_username": "Dina"}
    assert problem(provider.visit(door.stranger())) == (403, "forbidden"), "nor a person who is on record"
    provider.claims = {"preferred_username": "boris", "sub": "s-8"}
    assert provider.visit(door.stranger()).status_code == 303
    door.room.accounts.save(Account("boris", "boris", disabled=True, oidc_subject="s-8"))
    assert problem(provider.visit(door.stranger())) == (403, "forbidden")
    door.close()


def test_without_groups_an_administrator_makes_the_account(tmp_path: Path) -> None:
    """For the subject that the provider knows; nobody else enters."""
    provider = Provider()
    door = opened(tmp_path, provider, oidc_roles="")
    assert problem(provider.visit(door.stranger())) == (403, "forbidden")
    root = door.signed_in("root", Role.ADMINISTRATOR)
    made = root.post("/accounts", json={"name": "aizhan", "roles": ["auditor"], "oidc_subject": "s-7"})
    assert made.json()["password"] == ""
    visitor = door.stranger()
    assert provider.visit(visitor).status_code == 303
    assert visitor.get("/session").json()["roles"] == ["auditor"]
    door.close()


def test_a_provider_that_does_not_answer_is_told(tmp_path: Path, door: Door) -> None:
    """And a service without a provider has no such way in."""
    broken = opened(tmp_path, Provider(down=True))
    assert problem(broken.stranger().get("/session/oidc")) == (503, "unavailable")
    broken.close()
    assert problem(door.stranger().get("/session/oidc")) == (404, "not-found")
    assert problem(door.stranger().get("/session/oidc/return")) == (404, "not-found")


@pytest.mark.parametrize(
    "wrong", [{"public_url": ""}, {"oidc_client_id": ""}, {"oidc_roles": "mfa=boss"}, {"oidc_roles": "x"}]
)
def test_settings_that_do_not_go_together_are_refused(tmp_path: Path, wrong: dict[str, str]) -> None:
    """Before anything is served."""
    said = {"public_url": PUBLIC, "oidc_client_id": "legation", **wrong}
    with pytest.raises(InvalidError):
        Door(Settings(registry=str(tmp_path / "x.db"), oidc_issuer=ISSUER, **said))  # type: ignore[arg-type]
