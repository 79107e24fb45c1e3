"""Rules of the foot, which all forms share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.findings import Severity
from xltool.forms import foot
from xltool.rules.model import Check, check, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_DAYS = 366
"""Days after the end of a year in which its forms are filled in."""
WARNING = Severity.WARNING


@rule(
    "A1-34",
    "表尾填写齐全",
    severity=WARNING,
    basis="各表表尾",
    good=[{foot.filler: "某某", foot.filed_on: "2024-06-12", foot.phone: "0000000", foot.signature: "某某"}],
    bad=[{foot.filler: "某某", foot.filed_on: "2024-06-12", foot.phone: "0000000", foot.signature: None}],
    grouped=True,
)
def foot_complete() -> Iterator[Check]:
    """表尾{item}未填。

    补填后由单位负责人签字再报送。
    """
    for field in (foot.filler, foot.filed_on, foot.phone, foot.signature):
        yield check(field, field.filled)


@rule(
    "A1-35",
    "填报日期在年度终了之后",
    severity=WARNING,
    basis="决算数在年度终了后才有",
    good=[{foot.filed_on: 45455, foot.year_end: 45291}],  # 2024-06-12 and 2023-12-31, as spreadsheets count days
    bad=[{foot.filed_on: 45089, foot.year_end: 45291}, {foot.filed_on: 45731, foot.year_end: 45291}],  # 2025-03-15
)
def filed_after_year_end() -> Check:
    """填报日期 {filed} 不在年度终了后的一年之内。

    早了还没有决算数，晚了多半写错年份：核对填报日期。
    """
    in_time = (foot.filed_on > foot.year_end) & (foot.filed_on <= foot.year_end + MOST_DAYS)
    return check(foot.filed_on, in_time)
