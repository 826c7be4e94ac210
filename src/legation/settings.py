"""Settings of the service: each has a default that is safe on one machine, and a variable of the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, get_type_hints

from legation.errors import Finding, InvalidError, Severity
from legation.values import value

PREFIX = "LEGATION_"
YES, NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")


@value
class Settings:
    """How the service runs.

    registry: the registry: a file, or postgresql://…
    host: address to listen on; anything but loopback needs `behind_tls`
    port: port to listen on
    behind_tls: whether a proxy in front of the service speaks HTTPS; cookies are then sent over HTTPS alone
    public_url: where people reach the service, as https://legation.example.org; OIDC returns there
    proxies: addresses of proxies whose word on a visitor's address is taken, separated by commas
    session_hours: how long a sign-in lasts at most
    idle_minutes: after how long without a request a sign-in ends
    lock_after: wrong passwords in a row after which an account is locked
    lock_minutes: how long it is locked
    sign_in_rate: sign-ins allowed to one account
    address_rate: sign-ins allowed to one address, which a whole ministry may share
    request_rate: requests allowed to one address
    upload_megabytes: largest body of a request
    unpacked_megabytes: largest size of an uploaded case once it is unpacked
    kept_megabytes: how much of the record, as text, each process keeps decoded for the next reader
    oidc_issuer: address of the ministry's identity provider; empty for local accounts alone
    oidc_client_id: how the provider knows the service
    oidc_client_secret: its secret there
    oidc_scopes: what is asked of the provider
    oidc_name_claim: the claim that names a person in the record
    oidc_roles_claim: the claim that lists a person's groups
    oidc_roles: which group gives which role, as "mfa-planners=planner, mfa-finance=finance"
    cookie_secret: signs the cookie of a sign-in by OIDC under way; made anew at each start where empty
    log_level: the least level that is logged: debug, info, warning or error
    metrics_token: lets Prometheus read /metrics from another machine, as a bearer token
    """

    registry: str = "legation.db"
    host: str = "127.0.0.1"
    port: int = 8140
    behind_tls: bool = False
    public_url: str = ""
    proxies: str = "127.0.0.1"
    session_hours: int = 12
    idle_minutes: int = 60
    lock_after: int = 5
    lock_minutes: int = 15
    sign_in_rate: str = "10/minute"
    address_rate: str = "60/minute"
    request_rate: str = "1200/minute"
    upload_megabytes: int = 32
    unpacked_megabytes: int = 256
    kept_megabytes: int = 32
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_scopes: str = "openid profile"
    oidc_name_claim: str = "preferred_username"
    oidc_roles_claim: str = "groups"
    oidc_roles: str = ""
    cookie_secret: str = ""
    log_level: str = "info"
    metrics_token: str = ""


SECRETS = ("oidc_client_secret", "cookie_secret", "metrics_token")


def settings_of(environment: Mapping[str, str], **given: object) -> Settings:
    """Read LEGATION_NAME, or the file that LEGATION_NAME_FILE names; what is given and not None goes before.

    Raises InvalidError with a finding for each variable that cannot be used.
    """
    types, found, read = get_type_hints(Settings), [], dict[str, Any]()
    for name in (field.name for field in fields(Settings)):
        variable = PREFIX + name.upper()
        try:
            text = _text(environment, variable)
            if text is not None:
                read[name] = _parsed(text, types[name])
        except (ValueError, OSError) as error:
            found.append(_finding(variable, str(error)))
    if found:
        raise InvalidError("; ".join(f.message for f in found), tuple(found))
    return replace(Settings(), **(read | {n: v for n, v in given.items() if v is not None}))


def _text(environment: Mapping[str, str], variable: str) -> str | None:
    """Return what a variable says; a secret is better kept in a file, which no list of processes shows."""
    file = environment.get(f"{variable}_FILE")
    return Path(file).read_text(encoding="utf-8").strip() if file else environment.get(variable)


def _parsed(text: str, wanted: type) -> object:
    if wanted is bool:
        if text.lower() not in (*YES, *NO):
            raise ValueError("should be true or false")
        return text.lower() in YES
    if wanted is int:
        if not text.isdigit() or int(text) == 0:
            raise ValueError("should be a whole number above 0")
        return int(text)
    return text


def _finding(variable: str, clause: str) -> Finding:
    remedy = "Correct the variable of the environment and start again."
    return Finding("invalid-setting", Severity.ERROR, variable, f"{variable} {clause}", remedy)
