"""The sheet of one State: its facts, its map, its posts, who answers it, whom it covers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from legation.atlas.figures import Atlas, Rank, Sheet, sort_key
from legation.atlas.markup import Names, columns, figure, legend, sign, swatch, table, tiles
from legation.atlas.overview import counted
from legation.atlas.pictures import mark_of, network_map, place_of
from legation.atlas.survey import Entry
from legation.model import FORMS, Balance, Fact, Form, Standing, level
from legation.reports.figures import rounded

KINDS = {
    "own": "{name}",
    "resident": "Embassy",
    "mission": "Diplomatic mission",
    "concurrent": "Covered from elsewhere",
}
UNNAMED = "a place not recorded"
FACTS = {"population": "Population", "gdp": "Gross domestic product"}


def sheet_of(sheet: Sheet, atlas: Atlas, names: Names) -> str:
    """Write one sheet, from a heading that can be linked to, to its sources."""
    code, name = sheet.state.code, escape(sheet.state.name)
    note = f'<p class="note">{escape(sheet.note)}</p>' if sheet.note else ""
    index = ' \u00b7 <a href="#index">Index</a>' if "index" in names.shown else ""
    small = [_forms(sheet, atlas), *_consular(sheet, atlas, names)]
    return (
        f'<section class="sheet" id="{code}" aria-labelledby="h{code}"><div class="head"><h2 id="h{code}">{name}</h2>'
        f"<p>{code}{index}</p></div>{_facts(sheet)}{_tiles(sheet, atlas)}{_map(sheet, atlas, names)}"
        f"{columns(small, 'flow')}{_ledger(sheet, atlas, names)}{columns(_covering(sheet, atlas, names))}"
        f"{_gaps(sheet, names)}{_evidence(sheet, atlas)}{note}</section>\n"
    )


def _facts(sheet: Sheet) -> str:
    """Write what is known of the State itself, each figure with its year and source."""
    state, known = sheet.state, {f.attribute: f for f in sheet.facts}
    seat = state.source.partition("; ")[2]
    pairs = [
        ("Seat of embassies", escape(state.seat) + (f" <small>({escape(seat)})</small>" if seat else "")),
        ("Region", f"{escape(state.subregion)}, {escape(state.region)} <small>(m49)</small>"),
        *((title, _fact(known.get(attribute))) for attribute, title in FACTS.items()),
    ]
    return f'<dl class="facts">{"".join(f"<div><dt>{t}</dt><dd>{d}</dd></div>" for t, d in pairs)}</dl>'


def _fact(fact: Fact | None) -> str:
    if fact is None:
        return "not on record"
    return f"{rounded(fact.value, fact.unit)} <small>({fact.year}, {escape(fact.source)})</small>"


def _tiles(sheet: Sheet, atlas: Atlas) -> str:
    covered = {code for seat in sheet.covers for code in seat.covered}
    return tiles(
        (
            ("States it is present in", _ranked(sheet.embassies, atlas)),
            ("States present with it", _ranked(sheet.hosted, atlas)),
            ("where both are present", str(sheet.mutual)),
            ("where only it is present", str(sheet.ahead)),
            ("where only the other is", str(sheet.owed)),
            ("covered concurrently", str(len(covered))),
        )
    )


def _ranked(rank: Rank, atlas: Atlas) -> str:
    return f"{rank.count} <small>place {rank.place} of {len(atlas.sheets)}</small>"


def _map(sheet: Sheet, atlas: Atlas, names: Names) -> str:
    lines = {line.state for line in sheet.ledger if line.covered_from and not level(line.ours)}
    used = {
        "own": True,
        "resident": any(level(line.ours) > 1 for line in sheet.ledger),
        "mission": any(level(line.ours) == 1 for line in sheet.ledger),
        "concurrent": bool(lines),
    }
    signs = [(swatch(kind), said.format(name=sheet.state.name)) for kind, said in KINDS.items() if used[kind]]
    placed = Counter(e.post.form for e in sheet.abroad if place_of(e, names.states))
    signs += [(sign(mark_of(form)), FORMS[form].capitalize()) for form in reversed(Form) if placed[form]]
    lost = len(sheet.abroad) - placed.total()
    missing = (
        f" {lost} posts of unknown place are not drawn."
        if lost > 1
        else " One post of unknown place is not drawn."
        if lost
        else ""
    )
    caption = f"{escape(sheet.state.name)}: the network. Lines run from a seat to the States covered from it.{missing}"
    return figure(network_map(sheet, names.states), f"{caption} {counted(atlas)}", legend(signs))


def _forms(sheet: Sheet, atlas: Atlas) -> str:
    abroad, here = (Counter(e.post.form for e in side) for side in (sheet.abroad, sheet.here))
    rows = [
        (FORMS[form].capitalize(), str(abroad[form]), str(here[form]))
        for form in reversed(Form)
        if abroad[form] or here[form]
    ]
    rows.append(("All posts", str(len(sheet.abroad)), str(len(sheet.here))))
    name = sheet.state.name
    return table(
        f"{name}: posts by form",
        ("Form", "#Its own abroad", "#Of others there"),
        rows,
        counted(atlas),
        kind="sums",
    )


def _ledger(sheet: Sheet, atlas: Atlas, names: Names) -> str:
    """Write every State with which either side is present, by subregion: once, in the column where it stands."""
    columns = (Balance.MUTUAL, Balance.AHEAD, Balance.OWED)
    found: dict[tuple[str, str], dict[Balance, list[Standing]]] = defaultdict(lambda: defaultdict(list))
    for line in sheet.ledger:
        if line.balance in columns:
            other = names.states[line.state]
            found[other.region, other.subregion][line.balance].append(line)
    rows = [
        (escape(subregion), *(_standings(by[balance], names) for balance in columns))
        for (_, subregion), by in sorted(found.items())
    ]
    name = sheet.state.name
    titles = (
        "Subregion",
        f"Both are present ({sheet.mutual})",
        f"Only {name} is ({sheet.ahead})",
        f"Only the other is ({sheet.owed})",
    )
    note = f"A diplomatic mission, no embassy: * of {escape(name)}, \u2020 of the other. {counted(atlas)}"
    return table(f"{name}: who is represented", titles, rows, note, kind="wide")


def _standings(lines: Iterable[Standing], names: Names) -> str:
    marks = {1: ("*", "\u2020")}
    ordered = sorted(lines, key=lambda line: sort_key(names.states[line.state].name))
    return (
        ", ".join(
            names[line.state] + marks.get(level(line.ours), ("", ""))[0] + marks.get(level(line.theirs), ("", ""))[1]
            for line in ordered
        )
        or "\u2013"
    )


def _consular(sheet: Sheet, atlas: Atlas, names: Names) -> Iterator[str]:
    """Yield the posts that are no embassies or missions: its own, and those of others with it."""
    name = sheet.state.name
    own = _posts(((e.post.seat.state, e) for e in sheet.abroad if _other(e)), atlas.survey.territories)
    theirs = _posts(((e.post.sender, e) for e in sheet.here if _other(e)), atlas.survey.territories)
    for caption, head, found in (
        (f"{name}: its consulates and other posts", "Receiving State", own),
        (f"{name}: consulates and other posts there", "Sending State", theirs),
    ):
        rows = [
            (names[code], said) for code, said in sorted(found.items(), key=lambda i: sort_key(names.states[i[0]].name))
        ]
        if rows:
            yield table(caption, (head, "Posts"), rows, counted(atlas), kind="wide")


def _other(entry: Entry) -> bool:
    return not level(entry.post.form) or bool(entry.territory)


def _posts(entries: Iterable[tuple[str, Entry]], territories: Mapping[str, str]) -> dict[str, str]:
    """Write posts by State: "consulate-general in Milan, Naples; honorary consulate in Bari"."""
    found: dict[str, dict[Form, list[str]]] = defaultdict(lambda: defaultdict(list))
    for code, entry in entries:
        city, land = entry.post.seat.city, territories.get(entry.territory, "")
        where = f"{city} ({land})" if city and land not in ("", city) else city or land
        found[code][entry.post.form].append(where or UNNAMED)
    return {
        code: escape("; ".join(f"{FORMS[form]} in {_places(by[form])}" for form in reversed(Form) if form in by))
        for code, by in found.items()
    }


def _places(found: Sequence[str]) -> str:
    """Write places in order, each once, with how many posts are there if more than one."""
    counts = Counter(found)
    return ", ".join(f"{where} ({counts[where]})" if counts[where] > 1 else where for where in sorted(counts))


def _covering(sheet: Sheet, atlas: Atlas, names: Names) -> Iterator[str]:
    """Yield whom it covers from where, and who covers it from where."""
    name = sheet.state.name
    covers = {seat.resident: seat.covered for seat in sheet.covers}
    seats: dict[str, list[str]] = defaultdict(list)
    for seat in sheet.covered:
        seats[seat.resident].append(seat.sender)
    for caption, titles, found in (
        (f"{name}: whom it covers concurrently", ("From", "States covered"), covers),
        (f"{name}: who covers it from elsewhere", ("From", "Sending States"), seats),
    ):
        if found:
            ordered = sorted(found, key=lambda code: sort_key(names.states[code].name))
            rows = [(names[code], names.run(found[code])) for code in ordered]
            yield table(caption, titles, rows, counted(atlas), kind="wide")


def _gaps(sheet: Sheet, names: Names) -> str:
    """Say which absences surprise by affinity, on both sides."""
    sides = (
        ("likely that it is in", [(g.state, g) for g in sheet.lacking]),
        ("likely here", [(g.sender, g) for g in sheet.lacked]),
    )
    told = "; ".join(
        f"{words} " + ", ".join(f"{names[code]} ({100 * gap.likelihood:.0f} %)" for code, gap in found)
        for words, found in sides
        if found
    )
    lead = "By affinity, though not on record: "
    return f'<p class="note">{lead}{told}. What is usual is not advice. Source: legation-affinity.</p>' if told else ""


def _evidence(sheet: Sheet, atlas: Atlas) -> str:
    """Count the items behind the sheet, and write those of its own posts, so that each can be looked up."""
    items = sorted((e.post.seat.state, e.post.id) for e in sheet.abroad)
    covers = sum(c.sender == sheet.state.code for c in atlas.survey.covers)
    said = " ".join(f"{state}\u00a0{escape(id_)}" for state, id_ in items)
    return (
        f'<details class="evidence"><summary>Wikidata items behind this sheet <span>({len(items)} posts abroad, '
        f"{len(sheet.here)} posts of others, {covers} accreditations)</span></summary>"
        f'<p class="note">Its posts abroad, by receiving State: {said}. '
        f"Those of others stand on their senders\u2019 sheets. {counted(atlas)}</p></details>"
    )
