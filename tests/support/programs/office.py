"""Convert files with LibreOffice, the second program that opens and saves them."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.support.programs.tools import ToolError, needs
from xltool.reader.formats import sandbox

if TYPE_CHECKING:
    from collections.abc import Sequence

# LibreOffice trusts the cached values of an .xlsx unless its own profile tells it to recalculate on load (0 = always).
# It sets up a profile of an older version, and starts again. One that says it is set up keeps its library of macros.
_PROFILE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
<prop oor:name="ODFRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
<item oor:path="/org.openoffice.Setup/Product"><prop oor:name="ooSetupLastVersion" oor:op="fuse"><value>99.9</value>
</prop></item>
<item oor:path="/org.openoffice.Setup/Office"><prop oor:name="ooSetupInstCompleted" oor:op="fuse"><value>true</value>
</prop></item>
</oor:items>
"""
_FILTERS: Final = {
    "xlsx": "xlsx:Calc MS Excel 2007 XML",
    "xls": "xls:MS Excel 97",
    "ods": "ods",
    "pdf": "pdf",
    "doc": "doc:MS Word 97",
    "odt": "odt",
}
_SECONDS_TO_START: Final = 60
_SECONDS_A_FILE: Final = 20


def soffice() -> str | None:
    """The LibreOffice program: XLTOOL_SOFFICE where set, else the one on the path, else None."""
    return os.environ.get("XLTOOL_SOFFICE") or shutil.which("soffice") or shutil.which("libreoffice")


needs_office = needs(soffice(), "LibreOffice")


def convert(files: Sequence[Path], outdir: Path, kind: str) -> list[Path]:
    """Open `files`, recalculate, save in `outdir` as one of the kinds above, all in one call; paths in their order."""
    program = soffice()
    if program is None:
        msg = "LibreOffice was not found"
        raise ToolError(msg)
    targets = [outdir / f"{file.stem}.{kind}" for file in files]
    _refuse_clashes(files, targets)
    if files:
        outdir.mkdir(parents=True, exist_ok=True)
        _call(program, files, outdir, _FILTERS[kind])
    lost = [file.name for file, path in zip(files, targets, strict=True) if not path.exists()]
    if lost:
        msg = f"LibreOffice made no {kind} of {', '.join(lost)}"
        raise ToolError(msg)
    return targets


def recalculate(files: Sequence[Path], outdir: Path) -> list[Path]:
    """Workbooks as LibreOffice saves them, every formula calculated anew."""
    return convert(files, outdir, "xlsx")


def to_pdf(files: Sequence[Path], outdir: Path) -> list[Path]:
    """Workbooks as LibreOffice prints them."""
    return convert(files, outdir, "pdf")


def _refuse_clashes(files: Sequence[Path], targets: Sequence[Path]) -> None:
    """Refuse two results under one name, a result from an earlier call, and a result written over its source."""
    if len(set(targets)) < len(targets) or any(path.exists() for path in targets):
        msg = f"results would overwrite each other or what is there: {[file.name for file in files]}"
        raise ToolError(msg)


def write_profile(folder: Path, program: str) -> str:
    """Write a profile with nothing to set up into a folder; gives the option that has LibreOffice use it."""
    option = sandbox.write_profile(folder, program)
    (folder / "user" / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
    return option


def _call(program: str, files: Sequence[Path], outdir: Path, target: str) -> None:
    """Run LibreOffice with a profile of its own, so that parallel tests and the user's own office stay apart."""
    with tempfile.TemporaryDirectory(prefix="xltool-office-") as folder:
        command = [program, write_profile(Path(folder), program), "--headless", "--norestore"]
        command += ["--convert-to", target, "--outdir", str(outdir), *map(str, files)]
        patience = _SECONDS_TO_START + _SECONDS_A_FILE * len(files)
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=patience)
    if done.returncode:
        msg = f"LibreOffice ended with {done.returncode}: {done.stderr.strip()}"
        raise ToolError(msg)
