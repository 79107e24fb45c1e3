"""What departments are sent: one document with all letters, and a parcel each."""

from __future__ import annotations

import zipfile
from contextlib import nullcontext
from typing import TYPE_CHECKING

import docx
import pytest

import xltool
from tests.support.filled import cell_of, filled
from tests.support.workbook_editor import WorkbookEditor
from xltool.batches import runs
from xltool.batches.mailing import GUIDE, LETTER_BOOK
from xltool.batches.options import Options
from xltool.batches.progress import Progress
from xltool.catalogue.guide import DEPARTMENTS_PAGE

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

DEPARTMENTS = ("水利局", "林业局")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a run over two departments, both with findings; a third filed nothing."""
    folder = tmp_path_factory.mktemp("mailing")
    for name in DEPARTMENTS:
        (folder / "报送" / name).mkdir(parents=True)
        form = filled(folder / "报送" / name / "附件2.xlsx", "附件2")
        clerk = WorkbookEditor(form).put("附件2", cell_of("附件2", "部门名称"), name)
        clerk.put("附件2", cell_of("附件2", "年度资金总额_得分"), 3).save(form)
    rows = "单位编码,单位名称\n001,水利局\n002,林业局\n003,教育局\n"
    (folder / "名册.csv").write_text(rows, encoding="utf-8")
    xltool.batch(folder / "报送", out=folder / "结果", roster=folder / "名册.csv", jobs=1)
    return folder / "结果"


def test_all_letters_stand_in_one_document(results: Path) -> None:
    """Each begins a section of its own, with the texts of its own file, in the order of the plan."""
    book = docx.Document(str(results / LETTER_BOOK))
    letters = sorted((results / "notices").glob("*通知_*.docx"))
    assert len(book.sections) == len(letters) == 3
    texts = [paragraph.text for paragraph in book.paragraphs]
    for letter in letters:
        own = [paragraph.text for paragraph in docx.Document(str(letter)).paragraphs]
        start = texts.index(own[1]) - 1
        assert texts[start : start + len(own)] == own
    rows = sum(len(table.rows) for letter in letters for table in docx.Document(str(letter)).tables)
    assert sum(len(table.rows) for table in book.tables) == rows > 3


def test_a_parcel_has_all_that_a_department_is_sent(results: Path) -> None:
    """Its letter, its copy and the guide's pages, byte for byte; whoever filed nothing gets a letter and the pages."""
    for name in (*DEPARTMENTS, "教育局"):
        kind = "催报通知" if name == "教育局" else "退回通知"
        with zipfile.ZipFile(results / "parcels" / f"{name}.zip") as parcel:
            members = {member: parcel.read(member) for member in parcel.namelist()}
        expected = {f"{kind}_{name}.docx": (results / "notices" / f"{kind}_{name}.docx").read_bytes()}
        if name in DEPARTMENTS:
            expected["附件2.xlsx"] = (results / "returned" / name / "附件2.xlsx").read_bytes()
        assert members == expected | {GUIDE: DEPARTMENTS_PAGE.read_bytes()}


def test_what_is_no_longer_sent_is_removed(results: Path) -> None:
    """A second run over one department alone leaves neither the letters nor the parcels of the others."""
    inbox = results.parent / "报送"
    out = results.parent / "再次"
    xltool.batch(inbox, out=out, jobs=1)
    xltool.batch(inbox / "水利局", out=out, jobs=1)
    assert [path.name for path in (out / "parcels").iterdir()] == ["水利局.zip"]
    assert len(docx.Document(str(out / LETTER_BOOK)).sections) == 1


def test_progress_is_told_of_each_step(results: Path) -> None:
    """Reading, judging, writing and packing have a bar each, which is full at the end."""
    bars: dict[str, list[int]] = {}
    names: dict[str, set[str]] = {}

    def bar(label: str, total: int) -> AbstractContextManager[Progress]:
        bars[label] = [total, 0]
        names[label] = set()

        def advance(done: int, name: str) -> None:
            bars[label][1] += done
            names[label].add(name)

        return nullcontext(Progress(advance))

    runs.run(results.parent / "报送", results.parent / "进度", Options(jobs=1), bar=bar)
    assert list(bars) == ["读取", "核对", "写出结果", "打包"]
    assert all(total == done > 0 for total, done in bars.values())
    assert names["读取"] >= {f"{name}/附件2.xlsx" for name in DEPARTMENTS}
    assert "各单位之间的文字" in names["核对"]
    assert names["写出结果"] >= {"review.xlsx", "退回件 水利局/附件2.xlsx", "退回通知_林业局.docx"}
    assert names["打包"] == {"林业局.zip", ""}
