"""The schemas that the API is described by: one name for one class, and what a job is told and tells, by its kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, get_args, get_origin

from legation import codec
from legation.chancery.working import KINDS
from legation.chancery.working import Kind as JobKind

REF = "#/components/schemas/"
Names = Mapping[type, str]
Parts = dict[str, Any]


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
