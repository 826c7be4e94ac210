"""Verbs on what other States did: score forecasts against what followed."""

from __future__ import annotations

from math import isnan
from pathlib import Path
from typing import Annotated

import typer

from legation.affinity.scores import Scores, worst_gap
from legation.cli.output import Json, example, put, put_json, show, table, tell
from legation.desk import affinity as desk

Seed = Annotated[int, typer.Option(min=0, help="Seed of all chance; the same seed gives the same digits.")]


def backtest(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", show_default=False, help="Presences by year and facts.")],
    year: Annotated[int, typer.Option(metavar="2005", show_default=False, help="Know only what was known by then.")],
    window: Annotated[int, typer.Option(min=1, help="Years after it in which openings count.")] = 5,
    bootstrap: Annotated[int, typer.Option(min=0, help="Samples of senders for the intervals; 0 for none.")] = 500,
    seed: Seed = 0,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FOLDER", help="Write the scores there.", show_default=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Forecast a year's openings from what was known by then alone, and score them on what followed."""
    result, said, found = desk.backtest(folder, year, window=window, draws=bootstrap, seed=seed, progress=_progress)
    tell(found)
    if out:
        desk.write_scores(out, result, said)
    if as_json:
        put_json(result)
        return
    ours = result.ours
    put(
        f"Openings {year + 1}-{year + window}, forecast from what was known by {year} "
        f"(fitted on openings {result.train_first + 1}-{result.train_last}): "
        f"{ours.positives} of {ours.pairs} pairs, {ours.senders} senders."
    )
    columns = ("Model", "AUC>", "AP>", "95 %>", "P@100>", "Recall@10>", "95 % >", "R-precision>", "Brier>")
    show("", table(columns, (_row(s) for s in result.scores)))
    _reliability(ours)


def _progress(step: str) -> None:
    typer.echo(f"{step} …", err=True)


def _row(s: Scores) -> tuple[object, ...]:
    at = dict(s.precision_at)
    return (
        s.model, _said(s.auc), _said(s.ap), _span(s.ap_bounds), _said(at.get(100)), _said(s.sender_recall_at_10),
        _span(s.sender_recall_bounds), _said(s.sender_r_precision), _said(s.brier),
    )  # fmt: skip


def _said(number: float | None) -> str:
    return "" if number is None or isnan(number) else f"{number:.4f}"


def _span(bounds: tuple[float, float] | None) -> str:
    return f"{bounds[0]:.3f}-{bounds[1]:.3f}" if bounds else ""


def _reliability(ours: Scores) -> None:
    for title, bins in (("Probability", ours.tenths), ("Tenth of the pairs", ours.deciles)):
        rows = ((f"{b.low:.3f}-{b.high:.3f}", b.pairs, _said(b.predicted), _said(b.observed)) for b in bins)
        show("", table((title, "Pairs>", "Predicted>", "Came true>"), rows))
    gaps = [worst_gap(bins) for bins in (ours.tenths, ours.deciles)]
    put(f"\nWidest gap in rows of 100 pairs or more: {gaps[0]:.3f} by probability, {gaps[1]:.3f} by tenths of pairs.")


def register(app: typer.Typer) -> None:
    """Add the verbs to the door."""
    app.command(
        short_help="Score forecasts on what followed.",
        epilog=example("legation backtest presences/ --year 2005 --bootstrap 500 --seed 0"),
    )(backtest)
