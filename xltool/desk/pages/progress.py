"""The progress of the job, as server-sent events, and the button that stops it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import msgspec
from starlette.responses import StreamingResponse
from starlette.routing import Route

from xltool.desk.jobs import JobState
from xltool.desk.pages.routes import desk_of, go, post

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from xltool.desk.desk import Desk

LOOKING: Final = 0.2
"""Seconds between two looks whether the job has gone on."""
SILENT: Final = 50
"""Looks after which a comment is sent, so that a page that was closed is noticed."""


async def events(request: Request) -> Response:
    """The state of the job whenever it changes, until it is over."""
    return StreamingResponse(_events(desk_of(request)), media_type="text/event-stream")


async def _events(desk: Desk) -> AsyncIterator[bytes]:
    sent, looks = 0, 0
    while not desk.closing.is_set():
        desk.seen()
        view, looks = desk.jobs.view, looks + 1
        if view is None:
            yield b"data: null\n\n"
            return
        if view.version != sent:
            sent = view.version
            yield b"data: " + msgspec.json.encode(view) + b"\n\n"
        elif looks % SILENT == 0:
            yield b": \n\n"
        if view.state is not JobState.RUNNING:
            return
        await asyncio.sleep(LOOKING)


def stop(desk: Desk, form: Mapping[str, str]) -> Response:  # noqa: ARG001 - the signature of all forms
    """Stop the job and go back to its page."""
    view = desk.jobs.view
    desk.jobs.stop()
    return go(view.page if view else "/")


def dismiss(desk: Desk, form: Mapping[str, str]) -> Response:
    """Take off the message of a job that is over."""
    place = form.get("page", "/")
    desk.jobs.dismiss(place)
    return go(place if place.startswith("/") and not place.startswith("//") else "/")


ROUTES: Final = (
    Route("/进度", events, methods=["GET"], name="/进度"),
    post("/停止", stop),
    post("/知道了", dismiss),
)
