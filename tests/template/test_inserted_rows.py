"""Rows inserted into the tables of a protected template by LibreOffice itself, as its menu does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support import seed
from tests.support.parts import MAIN
from tests.support.programs.macro import choose, delete_row, enter, insert_row, work
from tests.support.programs.office import needs_office
from tests.support.template import Form, Template, area, covers, read_template
from xltool.auditing.audit import audit
from xltool.findings import address
from xltool.forms import FORMS
from xltool.reader.reading import read_file
from xltool.template.order import SheetOrder
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from lxml import etree

    from xltool.findings import Finding
    from xltool.reader.records import Submission

pytestmark = needs_office

PROJECTS: list[tuple[str, float, float, float]] = [
    ("防汛应急物资", 1.25, 2.5, 3.75),
    ("水库除险加固", 10.0, 20.0, 30.0),
]
INDICATORS: list[tuple[str, str | None, str, str, str, float, float]] = [
    # 一级指标, 二级指标 (None: the row lies in its merge), 三级指标, 年度指标值, 实际完成值, 分值, 得分
    ("产出指标", None, "新建泵站", "2座", "2座", 1, 1),
    ("产出指标", "成本指标", "泵站单位造价", "≤100万元", "90万元", 2, 1.5),
    ("满意度指标", "服务对象满意度指标", "用水户满意度", "≥90%", "95%", 3, 2),
]
READ = {
    "附件1": ("项目名称", "上年决算数", "本年预算数", "本年决算数"),
    **dict.fromkeys(("附件2", "附件3"), ("一级指标", "二级指标", "三级指标", "分值", "得分")),
}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seed filed honestly, all forms in one workbook, protected."""
    values: dict[str, Any] = {
        "附件1": seed.base_data_values(),
        "附件2": seed.self_review_values(),
        "附件3": seed.project_values(),
    }
    sheets = [SheetOrder(FORMS[key], prefill=seed.honest(filled)) for key, filled in values.items()]
    path = tmp_path_factory.mktemp("inserted") / "before.xlsx"
    path.write_bytes(write_workbook(seed.order(), sheets))
    return path


def _fill(form: Form, row: int, entries: dict[str, float | str | None]) -> list[str]:
    """Type into a row of a table, column by column."""
    steps: list[str] = []
    for name, value in entries.items():
        if value is not None:
            steps += enter(address(row, form.area(name)[1]), value)
    return steps


def _closing_rows(form: Form) -> list[int]:
    """The thin row under each 一级指标, of which each page has a part."""
    top, column, bottom, _ = form.area("一级指标")
    starts = [row for row in range(top, bottom + 1) if form.text(row, column)]
    return list({form.text(start, column): form.merged(start, column)[2] for start in starts}.values())


def _project_steps(form: Form) -> list[str]:
    top, _, bottom, _ = form.area("项目名称")
    columns = ("项目名称", "项目_上年决算数", "项目_本年预算数", "项目_本年决算数")
    steps = [*insert_row(bottom), *_fill(form, bottom, dict(zip(columns, PROJECTS[0], strict=True)))]
    return [*steps, *insert_row(top + 2), *_fill(form, top + 2, dict(zip(columns, PROJECTS[1], strict=True)))]


def _indicator_steps(form: Form) -> list[str]:
    """In the middle of the first part, above the thin row of the first group, above the closing one."""
    columns = ("二级指标", "三级指标", "年度指标值", "实际完成值", "指标_分值", "指标_得分")
    first, closing = form.area("一级指标")[0] + 1, _closing_rows(form)
    steps: list[str] = []
    # From below, so that the rows above keep their numbers.
    for row, entry in zip((closing[2], closing[0], first), reversed(INDICATORS), strict=True):
        steps += [*insert_row(row), *_fill(form, row, dict(zip(columns, entry[1:], strict=True)))]
    return steps


@pytest.fixture(scope="module")
def after(before: Path) -> Path:
    """The same workbook with rows inserted into every table and filled in."""
    template = read_template(before)
    steps: list[str] = []
    for name, form in template.forms.items():
        steps += choose(name) + (_project_steps(form) if name == "附件1" else _indicator_steps(form))
    return work(before, before.with_name("after.xlsx"), steps)


@pytest.fixture(scope="module")
def templates(before: Path, after: Path) -> tuple[Template, Template]:
    """Before and after."""
    return read_template(before), read_template(after)


TABLES = {"附件1": ("项目名称", 2), "附件2": ("三级指标", 3), "附件3": ("三级指标", 3)}
COLUMNS = {
    "附件1": ("项目名称", "项目_上年决算数", "项目_本年预算数", "项目_本年决算数"),
    "附件2": ("三级指标", "年度指标值", "实际完成值", "指标_分值", "指标_得分", "偏差原因分析及改进措施"),
    "附件3": ("三级指标", "年度指标值", "实际完成值", "指标_分值", "指标_得分", "偏差原因分析及改进措施"),
}


def _inserted(old: Form, new: Form, key: str) -> list[int]:
    """Rows of the new sheet whose name or indicator was not there before."""
    name, _ = TABLES[key]
    known = {old.text(*spot) for spot in old.spots(name)}
    return [row for row, column in new.spots(name) if new.text(row, column) not in known]


@pytest.mark.parametrize("key", TABLES)
def test_names_take_the_rows_in(key: str, templates: tuple[Template, Template]) -> None:
    """Every column's name is longer by the rows inserted; fields below the table have moved with their cells."""
    old, new = (template.forms[key] for template in templates)
    _, more = TABLES[key]
    assert len(_inserted(old, new, key)) == more
    for name in COLUMNS[key]:
        before, now = old.area(name), new.area(name)
        assert (now[0], now[2]) == (before[0], before[2] + more)
        assert now[1::2] == before[1::2]
    assert set(old.names) == set(new.names)
    assert new.area("联系电话")[0] == old.area("联系电话")[0] + more
    assert new.text(*new.area("联系电话")[:2]) == "0000000"


@pytest.mark.parametrize("key", TABLES)
def test_new_rows_are_inputs_with_validations_and_formats(key: str, templates: tuple[Template, Template]) -> None:
    """A row inserted can be typed into, is checked as it is typed, and turns colour as any other."""
    old, new = (template.forms[key] for template in templates)
    validated = _areas(new, "dataValidation")
    coloured = _areas(new, "conditionalFormatting")
    amount = "项目_本年决算数" if key == "附件1" else "指标_得分"
    for row in _inserted(old, new, key):
        for name in COLUMNS[key]:
            spot = (row, new.area(name)[1])
            assert not new.sheet.is_locked(*spot), (name, row)
            assert any(covers(span, spot + spot) for span in validated), (name, row)
        spot = (row, new.area(amount)[1])
        assert any(covers(span, spot + spot) for span in coloured), row


def _areas(form: Form, tag: str) -> list[tuple[int, int, int, int]]:
    elements: list[etree._Element] = list(form.root.iter(MAIN + tag))
    return [area(ref) for element in elements for ref in element.get("sqref", "").split()]


def _value(form: Form, name: str) -> float:
    value = form.sheet.cells[form.area(name)[:2]].value
    assert isinstance(value, float), name
    return value


def test_totals_count_the_rows(templates: tuple[Template, Template]) -> None:
    """项目支出, the sums of each 一级指标 and 总分 are higher by exactly what was filled in."""
    old, new = (template.forms["附件1"] for template in templates)
    amounts = zip(*(project[1:] for project in PROJECTS), strict=True)
    for measure, more in zip(("上年决算数", "本年预算数", "本年决算数"), amounts, strict=True):
        name = f"项目支出_{measure}"
        assert _value(new, name) == pytest.approx(_value(old, name) + sum(more), abs=1e-9)
    for key in ("附件2", "附件3"):
        old, new = (template.forms[key] for template in templates)
        for column, at in (("分值", 5), ("得分", 6)):
            added: dict[str, float] = {"总分": 0, "产出指标": 0, "效益指标": 0, "满意度指标": 0}
            for entry in INDICATORS:
                number = float(entry[at] or 0)
                added["总分"] += number
                added[entry[0]] += number
            for name, more_points in added.items():
                assert _value(new, f"{name}_{column}") == _value(old, f"{name}_{column}") + more_points


def _findings(path: Path) -> tuple[list[Submission], list[Finding]]:
    record = read_file(path, path.name)
    assert record.status == "read"
    return record.submissions, [finding for finding in audit([record]).findings if finding.rule.startswith("W")]


def test_the_reader_sees_rows_not_changes(after: Path) -> None:
    """W-12 for each form with the number of rows, and nothing else about the workbook."""
    _, findings = _findings(after)
    assert {finding.rule for finding in findings} == {"W-12"}
    assert [(finding.sheet, finding.message) for finding in findings] == [
        ("附件1", "项目支出插入了 2 行，已计入合计。"),
        ("附件2", "绩效指标插入了 3 行，已计入合计。"),
        ("附件3", "绩效指标插入了 3 行，已计入合计。"),
    ]


def test_the_reader_reads_the_rows(before: Path, after: Path) -> None:
    """What was filled in is in the records, each indicator under its 二级指标; formulas are the issued ones."""
    old, _ = _findings(before)
    submissions, _ = _findings(after)
    for submission, earlier in zip(submissions, old, strict=True):
        assert all(filed.intact for filed in submission.values.values() if filed.formula)
        assert {key: filed.formula is None for key, filed in submission.values.items()} == {
            key: filed.formula is None for key, filed in earlier.values.items()
        }
        assert len(submission.rows) == len(earlier.rows) + TABLES[submission.form][1]
        rows = [tuple(row.value(column) for column in READ[submission.form]) for row in submission.rows]
        if submission.form == "附件1":
            assert [row for row in rows if row in PROJECTS] == [PROJECTS[1], PROJECTS[0]]
        else:
            wanted = [(group, part or "数量指标", name, *points) for group, part, name, _, _, *points in INDICATORS]
            assert [row for row in rows if row in wanted] == wanted


def test_what_is_locked_stays_as_it_is(before: Path) -> None:
    """The same commands neither delete a row nor overtype a formula or a label."""
    form = read_template(before).forms["附件1"]
    top, _, bottom, _ = form.area("项目名称")
    total = form.area("项目支出_上年决算数")[:2]
    steps = [*choose("附件1"), *delete_row(top + 1), *enter(address(*total), 999), *enter("A2", "改过的标题")]
    steps += enter(address(top + 1, 1), "可以填写")
    now = read_template(work(before, before.with_name("locked.xlsx"), steps)).forms["附件1"]
    assert now.area("项目名称") == form.area("项目名称")
    assert now.sheet.cells[total].formula is not None
    assert _value(now, "项目支出_上年决算数") == _value(form, "项目支出_上年决算数")
    assert now.text(2, 1) == form.text(2, 1)
    assert now.text(top + 1, 1) == "可以填写"
    assert bottom == now.area("项目名称")[2]


def test_a_row_no_sum_would_count_cannot_be_filled(before: Path) -> None:
    """Above the first row of a table a row lies outside its sums: it is locked as the row above it."""
    form = read_template(before).forms["附件1"]
    top = form.area("项目名称")[0]
    steps = [*choose("附件1"), *insert_row(top), *enter(address(top, 1), "漏计项目"), *enter(address(top, 2), 7)]
    now = read_template(work(before, before.with_name("above.xlsx"), steps)).forms["附件1"]
    assert now.area("项目名称")[0] == top + 1
    assert (now.text(top, 1), now.text(top, 2)) == ("", "")
    assert now.sheet.is_locked(top, 1)
