"""Names of States: every scheme, every date, and what is no State."""

from collections import Counter

import pytest

from legation.desk.worldrecord import state_of
from legation.errors import NotFoundError
from legation.exchange.names import NotAStateError, Scheme, code_of, folded_name, index, successions, table
from legation.sources.cells import CellError
from legation.sources.world import load_states

STATES = {s.code for s in load_states()}
CODES = [row for row in table("state_codes") if row["code"] in STATES]


def test_every_state_resolves_by_each_code_it_has() -> None:
    """What state_codes.csv says of a State of today, code_of says."""
    wrong = [r for r in CODES if not r["until"] and code_of(r["value"], Scheme(r["scheme"])) != r["code"]]
    assert wrong == []
    assert {code_of(code, Scheme.ISO3) for code in STATES} == STATES


def test_every_state_has_codes_in_the_schemes_of_all() -> None:
    """ISO, the United Nations and the IMF list them all, but for those named; the Correlates of War list most."""
    have = Counter((r["scheme"]) for r in {(r["code"], r["scheme"]): r for r in CODES}.values())
    assert len(STATES) == 199
    assert have["iso2"] == have["m49"] == 199
    lacking = {scheme: STATES - {r["code"] for r in CODES if r["scheme"] == scheme} for scheme in ("cow", "gw", "imf")}
    assert lacking["cow"] == lacking["gw"] == {"COK", "NIU", "PSE", "VAT"}
    assert lacking["imf"] == {"NIU"}


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_every_state_resolves_by_its_name(language: str) -> None:
    """The names of Unicode CLDR in each language mean the State whose code they stand beside."""
    from babel import Locale

    names = Locale(language).territories
    by_two = {r["value"]: r["code"] for r in CODES if r["scheme"] == "iso2"}
    doubtful = {"Конго"}  # to Unicode CLDR the Kinshasa one in Kazakh, to the United Nations the other in Russian
    said = {names[two]: code for two, code in by_two.items() if two in names}
    assert {n: c for n, c in said.items() if n not in doubtful and code_of(n, Scheme.NAME) != c} == {}
    assert sum(two in names for two in by_two) >= 199


def test_no_name_or_code_is_ambiguous_but_where_it_is_said() -> None:
    """Two meanings stand only where a date tells them apart, or where nobody can tell."""
    doubtful = {
        (scheme.value, key)
        for scheme in Scheme
        for key, meanings in index(scheme).items()
        if len({m.code or m.title for m in meanings}) > 1
    }
    assert doubtful == {("iso2", "CS"), ("name", "korea"), ("name", "корея"), ("name", "конго")}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Congo", "COG"),
        ("Congo, Dem. Rep.", "COD"),
        ("Democratic Republic of the Congo", "COD"),
        ("Zaire", "COD"),
        ("Korea, Rep.", "KOR"),
        ("Korea, Dem. People's Rep.", "PRK"),
        ("Guinea", "GIN"),
        ("Guinea-Bissau", "GNB"),
        ("Equatorial Guinea", "GNQ"),
        ("Papua New Guinea", "PNG"),
        ("Niger", "NER"),
        ("Nigeria", "NGA"),
        ("Georgia", "GEO"),
        ("Dominica", "DMA"),
        ("Dominican Republic", "DOM"),
        ("Republic of China", "TWN"),
        ("People's Republic of China", "CHN"),
        ("the GAMBIA", "GMB"),
        ("Gambia, The", "GMB"),
        ("Republic of Finland", "FIN"),
        ("Finland, Republic of", "FIN"),
        ("Kingdom of Sweden", "SWE"),
        ("Cote d'Ivoire", "CIV"),
        ("Côte d’Ivoire", "CIV"),
        ("St. Vincent & the Grenadines", "VCT"),
        ("São Tomé & Príncipe", "STP"),
        ("Turkey", "TUR"),
        ("Türkiye", "TUR"),
        ("Czech Republic", "CZE"),
        ("Swaziland", "SWZ"),
        ("Macedonia, FYR", "MKD"),
        ("Cape Verde", "CPV"),
        ("Burma", "MMR"),
        ("Ceylon", "LKA"),
        ("Upper Volta", "BFA"),
        ("East Germany", "DEU"),
        ("Republic of Vietnam", "VNM"),
        ("Czechoslovakia", "CZE"),
        ("Northern Macedonia, Republic of", None),
        ("Lebanese Republic", "LBN"),
        ("People's Republic of Bangladesh", "BGD"),
        ("Королевство Швеция", "SWE"),
        ("Польша Республикасы", "POL"),
        ("США", "USA"),
        ("КНДР", "PRK"),
        ("Белоруссия", "BLR"),
        ("Российская Федерация", "RUS"),
        ("АҚШ", "USA"),
        ("Ресей", "RUS"),
        ("Қазақстан Республикасы", "KAZ"),
    ],
)
def test_names_as_people_and_publishers_write_them(text: str, code: str | None) -> None:
    """Case, accents, "the" and the form of the State do not matter; what differs stays apart."""
    if code is None:
        with pytest.raises(CellError):
            code_of(text, Scheme.NAME)
    else:
        assert code_of(text, Scheme.NAME) == code


@pytest.mark.parametrize(
    ("text", "scheme", "year", "code"),
    [
        ("YUG", Scheme.ISO3, 1985, "SRB"),
        ("SCG", Scheme.ISO3, 2004, "SRB"),
        ("SRB", Scheme.ISO3, None, "SRB"),
        ("SRB", Scheme.ISO3, 1985, "SRB"),
        ("DDR", Scheme.ISO3, 1980, "DEU"),
        ("SUN", Scheme.ISO3, 1990, "RUS"),
        ("ZAR", Scheme.ISO3, 1990, "COD"),
        ("CS", Scheme.ISO2, 1980, "CZE"),
        ("CS", Scheme.ISO2, 2004, "SRB"),
        ("CS", Scheme.ISO2, None, "SRB"),
        ("345", Scheme.COW, 1985, "SRB"),
        ("340", Scheme.GW, 2010, "SRB"),
        ("260", Scheme.COW, 1985, "DEU"),
        ("255", Scheme.COW, 2000, "DEU"),
        ("678", Scheme.GW, 2000, "YEM"),
        ("679", Scheme.COW, 2000, "YEM"),
        ("970", Scheme.COW, None, "NRU"),
        ("970", Scheme.GW, None, "KIR"),
        ("004", Scheme.M49, None, "AFG"),
        ("4", Scheme.M49, None, "AFG"),
        ("490", Scheme.M49, None, "TWN"),
        ("736", Scheme.M49, 2005, "SDN"),
        ("UKG", Scheme.COW, None, "GBR"),
        ("usa", Scheme.COW, None, "USA"),
        ("922", Scheme.IMF, None, "RUS"),
    ],
)
def test_codes_by_date(text: str, scheme: Scheme, year: int | None, code: str) -> None:
    """An identity means who held it in that year; before a State existed its code still resolves."""
    assert code_of(text, scheme, year=year) == code


@pytest.mark.parametrize(
    ("text", "scheme", "kind"),
    [
        ("WLD", Scheme.ISO3, "aggregate"),
        ("HKG", Scheme.ISO3, "territory"),
        ("Euro area", Scheme.NAME, "aggregate"),
        ("Hong Kong SAR, China", Scheme.NAME, "territory"),
        ("Гонконг", Scheme.NAME, "territory"),
        ("ООН", Scheme.NAME, "organisation"),
        ("0", Scheme.M49, "aggregate"),
        ("300", Scheme.COW, "a State dissolved without continuation"),
    ],
)
def test_what_is_no_state(text: str, scheme: Scheme, kind: str) -> None:
    """Known and no State is told apart from unknown."""
    with pytest.raises(NotAStateError) as found:
        code_of(text, scheme)
    assert found.value.kind == kind


@pytest.mark.parametrize(
    ("text", "near"), [("Kazahstan", "Kazakhstan"), ("Swedn", "Sweden"), ("Nigerai", "Nigeria"), ("Росия", "Russia")]
)
def test_unknown_names_are_answered_with_the_nearest(text: str, near: str) -> None:
    """A slip is refused, and its remedy names what was probably meant."""
    with pytest.raises(CellError, match=near) as found:
        code_of(text, Scheme.NAME)
    assert near in found.value.remedy


def test_korea_alone_is_refused_with_both() -> None:
    """Nobody can tell which is meant, so both are named."""
    with pytest.raises(CellError) as found:
        code_of("Korea", Scheme.NAME)
    assert "South Korea or North Korea" in found.value.remedy


def test_unknown_codes_are_refused() -> None:
    """Codes that nobody has, and nothing at all, are no State."""
    for text, scheme in (
        ("999", Scheme.M49),
        ("ZZZ", Scheme.ISO3),
        ("", Scheme.NAME),
        ("", Scheme.M49),
        ("-9", Scheme.COW),
    ):
        with pytest.raises(CellError):
            code_of(text, scheme)


def test_tables_hold_together() -> None:
    """Every code that is named is a State, a territory or a former State; successors are States; years are in order."""
    former = set(successions())
    known = STATES | former | {row["code"] for row in table("territories")}
    assert {r["code"] for r in table("state_codes")} <= known
    assert {r["code"] for r in table("state_names")} <= known
    assert {r["successor"] for r in table("successions")} <= STATES | {""}
    assert not former & STATES
    assert all(int(r["since"]) < int(r["until"]) for r in table("successions"))
    sources = {r["id"] for r in table("sources")}
    assert {r["source"] for r in table("state_codes")} <= sources


def test_folding() -> None:
    """What is folded away, and what is not."""
    assert folded_name(" The  Côte-d’Ivoire ") == "cote divoire"
    assert folded_name("St. Lucia") == folded_name("Saint Lucia")
    assert folded_name("Korea, South") == folded_name("South Korea")
    assert folded_name("Niger") != folded_name("Nigeria")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("se", "SWE"), ("Швеция", "SWE"), ("Қазақстан", "KAZ"), ("Kingdom of Sweden", "SWE"), ("ivory coast", "CIV"),
        ("Burma", "MMR"), ("Swaziland", "SWZ"), ("ZAR", "COD"), ("Turkey", "TUR"), ("VATICAN", "VAT"),
    ],
)  # fmt: skip
def test_a_state_is_asked_of_by_any_name_it_has_or_had(name: str, code: str) -> None:
    """What a planner types at a verb is read as what stands in a file, and a State renamed is the same State."""
    assert state_of(name, tuple(load_states())).code == code


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("USSR", "Soviet Union is no State: it was one from 1922 to 1991"), ("СССР", "1991"), ("SU", "1991"),
        ("DDR", "Federal Republic of Germany"), ("YUG", "Yugoslavia"), ("SCG", "Serbia continued"), ("CS", "2006"),
        ("Greenland", "territory"), ("World", "aggregate"), ("Swedn", "'Swedn'"),
    ],
)  # fmt: skip
def test_what_is_no_state_of_today_is_told_apart(name: str, told: str) -> None:
    """A State that ended is not taken for the one that continues it: it is said which does."""
    with pytest.raises(NotFoundError, match=told):
        state_of(name, tuple(load_states()))


@pytest.mark.parametrize(
    ("name", "near"), [("Swedn", "SWE Sweden"), ("Швецияя", "Sweden"), ("Korea", "South Korea or North Korea")]
)
def test_the_nearest_name_is_told_in_every_language(name: str, near: str) -> None:
    """A slip in Russian is answered as one in English is, and an ambiguous name by all it may mean."""
    with pytest.raises(NotFoundError) as error:
        state_of(name, tuple(load_states()))
    assert near in str(error.value.hint)
    assert "leave the row out" not in str(error.value.hint)
