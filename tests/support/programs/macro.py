"""Drive LibreOffice in an open workbook: insert rows and type into cells of a protected sheet by its own commands.

Basic is the one language every LibreOffice brings, the packages without a desktop included.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from tests.support.programs.office import soffice, write_profile
from tests.support.programs.tools import ToolError

if TYPE_CHECKING:
    from collections.abc import Sequence

_SECONDS: Final = 120
_LIBRARIES: Final = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:libraries PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "libraries.dtd">
<library:libraries xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink">
<library:library library:name="Standard" library:link="false"/></library:libraries>"""
_LIBRARY: Final = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false"
 library:passwordprotected="false"><library:element library:name="Work"/></library:library>
"""
_MODULE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Work" script:language="StarBasic">{}
</script:module>
"""
_MAIN: Final = """Sub Main
  On Error GoTo Failed
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden" : hidden(0).Value = True
  Dim doc As Object, sheet As Object, dispatcher As Object
  doc = StarDesktop.loadComponentFromURL("{source}", "_blank", 0, hidden())
  dispatcher = createUnoService("com.sun.star.frame.DispatchHelper")
{work}
  doc.calculateAll()
  Dim how(0) As New com.sun.star.beans.PropertyValue
  how(0).Name = "FilterName" : how(0).Value = "Calc MS Excel 2007 XML"
  doc.storeToURL("{target}", how())
  doc.close(True)
  Exit Sub
Failed:
  Open "{log}" For Output As #1
  Print #1, Error
  Close #1
End Sub"""


def choose(sheet: str) -> list[str]:
    """Activate a sheet."""
    return [f'sheet = doc.Sheets.getByName("{sheet}")', "doc.CurrentController.setActiveSheet(sheet)"]


def insert_row(above: int) -> list[str]:
    """Insert a row above this one, by the command of the menu."""
    return [
        f"doc.CurrentController.select(sheet.Rows.getByIndex({above - 1}))",
        'dispatcher.executeDispatch(doc.CurrentController.Frame, ".uno:InsertRowsBefore", "", 0, Array())',
    ]


def delete_row(row: int) -> list[str]:
    """Delete a row, by the command of the menu."""
    return [
        f"doc.CurrentController.select(sheet.Rows.getByIndex({row - 1}))",
        'dispatcher.executeDispatch(doc.CurrentController.Frame, ".uno:DeleteRows", "", 0, Array())',
    ]


def enter(cell: str, value: float | str) -> list[str]:
    """Type into a cell, by the command of the keyboard: a locked cell refuses it."""
    return [
        f'doc.CurrentController.select(sheet.getCellRangeByName("{cell}"))',
        "Dim typed(0) As New com.sun.star.beans.PropertyValue",
        f'typed(0).Name = "StringName" : typed(0).Value = "{value}"',
        'dispatcher.executeDispatch(doc.CurrentController.Frame, ".uno:EnterString", "", 0, typed())',
    ]


def work(source: Path, target: Path, steps: Sequence[str]) -> Path:
    """Open a workbook, take the steps, recalculate, save as `target`; ToolError if a step fails."""
    program = soffice()
    if program is None:
        msg = "LibreOffice was not found"
        raise ToolError(msg)
    lines = list(dict.fromkeys(step for step in steps if step.startswith("Dim ")))
    lines += [step for step in steps if not step.startswith("Dim ")]
    with tempfile.TemporaryDirectory(prefix="xltool-office-") as folder:
        log = Path(folder, "log.txt")
        text = _MAIN.format(
            source=source.resolve().as_uri(), target=target.resolve().as_uri(), log=log, work="\n".join(lines)
        )
        run_macro(program, Path(folder), text)
        if log.exists() or not target.exists():
            answer = log.read_text(encoding="utf-8", errors="replace") if log.exists() else "no file was written"
            raise ToolError(answer)
    return target


def run_macro(program: str, folder: Path, code: str) -> None:
    """Run the Main of a module in a LibreOffice whose profile lies in a folder; ToolError if it fails."""
    profile = write_profile(folder, program)
    basic = folder / "user" / "basic"
    (basic / "Standard").mkdir(parents=True)
    (basic / "script.xlc").write_text(_LIBRARIES, encoding="utf-8")
    (basic / "Standard" / "script.xlb").write_text(_LIBRARY, encoding="utf-8")
    (basic / "Standard" / "Work.xba").write_text(_MODULE.format(escape(code)), encoding="utf-8")
    command = [program, profile, "--headless", "--norestore", "macro:///Standard.Work.Main"]
    done = subprocess.run(  # noqa: S603 - the program is LibreOffice, the macro one of ours
        command, capture_output=True, text=True, check=False, timeout=_SECONDS
    )
    if done.returncode:
        msg = f"LibreOffice ended with {done.returncode}: {done.stderr.strip()}"
        raise ToolError(msg)
