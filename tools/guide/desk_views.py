"""Pictures of the desk's pages for the guide: the work folder of a county, as Chromium shows it."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

from PIL import Image

from tests.support.programs.desk_server import desk_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from playwright.sync_api import Browser, Page

WIDTH: Final = 1366
LONG: Final = 120_000
"""Milliseconds that a job may take."""


@dataclass(frozen=True)
class DeskFiles:
    """What lies in the work folder: the roster, and the folders of what was issued, what was filed, and the results."""

    roster: Path
    issued: Path
    filed: Path
    results: Path


def desk_pictures(files: DeskFiles, folder: Path, browser: Browser) -> Mapping[str, Image.Image]:
    """The pictures by name."""
    place = folder / "2023年绩效自评"
    place.mkdir()
    shutil.copy(files.roster, place / "名册.xlsx")
    for source, name in ((files.issued, "下发"), (files.filed, "报送"), (files.results, "审核结果")):
        shutil.copytree(source, place / name)
    with desk_server(folder / "state", str(place)) as (address, _):
        page = browser.new_page(viewport={"width": WIDTH, "height": 800})
        page.goto(address)
        shots = dict(_shots(page, re.sub(r"/\?.*", "", address)))
        page.close()
    return shots


def _shots(page: Page, origin: str) -> Iterator[tuple[str, Image.Image]]:
    page.goto(f"{origin}/")
    yield "desk_home", _shot(page, 640)
    page.goto(f"{origin}/收表")
    page.click("button:has-text('核对谁没报')")
    page.wait_for_selector("#job.done", timeout=LONG)
    page.click("button:has-text('知道了')")
    yield "desk_inbox", _shot(page, 700)
    page.goto(f"{origin}/审核?round=1")
    yield "desk_audit", _shot(page, 720)
    page.goto(f"{origin}/问题?round=1")
    yield "desk_findings", _shot(page, 760)


def _shot(page: Page, height: int) -> Image.Image:
    """The top of a page."""
    page.wait_for_timeout(300)
    return Image.open(BytesIO(page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": height}))).convert("RGB")
