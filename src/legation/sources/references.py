"""References: what the files of a case say of each other, checked once all of them are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from legation.codec import Path, suggest
from legation.errors import Finding, Severity
from legation.model import LADDERS, Form, State, Track
from legation.planning.brief import AtLeast, AtMost, Ceiling, Require, Rule, StaffCeiling
from legation.sources.cells import YEARS
from legation.sources.rows import Known, Line, Sheet, fault, like
from legation.sources.tables import TABLES
from legation.sources.toml import CaseFile, line_of, where_of

DERIVED = {"resident_here"}  # attributes that drafting makes of the record itself
CONFIDENCES = ("low", "medium", "high")
MONTHS = range(1, 13)

Lines = Mapping[str, Sequence[Line]]
Sheets = Mapping[str, Sheet]


def known_names(sheets: Sheets, states: Iterable[State], kinds: Iterable[str]) -> Known:
    """Collect the names that rows may refer to, as written: a fault in a row must not make its id unknown."""
    by_code = {s.code: s.name for s in states}
    regions = {region: "" for s in states for region in (s.region, s.subregion)}
    own = _column(sheets, "states", "code", "name")
    interests = _column(sheets, "interests", "id", "title")
    subjects = _column(sheets, "interests", "subject", "title")
    sites = _column(sheets, "sites", "id", "city")
    posts = _column(sheets, "posts", "id", "city")
    return {
        "state": _all(by_code, own),
        "post": posts,
        "site": sites,
        "tracked": _all(sites, posts),
        "interest": _all(by_code, own, interests),
        "subject": _all(sites, subjects, interests, by_code, own),
        "kind": dict.fromkeys(kinds, ""),
        "group": _items(_column(sheets, "sites", "groups", "city")),
        "region": _all(regions, *(_column(sheets, "states", name, "name") for name in ("region", "subregion"))),
    }


class Anything(dict[str, str]):
    """Names of a table that cannot be read: none is called unknown, for that would only repeat the fault."""

    def __contains__(self, name: object) -> bool:
        """Take every name for known."""
        return True


def _all(*names: dict[str, str]) -> dict[str, str]:
    joined = {i: n for part in names for i, n in part.items()}
    return Anything(joined) if any(isinstance(part, Anything) for part in names) else joined


def _items(lists: dict[str, str]) -> dict[str, str]:
    return type(lists)({item.strip(): "" for said in lists for item in said.split("|")})


def _column(sheets: Sheets, table: str, ids: str, names: str) -> dict[str, str]:
    sheet, needed = sheets.get(table), [c.name for c in TABLES[table].columns if c.needed]
    if sheet is None:
        return Anything() if TABLES[table].needed else {}
    if ids not in sheet.header:
        return Anything() if ids in needed or not sheet.header else {}
    found = dict(zip(sheet.column(ids), sheet.column(names), strict=True))
    if ids in needed and "" in found:
        return Anything(found)
    return {i: n for i, n in found.items() if i}


# Between tables


def check_tables(sheets: Sheets, lines: Lines, file: CaseFile | None, sources: Iterable[str]) -> Iterator[Finding]:
    """Find second missions in one State, forms that a site does not have, and what case.toml has no word of."""
    yield from _second_missions(sheets, lines)
    ladders = {line.cells["id"]: line.cells["forms"] for line in lines.get("sites", ())}
    for name, forms in FORMS:
        for line in lines.get(name, ()):
            site, column, form = forms(line.cells)
            if site in ladders and form not in (None, Form.NONE, *ladders[site]):
                yield _no_form(sheets[name].label, site, form, ladders[site], row=line.number, column=column)
    if file:
        yield from _rates(sheets, lines, file)
        yield from _posts_at_home(sheets, lines, file.sender)
        yield from _unnamed_sources(sheets, lines, {*sources, *(source.id for source in file.sources)})


def _rates(sheets: Sheets, lines: Lines, file: CaseFile) -> Iterator[Finding]:
    rates = {"", file.currency, *dict(file.prices.rates)}
    for line in lines.get("costs", ()):
        currency = line.cells.get("currency", "")
        if currency not in rates:
            remedy = f"Add {currency} to [prices.rates] in case.toml: units of {file.currency} for one {currency}."
            clause, label = "has no exchange rate", sheets["costs"].label
            yield fault("wrong-value", label, clause, remedy, row=line.number, column="currency", value=currency)


def _posts_at_home(sheets: Sheets, lines: Lines, sender: str) -> Iterator[Finding]:
    """Find posts that a State would have with itself; only a mission to an organisation may sit at home."""
    for name in ("posts", "foreign_posts"):
        for line in lines.get(name, ()):
            if line.cells["state"] == sender and (name, line.cells["form"]) != ("posts", Form.PERMANENT_MISSION):
                clause = "is the sending State of this case: no State has a post with itself"
                remedy, label = "Write the other State, or take the row out.", sheets[name].label
                yield fault("post-at-home", label, clause, remedy, row=line.number, column="state", value=sender)


def _unnamed_sources(sheets: Sheets, lines: Lines, known: set[str]) -> Iterator[Finding]:
    """Warn once a table of every source that nothing is known of, at the first row that names it."""
    for name, read in lines.items():
        rows: dict[str, list[int]] = {}
        for line in read:
            if line.cells.get("source", "") not in {"", *known}:
                rows.setdefault(line.cells["source"], []).append(line.number)
        for said, numbers in rows.items():
            more = f" (in {len(numbers)} rows)" if len(numbers) > 1 else ""
            clause = (
                f"is the id of no [[sources]] in case.toml, nor of one of Legation's own{more}{suggest(said, known)}"
            )
            remedy = "Add [[sources]] with this id, title and publisher to case.toml, or correct the id."
            found = fault(
                "unknown-source", sheets[name].label, clause, remedy, row=numbers[0], column="source", value=said
            )
            yield replace(found, severity=Severity.WARNING)


def _second_missions(sheets: Sheets, lines: Lines) -> Iterator[Finding]:
    """Find States with more than one diplomatic site: a plan has one mission in a State.

    An office of it in another locality of that State needs the State's prior express consent (VCDR 12): that is for
    `law` to check, on posts that are there.
    """
    first: dict[str, str] = {}
    for line in lines.get("sites", ()):
        if line.cells["track"] is Track.DIPLOMATIC:
            state, site = line.cells["state"], line.cells["id"]
            if first.setdefault(state, site) != site:
                remedy = (
                    "Drop one, or choose another track: an office of a mission in another city needs consent (VCDR 12)."
                )
                clause, label = f"has a diplomatic site already, {first[state]}", sheets["sites"].label
                yield fault("second-mission", label, clause, remedy, row=line.number, column="state", value=state)


def _of_service(row: Mapping[str, Any]) -> tuple[str, str, Form | None]:
    return row["site"], "form", row.get("form")


def _of_measure(row: Mapping[str, Any]) -> tuple[str, str, Form | None]:
    return row["name"] if row["kind"] == "measure" else "", "form", row.get("form")


def _of_cost(row: Mapping[str, Any]) -> tuple[str, str, Form | None]:
    kind, *rest = row["scope"].split(":")
    return rest[0] if kind == "site" else "", "scope", Form(rest[-1])


def _of_event(row: Mapping[str, Any]) -> tuple[str, str, Form | None]:
    return row["post"], "form", row.get("form")


FORMS = (("services", _of_service), ("announced", _of_measure), ("events", _of_event), ("costs", _of_cost))
"""How the rows of each table name a site, a column, and a form that the site is to have."""


def _no_form(
    label: str, site: str, form: Form | None, ladder: Sequence[Form], *, row: int | None, column: str
) -> Finding:
    said = form.value if form else ""
    remedy = f"Choose among {', '.join(ladder)}, or add {said} to the forms of {site} in sites.csv."
    return fault("wrong-value", label, f"is no form of the site {site}", remedy, row=row, column=column, value=said)


# case.toml


class Declarations:
    """case.toml against the tables: every fault with its line."""

    def __init__(self, file: CaseFile, text: str, label: str, known: Known, lines: Lines) -> None:
        """Keep what is compared."""
        self.file, self.text, self.label, self.known, self.lines = file, text, label, known, lines

    def faults(self) -> Iterator[Finding]:
        """Go through the errors and warnings, in the order of the file."""
        yield from self._head()
        yield from self._settings()
        yield from self._consular()
        yield from self._criteria()
        for at, rule in enumerate(self.file.rules):
            yield from self._rule(rule, ("rules", at))
        yield from self._law()
        yield from self._claims()

    def _fault(self, path: Path, said: object, clause: str, remedy: str, code: str = "wrong-value") -> Finding:
        where, row = self._where(path), line_of(self.text, path)
        return fault(code, self.label, clause, remedy, row=row, column=where, value=str(said))

    def _where(self, path: Path) -> str:
        at = path[1] if path[0] == "rules" else None
        return where_of(path, self.file.rules[at].rule if isinstance(at, int) else "")

    def _warning(self, path: Path, said: object, clause: str, remedy: str, code: str) -> Finding:
        return replace(self._fault(path, said, clause, remedy, code), severity=Severity.WARNING)

    def _head(self) -> Iterator[Finding]:
        file = self.file
        if file.sender not in self.known["state"]:
            clause = f"is no State we know{like(file.sender, self.known['state'])}"
            yield self._fault(("sender",), file.sender, clause, "Write its ISO 3166-1 alpha-3 code.")
        for path, year in [(("price_year",), file.price_year), *((("years", i), y) for i, y in enumerate(file.years))]:
            if year not in YEARS:
                yield self._fault(path, year, "is not a year", f"Write a year from {YEARS[0]} to {YEARS[-1]}.")
        if not file.years:
            yield self._fault(("years",), "", "is empty", "Name the fiscal years to plan, such as [2012, 2013, 2014].")
        if list(file.years) != sorted(set(file.years)):
            shown = ", ".join(map(str, file.years))
            yield self._fault(("years",), shown, "do not go up, each once", "Write them in order, each once.")
        if not 0 <= file.discount_rate < 1:
            rate = file.discount_rate
            yield self._fault(("discount_rate",), rate, "is not a rate from 0 to 1", "Write 0.03 for 3 %.")

    def _settings(self) -> Iterator[Finding]:
        settings = self.file.settings
        for name in ("opening_month", "closing_month"):
            month = getattr(settings, name)
            if month not in MONTHS:
                yield self._fault(("settings", name), month, "is not a month", "Write a month from 1 to 12.")
        if settings.least_confidence not in CONFIDENCES:
            said = settings.least_confidence
            clause = f"is no confidence{suggest(said, CONFIDENCES)}"
            yield self._fault(("settings", "least_confidence"), said, clause, "Write low, medium or high.")
        if settings.unit <= 0:
            yield self._fault(("settings", "unit"), settings.unit, "is not above 0", "Write 1, 100 or 1000.")
        for at, share in enumerate(settings.shares):
            if not 0 <= share.share <= 1:
                path = ("settings", "shares", at, "share")
                yield self._fault(path, share.share, "is not a share from 0 to 1", "Write a share from 0 to 1.")

    def _consular(self) -> Iterator[Finding]:
        """Find rates of consular work that no work can have."""
        said = self.file.settings.consular
        for name in ("hours", "trip"):
            if getattr(said, name) <= 0:
                yield self._fault(("settings", "consular", name), getattr(said, name), "is not above 0", "Raise it.")
        for at, act in enumerate(said.acts):
            for name, most in (("rate", None), ("minutes", None), ("online", 1)):
                number = getattr(act, name)
                if number < 0 or (most is not None and number > most):
                    bounds = "from 0 to 1" if most else "of 0 or more"
                    path: Path = ("settings", "consular", "acts", at, name)
                    yield self._fault(path, number, f"is not a number {bounds}", f"Write a number {bounds}.")
        for at, people in enumerate(said.people):
            if people.people < 0:
                path = ("settings", "consular", "people", at, "people")
                yield self._fault(path, people.people, "is below 0", "Write a number of 0 or more.")

    def _criteria(self) -> Iterator[Finding]:
        measured = {line.cells["attribute"] for line in self.lines.get("facts", ())} | DERIVED
        ids = [c.id for c in self.file.criteria]
        kinds = dict(self.file.settings.points)
        for at, criterion in enumerate(self.file.criteria):
            path: Path = ("criteria", at)
            if criterion.id in ids[:at]:
                yield self._fault((*path, "id"), criterion.id, "stands twice", "Give each criterion its own id.")
            if criterion.weight < 0:
                yield self._fault((*path, "weight"), criterion.weight, "is below 0", "Write a weight of 0 or more.")
            if criterion.kind not in kinds:
                clause = f"is no kind of interest we know{suggest(criterion.kind, kinds)}"
                yield self._fault((*path, "kind"), criterion.kind, clause, "Write a kind named in [settings] points.")
            if criterion.attribute not in measured:
                clause = f"has no fact in facts.csv{suggest(criterion.attribute, measured)}"
                remedy = "Add facts, or take the criterion out: as it is, every interest counts as missing."
                yield self._warning((*path, "attribute"), criterion.attribute, clause, remedy, "no-facts")
        for at, objective in enumerate(self.file.mandate.objectives):
            for n, name in enumerate(objective.criteria):
                if name not in ids:
                    path = ("mandate", "objectives", at, "criteria", n)
                    clause = f"is no criterion of this case{suggest(name, ids)}"
                    yield self._fault(path, name, clause, "Write the id of a criterion.")

    def _law(self) -> Iterator[Finding]:
        """Find conditions of the sender's own law that name no State, or a number below 0."""
        for at, condition in enumerate(self.file.law):
            for n, code in enumerate(getattr(condition, "states", ())):
                if code not in self.known["state"]:
                    clause = f"is no State we know{like(code, self.known['state'])}"
                    yield self._fault(("law", at, "states", n), code, clause, "Write its ISO 3166-1 alpha-3 code.")
            for key in ("most", "least"):
                if getattr(condition, key, 0) < 0:
                    path, said = ("law", at, key), getattr(condition, key)
                    yield self._fault(path, said, "is below 0", "Write a number of 0 or more.")

    def _claims(self) -> Iterator[Finding]:
        """Find claims of what is no State, or in what is no region."""
        for at, claim in enumerate(self.file.claims):
            for key, said, kind in (("subject", claim.subject, "state"), ("region", claim.region, "region")):
                if said and said not in self.known[kind]:
                    clause = f"is no {kind} we know{like(said, self.known[kind])}"
                    yield self._fault(("claims", at, key), said, clause, "Write it as in states.csv.")

    def _rule(self, rule: Rule, path: Path) -> Iterator[Finding]:
        sites = self.known["site"]
        for step, name in _sites(rule):
            if name not in sites:
                clause = f"is no site in sites.csv{like(name, sites)}"
                remedy = "Write the id of a site in sites.csv, or add the site there."
                yield self._fault((*path, *step), name, clause, remedy, "unknown-name")
        yield from self._forms(rule, path)
        yield from self._late(rule, path)
        if isinstance(rule, Ceiling | StaffCeiling):
            yield from self._amounts(rule, path)
        if isinstance(rule, AtLeast | AtMost):
            yield from self._groups(rule, path)
        for name, low, high in LIMITS:
            said = getattr(rule, name, low)
            if said < low or (high is not None and said > high):
                bounds = f"from {low} to {high}" if high is not None else f"of {low} or more"
                yield self._fault((*path, name), said, f"is not a number {bounds}", f"Write a number {bounds}.")

    def _forms(self, rule: Rule, path: Path) -> Iterator[Finding]:
        ladders = {line.cells["id"]: line.cells["forms"] for line in self.lines.get("sites", ())}
        for site, form in (("site", "form"), ("first", "first_form")):
            id_, said = getattr(rule, site, ""), getattr(rule, form, None)
            if id_ in ladders and said and said not in ladders[id_]:
                where, row = self._where((*path, form)), line_of(self.text, (*path, form))
                yield _no_form(self.label, id_, said, ladders[id_], row=row, column=where)
        track, said = getattr(rule, "track", None), getattr(rule, "form", None)
        if track and said and said not in LADDERS[track]:
            remedy = f"Choose among {', '.join(LADDERS[track])}."
            yield self._fault((*path, "form"), said.value, f"is no form of the {track.value} track", remedy)

    def _late(self, rule: Rule, path: Path) -> Iterator[Finding]:
        """Find rules that cannot act because their year is no year of the plan."""
        years = self.file.years
        if isinstance(rule, Require | AtLeast) and rule.by > max(years, default=rule.by):
            remedy = f"Write a year up to {max(years)}, or leave the rule out."
            clause = "is after the plan: the rule does nothing"
            yield self._warning((*path, "by"), rule.by, clause, remedy, "idle-rule")
        for key, year in _named_years(rule):
            if year not in years:
                remedy = f"Write one of the years {', '.join(map(str, years))}, or leave this one out."
                clause = "is no year of the plan: it does nothing"
                yield self._warning((*path, key), year, clause, remedy, "idle-rule")

    def _amounts(self, rule: Ceiling | StaffCeiling, path: Path) -> Iterator[Finding]:
        for year, amount in rule.amounts:
            if amount < 0:
                yield self._fault((*path, "amounts", str(year)), amount, "is below 0", "Write an amount of 0 or more.")
        years = [year for year, _ in rule.amounts]
        open_ = [str(year) for year in self.file.years if year not in years]
        if open_:
            remedy = "Add the years, if money or staff is not meant to be unlimited in them."
            clause = f"names no amount for {', '.join(open_)}"
            yield self._warning((*path, "amounts"), "", clause, remedy, "open-years")

    def _groups(self, rule: AtLeast | AtMost, path: Path) -> Iterator[Finding]:
        groups = self.known["group"]
        if rule.group and rule.group not in groups:
            clause = f"is no group of any site{suggest(rule.group, groups)}"
            yield self._fault((*path, "group"), rule.group, clause, "Write a group named in sites.csv.")
        regions = self.known["region"]
        if rule.region and rule.region not in regions:
            clause = f"is no region of any State{like(rule.region, regions)}"
            yield self._fault((*path, "region"), rule.region, clause, "Write a region or subregion of states.csv.")


LIMITS = (("limit", 0, None), ("count", 0, None), ("carry_over", 0, 1), ("amount", 0, None), ("km", 0, None))


def _named_years(rule: Rule) -> Iterator[tuple[str, int]]:
    yield from (("amounts", year) for year, _ in getattr(rule, "amounts", ()))
    yield from (("years", year) for year in getattr(rule, "years", ()))


def _sites(rule: Rule) -> Iterator[tuple[Path, str]]:
    """Go through the sites that a rule names, each with the keys it stands under."""
    # `first` names a site in `after` and a year in `window`.
    for key in ("site", "first"):
        name = getattr(rule, key, None)
        if isinstance(name, str):
            yield (key,), name
    yield from ((("sites", at), name) for at, name in enumerate(getattr(rule, "sites", ())))
