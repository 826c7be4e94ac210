"""Observing: request ids, logs as JSON, numbers for Prometheus, and whether the service lives and is ready."""

from __future__ import annotations

import logging
import secrets
import time
from ipaddress import ip_address
from typing import Annotated, Any, TextIO

import structlog
from fastapi import APIRouter, Depends, Request
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from legation import __version__
from legation.review.access import Permission
from legation.review.people import Person
from legation.values import value
from legation.web.access import BEARER, PUBLIC, Gate, GuardedRoute
from legation.web.problems import answer, refusal
from legation.web.room import InRoom, room_of

SECURITY = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"


@value
class Health:
    """Whether the service lives, and which version it is."""

    status: str
    version: str


class Numbers:
    """What is counted of requests; each app counts for itself."""

    def __init__(self) -> None:
        """Begin to count."""
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter("legation_requests", "Requests answered.", labels, registry=self.registry)
        self.seconds = Histogram(
            "legation_request_seconds", "Time to answer a request.", ("method", "route"), registry=self.registry
        )

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        method = method if method in METHODS else "other"  # a stranger may send any word
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(method, route).observe(seconds)


def configure_logs(level: str, stream: TextIO) -> None:
    """Write logs to a stream as one line of JSON each, ours and those of the libraries."""
    least = logging.getLevelNamesMapping()[level.upper()]
    chain: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    write = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[*chain, write],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=write, foreign_pre_chain=chain))
    logging.basicConfig(level=max(least, logging.WARNING), handlers=[handler], force=True)


class Observed:
    """Give each request an id, log and count it, set the headers of security, and answer what breaks."""

    def __init__(self, app: ASGIApp, *, numbers: Numbers, behind_tls: bool) -> None:
        """Stand around an app."""
        self.app, self.numbers, self.behind_tls = app, numbers, behind_tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id, began, status, answered = secrets.token_hex(8), time.perf_counter(), 500, False
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        log = structlog.get_logger()

        async def observed(message: Message) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status, answered = message["status"], True
                self._mark(MutableHeaders(scope=message), request_id)
            await send(message)

        try:
            await self.app(scope, receive, observed)
        except Exception:  # the outermost place: whatever broke, the log has why, and the visitor an answer
            log.exception("broken")
            if answered:  # too late for another: the server breaks off what was begun
                self._note(scope, 500, time.perf_counter() - began)
                raise
            broken = refusal("broken", "Something broke on our side; the log says what, under this id.")
            await answer(broken, request_id)(scope, receive, observed)
        self._note(scope, status, time.perf_counter() - began)

    def _mark(self, headers: MutableHeaders, request_id: str) -> None:
        headers["X-Request-Id"] = request_id
        for name, said in SECURITY.items():
            headers.setdefault(name, said)
        if self.behind_tls:
            headers["Strict-Transport-Security"] = STRICT_TRANSPORT

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        """Log and count; queries are left out of the log, since they may hold what nobody should read there."""
        route = getattr(scope.get("route"), "path", "unknown")
        visitor = scope["state"].get("visitor")
        structlog.get_logger().info(
            "request",
            method=scope["method"],
            path=scope["path"],
            route=route,
            status=status,
            seconds=round(seconds, 4),
            account=visitor.account.name if visitor else "",
        )
        self.numbers.count(scope["method"], route, status, seconds)


# Routes


router = APIRouter(route_class=GuardedRoute, tags=["service"])


class OnThisMachine(Gate):
    """Lets through what comes from this machine or knows the token of metrics, and else asks for the permission."""

    def __call__(self, request: Request) -> Person:
        """Return nobody for this machine and for Prometheus, else the person who asks."""
        settings = room_of(request).settings
        said = request.headers.get("authorization", "").removeprefix(BEARER)
        if settings.metrics_token and secrets.compare_digest(said.encode(), settings.metrics_token.encode()):
            return Person("")
        # Behind a proxy every request may seem to come from this machine.
        if not settings.behind_tls and is_loopback(request.client.host if request.client else ""):
            return Person("")
        return super().__call__(request)


def is_loopback(address: str) -> bool:
    """Tell whether an address is of this machine alone."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


@router.get("/health", dependencies=[PUBLIC])
def health() -> Health:
    """Say that the service lives."""
    return Health("alive", __version__)


@router.get("/ready", dependencies=[PUBLIC])
def ready(room: InRoom) -> Health:
    """Say that the service can serve: its registry can be read."""
    if not room.is_ready():
        raise refusal("unavailable", "The registry cannot be read.")
    return Health("ready", __version__)


NUMBERS = {
    "schema": {"type": "string"},
    "example": 'legation_requests_total{method="GET",route="/api/v1/cases",status="200"} 7.0',
}


@router.get(
    "/metrics",
    response_class=PlainTextResponse,
    responses={200: {"description": "The numbers.", "content": {"text/plain": NUMBERS}}},
)
def metrics(request: Request, _person: Annotated[Person, Depends(OnThisMachine(Permission.ADMINISTER))]) -> Response:
    """Tell the numbers of the service in the format of Prometheus."""
    numbers: Numbers = request.app.state.numbers
    return Response(generate_latest(numbers.registry), media_type=CONTENT_TYPE_LATEST)
