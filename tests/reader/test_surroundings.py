"""The face of a form: what its sheet shows, kept with the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.documents import Form, base_data_form, write_xlsx
from tests.support.seed import order, seed_sheets
from xltool.reader import surroundings
from xltool.reader.reading import read_file
from xltool.reader.surroundings import SurroundingCell, unpack
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def template(folder: Path, form: str) -> list[SurroundingCell]:
    """The face of the seed in a template."""
    path = folder / "表.xlsx"
    path.write_bytes(write_workbook(order(), [seed_sheets()[form]]))
    return unpack(read_file(path, path.name).submissions[0].surroundings)


def other(folder: Path, form: Form) -> list[SurroundingCell]:
    """The face of a form of another layout."""
    return unpack(read_file(write_xlsx([form], folder / "表.xlsx"), "表.xlsx").submissions[0].surroundings)


def at(cells: list[SurroundingCell], row: int, column: int) -> SurroundingCell:
    """The cell that covers a spot."""
    (matching,) = (cell for cell in cells if cell.top <= row <= cell.bottom and cell.left <= column <= cell.right)
    return matching


def test_a_face_tells_printed_from_filed_and_keeps_merges(tmp_path: Path) -> None:
    """Label, amount and rate of 附件1, a merge as one cell, a blank cell of a field."""
    cells = template(tmp_path, "附件1")
    assert at(cells, 7, 1) == SurroundingCell(7, 1, 7, 1, "三公经费", is_field=False)
    assert at(cells, 7, 3) == SurroundingCell(7, 2, 7, 3, 23.21, is_field=True)
    assert at(cells, 7, 3).text == "23.21"
    assert at(cells, 5, 6).text == "125%"
    assert at(cells, 9, 2) == SurroundingCell(9, 2, 9, 3, "", is_field=True)
    assert at(cells, 4, 1).text == at(cells, 5, 1).text == "财政供养人员情况（人）"


def test_every_spot_is_covered_once_at_most(tmp_path: Path) -> None:
    """What lies under a merge is not seen: no two cells of 附件2 share a spot."""
    cells = template(tmp_path, "附件2")
    spots = [
        (row, column)
        for cell in cells
        for row in range(cell.top, cell.bottom + 1)
        for column in range(cell.left, cell.right + 1)
    ]
    assert len(spots) == len(set(spots)) > 300


def test_the_panel_beside_a_template_is_no_part_of_it(tmp_path: Path) -> None:
    """Nothing right of the form's own columns is kept."""
    assert max(cell.right for cell in template(tmp_path, "附件1")) == 7


def test_texts_stand_on_one_line_and_long_ones_are_cut(tmp_path: Path) -> None:
    """Goals run over pages; the face keeps their beginning."""
    goal = at(template(tmp_path, "附件2"), 12, 2).text
    assert len(goal) == surroundings.LONGEST
    assert goal.endswith("…")
    assert "\n" not in goal


def test_a_form_of_another_layout_has_a_face_of_its_region(tmp_path: Path) -> None:
    """Rows and columns are those of the sheet."""
    cells = other(tmp_path, base_data_form())
    assert at(cells, 6, 1).text == "三公经费"
    assert at(cells, 6, 2).text == "23.21"


def test_what_is_no_size_of_a_form_has_no_face(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A form drawn out over thousands of rows is not kept; nothing kept is no cells."""
    monkeypatch.setattr(surroundings, "TALLEST", 10)
    assert template(tmp_path, "附件1") == []
    assert unpack(b"") == []


def test_text_that_cannot_be_written_has_no_face(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a character, as no file can hold it, does not stop the reading."""
    monkeypatch.setattr(surroundings, "shown", lambda _: "\ud800")
    assert template(tmp_path, "附件1") == []
