"""A letter as a Word document: A4, to be stamped.

Word and not Excel, because a bureau edits its letters before it sends them (python-docx: MIT, pure Python on lxml).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool.auditing.rounds.comparison import Became
from xltool.findings import Severity
from xltool.outputs.letter_document import CENTRE, HEI, KAI, RIGHT, SONG, LetterDocument, ParagraphStyle, TableColumns
from xltool.outputs.notices import OPEN, Kind
from xltool.outputs.sheets.texts import visible

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from xltool.auditing.rounds.comparison import Step
    from xltool.findings import Finding
    from xltool.outputs.notices import Matter

FINDINGS: Final = TableColumns(
    ("序号", "表", "单元格", "问题", "填报", "应为", "怎样修改"), (1.1, 3.0, 1.7, 8.2, 2.6, 2.6, 6.3)
)
STEPS: Final = TableColumns(
    ("序号", "整改结果", "表", "单元格", "问题", "上次填报", "本次填报"), (1.1, 2.4, 3.0, 1.7, 10.9, 3.2, 3.2)
)
FILES: Final = TableColumns(("序号", "收到的文件", "情况", "说明"), (1.1, 12.0, 2.6, 9.8))
TITLE: Final = ParagraphStyle(HEI, 18, CENTRE, after=12)
SECTION: Final = ParagraphStyle(HEI, 12, before=8, keep=True)
TO_WHOM: Final = ParagraphStyle(SONG, 12)
TEXT: Final = ParagraphStyle(SONG, 12, indent=True)
KEPT_TEXT: Final = TEXT._replace(keep=True)
CONTACT: Final = ParagraphStyle(SONG, 12, before=10, keep=True)
STAMP: Final = ParagraphStyle(SONG, 12, RIGHT, before=16, keep=True)
DAY: Final = ParagraphStyle(SONG, 12, RIGHT, keep=True)
RECEIPT: Final = ParagraphStyle(KAI, 12, before=16)
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
    letter = _Writing(matter)
    return letter.remind() if matter.kind is Kind.REMINDER else letter.write()


class _Writing:
    """One letter in the making."""

    def __init__(self, matter: Matter) -> None:
        """A page with nothing on it yet."""
        self.matter, self.debt = matter, matter.debt
        self.sections = 0
        self.page = LetterDocument(matter.made_at)

    def write(self) -> bytes:
        """The letter about findings, forms still owed, and what became of earlier findings."""
        findings, steps = self.matter.findings, self.matter.steps
        self._top("修改" if findings or steps else "补报", self._opening())
        self._owed()
        for severity, title in _WHAT.items():
            same = [_finding(*finding) for finding in findings if finding[1].severity is severity]
            if same:
                self._section(f"{title}（{len(same)} 处）")
                self.page.add_table(FINDINGS, same)
        if steps:
            self._section("上次问题的整改情况")
            self.page.add_table(STEPS, [_step(step) for step in steps])
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
        self.page.add_paragraph(f"关于{what}{self._of_year}预算绩效自评材料的通知", TITLE)
        self.page.add_paragraph(f"{visible(self.matter.department)}：", TO_WHOM)
        self.page.add_paragraph(opening, TEXT)

    def _section(self, title: str) -> None:
        self.page.add_paragraph(f"{_NUMERALS[self.sections]}、{title}", SECTION)
        self.sections += 1

    def _owed(self) -> None:
        """The forms still owed, and the files that cannot stand for them."""
        if not self.debt.missing:
            return
        self._section(f"尚未报送的表（{len(self.debt.missing)} 张）")
        self.page.add_paragraph(visible("；".join(self.debt.missing)) + "。", TEXT)
        if self.debt.files:
            self.page.add_paragraph("下列文件已经收到，但不能代替要报送的表：", KEPT_TEXT)
            rows = [(file.path.rpartition("/")[2], file.state.value, file.reason) for file in self.debt.files]
            self.page.add_table(FILES, rows)

    def _end(self, how: Sequence[str]) -> bytes:
        for text in how:
            self.page.add_paragraph(text, KEPT_TEXT)
        self._signatures()
        return self.page.to_bytes()

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
        self.page.add_paragraph("联系人：　　　　　　　　　　联系电话：", CONTACT)
        self.page.add_paragraph("（财政部门盖章）　　　", STAMP)
        self.page.add_paragraph(f"{_day(self.matter.made_at)}　　　", DAY)
        self.page.add_paragraph("收到本通知：　　　　　　　　（单位经办人签字）　　　　　年　　月　　日", RECEIPT)


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
