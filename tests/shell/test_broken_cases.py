"""A case with one fault is refused with one finding: the file, the row, the column, the value and the way out.

Each broken case is the good one below with one change.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from legation.cli.main import main
from legation.errors import InvalidError, NotFoundError, Severity
from legation.sources import read_case

GOOD = {
    "case.toml": """\
name = "tiny"
title = "A tiny case"
sender = "KAZ"
as_of = 2011-07-29
currency = "USD"
price_year = 2011
years = [2012, 2013]

[prices.rates]
EUR = 1.3

[settings]
opening_month = 7

[mandate]
instruction = "Plan"

[[mandate.objectives]]
id = "interest"
text = "Serve"
criteria = ["economy"]

[[criteria]]
id = "economy"
title = "Size of the economy"
attribute = "gdp"
weight = 60

[[rules]]
rule = "ceiling"
amounts = { 2012 = 1000, 2013 = 1000 }

[[rules]]
rule = "keep"
site = "KEN"
form = "embassy"

[[rules]]
rule = "measures-per-year"
limit = 2
years = [2013]

[[sources]]
id = "press"
title = "Statements of the ministry"

[[sources]]
id = "bank"
title = "Tables of a bank"

[[sources]]
id = "novel"
title = "A novel"
""",
    "posts.csv": """\
id,form,state,city,lat,lon,opened,closed,staff,running,source,confidence,note
DEU-berlin,embassy,DEU,Berlin,52.5,13.4,1992-12-16,,12,900000,press,high,
DEU-bonn,consulate,DEU,Bonn,50.7,7.1,1999,2010-05,,,press,medium,"moved, then closed"
""",
    "accreditations.csv": "seat,state,since,source,confidence,note\nDEU-berlin,NLD,2001,press,high,\n",
    "foreign_posts.csv": """\
state,form,city,lat,lon,since,source,confidence,note
KEN,embassy,Astana,51.1,71.4,2008,press,high,
""",
    "facts.csv": "subject,attribute,year,value,unit,source,known,note\nKEN,gdp,2010,32e9,USD,bank,2011,\n",
    "sites.csv": """\
id,track,state,city,lat,lon,forms,first,last,closable,merit,merit_reason,groups,source
KEN,diplomatic,KEN,Nairobi,-1.28,36.82,diplomatic-mission|embassy,2012,2013,false,,,africa,press
DEU-bonn,consular,DEU,Bonn,50.7,7.1,consulate|consulate-general,,,true,,,,press
""",
    "costs.csv": """\
scope,measure,line,norm,price,amount,low,high,currency,year,source,note
form:embassy,establishing,fit-out,,,500,400,700,USD,2011,press,
site:KEN:embassy,running,rent,12,10,,100,150,EUR,,press,
form:embassy,diplomatic,diplomats,3,,,,,,,press,
""",
    "interests.csv": """\
id,kind,title,state,city,lat,lon,subject,points,source
UN-new-york,organisation,United Nations,USA,New York,40.7,-74,,10,press
""",
    "services.csv": """\
site,interest,form,share,running,load,concurrent,allowed,evidence
KEN,UGA,embassy,0.3,,,true,,
KEN,NAM,,,,,,false,objects
""",
    "announced.csv": """\
kind,name,number,form,from_form,year,states,reason,source,note
statistic,accredited,106,,,2011,,,press,
measure,KEN,,embassy,none,2012,KEN,,press,
""",
    "events.csv": """\
post,kind,day,planned,form,state,city,by,source,note
KEN,decision,2011-08,,,,,,press,
DEU-berlin,raised,2011-09-01,,large-embassy,,,,press,
DEU-berlin,protected,2012,true,,,,CHE,press,
""",
    "states.csv": """\
code,name,seat,lat,lon,region,subregion,languages,source
ZZA,Ruritania,Strelsau,50,14,Europe,Central Europe,de,novel
""",
}


def save(folder: Path, files: dict[str, str | bytes]) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


Change = Callable[[str], str | bytes | None]


def swap(old: str, new: str) -> Change:
    """Replace what must be there exactly once."""

    def change(text: str) -> str:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        return text.replace(old, new)

    return change


def add(row: str) -> Change:
    return lambda text: f"{text}{row}\n"


def without(*_: str) -> None:
    return None


def empty(_: str) -> str:
    return ""


def as_utf16(text: str) -> bytes:
    return text.encode("utf-16")


def as_latin_1(text: str) -> bytes:
    return text.replace("Berlin", "Köln").encode("latin-1")


# name, change, row, column, value, a part of the message, a part of the remedy
Broken = tuple[str, Change, int | None, str, str | None, str, str]

POSTS_CSV: list[Broken] = [
    ("missing file", without, None, "", "posts.csv", "is missing", "Add posts.csv"),
    ("UTF-16", as_utf16, 1, "", "", "UTF-16", "UTF-8"),
    ("Latin-1", as_latin_1, 2, "", None, "not in UTF-8", "UTF-8"),
    ("quote never closed", swap('"moved, then', '"moved" then'), 3, "", "", "cannot be read", "quotes"),
    ("unknown column", swap("city", "town"), 1, "town", "town", "no column", "columns are"),
    ("columns cut off", lambda _: "id,form\nDEU-berlin,embassy\n", 1, "state", "state", "from the header", "Add it"),
    ("column of another name", swap("id,", "name,"), 1, "name", "name", "and 'id' is missing", "Rename"),
    ("column without a name", swap("opened", ""), 1, "number 7", "number 7", "no column", "Rename"),
    ("id missing", swap("DEU-berlin", ""), 2, "id", "", "is missing", "Fill"),
    ("mistyped needed column", swap("form", "forn"), 1, "forn", "forn", "mean 'form'?", "Rename"),
    ("column twice", swap("note", "city"), 1, "city", "city", "twice", "Keep one"),
    ("missing value", swap("DEU-bonn,consulate", "DEU-bonn,"), 3, "form", "", "is missing", "Fill"),
    ("unknown form", swap("embassy", "embasy"), 2, "form", "embasy", "mean 'embassy'?", "one of: none"),
    ("form in capitals", swap("embassy", "Embassy"), 2, "form", "Embassy", "mean 'embassy'?", "one of"),
    ("State by name", swap("embassy,DEU", "embassy,Germany"), 2, "state", "Germany", "'DEU'", "ISO"),
    ("latitude", swap("52.5,13.4", "152.5,13.4"), 2, "lat", "152.5", "latitude", "-90 to 90"),
    ("decimal comma", swap("52.5", '"52,5"'), 2, "lat", "52,5", "decimal comma", "52.5"),
    ("thousands", swap("900000", '"900,000"'), 2, "running", "900,000", "separators", "900000"),
    ("staff in parts", swap(",12,", ",1.5,"), 2, "staff", "1.5", "whole number", "whole number"),
    ("day with points", swap("1992-12-16", "16.12.1992"), 2, "opened", "16.12.1992", "not a date", "2012-07"),
    ("day with slashes", swap("1992-12-16", "12/16/92"), 2, "opened", "12/16/92", "not a date", "2012-07"),
    ("Excel serial", swap("1992-12-16", "33954"), 2, "opened", "33954", "not a date", "1992-12-16"),
    ("Excel zero day", swap("1992-12-16", "1900-01-00"), 2, "opened", "1900-01-00", "no date", "empty"),
    ("no such day", swap("1992-12-16", "1992-02-30"), 2, "opened", "1992-02-30", "calendar", "exists"),
    ("closed before opened", swap("2010-05", "1990"), 3, "closed", "1990", "before", "dates"),
    ("formula in a text", swap("Berlin,", "=CITY(),"), 2, "city", "=CITY()", "formula", "paste values"),
    ("spreadsheet error", swap("Berlin,", "#N/A,"), 2, "city", "#N/A", "error", "empty"),
    ("control character", swap("Berlin,", "Ber\x07lin,"), 2, "city", "Ber\x07lin", "printed", "again"),
    ("duplicate post", swap("DEU-bonn", "DEU-berlin"), 3, "id", "DEU-berlin", "row 2", "Remove"),
    ("post at home", swap("embassy,DEU", "embassy,KAZ"), 2, "state", "KAZ", "no State has a post with itself", "other"),
    ("confidence", swap("high", "hihg"), 2, "confidence", "hihg", "mean 'high'?", "medium"),
]  # fmt: skip

ACT = '[[settings.consular.acts]]\nid = "a"'
PEOPLE = '[[settings.consular.people]]\nform = "embassy"'

CASE_TOML: list[Broken] = [
    ("missing case.toml", without, None, "", "case.toml", "is missing", "Add case.toml"),
    ("empty case.toml", empty, None, "", "", "is empty", "name"),
    ("TOML", swap('title = "A tiny case"', 'title = "A tiny case'), 2, "", 'title = "A tiny case', "TOML", "quotes"),
    ("unknown key", swap("years = [2012", "yeers = [2012"), 7, "yeers", "[2012, 2013]", "mean 'years'?", "Correct"),
    ("key missing", swap('currency = "USD"\n', ""), None, "currency", "", "is missing", "Correct"),
    ("wrong type", swap("opening_month = 7", 'opening_month = "July"'), 13,
     "settings.opening_month", "July", "whole", "Correct"),
    ("month", swap("opening_month = 7", "opening_month = 13"), 13, "settings.opening_month", "13", "month", "1 to 12"),
    ("consular hours", swap("[mandate]", "[settings.consular]\nhours = 0\n\n[mandate]"), 16,
     "settings.consular.hours", "0", "not above 0", "Raise"),
    ("consular rate", swap("[mandate]", f"{ACT}\nrate = -1\nminutes = 1\n\n[mandate]"), 17,
     "settings.consular.acts.1.rate", "-1", "0 or more", "Write"),
    ("consular online", swap("[mandate]", f"{ACT}\nrate = 1\nminutes = 1\nonline = 2\n\n[mandate]"), 19,
     "settings.consular.acts.1.online", "2", "from 0 to 1", "Write"),
    ("consular people", swap("[mandate]", f"{PEOPLE}\npeople = -1\n\n[mandate]"), 17,
     "settings.consular.people.1.people", "-1", "below 0", "Write"),
    ("year of plan", swap("[2012, 2013]", "[12, 2013]"), 7, "years.1", "12", "not a year", "from"),
    ("order of years", swap("[2012, 2013]", "[2013, 2012]"), 7, "years", "2013, 2012", "go up", "order"),
    ("sender", swap('"KAZ"', '"Kazakhstan"'), 3, "sender", "Kazakhstan", "mean 'KAZ'", "ISO"),
    ("unknown rule", swap('"ceiling"', '"ceilng"'), 29, "rule 1 (ceilng)", "ceilng", "mean 'ceiling'?", "Correct"),
    ("unknown key of a rule", swap("amounts =", "amuonts ="), 31,
     "amuonts of rule 1 (ceiling)", None, "'amounts'?", "Correct"),
    ("amount of a rule", swap("2013 = 1000", '2013 = "much"'), 31,
     "amounts.2013 of rule 1 (ceiling)", "much", "decimal", "Correct"),
    ("amounts in a list", swap("{ 2012 = 1000, 2013 = 1000 }", "[1000, 1000, 1000]"), 31,
     "amounts of rule 1 (ceiling)", None, "by year", "Name the year"),
    ("amounts as one number", swap("{ 2012 = 1000, 2013 = 1000 }", "1000"), 31,
     "amounts of rule 1 (ceiling)", "1000", "by year", "Name the year"),
    ("infinite amount", swap("2013 = 1000", "2013 = inf"), 31,
     "amounts.2013 of rule 1 (ceiling)", "Infinity", "finite", "Correct"),
    ("negative amount", swap("2013 = 1000", "2013 = -1"), 31,
     "amounts.2013 of rule 1 (ceiling)", "-1", "below 0", "0 or more"),
    ("rule of no site", swap('site = "KEN"', 'site = "KAN"'), 35,
     "site of rule 2 (keep)", "KAN", "mean 'KEN' (Nairobi)?", "sites.csv"),
    ("rule of no form", swap('form = "embassy"', 'form = "embasy"'), 36,
     "form of rule 2 (keep)", "embasy", "'embassy'?", "Correct"),
    ("rule of a form not there", swap('form = "embassy"', 'form = "consulate"'), 36,
     "form of rule 2 (keep)", "consulate", "no form of the site KEN", "embassy"),
    ("objective", swap('["economy"]', '["economi"]'), 21,
     "mandate.objectives.1.criteria.1", "economi", "'economy'?", "criterion"),
    ("negative weight", swap("weight = 60", "weight = -60"), 27, "criteria.1.weight", "-60", "below 0", "0 or more"),
]  # fmt: skip

FACTS_CSV: list[Broken] = [
    ("empty file", empty, None, "", "", "is empty", "subject,attribute"),
    ("semicolons", lambda t: t.replace(",", ";"), 1, "", None, "commas", "commas"),
    ("extra cells", swap("2011,\n", "2011,,x\n"), 2, "", "x", "beyond the 8 columns", "double quotes"),
    ("word for number", swap("32e9", "much"), 2, "value", "much", "not a number", "empty"),
    ("NaN", swap("32e9", "NaN"), 2, "value", "NaN", "not a finite number", "empty"),
    ("too large", swap("32e9", "1e999"), 2, "value", "1e999", "too large", "unit"),
    ("year", swap("2010", "20100"), 2, "year", "20100", "not a year", "2012"),
    ("year in parts", swap("2010", "2010.5"), 2, "year", "2010.5", "not a year", "2012"),
    ("duplicate fact", add("KEN,gdp,2010,1,USD,bank,,"), 3, "subject", "KEN, gdp, 2010, bank", "row 2", "Remove"),
    ("fact of nobody", swap("KEN", "KEM"), 2, "subject", "KEM", "(Kenya)?", "interest"),
]  # fmt: skip

SITES_CSV: list[Broken] = [
    ("second mission", add("KEN-2,diplomatic,KEN,Lamu,-2,41,embassy,,,,,,,"), 4, "state", "KEN", "already, KEN", "12"),
    ("missing column", swap(",forms,", ",,"), 1, "number 7", "number 7", "'forms' is missing", "Rename"),
    ("State unknown", swap("DEU-bonn,consular,DEU", "DEU-bonn,consular,QQQ"), 3, "state", "QQQ", "State", "ISO"),
    ("longitude", swap("36.82", "360.82"), 2, "lon", "360.82", "longitude", "-180 to 180"),
    ("boolean", swap("2013,false", "2013,no"), 2, "closable", "no", "true nor false", "true or false"),
    ("form of another track", swap("|embassy", "|consulate"), 2, "forms", None, "diplomatic track", "embassy"),
    ("ladder upside down", swap("consulate|consulate-general", "consulate-general|consulate"), 3,
     "forms", None, "lowest form", "honorary-consulate|"),
    ("ladder with a hole", swap("|embassy", "|"), 2, "forms", "diplomatic-mission|", "empty item", "'|'"),
    ("first after last", swap("2012,2013", "2014,2013"), 2, "last", "2013", "before first", "years"),
    ("track", swap("consular,", "konsular,"), 3, "track", "konsular", "mean 'consular'?", "trade"),
]  # fmt: skip

FOREIGN_POSTS_CSV: list[Broken] = [
    ("State mistyped", swap("KEN", "KEM"), 2, "state", "KEM", "(Kenya)?", "states.csv"),
    ("post from ourselves", swap("KEN", "KAZ"), 2, "state", "KAZ", "no State has a post with itself", "other State"),
]  # fmt: skip

COSTS_CSV: list[Broken] = [
    ("thousands by spaces", swap("500,400", "1 500,400"), 2, "amount", "1 500", "separators", "1500"),
    ("infinity", swap("500,400", "inf,400"), 2, "amount", "inf", "not a finite number", "empty"),
    ("beyond measure", swap("500,400", "1e999999999,400"), 2, "amount", "1e999999999", "too large", "unit"),
    ("negative cost", swap("500,400", "-500,400"), 2, "amount", "-500", "0 or more", "0 or more"),
    ("formula", swap("500,400", "=A1,400"), 2, "amount", "=A1", "formula", "paste values"),
    ("low above central", swap("400", "600"), 2, "low", "600", "more than the central", "low, amount, high"),
    ("high below central", swap("150", "110"), 3, "high", "110", "less than the central", "low, amount"),
    ("amount and norm", swap("out,,,500", "out,3,,500"), 2, "amount", "500", "beside", "either"),
    ("no amount", swap("500,400", ",400"), 2, "amount", "", "is missing", "either"),
    ("scope", swap("site:KEN:", "KEN:"), 3, "scope", "KEN:embassy", "no scope", "site:ID:FORM"),
    ("scope of no site", swap("site:KEN", "site:KEM"), 3, "scope", "site:KEM:embassy", "'KEN'", "sites.csv"),
    ("scope of no form", swap("KEN:embassy", "KEN:palace"), 3, "scope", None, "no form", "embassy"),
    ("currency", swap("EUR", "GBP"), 3, "currency", "GBP", "exchange rate", "Add GBP"),
]  # fmt: skip

ACCREDITATIONS_CSV: list[Broken] = [
    ("seat is no post", swap("berlin", "berlim"), 2, "seat", "DEU-berlim", "'DEU-berlin'", "posts.csv"),
]  # fmt: skip

INTERESTS_CSV: list[Broken] = [
    ("kind of interest", swap("organisation", "organization"), 2, "kind", "organization", "sation'?", "points"),
]  # fmt: skip

SERVICES_CSV: list[Broken] = [
    ("share above 1", swap("0.3", "1.3"), 2, "share", "1.3", "from 0 to 1", "from 0 to 1"),
    ("share in percent", swap("0.3", "30%"), 2, "share", "30%", "percentage", "0.25"),
    ("neither form nor share", swap("false,", ","), 3, "form", "", "and so is share", "false"),
    ("share missing", swap("0.3", ""), 2, "share", "", "is missing", "form and share"),
    ("unknown interest", swap("UGA", "UGX"), 2, "interest", "UGX", "no interest", "interests.csv"),
    ("service of no form there", swap("embassy", "consulate"), 2, "form", "consulate", "site KEN", "embassy"),
]  # fmt: skip

ANNOUNCED_CSV: list[Broken] = [
    ("announced site", swap("measure,KEN", "measure,KNE"), 3, "name", "KNE", "'KEN'", "sites.csv"),
]  # fmt: skip

EVENTS_CSV: list[Broken] = [
    ("post or site", swap("KEN,decision", "KNE,decision"), 2, "post", "KNE", "mean 'KEN'", "posts.csv or of a site"),
    ("kind of event", swap("decision", "decison"), 2, "kind", "decison", "no event we know; did", "decision"),
    ("no form", swap("large-embassy", ""), 3, "form", "", "is missing", "from that day"),
    ("form of another event", swap("raised", "suspended"), 3, "form", "large-embassy", "changes no form", "raised"),
    ("form not on the ladder", swap("KEN,decision,2011-08,,", "KEN,official-opening,2011-08,,consulate"), 2, "form",
     "consulate", "no form of the site KEN", "embassy"),
    ("no city", swap("raised,2011-09-01,,large-embassy", "relocated,2011-09-01,,"), 3, "city", "", "missing", "seat"),
    ("city of another event", swap("08,,,,,", "08,,,,Lamu,"), 2, "city", "Lamu", "moves nothing", "relocated"),
    ("no protector", swap("CHE", ""), 4, "by", "", "is missing", "protects"),
    ("day", swap("2011-09-01", "2011-09-31"), 3, "day", "2011-09-31", "no day", "exists"),
]  # fmt: skip

STATES_CSV: list[Broken] = [
    ("code of a State", swap("ZZA", "zza"), 2, "code", "zza", "code of a State", "capital"),
    ("own State", swap("50,14", "50,214"), 2, "lon", "214", "longitude", "180"),
]  # fmt: skip

BROKEN = [
    pytest.param(file, *case[1:], id=f"{file}: {case[0]}")
    for file, cases in {
        "posts.csv": POSTS_CSV,
        "case.toml": CASE_TOML,
        "facts.csv": FACTS_CSV,
        "sites.csv": SITES_CSV,
        "foreign_posts.csv": FOREIGN_POSTS_CSV,
        "costs.csv": COSTS_CSV,
        "accreditations.csv": ACCREDITATIONS_CSV,
        "interests.csv": INTERESTS_CSV,
        "services.csv": SERVICES_CSV,
        "announced.csv": ANNOUNCED_CSV,
        "events.csv": EVENTS_CSV,
        "states.csv": STATES_CSV,
    }.items()
    for case in cases
]


def test_good_case_is_good(tmp_path: Path) -> None:
    case, findings = read_case(save(tmp_path / "case", GOOD))
    assert findings == ()
    assert (len(case.posts), len(case.places), len(case.costs), len(case.brief.rules)) == (2, 2, 3, 3)


@pytest.mark.parametrize(("file", "change", "row", "column", "value", "says", "remedy"), BROKEN)
def test_one_fault_gives_one_finding(
    tmp_path: Path,
    file: str,
    change: Change,
    row: int | None,
    column: str,
    value: str | None,
    says: str,
    remedy: str,
) -> None:
    text = change(GOOD[file])
    files = {name: t for name, t in (GOOD | {file: text}).items() if t is not None}
    with pytest.raises(InvalidError) as raised:
        read_case(save(tmp_path / "case", files))
    assert [(f.file, f.row, f.column) for f in raised.value.findings] == [(file, row, column)]
    (found,) = raised.value.findings
    assert found.severity is Severity.ERROR
    assert value is None or found.value == value
    assert says in found.message
    assert remedy in found.remedy


def test_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    """Nothing stops at the first fault: two in one row, others in other files, and one in case.toml."""
    broken = GOOD | {
        "posts.csv": GOOD["posts.csv"].replace("52.5,13.4", "152.5,213.4").replace("2010-05", "05/2010"),
        "facts.csv": GOOD["facts.csv"].replace("32e9", "NaN"),
        "sites.csv": GOOD["sites.csv"].replace("Nairobi,-1.28", "Nairobi,"),
        "case.toml": GOOD["case.toml"].replace('"ceiling"', '"ceilng"').replace("weight = 60", "weigth = 60"),
    }
    del broken["foreign_posts.csv"]
    with pytest.raises(InvalidError) as raised:
        read_case(save(tmp_path / "case", broken))
    assert {(f.file, f.row, f.column) for f in raised.value.findings} == {
        ("posts.csv", 2, "lat"),
        ("posts.csv", 2, "lon"),
        ("posts.csv", 3, "closed"),
        ("facts.csv", 2, "value"),
        ("sites.csv", 2, "lat"),
        ("case.toml", 29, "rule 1 (ceilng)"),
        ("case.toml", 27, "criteria.1.weigth"),
        ("foreign_posts.csv", None, ""),
    }
    assert "8 faults" in str(raised.value)


@pytest.mark.parametrize(
    ("change", "column", "says"),
    [
        (swap('"gdp"', '"gpd"'), "criteria.1.attribute", "mean 'gdp'?"),
        (swap(", 2013 = 1000", ""), "amounts of rule 1 (ceiling)", "no amount for 2013"),
        (swap(", 2013 = 1000", ", 2013 = 1000, 2099 = 1"), "amounts of rule 1 (ceiling)", "no year of the plan"),
        (swap("years = [2013]", "years = [2099]"), "years of rule 3 (measures-per-year)", "no year of the plan"),
    ],
)
def test_what_may_be_meant_is_only_warned_of(tmp_path: Path, change: Change, column: str, says: str) -> None:
    _, findings = read_case(save(tmp_path / "case", GOOD | {"case.toml": change(GOOD["case.toml"])}))
    assert [(f.severity, f.file, f.column) for f in findings] == [(Severity.WARNING, "case.toml", column)]
    assert says in findings[0].message


def test_sources_that_nobody_knows_are_warned_of_once(tmp_path: Path) -> None:
    """A source is to be an id of [[sources]] or of the product; what is nearly one is suggested."""
    files = GOOD | {
        "costs.csv": GOOD["costs.csv"].replace("press", "pres"),
        "facts.csv": swap("bank", "m49")(GOOD["facts.csv"]),
    }
    _, findings = read_case(save(tmp_path / "case", files))
    assert [(f.code, f.severity, f.file, f.row, f.value) for f in findings] == [
        ("unknown-source", Severity.WARNING, "costs.csv", 2, "pres")
    ]
    assert "(in 3 rows)" in findings[0].message
    assert "did you mean 'press'?" in findings[0].message


def test_a_mission_to_an_organisation_may_sit_at_home(tmp_path: Path) -> None:
    """A State that is host to an organisation has a permanent mission to it at home."""
    _, findings = read_case(
        save(tmp_path / "case", GOOD | {"posts.csv": swap("embassy,DEU", "permanent-mission,KAZ")(GOOD["posts.csv"])})
    )
    assert findings == ()


def test_mistyped_file_is_named_once(tmp_path: Path) -> None:
    files = {("post.csv" if name == "posts.csv" else name): text for name, text in GOOD.items()}
    with pytest.raises(InvalidError) as raised:
        read_case(save(tmp_path / "case", files))
    assert "did you mean 'posts.csv'?" in raised.value.findings[0].message


def test_folder_without_a_case(tmp_path: Path) -> None:
    with pytest.raises(InvalidError) as raised:
        read_case(tmp_path)
    assert [f.code for f in raised.value.findings] == ["missing-file"]
    assert "posts.csv" in raised.value.findings[0].remedy


def test_file_that_is_no_case(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("hello", encoding="utf-8")
    with pytest.raises(InvalidError, match="neither a folder nor a workbook"):
        read_case(path)


def test_workbook_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "case.xlsx"
    path.write_text("hello", encoding="utf-8")
    with pytest.raises(InvalidError, match="no workbook that can be read"):
        read_case(path)


def test_path_that_does_not_exist() -> None:
    with pytest.raises(NotFoundError, match="did you mean 'kazakhstan-2012'") as raised:
        read_case("kazakstan-2012")
    assert "kazakhstan-2012" in raised.value.hint


def test_every_broken_case_leaves_the_command_line_in_good_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every case above through the door: exit code 1, the file named on stderr, nothing on stdout, no traceback."""
    for number, broken in enumerate(BROKEN):
        file, change = broken.values[:2]
        files = {name: t for name, t in (GOOD | {file: change(GOOD[file])}).items() if t is not None}
        with pytest.raises(SystemExit) as left:
            main(["plan", str(save(tmp_path / str(number), files))])
        said = capsys.readouterr()
        assert (left.value.code, said.out) == (1, ""), broken.id
        assert file in said.err, broken.id
        assert "Traceback" not in said.err, broken.id
