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
from collections.abc import Callable, Iterable, Iterator
from dataclasses import MISSING, Field, fields
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
SOURCE = ROOT / "src" / "legation"
BLOCK = re.compile(r"(<!-- generated: (\S+)(?: (\S+))? -->\n).*?(<!-- end -->)", re.DOTALL)
WIDTH = 96  # of the help texts

PLAIN = {"str": "text", "int": "whole number", "float": "number", "Decimal": "number", "bool": "`true` or `false`"}
LONG = {"Form": "[form](glossary.md#form)"}  # enumerations that have a place of their own


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


def verbs() -> tuple[str, ...]:
    """Name the verbs of the command line, in the order in which help lists them."""
    import typer

    from legation.cli.main import app

    command: Any = typer.main.get_command(app)
    return tuple(command.commands)


def help_of(*words: str) -> str:
    """Return what `legation WORDS --help` prints on a page of fixed width."""
    from typer.testing import CliRunner

    from legation.cli.main import app

    os.environ["TERMINAL_WIDTH"] = os.environ["COLUMNS"] = str(WIDTH)
    result = CliRunner().invoke(app, [*words, "--help"], prog_name="legation", env={"NO_COLOR": "1"})
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

    A code is the first argument of a call of `Finding`, or of a function whose first parameter is named `code`.
    """
    found: dict[str, set[str]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        makers = {"Finding"} | {node.name: _place(node) for node in _functions(tree) if _place(node) is not None}.keys()
        places = {node.name: _place(node) for node in _functions(tree)} | {"Finding": 0}
        module = path.relative_to(SOURCE).with_suffix("").as_posix()
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = _callee(call)
            if name in makers:
                for code in _codes(call, places[name] or 0):
                    found.setdefault(code, set()).add(module)
    return {code: tuple(sorted(modules)) for code, modules in sorted(found.items())}


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def _place(node: ast.FunctionDef) -> int | None:
    names = [argument.arg for argument in node.args.args if argument.arg not in ("self", "cls")]
    return names.index("code") if "code" in names else None


def _callee(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _codes(call: ast.Call, place: int) -> Iterator[str]:
    given = [*call.args[place : place + 1], *(k.value for k in call.keywords if k.arg == "code")]
    for node in (inner for outer in given for inner in ast.walk(outer)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[a-z][a-z-]*", node.value):
            yield node.value


# Writers of blocks


def write_verbs(_: str) -> str:
    """Write one heading a verb with its help."""
    return "\n\n".join(f"## legation {verb}\n\n```text\n{help_of(verb)}\n```" for verb in verbs())


def write_overview(_: str) -> str:
    """Write the help of the program as a whole."""
    return f"```text\n{help_of()}\n```"


def write_fields(name: str) -> str:
    """Write the fields of a value: name, kind, default, meaning."""
    return _fields(named(name))


def write_rule(tag: str) -> str:
    """Write what a rule means and its keys."""
    from legation.codec import schema

    cls = rules()[tag]
    return f"{schema(cls)['description']}\n\n{_fields(cls, skip=('rule',))}"


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


def _fields(cls: type, skip: tuple[str, ...] = ()) -> str:
    from legation.codec import schema

    told = schema(cls).get("properties", {})
    hints = get_type_hints(cls)
    rows = (
        (f"`{f.name}`", _kind(hints[f.name]), _default(f), told.get(f.name, {}).get("description", ""))
        for f in fields(cls)
        if f.name not in skip
    )
    return _table(("name", "kind", "default", "meaning"), rows)


def _kind(tp: Any) -> str:
    origin, args = get_origin(tp), get_args(tp)
    if origin in (Union, UnionType):
        there = [a for a in args if a is not type(None)]
        return _kind(there[0]) if len(there) == 1 else "one of several"
    if origin is Literal:
        return " or ".join(f"`{a}`" for a in args)
    if origin is tuple and args[-1] is Ellipsis:
        return f"list of {_kind(args[0])}"
    if origin is tuple:
        return f"({', '.join(_kind(a) for a in args)})"
    if isinstance(tp, type) and issubclass(tp, Enum):
        return LONG.get(tp.__name__) or ", ".join(f"`{member.value}`" for member in tp)
    return PLAIN.get(tp.__name__, tp.__name__)


def _default(field: Field[Any]) -> str:
    value = field.default
    if value is MISSING:
        return "required"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if value is None or value == "" or value == ():
        return "empty"
    if isinstance(value, Enum):
        return f"`{value.value}`"
    return f"`{value}`" if isinstance(value, int | float | str) or type(value).__name__ == "Decimal" else "see below"


def _summary(cls: type) -> str:
    return " ".join((cls.__doc__ or "").split("\n\n")[0].split())


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = tuple(head)
    lines = [head, ("---",) * len(head), *(tuple(cell.replace("|", "\\|") for cell in row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


WRITERS: dict[str, Callable[[str], str]] = {
    "attributes": write_attributes,
    "codes": write_codes,
    "errors": write_errors,
    "fields": write_fields,
    "forms": write_forms,
    "overview": write_overview,
    "rule": write_rule,
    "sources": write_sources,
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
