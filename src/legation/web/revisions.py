"""Revisions over HTTP: ETags and If-Match, requests that may be sent twice, and pages of long lists."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import Header, Query, Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from legation import __version__
from legation.errors import ConflictError
from legation.store import repeats
from legation.store.repeats import Asked
from legation.web.problems import refusal
from legation.web.room import room_of

T = TypeVar("T")
TAG = re.compile(r'(?:W/)?"([0-9]{1,18})"')
KEY = "Idempotency-Key"
LONGEST_KEY = 200
MOST = 1000
LAST = 2**31 - 1  # number that any row of a registry may have

IfMatch = Annotated[
    str,
    Header(
        alias="If-Match",
        description="The ETag of what was read.",
        examples=['"7"'],
        json_schema_extra={"pattern": r'^((W/)?"[0-9]{1,18}")?$'},
    ),
]
IfNoneMatch = Annotated[
    str, Header(alias="If-None-Match", description="'*' to write only what is not there yet.", examples=["*"])
]
Limit = Annotated[int, Query(ge=1, le=MOST, description="How many at most.")]
Cursor = Annotated[
    str,
    Query(
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f]*$",
        description="Where to go on: as the last page's Link says.",
    ),
]
Count = Annotated[
    str,
    Query(description="Where to go on: as the last page's Link says.", json_schema_extra={"pattern": "^[0-9]{0,18}$"}),
]


# Revisions


def tag(revision: int | None) -> str:
    """Return the ETag of a record: the revision that wrote it."""
    return f'"{revision or 0}"'


class UnchangedError(Exception):
    """The reader has what would be sent, under this ETag."""


def tagged(request: Request, response: Response, last: int, *, derived: bool = False) -> None:
    """Give an answer the ETag of the last revision that it says anything of; raise UnchangedError where it is known.

    derived: whether the answer also rests on how this version counts, and not on the record alone
    """
    held = f'"{last}-{__version__}"' if derived else tag(last)
    if last and _is_known(request, held):
        raise UnchangedError(held)
    response.headers["ETag"] = held


def read_revision(if_match: str) -> int:
    """Return the revision a writer read; raise the problem 428 where they did not say."""
    if not if_match:
        raise refusal("precondition-needed", "The header If-Match is missing.", hint="Read it first; send its ETag.")
    found = TAG.fullmatch(if_match.strip())
    if not found:
        raise refusal("usage", f"{if_match[:40]!r} is no ETag of ours.", hint='It looks like "7".')
    return int(found[1])


def refuse_changed(if_match: str, held: int | None) -> int:
    """Return the revision a writer read; raise the problem 412 where another holds by now, 428 without If-Match."""
    read = read_revision(if_match)
    if read != (held or 0):
        raise refusal(
            "precondition-failed",
            f"It was last written by revision {held or 0}, you read {read}.",
            hint="Read it again, make your change on that, and send its ETag.",
        )
    return read


def refuse_present(if_none_match: str, held: int | None) -> None:
    """Raise the problem 412 where a writer asked to make what is there already."""
    if if_none_match.strip() == "*" and held is not None:
        raise refusal("precondition-failed", f"It is there already, written by revision {held}.")


# Pages


def paged(
    request: Request, response: Response, found: Sequence[T], limit: int, cursor: Callable[[T], object]
) -> list[T]:
    """Return a page of what was found, and tell in `Link` where the next one is.

    found: one more than the limit where there is more; cursor: what `after` has to say to go on behind an item
    """
    page = list(found[:limit])
    if len(found) > limit:
        query = {**dict(request.query_params), "limit": limit, "after": str(cursor(page[-1]))}
        response.headers["Link"] = f'<{request.url.path}?{urlencode(query)}>; rel="next"'
    return page


def number(after: str) -> int:
    """Read a cursor that is a number; raise the problem 400 where it is none."""
    if not after:
        return 0
    if not (after.isascii() and after.isdigit()) or len(after) > 18:
        raise refusal("usage", f"{after[:40]!r} is no cursor of this list.", hint="Leave `after` out to start anew.")
    return min(int(after), LAST)


# Requests that may be sent twice


Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Repeatable(APIRoute):
    """A route whose POST may carry an Idempotency-Key: sent again, it is answered as it was, and not done again."""

    repeatable = True  # not where the answer tells a secret, which is not to be kept

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401
        """Make the route; one that takes POST tells of the header."""
        if self.repeatable and "POST" in (options.get("methods") or ()):
            options["openapi_extra"] = {**(options.get("openapi_extra") or {}), "parameters": [PARAMETER]}
        super().__init__(path, endpoint, **options)

    async def whose(self, _request: Request) -> str:
        """Return the name of the account that asks."""
        raise NotImplementedError

    def get_route_handler(self) -> Handler:
        """Return the handler that looks for the key first."""
        handle = super().get_route_handler()

        async def once(request: Request) -> Response:
            key = request.headers.get(KEY, "")
            if request.method != "POST" or not key:
                return await _read(request, handle)
            if not self.repeatable:
                raise refusal("usage", f"{self.path} takes no {KEY}: its answer is told once.", hint="Leave it out.")
            return await _once(request, handle, await self._asked(request, key))

        return once

    async def _asked(self, request: Request, key: str) -> Asked:
        if len(key) > LONGEST_KEY or not (key.isascii() and key.isprintable()):
            raise refusal("usage", f"An {KEY} has at most {LONGEST_KEY} printable characters of ASCII.")
        heads = (request.headers.get(name, "") for name in ("content-type", "if-match", "if-none-match"))
        said = "\n".join((f"{request.url.path}?{request.url.query}", *heads, "")).encode()
        digest = sha256(said + await request.body()).hexdigest()
        return Asked(key, await self.whose(request), f"POST {request.url.path}", digest)


async def _read(request: Request, handle: Handler) -> Response:
    """Answer 304 without a body where the reader has what would be sent."""
    try:
        response = await handle(request)
    except UnchangedError as known:
        return Response(status_code=304, headers={"etag": str(known)})
    held = response.headers.get("etag")
    return Response(status_code=304, headers={"etag": held}) if held and _is_known(request, held) else response


def _is_known(request: Request, held: str) -> bool:
    known = request.headers.get("if-none-match", "")
    return request.method == "GET" and held in re.split(r"\s*,\s*(?:W/)?|^W/", known)


PARAMETER = {
    "name": KEY,
    "in": "header",
    "required": False,
    "description": "Any text of your own. Sent again within a day with the same key, the request is not done again.",
    "schema": {"type": "string", "maxLength": LONGEST_KEY, "pattern": "^[ -~]*$"},
    "example": "5f0c1a0e-import",
}
KEPT_HEADERS = ("content-type", "etag", "location", "link")


async def _once(request: Request, handle: Handler, asked: Asked) -> Response:
    engine = room_of(request).store.engine
    before = await run_in_threadpool(repeats.begin, engine, asked, datetime.now(UTC))
    if before:
        return _again(before, asked)
    done = False
    try:
        response = await handle(request)
        done = response.status_code < 300
        if done:
            await run_in_threadpool(repeats.finish, engine, asked, response.status_code, _kept(response))
        return response
    finally:
        if not done:
            await run_in_threadpool(repeats.forget, engine, asked)


def _again(before: repeats.Answered, asked: Asked) -> Response:
    if before.digest != asked.digest:
        raise refusal("key-reused", f"The {KEY} was used for another request.", hint="Use a new one.")
    if before.status is None:
        raise ConflictError("The same request is being done.", hint="Ask again in a moment.")
    kept = json.loads(before.body)
    return Response(kept["body"], before.status, kept["headers"])


def _kept(response: Response) -> str:
    headers = {n: response.headers[n] for n in KEPT_HEADERS if n in response.headers}
    return json.dumps({"headers": headers, "body": bytes(response.body).decode()})
