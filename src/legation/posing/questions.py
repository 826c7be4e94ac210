"""Posing: from networks, places and costs to the problem that is asked about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from legation.errors import InvalidError
from legation.location.problems import Capacitated, Cover, Facilities, Median, Problem, is_whole
from legation.programme.formulation import Index, Vector
from legation.values import value

MANY_PAIRS = 150_000_000  # of a customer and a site: some 4 gigabytes
CHUNK = 4_000_000


class Kind(StrEnum):
    """What is asked."""

    MEDIAN = "median"
    COVER = "cover"
    UNCAPACITATED = "uncapacitated"
    CAPACITATED = "capacitated"
    SINGLE_SOURCE = "single-source"


class Rounding(StrEnum):
    """What is done with distances between points."""

    NONE = "none"
    DOWN = "down"
    NEAREST = "nearest"


@value
class Question:
    """What is asked of a file.

    p: how many sites to open; radius: within which a site covers, in units of the distances
    capacity: of every site, instead of the file's; earth: its radius, in the unit of distances on it
    """

    kind: Kind | None = None
    p: int | None = None
    radius: float | None = None
    capacity: float | None = None
    rounding: Rounding = Rounding.NONE
    earth: float = 6_378_100.0


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Nodes, all of them sites and customers, with undirected edges (begin, end, length), demand, and p if given."""

    nodes: int
    begin: Index
    end: Index
    length: Vector
    weight: Vector
    p: int = 0

    @property
    def shape(self) -> tuple[int, int]:
        """Return how many customers and sites there are."""
        return self.nodes, self.nodes


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Customers at places (x, y) or (latitude, longitude) with demand, and places of sites; names, if they have any."""

    place: Vector
    weight: Vector
    sites: Vector
    sphere: bool = False
    names: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[int, int]:
        """Return how many customers and sites there are."""
        return len(self.place), len(self.sites)


@dataclass(frozen=True, slots=True, eq=False)
class Costs:
    """Costs of serving (customers, sites) and of opening; capacity 0 is none."""

    cost: Vector
    opening: Vector
    capacity: Vector
    demand: Vector
    single: bool = False

    @property
    def shape(self) -> tuple[int, int]:
        """Return how many customers and sites there are."""
        customers, sites = self.cost.shape
        return customers, sites


Data = Network | Points | Costs


def pose(data: Data, question: Question) -> tuple[Kind, Problem]:
    """Return what is asked; raise InvalidError where p or the radius is missing or cannot be."""
    kind = question.kind or _usual(data, question)
    if isinstance(data, Costs):
        return kind, _facilities(data, kind, question)
    if kind not in (Kind.MEDIAN, Kind.COVER):
        raise InvalidError(
            f"{kind.capitalize()} facilities need opening costs, and the file gives none.",
            hint="Ask for --kind median or --kind cover.",
        )
    p = _places(data, question)
    if kind is Kind.COVER:
        return kind, _cover(data, question, p)
    customers, sites = data.shape
    if customers * sites > MANY_PAIRS:
        raise InvalidError(
            f"{customers} customers and {sites} sites make {customers * sites} pairs; at most {MANY_PAIRS} fit.",
            hint="Mark fewer places as possible sites.",
        )
    cost = distances(data, question)
    if not np.isfinite(cost).all():
        raise InvalidError("Some nodes cannot be reached from others.", hint="Join the parts of the network.")
    cost *= data.weight[:, None]
    return kind, Median(cost, p)


def _usual(data: Data, question: Question) -> Kind:
    if isinstance(data, Costs):
        if not (data.capacity > 0).all() and question.capacity is None:
            return Kind.UNCAPACITATED
        return Kind.SINGLE_SOURCE if data.single else Kind.CAPACITATED
    return Kind.MEDIAN if question.radius is None else Kind.COVER


def _places(data: Network | Points, question: Question) -> int:
    p = question.p if question.p is not None else data.p if isinstance(data, Network) else 0
    sites = data.shape[1]
    if not 1 <= p <= sites:
        raise InvalidError(
            f"{p} of {sites} sites cannot be opened." if p else "It is not said how many sites to open.",
            hint=f"Say how many with --p, from 1 to {sites}.",
        )
    if (data.weight < 0).any():
        raise InvalidError("A demand is below 0.", hint="Demands are 0 or more.")
    return p


def _facilities(costs: Costs, kind: Kind, question: Question) -> Problem:
    if kind is Kind.COVER:
        raise InvalidError(
            "The file gives costs, no distances: nothing tells who is covered.", hint="Leave --kind out."
        )
    if kind is Kind.MEDIAN:
        p = question.p or 0
        if not 1 <= p <= costs.shape[1]:
            raise InvalidError("It is not said how many sites to open.", hint="Say how many with --p.")
        return Median(costs.cost, p)
    if kind is Kind.UNCAPACITATED:
        return Facilities(costs.cost, costs.opening)
    capacity = costs.capacity if question.capacity is None else np.full(costs.shape[1], question.capacity)
    if not (capacity > 0).any():
        raise InvalidError("The file gives no capacities.", hint="Give one with --capacity, or --kind uncapacitated.")
    return Capacitated(costs.cost, costs.opening, capacity, costs.demand, single=kind is Kind.SINGLE_SOURCE)


def _cover(data: Network | Points, question: Question, p: int) -> Cover:
    if question.radius is None or question.radius < 0:
        raise InvalidError("It is not said within which distance a site covers.", hint="Say it with --radius.")
    counts, found = [], []
    for rows in _distances(data, question):
        row, site = np.nonzero(rows <= question.radius)
        counts.append(np.bincount(row, minlength=len(rows)))
        found.append(site)
    first = np.concatenate(([0], np.cumsum(np.concatenate(counts))))
    return Cover(first, np.concatenate(found), data.weight, data.shape[1], p)


def distances(data: Network | Points, question: Question) -> Vector:
    """Return all distances, (customers, sites)."""
    return np.concatenate(list(_distances(data, question)))


def _distances(data: Network | Points, question: Question) -> Iterator[Vector]:
    """Go through the distances of some customers at a time, (customers, sites)."""
    if isinstance(data, Network):
        yield shortest_paths(data)
        return
    step = max(1, CHUNK // max(1, len(data.sites)))
    for first in range(0, len(data.place), step):
        some = data.place[first : first + step]
        rows = great_circles(some, data.sites, question.earth) if data.sphere else planar(some, data.sites)
        if question.rounding is not Rounding.NONE:
            rows = np.floor(rows) if question.rounding is Rounding.DOWN else np.floor(rows + 0.5)
        yield rows


def planar(a: Vector, b: Vector) -> Vector:
    """Return the Euclidean distances, (len(a), len(b))."""
    return np.asarray(np.sqrt((a[:, :1] - b[None, :, 0]) ** 2 + (a[:, 1:] - b[None, :, 1]) ** 2))


def great_circles(a: Vector, b: Vector, radius: float) -> Vector:
    """Return the distances on a sphere (haversine) between degrees of latitude and longitude, (len(a), len(b))."""
    (lat_a, lon_a), (lat_b, lon_b) = np.radians(a).T[:, :, None], np.radians(b).T[:, None, :]
    half = np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    return np.asarray(2 * radius * np.arcsin(np.sqrt(half.clip(0.0, 1.0))))


def shortest_paths(network: Network) -> Vector:
    """Return all distances (Floyd, Warshall); of edges that join the same nodes the last one counts."""
    small = is_whole(network.length) and float(network.length.sum()) < 2**29  # two of them still fit 32 bits
    beyond = 2**29 if small else np.inf
    paths = np.full((network.nodes, network.nodes), beyond, dtype=np.int32 if small else np.float64)
    for a, b, length in zip(network.begin.tolist(), network.end.tolist(), network.length.tolist(), strict=True):
        paths[a, b] = paths[b, a] = length
    np.fill_diagonal(paths, 0)
    through = np.empty_like(paths)
    for node in range(network.nodes):
        np.add(paths[:, node : node + 1], paths[node], out=through)
        np.minimum(paths, through, out=paths)
    found = paths.astype(float)
    found[paths >= beyond] = np.inf
    return found
