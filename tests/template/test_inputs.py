"""Names, locks and validations of the cells of templates, against the contract."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from openpyxl.utils.cell import get_column_letter

from tests.support.parts import MAIN
from tests.support.template import Form, Template, area
from tests.template import contract
from tests.template.areas import CellRef, cells_in, forms_of, input_cells, row_heights
from tests.template.issued import DEPARTMENT, Variety

if TYPE_CHECKING:
    from lxml import etree


def test_names(template: Template) -> None:
    """Every field of the contract is a name of its sheet, on a cell of its own; columns span their table."""
    for key, form in forms_of(template):
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
    for key, form in forms_of(template):
        top, _, bottom, _ = form.area(contract.COLUMNS[key][0])
        heights = row_heights(form)
        thin = [row for row in range(top, bottom + 1) if heights[row] < 10]
        assert thin[-1] == bottom
        if key == "附件1":
            assert thin == [bottom]
            assert bottom - top == max(5, variety.projects + 2 if variety.projects else 0)
        else:
            assert len(thin) == 3
            assert bottom + 1 - top - len(thin) == 9 * variety.indicators


def test_locks(template: Template) -> None:
    """What a department fills in is unlocked, everything else is locked: labels, calculated cells, the panel."""
    for key, form in forms_of(template):
        last_row = area(form.printing["_xlnm.Print_Area"])[2]
        unlocked = {
            (row, column)
            for row in range(1, last_row + 80)
            for column in range(1, 30)
            if not form.sheet.is_locked(row, column)
        }
        assert unlocked == input_cells(key, form)
        calculated = {form.area(name)[:2] for name in contract.CALCULATED[key] | contract.PRINTED & set(form.names)}
        assert calculated
        assert all(form.sheet.is_locked(*spot) for spot in calculated)


def _validations(form: Form) -> list[tuple[etree._Element, list[CellRef]]]:
    validations = []
    for rule in form.root.iter(MAIN + "dataValidation"):
        spots = [spot for ref in rule.get("sqref", "").split() for spot in cells_in(area(ref))]
        validations.append((rule, spots))
    return validations


def test_every_input_has_a_validation_with_a_chinese_prompt(template: Template) -> None:
    """Every input has a Chinese prompt, and an error message where values are refused; other cells have none."""
    for key, form in forms_of(template):
        counted: Counter[CellRef] = Counter()
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
        tops = {form.merged(*spot)[:2] for spot in input_cells(key, form)}
        assert tops <= set(counted)
        assert {spot for spot, times in counted.items() if times > 1} == set()
        heights = row_heights(form)
        # A column's validation runs through its thin rows, so that inserted rows lie within it.
        for name in set(contract.COLUMNS[key]) - {"一级指标"}:
            assert set(form.spots(name)) <= set(counted), name
        assert {spot for spot in counted if heights[spot[0]] > 10} <= input_cells(key, form)


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
    for _, form in forms_of(template):
        for name, kind in KINDS.items():
            if name in form.names:
                first = form.area(name)[:2]
                (rule,) = [rule for rule, spots in _validations(form) if first in spots]
                assert (name, rule.get("type")) == (name, kind)


def test_parts_are_chosen_from_the_list_of_their_group(template: Template) -> None:
    """二级指标 of each 一级指标 and no other; the form prints them, and the points of the group."""
    for key, form in forms_of(template):
        if key == "附件1":
            continue
        lists = [rule for rule, _ in _validations(form) if rule.get("type") == "list"]
        offered = [(rule.findtext(MAIN + "formula1") or "").strip('"').split(",") for rule in lists]
        assert offered == [list(parts) for _, parts in contract.PARTS.values()]
        headings = [text for spot in form.spots("一级指标") if (text := form.text(*spot))]
        # Each page that a group takes has its heading.
        expected = [f"{name}\n（{points}分）" for name, (points, _) in contract.PARTS.items()]
        assert list(dict.fromkeys(headings)) == expected
        printed = [text for spot in form.spots("二级指标") if (text := form.text(*spot))]
        assert printed == [part for _, parts in contract.PARTS.values() for part in parts]


def test_score_is_bounded_by_the_weight_beside_it(template: Template) -> None:
    """得分 lies between 0 and the 分值 of its own row."""
    for key, form in forms_of(template):
        if key != "附件1":
            row, column = form.area("指标_得分")[:2]
            (rule,) = [rule for rule, spots in _validations(form) if (row, column) in spots]
            weight = get_column_letter(form.area("指标_分值")[1])
            bounds = (rule.findtext(MAIN + "formula1"), rule.findtext(MAIN + "formula2"))
            assert bounds == ("0", f"SUM({weight}{row})")
            assert rule.get("operator", "between") == "between"


def test_no_value_shares_a_cell_with_its_label(variety: Variety, template: Template) -> None:
    """Cells of fields are blank, except those that the form prints or calculates, or that the order fills in."""
    filled = {
        "填报单位",
        "部门名称",
        "主管部门",
        "实施单位",
        *(["项目支出名称", "项目名称"] if variety.projects else []),
    }
    for key, form in forms_of(template):
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
    """Each project has a row in 附件1 and an 附件3 of its own."""
    names = [f"河道治理项目{number}期" for number in range(1, variety.projects + 1)]
    for key, form in forms_of(template):
        if key == "附件1":
            assert [text for spot in form.spots("项目名称") if (text := form.text(*spot))] == names
    thirds = [form for key, form in forms_of(template) if key == "附件3"]
    if thirds and names:
        assert [form.text(*form.area("项目支出名称")[:2]) for form in thirds] == names


def test_calculated_cells_hold_a_formula_and_no_false_zero(template: Template) -> None:
    """On a blank form, calculated cells store a blank instead of 0, for readers that do not recalculate."""
    for key, form in forms_of(template):
        for name in contract.CALCULATED[key]:
            cell = form.sheet.cells[form.area(name)[:2]]
            assert cell.formula is not None
            assert cell.value in (None, ""), name
            assert form.sheet.is_locked(*form.area(name)[:2]), name
