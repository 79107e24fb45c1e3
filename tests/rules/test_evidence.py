"""Evidence on the rules from real filings: a rule that is right too seldom is an info, and its page says how often."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from xltool.catalogue.explain import page
from xltool.findings import Severity
from xltool.rules import model
from xltool.rules.catalogue import RULES
from xltool.rules.evidence import Evidence, evidence_of
from xltool.rules.model import Check

if TYPE_CHECKING:
    from collections.abc import Callable

    from xltool.rules.model import Rule


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Callable[[Evidence | None], Rule]:
    """Register a rule of which real filings have this evidence."""

    def register(evidence: Evidence | None) -> Rule:
        monkeypatch.setattr(model, "registered", {})
        monkeypatch.setattr(model, "evidence_of", lambda _: evidence)
        known = RULES["A1-05"]
        check = Check(known.checks[0].at, known.checks[0].test, severity=Severity.WARNING)
        rule = replace(known, code="A1-99", severity=Severity.ERROR, checks=(check,))
        assert model.register_rule(rule) is model.registered["A1-99"]
        return model.registered["A1-99"]

    return register


@pytest.mark.parametrize("evidence", [None, Evidence(1, 1), Evidence(5, 4), Evidence(10, 8)])
def test_a_rule_keeps_its_severity_where_it_is_right(
    registered: Callable[[Evidence | None], Rule], evidence: Evidence | None
) -> None:
    """Nothing is known of it, or it is right four times of five."""
    rule = registered(evidence)
    assert (rule.severity, rule.checks[0].severity) == (Severity.ERROR, Severity.WARNING)
    assert (rule.graded(None), rule.graded(Severity.WARNING)) == (Severity.ERROR, Severity.WARNING)


@pytest.mark.parametrize("evidence", [Evidence(1, 0), Evidence(4, 3), Evidence(9, 7)])
def test_a_rule_that_is_right_too_seldom_is_an_info(
    registered: Callable[[Evidence | None], Rule], evidence: Evidence
) -> None:
    """Neither a check nor a finding of its own severity makes more of it, and its page says why."""
    rule = registered(evidence)
    assert (rule.severity, rule.checks[0].severity) == (Severity.INFO, None)
    assert rule.graded(Severity.ERROR) is Severity.INFO
    assert f"真实报送 {evidence.spoke} 次提示，{evidence.right} 次属实；不足八成" in page(rule)


def test_pages_say_how_often_a_rule_was_right(registered: Callable[[Evidence | None], Rule]) -> None:
    """Where it has spoken on real filings; a rule that has not says nothing of it."""
    assert "真实报送 5 次提示，4 次属实\n" in page(registered(Evidence(5, 4)))
    assert "真实报送" not in page(registered(None))


def test_a_file_that_cannot_be_read_stays_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often a form was not recognised: the contract says so."""
    monkeypatch.setattr(model, "registered", {})
    monkeypatch.setattr(model, "evidence_of", lambda _: Evidence(4, 1))
    assert model.register_rule(replace(RULES["W-19"])).severity is Severity.ERROR


def test_evidence_is_of_rules_of_the_catalogue() -> None:
    """Every figure of the file is possible, and of a rule that there is."""
    measured = {code: evidence_of(code) for code in RULES if evidence_of(code) is not None}
    assert measured
    for code, evidence in measured.items():
        assert evidence is not None
        assert (code, 0 <= evidence.right <= evidence.spoke) == (code, evidence.spoke > 0)
