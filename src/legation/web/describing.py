"""The description of the API: OpenAPI 3.1, with our own schemas of what is sent, problems, and an example of each."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args, get_origin

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi

from legation import codec
from legation.chancery.working import KINDS
from legation.chancery.working import Kind as JobKind
from legation.review.access import Permission, allowed
from legation.store.jobs import Job
from legation.web.access import Entry, GuardedRoute
from legation.web.bodies import JSON, Said
from legation.web.examples import examples, finished
from legation.web.problems import MEDIA_TYPE, ProblemDetails

SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token, from POST /api/v1/tokens."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "legation",
        "description": "The cookie of a session, from POST /api/v1/session; writes say X-CSRF-Token with it.",
    },
}
REF = "#/components/schemas/"
Names = Mapping[type, str]
Parts = dict[str, Any]
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


# Names: one for one class


def named(classes: Iterable[type]) -> dict[type, str]:
    """Return what each class is called: its own name, with that of its module before it where others share the name.

    Raise TypeError where two are still called alike.
    """
    alike: dict[str, set[type]] = defaultdict(set)
    for cls in classes:
        alike[cls.__name__].add(cls)
    names = {cls: name if len(those) == 1 else _longer(cls) for name, those in alike.items() for cls in those}
    twice = next((name for name in names.values() if list(names.values()).count(name) > 1), None)
    if twice:
        where = ", ".join(sorted(cls.__module__ for cls, name in names.items() if name == twice))
        raise TypeError(f"Several classes are called {twice}: in {where}.")
    return names


def _longer(cls: type) -> str:
    return f"{cls.__module__.rpartition('.')[2].title().replace('_', '')}{cls.__name__}"


def called(part: Any, classes: Iterable[type], names: Names) -> Any:  # noqa: ANN401 - JSON
    """Return schemas, and what refers to them, with classes called by their names, wherever the parts were kept."""
    alike: dict[str, set[type]] = defaultdict(set)
    for cls in classes:
        alike[cls.__name__].add(cls)
    known = {
        name if len(those) == 1 else f"{cls.__module__}.{name}".replace(".", "__"): names[cls]
        for name, those in alike.items()
        for cls in those
    }
    return _renamed(part, known)


def _renamed(part: Any, known: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
    if isinstance(part, list):
        return [_renamed(item, known) for item in part]
    if not isinstance(part, dict):
        return part
    return {
        key: _reference(inner, known) if key == "$ref" and isinstance(inner, str) else _renamed(inner, known)
        for key, inner in part.items()
    }


def _reference(text: str, known: Mapping[str, str]) -> str:
    name = text.rpartition("/")[2]
    return REF + known.get(name, name)


def schemas_of(cls: type, names: Names) -> Parts:
    """Return the schema of a class and those it names, each under its name."""
    classes = set(codec.classes_of(cls))
    made = codec.schema(cls)
    parts = {**made.pop("$defs", {}), cls.__name__: {k: v for k, v in made.items() if k not in ("$schema", "$id")}}
    return keyed(parts, classes, names)


def keyed(parts: Parts, classes: Iterable[type], names: Names) -> Parts:
    """Return schemas by the names of their classes."""
    refs = {name: {"$ref": REF + name} for name in parts}
    new = called(refs, classes, names)
    return {new[name]["$ref"].removeprefix(REF): called(part, classes, names) for name, part in parts.items()}


# Jobs


def of_jobs(job: str, plain: Parts, names: Names) -> Parts:
    """Return the schemas of a job, one for each kind, of that of any job; job: what it is called."""
    parts: Parts = {}
    kinds = {}
    for word, kind in KINDS.items():
        name = kinds[word] = "".join(w.title() for w in word.split("-")) + job
        arguments, told = schemas_of(kind.order, names), {}
        for result, type_ in kind.results.items():
            told[result] = _shape(type_, names)
            for cls in codec.classes_of(type_):
                parts |= schemas_of(cls, names)
        fields = {
            "kind": {"const": word},
            "arguments": _arguments(arguments.pop(names[kind.order]), word),
            "result": {"anyOf": [_result(kind, told), {"type": "null"}], "description": "What came of it, by name."},
        }
        about = {"title": name, "description": f"A job: {kind.title}."}
        parts |= arguments | {name: plain | about | {"properties": plain["properties"] | fields}}
    refs = {word: REF + name for word, name in kinds.items()}
    either = {"oneOf": [{"$ref": ref} for ref in refs.values()]}
    about = {"title": job, "description": "One piece of long work, told apart by its kind."}
    return parts | {job: about | either | {"discriminator": {"propertyName": "kind", "mapping": refs}}}


def _arguments(order: Parts, word: str) -> Parts:
    """Return the schema of an order as it is told with a job: without a file that was sent, where jobs are listed."""
    needed = [name for name in order.get("required", []) if name != "text"]
    return {k: v for k, v in order.items() if k != "required"} | {"required": needed, "title": f"What {word} asks"}


def _result(kind: JobKind, told: Parts) -> Parts:
    return {"type": "object", "properties": told, "required": [*kind.results], "additionalProperties": False}


def _shape(type_: Any, names: Names) -> Parts:  # noqa: ANN401 - a type
    if get_origin(type_) is tuple:
        return {"type": "array", "items": _shape(get_args(type_)[0], names)}
    if get_origin(type_) is dict:
        return {"type": "object", "additionalProperties": _shape(get_args(type_)[1], names)}
    return {"$ref": REF + names[type_]}
