"""Texts of a filing in the desk's workbook stay texts, and links lead where they should."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import pytest
from lxml import etree

from tests.outputs.small_review import (
    HOSTILE,
    column_number,
    finding,
    hostile,
    link_target,
    review,
    write_and_open,
)
from tests.support.lint import lint
from xltool.outputs.sheets import sheet_writer
from xltool.outputs.sheets.links import linker
from xltool.outputs.sheets.texts import CUT_MARK, LONGEST_TEXT, cell_text, sheet_name, utf16_len

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def test_text_is_only_ever_text(tmp_path: Path) -> None:
    """Every text of a filing becomes a string: there are only our formulas, and links to files and into the list."""
    path = tmp_path / "review.xlsx"
    sheets = write_and_open(path, hostile()).worksheets
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, data in parts.items():
        root = etree.fromstring(data)
        assert all(str(item.text).startswith("SUBTOTAL(109,") for item in root.iter(f"{{{MAIN}}}f")), name
        outside = [str(item.get("Target")) for item in root.iter("{*}Relationship") if item.get("TargetMode")]
        assert all(item.startswith("..\\") for item in outside), name
    formulas = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert all(str(cell.value).startswith("=SUBTOTAL(109,") for cell in formulas)
    assert lint(path) == []


def test_hostile_texts_are_shown_as_they_are(tmp_path: Path) -> None:
    """Texts read as filed, except for characters that XML or the eye cannot take; risky ones have a quote prefix."""
    sheet = write_and_open(tmp_path / "review.xlsx", hostile())["问题清单"]
    messages = [sheet.cell(number, column_number(sheet, "问题")) for number in range(2, 2 + len(HOSTILE))]
    assert [cell.value for cell in messages[:14]] == list(HOSTILE[:14])
    assert [bool(cell.quotePrefix) for cell in messages[:7]] == [True] * 6 + [False]
    assert messages[15].value == "a␀b␇c␛d␡e"
    assert [cell.value for cell in messages[16:19]] == ["右\ufffd左", "\ufffd半个\ufffd", "a\nb\nc"]
    assert str(messages[19].value).endswith(CUT_MARK)
    assert str(messages[21].value).rstrip() == HOSTILE[21]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_cell_never_holds_more_than_excel_takes(text: str) -> None:
    """Length is counted as Excel counts it, and no character is cut in two."""
    shown = cell_text(text)
    assert utf16_len(shown) <= LONGEST_TEXT
    assert shown.encode("utf-8")


@pytest.mark.parametrize(
    "path",
    [
        "单位 1/附件#1 100%.xlsx",
        "a'b&c<d>[1]{2}.xlsx",
        "%23/%41.xlsx",
        "问?号:星*.xlsx",
        "back\\slash.xlsx",
        "x",
        "../y.xls",
    ],
)
def test_a_link_leads_to_the_file_whatever_its_name(tmp_path: Path, path: str) -> None:
    """The target decodes to the path, and only the place in the file follows a plain #."""
    what = replace(review(), findings=(finding(0, path, sheet="附件'1 #"),), root=tmp_path)
    sheet = write_and_open(tmp_path / "r.xlsx", what)["问题清单"]
    link, place = link_target(sheet, 2, column_number(sheet, "位置"))
    assert link is not None
    assert "#" not in link
    assert unquote(link.replace("\\", "/")).removeprefix("./") == path
    assert place == (None if path == "x" else "'附件''1 #'!D4")


def test_a_path_too_long_for_a_link_is_text() -> None:
    """There is no link without a root, or beyond Excel's limit."""
    assert linker(None, Path("/a"))("x.xlsx", None, None) is None
    assert linker(Path("/a"), Path("/a"))("长" * 3_000, None, None) is None


def test_links_beyond_excels_limit_become_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text stays, and the file opens."""
    monkeypatch.setattr(sheet_writer, "MOST_LINKS", 1)
    sheet = write_and_open(tmp_path / "r.xlsx", review())["问题清单"]
    places = [sheet.cell(row, column_number(sheet, "位置")) for row in (2, 3)]
    assert [bool(cell.hyperlink) for cell in places] == [True, False]
    assert places[1].value == "附件1!D4"


def test_sheet_names_are_valid_in_excel() -> None:
    """Names are cut, cleaned and unique."""
    names: list[str] = []
    for wanted in ("总览", "总览", "a/b:c", "History", "'x'", "", "长" * 40, "长" * 40, "𠮷" * 20):
        names.append(sheet_name(wanted, names))
    assert names[:6] == ["总览", "总览(2)", "a-b-c", "History(2)", "x", "表"]
    assert len({name.casefold() for name in names}) == len(names)
    assert all(utf16_len(name) <= 31 for name in names)
