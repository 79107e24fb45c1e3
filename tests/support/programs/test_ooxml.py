"""The SDK validator says no where it should, and a misspelt version does not pass for a yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.programs.ooxml import needs_validator, validate
from tests.support.test_lint import SHEET, break_part, swap, write_clean

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_validator


def test_a_style_that_does_not_exist_is_reported(tmp_path: Path) -> None:
    """A schema error comes back with its part."""
    clean = write_clean(tmp_path / "clean.xlsx")
    broken = break_part(clean, tmp_path / "broken.xlsx", SHEET, swap("<sheetData>", '<sheetData nonsense="1">'))
    assert [SHEET in line and "nonsense" in line for line in validate(broken)] == [True]


def test_what_is_no_workbook_is_not_valid(tmp_path: Path) -> None:
    """A file that cannot be opened is an error, not a pass."""
    file = tmp_path / "text.xlsx"
    file.write_text("no workbook", encoding="utf-8")
    assert validate(file) != []


def test_a_misspelt_version_is_refused(tmp_path: Path) -> None:
    """The program would silently check against the newest version."""
    with pytest.raises(ValueError, match="Office2011"):
        validate(write_clean(tmp_path / "clean.xlsx"), "Office2011")
