"""Rosters and exemptions as csv: read as cells, and bounded as a workbook is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from xltool import roster
from xltool.auditing.exemptions.file import read_exemptions
from xltool.reader.formats import csv_text
from xltool.reader.formats.csv_text import read_csv
from xltool.reader.guard import Refused
from xltool.reader.limits import LIMITS
from xltool.roster import source

if TYPE_CHECKING:
    from pathlib import Path

MOST = 100


def refused(path: Path, content: str) -> Refused:
    """The refusal of a csv file, which must come."""
    path.write_text(content, "utf-8")
    with pytest.raises(Refused) as caught:
        read_csv(path, most=MOST)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "，"])
def test_cells_by_row_and_column(tmp_path: Path, encoding: str, delimiter: str) -> None:
    """In every encoding and with every delimiter that programs write; blank rows and cells are left out."""
    path = tmp_path / "a.csv"
    text = '单位;规则\r\n\r\n;"A1\n05"\r\n'.replace(";", delimiter)
    path.write_bytes(text.encode(encoding))
    assert read_csv(path, most=MOST) == {1: {1: "单位", 2: "规则"}, 3: {2: "A1\n05"}}


def test_cells_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those with content, all of them, and the size of the file: on both sides of the limit."""
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" * 50, "utf-8")
    assert len(read_csv(path, most=MOST)) == 50
    assert "有内容的单元格超过上限 100 个" in refused(path, "a,b\n" * 51).reason
    monkeypatch.setattr(csv_text, "LIMITS", replace(LIMITS, cells=90, file_size=300))
    path.write_text("," * 40 + "\n" * 50, "utf-8")
    assert read_csv(path, most=MOST) == {}
    assert refused(path, "," * 40 + "\n" * 51).code == "too_many"
    assert refused(path, "," * 91).code == "too_many"
    path.write_text("," * 50 + " " * 250, "utf-8")
    assert read_csv(path, most=MOST) == {}
    assert refused(path, "," * 50 + " " * 251).reason == "文件大小 0.3 KiB，超过上限 0.3 KiB"


def test_rosters_and_exemptions_keep_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A csv has the limit of a workbook, the files of a folder have it together."""
    monkeypatch.setattr(source, "LIMITS", replace(LIMITS, roster_cells=6))
    monkeypatch.setattr("xltool.auditing.exemptions.file.LIMITS", replace(LIMITS, filled_cells=6))
    path, folder = tmp_path / "单位.csv", tmp_path / "名册"
    path.write_text("单位编码,单位名称\n1,甲局\n2,乙局\n", "utf-8")
    folder.mkdir()
    (folder / "单位.csv").write_bytes(path.read_bytes())
    assert len(roster.load(path).departments) == len(roster.load(folder).departments) == 2
    (folder / "项目.csv").write_text("单位编码\n", "utf-8")
    with pytest.raises(ValueError, match=r"名册无法读取：.*合计超过上限 6 个"):
        roster.load(folder)
    path.write_text("单位编码,单位名称\n1,甲局\n2,乙局\n3,丙局\n", "utf-8")
    with pytest.raises(ValueError, match=r"名册无法读取：.*有内容的单元格超过上限 6 个"):
        roster.load(path)
    with pytest.raises(ValueError, match=r"豁免清单无法读取：.*有内容的单元格超过上限 6 个"):
        read_exemptions(path, date(2024, 1, 1))
