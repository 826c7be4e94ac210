"""The app: the groups of routes together, and what stands around each request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse

from legation import __version__
from legation.settings import Settings
from legation.store import Store
from legation.web import (
    administration,
    cases,
    delivery,
    entering,
    imports,
    inquiries,
    library,
    observing,
    oidc,
    planning,
    problems,
    record,
    review,
    world,
)
from legation.web.access import API, PUBLIC, GuardedRoute
from legation.web.bodies import JSON, Bounded
from legation.web.describing import described
from legation.web.room import Room

GROUPS: tuple[APIRouter, ...] = (
    observing.router,
    entering.router,
    oidc.router,
    administration.router,
    cases.router,
    imports.router,
    record.router,
    planning.router,
    inquiries.router,
    review.router,
    delivery.router,
    library.router,
    world.router,
)
"""All groups of routes; another module of routes adds its own here."""


def create_app(settings: Settings, *, transport: object = None) -> FastAPI:
    """Open the registry and make the app on it; transport: how the identity provider is reached, for tests."""
    room = Room(settings, Store(settings.registry, keep=settings.kept_megabytes * 2**20))

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        yield
        room.close()

    app = FastAPI(
        title="Legation",
        version=__version__,
        summary="Where a State is represented: the record, plans, their review and delivery.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=life,
        redirect_slashes=False,
    )
    app.state.room = room
    app.state.numbers = observing.Numbers()
    problems.register(app)
    for group in (*GROUPS, _description(app)):
        app.router.routes.extend(group.routes)  # include_router would wrap them, and hide what they declare
    oidc.surround(app, settings, transport=transport)
    app.add_middleware(Bounded, room=room)
    app.add_middleware(observing.Observed, numbers=app.state.numbers, behind_tls=settings.behind_tls)
    return app


def _description(app: FastAPI) -> APIRouter:
    router = APIRouter(route_class=GuardedRoute, tags=["service"])

    texts = {name: {"type": "string"} for name in ("title", "version", "summary")}
    parts = {name: {"type": "object"} for name in ("paths", "components")}
    fields = {"openapi": {"type": "string", "pattern": r"^3\.1\."}, "info": {"type": "object", "properties": texts}}
    schema = {"type": "object", "properties": {**fields, **parts}, "required": ["openapi", "info", "paths"]}
    shape = {"schema": schema, "example": {"openapi": "3.1.0", "info": {"title": "Legation"}, "paths": {}}}

    @router.get(
        f"{API}/openapi.json",
        dependencies=[PUBLIC],
        response_class=JSONResponse,
        responses={200: {"description": "The description.", "content": {JSON: shape}}},
    )
    def openapi() -> JSONResponse:
        """Describe the API, as OpenAPI 3.1."""
        return JSONResponse(described(app))

    return router
