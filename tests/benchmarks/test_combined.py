"""Three departments with combined workbooks and with a file for each form: both reviews have the same findings."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Final

import pytest

from benchmarks.desk import combined, desk
from benchmarks.desk.combined import WRITTEN, Comparison, differences
from tests.batches.folders import EPOCH, InlinePool
from xltool.batches import reading, side_inputs

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")  # openpyxl's, of data bars
KINDS: Final = ("附件1项目决算数多了10万元", "得分高于分值", "没有签字也没有写措施，只改一半")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Comparison]:
    """Both rounds at both desks, in this process."""
    troubles = [trouble for trouble in WRITTEN if trouble.name in KINDS]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "Pool", InlinePool)
        patch.setattr(side_inputs, "Pool", InlinePool)
        patch.setattr(os, "cpu_count", lambda: 1)
        for module in (desk, combined):
            patch.setattr(module, "ROWS", 3)  # as many as the filings have
        patch.setenv("SOURCE_DATE_EPOCH", EPOCH)
        comparison = Comparison(tmp_path_factory.mktemp("两种"), len(KINDS), troubles)
        comparison.play()
        yield comparison


@pytest.mark.parametrize("round_", [0, 1])
def test_one_workbook_or_several_have_the_same_findings(played: Comparison, round_: int) -> None:
    """By department, form, rule, field and severity; and the same departments are complete."""
    assert len({key.rule for key in played.findings(played.desks[0], round_)}) > 3
    assert differences(played, round_) == []


def test_a_finding_that_only_one_review_has_is_seen(played: Comparison) -> None:
    """Without an error in one of the reviews, they differ."""
    path = played.desks[0].results[0] / "findings.json"
    before = path.read_text(encoding="utf-8")
    data = json.loads(before)
    data["findings"].remove(next(finding for finding in data["findings"] if finding["rule"] == "S-08"))
    path.write_text(json.dumps(data), encoding="utf-8")
    try:
        assert [line[:6] for line in differences(played, 0)] == ["只在分表的："]
    finally:
        path.write_text(before, encoding="utf-8")
