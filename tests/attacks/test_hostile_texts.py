"""Texts that make patterns and comparisons explode: a form and a narrative report of them are judged all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

import xltool
from tests.support.filled import cell_of, filled
from tests.support.reports import seed_report
from tests.support.workbook_editor import WorkbookEditor

if TYPE_CHECKING:
    from pathlib import Path

MOST_CHARACTERS: Final = 32_000
"""Of a cell, which holds 32,767."""
SECONDS: Final = 20
"""Longer than judging takes on a busy machine, and far less than an exponential pattern does."""
PHRASES: Final = {
    "words that measure": "数量",
    "words that are two others": "部门整体",
    "words of time that overlap": "2023年全年",
    "digits without a break": "1",
    "groups of thousands": "1,000",
    "amounts without a unit": "12万元1",
    "opening brackets": "（",
    "brackets in brackets": "（1）(",
    "quotes without an end": "“数量",
    "numbered headings": "（一）1.",
    "full-width spaces": "\u3000 ",
    "clauses without a stop": "支出12万，",
}


@pytest.mark.parametrize("phrase", PHRASES.values(), ids=PHRASES)
def test_a_text_of_one_phrase_is_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, phrase: str) -> None:
    """As both long texts of 附件2 and as a report beside it: nothing is left unjudged (W-27) or unread (W-19)."""
    monkeypatch.setenv("XLTOOL_SECONDS", str(SECONDS))
    text = (phrase * MOST_CHARACTERS)[:MOST_CHARACTERS]
    editor = WorkbookEditor(filled(tmp_path / "附件2.xlsx", "附件2"))
    for key in ("预期目标", "实际完成情况"):
        editor.put("附件2", cell_of("附件2", key), text)
    form = editor.save(tmp_path / "附件2.xlsx")
    report = tmp_path / "自评报告.txt"
    report.write_text("\n".join([*seed_report(), text, text]), encoding="utf-8")
    result = xltool.audit(form, report)
    assert len(result.submissions) == 1
    assert not {"W-19", "W-27"} & set(result.findings["rule"])
