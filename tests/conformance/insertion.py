"""Rows inserted into tables by LibreOffice itself, driven by a macro in a profile of its own."""

from __future__ import annotations

import subprocess
import tempfile
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.support.programs.office import soffice
from tests.support.programs.tools import ToolError
from xltool.forms import FORMS, base_data, review
from xltool.forms.grid import lay_out
from xltool.forms.model import Sizes

if TYPE_CHECKING:
    from collections.abc import Sequence

_LIBRARIES: Final = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:libraries PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "libraries.dtd">
<library:libraries xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink">
<library:library library:name="Standard" library:link="false"/></library:libraries>"""
_LIBRARY: Final = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false"
 library:passwordprotected="false"><library:element library:name="Rows"/></library:library>"""
_MODULE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Rows" script:language="StarBasic">{}
</script:module>"""
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
# A profile that says it is set up is not overwritten by the empty library LibreOffice brings along.
_PROFILE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><item oor:path="/org.openoffice.Setup/Office">
<prop oor:name="ooSetupInstCompleted" oor:op="fuse"><value>true</value></prop></item></oor:items>"""
_SECONDS: Final = 120


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
    """Run the module's Main in a LibreOffice of its own."""
    program = soffice()
    if program is None:
        msg = "LibreOffice was not found"
        raise ToolError(msg)
    with tempfile.TemporaryDirectory(prefix="xltool-office-") as folder:
        basic = Path(folder, "user", "basic")
        (basic / "Standard").mkdir(parents=True)
        (basic.parent / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
        (basic / "script.xlc").write_text(_LIBRARIES, encoding="utf-8")
        (basic / "Standard" / "script.xlb").write_text(_LIBRARY, encoding="utf-8")
        (basic / "Standard" / "Rows.xba").write_text(_MODULE.format(escape(code)), encoding="utf-8")
        command = [program, f"-env:UserInstallation={Path(folder).as_uri()}", "--headless", "--norestore"]
        command.append("macro:///Standard.Rows.Main")
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)  # noqa: S603 - made here
    if done.returncode:
        msg = f"LibreOffice ended with {done.returncode}: {done.stderr.strip()}"
        raise ToolError(msg)
