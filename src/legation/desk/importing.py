"""Importing: the kinds of files there are readers for, and what is done with what they read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from legation.codec import suggest
from legation.errors import Finding, InvalidError, NotFoundError, Severity
from legation.exchange import merging
from legation.exchange.grid import watched
from legation.exchange.imported import Imported, Read
from legation.exchange.live import Fetcher, Get
from legation.exchange.merging import Merged, Prefer
from legation.exchange.names import NotAStateError, Scheme, code_of
from legation.exchange.tables import write_tables
from legation.indicators import atop, baci, dots, gravity, ideal_points, ucdp, undesa, worldbank
from legation.model.posts import Post
from legation.presence import cow, diplometrics, lowy, posts, wikidata, wikidata_live
from legation.sources import read_case
from legation.sources.cells import CellError
from legation.values import value


@dataclass(frozen=True)
class Kind:
    """One kind of file: what it is, what file is expected, and what reads it.

    read: takes a file, and the sender (its code) where `needs_sender`
    live: reads from the publisher's service what is named in place of files, with what fetches an address
    asks: what is named then
    """

    name: str
    title: str
    expects: str
    read: Callable[[Path], Read] | Callable[[Path, str], Read]
    needs_sender: bool = False
    live: Callable[[Sequence[str], Get], Read] | None = None
    asks: str = ""


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "posts",
            "The ministry's own posts",
            "a list with a row for each post, CSV or Excel, with at least the columns form and state",
            posts.read,
            needs_sender=True,
        ),
        Kind(
            "wikidata",
            "Posts of all senders, Wikidata",
            "results of our query, JSON as the query service gives them",
            wikidata.read,
            live=wikidata_live.fetch,
            asks="senders by code or name; all without",
        ),
        Kind(
            "diplometrics",
            "Diplomatic Representation (DDR), Diplometrics, University of Denver",
            "the data set as published, xlsx or CSV",
            diplometrics.read,
        ),
        Kind(
            "cow", "Diplomatic Exchange, Correlates of War", "Diplomatic_Exchange_2006v1.csv, also in its zip", cow.read
        ),
        Kind("lowy", "Global Diplomacy Index, Lowy Institute", "a table of posts by edition, CSV or xlsx", lowy.read),
        Kind(
            "worldbank",
            "World Development Indicators, World Bank",
            "a series as CSV (also in its zip), or answers of the API as JSON",
            worldbank.read,
            live=worldbank.fetch,
            asks="series by code, such as NY.GDP.MKTP.CD; gdp and population without",
        ),
        Kind(
            "baci", "BACI, trade by product and pair, CEPII", "BACI_HS12_Y2010_V202301.csv, one file a year", baci.read
        ),
        Kind("gravity", "Gravity, CEPII", "Gravity_V202211.csv", gravity.read),
        Kind("geodist", "GeoDist, CEPII", "dist_cepii, saved as CSV or xlsx", gravity.read_geodist),
        Kind("undesa", "International Migrant Stock, UN DESA", "the workbook by destination and origin", undesa.read),
        Kind("ucdp", "Armed Conflict Dataset, UCDP/PRIO", "ucdp-prio-acd-231.csv", ucdp.read),
        Kind("atop", "Alliance Treaty Obligations and Provisions, 5.x", "atop5_1ddyr.csv or atop5_1dy.csv", atop.read),
        Kind(
            "ideal-points",
            "Ideal points in the UN General Assembly",
            "IdealpointestimatesAll_Jun2024.csv or AgreementScoresAll_Jun2024.csv",
            ideal_points.read,
        ),
        Kind(
            "dots",
            "Direction of Trade Statistics, International Monetary Fund",
            "a download of DOTS or IMTS as CSV, or answers of the API as JSON",
            dots.read,
        ),
    )
}
"""The kinds of files, in the order in which they are listed. A reader registers with one entry here."""


@value
class Importable:
    """One kind as it is listed."""

    name: str
    title: str
    expects: str
    live: str = ""


@value
class KeptRows:
    """How many rows of the import came of a thing."""

    thing: str
    rows: int


@value
class Outcome:
    """What came of an import.

    rows: of data in the files; kept: what they gave; left_out: rows about no State, by what was said of them
    merged: what was done to the case; written: the folder of tables
    """

    kind: str
    files: tuple[str, ...]
    rows: int
    kept: tuple[KeptRows, ...]
    findings: tuple[Finding, ...]
    merged: Merged | None = None
    written: str = ""

    @property
    def errors(self) -> int:
        """KeptRows the findings that are errors: rows that were left out because something is wrong with them."""
        return sum(f.severity is Severity.ERROR for f in self.findings)


@value
class Wish:
    """What to do with what is read.

    sender: code or name of a State; into: folder of a case; output: folder of tables to write
    """

    sender: str = ""
    into: str = ""
    output: str = ""
    prefer: Prefer = Prefer.OLD
    live: bool = False
    dry: bool = False


def kinds() -> tuple[Importable, ...]:
    """List the kinds of files there are readers for."""
    return tuple(Importable(k.name, k.title, k.expects, k.asks) for k in KINDS.values())


def bring_in(name: str, files: Sequence[str], wish: Wish, tell: Callable[[str], None] = lambda _: None) -> Outcome:
    """Read files of a kind, write or merge what they hold, and say what came of it.

    tell: hears what is being done. Raises InvalidError where nothing can be read, NotFoundError for an unknown kind or
    file, RefusedError where something would be lost.
    """
    kind = KINDS.get(name)
    if kind is None:
        raise NotFoundError(
            f"There is no kind of file '{name}'{suggest(name, KINDS) or '.'}", hint="List them with: legation import"
        )
    sender = _sender(kind, wish)
    imported, findings = _joined(kind.name, list(_reads(kind, files, sender, wish, tell)))
    merged = None
    if wish.into:
        tell(f"Merging into {wish.into}")
        merged = merging.merge(imported, wish.into, prefer=wish.prefer, dry=wish.dry)
    if wish.output and not wish.dry:
        write_tables(imported, Path(wish.output))
    things = ("posts", "coverings", "presences", "facts")
    kept = tuple(KeptRows(thing, len(getattr(imported, thing))) for thing in things if getattr(imported, thing))
    found = (*findings, *(merged.findings if merged else ()))
    written = wish.output if not wish.dry else ""
    return Outcome(kind.name, tuple(files), imported.rows, kept, found, merged, written)


def _reads(kind: Kind, files: Sequence[str], sender: str, wish: Wish, tell: Callable[[str], None]) -> Iterable[Read]:
    if wish.live:
        if kind.live is None:
            hint = f"Download the file by hand, and: legation import {kind.name} FILE"
            raise NotFoundError(f"{kind.title} cannot be fetched.", hint=hint)
        fetcher = Fetcher(kind.name, tell)
        try:
            yield kind.live(list(files), fetcher.get)
        except InvalidError:
            fetcher.forget()
            raise
        return
    for file in files:
        tell(f"Reading {Path(file).name}")
        with watched(lambda label, rows: tell(f"Reading {label}: {rows:,} rows")):
            yield kind.read(Path(file), sender) if kind.needs_sender else kind.read(Path(file))  # type: ignore[call-arg]


def _sender(kind: Kind, wish: Wish) -> str:
    """Return the code of the sender: the one named, or that of the case; raise where a kind needs one and has none."""
    if wish.into:
        case, _ = read_case(wish.into)
        if wish.sender and wish.sender not in (case.sender, *(s.name for s in case.states if s.code == case.sender)):
            raise NotFoundError(
                f"The case is of {case.sender}, not of {wish.sender}.", hint="Leave out --sender, or name another case."
            )
        return case.sender
    if wish.sender:
        return _code(wish.sender)
    if kind.needs_sender:
        raise NotFoundError("It is not said whose posts these are.", hint="Add --sender with a State, or --into CASE.")
    return ""


def _code(text: str) -> str:
    try:
        return code_of(text, Scheme.ISO3 if len(text) == 3 and text.isupper() else Scheme.NAME)
    except CellError as error:
        raise NotFoundError(f"'{text}' {error}.", hint=error.remedy) from None
    except NotAStateError as error:
        raise NotFoundError(f"{error}.", hint="Name a State.") from None


def _joined(kind: str, reads: Sequence[Read]) -> Read:
    """Join what several files gave; a post that stands in two of them under one id is a fault."""
    parts = [imported for imported, _ in reads]
    findings = [f for _, found in reads for f in found]
    names = ("posts", "coverings", "presences", "facts", "attributes", "sources")
    joined = {name: tuple(dict.fromkeys(v for part in parts for v in getattr(part, name))) for name in names}
    posts_: dict[str, Post] = {}
    for post in joined["posts"]:
        if posts_.setdefault(post.id, post) != post:
            said = f"The post '{post.id}' stands in more than one file, and differs: the first was kept."
            findings.append(Finding("repeated-row", Severity.ERROR, post.id, said, "Import one file at a time."))
    joined["posts"] = tuple(posts_.values())
    return Imported(kind, rows=sum(part.rows for part in parts), **joined), tuple(findings)
