"""Which column says what, and which rows concern one site alone: what an engine of its own may rely on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Index = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

UNLIMITED = int(np.iinfo(np.int64).max)


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The columns of S sites, L rungs, V services and T years; -1 where there is none.

    columns: how many there are in all; today: rungs held today, (S,); first_rung: (S + 1,)
    x, up, down, risable: (L, T); closable: (L,); y: (V, T); needs: the rung each service needs, (V,)
    acts: columns that are at least 1 where the site acts and else count for nothing, (S, T), one array a rule
    most: of the services in `counted` (V,) a site may use so many in a year, (S,)
    own: rows that say no more than this about one site
    """

    columns: int
    first_rung: Index
    today: Index
    closable: Mask
    risable: Mask
    x: Index
    up: Index
    down: Index
    y: Index
    needs: Index
    counted: Mask
    most: Index
    acts: tuple[Index, ...]
    own: Index


@dataclass(slots=True)
class Notes:
    """What is noted for the layout while rules are written: sites and their columns of acts, site and most, rows."""

    acts: list[tuple[Index, Index]] = field(default_factory=list)
    most: list[tuple[int, int]] = field(default_factory=list)
    own: list[Index] = field(default_factory=list)
