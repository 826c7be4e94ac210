"""Posts from Wikidata as they stand now: our query, asked of the query service sender by sender and page by page.

One query for all senders would run into the service's limit of 60 seconds, and so would one without pages: a page is so
many items, each with all its rows. The service asks of its clients to ask one thing at a time, to say who they are, and
to wait when it says so; that is done by what fetches an address (`legation.exchange.live`), which also keeps each page,
so that a broken run goes on where it stopped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from legation.errors import NotFoundError
from legation.exchange.files import refused
from legation.exchange.imported import Read
from legation.exchange.live import Get
from legation.exchange.names import NotAStateError, Scheme, code_of
from legation.presence.wikidata import ENTITY, bindings, plain, read_rows
from legation.sources.cells import CellError
from legation.sources.world import load_states

ENDPOINT = "https://query.wikidata.org/sparql"
PAGE = 400
"""Items in a page."""

QUERY = """\
# Diplomatic missions and consulates of one sender (by its ISO 3166-1 alpha-3 code), a page of items at a time.
# The operator of most nunciatures stands with their class. Ended posts are wanted too: their dates come with them.
SELECT ?item ?itemLabel ?type ?typeLabel ?senderIso3 ?countryIso3 ?countryLabel ?placeLabel
       ?jurisdictionIso3 ?coordinates ?inception ?dissolved
WHERE {
  { SELECT DISTINCT ?item ?senderIso3 WHERE {
      VALUES ?senderIso3 { "%(sender)s" }
      VALUES ?kind { wd:Q213283 wd:Q3917681 wd:Q5244910 wd:Q7843791 wd:Q61881945 }
      ?sender wdt:P298 ?senderIso3 .
      { ?item wdt:P137 ?sender } UNION { ?item wdt:P31/wdt:P137 ?sender }
      ?item wdt:P31/wdt:P279* ?kind .
    } ORDER BY ?item LIMIT %(limit)d OFFSET %(offset)d }
  OPTIONAL { ?item wdt:P31 ?type }
  OPTIONAL { ?item wdt:P17 ?country . OPTIONAL { ?country wdt:P298 ?countryIso3 } }
  OPTIONAL { ?item wdt:P131 ?place }
  OPTIONAL { ?item wdt:P1001/wdt:P298 ?jurisdictionIso3 }
  OPTIONAL { ?item wdt:P625 ?coordinates }
  OPTIONAL { ?item wdt:P571 ?inception }
  OPTIONAL { ?item wdt:P576 ?dissolved }
  SERVICE wikibase:label { bd:serviceParam wikibase:language "en,mul,fr,de,es,ru" }
}
ORDER BY ?item
"""


def address(sender: str, offset: int = 0) -> str:
    """Return where a page of the posts of one sender is found."""
    query = QUERY % {"sender": sender, "limit": PAGE, "offset": offset}
    return f"{ENDPOINT}?{urlencode({'query': query, 'format': 'json'})}"


def fetch(senders: Sequence[str], get: Get) -> Read:
    """Read the posts of the senders, by code or name; "all" are all States, as where none is named.

    get: fetches an address. Raises NotFoundError for a name that is no State, InvalidError for an answer that is none.
    """
    named = [_code(sender) for sender in senders if sender not in ("", "all")]
    named = named or [state.code for state in load_states()]
    return read_rows((plain(row) for sender in named for row in _pages(sender, get)), "Wikidata")


def _code(name: str) -> str:
    try:
        return code_of(name, Scheme.ISO3 if len(name) == 3 and name.isupper() else Scheme.NAME)
    except CellError as error:
        raise NotFoundError(f"The sender '{name}' {error}.", hint=error.remedy) from None
    except NotAStateError as error:
        raise NotFoundError(f"{error}.", hint="Name the State that sends the posts.") from None


def _pages(sender: str, get: Get) -> Iterator[dict[str, object]]:
    """Go through the rows of one sender until a page is not full."""
    offset = 0
    while True:
        try:
            rows = list(bindings(json.loads(get(address(sender, offset)))))
            items = {found[0] for row in rows if (found := ENTITY.search(plain(row).get("item", "")))}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            remedy = "Delete the copy of it in the cache (the folder wikidata in LEGATION_CACHE), and try again later."
            raise refused("Wikidata", f"answered {sender} with no results: {error}", remedy) from error
        yield from rows
        if len(items) < PAGE:
            return
        offset += PAGE
