"""Affinity at the desk: read what all States did, fit, backtest, and say where a State would likely be."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from legation import codec
from legation.affinity.backtesting import Backtest, Prediction
from legation.affinity.backtesting import backtest as run
from legation.affinity.history import History
from legation.affinity.learning import Progress
from legation.affinity.scores import Bin, SenderScore
from legation.errors import Finding, NotFoundError
from legation.exchange.panel import read_panel
from legation.model.presences import Presence
from legation.presence import diplometrics

DIGITS = 6

PRESENCES = ("ddr_*", "presences*")


def read_history(folder: Path) -> tuple[History, tuple[Finding, ...]]:
    """Read presences by year and the facts beside them; raise NotFoundError where the folder has none."""
    files = sorted({path for pattern in PRESENCES for path in folder.glob(f"{pattern}.csv*")})
    if not files or not any(folder.glob("dyads*.csv*")):
        raise NotFoundError(
            f"The folder {folder.name} holds no presences by year, or no facts of pairs of States.",
            hint="It needs ddr_*.csv or presences*.csv (year, sender, host, level, focus) and dyads*.csv; "
            "states_*.csv is welcome. Each may be packed as .csv.gz.",
        )
    presences: list[Presence] = []
    found: list[Finding] = []
    for path in files:
        read, faults = diplometrics.read(path)
        presences += read.presences
        found += faults
    history, faults = read_panel(folder, presences)
    return history, (*found, *faults)


def backtest(
    folder: Path, year: int, *, window: int, draws: int, seed: int, progress: Progress
) -> tuple[Backtest, Prediction, tuple[Finding, ...]]:
    """Score the forecasts of a year on what followed, from the files of a folder."""
    from legation import fitting

    engines = fitting.engines()
    progress("reading")
    history, found = read_history(folder)
    result, said = run(history, year, engines, window=window, draws=draws, seed=seed, progress=progress)
    return result, said, found


def write_scores(folder: Path, result: Backtest, said: Prediction) -> None:
    """Write scores of models and of senders, the reliability diagram and the model as files of a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = [f.name for f in fields(result.ours) if f.name not in ("precision_at", "tenths", "deciles")]
    _table(folder / "models.csv", kept, ([getattr(s, name) for name in kept] for s in result.scores))
    names = [f.name for f in fields(SenderScore)]
    _table(folder / "senders.csv", names, ([getattr(s, name) for name in names] for s in result.senders))
    parts = [("probability", b) for b in result.ours.tenths] + [("pairs", b) for b in result.ours.deciles]
    bins = [f.name for f in fields(Bin)]
    _table(folder / "reliability.csv", ["by", *bins], ([by, *(getattr(b, n) for n in bins)] for by, b in parts))
    (folder / "model.json").write_text(codec.dump(said.model), encoding="utf-8")


def _table(path: Path, header: list[str], rows: Iterable[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        written = csv.writer(file, lineterminator="\n")
        written.writerow(header)
        written.writerows([_cell(cell) for cell in row] for row in rows)


def _cell(cell: object) -> object:
    if isinstance(cell, tuple):
        return "|".join(str(_cell(part)) for part in cell)
    return round(cell, DIGITS) if isinstance(cell, float) else cell
