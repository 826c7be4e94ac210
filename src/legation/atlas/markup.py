"""Pieces of the page: links between sheets, tables that name their source, tiles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from legation.atlas.figures import sort_key
from legation.model import State

Row = Sequence[str]


class Names:
    """The names of States as links to their sheets, where the page has them."""

    def __init__(self, states: Mapping[str, State], shown: frozenset[str]) -> None:
        """Keep the States, and the codes of those that have a sheet on the page."""
        self.states, self.shown = states, shown
        self._links = {
            code: f'<a href="#{code}">{escape(state.name)}</a>' if code in shown else escape(state.name)
            for code, state in states.items()
        }

    def __getitem__(self, code: str) -> str:
        """Return one State's name, escaped."""
        return self._links[code]

    def run(self, codes: Iterable[str]) -> str:
        """Return names in the order of the alphabet, one after the other."""
        return ", ".join(self._links[c] for c in sorted(codes, key=lambda c: sort_key(self.states[c].name))) or "\u2013"


def table(
    caption: str, titles: Sequence[str], rows: Iterable[Row], source: str, *, folded: bool = False, kind: str = ""
) -> str:
    """Write a table of cells that are HTML already; a title that begins with # heads numbers, the first cell a row."""
    classes = [' class="n"' if title.startswith("#") else "" for title in titles]
    head = "".join(f'<th scope="col"{c}>{escape(t.lstrip("#"))}</th>' for t, c in zip(titles, classes, strict=True))
    body = "\n".join(_row(row, classes) for row in rows)
    named = escape(caption)
    look = f' class="{kind}"' if kind else ""
    box = (
        f'<div class="box" role="region" aria-label="{named}" tabindex="0"><table{look}><caption>{named}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        f'<p class="note">{source}</p>'
    )
    return f"<details><summary>{named}</summary>{box}</details>" if folded else box


def _row(row: Row, classes: Sequence[str]) -> str:
    first, *others = (
        f"<{tag}{look}>{cell}</{tag.split()[0]}>"
        for cell, look, tag in zip(row, classes, ('th scope="row"', *["td"] * (len(row) - 1)), strict=True)
    )
    return f"<tr>{first}{''.join(others)}</tr>"


def tiles(pairs: Iterable[tuple[str, str]]) -> str:
    """Write figures with their names; both are HTML already."""
    return f'<dl class="tiles">{"".join(f"<div><dt>{n}</dt><dd>{f}</dd></div>" for n, f in pairs)}</dl>'


def figure(picture: str, caption: str, legend: str = "") -> str:
    """Write a picture with what it shows and who says so."""
    return f"<figure>{picture}{legend}<figcaption>{caption}</figcaption></figure>"


def legend(items: Iterable[tuple[str, str]]) -> str:
    """Write what the signs of a map mean; a sign is HTML already."""
    return f'<ul class="legend">{"".join(f"<li>{sign}{escape(said)}</li>" for sign, said in items)}</ul>'


def swatch(kind: str) -> str:
    """Return the sign of a colour of a map."""
    return f'<i class="{kind}"></i>'


def sign(id_: str) -> str:
    """Return the sign of a mark of a map."""
    return f'<svg class="legation-map" viewBox="-6 -6 12 12" aria-hidden="true"><use href="#{id_}"/></svg>'


def columns(parts: Iterable[str], kind: str = "") -> str:
    """Put tables side by side where there is room."""
    return f'<div class="cols{kind and " "}{kind}">{"".join(f"<div>{part}</div>" for part in parts)}</div>'
