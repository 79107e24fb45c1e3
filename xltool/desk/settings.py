"""What the officer chose for a year, kept in the work folder so that nothing has to be entered twice."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - msgspec looks it up
from typing import TYPE_CHECKING, Final

import msgspec

from xltool.storage import files

if TYPE_CHECKING:
    from pathlib import Path

HIDDEN: Final = ".xltool-desk"
"""The folder of the desk in the work folder; safe to delete. Runs look for `.xltool`, which means results."""
NAME: Final = "settings.json"


class Settings(msgspec.Struct, frozen=True):
    """The choices of a year; "" and None where nothing was chosen."""

    year: int | None = None
    profile: str = ""
    prior: str = ""
    """The folder of last year's filings."""
    combined: bool = False
    due: date | None = None
    refile_by: date | None = None
    officer: str = ""
    exemptions: str = ""
    """The list of exemptions, a file of the work folder."""


def load_settings(root: Path) -> Settings:
    """The settings of a work folder; the usual ones where there are none, or where they cannot be read."""
    try:
        return msgspec.json.decode((root / HIDDEN / NAME).read_bytes(), type=Settings)
    except (OSError, msgspec.MsgspecError):
        return Settings()


def save_settings(root: Path, settings: Settings) -> None:
    """Write the settings of a work folder; OSError where that fails."""
    files.write_whole(root / HIDDEN / NAME, msgspec.json.encode(settings))
