"""How each rule of the brief is written as rows."""

from __future__ import annotations

from collections import Counter
from importlib.metadata import entry_points

import numpy as np

from legation.errors import NotFoundError
from legation.model import Form, Track
from legation.planning import brief as b
from legation.planning.problem import Site
from legation.programme import expressions
from legation.programme.columns import Columns, Terms
from legation.programme.counting import count
from legation.programme.formulation import Rows


def label(rule: b.Rule) -> str:  # noqa: PLR0911 (one arm a rule)
    """Return the short name that conflicts and reports use."""
    match rule:
        case b.Ceiling():
            return f"ceiling:{rule.money}:{rule.scope}"
        case b.StaffCeiling():
            return f"staff-ceiling:{rule.staff}"
        case b.MeasuresPerYear():
            return ":".join(str(p) for p in (rule.rule, rule.kind, rule.form, rule.track) if p)
        case b.Keep() | b.Forbid() | b.Require() | b.After():
            return f"{rule.rule}:{rule.site}:{rule.form}"
        case b.Window() | b.Conditional():
            return f"{rule.rule}:{rule.site}"
        case b.AtLeast() | b.AtMost():
            return ":".join(str(p) for p in (rule.rule, rule.form, rule.region, rule.group, rule.track) if p)
        case b.Together() | b.Exclusive():
            return f"{rule.rule}:{'+'.join(rule.sites)}"
        case b.Reciprocate():
            return f"reciprocate:{rule.mode}"
        case b.Custom():
            return f"custom:{rule.name}"
        case _:
            return rule.rule


def labels(rules: tuple[b.Rule, ...]) -> tuple[str, ...]:
    """Return one name a rule; equal names are numbered."""
    names, seen = [label(r) for r in rules], Counter[str]()
    total = Counter(names)
    out = []
    for name in names:
        seen[name] += 1
        out.append(f"{name}#{seen[name]}" if total[name] > 1 else name)
    return tuple(out)


def write(rule: b.Rule, c: Columns, rows: Rows, extra: int) -> int:  # noqa: C901, PLR0912 (one arm a rule)
    """Add the rule's rows; return how many columns it asked for, from number `extra` on."""
    match rule:
        case b.Ceiling():
            _ceiling(rule, c, rows)
        case b.Tail():
            _tail(rule, c, rows)
        case b.StaffCeiling():
            _staff(rule, c, rows)
        case b.MeasuresPerYear():
            return count(rule, c, rows, extra)
        case b.Keep():
            _at_least(c, rows, _site(c, rule.site), rule.form, 0)
        case b.Forbid():
            _never(c, rows, rule)
        case b.Require():
            _require(rule, c, rows)
        case b.Window():
            _still(
                c, rows, rule.site, [t for t, y in enumerate(c.problem.brief.years) if not rule.first <= y <= rule.last]
            )
        case b.Conditional():
            _still(c, rows, rule.site, [] if rule.met else list(range(c.horizon)))
        case b.AtLeast():
            _group_at_least(rule, c, rows)
        case b.AtMost():
            _group_at_most(rule, c, rows)
        case b.After():
            _after(rule, c, rows)
        case b.Together():
            _together(rule, c, rows)
        case b.Exclusive():
            _exclusive(rule, c, rows)
        case b.Reciprocate():
            _reciprocate(rule, c, rows)
        case b.AccreditationsPerSeat():
            _loads(rule, c, rows)
        case b.AccreditationDistance():
            pass  # services that reach further have no columns (`Columns.services`)
        case b.CloseAtMost():
            _close_at_most(rule, c, rows)
        case b.Custom():
            return _custom(rule, c, rows, extra)
    return 0


def _ceiling(rule: b.Ceiling, c: Columns, rows: Rows) -> None:
    """Bound spending; with carry-over over every run of years a..b that has ceilings.

    sum of spend over a..b <= sum of amounts over a..b + carry_over x amount[a-1]: the carried sums, projected out
    """
    amount, years = dict(rule.amounts), c.problem.brief.years
    spend = expressions.money(c, rule.money)
    base = expressions.baseline(c, rule.money) if rule.scope is b.Scope.NEW else np.zeros(c.horizon)
    for first in range(c.horizon):
        room = 0.0
        before = years[first - 1] if first else None
        if rule.carry_over and before is not None and before in amount and before == years[first] - 1:
            room = float(rule.carry_over * amount[before])
        for last in range(first, c.horizon):
            if years[last] not in amount or (last > first and years[last] != years[last - 1] + 1):
                break
            room += float(amount[years[last]]) + float(base[last])
            columns, values = spend.only(first, last)
            rows.sum(columns, values, upper=room, soft=tuple(years[first : last + 1]))
            if not rule.carry_over:
                break


def _tail(rule: b.Tail, c: Columns, rows: Rows) -> None:
    """Full running cost of the last year <= amount (+ the baseline, where only what is new counts)."""
    base = float(expressions.baseline(c, b.Class.RUNNING)[-1]) if rule.scope is b.Scope.NEW else 0.0
    columns, values = expressions.tail(c)
    rows.sum(columns, values, upper=float(rule.amount) + base, soft=(0,))


def _staff(rule: b.StaffCeiling, c: Columns, rows: Rows) -> None:
    """Staff of all forms held <= number of the year."""
    added = expressions.staff(c, rule.staff)
    for year, number in rule.amounts:
        if year in c.problem.brief.years:
            t = c.problem.brief.years.index(year)
            rows.sum(c.x[:, t], added, upper=float(number), soft=(year,))


def _site(c: Columns, site: str) -> Site:
    if site not in c.site_at:
        raise NotFoundError(f"A rule names the site {site!r}, which the problem has not.", hint="Correct the rule.")
    return c.problem.sites[c.site_at[site]]


def _at_least(c: Columns, rows: Rows, site: Site, form: Form, since: int) -> None:
    """x[form,t] >= 1 from the since-th year on."""
    rung = c.level(site, form)
    for t in range(max(0, since), c.horizon):
        terms, constant = c.holds(rung, t)
        rows.add(terms, lower=1.0, constant=constant)


def _never(c: Columns, rows: Rows, rule: b.Forbid) -> None:
    """x[form,t] <= 0."""
    rung = c.level(_site(c, rule.site), rule.form)
    for t in range(c.horizon if rung is not None else 0):
        rows.add(c.holds(rung, t)[0], upper=0.0)


def _since(c: Columns, year: int) -> int:
    return next((t for t, y in enumerate(c.problem.brief.years) if y >= year), c.horizon)


def _require(rule: b.Require, c: Columns, rows: Rows) -> None:
    """x[form,t] >= 1 from the year on; exactly: and 0 before, today included."""
    site = _site(c, rule.site)
    rung, since = c.level(site, rule.form), _since(c, rule.by)
    _at_least(c, rows, site, rule.form, since)
    if rule.exactly:
        for t in range(-1, min(since, c.horizon)):
            terms, constant = c.holds(rung, t)
            rows.add(terms, upper=0.0, constant=constant)
        if rule.by not in c.problem.brief.years:
            rows.add([], lower=1.0)


def _still(c: Columns, rows: Rows, name: str, years: list[int]) -> None:
    """x[l,t] = x[l,t-1] for every rung of the site."""
    site = _site(c, name)
    first = c.first_rung[c.site_at[name]]
    for rung in range(first, first + len(site.ladder)):
        for t in years:
            before, constant = c.holds(rung, t - 1)
            rows.add([*c.holds(rung, t)[0], *((k, -v) for k, v in before)], 0.0, 0.0, constant=-constant)


def _chosen(rule: b.AtLeast | b.AtMost, c: Columns) -> list[int | None]:
    """Return the rung of each site a counting rule is about."""
    return [
        c.level(s, rule.form)
        for s in c.problem.sites
        if (not rule.region or s.region == rule.region)
        and (not rule.group or rule.group in s.groups)
        and (rule.track is None or s.track is rule.track)
    ]


def _group_at_least(rule: b.AtLeast, c: Columns, rows: Rows) -> None:
    """Sum of x[form of each site,t] >= count from the year on."""
    for t in range(_since(c, rule.by), c.horizon):
        terms = [term for rung in _chosen(rule, c) for term in c.holds(rung, t)[0]]
        rows.add(terms, lower=float(rule.count), soft=(0,))


def _group_at_most(rule: b.AtMost, c: Columns, rows: Rows) -> None:
    """Sum of x[form of each site,t] <= count."""
    for t in range(c.horizon):
        terms = [term for rung in _chosen(rule, c) for term in c.holds(rung, t)[0]]
        rows.add(terms, upper=float(rule.count), soft=(0,))


def _after(rule: b.After, c: Columns, rows: Rows) -> None:
    """x[site,t] <= x[first,t-lag], unless the site holds the form today."""
    rung, needed = c.level(_site(c, rule.site), rule.form), c.level(_site(c, rule.first), rule.first_form)
    if rung is None or c.held[rung]:
        return
    for t in range(c.horizon):
        before, constant = c.holds(needed, t - rule.lag)
        rows.add([*c.holds(rung, t)[0], *((k, -v) for k, v in before)], upper=0.0, constant=-constant)


def _lowest(c: Columns, site: str, t: int) -> Terms:
    _site(c, site)
    return c.holds(c.first_rung[c.site_at[site]], t)[0]


def _together(rule: b.Together, c: Columns, rows: Rows) -> None:
    """x[lowest of a,t] = x[lowest of b,t] along the list."""
    for one, other in zip(rule.sites, rule.sites[1:], strict=False):
        for t in range(c.horizon):
            rows.add([*_lowest(c, one, t), *((k, -v) for k, v in _lowest(c, other, t))], 0.0, 0.0)


def _exclusive(rule: b.Exclusive, c: Columns, rows: Rows) -> None:
    """Sum of x[lowest,t] <= limit."""
    for t in range(c.horizon):
        terms = [term for site in dict.fromkeys(rule.sites) for term in _lowest(c, site, t)]
        rows.add(terms, upper=float(rule.limit), soft=(0,))


def _reciprocate(rule: b.Reciprocate, c: Columns, rows: Rows) -> None:
    """answer: x[lowest,t] >= 1 from the within-th year where they reside here; never-before: 0 where they do not."""
    for i, site in enumerate(c.problem.sites):
        if site.track is not Track.DIPLOMATIC:
            continue
        rungs = range(c.first_rung[i], c.first_rung[i + 1])
        if rule.mode == "answer" and site.resident_here:
            for t in range(max(0, rule.within - 1), c.horizon):
                rows.add(c.holds(rungs[0], t)[0], lower=1.0)
        if rule.mode == "never-before" and not site.resident_here:
            for rung in (r for r in rungs if not c.held[r]):
                for t in range(c.horizon):
                    rows.add(c.holds(rung, t)[0], upper=0.0)


def _loads(rule: b.AccreditationsPerSeat, c: Columns, rows: Rows) -> None:
    """Sum of load x y of a site <= limit x (form that serves held)."""
    seats: dict[str, list[int]] = {}
    for v, service in enumerate(c.services):
        if service.concurrent:
            seats.setdefault(service.site, []).append(v)
    limit, years = float(rule.limit), np.arange(c.horizon)
    load = np.array([float(s.load) for s in c.services])
    bound = [np.array(some) for some in seats.values() if load[some].sum() > limit]
    for some in bound:
        first = rows.block(
            c.horizon,
            [
                (np.tile(years, len(some)), c.y[some], np.repeat(load[some], c.horizon)),
                (years, c.x[int(c.needs[some].min())], -limit),
            ],
            upper=0.0,
        )
        rows.soft += [(rows.rule, first + t, 0) for t in range(c.horizon)]
        if (load[some] == 1.0).all():
            rows.notes.most.append((int(c.rung_site[c.needs[some[0]]]), int(limit)))
            rows.notes.own.append(first + years)


def _close_at_most(rule: b.CloseAtMost, c: Columns, rows: Rows) -> None:
    """Sum of down[lowest,t] <= limit."""
    for t in range(c.horizon):
        terms = [term for first in c.first_rung[:-1] for term in c.falls(first, t)[0]]
        rows.add(terms, upper=float(rule.limit), soft=(0,))


def _custom(rule: b.Custom, c: Columns, rows: Rows, extra: int) -> int:
    """Hand over to the package that writes the rule: an object with `write(rule, columns, rows, extra) -> int`."""
    found = entry_points(group="legation.rules", name=rule.name)
    if not found:
        hint = "Install the package that offers it under the entry points legation.rules, or correct the name."
        raise NotFoundError(f"No installed package writes the rule {rule.name!r}.", hint=hint)
    return int(next(iter(found)).load().write(rule, c, rows, extra))
