"""People: who takes part in a review, and in what roles."""

from __future__ import annotations

from enum import StrEnum

from legation.values import value


class Role(StrEnum):
    """What somebody is in a review; one person may have several roles."""

    PLANNER = "planner"
    REGIONAL = "regional"
    CONSULAR = "consular"
    FINANCE = "finance"
    HEAD = "head"
    GOVERNMENT = "government"
    AUDITOR = "auditor"
    READER = "reader"
    ADMINISTRATOR = "administrator"


@value
class Person:
    """Somebody who acts, by the name the record knows them by."""

    name: str
    roles: tuple[Role, ...] = ()
