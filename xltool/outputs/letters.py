"""Letters to departments as Word documents.

Word and not Excel, because a bureau edits its letters before it sends them (python-docx: MIT, pure Python on lxml).
"""

from __future__ import annotations

from collections import Counter
from typing import IO, TYPE_CHECKING, Final

from xltool.findings import Severity
from xltool.outputs.letter_document import (
    CENTRE,
    HEI,
    KAI,
    RIGHT,
    SONG,
    LetterDocument,
    ParagraphStyle,
    TableColumns,
    write_letter_book,
)
from xltool.outputs.letter_plans import OPEN, LetterKind
from xltool.outputs.returned.mending.lost import is_mendable
from xltool.outputs.sheets.texts import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from xltool.auditing.rounds.outcomes import Step
    from xltool.outputs.letter_plans import LetterContent, LetterMatter

FINDINGS: Final = TableColumns(
    ("序号", "表和单元格", "问题", "填报", "应为", "怎样修改"), (1.1, 2.4, 4.7, 2.2, 2.2, 3.8)
)
STEPS: Final = TableColumns(
    ("序号", "整改结果", "表和单元格", "问题", "上次填报", "本次填报"), (1.1, 1.9, 2.5, 6.7, 2.1, 2.1)
)
FILES: Final = TableColumns(("序号", "收到的文件", "情况", "说明"), (1.1, 6.6, 2.2, 6.5))
TITLE: Final = ParagraphStyle(HEI, 18, CENTRE, after=12)
SECTION: Final = ParagraphStyle(HEI, 12, before=8, keep=True)
ADDRESSEE: Final = ParagraphStyle(SONG, 12)
TEXT: Final = ParagraphStyle(SONG, 12, indent=True)
KEPT_TEXT: Final = TEXT._replace(keep=True)
CONTACT: Final = ParagraphStyle(SONG, 12, before=10, keep=True)
STAMP: Final = ParagraphStyle(SONG, 12, RIGHT, before=16, keep=True)
DAY: Final = ParagraphStyle(SONG, 12, RIGHT, keep=True)
RECEIPT: Final = ParagraphStyle(KAI, 12, before=16)
FILL_IN: Final = (
    "请在下发给你单位的本年度表样上填写（不要用上年的表或者其他单位的表），存成 .xlsx 报送，不加密码，不用扫描件代替。"
)
RESTORED: Final = (
    "4. 被改掉的公式、取消的保护、丢失的校验，在退回的文件里已经恢复，不用重做；“处理意见”一栏写明了哪些已经恢复，"
    "不能恢复的写明了应填的公式。"
)
_SECTIONS: Final = {
    Severity.ERROR: "必须修改的问题",
    Severity.WARNING: "需要核实、修改或者说明的问题",
}
_NUMERALS: Final = "一二三四五六"


def letter_bytes(content: LetterContent) -> bytes:
    """Write a letter; the same content gives the same bytes."""
    return _letter(content).to_bytes()


def write_letters(file: IO[bytes], made_at: datetime, contents: Iterable[LetterContent]) -> None:
    """Write letters as one document for printing, each from a new page."""
    write_letter_book(file, made_at, map(_letter, contents))


def _letter(content: LetterContent) -> LetterDocument:
    letter = _LetterWriter(content)
    return letter.reminder() if content.kind is LetterKind.REMINDER else letter.returned()


class _LetterWriter:
    """Writes one letter from top to bottom."""

    def __init__(self, content: LetterContent) -> None:
        """Start an empty page."""
        self.content, self.debt = content, content.debt
        self.sections = 0
        self.page = LetterDocument(content.made_at)

    def returned(self) -> LetterDocument:
        """Write about forms still owed, findings, and the outcomes of earlier findings."""
        findings, steps = self.content.findings, self.content.steps
        self._add_heading("修改" if findings or steps else "补报", self._opening_text())
        self._add_debt()
        for severity, title in _SECTIONS.items():
            same = [_finding_row(matter) for matter in findings if matter.finding.severity is severity]
            if same:
                self._add_section(f"{title}（{len(same)} 处）")
                self.page.add_table(FINDINGS, same)
        if steps:
            self._add_section("上次问题的整改情况")
            self.page.add_table(STEPS, [_step_row(step) for step in steps])
        self._add_section("怎样修改和重新报送" if findings or steps else "怎样补报")
        return self._finish(self._instructions() if findings or steps else [FILL_IN])

    def reminder(self) -> LetterDocument:
        """Remind a department that filed no usable form."""
        came = "，收到的文件不能采用" if self.debt.files else "，至今没有收到"
        self._add_heading(
            "报送",
            f"你单位应报送{self._of_year}预算绩效自评材料 {len(self.debt.missing)} 张表{came}。{self._due}报送。",
        )
        self._add_debt()
        self._add_section("怎样报送")
        return self._finish([FILL_IN])

    @property
    def _of_year(self) -> str:
        return f"{self.content.year}年度" if self.content.year else ""

    @property
    def _due(self) -> str:
        """The request with its day; a day that is over is called so."""
        day = self.content.refile_by
        if day is None:
            return "请尽快"
        if day < self.content.made_at.date():
            return f"要求报送的日期（{_chinese_date(day)}）已过，请尽快"
        return f"请于{_chinese_date(day)}前"

    def _add_heading(self, what: str, opening: str) -> None:
        self.page.add_paragraph(f"关于{what}{self._of_year}预算绩效自评材料的通知", TITLE)
        self.page.add_paragraph(f"{visible(self.content.department)}：", ADDRESSEE)
        self.page.add_paragraph(opening, TEXT)

    def _add_section(self, title: str) -> None:
        self.page.add_paragraph(f"{_NUMERALS[self.sections]}、{title}", SECTION)
        self.sections += 1

    def _add_debt(self) -> None:
        """Add the forms still owed, and the files that cannot stand for them."""
        if not self.debt.missing:
            return
        self._add_section(f"尚未报送的表（{len(self.debt.missing)} 张）")
        self.page.add_paragraph(visible("；".join(self.debt.missing)) + "。", TEXT)
        if self.debt.files:
            self.page.add_paragraph("下列文件已经收到，但不能代替要报送的表：", KEPT_TEXT)
            rows = [(file.path.rpartition("/")[2], file.state.value, file.reason) for file in self.debt.files]
            self.page.add_table(FILES, rows)

    def _finish(self, instructions: Sequence[str]) -> LetterDocument:
        for text in instructions:
            self.page.add_paragraph(text, KEPT_TEXT)
        self._add_signatures()
        return self.page

    def _opening_text(self) -> str:
        findings, steps = self.content.findings, self.content.steps
        errors = sum(matter.finding.severity is Severity.ERROR for matter in findings)
        counts = []
        if self.debt.missing:
            counts.append(f"尚未报送的表 {len(self.debt.missing)} 张")
        if errors:
            counts.append(f"必须修改的问题 {errors} 处")
        if len(findings) > errors:
            counts.append(f"需要核实或者说明的问题 {len(findings) - errors} 处")
        became = Counter("未整改" if step.became in OPEN else step.became.value for step in steps)
        outcomes = [f"{word} {became[word]} 处" for word in ("已整改", "已认可", "已说明", "未整改") if became[word]]
        if outcomes:
            counts.append(f"上次指出的问题{'、'.join(outcomes)}")
        return (
            f"你单位报送的{self._of_year}预算绩效自评材料（共 {self.content.forms} 张表）"
            f"已经审核：{'，'.join(counts)}。"
            f"{self._due}{'按下列要求修改后重新报送' if findings or steps else '补报'}。"
        )

    def _instructions(self) -> list[str]:
        restored = [RESTORED] if is_mendable([matter.finding for matter in self.content.findings]) else []
        return [
            "1. 请在随本通知退回的文件上修改：有问题的单元格已标色，批注写明了原因；“问题清单”工作表可以点击跳转。",
            "2. 灰色单元格是公式，自动计算，不要直接填数；行数不够时在表中间插入行。",
            "3. 情况属实、不需要修改的，请在“问题清单”的“整改说明”栏写明原因，并附依据。",
            *restored,
        ]

    def _add_signatures(self) -> None:
        bureau = self.content.bureau
        contact, phone = (visible(text) or "　" * 8 for text in (bureau.contact, bureau.phone))
        self.page.add_paragraph(f"联系人：{contact}　　联系电话：{phone}", CONTACT)
        self.page.add_paragraph(f"{visible(bureau.name)}（{'' if bureau.name else '财政部门'}盖章）　　　", STAMP)
        self.page.add_paragraph(f"{_chinese_date(self.content.made_at)}　　　", DAY)
        self.page.add_paragraph("收到本通知：　　　　　　　　（单位经办人签字）　　　　　年　　月　　日", RECEIPT)


def _finding_row(matter: LetterMatter) -> tuple[str, ...]:
    """The row of a finding, without its number."""
    form, finding, explanation = matter
    sides = (finding.actual or "", finding.expected or "")
    message = f"{finding.message}\n（你单位说明：{explanation}）" if explanation else finding.message
    return _place(form, finding.cell), message, *sides, finding.advice


def _step_row(step: Step) -> tuple[str, ...]:
    """The row of an earlier finding and its outcome, without its number."""
    form = f"{step.form}（{step.project}）" if step.project else step.form
    return step.became.value, _place(form, step.cell), step.message, step.before or "", step.after or ""


def _place(form: str, cell: str | None) -> str:
    """The form and the cell below it."""
    return f"{form}\n{cell}" if cell else form


def _chinese_date(moment: date) -> str:
    return f"{moment.year}年{moment.month}月{moment.day}日"
