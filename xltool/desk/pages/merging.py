"""汇总: the filings without an error as one workbook, and what to keep of the year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool.desk.pages.routes import get, go, post
from xltool.desk.profiles import profile_wish
from xltool.desk.rendering import page
from xltool.desk.workspace import MERGED, REVIEW, files_below
from xltool.findings import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from xltool.desk.desk import Desk
    from xltool.desk.jobs import Control
    from xltool.desk.workspace import Workspace

YEAR: Final = "年度应是数字，如 2024，填的是 {text}"
MOST: Final = 50
"""Filings left out that are named."""


def show(desk: Desk, request: Request) -> Response:  # noqa: ARG001 - the signature of all pages
    """What would be merged, and the workbook that was written."""
    return _page(desk)


def _page(desk: Desk, *, error: str = "", status: int = 200) -> Response:
    workspace = desk.folder
    place = workspace.inside(MERGED)
    return page(
        desk,
        "merging.html",
        here="/汇总",
        error=error,
        status=status,
        current=workspace.current,
        count=sum(1 for _ in files_below(workspace.current.filed)),
        merged=MERGED,
        written=place.stat().st_mtime if place.is_file() else None,
    )


def merge(desk: Desk, form: Mapping[str, str]) -> Response:
    """Start merging the current round."""
    workspace, text = desk.folder, form.get("year", "")
    if text and not text.isdecimal():
        return _page(desk, error=YEAR.format(text=text), status=400)
    try:
        desk.jobs.start("/汇总", "汇总", lambda control: run_merge(workspace, int(text) if text else None, control))
    except InputError as error:
        return _page(desk, error=str(error), status=400)
    return go("/汇总")


def run_merge(workspace: Workspace, year: int | None, control: Control) -> Sequence[str]:
    """Merge the current round; returns lines for the user."""
    from xltool import api
    from xltool.batches.audit_terms import terms_of

    settings = workspace.settings
    exemptions = workspace.inside(settings.exemptions) if settings.exemptions else None
    terms = terms_of(profile=profile_wish(workspace, settings.profile), exemptions=exemptions)
    current = workspace.current
    accepted = api.merge(
        current.filed,
        workspace.inside(MERGED),
        year=year,
        roster=workspace.roster,
        terms=terms,
        results=current.results if (current.results / REVIEW).is_file() else None,
        bar=control.bar,
    )
    left_out = [
        f"未汇总：{each.department or '、'.join(each.files)}（{each.reason}）" for each in accepted.excluded[:MOST]
    ]
    count = f"已汇总 {len(accepted.filings)} 个单位（{accepted.year} 年度），未汇总 {len(accepted.excluded)} 份。"
    return [count, *accepted.messages, *left_out]


ROUTES: Final = (get("/汇总", show), post("/汇总", merge))
