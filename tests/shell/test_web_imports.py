"""Imports over HTTP: lists of others, merged into a case on record as one revision, or refused as a whole."""

import gzip
import io
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import httpx
import pytest
from openpyxl import Workbook
from visitors import Door, Visitor, problem

from legation import codec
from legation.cases.case import Case
from legation.chancery.casefiles import case_with
from legation.errors import InvalidError
from legation.exchange.merging import Prefer
from legation.exchange.uploads import refuse_upload
from legation.review.people import Role
from legation.sources import read_case, write_case

KAZAKHSTAN = read_case("kazakhstan-2012")[0]
CASE = "/cases/kazakhstan-2012"
OMSK = "country,type,city,staff\nRussia,Consulate,Omsk,7\n"
ROSARIO = "country,type,city,staff\nArgentina,Consulate,Rosario,2\n"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 2**24


@pytest.fixture
def anna(door: Door) -> Visitor:
    """Let somebody in who may edit, with a case on record."""
    found = door.signed_in("anna", Role.PLANNER)
    assert found.post("/library/cases/kazakhstan-2012?reason=To learn").status_code == 201
    return found


def bring(visitor: Visitor, body: bytes | str, query: str = "", **headers: str) -> httpx.Response:
    """Send a list of posts."""
    said = {"Content-Type": "text/csv"} | {n.replace("_", "-"): text for n, text in headers.items()}
    path = f"{CASE}/imports?kind=posts&name=own.csv&reason=The list of May{query}"
    return visitor.post(path, content=body, headers=said)


def held(visitor: Visitor) -> Case:
    """Return the case as it is on record."""
    return codec.load(Case, visitor.get(CASE).text)


def staff(visitor: Visitor) -> int | None:
    """Return how many work at Omsk."""
    return next(post.staff for post in held(visitor).posts if post.seat.city == "Omsk")


def test_a_list_becomes_one_revision(anna: Visitor) -> None:
    """What is new is added, all else stays; what came of it is told as the verb tells it; again it says nothing new."""
    answer = bring(anna, ROSARIO)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["revision"]["reason"] == "The list of May"
    assert answer.headers["etag"] == f'"{made["revision"]["number"]}"'
    assert made["outcome"]["files"] == ["own.csv"]
    assert made["outcome"]["merged"]["changes"] == [
        {"table": "posts", "added": 1, "same": 0, "differing": 0, "replaced": 0}
    ]
    now = held(anna)
    (new,) = [post for post in now.posts if post.seat.city == "Rosario"]
    assert (new.seat.state, new.staff) == ("ARG", 2)
    kept = type(now.posts)(tuple(p for p in now.posts if p != new))
    (*sources, own) = now.sources
    assert own.id == new.source
    assert replace(now, posts=kept, sources=tuple(sources)) == KAZAKHSTAN
    again = bring(anna, ROSARIO)
    assert (again.status_code, again.json()["revision"]) == (200, None)


def test_what_stands_there_is_replaced_by_who_read_it(anna: Visitor) -> None:
    """The case's value stays unless the new is preferred, which takes the ETag of the case."""
    kept = bring(anna, OMSK)
    assert (kept.status_code, kept.json()["revision"]) == (200, None)
    (found,) = kept.json()["outcome"]["findings"]
    assert (found["code"], found["file"], found["column"], found["value"]) == (
        "differing-row",
        "posts.csv",
        "staff",
        "7",
    )
    assert found["remedy"]
    assert problem(bring(anna, OMSK, "&prefer=new")) == (428, "precondition-needed")
    assert problem(bring(anna, OMSK, "&prefer=new", If_Match='"1"')) == (412, "precondition-failed")
    assert problem(bring(anna, ROSARIO, If_Match='"1"')) == (412, "precondition-failed")
    dry = bring(anna, OMSK, "&prefer=new&dry=true")
    assert (dry.status_code, dry.json()["revision"]) == (200, None)
    assert dry.json()["outcome"]["merged"]["changes"][0]["replaced"] == 1
    assert staff(anna) is None
    tag = anna.get(CASE).headers["etag"]
    assert bring(anna, OMSK, "&prefer=new", If_Match=tag).status_code == 201
    assert staff(anna) == 7


def test_every_fault_is_told_at_once(anna: Visitor) -> None:
    """With file, row, column, value and remedy; nothing is taken, unless such rows are left out."""
    wrong = f"{ROSARIO}Ruthenia,Consulate,Bar,1\nPeru,Consulat,,1\nChile,Consulate,Arica,=1+1\n"
    answer = bring(anna, wrong)
    assert problem(answer) == (422, "invalid")
    found = answer.json()["findings"]
    places = [(f["file"], f["row"], f["column"], f["value"]) for f in found]
    assert places == [
        ("own.csv", 3, "country", "Ruthenia"),
        ("own.csv", 4, "type", "Consulat"),
        ("own.csv", 5, "staff", "=1+1"),
    ]
    assert all(f["remedy"] for f in found)
    assert held(anna) == KAZAKHSTAN
    assert bring(anna, wrong, "&leave_out=true").status_code == 201
    assert {p.seat.city for p in held(anna).posts} - {p.seat.city for p in KAZAKHSTAN.posts} == {"Rosario"}


def test_an_import_with_a_key_is_done_once(anna: Visitor) -> None:
    """Sent again, it is answered as before."""
    first, again = (bring(anna, ROSARIO, Idempotency_Key="k1") for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert problem(bring(anna, OMSK, Idempotency_Key="k1")) == (422, "key-reused")


def test_what_is_no_file_of_a_kind_is_refused(anna: Visitor, door: Door) -> None:
    """Another kind, another ending than its type says, no table, a path for a name, a case that is not there."""
    path = f"{CASE}/imports?reason=x&name=own.csv"
    csv = {"Content-Type": "text/csv"}
    assert problem(anna.post(f"{path}&kind=post", content="a", headers=csv)) == (404, "not-found")
    assert problem(bring(anna, b"\x00", Content_Type="application/pdf")) == (415, "unsupported-media")
    misnamed = bring(anna, b"PK", Content_Type=XLSX)
    assert problem(misnamed) == (422, "invalid")
    assert misnamed.json()["findings"][0]["column"] == "name"
    assert problem(bring(anna, b"\x00\x01")) == (422, "invalid")
    for name in ("..%2Fown.csv", "a%5Cown.csv", "a%00.csv", "x" * 61 + ".csv"):
        bad = anna.post(f"{CASE}/imports?reason=x&kind=posts&name={name}", content="a", headers=csv)
        assert problem(bad) == (422, "invalid"), name
    longest = anna.post(f"{CASE}/imports?reason=x&kind=posts&name={'字' * 56}.csv", content=ROSARIO, headers=csv)
    assert longest.status_code == 201, longest.text
    other = anna.post("/cases/nothing/imports?reason=x&kind=posts&name=a.csv", content=ROSARIO, headers=csv)
    assert problem(other) == (404, "not-found")
    reader = door.signed_in("rita", Role.READER)
    assert problem(bring(reader, ROSARIO)) == (403, "forbidden")
    kinds = {line["name"] for line in reader.get("/library/imports").json()}
    assert {"posts", "wikidata", "cow"} <= kinds


def packed(files: dict[str, bytes]) -> bytes:
    """Pack files."""
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def book(*rows: tuple[Any, ...]) -> bytes:
    """Write a workbook."""
    made, body = Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(body)
    return body.getvalue()


POSTS = book(("country", "type", "city"), ("Argentina", "Consulate", "Rosario"))
DECLARES = packed({"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'})


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("own.csv", ROSARIO.encode()),
        ("own.xlsx", POSTS),
        ("own.zip", packed({"own.csv": ROSARIO.encode()})),
        ("own.zip", packed({"own.xlsx": POSTS})),
        ("own.csv.gz", gzip.compress(ROSARIO.encode())),
    ],
    ids=["csv", "workbook", "zip", "workbook-in-zip", "gz"],  # of bytes they would differ from second to second
)
def test_a_list_comes_packed_or_not(name: str, body: bytes) -> None:
    """The same post, whatever it came in."""
    merged, outcome = case_with(KAZAKHSTAN, (name, body), "posts", Prefer.OLD, most=MOST)
    assert outcome.errors == 0
    assert [p.seat.city for p in merged.posts if p not in set(KAZAKHSTAN.posts)] == ["Rosario"]


def test_formulas_of_a_workbook_are_not_taken() -> None:
    """Only what the program that saved it worked out; here there is none."""
    body = book(("country", "type", "city"), ("Argentina", "Consulate", '=HYPERLINK("http://x")'))
    merged, _ = case_with(KAZAKHSTAN, ("own.xlsx", body), "posts", Prefer.OLD, most=MOST)
    assert not [post for post in merged.posts if "HYPERLINK" in post.seat.city]


@pytest.mark.parametrize(
    ("suffix", "body", "why"),
    [
        (".zip", packed({"own.csv": b"0" * 2**23}), "grow"),
        (".gz", gzip.compress(b"0" * 2**23), "grow"),
        (".gz", gzip.compress(b"".join(n.to_bytes(4, "big") for n in range(2**22 + 1))), "unpacked it would have"),
        (".gz", b"\x1f\x8b\x08 and no more", "damaged"),
        (".xlsx", packed({"xl/sheet.xml": b"0" * 2**23}), "grow"),
        (".xlsx", DECLARES, "declares"),
        (".zip", packed({"own.xlsx": DECLARES}), "declares"),
        (".zip", packed({"own.xlsx": packed({"xl/sheet.xml": b"0" * 2**23})}), "grow"),
        (".zip", packed({"a/own.zip": packed({"own.csv": b""})}), "packed once more"),
        (".zip", packed({"own.csv.gz": b""}), "packed once more"),
        (".zip", packed({"../own.csv": b""}), "leads out"),
        (".zip", packed({f"{n}.csv": b"" for n in range(501)}), "in 501 files"),
    ],
)
def test_files_made_to_do_harm_are_refused(suffix: str, body: bytes, why: str) -> None:
    """Before anything of them is read, workbooks in archives too."""
    with pytest.raises(InvalidError, match=why):
        refuse_upload(body, suffix, MOST)


def test_workbooks_in_one_archive_count_together() -> None:
    """Each may be small enough, and all of them too large."""
    noise = b"".join(n.to_bytes(4, "big") for n in range(2**20))
    one = packed({"xl/sheet.bin": noise})
    refuse_upload(packed({"a.xlsx": one}), ".zip", 2 * len(noise))
    with pytest.raises(InvalidError, match="unpacked it would have"):
        refuse_upload(packed({"a.xlsx": one, "b.xlsx": one, "c.xlsx": one}), ".zip", 2 * len(noise))


def test_a_case_that_is_written_and_read_for_a_merge_says_the_same(tmp_path: Path) -> None:
    """Else an import would change what it has nothing to do with."""
    write_case(KAZAKHSTAN, tmp_path / "case")
    assert codec.digest(read_case(tmp_path / "case")[0]) == codec.digest(KAZAKHSTAN)
