"""The seed in foreign layouts, converted: every input at its cell, every cell in the list, the same findings."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Final

import openpyxl

from tests.converting.converted import FILES, forms_in, inputs, line_of, templates
from tests.support import seed as filing
from tests.support.filled import cell_in_row, cell_of
from tools.samples import junshan
from tools.samples.checking import audited, placed_findings, write
from xltool.converting.conversion_list import CellOutcome
from xltool.converting.filings import LIST
from xltool.forms import FORMS, review
from xltool.reader.notation.tokens import State
from xltool.reader.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.auditing.result import Audit
    from xltool.converting.filings import Converted


# What the template makes impossible, or what the file itself no longer gives cause for; with the reason.
GONE: Final = {
    ("T-01", "附件1", "编制数"): "the numbers went in as numbers",
    ("T-01", "附件3", "年度资金总额_年初预算数"): "the numbers went in as numbers",
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


def test_file_names_are_those_of_generate(seed: tuple[Path, Converted]) -> None:
    """Files are named by form, year, department and project; a single filing gets no folder."""
    _, result = seed
    assert [path.name for path in result.written] == [*FILES.values(), LIST]
    assert {path.parent for path in result.written} == {result.written[-1].parent}


def test_every_input_stands_in_its_template(seed: tuple[Path, Converted]) -> None:
    """The reader finds the same fields and rows in the templates as in the filing, and intact formulas."""
    source, result = seed
    before, after = forms_in(source), forms_in(*templates(result))
    assert list(after) == ["附件1", "附件2", "附件3"]
    for form, submission in after.items():
        wanted = inputs(before[form])
        actual = inputs(submission)
        if form == "附件1":  # not filed; the template is issued to the department
            assert (wanted.pop("填报单位"), actual.pop("填报单位")) == (None, filing.DEPARTMENT)
        assert actual == wanted
        assert len(actual["rows"]) == {"附件1": 1, "附件2": 23, "附件3": 23}[form]
        assert submission.layout == "template"
        assert (submission.issued_to, submission.year) == (filing.DEPARTMENT, 2023)
        computed = [filed for key, filed in submission.values.items() if FORMS[form].fields[key].formula is not None]
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
    """Findings by rule, form, field and, for table rows, the filed value."""
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
    """The findings are the same except for the listed ones, each with its reason."""
    source, result = seed
    before, after = keyed(audited([source])), keyed(audited(templates(result)))
    assert {key[:3] for key in before - after} == set(GONE)
    assert {key[:3] for key in after - before} == set(COME)
    assert sum((before & after).values()) == 38


def test_every_filled_cell_has_its_line(seed: tuple[Path, Converted]) -> None:
    """As many lines as cells that hold something, each with the cell as a reader of the filing finds it."""
    source, result = seed
    record = read_file(source, source.as_posix())
    wanted: Counter[tuple[str, str | None, str]] = Counter()
    for submission in record.submissions:
        cells = [*submission.values.values(), *(filed for row in submission.rows for filed in row.cells.values())]
        shown = [
            cell for cell in cells if cell.typed is not None and cell.state is not State.BLANK and not cell.repeated
        ]
        wanted += Counter((submission.id, submission.place(filed.cell)[1], str(filed.typed)) for filed in shown)
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


def test_repairs_are_noted(seed: tuple[Path, Converted]) -> None:
    """The code of the repair and the text as it was typed."""
    _, result = seed
    line = line_of(result, "附件1", "编制数")
    assert (line.outcome, line.raw, line.value) == (CellOutcome.REPAIRED, "\u300012", 12)
    assert line.repairs.startswith("T-01 ")
    name = line_of(result, "附件1", "项目名称")
    assert (name.raw, name.value, name.repairs) == ("1、产业开发专项", "产业开发专项", "去掉名称前的序号")
    assert line_of(result, "附件2", "一般公共预算").outcome is CellOutcome.PLACED


def test_calculated_cells_that_differ_are_listed(seed: tuple[Path, Converted]) -> None:
    """Listed are the overtyped total, the totals of blank columns, and results of these; all others agree."""
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
