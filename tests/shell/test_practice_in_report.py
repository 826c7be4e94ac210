"""What a report says of absences that practice finds unusual."""

from dataclasses import replace

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
    told = documents.paper(replace(opened, draft=draft), planned).draft.findings
    assert [(f.code, f.subject) for f in told] == [("practice-absent", "XXX"), ("another", here)]
