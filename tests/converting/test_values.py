"""Values of any kind, converted: into their cells, or into the list with the reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import xltool
from tests.converting.converted import FILES, forms_in, inputs, line_of, renamed, templates
from tests.support import documents
from tests.support import seed as filing
from tests.support.documents import write_docx, write_xlsx
from tests.support.filled import cell_of, filled
from tests.support.workbook_editor import WorkbookEditor
from tools.samples.checking import audited, placed_findings
from xltool.converting.conversion_list import CellOutcome
from xltool.converting.filings import LIST
from xltool.converting.placement import LONGEST_TEXT, part_of
from xltool.forms import review
from xltool.reader.notation.tokens import State
from xltool.reader.records import FiledCell, TableRow

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_template_is_moved_into_a_new_one(tmp_path: Path) -> None:
    """An issued form filled in comes out with the same inputs; converted once more, with the same bytes."""
    source = filled(tmp_path / "全部.xlsx", "附件1", "附件2", "附件3")
    first = xltool.convert(source, out=tmp_path / "一")
    second = xltool.convert(*templates(first), out=tmp_path / "二")
    before, after = forms_in(source), forms_in(*templates(first))
    assert {form: inputs(submission) for form, submission in after.items()} == {
        form: inputs(submission) for form, submission in before.items()
    }
    assert [path.read_bytes() for path in templates(second)] == [path.read_bytes() for path in templates(first)]
    assert {line.outcome for line in first.lines} == {CellOutcome.PLACED, CellOutcome.GIVEN}
    audit = audited(templates(first))
    assert [(rule, place[2]) for rule, _, place in placed_findings(audit)] == [
        (rule, place[2]) for rule, _, place in placed_findings(audited([source]))
    ]


def test_overtyped_formulas_are_listed_and_not_copied(tmp_path: Path) -> None:
    """A wrong total is listed and not carried over; a formula in a yellow cell becomes its result."""
    clerk = WorkbookEditor(filled(tmp_path / "a.xlsx", "附件1")).put(
        "附件1", cell_of("附件1", "三公经费_本年决算数"), 30
    )
    clerk.rewrite("附件1", cell_of("附件1", "编制数"), "=6*2", 12).save(tmp_path / "b.xlsx")
    result = xltool.convert(tmp_path / "b.xlsx", out=tmp_path / "转换")
    wrong = line_of(result, "附件1", "三公经费本年决算数")
    assert (wrong.raw, wrong.value, wrong.outcome) == (30, 27.48, CellOutcome.LEFT)
    posts = line_of(result, "附件1", "编制数")
    assert (posts.value, posts.outcome, posts.repairs) == (12, CellOutcome.REPAIRED, "公式改为它的结果")
    (after,) = forms_in(*templates(result)).values()
    assert after.value("三公经费_本年决算数") == 27.48
    assert after.values["编制数"].formula is None


_AMOUNT = st.one_of(st.none(), st.integers(0, 10**7).map(lambda cents: cents / 100))


_TEXT = st.text("甲乙丙丁戊己庚辛壬癸+-@", min_size=2, max_size=12).filter(lambda text: text.strip("-+@") != "")


_COLUMNS = ("三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因")


_ROW = st.fixed_dictionaries(
    {
        "三级指标": _TEXT,
        "年度指标值": st.sampled_from(["15个", "≥95%", "≤1200万元", "92.4亿元", "优良", "100"]),
        "实际完成值": st.sampled_from(["17个", "96%", "1100万元", "98.96亿元", "优良", "99.5"]),
        "分值": st.integers(1, 20),
        "得分": st.integers(0, 20),
        "偏差原因": st.one_of(st.just(""), _TEXT),
    }
)


@st.composite
def _filings(draw: st.DrawFn) -> tuple[list[documents.Form], list[dict[str, Any]]]:
    """附件1 and 附件2 with other numbers and rows."""
    base = dict(filing.seed()["附件1"])
    base["编制数"], base["实际在职人数"] = draw(st.integers(1, 999)), draw(st.integers(0, 999))
    base["rows"] = {label: draw(st.tuples(_AMOUNT, _AMOUNT, _AMOUNT)) for label in base["rows"]}
    rows = []
    for group in review.GROUPS:
        for part in group.parts:
            drawn = draw(st.lists(_ROW, min_size=1, max_size=5))
            rows += [{"一级指标": group.name, "二级指标": part, **{key: row[key] for key in _COLUMNS}} for row in drawn]
    review_data = filing.seed()["附件2"] | {"indicators": rows}
    return [documents.base_data_form(base), documents.self_review_form(review_data)], rows


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(filing_data=_filings())
def test_any_values_come_through(
    filing_data: tuple[list[documents.Form], list[dict[str, Any]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The reader finds the same values in the template as in the foreign form, whatever they are."""
    folder = tmp_path_factory.mktemp("any")
    forms, rows = filing_data
    source = write_xlsx(forms, folder / "报送.xlsx")
    result = xltool.convert(source, out=folder / "转换")
    before, after = forms_in(source), forms_in(*templates(result))
    for form, submission in after.items():
        wanted, actual = inputs(before[form]), inputs(submission)
        wanted.pop("填报单位", None)
        actual.pop("填报单位", None)
        assert actual == wanted
    names = [row.value("三级指标") for row in after["附件2"].rows]
    assert names == [row["三级指标"] for row in rows]
    assert [row.value("分值") for row in after["附件2"].rows] == [row["分值"] for row in rows]


def indicator(first: str, second: str) -> TableRow:
    """A row under these headings."""
    cells = {
        key: FiledCell(key, "A1", text or None, text or None, State.FILLED if text else State.BLANK)
        for key, text in ((review.category.key, first), (review.part.key, second))
    }
    return TableRow(review.INDICATORS, 1, cells)


@pytest.mark.parametrize(
    ("first", "second", "part"),
    [
        ("产出指标", "质量指标", "质量指标"),
        ("产出指标", "质量", "质量指标"),
        ("效益指标", "经济效益", "经济效益指标"),
        ("效益指标", "可持续影响", "可持续影响指标"),
        ("满意度指标", "满意度指标", "服务对象满意度指标"),
        ("满意度指标", "服务对象 满意度", "服务对象满意度指标"),
        ("成本指标", "社会成本指标", "成本指标"),
        ("成本指标", "生态环境成本指标", "成本指标"),
        ("成本指标", "经济成本指标", "成本指标"),
        ("满意度指标", "", "服务对象满意度指标"),
        ("产出指标", "", None),
        ("", "", None),
        ("产出指标", "创新指标", None),
    ],
)
def test_second_level_names_are_mapped_where_obvious(first: str, second: str, part: str | None) -> None:
    """Short and newer names of 二级指标 are recognised; unknown names are not."""
    assert part_of(indicator(first, second)) == part


def test_rows_of_unknown_headings_are_left_over(tmp_path: Path, command: Callable[..., tuple[int, str, str]]) -> None:
    """Rows with a recognised 二级指标 are copied with a note; others are listed with the reason, with exit code 1."""
    source = renamed(tmp_path / "a.xlsx", {"质量指标": "质量", "时效指标": "创新指标"})
    result = xltool.convert(source, out=tmp_path / "转换")
    lost = [line for line in result.lines if line.lost]
    assert {line.reason for line in lost} == {"表样没有二级指标“创新指标”"}
    assert {line.field for line in lost} >= {"三级指标", "年度指标值", "实际完成值", "分值", "得分"}
    assert not any(line.target for line in lost)
    mapped = [line for line in result.lines if line.field == "二级指标" and line.outcome is CellOutcome.REPAIRED]
    assert [(line.raw, line.value, line.repairs) for line in mapped] == [("质量", "质量指标", "按表样归入“质量指标”")]
    (submission,) = forms_in(*templates(result)).values()
    assert Counter(row.value("二级指标") for row in submission.rows)["质量指标"] == 2
    assert "时效指标" not in {row.value("二级指标") for row in submission.rows}
    code, out, err = command(source, "--out", tmp_path / "又")
    assert code == 1
    assert out.splitlines() == [str(tmp_path / "又" / FILES["附件2"]), str(tmp_path / "又" / LIST)]
    assert "未填入" in err


def test_rows_for_many_indicators(tmp_path: Path) -> None:
    """If a 二级指标 has nine indicators, each 二级指标 gets nine rows."""
    row = filing.seed()["附件2"]["indicators"][0]
    rows = [{**row, "三级指标": f"指标{number}"} for number in range(9)]
    data = filing.seed()["附件2"] | {"indicators": rows}
    result = xltool.convert(write_xlsx([documents.self_review_form(data)], tmp_path / "a.xlsx"), out=tmp_path / "转换")
    (submission,) = forms_in(*templates(result)).values()
    assert [row.value("三级指标") for row in submission.rows] == [f"指标{number}" for number in range(9)]
    assert result.complete


def test_unreadable_values_are_listed_and_not_copied(
    tmp_path: Path, command: Callable[..., tuple[int, str, str]]
) -> None:
    """A text where a number belongs stays out, with its words and the reason; a dash goes in as a dash."""
    clerk = WorkbookEditor(filled(tmp_path / "a.xlsx", "附件1")).put("附件1", cell_of("附件1", "编制数"), "十来个")
    clerk.put("附件1", cell_of("附件1", "公车购置_本年决算数"), "——").save(tmp_path / "b.xlsx")
    result = xltool.convert(tmp_path / "b.xlsx", out=tmp_path / "转换")
    (line,) = (line for line in result.lines if line.lost)
    assert (line.field, line.raw, line.reason, line.value) == ("编制数", "十来个", "不能读作整数", None)
    (submission,) = forms_in(*templates(result)).values()
    assert submission.values["编制数"].state is State.BLANK
    assert submission.values["公车购置_本年决算数"].state is State.NOT_APPLICABLE
    assert command(tmp_path / "b.xlsx", "--out", tmp_path / "又")[0] == 1


def test_a_text_longer_than_a_cell_is_listed(tmp_path: Path) -> None:
    """A text of a Word document that is too long for a cell is listed, not cut."""
    forms = [documents.self_review_form()]
    long = "字" * (LONGEST_TEXT + 1)
    forms[0].boxes = [replace(box, text=long) if len(box.text) > 500 else box for box in forms[0].boxes]
    result = xltool.convert(write_docx(forms, tmp_path / "a.docx"), out=tmp_path / "转换")
    lost = {line.field: line.reason for line in result.lines if line.lost}
    assert set(lost) == {"预期目标", "实际完成情况"}
    assert all(reason.startswith(f"文字有 {len(long)} 个字") for reason in lost.values())


def test_cells_beside_the_form_are_listed(tmp_path: Path) -> None:
    """A filled cell outside the fields is listed, but not copied."""
    book = openpyxl.load_workbook(write_xlsx([documents.base_data_form()], tmp_path / "a.xlsx"))
    book["附件1"]["I6"] = "此处待核"
    book.save(tmp_path / "a.xlsx")
    result = xltool.convert(tmp_path / "a.xlsx", out=tmp_path / "转换")
    strays = {line.cell: line for line in result.lines if line.field == "表外内容"}
    assert strays["I6"].raw == "此处待核"
    assert strays["I6"].outcome is CellOutcome.LEFT
    assert result.complete


def test_amounts_in_yuan_are_brought_to_wan(tmp_path: Path) -> None:
    """Amounts of a form in 元 are converted to 万元, and the line of each notes it."""
    data = dict(filing.seed()["附件1"])
    data["rows"] = {
        label: [round(amount * 10_000) if isinstance(amount, int | float) else amount for amount in amounts]
        for label, amounts in data["rows"].items()
    }
    form = documents.base_data_form(data)
    form.head.append("单位：元")
    form.boxes = [replace(box, text=box.text.replace("（万元）", "（元）")) for box in form.boxes]
    result = xltool.convert(write_xlsx([form], tmp_path / "a.xlsx"), out=tmp_path / "转换")
    (submission,) = forms_in(*templates(result)).values()
    assert submission.value("公务接待_本年决算数") == 27.48
    (line,) = (line for line in result.lines if line.field == "公务接待本年决算数")
    assert (line.raw, line.value, line.outcome) == (274800, 27.48, CellOutcome.REPAIRED)
    assert "W-11 金额单位由元折算为万元" in line.repairs
