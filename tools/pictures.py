"""`python -m tools.pictures`: make the pictures of the user guide.

They show what xltool writes for a small made-up county, as LibreOffice and Chromium display it. Fonts and versions of
these programs differ between machines, so the pictures are committed and not compared by a test.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

import openpyxl
from PIL import Image

import xltool
from tests.support.programs.browser import browser
from tests.support.programs.office import convert
from tests.support.programs.pictures import Note, View, annotated, as_png, height_of, page_picture, sheet_picture
from tests.support.workbook_editor import WorkbookEditor
from tools.guide import accountant
from tools.guide.desk_views import DeskFiles, desk_pictures
from tools.samples import clean, planted
from tools.samples.folders import ROOT
from xltool.api import new_roster
from xltool.forms.manifest import OVERVIEW
from xltool.storage.files import write_whole

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tools.samples.sample import Sample

FOLDER: Final = ROOT / "tools" / "guide" / "pictures"
WIDTH: Final = 1700
YEAR: Final = 2023
DEADLINE: Final = date(2024, 4, 30)
NOW: Final = "1713513600"  # 2024-04-19, so that the pictures show the same day whenever they are made
DEPARTMENTS: Final = (
    ("017", planted.BUREAU, "水利局", 24, "某某", "0000-0000000", "默认"),
    ("018", "示范县林业局", "林业局", 30, "某某", "0000-0000000", "默认"),
    ("021", "示范县农业农村局", "农业农村局", 40, "某某", "0000-0000000", "默认"),
    ("035", "示范县教育局", "教育局", 52, "某某", "0000-0000000", "默认"),
    ("036", "示范县卫生健康局", "卫健局", 45, "某某", "0000-0000000", "默认"),
)
PROJECTS: Final = (
    ("017", "中小河流治理", planted.BUREAU, planted.BUREAU, 310),
    ("017", "农村饮水维修养护", planted.BUREAU, planted.BUREAU, 150),
    ("018", "退耕还林补助", "示范县林业局", "示范县林业局", 220),
    ("021", "高标准农田建设", "示范县农业农村局", "示范县农业农村局", 600),
    ("021", "农产品质量安全检测", "示范县农业农村局", "示范县农业农村局", 100),
    ("035", "校舍维修改造", "示范县教育局", "示范县教育局", 480),
)


SESSION: Final = {
    "金额带文字": "A11:F12",
    "附件2项目支出与附件3不符": "A11:F14",
    "预期目标没有填": "A4:F7",
    accountant.AT_THE_END: "A1:F3",
}
"""What the guide shows of 送审前核对 in an accountant's session, by the error."""


class County:
    """A county's year in a folder: roster, templates, filings of two departments, two reviews, the summary."""

    def __init__(self, folder: Path) -> None:
        """Issue, file, check twice and merge."""
        self.folder = folder
        self.roster = self._roster()
        self.issued = folder / "2023下发"
        xltool.generate(year=YEAR, out=self.issued, roster=self.roster)
        self.inbox, self.first, self.second = folder / "2023报送", folder / "审核结果1", folder / "审核结果2"
        self._file(self.inbox, planted.BUREAU, planted.sample())
        self._file(self.inbox, clean.BUREAU, clean.sample())
        self._copy_of_a_form()
        xltool.batch(self.inbox, out=self.first, roster=self.roster, deadline=DEADLINE)
        self._notes()
        xltool.batch(self.inbox, out=self.first, roster=self.roster, deadline=DEADLINE)
        again = self._mended()
        xltool.batch(again, out=self.second, roster=self.roster, prior_review=self.first)

        self.summary = self._sum()

    def _roster(self) -> Path:
        """Write the empty roster and fill it in."""
        path = self.folder / "roster.xlsx"
        new_roster(path)
        clerk = WorkbookEditor(path)
        for sheet, rows in (("单位", DEPARTMENTS), ("项目", PROJECTS)):
            for number, row in enumerate(rows, start=3):
                for column, value in zip("ABCDEFGH", row, strict=False):
                    clerk.put(sheet, f"{column}{number}", value)
        return clerk.save(path)

    def _sum(self) -> Path:
        """Merge the corrected filings of both departments."""
        final = self.folder / "2023定稿"
        self._file(final, planted.BUREAU, planted.with_defects())
        self._file(final, clean.BUREAU, clean.sample())
        xltool.merge(final, out=self.folder / "汇总.xlsx")
        return self.folder / "汇总.xlsx"

    @staticmethod
    def _file(inbox: Path, department: str, sample: Sample) -> None:
        target = inbox / department
        target.mkdir(parents=True, exist_ok=True)
        for name, content in sample.files.items():
            (target / name).write_bytes(content)

    def _copy_of_a_form(self) -> None:
        """Add a second 附件1 of a department under another name."""
        form = next((self.inbox / clean.BUREAU).glob("附件1*"))
        WorkbookEditor(form).put("附件1", "G30", "0000001").save(form.with_name("附件1（最终版2）.xlsx"))

    def _notes(self) -> None:
        """Fill in the officer's columns of three findings."""
        review = self.first / "review.xlsx"
        clerk = WorkbookEditor(review)
        for row, status, note in ((2, "已退回", None), (3, "说明认可", "见来函"), (4, "已联系单位", "4月18日电话")):
            clerk.put("问题清单", f"J{row}", status).put("问题清单", f"K{row}", note)
        clerk.save(review)

    def _mended(self) -> Path:
        """Write the second filing: the bureau corrects some findings, and changes a value that nobody asked about."""
        again = shutil.copytree(self.inbox, self.folder / "2023重报")
        form = next((again / planted.BUREAU).glob("附件1*"))
        clerk = WorkbookEditor(form).put("附件1", "F21", 7.5).put("附件1", "F12", 4.15)
        clerk.put("附件1", "B28", "公务接待先审批后安排，公务用车定点维修、定点加油。").save(form)
        return again

    @property
    def desk_files(self) -> DeskFiles:
        """What lies in the work folder of the desk."""
        return DeskFiles(self.roster, self.issued, self.inbox, self.first)

    def form(self, department: str, start: str) -> Path:
        """A file of a department."""
        return next((self.inbox / department).glob(f"{start}*"))


class Studio:
    """Makes pictures of a county's files."""

    def __init__(self, county: County, folder: Path, shown_in: Browser) -> None:
        """Take the county, a folder for temporary files and a browser."""
        self.county, self.folder, self.browser = county, folder, shown_in

    def sheet(self, workbook: Path, view: View, *notes: Note, shown: float = 1) -> Image.Image:
        """A view of a sheet, cut to a share of its width, with notes beside cells."""
        image, page = sheet_picture(workbook, view, self.folder)
        image = image.crop((0, 0, round(image.width * shown), image.height))
        return (
            annotated(image, [(note, height_of(page, note.beside)) for note in notes], self.browser) if notes else image
        )

    def letter(self) -> Image.Image:
        """The letter to the bureau."""
        letter = next((self.county.first / "notices").glob("*水利局.docx"))
        [page] = convert([letter], self.folder / "letter", "pdf")
        return page_picture(page, 110)

    def page(self) -> Image.Image:
        """review.html at the screen size of an office."""
        page = self.browser.new_page(viewport={"width": 1366, "height": 860})
        page.goto((self.county.first / "review.html").as_uri())
        page.wait_for_timeout(800)
        shot = page.screenshot()
        page.close()
        return Image.open(BytesIO(shot)).convert("RGB")

    def pictures(self) -> dict[str, Image.Image]:
        """All pictures by name."""
        county = self.county
        bureau, review = planted.BUREAU, county.first / "review.xlsx"
        filed, returned = county.form(bureau, "附件1"), self._returned(bureau)
        empty = next(path for path in county.issued.rglob("附件1*") if bureau in str(path))
        return {
            "blank": self.sheet(empty, View("附件1", "A1:J18")),
            "prompt": self.sheet(filed, View("附件1", "A4:G14"), Note("4.10", _prompt(filed, "F12"))),
            "returned": self.sheet(returned, View("附件1", "A1:G17"), Note("12.30", _comment(returned, "F7"))),
            "listing": self.sheet(returned, View("问题清单", "A1:L8", "CJK")),
            "letter": self.letter(),
            "roster": self.sheet(county.roster, View("单位", "A1:H7")),
            "issued": self.sheet(county.issued / "下发清单.xlsx", View("下发清单", "A1:I9", "E")),
            "overview": self.sheet(review, View("总览", "A1:Q7")),
            "accounts": self.sheet(review, View("报送情况", "A1:G7")),
            "problems": self.sheet(review, View("问题清单", "A1:M7")),
            "page": self.page(),
            "rounds": self.sheet(county.second / "review.xlsx", View("整改情况", "A1:K9", "DH")),
            "merged": self.sheet(county.summary, View("部门汇总", "A1:L4")),
            "check": self._session(),
            **desk_pictures(county.desk_files, self.folder, self.browser),
        }

    def _session(self) -> Image.Image:
        """The first sheet of a combined workbook at three errors, and when they are mended, one below the other."""
        folder = self.folder.with_name("session")
        folder.mkdir()
        errors = [error for error in accountant.ERRORS if error.name in SESSION]
        books = accountant.copies(folder, errors)
        parts = [self.sheet(path, View(OVERVIEW, SESSION[name])) for name, path in books.items()]
        gap = parts[0].height // 4
        whole = Image.new("RGB", (parts[0].width, sum(part.height + gap for part in parts) - gap), "white")
        top = 0
        for part in parts:
            whole.paste(part, (0, top))
            top += part.height + gap
        return whole

    def _returned(self, department: str) -> Path:
        return next((self.county.first / "returned" / department).glob("附件1*"))


def _prompt(form: Path, cell: str) -> str:
    """The prompt that a program shows when the cell is chosen."""
    sheet = openpyxl.load_workbook(form)["附件1"]
    validation = next(rule for rule in sheet.data_validations.dataValidation if cell in rule.sqref)
    return f"{validation.promptTitle}\n{validation.prompt}"


def _comment(form: Path, cell: str) -> str:
    """The comment of the cell."""
    comment = openpyxl.load_workbook(form)["附件1"][cell].comment
    assert comment is not None
    return str(comment.text)


def main() -> None:
    """Write all pictures."""
    os.environ["SOURCE_DATE_EPOCH"] = NOW
    with tempfile.TemporaryDirectory() as folder, browser() as shown_in:
        work = Path(folder, "work")
        work.mkdir()
        for name, image in Studio(County(Path(folder)), work, shown_in).pictures().items():
            content = as_png(image, WIDTH)
            write_whole(FOLDER / f"{name}.png", content)
            sys.stdout.write(f"{name}.png {image.width} × {image.height}, {len(content) // 1024} KiB\n")


if __name__ == "__main__":
    main()
