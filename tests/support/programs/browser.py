"""Open pages in Chromium, and record what they complain of and request."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from playwright.sync_api import sync_playwright

from tests.support.programs.tools import ToolError, needs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Dialog, Page

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "microsoft-edge")
OFFICE: Final = {"width": 1366, "height": 768}
"""The screen size of most offices."""


def chromium() -> str | None:
    """The browser: XLTOOL_CHROMIUM where set, else the one on the path, else None."""
    return os.environ.get("XLTOOL_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


def axe() -> str | None:
    """The script that finds what keeps people out (axe-core): XLTOOL_AXE where set, else where `.ci/run` puts it."""
    usual = Path.home() / ".cache" / "xltool-ci" / "node_modules" / "axe-core" / "axe.min.js"
    place = Path(os.environ.get("XLTOOL_AXE", usual))
    return str(place) if place.is_file() else None


needs_axe = needs(axe(), "axe-core")
needs_chromium = needs(chromium(), "Chromium")


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser without a window."""
    program = chromium()
    if program is None:
        msg = "Chromium was not found"
        raise ToolError(msg)
    with sync_playwright() as driver:
        yield driver.chromium.launch(executable_path=program)


class Visit:
    """A page, with its console messages, errors, dialogs and requests."""

    def __init__(self, page: Page) -> None:
        """Listen to a page before it loads anything."""
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", self._dismiss)
        page.on("request", lambda request: self.requests.append(request.url))

    def _dismiss(self, dialog: Dialog) -> None:
        self.complaints.append(dialog.message)
        dialog.dismiss()
