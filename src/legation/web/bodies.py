"""Bodies: how much may be sent, how fast, and values read as strictly as everywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any, TypeVar

from fastapi import Depends, Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from legation import codec
from legation.errors import InvalidError
from legation.web.problems import RequestError, answer, refusal
from legation.web.room import Room

T = TypeVar("T")
JSON = "application/json"
MAGNITUDE = 18  # powers of ten that a number may have: exact sums with more of them take for ever
UNCOUNTED = ("/health", "/ready", "/metrics")  # asked by machines, every few seconds


class Said:
    """A dependency that reads the body as JSON of a kind; every fault of it is told at once."""

    def __init__(self, cls: type) -> None:
        """Keep what is to be read."""
        self.cls = cls

    async def __call__(self, request: Request) -> Any:  # noqa: ANN401 - of the type that was asked for
        """Return the value; raise the problem 415 for another type of body, InvalidError for what is no such value."""
        media_type(request, JSON)
        try:
            text = (await request.body()).decode()
        except UnicodeDecodeError as error:
            raise refusal("usage", "The body is not UTF-8.") from error
        return refuse_immense(codec.load(self.cls, text))


def refuse_immense(thing: T) -> T:
    """Return what was sent; raise InvalidError where a number in it is too large or too fine to be counted with."""
    found = next(_immense(thing), None)
    if found is not None:
        raise InvalidError(
            f"The number {str(found)[:40]} is too large, or too fine, to be counted with.",
            hint=f"Stay within 1E-{MAGNITUDE} and 1E+{MAGNITUDE}.",
        )
    return thing


def _immense(thing: object) -> Iterator[Decimal]:
    if isinstance(thing, Decimal):
        if not thing.is_finite() or (thing and abs(thing.adjusted()) > MAGNITUDE):
            yield thing
    elif is_dataclass(thing):
        for field in fields(thing):
            yield from _immense(getattr(thing, field.name))
    elif isinstance(thing, tuple | list):
        for item in thing:
            yield from _immense(item)


def said(cls: type) -> Any:  # noqa: ANN401 - a mark for the framework
    """Declare what a route reads of its body, as the second part of an Annotated argument."""
    return Depends(Said(cls))


def media_type(request: Request, *known: str) -> str:
    """Return the type of a body; raise the problem 415 for one that is not known."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in known:
        raise refusal(
            "unsupported-media", f"The Content-Type is '{given[:80]}'.", hint=f"What is read here: {', '.join(known)}."
        )
    return given


class Bounded:
    """Refuse bodies that are too large, by what they say of themselves and by what comes, and visitors in a rush."""

    def __init__(self, app: ASGIApp, *, room: Room) -> None:
        """Stand around an app."""
        self.app, self.room = app, room
        self.most = room.settings.upload_megabytes * 2**20

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refused = self._hurried(scope) or self._oversized(scope)
        if refused:
            await answer(refused, scope["state"]["request_id"])(scope, receive, send)
            return
        come = 0

        async def limited() -> Message:
            nonlocal come
            message = await receive()
            come += len(message.get("body", b""))
            if come > self.most:
                raise self._too_large()
            return message

        await self.app(scope, limited, send)

    def _hurried(self, scope: Scope) -> RequestError | None:
        if scope["path"] in UNCOUNTED:
            return None
        try:
            self.room.hit(self.room.settings.request_rate, "request", (scope.get("client") or ("",))[0])
        except RequestError as error:
            return error
        return None

    def _oversized(self, scope: Scope) -> RequestError | None:
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isascii() or not length.isdigit():
            return refusal("usage", "The Content-Length is no number.")
        return self._too_large() if int(length) > self.most else None

    def _too_large(self) -> RequestError:
        return refusal("too-large", f"A body may have {self.most} bytes.")
