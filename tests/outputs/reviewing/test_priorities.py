"""What a desk acts on first: the priority of a finding."""

from __future__ import annotations

import pytest

from tests.outputs.reviewed import SAMPLES, audited
from xltool.findings import Finding, Severity
from xltool.outputs.reviewing.priorities import FORMAL, IN_DOUBT, Priority, priority_of
from xltool.rules.catalogue import RULES


def finding(
    severity: Severity,
    rule: str = "A1-10",
    field: str | None = None,
    sides: tuple[str | None, str | None] = (None, None),
) -> Finding:
    """A finding of a rule on a field, with the filed and the expected value."""
    return Finding(rule, severity, "甲.xlsx", "", "", "", field=field, actual=sides[0], expected=sides[1])


@pytest.mark.parametrize(
    ("given", "priority"),
    [
        (finding(Severity.ERROR, "A1-34"), Priority.WRONG),
        (finding(Severity.WARNING, sides=("8分", "7.2分")), Priority.DOUBTFUL),
        (finding(Severity.WARNING, "X-01"), Priority.DOUBTFUL),
        (finding(Severity.WARNING, "S-34", "得分"), Priority.DOUBTFUL),
        (finding(Severity.WARNING, "A1-10", "三公经费_本年决算数"), Priority.MONEY),
        (finding(Severity.WARNING, "A1-05", "控制率"), Priority.MONEY),
        (finding(Severity.WARNING, "A1-16", "本年决算数"), Priority.MONEY),
        (finding(Severity.WARNING, "A2-17", "实际完成情况"), Priority.OTHER),
        (finding(Severity.WARNING, "W-04", "总分_得分", ("95分", "95分")), Priority.MINOR),
        (finding(Severity.WARNING, "W-13", sides=("未保护", "保护")), Priority.MINOR),
        (finding(Severity.INFO, "A1-33", "办公经费_本年决算数", ("9", "8")), Priority.MINOR),
    ],
)
def test_wrong_figures_come_before_money_and_money_before_the_rest(given: Finding, priority: Priority) -> None:
    """By severity, then by what is expected, then by the kind of the cell; what is about form only comes last."""
    assert priority_of(given) is priority


def test_the_named_rules_are_warnings() -> None:
    """A rule that became an info or an error, or that does not exist, has no place in the lists."""
    assert {RULES[code].severity for code in FORMAL | IN_DOUBT} == {Severity.WARNING}


def test_a_real_filing_leaves_half_to_act_on() -> None:
    """Of the 50 findings of the seed, the desk acts on 26; both errors come first."""
    folder = next(SAMPLES.glob("*原样"))
    findings = sorted(audited(sorted(folder.glob("*.xlsx")), folder).findings, key=priority_of)
    assert [finding.severity for finding in findings[:2]] == [Severity.ERROR, Severity.ERROR]
    counts = [sum(priority_of(finding) is priority for finding in findings) for priority in Priority]
    assert counts == [2, 7, 9, 8, 24]
