"""What an interest is worth: criteria, scales, swing weights, scores."""

from legation.appraisal.criteria import Criterion, Missing, Prefer, Shape
from legation.appraisal.scales import Scale, settle, worth
from legation.appraisal.scoring import Appraisal, Part, Score, Subject, appraise

__all__ = [
    "Appraisal",
    "Criterion",
    "Missing",
    "Part",
    "Prefer",
    "Scale",
    "Score",
    "Shape",
    "Subject",
    "appraise",
    "settle",
    "worth",
]
