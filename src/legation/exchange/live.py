"""Live: addresses fetched politely: one at a time, with pauses, from the cache where there is a fresh copy.

A page that was fetched is kept on disk under its address, so that a run that broke off goes on where it stopped without
asking again. The cache lies in the user's cache directory, or where LEGATION_CACHE says; it may be deleted at any time.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from hashlib import sha256
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from legation import __version__
from legation.errors import NotFoundError, RefusedError

Get = Callable[[str], bytes]
"""What fetches an address."""

AGENT = f"legation/{__version__} (planning of a diplomatic network; reads one page at a time)"
AGAIN = {429, 500, 502, 503, 504}
LONGEST = 300.0  # seconds that a service may ask to wait


def cache_folder() -> Path:
    """Return where pages are kept."""
    named = os.environ.get("LEGATION_CACHE")
    if named:
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "legation"
    base = Path.home() / "Library/Caches" if sys.platform == "darwin" else Path.home() / ".cache"
    return Path(os.environ.get("XDG_CACHE_HOME", base)) / "legation"


@dataclass
class Fetcher:
    """Fetches addresses of one kind.

    tell: hears of every page that is asked for and of every wait
    pause: seconds between two requests; tries: how often one page is asked for; fresh: seconds that a copy stays good
    timeout: seconds without an answer; folder: of the cache; sleep: what waits
    """

    kind: str
    tell: Callable[[str], None] = lambda _: None
    pause: float = 1.0
    tries: int = 5
    fresh: float = 7 * 86400.0
    timeout: float = 90.0
    folder: Path = field(default_factory=cache_folder)
    sleep: Callable[[float], None] = time.sleep
    pages: int = 0
    _last: float = 0.0
    _place: Path | None = None

    def get(self, address: str) -> bytes:
        """Return what stands at an address.

        Raises NotFoundError where it is not there or there is no internet, RefusedError where the service refuses.
        """
        if urlsplit(address).scheme not in ("http", "https"):
            raise NotFoundError(f"'{address}' is no address on the web.", hint="It begins with https://.")
        self.pages += 1
        place = self.folder / self.kind / sha256(address.encode()).hexdigest()
        self._place = place
        kept = self._kept(place)
        if kept is None:
            self.tell(f"Fetching page {self.pages} from {urlsplit(address).netloc}")
            kept = self._fetched(address)
            _keep(place, kept)
        return kept

    def forget(self) -> None:
        """Drop the last page, which could not be read, from the cache: some services break off with a good status."""
        if self._place:
            self._place.unlink(missing_ok=True)

    def _kept(self, place: Path) -> bytes | None:
        try:
            return place.read_bytes() if time.time() - place.stat().st_mtime < self.fresh else None
        except OSError:
            return None

    def _fetched(self, address: str) -> bytes:
        """Ask until there is an answer: slower each time, and as slowly as the service asks for."""
        for attempt in range(1, self.tries + 1):
            self._rest()
            try:
                return self._asked(address)
            except HTTPError as error:
                with error:
                    if error.code not in AGAIN or attempt == self.tries:
                        raise self._refusal(address, error.code) from error
                    wait = _wished(error.headers.get("Retry-After", ""), 2.0**attempt)
            except (URLError, HTTPException, OSError) as error:
                if attempt == self.tries or _is_offline(error):
                    raise self._unreachable(address, error) from error
                wait = 2.0**attempt
            self.tell(f"{urlsplit(address).netloc} is busy; waiting {wait:.0f} s")
            self.sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _asked(self, address: str) -> bytes:
        request = Request(address, headers={"User-Agent": AGENT, "Accept": "application/json"})  # noqa: S310 - checked above
        with urlopen(request, timeout=self.timeout) as answer:  # noqa: S310
            return bytes(answer.read())

    def _rest(self) -> None:
        """Leave a pause between requests."""
        passed = time.monotonic() - self._last
        if self._last and passed < self.pause:
            self.sleep(self.pause - passed)
        self._last = time.monotonic()

    @property
    def _by_hand(self) -> str:
        return f"Download the file by hand, and: legation import {self.kind} FILE. What was fetched so far is kept."

    def _refusal(self, address: str, code: int) -> RefusedError | NotFoundError:
        host = urlsplit(address).netloc
        if code in (404, 410):
            return NotFoundError(f"{host} has nothing at {address} ({code}).", hint=self._by_hand)
        return RefusedError(f"{host} refuses to answer ({code}).", hint=self._by_hand)

    def _unreachable(self, address: str, error: Exception) -> NotFoundError:
        said = getattr(error, "reason", None) or error
        return NotFoundError(f"{urlsplit(address).netloc} cannot be reached: {said}.", hint=self._by_hand)


def _keep(place: Path, page: bytes) -> None:
    """Keep a page in one step, so that a broken run leaves no half of it; without a writable disk, do without."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_suffix(".new")
        fresh.write_bytes(page)
        fresh.replace(place)
    except OSError:
        return


def _wished(header: str, otherwise: float) -> float:
    """Return the seconds that a service asks to wait, in seconds or as a moment."""
    if header.strip().isdecimal():
        return min(float(header), LONGEST)
    try:
        return min(max(parsedate_to_datetime(header).timestamp() - time.time(), 0.0), LONGEST)
    except ValueError:
        return otherwise


def _is_offline(error: Exception) -> bool:
    """Tell whether there is no way to the host at all, so that asking again is of no use."""
    from socket import gaierror

    return isinstance(getattr(error, "reason", None), gaierror | ConnectionRefusedError)
