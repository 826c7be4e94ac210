"""Cases over HTTP: read as of a revision, written by who read the last one, sent and taken as files, told in pages."""

import io
import warnings
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from stat import S_IFLNK
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import httpx
import pytest
from visitors import RURITANIA, Door, Visitor, problem

from legation import codec
from legation.cases.case import Case
from legation.cases.scenarios import ScaleCeilings, Scenario
from legation.chancery.casefiles import CaseFile, case_in, case_out
from legation.desk import registry
from legation.errors import InvalidError
from legation.review.access import Permission
from legation.review.people import Role
from legation.settings import Settings
from legation.store import Store

OTHER = replace(RURITANIA, title="Another title")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"


def put(visitor: Visitor, case: Case, **headers: str) -> httpx.Response:
    """Write a case."""
    said = {name.replace("_", "-"): text for name, text in headers.items()}
    return visitor.put(f"/cases/{case.name}?reason=test", value=case, headers=said)


# Revisions


def test_a_case_is_written_read_and_read_as_it_was(door: Door) -> None:
    """Each writing is a revision with who and why, and each can be read back."""
    anna = door.signed_in("anna", Role.PLANNER)
    first = put(anna, RURITANIA, If_None_Match="*")
    assert (first.status_code, first.headers["etag"]) == (201, '"2"')
    assert (first.json()["actor"], first.json()["reason"]) == ("anna", "test")
    second = put(anna, OTHER, If_Match='"2"')
    assert (second.status_code, second.headers["etag"]) == (200, '"3"')
    read = anna.get("/cases/ruritania")
    assert codec.load("case", read.text) == OTHER
    assert read.headers["etag"] == '"3"'
    was = anna.get("/cases/ruritania?at=2")
    assert codec.load("case", was.text) == RURITANIA
    assert was.headers["etag"] == '"2"'
    assert anna.get("/cases").json()[0]["title"] == "Another title"
    assert anna.get("/cases?at=2").json()[0]["title"] == RURITANIA.title


def test_who_has_not_read_the_last_does_not_write(door: Door) -> None:
    """412 for an older revision or for what is there already, 428 for who does not say."""
    anna = door.signed_in("anna", Role.PLANNER)
    put(anna, RURITANIA, If_None_Match="*")
    put(anna, OTHER, If_Match='"2"')
    assert problem(put(anna, RURITANIA, If_Match='"2"')) == (412, "precondition-failed")
    assert problem(put(anna, RURITANIA, If_None_Match="*")) == (412, "precondition-failed")
    assert problem(put(anna, RURITANIA)) == (428, "precondition-needed")
    assert problem(put(anna, RURITANIA, If_Match="seven")) == (400, "usage")
    assert problem(put(anna, RURITANIA, If_Match="seven", If_None_Match="*")) == (400, "usage")
    assert problem(put(anna, replace(RURITANIA, name="new"), If_Match='"2"')) == (404, "not-found")
    assert put(anna, RURITANIA, If_Match='W/"3"').status_code == 200  # a proxy that packs the answer weakens the tag


def test_an_etag_is_that_of_what_was_read(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody writes just after a reader's case was read: the ETag is not that of the new writing."""
    anna = door.signed_in("anna", Role.PLANNER)
    put(anna, RURITANIA, If_None_Match="*")
    honest = registry.case_of

    def read_and_overtaken(store: Store, name: str, *, at: int | None = None) -> Case:
        found = honest(store, name, at=at)
        registry.record_case(store, OTHER, actor="bela", reason="meanwhile", at=datetime.now(UTC))
        return found

    monkeypatch.setattr(registry, "case_of", read_and_overtaken)
    read = anna.get("/cases/ruritania")
    assert codec.load("case", read.text) == RURITANIA
    assert read.headers["etag"] == '"2"'


def test_another_case_does_not_stand_in_the_way(door: Door) -> None:
    """The tag of a case is of what touched it, not of the whole record."""
    anna = door.signed_in("anna", Role.PLANNER)
    put(anna, RURITANIA, If_None_Match="*")
    put(anna, replace(RURITANIA, name="other"), If_None_Match="*")
    assert anna.get("/cases/ruritania").headers["etag"] == '"2"'
    assert put(anna, OTHER, If_Match='"2"').status_code == 200


def test_what_the_reader_has_is_not_sent_again(door: Door) -> None:
    """304 without a body, for any of the tags that are named."""
    tag = door.with_case()
    anna = door.signed_in("anna", Role.READER)
    for said in (tag, f"W/{tag}", f'"99", {tag}'):
        answer = anna.get("/cases/ruritania", headers={"If-None-Match": said})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    assert anna.get("/cases/ruritania", headers={"If-None-Match": '"99"'}).status_code == 200


def test_what_the_reader_has_is_not_even_read(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """304 costs no decoding: of a case, its file, and of what follows from it, until the case itself is changed."""
    door.with_case()
    editor, anna = door.signed_in("editor"), door.signed_in("anna", Role.READER)
    paths = [f"/cases/ruritania{part}" for part in ("", "/file", "/network", "/posts?limit=3", "/facts", "/questions")]
    tags = [anna.get(path).headers["etag"] for path in paths]
    less = Scenario("less", "ruritania", (ScaleCeilings(Decimal("0.9")),))
    written = editor.put("/cases/ruritania/scenarios/less", value=less, headers={"If-None-Match": "*"})
    assert written.status_code == 201, "which leaves the case as it was"
    with monkeypatch.context() as patch:
        patch.setattr(registry, "case_of", None)
        for path, tag in zip(paths, tags, strict=True):
            answer = anna.get(path, headers={"If-None-Match": tag})
            assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    put(editor, OTHER, If_Match=tags[0])
    for path, tag in zip(paths, tags, strict=True):
        assert anna.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_who_may_not_read_is_not_told_that_nothing_changed(door: Door) -> None:
    """What others have read before opens nothing to who may not, nor to a case that is not there."""
    tag = door.with_case()
    assert door.signed_in("anna", Role.READER).get("/cases/ruritania").status_code == 200
    lacking = door.program("bela", Role.PLANNER, scopes=[Permission.EDIT])
    known = {"If-None-Match": f'{tag}, "0"'}
    assert problem(lacking.get("/cases/ruritania", headers=known)) == (403, "forbidden")
    assert problem(door.stranger().get("/cases/ruritania", headers=known)) == (401, "sign-in-needed")
    assert problem(door.signed_in("anna").get("/cases/elsewhere", headers=known)) == (404, "not-found")


def test_a_case_is_called_as_its_address_says(door: Door) -> None:
    """Else it would be found under another name than it was put."""
    anna = door.signed_in("anna", Role.PLANNER)
    answer = anna.put("/cases/elsewhere?reason=x", value=RURITANIA, headers={"If-None-Match": "*"})
    assert problem(answer) == (422, "invalid")


def test_every_fault_of_a_body_is_told(door: Door) -> None:
    """With the path of its field, as strictly as a file of a case is read: a text is no number."""
    anna = door.signed_in("anna", Role.PLANNER)
    wrong = codec.dump(RURITANIA).replace('"sender": "RUR"', '"sendr": "RUR"').replace('"year": 2029', '"year": "2029"')
    answer = anna.put(
        "/cases/ruritania?reason=x", content=wrong, headers={"If-None-Match": "*", "Content-Type": "application/json"}
    )
    assert problem(answer) == (422, "invalid")
    columns = {finding["column"] for finding in answer.json()["findings"]}
    assert {"sendr", "prices.year"} <= columns
    for body, status in ((b"{", 422), (b"\xff", 400)):
        answer = anna.put(
            "/cases/x?reason=x", content=body, headers={"If-None-Match": "*", "Content-Type": "application/json"}
        )
        assert answer.status_code == status
    assert problem(anna.put("/cases/ruritania", value=RURITANIA, headers={"If-None-Match": "*"})) == (422, "invalid")


def test_what_is_not_there_is_said_with_what_may_be_meant(door: Door) -> None:
    """A problem after RFC 9457, for cases, revisions and addresses."""
    door.with_case()
    anna = door.signed_in("anna", Role.AUDITOR)
    answer = anna.get("/cases/ruritanja")
    assert problem(answer) == (404, "not-found")
    assert "ruritania" in answer.json()["detail"]
    for path in ("/revisions/99", "/differences?before=0&after=99", "/nothing", "/cases/a%00b"):
        assert anna.get(path).status_code in (404, 422), path
    assert problem(anna.post("/cases")) == (405, "method-not-allowed")
    assert problem(anna.get("/cases?limit=0")) == (422, "invalid")


# What a case says


def test_a_case_tells_what_the_verbs_tell(door: Door) -> None:
    """The network, the ledger, the appraisal, the open questions."""
    from legation.cases.drafting import draft
    from legation.desk import records

    door.with_case()
    anna = door.signed_in("anna", Role.READER)

    def told(path: str) -> Any:
        answer = anna.get(f"/cases/ruritania{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def same(value: object) -> Any:
        import json

        return json.loads(codec.dump(value))

    assert told("/network") == same(records.record(RURITANIA))
    assert told("/network?on=2010-01-01")["day"] == "2010-01-01"
    assert told("/reciprocity") == [same(line) for line in records.reciprocity(RURITANIA)]
    whole = draft(RURITANIA).appraisal
    assert told("/appraisal") == same(whole)
    one = whole.scores[0].interest
    assert {score["interest"] for score in told(f"/appraisal?interest={one}")["scores"]} == {one}
    assert told("/questions")
    assert told("/claims") == [same(judged) for judged in records.claims(RURITANIA)]
    assert {post["id"] for post in told("/posts")} == {p.id for p in RURITANIA.posts.on(RURITANIA.as_of)}
    assert told("/network/changes?first=2011-01-01&second=2029-01-01")["first"] == "2011-01-01"


def test_long_lists_come_in_pages(door: Door) -> None:
    """Each tells where the next is; together they are the list, without a gap and without a repetition."""
    door.with_case()
    anna = door.signed_in("anna", Role.AUDITOR)
    found: list[Any] = []
    path = "/cases/ruritania/facts?limit=4"
    pages = 0
    while path:
        answer = anna.get(path)
        found += answer.json()
        pages += 1
        link = answer.headers.get("link", "")
        assert len(answer.json()) <= 4
        path = link.partition(">")[0].removeprefix("</api/v1") if link else ""
    assert pages == -(-len(RURITANIA.facts) // 4)
    assert [f["subject"] for f in found] == [f.subject for f in RURITANIA.facts]
    some = RURITANIA.facts[0].attribute
    assert {f["attribute"] for f in anna.get(f"/cases/ruritania/facts?attribute={some}").json()} == {some}
    assert problem(anna.get("/cases/ruritania/facts?after=x")) == (400, "usage")


# The record


def test_the_record_tells_who_changed_what(door: Door) -> None:
    """Revisions, what one changed, what differs between two, and whether the chain holds."""
    anna = door.signed_in("anna", Role.PLANNER, Role.AUDITOR)
    put(anna, RURITANIA, If_None_Match="*")
    put(anna, replace(RURITANIA, name="other"), If_None_Match="*")
    put(anna, OTHER, If_Match='"2"')
    assert [r["number"] for r in anna.get("/revisions?case=ruritania").json()] == [2, 4]
    assert [r["number"] for r in anna.get("/revisions?after=2&limit=1").json()] == [3]
    changed = anna.get("/revisions/4").json()
    assert changed["revision"]["actor"] == "anna"
    assert [(d["kind"], d["scope"]) for d in changed["differences"]] == [("case", "ruritania")]
    assert anna.get("/differences?before=2&after=4&case=ruritania").json() == changed["differences"]
    assert anna.get("/verification").json()["broken"] is None
    with door.room.store.engine.begin() as connection:
        for (name,) in connection.exec_driver_sql("select name from sqlite_master where type = 'trigger'").all():
            connection.exec_driver_sql(f"drop trigger {name}")
        connection.exec_driver_sql("update revisions set actor = 'mallory' where number = 3")
    assert anna.get("/verification").json()["broken"]["revision"] == 3


def test_a_backup_is_taken_and_restores(door: Door, tmp_path: Any) -> None:
    """And nothing of it stays behind on the server."""
    from legation.store import Store

    door.with_case()
    answer = door.signed_in("anna", Role.AUDITOR).get("/backup")
    (tmp_path / "backup").write_bytes(answer.content)
    with Store.restored(tmp_path / "backup", tmp_path / "new.db") as restored:
        assert restored.head == door.room.store.head


# Requests that are sent twice


def test_a_request_with_a_key_is_done_once(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time it is answered as the first; another request with that key is refused."""
    from legation.web import access

    calls: list[str] = []
    group = access.routes("test")

    @group.post("/counted", status_code=201, dependencies=[access.SIGNED_IN])
    def counted(word: str) -> dict[str, int]:
        calls.append(word)
        if word == "bad":
            raise InvalidError("No.")
        return {"calls": len(calls)}

    door.app.router.routes.extend(group.routes)
    anna, boris = door.signed_in("anna", Role.PLANNER), door.signed_in("boris", Role.PLANNER)
    key = {"Idempotency-Key": "k1"}
    first, again = (anna.post("/counted?word=a", headers=key) for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json()) == (201, {"calls": 1})
    assert calls == ["a"]
    assert problem(anna.post("/counted?word=b", headers=key)) == (422, "key-reused")
    assert problem(anna.post("/counted?word=a", headers={**key, "If-Match": '"1"'})) == (422, "key-reused")
    assert boris.post("/counted?word=a", headers=key).json() == {"calls": 2}
    for _ in range(2):
        assert problem(anna.post("/counted?word=bad", headers={"Idempotency-Key": "k2"})) == (422, "invalid")
    assert calls == ["a", "a", "bad", "bad"]
    assert problem(anna.post("/counted?word=a", headers={"Idempotency-Key": "x" * 201})) == (400, "usage")


# Files


def archive(files: dict[str, bytes]) -> bytes:
    """Pack files."""
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
    return packed.getvalue()


def unpacked(body: bytes) -> dict[str, bytes]:
    """Unpack files."""
    with ZipFile(io.BytesIO(body)) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


@pytest.mark.parametrize(("kind", "media"), [("xlsx", XLSX), ("zip", ZIP)])
def test_a_case_travels_as_a_file_and_back(door: Door, kind: str, media: str) -> None:
    """What is taken and sent again says the same."""
    tag = door.with_case()
    anna = door.signed_in("anna", Role.PLANNER)
    taken = anna.get(f"/cases/ruritania/file?format={kind}")
    assert taken.headers["content-type"] == media
    assert taken.headers["content-disposition"] == f'attachment; filename="case.{kind}"'
    held = put(anna, OTHER, If_Match=tag).headers["etag"]
    sent = anna.put(
        "/cases/ruritania/file?reason=back", content=taken.content, headers={"Content-Type": media, "If-Match": held}
    )
    assert sent.status_code == 200, sent.text
    assert sent.json()["revision"]["reason"] == "back"
    assert codec.load("case", anna.get("/cases/ruritania").text) == RURITANIA


def test_faults_of_a_file_are_told_with_their_place(door: Door) -> None:
    """As the verbs tell them: file, row, column."""
    anna = door.signed_in("anna", Role.PLANNER)
    files = unpacked(case_out(RURITANIA, CaseFile.ZIP))
    files["facts.csv"] = files["facts.csv"].replace(b"2028", b"MMXXVIII", 1)
    headers = {"Content-Type": ZIP, "If-None-Match": "*"}
    answer = anna.put("/cases/ruritania/file?reason=x", content=archive(files), headers=headers)
    assert problem(answer) == (422, "invalid")
    assert answer.json()["findings"][0]["file"] == "facts.csv"
    assert answer.json()["findings"][0]["row"]
    other = {**headers, "Content-Type": "text/csv"}
    assert problem(anna.put("/cases/x/file?reason=x", content=b"a", headers=other)) == (415, "unsupported-media")


MOST = 2**24
BOMB = {"case.toml": b"0" * 2**23}
LOL = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'


@pytest.mark.parametrize(
    ("kind", "body", "why"),
    [
        (CaseFile.ZIP, b"no zip at all", "neither a workbook nor a zip"),
        (CaseFile.XLSX, b"PK\x03\x04 and no more", "neither a workbook nor a zip"),
        (CaseFile.ZIP, archive(BOMB), "grow"),
        (CaseFile.ZIP, archive({f"{n}.csv": b"0" * 2**20 for n in range(20)}), "unpacked it would have"),
        (CaseFile.ZIP, archive({f"{n}.txt": b"" for n in range(501)}), "in 501 files"),
        (CaseFile.ZIP, archive({"a/case.toml": b"", "b/facts.csv": b""}), "several folders"),
        (CaseFile.XLSX, archive({"xl/workbook.xml": LOL}), "declares"),
        (CaseFile.XLSX, archive({"xl/workbook.xml": LOL.decode().encode("utf-16")}), "declares"),
    ],
)
def test_files_made_to_do_harm_are_refused(kind: CaseFile, body: bytes, why: str) -> None:
    """Before anything of them is unpacked or understood."""
    with pytest.raises(InvalidError, match=why):
        case_in(body, kind, most=MOST)


CASE_FILES = unpacked(case_out(RURITANIA, CaseFile.ZIP))


def linked(name: str) -> bytes:
    """Pack a link."""
    packed = io.BytesIO()
    link = ZipInfo(name)
    link.external_attr = (S_IFLNK | 0o777) << 16
    with ZipFile(packed, "w") as zipped:
        zipped.writestr(link, "/etc/passwd")
    return packed.getvalue()


def twice(first: str, second: str) -> bytes:
    """Pack a case, and another file that is called as one of its own."""
    with warnings.catch_warnings(action="ignore"):
        packed = io.BytesIO(archive({first: b"", **CASE_FILES}))
        with ZipFile(packed, "a") as zipped:
            zipped.writestr(second, b"")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (archive({f"../../{name}": text for name, text in CASE_FILES.items()}), "leads out of its folder"),
        (archive({f"/{name}": text for name, text in CASE_FILES.items()}), "leads out of its folder"),
        (archive({f"C:\\{name}": text for name, text in CASE_FILES.items()}), "leads out of its folder"),
        (archive({f"a\\..\\{name}": text for name, text in CASE_FILES.items()}), "leads out of its folder"),
        (archive({"x\\facts.csv": b"", **CASE_FILES}), "several folders"),
        (linked("facts.csv"), "is a link"),
        (twice("case.toml", "CASE.toml"), "is there 2 times"),
    ],
)
def test_a_file_does_not_climb_out_of_its_folder(
    body: bytes, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paths, links, and two files of one name are refused, each is told, and nothing is written."""
    deep = tmp_path / "deep" / "deeper"
    deep.mkdir(parents=True)
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    with pytest.raises(InvalidError, match=why) as refused:
        case_in(body, CaseFile.ZIP, most=MOST)
    assert {found.code for found in refused.value.findings} == {"unusable-upload"}
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_a_damaged_file_is_refused() -> None:
    """Wherever it is damaged, there is an answer in words."""
    whole = case_out(RURITANIA, CaseFile.ZIP)
    for at in range(0, len(whole), 97):
        broken = bytearray(whole)
        broken[at] ^= 0xFF
        try:
            read, _ = case_in(bytes(broken), CaseFile.ZIP, most=MOST)
        except InvalidError:
            continue
        assert read == RURITANIA  # the byte says nothing


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-cmd", "@SUM(A1)"])
def test_no_text_comes_out_as_a_formula(text: str) -> None:
    """A zip of tables with such a text is refused; a workbook says that it is text, or is refused as well."""
    from openpyxl import load_workbook

    evil = replace(RURITANIA, facts=(replace(RURITANIA.facts[0], note=text), *RURITANIA.facts[1:]))
    with pytest.raises(InvalidError, match="formula"):
        case_out(evil, CaseFile.ZIP)
    if text.startswith("="):
        with pytest.raises(InvalidError, match="formula"):
            case_out(evil, CaseFile.XLSX)
        return
    book = load_workbook(io.BytesIO(case_out(evil, CaseFile.XLSX)))
    assert {cell.data_type for row in book["facts"] for cell in row if cell.value == text} == {"s"}


def test_numbers_below_zero_are_no_formulas() -> None:
    """They are written as they are."""
    cold = replace(RURITANIA, facts=(replace(RURITANIA.facts[0], value=-7.5), *RURITANIA.facts[1:]))
    read, _ = case_in(case_out(cold, CaseFile.ZIP), CaseFile.ZIP, most=MOST)
    assert read.facts[0].value == -7.5


# How much


def test_a_body_too_large_is_refused(tmp_path: Any) -> None:
    """By what it says of itself, and by what comes where it does not say."""
    from legation.store import Store

    where = str(tmp_path / "x.db")
    Store(where, create=True).close()
    door = Door(Settings(registry=where, upload_megabytes=1))
    anna = door.signed_in("anna", Role.PLANNER)
    headers = {"Content-Type": ZIP, "If-None-Match": "*"}
    large = b"0" * (2**20 + 1)
    assert problem(anna.put("/cases/x/file?reason=x", content=large, headers=headers)) == (413, "too-large")

    async def pieces() -> Any:
        for _ in range(17):
            yield b"0" * 2**16

    assert problem(anna.put("/cases/x/file?reason=x", content=pieces(), headers=headers)) == (413, "too-large")
    named = {**headers, "Content-Length": "many"}
    assert problem(anna.put("/cases/x/file?reason=x", content=b"", headers=named)) == (400, "usage")
    door.close()
