"""Write a plan as a workbook whose totals and scores are live formulas."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, time
from decimal import Decimal
from os import PathLike
from typing import Any

from legation.model import FORMS
from legation.planning.brief import Ceiling, Class, Scope
from legation.reports import tables
from legation.reports.content import Document, Paragraph, Points, Terms, build
from legation.reports.figures import THIN, Figures, Paper, act, ceiling_name, direction
from legation.reports.reasons import Reasons
from legation.reports.tables import Column, Table

Cell = str | int | float | Decimal | None
STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "head": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom", "bg_color": "#F4F6F8"},
    "text": {"valign": "top"},
    "prose": {"valign": "top", "text_wrap": True},
    "count": {"num_format": "#,##0.##", "valign": "top"},
    "whole": {"num_format": "0", "valign": "top"},
    "money": {"num_format": "#,##0;[Red]-#,##0", "valign": "top"},
    "points": {"num_format": "#,##0.00", "valign": "top"},
    "share": {"num_format": "0.0%", "valign": "top"},
    "input": {"num_format": "#,##0.##", "font_color": "#1F4E9E", "bg_color": "#FFF9E5", "valign": "top"},
    "total": {"num_format": "#,##0;[Red]-#,##0", "bold": True, "top": 1},
    "strong": {"bold": True, "top": 1},
}


class Book:
    """A workbook being written: one sheet after the other, in house style."""

    def __init__(self, path: str | PathLike[str], paper: Paper) -> None:
        """Open the workbook; nothing in it depends on the clock."""
        import xlsxwriter

        self.file = xlsxwriter.Workbook(str(path))
        day = datetime.combine(paper.case.as_of, time())
        self.file.set_properties({"title": paper.case.title, "created": day, "comments": paper.problem_digest})
        self.styles = {name: self.file.add_format(style) for name, style in STYLES.items()}

    def sheet(self, name: str, widths: Sequence[int], heads: Sequence[str], *, top: int = 0) -> Any:  # noqa: ANN401
        """Start a sheet with its heading row, which stays in sight. The library's sheet has no type of its own."""
        sheet = self.file.add_worksheet(name)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        for column, head in enumerate(heads):
            sheet.write_string(top, column, head, self.styles["head"])
        sheet.freeze_panes(top + 1, 1)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(top)
        return sheet

    def row(self, sheet: Any, row: int, cells: Iterable[Cell], styles: Sequence[str]) -> None:  # noqa: ANN401
        """Write a row; a text stays a text whatever it begins with."""
        for column, (cell, style) in enumerate(zip(cells, styles, strict=True)):
            if isinstance(cell, str):
                sheet.write_string(row, column, cell, self.styles[style])
            elif cell is not None:
                sheet.write_number(row, column, float(cell), self.styles[style])

    def formula(self, sheet: Any, cell: tuple[int, int], formula: str, value: float | Decimal, style: str) -> None:  # noqa: ANN401
        """Write a live formula with its value, for readers that do not compute."""
        sheet.write_formula(*cell, formula, self.styles[style], float(value))


def write_xlsx(paper: Paper, path: str | PathLike[str]) -> None:
    """Write the workbook of a plan: what is decided, money, coverage, reciprocity, appraisal, what it rests on."""
    figures, document, book = Figures(paper), build(paper), Book(path, paper)
    _plan(book, figures)
    _money(book, figures)
    _single(book, "Coverage", tables.coverage(figures))
    _single(book, "Reciprocity", tables.reciprocity(figures, whole=True))
    _appraisal(book, figures)
    if paper.law:
        _listing(book, "Law", _blocks(document, "law"))
    _listing(book, "Assumptions", _blocks(document, "assumptions"))
    _listing(book, "Sources", _blocks(document, "sources"))
    _listing(book, "Proof", _blocks(document, "proof"))
    book.file.close()


def _plan(book: Book, figures: Figures) -> None:
    heads = ["Year", "Direction", "Where", "Measure", "From", "To", "Establishing", "Running, full year", "Staff"]
    widths = [8, 13, 30, 26, 20, 20, 16, 16, 9, 13, 90]
    sheet = book.sheet("Plan", widths, [*heads, "Worth, points", "Reason"])
    styles = ["whole", *["text"] * 5, "money", "money", "count", "points", "prose"]
    reasons, measures = Reasons(figures), figures.plan.measures
    for row, m in enumerate(measures, 1):
        names = (
            tables.DIRECTIONS[direction(figures, m)],
            figures.site(m.site),
            act(m),
            FORMS[m.before],
            FORMS[m.after],
        )
        cells = (m.year, *names, m.establishing, m.running, m.staff, m.worth, "; ".join(map(str, reasons.of(m))))
        book.row(sheet, row, cells, styles)
    end = len(measures) + 1
    sheet.write_string(end, 0, "Total", book.styles["strong"])
    for column, key in ((6, "establishing"), (7, "running"), (8, "staff"), (9, "worth")):
        letter, total = chr(65 + column), sum((getattr(m, key) for m in measures), Decimal(0))
        if measures:
            book.formula(sheet, (end, column), f"=SUM({letter}2:{letter}{end})", total, "total")
    sheet.autofilter(0, 0, max(1, len(measures)), 10)


def _money(book: Book, figures: Figures) -> None:
    """Write money by year with live totals, and the ceilings with what is left of them."""
    heads = ["Year", "Baseline", "Running", "Establishing", "New running", "Total", "Full-year effect"]
    staff = ["Diplomats", "Support", "Local staff"]
    sheet = book.sheet("Money", [34, *[17] * 9], [f"{h}" for h in [*heads, *staff]])
    years = figures.plan.money
    styles = ["whole", "money", "money", "money"]
    for row, m in enumerate(years, 1):
        book.row(sheet, row, (m.year, m.baseline, m.running, m.establishing), styles)
        book.formula(sheet, (row, 4), f"=C{row + 1}-B{row + 1}", m.running - m.baseline, "money")
        book.formula(sheet, (row, 5), f"=C{row + 1}+D{row + 1}", m.running + m.establishing, "money")
        for column, cell in enumerate((m.full_year, m.diplomatic, m.support, m.local), 6):
            sheet.write_number(row, column, float(cell), book.styles["money" if column == 6 else "count"])
    end = len(years) + 1
    sheet.write_string(end, 0, "All years", book.styles["strong"])
    totals = {
        "B": [m.baseline for m in years],
        "C": [m.running for m in years],
        "D": [m.establishing for m in years],
        "E": [m.running - m.baseline for m in years],
        "F": [m.running + m.establishing for m in years],
    }
    for letter, amounts in totals.items():
        book.formula(
            sheet, (end, ord(letter) - 65), f"=SUM({letter}2:{letter}{end})", sum(amounts, Decimal(0)), "total"
        )
    plan = figures.plan
    book.row(sheet, end + 1, ("Each year after", plan.baseline_tail, plan.tail), ["text", "money", "money"])
    more = plan.tail - plan.baseline_tail
    book.formula(sheet, (end + 1, 4), f"=C{end + 2}-B{end + 2}", more, "money")
    _ceilings(book, figures, sheet, end + 4)
    note = f"{figures.problem.currency}, in prices of each year, counted from prices of {figures.problem.price_year}."
    sheet.write_string(end + 5 + len(figures.limits()) + 1, 0, note, book.styles["text"])


def _ceilings(book: Book, figures: Figures, sheet: Any, top: int) -> None:  # noqa: ANN401
    """Write each ceiling beside what stands under it, taken live from the rows above."""
    for column, head in enumerate(["Ceiling on", "Year", "Spent", "Ceiling", "Left", "Used", "Reason"]):
        sheet.write_string(top, column, head, book.styles["head"])
    rows = {m.year: n for n, m in enumerate(figures.plan.money, 2)}
    for row, line in enumerate(figures.limits(), top + 1):
        n = rows[line.year]
        book.row(sheet, row, (ceiling_name(line.rule), line.year), ["text", "whole"])
        book.formula(sheet, (row, 2), _under(line.rule).format(n), line.spent, "money")
        sheet.write_number(row, 3, float(line.amount), book.styles["input"])
        book.formula(sheet, (row, 4), f"=D{row + 1}-C{row + 1}", line.amount - line.spent, "money")
        used = line.spent / line.amount if line.amount else Decimal(0)
        book.formula(sheet, (row, 5), f"=IF(D{row + 1}=0,0,C{row + 1}/D{row + 1})", used, "share")
        sheet.write_string(row, 6, line.rule.reason, book.styles["text"])


def _under(rule: Ceiling) -> str:
    """Return the formula of what stands under a ceiling; {0} is the row of the year."""
    running = "C{0}-B{0}" if rule.scope is Scope.NEW else "C{0}"
    whole = {Class.ESTABLISHING: "D{0}", Class.RUNNING: running, Class.TOTAL: f"{running}+D{{0}}"}
    return f"={whole[rule.money]}"


def _appraisal(book: Book, figures: Figures) -> None:
    """Write every score as the product of live weights and of worths on their scales.

    Row 1 names the criteria, row 2 their kinds, row 3 the swing weights (change them), row 4 their shares.
    """
    criteria = figures.case.criteria
    heads = ["Interest", "Kind", "Points of the best", "Points", *(c.title for c in criteria)]
    sheet = book.sheet("Appraisal", [38, 14, 12, 12, *[14] * len(criteria)], heads)
    sheet.freeze_panes(4, 4)
    for row, label in enumerate(("Kind", "Swing weight", "Share of the kind"), 1):
        sheet.write_string(row, 0, label, book.styles["text"])
    last = _letter(3 + len(criteria))
    sums = {kind: sum(c.weight for c in criteria if c.kind == kind) for kind in {c.kind for c in criteria}}
    for column, c in enumerate(criteria, 4):
        a = _letter(column)
        sheet.write_string(1, column, c.kind, book.styles["text"])
        sheet.write_number(2, column, float(c.weight), book.styles["input"])
        share = f"={a}3/SUMIF($E$2:${last}$2,{a}2,$E$3:${last}$3)"
        book.formula(sheet, (3, column), share, c.weight / (sums[c.kind] or 1), "share")
    points = dict(figures.case.settings.points)
    for row, score in enumerate(sorted(figures.scores.values(), key=lambda s: (s.kind, -s.points)), 4):
        parts = {p.criterion: p.worth for p in score.parts}
        book.row(sheet, row, (figures.interest(score.interest), score.kind), ["text", "text"])
        if not parts or not criteria:
            sheet.write_number(row, 3, score.points, book.styles["points"])
            continue
        sheet.write_number(row, 2, float(points.get(score.kind, Decimal(0))), book.styles["input"])
        n = row + 1
        formula = f"=C{n}*SUMPRODUCT($E$4:${last}$4,E{n}:{last}{n})"
        book.formula(sheet, (row, 3), formula, score.points, "points")
        for column, c in enumerate(criteria, 4):
            if c.id in parts:
                sheet.write_number(row, column, parts[c.id], book.styles["points"])


def _blocks(document: Document, id: str) -> list[Table]:  # noqa: A002 - it is one
    """Return a section as tables only."""
    found = []
    for block in next(s.blocks for s in document.sections if s.id == id):
        match block:
            case Table():
                found.append(block)
            case Paragraph():
                found.append(tables.table("", ["*"], [(line,) for line in block.text.split("\n")]))
            case Points():
                found.append(tables.table(block.title, ["*"], [(sentence,) for sentence in block.sentences]))
            case Terms():
                found.append(tables.table("", ["Term", "*Value"], block.pairs))
            case _:
                continue
    return found


def _single(book: Book, name: str, table: Table) -> None:
    """Write one table as a sheet."""
    titles = [c.title for c in table.columns]
    sheet = book.sheet(
        name, [max(16, min(46, 3 + max(map(len, column)))) for column in zip(titles, *table.rows, strict=True)], titles
    )
    for row, cells in enumerate(table.rows, 1):
        book.row(sheet, row, cells, ["text"] * len(cells))
    sheet.autofilter(0, 0, max(1, len(table.rows)), len(titles) - 1)


def _listing(book: Book, name: str, listed: Sequence[Table]) -> None:
    """Write tables below each other, under the name of the sheet."""
    widest = max(len(t.columns) for t in listed)
    sheet = book.sheet(name, [40, *[34] * (widest - 1)], [name, *[""] * (widest - 1)])
    row = 2
    for t in listed:
        if t.caption:
            sheet.write_string(row, 0, t.caption, book.styles["title"])
            row += 1
        if any(c.title for c in t.columns):
            for column, c in enumerate(t.columns):
                sheet.write_string(row, column, c.title, book.styles["head"])
            row += 1
        for cells in t.rows:
            styles = ["count" if c.numeric else "prose" for c in t.columns]
            book.row(sheet, row, (_number(x, c) for x, c in zip(cells, t.columns, strict=True)), styles)
            row += 1
        row += 1


def _number(text: str, column: Column) -> Cell:
    """Return the number a text of a column of numbers stands for, or the text itself."""
    plain = text.replace(THIN, "").replace("\u2212", "-")
    return Decimal(plain) if column.numeric and re.fullmatch(r"[+-]?\d+(\.\d+)?", plain) else text


def _letter(column: int) -> str:
    """Return the letters of a column, counted from 0."""
    high, low = divmod(column, 26)
    return (chr(64 + high) if high else "") + chr(65 + low)
