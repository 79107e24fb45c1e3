"""A letter as a Word document: A4, to be stamped.

Word and not Excel, because a bureau edits its letters before it sends them (python-docx: MIT, pure Python on lxml).
"""

from __future__ import annotations

import io
import zipfile
from copy import deepcopy
from typing import TYPE_CHECKING, Final

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Cm, Pt

from xltool.auditing.rounds import Became
from xltool.files import universal
from xltool.findings import Severity
from xltool.reports.notices import OPEN, Kind
from xltool.reports.sheets.texts import visible

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from docx.document import Document
    from docx.table import Table, _Cell, _Row
    from docx.text.paragraph import Paragraph
    from lxml.etree import _Element

    from xltool.auditing.rounds import Step
    from xltool.findings import Finding
    from xltool.reports.notices import Matter

SONG, HEI, KAI = "宋体", "黑体", "楷体"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
HEADS: Final = ("序号", "表", "单元格", "问题", "填报", "应为", "怎样修改")
WIDTHS: Final = (1.1, 3.0, 1.7, 8.2, 2.6, 2.6, 6.3)
STEP_HEADS: Final = ("序号", "整改结果", "表", "单元格", "问题", "上次填报", "本次填报")
STEP_WIDTHS: Final = (1.1, 2.4, 3.0, 1.7, 10.9, 3.2, 3.2)
FILE_HEADS: Final = ("序号", "收到的文件", "情况", "说明")
FILE_WIDTHS: Final = (1.1, 12.0, 2.6, 9.8)
FILL_IN: Final = (
    "请在下发给你单位的本年度表样上填写（不要用上年的表或者其他单位的表），存成 .xlsx 报送，不加密码，不用扫描件代替。"
)
_WHAT: Final = {
    Severity.ERROR: "必须修改的问题",
    Severity.WARNING: "需要核实、修改或者说明的问题",
}
_NUMERALS: Final = "一二三四五六"


def written(matter: Matter) -> bytes:
    """The letter about a matter; the same matter gives the same bytes."""
    letter = _Letter(matter)
    return letter.remind() if matter.kind is Kind.REMINDER else letter.write()


class _Letter:
    """One letter in the making."""

    def __init__(self, matter: Matter) -> None:
        """A page with nothing on it yet."""
        self.matter, self.debt = matter, matter.debt
        self.sections = 0
        self.document = _blank_page(matter.made_at)

    def write(self) -> bytes:
        """The letter about findings, forms still owed, and what became of earlier findings."""
        findings, steps = self.matter.findings, self.matter.steps
        self._top("修改" if findings or steps else "补报", self._opening())
        self._owed()
        for severity, title in _WHAT.items():
            same = [_finding(*one) for one in findings if one[1].severity is severity]
            if same:
                self._section(f"{title}（{len(same)} 处）")
                self._table(HEADS, WIDTHS, same)
        if steps:
            self._section("上次问题的整改情况")
            self._table(STEP_HEADS, STEP_WIDTHS, [_step(one) for one in steps])
        self._section("怎样修改和重新报送" if findings or steps else "怎样补报")
        return self._end(self._how() if findings or steps else [FILL_IN])

    def remind(self) -> bytes:
        """The letter to a department none of whose forms came in."""
        came = "，收到的文件不能采用" if self.debt.files else "，至今没有收到"
        self._top(
            "报送",
            f"你单位应报送{self._of_year}预算绩效自评材料 {len(self.debt.missing)} 张表{came}。{self._due}报送。",
        )
        self._owed()
        self._section("怎样报送")
        return self._end([FILL_IN])

    @property
    def _of_year(self) -> str:
        return f"{self.matter.year}年度" if self.matter.year else ""

    @property
    def _due(self) -> str:
        """By when; a day that is past asks for nothing."""
        deadline = self.matter.deadline
        return f"请于{_day(deadline)}前" if deadline and deadline >= self.matter.made_at.date() else "请尽快"

    def _top(self, what: str, opening: str) -> None:
        self._line(f"关于{what}{self._of_year}预算绩效自评材料的通知", HEI, 18, WD_ALIGN_PARAGRAPH.CENTER, after=12)
        self._line(f"{visible(self.matter.department)}：", SONG, 12)
        self._line(opening, SONG, 12, indent=True)

    def _section(self, title: str) -> None:
        self._line(f"{_NUMERALS[self.sections]}、{title}", HEI, 12, before=8, keep=True)
        self.sections += 1

    def _owed(self) -> None:
        """The forms still owed, and the files that cannot stand for them."""
        if not self.debt.missing:
            return
        self._section(f"尚未报送的表（{len(self.debt.missing)} 张）")
        self._line(visible("；".join(self.debt.missing)) + "。", SONG, 12, indent=True)
        if self.debt.files:
            self._line("下列文件已经收到，但不能代替要报送的表：", SONG, 12, indent=True, keep=True)
            rows = [(one.path.rpartition("/")[2], one.state.value, one.reason) for one in self.debt.files]
            self._table(FILE_HEADS, FILE_WIDTHS, rows)

    def _end(self, how: Sequence[str]) -> bytes:
        for text in how:
            self._line(text, SONG, 12, indent=True, keep=True)
        self._signatures()
        return _reproducible(self.document)

    def _opening(self) -> str:
        findings, steps = self.matter.findings, self.matter.steps
        errors = sum(finding.severity is Severity.ERROR for _, finding in findings)
        found = []
        if self.debt.missing:
            found.append(f"尚未报送的表 {len(self.debt.missing)} 张")
        if findings:
            found += [f"必须修改的问题 {errors} 处", f"需要核实或者说明的问题 {len(findings) - errors} 处"]
        mended = sum(step.became is Became.MENDED for step in steps)
        if steps:
            open_ones = sum(step.became in OPEN for step in steps)
            found.append(f"上次指出的问题已整改 {mended} 处、未整改 {open_ones} 处")
        return (
            f"你单位报送的{self._of_year}预算绩效自评材料（共 {self.matter.forms} 张表）已经审核：{'，'.join(found)}。"
            f"{self._due}{'按下列要求修改后重新报送' if findings or steps else '补报'}。"
        )

    def _how(self) -> list[str]:
        return [
            "1. 请在随本通知退回的文件上修改：有问题的单元格已标色，批注写明了原因；“问题清单”工作表可以点击跳转。",
            "2. 灰色单元格是公式，自动计算，不要直接填数；行数不够时在表中间插入行。",
            "3. 情况属实、不需要修改的，请在“问题清单”的“整改说明”栏写明原因，并附依据。",
        ]

    def _signatures(self) -> None:
        self._line("联系人：　　　　　　　　　　联系电话：", SONG, 12, before=10, keep=True)
        self._line("（财政部门盖章）　　　", SONG, 12, WD_ALIGN_PARAGRAPH.RIGHT, before=16, keep=True)
        self._line(f"{_day(self.matter.made_at)}　　　", SONG, 12, WD_ALIGN_PARAGRAPH.RIGHT, keep=True)
        self._line("收到本通知：　　　　　　　　（单位经办人签字）　　　　　年　　月　　日", KAI, 12, before=16)

    def _line(  # noqa: PLR0913 - what a line of a letter can look like
        self,
        text: str,
        font: str,
        size: float,
        align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT,
        *,
        before: float = 0,
        after: float = 0,
        indent: bool = False,
        keep: bool = False,
    ) -> None:
        paragraph = self.document.add_paragraph()
        paragraph.alignment = align
        shape = paragraph.paragraph_format
        shape.space_before, shape.space_after, shape.line_spacing = Pt(before), Pt(after), 1.4
        shape.keep_with_next = keep
        if indent:
            shape.first_line_indent = Pt(2 * size)
        _run(paragraph, text, font, size)

    def _table(self, heads: Sequence[str], widths: Sequence[float], rows: Sequence[Sequence[str]]) -> None:
        table = self.document.add_table(rows=1, cols=len(heads))
        table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
        marked = OxmlElement("w:tblHeader")  # the heads on every page
        marked.set(qn("w:val"), "true")
        _add(table.rows[0], heads, widths, marked, HEI)
        self._rows(table, widths, rows)

    @staticmethod
    def _rows(table: Table, widths: Sequence[float], rows: Sequence[Sequence[str]]) -> None:
        """Numbered rows: copies of one that python-docx has made, which takes its time over each cell."""
        blank = table.add_row()  # type: ignore[no-untyped-call]
        _add(blank, [""] * len(widths), widths, OxmlElement("w:cantSplit"), SONG)
        for number, texts in enumerate(rows, start=1):
            row = deepcopy(blank._tr)  # noqa: SLF001 - python-docx copies nothing
            for run, text in zip(row.iter(qn("w:r")), (str(number), *texts), strict=True):
                run.text = visible(text)
            table._tbl.append(row)  # noqa: SLF001 - likewise
        table._tbl.remove(blank._tr)  # noqa: SLF001 - likewise


def _add(row: _Row, texts: Sequence[str], widths: Sequence[float], mark: _Element, font: str) -> None:
    """Fill a row; cells are looked up once, as python-docx searches the whole table each time."""
    row._tr.get_or_add_trPr().append(mark)  # noqa: SLF001 - python-docx has no door to it
    for number, (cell, text, width) in enumerate(zip(row.cells, texts, widths, strict=True)):
        cell.width = Cm(width)
        _fill(cell, text, font, centred=number == 0)


def _finding(form: str, finding: Finding) -> tuple[str, ...]:
    """The row of a finding, its number aside."""
    sides = (finding.actual or "", finding.expected or "")
    return form, finding.cell or "", finding.message, *sides, finding.advice


def _step(step: Step) -> tuple[str, ...]:
    """The row of what became of an earlier finding, its number aside."""
    form = f"{step.form}（{step.project}）" if step.project else step.form
    return step.became.value, form, step.cell or "", step.message, step.before or "", step.after or ""


def _day(moment: date) -> str:
    return f"{moment.year}年{moment.month}月{moment.day}日"


def _blank_page(made_at: datetime) -> Document:
    """A4 across, for the table; page numbers; the same properties for the same run."""
    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(2.1)
    section.top_margin = section.bottom_margin = Cm(2)
    properties = document.core_properties
    properties.author = properties.last_modified_by = "xltool"
    properties.created = properties.modified = universal(made_at)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(footer, "第 ", SONG, 9)
    _page_number(footer)
    _run(footer, " 页", SONG, 9)
    return document


def _page_number(paragraph: Paragraph) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)  # noqa: SLF001 - python-docx has no fields


def _run(paragraph: Paragraph, text: str, font: str, size: float) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), font
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()  # noqa: SLF001 - python-docx sets that of Latin letters
    fonts.set(qn("w:eastAsia"), font)


def _fill(cell: _Cell, text: str, font: str, *, centred: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    if centred or font == HEI:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, text, font, 10)


def _reproducible(document: Document) -> bytes:
    """The document with one time for all its parts: python-docx takes that of the clock."""
    written, result = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            fixed = zipfile.ZipInfo(info.filename, _EPOCH)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(fixed, old.read(info))
    return result.getvalue()
