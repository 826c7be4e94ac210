"""Write the essentials of a document for a terminal: plain text, no colour."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from legation.reports.charts import Picture
from legation.reports.content import Block, Document, Paragraph, Points, Terms, Year
from legation.reports.tables import Table

GAP = "  "


def as_text(document: Document, width: int = 100) -> str:
    """Write what a reader with a minute needs, in lines of at most `width` letters where words allow it."""
    lines = [document.title, document.subtitle, "", *wrap(document.headline, width), ""]
    for sentence in document.lead:
        lines += wrap(sentence, width)
    for section in document.sections:
        if section.essential:
            lines += ["", section.title.upper()]
            for block in section.blocks:
                lines += _block(block, width)
    return "\n".join([*(line.rstrip() for line in lines), "", document.foot]) + "\n"


def _block(block: Block, width: int) -> Iterator[str]:
    match block:
        case Paragraph():
            yield from (GAP + line for line in block.text.split("\n")) if block.code else wrap(block.text, width)
        case Year():
            yield block.title
            for e in block.entries:
                told = f"{e.where}: {e.what} \u2013 {'; '.join(c.words for c in e.reason)}"
                yield from wrap(told, width, initial_indent=GAP, subsequent_indent=2 * GAP)
        case Terms():
            longest = max(len(name) for name, _ in block.pairs)
            yield from (f"{name.ljust(longest)}{GAP}{text}" for name, text in block.pairs)
        case Points():
            yield block.title
            for sentence in block.sentences:
                yield from wrap(sentence, width, initial_indent=GAP, subsequent_indent=2 * GAP)
        case Table():
            yield from () if block.long else _table(block, width)
        case Picture():
            return


NARROWEST = 24  # a column of words is not cut below this


def _table(table: Table, width: int) -> Iterator[str]:
    """Line the columns up; columns that cannot fit are left out, from the right, and long words cut for the rest."""
    yield table.caption
    rows = [tuple(c.title for c in table.columns), *table.rows]
    widths = _fitted(table, [max(len(row[i]) for row in rows) for i in range(len(table.columns))], width)
    for row in rows:
        cells = [_cell(text, w, c.numeric) for text, w, c in zip(row, widths, table.columns, strict=False)]
        yield GAP + GAP.join(cells)


def _fitted(table: Table, widths: list[int], width: int) -> list[int]:
    """Return the widths of the columns that fit once words are cut, the widest first, and no more than needed."""
    least = [w if c.numeric else min(w, NARROWEST) for w, c in zip(widths, table.columns, strict=True)]
    while sum(least) + len(least) * len(GAP) > width:
        least.pop()
    fitted = widths[: len(least)]
    while sum(fitted) + len(fitted) * len(GAP) > width:
        widest = max((i for i in range(len(fitted)) if fitted[i] > least[i]), key=lambda i: fitted[i])
        fitted[widest] -= 1
    return fitted


def _cell(text: str, width: int, numeric: bool) -> str:
    words = text if len(text) <= width else f"{text[: width - 1]}…"
    return words.rjust(width) if numeric else words.ljust(width)
