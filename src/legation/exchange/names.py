"""Names: the State that a code or a name of any scheme means, by date; what is no State is told apart from a slip.

Ours are the tables states.csv, state_codes.csv, state_names.csv, successions.csv and not_states.csv of the product;
names in English, Russian and Kazakh come from Unicode CLDR beside them.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import cache, lru_cache

from legation.sources.cells import CellError
from legation.sources.world import DATA, load_states

LANGUAGES = ("en", "ru", "kk")
RENAMED = ("renamed", "the same State")
"""How the note on a succession begins where the State is the same and only its name is not."""

FOREVER = 9999
LONGEST = 60  # letters of an unknown name that are compared


class Scheme(StrEnum):
    """What a code is a code of; NAME is any name in English, Russian or Kazakh, official or common."""

    ISO3 = "iso3"
    ISO2 = "iso2"
    M49 = "m49"
    COW = "cow"
    GW = "gw"
    IMF = "imf"
    NAME = "name"


TITLES = {
    Scheme.ISO3: "ISO 3166 code of three letters",
    Scheme.ISO2: "ISO 3166 code of two letters",
    Scheme.M49: "number of the United Nations (M49)",
    Scheme.COW: "code of the Correlates of War",
    Scheme.GW: "code of Gleditsch and Ward",
    Scheme.IMF: "code of the International Monetary Fund",
    Scheme.NAME: "name of a State",
}


class NotAStateError(Exception):
    """What is known and means no State: a territory, an aggregate, an organisation, a State long gone."""

    def __init__(self, kind: str, title: str) -> None:
        """Keep the kind and how people call it."""
        super().__init__(f"{title} is no State: {kind}")
        self.kind = kind
        self.title = title


@dataclass(frozen=True)
class Meaning:
    """What one identity means: a State, or a kind of thing that is none; since and until are years, where limited."""

    code: str = ""
    kind: str = ""
    title: str = ""
    since: int | None = None
    until: int | None = None

    def away(self, year: int) -> int:
        """Return how many years lie between a year and the span."""
        after = self.since - year if self.since and year < self.since else 0
        return after or (year - self.until if self.until and year > self.until else 0)


Index = dict[str, list[Meaning]]


def code_of(text: str, scheme: Scheme, *, year: int | None = None) -> str:
    """Return our code of the State that held an identity in a year, or last; a predecessor gives its continuing State.

    Raises NotAStateError for what is known and no State, CellError for what is unknown, naming the nearest.
    """
    found = _outcome(text, scheme, year)
    if isinstance(found, str):
        return found
    raise found.with_traceback(None)


def code_of_today(text: str) -> str:
    """Return our code of the State that an ISO code or a name means today, also by a name that it had before.

    Raises NotAStateError for what is no State, or is one no more though another continues it; CellError for what is
    unknown or may mean several.
    """
    for scheme in (Scheme.ISO3, Scheme.ISO2):
        if meanings := index(scheme).get(_folded_code(text)):
            return _held_today(meanings)
    code = code_of(text, Scheme.NAME)
    return _held_today([m for m in _named(folded_name(text)) if m.code == code])


def _held_today(meanings: list[Meaning]) -> str:
    last = max(meanings, key=lambda m: m.until or FOREVER)
    row = next((r for r in table("successions") if r["name"] == last.title), None)
    if row and not row["note"].startswith(RENAMED):
        raise NotAStateError(f"it was one from {row['since']} to {row['until']} ({row['note']})", last.title)
    if not last.code:
        raise NotAStateError(last.kind, last.title)
    return last.code


@lru_cache(maxsize=100_000)  # the same few names stand in millions of rows
def _outcome(text: str, scheme: Scheme, year: int | None) -> str | Exception:
    key = folded_name(text) if scheme is Scheme.NAME else _folded_code(text)
    meanings = _named(key) if scheme is Scheme.NAME else index(scheme).get(key)
    if not meanings:
        return _unknown(key, scheme)
    rank = {m: (m.away(year) if year is not None else 0, -(m.until or FOREVER)) for m in meanings}
    meant = [m for m in meanings if rank[m] == min(rank.values())]
    if len(meant) > 1:
        names = " or ".join(_title(m) for m in meant)
        return CellError(f"may mean {names}", f"Write {names}.")
    return meant[0].code or NotAStateError(meant[0].kind, meant[0].title)


def _folded_code(text: str) -> str:
    """Return a code in capitals; numbers without leading zeros, for spreadsheets lose them."""
    plain = text.strip().upper()
    return plain.lstrip("0") or plain[:1]


def _named(key: str) -> list[Meaning]:
    return index(Scheme.NAME).get(key) or _shortened(key) or []


def _shortened(key: str) -> list[Meaning] | None:
    """Look up a name without what it says of the form of the State: "republic of finland", "finland republic of"."""
    match = STYLED.fullmatch(key)
    return index(Scheme.NAME).get(next(name for name in match.groups() if name)) if match else None


_STYLE = (
    r"(?:(?:arab|islamic|united|federal|federative|cooperative|co operative|oriental|plurinational|independent|"
    r"hashemite|democratic socialist) )?(?:republic|kingdom|state|commonwealth|principality|sultanate|union|"
    r"grand duchy|federation)"
)
_RUSSIAN = r"(?:(?:федеративная|исламская|кооперативная) )?(?:республика|королевство|государство|княжество|султанат)"
_KAZAKH = r"(?:республикасы|корольдігі|патшалығы|мемлекеті|князьдігі|сұлтандығы)"
STYLED = re.compile(rf"{_STYLE} of (.+)|(.+) {_STYLE}(?: of)?|{_RUSSIAN} (.+)|(.+) {_KAZAKH}")


def folded_name(text: str) -> str:
    """Return a name so that case, accents, points, "the", "&" and "St." do not matter; what follows a comma leads."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c)).replace("&", " and ").replace("ё", "е")
    plain = plain.translate({ord(c): "" for c in "'’‘ʻ`´."})
    first, _, rest = plain.partition(",")
    if rest and not re.search(r",|\band\b", rest):
        plain = f"{rest} {first}"
    words = re.sub(r"[^\w]+", " ", plain).split()
    return " ".join("saint" if word in ("st", "ste", "sainte") else word for word in words if word != "the")


def _unknown(key: str, scheme: Scheme) -> CellError:
    if not key:
        return CellError("is empty", f"Write the {TITLES[scheme]}.")
    known = [k for k in index(scheme) if not STYLED.fullmatch(k)]  # else all republics would be near each other
    close = [] if key.isdecimal() else get_close_matches(key[:LONGEST], known, n=1, cutoff=0.7)
    if not close:
        remedy = f"Write the {TITLES[scheme]}, or leave the row out if it is about no State."
        return CellError(f"is no {TITLES[scheme]} that we know", remedy)
    name = _title(index(scheme)[close[0]][0])
    told = name if scheme is Scheme.NAME else f"{close[0]}, {name}"
    return CellError(f"is no {TITLES[scheme]} that we know; the nearest is {told}", f"Write {told}, if that is meant.")


def _title(meaning: Meaning) -> str:
    return {s.code: s.name for s in load_states()}.get(meaning.code, meaning.title)


# Tables


@cache
def index(scheme: Scheme) -> Index:
    """Return all identities of a scheme with what they may mean."""
    found: Index = {}
    for key, meaning in _names() if scheme is Scheme.NAME else _codes(scheme):
        same = (meaning.code, meaning.since, meaning.until)
        if all((m.code, m.since, m.until) != same for m in found.setdefault(key, [])):
            found[key].append(meaning)
    return found


def _codes(scheme: Scheme) -> Iterator[tuple[str, Meaning]]:
    former = successions()
    if scheme is Scheme.ISO3:
        yield from ((s.code, Meaning(s.code)) for s in load_states())
        yield from ((row["code"], Meaning("", "territory", row["name"])) for row in table("territories"))
        yield from ((code, meaning) for code, meaning in former.items() if len(code) == 3)
    for row in table("state_codes"):
        if row["scheme"] == scheme:
            yield _folded_code(row["value"]), _meant(row, former)
    for row in table("not_states"):
        if row["scheme"] == scheme:
            yield _folded_code(row["value"]), Meaning("", row["kind"], row["title"])


def _meant(row: dict[str, str], former: dict[str, Meaning]) -> Meaning:
    then = former.get(row["code"], Meaning(row["code"]))
    since, until = _year(row["since"]), _year(row["until"])
    return Meaning(then.code, then.kind, then.title, since, until)


def _names() -> Iterator[tuple[str, Meaning]]:
    """Go through names; what the product says of a name goes before what CLDR says."""
    former = successions()
    others = former | {row["code"]: Meaning("", "territory", row["name"]) for row in table("territories")}
    said: dict[str, list[Meaning]] = {}
    for row in table("state_names"):
        said.setdefault(folded_name(row["alias"]), []).append(others.get(row["code"]) or Meaning(row["code"]))
    for row in table("not_states"):
        said.setdefault(folded_name(row["title"]), []).append(Meaning("", row["kind"], row["title"]))
    for row in table("successions"):
        said.setdefault(folded_name(row["name"]), []).append(former[row["former"]])
    for state in load_states():
        said.setdefault(folded_name(state.name), [Meaning(state.code)])
    for row in table("territories"):
        said.setdefault(folded_name(row["name"]), [Meaning("", "territory", row["name"])])
    for name, meaning in _cldr():
        said.setdefault(folded_name(name), [meaning])
    yield from ((key, meaning) for key, meanings in said.items() for meaning in meanings)


def _cldr() -> Iterator[tuple[str, Meaning]]:
    """Go through the names of States and territories in our languages, as Unicode CLDR has them."""
    from babel import Locale

    by_two = index(Scheme.ISO2)
    for language in LANGUAGES:
        for key, name in Locale(language).territories.items():
            if key in by_two:
                yield name, by_two[key][0]


@cache
def successions() -> dict[str, Meaning]:
    """Return what States that are gone or renamed mean today, by their former code."""
    found = {}
    for row in table("successions"):
        since, until = _year(row["since"]), _year(row["until"])
        kind = "" if row["successor"] else "a State dissolved without continuation"
        found[row["former"]] = Meaning(row["successor"], kind, row["name"], since, until)
    return found


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of one of the product's tables as text."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def _year(text: str) -> int | None:
    return int(text) if text else None
