"""What departments really send: five filings of other places, and bad input."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.reader.files.sent_files import FORMATS, Maker, compare, read, seed_rows, seed_values
from tests.support import filings
from tests.support.documents import Form, base_data_form, project_form, write_docx, write_xlsx
from tools.samples.checking import audited
from xltool.findings import Severity
from xltool.reader.reading import read_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from xltool.auditing.result import Audit

FLAGS: dict[tuple[str, str, str], tuple[str, Severity, str] | str] = {
    ("chizhou_tangxi_village_2022", "A3-05", "年度资金总额"): ("A3-05", Severity.ERROR, "年度资金总额_年初预算数"),
    ("chizhou_tangxi_village_2022", "A3-06", "执行率/得分"): ("A3-06", Severity.ERROR, "年度资金总额_执行率"),
    ("chizhou_tangxi_village_2022", "A2-19", "预期目标"): ("A2-19", Severity.WARNING, "预期目标"),
    ("chizhou_tangxi_village_2022", "A3-09", "年初→全年"): ("A3-09", Severity.WARNING, "当年财政拨款_全年预算数"),
    ("chongqing_media_2021", "S-14", "政府采购执行率"): ("S-14", Severity.ERROR, "得分"),
    ("chongqing_media_2021", "S-21", "党性教育培训次数"): "the form has no column for the reason S-21 asks for",
    ("chongqing_media_2021", "A1-34", "联系人/电话"): ("A1-34", Severity.WARNING, "联系电话"),
    ("huanggang_soil_2020", "S-16", "整编资料审核 得分"): "no 分值 column: what is full marks cannot be known",
    ("huanggang_soil_2020", "S-32", "目标1 效益指标"): ("S-32", Severity.INFO, "二级指标"),
    ("hunan_dept_basic_2018_wanglu", "A1-21", "项目支出/全部列"): ("A1-21", Severity.ERROR, "项目支出_上年决算数"),
    ("hunan_dept_basic_2018_wanglu", "A1-20", "公用经费/全部列"): ("A1-20", Severity.ERROR, "公用经费_上年决算数"),
    ("hunan_dept_basic_2018_wanglu", "T-05", "水费、电费、差旅费/2018年预算数"): (
        "T-05",
        Severity.WARNING,
        "水费电费差旅费_本年预算数",
    ),
    # A1-19 is about 公用经费 as a whole, blank here; a line over its own budget is A1-33.
    ("hunan_dept_basic_2018_wanglu", "A1-19", "水费、电费、差旅费"): (
        "A1-33",
        Severity.INFO,
        "水费电费差旅费_本年决算数",
    ),
    ("hunan_dept_basic_2018_wanglu", "A1-17", "项目支出 1、业务工作专项"): (
        "A1-17",
        Severity.WARNING,
        "项目支出_本年决算数",
    ),
    ("hunan_dept_basic_2018_wanglu", "A1-10", "三公经费"): ("A1-10", Severity.WARNING, "三公经费_本年决算数"),
    ("hunan_dept_basic_2018_wanglu", "A2-13", "部门整体支出预算调整"): "A2-13 reads 附件2, which was not filed",
    ("zhongjiang_water_2022", "S-01", "总分/分值"): ("S-01", Severity.ERROR, "总分_分值"),
    # Its headings equal their rows (its own passes say so), so S-07 is silent; that they are not 50/30/10 is S-04.
    ("zhongjiang_water_2022", "S-07", "一级权重"): ("S-04", Severity.WARNING, "分值"),
    ("zhongjiang_water_2022", "S-30", "实际值"): ("S-30", Severity.WARNING, "实际完成值"),
    # A category without any indicator is no row of the table: it is S-32 that speaks of it.
    ("zhongjiang_water_2022", "S-12", "经济效益指标"): ("S-32", Severity.INFO, "二级指标"),
}


CONSEQUENCES = {
    "chongqing_media_2021": {
        "S-12": "the target of 三公经费变动率 is blank in the transcription",
    },
    "zhongjiang_water_2022": {"S-03": "weights add to 110 and all are met, so the scores add to 110 too, printed 100"},
}
"""Errors that are true of the file as it is transcribed and not among its flags."""


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("name", filings.NAMES)
def test_every_transcribed_value_is_read(maker: Maker, name: str, suffix: str) -> None:
    """Each filing in the layout its notation describes, in every format: field by field, row by row."""
    built = filings.build(name)
    maker.foresee({each: filings.build(each).forms for each in filings.NAMES})
    (submission,) = read(maker.file(name, built.forms, suffix)).submissions
    count = compare(submission, built.values, built.rows)
    assert count == COUNTS[name]


COUNTS = dict(zip(filings.NAMES, (84, 70, 31, 44, 84), strict=True))


@pytest.fixture(scope="module")
def audits(maker: Maker) -> dict[str, Audit]:
    """The five filings audited as workbooks."""
    return {name: audited([maker.file(name, filings.build(name).forms, "xlsx")]) for name in filings.NAMES}


def test_every_flag_of_the_five_is_listed_here() -> None:
    """No flag is passed over without a reason."""
    listed = {(name, flag["rule"], flag["cell"]) for name in filings.NAMES for flag in filings.document(name)["flags"]}
    assert listed == FLAGS.keys()


@pytest.mark.parametrize("flag", [flag for flag, told_as in FLAGS.items() if isinstance(told_as, tuple)])
def test_a_flag_of_the_five_is_found(audits: dict[str, Audit], flag: tuple[str, str, str]) -> None:
    """The defect the transcription names is found, at the field it names."""
    result, expected = audits[flag[0]], FLAGS[flag]
    assert expected in {(finding.rule, finding.severity, finding.field) for finding in result.findings}


def test_figures_of_the_flags(audits: dict[str, Audit]) -> None:
    """The amounts that the transcriptions expect are those the messages give."""
    result = {
        (name, finding.rule, finding.field): finding for name, result in audits.items() for finding in result.findings
    }
    rate = result["chizhou_tangxi_village_2022", "A3-06", "年度资金总额_执行率"]
    assert (rate.actual, rate.expected) == ("0.00%", "100.00%")
    totals = [finding.expected for finding in audits["chizhou_tangxi_village_2022"].findings if finding.rule == "A3-05"]
    assert totals == ["202.64万元", "132.912万元", "132.912万元"]
    parts = result["chizhou_tangxi_village_2022", "A2-19", "预期目标"]
    assert parts.expected == "1740000元"
    assert "总数写 2026400元" in parts.message
    assert ("chizhou_tangxi_village_2022", "A2-19", "实际完成情况") not in result
    assert "-34.41%" in result["chizhou_tangxi_village_2022", "A3-09", "当年财政拨款_全年预算数"].message
    assert result["chongqing_media_2021", "S-14", "得分"].expected == "1.45分"
    assert "合计 110分" in result["zhongjiang_water_2022", "S-01", "总分_分值"].message
    copied = result["zhongjiang_water_2022", "S-30", "实际完成值"]
    assert 1 + len(copied.related) == 6
    parents = [
        finding.expected for finding in audits["hunan_dept_basic_2018_wanglu"].findings if finding.rule == "A1-21"
    ]
    assert parents == ["938.80万元", "320.00万元", "689.16万元"]


@pytest.mark.parametrize("name", filings.NAMES)
def test_no_error_beyond_the_flags(audits: dict[str, Audit], name: str) -> None:
    """What the transcriptions call right raises nothing; other errors are true and said why."""
    flagged = {told_as[0] for (of, _, _), told_as in FLAGS.items() if of == name and isinstance(told_as, tuple)}
    errors = {finding.rule for finding in audits[name].findings if finding.severity is Severity.ERROR}
    assert errors - flagged == CONSEQUENCES.get(name, {}).keys()


def test_every_finding_on_the_five_names_its_cell(audits: dict[str, Audit]) -> None:
    """Also where the form has no cell for what a check is about, such as a total that was cut off."""
    assert [finding for result in audits.values() for finding in result.findings if finding.cell is None] == []


def test_a_workbook_with_no_form(tmp_path: Path) -> None:
    """Refused with the reason: what was named and not read is an error."""
    book = openpyxl.Workbook()
    book.worksheets[0].append(["姓名", "电话"])
    book.worksheets[0].append(["某某", "0000000"])
    book.save(tmp_path / "通讯录.xlsx")
    record = read_file(tmp_path / "通讯录.xlsx", "通讯录.xlsx")
    assert (record.status, record.code) == ("refused", "no_form")
    assert "没有认出附件1、附件2、附件3" in record.reason


def test_a_list_of_the_forms_is_no_form(tmp_path: Path) -> None:
    """Titles alone, as in a table of contents, make no submission."""
    listed = ["附件1 部门整体支出绩效评价基础数据表", "附件2 部门整体支出绩效自评表", "附件3 项目支出绩效自评表"]
    form = Form("目录", listed, 1, foot=[])
    form.add(1, "以上三张表")
    record = read_file(write_xlsx([form], tmp_path / "目录.xlsx"), "目录.xlsx")
    assert (record.status, record.code) == ("refused", "no_form")


def _is_content(text: str) -> bool:
    """Whether a text is no label: it has digits, or is long."""
    return len(text) > 40 or any(character.isdigit() for character in text)


@pytest.mark.parametrize("make", [base_data_form, project_form])
def test_a_form_with_half_its_labels_missing(tmp_path: Path, make: Callable[[], Form]) -> None:
    """W-20 lists what is missing, a warning: another print may never have had it. With all labels there is none."""
    form = make()
    kept = {
        "编制数",
        "主管部门",
        "三级指标",
        "三公经费",
        "年度\n指标值",
        "实际\n完成值",
        "一级指标",
        "经费控制情况（万元）",
    }
    form.boxes = [box if box.text in kept or _is_content(box.text) else replace(box, text="") for box in form.boxes]
    result = audited([write_xlsx([form], tmp_path / "坏.xlsx")])
    (finding,) = (finding for finding in result.findings if finding.rule == "W-20")
    assert finding.severity is Severity.WARNING
    assert form.name in finding.message
    whole = audited([write_xlsx([make()], tmp_path / "好.xlsx")])
    assert "W-20" not in {finding.rule for finding in whole.findings}


@pytest.mark.parametrize("suffix", ["xlsx", "docx"])
def test_two_copies_of_one_form_in_a_file(tmp_path: Path, suffix: str) -> None:
    """W-21, at the second; both are read, under ids of their own."""
    second = base_data_form()
    second.name = "附件1 (2)"
    write = write_xlsx if suffix == "xlsx" else write_docx
    result = audited([write([base_data_form(), second], tmp_path / f"两份.{suffix}")])
    first, other = result.submissions
    assert first.id != other.id
    (finding,) = (finding for finding in result.findings if finding.rule == "W-21")
    assert (finding.severity, finding.submission, finding.actual) == (Severity.WARNING, other.id, "2 份")


@pytest.mark.timeout(60)
def test_a_million_formatted_rows_below_a_form(tmp_path: Path) -> None:
    """Formats to the last row of the sheet change nothing of what is read."""
    path = write_xlsx([base_data_form()], tmp_path / "长.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    for column in "ABCDEFG":
        sheet.column_dimensions[column].number_format = "0.00"
    for row in range(1_048_000, 1_048_577):
        sheet.cell(row, 1).number_format = "0.00"
    sheet["A1048576"] = "　"
    book.save(path)
    (submission,) = read(path).submissions
    assert compare(submission, seed_values()["附件1"], seed_rows("附件1")) == 55
    assert [note.rule for note in submission.notes if note.rule != "T-01"] == []
