"""A copy of a template whose names lost their sheet is still a template of ours."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

from tests.support.filled import filled
from xltool.reader.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path


def test_names_of_the_workbook_are_those_of_the_sheet_they_lead_to(tmp_path: Path) -> None:
    """The manifest is heeded and formulas are compared, as before the copy."""
    path, copy = filled(tmp_path / "附件1.xlsx", "附件1"), tmp_path / "另存.xlsx"
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(copy, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "xl/workbook.xml":
                content = re.sub(rb' localSheetId="0"', b"", content)
            after.writestr(name, content)
    own, again = (read_file(each, each.name).submissions[0] for each in (path, copy))
    assert (again.layout, again.issue) == ("template", own.issue)
    assert again.values["控制率"].intact
    assert {key: filed.value for key, filed in again.values.items()} == {
        key: filed.value for key, filed in own.values.items()
    }
