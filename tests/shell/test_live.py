"""Fetching: polite, patient, from the cache where it can, and clear where it cannot; against a server of our own."""

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from legation.errors import NotFoundError, RefusedError
from legation.exchange.live import Fetcher, cache_folder


class Service(ThreadingHTTPServer):
    """Answers by a script: for each path what it does, one after the other; the last for ever."""

    def __init__(self, script: dict[str, list[Any]]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script = script
        self.asked: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["User-Agent"]))
        plan = self.server.script.get(self.path, [404])
        act = plan.pop(0) if len(plan) > 1 else plan[0]
        code, headers = act if isinstance(act, tuple) else (act if isinstance(act, int) else 200, {})
        body = act if isinstance(act, bytes) else b""
        self.send_response(code)
        for name, said in headers.items():
            self.send_header(name, said)
        if act == b"DROP":
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"half")
            self.close_connection = True
            return
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def serve() -> Iterator[Any]:
    """Start services, and stop them in the end."""
    started: list[Service] = []

    def start(script: dict[str, list[Any]]) -> Service:
        service = Service(script)
        Thread(target=service.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        started.append(service)
        return service

    yield start
    for service in started:
        service.shutdown()
        service.server_close()


def fetcher(folder: Path, waits: list[float] | None = None, **more: Any) -> Fetcher:
    return Fetcher("kind", folder=folder, sleep=(waits if waits is not None else []).append, **more)


def test_a_page_is_asked_for_once_and_then_taken_from_the_cache(serve: Any, tmp_path: Path) -> None:
    """A second run asks nothing; we say who we are."""
    service = serve({"/a": [b"page"]})
    assert fetcher(tmp_path).get(f"{service.url}/a") == b"page"
    assert fetcher(tmp_path).get(f"{service.url}/a") == b"page"
    ((path, agent),) = service.asked
    assert path == "/a"
    assert agent.startswith("legation/")


def test_a_page_that_could_not_be_read_is_asked_for_again(serve: Any, tmp_path: Path) -> None:
    """A service that breaks off with a good status does not spoil the cache for a week."""
    service = serve({"/a": [b'{"half', b"whole"]})
    fetching = fetcher(tmp_path)
    fetching.get(f"{service.url}/a")
    fetching.forget()
    assert fetching.get(f"{service.url}/a") == b"whole"


def test_an_old_copy_is_asked_for_again(serve: Any, tmp_path: Path) -> None:
    """A copy is good for as long as it is said to be."""
    service = serve({"/a": [b"old", b"new"]})
    assert fetcher(tmp_path).get(f"{service.url}/a") == b"old"
    assert fetcher(tmp_path, fresh=0.0).get(f"{service.url}/a") == b"new"


def test_a_busy_service_is_given_the_time_it_asks_for(serve: Any, tmp_path: Path) -> None:
    """Retry-After is kept in seconds and as a moment; without it we wait longer each time."""
    moment = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 40))
    busy = [(429, {"Retry-After": "7"}), (503, {"Retry-After": moment}), (500, {}), b"page"]
    service, waits = serve({"/a": busy}), list[float]()
    assert fetcher(tmp_path, waits, pause=0.0).get(f"{service.url}/a") == b"page"
    assert waits[0] == 7
    assert 30 < waits[1] <= 40
    assert waits[2] == 8
    assert len(service.asked) == 4


def test_a_pause_lies_between_two_requests(serve: Any, tmp_path: Path) -> None:
    """Two pages at once would not be polite."""
    service, waits = serve({"/a": [b"1"], "/b": [b"2"]}), list[float]()
    fetching = fetcher(tmp_path, waits, pause=30.0)
    fetching.get(f"{service.url}/a")
    fetching.get(f"{service.url}/b")
    (wait,) = waits
    assert 25 < wait <= 30


def test_an_answer_that_breaks_off_is_asked_for_again(serve: Any, tmp_path: Path) -> None:
    """Half a page is no page, and never reaches the cache."""
    service = serve({"/a": [b"DROP", b"whole"]})
    assert fetcher(tmp_path).get(f"{service.url}/a") == b"whole"
    assert len(service.asked) == 2


def test_a_broken_run_goes_on_where_it_stopped(serve: Any, tmp_path: Path) -> None:
    """What was fetched before the service gave up is not asked for again."""
    service = serve({"/1": [b"one"], "/2": [503, 503, b"two"]})
    first = fetcher(tmp_path, tries=2)
    assert first.get(f"{service.url}/1") == b"one"
    with pytest.raises(RefusedError, match="503") as error:
        first.get(f"{service.url}/2")
    assert "legation import kind FILE" in error.value.hint
    again = fetcher(tmp_path)
    assert [again.get(f"{service.url}/{n}") for n in (1, 2)] == [b"one", b"two"]
    assert [path for path, _ in service.asked] == ["/1", "/2", "/2", "/2"]


@pytest.mark.parametrize(("code", "kind"), [(404, NotFoundError), (403, RefusedError), (400, RefusedError)])
def test_a_refusal_is_not_argued_with(code: int, kind: type[Exception], serve: Any, tmp_path: Path) -> None:
    """It is asked once, and the way out is to download by hand."""
    service = serve({"/a": [code]})
    with pytest.raises(kind, match=str(code)):
        fetcher(tmp_path).get(f"{service.url}/a")
    assert len(service.asked) == 1


def test_without_internet_the_remedy_is_told_at_once(tmp_path: Path) -> None:
    """No host, no waiting."""
    waits: list[float] = []
    with pytest.raises(NotFoundError, match="cannot be reached") as error:
        fetcher(tmp_path, waits).get("http://127.0.0.1:9/a")
    assert waits == []
    assert "Download the file by hand" in error.value.hint
    with pytest.raises(NotFoundError, match="no address"):
        fetcher(tmp_path).get("file:///etc/passwd")


def test_a_place_that_cannot_be_written_is_no_reason_to_fail(serve: Any, tmp_path: Path) -> None:
    """Without a cache it is slower, that is all."""
    (tmp_path / "kind").write_text("a file where the folder would be")
    service = serve({"/a": [b"page"]})
    assert fetcher(tmp_path).get(f"{service.url}/a") == b"page"


def test_where_pages_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where it is said, else in the user's cache."""
    monkeypatch.setenv("LEGATION_CACHE", str(tmp_path / "here"))
    assert cache_folder() == tmp_path / "here"
    monkeypatch.delenv("LEGATION_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder().name == "legation"
