"""The reciprocity ledger: whether they are represented here as we are there."""

from __future__ import annotations

from enum import StrEnum

from legation.model.accreditation import Accreditation
from legation.model.posts import EMBASSIES, Form, Network
from legation.values import value


class Balance(StrEnum):
    """What stands between two States."""

    MUTUAL = "mutual"
    OWED = "owed"
    AHEAD = "ahead"
    COVERED = "covered"
    ABSENT = "absent"


@value
class Standing:
    """One line of the ledger.

    ours, theirs: highest diplomatic form each holds at the other; covered_from: the State from
    which we cover this one, where we do; balance: owed = they are here and we are not there
    """

    state: str
    ours: Form
    theirs: Form
    covered_from: str
    balance: Balance


RANK = {Form.NONE: 0, Form.DIPLOMATIC_MISSION: 1} | dict.fromkeys(EMBASSIES, 2)


def level(form: Form) -> int:
    """Return 2 for an embassy, 1 for a mission under a chargé d'affaires, 0 for none."""
    return RANK.get(form, 0)


def highest(network: Network, *, sender: str = "", host: str = "") -> Form:
    """Return the highest diplomatic form in a network, for one sender or one host where given."""
    forms = [
        p.form
        for p in network
        if (not sender or p.sender == sender) and (not host or p.seat.state == host) and level(p.form)
    ]
    return max(forms, key=level, default=Form.NONE)


def ledger(
    ours: Network, theirs: Network, accreditations: tuple[Accreditation, ...], states: tuple[str, ...]
) -> tuple[Standing, ...]:
    """Return one line a State: who is here, where we are, what is unanswered."""
    seats = {p.id: p.seat.state for p in ours}
    covered = {a.state: seats.get(a.seat, "") for a in accreditations}
    return tuple(_standing(s, ours, theirs, covered.get(s, "")) for s in states)


def _standing(state: str, ours: Network, theirs: Network, covered_from: str) -> Standing:
    mine, their = highest(ours, host=state), highest(theirs, sender=state)
    return Standing(state, mine, their, covered_from, _balance(level(mine), level(their), covered_from))


def _balance(mine: int, their: int, covered_from: str) -> Balance:
    if mine and their:
        return Balance.MUTUAL
    if their:
        return Balance.OWED
    if mine:
        return Balance.AHEAD
    return Balance.COVERED if covered_from else Balance.ABSENT
