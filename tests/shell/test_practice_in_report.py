"""What a report says of absences that practice finds unusual."""

from dataclasses import replace

import pytest

from legation.cli.main import main
from legation.desk import cases, documents, proofs
from legation.errors import Finding, Severity
from legation.model import Track
from legation.planning.brief import Kind
from legation.programme.solver import Limits


def test_an_absence_that_the_plan_ends_is_not_told() -> None:
    """Of two States where practice would have us, the report of a plan that opens in one names the other."""
    opened = cases.open_case("ruritania")
    planned = proofs.best(opened, Limits())
    sites = {s.id: s.state for s in planned.problem.sites if s.track is Track.DIPLOMATIC}
    opens = {sites[m.site] for m in planned.plan.measures if m.kind is Kind.ESTABLISH and m.site in sites}
    here = min(opens)
    absent = tuple(Finding("practice-absent", Severity.NOTE, state, "Absent.", "Think.") for state in (here, "XXX"))
    other = Finding("another", Severity.NOTE, here, "Else.", "Think.")
    draft = replace(opened.draft, findings=(*absent, other))
    opened = replace(opened, draft=draft, findings=draft.findings)
    made = documents.paper(opened, planned)
    assert [(f.code, f.subject) for f in made.draft.findings] == [("practice-absent", "XXX"), ("another", here)]
    assert documents.absent_still(made) == absent[1:]
    assert documents.of_today(opened) == (other,)


def test_an_absence_is_told_after_the_plan_and_not_before(capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    """On the command line too: what the plan ends is not told at all, the rest once."""
    absences = tuple(Finding("practice-absent", Severity.NOTE, s, "Absent.", "Think.") for s in ("WHV", "XXX"))
    opened = cases.open_case("ruritania")
    absent = replace(opened, draft=replace(opened.draft, findings=absences), findings=absences)
    monkeypatch.setattr(cases, "open_case", lambda _: absent)
    for verb in (["plan"], ["report", "--format", "text"]):
        with pytest.raises(SystemExit):
            main([*verb, "ruritania"])
        told = capsys.readouterr().err
        assert told.count("note XXX: Absent.") + told.count("1 x practice-absent") == 1
        assert "WHV" not in told
