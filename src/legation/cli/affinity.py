"""Verbs on what other States did: score forecasts against what followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from math import isnan
from pathlib import Path
from typing import Annotated

import typer

from legation.affinity.backtesting import Backtest
from legation.affinity.model import Card
from legation.affinity.planned import PlannedBacktest
from legation.affinity.scores import Scores, worst_gap
from legation.affinity.standing import Chance
from legation.cli.output import Case, Json, example, parse_day, put, put_json, show, table, tell
from legation.cli.registry import recorded
from legation.cli.world import Corrections, open_world
from legation.desk import affinity as desk

Seed = Annotated[int, typer.Option(min=0, help="Seed of all chance; the same seed gives the same digits.")]


Model = Annotated[
    Path | None,
    typer.Option("--model", metavar="FILE", show_default=False, help="Models of your own; else those shipped."),
]


def affinity(  # noqa: PLR0913, PLR0917 - one for each option
    sender: Annotated[str, typer.Argument(metavar="STATE", show_default=False, help="Code or name of the sender.")],
    state: Annotated[
        str, typer.Option("--state", metavar="BRA", help="Only this State, with every reason.", show_default=False)
    ] = "",
    top: Annotated[int, typer.Option(min=1, help="How many States to list.")] = 20,
    every: Annotated[bool, typer.Option("--all", help="Also where there is an embassy already.")] = False,
    model: Model = None,
    corrections: Corrections = None,
    own: Annotated[
        Path | None,
        typer.Option("--from", metavar="FOLDER", help="Presences and facts of your own.", show_default=False),
    ] = None,
    year: Annotated[int | None, typer.Option(help="Know only what was known by then.", show_default=False)] = None,
    into: Annotated[
        str, typer.Option(metavar="CASE", help="Write it into a case, as the attribute affinity.", show_default=False)
    ] = "",
    as_json: Json = False,
) -> None:
    """Say where States in a like position open embassies and hold them, how likely that is for this one, and why."""
    world = open_world(corrections).world
    found, names, models = desk.stand(sender, model=model, folder=own, year=year, world=world)
    if into:
        desk.file_into(into, found, None if own else desk.RECORDED)
        typer.echo(f"{len(found.chances)} facts of the attribute affinity are in {into}.", err=True)
    wanted = desk.state_code(state, names) if state else ""
    chances = [c for c in found.chances if (c.state == wanted if wanted else every or not c.there)]
    if as_json:
        put_json({"standing": found, "cards": [models.opening.card, models.presence.card]})
        return
    perhaps, told = (frozenset[str](), "") if own else desk.unrecorded(found.sender, world)
    shown = chances[: None if wanted else top]
    put(f"{names[found.sender]}: where States in its position are, and where they open embassies.")
    _show_chances(shown, found.window, names, perhaps)
    listed = {c.state for c in shown}
    notes = [f.message for f in found.findings if f.subject in listed | {found.sender}]
    for note in (*([told] if listed & perhaps else []), *notes):
        put(f"- {note}")
    card = models.opening.card
    known = f"embassies and facts of {own.name}" if own else f"the record of {desk.RECORDED}, facts"
    show(f"\nFrom {known} known by {found.year}. {card.title}: fitted on {card.data}; {_card(card)}")


def _show_chances(chances: Sequence[Chance], window: int, names: Mapping[str, str], perhaps: frozenset[str]) -> None:
    rows = (
        (
            names[c.state], "yes" if c.there else "perhaps" if c.state in perhaps else "no",
            "" if c.opening is None else f"{c.opening:.0%}", f"{c.presence:.0%}",
            f"{c.peers_there} of {c.peers}" if c.peers else "",
            "; ".join(f"{'+' if r.effect > 0 else '-'} {r.words}" for r in c.reasons),
        )
        for c in chances
    )  # fmt: skip
    show("", table(("State", "There", f"Opens within {window} years>", "Usual>", "Like size there>", "Why"), rows))


def _card(card: Card) -> str:
    scores = ", ".join(f"{name} {number:.3f}" for name, number in card.scores)
    return f"{card.measured}: {scores}. {' '.join(card.limits)}"


def weights(case: Case, model: Model = None, as_json: Json = False) -> None:
    """Put the weights of a case beside those that would rank States as States in its sender's position do."""
    compared, explained = desk.weights_of(case, model=model)
    if as_json:
        put_json({"weights": compared, "explained": explained})
        return
    rows = ((w.title, f"{w.stated:.0%}", f"{w.revealed:.0%}") for w in compared)
    show(table(("Criterion", "In the case>", "As States do>"), rows))
    put(f"Such weights explain {explained:.0%} of how likely an embassy is, in log odds; the rest is in no criterion.")


def fit(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", show_default=False, help="Presences by year and facts.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Where to write the models.")],
    title: Annotated[str, typer.Option(help="What the data are, for the card.", show_default=False)] = "",
    window: Annotated[int, typer.Option(min=1, help="Years ahead that the model of openings speaks of.")] = 5,
    on: Annotated[
        date | None, typer.Option("--on", metavar="DATE", parser=parse_day, help="Day for the card; else today.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Fit the models of affinity on your own data, with features that the product's facts can give."""
    day = on or datetime.now().astimezone().date()
    models, found = desk.fit(folder, window=window, day=day, title=title or folder.name, progress=_progress)
    tell(found)
    out.write_text(desk.dump(models), encoding="utf-8")
    if as_json:
        put_json([models.opening.card, models.presence.card])
        return
    put(f"Wrote {out}.")
    for model in (models.opening, models.presence):
        put(f"- {model.card.title}, {len(model.features)} features; {_card(model.card)}")


class Mode(StrEnum):
    """What is scored: the order of all pairs, or plans."""

    RANK = "rank"
    PLAN = "plan"


def backtest(  # noqa: PLR0913, PLR0917 - one for each option
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", show_default=False, help="Presences by year and facts.")],
    year: Annotated[int, typer.Option(metavar="2005", show_default=False, help="Know only what was known by then.")],
    mode: Annotated[
        Mode, typer.Option(help="Score the order of all pairs, or plans of as many openings as there were.")
    ] = Mode.RANK,
    window: Annotated[int, typer.Option(min=1, help="Years after it in which openings count.")] = 5,
    bootstrap: Annotated[int, typer.Option(min=0, help="Samples of senders for the intervals; 0 for none.")] = 500,
    seed: Seed = 0,
    processes: Annotated[int, typer.Option(min=1, help="How many processes of this machine score and plan.")] = 1,
    scheduler: Annotated[
        str, typer.Option(metavar="tcp://HOST:8786", help="Score and plan on a Dask cluster.", show_default=False)
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FOLDER", help="Write the scores there.", show_default=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Forecast a year's openings from what was known by then alone, and score them on what followed."""
    workers = desk.Workers(processes, scheduler)
    if mode is Mode.PLAN:
        plans, found = desk.backtest_plans(
            folder, year, window=window, draws=bootstrap, seed=seed, progress=_progress, workers=workers
        )
        tell(found)
        if out:
            desk.write_plans(out, plans)
        put_json(plans) if as_json else _show_plans(plans)
        return
    result, said, found = desk.backtest(
        folder, year, window=window, draws=bootstrap, seed=seed, progress=_progress, workers=workers
    )
    tell(found)
    if out:
        desk.write_scores(out, result, said)
    put_json(result) if as_json else _show_ranks(result)


def _show_ranks(result: Backtest) -> None:
    year, ours = result.year, result.ours
    put(
        f"Openings {year + 1}-{year + result.window}, forecast from what was known by {year} "
        f"(fitted on openings {result.train_first + 1}-{result.train_last}): "
        f"{ours.positives} of {ours.pairs} pairs, {ours.senders} senders."
    )
    columns = ("Model", "AUC>", "AP>", "95 %>", "P@100>", "Recall@10>", "95 % >", "R-precision>", "Brier>")
    show("", table(columns, (_row(s) for s in result.scores)))
    _reliability(ours)


def _show_plans(result: PlannedBacktest) -> None:
    put(
        f"Plans for {result.year + 1}-{result.year + result.window}, made from what was known by {result.year}: "
        f"{result.senders} senders, each planning as many embassies as it then opened, {result.openings} in all."
    )
    rows = (
        (
            s.model, f"{s.opened:.0f}", _said(s.share), _span(s.share_bounds), _said(s.by_sender),
            _span(s.by_sender_bounds),
        )
        for s in result.scores
    )  # fmt: skip
    columns = ("Planned by", "Opened>", "Share>", "95 %>", "Mean by sender>", "95 % >")
    show("", table(columns, rows))


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
        short_help="Where States like this one would be.",
        epilog=example("legation affinity SWE --top 10", "legation affinity SWE --into sweden"),
    )(affinity)
    app.command(short_help="Weights that rank as States do.", epilog=example("legation weights kazakhstan-2012"))(
        recorded(weights)
    )
    app.command(short_help="Fit the models on your own data.", epilog=example("legation fit presences/ -o model.json"))(
        fit
    )
    app.command(
        short_help="Score forecasts on what followed.",
        epilog=example(
            "legation backtest presences/ --year 2005 --bootstrap 500 --seed 0",
            "legation backtest presences/ --year 2005 --mode plan --processes 2",
        ),
    )(backtest)
