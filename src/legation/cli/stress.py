"""The verb that asks how sure a plan is: stress."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path
from typing import Annotated

import typer

from legation.cli.output import Case, Json, Seconds, example, put, put_json, show, table, tell
from legation.cli.registry import recorded
from legation.counsel import stress as counsel
from legation.counsel.orders import StressOrder, uncertainties
from legation.counsel.stress import Candidate, Stress, Work
from legation.desk import cases
from legation.inquiry.acceptability import Accepted, Share
from legation.inquiry.ensembles import GAP
from legation.inquiry.futures import Way
from legation.model import Form
from legation.programme.solver import Limits

SHOWN = 25
Percent = float | None
WeightsDrawn = Annotated[
    str,
    typer.Option(
        metavar="NUMBER|ordinal|free",
        show_default=False,
        help="Other weights: near the stated ones (the larger, the nearer), of the same order, or any.",
    ),
]
CostsDrawn = Annotated[
    str,
    typer.Option(metavar="LOW:HIGH", show_default=False, help="Costs of what is new at each site, in percent: -10:30."),
]


def _percent(help_: str) -> object:
    return typer.Option(min=0, metavar="PERCENT", show_default=False, help=help_)


def stress(  # noqa: PLR0913, PLR0917 - one for each option
    case: Case,
    count: Annotated[int, typer.Option(min=1, help="How many futures.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Of the draws: the same seed, the same futures.")] = 0,
    weights: WeightsDrawn = "",
    worth: Annotated[Percent, _percent("Spread of the worth of each interest.")] = None,
    costs: CostsDrawn = "",
    rates: Annotated[Percent, _percent("Spread of the exchange rate at which all is paid.")] = None,
    ceilings: Annotated[Percent, _percent("Spread of all ceilings of money.")] = None,
    slippage: Annotated[Percent, _percent("Chance that a site is ready a year later.")] = None,
    half_width: Annotated[
        Percent, _percent("Stop before the count once no interval of a share is wider than twice this.")
    ] = None,
    processes: Annotated[
        int | None, typer.Option(min=1, show_default=False, help="How many processes; one a processor by default.")
    ] = None,
    scheduler: Annotated[
        str, typer.Option(metavar="tcp://HOST:8786", help="Plan on a Dask cluster.", show_default=False)
    ] = "",
    resume: Annotated[
        Path | None,
        typer.Option(metavar="FILE", show_default=False, help="Keep what is done there, and go on from what it has."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", show_default=False, help="Write it there: .html, .json or .csv."),
    ] = None,
    seconds: Seconds = Limits().seconds,
    gap: Annotated[float, typer.Option(min=0, max=1, help="Proven for the plan of each future.")] = GAP,
    as_json: Json = False,
) -> None:
    """Plan many futures: which measures hold in nearly all, and which plan gives up least whatever comes."""
    _known(out)
    (way, near), (low, high) = _weights(weights), _costs(costs)
    order = StressOrder(
        weights=way,
        concentration=near,
        costs_low=low,
        costs_high=high,
        worth=_share(worth),
        rates=_share(rates),
        ceilings=_share(ceilings),
        slippage=_share(slippage),
    )
    opened = cases.open_case(case)
    tell(opened.findings)
    work = Work(count, seed, (half_width or 0.0) / 100, processes, scheduler, resume)
    found = counsel.stress(opened, uncertainties(order, opened), work, Limits(seconds, gap), _progress)
    if out:
        out.write_text(_written(found, out.suffix), encoding="utf-8")
        typer.echo(f"Wrote {out}.", err=True)
    if as_json:
        put_json(found)
    elif not out:
        _tell(found)


def _progress(done: int, of: int) -> None:
    typer.echo(f"  {done} of {of} futures", err=True)


def _share(percent: Percent) -> float | None:
    return None if percent is None else percent / 100


def _weights(text: str) -> tuple[Way | None, float]:
    """Read how weights are drawn, and how near the stated ones."""
    if not text:
        return None, 0.0
    if text in (Way.ORDINAL, Way.FREE):
        return Way(text), 0.0
    number = _number(text, "--weights", "50, ordinal or free")
    if number <= 0:
        raise typer.BadParameter("--weights takes a number above 0, ordinal or free.")
    return Way.DIRICHLET, number


def _costs(text: str) -> tuple[float, float]:
    """Read by which shares costs fall and rise at most."""
    if not text:
        return 0.0, 0.0
    low, _, high = text.partition(":")
    ends = [_number(part, "--costs", "LOW:HIGH in percent, as -10:30") for part in (low, high)]
    if not -100 < ends[0] <= 0 <= ends[1]:
        raise typer.BadParameter("--costs takes a low from -100 to 0 and a high of 0 or more, as -10:30.")
    return ends[0] / 100, ends[1] / 100


def _number(text: str, option: str, wanted: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise typer.BadParameter(f"{option} takes {wanted}, not {text!r}.") from error


# In words


def _tell(found: Stress) -> None:
    put(f"{found.futures} futures of {found.title}, seed {found.seed}; {'; '.join(found.drawn)}.")
    if found.planless:
        put(f"In {found.planless} of them no plan keeps the brief; shares are of the others.")
    put(
        f"The plan of each is proven within {found.gap:.1g} of its worth; shares are known to ± {found.half_width:.1%}."
    )
    shown = found.accepted[:SHOWN]
    columns = ("Measure", "Share>", "95 %>", "", *(f"{y}>" for y in found.years))
    show("", table(columns, (_row(a) for a in shown)))
    if len(found.accepted) > len(shown):
        put(f"… and {len(found.accepted) - len(shown)} more; --json tells all of them.")
    _tell_candidates(found)


def _row(accepted: Accepted) -> tuple[str, ...]:
    share = accepted.share
    years = (f"{s.share:.0%}" if s.count else "" for _, s in accepted.years)
    return (_act(accepted), f"{share.share:.1%}", _span(share), accepted.standing.value, *years)


def _tell_candidates(found: Stress) -> None:
    rows = (
        (c.name, f"{c.average:,.2f}", f"{c.expected:,.2f}", f"{c.worst:,.2f}", c.future, f"{c.broken:.1%}", _short(c))
        for c in found.candidates
    )
    columns = ("The plan", "Mean worth>", "Mean regret>", "Worst regret>", "in future>", "Broken>", "Measures")
    show("", table(columns, rows))
    if found.candidates:
        put(f"No plan within the brief has a worst regret below {found.worst_bound:,.2f} in these futures.")


def _short(candidate: Candidate) -> str:
    return " ".join(f"{m.site}:{m.year}" for m in candidate.measures[:12]) + (
        " …" if len(candidate.measures) > 12 else ""
    )


def _span(share: Share) -> str:
    return f"{share.low:.1%}-{share.high:.1%}"


def _act(accepted: Accepted) -> str:
    before = f" (now {accepted.before})" if accepted.before is not Form.NONE else ""
    return f"{accepted.site}: {accepted.after}{before}"


# In files


def _known(out: Path | None) -> None:
    if out and out.suffix not in (".html", ".json", ".csv"):
        raise typer.BadParameter(f"{out} should end in .html, .json or .csv.")


def _written(found: Stress, suffix: str) -> str:
    from legation import codec
    from legation.counsel.stress_page import page
    from legation.reports.html import as_html

    if suffix == ".html":
        return as_html(page(found))
    return codec.dump(found) if suffix == ".json" else _csv(found)


def _csv(found: Stress) -> str:
    stream = StringIO()
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(("site", "before", "after", "standing", "year", "count", "of", "share", "low", "high"))
    for a in found.accepted:
        for year, s in (("", a.share), *a.years):
            rows.writerow((a.site, a.before, a.after, a.standing, year, s.count, s.of, s.share, s.low, s.high))
    return stream.getvalue()


def register(app: typer.Typer) -> None:
    """Add the verb to the door."""
    lines = ("legation stress kazakhstan-2012 --count 1000 --weights 50 --worth 20 -o stress.html",)
    app.command(short_help="How sure the plan is.", epilog=example(*lines))(recorded(stress))
