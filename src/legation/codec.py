"""Values to and from JSON: strict on the way in, exact and repeatable on the way out; and their published schemas."""

# ruff: noqa: ANN401 - what comes in has no type before it is checked

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from decimal import Decimal
from difflib import SequenceMatcher, get_close_matches
from enum import Enum
from functools import cache, reduce
from hashlib import sha256
from math import isfinite
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from legation.appraisal.scoring import Appraisal
from legation.cases.case import Announced, Case, CostLine, InterestRow, Place, ServiceRow
from legation.cases.scenarios import CaseChange, Scenario
from legation.errors import Finding, InvalidError, Severity
from legation.law.national import Condition
from legation.model import Accreditation, Event, Fact, Post, Source, State
from legation.planning.brief import Brief, Rule
from legation.planning.outcome import Plan
from legation.planning.problem import Problem
from legation.review.dossiers import Dossier
from legation.review.people import Person
from legation.review.stages import Procedure
from legation.review.statements import Statement

KINDS: dict[str, type] = {"problem": Problem, "plan": Plan, "brief": Brief, "case": Case, "appraisal": Appraisal}

RECORDS: dict[str, type] = {
    "fact": Fact,
    "post": Post,
    "foreign-post": Post,
    "accreditation": Accreditation,
    "site": Place,
    "cost": CostLine,
    "interest": InterestRow,
    "service": ServiceRow,
    "announced": Announced,
    "event": Event,
    "source": Source,
    "state": State,
    "scenario": Scenario,
    "person": Person,
    "procedure": Procedure,
    "dossier": Dossier,
    "statement": Statement,
}
"""What else the registry keeps, by kind."""

SEALED = ("problem", "plan", "statement")
"""Kinds that a registry keeps under the digest of the value itself, so that they never change."""

UPGRADES: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], ...]] = {}
"""How the body of a record becomes that of its next shape, by kind, oldest first. What is kept is never rewritten."""

RULES: dict[str, type] = {cls.__dataclass_fields__["rule"].default: cls for cls in get_args(Rule)}
"""The rules of a brief by their tag."""

CHANGES: dict[str, type] = {cls.__dataclass_fields__["change"].default: cls for cls in get_args(CaseChange)}
"""The changes of a scenario by their tag."""

CONDITIONS: dict[str, type] = {cls.__dataclass_fields__["condition"].default: cls for cls in get_args(Condition)}
"""The conditions of a sender's own law by their tag."""

TAGGED: dict[str, tuple[str, dict[str, type]]] = {
    "rules": ("rule", RULES),
    "changes": ("change", CHANGES),
    "law": ("condition", CONDITIONS),
}
"""Lists whose items tell by a tag what they are: the name of the tag, and what it may say."""
MEMBERS = {cls.__name__ for cls in (*RULES.values(), *CHANGES.values(), *CONDITIONS.values())}

UNITS = (
    "Money is in `currency`, in prices of the year it is paid in. Staff are persons. Years are fiscal years; a list"
    " by year has one entry for each of `brief.years`, in their order. Shares, rates and gaps are fractions (0.5 is"
    " a half). Worth and merit are points a year, before discounting unless said otherwise. Distances are km."
    " Decimal numbers are written as strings so that no digit is lost."
)

Path = tuple[str | int, ...]


def dump(value: object, kind: str | type | None = None) -> str:
    """Write a value as JSON: fields in their order, decimals as strings; the same value gives the same text."""
    plain = _adapter(_type(kind or type(value))).dump_python(value, mode="json")
    try:
        return json.dumps(plain, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    except ValueError as error:
        raise InvalidError(f"A {type(value).__name__} holds a number that is not finite.") from error


def compact(value: object, kind: str | type | None = None) -> str:
    """Write a value as one line of JSON, as it is kept and digested."""
    cls = _type(kind or type(value))
    if not isinstance(value, cls):
        raise InvalidError(f"A {type(value).__name__} is no {kind}.")
    try:
        plain = _adapter(cls).dump_python(value, mode="json", warnings="none")
        return json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError as error:
        raise InvalidError(f"A {type(value).__name__} holds what cannot be written as JSON: {error}.") from error


def load(kind: str | type, text: str) -> Any:
    """Read a value back; raise InvalidError with one finding, and one clause, for each fault."""
    cls = _type(kind)
    return _validated(cls, text.removeprefix("\ufeff"), _plain(cls, text.removeprefix("\ufeff")))


def recorded(kind: str, text: str) -> Any:
    """Read a value as it was kept, in the shape of now or in one of before; raise InvalidError as `load` does."""
    steps = UPGRADES.get(kind, ())
    try:
        return load(kind, text)
    except InvalidError:
        for first in reversed(range(len(steps))):  # the newest of the old shapes is tried first
            with suppress(InvalidError, KeyError, TypeError):
                return load(kind, json.dumps(reduce(lambda body, step: step(body), steps[first:], json.loads(text))))
        raise


def parse(kind: str | type, plain: Mapping[str, object]) -> Any:
    """Make a value of tables and lists, as they are read from TOML; raise InvalidError as `load` does."""
    return load(kind, json.dumps(plain, default=str))


def digest(value: object) -> str:
    """Return the SHA-256 of a value's JSON, in hex."""
    return sha256(dump(value).encode()).hexdigest()


def schema(kind: str | type) -> dict[str, Any]:
    """Return the JSON Schema of a kind, with the meanings and units its fields have in our own documentation."""
    cls = _type(kind)
    made: dict[str, Any] = _adapter(cls).json_schema()
    classes = {c.__name__: c for c in classes_of(cls)}
    for name, part in [(cls.__name__, made), *made.get("$defs", {}).items()]:
        _describe(part, classes.get(name))
    tag = _format(cls)
    if tag:
        made["properties"]["format"] = {"const": tag, "description": "kind of document and version of its shape"}
        made["required"].append("format")
        made["description"] = f"{made['description']} {UNITS}"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": tag or cls.__name__} | made


def nearest(word: object, known: Iterable[str]) -> str:
    """Return the known word closest to a mistyped one, or nothing; of equals, the one that begins most like it."""
    by_lower = {k.lower(): k for k in known}
    wrong = str(word).lower()

    def likeness(right: str) -> tuple[float, int]:
        shared = next((n for n, (a, b) in enumerate(zip(right, wrong, strict=False)) if a != b), len(wrong))
        return alike(right, wrong), shared

    found = get_close_matches(wrong, by_lower, n=5, cutoff=0.6)
    return by_lower.get(max(found, key=likeness, default=""), "")


def alike(one: str, other: str) -> float:
    """Return how much of two words is the same, from 0 to 1, small and large letters alike."""
    return SequenceMatcher(None, one.lower(), other.lower()).ratio()


def suggest(word: object, known: Iterable[str]) -> str:
    """Return "; did you mean 'x'?" for a mistyped word, or nothing."""
    found = nearest(word, known)
    return f"; did you mean '{found}'?" if found else ""


def faults(error: InvalidError) -> Iterator[tuple[Path, Finding]]:
    """Go through the findings of `load` and `parse`, each with the path of its field."""
    for finding in error.findings:
        yield tuple(int(s) if s.isdigit() else s for s in finding.column.split(".") if s), finding


# Reading


def _type(kind: str | type) -> type:
    if not isinstance(kind, str):
        return kind
    known = KINDS | RECORDS
    if kind not in known:
        raise InvalidError(f"There is no kind of document called '{kind}'{suggest(kind, known) or '.'}")
    return known[kind]


@cache
def _adapter(cls: type) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(cls)


def _plain(cls: type, text: str) -> Any:
    """Parse JSON, refusing what JSON leaves open: NaN, repeated keys, numbers with more digits than are kept."""
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_exact, object_pairs_hook=_unrepeated)
    except json.JSONDecodeError as error:
        what = f"line {error.lineno}, column {error.colno}: {error.msg[:1].lower()}{error.msg[1:]}"
        raise _invalid(cls, [_finding(cls, (), f"this is not JSON: {what}")]) from error
    except (ValueError, RecursionError) as error:
        raise _invalid(cls, [_finding(cls, (), str(error))]) from error


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is not a number that can be counted with")


def _exact(text: str) -> float:
    number = float(text)
    if not isfinite(number) or Decimal(repr(number)) != Decimal(text):
        raise ValueError(f'the number {text} would lose digits; write it as a string: "{text}"')
    return number


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [k for k, _ in pairs]
    twice = next((k for k in keys if keys.count(k) > 1), None)
    if twice is not None:
        raise ValueError(f"the key '{twice}' stands twice in one object")
    return dict(pairs)


def _validated(cls: type, text: str, plain: Any) -> Any:
    from pydantic import ValidationError

    found = [*_wrong_format(cls, plain), *_untagged(cls, plain, ())]
    try:
        value = _adapter(cls).validate_json(text, strict=True)
    except ValidationError as error:
        found += _reduced(cls, plain, error.errors(include_url=False), {f.column for f in found})
        raise _invalid(cls, found) from None  # the validator's own text is a page a rule
    if found:
        raise _invalid(cls, found)
    return value


def _wrong_format(cls: type, plain: Any) -> list[Finding]:
    tag, given = _format(cls), plain.get("format") if isinstance(plain, dict) else None
    if not tag or given == tag:
        return []
    what = f"should be '{tag}'" if given is None else f"'{given}' is not a format this version reads; it reads '{tag}'"
    return [_finding(cls, ("format",), what, given)]


def _format(cls: type) -> str:
    found = getattr(cls, "__dataclass_fields__", {}).get("format")
    return str(found.default) if found else ""


def _untagged(cls: type, plain: Any, path: Path) -> Iterator[Finding]:
    """Find items whose tag is missing or unknown: against a union they would give one fault for each kind there is."""
    if isinstance(plain, dict):
        for key, inner in plain.items():
            if key in TAGGED and isinstance(inner, list):
                for i, item in enumerate(inner):
                    yield from _wrong_tag(cls, item, (*path, key, i), *TAGGED[key])
                    if key == "changes" and isinstance(item, dict) and "rule" in item:  # of add-rule
                        yield from _wrong_tag(cls, item["rule"], (*path, key, i, "rule"), *TAGGED["rules"])
            else:
                yield from _untagged(cls, inner, (*path, key))


def _wrong_tag(cls: type, item: Any, path: Path, tag: str, known: Mapping[str, type]) -> Iterator[Finding]:
    if not isinstance(item, dict):
        yield _finding(cls, path, f"should be a table with the key '{tag}'", item)
    elif tag not in item:
        yield _finding(cls, path, f"is missing the key '{tag}', one of {', '.join(known)}")
    elif _meant(item) is None:
        yield _finding(cls, path, f"no such {tag} as '{item[tag]}'{suggest(item[tag], known)}", item[tag])


# Faults


def _invalid(cls: type, found: list[Finding]) -> InvalidError:
    return InvalidError(
        f"This is no usable {cls.__name__.lower()}: {'; '.join(f.message for f in found)}", tuple(found)
    )


def _finding(cls: type, path: Path, clause: str, given: object = "") -> Finding:
    where = ".".join(str(p) for p in path)
    shown = given if isinstance(given, str) else json.dumps(given, default=str)
    return Finding(
        code="invalid-field",
        severity=Severity.ERROR,
        subject=cls.__name__.lower(),
        message=f"{where}: {clause}" if where else clause,
        remedy="Correct the field and read the file again.",
        column=where,
        value=shown if len(shown) <= 80 else f"{shown[:77]}...",
    )


def _reduced(cls: type, plain: Any, errors: list[Any], told: set[str]) -> Iterator[Finding]:
    """Turn the validator's errors into one finding a fault, leaving out what only follows from another fault."""
    kept = [(path, owner, e) for e in errors for path, owner in [_place(cls, plain, e["loc"])] if path is not None]
    unknown = {(p[:-1], nearest(p[-1], _names(owner))) for p, owner, e in kept if _is_extra(e)}
    for path, owner, error in kept:
        follows = error["type"] == "missing" and (path[:-1], path[-1]) in unknown
        if not follows and not any(".".join(map(str, path[:n])) in told for n in range(1, len(path) + 1)):
            yield _finding(cls, path, _clause(path, owner, error), "" if error["type"] == "missing" else error["input"])


def _place(cls: type, plain: Any, loc: Path) -> tuple[Path | None, Any]:
    """Follow a location to its path and to the type that owns its last step; no path for a rule not meant."""
    path: list[str | int] = []
    here: Any = cls
    owner: Any = cls
    for step in loc:
        if _is_member(here, step):
            here = _meant(plain)
            if here is None or here.__name__ != step:
                return None, owner
            continue
        path.append(step)
        owner, here = here, _inner(here, step)
        plain = _at(plain, step)
    return tuple(path), owner


def _is_member(here: Any, step: str | int) -> bool:
    return get_origin(here) in (Union, UnionType) and step in MEMBERS


def _meant(plain: Any) -> type | None:
    """Return the class that the tag of an item names; a change says so before the rule it adds."""
    if not isinstance(plain, dict):
        return None
    tag, known = next(((t, k) for t, k in reversed(TAGGED.values()) if t in plain), ("", {}))
    said = plain.get(tag)
    return known.get(said) if isinstance(said, str) else None


def _at(plain: Any, step: str | int) -> Any:
    try:
        return plain[step]
    except (KeyError, IndexError, TypeError):
        return None


def _inner(tp: Any, step: str | int) -> Any:
    """Return the type of a field, or of an item, of a type."""
    tp = _one(tp)
    args = get_args(tp)
    if get_origin(tp) is tuple and isinstance(step, int):
        return args[0] if args[-1] is Ellipsis else args[min(step, len(args) - 1)]
    return get_type_hints(tp).get(str(step)) if is_dataclass(tp) else None


def _one(tp: Any) -> Any:
    """Take an optional type for what it is when it is there."""
    if get_origin(tp) in (Union, UnionType):
        there = [a for a in get_args(tp) if a is not type(None)]
        return there[0] if len(there) == 1 else tp
    return tp


def _names(owner: Any) -> list[str]:
    owner = _one(owner)
    return [f.name for f in fields(owner)] if is_dataclass(owner) else []


def _is_extra(error: Any) -> bool:
    return bool(error["type"] == "unexpected_keyword_argument")


CLAUSES = {
    "missing": "is missing",
    "int_type": "should be a whole number",
    "int_from_float": "should be a whole number",
    "float_type": "should be a number",
    "bool_type": "should be true or false",
    "string_type": "should be a text",
    "tuple_type": "should be a list",
    "too_long": "has too many items",
    "decimal_type": "should be a decimal number",
    "decimal_parsing": "should be a decimal number",
    "finite_number": "should be a finite number",
    "dataclass_type": "should be a table",
    "date_type": "should be a date, as 2012-07-29",
    "date_from_datetime_parsing": "should be a date, as 2012-07-29",
    "date_parsing": "should be a date, as 2012-07-29",
}


def _clause(path: Path, owner: Any, error: Any) -> str:
    kind, given = error["type"], error["input"]
    if _is_extra(error):
        return f"no such field as '{path[-1]}'{suggest(path[-1], _names(owner))}"
    if kind in ("enum", "literal_error"):
        tp = _one(_inner(owner, path[-1]))
        known = [m.value for m in tp] if isinstance(tp, type) and issubclass(tp, Enum) else list(get_args(tp))
        noun = tp.__name__.lower() if isinstance(tp, type) else str(path[-1])
        return f"no such {noun} as '{given}'{suggest(given, known) or ', only ' + ', '.join(map(str, known))}"
    return CLAUSES.get(kind) or str(error["msg"])


# Schemas


def classes_of(tp: Any) -> Iterator[type]:
    """Go through all dataclasses and enumerations that a type is made of."""
    if isinstance(tp, type) and issubclass(tp, Enum):
        yield tp
    elif is_dataclass(tp) and isinstance(tp, type):
        yield tp
        for inner in get_type_hints(tp).values():
            yield from classes_of(inner)
    elif get_origin(tp) is not Literal:
        for inner in get_args(tp):
            yield from classes_of(inner)


def _describe(part: dict[str, Any], cls: type | None) -> None:
    """Put the meanings of a class and its fields into its schema, and say that a rule must carry its tag."""
    about, meanings = _meanings(cls)
    if about:
        part["description"] = about
    for name, field in part.get("properties", {}).items():
        field.pop("title", None)
        _exact_decimals(field)
        if name in meanings:
            field["description"] = meanings[name]
    for tag, known in TAGGED.values():
        if cls in known.values():
            part["required"] = [tag, *part.get("required", [])]


NUMBER = [{"type": "number"}, {"type": "string"}]
DECIMAL = {"type": ["string", "number"], "pattern": r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"}


def _exact_decimals(part: Any) -> None:
    if isinstance(part, list):
        for item in part:
            _exact_decimals(item)
    elif isinstance(part, dict):
        options = part.get("anyOf", [])
        bare = [{k: v for k, v in o.items() if k == "type"} for o in options]
        if bare[:2] == NUMBER:
            part["anyOf"] = [DECIMAL, *options[2:]]
            if len(part["anyOf"]) == 1:
                part |= part.pop("anyOf")[0]
        for item in list(part.values()):
            _exact_decimals(item)


def _meanings(cls: type | None) -> tuple[str, dict[str, str]]:
    """Take a docstring apart into what it says of the class and of each field, written "name, name: meaning"."""
    text = (cls.__doc__ or "").strip() if cls else ""
    if not is_dataclass(cls) or not fields(cls):
        return " ".join(text.split()), {}
    name = f"(?:{'|'.join(re.escape(f.name) for f in fields(cls))})"
    about, *rest = re.split(rf"(?:\n\s*|(?<=[.;,)])\s)({name}(?:, {name})*):\s", text)
    told: dict[str, str] = {}
    for head, meaning in zip(rest[::2], rest[1::2], strict=True):
        told |= dict.fromkeys(head.split(", "), " ".join(meaning.split()).rstrip(" ;,."))
    return " ".join(about.split()), told
