"""Write the generated parts of the documentation from the code they describe.

A page holds prose, and blocks between `<!-- generated: NAME ARGUMENT -->` and `<!-- end -->`. Each block is
written by the function of its name below; the prose around it is left alone.

    python tools/reference.py            # renew every block under docs/
    python tools/reference.py --check    # change nothing; leave with 1 where a page is out of date
"""

import argparse
import ast
import csv
import os
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from pathlib import Path
from textwrap import shorten
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
SOURCE = ROOT / "src" / "legation"
BLOCK = re.compile(r"(<!-- generated: (\S+)(?: (\S+))? -->\n).*?(<!-- end -->)", re.DOTALL)
WIDTH = 96  # of the help texts

PLAIN = {
    "date": "date",
    "str": "text",
    "int": "whole number",
    "float": "number",
    "Decimal": "number",
    "bool": "`true` or `false`",
}
LONG = {"Form": "[form](glossary.md#form)"}  # enumerations that have a place of their own
TABLES = {  # tables of case.toml that have a heading of their own, by the name of their value
    "PriceTable": "[table](#prices)",
    "Settings": "[table](#settings)",
    "Claim": "[table](#claims)",
    "Organisation": "[table](#organisations)",
    "Reach": "[table](#reach)",
    "Share": "[table](#shares)",
    "Consular": "[table](#consular)",
    "ConsularAct": "[table](#consular)",
    "ConsularPeople": "[table](#consular)",
    "Mandate": "[table](#mandate)",
    "Objective": "[table](#objectives)",
    "Criterion": "[table](#criteria)",
    "Source": "[table](#sources)",
}
EXAMPLES = ("kazakhstan-2012", "ruritania")  # packaged cases that examples of keys are taken from
UNUSED = {
    "points": "`[[0, 0], [5, 0.5], [10, 1]]`",
    "prefer": '`"low"`',
    "region": '`"Northern Europe"`',
    "until": "`2031`",
    "people": "`2`",
    "form": "`embassy`",
    "hours": "`1500`",
    "trip": "`260`",
}  # examples of keys that neither has

CELLS = {  # cells of tables, in words
    "TEXT": "text",
    "NAME": "name",
    "NUMBER": "number",
    "DECIMAL": "number",
    "LATITUDE": "number from -90 to 90",
    "LONGITUDE": "number from -180 to 180",
    "AMOUNT": "number of 0 or more",
    "AMOUNT_TEXT": "number of 0 or more",
    "SHARE": "number from 0 to 1",
    "COUNT": "whole number of 0 or more",
    "YEAR": "year",
    "DAY": "date",
    "BOOLEAN": "`true` or `false`",
}
COLUMNS = {  # columns that mean the same in every table, or that their value has under another name
    "allowed": "whether the pair may be used at all; `true` where empty",
    "amount": "the amount itself, in place of `norm` and `price`",
    "attribute": "what is measured; one of the table below, or your own",
    "city": "city of the seat",
    "closable": "whether a form held may be given up again",
    "closed": "first day on which it was no more",
    "code": "the code that other tables use",
    "concurrent": "whether it is concurrent accreditation",
    "confidence": "how well the row is attested; `high` where empty",
    "currency": "currency of the amount; that of the case where empty",
    "evidence": "why",
    "form": "form of representation",
    "from_form": "form before the measure",
    "high": "highest amount",
    "id": "its name, by which other tables refer to it",
    "interest": "id of an interest",
    "kind": "kind",
    "languages": "ISO 639 codes, largest first",
    "lat": "degrees north",
    "load": "how much of a seat it takes; 1 where empty",
    "by": "the State that protects our interests, or the person accredited",
    "line": "name of the line; a site's own line of this name replaces the form's",
    "lon": "degrees east",
    "low": "lowest amount",
    "measure": "what it is an amount of",
    "merit_reason": "why it has a merit",
    "name": "name",
    "norm": "number of units, such as square metres or posts",
    "note": "anything else",
    "number": "the number announced",
    "opened": "first day",
    "points": "worth of it in a year, instead of an appraisal",
    "price": "price of one unit",
    "reason": "reason given",
    "region": "region of the United Nations (M49)",
    "running": "what it costs a year",
    "seat": "seat",
    "share": "share of the interest that is served",
    "since": "since when",
    "site": "id of a site",
    "source": "who says so",
    "staff": "people",
    "state": "code of the State",
    "states": "States it names",
    "subject": "what it is about",
    "subregion": "sub-region of the United Nations (M49)",
    "title": "title",
    "track": "track",
    "unit": "unit of the value",
    "value": "the value",
    "year": "year",
}


# Pages


def pages() -> list[Path]:
    """List the pages that hold a generated block."""
    return [path for path in sorted(DOCS.rglob("*.md")) if BLOCK.search(path.read_text(encoding="utf-8"))]


def renewed(text: str) -> str:
    """Return a page with all its blocks written anew."""

    def write(found: re.Match[str]) -> str:
        begin, name, argument, end = found.groups()
        return f"{begin}\n{WRITERS[name](argument or '').strip()}\n\n{end}"

    return BLOCK.sub(write, text)


# What the code says of itself


def verbs(group: str = "") -> tuple[str, ...]:
    """Name the verbs of the command line, or those of a group, in the order in which help lists them."""
    import typer

    from legation.cli.main import door

    command: Any = typer.main.get_command(door())
    return tuple(getattr(command.commands[group] if group else command, "commands", ()))


def help_of(*words: str) -> str:
    """Return what `legation WORDS --help` prints on a page of fixed width."""
    from typer.testing import CliRunner

    from legation.cli.main import door

    os.environ["TERMINAL_WIDTH"] = os.environ["COLUMNS"] = str(WIDTH)
    result = CliRunner().invoke(door(), [*words, "--help"], prog_name="legation", env={"NO_COLOR": "1"})
    return "\n".join(line.rstrip() for line in result.output.strip().splitlines())


def rules() -> dict[str, type]:
    """Return the rules of a brief by tag."""
    from legation.codec import RULES

    return RULES


def named(name: str) -> type:
    """Return a value class of the model, of a case, a problem or a plan by its name."""
    from legation import errors, model
    from legation.appraisal import criteria, scoring
    from legation.cases import case
    from legation.planning import outcome, problem

    homes = (problem, outcome, case, criteria, scoring, model, errors)
    found: type = next(getattr(home, name) for home in homes if hasattr(home, name))
    return found


def finding_codes() -> dict[str, tuple[str, ...]]:
    """Return every code a finding may carry, with the modules that report it.

    A code is what `Finding` is given as its first argument, or a function as its argument for a parameter named `code`.
    """
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SOURCE.rglob("*.py"))}
    makers = {"Finding": 0} | {node.name: at for tree in trees.values() for node, at in _makers(tree)}
    found: dict[str, set[str]] = {}
    for path, tree in trees.items():
        for node in (inner for outer in _said(tree, makers) for inner in ast.walk(outer)):
            text = getattr(node, "value", None) if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and re.fullmatch(r"[a-z][a-z0-9-]*", text):
                found.setdefault(text, set()).add(path.relative_to(SOURCE).with_suffix("").as_posix())
    return {code: tuple(sorted(modules)) for code, modules in sorted(found.items())}


def _makers(tree: ast.AST) -> Iterator[tuple[ast.FunctionDef, int]]:
    for node in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        names = [argument.arg for argument in node.args.args if argument.arg not in ("self", "cls")]
        if "code" in names:
            yield node, names.index("code")


def _said(tree: ast.AST, makers: dict[str, int]) -> Iterator[ast.expr]:
    """Go through what is given as a code: in calls, as a default, or to a variable named `code`."""
    for node, _ in _makers(tree):
        defaults = dict(zip(reversed(node.args.args), reversed(node.args.defaults), strict=False))
        yield from (default for argument, default in defaults.items() if argument.arg == "code")
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        for inner in ast.walk(function):
            if isinstance(inner, ast.Assign) and [getattr(t, "id", "") for t in inner.targets] == ["code"]:
                yield inner.value
            if isinstance(inner, ast.Call):
                yield from _given(inner, makers)
    here = {node.name: at for node, at in _makers(tree)}  # a table of a module is made by its own function
    for statement in (node for node in getattr(tree, "body", ()) if isinstance(node, ast.Assign)):
        yield from (code for n in ast.walk(statement) if isinstance(n, ast.Call) for code in _given(n, here))


def _given(call: ast.Call, makers: dict[str, int]) -> Iterator[ast.expr]:
    """Go through what a call of a maker gives as the code."""
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if name in makers:
        yield from call.args[makers[name] : makers[name] + 1]
        yield from (k.value for k in call.keywords if k.arg == "code")


# Writers of blocks


def write_verbs(_: str) -> str:
    """Write one heading a verb with its help, and under a group one for each verb of it."""
    parts = []
    for verb in verbs():
        parts.append(f"## legation {verb}\n\n```text\n{help_of(verb)}\n```")
        parts += [f"### {verb} {name}\n\n```text\n{help_of(verb, name)}\n```" for name in verbs(verb)]
    return "\n\n".join(parts)


def write_overview(_: str) -> str:
    """Write the help of the program as a whole."""
    return f"```text\n{help_of()}\n```"


def write_fields(name: str) -> str:
    """Write the fields of a value: name, kind, default, meaning."""
    return _fields(named(name))


def write_keys(path: str) -> str:
    """Write the keys of a table of case.toml: name, kind, default, meaning, and an example of a packaged case."""
    from legation.codec import schema
    from legation.sources import toml

    steps, cls = path.split(".") if path else [], toml.CaseFile
    for step in steps:
        hint = get_type_hints(cls)[step]
        cls = get_args(hint)[0] if get_origin(hint) is tuple else hint
    hints, told = get_type_hints(cls), schema(cls)["properties"]
    rows = (
        (f"`{f.name}`", _kind(hints[f.name]), _default(f), told[f.name].get("description", ""), _example(steps, f.name))
        for f in fields(cls)
    )
    tables = ("[table]", "[rule]", "[condition]")  # they have examples of their own
    shown = ((*row[:4], "" if any(t in row[1] for t in tables) else row[4]) for row in rows)
    return _table(("key", "kind", "default", "meaning", "example"), shown)


def _example(steps: list[str], name: str) -> str:
    """Return what a packaged case says under a key."""
    for case in EXAMPLES:
        text = (SOURCE / "data" / "cases" / case / "case.toml").read_text(encoding="utf-8")
        tables: list[Any] = [tomllib.loads(text, parse_float=Decimal)]
        for step in steps:
            found = [table[step] for table in tables if step in table]
            tables = [row for item in found for row in (item if isinstance(item, list) else [item])]
        for said in (table[name] for table in tables if table.get(name) not in (None, "", [])):
            return f"`{_in_toml(said)}`"
    return UNUSED[name]


def _in_toml(said: object) -> str:
    """Write a value as case.toml would, long ones cut."""
    if isinstance(said, list):
        rest = ", …" if len(said) > 3 else ""
        return f"[{', '.join(map(_in_toml, said[:3]))}{rest}]"
    if isinstance(said, dict):
        rest = ", …" if len(said) > 2 else ""
        return f"{{ {', '.join(f'{k} = {_in_toml(v)}' for k, v in list(said.items())[:2])}{rest} }}"
    return f'"{shorten(said, 60, placeholder=" …")}"' if isinstance(said, str) else str(said)


def write_table(name: str) -> str:
    """Write the columns of a table of a case: name, what a cell holds, whether it must be filled, meaning."""
    from legation.codec import schema
    from legation.sources.tables import TABLES

    table = TABLES[name]
    made = table.makes or named("Post")
    told = {field: part.get("description", "") for field, part in schema(made)["properties"].items()}
    rows = (
        (f"`{c.name}`", _cell(c.cell, made, c.name), "yes" if c.needed else "", told.get(c.name) or COLUMNS[c.name])
        for c in table.columns
    )
    key = f"\n\nNo two rows have the same {listed(table.key)}." if table.key else ""
    return _table(("column", "holds", "needed", "meaning"), rows) + key


def listed(names: Iterable[str]) -> str:
    """Write names as `a`, `b` and `c`."""
    *most, last = (f"`{name}`" for name in names)
    return f"{', '.join(most)} and {last}" if most else last


def _cell(cell: object, made: type, name: str) -> str:
    from legation.sources import cells

    for constant, words in CELLS.items():
        if cell is getattr(cells, constant):
            return words
    return _kind(get_type_hints(made).get(name, str)) if name != "confidence" else "`high`, `medium` or `low`"


def write_rule(tag: str) -> str:
    """Write what a rule means and its keys."""
    from legation.codec import schema

    cls = rules()[tag]
    return f"{schema(cls)['description']}\n\n{_fields(cls, skip=('rule',))}"


def write_condition(tag: str) -> str:
    """Write what a condition of a sender's own law means and its keys."""
    from legation.codec import CONDITIONS, schema

    cls = CONDITIONS[tag]
    return f"{schema(cls)['description']}\n\n{_fields(cls, skip=('condition',))}"


def write_articles(convention: str) -> str:
    """Write the articles of a convention: what they are about, what becomes of them, and whether they were read."""
    from legation.law.articles import ARTICLES

    rows = (
        (a.number, a.title, a.treatment.value, a.how, "yes" if a.seen else "no")
        for a in ARTICLES
        if a.convention.value == convention
    )
    return _table(("article", "about", "is", "how", "wording seen"), rows)


def write_checks(_: str) -> str:
    """Write the rules of the conventions that are checked."""
    from legation.law.checking import RULES

    rows = ((f"[`{r.code}`](findings.md#{r.code})", r.cited, r.asks, "error" if r.grave else "warning") for r in RULES)
    return _table(("code", "article", "asks that", "a breach is"), rows)


def write_forms(_: str) -> str:
    """Write the tracks and their ladders."""
    from legation.model import LADDERS

    rows = ((track.value, " < ".join(f"`{form.value}`" for form in ladder)) for track, ladder in LADDERS.items())
    return _table(("track", "forms, lowest first"), rows)


def write_attributes(_: str) -> str:
    """Write the data dictionary."""
    with (SOURCE / "data" / "attributes.csv").open(encoding="utf-8", newline="") as file:
        rows = [(f"`{row['name']}`", row["unit"], row["meaning"], row["source"]) for row in csv.DictReader(file)]
    return _table(("attribute", "unit", "meaning", "source"), rows)


def write_sources(_: str) -> str:
    """Write the sources of the product's own tables."""
    with (SOURCE / "data" / "sources.csv").open(encoding="utf-8", newline="") as file:
        rows = [(f"`{r['id']}`", r["title"], r["publisher"], r["licence"], r["use"]) for r in csv.DictReader(file)]
    return _table(("id", "title", "publisher", "licence", "used for"), rows)


def write_kinds(_: str) -> str:
    """Write the kinds of files that can be imported."""
    from legation.desk.importing import kinds

    rows = ((f"`{k.name}`", k.title, k.expects, k.live) for k in kinds())
    return _table(("kind", "title", "file", "with `--live`"), rows)


def write_headings(_: str) -> str:
    """Write the headings that columns of a list of posts may have."""
    from legation.presence.posts import COLUMNS

    return _table(("column", "headings"), ((f"`{name}`", ", ".join(told)) for name, told in COLUMNS.items()))


def write_codes(_: str) -> str:
    """Write the codes of findings and where they come from."""
    rows = ((f"[`{code}`](#{code})", ", ".join(f"`{m}`" for m in where)) for code, where in finding_codes().items())
    return _table(("code", "reported by"), rows)


def write_errors(_: str) -> str:
    """Write the exceptions, their codes and exit codes."""
    from legation import errors

    family = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, errors.LegationError)]
    rows = ((f"`{c.code}`", f"`{c.__name__}`", str(c.exit_code), _summary(c)) for c in family[1:])
    return _table(("code", "exception", "exit code", "meaning"), rows)


def app() -> Any:  # noqa: ANN401 - the web framework is imported when it is asked for
    """Make the app of the web door, on a registry that is gone afterwards."""
    from tempfile import TemporaryDirectory

    from legation.settings import Settings
    from legation.store import Store
    from legation.web.app import create_app

    with TemporaryDirectory() as folder:
        where = f"{folder}/reference.db"
        Store(where, create=True).close()
        made = create_app(Settings(registry=where))
        made.state.room.close()
    return made


def write_routes(_: str) -> str:
    """Write the routes of the API: method and address, what it does, and what it takes."""
    from legation.web.describing import guarded

    rows = (
        (f"`{method} {route.path}`", (route.description or "").splitlines()[0], f"`{route.needed.value}`")
        for route in guarded(app())
        for method in sorted(route.methods or ())
    )
    return _table(("request", "does", "takes"), rows)


def write_permissions(_: str) -> str:
    """Write which role has which permission."""
    from legation.review.access import PERMISSIONS, Permission
    from legation.review.people import Role

    rows = ((f"`{p}`", *("yes" if p in PERMISSIONS[role] else "" for role in Role)) for p in Permission)
    return _table(("permission", *Role), rows)


def write_roles(_: str) -> str:
    """Write which role may send which request: one line a route, one column a role."""
    from legation.review.access import PERMISSIONS
    from legation.review.people import Role
    from legation.web.access import Entry, GuardedRoute
    from legation.web.describing import guarded

    def may(route: GuardedRoute, role: Role) -> str:
        return "yes" if isinstance(route.needed, Entry) or route.needed in PERMISSIONS[role] else ""

    rows = (
        (f"`{method} {route.path}`", *(may(route, role) for role in Role))
        for route in guarded(app())
        for method in sorted(route.methods or ())
    )
    return _table(("request", *Role), rows)


def write_settings(_: str) -> str:
    """Write the settings of the service: the variable, its default, what it says."""
    from legation.codec import schema
    from legation.settings import PREFIX, Settings

    told = {name: part.get("description", "") for name, part in schema(Settings)["properties"].items()}
    rows = ((f"`{PREFIX}{f.name.upper()}`", _default(f), told[f.name]) for f in fields(Settings))
    return _table(("variable", "default", "meaning"), rows)


def write_problems(_: str) -> str:
    """Write the kinds of problems that the API answers with."""
    from legation.web.problems import REFUSALS, STATUSES

    ours = [(status, cls.code, title) for cls, (status, title) in STATUSES.items()]
    rows = sorted([*ours, *((status, code, title) for code, (status, title) in REFUSALS.items())])
    return _table(("status", "code", "title"), ((str(status), f"`{code}`", title) for status, code, title in rows))


def write_units(_: str) -> str:
    """Write the units of problem and plan."""
    from legation.codec import UNITS

    return UNITS


def write_consular(_: str) -> str:
    """Write the acts that people are taken to need, and who is taken to do them."""
    from legation.cases.case import Consular

    said = Consular()
    acts = ((a.id, f"{a.rate}", f"{a.minutes}", f"{a.online}", a.reason) for a in said.acts)
    people = ((f"`{p.form}`", f"{p.people}") for p in said.people)
    first = _table(("act", "rate", "minutes", "online", "reason"), acts)
    return f"{first}\n\n{_table(('form', 'people who do consular work'), people)}"


def write_shares(_: str) -> str:
    """Write the default shares of interests that forms serve at their own seat."""
    from legation.cases.serving import SHARES

    return _table(("kind of interest", "form", "share"), ((s.kind, f"`{s.form}`", str(s.share)) for s in SHARES))


def write_rooms(_: str) -> str:
    """Write the packages and their modules, each with the first sentence of its docstring."""
    out = []
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).with_suffix("").as_posix()
        if name != "__init__":
            told = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n\n")[0]
            room = name.removesuffix("/__init__")
            out.append(f"| {f'**{room}**' if room != name else f'`{room}`'} | {' '.join(told.split())} |")
    return "\n".join(("| module | holds |", "| --- | --- |", *out))


def write_tables(_: str) -> str:
    """Write how many rows each of the product's own tables has."""
    rows = []
    for path in sorted((SOURCE / "data").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            head, *body = csv.reader(file)
        rows.append((f"`{path.name}`", f"{len(body):,}", ", ".join(f"`{name}`" for name in head)))
    return _table(("table", "rows", "columns"), rows)


def _fields(cls: type, skip: tuple[str, ...] = ()) -> str:
    from legation.codec import schema

    told = schema(cls).get("properties", {})
    hints = get_type_hints(cls)
    rows = (
        (f"`{f.name}`", _kind(hints[f.name]), _default(f), told.get(f.name, {}).get("description", ""))
        for f in fields(cls)
        if f.name not in skip
    )
    head, kept = ("name", "kind", "default", "meaning"), list(rows)
    told_any = any(row[3] for row in kept)
    return _table(head, kept) if told_any else _table(head[:3], (row[:3] for row in kept))


def _kind(tp: object) -> str:
    origin, args = get_origin(tp), get_args(tp)
    if origin in (Union, UnionType):
        there = [a for a in args if a is not type(None)]
        union = "[condition](law.md#own-law)" if there[0].__module__.endswith("law.national") else "[rule](rules.md)"
        return _kind(there[0]) if len(there) == 1 else union
    if origin is Literal:
        return " or ".join(f"`{a}`" for a in args)
    if origin is tuple:
        return _several(args)
    if isinstance(tp, type) and issubclass(tp, Enum):
        return LONG.get(tp.__name__) or ", ".join(f"`{member.value}`" for member in tp)
    name = getattr(tp, "__name__", str(tp))
    return PLAIN.get(name) or TABLES.get(name, name)


def _several(args: tuple[object, ...]) -> str:
    """Write a list of one kind, or a pair; a list of pairs of a year and a number is a number by year."""
    if args[-1] is not Ellipsis:
        return f"({', '.join(_kind(a) for a in args)})"
    pairs = {(int, Decimal): "number by year", (str, Decimal): "number by name", (str, str): "text by name"}
    return pairs.get(get_args(args[0]), f"list of {_kind(args[0])}")


def _default(field: Field[Any]) -> str:
    value = field.default
    if value is MISSING:
        return "required"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if value is None or value in ("", ()):
        return "empty"
    if isinstance(value, Enum):
        return f"`{value.value}`"
    if isinstance(value, tuple):
        return "those below" if is_dataclass(value[0]) else f"`{{ {', '.join(f'{k} = {v}' for k, v in value)} }}`"
    return f"`{value}`" if isinstance(value, int | float | str | Decimal) else "its defaults"


def _summary(cls: type) -> str:
    return " ".join((cls.__doc__ or "").split("\n\n")[0].split())


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = tuple(head)
    lines = [head, ("---",) * len(head), *(tuple(cell.replace("|", "\\|") for cell in row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


WRITERS: dict[str, Callable[[str], str]] = {
    "articles": write_articles,
    "attributes": write_attributes,
    "checks": write_checks,
    "condition": write_condition,
    "codes": write_codes,
    "kinds": write_kinds,
    "headings": write_headings,
    "errors": write_errors,
    "fields": write_fields,
    "forms": write_forms,
    "keys": write_keys,
    "overview": write_overview,
    "permissions": write_permissions,
    "problems": write_problems,
    "roles": write_roles,
    "rooms": write_rooms,
    "routes": write_routes,
    "rule": write_rule,
    "settings": write_settings,
    "consular": write_consular,
    "shares": write_shares,
    "sources": write_sources,
    "table": write_table,
    "tables": write_tables,
    "units": write_units,
    "verbs": write_verbs,
}


def main() -> None:
    """Renew the pages, or say which are out of date."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing; leave with 1 where a page is out of date")
    check = parser.parse_args().check
    stale = []
    for path in pages():
        old = path.read_text(encoding="utf-8")
        new = renewed(old)
        if new != old:
            stale.append(path.relative_to(ROOT).as_posix())
            if not check:
                path.write_text(new, encoding="utf-8", newline="\n")
    for name in stale:
        print(f"{'out of date' if check else 'renewed'}: {name}")
    sys.exit(1 if check and stale else 0)


if __name__ == "__main__":
    main()
