"""Location problems: which sites to open among thousands, to proven optimality. Pure: numbers in, sitings out."""

from legation.location.capacitated import site_capacitated
from legation.location.closing import site_facilities, site_median
from legation.location.covering import site_cover
from legation.location.problems import Cover, Facilities, Left, Median, Problem, Siting

__all__ = ["Cover", "Facilities", "Left", "Median", "Problem", "Siting", "site"]


def site(problem: Problem, left: Left) -> Siting:
    """Answer a location problem by the method that is best for its class, within the seconds left."""
    match problem:
        case Median():
            return site_median(problem, left)
        case Cover():
            return site_cover(problem, left)
        case Facilities(capacity=None):
            return site_facilities(problem, left)
        case Facilities():
            return site_capacitated(problem, left)
