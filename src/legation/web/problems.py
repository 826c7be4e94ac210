"""Problems: every error of the API in the form of RFC 9457, with our codes and findings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import DecimalException

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from legation import codec
from legation.errors import (
    ConflictError,
    Finding,
    ForbiddenError,
    InfeasibleError,
    InvalidError,
    LegationError,
    NotFoundError,
    OutOfDateError,
    RefusedError,
    Severity,
    UnsolvedError,
)
from legation.values import value

MEDIA_TYPE = "application/problem+json"


@value
class ProblemDetails:
    """Why a request was not done, after RFC 9457.

    type: names the kind of problem, as urn:legation:problem:CODE
    title: the kind in words; status: the HTTP status; detail: what happened this time; instance: id of the request,
    as the log knows it
    code: the kind for machines; hint: a way out
    findings: every fault of what was sent; conflict, relaxations: for a brief that cannot be met, the rules that
    cannot hold together, and the least change to each that would heal it
    """

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    hint: str = ""
    findings: tuple[Finding, ...] = ()
    conflict: tuple[str, ...] = ()
    relaxations: tuple[str, ...] = ()


class RequestError(LegationError):
    """A request that cannot be served as it is, by the rules of HTTP: its status and code are given."""

    def __init__(
        self, status: int, kind: str, message: str, *, hint: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        """Keep the status, the code and headers of the answer."""
        super().__init__(message, hint=hint)
        self.status = status
        self.code = kind
        self.headers = dict(headers or {})


STATUSES: dict[type[LegationError], tuple[int, str]] = {
    InvalidError: (422, "What was sent cannot be used"),
    InfeasibleError: (422, "No plan satisfies the brief"),
    UnsolvedError: (422, "The solver found no plan"),
    NotFoundError: (404, "It is not there"),
    ForbiddenError: (403, "Not allowed"),
    ConflictError: (409, "Somebody else changed it in the meantime"),
    OutOfDateError: (409, "Two things that belong together do not"),
    RefusedError: (409, "Refused"),
    LegationError: (422, "It could not be done"),
}
"""The status and title of each kind of error; a kind that is not named has those of the kind it is one of."""

REFUSALS: dict[str, tuple[int, str]] = {
    "usage": (400, "The request cannot be understood"),
    "sign-in-needed": (401, "Sign in first"),
    "sign-in-failed": (401, "The name or the password is wrong"),
    "password-to-change": (403, "Change the password first"),
    "csrf": (403, "The request may come from another page"),
    "method-not-allowed": (405, "No such method here"),
    "not-acceptable": (406, "Not in that form"),
    "precondition-failed": (412, "It was changed since it was read"),
    "too-large": (413, "Too large"),
    "unsupported-media": (415, "Not a kind of file that is read"),
    "key-reused": (422, "The key belongs to another request"),
    "precondition-needed": (428, "Say which revision was read"),
    "too-many-requests": (429, "Too many requests"),
    "broken": (500, "Something broke on our side"),
    "unavailable": (503, "Not ready"),
}
"""The status and title of each kind of problem that only a request can have."""


def refusal(kind: str, message: str, *, hint: str = "", headers: Mapping[str, str] | None = None) -> RequestError:
    """Make the error for a request that cannot be served as it is."""
    return RequestError(REFUSALS[kind][0], kind, message, hint=hint, headers=headers)


def problem_of(error: LegationError, request_id: str) -> ProblemDetails:
    """Tell an error as a problem."""
    status, title = _kind(error)
    return ProblemDetails(
        f"urn:legation:problem:{error.code}",
        title,
        status,
        str(error),
        request_id,
        error.code,
        error.hint,
        error.findings if isinstance(error, InvalidError) else (),
        error.conflict if isinstance(error, InfeasibleError) else (),
        error.relaxations if isinstance(error, InfeasibleError) else (),
    )


def _kind(error: LegationError) -> tuple[int, str]:
    if isinstance(error, RequestError):
        return error.status, REFUSALS[error.code][1]
    return next(STATUSES[cls] for cls in type(error).__mro__ if cls in STATUSES)


def answer(error: LegationError, request_id: str) -> Response:
    """Make the answer to a request that failed."""
    problem = problem_of(error, request_id)
    headers = error.headers if isinstance(error, RequestError) else {}
    return Response(codec.dump(problem), problem.status, headers, MEDIA_TYPE)


def register(app: FastAPI) -> None:
    """Let every error that reaches the app be answered as a problem."""
    app.add_exception_handler(LegationError, _of_legation)
    app.add_exception_handler(RequestValidationError, _of_request)
    app.add_exception_handler(DecimalException, _of_arithmetic)
    app.add_exception_handler(HTTPException, _of_http)


def request_id(request: Request) -> str:
    """Return the id of a request, as the log knows it."""
    return str(request.scope.get("state", {}).get("request_id", ""))


async def _of_legation(request: Request, error: Exception) -> Response:
    assert isinstance(error, LegationError)  # noqa: S101 - registered for this kind
    return answer(error, request_id(request))


async def _of_arithmetic(request: Request, _error: Exception) -> Response:
    said = InvalidError("Numbers on record are too large to be counted with.", hint="Correct ceilings, costs or rates.")
    return answer(said, request_id(request))


async def _of_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this kind
    found = tuple(_finding(e) for e in error.errors())
    return answer(InvalidError("; ".join(f.message for f in found), found), request_id(request))


def _finding(error: Mapping[str, object]) -> Finding:
    loc = error["loc"]
    path = [str(step) for step in loc] if isinstance(loc, tuple) else []
    where, name = path[0] if path else "body", ".".join(path[1:])
    message = f"{name or where}: {str(error['msg'])[:1].lower()}{str(error['msg'])[1:]}"
    given = error.get("input")
    shown = given if isinstance(given, str) else json.dumps(given, default=str)
    return Finding(
        "invalid-field", Severity.ERROR, where, message, "Correct it and send it again.", column=name, value=shown[:80]
    )


HTTP_CODES = {404: "not-found", 405: "method-not-allowed", 400: "usage", 413: "too-large"}


async def _of_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this kind
    if error.status_code == 404:
        return answer(NotFoundError(f"There is nothing at {request.url.path}."), request_id(request))
    kind = HTTP_CODES.get(error.status_code, "usage")
    headers = {**(error.headers or {}), **({"Allow": _allowed(request)} if error.status_code == 405 else {})}
    return answer(refusal(kind, str(error.detail), headers=headers), request_id(request))


def _allowed(request: Request) -> str:
    """Name the methods of all routes at an address; the framework names those of the first."""
    here = (r for r in request.app.routes if r.matches(request.scope)[0] is not Match.NONE)
    return ", ".join(sorted({method for route in here for method in route.methods}))
