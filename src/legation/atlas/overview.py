"""The first part of an atlas: the world as a whole, in maps and tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from operator import attrgetter

from legation.atlas.charts import balance_chart
from legation.atlas.figures import Atlas, Cell, Sheet
from legation.atlas.markup import Names, columns, figure, legend, swatch, table, tiles
from legation.atlas.pictures import step_names, steps_map
from legation.model import FORMS, Form
from legation.reports.figures import number

TOP = 25
HEAT = (1, 5, 10, 20, 40, 60)
"""Least share of the possible pairs, in percent, of each shade of the matrix."""


def counted(atlas: Atlas) -> str:
    """Return the source line of what was counted from the record."""
    return f'Source: <a href="#sources">{", ".join(sources(atlas))}</a>, {escape(atlas.survey.day)}.'


def sources(atlas: Atlas) -> list[str]:
    """Return the ids of the sources of the posts."""
    return sorted({e.post.source for e in atlas.survey.entries})


def world(atlas: Atlas, names: Names) -> Iterator[str]:
    """Yield the posts of the world by form, and where embassies are and come from."""
    yield tiles(
        (
            ("States", number(len(atlas.sheets))),
            ("posts on record", number(len(atlas.survey.entries))),
            ("embassies and missions, one a pair", number(atlas.embassies)),
            ("pairs present on both sides", number(atlas.mutual)),
            ("pairs present on one side", number(atlas.one_sided)),
            ("concurrent accreditations", number(len(atlas.survey.covers))),
        )
    )
    steps = legend((swatch(f"s{n}"), said) for n, said in enumerate(step_names()))
    for key, which, unit, caption in (
        (
            "hosted",
            "hosted",
            "States present with it",
            "Number of States that have an embassy or mission in each State",
        ),
        (
            "sent",
            "embassies",
            "States it is present in",
            "Number of States in which each State has an embassy or mission",
        ),
    ):
        shown = {s.state.code: getattr(s, which).count for s in atlas.sheets}
        first = ", ".join(
            f"{s.state.name} {getattr(s, which).count}" for s in _largest(atlas.sheets, f"{which}.count", 5)
        )
        text = f"World map. {caption}. Most: {first}."
        yield figure(steps_map(key, shown, names.states, unit, text), f"{caption}. {counted(atlas)}", steps)
    counts = Counter(dict(atlas.forms))
    senders, hosts = _reach(atlas)
    rows = [
        (FORMS[form].capitalize(), number(counts[form]), str(len(senders[form])), str(len(hosts[form])))
        for form in sorted(counts, key=lambda f: -counts[f])
    ]
    titles = ("Form", "#Posts", "#Sending States", "#Receiving States")
    yield table("Posts of all States by form", titles, rows, counted(atlas))


def _reach(atlas: Atlas) -> tuple[dict[Form, set[str]], dict[Form, set[str]]]:
    senders, hosts = defaultdict(set), defaultdict(set)
    for entry in atlas.survey.entries:
        senders[entry.post.form].add(entry.post.sender)
        hosts[entry.post.form].add(entry.post.seat.state)
    return senders, hosts


def _largest(sheets: Iterable[Sheet], attribute: str, most: int) -> list[Sheet]:
    """Return the sheets with the largest numbers; equal ones keep the order of names."""
    return sorted(sheets, key=attrgetter(attribute), reverse=True)[:most]


def largest(atlas: Atlas, names: Names) -> Iterator[str]:
    """Yield who has the largest networks, who hosts most, and who covers whom from where."""
    sending = table(
        f"The {TOP} largest networks",
        ("State", "#Place", "#Present in", "#Consulates-general", "#Consulates", "#Honorary", "#All posts"),
        [
            (names[s.state.code], str(s.embassies.place), str(s.embassies.count), *_other_forms(s), str(len(s.abroad)))
            for s in _largest(atlas.sheets, "embassies.count", TOP)
        ],
        counted(atlas),
    )
    receiving = table(
        f"The {TOP} States that host most",
        ("State", "#Place", "#Hosts", "#Of them answered", "#Not answered", "#All posts there"),
        [
            (
                names[s.state.code],
                str(s.hosted.place),
                str(s.hosted.count),
                str(s.mutual),
                str(s.owed),
                str(len(s.here)),
            )
            for s in _largest(atlas.sheets, "hosted.count", TOP)
        ],
        counted(atlas),
    )
    yield columns((sending, receiving), "dense")
    yield columns(_covering(atlas, names), "three")


def _other_forms(sheet: Sheet) -> tuple[str, ...]:
    counts = Counter(e.post.form for e in sheet.abroad)
    return tuple(str(counts[form]) for form in (Form.CONSULATE_GENERAL, Form.CONSULATE, Form.HONORARY_CONSULATE))


def _covering(atlas: Atlas, names: Names) -> Iterator[str]:
    """Yield the three sides of concurrent accreditation: who covers, who is covered, from where."""
    covers = {(c.sender, c.covered) for c in atlas.survey.covers}
    for caption, title, counts in (
        ("States that cover most others concurrently", "#States covered", Counter(a for a, _ in covers)),
        ("States that are covered most from elsewhere", "#States that cover it", Counter(b for _, b in covers)),
        (
            "States from which most others are covered",
            "#Accreditations from there",
            Counter(c.resident for c in atlas.survey.covers),
        ),
    ):
        rows = [(names[code], str(count)) for code, count in sorted(counts.items(), key=lambda i: (-i[1], i[0]))[:15]]
        yield table(caption, ("State", title), rows, counted(atlas))


def reciprocity(atlas: Atlas, names: Names) -> Iterator[str]:
    """Yield where presence is answered and where not."""
    pairs = atlas.mutual + atlas.one_sided + atlas.neither
    yield (
        f"<p>Of {number(pairs)} pairs of States, {number(atlas.mutual)} have an embassy or mission on both sides, "
        f"{number(atlas.one_sided)} on one side only, {number(atlas.neither)} on none. "
        "A mission under a chargé d'affaires counts as present; a consulate and a concurrent accreditation do not.</p>"
    )
    yield figure(
        balance_chart(atlas), f"Who sends and who receives; on the line both numbers are equal. {counted(atlas)}"
    )
    rows = [
        (
            names[s.state.code],
            *(str(n) for n in (s.embassies.count, s.hosted.count, s.mutual, s.ahead, s.owed)),
            f"{100 * s.mutual / s.hosted.count:.0f} %" if s.hosted.count else "\u2013",
        )
        for s in atlas.sheets
    ]
    titles = ("State", "#Present in", "#Hosts", "#Both sides", "#It only", "#The other only", "#Answers")
    note = f"Answers: share of the States present with it in which it is present too. {counted(atlas)}"
    yield table("Reciprocity of every State", titles, rows, note, folded=True)


def matrix(atlas: Atlas) -> Iterator[str]:
    """Yield who hosts whom by subregion, as a grid of numbers shaded by the share of what is possible."""
    regions = list(dict.fromkeys(cell.sending for cell in atlas.matrix))
    rows = []
    for number_, sending in enumerate(regions):
        line = atlas.matrix[number_ * len(regions) : (number_ + 1) * len(regions)]
        rows.append(_heated(sending, line))
    head = "".join(f'<th scope="col"><span>{escape(region)}</span></th>' for region in regions)
    caption = "Embassies and missions of the States of each row in the States of each column"
    shades = ("less than 1 %", *(f"{a}\u2013{b} %" for a, b in zip(HEAT, (*HEAT[1:], 100), strict=True)))
    yield (
        f'<div class="box" role="region" aria-label="{caption}" tabindex="0"><table class="matrix">'
        f'<caption>{caption}</caption><thead><tr><th scope="col">Sending \u2193 receiving \u2192</th>{head}'
        f'<th scope="col"><span>All</span></th></tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
        f"{legend((swatch(f's{n}'), said) for n, said in enumerate(shades))}"
        f'<p class="note">The number counts pairs; the shade is its share of the pairs that are possible. '
        f"Subregions: UN M49 (m49). {counted(atlas)}</p>"
    )


def _heated(sending: str, line: Sequence[Cell]) -> str:
    cells = "".join(f'<td class="s{heat(cell)}">{cell.count}</td>' for cell in line)
    return f'<tr><th scope="row">{escape(sending)}</th>{cells}<td>{sum(c.count for c in line)}</td></tr>'


def heat(cell: Cell) -> int:
    """Return the shade of a cell: how many of the steps its share of the possible has reached."""
    share = 100 * cell.count / cell.possible if cell.possible else 0
    return sum(share >= least for least in HEAT)


def expected(atlas: Atlas, names: Names) -> Iterator[str]:
    """Yield the pairs where a presence is most to be expected and none is on record."""
    yield (
        "<p>How likely a State in the sender's position has an embassy there, by the model of affinity that comes with "
        "Legation: whether the other resides here, distance, region, language, economies, populations, embassies of "
        "others there, what senders alike do. It says what is usual, not what would be worth the money. Where a State "
        "is covered from elsewhere, the absence is on record too; where nothing is, the gap is more often one of the "
        "record than of diplomacy: check before you write of it.</p>"
    )
    likely = [(names[g.sender], names[g.state], g, f"{100 * g.likelihood:.0f} %") for g in atlas.expected]
    covered = [(a, b, names[g.covered_from], share) for a, b, g, share in likely if g.covered_from]
    unknown = [(a, b, share) for a, b, g, share in likely if not g.covered_from]
    note = f"Likelihood: legation-affinity, fitted on 2000 to 2010. {counted(atlas)} Economies: worldbank-gdp."
    titles = ("Sending State", "Receiving State", "Covered from", "#Likelihood")
    yield columns(
        (
            table("Most under-represented: covered from elsewhere", titles, covered, note),
            table("Nothing on record: perhaps only a gap of it", (*titles[:2], titles[3]), unknown, note),
        )
    )


def index(atlas: Atlas, names: Names) -> Iterator[str]:
    """Yield the sheets by name and by region."""
    items = "".join(f"<li>{names[s.state.code]}</li>" for s in atlas.sheets)
    yield f'<ul class="index" aria-label="States by name">{items}</ul>'
    regions: dict[tuple[str, str], list[str]] = defaultdict(list)
    for sheet in atlas.sheets:
        regions[sheet.state.region, sheet.state.subregion].append(sheet.state.code)
    rows = [
        (escape(subregion), escape(region), names.run(codes)) for (region, subregion), codes in sorted(regions.items())
    ]
    yield table(
        "States by region", ("Subregion", "Region", "States"), rows, "Source: m49 (UN M49 regions).", folded=True
    )
