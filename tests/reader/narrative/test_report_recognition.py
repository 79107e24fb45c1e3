"""What is a narrative report, whose it is, and the numbers of its sentences."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING, Final

import pytest

from tests.reader.narrative.report_texts import PARTS, _report, _text
from tests.support.reports import (
    lines_of,
    write_report,
)
from xltool.reader.limits import LIMITS
from xltool.reader.narrative.amounts import amounts_in, compact_text
from xltool.reader.narrative.reading import NO_REPORT, report_in
from xltool.reader.reading import read_file
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.text.views import FilingView

TITLE: Final = "某县水利局2023年度部门整体支出绩效自评报告"
NOT_REPORTS: Final[dict[str, list[str]]] = {
    "a notice": ["关于开展2023年度绩效自评工作的通知", "各单位：", TITLE, *PARTS],
    "a notice about reports": ["关于报送2023年度部门整体支出绩效自评报告的通知", *PARTS],
    "minutes": ["某县水利局党组会议纪要", "一、听取绩效自评报告", *PARTS],
    "an outline": [f"{TITLE}（参考提纲）", *PARTS],
    "an explanation": ["README", TITLE, *PARTS],
    "parts without a title": PARTS,
    "a title alone": [TITLE],
    "an empty outline": [TITLE, *(line for line in PARTS if len(line) < 20), "五、改进措施", "六、其他"],
    "words without figures": [TITLE, *PARTS[:2], "认真执行预算，规范资金管理，严格审批程序。" * 8, *PARTS[3:]],
    "a sentence with the words": ["我局按时报送了绩效自评报告。", *PARTS],
    "another report": ["某县水利局2023年工作总结报告", *PARTS],
    "a quoted title": ["《某县水利局绩效自评报告》", *PARTS],
    "two parts": [TITLE, "一、基本情况", PARTS[2], "二、存在的问题"],
}


@pytest.mark.parametrize("name", NOT_REPORTS)
def test_what_is_not_taken_for_a_report(tmp_path: Path, name: str) -> None:
    """Documents that speak of reports are not audited, with a reason that says so."""
    lines = NOT_REPORTS[name]
    assert report_in(lines_of(lines), "", "") is None
    text = read_file(_text(tmp_path, "\n".join(lines).encode()), "说明.txt")
    assert (text.status, text.code, text.reason) == ("refused", "not_a_workbook", NO_REPORT)
    document = read_file(write_report(lines, tmp_path / "说明.docx"), "说明.docx")
    assert (document.status, document.code) == ("refused", "no_form")


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"\xff\xff\xff\x81", b" " * (LIMITS.text_file_size + 1)])
def test_a_file_called_txt_that_is_no_text(tmp_path: Path, content: bytes) -> None:
    """Empty, binary, in no encoding, too large: never a report, never a crash."""
    record = read_file(_text(tmp_path, content), "a.txt")
    assert record.status in {"skipped", "refused"}
    assert record.reason
    assert record.narrative_reports == []


def test_the_same_lines_with_a_title_are_a_report() -> None:
    """The lines above are refused for what each lacks, not for what they share."""
    assert _report([TITLE, *PARTS]).department == "某县水利局"


TITLES: Final = {
    "2023年度某县水利局部门整体支出绩效自评报告": ("某县水利局",),
    "某县水利局2023年整体支出绩效评价报告": ("某县水利局",),
    "某县水利局关于2023年度部门整体支出绩效自评情况的报告": ("某县水利局",),
    "2023年度部门整体支出绩效自评 报告": (),
    "某市2023年度部门整体支出绩效评价自评报告": (),
    "××局2023年度整体支出绩效自评报告": (),
    "2023年度水库除险项目支出绩效自评报告": (),
}


@pytest.mark.parametrize("title", TITLES)
def test_whose_report_it_is(title: str) -> None:
    """The title names the department; a region, a gap to fill in or a project is not its name."""
    report = _report([title, *PARTS])
    assert (report.names, report.year) == (TITLES[title], 2023)


@pytest.mark.parametrize(
    ("cover", "names"),
    [
        (["某县水利局", "2023年度部门整体支出绩效自评报告"], ("某县水利局",)),
        (["某市2023年度部门整体支出", "绩效评价自评报告", "部门(单位)名称：  某市水文站（盖章）"], ("某市水文站",)),
        (["附件4", "部门整体支出绩效自评报告", "（2023年度）", "填报单位：某县水利局"], ("某县水利局",)),
        (["部门整体支出绩效自评报告", "部门（单位）名称：", "2024年6月12日", "2023年度"], ()),
    ],
)
def test_a_cover_names_the_department_too(cover: list[str], names: tuple[str, ...]) -> None:
    """A title over two lines, and the line that says the name; the date of the report is not its year."""
    report = _report([*cover, *PARTS])
    assert (report.names, report.year) == (names, 2023)


def test_a_year_nobody_names_is_not_made_up() -> None:
    """Neither title nor text: None."""
    assert _report(["某县水利局部门整体支出绩效自评报告", *(line.replace("2023年", "") for line in PARTS)]).year is None


def _examples() -> list[FilingView]:
    return [view for rule in RULES.values() for views in rule.views for view in views if view.reports]


def test_examples_hold_what_the_reader_hands_over() -> None:
    """The numbers that rules' examples carry are those the reader finds in the same sentences."""
    paragraphs = [paragraph for view in _examples() for report in view.reports for paragraph in report.paragraphs]
    assert len(paragraphs) > 100
    for paragraph in paragraphs:
        assert compact_text(paragraph.text) == paragraph.text
        amounts = amounts_in(paragraph.text)
        assert [astuple(amount) for amount in amounts] == [
            pytest.approx(astuple(amount)) for amount in paragraph.amounts
        ]


@pytest.mark.parametrize(
    ("text", "value", "unit", "bound"),
    [
        ("1,403.07万元", 1403.07, "万元", ""),
        ("１２００万元", 1200, "万元", ""),
        ("约1.2亿元", 12000, "万元", "约"),
        ("500余万元", 500, "万元", "超"),
        ("近260万", 260, "万元", "近"),
        ("5亿", 50000, "万元", ""),
        ("不超过30万元", 30, "万元", "不足"),
        ("95.5 分", 95.5, "分", ""),
        ("12名", 12, "人", ""),
        ("99.08％", 0.9908, "%", ""),
    ],
)
def test_a_number_in_a_sentence(text: str, value: float, unit: str, bound: str) -> None:
    """Value in the forms' unit, and the word that says how it is meant."""
    (amount,) = amounts_in(compact_text(text))
    assert (amount.unit, amount.bound) == (unit, bound)
    assert amount.value == pytest.approx(value)


@pytest.mark.parametrize("text", ["2023年", "1200亩", "3个月", "第17届", "9" * 400 + "万元", "3分之一", "48人次"])
def test_what_is_no_number_of_ours(text: str) -> None:
    """Years, other units, and what is too long to be a number."""
    assert amounts_in(text) == ()
