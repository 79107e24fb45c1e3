"""The application: which function answers which address, and what an error looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from xltool.desk.access import Guard
from xltool.desk.pages import (
    audit,
    exemptions,
    files,
    findings,
    folders,
    home,
    inbox,
    issue,
    merging,
    profiles,
    progress,
    returning,
    roster,
    rounds,
    rules,
    single,
)
from xltool.desk.rendering import page
from xltool.findings import XltoolError
from xltool.storage.files import sentence_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Scope

    from xltool.desk.desk import Desk

PAGES: Final = (
    home, folders, progress, files, roster, issue, inbox, audit, findings, rules, returning, rounds, merging, single,
    exemptions, profiles,
)  # fmt: skip
KEPT: Final = "private, max-age=31536000, immutable"
"""What browsers may do with files that belong to the pages."""
NOT_THERE: Final = "没有这一页：它可能已经移走。请从左边的步骤进入。"
BROKEN: Final = "程序内部错误（{error}）。已经保存的内容不受影响，请返回重试；还是这样，请把这一行发给维护人员。"


def build_app(desk: Desk) -> Starlette:
    """The application of a server."""
    routes = [route for module in PAGES for route in module.ROUTES]
    app = Starlette(
        routes=[*routes, Mount("/static", _OwnFiles(packages=[("xltool.desk", "static")]), name="static")],
        middleware=[Middleware(Guard, access=desk.access, seen=desk.seen)],
        exception_handlers={
            XltoolError: _show_mistake,
            OSError: _show_disk_error,
            HTTPException: _show_http_error,
            Exception: _show_broken,
        },
    )
    app.state.desk = desk
    return app


class _OwnFiles(StaticFiles):
    """The files that belong to the pages, which browsers keep: asked for each time, they delay every page."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file; an address with the checksum in it changes with the file."""
        answer = await super().get_response(path, scope)
        if scope["query_string"]:
            answer.headers["Cache-Control"] = KEPT
        return answer


def _show_mistake(request: Request, error: Exception) -> Response:
    then = ("/审核", "审核") if isinstance(error, findings.NoResultsError) else None
    return page(request.app.state.desk, "error.html", status=400, error=str(error), then=then)


def _show_disk_error(request: Request, error: Exception) -> Response:
    text = sentence_of(error) if isinstance(error, OSError) else str(error)
    return page(request.app.state.desk, "error.html", status=500, error=text, then=None)


def _show_http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    text = NOT_THERE if status == 404 else str(getattr(error, "detail", error))  # noqa: PLR2004 - known to all
    return page(request.app.state.desk, "error.html", status=status, error=text, then=None)


def _show_broken(request: Request, error: Exception) -> Response:
    text = BROKEN.format(error=f"{type(error).__name__}：{error}")
    return page(request.app.state.desk, "error.html", status=500, error=text, then=None)
