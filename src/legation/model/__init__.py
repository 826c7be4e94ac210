"""The nouns: posts, accreditations, relations, facts, money, mandate. Pure values."""

from legation.model.accreditation import Accreditation
from legation.model.facts import Attribute, Fact, Facts, Source
from legation.model.life import Event, EventKind
from legation.model.mandate import Mandate, Objective
from legation.model.money import Prices, to_unit
from legation.model.posts import EMBASSIES, FORMS, LADDERS, Form, Network, Period, Post, Seat, Track, track_of
from legation.model.relations import Balance, Standing, highest, ledger, level
from legation.model.states import EARTH_RADIUS_KM, State, distance_km

__all__ = [
    "EARTH_RADIUS_KM",
    "EMBASSIES",
    "FORMS",
    "LADDERS",
    "Accreditation",
    "Attribute",
    "Balance",
    "Event",
    "EventKind",
    "Fact",
    "Facts",
    "Form",
    "Mandate",
    "Network",
    "Objective",
    "Period",
    "Post",
    "Prices",
    "Seat",
    "Source",
    "Standing",
    "State",
    "Track",
    "distance_km",
    "highest",
    "ledger",
    "level",
    "to_unit",
    "track_of",
]
