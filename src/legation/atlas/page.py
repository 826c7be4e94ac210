"""The page of an atlas: one file that fetches nothing, without script."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from html import escape

from legation.atlas import overview
from legation.atlas.figures import Atlas, Sheet
from legation.atlas.markup import Names, table
from legation.atlas.pictures import definitions
from legation.atlas.sheets import sheet_of
from legation.atlas.style import stylesheet
from legation.model import State
from legation.reports.maps import notice

TITLE = "Atlas of diplomatic representation"


def as_html(atlas: Atlas, version: str) -> str:
    """Return the whole atlas as one page: the world, an index, and a sheet for every State."""
    names = _names(atlas, atlas.sheets, "index")
    parts = [
        ("world", "The world in figures", overview.world(atlas, names)),
        ("largest", "Largest networks, largest hosts", overview.largest(atlas, names)),
        ("reciprocity", "Reciprocity", overview.reciprocity(atlas, names)),
        ("matrix", "Who hosts whom, by subregion", overview.matrix(atlas)),
    ]
    if atlas.expected:
        parts.append(("expected", "Where one would expect a presence", overview.expected(atlas, names)))
    parts.append(("index", "Index", overview.index(atlas, names)))
    sections = "".join(_section(id_, title, blocks) for id_, title, blocks in parts)
    links = [*((id_, title) for id_, title, _ in parts), ("sheets", "States"), ("sources", "Sources")]
    sheets = "".join(sheet_of(sheet, atlas, names) for sheet in atlas.sheets)
    body = (
        f"{_header('Atlas of diplomatic representation', _lead(atlas), links)}<main>{sections}"
        f'<div id="sheets">{sheets}</div>{_section("sources", "Sources", _sources(atlas))}</main>'
    )
    return _page(TITLE, body, version, names.states)


def sheet_as_html(atlas: Atlas, sheet: Sheet, version: str) -> str:
    """Return the sheet of one State as a page of its own."""
    title, names = f"{sheet.state.name}: diplomatic representation", _names(atlas, (sheet,))
    body = (
        f"{_header(title, _lead(atlas), [])}<main>{sheet_of(sheet, atlas, names)}"
        f"{_section('sources', 'Sources', _sources(atlas))}</main>"
    )
    return _page(title, body, version, names.states)


def _names(atlas: Atlas, shown: Iterable[Sheet], *more: str) -> Names:
    return Names({s.code: s for s in atlas.survey.states}, frozenset((*(s.state.code for s in shown), *more)))


def _page(title: str, body: str, version: str, states: Mapping[str, State]) -> str:
    style = stylesheet()
    allowed = b64encode(sha256(style.encode()).digest()).decode()
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{allowed}'; base-uri 'none'; \
form-action 'none'"/>
<title>{escape(title)}</title>
<style>{style}</style>
</head>
<body>
{definitions(states)}
{body}
<footer class="foot">Made by Legation {escape(version)} from its own tables. The page fetches nothing and runs no \
script.
<details><summary>Notice of the map</summary><p class="notice">{escape(notice())}</p></details></footer>
</body>
</html>
"""


def _header(title: str, lead: str, links: Iterable[tuple[str, str]]) -> str:
    items = "".join(f'<li><a href="#{id_}">{escape(said)}</a></li>' for id_, said in links)
    nav = f'<nav aria-label="Contents"><ol>{items}</ol></nav>' if items else ""
    return f'<header id="top"><h1>{escape(title)}</h1>{lead}{nav}</header>'


def _lead(atlas: Atlas) -> str:
    survey = atlas.survey
    return (
        f'<p class="kicker">{len(survey.states)} States. Record of {escape(survey.day)}.</p>'
        "<p>Who has which posts where, who answers whom, and who covers whom from elsewhere. Free for teaching and "
        "the press: name Legation and the sources.</p>"
        f'<p class="warning" role="note"><b>What the record lacks.</b> {escape(survey.warning)}</p>'
    )


def _section(id_: str, title: str, blocks: Iterable[str]) -> str:
    head = f'<section id="{id_}" aria-labelledby="h-{id_}"><h2 id="h-{id_}">{escape(title)}</h2>'
    return f"{head}{''.join(blocks)}</section>\n"


def _sources(atlas: Atlas) -> Iterator[str]:
    """Yield what the figures rest on, and how they were counted."""
    yield (
        "<p>Every table and picture names its sources by the ids below. A State is present where the record has an "
        "embassy or a diplomatic mission of it; two in one State count once. Posts in dependent territories are "
        "listed with the State they belong to and never count as presence. Apostolic nunciatures count as embassies. "
        "The seat of embassies is not always the capital. Names and shapes take no position on the status of any "
        "territory. Every post has a Wikidata item: put its identifier, such as Q42, after wikidata.org/wiki/.</p>"
    )
    rows = [
        (escape(s.id), escape(s.title), escape(s.publisher), escape(s.licence), escape(s.use), escape(s.url))
        for s in atlas.survey.sources
    ]
    titles = ("Id", "Title", "Publisher", "Licence", "Used for", "Address")
    yield table("Sources of this atlas", titles, rows, "Source: the product\u2019s own table of sources.", kind="wide")
