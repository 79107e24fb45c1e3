"""豁免: the exemptions that were granted, and a form that adds a line to their list, checked before it is kept."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from xltool.desk.pages.routes import get, go, post
from xltool.desk.rendering import page
from xltool.desk.settings import HIDDEN
from xltool.findings import InputError
from xltool.storage import files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from xltool.auditing.exemptions.model import Exemptions
    from xltool.desk.desk import Desk

OURS: Final = "豁免清单.csv"
"""The list that the form writes; a list of another name is the officer's own and is not written."""
NOT_OURS: Final = "正在用的清单是 {name}，请在 WPS 里加"
FORMULA: Final = "“{column}”不能以 {sign} 开头：用 WPS 打开时会当作公式"
_SIGNS: Final = tuple("=+-@")


def show(desk: Desk, request: Request) -> Response:
    """The exemptions, and the form, filled in with what the address says."""
    return _page(desk, dict(request.query_params))


def _page(desk: Desk, filled: Mapping[str, str], *, error: str = "", status: int = 200) -> Response:
    from xltool.auditing.exemptions.model import COLUMNS, REQUIRED

    name = desk.folder.settings.exemptions
    granted, mistakes = _read(desk, desk.folder.inside(name)) if name else (None, [])
    return page(
        desk,
        "exemptions.html",
        here="/豁免",
        error=error,
        status=status,
        name=name,
        is_ours=name in {"", OURS},
        granted=granted,
        mistakes=mistakes,
        columns=COLUMNS,
        required=REQUIRED,
        filled=filled,
    )


def _read(desk: Desk, path: Path) -> tuple[Exemptions | None, list[str]]:
    """The exemptions of a list, and the mistakes in it."""
    if not path.is_file():
        return None, [f"找不到 {path.name}，请放回工作文件夹"]
    try:
        return desk.readers.exemptions(path), []
    except InputError as error:
        return None, str(error).rpartition(f"{path}：")[2].split("；")


def add(desk: Desk, form: Mapping[str, str]) -> Response:
    """Add a line to the list; where it has a mistake nothing is written, and the form keeps its texts."""
    from xltool.auditing.exemptions.model import COLUMNS

    workspace = desk.folder
    name = workspace.settings.exemptions
    row = [form.get(column, "") for column in COLUMNS]
    signs = ((column, text[0]) for column, text in zip(COLUMNS, row, strict=True) if text.startswith(_SIGNS))
    formula = next(signs, None)
    if name not in {"", OURS}:
        return _page(desk, form, error=NOT_OURS.format(name=name), status=400)
    if formula is not None:
        return _page(desk, form, error=FORMULA.format(column=formula[0], sign=formula[1]), status=400)
    place, trial = workspace.inside(OURS), workspace.inside(HIDDEN, OURS)
    content = place.read_text(encoding="utf-8-sig") if place.is_file() else _line(COLUMNS)
    content = f"{content.rstrip()}\r\n{_line(row)}"
    files.write_whole(trial, content.encode("utf-8-sig"))
    try:
        _, mistakes = _read(desk, trial)
    finally:
        trial.unlink()
    if mistakes:
        return _page(desk, form, error="\n".join(mistakes), status=400)
    files.write_whole(place, content.encode("utf-8-sig"))
    workspace.choose(exemptions=OURS)
    return go("/豁免")


def _line(texts: tuple[str, ...] | list[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(texts)
    return written.getvalue()


ROUTES: Final = (get("/豁免", show), post("/豁免", add))
