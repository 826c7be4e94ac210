"""Location problems: which sites to open among thousands, to proven optimality. Pure: numbers in, sitings out."""

from legation.location.capacitated import site_capacitated
from legation.location.closing import site_facilities, site_median
from legation.location.covering import site_cover
from legation.location.problems import Capacitated, Cover, Facilities, Left, Median, Problem, Siting

__all__ = ["Capacitated", "Cover", "Facilities", "Left", "Median", "Problem", "Siting", "site"]


def site(problem: Problem, left: Left) -> Siting:
    """Answer a location problem by the method that is best for its class, within the seconds left."""
    match problem:
        case Median():
            return site_median(problem, left)
        case Cover():
            return site_cover(problem, left)
        case Facilities():
            return site_facilities(problem, left)
        case Capacitated():
            return site_capacitated(problem, left)
