"""Programs besides LibreOffice that open a workbook and save it again: Gnumeric, and the libraries ExcelJS and SheetJS.

Nobody has to install them: tests that use them are skipped without them, also where other programs are required.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.support.programs.tools import ToolError

MODULES: Final = "XLTOOL_NODE_MODULES"
"""The variable that has the folder in which npm installed the libraries `exceljs` and `xlsx`."""
_SECONDS: Final = 120
_EXCELJS: Final = """
const book = new (require("exceljs").Workbook)();
book.xlsx.readFile(process.argv[1]).then(() => book.xlsx.writeFile(process.argv[2]));
"""
_SHEETJS: Final = """
const xlsx = require("xlsx");
const options = {cellFormula: true, cellNF: true, cellStyles: true};
xlsx.writeFile(xlsx.readFile(process.argv[1], options), process.argv[2], {compression: true});
"""


@dataclass(frozen=True)
class Saver:
    """A program that opens and saves; `command` gets the paths of the file and of its copy."""

    name: str
    command: tuple[str, ...]
    is_installed: bool

    def __str__(self) -> str:
        return self.name

    @property
    def needed(self) -> pytest.MarkDecorator:
        """Mark that skips a test without the program."""
        return pytest.mark.skipif(not self.is_installed, reason=f"{self.name} was not found")

    def save(self, path: Path, copy: Path) -> Path:
        """Save a copy; gives its path, ToolError where there is none."""
        command = [*self.command, str(path), str(copy)]
        environment = {**os.environ, "NODE_PATH": str(_modules())}
        done = subprocess.run(  # noqa: S603 - the program is one of those below
            command, capture_output=True, text=True, check=False, timeout=_SECONDS, env=environment
        )
        if done.returncode or not copy.exists():
            raise ToolError(done.stderr)
        return copy


def _modules() -> Path:
    return Path(os.environ.get(MODULES) or Path.home() / ".cache" / "xltool-ci" / "node_modules")


def _library(name: str, module: str, script: str) -> Saver:
    node = shutil.which("node")
    return Saver(name, (node or "node", "-e", script), node is not None and (_modules() / module).is_dir())


GNUMERIC: Final = Saver("Gnumeric", ("ssconvert", "--recalc"), shutil.which("ssconvert") is not None)
EXCELJS: Final = _library("ExcelJS", "exceljs", _EXCELJS)
SHEETJS: Final = _library("SheetJS", "xlsx", _SHEETJS)
SAVERS: Final = (GNUMERIC, EXCELJS, SHEETJS)
