"""The figures of an atlas: every State's sheet, and what all sheets together say of the world."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from unicodedata import normalize

from legation.atlas.survey import Cover, Entry, Expected, Survey
from legation.model import Accreditation, Balance, Fact, Form, Network, Standing, State, ledger, level
from legation.values import value

LIKELY = 20
"""How many pairs without the presence one would expect are listed, covered from elsewhere or not."""

SURPRISING, TOLD = 0.8, 6
"""From which likelihood an absence is told on the sheets of both States, and how many on each side."""


@value
class Rank:
    """A number of a State, and its place among all States; equal numbers share the better place."""

    count: int
    place: int


@value
class Coverage:
    """Whom one State covers from its mission in another, sorted."""

    sender: str
    resident: str
    covered: tuple[str, ...]


@value
class Gap:
    """A pair without a resident mission, how likely one is, in [0, 1], and from where it is covered, if it is."""

    sender: str
    state: str
    likelihood: float
    covered_from: str


@value
class Sheet:
    """All an atlas tells of one State.

    abroad, here: its posts in others, and those of others with it; embassies, hosted: States in which it has an
    embassy or a diplomatic mission, and States that have one with it; ledger: its standing with
    every State with which it has any;
    covers: whom it covers concurrently; covered: who covers it from elsewhere; note: how complete its
    record probably is;
    lacking, lacked: where it is absent, and who is absent with it, that one would most expect
    """

    state: State
    facts: tuple[Fact, ...]
    abroad: tuple[Entry, ...]
    here: tuple[Entry, ...]
    embassies: Rank
    hosted: Rank
    ledger: tuple[Standing, ...]
    covers: tuple[Coverage, ...]
    covered: tuple[Coverage, ...]
    note: str
    lacking: tuple[Gap, ...] = ()
    lacked: tuple[Gap, ...] = ()

    def with_balance(self, *balances: Balance) -> tuple[Standing, ...]:
        """Return the lines of the ledger that have one of these balances."""
        return tuple(line for line in self.ledger if line.balance in balances)

    @property
    def mutual(self) -> int:
        """Count the States with which both are present."""
        return len(self.with_balance(Balance.MUTUAL))

    @property
    def ahead(self) -> int:
        """Count the States where it is present and which are not with it."""
        return len(self.with_balance(Balance.AHEAD))

    @property
    def owed(self) -> int:
        """Count the States that are present with it and where it is not."""
        return len(self.with_balance(Balance.OWED))


@value
class Cell:
    """Embassies and missions of the States of one subregion in those of another, of so many that are possible."""

    sending: str
    receiving: str
    count: int
    possible: int


@value
class Atlas:
    """An atlas: its sheets in the order of names, and the figures of the world.

    forms: posts of all States by form; mutual, one_sided, neither: unordered pairs of States with an embassy or
    mission on both sides, on one, on none; matrix: who hosts whom by subregion; expected: pairs without a presence
    that is most to be expected, those covered from elsewhere first, empty where no expectation was given
    """

    survey: Survey
    sheets: tuple[Sheet, ...]
    forms: tuple[tuple[Form, int], ...]
    mutual: int
    one_sided: int
    neither: int
    matrix: tuple[Cell, ...]
    expected: tuple[Gap, ...]

    @property
    def embassies(self) -> int:
        """Count the ordered pairs of States where the one has an embassy or mission with the other."""
        return 2 * self.mutual + self.one_sided


def compile_atlas(survey: Survey, expected: Expected | None = None) -> Atlas:
    """Return the atlas of a record; with expectations, also where a presence is missing that one would expect."""
    diplomatic = [e for e in survey.entries if level(e.post.form) and not e.territory]
    pairs = {(e.post.sender, e.post.seat.state) for e in diplomatic}
    gaps = _ranked(pairs, expected or {}, survey.covers)
    surprising = [gap for gap in gaps if gap.likelihood >= SURPRISING]
    sheets = tuple(_with_gaps(sheet, surprising) for sheet in _sheets(survey, diplomatic, pairs))
    forms = Counter(e.post.form for e in survey.entries)
    both = sum((b, a) in pairs for a, b in pairs) // 2
    one = len(pairs) - 2 * both
    every = len(survey.states) * (len(survey.states) - 1) // 2
    return Atlas(
        survey,
        sheets,
        tuple((form, forms[form]) for form in reversed(Form) if forms[form]),
        both,
        one,
        every - both - one,
        _matrix(survey.states, pairs),
        _likeliest(gaps),
    )


def _sheets(survey: Survey, diplomatic: Sequence[Entry], pairs: set[tuple[str, str]]) -> tuple[Sheet, ...]:
    """Return every State's sheet, in the order of names."""
    abroad, here = _by_sender(survey.entries), _by_host(survey.entries)
    ledgers = _ledgers(survey, diplomatic)
    sent = _ranks(Counter(sender for sender, _ in pairs), survey.states)
    hosted = _ranks(Counter(host for _, host in pairs), survey.states)
    covers, covered = _coverage(survey.covers), _coverage(survey.covers, by_covered=True)
    facts = defaultdict(list)
    for fact in survey.facts:
        facts[fact.subject].append(fact)
    return tuple(
        Sheet(
            state,
            tuple(facts[code]),
            tuple(abroad[code]),
            tuple(here[code]),
            sent[code],
            hosted[code],
            ledgers[code],
            covers[code],
            covered[code],
            survey.notes.get(code, ""),
        )
        for code, state in sorted(((s.code, s) for s in survey.states), key=lambda pair: sort_key(pair[1].name))
    )


def sort_key(name: str) -> str:
    """Return a name as it is sorted: without accents and case."""
    return normalize("NFKD", name).encode("ascii", "ignore").decode().lower()


def _by_sender(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    found = defaultdict(list)
    for entry in entries:
        found[entry.post.sender].append(entry)
    return found


def _by_host(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    found = defaultdict(list)
    for entry in entries:
        found[entry.post.seat.state].append(entry)
    return found


def _ledgers(survey: Survey, diplomatic: Sequence[Entry]) -> dict[str, tuple[Standing, ...]]:
    """Return every State's standing with those others with which it has any."""
    ours, theirs, covers = _by_sender(diplomatic), _by_host(diplomatic), defaultdict(list)
    posts = {(e.post.sender, e.post.seat.state): e.post.id for e in reversed(diplomatic)}
    for cover in survey.covers:
        covers[cover.sender].append(Accreditation(posts.get((cover.sender, cover.resident), ""), cover.covered))
    codes = [s.code for s in survey.states]
    found = {}
    for code in codes:
        here = Network(tuple(e.post for e in theirs[code]))
        own = Network(tuple(e.post for e in ours[code]))
        lines = ledger(own, here, tuple(covers[code]), tuple(other for other in codes if other != code))
        found[code] = tuple(line for line in lines if line.balance is not Balance.ABSENT)
    return found


def _coverage(covers: Iterable[Cover], *, by_covered: bool = False) -> dict[str, tuple[Coverage, ...]]:
    """Group accreditations by sender and seat; told by their sender, or by the State they cover."""
    seats: dict[tuple[str, str], set[str]] = defaultdict(set)
    for cover in covers:
        seats[cover.sender, cover.resident].add(cover.covered)
    found: dict[str, tuple[Coverage, ...]] = defaultdict(tuple)
    for (sender, resident), covered in sorted(seats.items()):
        line = Coverage(sender, resident, tuple(sorted(covered)))
        for code in line.covered if by_covered else (sender,):
            found[code] += (line,)
    return found


def _ranks(counts: Counter[str], states: Iterable[State]) -> dict[str, Rank]:
    every = [counts[s.code] for s in states]
    return {s.code: Rank(counts[s.code], 1 + sum(other > counts[s.code] for other in every)) for s in states}


def _ranked(pairs: set[tuple[str, str]], expected: Expected, covers: Iterable[Cover]) -> tuple[Gap, ...]:
    """Return the pairs without a presence, the likeliest first."""
    seats = {(c.sender, c.covered): c.resident for c in covers}
    gaps = [Gap(*pair, chance, seats.get(pair, "")) for pair, chance in expected.items() if pair not in pairs]
    return tuple(sorted(gaps, key=lambda gap: (-gap.likelihood, gap.sender, gap.state)))


def _likeliest(gaps: Sequence[Gap]) -> tuple[Gap, ...]:
    """Keep the likeliest of those covered from elsewhere, and after them of the others."""
    covered, others = ([g for g in gaps if bool(g.covered_from) is known][:LIKELY] for known in (True, False))
    return (*covered, *others)


def _with_gaps(sheet: Sheet, gaps: Sequence[Gap]) -> Sheet:
    """Tell on a sheet which of these absences concern it, in their order."""
    return replace(
        sheet,
        lacking=tuple(g for g in gaps if g.sender == sheet.state.code)[:TOLD],
        lacked=tuple(g for g in gaps if g.state == sheet.state.code)[:TOLD],
    )


def _matrix(states: Sequence[State], pairs: Iterable[tuple[str, str]]) -> tuple[Cell, ...]:
    """Count who hosts whom by subregion, region by region."""
    where = {s.code: s.subregion for s in states}
    sizes = Counter(where.values())
    regions = sorted({(s.region, s.subregion) for s in states})
    counts = Counter((where[sender], where[host]) for sender, host in pairs)
    return tuple(Cell(a, b, counts[a, b], sizes[a] * (sizes[b] - (a == b))) for _, a in regions for _, b in regions)
