"""A case, and the problem that is drafted from it."""

from legation.cases.announced import Statistic, announced_problem, announced_statistics
from legation.cases.case import (
    Announced,
    Band,
    Case,
    CostLine,
    CostMeasure,
    InterestRow,
    Place,
    Reach,
    ServiceRow,
    Settings,
    Share,
)
from legation.cases.drafting import Draft, draft

__all__ = [
    "Announced",
    "Band",
    "Case",
    "CostLine",
    "CostMeasure",
    "Draft",
    "InterestRow",
    "Place",
    "Reach",
    "ServiceRow",
    "Settings",
    "Share",
    "Statistic",
    "announced_problem",
    "announced_statistics",
    "draft",
]
