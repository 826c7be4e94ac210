"""case.toml: what is said of a case outside its tables, read with the line of every fault, and written."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import reduce
from typing import Any

from legation import codec
from legation.appraisal.claims import Claim
from legation.appraisal.criteria import Criterion
from legation.cases.case import Case, Organisation, Settings
from legation.errors import Finding, InvalidError
from legation.law.national import Condition
from legation.model import Mandate, Source
from legation.planning.brief import Brief, Rule
from legation.sources.cells import text_of
from legation.sources.rows import fault
from legation.values import value

LABEL = "case.toml"
BY_YEAR = {"amounts", "index"}
PAIRED = "Name the year of each amount: { 2012 = 4300000, 2013 = 7100000 }."
TAGS = ("rule", "condition")  # they say what a table is, so they stand on top
PAIRS = {*BY_YEAR, "rates", "params"}  # tables in the file, pairs in the values; and `points` of [settings]


@value
class PriceTable:
    """The table [prices]: what turns amounts of other years and currencies into those of the case.

    index: consumer prices by year, on any base; rates: units of the case's currency for one of another, by its code
    growth: assumed yearly rise of prices after the last year of the index; source: id of where they are from
    """

    index: tuple[tuple[int, Decimal], ...] = ()
    rates: tuple[tuple[str, Decimal], ...] = ()
    growth: Decimal = Decimal(0)
    source: str = ""


@value
class CaseFile:
    """The whole file, in the order in which it is written.

    name: short name of the case, as commands and files use it; title: what reports call it
    sender: code of the State whose network it is; as_of: day of the record, nothing known later is read
    currency: ISO 4217 code of the money everything is counted in; price_year: year whose prices that money has
    years: fiscal years to plan, in order; discount_rate: how much less worth counts for each year it comes later
    notes: what a reader should know of the record, printed in the report
    prices: price index and exchange rates; settings: numbers that turn the tables into a problem
    mandate: who asked for the plan, and for what; criteria: what makes an interest worth more
    rules: what the plan must keep to; law: what the sender's own law asks
    claims: superlatives said of States, for the facts to bear out; sources: where the rows are from
    organisations: those with an office in the sender's State
    """

    name: str
    title: str
    sender: str
    as_of: date
    currency: str
    price_year: int
    years: tuple[int, ...]
    discount_rate: Decimal = Brief(()).discount_rate
    notes: tuple[str, ...] = ()
    prices: PriceTable = PriceTable()
    settings: Settings = Settings()
    mandate: Mandate = Mandate()
    criteria: tuple[Criterion, ...] = ()
    rules: tuple[Rule, ...] = ()
    law: tuple[Condition, ...] = ()
    claims: tuple[Claim, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    sources: tuple[Source, ...] = ()


@value
class Declared:
    """What was read: the file, or its faults; text and table are kept so that later faults find their line."""

    file: CaseFile | None
    findings: tuple[Finding, ...]
    text: str = ""


def read_toml(text: str, label: str = LABEL) -> Declared:
    """Read case.toml; every fault has its line, and the path of its key as its column."""
    try:
        plain = tomllib.loads(text, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:  # also for numbers and nesting beyond measure
        return Declared(None, (_syntax(str(error), text, label),), text)
    if not plain:
        return Declared(None, (fault("empty-file", label, "is empty", "Give it name, title, sender and the rest."),))
    try:
        return Declared(codec.parse(CaseFile, paired(plain)), (), text)
    except InvalidError as error:
        found = [_placed(path, finding, plain, text, label) for path, finding in codec.faults(error)]
        return Declared(None, tuple(found), text)


def _syntax(message: str, text: str, label: str) -> Finding:
    match = re.search(r"\(at line (\d+), column \d+\)", message)
    line = int(match[1]) if match else text.rstrip("\n").count("\n") + 1
    shown = [*text.splitlines(), ""][line - 1].strip()
    clause = f"is not TOML: {message.partition(' (at ')[0]}"
    remedy = "Check the quotes, brackets and equals signs of that line; texts stand in double quotes."
    return fault("syntax", label, clause, remedy, row=line, value=shown)


def paired(plain: Any, key: str = "", parent: str = "") -> Any:  # noqa: ANN401 - a tree of tables and lists
    """Turn the tables that stand for pairs into lists of pairs."""
    if isinstance(plain, dict):
        if key in PAIRS or (key == "points" and parent == "settings"):
            return [[int(k) if key in BY_YEAR and k.isdigit() else k, v] for k, v in plain.items()]
        return {k: paired(v, k, key) for k, v in plain.items()}
    if key in PAIRS and not (isinstance(plain, list) and all(isinstance(item, list) for item in plain)):
        return None  # one fault where it stands, not one for each item
    return [paired(item) for item in plain] if isinstance(plain, list) else plain


def _placed(path: codec.Path, finding: Finding, plain: Mapping[str, Any], text: str, label: str) -> Finding:
    path = _as_written(path, plain)
    where = where_of(path, str(reduce(_at, (*path[:2], "rule"), plain) or ""))
    message = finding.message.removeprefix(f"{finding.column}: ")
    said = reduce(_at, path, plain)
    if path[-1] in BY_YEAR and said is not None:
        message, finding = "should give an amount by year", replace(finding, value=str(said), remedy=PAIRED)
    row = line_of(text, path)
    return replace(finding, subject=label, file=label, row=row, column=where, message=f"{where}: {message}")


def where_of(path: codec.Path, rule: str = "") -> str:
    """Name a place in the file as people count: "amounts.2013 of rule 1 (ceiling)", "criteria.2.weight"."""
    steps = [str(step + 1 if isinstance(step, int) else step) for step in path]
    if path[0] != "rules" or len(path) == 1:
        return ".".join(steps)
    key, kind = ".".join(steps[2:]), f" ({rule})" if rule else ""
    return f"{key}{' of ' if key else ''}rule {steps[1]}{kind}"


def _as_written(path: codec.Path, plain: Any) -> codec.Path:  # noqa: ANN401 - a tree of tables and lists
    """Turn the position of a pair into the key it was written under."""
    steps: list[str | int] = []
    for step in path:
        if isinstance(plain, dict) and isinstance(step, int):
            steps.append(list(plain)[step])
            return tuple(steps)
        steps.append(step)
        plain = _at(plain, step)
    return tuple(steps)


def _at(plain: Any, step: str | int) -> Any:  # noqa: ANN401 - a tree of tables and lists
    """Return what stands under a step, or None."""
    try:
        return plain[step]
    except (KeyError, IndexError, TypeError):
        return None


def line_of(text: str, path: codec.Path) -> int | None:
    """Return the line on which the deepest part of a path is written."""
    best, depth = None, 0
    table: codec.Path = ()
    arrays: dict[codec.Path, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        head = re.match(r"\s*(\[\[?)([^\[\]]+)\]", line)
        key = re.match(r"\s*([\w\"'-]+)\s*=", line)
        if head:
            table = _table(head[2], arrays, more=head[1] == "[[")
        here = table if head else (*table, key[1].strip("\"'")) if key else ()
        if len(here) > depth and tuple(map(str, path[: len(here)])) == tuple(map(str, here)):
            best, depth = number, len(here)
    return best


def _table(name: str, arrays: dict[codec.Path, int], *, more: bool) -> codec.Path:
    """Return the path of a table, counting the items of lists of tables."""
    table: codec.Path = ()
    parts = [part.strip().strip("\"'") for part in name.split(".")]
    for at, part in enumerate(parts):
        table = (*table, part)
        if more and at == len(parts) - 1:
            arrays[table] = arrays.get(table, -1) + 1
        if table in arrays:
            table = (*table, arrays[table])
    return table


# Writing


def toml_of(case: Case) -> str:
    """Write what is said of a case outside its tables."""
    price = case.prices
    file = CaseFile(
        name=case.name,
        title=case.title,
        sender=case.sender,
        as_of=case.as_of,
        currency=price.currency,
        price_year=price.year,
        years=case.brief.years,
        discount_rate=case.brief.discount_rate,
        notes=case.notes,
        prices=PriceTable(price.index, price.rates, price.growth, price.source),
        settings=case.settings,
        mandate=case.mandate,
        criteria=case.criteria,
        rules=case.brief.rules,
        law=case.law,
        claims=case.claims,
        organisations=case.organisations,
        sources=case.sources,
    )
    return "\n".join(_lines(file, "")).strip("\n") + "\n"


def _lines(made: object, name: str) -> Iterable[str]:
    """Write a value as a table: plain keys first, then the tables and lists of tables within it."""
    inner = {f.name: getattr(made, f.name) for f in fields(made)}  # type: ignore[arg-type]
    nested = {k: v for k, v in inner.items() if _is_table(v)}
    for tag in TAGS:
        if tag in inner:
            yield f"{tag} = {_scalar(inner.pop(tag))}"
    yield from (f"{k} = {_plain(k, v, name)}" for k, v in inner.items() if k not in nested and v is not None)
    for key, said in nested.items():
        full = f"{name}.{key}" if name else key
        many = isinstance(said, tuple)
        for item in said if many else (said,):
            yield from ("", f"[[{full}]]" if many else f"[{full}]", *_lines(item, full))


def _is_table(said: object) -> bool:
    return is_dataclass(said) or (isinstance(said, tuple) and bool(said) and is_dataclass(said[0]))


def _plain(key: str, said: object, name: str) -> str:
    if isinstance(said, tuple) and (key in PAIRS or (key == "points" and name == "settings")):
        pairs = ", ".join(f"{_key(k)} = {_scalar(v)}" for k, v in said)
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(said, tuple):
        items = [_plain("", item, "") for item in said]
        long = sum(map(len, items)) > 100
        return "\n".join(["[", *(f"  {item}," for item in items), "]"]) if long else f"[{', '.join(items)}]"
    return _scalar(said)


def _key(key: object) -> str:
    text = str(key)
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else _scalar(text)


def text_in_toml(text: str) -> str:
    """Write a text in quotes."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _scalar(said: object) -> str:
    if isinstance(said, bool):
        return "true" if said else "false"
    if isinstance(said, Enum | str):
        text = str(said.value if isinstance(said, Enum) else said)
        return text_in_toml(text)
    if isinstance(said, Decimal):
        return text_of(said)
    return said.isoformat() if isinstance(said, date) else str(said)
