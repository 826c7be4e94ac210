"""BACI, trade in goods by product and pair of States (CEPII): added up to what each State sells to each other.

Layout: one file a year, `t,i,j,k,v,q` (older releases: `t,hs6,i,j,v,q`), some 11 million rows: year, exporter,
importer, product, value in thousands of current USD (free on board), quantity in tons. Name:
BACI_HS12_Y2021_V202301.csv, where V202301 is the release. Quirks: an unknown quantity is "NA" behind spaces (we do not
read quantities); the codes are those of UN Comtrade, which departs from M49: France 251 is with Monaco, Switzerland 757
with Liechtenstein, USA 842 with Puerto Rico, Norway 579 with Svalbard, India is 699, "Other Asia, nes" 490 is nearly
all Taiwan and counts as it; Belgium-Luxembourg 58 (until 1998) and the Southern African Customs Union 711 (until 1999)
are several States and are left out. Rows are added up while they pass, so a row that stands in the file twice is
counted twice. Not confirmed: the codes of releases before 2020.
"""

from __future__ import annotations

from pathlib import Path

from legation.exchange.grid import Grid, Line, open_grid
from legation.exchange.imported import Read
from legation.exchange.names import Scheme
from legation.indicators.gathering import Gathering, released, within
from legation.model.facts import Source
from legation.model.presences import both, pair
from legation.sources.cells import CellError

ABOUT = Source(
    "cepii-baci",
    "BACI, international trade database at the product level",
    "CEPII",
    "https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37",
    "Etalab Open Licence 2.0 (licence not seen)",
)
THOUSAND = 1000

Cells = tuple[str, str, str]
Flow = tuple[str, str, int]


def read(path: Path) -> Read:
    """Read one year of BACI: exports and imports of each pair both ways, and their sum as trade, in USD."""
    with open_grid(path, needs=("t", "i", "j", "v")) as grid:
        found = Gathering("baci", ABOUT, grid.faults, known=released(path, r"_V(20\d\d)\d\d"))
        flows = _flows(found, _totals(found, grid))
    for (exporter, importer, year), (value, line) in flows.items():
        found.put(line, "v", pair(exporter, importer), "exports", year, value)
        found.put(line, "v", pair(importer, exporter), "imports", year, value)
        back = flows.get((importer, exporter, year))
        if back is None or exporter < importer:
            found.put(line, "v", both(exporter, importer), "trade", year, value + (back[0] if back else 0))
    found.undated("such as BACI_HS12_Y2021_V202301.csv")
    return found.read()


def _totals(found: Gathering, grid: Grid) -> dict[Cells, tuple[float, Line]]:
    """Add up over products while rows pass, by the cells as they stand: each code is looked up once."""
    totals: dict[Cells, float] = {}
    first: dict[Cells, int] = {}
    for line in found.each(grid):
        cells = line.cells
        key = cells["t"], cells["i"], cells["j"]
        try:
            value = within(cells["v"], 0, None)
        except CellError as error:
            found.faults.add(line, "v", str(error), error.remedy)
            continue
        if key in totals:
            totals[key] += value
        else:
            totals[key], first[key] = value, line.number
    return {key: (total, Line(first[key], dict(zip("tij", key, strict=True)))) for key, total in totals.items()}


def _flows(found: Gathering, totals: dict[Cells, tuple[float, Line]]) -> dict[Flow, tuple[float, Line]]:
    """Turn codes into States; codes of one State in one year are added up."""
    flows: dict[Flow, tuple[float, Line]] = {}
    for total, line in totals.values():
        year = found.year(line, "t")
        if year is None:
            continue
        exporter, importer = (found.state(line, column, Scheme.M49, year=year) for column in "ij")
        if exporter and importer and exporter != importer:
            before = flows.get((exporter, importer, year), (0.0, line))
            flows[exporter, importer, year] = before[0] + round(total * THOUSAND), before[1]
    return flows
