"""The order of findings in the lists of the workbook."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.outputs.small_review import filing, finding, review
from xltool.findings import Severity
from xltool.outputs.reviewing.finding_order import FindingOrder, acted_on
from xltool.outputs.reviewing.priorities import Priority, priority_of

if TYPE_CHECKING:
    from xltool.outputs.model import Review


def mixed() -> Review:
    """Errors, warnings and hints of two filings and of a file without a filing, in the order of their files."""
    none = {"submission": None, "sheet": None, "cell": None}
    return replace(
        review(),
        filings=(filing(2), filing(1)),
        findings=(
            finding(2, "单位1/附件1.xlsx"),
            finding(0, "单位1/附件1.xlsx"),
            finding(1, "单位1/附件3.xlsx", submission=None, expected=None),
            finding(2, "单位2/附件1.xlsx", submission="s2"),
            finding(0, "单位2/附件1.xlsx", submission="s2"),
            finding(1, "单位2/附件1.xlsx", submission="s2"),
            finding(0, "散件.xlsx", **none),
        ),
    )


def test_the_most_urgent_come_first_then_the_filings_in_their_order() -> None:
    """Errors of both filings and of the file of nobody, then what is in doubt, then money; hints are left out."""
    given = mixed()
    listed = list(acted_on(given, FindingOrder.of(given)))
    assert [number for number, _ in listed] == [4, 1, 6, 5, 2]
    assert [priority_of(finding) for _, finding in listed] == sorted(priority_of(finding) for _, finding in listed)


def test_first_rows_are_those_of_the_lists() -> None:
    """A filing's first row is where the list has it; a line stands above the minor findings of each filing."""
    order = FindingOrder.of(mixed())
    assert order.first_acted_on == {0: 1, 1: 2, 2: 3}
    assert order.first_minor == {0: 1, 1: 3}
    assert (order.count(Priority.MINOR), order.count(*Priority)) == (2, 7)


def test_counts_of_filings_add_up_to_the_counts_of_the_review() -> None:
    """Findings without a filing are counted as well, under the number after the last."""
    order = FindingOrder.of(mixed())
    for severity in Severity:
        assert sum(counts[severity] for counts in order.by_filing.values()) == order.severities[severity]
    assert order.by_filing[2] == {Severity.ERROR: 1}
    assert sum(order.hits[0].values()) == 3
