"""The rules of the house, measured on the source.

A check takes the text of a module and returns its complaints. Each check is first tried on a sample that
breaks its rule and on one that keeps it, so that a check which can no longer fail does not go unnoticed.
"""

import ast
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "legation"
FILES = sorted(SOURCE.rglob("*.py"))

LONGEST_FILE = 500
LONGEST_FUNCTION = 60
FOLDER_HOLDS = range(2, 13)
DOOR_HOLDS = range(2, 25)  # a door has one file a group of verbs or routes, so its list is its index
UNTOLD_NAMES = {"base", "common", "helpers", "services", "utils"}  # they say nothing about what is inside
HEAVY = {
    *("dask", "distributed", "fastapi", "highspy", "numba", "openpyxl", "pydantic", "rich", "sklearn", "typer"),
    *("vl_convert", "xlsxwriter"),
}

DOORS = {"cli", "web"}  # a door turns any exception into an exit code or a response
CATCHERS = {*DOORS, "compute"}  # and a process hands on to another whatever went wrong
CORE = {
    "affinity",
    "appraisal",
    "cases",
    "consular",
    "delivery",
    "engine",
    "errors",
    "inquiry",
    "law",
    "location",
    "model",
    "planning",
    "posing",
    "programme",
    "review",
    "values",
}
SOLVER = "programme/highs.py"

PURE_IMPORTS = {
    *("__future__", "abc", "bisect", "calendar", "collections", "contextlib", "copy", "dataclasses", "datetime"),
    *("decimal", "difflib", "enum", "fractions", "functools", "graphlib", "heapq", "itertools", "math", "numbers"),
    *("operator", "re", "statistics", "string", "textwrap", "types", "typing", "unicodedata"),
    *("numpy", "legation"),
    "importlib.metadata",  # rules of a ministry's own are found among entry points
}
SOLVER_IMPORTS = {"highspy", "os", "sys", "threading", "time"}  # HiGHS prints to the file descriptor and has a clock
IMPURE_NAMES = {"__import__", "breakpoint", "eval", "exec", "getenv", "input", "open", "print"}
IMPURE_METHODS = {"getenv", "now", "today", "utcnow"}
NUMPY_FILES = {
    *("fromfile", "genfromtxt", "load", "loadtxt", "memmap", "save", "savetxt", "savez", "savez_compressed"),
}
SEEDED = {"Generator", "MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64", "SeedSequence", "default_rng"}

Check = Callable[[str], list[str]]
Function = ast.FunctionDef | ast.AsyncFunctionDef
Node = TypeVar("Node", bound=ast.AST)


# Checks of any module


def misses_module_docstring(text: str) -> list[str]:
    """Ask every module to say what it holds."""
    return [] if ast.get_docstring(ast.parse(text)) else ["the module has no docstring"]


def misses_docstrings(text: str) -> list[str]:
    """Ask every public class, function and method for a docstring."""
    return [
        f"line {node.lineno}: {node.name} has no docstring"
        for node in public_definitions(ast.parse(text).body)
        if not ast.get_docstring(node) and "overload" not in names_in(*node.decorator_list)
    ]


def is_long_file(text: str) -> list[str]:
    """Keep a module short enough to be read in one sitting."""
    lines = len(text.splitlines())
    return [f"{lines} lines; a module has at most {LONGEST_FILE}"] if lines > LONGEST_FILE else []


def has_long_function(text: str) -> list[str]:
    """Keep a function short enough to be seen at once."""
    functions: list[Function] = [*every(text, ast.FunctionDef), *every(text, ast.AsyncFunctionDef)]
    lengths = [(node, (node.end_lineno or node.lineno) - node.lineno + 1) for node in functions]
    return [
        f"line {node.lineno}: {node.name} has {length} lines; a function has at most {LONGEST_FUNCTION}"
        for node, length in lengths
        if length > LONGEST_FUNCTION
    ]


def hides_imports(text: str) -> list[str]:
    """Forbid `if TYPE_CHECKING`: it hides cycles, and our annotations are read at run time."""
    return [
        f"line {node.lineno}: import under TYPE_CHECKING"
        for node in every(text, ast.If)
        if "TYPE_CHECKING" in names_in(node.test)
    ]


def catches_everything(text: str) -> list[str]:
    """Forbid `except:` and `except Exception:`, which swallow mistakes with the errors."""
    return [
        f"line {node.lineno}: catches everything"
        for node in every(text, ast.ExceptHandler)
        if node.type is None or names_in(node.type) & {"BaseException", "Exception"}
    ]


# Checks of the core


def imports_more_than(allowed: set[str]) -> Check:
    """Make the check that a module imports nothing but these."""

    def check(text: str) -> list[str]:
        return [
            f"line {line}: imports {name}"
            for line, name in imports(text)
            if not {name, name.partition(".")[0]} & allowed
        ]

    return check


def touches_the_world(text: str) -> list[str]:
    """Forbid files, printing, the clock, the environment and chance without a seed."""
    calls = ((node, dotted(node.func)) for node in every(text, ast.Call))
    return [f"line {node.lineno}: calls {name}()" for node, name in calls if is_impure(node, name)]


def is_impure(call: ast.Call, name: str) -> bool:
    """Tell whether a call, by its dotted name, reaches outside of its arguments."""
    *owner, last = name.split(".")
    if owner[-1:] == ["random"]:
        return last not in SEEDED or not (call.args or call.keywords)
    if last == "default_rng":
        return not (call.args or call.keywords)
    if owner in (["np"], ["numpy"]):
        return last in NUMPY_FILES
    return last in (IMPURE_METHODS if owner else IMPURE_NAMES | IMPURE_METHODS)


# Checks of the layout


def is_untold_name(path: str) -> list[str]:
    """Forbid the names of modules that say nothing about what is inside."""
    parts = {part.strip("_") for part in Path(path).with_suffix("").parts}
    return [f"a module named {name} tells nothing of what it holds" for name in sorted(parts & UNTOLD_NAMES)]


def is_odd_folder(modules: Iterable[str], holds: range = FOLDER_HOLDS) -> list[str]:
    """Ask for neither a folder with a single module nor one where nothing can be found."""
    count = sum(name != "__init__.py" for name in modules)
    return [] if count in holds else [f"{count} modules; a folder holds {holds[0]} to {holds[-1]}"]


def loaded_by(statement: str) -> set[str]:
    """Run a statement in a new interpreter and return the top-level packages it loaded."""
    code = f"{statement}\nimport json, sys\nprint(json.dumps([name for name in sys.modules if '.' not in name]))"
    # The folder is where the package would be found if it were not installed.
    run = subprocess.run([sys.executable, "-c", code], cwd=SOURCE.parent, capture_output=True, text=True, check=True)
    return set(json.loads(run.stdout))


# How the checks read


def every(text: str, kind: type[Node]) -> Iterator[Node]:
    """Go through all nodes of a kind in a text."""
    return (node for node in ast.walk(ast.parse(text)) if isinstance(node, kind))


def dotted(node: ast.expr) -> str:
    """Write the callee of a call as it stands in the text, `?` for what is not a name."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def names_in(*nodes: ast.expr) -> set[str]:
    """Collect the names and attributes that expressions mention."""
    inner = [node for outer in nodes for node in ast.walk(outer)]
    return {node.id for node in inner if isinstance(node, ast.Name)} | {
        node.attr for node in inner if isinstance(node, ast.Attribute)
    }


def imports(text: str) -> Iterator[tuple[int, str]]:
    """Go through the modules that a text imports, with their lines."""
    for node in every(text, ast.Import):
        yield from ((node.lineno, alias.name) for alias in node.names)
    for origin in every(text, ast.ImportFrom):
        yield origin.lineno, "legation" if origin.level else origin.module or ""


def public_definitions(body: list[ast.stmt]) -> Iterator[Function | ast.ClassDef]:
    """Go through public functions and classes and the public methods of those classes."""
    for node in body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public_definitions(node.body)


# Every check can fail, and does not fail for nothing

LONG_BODY = "def f():\n" + "    x = 1\n" * LONGEST_FUNCTION
PURE = imports_more_than(PURE_IMPORTS)

SAMPLES: list[tuple[Check, str, str]] = [  # a check, a text that breaks its rule, a text that keeps it
    (misses_module_docstring, "x = 1", '"""Say something."""'),
    (misses_docstrings, "def f(): ...", 'def f():\n    """Do."""\n    def inner(): ...\ndef _private(): ...'),
    (misses_docstrings, "class A: ...", 'class A:\n    """A."""\n    def __len__(self): ...'),
    (misses_docstrings, 'class A:\n    """A."""\n    def f(self): ...', "class _A:\n    def f(self): ..."),
    (misses_docstrings, "async def f(): ...", "@typing.overload\ndef f(): ..."),
    (is_long_file, "x = 1\n" * (LONGEST_FILE + 1), "x = 1\n" * LONGEST_FILE),
    (has_long_function, LONG_BODY, LONG_BODY.removesuffix("    x = 1\n")),
    (has_long_function, "async " + LONG_BODY, "x = 1\n" * (LONGEST_FUNCTION + 1)),
    (hides_imports, "if TYPE_CHECKING:\n    import x", "if checking:\n    import x"),
    (hides_imports, "import typing\nif typing.TYPE_CHECKING:\n    import x", "import typing"),
    (catches_everything, "try: f()\nexcept: g()", "try: f()\nexcept ValueError: g()"),
    (catches_everything, "try: f()\nexcept Exception: g()", "try: f()\nexcept (KeyError, OSError): g()"),
    (catches_everything, "try: f()\nexcept (KeyError, BaseException): g()", "raise Exception"),
    (PURE, "import os", "import math"),
    (PURE, "from pathlib import Path", "from collections.abc import Iterable"),
    (PURE, "def f():\n    import highspy", "from legation.model.posts import Post"),
    (imports_more_than(PURE_IMPORTS | SOLVER_IMPORTS), "import openpyxl", "import highspy"),
    (touches_the_world, "open('x')", "network.open(day)"),
    (touches_the_world, "print(x)", "sprint(x)"),
    (touches_the_world, "input()", "inputs()"),
    (touches_the_world, "datetime.now()", "problem.now"),
    (touches_the_world, "x = datetime.date.today()", "x = problem.today"),
    (touches_the_world, "os.getenv('HOME')", "get('HOME')"),
    (touches_the_world, "random.random()", "np.random.default_rng(7).random()"),
    (touches_the_world, "np.random.default_rng()", "np.random.default_rng(seed=seed)"),
    (touches_the_world, "default_rng()", "default_rng(seed)"),
    (touches_the_world, "np.random.normal(0, 1)", "rng.normal(0, 1)"),
    (touches_the_world, "np.save('x', y)", "np.sum(y)"),
]


@pytest.mark.parametrize(("check", "bad", "good"), SAMPLES)
def test_check_can_fail(check: Check, bad: str, good: str) -> None:
    """A check complains of the bad sample and is silent about the good one."""
    assert check(bad)
    assert not check(good)


def test_layout_checks_can_fail() -> None:
    """The checks of names, folders and loaded packages can fail as well."""
    assert is_untold_name("planning/utils.py")
    assert is_untold_name("services/posts.py")
    assert is_untold_name("_helpers.py")
    assert not is_untold_name("planning/baseline.py")
    assert is_odd_folder(["__init__.py", "one.py"])
    assert is_odd_folder([f"m{i}.py" for i in range(13)])
    assert is_odd_folder([f"m{i}.py" for i in range(25)], DOOR_HOLDS)
    assert not is_odd_folder(["__init__.py", "one.py", "two.py"])
    assert "wave" in loaded_by("import wave")
    assert "wave" not in loaded_by("pass")


# The house itself


def name_of(path: Path) -> str:
    """Name a file as one would in conversation."""
    return path.relative_to(SOURCE).as_posix()


def floor_of(path: Path) -> str:
    """Tell the package directly under `legation` to which a file belongs."""
    return path.relative_to(SOURCE).with_suffix("").parts[0]


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_module_keeps_the_rules(path: Path) -> None:
    """Every module is documented, short, open about its imports and careful about what it catches."""
    text = path.read_text(encoding="utf-8")
    checks = [misses_module_docstring, misses_docstrings, is_long_file, has_long_function, hides_imports]
    if floor_of(path) not in CATCHERS:
        checks.append(catches_everything)
    assert [complaint for check in checks for complaint in check(text)] == []
    assert is_untold_name(name_of(path)) == []


@pytest.mark.parametrize("path", [path for path in FILES if floor_of(path) in CORE], ids=name_of)
def test_core_is_pure(path: Path) -> None:
    """The core computes: values in, values out."""
    text = path.read_text(encoding="utf-8")
    allowed = PURE_IMPORTS | SOLVER_IMPORTS if name_of(path) == SOLVER else PURE_IMPORTS
    assert imports_more_than(allowed)(text) + touches_the_world(text) == []


@pytest.mark.parametrize("folder", sorted({path.parent for path in FILES}), ids=name_of)
def test_folder_is_neither_empty_nor_crowded(folder: Path) -> None:
    """A folder holds two to twelve modules, a door up to twice as many."""
    holds = DOOR_HOLDS if folder.name in DOORS else FOLDER_HOLDS
    assert is_odd_folder((path.name for path in folder.glob("*.py")), holds) == []


def test_import_is_light() -> None:
    """`import legation` loads no heavy library, so the first answer comes at once."""
    assert HEAVY & loaded_by("import legation") == set()


def test_the_house_was_found() -> None:
    """There are files to check, so none of the tests above passed for want of them."""
    assert {"errors.py", "values.py", SOLVER} <= {name_of(path) for path in FILES}
