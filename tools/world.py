"""Write the product's own world tables from the data pack, each row with its source.

Reads `world/` of the pack and writes, into `src/legation/data`, states, territories, indicators, posts and
accreditations of all senders, the dictionary of attributes and the list of sources. Nothing is added but
the seats of embassies where they differ from the capital (`SEATS`).

    python tools/world.py                       # the pack lies beside the checkout
    python tools/world.py --pack PATH --out DIR
"""

import argparse
import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
Row = dict[str, str]

SEATS = {
    "BDI": ("Bujumbura", "-3.38193", "29.36142"),
    "BEN": ("Cotonou", "6.36536", "2.41833"),
    "BOL": ("La Paz", "-16.5", "-68.15"),
    "CIV": ("Abidjan", "5.35444", "-4.00167"),
    "ISR": ("Tel Aviv", "32.08088", "34.78057"),
    "MMR": ("Yangon", "16.80528", "96.15611"),
    "NLD": ("The Hague", "52.07667", "4.29861"),
    "PSE": ("Ramallah", "31.89964", "35.20422"),
    "TZA": ("Dar es Salaam", "-6.82349", "39.26951"),
}
"""Where embassies sit, where that is not the capital of the code list; coordinates from GeoNames."""

FIRST_YEAR = 2000

RECEIVING = "the receiving State"

ATTRIBUTES = (
    ("gdp", "USD", "Gross domestic product at current prices and official exchange rates", "worldbank-gdp"),
    ("gdp_rank", "rank", "Place among all States by gdp, largest first", "computed from gdp"),
    ("population", "persons", "Resident population", "worldbank-population"),
    ("trade", "USD", "Goods traded with the sender in both directions, current prices", "cepii-baci"),
    ("exports", "USD", "Goods exported by the sender to this State, current prices", "cepii-baci"),
    ("imports", "USD", "Goods imported by the sender from this State, current prices", "cepii-baci"),
    ("migrants", "persons", "People born in the sender's State who live in this State", "undesa-migrants"),
    ("citizens", "persons", "Citizens of the sender who live in this State or district", "the ministry"),
    ("kin", "persons", "People of the sender's nation who live in this State, whatever their citizenship", "stated"),
    ("g20", "of 1", "1 for a State that is itself a member of the Group of Twenty", "stated"),
    ("distance", "km", "Great-circle distance from the sender's seat of government", "computed from states.csv"),
    ("same_subregion", "of 1", "1 for a State in the sender's own subregion (UN M49)", "computed from states.csv"),
    ("common_language", "of 1", "1 for a State that shares an official language", "computed from states.csv"),
    ("contiguous", "of 1", "1 for a State that borders on the sender", "cepii-gravity"),
    ("colonial_tie", "of 1", "1 where one of the two was ever a colony of the other", "cepii-gravity"),
    ("common_coloniser", "of 1", "1 where both were colonies of one State after 1945", "cepii-gravity"),
    (
        "conflict_intensity",
        "level",
        "Armed conflict over this State in a year: 1 from 25 deaths in battle, 2 from 1,000",
        "ucdp-acd",
    ),
    ("defence_pact", "of 1", "1 where a treaty binds one of the two to defend the other", "atop"),
    (
        "ideal_point",
        "points",
        "Position in the votes of the UN General Assembly, that of the United States being high",
        "unga-ideal-points",
    ),
    (
        "unga_distance",
        "points",
        "Distance between the positions of the two in the votes of the UN General Assembly",
        "unga-ideal-points",
    ),
    ("embassies", "embassies", "Embassies of other States there, as far as recorded", "computed from posts.csv"),
    ("affinity", "of 1", "Chance that a State in the sender's position has an embassy there", "legation-affinity"),
    (
        "peers",
        "of 1",
        "Share of States with an economy between half and twice as large that have an embassy there",
        "legation-affinity",
    ),
    ("fdi_stock", "USD", "Stock of direct investment from this State in the sender's State", "stated"),
    ("members", "States", "States that belong to an organisation", "stated"),
    ("sender_member", "of 2", "2 where the sender is a member of an organisation, 1 where a partner", "stated"),
    ("scope", "of 3", "Weight of an organisation in the world or in one's own region", "judgement"),
    ("district_migrants", "persons", "People born in the sender's State who live in a district", "undesa-migrants"),
    ("district_trade", "USD", "Goods traded with the sender in both directions, by district", "cepii-baci"),
    ("kin_settled", "of 1", "1 where the sender's kin have been settled in a district for generations", "judgement"),
    (
        "resident_here",
        "level",
        "Their highest diplomatic form with the sender: 2 embassy, 1 mission",
        "foreign_posts.csv",
    ),
    ("relations", "of 1", "1 where there are diplomatic relations with the State, 0 where there are none", RECEIVING),
    (
        "consular_relations",
        "of 1",
        "1 where there are consular relations with the State, 0 where there are none",
        RECEIVING,
    ),
    ("mission_limit", "persons", "People that the State allows a mission to have", RECEIVING),
    ("consular_limit", "persons", "People that the State allows a consular post to have", RECEIVING),
    ("honorary_consuls", "of 1", "1 where the State receives honorary consuls, 0 where it does not", RECEIVING),
)

SOURCES = (
    (
        "m49",
        "Country codes, UN M49 regions, UN membership names",
        "Datopian, after UN Statistics Division and UNTERM",
        "https://github.com/datasets/country-codes",
        "ODC-PDDL-1.0",
        "codes, names, regions and capitals of States; territories",
    ),
    (
        "geonames",
        "City and capital coordinates",
        "GeoNames",
        "https://www.geonames.org",
        "CC BY 4.0",
        "coordinates of seats and cities",
    ),
    (
        "cldr",
        "Official languages by territory",
        "Unicode Consortium",
        "https://cldr.unicode.org",
        "Unicode License v3",
        "languages of States",
    ),
    (
        "wikidata-2022",
        "Embassies and consulates with their jurisdictions, Wikidata, export of 16 November 2022",
        "Wikidata, exported by database-of-embassies",
        "https://github.com/database-of-embassies/database-of-embassies",
        "CC0-1.0",
        "posts and accreditations of all senders; about 80 % of the world's embassies, undated",
    ),
    (
        "worldbank-gdp",
        "GDP, current USD (NY.GDP.MKTP.CD)",
        "World Bank",
        "https://github.com/datasets/gdp",
        "ODC-PDDL-1.0 (World Bank: CC BY 4.0)",
        "gross domestic product, today's revised figures",
    ),
    (
        "worldbank-population",
        "Population (SP.POP.TOTL)",
        "World Bank",
        "https://github.com/datasets/population",
        "ODC-PDDL-1.0 (World Bank: CC BY 4.0)",
        "population, today's revised figures",
    ),
    (
        "factbook-2011",
        "The World Factbook, edition of 2011",
        "Central Intelligence Agency",
        "https://github.com/MilkMp/CIA-World-Factbooks-Archive-1990-2025",
        "public domain (US Government)",
        "figures as they were printed in 2011; the few States that the World Bank does not list",
    ),
    (
        "cow-states",
        "State System Membership, v2016: numbers and letters of States",
        "Correlates of War Project",
        "https://correlatesofwar.org/data-sets/state-system-membership/",
        "not seen",
        "state_codes.csv: single codes, typed by us; all 217 compared with states2016.csv",
    ),
    (
        "gleditsch-ward",
        "List of Independent States: numbers and letters of States",
        "Kristian Skrede Gleditsch and Michael D. Ward",
        "http://ksgleditsch.com/statelist.html",
        "not seen",
        "state_codes.csv: single codes, typed by us; numbers compared with the package country_converter 1.3.2",
    ),
    (
        "imf-codes",
        "Country codes of the International Financial Statistics and the Direction of Trade Statistics",
        "International Monetary Fund",
        "https://data.imf.org",
        "not seen",
        "state_codes.csv: single codes, typed by us; compared with the list of the package countrycode",
    ),
    (
        "world-schemes",
        "Codes of three letters that publishers use beside ISO 3166",
        "World Bank, CEPII and others",
        "",
        "facts",
        "state_codes.csv, not_states.csv: written by us",
    ),
    (
        "cldr-names",
        "Names of territories in English, Russian and Kazakh",
        "Unicode Consortium",
        "https://cldr.unicode.org",
        "Unicode License v3",
        "names of States; read from the package Babel and not copied",
    ),
)


def read(path: Path) -> list[Row]:
    """Read a table of the pack; empty cells stay empty."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a table: UTF-8, LF, comma, header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows(rows)


def degrees(text: str) -> str:
    """Return a coordinate with three decimals (about 100 m), the place of a post and no more."""
    return f"{round(float(text), 3):g}" if text else ""


def state(row: Row) -> tuple[str, ...]:
    """Return one State with the seat of embassies; say so where that is not the capital."""
    code = row["iso3"]
    seat, lat, lon = SEATS.get(code, (row["capital"], row["capital_lat"], row["capital_lon"]))
    source = "m49 geonames cldr"
    if code in SEATS:
        source += f"; seat of embassies, the capital of the code list is {row['capital']}"
    return (code, row["name"], seat, lat, lon, row["un_region"], row["un_subregion"], row["languages"], source)


def indicator(row: Row) -> tuple[str, ...]:
    """Return one value of gdp or population with the id of its source."""
    source = {"World Bank NY": "worldbank-gdp", "World Bank SP": "worldbank-population"}
    name = row["indicator"].removesuffix("_usd")
    return (row["iso3"], name, row["year"], row["value"], source.get(row["source"][:13], "factbook-2011"))


def post(row: Row) -> tuple[str, ...]:
    """Return one post of one sender; `located` is the State where it sits, if another one."""
    place = (row["city"], degrees(row["lat"]), degrees(row["lon"]), row["opened_year"], row["source_id"])
    return (row["sender"], row["form"].replace("_", "-"), row["receiving"], row["located_in"], row["territory"], *place)


def tables(pack: Path, out: Path) -> None:
    """Write every world table."""
    world = pack / "world"
    header = ("code", "name", "seat", "lat", "lon", "region", "subregion", "languages", "source")
    write(out / "states.csv", header, map(state, read(world / "states.csv")))
    write(
        out / "territories.csv",
        ("code", "name", "state", "status", "source"),
        ((r["iso3"], r["name"], r["state_iso3"], r["status"], "m49") for r in read(world / "territories.csv")),
    )
    recent = (r for r in read(world / "indicators.csv") if int(r["year"]) >= FIRST_YEAR)
    write(out / "indicators.csv", ("code", "attribute", "year", "value", "source"), map(indicator, recent))
    columns = ("sender", "form", "state", "located", "territory", "city", "lat", "lon", "opened", "wikidata")
    write(out / "posts.csv", columns, map(post, read(world / "posts.csv")))
    covered = ((r["sender"], r["resident"], r["covered"], r["source_id"]) for r in read(world / "accreditations.csv"))
    write(out / "accreditations.csv", ("sender", "resident", "covered", "wikidata"), covered)
    write(out / "attributes.csv", ("name", "unit", "meaning", "source"), ATTRIBUTES)
    write(out / "sources.csv", ("id", "title", "publisher", "url", "licence", "use"), SOURCES)


def main() -> None:
    """Write the world tables from the pack."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pack", type=Path, default=ROOT.parent / "shared" / "data", help="folder of the data pack")
    parser.add_argument("--out", type=Path, default=ROOT / "src" / "legation" / "data", help="folder to write into")
    arguments = parser.parse_args()
    tables(arguments.pack, arguments.out)


if __name__ == "__main__":
    main()
