"""Rows inserted into tables by LibreOffice itself, driven by a macro in a profile of its own."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.support.programs.macro import run_macro
from tests.support.programs.office import soffice
from tests.support.programs.tools import ToolError
from xltool.forms import FORMS, base_data, review
from xltool.forms.grid import lay_out
from xltool.forms.model import Sizes

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAIN: Final = """
Sub Insert(source, target, name, row, contents)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden" : hidden(0).Value = True
  Dim kind(0) As New com.sun.star.beans.PropertyValue
  kind(0).Name = "FilterName" : kind(0).Value = "Calc MS Excel 2007 XML"
  doc = StarDesktop.loadComponentFromURL(source, "_blank", 0, hidden())
  sheet = doc.Sheets.getByName(name)
  sheet.unprotect("")
  sheet.Rows.insertByIndex(row, 1)
  For i = 0 To UBound(contents) Step 2
    cell = sheet.getCellByPosition(contents(i), row)
    If VarType(contents(i + 1)) = 8 Then cell.String = contents(i + 1) Else cell.Value = contents(i + 1)
  Next
  doc.calculateAll()
  doc.storeToURL(target, kind())
  doc.close(True)
End Sub
"""


class Insertion(NamedTuple):
    """A row put into the table of a form, so many rows from its first (negative: from below its anchor)."""

    form: str
    offset: int
    where: str


def insert_rows(file: Path, insertions: Sequence[Insertion], folder: Path) -> list[Path]:
    """A copy of the workbook for each insertion, with the new row filled in and everything calculated."""
    folder.mkdir()
    copies = [folder / f"{number}.xlsx" for number in range(len(insertions))]
    calls = [_call(file, target, insertion) for target, insertion in zip(copies, insertions, strict=True)]
    code = _MAIN + "Sub Main\n" + "\n".join(calls) + "\nStarDesktop.terminate()\nEnd Sub\n"
    _run(code)
    lost = [path.name for path in copies if not path.exists()]
    if lost:
        msg = f"LibreOffice did not save {lost}"
        raise ToolError(msg)
    return copies


def _call(source: Path, target: Path, insertion: Insertion) -> str:
    form = FORMS[insertion.form]
    grid = lay_out(form, Sizes())
    table = form.tables[0]
    span = grid.spans[table.key]
    row = span.first + insertion.offset if insertion.offset >= 0 else span.anchor + 1 + insertion.offset
    contents = _PROJECT if table is base_data.projects else _INDICATOR
    listed = ", ".join(f"{grid.columns[item.defined_name] - 1}, {_literal(value)}" for item, value in contents.items())
    return f'Insert("{source.as_uri()}", "{target.as_uri()}", "{form.key}", {row - 1}, Array({listed}))'


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


MARK: Final = "新增一行"
"""What the new row is called."""
_PROJECT: Final = {base_data.project_name: MARK, base_data.project_budget: 40.5, base_data.project_actual: -7.25}
_INDICATOR: Final = {
    review.indicator: MARK,
    review.target_value: "≥4项",
    review.actual_value: "2项",
    review.weight: 2.5,
    review.score: 3.75,
}


def _run(code: str) -> None:
    """Run a Main in a LibreOffice of its own."""
    program = soffice()
    if program is None:
        msg = "LibreOffice was not found"
        raise ToolError(msg)
    with tempfile.TemporaryDirectory(prefix="xltool-office-") as folder:
        run_macro(program, Path(folder), code)
