"""Verbs of the service: the REST API, for a team or a ministry, and a way back in for who is locked out."""

from __future__ import annotations

import os
import sys
from types import ModuleType
from typing import Annotated

import typer

from legation.cli.output import Json, example, put, put_json
from legation.errors import RefusedError

Where = Annotated[
    str | None,
    typer.Option(
        "--registry",
        metavar="FILE|URL",
        help="The registry, made where there is none; LEGATION_REGISTRY, else legation.db.",
        show_default=False,
    ),
]
Host = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Where to listen; LEGATION_HOST, else 127.0.0.1.", show_default=False),
]
Port = Annotated[
    int | None, typer.Option(min=1, max=65535, help="LEGATION_PORT, else 8140.", metavar="N", show_default=False)
]
BehindTls = Annotated[
    bool | None,
    typer.Option(
        "--behind-tls", help="A proxy in front speaks HTTPS; needed to listen beyond this machine.", show_default=False
    ),
]


def serve(
    where: Where = None, host: Host = None, port: Port = None, behind_tls: BehindTls = None, as_json: Json = False
) -> None:
    """Serve the REST API under /api/v1 until stopped; every other setting is a variable of the environment.

    The first start lets one administrator in, the first on record or a new one, and prints a one-time password.
    """
    from legation.settings import settings_of

    settings = settings_of(os.environ, registry=where, host=host, port=port, behind_tls=behind_tls)
    serving = _serving()
    app, first = serving.prepared(settings)
    address = f"http://{settings.host}:{settings.port}/api/v1"
    if as_json:
        put_json({"address": address, "administrator": first.name, "password": first.password})
    elif first.name:
        put(
            f"Sign in as {first.name} with the one-time password {first.password} and change it. It is not shown again."
        )
    if not as_json:
        put(f"Serving on {address} . Stop with Ctrl+C.")
    sys.stdout.flush()
    serving.serve(settings, app)


def password(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The account, or the person on record.")],
    where: Where = None,
    as_json: Json = False,
) -> None:
    """Give an account of the service a one-time password, where no administrator can; its sessions end.

    Somebody on record who has no account is given one.
    """
    from legation.settings import settings_of

    settings = settings_of(os.environ, registry=where)
    given = _serving().replaced_password(settings.registry, name)
    if as_json:
        put_json({"account": name, "password": given})
    else:
        put(f"{name} signs in with the one-time password {given} and changes it. It is not shown again.")


def _serving() -> ModuleType:
    """Import the web door; raise RefusedError where its libraries are not there."""
    try:
        from legation.web import serving
    except ModuleNotFoundError as error:
        raise RefusedError(
            f"The service needs {error.name}, which is not installed.",
            hint="Install it with: pip install 'legation[service]'",
        ) from error
    return serving


def register(door: typer.Typer) -> None:
    """Add the verbs to the door."""
    door.command(
        short_help="Serve the REST API.",
        epilog=example("legation serve", "legation serve --registry postgresql://user@host/legation --port 8140"),
    )(serve)
    door.command(
        short_help="Give an account of the service a new password.", epilog=example("legation password administrator")
    )(password)
