"""A person at a workbook in LibreOffice: types into cells, sees what other cells show, saves copies, in one process.

The macro is an interpreter that reads its orders from a file and writes what it saw to another, a line for each: Basic
limits how much a macro may say by itself.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.support.programs.macro import work
from xltool.expr.dates import serial

if TYPE_CHECKING:
    from collections.abc import Sequence

_TAB: Final = "\t"
_LINE_IN_A_CELL: Final = "⏎"
_INTERPRETER: Final = """
Dim fileAccess As Object, orders As Object, seen As Object, part As Variant
Dim started As Long, own As Object, other As Object
fileAccess = createUnoService("com.sun.star.ucb.SimpleFileAccess")
orders = createUnoService("com.sun.star.io.TextInputStream")
orders.setInputStream(fileAccess.openFileRead("{orders}"))
orders.setEncoding("UTF-8")
seen = createUnoService("com.sun.star.io.TextOutputStream")
seen.setOutputStream(fileAccess.openFileWrite("{seen}"))
seen.setEncoding("UTF-8")
Dim copied(0) As New com.sun.star.beans.PropertyValue
copied(0).Name = "FilterName" : copied(0).Value = "Calc MS Excel 2007 XML"
Do While Not orders.isEOF()
  part = Split(orders.readLine(), Chr(9))
  If UBound(part) >= 1 Then
    If part(0) = "copy" Then
      doc.storeToURL(part(1), copied())
    ElseIf part(0) = "open" Then
      started = GetSystemTicks()
      other = StarDesktop.loadComponentFromURL(part(1), "_blank", 0, hidden())
      seen.writeString("" & (GetSystemTicks() - started) & Chr(10))
      other.close(True)
    ElseIf part(0) = "calculate" Then
      started = GetSystemTicks()
      If part(1) = "all" Then
        doc.calculateAll()
      Else
        doc.calculate()
      End If
      seen.writeString("" & (GetSystemTicks() - started) & Chr(10))
    Else
      own = doc.Sheets.getByName(part(1)).getCellRangeByName(part(2))
      If part(0) = "number" Then own.Value = Val(part(3))
      If part(0) = "text" Then own.String = Replace(part(3), "⏎", Chr(10))
      If part(0) = "clear" Then own.clearContents(7)
      If part(0) = "see" Then seen.writeString(Replace(own.String, Chr(10), "⏎") & Chr(10))
    End If
  End If
Loop
seen.closeOutput()
orders.closeInput()
"""


@dataclass
class Session:
    """What is done at a workbook, in order; `run` does it."""

    orders: list[tuple[str, ...]] = field(default_factory=list)

    def enter(self, sheet: str, cell: str, value: float | str | date | None) -> None:
        """Type into a cell; None clears it."""
        if value is None:
            self.orders.append(("clear", sheet, cell))
        elif isinstance(value, str):
            self.orders.append(("text", sheet, cell, value.replace("\n", _LINE_IN_A_CELL)))
        else:
            number = serial(value) if isinstance(value, date) else value
            self.orders.append(("number", sheet, cell, repr(float(number))))

    def calculate(self, *, everything: bool) -> None:
        """Calculate what depends on what was typed, or every cell; gives the milliseconds that it took."""
        self.orders.append(("calculate", "all" if everything else "changed"))

    def see(self, sheet: str, *cells: str) -> None:
        """Look at cells; gives the text that each shows."""
        self.orders += [("see", sheet, cell) for cell in cells]

    def copy(self, path: Path) -> None:
        """Save a copy."""
        self.orders.append(("copy", path.resolve().as_uri()))

    def open_another(self, path: Path) -> None:
        """Open another workbook and close it; gives the milliseconds that opening took."""
        self.orders.append(("open", path.resolve().as_uri()))

    def run(self, workbook: Path, saved: Path) -> list[str]:
        """Do it all, and save the workbook; what was seen and measured, in order."""
        with tempfile.TemporaryDirectory(prefix="xltool-session-") as folder:
            orders, seen = Path(folder, "orders.txt"), Path(folder, "seen.txt")
            orders.write_text("".join(_TAB.join(order) + "\n" for order in self.orders), encoding="utf-8")
            steps = _INTERPRETER.format(orders=orders.as_uri(), seen=seen.as_uri()).splitlines()
            work(workbook, saved, _first_declared(steps))
            lines = seen.read_text(encoding="utf-8").split("\n")[:-1]
        return [line.replace(_LINE_IN_A_CELL, "\n") for line in lines]


def _first_declared(steps: Sequence[str]) -> list[str]:
    """The lines of a macro without blank ones."""
    return [step for step in steps if step.strip()]
