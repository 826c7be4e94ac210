"""Locating: from a file of a location problem to a siting that is proven, checked and told by names."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from legation import codec
from legation.counsel.cities import is_table, read_cities
from legation.errors import InvalidError, NotFoundError, UnsolvedError
from legation.location import site
from legation.location.checking import check
from legation.location.problems import Siting
from legation.model.states import EARTH_RADIUS_KM
from legation.posing.layouts import Layout, read
from legation.posing.questions import Costs, Data, Kind, Points, Question, pose
from legation.programme.solver import Status
from legation.values import value


@value
class Place:
    """An open site: its name, how many customers it serves, and how much of all demand (or cost) that is."""

    site: str
    customers: int
    load: float


@value
class Located:
    """A siting in the file's own names.

    layout: what the file was read as; kind: what was asked; objective, bound: cost, or demand covered
    unit: of objective and bound; gap: relative, 0 where proven; served: (customer, site, share)
    seconds: by the clock, from distances to proof
    """

    file: str
    layout: str
    kind: Kind
    customers: int
    sites: int
    status: Status
    objective: float
    unit: str
    bound: float
    gap: float
    proof: str
    seconds: float
    opened: tuple[Place, ...]
    served: tuple[tuple[str, str, float], ...]


def locate(
    path: Path,
    question: Question,
    *,
    layout: Layout | None = None,
    seconds: float = 300.0,
    stopped: Callable[[], bool] = bool,
) -> Located:
    """Read, solve and check a location problem; raise UnsolvedError where the answer does not stand the check.

    stopped: asked again and again; once it says so, the search ends with the best it has and its bound
    """
    if not path.is_file():
        raise NotFoundError(f"There is no file {path}.", hint="Give the path of a file.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidError(f"{path} is not a text in UTF-8.", hint="Give a text file.") from error
    return located(text, path.name, question, layout=layout, seconds=seconds, stopped=stopped)


def located(
    text: str,
    name: str,
    question: Question,
    *,
    layout: Layout | None = None,
    seconds: float = 300.0,
    stopped: Callable[[], bool] = bool,
) -> Located:
    """Solve and check the location problem of a text that has the name of a file; raise as `locate` does."""
    found, data, question = readable(text, name, question, layout)
    begun = time.monotonic()
    kind, problem = pose(data, question)
    siting = site(problem, lambda: 0.0 if stopped() else begun + seconds - time.monotonic())
    spent = time.monotonic() - begun
    if siting.status is Status.UNKNOWN:
        raise UnsolvedError(f"No siting was found in {seconds:g} seconds.", hint="Give it longer with --limit.")
    wrong = check(problem, siting)
    if wrong:
        raise UnsolvedError(f"The siting of {name} does not stand its check: {wrong[0].message}", hint=wrong[0].remedy)
    return _named(name, found, kind, data, siting, spent)


def save(located: Located, path: Path) -> None:
    """Write a located siting as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(codec.dump(located), encoding="utf-8")


def readable(text: str, name: str, question: Question, layout: Layout | None) -> tuple[str, Data, Question]:
    """Return the layout, the numbers and the question of a text; raise InvalidError with every fault of it."""
    if layout is None and is_table(text):
        return "cities", read_cities(text, name), replace(question, earth=EARTH_RADIUS_KM)
    try:
        found, data = read(text, layout)
    except InvalidError as error:
        faults = tuple(replace(f, file=name, subject=name) for f in error.findings)
        raise InvalidError(f"{name} cannot be read as a location problem.", faults, hint=error.hint) from error
    return str(found), data, question


def _named(name: str, layout: str, kind: Kind, data: Data, siting: Siting, seconds: float) -> Located:
    customers, sites = data.shape
    by = data.customers if isinstance(data, Points) and data.customers else _numbers(customers)
    to = data.names if isinstance(data, Points) and data.names else _numbers(sites)
    count: dict[int, int] = dict.fromkeys(siting.opened, 0)
    load: dict[int, float] = dict.fromkeys(siting.opened, 0.0)
    weight = data.demand if isinstance(data, Costs) else data.weight
    for one in siting.served:
        count[one.site] += 1
        load[one.site] += float(weight[one.customer]) * one.share
    return Located(
        file=name,
        layout=layout,
        kind=kind,
        customers=customers,
        sites=sites,
        status=siting.status,
        objective=siting.objective,
        unit=_unit(layout, kind, data),
        bound=siting.bound,
        gap=siting.gap,
        proof=siting.proof,
        seconds=round(seconds, 3),
        opened=tuple(Place(to[s], count[s], load[s]) for s in siting.opened),
        served=tuple((by[s.customer], to[s.site], s.share) for s in siting.served),
    )


def _unit(layout: str, kind: Kind, data: Data) -> str:
    """Say what the objective counts, as far as the file tells."""
    if kind is Kind.COVER:
        return "demand"
    if isinstance(data, Costs):
        return "in the file's unit of cost"
    if layout == "cities":
        return "demand x km"
    sphere = isinstance(data, Points) and data.sphere
    return "demand x m" if sphere else "demand x distance, in the file's unit of length"


def _numbers(count: int) -> tuple[str, ...]:
    return tuple(str(number) for number in range(1, count + 1))
