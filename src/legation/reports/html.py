"""Write a document as one self-contained page: no script, no request, every text escaped."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape

from legation.reports.charts import Picture
from legation.reports.content import Block, Document, Paragraph, Points, Section, Terms, Year
from legation.reports.maps import notice
from legation.reports.reasons import Clause
from legation.reports.style import stylesheet
from legation.reports.tables import Column, Table


def as_html(document: Document) -> str:
    """Write a document as a page that may run under a policy which allows nothing but its own style."""
    style = stylesheet()
    allowed = b64encode(sha256(style.encode()).digest()).decode()
    links = "".join(f'<li><a href="#{s.id}">{escape(s.title)}</a></li>' for s in document.sections)
    return f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{allowed}'">
<title>{escape(document.title)}</title>
<style>{style}</style>
</head>
<body>
<header>
<h1>{escape(document.title)}</h1>
<p class="kicker">{escape(document.subtitle)}</p>
<p class="headline">{escape(document.headline)}</p>
{"".join(f"<p>{escape(sentence)}</p>" for sentence in document.lead)}
{_tiles(document)}
<nav aria-label="Contents"><ol>{links}</ol></nav>
</header>
<main>
{"".join(map(_section, document.sections))}
</main>
<footer class="foot">{escape(document.foot)}
<details><summary>Notice of the map</summary><p class="notice">{escape(notice())}</p></details></footer>
</body>
</html>
"""


def _tiles(document: Document) -> str:
    pairs = (f"<div><dt>{escape(name)}</dt><dd>{escape(figure)}</dd></div>" for figure, name in document.tiles)
    return f'<dl class="tiles">{"".join(pairs)}</dl>'


def _section(section: Section) -> str:
    blocks = "\n".join(map(_block, section.blocks))
    return f'<section id="{section.id}"><h2>{escape(section.title)}</h2>\n{blocks}\n</section>\n'


def _block(block: Block) -> str:
    match block:
        case Paragraph():
            return f"<pre>{escape(block.text)}</pre>" if block.code else f"<p>{escape(block.text)}</p>"
        case Year():
            return _year(block)
        case Terms():
            pairs = (f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in block.pairs)
            return f'<dl class="terms">{"".join(pairs)}</dl>'
        case Points():
            items = "".join(f"<li>{escape(sentence)}</li>" for sentence in block.sentences)
            return f'<h3>{escape(block.title)}</h3><ul class="points">{items}</ul>'
        case Table():
            return _table(block)
        case Picture():
            return f"<figure>{block.draw()}<figcaption>{escape(block.caption)}</figcaption></figure>"


def _year(year: Year) -> str:
    lines = (
        f'<li><b>{escape(e.where)}</b><span class="what">{escape(e.what)}</span>'
        f'<span class="why">{"; ".join(map(_clause, e.reason))}</span></li>'
        for e in year.entries
    )
    items = f'<ul class="year">{"".join(lines)}</ul>' if year.entries else ""
    return f"<h3>{escape(year.title)}</h3>{items}"


def _clause(clause: Clause) -> str:
    evidence = f" <small>({escape(clause.evidence)})</small>" if clause.evidence else ""
    return escape(clause.words) + evidence


def _table(table: Table) -> str:
    """Write a table in a box of its own, which scrolls where it is too wide; a long one is folded away."""
    head = "".join(f'<th scope="col"{_class(c)}>{escape(c.title)}</th>' for c in table.columns)
    rows = "".join(_row(table, number, row) for number, row in enumerate(table.rows))
    caption = escape(table.caption)
    box = (
        f'<div class="box" role="region" aria-label="{caption}" tabindex="0"><table><caption>{caption}</caption>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table></div>"
    )
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    if not table.long:
        return box + note
    return f"<details><summary>{caption} <span>({len(table.rows)})</span></summary>{box}{note}</details>"


def _row(table: Table, number: int, row: tuple[str, ...]) -> str:
    # The first cell names the row; a rank before it does not.
    name = next((i for i, c in enumerate(table.columns) if not c.numeric), 0)
    cells = []
    for place, (column, text) in enumerate(zip(table.columns, row, strict=True)):
        tag, scope = ("th", ' scope="row"') if place == name else ("td", "")
        cells.append(f"<{tag}{scope}{_class(column)}>{_text(text)}</{tag}>")
    strong = ' class="strong"' if number in table.strong else ""
    return f"<tr{strong}>{''.join(cells)}</tr>\n"


def _class(column: Column) -> str:
    return ' class="n"' if column.numeric else ' class="p"' if column.prose else ""


def _text(text: str) -> str:
    """Escape a text; an address alone becomes a link."""
    safe = escape(text)
    return f'<a href="{safe}">{safe}</a>' if text.startswith(("https://", "http://")) and " " not in text else safe
