"""Foreign filings moved into templates: every input at its cell, every cell told of, the same findings."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import xltool
from tests.batches.folders import InlinePool, issued
from tests.support import documents
from tests.support import seed as filing
from tests.support.documents import write_docx, write_xlsx
from tests.support.filled import cell_in_row, cell_of, filled
from tests.support.workbook_editor import WorkbookEditor
from tools.samples import junshan
from tools.samples.checking import audited, placed_findings, write
from xltool import cli
from xltool.batches import reading
from xltool.converting.conversion_list import CellOutcome, ConvertedCell
from xltool.converting.filings import LIST
from xltool.converting.placement import LONGEST_TEXT, part_of
from xltool.forms import FORMS, project, review, self_review
from xltool.reader.notation.cells import State
from xltool.reader.reading import read_file
from xltool.reader.records import FiledCell, TableRow
from xltool.template.order import Order, SheetOrder
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from xltool.auditing.audit import Audit
    from xltool.converting.filings import Converted
    from xltool.reader.records import Submission

WRITERS: Final = {"xlsx": write_xlsx, "docx": write_docx}
FILES: Final = {
    "附件1": "附件1_2023年度部门整体支出绩效评价基础数据表_岳阳市君山产业开发区管委会.xlsx",
    "附件2": "附件2_2023年度部门整体支出绩效自评表_岳阳市君山产业开发区管委会.xlsx",
    "附件3": "附件3_2023年度项目支出绩效自评表_岳阳市君山产业开发区管委会_产业开发专项.xlsx",
}
# What the template makes impossible, or what the file itself no longer gives cause for; with the reason.
GONE: Final = {
    ("T-01", "附件1", "编制数"): "the numbers went in as numbers",
    ("T-01", "附件3", "年度资金总额_分值"): "the numbers went in as numbers",
    ("A2-14", "附件2", "年度资金总额_得分"): "the score is a formula",
    ("A3-02", "附件3", "当年财政拨款_年初预算数"): "the total is a formula: 10459.37, as its breakdown says",
    ("A3-09", "附件3", "年度资金总额_全年预算数"): "the total of the blank column is blank, so nothing was adjusted",
    ("A1-24", "附件1", "部门基本支出预算调整_本年预算数"): "follows from the totals of 附件3",
}
COME: Final = {
    (
        "X-06",
        "附件3",
        "年度资金总额_年初预算数",
    ): "in place of A3-02: the total made of the breakdown is not that of 附件1",
    ("X-07", "附件2", "年度资金总额_年初预算数"): "in place of A3-02: nor does it fit into 附件2",
}


@pytest.fixture(autouse=True)
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No processes: the work itself is the same."""
    monkeypatch.setattr(reading, "Pool", InlinePool)


@pytest.fixture(scope="module", params=sorted(WRITERS))
def seed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Converted]:
    """The seed as somebody typed it, and what it was converted to."""
    folder = tmp_path_factory.mktemp("seed")
    source = WRITERS[request.param](documents.forms(), folder / f"报送.{request.param}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "Pool", InlinePool)
        return source, xltool.convert(source, out=folder / "转换")


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run `xltool convert` in this process; gives exit code, stdout and stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["xltool", "convert", *map(str, arguments)])
        with pytest.raises(SystemExit) as done:
            cli.main()
        out, err = capsys.readouterr()
        assert isinstance(done.value.code, int)
        return done.value.code, out, err

    return run


def forms_in(*paths: Path) -> dict[str, Submission]:
    """The forms of these files by name."""
    return {submission.form: submission for path in paths for submission in read_file(path, path.name).submissions}


def inputs(submission: Submission) -> dict[str, Any]:
    """What a department fills in: fields outside tables, and the rows of each 二级指标 in their order."""
    items = FORMS[submission.form].fields.values()
    found: dict[str, Any] = {item.key: submission.value(item.key) for item in items if item.is_input}
    keys = [column.key for column in FORMS[submission.form].tables[0].inputs]
    rows = [tuple(row.value(key) for key in keys) for row in submission.rows]
    order = [part for group in review.GROUPS for part in group.parts]
    found["rows"] = sorted(rows, key=lambda row: order.index(str(row[1])) if submission.form != "附件1" else 0)
    return found


def templates(result: Converted) -> list[Path]:
    """The templates a conversion wrote."""
    return list(result.written[:-1])


def line_of(result: Converted, form: str, field: str) -> ConvertedCell:
    """The one line of a field."""
    (line,) = (line for line in result.lines if line.field == field and FILES[form] == line.target)
    return line


# --- the seed ---------------------------------------------------------------------------------


def test_file_names_are_those_of_generate(seed: tuple[Path, Converted]) -> None:
    """A file a form, named after form, year, department and project; one filing needs no folder."""
    _, result = seed
    assert [path.name for path in result.written] == [*FILES.values(), LIST]
    assert {path.parent for path in result.written} == {result.written[-1].parent}


def test_every_input_stands_in_its_template(seed: tuple[Path, Converted]) -> None:
    """Fields and rows read from the templates are those read from the filing; nothing is typed over a formula."""
    source, result = seed
    before, after = forms_in(source), forms_in(*templates(result))
    assert list(after) == ["附件1", "附件2", "附件3"]
    for form, one in after.items():
        wanted = inputs(before[form])
        found = inputs(one)
        if form == "附件1":  # not filed; the template is issued to the department
            assert (wanted.pop("填报单位"), found.pop("填报单位")) == (None, filing.DEPARTMENT)
        assert found == wanted
        assert len(found["rows"]) == {"附件1": 1, "附件2": 23, "附件3": 23}[form]
        assert one.layout == "template"
        assert (one.issued_to, one.year) == (filing.DEPARTMENT, 2023)
        computed = [filed for key, filed in one.values.items() if FORMS[form].fields[key].formula is not None]
        assert computed
        assert all(filed.intact for filed in computed)


def test_cells_have_the_type_of_what_was_read(seed: tuple[Path, Converted]) -> None:
    """Padded numbers are numbers, dates dates, targets texts as filed."""
    _, result = seed
    first, second, _ = (openpyxl.load_workbook(path) for path in templates(result))
    assert first["附件1"][cell_of("附件1", "编制数")].value == 12
    assert first["附件1"][cell_of("附件1", "公务接待_上年决算数")].value == 17.7
    assert first["附件1"][cell_of("附件1", "填报日期")].value == datetime(2024, 6, 12)  # noqa: DTZ001 - Excel has no zones
    assert second["附件2"][cell_in_row("附件2", review.target_value, 0)].value == "15个"
    assert second["附件2"][cell_in_row("附件2", review.weight, 0)].value == 6
    assert second["附件2"][cell_of("附件2", "总分_得分")].value.startswith("=")


def test_they_audit_as_the_honest_template_does(seed: tuple[Path, Converted], tmp_path: Path) -> None:
    """The same rules at the same cells as the seed filled into templates by hand, where one number keeps a space."""
    _, result = seed
    by_hand = audited(write(junshan.honestly_filed().files, tmp_path))
    expected = [(rule, severity, place[1:]) for rule, severity, place in placed_findings(by_hand) if rule != "T-01"]
    assert [
        (rule, severity, place[1:]) for rule, severity, place in placed_findings(audited(templates(result)))
    ] == expected
    assert len(expected) == 40


def keyed(result: Audit) -> Counter[tuple[str, str, str | None, str | None]]:
    """Findings by rule, form, field and, for rows, what stands there."""
    form = {submission.id: submission.form for submission in result.submissions}
    return Counter(
        (
            finding.rule,
            form[str(finding.submission)],
            finding.field,
            finding.actual if finding.rule.startswith("S") else None,
        )
        for finding in result.findings
    )


def test_they_audit_as_the_filing_does(seed: tuple[Path, Converted]) -> None:
    """The same findings but for the listed ones, each of which has its reason."""
    source, result = seed
    before, after = keyed(audited([source])), keyed(audited(templates(result)))
    assert {key[:3] for key in before - after} == set(GONE)
    assert {key[:3] for key in after - before} == set(COME)
    assert sum((before & after).values()) == 38


# --- the list ---------------------------------------------------------------------------------


def test_every_filled_cell_has_its_line(seed: tuple[Path, Converted]) -> None:
    """As many lines as cells that hold something, each with the cell as a reader of the filing finds it."""
    source, result = seed
    record = read_file(source, source.as_posix())
    wanted: Counter[tuple[str, str | None, str]] = Counter()
    for submission in record.submissions:
        cells = [*submission.values.values(), *(filed for row in submission.rows for filed in row.cells.values())]
        shown = [filed for filed in cells if filed.raw is not None and filed.state is not State.BLANK]
        wanted += Counter((submission.id, submission.place(filed.cell)[1], str(filed.raw)) for filed in shown)
    lines = [line for line in result.lines if str(line.raw).strip("\u3000 ")]
    assert Counter((line.submission, line.cell, str(line.raw)) for line in lines) == wanted


def test_placed_values_stand_where_the_list_says(seed: tuple[Path, Converted]) -> None:
    """Each placed line names the file, sheet and cell that hold its value."""
    _, result = seed
    books = {path.name: openpyxl.load_workbook(path) for path in templates(result)}
    placed = [line for line in result.lines if line.outcome in {CellOutcome.PLACED, CellOutcome.REPAIRED}]
    assert len(placed) > 300
    for line in placed:
        value = books[line.target][line.target_sheet][line.target_cell].value
        if isinstance(value, datetime):
            value = value.date()
        if line.field == "一级指标":
            value = str(value).partition("\n")[0]
        assert value == line.value or line.field == "二级指标", line


def test_what_was_repaired_is_said(seed: tuple[Path, Converted]) -> None:
    """The code of the repair and the text as it was typed."""
    _, result = seed
    line = line_of(result, "附件1", "编制数")
    assert (line.outcome, line.raw, line.value) == (CellOutcome.REPAIRED, "\u300012", 12)
    assert line.repairs.startswith("T-01 ")
    name = line_of(result, "附件1", "项目名称")
    assert (name.raw, name.value, name.repairs) == ("1、产业开发专项", "产业开发专项", "去掉名称前的序号")
    assert line_of(result, "附件2", "收入一般公共预算").outcome is CellOutcome.PLACED


def test_calculated_cells_that_differ_are_listed(seed: tuple[Path, Converted]) -> None:
    """The total typed over its breakdown, the totals of blank columns, and what follows; the rest agrees."""
    _, result = seed
    differ = {line.field: line.reason for line in result.lines if line.outcome is CellOutcome.LEFT}
    blank = "由表样计算，参与计算的项没有填，表样为空"
    assert differ == {
        "年度资金总额年初预算数": "由表样给出 10459.37万元，与原填不一致",
        "年度资金总额全年预算数": blank,
        "年度资金总额全年执行数": blank,
        "年度资金总额执行率": blank,
        "年度资金总额得分": blank,
        "总分得分": "由表样给出 85分，与原填不一致",
    }
    first = line_of(result, "附件3", "年度资金总额年初预算数")
    assert (str(first.raw).strip(), first.value) == ("996.72", 10459.37)
    assert result.count(CellOutcome.GIVEN) == 17
    assert result.complete


def test_the_list_is_a_workbook_of_two_sheets(seed: tuple[Path, Converted]) -> None:
    """汇总 with a row a form and its counts, 明细 with a row a cell, links to the templates beside it."""
    _, result = seed
    book = openpyxl.load_workbook(result.written[-1])
    assert book.sheetnames == ["汇总", "明细"]
    head, *rows = list(book["汇总"].iter_rows(values_only=True))
    assert head[2:8] == ("表", "填入的表样", "已填入", "已修正后填入", "由表样给出", "未填入")
    assert [(row[2], row[3]) for row in rows] == list(FILES.items())
    counts = [[row[column] for row in rows] for column in range(4, 8)]
    assert [[float(str(count)) for count in column] for column in counts] == [
        [sum(line.target in {name, ""} and line.outcome is each for line in result.lines) for name in FILES.values()]
        for each in CellOutcome
    ]
    head, *rows = list(book["明细"].iter_rows(values_only=True))
    assert len(rows) == len(result.lines)
    line, row = result.lines[0], rows[0]
    assert (row[2], row[4], row[5], row[6], row[8]) == (
        line.cell, line.field, line.target, line.target_cell, line.outcome.value,
    )  # fmt: skip
    link = book["明细"].cell(2, 7).hyperlink
    assert link is not None
    assert (link.target, link.location) == (FILES["附件1"], "'附件1'!B5")


# --- again, and at random ---------------------------------------------------------------------


def test_a_template_is_moved_into_a_new_one(tmp_path: Path) -> None:
    """An issued form filled in comes out with the same inputs; converted once more, with the same bytes."""
    source = filled(tmp_path / "全部.xlsx", "附件1", "附件2", "附件3")
    first = xltool.convert(source, out=tmp_path / "一")
    second = xltool.convert(*templates(first), out=tmp_path / "二")
    before, after = forms_in(source), forms_in(*templates(first))
    assert {form: inputs(one) for form, one in after.items()} == {form: inputs(one) for form, one in before.items()}
    assert [path.read_bytes() for path in templates(second)] == [path.read_bytes() for path in templates(first)]
    assert {line.outcome for line in first.lines} == {CellOutcome.PLACED, CellOutcome.GIVEN}
    found = audited(templates(first))
    assert [(rule, place[2]) for rule, _, place in placed_findings(found)] == [
        (rule, place[2]) for rule, _, place in placed_findings(audited([source]))
    ]


def test_what_was_typed_over_formulas_is_left_behind(tmp_path: Path) -> None:
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
            found = draw(st.lists(_ROW, min_size=1, max_size=5))
            rows += [{"一级指标": group.name, "二级指标": part, **{key: row[key] for key in _COLUMNS}} for row in found]
    review_data = filing.seed()["附件2"] | {"indicators": rows}
    return [documents.base_data_form(base), documents.self_review_form(review_data)], rows


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(made=_filings())
def test_any_values_come_through(
    made: tuple[list[documents.Form], list[dict[str, Any]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever was typed into the foreign form stands in the template: read from either, it is the same."""
    folder = tmp_path_factory.mktemp("any")
    forms, rows = made
    source = write_xlsx(forms, folder / "报送.xlsx")
    result = xltool.convert(source, out=folder / "转换")
    before, after = forms_in(source), forms_in(*templates(result))
    for form, one in after.items():
        wanted, found = inputs(before[form]), inputs(one)
        wanted.pop("填报单位", None)
        found.pop("填报单位", None)
        assert found == wanted
    names = [row.value("三级指标") for row in after["附件2"].rows]
    assert names == [row["三级指标"] for row in rows]
    assert [row.value("分值") for row in after["附件2"].rows] == [row["分值"] for row in rows]


# --- what has no cell -------------------------------------------------------------------------


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
    """Short and newer names have their place; what is not known has none."""
    assert part_of(indicator(first, second)) == part


def renamed(path: Path, names: dict[str, str]) -> Path:
    """附件2 with other names for its 二级指标."""
    rows = [
        {**row, "二级指标": names.get(row["二级指标"], row["二级指标"])} for row in filing.seed()["附件2"]["indicators"]
    ]
    return write_xlsx([documents.self_review_form(filing.seed()["附件2"] | {"indicators": rows})], path)


def test_rows_of_unknown_headings_are_left_over(tmp_path: Path, command: Callable[..., tuple[int, str, str]]) -> None:
    """Mapped rows go in and say so; those of an unknown 二级指标 are listed with the reason, and the code is 1."""
    source = renamed(tmp_path / "a.xlsx", {"质量指标": "质量", "时效指标": "创新指标"})
    result = xltool.convert(source, out=tmp_path / "转换")
    lost = [line for line in result.lines if line.lost]
    assert {line.reason for line in lost} == {"表样没有二级指标“创新指标”"}
    assert {line.field for line in lost} >= {"三级指标", "年度指标值", "实际完成值", "分值", "得分"}
    assert not any(line.target for line in lost)
    mapped = [line for line in result.lines if line.field == "二级指标" and line.outcome is CellOutcome.REPAIRED]
    assert [(line.raw, line.value, line.repairs) for line in mapped] == [("质量", "质量指标", "按表样归入“质量指标”")]
    (one,) = forms_in(*templates(result)).values()
    assert Counter(row.value("二级指标") for row in one.rows)["质量指标"] == 2
    assert "时效指标" not in {row.value("二级指标") for row in one.rows}
    code, out, err = command(source, "--out", tmp_path / "又")
    assert code == 1
    assert out.splitlines() == [str(tmp_path / "又" / FILES["附件2"]), str(tmp_path / "又" / LIST)]
    assert "未填入" in err


def test_more_rows_than_usual_get_room(tmp_path: Path) -> None:
    """A 二级指标 with nine rows gives every one nine."""
    row = filing.seed()["附件2"]["indicators"][0]
    rows = [{**row, "三级指标": f"指标{number}"} for number in range(9)]
    data = filing.seed()["附件2"] | {"indicators": rows}
    result = xltool.convert(write_xlsx([documents.self_review_form(data)], tmp_path / "a.xlsx"), out=tmp_path / "转换")
    (one,) = forms_in(*templates(result)).values()
    assert [row.value("三级指标") for row in one.rows] == [f"指标{number}" for number in range(9)]
    assert result.complete


def test_what_cannot_be_read_is_not_put_in(tmp_path: Path, command: Callable[..., tuple[int, str, str]]) -> None:
    """A text where a number belongs stays out, with its words and the reason; a dash goes in as a dash."""
    clerk = WorkbookEditor(filled(tmp_path / "a.xlsx", "附件1")).put("附件1", cell_of("附件1", "编制数"), "十来个")
    clerk.put("附件1", cell_of("附件1", "公车购置_本年决算数"), "——").save(tmp_path / "b.xlsx")
    result = xltool.convert(tmp_path / "b.xlsx", out=tmp_path / "转换")
    (line,) = (line for line in result.lines if line.lost)
    assert (line.field, line.raw, line.reason, line.value) == ("编制数", "十来个", "不能读作整数", None)
    (one,) = forms_in(*templates(result)).values()
    assert one.values["编制数"].state is State.BLANK
    assert one.values["公车购置_本年决算数"].state is State.NOT_APPLICABLE
    assert command(tmp_path / "b.xlsx", "--out", tmp_path / "又")[0] == 1


def test_a_text_longer_than_a_cell_is_left_over(tmp_path: Path) -> None:
    """A Word document holds what no cell can; it is said, not cut."""
    forms = [documents.self_review_form()]
    long = "字" * (LONGEST_TEXT + 1)
    forms[0].boxes = [replace(box, text=long) if len(box.text) > 500 else box for box in forms[0].boxes]
    result = xltool.convert(write_docx(forms, tmp_path / "a.docx"), out=tmp_path / "转换")
    lost = {line.field: line.reason for line in result.lines if line.lost}
    assert set(lost) == {"预期目标", "实际完成情况"}
    assert all(reason.startswith(f"文字有 {len(long)} 个字") for reason in lost.values())


def test_cells_beside_the_form_are_listed(tmp_path: Path) -> None:
    """What stands outside the fields is not moved and not forgotten."""
    book = openpyxl.load_workbook(write_xlsx([documents.base_data_form()], tmp_path / "a.xlsx"))
    book["附件1"]["I6"] = "此处待核"
    book.save(tmp_path / "a.xlsx")
    result = xltool.convert(tmp_path / "a.xlsx", out=tmp_path / "转换")
    strays = {line.cell: line for line in result.lines if line.field == "表外内容"}
    assert strays["I6"].raw == "此处待核"
    assert strays["I6"].outcome is CellOutcome.LEFT
    assert result.complete


def test_amounts_in_yuan_are_brought_to_wan(tmp_path: Path) -> None:
    """A form that notes 元: the template holds 万元, and each amount says so."""
    data = dict(filing.seed()["附件1"])
    data["rows"] = {
        label: [round(amount * 10_000) if isinstance(amount, int | float) else amount for amount in amounts]
        for label, amounts in data["rows"].items()
    }
    form = documents.base_data_form(data)
    form.head.append("单位：元")
    form.boxes = [replace(box, text=box.text.replace("（万元）", "（元）")) for box in form.boxes]
    result = xltool.convert(write_xlsx([form], tmp_path / "a.xlsx"), out=tmp_path / "转换")
    (one,) = forms_in(*templates(result)).values()
    assert one.value("公务接待_本年决算数") == 27.48
    (line,) = (line for line in result.lines if line.field == "公务接待本年决算数")
    assert (line.raw, line.value, line.outcome) == (274800, 27.48, CellOutcome.REPAIRED)
    assert "W-11 金额单位由元折算为万元" in line.repairs


def undated(path: Path) -> Path:
    """附件2 without a year anywhere."""
    form = documents.self_review_form()
    form.head = [line.replace("2023年度", "") for line in form.head]
    form.foot = []
    return write_xlsx([form], path)


def test_a_year_that_nobody_wrote(tmp_path: Path, command: Callable[..., tuple[int, str, str]]) -> None:
    """Without --year nothing is issued and all is listed; with it the template is of that year."""
    source = undated(tmp_path / "a.xlsx")
    code, out, _ = command(source, "--out", tmp_path / "无")
    assert (code, out.splitlines()) == (1, [str(tmp_path / "无" / LIST)])
    cells = list(openpyxl.load_workbook(tmp_path / "无" / LIST)["明细"].iter_rows(min_row=2, values_only=True))
    assert len(cells) > 100
    assert {cell[10] for cell in cells} == {"表上没有年度，请用 --year 指明后重新转换"}
    code, out, _ = command(source, "--out", tmp_path / "有", "--year", 2022)
    assert code == 0
    (made,) = (tmp_path / "有").glob("附件2_2022年度*.xlsx")
    assert forms_in(made)["附件2"].year == 2022


def test_a_year_on_the_form_goes_before_the_option(tmp_path: Path) -> None:
    """--year is for forms that name none."""
    result = xltool.convert(renamed(tmp_path / "a.xlsx", {}), out=tmp_path / "转换", year=2020)
    assert [path.name for path in templates(result)] == [FILES["附件2"]]


# --- files ------------------------------------------------------------------------------------


def test_several_filings_get_a_folder_each(tmp_path: Path) -> None:
    """Two departments, and one form filed twice: nothing is written over anything."""
    for name, department in (("a", "某市水利局"), ("b", "某市林业局"), ("c", "某市林业局")):
        issued(tmp_path / "报送" / f"{name}.xlsx", department, "附件2", named=False)
    result = xltool.convert(tmp_path / "报送", out=tmp_path / "转换")
    stem = "附件2_2023年度部门整体支出绩效自评表"
    assert [path.relative_to(tmp_path / "转换").as_posix() for path in result.written] == [
        f"某市水利局（2023）/{stem}_某市水利局.xlsx",
        f"某市林业局（2023）/{stem}_某市林业局.xlsx",
        f"某市林业局（2023）/{stem}_某市林业局（2）.xlsx",
        LIST,
    ]
    assert all(path.is_file() for path in result.written)


def test_a_project_of_another_unit_stays_with_its_department(tmp_path: Path) -> None:
    """附件3 of a school below the bureau: issued to the bureau, 实施单位 and 主管部门 as filed, blanks blank."""
    order = Order(2023, "某市教育局", ("附件2", "附件3"))
    whose = {project.name: "校舍维修", project.supervisor: "某市教育局", project.implementer: "某市第一中学"}
    sheets = [SheetOrder(FORMS["附件2"]), SheetOrder(FORMS["附件3"], "校舍维修", whose)]
    (tmp_path / "a.xlsx").write_bytes(write_workbook(order, sheets))
    result = xltool.convert(tmp_path / "a.xlsx", out=tmp_path / "转换")
    one = forms_in(*templates(result))["附件3"]
    assert (one.issued_to, one.value("实施单位"), one.value("主管部门")) == (
        "某市教育局", "某市第一中学", "某市教育局",
    )  # fmt: skip
    sheets[1] = SheetOrder(
        FORMS["附件3"], "校舍维修", {**whose, project.implementer: None, self_review.department: None}
    )
    (tmp_path / "b.xlsx").write_bytes(write_workbook(order, sheets[1:]))
    result = xltool.convert(tmp_path / "b.xlsx", out=tmp_path / "又")
    assert forms_in(*templates(result))["附件3"].value("实施单位") is None


def test_results_never_lie_where_an_input_lies(tmp_path: Path, command: Callable[..., tuple[int, str, str]]) -> None:
    """Refused before anything is written, also through a link or into the folder of a filing; inputs are untouched."""
    source = renamed(_made(tmp_path / "报送" / "a.xlsx"), {})
    before = source.read_bytes()
    (tmp_path / "链接").symlink_to(tmp_path / "报送")
    for out in (tmp_path / "报送", tmp_path / "链接", tmp_path / "报送" / ".." / "报送"):
        code, printed, err = command(source, "--out", out)
        assert (code, printed) == (2, "")
        assert "转换结果不能写入放有原文件的文件夹" in err
    assert [path.name for path in (tmp_path / "报送").iterdir()] == ["a.xlsx"]
    assert source.read_bytes() == before


def test_a_filings_own_folder_is_clear_too(tmp_path: Path) -> None:
    """An input that lies where the folder of a filing would be: nothing is written."""
    first = issued(tmp_path / "某市水利局（2023）" / "a.xlsx", "某市水利局", "附件2", named=False)
    second = issued(tmp_path / "别处" / "b.xlsx", "某市林业局", "附件2", named=False)
    before = sorted(path for path in tmp_path.rglob("*"))
    with pytest.raises(ValueError, match="某市水利局（2023）"):
        xltool.convert(first, second, out=tmp_path)
    assert sorted(path for path in tmp_path.rglob("*")) == before


def test_results_inside_a_given_folder_are_not_converted_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second run over the folder gives the same files with the same bytes."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1718150400")
    renamed(_made(tmp_path / "报送" / "a.xlsx"), {})
    first = xltool.convert(tmp_path / "报送", out=tmp_path / "报送" / "转换")
    before = [path.read_bytes() for path in first.written]
    second = xltool.convert(tmp_path / "报送", out=tmp_path / "报送" / "转换")
    assert second.written == first.written
    assert [path.read_bytes() for path in second.written] == before
    with pytest.raises(ValueError, match="没有可以转换的文件"):
        xltool.convert(tmp_path / "报送" / "转换", out=tmp_path / "报送")


def test_files_that_cannot_be_read_are_in_the_list(
    tmp_path: Path, command: Callable[..., tuple[int, str, str]]
) -> None:
    """A damaged file makes the code 1, so does one without a form, alone or beside a form; both are named."""
    source = renamed(tmp_path / "a.xlsx", {})
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "说明.txt").write_text("文字", encoding="utf-8")
    assert command(source, tmp_path / "说明.txt", "--out", tmp_path / "一")[0] == 1
    assert command(source, tmp_path / "坏.xlsx", "--out", tmp_path / "二")[0] == 1
    assert command(tmp_path / "说明.txt", "--out", tmp_path / "三")[0] == 1
    for folder, name in (("一", "说明.txt"), ("二", "坏.xlsx"), ("三", "说明.txt")):
        rows = openpyxl.load_workbook(tmp_path / folder / LIST)["汇总"].iter_rows(values_only=True)
        (row,) = (row for row in rows if str(row[0]).endswith(name))
        assert row[8]
    assert [path.name for path in (tmp_path / "三").iterdir()] == [LIST]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("没有.xlsx", "--out", "转换"), "找不到文件或文件夹"),
        (("a.xlsx",), "缺少必填的参数"),
        (("a.xlsx", "--out", "转换", "--year", "23"), "年度应在 2000 到 2099 之间"),
        (("a.xlsx", "--out", "a.xlsx/转换"), "a.xlsx"),
    ],
)
def test_a_wrong_call_is_told_in_a_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: Callable[..., tuple[int, str, str]],
    arguments: Sequence[str],
    words: str,
) -> None:
    """Code 2, one line on stderr, nothing on stdout and nothing written."""
    monkeypatch.chdir(tmp_path)
    renamed(tmp_path / "a.xlsx", {})
    code, out, err = command(*arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


def test_help_is_chinese_and_has_an_example(command: Callable[..., tuple[int, str, str]]) -> None:
    """As for every command."""
    code, out, err = command("--help")
    assert (code, err) == (0, "")
    assert "例：xltool convert" in out


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
