"""The seed filing in the official layout, typed by hand into a workbook or a Word document.

Nothing comes from our templates: there are no names and no manifest, but merged cells, labels broken over lines, label
and value in one cell, and numbers padded with full-width spaces as in the seed. Every form is data (`Form`), so that a
test can change a label, drop a column or move a block before it is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import docx
import openpyxl
from openpyxl.styles import Alignment

from tests.support.seed import DEPARTMENT, PROJECT, goals, seed
from xltool.reader.model import Cell, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from docx.document import Document
    from docx.table import _Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from xltool.reader.a1 import Span

PAD: Final = "\u3000"
FOOT: Final = ("填表人：某某 填报日期：2024年6月12日 联系电话：0730-0000000 ", "单位负责人签字：")
INDICATOR_HEADS: Final = (
    "一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施",
)  # fmt: skip
_FIRST_LEVEL: Final = {
    "产出指标": "产出指标\n\n(50分)",
    "效益指标": f"效益指标\n（30分）\n{PAD}",
    "满意度指标": "满意度\n指标\n（10分）",
}
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")
_PERCENT: Final = re.compile(r"(-?\d+(?:\.\d+)?)%")


@dataclass(frozen=True)
class Box:
    """A cell of a table and what it spans; `row` and `column` count from 1 within the table."""

    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1


@dataclass
class Form:
    """A form: the lines above its table, the table, the lines below."""

    name: str
    head: list[str]
    width: int
    boxes: list[Box] = field(default_factory=list)
    foot: list[str] = field(default_factory=lambda: list(FOOT))

    @property
    def height(self) -> int:
        """Rows of the table."""
        return max(box.row + box.rows - 1 for box in self.boxes)

    def add(self, row: int, *cells: str | tuple[str, int] | tuple[str, int, int], start: int = 1) -> None:
        """A row of cells from column `start`: a text, or (text, columns), or (text, columns, rows)."""
        column = start
        for cell in cells:
            text, columns, rows = (*((cell,) if isinstance(cell, str) else cell), 1, 1)[:3]
            self.boxes.append(Box(row, column, text, rows, columns))
            column += columns

    def cells(self) -> dict[tuple[int, int], str]:
        """Every text by row and column, the form written down from row 1."""
        lines = {(row, 1): text for row, text in enumerate(self.head, 1)}
        below = len(self.head) + self.height
        lines |= {(row, 1): text for row, text in enumerate(self.foot, below + 1)}
        table = {(len(self.head) + box.row, box.column): box.text for box in self.boxes}
        return {place: text for place, text in (lines | table).items() if text}

    def merges(self) -> list[Span]:
        """The merged cells of the table, in rows of the whole form."""
        top = len(self.head)
        return [
            (top + box.row, box.column, top + box.row + box.rows - 1, box.column + box.columns - 1)
            for box in self.boxes
            if box.rows * box.columns > 1
        ]

    @property
    def length(self) -> int:
        """Rows of the whole form."""
        return len(self.head) + self.height + len(self.foot)


def shown(value: Any, pad: str = "") -> str:  # noqa: ANN401 - from JSON
    """A value as typed into Word; `pad` stands before it, and alone where the cell is blank."""
    text = "" if value is None else f"{value:g}" if isinstance(value, int) else str(value)
    return pad + text


def base_data_form(data: dict[str, Any] | None = None) -> Form:
    """附件1."""
    filed = data or seed()["附件1"]
    form = Form("附件1", ["附件1", "2023年度部门整体支出绩效评价基础数据表"], 7)
    form.add(1, ("财政供养人员情况（人）", 1, 2), ("编制数", 2), ("2023年实际在职人数", 2), ("控制率", 2))
    people = (filed["编制数"], filed["实际在职人数"], filed["控制率"])
    form.add(2, *((shown(value, PAD), 2) for value in people), start=2)
    form.add(3, "经费控制情况（万元）", ("2022年决算数", 2), ("2023年预算数", 2), ("2023年决算数", 2))
    row = 4
    for label, amounts in filed["rows"].items():
        first, *others = amounts
        form.add(row, label, (shown(first, PAD), 2), *((shown(amount), 2) for amount in others))
        row += 1
    building = filed["楼堂馆所"]
    heads = (
        "批复规模\n（㎡）",
        "实际规模（㎡）",
        "规模控制率",
        "预算投资（万元）",
        "实际投资（万元）",
        "投资概算控制率",
    )
    form.add(row, ("楼堂馆所控制情况\n（2023年完工项目）", 1, 2), *heads)
    form.add(row + 1, *(shown(value, PAD) for value in building.values()), start=2)
    form.add(row + 2, "厉行节约保障措施", (shown(filed["厉行节约保障措施"], PAD), 6))
    note = "说明：“项目支出”需要填报基本支出以外的所有项目支出情况，“公用经费”填报基本支出中的一般商品和服务支出。"
    form.foot.insert(0, note)
    return form


def self_review_form(data: dict[str, Any] | None = None) -> Form:
    """附件2."""
    filed = data or seed()["附件2"]
    form = Form("附件2", ["附件2", "2023年度部门整体支出绩效自评表"], 9)
    form.add(1, ("市级预算部门名称", 2), (DEPARTMENT + PAD, 7))
    heads = ("年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")
    form.add(2, ("年度预\n算申请\n（万元）", 1, 7), ("", 2), *heads)
    form.add(3, ("年度资金总额", 2), *(shown(filed["年度资金总额"][head]) for head in heads), start=2)
    _halves(form, filed)
    _goals(form, 9)
    last = _indicators(form, 11, filed["indicators"], INDICATOR_HEADS)
    form.add(last + 1, ("总分", 6), *(shown(filed["总分"][key]) for key in ("分值", "得分")), "")
    return form


def _halves(form: Form, filed: dict[str, Any]) -> None:
    """Income on the left, expenditure on the right, label and value in one cell."""
    income, spending = filed["收入性质"], filed["支出性质"]
    left = [f"按收入性质分：{shown(income['合计'])}", f"  其中：  一般公共预算：{shown(income['一般公共预算'])}"]
    left += [f"{key}：{shown(income[key])}" for key in list(income)[2:]]
    right = [f"按支出性质分：{shown(spending['合计'])}", f"其中：基本支出：{shown(spending['基本支出'])}"]
    right += [f"项目支出：{shown(spending['项目支出'])}", "", ""]
    for row, (first, other) in enumerate(zip(left, right, strict=True), 4):
        form.add(row, (first, 4), (other, 4), start=2)


def _goals(form: Form, row: int) -> None:
    """The two long texts side by side."""
    form.add(row, ("年度总体目标", 1, 2), ("预期目标", 4), (f"实际完成情况{PAD}", 4))
    form.add(row + 1, *((text, 4) for text in goals().values()), start=2)


def _indicators(form: Form, row: int, rows: Sequence[dict[str, Any]], heads: Sequence[str]) -> int:
    """Head and rows of the indicators, levels merged down; gives the last row."""
    form.add(row, ("绩\n效\n指\n标", 1, len(rows) + 1), *heads)
    at = row + 1
    for first, members in groupby(rows, lambda each: each["一级指标"]):
        below = list(members)
        form.add(at, (_FIRST_LEVEL.get(first, first), 1, len(below)), start=2)
        for second, lines in groupby(below, lambda each: each["二级指标"]):
            listed = list(lines)
            ending = "\n" if first == "效益指标" else ""
            form.add(at, (second + ending, 1, len(listed)), start=3)
            for line in listed:
                form.add(at, *(shown(line[key]) for key in list(line)[2:]), start=4)
                at += 1
    return at - 1


def project_form(data: dict[str, Any] | None = None) -> Form:
    """附件3, its heads broken over two lines."""
    filed = data or seed()["附件3"]
    form = Form("附件3", ["附件3", "2023年度项目支出绩效自评表"], 9)
    form.add(1, "项目支\n出名称", (PROJECT + PAD, 8))
    form.add(2, "主管部门", (PAD + DEPARTMENT, 4), ("实施单位", 2), (DEPARTMENT + PAD, 2))
    funds = filed["资金"]
    amounts = ("年初\n预算数", "全年\n预算数", "全年\n执行数")
    form.add(3, ("项目资金\n（万元）", 1, 5), (PAD, 2), *amounts, "分值", "执行率", "得分")
    rest = [shown(funds[key], PAD) for key in ("分值", "执行率", "得分")]
    for row, key in enumerate(("年度资金总额", "其中:当年财政拨款", "上年结转资金", "其他资金"), 4):
        tail = rest if key == "年度资金总额" else [PAD] * 3
        form.add(row, (key.replace(":", "："), 2), *(shown(amount, PAD) for amount in funds[key]), *tail, start=2)
    _goals(form, 8)
    heads = [
        head.replace("年度指标值", "年度\n指标值").replace("实际完成值", "实际\n完成值") for head in INDICATOR_HEADS
    ]
    last = _indicators(form, 10, seed()["附件2"]["indicators"], heads)
    form.add(last + 1, ("总分", 6), *(shown(filed["总分"][key]) for key in ("分值", "得分")), "")
    return form


def forms() -> list[Form]:
    """The three forms of the seed."""
    return [base_data_form(), self_review_form(), project_form()]


def typed(text: str) -> tuple[float | str, str]:
    """The value and number format that a spreadsheet program makes of a typed text."""
    if _NUMBER.fullmatch(text):
        return float(text), "General"
    match = _PERCENT.fullmatch(text)
    return (round(float(match[1]) / 100, 6), "0%") if match else (text, "General")


def write_xlsx(filed: Sequence[Form], path: Path) -> Path:
    """The forms as somebody typed them into a workbook, one sheet each."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for form in filed:
        _write_sheet(book.create_sheet(form.name), form)
    book.save(path)
    return path


def _write_sheet(sheet: Worksheet, form: Form) -> None:
    """One form, its head and foot lines merged over its width."""
    for (row, column), text in form.cells().items():
        value, number_format = typed(text)
        cell = sheet.cell(row, column, value)
        if isinstance(value, str):
            cell.data_type = "s"  # =8个 is no formula
        cell.number_format = number_format
        cell.alignment = Alignment(wrap_text=True)
    for top, left, bottom, right in form.merges() + lines(form):
        sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)


def lines(form: Form) -> list[Span]:
    """The merged cells of head and foot lines in a workbook."""
    rows = [*range(1, len(form.head) + 1), *range(form.length - len(form.foot) + 1, form.length + 1)]
    return [(row, 1, row, form.width) for row in rows]


def write_docx(filed: Sequence[Form], path: Path) -> Path:
    """The forms one after the other in a Word document, spans as Word writes them."""
    document = docx.Document()
    for form in filed:
        for line in form.head:
            document.add_paragraph(line)
        _write_table(document, form)
        for line in form.foot:
            document.add_paragraph(line)
        document.add_paragraph("")
    document.save(str(path))
    return path


def _write_table(document: Document, form: Form) -> None:
    """The table of a form."""
    table = document.add_table(form.height, form.width)
    grid = [row.cells for row in table.rows]
    for box in form.boxes:
        cell = grid[box.row - 1][box.column - 1]
        if box.rows * box.columns > 1:
            cell = cell.merge(grid[box.row + box.rows - 2][box.column + box.columns - 2])
        write_lines(cell, box.text)


def write_lines(cell: _Cell, text: str) -> None:
    """A text in a cell, a paragraph each line."""
    first, *others = text.split("\n")
    cell.paragraphs[0].text = first
    for line in others:
        cell.add_paragraph(line)


Place = tuple[str, str]
"""Key of a field, and the name of its row in a table ("" outside)."""


def places(form: Form) -> dict[Place, tuple[int, int]]:
    """Row and column of every field of a form as the builders above lay it out, rows counted with the head."""
    laid = {"附件1": _base_data_places, "附件2": _self_review_places, "附件3": _project_places}[form.name]()
    top = len(form.head)
    shifted = {place: (top + row, column) for place, (row, column) in laid.items()}
    below = top + form.height + (form.name == "附件1")
    return shifted | {("单位负责人签字", ""): (below + 2, 1), ("填表人", ""): (below + 1, 1)}


def _base_data_places() -> dict[Place, tuple[int, int]]:
    cells = {(key, ""): (2, column) for key, column in (("编制数", 2), ("实际在职人数", 4), ("控制率", 6))}
    measures = (("上年决算数", 2), ("本年预算数", 4), ("本年决算数", 6))
    labels = list(seed()["附件1"]["rows"])
    for row, label in enumerate(labels, 4):
        key = re.sub(r"^\d、|^其中:|、", "", label)
        key = "" if key == PROJECT else key
        cells |= {(f"{key}_{measure}" if key else measure, "" if key else PROJECT): (row, c) for measure, c in measures}
    return cells | {("厉行节约保障措施", ""): (len(labels) + 6, 2)}


def _funds_places(row: int) -> dict[Place, tuple[int, int]]:
    heads = ("年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")
    return {(f"年度资金总额_{head}", ""): (row, column) for column, head in enumerate(heads, 4)}


def _table_places(row: int) -> dict[Place, tuple[int, int]]:
    """Indicators from this row on, and the total below them."""
    rows = seed()["附件2"]["indicators"]
    cells = {
        (head, line["三级指标"]): (row + number, column)
        for number, line in enumerate(rows)
        for column, head in enumerate(INDICATOR_HEADS[2:], 4)
    }
    last = row + len(rows)
    return cells | {("总分_分值", ""): (last, 7), ("总分_得分", ""): (last, 8)}


def _self_review_places() -> dict[Place, tuple[int, int]]:
    left = ("收入_合计", "收入_一般公共预算", "收入_政府性基金拨款", "收入_纳入专户管理的非税收入拨款", "收入_其他资金")
    right = ("支出_合计", "支出_基本支出", "支出_项目支出")
    cells = {(key, ""): (row, 2) for row, key in enumerate(left, 4)}
    cells |= {(key, ""): (row, 6) for row, key in enumerate(right, 4)}
    cells |= {("部门名称", ""): (1, 3), ("预期目标", ""): (10, 2), ("实际完成情况", ""): (10, 6)}
    return cells | _funds_places(3) | _table_places(12)


def _project_places() -> dict[Place, tuple[int, int]]:
    cells = {
        (f"{line}_{measure}", ""): (row, column)
        for row, line in enumerate(("当年财政拨款", "上年结转资金", "其他资金"), 5)
        for column, measure in enumerate(("年初预算数", "全年预算数", "全年执行数"), 4)
    }
    cells |= {("项目支出名称", ""): (1, 2), ("主管部门", ""): (2, 2), ("实施单位", ""): (2, 8)}
    cells |= {("预期目标", ""): (9, 2), ("实际完成情况", ""): (9, 6)}
    return cells | _funds_places(4) | _table_places(11)


def spread(form: Form, columns: Sequence[int] = (), rows: Sequence[int] = (), at: tuple[int, int] = (0, 0)) -> Form:
    """The form moved by `at`, with an empty column or row left after each of these; merges grow with them."""

    def moved(first: int, last: int, gaps: Sequence[int], by: int) -> tuple[int, int]:
        start = first + by + sum(gap < first for gap in gaps)
        return start, last + by + sum(gap < last for gap in gaps) - start + 1

    wider = Form(form.name, ["" for _ in range(at[0])] + form.head, form.width + len(columns) + at[1], foot=form.foot)
    for box in form.boxes:
        row, height = moved(box.row, box.row + box.rows - 1, rows, 0)
        column, width = moved(box.column, box.column + box.columns - 1, columns, at[1])
        wider.boxes.append(Box(row, column, box.text, height, width))
    return wider


def as_sheet(form: Form, name: str = "") -> Sheet:
    """The form as the reader sees a worksheet, without a file in between."""
    sheet = Sheet(name or form.name)
    for place, text in form.cells().items():
        value, number_format = typed(text)
        sheet.cells[place] = Cell(value, number_format=number_format)
    sheet.merges = form.merges()
    return sheet
