"""Choose or make the work folder: the folders of this computer and of network shares, by name only."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from xltool.desk.pages.routes import get, go, post
from xltool.desk.rendering import page
from xltool.desk.workspace import NO_FOLDER, make_folder
from xltool.findings import InputError
from xltool.storage.files import WINDOWS, run_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from xltool.desk.desk import Desk

MOST: Final = 500
"""Most folders that are listed of a folder."""


@dataclass(frozen=True)
class Asked:
    """What a folder is asked for: the address that browses and takes it, and the words."""

    page: str
    title: str
    text: str


WORK: Final = Asked(
    "/文件夹",
    "选一个工作文件夹",
    "一年的绩效自评放在一个文件夹里：名册、下发的表样、各单位的报送、审核结果。里面原有的文件不会被改动。",
)
PRIOR: Final = Asked(
    "/上年", "上年的报送在哪个文件夹", "选上年各单位报送所在的文件夹，用来带入上年决算数、核对两年的数。"
)
_USUAL: Final = (("Documents", "文档"), ("文档", "文档"), ("Desktop", "桌面"), ("桌面", "桌面"))


def show(desk: Desk, request: Request) -> Response:
    """The folders in the folder `at`, those used last, and the usual places to begin."""
    return _page(desk, request.query_params.get("at", ""))


def show_prior(desk: Desk, request: Request) -> Response:
    """The folders, to choose that of last year's filings from."""
    usual = str(desk.folder.root.parent)
    return _page(desk, request.query_params.get("at", "") or usual, asked=PRIOR)


def choose_prior(desk: Desk, form: Mapping[str, str]) -> Response:
    """Keep the folder of last year's filings."""
    desk.folder.choose(prior=str(_absolute(form.get("folder", ""))))
    return go("/下发")


def choose(desk: Desk, form: Mapping[str, str]) -> Response:
    """Open a folder that is there."""
    folder = form.get("folder", "")
    return _opened(desk, folder, lambda: _absolute(folder), then="/")


def make(desk: Desk, form: Mapping[str, str]) -> Response:
    """Make a folder and open it."""
    parent = form.get("at", "")
    return _opened(desk, parent, lambda: make_folder(_absolute(parent), form.get("name", "")), then="/名册")


def _absolute(text: str) -> Path:
    """A path as the user gave it; a relative path would depend on where the server was started."""
    path = Path(text)
    if not path.is_absolute():
        raise InputError(NO_FOLDER.format(folder=text or "（没有填）"))
    return path


def _opened(desk: Desk, at: str, find: Callable[[], Path], *, then: str) -> Response:
    try:
        desk.open(find())
    except InputError as error:
        return _page(desk, at, error=str(error), status=400)
    return go(then)


def _page(desk: Desk, at: str, *, asked: Asked = WORK, error: str = "", status: int = 200) -> Response:
    place = Path(at.strip().strip('"')) if at.strip() else None
    listed: list[Path] = []
    if place is not None and not (place.is_absolute() and place.is_dir()):
        error, place = error or NO_FOLDER.format(folder=at), None
    if place is not None:
        try:
            listed = list_folders(place)
        except OSError:
            error = error or f"这个文件夹打不开：{place}；请换一个，或请管理员开放权限"
    return page(
        desk,
        "folders.html",
        status=status,
        error=error,
        asked=asked,
        place=place,
        listed=listed,
        starts=start_places(),
        recent=desk.recent.folders(),
        suggested=f"{run_time().year - 1}年绩效自评",
    )


def list_folders(place: Path) -> list[Path]:
    """The folders in a folder, by name, without hidden ones."""
    with os.scandir(place) as entries:
        names = sorted(entry.name for entry in entries if not entry.name.startswith((".", "$")) and _is_folder(entry))
    return [place / name for name in names[:MOST]]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def start_places() -> dict[str, Path]:
    """The user's own folders and the drives of Windows, by the words that users know them by."""
    home = Path.home()
    places = {word: home / name for name, word in _USUAL if (home / name).is_dir()} | {"我的文件夹": home}
    drives = [Path(f"{letter}:\\") for letter in "CDEFGHIJKLMNOPQRSTUVWXYZ"] if WINDOWS else [Path("/")]
    places |= {f"磁盘 {drive}" if WINDOWS else "整个电脑": drive for drive in drives}
    return {word: place for word, place in places.items() if place.is_dir()}


ROUTES: Final = (
    get("/文件夹", show),
    post("/文件夹", choose),
    post("/文件夹/新建", make),
    get("/上年", show_prior),
    post("/上年", choose_prior),
)
