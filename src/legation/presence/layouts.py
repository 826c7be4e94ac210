"""Layouts: data sets that were published in several shapes, told apart by their header."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from legation.errors import InvalidError
from legation.exchange.grid import open_grid

Layout = Mapping[str, str]
"""The column of each thing a reader needs."""


def layout_of(path: Path, layouts: Iterable[Layout]) -> Layout:
    """Return the first layout whose columns the file all has; raise the InvalidError of the one it is nearest to."""
    errors: list[InvalidError] = []
    for layout in layouts:
        try:
            with open_grid(path, needs=tuple(layout.values())):
                return layout
        except InvalidError as error:
            errors.append(error)
    raise min(errors, key=lambda e: len(e.findings))
