"""Verbs on scenarios: named changes to a case on record, solved and laid side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer

from legation.cases.scenarios import (
    CaseChange,
    Postpone,
    ScaleCeilings,
    ScaleCosts,
    ScaleStaff,
    Scenario,
    SetCeilings,
    SetWeight,
    Strike,
)
from legation.cli.output import Gap, Json, Seconds, example, put, put_json, show, table, working
from legation.cli.people import now, office
from legation.cli.registry import FILE, Actor, Number, Reason, Registry
from legation.errors import InvalidError
from legation.model import Form
from legation.planning.contrast import Table
from legation.programme.solver import Limits

WORDS = (
    "ceilings=0.9 (all ceilings of money, a tenth less), ceiling=2030:120 (an amount for a year), staff=0.9, "
    "costs=1.1 or costs=embassy:1.1 (of a form, or of a site), strike=SITE, postpone=SITE:YEAR, weight=CRITERION:5, "
    "or a file ending in .toml with [[changes]] for all that can change."
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="The case on record.")]
Called = Annotated[str, typer.Argument(metavar="SCENARIO", help="The scenario.")]
Changes = Annotated[list[str], typer.Argument(metavar="CHANGE...", help=WORDS)]

app = typer.Typer(
    help="Change a case on record without editing it, and compare what would be best.",
    epilog=example("legation scenario add ruritania less ceilings=0.8", "legation scenario compare ruritania less"),
    no_args_is_help=True,
)


def changes_of(words: list[str]) -> tuple[CaseChange, ...]:
    """Read changes as they are written on the command line; raise InvalidError for what is none."""
    return tuple(change for word in words for change in _read(word))


def _read(word: str) -> Iterator[CaseChange]:
    from legation.chancery.scenarios import read_changes

    if word.endswith(".toml"):
        yield from read_changes(Path(word))
        return
    kind, _, said = word.partition("=")
    name, _, last = said.rpartition(":")
    try:
        yield MAKERS[kind](name, last)
    except (KeyError, ValueError, InvalidOperation) as error:
        raise InvalidError(f"'{word}' is no change.", hint=f"Changes: {WORDS}") from error


def _number(text: str) -> Decimal:
    made = Decimal(text)
    if not made.is_finite() or made < 0:
        raise ValueError(text)
    return made


def _costs(name: str, factor: str) -> CaseChange:
    if name in set(Form):
        return ScaleCosts(_number(factor), form=Form(name))
    return ScaleCosts(_number(factor), site=name)


MAKERS: dict[str, Callable[[str, str], CaseChange]] = {
    "ceilings": lambda _, factor: ScaleCeilings(_number(factor)),
    "ceiling": lambda year, amount: SetCeilings(((int(year), _number(amount)),)),
    "staff": lambda _, factor: ScaleStaff(_number(factor)),
    "costs": _costs,
    "strike": lambda _, site: Strike(site),
    "postpone": lambda site, year: Postpone(site, int(year)),
    "weight": lambda criterion, weight: SetWeight(criterion, _number(weight)),
}


@app.command(
    epilog=example(
        "legation scenario add ruritania less ceilings=0.8 --reason 'A fifth less'",
        "legation scenario add ruritania later postpone=WHV:2031 --on less",
    )
)
def add(
    name: Name,
    called: Called,
    changes: Changes,
    on: Annotated[str, typer.Option("--on", metavar="SCENARIO", help="Stand on another scenario.")] = "",
    reason: Reason = "",
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Put a scenario on record under its author's name; the case itself stays as it is."""
    from legation.chancery import scenarios

    made = Scenario(called, name, changes_of(changes), on=on, reason=reason)
    with office(where, actor) as (store, who):
        revision = scenarios.save_scenario(store, who, made, now())
    if as_json:
        put_json(revision)
    else:
        put(f"Revision {revision.number}: scenario {called} of {name}.")


@app.command("list", epilog=example("legation scenario list ruritania"))
def list_(name: Name, at: Number = None, where: Registry = FILE, as_json: Json = False) -> None:
    """List the scenarios of a case."""
    from legation.chancery import scenarios
    from legation.store import Store

    with Store(where) as store:
        found = scenarios.scenarios_of(store, name, at=at)
    if as_json:
        put_json(list(found.values()))
        return
    rows = ((s.name, s.on, len(s.changes), s.author, s.reason) for s in found.values())
    show(table(("Scenario", "Stands on", "Changes>", "By", "Why"), rows))


@app.command("show", epilog=example("legation scenario show ruritania less"))
def show_(name: Name, called: Called, at: Number = None, where: Registry = FILE, as_json: Json = False) -> None:
    """Say what a scenario changes."""
    from legation.chancery import scenarios
    from legation.desk.registry import told
    from legation.store import Store

    with Store(where) as store:
        found = scenarios.scenario_of(store, name, called, at=at)
    if as_json:
        put_json(found)
        return
    on = f", on {found.on}" if found.on else ""
    put(f"{found.name} of {found.case}{on}, by {found.author}" + (f": {found.reason}" if found.reason else ""))
    for number, change in enumerate(found.changes, start=1):
        said = (f"{field} {text}" for field, text in told(change) if field != "change")
        put(f"  {number}. {change.change}: {', '.join(said)}")


@app.command(epilog=example("legation scenario drop ruritania less"))
def drop(name: Name, called: Called, where: Registry = FILE, actor: Actor = "", as_json: Json = False) -> None:
    """Take a scenario of one's own off the record; earlier revisions keep it."""
    from legation.chancery import scenarios

    with office(where, actor) as (store, who):
        revision = scenarios.drop_scenario(store, who, name, called, now())
    if as_json:
        put_json(revision)
    else:
        put(f"Revision {revision.number}: {revision.reason}.")


@app.command(epilog=example("legation scenario compare ruritania baseline less"))
def compare(
    name: Name,
    called: Annotated[
        list[str], typer.Argument(metavar="SCENARIO...", help="One to four; the case itself is 'baseline'.")
    ],
    where: Registry = FILE,
    seconds: Seconds = Limits().seconds,
    gap: Gap = Limits().gap,
    as_json: Json = False,
) -> None:
    """Find the best plan under each scenario and lay them side by side."""
    from legation.chancery import scenarios
    from legation.store import Store

    with Store(where) as store, working("Planning"):
        found = scenarios.compare_scenarios(store, name, tuple(called), Limits(seconds, gap))
        names = scenarios.sites_of(store, name)
    if as_json:
        put_json(found)
    else:
        side_by_side(found, names)


def side_by_side(found: Table, names: Mapping[str, str]) -> None:
    """Write plans side by side: figures, then measures with the years they are taken in. names: of sites."""
    heads = ("", *(f"{c.scenario}>" for c in found.columns))
    years = [year for year, _ in found.columns[0].new]
    rows: list[tuple[object, ...]] = [
        ("worth, points", *(f"{c.worth:,.1f}" for c in found.columns)),
        *((f"new money {year}", *(f"{dict(c.new).get(year, 0):,.0f}" for c in found.columns)) for year in years),
        ("each year after", *(f"{c.tail:,.0f}" for c in found.columns)),
        ("posts opened", *(c.opened for c in found.columns)),
    ]
    rows += [
        (f"{names.get(row.site, row.site)}: {row.after}", *(year or "-" for year in row.years)) for row in found.rows
    ]
    show(table(heads, rows))


def register(door: typer.Typer) -> None:
    """Add the verbs to the door."""
    door.add_typer(app, name="scenario", short_help="Change a case without editing it; compare.")
