"""The description of the API: OpenAPI 3.1, with our own schemas of what is sent, problems, and an example of each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, get_args, get_origin

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi

from legation import codec
from legation.review.access import Permission, allowed
from legation.web.access import Entry, GuardedRoute
from legation.web.bodies import JSON, Said
from legation.web.examples import examples
from legation.web.problems import MEDIA_TYPE, ProblemDetails

REF = "#/components/schemas/"
SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token, from POST /api/v1/tokens."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "legation",
        "description": "The cookie of a session, from POST /api/v1/session; writes say X-CSRF-Token with it.",
    },
}
NAMED = re.compile(re.escape(REF) + r"(\w+)")


def guarded(app: FastAPI) -> tuple[GuardedRoute, ...]:
    """Return every route of an app, in order; raise TypeError for one that declares no permission."""
    strange = next((r for r in app.routes if not isinstance(r, GuardedRoute)), None)
    if strange:
        raise TypeError(f"{strange} declares no permission.")
    return tuple(r for r in app.routes if isinstance(r, GuardedRoute))


def described(app: FastAPI) -> dict[str, Any]:
    """Describe an app."""
    if app.openapi_schema is None:
        made: dict[str, Any] = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            routes=app.routes,
            separate_input_output_schemas=False,
        )
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        schemas |= _schemas(ProblemDetails)
        for route in guarded(app):
            for method in route.methods or ():
                _describe(made["paths"][route.path][method.lower()], route, schemas)
        kept = _reached(made["paths"], schemas)
        made["components"]["schemas"] = {name: part for name, part in sorted(schemas.items()) if name in kept}
        made["components"]["securitySchemes"] = SECURITY
        app.openapi_schema = made
    return app.openapi_schema


def _reached(part: object, schemas: dict[str, Any]) -> set[str]:
    """Return the names of the schemas that a part refers to, and those that they refer to."""
    found: set[str] = set()
    new = set(NAMED.findall(json.dumps(part)))
    while new:
        found |= new
        new = {name for known in new for name in NAMED.findall(json.dumps(schemas[known]))} - found
    return found


def _describe(operation: dict[str, Any], route: GuardedRoute, schemas: dict[str, Any]) -> None:
    operation["operationId"] = route.name
    operation["x-permission"] = route.needed.value
    if isinstance(route.needed, Permission):
        operation["x-roles"] = [role.value for role in allowed(route.needed)]
    operation["security"] = [] if route.needed is Entry.PUBLIC else [{"token": []}, {"session": []}]
    read = next(_said(route.dependant), None)
    if read:
        schemas |= {name: part for name, part in _schemas(read.cls).items() if name not in schemas}
        body = {"schema": {"$ref": REF + read.cls.__name__}, "example": example_of(read.cls)}
        operation["requestBody"] = {"required": True, "content": {JSON: body}}
    operation["responses"].pop("422", None)
    operation["responses"]["default"] = {
        "description": "A problem, after RFC 9457.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": REF + "ProblemDetails"}, "example": example_of(ProblemDetails)}},
    }
    for status, answer in operation["responses"].items():
        content = answer.get("content", {}).get(JSON)
        if content is not None and "example" not in content:
            told = {str(n): field for n, field in route.response_fields.items()}.get(status, route.response_field)
            content["example"] = example_of(told.field_info.annotation if told else None)


def example_of(kind: Any) -> Any:  # noqa: ANN401 - types and JSON
    """Return the example of a type as JSON; raise KeyError where there is none."""
    if get_origin(kind) in (list, tuple):
        return [example_of(get_args(kind)[0])]
    return json.loads(codec.dump(examples()[kind]))


def _said(dependant: Dependant) -> Iterator[Said]:
    if isinstance(dependant.call, Said):
        yield dependant.call
    for inner in dependant.dependencies:
        yield from _said(inner)


def _schemas(cls: type) -> dict[str, Any]:
    """Return the schema of a type and those it names, in the place where the description keeps them."""
    made = codec.schema(cls)
    parts = {**made.pop("$defs", {}), cls.__name__: {k: v for k, v in made.items() if k not in ("$schema", "$id")}}
    return {name: _moved(part) for name, part in parts.items()}


def _moved(part: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(part, dict):
        return {k: v.replace("#/$defs/", REF) if k == "$ref" else _moved(v) for k, v in part.items()}
    return [_moved(item) for item in part] if isinstance(part, list) else part
