"""What practice says of a network and of a plan: where States in a like position are, and where they are not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from legation.errors import Finding, Severity
from legation.model import Facts

AFFINITY, PEERS = "affinity", "peers"
"""Attributes: the chance that a State in this position is there, and the share of States of like size that are."""

ABSENT = "practice-absent"
"""The code of an absence that practice finds unusual; a plan that opens there ends it."""

USUAL, UNUSUAL = 0.8, 0.1
"""From which chance absence is worth a word, and up to which an opening is."""


def absences(
    facts: Facts, names: Mapping[str, str], absent: Iterable[str], sender: str, by: int
) -> tuple[Finding, ...]:
    """Name the States where a State in this position would usually be and the sender is not, the most usual first.

    names: by code; absent: codes of the States without a mission of the sender; by: year up to which facts are known
    """
    found = sorted(_told(facts, absent, by), key=lambda told: (-told[1], told[0]))
    return tuple(
        Finding(
            "practice-absent",
            Severity.NOTE,
            state,
            f"We are absent from {names.get(state, state)}, where {words}.",
            f"Ask whether we are there already, or why not: legation affinity {sender} --state {state}",
        )
        for state, chance, words in found
        if chance >= USUAL
    )


def oddities(facts: Facts, names: Mapping[str, str], planned: Mapping[str, int], by: int) -> tuple[Finding, ...]:
    """Name the openings of a plan that practice finds unusual, by year.

    names: by code; planned: the year of the opening by State
    """
    found = sorted(_told(facts, planned, by), key=lambda told: (planned[told[0]], told[0]))
    return tuple(
        Finding(
            "practice-unusual",
            Severity.NOTE,
            state,
            f"The plan opens in {names.get(state, state)} in {planned[state]}, where {words}.",
            "By itself no fault: have the reason ready, for it will be asked for.",
        )
        for state, chance, words in found
        if chance <= UNUSUAL
    )


def _told(facts: Facts, states: Iterable[str], by: int) -> Iterator[tuple[str, float, str]]:
    """Go through the States of which practice is known: the chance of being there, and how it is said."""
    for state in states:
        chance, peers = (facts.latest(state, attribute, by=by) for attribute in (AFFINITY, PEERS))
        if chance:
            likely = f"an embassy of a State in our position is {_percent(chance.value)} likely"
            alike = f"; {peers.note or _percent(peers.value)} of like size have one" if peers else ""
            yield state, chance.value, f"{likely}{alike} ({chance.note or f'record of {chance.year}'})"


def _percent(share: float) -> str:
    return "less than 1 %" if 0 < share < 0.01 else f"{100 * share:.0f} %"
