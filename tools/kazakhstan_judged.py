"""What the case kazakhstan-2012 judges where no table of the pack holds a fact; every judgement bears a reason.

Change a line here and run `kazakhstan.py`, or change the case itself: it is a folder of plain tables.
"""

from typing import NamedTuple

G20 = frozenset(
    (
        "ARG",
        "AUS",
        "BRA",
        "CAN",
        "CHN",
        "DEU",
        "FRA",
        "GBR",
        "IDN",
        "IND",
        "ITA",
        "JPN",
        "KOR",
        "MEX",
        "RUS",
        "SAU",
        "TUR",
        "USA",
        "ZAF",
    )
)
"""The nineteen States that are themselves members of the Group of Twenty (unchanged since 1999)."""

KIN_NOTE = "1 where kin have been settled for generations, 0.5 where they have moved to; not a count"

CITIES = (
    ("ARE", "Dubai", 25.07725, 55.30927, 0),
    ("AUS", "Sydney", -33.86785, 151.20732, 0),
    ("AZE", "Ganja", 40.68157, 46.36134, 0),
    ("BLR", "Brest", 52.10894, 23.71749, 0),
    ("CAN", "Toronto", 43.70643, -79.39864, 0),
    ("CHN", "Guangzhou", 23.11667, 113.25, 0),
    ("CHN", "Hong Kong", 22.27832, 114.17469, 0),
    ("CHN", "Shanghai", 31.22222, 121.45806, 0),
    ("CHN", "Urumqi", 43.80096, 87.60046, 1),
    ("CZE", "Karlovy Vary", 50.23271, 12.87117, 0),
    ("DEU", "Frankfurt am Main", 50.11552, 8.68417, 0.5),
    ("DEU", "Hamburg", 53.55073, 9.99302, 0),
    ("DEU", "Munich", 48.13743, 11.57549, 0),
    ("FRA", "Strasbourg", 48.58392, 7.74553, 0),
    ("GRC", "Thessaloniki", 40.64072, 22.93493, 0),
    ("IRN", "Bandar Abbas", 27.1865, 56.2808, 0),
    ("IRN", "Gorgan", 36.8427, 54.44391, 1),
    ("ISR", "Haifa", 32.81303, 34.99928, 0),
    ("ITA", "Milan", 45.46427, 9.18951, 0),
    ("KGZ", "Osh", 40.52828, 72.7985, 0.5),
    ("KOR", "Busan", 35.10168, 129.03004, 0),
    ("LTU", "Klaipėda", 55.7068, 21.13912, 0),
    ("LVA", "Daugavpils", 55.88333, 26.53333, 0),
    ("MNG", "Ölgii", 48.96833, 89.9625, 1),
    ("POL", "Kraków", 50.06143, 19.93658, 0),
    ("RUS", "Astrakhan", 46.34968, 48.04076, 1),
    ("RUS", "Barnaul", 53.36199, 83.72786, 1),
    ("RUS", "Chelyabinsk", 55.1611, 61.42877, 1),
    ("RUS", "Kazan", 55.78874, 49.12214, 0.5),
    ("RUS", "Novosibirsk", 55.02259, 82.93175, 0.5),
    ("RUS", "Omsk", 54.99244, 73.36859, 1),
    ("RUS", "Orenburg", 51.76712, 55.09883, 1),
    ("RUS", "Saint Petersburg", 59.93863, 30.31413, 0),
    ("RUS", "Samara", 53.20767, 50.13553, 0.5),
    ("RUS", "Saratov", 51.54048, 45.9901, 1),
    ("RUS", "Yekaterinburg", 56.85733, 60.61529, 0),
    ("SAU", "Jeddah", 21.49012, 39.18624, 0),
    ("TKM", "Balkanabat", 39.51075, 54.36713, 1),
    ("TUR", "Antalya", 36.90812, 30.69556, 0),
    ("TUR", "Istanbul", 41.01384, 28.94966, 0.5),
    ("UKR", "Kharkiv", 49.98177, 36.25475, 0),
    ("UKR", "Odesa", 46.48572, 30.74383, 0),
    ("USA", "Chicago", 41.85003, -87.65005, 0),
    ("USA", "Los Angeles", 34.05223, -118.24368, 0),
    ("USA", "New York", 40.71427, -74.00597, 0),
    ("UZB", "Nukus", 42.45861, 59.60576, 1),
    ("UZB", "Samarkand", 39.65456, 66.96445, 0.5),
)
"""State, city, degrees (GeoNames), kin: the consular posts of 2011 and large cities of the States where most people
born in Kazakhstan live, where kin are settled, or where citizens travel and trade."""


NO_RELATIONS = frozenset({"TWN", "XKX"})
"""No candidates: Kazakhstan has no diplomatic relations with them, which a mission presupposes (VCDR 1961 art. 2)."""

RULED_OUT = (
    ("ITA", "VAT", "the Holy See accepts no head of mission accredited to Italy"),
    ("KOR", "PRK", "the two Koreas do not accept one head of mission for both"),
    ("USA", "CUB", "no relations between the two in 2011: Cuba was covered from the permanent mission in New York"),
    ("ISR", "IRQ", "Iraq has no relations with Israel"),
    ("ISR", "LBN", "Lebanon has no relations with Israel"),
    ("ISR", "SYR", "Syria has no relations with Israel"),
)
"""Pairs of seat and covered State that no head of mission may join, and why; domain knowledge, to be confirmed."""


ANNOUNCED_REASONS = {
    "demographic_rank": "it has more Muslims than any other State",
    "economic_rank": "seventh among the economies of the world",
    "regional_partner": "a partner that counts in Northern Europe",
    "regional_hub": "strategic weight, and a seat from which neighbours are covered too",
    "none_stated": "",
}
STATISTIC_NOTES = {
    "own_establishments": "posts opened since independence",
    "own_concurrently_covered_countries": "",
    "foreign_countries_with_embassy_and_consulate": "States with both an embassy and a consulate here",
}
"""The announced reasons and remarks in our own words."""


class Body(NamedTuple):
    """An organisation: its id, the site of the mission that serves it, members in mid-2011, our membership, scope.

    membership: 2 member, 1 partner or observer, 0 neither; scope: 3 world and general, 2 world and special or our
    own region and general, 1 another region or special, 0 none
    """

    id: str
    site: str
    title: str
    members: int
    membership: int
    scope: int


SCOPE_NOTE = "3 world and general; 2 world and special, or our own region and general; 1 another region or special"

ORGANISATIONS = (
    Body("AU-addis-ababa", "AU-addis-ababa", "African Union, Addis Ababa", 54, 0, 1),
    Body("ASEAN-jakarta", "ASEAN-jakarta", "Association of Southeast Asian Nations, Jakarta", 10, 0, 1),
    Body("CIS-minsk", "CIS-minsk", "Commonwealth of Independent States, Minsk", 11, 2, 2),
    Body("ECO-tehran", "ECO-tehran", "Economic Cooperation Organization, Tehran", 10, 2, 1),
    Body("EU-brussels", "EU-brussels", "European Union, Brussels", 27, 1, 2),
    Body("FAO-rome", "FAO-rome", "Food and Agriculture Organization and other bodies in Rome", 191, 2, 1),
    Body("IAEA-vienna", "UN-vienna", "International Atomic Energy Agency, Vienna", 151, 2, 2),
    Body("LAS-cairo", "LAS-cairo", "League of Arab States, Cairo", 22, 0, 1),
    Body("MERCOSUR-montevideo", "MERCOSUR-montevideo", "Southern Common Market, Montevideo", 4, 0, 1),
    Body("NATO-brussels", "EU-brussels", "North Atlantic Treaty Organization, Brussels", 28, 1, 1),
    Body("OAS-washington", "OAS-washington", "Organization of American States, Washington", 35, 1, 1),
    Body("OIC-jeddah", "OIC-jeddah", "Organisation of Islamic Cooperation, Jeddah", 57, 2, 2),
    Body("OPCW-the-hague", "OPCW-the-hague", "Prohibition of Chemical Weapons, The Hague", 188, 2, 1),
    Body("OSCE-vienna", "UN-vienna", "Security and Co-operation in Europe, Vienna", 56, 2, 2),
    Body("SCO-beijing", "SCO-beijing", "Shanghai Cooperation Organisation, Beijing", 6, 2, 2),
    Body("UN-geneva", "UN-geneva", "United Nations and other bodies in Geneva", 193, 2, 3),
    Body("UN-nairobi", "UN-nairobi", "United Nations in Nairobi (environment, settlements)", 193, 2, 2),
    Body("UN-new-york", "UN-new-york", "United Nations, New York", 193, 2, 3),
    Body("UN-vienna", "UN-vienna", "United Nations in Vienna", 193, 2, 2),
    Body("UNESCO-paris", "UNESCO-paris", "Educational, Scientific and Cultural Organization, Paris", 193, 2, 2),
)

SEATS_OF_ORGANISATIONS = {
    "AU-addis-ababa": ("ETH", "Addis Ababa", 9.02497, 38.74689),
    "ASEAN-jakarta": ("IDN", "Jakarta", -6.21462, 106.84513),
    "CIS-minsk": ("BLR", "Minsk", 53.90019, 27.56653),
    "ECO-tehran": ("IRN", "Tehran", 35.69439, 51.42151),
    "EU-brussels": ("BEL", "Brussels", 50.85045, 4.34878),
    "FAO-rome": ("ITA", "Rome", 41.89193, 12.51133),
    "LAS-cairo": ("EGY", "Cairo", 30.06263, 31.24967),
    "MERCOSUR-montevideo": ("URY", "Montevideo", -34.90328, -56.18816),
    "OAS-washington": ("USA", "Washington", 38.89511, -77.03637),
    "OIC-jeddah": ("SAU", "Jeddah", 21.49012, 39.18624),
    "OPCW-the-hague": ("NLD", "The Hague", 52.07667, 4.29861),
    "SCO-beijing": ("CHN", "Beijing", 39.9075, 116.39723),
    "UN-geneva": ("CHE", "Geneva", 46.20222, 6.14569),
    "UN-nairobi": ("KEN", "Nairobi", -1.28333, 36.81667),
    "UN-new-york": ("USA", "New York", 40.71427, -74.00597),
    "UN-vienna": ("AUT", "Vienna", 48.20849, 16.37208),
    "UNESCO-paris": ("FRA", "Paris", 48.85341, 2.3488),
}
"""Where one permanent mission would sit: State, city, degrees (GeoNames)."""

REGIONS = {
    "Central Asia": 40,
    "Eastern Europe": 35,
    "Eastern Asia": 35,
    "Western Asia": 35,
    "South-eastern Asia": 30,
    "Southern Asia": 30,
    "Western Europe": 30,
    "Northern America": 30,
    "Northern Europe": 25,
    "Southern Europe": 25,
    "Northern Africa": 20,
    "South America": 20,
    "Southern Africa": 15,
    "Eastern Africa": 15,
    "Central America": 10,
    "Western Africa": 10,
    "Australia and New Zealand": 10,
    "Middle Africa": 5,
    "Caribbean": 5,
    "Melanesia": 2,
    "Micronesia": 1,
    "Polynesia": 1,
}
"""Points a year for being present in a sub-region at all: neighbours and their neighbours first, then the regions of
the leading States, then the others by the number and size of their States. A judgement, easy to change."""

PAY, LOCAL, RENT, OFFICE = "posted staff", "local staff", "premises", "administration and security"
WORKS, MOVE = "fit-out", "equipment, vehicles and moves"
SPLIT = "share of the band: assumed, no published split"

RUNNING_SPLIT = ((PAY, 0.45), (LOCAL, 0.2), (RENT, 0.2), (OFFICE, 0.15))
ESTABLISHING_SPLIT = ((WORKS, 0.75), (MOVE, 0.25))

SIZES = {
    "diplomatic-mission": ("micro", 1.0, "a mission under a charge is taken to be a micro post"),
    "embassy": ("small", 1.0, "an embassy is taken to be an ordinary post of a small or middle-sized State"),
    "consulate": ("micro", 0.9, "a consulate is taken to be a micro post without representation costs"),
    "consulate-general": ("small", 0.7, "a consulate-general is taken to be a small post without a residence"),
    "permanent-mission": ("small", 1.0, "a permanent mission is taken to cost what an embassy costs"),
    "trade-representation": ("micro", 1.0, "a trade representation is taken to be a micro post"),
}
"""Band, norm and reason by form."""

COST_LINES = tuple(
    (form, measure, line, round(norm * share, 4), band, f"{reason}; {SPLIT}")
    for form, (band, norm, reason) in SIZES.items()
    for measure, split in (("establishing", ESTABLISHING_SPLIT), ("running", RUNNING_SPLIT))
    for line, share in split
) + tuple(
    (
        form,
        "closing",
        "severance, lease and moving",
        round(norm * 0.25, 4),
        band,
        "assumed: a quarter of a year's running cost",
    )
    for form, (band, norm, _) in SIZES.items()
)

REORGANISED = "assumed: a mission that becomes an embassy keeps its office and adds a residence and three people"
REORGANISED_LINES = (
    ("establishing", WORKS, 0.1, "small", f"{REORGANISED}: a tenth of the band"),
    ("establishing", MOVE, 0.25, "small", REORGANISED),
    *(
        ("running", line, round(0.6 * share, 4), "small", f"{REORGANISED}: 0.6 of the band")
        for line, share in RUNNING_SPLIT
    ),
    ("closing", "severance, lease and moving", 0.15, "small", "assumed: a quarter of a year's running cost"),
)
REORGANISED_STAFF = (3, 1, 3)
"""Costs and staff of an embassy where there is a mission already (0.6 is halfway between a micro and a small post)."""

COST_AMOUNTS = (
    ("honorary-consulate", "establishing", "seal, flag and signs", 5000, 2000, 10000, "assumed: no published figure"),
    (
        "honorary-consulate",
        "running",
        "allowance and supervision",
        15000,
        5000,
        30000,
        "assumed: the one published honorarium is 15,000 a year (Bahamas); most honorary consuls are unpaid",
    ),
)

STAFF = {
    "diplomatic-mission": (2, 0, 2),
    "embassy": (4, 2, 4),
    "consulate": (2, 0, 2),
    "consulate-general": (3, 1, 4),
    "permanent-mission": (4, 1, 3),
    "trade-representation": (2, 0, 2),
}
"""Diplomatic, support and local staff by form."""

AVERAGE = "assumed near the average of 9.4 (877 staff of 93 Kazakh posts in 2017)"
SMALLEST = "as in the smallest published posts: two from home, two local (Brazil, before 2010)"
STAFF_NOTES = {
    "diplomatic-mission": SMALLEST,
    "embassy": AVERAGE,
    "consulate": SMALLEST,
    "consulate-general": AVERAGE,
    "permanent-mission": AVERAGE,
    "trade-representation": SMALLEST,
}
