"""The templates against the contract, Excel's limits and the official layout, straight from the file."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from typing import TYPE_CHECKING

import openpyxl
import pytest
from openpyxl.utils.cell import get_column_letter

from tests.support.lint import lint
from tests.support.parts import MAIN, read_book
from tests.support.programs.ooxml import needs_validator, validate
from tests.support.template import Form, Template, area, covers
from tests.template import contract
from tests.template.issued import COMBINED, DEPARTMENT, FORMS, TYPICAL, VARIETIES, Variety, opened, saved, written
from xltool.forms.manifest import from_rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lxml import etree

Spot = tuple[int, int]


@pytest.fixture(params=TYPICAL, ids=str)
def variety(request: pytest.FixtureRequest) -> Variety:
    """One of the templates most tests look at."""
    chosen: Variety = request.param
    return chosen


@pytest.fixture
def template(variety: Variety, tmp_path: Path) -> Template:
    """It, opened."""
    return opened(variety, tmp_path)


def _key(name: str) -> str:
    """The form a sheet holds: 附件3 for 附件3-2."""
    return name.partition("-")[0]


def _each(template: Template) -> Iterator[tuple[str, Form]]:
    for name, form in template.forms.items():
        yield _key(name), form


# --- files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("variety", VARIETIES, ids=str)
def test_lint(variety: Variety, tmp_path: Path) -> None:
    """Nothing Excel would repair or refuse, nothing WPS lacks."""
    assert lint(saved(variety, tmp_path)) == []


@needs_validator
@pytest.mark.parametrize("variety", [*(Variety(form, 2023, 3, 1) for form in FORMS), Variety(COMBINED, 2026, 8, 12)])
def test_follows_the_schema(variety: Variety, tmp_path: Path) -> None:
    """The Open XML SDK finds nothing to say."""
    assert validate(saved(variety, tmp_path)) == []


_WRITE = """
import hashlib
from tests.template.issued import VARIETIES, written
for variety in VARIETIES[::7]:
    print(variety, hashlib.sha256(written(variety)).hexdigest())
"""


@pytest.mark.parametrize(("seed", "zone"), [("1", "Asia/Shanghai"), ("2", "America/Anchorage")])
def test_same_bytes_everywhere(seed: str, zone: str) -> None:
    """Another process, hash seed and time zone write the same file."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONUTF8": "1"}
    done = subprocess.run(  # noqa: S603 - this very program
        [sys.executable, "-c", _WRITE], env=environment, capture_output=True, encoding="utf-8", check=True
    )
    here = [f"{variety} {hashlib.sha256(written(variety)).hexdigest()}" for variety in VARIETIES[::7]]
    assert done.stdout.split("\n")[:-1] == here


def test_what_is_ordered_is_what_is_written(variety: Variety, template: Template) -> None:
    """A sheet a form, 附件3 one a project, in their order; every order gives another file."""
    projects = max(variety.projects, 1)
    thirds = ["附件3", *(f"附件3-{number}" for number in range(2, projects + 1))]
    expected = {COMBINED: ["附件1", "附件2", *thirds], "附件3": thirds}.get(variety.what, [variety.what])
    assert list(template.forms) == expected
    assert len({written(other) for other in TYPICAL}) == len(TYPICAL)


# --- names, locks, validations ----------------------------------------------------------------


def test_names(template: Template) -> None:
    """Every field of the contract is a name of its sheet, on a cell of its own; columns span their table."""
    for key, form in _each(template):
        assert set(contract.FIELDS[key]) | set(contract.COLUMNS[key]) <= set(form.names)
        cells = [form.area(name) for name in contract.FIELDS[key]]
        assert all(spot[:2] == spot[2:] for spot in cells)
        assert len(set(cells)) == len(cells)
        rows = {form.area(name)[::2] for name in contract.COLUMNS[key]}
        columns = [form.area(name)[1::2] for name in contract.COLUMNS[key]]
        assert len(rows) == 1
        assert all(left == right for left, right in columns)
        assert len(set(columns)) == len(columns)
        assert all(text.startswith(f"'{form.sheet.name}'!$") for text in form.names.values())


def test_tables_have_the_rows_ordered(variety: Variety, template: Template) -> None:
    """N indicator rows to each 二级指标, room for every project named, and a thin row that closes each group."""
    for key, form in _each(template):
        top, _, bottom, _ = form.area(contract.COLUMNS[key][0])
        heights = _heights(form)
        thin = [row for row in range(top, bottom + 1) if heights[row] < 10]
        assert thin[-1] == bottom
        if key == "附件1":
            assert thin == [bottom]
            assert bottom - top == max(5, variety.projects + 2 if variety.projects else 0)
        else:
            assert len(thin) == 3
            assert bottom + 1 - top - len(thin) == 9 * variety.indicators


def _heights(form: Form) -> dict[int, float]:
    return {int(row.get("r", "0")): float(row.get("ht", "15")) for row in form.root.iter(MAIN + "row")}


def _inputs(key: str, form: Form) -> set[Spot]:
    """Every cell a department may type into: fields, and table columns but for the printed 一级指标 and thin rows."""
    spots = {form.area(name)[:2] for name in contract.inputs(key)}
    heights = _heights(form)
    for name in contract.COLUMNS[key]:
        spots |= {spot for spot in form.spots(name) if name != "一级指标" and heights[spot[0]] > 10}
    # A merge is typed into as one cell.
    return {(row, column) for spot in spots for row, column in _within(form.merged(*spot))}


def _within(span: tuple[int, int, int, int]) -> Iterator[Spot]:
    top, left, bottom, right = span
    return ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))


def test_locks(template: Template) -> None:
    """What a department fills in is unlocked, everything else is locked: labels, calculated cells, the panel."""
    for key, form in _each(template):
        last_row = area(form.printing["_xlnm.Print_Area"])[2]
        unlocked = {
            (row, column)
            for row in range(1, last_row + 80)
            for column in range(1, 30)
            if not form.sheet.is_locked(row, column)
        }
        assert unlocked == _inputs(key, form)
        calculated = {form.area(name)[:2] for name in contract.CALCULATED[key] | contract.PRINTED & set(form.names)}
        assert calculated
        assert all(form.sheet.is_locked(*spot) for spot in calculated)


def _validations(form: Form) -> list[tuple[etree._Element, list[Spot]]]:
    found = []
    for rule in form.root.iter(MAIN + "dataValidation"):
        spots = [spot for ref in rule.get("sqref", "").split() for spot in _within(area(ref))]
        found.append((rule, spots))
    return found


def test_every_input_has_a_validation_that_speaks(template: Template) -> None:
    """A Chinese prompt at every input, an error text wherever something can be refused; none on other cells."""
    for key, form in _each(template):
        counted: Counter[Spot] = Counter()
        for rule, spots in _validations(form):
            counted.update(spots)
            prompt = rule.get("prompt", "")
            assert re.search(r"[\u4e00-\u9fff]{2}", prompt)
            assert len(prompt) <= 255
            assert 0 < len(rule.get("promptTitle", "")) <= 32
            assert rule.get("showInputMessage") == "1"
            if rule.get("type", "none") != "none":
                assert rule.get("showErrorMessage") == "1"
                assert rule.get("errorStyle", "stop") == "stop"
                assert re.search(r"[\u4e00-\u9fff]{2}", rule.get("error", ""))
        tops = {form.merged(*spot)[:2] for spot in _inputs(key, form)}
        assert tops <= set(counted)
        assert {spot for spot, times in counted.items() if times > 1} == set()
        heights = _heights(form)
        # A column's validation runs through its thin rows, so that inserted rows lie within it.
        for name in set(contract.COLUMNS[key]) - {"一级指标"}:
            assert set(form.spots(name)) <= set(counted), name
        assert {spot for spot in counted if heights[spot[0]] > 10} <= _inputs(key, form)


KINDS = {
    "编制数": "whole",
    "实际在职人数": "whole",
    "公务接待_本年决算数": "custom",
    "政府采购金额_本年预算数": "custom",
    "批复规模": "custom",
    "预算投资": "custom",
    "项目_本年决算数": "custom",
    "收入_一般公共预算": "custom",
    "当年财政拨款_全年预算数": "custom",
    "填报日期": "date",
    "联系电话": "custom",
    "指标_分值": "decimal",
    "指标_得分": "decimal",
    "二级指标": "list",
}


def test_kinds_of_validation(template: Template) -> None:
    """Counts are whole numbers, money is a rule, scores are decimals, dates are dates, parts are chosen from a list."""
    for _, form in _each(template):
        for name, kind in KINDS.items():
            if name in form.names:
                first = form.area(name)[:2]
                (rule,) = [rule for rule, spots in _validations(form) if first in spots]
                assert (name, rule.get("type")) == (name, kind)


def test_parts_are_chosen_from_the_list_of_their_group(template: Template) -> None:
    """二级指标 of each 一级指标 and no other; the form prints them, and the points of the group."""
    for key, form in _each(template):
        if key == "附件1":
            continue
        lists = [rule for rule, _ in _validations(form) if rule.get("type") == "list"]
        offered = [(rule.findtext(MAIN + "formula1") or "").strip('"').split(",") for rule in lists]
        assert offered == [list(parts) for _, parts in contract.PARTS.values()]
        headings = [text for spot in form.spots("一级指标") if (text := form.text(*spot))]
        assert headings == [f"{name}\n（{points}分）" for name, (points, _) in contract.PARTS.items()]
        printed = [text for spot in form.spots("二级指标") if (text := form.text(*spot))]
        assert printed == [part for _, parts in contract.PARTS.values() for part in parts]


def test_score_is_bounded_by_the_weight_beside_it(template: Template) -> None:
    """得分 lies between 0 and the 分值 of its own row."""
    for key, form in _each(template):
        if key != "附件1":
            row, column = form.area("指标_得分")[:2]
            (rule,) = [rule for rule, spots in _validations(form) if (row, column) in spots]
            weight = get_column_letter(form.area("指标_分值")[1])
            bounds = (rule.findtext(MAIN + "formula1"), rule.findtext(MAIN + "formula2"))
            assert bounds == ("0", f"N({weight}{row})")
            assert rule.get("operator", "between") == "between"


def test_no_value_shares_a_cell_with_its_label(variety: Variety, template: Template) -> None:
    """Cells of fields are empty, but for what the form prints, calculates or was ordered to fill in."""
    filled = {"填报单位", "部门名称", "实施单位", *(["项目支出名称", "项目名称"] if variety.projects else [])}
    for key, form in _each(template):
        for name in contract.inputs(key) - filled:
            assert form.text(*form.area(name)[:2]) == "", name
        for name in set(contract.COLUMNS[key]) - filled - {"一级指标", "二级指标"}:
            assert not any(form.text(*spot) for spot in form.spots(name)), name
        for name in filled & contract.inputs(key):
            text = form.text(*form.area(name)[:2])
            assert text == DEPARTMENT if name != "项目支出名称" else re.fullmatch(r"河道治理项目\d+期", text)
        if key != "附件1":
            assert form.sheet.cells[form.area("年度资金总额_分值")[:2]].value == 10.0


def test_projects_ordered_are_filled_in(variety: Variety, template: Template) -> None:
    """Their names stand in 附件1, one a row, and each has its own 附件3."""
    names = [f"河道治理项目{number}期" for number in range(1, variety.projects + 1)]
    for key, form in _each(template):
        if key == "附件1":
            assert [text for spot in form.spots("项目名称") if (text := form.text(*spot))] == names
    thirds = [form for key, form in _each(template) if key == "附件3"]
    if thirds and names:
        assert [form.text(*form.area("项目支出名称")[:2]) for form in thirds] == names


def test_calculated_cells_hold_a_formula_and_no_false_zero(template: Template) -> None:
    """Nothing is filled in, so a reader that does not recalculate must not see a 0."""
    for key, form in _each(template):
        for name in contract.CALCULATED[key]:
            cell = form.sheet.cells[form.area(name)[:2]]
            assert cell.formula is not None
            assert cell.value in (None, ""), name
            assert cell.locked


# --- page, protection, manifest, properties ---------------------------------------------------


def test_page(template: Template) -> None:
    """A4 upright, one page wide and as long as it takes; the panel is not printed; the head is repeated."""
    for key, form in _each(template):
        setup = form.attributes_of("pageSetup")
        assert setup["paperSize"] == "9"
        assert setup["orientation"] == "portrait"
        assert (setup.get("fitToWidth", "1"), setup["fitToHeight"]) == ("1", "0")
        assert form.attributes_of("pageSetUpPr")["fitToPage"] == "1"
        printed = area(form.printing["_xlnm.Print_Area"])
        assert printed[:2] == (1, 1)
        assert printed[3] == (7 if key == "附件1" else 9)
        assert all(covers(printed, form.area(name)) for name in (*contract.FIELDS[key], *contract.COLUMNS[key]))
        assert printed[2] == form.area("单位负责人签字")[0]
        head = 2 if key == "附件1" else form.area("一级指标")[0] - 1
        assert form.printing["_xlnm.Print_Titles"].endswith(f"!${head}:${head}")


ALLOWED = ("insertRows", "formatColumns", "formatRows", "autoFilter")
REFUSED = ("deleteRows", "deleteColumns", "insertColumns", "formatCells", "sort", "pivotTables", "insertHyperlinks")


def test_protection(template: Template) -> None:
    """Inserting rows, formatting rows and columns and filtering are allowed, deleting rows and columns is not."""
    for _, form in _each(template):
        protection = form.attributes_of("sheetProtection")
        assert protection["sheet"] == "1"
        assert all(protection.get(act) == "0" for act in ALLOWED)
        assert all(protection.get(act, "1") == "1" for act in REFUSED)
        assert protection.get("selectLockedCells", "0") == "0"
        assert protection.get("selectUnlockedCells", "0") == "0"
        assert "password" not in protection


def test_manifest(variety: Variety, template: Template) -> None:
    """A very hidden, protected sheet tells whose the form is, and knows every formula, name, label and validation."""
    sheet = template.manifest
    assert sheet.state == "veryHidden"
    assert sheet.protection is not None
    last, _ = sheet.extent
    texts = [
        [str(sheet.cells[row, column].value or "") if (row, column) in sheet.cells else "" for column in range(1, 5)]
        for row in range(2, last + 1)
    ]
    manifest = from_rows([(a, b, c, d) for a, b, c, d in texts])
    assert (manifest.year, manifest.department) == (variety.year, DEPARTMENT)
    assert re.fullmatch(r"[0-9a-f]{12}", manifest.issue)
    assert list(manifest.sheets) == list(template.forms)
    for name, form in template.forms.items():
        issued, key = manifest.sheets[name], _key(name)
        assert issued.form == key
        assert set(issued.formulas) == contract.CALCULATED[key]
        assert all(formula for formula in issued.formulas.values())
        assert set(issued.places) == set(contract.FIELDS[key]) | set(contract.COLUMNS[key])
        assert all(area(issued.places[name]) == form.area(name) for name in issued.places)
        assert issued.validated == contract.inputs(key) | set(contract.COLUMNS[key]) - {"一级指标"}
        assert all(form.text(*area(place)[:2]) == text for place, text in issued.labels.items())
        assert f"{variety.year}年度" in "".join(issued.labels.values())


def test_properties(variety: Variety, tmp_path: Path) -> None:
    """Title, subject and company, and a time that is the order's, not the clock's."""
    book = openpyxl.load_workbook(saved(variety, tmp_path))
    properties = book.properties
    assert str(variety.year) in properties.title
    assert properties.subject == f"{variety.year}年度预算绩效自评"
    assert properties.creator == "xltool"
    assert properties.created.year == variety.year + 1
    assert properties.created == properties.modified
    assert f"<Company>{DEPARTMENT}</Company>" in _part(saved(variety, tmp_path), "docProps/app.xml")


def _part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as package:
        return package.read(name).decode()


def test_styles_are_shared(tmp_path: Path) -> None:
    """Thirteen sheets need no more cell formats than three."""
    small, large = (read_book(saved(Variety(COMBINED, 2026, 8, number), tmp_path)).styles for number in (1, 12))
    assert large == small < 80


# --- the official layout (seed/forms.md) ------------------------------------------------------

BASE_ROWS = [
    ("附件1",),
    ("2023年度部门整体支出绩效评价基础数据表",),
    ("填报单位：", "单位：万元"),
    ("财政供养人员情况（人）", "编制数", "2023年实际在职人数", "控制率"),
    (),
    ("经费控制情况（万元）", "2022年决算数", "2023年预算数", "2023年决算数"),
    ("三公经费",),
    ("1、公务用车购置和维护经费",),
    ("其中：公车购置",),
    ("公车运行维护",),
    ("2、出国经费",),
    ("3、公务接待",),
    ("项目支出：",),
    *[()] * 6,
    ("公用经费",),
    ("其中：办公经费",),
    ("水费、电费、差旅费",),
    ("会议费、培训费",),
    ("政府采购金额", "——"),
    ("部门基本支出预算调整", "——"),
    (
        "楼堂馆所控制情况\n（2023年完工项目）",
        *("批复规模（㎡）", "实际规模（㎡）", "规模控制率"),
        *("预算投资（万元）", "实际投资（万元）", "投资概算控制率"),
    ),
    (),
    ("厉行节约保障措施",),
    ("说明：“项目支出”需要填报基本支出以外的所有项目支出情况，“公用经费”填报基本支出中的一般商品和服务支出。",),
    ("填表人：", "填报日期：", "联系电话："),
    ("单位负责人签字：",),
]
FUNDS_HEAD = ("年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")
HEADS = ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施")
REVIEW_ROWS = [
    ("年度总体目标", "预期目标", "实际完成情况"),
    *[()] * 3,
    ("绩效指标", *HEADS),
    ("产出指标\n（50分）", "数量指标"),
    ("质量指标",),
    ("时效指标",),
    ("成本指标",),
    (),
    ("效益指标\n（30分）", "经济效益指标"),
    ("社会效益指标",),
    ("生态效益指标",),
    ("可持续影响指标",),
    (),
    ("满意度指标\n（10分）", "服务对象满意度指标"),
    (),
    ("总分",),
    ("填表人：", "填报日期：", "联系电话："),
    ("单位负责人签字：",),
]
SELF_ROWS = [
    ("附件2",),
    ("2023年度部门整体支出绩效自评表",),
    ("市级预算部门名称",),
    ("年度预算申请（万元）", *FUNDS_HEAD),
    ("年度资金总额", "10"),
    ("按收入性质分：", "按支出性质分："),
    ("其中：一般公共预算", "其中：基本支出"),
    ("政府性基金拨款", "项目支出"),
    ("纳入专户管理的非税收入拨款",),
    ("其他资金",),
    *REVIEW_ROWS,
]
PROJECT_ROWS = [
    ("附件3",),
    ("2023年度项目支出绩效自评表",),
    ("项目支出名称",),
    ("主管部门", "实施单位"),
    ("项目资金（万元）", *FUNDS_HEAD),
    ("年度资金总额", "10"),
    ("其中：当年财政拨款",),
    ("上年结转资金",),
    ("其他资金",),
    *REVIEW_ROWS,
]
LAYOUT = {"附件1": BASE_ROWS, "附件2": SELF_ROWS, "附件3": PROJECT_ROWS}


@pytest.mark.parametrize("key", FORMS)
def test_layout(key: str, tmp_path: Path) -> None:
    """Row by row, what is printed is what the official form prints, in its order."""
    (form,) = opened(Variety(key, 2023, 1), tmp_path).forms.values()
    printed = area(form.printing["_xlnm.Print_Area"])
    filled = {form.area(name)[:2] for name in (*contract.inputs(key), *contract.CALCULATED[key])}
    rows = []
    for row in range(printed[0], printed[2] + 1):
        spots = [(row, column) for column in range(printed[1], printed[3] + 1) if (row, column) not in filled]
        texts = [text.strip() if (text := form.text(*spot)) != "10.0" else "10" for spot in spots]
        rows.append(tuple(text for text in texts if text))
    assert rows == LAYOUT[key]


BESIDE = {
    "附件1": {
        "填报单位": "填报单位：",
        "公务接待_上年决算数": "3、公务接待",
        "项目支出_上年决算数": "项目支出：",
        "公用经费_上年决算数": "公用经费",
        "厉行节约保障措施": "厉行节约保障措施",
        "填表人": "填表人：",
    },
    "附件2": {
        "部门名称": "市级预算部门名称",
        "收入_合计": "按收入性质分：",
        "收入_其他资金": "其他资金",
        "支出_合计": "按支出性质分：",
        "支出_项目支出": "项目支出",
        "总分_分值": "总分",
        "联系电话": "联系电话：",
    },
    "附件3": {
        "项目支出名称": "项目支出名称",
        "主管部门": "主管部门",
        "实施单位": "实施单位",
        "上年结转资金_年初预算数": "上年结转资金",
        "单位负责人签字": "单位负责人签字：",
    },
}
ABOVE = {
    "附件1": {
        "编制数": "编制数",
        "实际在职人数": "2026年实际在职人数",
        "控制率": "控制率",
        "三公经费_上年决算数": "2025年决算数",
        "三公经费_本年预算数": "2026年预算数",
        "三公经费_本年决算数": "2026年决算数",
        "投资概算控制率": "投资概算控制率",
    },
    "附件2": {
        "年度资金总额_年初预算数": "年初预算数",
        "年度资金总额_执行率": "执行率",
        "年度资金总额_得分": "得分",
        "预期目标": "预期目标",
        "实际完成情况": "实际完成情况",
        "三级指标": "三级指标",
        "指标_得分": "得分",
    },
    "附件3": {"年度资金总额_全年执行数": "全年执行数", "偏差原因分析及改进措施": "偏差原因分析及改进措施"},
}


@pytest.mark.parametrize("key", FORMS)
def test_names_stand_beside_their_labels(key: str, tmp_path: Path) -> None:
    """What a name means is what the label left of it, or above it, says."""
    (form,) = opened(Variety(key, 2026, 3), tmp_path).forms.values()
    for name, label in BESIDE[key].items():
        row, column = form.area(name)[:2]
        top, left, _, _ = form.merged(row, column - 1)
        assert (name, form.text(top, left).strip()) == (name, label)
    for name, label in ABOVE[key].items():
        row, column = form.area(name)[:2]
        top, left, _, _ = form.merged(row - 1, column)
        assert (name, form.text(top, left).strip()) == (name, label)


@pytest.mark.parametrize("key", FORMS)
def test_the_panel_stands_beside_the_print_area(key: str, tmp_path: Path) -> None:
    """Live lines with code, title, verdict and count, right of what is printed, and nothing wrong on a blank form."""
    (form,) = opened(Variety(key, 2026, 3), tmp_path).forms.values()
    left = area(form.printing["_xlnm.Print_Area"])[3] + 2
    assert form.text(2, left) == "公式自检：正常"
    assert re.fullmatch(r"填写完整：\d+ 处待填", form.text(3, left))
    last = form.sheet.extent[0]
    lines = [row for row in range(1, last + 1) if re.fullmatch(r"(A\d|S)-\d\d", form.text(row, left))]
    assert len(lines) >= 20
    for row in lines:
        verdict, count = form.sheet.cells[row, left + 2], form.sheet.cells[row, left + 3]
        assert verdict.formula is not None
        assert count.formula is not None
        assert verdict.value in ({"正常", "已填"} if count.value == 0 else {f"待填 {count.value:.0f} 处"})
    asked = sum(float(form.text(row, left + 3)) for row in lines)
    assert form.text(3, left) == f"填写完整：{asked:.0f} 处待填"


@pytest.mark.parametrize("key", FORMS)
def test_cells_turn_colour_where_a_rule_speaks(key: str, tmp_path: Path) -> None:
    """Conditional formats stand at inputs and calculated cells, over all rows of a table."""
    (form,) = opened(Variety(key, 2026, 3), tmp_path).forms.values()
    refs = [ref for block in form.root.iter(MAIN + "conditionalFormatting") for ref in block.get("sqref", "").split()]
    places = {spot for ref in refs for spot in _within(area(ref))}
    for name in {
        "附件1": ("控制率", "公务接待_本年决算数"),
        "附件2": ("支出_合计",),
        "附件3": ("当年财政拨款_年初预算数",),
    }[key]:
        assert form.area(name)[:2] in places
    column = "项目_本年决算数" if key == "附件1" else "指标_得分"
    assert set(form.spots(column)) <= places
