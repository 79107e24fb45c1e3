"""Forms issued by a roster: approved values are locked, the others open, all of them listed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

import xltool
from tests.issuing.county import (
    ALL,
    DAM,
    FARMS,
    RIVER,
    SCHOOLS,
    UNITS,
    WATER,
    WOODS,
    file_of,
    fills,
    form_of,
    issue,
    last_year,
    lines,
)
from tests.support.lint import lint
from tests.support.programs.office import needs_office, recalculate
from tests.support.programs.ooxml import needs_validator, validate
from tests.support.sheets import book, rows_of
from tests.support.template import read_template
from xltool.api import audit
from xltool.findings import Severity, row_column
from xltool.forms import FORMS, base_data, review
from xltool.forms.manifest import SHEET
from xltool.issuing.issue import LIST
from xltool.reader.reading import read_file
from xltool.rules.catalogue import RULES
from xltool.template.sheet import APPROVED_HINT, APPROVED_NOTE
from xltool.template.styles import APPROVED_FILL, INPUT_FILL

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The forms of the roster's departments, and their list; they are only looked at."""
    folder = tmp_path_factory.mktemp("county")
    return issue(folder / "下发", roster=book(folder / "roster.xlsx", **ALL))


def test_a_folder_a_department_and_a_list(issued: list[Path]) -> None:
    """Folders are named by code and name; without projects there is one blank 附件3; the list is the last file."""
    paths, out = issued, issued[-1].parent
    folders = [f"012 {WATER}", f"013 {SCHOOLS}", f"014 {FARMS}", f"015 {WOODS}"]
    assert [path.name for path in sorted(out.iterdir())] == [*folders, LIST]
    assert [sum(path.parent.name == folder for path in paths) for folder in folders] == [4, 3, 4, 3]
    assert paths[-1] == out / LIST
    assert all(path.is_file() for path in paths)
    assert len({path.parent.name + path.name.casefold() for path in paths}) == len(paths)


def test_the_manifest_has_code_department_and_id(issued: list[Path]) -> None:
    """Code, department and issue id stand in the manifest; the list has the same ids, each once."""
    out = issued[-1].parent
    listed = lines(out)
    assert len({line["下发编号"] for line in listed}) == len(listed) == 14
    for line in listed:
        (path,) = out.glob(f"{line['单位编码']} */{line['文件']}")
        rows = {tuple(row[2:4]) for row in rows_of(path, SHEET)}
        assert {("单位", line["单位"]), ("编码", line["单位编码"]), ("编号", line["下发编号"])} <= rows
        (submission,) = read_file(path, path.name).submissions
        assert (submission.issue, submission.issued_to, submission.project) == (
            line["下发编号"],
            line["单位"],
            line["项目"] or "",
        )


def test_approved_values_are_locked_and_green(issued: list[Path]) -> None:
    """编制数, projects with their budgets and approved indicators are filled in, locked and green; the rest is open."""
    approved: dict[tuple[str, ...], dict[str, Any]] = {
        ("附件1",): {"编制数": 12},
        ("附件2",): {"年度资金总额_年初预算数": 1300},
        (RIVER,): {"项目支出名称": RIVER, "当年财政拨款_年初预算数": 996.72},
        (DAM,): {"项目支出名称": DAM, "当年财政拨款_年初预算数": 150, "其他资金_年初预算数": 50},
    }
    for words, values in approved.items():
        path = file_of(issued, "012", *words)
        form, submission = form_of(path)
        filed = {
            key: filed_cell
            for key, filed_cell in submission.values.items()
            if FORMS[submission.form].fields[key].is_input
        }
        locked = {key for key, filed_cell in filed.items() if form.sheet.is_locked(*row_column(filed_cell.cell))}
        assert locked == set(values)
        assert {key: filed[key].value for key in values} == values
        colours = fills(path)
        assert {colours[filed[key].cell] for key in values} == {APPROVED_FILL}
        assert {colours[filed_cell.cell] for key, filed_cell in filed.items() if key not in values} == {INPUT_FILL}


def test_the_total_of_a_project_is_what_was_approved(issued: list[Path]) -> None:
    """年度资金总额 stays the formula of its parts and shows the approved amount."""
    for name, total in ((RIVER, 996.72), (DAM, 200)):
        _, submission = form_of(file_of(issued, "012", name))
        filed = submission.values["年度资金总额_年初预算数"]
        assert (filed.value, filed.intact) == (total, True)


def test_project_rows_of_form_1(issued: list[Path]) -> None:
    """Names and 年初预算数 of this year's projects are locked row by row; two rows and every other amount stay open."""
    form, submission = form_of(file_of(issued, "012", "附件1"))
    rows = [row for row in submission.rows if row.table == base_data.PROJECTS]
    assert [(row.value("项目名称"), row.value("本年预算数")) for row in rows] == [(RIVER, 996.72), (DAM, 200)]
    locks = {
        name: [form.sheet.is_locked(*spot) for spot in form.spots(name)[:-1]]
        for name in ("项目名称", "项目_上年决算数", "项目_本年预算数", "项目_本年决算数")
    }
    assert locks["项目名称"] == locks["项目_本年预算数"] == [True, True, False, False, False]
    assert not any(locks["项目_上年决算数"] + locks["项目_本年决算数"])
    assert submission.value("项目支出_本年预算数") == 1196.72


def test_rows_grow_for_approved_indicators(issued: list[Path], roster: Path, tmp_path: Path) -> None:
    """Each 二级指标 gets as many rows as the largest, a long name a taller row; name, target and weight are locked."""
    form, submission = form_of(file_of(issued, "012", RIVER))
    rows = [row for row in submission.rows if row.value("三级指标")]
    assert [row.value("分值") for row in rows] == [10, 10, 10, 10, 10, 30, 10]
    assert [row.value("二级指标") for row in rows] == ["数量指标"] * 5 + ["经济效益指标", "服务对象满意度指标"]
    assert len(form.spots("三级指标")) == 9 * 5 + 3
    for row in rows:
        cells = {key: form.sheet.is_locked(*row_column(filed.cell)) for key, filed in row.cells.items()}
        assert [key for key, locked in cells.items() if locked and key != "一级指标"] == [
            "三级指标",
            "年度指标值",
            "分值",
        ]
    heights = {row.get("r"): float(row.get("ht", "0")) for row in form.root.iter() if row.tag.endswith("}row")}
    assert heights[str(rows[0].row)] > heights[str(rows[1].row)] == 36
    paths = issue(tmp_path / "八行", roster=roster, indicators=8, department=WATER)
    plain, _ = form_of(file_of(paths, "012", RIVER))
    assert len(plain.spots("三级指标")) == 9 * 8 + 3


def test_what_the_file_shows_is_what_it_calculates(roster: Path, tmp_path: Path) -> None:
    """The stored sums of weights by 一级指标 are the results of their formulas."""
    prior = last_year(tmp_path / "上年")
    paths = issue(tmp_path / "下发", roster=roster, prior=prior, department=WATER)
    for words, weights in ((("附件2",), (60, None, 30)), ((RIVER,), (50, 30, 10))):
        form, _ = form_of(file_of(paths, "012", *words))
        cells = [form.sheet.cells[form.spots(f"{group.name}_分值")[0]] for group in review.GROUPS]
        assert [cell.value or None for cell in cells] == list(weights)


@needs_office
def test_an_office_program_calculates_the_same(roster: Path, tmp_path: Path) -> None:
    """LibreOffice calculates for every cell of an issued workbook the result that is stored in it."""
    prior = last_year(tmp_path / "上年")
    path = issue(tmp_path / "下发", roster=roster, prior=prior, combined=True, department=WATER)[0]
    (again,) = recalculate([path], tmp_path / "重算")
    for name in ("附件1", "附件2", "附件3", "附件3-2"):
        before, after = (
            {(row, column): value for row, line in enumerate(rows_of(file, name)) for column, value in enumerate(line)}
            for file in (path, again)
        )
        cells = {place: value for place, value in before.items() if value}
        assert {place: value for place, value in cells.items() if after.get(place) != value} == {}


def test_known_values_that_are_not_approved_stay_unlocked(issued: list[Path]) -> None:
    """Contact, phone and units are filled in and unlocked; the list names them."""
    _, submission = form_of(file_of(issued, "012", RIVER))
    known = {"主管部门": WATER, "实施单位": "某某县河道所", "填表人": "某某", "联系电话": "0000-0000000"}
    assert {key: submission.value(key) for key in known} == known
    (line,) = (line for line in lines(issued[-1].parent) if line["项目"] == RIVER)
    assert line["预填内容（可修改）"] == "主管部门；实施单位；填表人；联系电话"
    assert line["批复内容（已锁定）"] == "项目支出名称；年初预算数 996.72；指标 7 条"


def test_the_hint_on_green_cells(issued: list[Path]) -> None:
    """The hint on green cells stands beside the form and at locked cells; a form without approved values has none."""
    for path, is_approved in ((file_of(issued, "012", "附件1"), True), (file_of(issued, "013", "附件1"), False)):
        sheet = openpyxl.load_workbook(path).worksheets[0]
        texts = [str(cell.value) for row in sheet.iter_rows(min_row=4, max_row=4) for cell in row]
        assert any(APPROVED_HINT in text for text in texts) is is_approved
        prompts = [rule.prompt for rule in sheet.data_validations.dataValidation]
        assert (APPROVED_NOTE in prompts) is is_approved


def test_issued_forms_are_sound(roster: Path, tmp_path: Path) -> None:
    """Excel has nothing to repair, no cell differs from the issued form, and errors only ask for blank cells."""
    out = tmp_path / "下发"
    paths = issue(out, roster=roster, prior=last_year(tmp_path / "上年"))[:-1]
    assert [complaint for path in paths for complaint in lint(path)] == []
    for folder in {path.parent for path in paths}:
        result = audit([folder]).audit
        assert {record.status for record in result.records} == {"read"}
        assert [finding for finding in result.findings if finding.rule[0] in "WT"] == []
        values = {
            (submission.path, filed.cell)
            for record in result.records
            for submission in record.submissions
            for filed in (
                *submission.values.values(),
                *(cell for row in submission.rows for cell in row.cells.values()),
            )
            if filed.raw is not None
        }
        errors = [finding for finding in result.findings if finding.severity is Severity.ERROR]
        assert errors
        for finding in errors:
            assert any(check.asks_for_entry for check in RULES[finding.rule].checks), finding
            assert (finding.path, finding.cell) not in values, finding


@needs_validator
def test_issued_forms_follow_the_schema(issued: list[Path]) -> None:
    """The Open XML SDK reports no error in the forms and in the list."""
    for path in (*(path for path in issued if "012" in path.parent.name), issued[-1]):
        assert validate(path) == []


def test_combined_and_chosen_forms(roster: Path, tmp_path: Path) -> None:
    """One workbook a department with --combined, as many rows as its widest form needs; --form chooses."""
    out = tmp_path / "合"
    paths = issue(out, roster=roster, combined=True)
    assert [len(list(folder.iterdir())) for folder in sorted(out.iterdir()) if folder.is_dir()] == [1, 1, 1, 1]
    forms = read_template(paths[0]).forms
    assert list(forms) == ["附件1", "附件2", "附件3", "附件3-2"]
    assert {len(forms[key].spots("三级指标")) for key in ("附件2", "附件3", "附件3-2")} == {9 * 5 + 3}
    assert len({line["下发编号"] for line in lines(out)}) == 4
    assert all("附件2" in path.name for path in issue(tmp_path / "二", roster=roster, forms=["2"])[:-1])


def test_one_department_of_the_roster(roster: Path, tmp_path: Path) -> None:
    """`department` with a roster issues to that one, named by name, short name or code."""
    for name in (FARMS, "农业局", "014", "县农业农村局"):
        out = tmp_path / name
        issue(out, roster=roster, department=name)
        assert [path.name for path in sorted(out.iterdir())] == [f"014 {FARMS}", LIST]
    with pytest.raises(ValueError, match="名册里没有这个单位：某某县财政局"):
        issue(tmp_path / "无", roster=roster, department="某某县财政局")
    with pytest.raises(ValueError, match=f"没有这个单位：农业农机局；可能是 {FARMS}，请写全称或单位编码"):
        issue(tmp_path / "无", roster=roster, department="农业农机局")
    with pytest.raises(ValueError, match="项目以名册为准"):
        issue(tmp_path / "无", roster=roster, projects=[RIVER])
    assert not (tmp_path / "无").exists()


def test_folders_of_departments_with_invalid_names(tmp_path: Path) -> None:
    """Departments whose codes or names differ only in signs, or not at all, get separate folders, valid on Windows."""
    units = [UNITS[0][:2], ["1/2", "甲:局"], ["1:2", "甲/局"], ["a1", "乙 局."], ["CON", "丙" * 60], ["a2", "乙 局."]]
    out = tmp_path / "下发"
    issue(out, roster=book(tmp_path / "r.xlsx", 单位=units))
    names = [path.name for path in out.iterdir() if path.is_dir()]
    assert len(names) == len({name.casefold() for name in names}) == 5
    assert {"1_2 甲_局", "1_2 甲_局（2）", "a1 乙 局", "a2 乙 局"} <= set(names)
    assert all(not set(name) & set('\\/:*?"<>|') and name == name.strip(" .") for name in names)


def test_a_department_without_a_roster_is_its_own_supervisor(tmp_path: Path) -> None:
    """附件3 names it as 主管部门 and 实施单位, which it may change; a roster's blank stays blank."""
    paths = xltool.generate(year=2024, out=tmp_path, forms=["附件3"], department=WATER, projects=["某某专项"])
    values = {row["field"]: row["value"] for row in xltool.read(*paths).values.to_dict("records")}
    assert (values["主管部门"], values["实施单位"]) == (WATER, WATER)
