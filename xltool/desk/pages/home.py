"""The first screen: what is there in the work folder, step by step, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import PlainTextResponse

from xltool.desk.pages.routes import get, go, post
from xltool.desk.rendering import page
from xltool.desk.steps import next_step, steps_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from xltool.desk.desk import Desk


STILL_WORKING: Final = "有任务正在进行，请先等它完成或停止它，再结束程序"


def show(desk: Desk, request: Request) -> Response:  # noqa: ARG001 - the signature of all pages
    """The state of each step; the choice of a folder where none is open."""
    if desk.workspace is None:
        return go("/文件夹")
    steps = steps_of(desk.folder)
    return page(desk, "home.html", here="/", listed=steps, following=next_step(steps))


def alive(desk: Desk, request: Request) -> Response:  # noqa: ARG001 - likewise
    """A page says that it is still open."""
    return PlainTextResponse("")


def end(desk: Desk, form: Mapping[str, str]) -> Response:  # noqa: ARG001 - the signature of all forms
    """End the server, unless a job is running."""
    if desk.jobs.running:
        return page(desk, "error.html", status=400, error=STILL_WORKING, then=None)
    answer = page(desk, "ended.html")
    desk.closing.set()
    return answer


ROUTES: Final = (get("/", show), get("/在", alive), post("/结束", end))
