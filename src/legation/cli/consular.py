"""The verb on consular service: whom which post serves, how far they go, and whether its people can do the work."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from legation.cases.siting import names_of
from legation.cli.output import Case, Json, example, put, put_json, show, table, tell_all
from legation.cli.registry import recorded
from legation.consular.demand import District
from legation.consular.service import Attended, ConsularService, Totals
from legation.counsel.consular import ConsularAnswer
from legation.counsel.consular import consular as asked
from legation.desk import cases
from legation.desk.proofs import read_document
from legation.model import FORMS
from legation.planning.outcome import Plan

MANY = 30
"""Districts and posts that are shown without --all."""

Names = dict[str, str]


def consular(
    case: Case,
    plan: Annotated[
        Path | None, typer.Argument(metavar="[PLAN.json]", show_default=False, help="From legation plan -o plan.json.")
    ] = None,
    year: Annotated[
        int | None, typer.Option(metavar="YEAR", help="A year of the plan; the last where not named.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every district and post, not the largest only.")] = False,
    as_json: Json = False,
) -> None:
    """Say who needs a consul where, which post serves them, before and after a plan, and who is left unserved."""
    if year is not None and plan is None:
        raise typer.BadParameter("--year is a year of a plan: give the plan as well.")
    opened = cases.open_case(case)
    answer = asked(opened, read_document(Plan, plan) if plan else None, year)
    if as_json:
        put_json(answer)
        return
    tell_all(answer.findings)
    if not answer.districts:
        put("Nothing can be reckoned yet.")
        return
    names = names_of(opened.case, opened.draft.problem.sites)
    most = None if everything else MANY
    _totals(answer)
    _districts(answer, names, most)
    _posts(answer, names, most)
    _rates(answer)


def _sides(answer: ConsularAnswer) -> list[tuple[str, ConsularService]]:
    after = [(f"End of {answer.after.year}", answer.after)] if answer.after else []
    return [("Today", answer.before), *after]


def _totals(answer: ConsularAnswer) -> None:
    sides = _sides(answer)
    lines: tuple[tuple[str, str], ...] = (
        ("People", "people"),
        ("  served", "served"),
        ("  not served", "unserved"),
        ("Acts in a year", "acts"),
        ("  done online", "online"),
        ("  at a post", "counter"),
        ("  left undone", "undone"),
        ("Trips that would do the rest", "trips"),
    )
    rows = [(title, *(_whole(getattr(side.totals, name)) for _, side in sides)) for title, name in lines]
    rows.insert(2, ("  served, %", *(_percent(_share(side.totals)) for _, side in sides)))
    show(table(("Consular service", *(f"{title}>" for title, _ in sides)), rows))


def _share(totals: Totals) -> Decimal:
    return totals.served / totals.people if totals.people else Decimal(0)


def _districts(answer: ConsularAnswer, names: Names, most: int | None) -> None:
    """List the districts with people in them, the largest first."""
    counted = sorted((d for d in answer.districts if d.people), key=lambda d: (-(d.people or 0), d.id))
    columns = ["\nDistrict", "People>"]
    for title, _ in _sides(answer):
        columns += [title, "km>", "%>"]
    lines = [{a.district: a for a in side.districts} for _, side in _sides(answer)]
    rows = (
        (
            *(_called(d), _whole(d.people or Decimal(0))),
            *(cell for line in lines for cell in _served(line[d.id], names)),
            *(_whole(lines[-1][d.id].unserved), lines[-1][d.id].trips),
        )
        for d in counted[:most]
    )
    show(table((*columns, "Unserved>", "Trips>"), rows))
    _left(len(counted), most, "districts with people")


def _called(district: District) -> str:
    return f"{district.title}, the rest" if district.rest else f"{district.city}, {district.state}"


def _served(line: Attended, names: Names) -> tuple[str, str, str]:
    if not line.site:
        return "nobody", "", ""
    return f"{names.get(line.site, line.site)}: {FORMS[line.form]}", _whole(Decimal(line.km)), _percent(line.share)


def _posts(answer: ConsularAnswer, names: Names, most: int | None) -> None:
    """List the posts that serve somebody in the later picture, the most pressed first, with their load of before."""
    title, last = _sides(answer)[-1]
    before = {w.site: w for w in answer.before.posts}
    busy = [w for w in last.posts if w.people]
    rows = []
    for work in busy[:most]:
        then = before.get(work.site)
        rows.append(
            (
                *(names.get(work.site, work.site), FORMS[work.form], work.districts, _whole(work.people)),
                *(_whole(work.acts), f"{work.needed:.1f}", f"{work.there:f}", _load(work.load)),
                *((_load(then.load) if then else "",) if answer.after else ()),
            )
        )
    columns = ("\nPost", "Form", "Districts>", "People>", "Acts>", "Needs>", "Has>", "Load %>")
    show(table((*columns, *(("Today %>",) if answer.after else ())), rows, title=""))
    _left(len(busy), most, f"posts that serve somebody ({title.lower()})")


def _left(count: int, most: int | None, what: str) -> None:
    if most is not None and count > most:
        put(f"… of {count} {what}; all of them with --all.")


def _rates(answer: ConsularAnswer) -> None:
    acts = "; ".join(_act(answer)) or "none"
    show(
        f"\nReckoned for every 1,000 people in a year: {acts}. One person works {answer.hours:f} hours a year, a trip "
        f"of a mobile consulate does {answer.trip:f} acts. Change them under [settings.consular] in case.toml."
    )


def _act(answer: ConsularAnswer) -> Iterator[str]:
    for act in answer.acts:
        online = f", {_percent(act.online)} % online" if act.online else ""
        yield f"{act.rate:f} x {act.id.replace('-', ' ')} of {act.minutes:f} minutes{online}"


def _whole(amount: Decimal | int) -> str:
    return f"{round(amount):,}".replace(",", " ")


def _percent(share: Decimal) -> str:
    return f"{100 * share:.0f}"


def _load(load: Decimal | None) -> str:
    return "–" if load is None else _percent(load)


def register(app: typer.Typer) -> None:
    """Add the verb to the door."""
    app.command(
        short_help="Whom consuls serve, and whom not.",
        epilog=example("legation consular kazakhstan-2012", "legation consular kazakhstan-2012 plan.json"),
    )(recorded(consular))
