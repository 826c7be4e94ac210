"""Verbs on delivery: how far a plan has come, what happened, how it goes on from today, and what came true."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from legation.cases.siting import names_of
from legation.cli.output import Json, example, parse_day, put, put_json, show, table, tell, tell_all, working
from legation.cli.people import now, office
from legation.cli.registry import FILE, Actor, Number, Registry, case_there
from legation.desk import cases
from legation.desk.cases import Opened
from legation.model import FORMS, EventKind, Form
from legation.programme.solver import Limits
from legation.reports.figures import act

Subject = Annotated[
    str,
    typer.Argument(metavar="CASE|DOSSIER", show_default=False, help="A case with --plan, or a dossier on record."),
]
PlanFile = Annotated[
    Path | None,
    typer.Option(
        "--plan",
        metavar="PLAN.json",
        show_default=False,
        help="From legation plan -o plan.json; without it the plan is that of a dossier on record.",
    ),
]
OnRecord = Annotated[
    bool, typer.Option("--on-record", help="CASE is on record: take it from the registry, as of now or --at.")
]
On = Annotated[
    date | None,
    typer.Option("--on", metavar="DAY", parser=parse_day, show_default=False, help="As of this day; today by default."),
]


class Tracking(TyperGroup):
    """The verb and its group in one: what names no verb of the group is the case to track."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - the library's own type is internal
        """Put `show` before a case."""
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["show", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=Tracking,
    help="Track a plan: `legation track CASE --plan plan.json`, or `track DOSSIER`, is short for `track show`.",
    epilog=example("legation track kazakhstan-2012 --plan plan.json --on 2013-03-01"),
    no_args_is_help=True,
)


def _desk() -> ModuleType:
    """Import the desk when it is asked for."""
    from legation.chancery import delivery

    return delivery


def _today() -> date:
    return datetime.now().astimezone().date()


def _opened(subject: str, at: int | None, where: str, *, on_record: bool) -> Opened:
    """Open the case that a plan given is of: from where it lies, or as it is or was on record."""
    with case_there(subject, on_record=on_record, at=at, where=where) as case:
        return cases.open_case(case)


def _needs_plan(plan: Path | None, *, on_record: bool) -> None:
    if on_record and not plan:
        raise typer.BadParameter("--on-record is of a case with --plan; a dossier is on record anyway.")


def _tracked(
    subject: str, plan: Path | None, day: date, at: int | None, where: str, actor: str, *, on_record: bool
) -> tuple[Any, Any]:
    """Return how a plan stands on a day, of a case with its plan or of a dossier, and the names of its sites."""
    _needs_plan(plan, on_record=on_record)
    if plan:
        opened = _opened(subject, at, where, on_record=on_record)
        return _desk().track(opened.case, opened.draft.problem, _desk().read_plan(plan), day), _names(opened)
    with office(where, actor) as (store, who):
        found = _desk().track_dossier(store, who, subject, day, at=at)
        return found, _desk().sites_of(store, who, subject, at=at)


@app.command(
    "show",
    epilog=example(
        "legation track kazakhstan-2012 --plan plan.json --on 2013-03-01",
        "legation track my --plan p.json --site KEN",
        "legation track kazakhstan-2012 --on-record --plan plan.json",
        "legation track kazakhstan-2012-1 --on 2013-03-01",
    ),
)
def show_(
    subject: Subject,
    plan: PlanFile = None,
    on: On = None,
    site: Annotated[str, typer.Option(metavar="KEN", help="All milestones of one site.")] = "",
    on_record: OnRecord = False,
    at: Number = None,
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Say which measures of a plan are done, under way or late, when the rest is expected, and what is left unspent."""
    found, names = _tracked(subject, plan, on or _today(), at, where, actor, on_record=on_record)
    tell_all(found.findings)
    if as_json:
        put_json(found)
    elif site:
        _milestones([line for line in found.lines if line.measure.site == site], names)
    else:
        _measures(found, names)
        _money(found)


@app.command("curve", epilog=example("legation track curve kazakhstan-2012 --plan plan.json --on 2013-03-01"))
def curve_(
    subject: Subject,
    plan: PlanFile = None,
    on: On = None,
    on_record: OnRecord = False,
    at: Number = None,
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Set steps and measures that were due beside those taken and those still expected, quarter by quarter."""
    day = on or _today()
    found, _names_of_sites = _tracked(subject, plan, day, at, where, actor, on_record=on_record)
    if as_json:
        put_json(found.curve)
        return
    rows = (
        (
            *(f"{p.day}{' today' if p.day == day else ''}", p.steps_due, p.steps_taken, p.steps_expected),
            *(p.measures_due, p.measures_done, f"{p.measures_expected:.1f}"),
        )
        for p in found.curve
    )
    columns = ("By the end of", "Steps due>", "Taken>", "Expected>", "Measures due>", "Done>", "Expected>")
    show(table(columns, rows))


@app.command("lead-times", epilog=example("legation track lead-times", "legation track lead-times --json"))
def lead_times(as_json: Json = False) -> None:
    """Hold every published lead time against the interval that the others give for it: how good forecasts are."""
    found = _desk().backtest()
    if as_json:
        put_json(found)
        return
    rows = (
        (t.sender, f"{t.months:g}", f"{t.median:.0f}", f"{t.low:.0f} to {t.high:.0f}", "yes" if t.inside else "no")
        for t in found
    )
    show(table(("State", "Months it took>", "Half take up to>", "4 of 5 between>", "Inside"), rows))
    inside = sum(t.inside for t in found)
    put(f"\nInside: {inside} of {len(found)}, where four of five should be. Planned dates count as the months planned.")


def _names(opened: Opened) -> dict[str, str]:
    return names_of(opened.case, opened.draft.problem.sites)


def _measures(found: Any, names: dict[str, str]) -> None:  # noqa: ANN401 - a value of the desk, imported when asked for
    states = Counter(line.state for line in found.lines)
    counts = ", ".join(f"{count} {state.replace('-', ' ')}" for state, count in states.items())
    put(f"{found.case} on {found.on}: {len(found.lines)} measures, {counts or 'none'}.")
    rows = []
    for line in found.lines:
        taken = max((n for n, s in enumerate(line.steps) if s.milestone.actual), default=-1)
        ahead = next((s.milestone for s in line.steps[taken + 1 :]), None)
        effect = line.effect
        when = f"{_month(effect.low)}–{_month(effect.high)}" if line.state != "done" else ""
        rows.append(
            (
                *(_called(names, line.measure.site), act(line.measure), line.state.replace("-", " ")),
                _step(ahead.kind) if ahead else "",
                *(_month(effect.milestone.planned), _month(effect.expected), when, round(effect.late / 30.4)),
            )
        )
    columns = (
        "Where",
        "Measure",
        "So far",
        "Next step",
        "Effect due",
        "Expected",
        "4 of 5 between",
        "Months late>",
    )
    show(table(columns, rows))
    for kept in found.unplanned:
        forms = f"{FORMS[kept.before]} to {FORMS[kept.after]}"
        put(f"Not in the plan: {_called(names, kept.site)}, {forms} in {kept.year}.")
    usual = found.usual
    show(
        f"\nThe forecast rests on {usual.published} published lead times and {usual.own} of our own: half take up to "
        f"{usual.median:g} months from decision to opening, 4 of 5 from {usual.low:g} to {usual.high:g}. "
        f"Of the published, {usual.inside} of {usual.published} fall where the others say."
    )


def _money(found: Any) -> None:  # noqa: ANN401
    put(f"\nMoney of the measures, {found.currency}: what is left of a year is not spent in it")
    rows = (
        (m.year, f"{m.planned:,.0f}", f"{m.expected:,.0f}", f"{m.low:,.0f} to {m.high:,.0f}", f"{m.left:,.0f}")
        for m in found.money
    )
    show(table(("Year", "Planned>", "Expected>", "4 of 5 between>", "Left>"), rows))


def _called(names: dict[str, str], site: str) -> str:
    return names.get(site, site)


def _step(kind: EventKind) -> str:
    """Return what a milestone is called."""
    return "agrément" if kind is EventKind.AGREMENT else kind.value.replace("-", " ")


def _milestones(lines: list[Any], names: dict[str, str]) -> None:
    if not lines:
        put("The plan has no measure there.")
    for line in lines:
        rows = (
            (
                *(_step(s.milestone.kind), s.milestone.first, s.milestone.planned, s.milestone.actual),
                *(*_ahead(s), s.milestone.source),
            )
            for s in line.steps
        )
        title = f"{_called(names, line.measure.site)}: {act(line.measure)}, {line.state.replace('-', ' ')}"
        show(table(("Step", "Due before", "Due", "Taken", "Expected", "4 of 5 between", "Source"), rows, title=title))


def _ahead(step: Any) -> tuple[object, ...]:  # noqa: ANN401
    return ("", "") if step.milestone.actual else (step.expected, f"{_month(step.low)}–{_month(step.high)}")


def _figure(amount: float) -> str:
    """Write a figure of a fact with four digits, those of millions and more in words."""
    for name, size in (("tn", 1e12), ("bn", 1e9), ("m", 1e6)):
        if abs(amount) >= size:
            return f"{amount / size:,.4g} {name}"
    return f"{amount:,.0f}" if abs(amount) >= 1000 else f"{amount:.4g}"


def _month(day: date) -> str:
    return f"{day.year}-{day.month:02}"


@app.command(epilog=example("legation track record my KEN first-working-day 2013-03-05 --source decree-7"))
def record(  # noqa: PLR0913, PLR0917 - one option a column
    case: Annotated[
        str, typer.Argument(metavar="CASE", help="A case folder or workbook of your own; a case on record.")
    ],
    post: Annotated[str, typer.Argument(metavar="POST|SITE", help="Id in posts.csv or sites.csv.")],
    event: Annotated[EventKind, typer.Argument(metavar="EVENT", help="Such as decision, consent, raised, closed.")],
    day: Annotated[date, typer.Argument(metavar="DAY", parser=parse_day, help="When it was, or is due.")],
    planned: Annotated[bool, typer.Option("--planned", help="It has not happened: the day is due.")] = False,
    form: Annotated[Form | None, typer.Option("--form", help="The new form, or the one it opens in.")] = None,
    city: Annotated[str, typer.Option(help="The new city, where it is relocated.")] = "",
    by: Annotated[str, typer.Option(help="The State that protects, or the person accredited.")] = "",
    source: Annotated[str, typer.Option(help="Who says so.")] = "",
    note: Annotated[str, typer.Option(help="Anything else.")] = "",
    on_record: Annotated[
        bool, typer.Option("--on-record", help="CASE is on record: put it into the registry.")
    ] = False,
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Add what happened to events.csv of a case, or put it on record: refused, with every fault, where it is wrong."""
    from legation.model import Event

    told = Event(post, event, day, planned, form, city=city, by=by, source=source, note=note)
    if on_record:
        with office(where, actor) as (store, who):
            _desk().tell_event(store, who, case, told, now())
            tell_all(_desk().odd_on_record(store, case, told))
    else:
        tell_all(_desk().record(case, told))
    if as_json:
        put_json(told)
    else:
        put(f"Recorded: {post}, {_step(event)} {'due ' if planned else ''}on {day}.")


@app.command(epilog=example("legation track replan kazakhstan-2012 --plan plan.json --on 2013-03-01 -o new.json"))
def replan(  # noqa: PLR0913, PLR0917
    subject: Subject,
    plan: PlanFile = None,
    on: On = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="NEW.json", help="Where the plan goes; its problem goes beside it."),
    ] = None,
    after: Annotated[
        float,
        typer.Option("--after-months", min=0, help="What is not begun takes effect so many months on at the earliest."),
    ] = 0.0,
    seconds: Annotated[
        float, typer.Option("--seconds", min=0.1, help="Stop after so many seconds.")
    ] = Limits().seconds,
    on_record: OnRecord = False,
    at: Number = None,
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Plan again from a day: what is done or under way is kept, what is spent is gone, later years are free."""
    from legation.desk import documents

    day, asked = on or _today(), {"after_months": after, "limits": Limits(seconds)}
    _needs_plan(plan, on_record=on_record)
    if plan:
        opened = _opened(subject, at, where, on_record=on_record)
        with working("Planning"):
            found = _desk().replan(opened.case, opened.draft.problem, _desk().read_plan(plan), day, **asked)
        names = _names(opened)
    else:
        with office(where, actor) as (store, who), working("Planning"):
            found = _desk().replan_dossier(store, who, subject, day, at=at, **asked)
            names = _desk().sites_of(store, who, subject, at=at)
    tell(found.findings)
    if output is not None:
        documents.dump(found.plan, output)
        beside = documents.dump(found.problem, output.with_name(f"{output.stem}-problem.json"))
        typer.echo(f"Wrote {output}, {beside}", err=True)
    if as_json:
        put_json({"first": found.first, "kept": found.kept, "plan": found.plan, "comparison": found.comparison})
    else:
        _again(found, day, names)


def _again(found: Any, on: date, names: dict[str, str]) -> None:  # noqa: ANN401
    put(f"From {on} on: measures kept: {len(found.kept)}; years from {found.first} are free.")
    kept = {(k.site, k.after): k for k in found.kept}
    old = {(m.site, m.after): m.year for m in (*found.comparison.other_only, *found.comparison.shared)}
    old |= {(m.site, m.after): m.other_year for m in found.comparison.moved}
    rows = []
    for m in found.plan.measures:
        known = kept.get((m.site, m.after))
        state = known.state.replace("-", " ") if known else "free"
        rows.append((m.year, _called(names, m.site), act(m), state, old.get((m.site, m.after))))
    show(table(("Year", "Where", "Measure", "So far", "Before>"), rows))
    dropped = "; ".join(f"{_called(names, m.site)}: {act(m)} in {m.year}" for m in found.comparison.other_only)
    put(f"\nNo longer in the plan: {dropped or 'nothing'}.")
    put(f"Worth {found.plan.proof.objective:,.2f}; the plan of before, had it held, {_before(found):,.2f}.")


def _before(found: Any) -> Any:  # noqa: ANN401
    return found.plan.proof.objective - found.comparison.lost


@app.command("indicators", epilog=example("legation track indicators kazakhstan-2012 --plan plan.json --on 2016-01-01"))
def indicators_(
    subject: Subject,
    plan: PlanFile = None,
    on: On = None,
    growth: Annotated[
        float, typer.Option(min=-1, help="By how much a figure had to become better: 0.2 for a fifth.")
    ] = 0.0,
    on_record: OnRecord = False,
    at: Number = None,
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Say what each post was opened for, by the facts the criteria read, and whether later facts bear it out."""
    day = on or _today()
    _needs_plan(plan, on_record=on_record)
    if plan:
        opened = _opened(subject, at, where, on_record=on_record)
        found = _desk().opened_for(opened.case, opened.draft, _desk().read_plan(plan), day, growth=growth)
        names = _names(opened)
    else:
        with office(where, actor) as (store, who):
            found = _desk().came_true(store, who, subject, day, growth=growth, at=at)
            names = _desk().sites_of(store, who, subject, at=at)
    if as_json:
        put_json(found)
        return
    rows = (
        (
            *(
                _called(names, i.site),
                i.title,
                f"{i.points:.1f}",
                f"{_figure(i.fact.value)} ({i.fact.year})",
                _figure(i.target),
            ),
            *(f"{_figure(i.actual.value)} ({i.actual.year})" if i.actual else "", i.verdict.value.replace("-", " ")),
            f"x {i.elsewhere:.2f}" if i.elsewhere is not None else "",
        )
        for i in found
    )
    show(table(("Where", "Opened for", "Points>", "Then>", "Target>", "Actual>", "Verdict", "Elsewhere>"), rows))


def register(door: typer.Typer) -> None:
    """Add the group to the door."""
    door.add_typer(app, name="track", short_help="Track a plan: milestones, slippage, money, replanning.")
