"""Who can serve what: the shares of interests that forms at sites serve, at their own seat and concurrently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from legation.cases.case import Case, InterestRow, ServiceRow, Share
from legation.cases.costing import in_years
from legation.cases.reaching import PLACES, Pair, distances, offers
from legation.cases.siting import Holding, slug
from legation.errors import Finding, Severity
from legation.model import EMBASSIES, Form, Track, to_unit
from legation.planning.problem import Service, Site

ELSEWHERE = "organisation-elsewhere"
"""Kind of the share an embassy serves of an organisation seated in another city of its State."""

SEAT = "district-at-seat"
"""Kind of the share that a mission serves of the people who live in its own State and in no district of a consul."""

SHARES = (
    Share("bilateral", Form.DIPLOMATIC_MISSION, Decimal("0.6")),
    Share("bilateral", Form.MICRO_EMBASSY, Decimal("0.8")),
    Share("bilateral", Form.SMALL_EMBASSY, Decimal("0.9")),
    Share("bilateral", Form.EMBASSY, Decimal(1)),
    Share("bilateral", Form.LARGE_EMBASSY, Decimal(1)),
    Share("organisation", Form.PERMANENT_MISSION, Decimal(1)),
    Share("organisation", Form.EMBASSY, Decimal("0.5")),
    Share(ELSEWHERE, Form.EMBASSY, Decimal("0.3")),
    Share("district", Form.HONORARY_CONSULATE, Decimal("0.2")),
    Share("district", Form.CONSULAR_AGENCY, Decimal("0.4")),
    Share("district", Form.CONSULATE, Decimal("0.8")),
    Share("district", Form.CONSULATE_GENERAL, Decimal(1)),
    Share("district", Form.DIPLOMATIC_MISSION, Decimal("0.3")),
    Share("district", Form.EMBASSY, Decimal("0.5")),
    Share(SEAT, Form.DIPLOMATIC_MISSION, Decimal("0.8")),
    Share(SEAT, Form.EMBASSY, Decimal(1)),
    Share("region", Form.DIPLOMATIC_MISSION, Decimal("0.6")),
    Share("region", Form.EMBASSY, Decimal(1)),
)
"""Default shares; a size of embassy that is not named serves as much as an embassy. A case may override each."""


def services(
    case: Case, holdings: Sequence[Holding], sites: Sequence[Site], rows: Sequence[InterestRow]
) -> tuple[tuple[Service, ...], tuple[Finding, ...]]:
    """Return every service: by default shares, by the reach of embassies, and as services.csv states.

    A ruled-out pair gives none; a stated pair gives what its rows state and nothing else. Findings: warnings
    "accreditation-unused" and "interest-unserved"; error "service-unusable".
    """
    settled = {(r.site, r.interest) for r in case.services}
    explicit, unusable = _explicit(case, holdings, sites, rows)
    concurrent, unused = offers(case, holdings, sites, rows, settled)
    found = (*_resident(case, sites, rows, settled), *concurrent, *explicit)
    served = {s.interest for s in found}
    unserved = [r.id for r in rows if r.id not in served]
    return found, (*unusable, *unused, *([_unserved(unserved)] if unserved else []))


def _resident(case: Case, sites: Sequence[Site], rows: Iterable[InterestRow], settled: set[Pair]) -> Iterator[Service]:
    table = {(s.kind, s.form): s.share for s in (*SHARES, *case.settings.shares)}
    for row in rows:
        for site, kind in _servers(row, sites):
            if (site.id, row.id) not in settled:
                yield from _by_rung(site, row.id, kind, table)


def _servers(row: InterestRow, sites: Sequence[Site]) -> Iterator[tuple[Site, str]]:
    """Name the sites that serve an interest where they are, with the kind under which their share is listed."""
    if row.kind == "region":
        name = row.id.removeprefix("region:")
        yield from ((s, row.kind) for s in sites if s.track is Track.DIPLOMATIC and name in s.groups)
        return
    if row.kind != "bilateral":
        posts = [s for s in sites if s.track is not Track.DIPLOMATIC]
        own = [s for s in posts if s.id == row.id]
        near = [s for s in posts if s.state == row.state and slug(s.city) == slug(row.city)]
        yield from ((s, row.kind) for s in own or near)
    for site in sites:
        if site.track is Track.DIPLOMATIC and site.state == row.state:
            elsewhere = row.kind == "organisation" and slug(site.city) != slug(row.city)
            yield site, ELSEWHERE if elsewhere else row.kind


def _by_rung(site: Site, interest: str, kind: str, table: Mapping[tuple[str, Form], Decimal]) -> Iterator[Service]:
    """Give each rung its share, where it serves more than the rungs below (they can serve for it)."""
    most = Decimal(0)
    for rung in site.ladder:
        form = rung.form
        default = table.get((kind, Form.EMBASSY), Decimal(0)) if form in EMBASSIES else Decimal(0)
        share = table.get((kind, form), default).quantize(PLACES)
        if share > most:
            yield Service(site.id, form, interest, share)
            most = share


def _explicit(
    case: Case, holdings: Sequence[Holding], sites: Sequence[Site], rows: Sequence[InterestRow]
) -> tuple[list[Service], list[Finding]]:
    """Return the services that services.csv states, and what is wrong with its rows."""
    by_id, states = {s.id: s for s in sites}, {r.id: r.state for r in rows}
    km = distances(case, holdings)
    found: list[Service] = []
    findings: list[Finding] = []
    for row in case.services:
        fault = _fault(row, by_id, states)
        if fault:
            findings.append(fault)
        elif row.allowed and row.share is not None:
            form = row.form or by_id[row.site].ladder[0].form
            running = tuple(to_unit(amount, case.settings.unit) for amount in in_years(case, row.running))
            found.append(
                Service(
                    row.site,
                    form,
                    row.interest,
                    row.share.quantize(PLACES),
                    concurrent=row.concurrent,
                    running=running if row.running else (),
                    load=row.load,
                    km=km(row.site, states[row.interest]) if row.concurrent else Decimal(0),
                )
            )
    return found, findings


def _fault(row: ServiceRow, sites: Mapping[str, Site], interests: Mapping[str, str]) -> Finding | None:
    pair = f"{row.site} for {row.interest}"
    if row.site not in sites:
        return _unusable(pair, f"there is no site {row.site}", "Name a site of sites.csv.", "site")
    if row.interest not in interests:
        return _unusable(pair, f"there is no interest {row.interest}", "Name a State or a row of interests.csv.")
    if not row.allowed:
        return None
    if row.share is None:
        return _unusable(pair, "it states no share", "State a share of 0 to 1, or set allowed to false.", "share")
    forms = {r.form for r in sites[row.site].ladder}
    if not forms or (row.form and row.form not in forms):
        return _unusable(pair, f"{row.site} never holds {row.form or 'a form'}", "Name a form of the site.", "form")
    return None


def _unusable(pair: str, why: str, remedy: str, column: str = "interest") -> Finding:
    message = f"The service of {pair} cannot be used: {why}."
    return Finding("service-unusable", Severity.ERROR, pair, message, remedy, "services.csv", column=column)


def _unserved(interests: Sequence[str]) -> Finding:
    message = f"{len(interests)} interests can be served from no site: {', '.join(interests)}."
    remedy = "Add a site at their seat to sites.csv, or a share to services.csv."
    return Finding("interest-unserved", Severity.WARNING, "interests.csv", message, remedy)
