"""Texts from files stay texts in every output: no formula, no link, no broken file, no invalid file name."""

from __future__ import annotations

import csv
import io
import json
import re
import warnings
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest

from tests.batches.folders import InlinePool
from tests.support.filled import cell_in_row, cell_of, filled
from tests.support.workbook_editor import WorkbookEditor
from xltool.batches import reading, runs
from xltool.forms import review
from xltool.outputs import json_output
from xltool.outputs.read_output import write_tables
from xltool.reader.files.sources import discover
from xltool.storage import files
from xltool.template.order import safe_name

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = (
    "=cmd|'/c calc'!A1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "http://127.0.0.1/x",
    "internal:'附件2'!A1",
    "external:\\\\server\\share\\x.xlsx",
    "_x0001_\ufffe_x0041_",
    "<script>alert(1)</script>",
    "长" * 40_000,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filing with hostile texts."""
    place = tmp_path_factory.mktemp("报送")
    clerk = WorkbookEditor(filled(place / "附件2.xlsx", "附件2"))
    clerk.put("附件2", cell_of("附件2", "预期目标"), "；".join(HOSTILE[:7]))
    clerk.put("附件2", cell_of("附件2", "部门名称"), HOSTILE[0])
    for row, text in enumerate(HOSTILE):
        clerk.put("附件2", cell_in_row("附件2", review.indicator, row), text.replace("\ufffe", "?"))
    clerk.save(place / "附件2.xlsx")
    return place


@pytest.fixture(scope="module")
def out(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The outputs of a batch run over that filing."""
    place = tmp_path_factory.mktemp("结果")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "Pool", InlinePool)
        runs.run(folder, place)
        records = reading.read_sources(discover([folder]))
    write_tables(records, "xlsx", place / "data.xlsx")
    write_tables(records, "csv", place / "csv")
    (place / "read.json").write_text(json_output.dumps(json_output.read_json(records)), encoding="utf-8")
    return place


@pytest.mark.parametrize("name", ["review.xlsx", "data.xlsx"])
def test_no_workbook_runs_what_was_filed(out: Path, name: str) -> None:
    """No formula or link comes from a text, every part is XML, and no cell is too long for Excel."""
    with zipfile.ZipFile(out / name) as archive:
        sheets = [archive.read(each).decode() for each in archive.namelist() if "/worksheets/sheet" in each]
        links = "".join(archive.read(each).decode() for each in archive.namelist() if each.endswith(".rels"))
    formulas = [formula for sheet in sheets for formula in re.findall(r"<f[^>]*>([^<]*)</f>", sheet)]
    assert not [each for each in formulas if "cmd" in each or "calc" in each]
    targets = re.findall(r'Target="([^"]*)" TargetMode="External"', links)
    assert not [each for each in targets if "127.0.0.1" in each or "server" in each]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of what it does not know
        book = openpyxl.load_workbook(out / name)
    texts = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert any(text.startswith("=cmd|") or "=cmd|" in text for text in texts)
    assert max(map(len, texts)) <= 32_767


def test_no_csv_runs_what_was_filed(out: Path) -> None:
    """A text that a spreadsheet would run begins with an apostrophe."""
    starts = set()
    for path in (out / "csv").glob("*.csv"):
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")):
            starts |= {cell[0] for cell in row if cell}
    assert not starts & set("=+-@\t\r\n")
    assert "'" in starts


def test_json_is_strict(out: Path) -> None:
    """No NaN, no infinity, no half of a surrogate pair."""

    def refuse(word: str) -> object:
        raise AssertionError(word)

    for path in (out / "findings.json", out / "read.json"):
        data = json.loads(path.read_bytes().decode(), parse_constant=refuse)
        assert data["files"]


def test_frames_keep_what_was_filed(out: Path) -> None:
    """Parquet has no formulas: texts are stored unchanged."""
    frame = pd.read_parquet(out / "frames" / "indicators.parquet")
    assert {HOSTILE[0], HOSTILE[1], HOSTILE[3]} <= set(frame["三级指标"])


@pytest.mark.parametrize("name", ["CON", "nul", "com1", "LPT9.xlsx", "aux "])
def test_reserved_names_of_windows_are_changed(name: str) -> None:
    """A department named like a device gets an underscore."""
    assert safe_name(name).startswith("_")


@pytest.mark.parametrize(
    "name", ["a/b", "a\\b", "a:b", "a*b", "a?b", 'a"b', "a<b", "a>b", "a|b", "a\nb", "a\0b", "a. ", ".."]
)
def test_names_are_safe_on_windows(name: str) -> None:
    """A safe name has no character that Windows refuses, no dot or space at its end, and is not empty."""
    safe = safe_name(name)
    assert safe
    assert not re.search(r'[\\/:*?"<>|\x00-\x1f]|[ .]$', safe)


def test_ordinary_names_stay() -> None:
    """A valid name is not changed."""
    for name in ("示范县水利局", "第二中学（本级）", "Conference", "COM10"):
        assert safe_name(name) == name


def test_long_paths_are_opened_with_their_prefix_on_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path too long for the usual functions of Windows is written with a prefix; errors name it without."""
    opened: list[str] = []

    def beyond(path: str) -> str:
        opened.append(path)
        return path.replace("短", "长")

    monkeypatch.setattr(files, "WINDOWS", True)
    monkeypatch.setattr(files, "beyond", beyond)
    files.write_whole(tmp_path / "短" / "a.json", b"{}")
    assert (tmp_path / "长" / "a.json").read_bytes() == b"{}"
    assert opened == [str(tmp_path / "短" / "a.json")]


@pytest.mark.parametrize("length", [230, 241, 242, 243, 260, 4_000])
def test_only_long_paths_get_a_prefix(length: int) -> None:
    """The path of the temporary file counts as well, and no path is changed twice."""
    path = "C:\\" + "a" * (length - 3)
    extended = files.beyond(path)
    assert extended == (path if length + len(files.PART) <= 247 else f"\\\\?\\{path}")
    assert files.beyond(extended) == extended
