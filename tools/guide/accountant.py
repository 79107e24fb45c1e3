"""`python -m tools.guide.accountant OUT`: an accountant's session at a combined workbook, with a picture of each error.

LibreOffice fills in good values, makes one typical error after another, and mends each; the first sheet must name the
error and its cell, and say 正常 again when it is mended.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

import openpyxl

from tests.support.programs.pictures import View, as_png, sheet_picture
from tests.support.programs.session import Session
from tools.samples import clean
from tools.samples.sample import CellFinder, FieldRef
from xltool.forms import FORMS, base_data, foot, project, review, self_review
from xltool.forms.manifest import OVERVIEW
from xltool.storage.files import write_whole
from xltool.template.order import Order, SheetOrder
from xltool.template.overview import LISTED
from xltool.template.workbook import write_combined

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xltool.expr.nodes import Field

Entry = tuple[FieldRef, float | str | date | None]
WIDTH: Final = 1700
FORMS_FROM: Final = 5
"""Row of the first form on the sheet 送审前核对."""
STATUS: Final = "A2"
SCREEN: Final = View(OVERVIEW, "A1:F20")
"""About what a screen shows of the first sheet."""


@dataclass(frozen=True)
class TypicalError:
    """An error of an accountant: what is typed where, and how the first sheet must name it."""

    name: str
    entries: tuple[Entry, ...]
    place: str
    message: str
    """The whole message; of a blank cell, what the row of the form names as blank."""


def _cell(form: str, item: Field, row: str = "", of: str = "") -> FieldRef:
    return FieldRef(form, item, row, of)


FARM: Final = clean.FARMLAND
_SATISFACTION: Final = "农户满意度"
_OFFICE: Final = _cell("附件1", base_data.office.actual)
ERRORS: Final = (
    TypicalError(
        "人数不是整数",
        ((_cell("附件1", base_data.staff), 44.5),),
        "附件1!D5",
        "实际在职人数填报为 44.5人，应为不小于 0 的整数。",
    ),
    TypicalError(
        "金额带文字",
        ((_OFFICE, "165万"),),
        "附件1!F21",
        "办公经费本年决算数填报“165万”是文本，公式没有计入；请只填半角数字，不带单位、逗号。",
    ),
    TypicalError(
        "其中项大于合计",
        ((_OFFICE, 190.0),),
        "附件1!F20",
        "公用经费本年决算数填报 57.00万元，小于其中项之和 208.50万元。",
    ),
    TypicalError(
        "金额是负数",
        ((_cell("附件1", base_data.reception.actual), -4.1),),
        "附件1!F12",
        "公务接待本年决算数填报为 -4.10万元，不应为负数。",
    ),
    TypicalError(
        "收入合计不符",
        ((_cell("附件2", self_review.general_budget), 1200.0),),
        "附件2!E6",
        "按收入性质分合计 1200.00万元，与全年预算数 1300.00万元、全年执行数 1288.00万元 都不相等。",
    ),
    TypicalError(
        "得分大于分值",
        ((_cell("附件2", review.score, _SATISFACTION), 12.0),),
        "附件2!H42",
        "第 42 行：“农户满意度”得分 12分，超过分值 10分。",
    ),
    TypicalError(
        "分值合计不是100",
        ((_cell("附件2", review.weight, _SATISFACTION), 8.0), (_cell("附件2", review.score, _SATISFACTION), 8.0)),
        "附件2!G46",
        "执行率分值与各指标分值合计 98分，应为 100分。",
    ),
    TypicalError(
        "没有完成记满分",
        ((_cell("附件2", review.actual_value, "受益农户数"), "1100户"),),
        "附件2!H32",
        "第 32 行：“受益农户数”目标 ≥1200户，实际完成 1100户，没有完成却记满分 8分。",
    ),
    TypicalError(
        "执行数大于预算数",
        ((_cell("附件3", project.appropriation.executed, of=FARM), 690.0),),
        "附件3!F7",
        "当年财政拨款全年执行数填报 690.00万元，大于本行全年预算数 600.00万元。",
    ),
    TypicalError(
        "附件2项目支出与附件3不符",
        ((_cell("附件2", self_review.project_spending), 678.0),),
        "附件2!I8",
        "附件2项目支出 678.00万元，各附件3全年执行数之和 688.00万元，两者不一致。"
        "〔对照 附件3!F6 等 2 张表、附件1!F13〕",
    ),
    TypicalError(
        "附件1项目预算数与附件3不符",
        ((_cell("附件1", base_data.project_budget, FARM), 650.0),),
        "附件1!D13",
        "附件1项目支出本年预算数 750.00万元，各附件3年初预算数之和 700.00万元，两者不一致。〔对照 附件3!D6 等 2 张表〕",
    ),
    TypicalError(
        "附件1项目决算数与附件2不符",
        ((_cell("附件1", base_data.project_actual, FARM), 580.0),),
        "附件2!I8",
        "附件2项目支出 688.00万元，附件1项目支出本年决算数 678.00万元，两表不一致。〔对照 附件1!F13〕",
    ),
    TypicalError(
        "金额按元填报",
        ((_cell("附件2", self_review.year.initial), 12_800_000.0),),
        "附件2!D5",
        "年度资金总额年初预算数填报 12800000.00万元，约为本行其他金额 1300.00万元 的一万倍，疑似按“元”填报。",
    ),
    TypicalError(
        "完成值照抄符号",
        ((_cell("附件2", review.actual_value, _SATISFACTION), "≥94%"),),
        "附件2!F42",
        "第 42 行：“农户满意度”的实际完成值为“≥94%”，带有比较符号，像是照抄目标值。",
    ),
    TypicalError(
        "填报日期写错年份",
        ((_cell("附件2", foot.filed_on), date(2025, 3, 15)),),
        "附件2!E47",
        "填报日期 2025-03-15 不在年度终了后的一年之内。",
    ),
    TypicalError("预期目标没有填", ((_cell("附件3", review.goal, of=FARM), None),), "附件3", "预期目标"),
)
AT_THE_END: Final = "全部改好"
"""Name of the picture when all errors are mended."""
PASSED: Final = "公式自检：正常　　填写完整：已填齐"


@dataclass(frozen=True)
class Seen:
    """The first sheet at one moment: its status, place and message of what is wrong, form and name of what is blank."""

    status: str
    wrong: tuple[tuple[str, str], ...]
    blank: tuple[tuple[str, str], ...]


class Accountant:
    """Fills in the workbook of 示范县农业农村局 and makes errors."""

    def __init__(self) -> None:
        """Write the blank workbook, and its twin with good values."""
        papers = clean.papers()
        names = tuple(paper.project for paper in papers if paper.project)
        self.order = Order(clean.YEAR, clean.BUREAU, projects=names, indicators=3)
        sheets = [SheetOrder(FORMS[paper.form], paper.project) for paper in papers]
        self.blank = write_combined(self.order, sheets)
        self.filled = write_combined(self.order, [paper.sheet(self.order) for paper in papers])
        self.finder = CellFinder({"": self.filled})
        self.first_line = FORMS_FROM + len(papers) + 3
        self.forms = len(papers)

    def good_values(self) -> Iterator[tuple[str, str, float | str | date]]:
        """Sheet, cell and value of every entry of the twin."""
        for sheet in openpyxl.load_workbook(BytesIO(self.filled)).worksheets:
            for cell in (cell for row in sheet.iter_rows() for cell in row if sheet.title.partition("-")[0] in FORMS):
                if cell.value is not None and not cell.protection.locked:
                    yield sheet.title, cell.coordinate, _typed(cell.value)

    def session(self, errors: Sequence[TypicalError], pictured: Path | None = None) -> Session:
        """Look at the blank workbook, fill it in and look, then for each error: make it, look, mend it, look."""
        session = Session()
        good = {(sheet, cell): value for sheet, cell, value in self.good_values()}
        self._look(session)
        for place, value in good.items():
            session.enter(*place, value)
        self._look(session)
        for number, error in enumerate(errors):
            addresses = (self.finder.address(ref) for ref, _ in error.entries)
            places = [(sheet, str(cell)) for _, sheet, cell in addresses]
            for place, (_, entry) in zip(places, error.entries, strict=True):
                session.enter(*place, entry)
            self._look(session)
            if pictured is not None:
                session.copy(pictured / f"{number:02}.xlsx")
            for place in places:
                session.enter(*place, good[place])
            self._look(session)
        return session

    def _look(self, session: Session) -> None:
        session.calculate(everything=False)
        session.see(OVERVIEW, STATUS)
        for row in range(self.first_line, self.first_line + LISTED):
            session.see(OVERVIEW, f"A{row}", f"B{row}")
        for row in range(FORMS_FROM, FORMS_FROM + self.forms):
            session.see(OVERVIEW, f"A{row}", f"F{row}")

    def seen(self, lines: Sequence[str]) -> Iterator[Seen]:
        """What was seen at each look, from the lines of a session."""
        a_look = 2 + 2 * (LISTED + self.forms)
        for start in range(0, len(lines), a_look):
            _, status, *pairs = lines[start : start + a_look]
            both = list(zip(pairs[::2], pairs[1::2], strict=True))
            wrong, blank = (tuple(pair for pair in part if pair[1]) for part in (both[:LISTED], both[LISTED:]))
            yield Seen(status, wrong, blank)

    def run(self, errors: Sequence[TypicalError], folder: Path, pictured: Path | None = None) -> list[Seen]:
        """The session in one process: what was seen of the blank and the filled workbook, and of each error twice."""
        path = folder / "blank.xlsx"
        path.write_bytes(self.blank)
        return list(self.seen(self.session(errors, pictured).run(path, folder / "end.xlsx")))


def _typed(value: object) -> float | str | date:
    """What is typed for the content of a cell."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, float | int) else str(value)


def copies(folder: Path, errors: Sequence[TypicalError] = ERRORS) -> dict[str, Path]:
    """The workbook at each error, by the name of the error, and when all are mended."""
    saved = folder / "copies"
    saved.mkdir()
    Accountant().run(errors, folder, saved)
    at_errors = {error.name: saved / f"{number:02}.xlsx" for number, error in enumerate(errors)}
    return at_errors | {AT_THE_END: folder / "end.xlsx"}


def main() -> None:
    """Write a picture of each error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="the folder for the pictures")
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder, "work")
        work.mkdir()
        for name, path in copies(Path(folder)).items():
            image, _ = sheet_picture(path, SCREEN, work)
            content = as_png(image, WIDTH)
            write_whole(out / f"{name}.png", content)
            sys.stdout.write(f"{name}.png {len(content) // 1024} KiB\n")


if __name__ == "__main__":
    main()
