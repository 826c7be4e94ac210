"""The description of the API: OpenAPI 3.1, with our own schemas of what is sent, problems, and an example of each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, get_args, get_origin

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi

from legation import codec
from legation.chancery.working import KINDS
from legation.review.access import Permission, allowed
from legation.store.jobs import Job
from legation.web.access import Entry, GuardedRoute
from legation.web.bodies import JSON, Said
from legation.web.examples import examples, finished
from legation.web.problems import MEDIA_TYPE, ProblemDetails
from legation.web.shapes import REF, Names, called, keyed, named, of_jobs, schemas_of

SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token, from POST /api/v1/tokens."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "legation",
        "description": "The cookie of a session, from POST /api/v1/session; writes say X-CSRF-Token with it.",
    },
}
OWN = {"get_job": finished}
"""Examples of operations that show more than those of their types, by the names of their routes."""
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
        answered = set(_answered(guarded(app)))
        names = named({*answered, *_asked(guarded(app)), *codec.classes_of(ProblemDetails)})
        parts = keyed(made.pop("components", {}).get("schemas", {}), answered, names)
        made = called(made, answered, names)
        schemas = made.setdefault("components", {}).setdefault("schemas", parts)
        schemas |= schemas_of(ProblemDetails, names)
        schemas |= of_jobs(names[Job], schemas[names[Job]], names)
        for route in guarded(app):
            for method in route.methods or ():
                _describe(made["paths"][route.path][method.lower()], route, schemas, names)
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


def _answered(routes: Iterable[GuardedRoute]) -> Iterator[type]:
    """Go through the classes of answers and parameters, which the framework describes."""
    for route in routes:
        for field in (*route.response_fields.values(), route.response_field, *_parameters(route.dependant)):
            if field:
                yield from codec.classes_of(field.field_info.annotation)


def _asked(routes: Iterable[GuardedRoute]) -> Iterator[type]:
    """Go through the classes that are sent, those that jobs are told of, and what comes of these."""
    for route in routes:
        for read in _said(route.dependant):
            yield from codec.classes_of(read.cls)
    for kind in KINDS.values():
        for type_ in (kind.order, *kind.results.values()):
            yield from codec.classes_of(type_)


def _describe(operation: dict[str, Any], route: GuardedRoute, schemas: dict[str, Any], names: Names) -> None:
    operation["operationId"] = route.name
    operation["x-permission"] = route.needed.value
    if isinstance(route.needed, Permission):
        operation["x-roles"] = [role.value for role in allowed(route.needed)]
    operation["security"] = [] if route.needed is Entry.PUBLIC else [{"token": []}, {"session": []}]
    read = next(_said(route.dependant), None)
    if read:
        schemas |= {name: part for name, part in schemas_of(read.cls, names).items() if name not in schemas}
        body = {"schema": {"$ref": REF + names[read.cls]}, "example": example_of(read.cls)}
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
            own = OWN.get(route.name)
            content["example"] = _plain(own()) if own else example_of(told.field_info.annotation if told else None)


def example_of(kind: Any) -> Any:  # noqa: ANN401 - types and JSON
    """Return the example of a type as JSON; raise KeyError where there is none."""
    if get_origin(kind) in (list, tuple):
        return [example_of(get_args(kind)[0])]
    return _plain(examples()[kind])


def _plain(example: object) -> Any:  # noqa: ANN401 - JSON
    return json.loads(codec.dump(example))


def _parameters(dependant: Dependant) -> Iterator[Any]:
    yield from (*dependant.path_params, *dependant.query_params, *dependant.header_params, *dependant.cookie_params)
    for inner in dependant.dependencies:
        yield from _parameters(inner)


def _said(dependant: Dependant) -> Iterator[Said]:
    if isinstance(dependant.call, Said):
        yield dependant.call
    for inner in dependant.dependencies:
        yield from _said(inner)
