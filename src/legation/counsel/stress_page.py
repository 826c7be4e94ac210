"""What a stress says, as a page: which measures hold, in which years, and which plan to choose."""

from __future__ import annotations

from legation.counsel.stress import Stress
from legation.inquiry.acceptability import Accepted, Standing
from legation.model import Form
from legation.reports.charts import shares_chart
from legation.reports.content import Document, Paragraph, Section
from legation.reports.tables import Column, Table

DRAWN = 40
CHART = "In which share of the futures the best plan takes each measure, by year"


def page(found: Stress) -> Document:
    """Return the page."""
    count = {s: sum(a.standing is s for a in found.accepted) for s in Standing}
    planless = f" In {found.planless} of them no plan keeps the brief." if found.planless else ""
    return Document(
        found.title,
        f"How sure the plan is: {found.futures} futures, seed {found.seed}",
        f"{count[Standing.CORE]} measures hold in nearly all futures, {count[Standing.BORDERLINE]} in some",
        (
            f"Uncertain: {'; '.join(found.drawn)}.{planless}",
            f"The plan of each future is proven within {found.gap:.1g} of its worth.",
            f"Shares are known to ± {found.half_width:.1%} (95 % intervals by Wilson).",
        ),
        tuple((str(count[s]), s.value) for s in Standing),
        (_accepted(found), _candidates(found)),
        "Legation",
    )


def _accepted(found: Stress) -> Section:
    shown = [a for a in found.accepted if a.share.count][:DRAWN]
    years = [str(y) for y in found.years]
    picture = shares_chart(CHART, years, [(_name(a), [s.share for _, s in a.years]) for a in shown])
    columns = (Column("Measure"), Column("Standing"), Column("Share", True), Column("95 %", True))
    rows = tuple(
        (_name(a), a.standing.value, f"{a.share.share:.1%}", f"{a.share.low:.1%} to {a.share.high:.1%}")
        for a in found.accepted
    )
    note = f"Core: in {found.levels.core:.0%} of the futures or more; never: in {found.levels.never:.0%} or fewer."
    return Section("measures", "Measures", (picture, Table("All measures", columns, rows, note)))


def _candidates(found: Stress) -> Section:
    columns = (
        Column("The plan"),
        *(Column(t, True) for t in ("Mean worth", "Mean regret", "Worst regret", "Broken")),
        Column("Measures", prose=True),
    )
    rows = tuple(
        (
            c.name,
            f"{c.average:,.2f}",
            f"{c.expected:,.2f}",
            f"{c.worst:,.2f}",
            f"{c.broken:.1%}",
            ", ".join(f"{m.site} {m.year}" for m in c.measures),
        )
        for c in found.candidates
    )
    said = (
        "Regret is what a plan gives up in a future against the best plan of that future. A plan is broken in a "
        "future in which it would break the brief. No plan within the brief has a worst regret below "
        f"{found.worst_bound:,.2f} in these futures."
    )
    return Section("plans", "Plans to choose from", (Table("Plans within the brief", columns, rows), Paragraph(said)))


def _name(accepted: Accepted) -> str:
    before = f" (now {accepted.before})" if accepted.before is not Form.NONE else ""
    return f"{accepted.site}: {accepted.after}{before}"
