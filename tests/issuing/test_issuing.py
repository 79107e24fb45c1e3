"""Forms issued by a roster and last year's filings: approved figures locked, the rest open, everything told."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import openpyxl
import pytest

import xltool
from tests.batches.folders import Answers, InlinePool
from tests.cli.test_cli import ROOT
from tests.support.lint import lint
from tests.support.programs.office import needs_office, recalculate
from tests.support.programs.ooxml import needs_validator, validate
from tests.support.rosters import book
from tests.support.template import Form, read_template
from xltool import cli
from xltool.api import audit
from xltool.batches import reading, side_inputs
from xltool.findings import Severity, row_column
from xltool.forms import FORMS, base_data, review
from xltool.forms.manifest import SHEET
from xltool.issuing.issue import LIST, issue_plan
from xltool.issuing.plan import plan_roster
from xltool.reader.reading import read_file
from xltool.roster import load
from xltool.rules.catalogue import RULES
from xltool.template.filling import indicator_columns, project_columns
from xltool.template.order import Order, SheetOrder
from xltool.template.sheet import APPROVED_NOTE
from xltool.template.styles import APPROVED_FILL, INPUT_FILL
from xltool.template.workbook import write_workbook
from xltool.workers.pool import Lost

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.expr.nodes import Field
    from xltool.reader.records import Submission

WATER, SCHOOLS, FARMS, WOODS = "某某县水利局", "某某县教育局", "某某县农业农村局", "某某县林业局"
RIVER, DAM, OLD = "河道治理", "水库除险加固（一期）", "机井改造"
LONG: Final = "完成主要河道清淤疏浚、岸坡整治和生态护岸建设的总长度（含支流）"
Command = Callable[..., tuple[int, str, str]]
UNITS: Final[list[list[Any]]] = [
    ["单位编码", "单位名称", "编制数", "联系人", "联系电话", "年初预算数", "简称"],
    ["012", WATER, 12, "某某", "0000-0000000", 1300],
    ["013", SCHOOLS],
    ["014", FARMS, 40, None, None, None, "农业局"],
    ["015", WOODS],
]
PROJECTS: Final[list[list[Any]]] = [
    ["单位编码", "项目名称", "主管部门", "实施单位", "年初预算数", "当年财政拨款", "其他资金"],
    ["012", RIVER, WATER, "某某县河道所", 996.72],
    ["012", DAM, None, None, 200, 150, 50],
    ["014", "农业/补贴", None, None, None],
    ["014", "农业:补贴", None, None, 5],
]
INDICATORS: Final[list[list[Any]]] = [
    ["单位编码", "项目名称", "二级指标", "三级指标", "年度指标值", "分值"],
    *(["012", RIVER, "数量指标", name, "≥15公里", 10] for name in (LONG, "二", "三", "四", "五")),
    ["012", RIVER, "经济效益指标", "增产", "≥3%", 30],
    ["012", RIVER, "满意度指标", "群众满意度", "≥90%", 10],
]  # fmt: skip
ALL: Final[dict[str, list[list[Any]]]] = {"单位": UNITS, "项目": PROJECTS, "指标": INDICATORS}


@pytest.fixture(autouse=True)
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No processes: the work itself is the same."""
    monkeypatch.setattr(reading, "Pool", InlinePool)
    monkeypatch.setattr(side_inputs, "Pool", InlinePool)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1718150400")


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """A roster of four departments."""
    return book(tmp_path / "roster.xlsx", **ALL)


def last_year(folder: Path, department: str = WATER, **more: Any) -> Path:  # noqa: ANN401 - parts of a filing
    """What a department filed for 2023: 附件1, 附件2 and 附件3 of two projects, of which one has ended."""
    names = more.pop("projects", (RIVER, OLD))
    order = Order(more.pop("year", 2023), department, projects=names)
    rows: list[dict[str, str | float | None]] = [
        {"二级指标": "数量指标", "三级指标": "上年数量", "年度指标值": "≥10公里", "分值": 60.0, "得分": 60.0},
        {"二级指标": "服务对象满意度指标", "三级指标": "上年满意度", "年度指标值": "≥85%", "分值": 30.0},
    ]
    values: dict[str, dict[Field, Any]] = {
        "附件1": {
            base_data.posts: 11,
            base_data.reception.actual: 4.5,
            base_data.vehicle_running.actual: 7.1,
            base_data.abroad.actual: "——",
            base_data.running.actual: 39.19,
            **project_columns([{"项目名称": name, "本年决算数": 100.0 + at} for at, name in enumerate(names)]),
        },
        "附件2": dict(indicator_columns(rows, 3)),
        "附件3": dict(indicator_columns(rows[:1], 3)),
    }
    values["附件1"] |= more.pop("extra", {})
    folder.mkdir(parents=True, exist_ok=True)
    for sheet in (
        SheetOrder(FORMS["附件1"]),
        SheetOrder(FORMS["附件2"]),
        *(SheetOrder(FORMS["附件3"], n) for n in names),
    ):
        path = folder / f"{sheet.form.key}{sheet.project}.xlsx"
        path.write_bytes(write_workbook(order, [replace(sheet, prefill=values[sheet.form.key])]))
    return folder


def issue(out: Path, **wishes: Any) -> list[Path]:  # noqa: ANN401 - the parameters of generate
    """Issue the forms of 2024."""
    return xltool.generate(year=2024, out=out, **wishes)


def form_of(path: Path) -> tuple[Form, Submission]:
    """The one form of a file, as it lies there and as it is read."""
    (form,) = read_template(path).forms.values()
    (one,) = read_file(path, path.name).submissions
    return form, one


def file_of(paths: list[Path], *words: str) -> Path:
    """The one file whose path holds all these words."""
    (path,) = (path for path in paths if all(word in str(path) for word in words))
    return path


def lines(out: Path, sheet: str = "下发清单") -> list[dict[str, Any]]:
    """The rows of a sheet of the list, by head."""
    head, *rows = openpyxl.load_workbook(out / LIST)[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def fills(path: Path) -> dict[str, str]:
    """The fill of every cell of the first sheet."""
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return {cell.coordinate: "#" + str(cell.fill.fgColor.rgb)[2:] for row in sheet.iter_rows() for cell in row}


# --- what is issued ---------------------------------------------------------------------------


def test_a_folder_a_department_and_a_list(roster: Path, tmp_path: Path) -> None:
    """Folders are called by code and name; a department without projects gets one blank 附件3; the list comes last."""
    out = tmp_path / "下发"
    paths = issue(out, roster=roster)
    folders = [f"012 {WATER}", f"013 {SCHOOLS}", f"014 {FARMS}", f"015 {WOODS}"]
    assert [path.name for path in sorted(out.iterdir())] == [*folders, LIST]
    assert [sum(path.parent.name == folder for path in paths) for folder in folders] == [4, 3, 4, 3]
    assert paths[-1] == out / LIST
    assert all(path.is_file() for path in paths)
    assert len({path.parent.name + path.name.casefold() for path in paths}) == len(paths)


def test_the_manifest_says_whose_it_is(roster: Path, tmp_path: Path) -> None:
    """Code, department and issue id stand in the manifest; the list has the same ids, each once."""
    out = tmp_path / "下发"
    issue(out, roster=roster)
    told = lines(out)
    assert len({line["下发编号"] for line in told}) == len(told) == 14
    for line in told:
        (path,) = out.glob(f"{line['单位编码']} */{line['文件']}")
        rows = list(openpyxl.load_workbook(path)[SHEET].iter_rows(min_col=3, values_only=True))
        assert {("单位", line["单位"]), ("编码", line["单位编码"]), ("编号", line["下发编号"])} <= set(rows)
        (one,) = read_file(path, path.name).submissions
        assert (one.issue, one.issued_to, one.project) == (line["下发编号"], line["单位"], line["项目"] or "")


def test_approved_figures_are_locked_and_look_so(roster: Path, tmp_path: Path) -> None:
    """编制数, projects with their budgets and approved indicators are filled in, locked and green; the rest is open."""
    paths = issue(tmp_path / "下发", roster=roster)
    approved: dict[tuple[str, ...], dict[str, Any]] = {
        ("附件1",): {"编制数": 12},
        ("附件2",): {"年度资金总额_年初预算数": 1300},
        (RIVER,): {"项目支出名称": RIVER, "当年财政拨款_年初预算数": 996.72},
        (DAM,): {"项目支出名称": DAM, "当年财政拨款_年初预算数": 150, "其他资金_年初预算数": 50},
    }
    for words, values in approved.items():
        path = file_of(paths, "012", *words)
        form, one = form_of(path)
        filed = {key: found for key, found in one.values.items() if FORMS[one.form].fields[key].is_input}
        locked = {key for key, found in filed.items() if form.sheet.is_locked(*row_column(found.cell))}
        assert locked == set(values)
        assert {key: filed[key].value for key in values} == values
        colours = fills(path)
        assert {colours[filed[key].cell] for key in values} == {APPROVED_FILL}
        assert {colours[found.cell] for key, found in filed.items() if key not in values} == {INPUT_FILL}


def test_the_total_of_a_project_is_what_was_approved(roster: Path, tmp_path: Path) -> None:
    """年度资金总额 stays the formula of its parts and shows the approved amount."""
    paths = issue(tmp_path / "下发", roster=roster)
    for name, total in ((RIVER, 996.72), (DAM, 200)):
        _, one = form_of(file_of(paths, "012", name))
        filed = one.values["年度资金总额_年初预算数"]
        assert (filed.value, filed.intact) == (total, True)


def test_project_rows_of_form_1(roster: Path, tmp_path: Path) -> None:
    """Names and 年初预算数 of this year's projects are locked row by row; two rows and every other amount stay open."""
    form, one = form_of(file_of(issue(tmp_path / "下发", roster=roster), "012", "附件1"))
    rows = [row for row in one.rows if row.table == base_data.PROJECTS]
    assert [(row.value("项目名称"), row.value("本年预算数")) for row in rows] == [(RIVER, 996.72), (DAM, 200)]
    locks = {
        name: [form.sheet.is_locked(*spot) for spot in form.spots(name)[:-1]]
        for name in ("项目名称", "项目_上年决算数", "项目_本年预算数", "项目_本年决算数")
    }
    assert locks["项目名称"] == locks["项目_本年预算数"] == [True, True, False, False, False]
    assert not any(locks["项目_上年决算数"] + locks["项目_本年决算数"])
    assert one.value("项目支出_本年预算数") == 1196.72


def test_rows_grow_for_approved_indicators(roster: Path, tmp_path: Path) -> None:
    """Five of one 二级指标 get five rows each, a long name a taller one; name, target and weight are locked."""
    paths = issue(tmp_path / "下发", roster=roster)
    form, one = form_of(file_of(paths, "012", RIVER))
    rows = [row for row in one.rows if row.value("三级指标")]
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
    plain, _ = form_of(file_of(issue(tmp_path / "八行", roster=roster, indicators=8), "012", RIVER))
    assert len(plain.spots("三级指标")) == 9 * 8 + 3


def test_what_the_file_shows_is_what_it_calculates(roster: Path, tmp_path: Path) -> None:
    """The stored results beside the form are those of its formulas: weights by 一级指标, and nothing to be checked."""
    prior = last_year(tmp_path / "上年")
    paths = issue(tmp_path / "下发", roster=roster, prior=prior)
    for words, weights in ((("附件2",), (60, None, 30)), ((RIVER,), (50, 30, 10))):
        form, _ = form_of(file_of(paths, "012", *words))
        cells = [form.sheet.cells[form.spots(f"{group.name}_分值")[0]] for group in review.GROUPS]
        assert [cell.value or None for cell in cells] == list(weights)


@needs_office
def test_an_office_program_calculates_the_same(roster: Path, tmp_path: Path) -> None:
    """LibreOffice recalculates every cell of an issued workbook to what stands there."""
    prior = last_year(tmp_path / "上年")
    path = issue(tmp_path / "下发", roster=roster, prior=prior, combined=True)[0]
    (again,) = recalculate([path], tmp_path / "重算")
    before, after = (openpyxl.load_workbook(one, data_only=True) for one in (path, again))
    for name in ("附件1", "附件2", "附件3", "附件3-2"):
        cells = [cell for row in before[name].iter_rows() for cell in row if cell.value]
        assert [
            (cell.coordinate, cell.value) for cell in cells if after[name][cell.coordinate].value != cell.value
        ] == []


def test_what_is_known_but_not_approved_stays_open(roster: Path, tmp_path: Path) -> None:
    """Contact, phone, units: filled in, to be changed; the list says which."""
    out = tmp_path / "下发"
    _, one = form_of(file_of(issue(out, roster=roster), "012", RIVER))
    known = {"主管部门": WATER, "实施单位": "某某县河道所", "填表人": "某某", "联系电话": "0000-0000000"}
    assert {key: one.value(key) for key in known} == known
    (line,) = (line for line in lines(out) if line["项目"] == RIVER)
    assert line["预填内容（可修改）"] == "主管部门；实施单位；填表人；联系电话"
    assert line["批复内容（已锁定）"] == "项目支出名称；年初预算数 996.72；指标 7 条"


def test_the_sheet_says_what_green_means(roster: Path, tmp_path: Path) -> None:
    """Beside the form, and at a locked cell; a form without approved values says nothing of it."""
    paths = issue(tmp_path / "下发", roster=roster)
    for path, told in ((file_of(paths, "012", "附件1"), True), (file_of(paths, "013", "附件1"), False)):
        sheet = openpyxl.load_workbook(path).worksheets[0]
        texts = [str(cell.value) for row in sheet.iter_rows(min_row=4, max_row=4) for cell in row]
        assert any(APPROVED_NOTE in text for text in texts) is told
        prompts = [rule.prompt for rule in sheet.data_validations.dataValidation]
        assert (APPROVED_NOTE in prompts) is told


def test_issued_forms_are_sound(roster: Path, tmp_path: Path) -> None:
    """Nothing Excel would repair, nothing changed since it was issued, no error but on what is to be filled in."""
    out = tmp_path / "下发"
    paths = issue(out, roster=roster, prior=last_year(tmp_path / "上年"))[:-1]
    assert [found for path in paths for found in lint(path)] == []
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
def test_issued_forms_follow_the_schema(roster: Path, tmp_path: Path) -> None:
    """The Open XML SDK finds nothing to say, of the forms and of the list."""
    out = tmp_path / "下发"
    paths = issue(out, roster=roster)
    for path in (*(path for path in paths if "012" in path.parent.name), out / LIST):
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


def test_names_no_file_system_takes(tmp_path: Path) -> None:
    """Codes and names with signs, alike but for them, or of one name: folders of their own, all safe on Windows."""
    units = [UNITS[0][:2], ["1/2", "甲:局"], ["1:2", "甲/局"], ["a1", "乙 局."], ["CON", "丙" * 60], ["a2", "乙 局."]]
    out = tmp_path / "下发"
    issue(out, roster=book(tmp_path / "r.xlsx", 单位=units))
    names = [path.name for path in out.iterdir() if path.is_dir()]
    assert len(names) == len({name.casefold() for name in names}) == 5
    assert {"1_2 甲_局", "1_2 甲_局（2）", "a1 乙 局", "a2 乙 局"} <= set(names)
    assert all(not set(name) & set('\\/:*?"<>|') and name == name.strip(" .") for name in names)


# --- last year --------------------------------------------------------------------------------


def test_last_years_amounts(roster: Path, tmp_path: Path) -> None:
    """上年决算数 is last year's 本年决算数, open; an ended project keeps its row, so that the total is last year's."""
    out = tmp_path / "下发"
    form, one = form_of(file_of(issue(out, roster=roster, prior=last_year(tmp_path / "上年")), "012", "附件1"))
    amounts = {
        "公务接待_上年决算数": 4.5, "公车运行维护_上年决算数": 7.1, "公用经费_上年决算数": 39.19,
        "三公经费_上年决算数": 11.6, "项目支出_上年决算数": 201.0, "出国经费_上年决算数": None,
    }  # fmt: skip
    assert {key: one.value(key) for key in amounts} == amounts
    rows = [(row.value("项目名称"), row.value("上年决算数"), row.value("本年预算数")) for row in one.rows]
    assert rows == [(RIVER, 100.0, 996.72), (DAM, None, 200.0), (OLD, 101.0, None)]
    assert not form.sheet.is_locked(*form.spots("项目名称")[2])
    assert not form.sheet.is_locked(*row_column(str(one.cell("公务接待_上年决算数"))))
    assert one.value("编制数") == 12
    first = lines(out)[0]
    assert first["来自上年（可修改）"] == "上年决算数 3 项，项目 2 个"
    assert first["上年文件"] == "附件1.xlsx"
    assert first["说明"] == f"上年的项目今年没有，保留上年决算数行，不发附件3：{OLD}"


def test_last_years_indicators(roster: Path, tmp_path: Path) -> None:
    """Carried over, open, only where the roster gives none; what ended is told with its file."""
    out = tmp_path / "下发"
    paths = issue(out, roster=roster, prior=last_year(tmp_path / "上年"))
    form, one = form_of(file_of(paths, "012", "附件2"))
    rows = [row for row in one.rows if row.value("三级指标")]
    assert [
        (row.value("二级指标"), row.value("三级指标"), row.value("年度指标值"), row.value("分值")) for row in rows
    ] == [
        ("数量指标", "上年数量", "≥10公里", 60.0),
        ("服务对象满意度指标", "上年满意度", "≥85%", 30.0),
    ]
    assert [row.value("得分") for row in rows] == [None, None]
    assert not form.sheet.is_locked(*row_column(rows[0].cells["三级指标"].cell))
    _, river = form_of(file_of(paths, "012", RIVER))
    assert "上年数量" not in {row.value("三级指标") for row in river.rows}
    assert [(line["上年文件"], line["项目"], line["没有采用的原因"]) for line in lines(out, "上年未采用")] == [
        (f"附件3{OLD}.xlsx", OLD, "今年没有这个项目，指标没有沿用")
    ]
    told = {line["单位编码"]: line["说明"] for line in lines(out) if line["表"] == "附件2"}
    assert told == {"012": None, "013": "没有找到本单位上年的报送", "014": "没有找到本单位上年的报送",
                    "015": "没有找到本单位上年的报送"}  # fmt: skip


def test_without_a_roster(tmp_path: Path) -> None:
    """One department and last year's folder: its projects and their indicators are carried on, nothing is locked."""
    prior = last_year(tmp_path / "上年" / "水利局")
    last_year(tmp_path / "上年" / "教育局", SCHOOLS)
    out = tmp_path / "下发"
    paths = issue(out, department=WATER, prior=tmp_path / "上年")
    assert [path.parent for path in paths] == [out] * 5
    _, third = form_of(file_of(paths, "附件3", OLD))
    assert [row.value("三级指标") for row in third.rows if row.value("三级指标")] == ["上年数量"]
    form, first = form_of(file_of(paths, "附件1"))
    assert first.value("编制数") == 11
    assert not form.sheet.is_locked(*row_column(str(first.cell("编制数"))))
    assert [row.value("项目名称") for row in first.rows] == [RIVER, OLD]
    assert lines(out)[0]["说明"] == "没有今年的项目名单，项目沿用上年"
    assert "上年未采用" not in openpyxl.load_workbook(out / LIST).sheetnames
    assert prior.is_dir()


def test_projects_that_are_named_need_no_roster(tmp_path: Path) -> None:
    """With --project those are this year's; last year's other one is told as ended."""
    out = tmp_path / "下发"
    paths = issue(out, department=WATER, projects=[RIVER], prior=last_year(tmp_path / "上年"))
    assert len(paths) == 4
    assert OLD in lines(out)[0]["说明"]
    assert [line["项目"] for line in lines(out, "上年未采用")] == [OLD]
    with pytest.raises(ValueError, match="请用 --department 指明单位"):
        issue(out, prior=tmp_path / "上年")


def test_a_roster_without_projects_carries_last_years(tmp_path: Path) -> None:
    """Where the roster lists no projects at all, last year's are carried on; where it lists some, they are all."""
    prior = last_year(tmp_path / "上年")
    units = book(tmp_path / "单位.xlsx", 单位=UNITS[:2])
    assert len(issue(tmp_path / "一", roster=units, prior=prior)) == 5
    others = book(tmp_path / "两.xlsx", 单位=UNITS[:3], 项目=[PROJECTS[0], ["013", "校舍", None, None, 5]])
    paths = issue(tmp_path / "二", roster=others, prior=prior)
    assert len([path for path in paths if "012" in path.parent.name]) == 3


def test_what_is_not_certain_is_not_taken(roster: Path, tmp_path: Path) -> None:
    """Another year's form, an unknown or doubtful department, two that differ, a damaged file: told, never used."""
    prior = tmp_path / "上年"
    last_year(prior / "旧", FARMS, year=2022)
    last_year(prior / "财政", "某某县财政局")
    last_year(prior / "疑", "某某县教育体育局")
    last_year(prior / "一", "农业局", projects=())
    last_year(prior / "二", FARMS, projects=(), extra={base_data.reception.actual: 5.0})
    (prior / "坏.xlsx").write_bytes(b"PK\x03\x04 damaged")
    out = tmp_path / "下发"
    paths = issue(out, roster=roster, prior=prior)
    reasons = {line["上年文件"]: line["没有采用的原因"] for line in lines(out, "上年未采用")}
    assert reasons["旧/附件1.xlsx"] == "是 2022 年度的表，不是上年（2023）"
    assert reasons["财政/附件2.xlsx"] == "名册里没有单位“某某县财政局”，未采用"
    assert reasons["疑/附件1.xlsx"] == f"单位“某某县教育体育局”可能是“{SCHOOLS}”，不能确定，未采用"
    assert "损坏" in reasons["坏.xlsx"]
    _, one = form_of(file_of(paths, "014", "附件1"))
    assert one.value("公务接待_上年决算数") is None
    (told,) = (line["说明"] for line in lines(out) if line["单位编码"] == "014" and line["表"] == "附件1")
    assert told == "上年有 2 份内容不同的附件1，未采用：一/附件1.xlsx、二/附件1.xlsx"
    _, second = form_of(file_of(paths, "014", "附件2"))
    assert second.rows[0].value("三级指标") == "上年数量", "two that say the same are one"


def test_another_departments_template_is_not_taken(roster: Path, tmp_path: Path) -> None:
    """A template issued to one department and filed by another is neither's."""
    prior = tmp_path / "上年"
    last_year(prior, FARMS, projects=())
    path = prior / "附件1.xlsx"
    order = SheetOrder(FORMS["附件1"], prefill={base_data.unit: SCHOOLS, base_data.reception.actual: 9.0})
    path.write_bytes(write_workbook(Order(2023, FARMS), [order]))
    out = tmp_path / "下发"
    issue(out, roster=roster, prior=prior)
    (line,) = lines(out, "上年未采用")
    assert line["没有采用的原因"] == f"表样下发给“{FARMS}”，填报的是“{SCHOOLS}”，未采用"


def test_two_of_one_name_are_told_apart_by_their_code(tmp_path: Path) -> None:
    """A template that was issued by a roster counts for its code; of others of that name it is not known whose."""
    units = [UNITS[0][:2], ["1", WATER], ["2", WATER]]
    roster = book(tmp_path / "r.xlsx", 单位=units)
    prior = tmp_path / "上年"
    order = SheetOrder(FORMS["附件1"], prefill={base_data.reception.actual: 9.0})
    for name, code in (("甲.xlsx", "2"), ("乙.xlsx", "")):
        prior.mkdir(exist_ok=True)
        (prior / name).write_bytes(write_workbook(Order(2023, WATER, code=code), [order]))
    out = tmp_path / "下发"
    paths = issue(out, roster=roster, prior=prior)
    amounts = [form_of(file_of(paths, f"{code} {WATER}", "附件1"))[1].value("公务接待_上年决算数") for code in "12"]
    assert amounts == [None, 9.0]
    assert [line["上年文件"] for line in lines(out, "上年未采用")] == ["乙.xlsx"]


def test_totals_their_parts_do_not_make_are_told(tmp_path: Path) -> None:
    """The new form adds up; where last year's total was another, or an amount could not be read, the list says so."""
    extra = {base_data.three_public.actual: 20.0, base_data.office.actual: "待定"}
    prior = last_year(tmp_path / "上年", extra=extra)
    out = tmp_path / "下发"
    issue(out, department=WATER, prior=prior)
    told = lines(out)[0]["说明"]
    assert "三公经费上年决算数：上年合计填报 20，明细之和 11.6，请单位核对" in told
    assert "上年本年决算数读不出，没有带入：办公经费" in told


def test_an_input_is_never_written_over(roster: Path, tmp_path: Path) -> None:
    """Issuing into the folder of last year's filings, or over the roster, is refused before anything is written."""
    prior = last_year(tmp_path / "上年" / f"012 {WATER}")
    listed = shutil.copy(roster, tmp_path / LIST)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.xlsx")}
    for out, given in ((tmp_path / "上年", tmp_path / "上年"), (tmp_path / "上年", prior), (prior, tmp_path / "上年")):
        with pytest.raises(ValueError, match="不能写入放有上年报送文件的文件夹"):
            issue(out, roster=roster, prior=given)
    with pytest.raises(ValueError, match="不能与要写出的下发清单同名"):
        issue(tmp_path, roster=listed)
    with pytest.raises(ValueError, match="找不到文件或文件夹"):
        issue(tmp_path / "下发", roster=roster, prior=tmp_path / "没有")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.xlsx")} == before


def test_issued_again_below_last_years_filings(roster: Path, tmp_path: Path) -> None:
    """What was issued into a folder below is not read as last year's; nor does a folder above stand in the way."""
    prior = last_year(tmp_path / "上年" / "水利局").parent
    first = issue(prior / "下发", roster=roster, prior=prior)
    assert [path.name for path in issue(prior / "下发", roster=roster, prior=prior)] == [path.name for path in first]
    assert [line["项目"] for line in lines(prior / "下发", "上年未采用")] == [OLD]
    issue(tmp_path, roster=roster, prior=last_year(tmp_path / "另一年"))
    assert lines(tmp_path)[0]["上年文件"] == "附件1.xlsx"
    empty = tmp_path / "空"
    (empty / "下发").mkdir(parents=True)
    (empty / "下发" / LIST).write_bytes(b"")
    with pytest.raises(ValueError, match="上年报送的文件夹里没有文件"):
        issue(empty / "下发", roster=roster, prior=empty)


# --- the run ----------------------------------------------------------------------------------


def test_same_bytes_whatever_the_jobs(roster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One process or several, real ones: every file is the same to the byte."""
    issue(tmp_path / "一", roster=roster)
    monkeypatch.undo()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1718150400")
    plan = plan_roster(Order(2024), load(roster), None)
    done: list[int] = []
    issue_plan(plan, tmp_path / "二", jobs=2, progress=done.append)
    first, second = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.xlsx")}
        for folder in (tmp_path / "一", tmp_path / "二")
    )
    assert first == second
    assert (sum(done), len(done), plan.forms) == (14, 4, 14)


def test_a_worker_that_dies_costs_nothing(roster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its department is written by the parent."""

    class Dying(InlinePool):
        def run(self, work: Callable[[Any], bytes], tasks: Sequence[Any], **_: object) -> Answers:
            for number, task in enumerate(tasks):
                yield number, Lost.CRASHED if task.folder.startswith("013") else work(task)

    monkeypatch.setattr(reading, "Pool", Dying)
    plan = plan_roster(Order(2024), load(roster), None)
    issued = issue_plan(plan, tmp_path, jobs=2)
    assert len(issued.paths) == 15
    assert all(path.is_file() for path in issued.paths)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `xltool` in this process; gives exit code, stdout and stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["xltool", *map(str, arguments)])
        with pytest.raises(SystemExit) as done:
            cli.main()
        out, err = capsys.readouterr()
        assert isinstance(done.value.code, int)
        return done.value.code, out, err

    return run


def test_command(roster: Path, tmp_path: Path, command: Command) -> None:
    """Paths on stdout, the list last; the number on stderr."""
    out = tmp_path / "下发"
    code, stdout, stderr = command(
        "generate", "--year", 2024, "--out", out, "--roster", roster, "--prior", ROOT / "samples"
    )
    assert code == 0
    assert stdout.splitlines()[-1] == str(out / LIST)
    assert stderr == f"4 个单位，14 张表；详见{LIST}\n"


def test_command_tells_every_error_and_writes_nothing(
    tmp_path: Path, command: Callable[..., tuple[int, str, str]]
) -> None:
    """A line an error on stderr, then their number; exit code 2; the folder is not even made."""
    bad = book(tmp_path / "r.xlsx", **{**ALL, "单位": [*UNITS, ["012", "x", -1]]})
    out = tmp_path / "下发"
    code, stdout, stderr = command("generate", "--year", 2024, "--out", out, "--roster", bad)
    assert (code, stdout) == (2, "")
    assert stderr.splitlines() == [
        "单位表 第6行 单位编码列：与第2行重复（012）。每个单位一个编码，请改正其中一个",
        "单位表 第6行 编制数列：“-1”应为不小于 0 的整数（人）",
        "名册 r.xlsx 有 2 处错误，改正后重新运行；没有写出任何文件",
    ]
    assert not out.exists()


def test_command_roster(tmp_path: Path, command: Command) -> None:
    """An empty roster where there is none; what is there is never written over."""
    path = tmp_path / "名册" / "roster.xlsx"
    assert command("roster", "--init", path) == (0, f"{path}\n", "")
    content = path.read_bytes()
    assert command("roster", "--init", path) == (2, "", f"已有这个文件，没有覆盖：{path}；请换一个文件名\n")
    assert path.read_bytes() == content
    code, _, stderr = command("roster", "--init", tmp_path / "名册.csv")
    assert (code, stderr) == (2, "名册是 .xlsx 文件，请把文件名写作 名册.xlsx\n")


def test_a_folder_that_cannot_be_written_to(
    roster: Path, tmp_path: Path, command: Callable[..., tuple[int, str, str]]
) -> None:
    """One line, exit code 2."""
    (tmp_path / "文件").write_bytes(b"")
    code, _, stderr = command("generate", "--year", 2024, "--out", tmp_path / "文件", "--roster", roster)
    assert code == 2
    assert stderr.startswith("读写失败：")
    assert len(stderr.splitlines()) == 1
