"""Routes to plain functions: they get the desk and what was asked, run in a thread, and return an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from xltool.desk.desk import Desk

    Show = Callable[[Desk, Request], Response]
    Act = Callable[[Desk, Mapping[str, str]], Response]


def desk_of(request: Request) -> Desk:
    """The desk that a request is about."""
    desk: Desk = request.app.state.desk
    return desk


def get(path: str, show: Show) -> Route:
    """A page: `show` is given the desk and the request."""

    async def endpoint(request: Request) -> Response:
        answer: Response = await run_in_threadpool(show, desk_of(request), request)
        return answer

    return Route(path, endpoint, methods=["GET"], name=path)


def post(path: str, act: Act) -> Route:
    """A form: `act` is given the desk and the texts of the form, blanks around them removed."""

    async def endpoint(request: Request) -> Response:
        async with request.form(max_files=0, max_fields=200) as form:
            texts = {name: value.strip() for name, value in form.items() if isinstance(value, str)}
        answer: Response = await run_in_threadpool(act, desk_of(request), texts)
        return answer

    return Route(path, endpoint, methods=["POST"], name=f"post {path}")


def go(path: str) -> Response:
    """The answer to a form that was done: the page to go on with, which F5 does not send again."""
    return RedirectResponse(path, 303)
