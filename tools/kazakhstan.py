"""Write the tables of the reference case kazakhstan-2012 from the data pack.

Reads `kazakhstan/`, `world/` and `costs/` of the pack. Judgements that no table holds stand in
`kazakhstan_judged.py` beside this file, with their reasons. `case.toml` is written by hand. What happened after
the day of the record (outcomes, later accreditations) is not read.

    python tools/kazakhstan.py                       # the pack lies beside the checkout
    python tools/kazakhstan.py --pack PATH --out DIR
"""

import argparse
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Any

import kazakhstan_judged as judged
from world import ROOT, SEATS, Row, read, write

SENDER = "KAZ"
RECORD_YEAR = 2011
SOURCE_IDS = (
    ("Diplometrics", "diplometrics"),
    ("Lowy", "lowy-2017"),
    ("Wikidata, Apr 2021", "wikidata-2021"),
    ("CIA World Factbook", "factbook-2011"),
    ("Kazinform, 29 Jul 2011", "kazinform-2011"),
    ("CEPII BACI", "cepii-baci"),
    ("UN DESA", "undesa-migrants"),
    ("World Bank NY.GDP", "worldbank-gdp"),
    ("World Bank SP.POP", "worldbank-population"),
)
LONG_NAMES = (
    (
        "Diplometrics Diplomatic Representation (after Europa World Year Book); daia-cmd/graduation_report@5241b0b",
        "Diplometrics",
    ),
    ("Wikidata, Apr 2021; nicolas-raoul/database-of-embassies", "Wikidata, Apr 2021"),
    ("Lowy Institute Global Diplomacy Index 2016/2017; antoniosfiala/UCL_CASA_GIS@812f31a", "Lowy Institute 2016/2017"),
    ("; MilkMp/CIA-World-Factbooks-Archive-1990-2025@b998f60", ""),
    ("Kazinform, 29 Jul 2011 (http://kazworld.info/?p=15747)", "Kazinform, 29 Jul 2011"),
)


def slug(text: str) -> str:
    """Return a name in lower-case ASCII with hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def km(here: tuple[float, float], there: tuple[float, float]) -> int:
    """Return the great-circle distance of two places in whole km."""
    (a, x), (b, y) = ((radians(lat), radians(lon)) for lat, lon in (here, there))
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin((y - x) / 2) ** 2
    return round(2 * 6371.0088 * asin(min(1.0, sqrt(half))))


def number(text: str) -> str:
    """Return a number without a trailing fraction of zero."""
    value = float(text)
    return f"{value:.0f}" if value.is_integer() else repr(value)


def attested(row: Row) -> tuple[str, str]:
    """Return the id of the source of a row, and its full words (with the note) for the note."""
    words = row["source"]
    for long, short in LONG_NAMES:
        words = words.replace(long, short)
    named = [id_ for mark, id_ in SOURCE_IDS if mark in row["source"]]
    note = "; ".join(text for text in (row.get("note", ""), f"source: {words}") if text)
    return (named[0] if named else "press"), note


class World:
    """The States of the pack: seat of embassies, place, names."""

    def __init__(self, pack: Path) -> None:
        """Read the States."""
        self.rows = {row["iso3"]: row for row in read(pack / "world" / "states.csv")}

    def seat(self, code: str) -> tuple[str, float, float]:
        """Return the city where embassies sit, and its degrees."""
        row = self.rows[code]
        city, lat, lon = SEATS.get(code, (row["capital"], row["capital_lat"], row["capital_lon"]))
        return city, float(lat), float(lon)

    @property
    def others(self) -> list[str]:
        """Return every State but the sender, sorted."""
        return sorted(code for code in self.rows if code != SENDER)

    @property
    def regions(self) -> list[str]:
        """Return the sub-regions, sorted."""
        return sorted({row["un_subregion"] for row in self.rows.values()})


def site_of(row: Row) -> str:
    """Return the id of the site where a post of the record sits; a post bears the id of its site."""
    form, city = row["form"], slug(row["city"])
    if form in ("embassy", "diplomatic_mission"):
        return row["receiving"]
    if form == "permanent_mission":
        return f"UN-{city}"
    suffix = {"trade_representation": "-trade", "other": "-office"}.get(form, "")
    return f"{row['receiving']}-{city}{suffix}"


def posts(pack: Path) -> Iterator[tuple[Any, ...]]:
    """Yield our posts of July 2011, those attested for later years only marked low."""
    for row in read(pack / "kazakhstan" / "posts_2011.csv"):
        source, note = attested(row)
        if row["territory"]:
            note = f"in {row['territory']}; {note}"
        place = (row["receiving"], row["city"], row["lat"], row["lon"])
        form = row["form"].replace("_", "-")
        yield (site_of(row), form, *place, row["opened_year"], "", "", "", source, row["confidence"], note)


def missions_today(pack: Path) -> list[str]:
    """Return the States where a diplomatic mission of ours is attested for 2011, sorted."""
    record = read(pack / "kazakhstan" / "posts_2011.csv")
    missions = (row for row in record if row["form"] == "diplomatic_mission" and row["confidence"] != "low")
    return sorted(row["receiving"] for row in missions)


def foreign_posts(pack: Path) -> Iterator[tuple[Any, ...]]:
    """Yield the posts of others with us."""
    for row in read(pack / "kazakhstan" / "foreign_posts_2011.csv"):
        source, note = attested(row)
        place = (row["city"], row["lat"], row["lon"], row["opened_year"])
        yield (row["sender"], row["form"].replace("_", "-"), *place, source, row["confidence"], note)


def accreditations(pack: Path) -> Iterator[tuple[Any, ...]]:
    """Yield whom we cover from where; Cuba from the permanent mission in New York."""
    for row in read(pack / "kazakhstan" / "accreditations_2011.csv"):
        if row["valid_2011"] == "no":
            continue
        source, note = attested(row)
        seat = "UN-new-york" if row["covered"] == "CUB" else row["resident"]
        note = f"valid in 2011: {row['valid_2011']}; attested {row['attested_year'] or 'without a year'}; {note}"
        yield (seat, row["covered"], "", source, row["confidence"], note)


def printed_in_2011(pack: Path) -> Iterator[tuple[str, str, int, float, str]]:
    """Yield gdp and population from the Factbook of 2011; entities of one State are added up if all have a value."""
    rows = defaultdict(list)
    for row in read(pack / "kazakhstan" / "factbook_2011.csv"):
        rows[row["iso3"]].append(row)
    for code, entities in rows.items():
        for name, column, year in (
            ("gdp", "gdp_oer_usd", "gdp_oer_year"),
            ("population", "population", "population_year"),
        ):
            if all(row[column] for row in entities):
                note = "" if entities[0][year] else "year not printed: taken to be 2010"
                total = sum(float(row[column]) for row in entities)
                yield code, name, int(entities[0][year] or RECORD_YEAR - 1), total, note


def sizes(pack: Path) -> list[tuple[Any, ...]]:
    """Return gdp, its rank and population: as printed in 2011, else today's figure for the last year up to 2010."""
    units = {"gdp": "USD", "population": "persons"}
    found: dict[tuple[str, str], tuple[Any, ...]] = {}
    for row in read(pack / "world" / "indicators.csv"):
        name, year = row["indicator"].removesuffix("_usd"), int(row["year"])
        if 2005 <= year < RECORD_YEAR and "Factbook" not in row["source"]:
            note = "not in the Factbook of 2011: today's revised figure"
            source = attested(row)[0]
            found[row["iso3"], name] = (row["iso3"], name, year, number(row["value"]), units[name], source, "", note)
    for code, name, year, total, note in printed_in_2011(pack):
        found[code, name] = (code, name, year, number(str(total)), units[name], "factbook-2011", "", note)
    gdp = sorted((row for key, row in found.items() if key[1] == "gdp"), key=lambda row: -float(row[3]))
    ranks = [
        (row[0], "gdp_rank", row[2], place, "rank", "computed", "", f"place among {len(gdp)} States by the gdp above")
        for place, row in enumerate(gdp, 1)
    ]
    return [*found.values(), *ranks]


def trade(pack: Path) -> Iterator[tuple[Any, ...]]:
    """Yield goods trade of 2010 by State, territories added to their State."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    notes: dict[str, str] = {}
    for row in read(pack / "kazakhstan" / "trade_2010.csv"):
        if row["row_type"] == "partner" and row["state_iso3"]:
            sums[row["state_iso3"]][0] += float(row["exports_usd"] or 0)
            sums[row["state_iso3"]][1] += float(row["imports_usd"] or 0)
            if row["confidence"] == "low":
                notes[row["state_iso3"]] = f"low confidence: {row['note']}"
    for code, (exports, imports) in sums.items():
        for name, amount in (("exports", exports), ("imports", imports), ("trade", exports + imports)):
            yield (code, name, 2010, number(str(amount)), "USD", "cepii-baci", "", notes.get(code, ""))


def people(pack: Path) -> Iterator[tuple[Any, ...]]:
    """Yield people born in Kazakhstan by State in 2010, and kin as counted in 2012 (not known in 2011)."""
    for row in read(pack / "kazakhstan" / "migrants_2010.csv"):
        if row["measure"] == "emigrant_stock" and "implausible" not in row["note"]:
            yield (row["partner_iso3"], "migrants", 2010, row["persons"], "persons", "undesa-migrants", "", row["note"])
    for row in read(pack / "kazakhstan" / "diaspora.csv"):
        if row["measure"] == "ethnic_kazakhs" and row["partner_iso3"] != "WLD":
            note = f"a figure of 2012: not known in 2011; source: {row['source']}"
            yield (row["partner_iso3"], "kin", 2012, row["persons"], "persons", "press", 2012, note)


def of_states(world: World) -> Iterator[tuple[Any, ...]]:
    """Yield distance and membership of the Group of Twenty of every other State."""
    home = world.seat(SENDER)[1:]
    for code in world.others:
        yield (
            code,
            "distance",
            RECORD_YEAR,
            km(home, world.seat(code)[1:]),
            "km",
            "computed",
            "",
            "Astana to the seat",
        )
        yield (code, "g20", 2010, int(code in judged.G20), "of 1", "g20", "", "")


def districts(migrants: dict[str, int], traded: dict[str, float]) -> Iterator[tuple[Any, ...]]:
    """Yield facts of consular districts: an equal part of the State's figures, and whether kin are settled there."""
    count: dict[str, int] = defaultdict(lambda: 1)
    for state, *_ in judged.CITIES:
        count[state] += 1
    for state, city, _lat, _lon, kin in judged.CITIES:
        id_, parts = f"{state}-{slug(city)}", count[state]
        note = f"the State's figure in {parts} equal parts: the embassy's own district and {parts - 1} more"
        if state in migrants:
            yield (
                id_,
                "district_migrants",
                2010,
                round(migrants[state] / parts),
                "persons",
                "undesa-migrants",
                "",
                note,
            )
        yield (id_, "district_trade", 2010, round(traded.get(state, 0) / parts), "USD", "cepii-baci", "", note)
        yield (id_, "kin_settled", 2010, kin, "of 1", "judgement", "", judged.KIN_NOTE if kin else "")


def of_organisations() -> Iterator[tuple[Any, ...]]:
    """Yield members, our membership and the judged scope of every organisation."""
    for body in judged.ORGANISATIONS:
        yield (body.id, "members", RECORD_YEAR, body.members, "States", "organisations", "", body.title)
        yield (body.id, "sender_member", RECORD_YEAR, body.membership, "of 2", "organisations", "", "")
        yield (body.id, "scope", RECORD_YEAR, body.scope, "of 3", "judgement", "", judged.SCOPE_NOTE)


def facts(pack: Path, world: World) -> list[tuple[Any, ...]]:
    """Return all facts, sorted by subject, attribute and year."""
    traded, born = list(trade(pack)), list(people(pack))
    migrants = {row[0]: int(row[3]) for row in born if row[1] == "migrants"}
    totals = {row[0]: float(row[3]) for row in traded if row[1] == "trade"}
    rows = [*sizes(pack), *traded, *born, *of_states(world), *districts(migrants, totals), *of_organisations()]
    return sorted(rows, key=lambda row: (row[0], row[1], row[2]))


def site(
    id_: str, track: str, state: str, place: tuple[str, float, float], forms: str, groups: str = ""
) -> tuple[Any, ...]:
    """Return one row of sites.csv, open in all years, nothing held there given up."""
    return (id_, track, state, *place, forms, "", "", "false", "", "", groups, "geonames")


def sites(pack: Path, world: World) -> Iterator[tuple[Any, ...]]:
    """Yield all States, the consular cities, the seats of organisations and the trade representation."""
    missions = missions_today(pack)
    for code in world.others:
        if code in judged.NO_RELATIONS:
            continue
        if code in missions:
            yield site(code, "diplomatic", code, world.seat(code), "diplomatic-mission|embassy", "missions-today")
        else:
            yield site(code, "diplomatic", code, world.seat(code), "embassy")
    for state, city, lat, lon, kin in judged.CITIES:
        forms = "honorary-consulate|consulate|consulate-general"
        groups = "|".join(name for name, in_it in (("kin", kin), ("in-russia", state == "RUS")) if in_it)
        yield site(f"{state}-{slug(city)}", "consular", state, (city, lat, lon), forms, groups)
    for id_, (state, city, lat, lon) in judged.SEATS_OF_ORGANISATIONS.items():
        yield site(id_, "multilateral", state, (city, lat, lon), "permanent-mission")
    yield site("RUS-moscow-trade", "trade", "RUS", world.seat("RUS"), "trade-representation")


def interests(world: World) -> Iterator[tuple[Any, ...]]:
    """Yield organisations, consular districts and regions; the bilateral ones follow from the States."""
    for body in judged.ORGANISATIONS:
        state, city, lat, lon = judged.SEATS_OF_ORGANISATIONS[body.site]
        yield (body.id, "organisation", body.title, state, city, lat, lon, body.id, "", "organisations")
    for state, city, lat, lon, _kin in judged.CITIES:
        id_ = f"{state}-{slug(city)}"
        title = f"Consular district of {city}"
        yield (id_, "district", title, state, city, lat, lon, id_, "", "judgement")
    for region in world.regions:
        points = judged.REGIONS[region]
        yield (f"region:{region}", "region", f"Presence in {region}", "", "", "", "", "", points, "judgement")


def services() -> Iterator[tuple[Any, ...]]:
    """Yield the pairs that are ruled out whatever the distance."""
    for seat, covered, evidence in judged.RULED_OUT:
        yield (seat, covered, "", "", "", "", "", "false", evidence)


class Bands:
    """Cost bands of the pack, brought from prices of 2020 to those of the case."""

    def __init__(self, pack: Path) -> None:
        """Read the bands and the consumer prices."""
        index = {row["year"]: float(row["price_index_2020"]) for row in read(pack / "costs" / "deflators.csv")}
        self.factor = index[str(RECORD_YEAR)] / 100
        self.rows = {(row["band"], row["measure"]): row for row in read(pack / "costs" / "bands.csv")}

    def line(self, scope: str, measure: str, line: str, norm: float, band: str, note: str) -> tuple[Any, ...]:
        """Return one cost line: a norm of the central figure of a band, with its low and high ends where it has any."""
        row = self.rows[band, "establishing" if measure == "establishing" else "running_per_year"]
        low, central, high = (
            round(float(row[f"{end}_usd_2020"]) * self.factor) if row[f"{end}_usd_2020"] else None
            for end in ("low", "central", "high")
        )
        ends = ("" if end is None else f"{norm * end:.0f}" for end in (low, high))
        steps = (
            f"{note}; price: band {band} of {row['central_usd_2020']} USD of 2020 x {self.factor:.4f} (consumer prices)"
        )
        return (scope, measure, line, f"{norm:g}", central, "", *ends, "USD", RECORD_YEAR, "cost-bands", steps)


def costs(pack: Path) -> Iterator[tuple[Any, ...]]:
    """Yield cost lines of every form, then those of missions that may become embassies."""
    bands = Bands(pack)
    for form, measure, name, norm, band, note in judged.COST_LINES:
        yield bands.line(f"form:{form}", measure, name, norm, band, note)
    for form, measure, name, amount, low, high, note in judged.COST_AMOUNTS:
        yield (f"form:{form}", measure, name, "", "", amount, low, high, "USD", RECORD_YEAR, "judgement", note)
    for form, numbers in judged.STAFF.items():
        yield from staff(f"form:{form}", numbers, judged.STAFF_NOTES[form])
    for code in missions_today(pack):
        for measure, name, norm, band, note in judged.REORGANISED_LINES:
            yield bands.line(f"site:{code}:embassy", measure, name, norm, band, note)
        yield from staff(f"site:{code}:embassy", judged.REORGANISED_STAFF, judged.REORGANISED)


def staff(scope: str, numbers: tuple[int, int, int], note: str) -> Iterator[tuple[Any, ...]]:
    """Yield diplomatic, support and local staff."""
    for measure, persons in zip(("diplomatic", "support", "local"), numbers, strict=True):
        yield (scope, measure, "staff", "", "", persons, "", "", "", "", "staffing", note)


def announced(pack: Path) -> Iterator[tuple[Any, ...]]:
    """Yield the statistics and the eleven measures that were announced; reasons and notes in our own words."""
    source = "kazinform-2011"
    for row in read(pack / "kazakhstan" / "announced.csv"):
        name, note = row["statistic"], judged.STATISTIC_NOTES.get(row["statistic"], row["note"])
        year = name.rpartition("_")[2] if row["scope"] == "plan" else row["as_of"][:4]
        yield ("statistic", name, row["value"], "", "", year, row["detail"], "", source, note)
    for row in sorted(read(pack / "kazakhstan" / "plan_announced.csv"), key=lambda row: (row["year"], row["host"])):
        host, before = row["host"], row["from_form"].replace("_", "-")
        reason = judged.ANNOUNCED_REASONS[row["reason_type"]]
        yield (
            "measure",
            host,
            "",
            row["form"],
            before,
            row["year"],
            host,
            reason,
            source,
            row["note"].replace(" (posts_2011.csv)", ""),
        )


HEADERS = {
    "posts": "id,form,state,city,lat,lon,opened,closed,staff,running,source,confidence,note",
    "foreign_posts": "state,form,city,lat,lon,since,source,confidence,note",
    "accreditations": "seat,state,since,source,confidence,note",
    "facts": "subject,attribute,year,value,unit,source,known,note",
    "sites": "id,track,state,city,lat,lon,forms,first,last,closable,merit,merit_reason,groups,source",
    "interests": "id,kind,title,state,city,lat,lon,subject,points,source",
    "services": "site,interest,form,share,running,load,concurrent,allowed,evidence",
    "costs": "scope,measure,line,norm,price,amount,low,high,currency,year,source,note",
    "announced": "kind,name,number,form,from_form,year,states,reason,source,note",
}


def tables(pack: Path, out: Path) -> None:
    """Write every table of the case."""
    world = World(pack)
    rows: dict[str, Iterable[tuple[Any, ...]]] = {
        "posts": posts(pack),
        "foreign_posts": foreign_posts(pack),
        "accreditations": accreditations(pack),
        "facts": facts(pack, world),
        "sites": sites(pack, world),
        "interests": interests(world),
        "services": services(),
        "costs": costs(pack),
        "announced": announced(pack),
    }
    for name, table in rows.items():
        write(out / f"{name}.csv", HEADERS[name].split(","), table)


def main() -> None:
    """Write the case from the pack."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    case = ROOT / "src" / "legation" / "data" / "cases" / "kazakhstan-2012"
    parser.add_argument("--pack", type=Path, default=ROOT.parent / "shared" / "data", help="folder of the data pack")
    parser.add_argument("--out", type=Path, default=case, help="folder to write into")
    arguments = parser.parse_args()
    tables(arguments.pack, arguments.out)


if __name__ == "__main__":
    main()
