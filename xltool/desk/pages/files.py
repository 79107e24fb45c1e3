"""Files of the work folder: received from the browser, sent to it, opened on this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, PlainTextResponse
from starlette.routing import Route

from xltool.batches.mailing import GUIDE
from xltool.catalogue.guide import DEPARTMENTS_PAGE
from xltool.desk.access import UPLOAD
from xltool.desk.opening import open_path
from xltool.desk.pages.routes import desk_of, get, go, post
from xltool.desk.workspace import FILED, RETURNED, ROSTER, safe_parts
from xltool.findings import InputError, XltoolError
from xltool.storage import files
from xltool.storage.digests import digest_file
from xltool.storage.files import sentence_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from xltool.desk.desk import Desk

SAVED, SAME = "已收下", "已有同样的文件"
ROSTER_IS_THERE: Final = f"已有 {ROSTER}，没有覆盖；要换的，先把原来的改名或移走"
NO_NAME: Final = "文件没有名称，没有收下"


async def receive(request: Request) -> Response:
    """Save the body of a request as a file, whole or not at all.

    `to` says where (名册, or 报送 or 收回 with the number of the round), `name` how the file is called.
    """
    desk = desk_of(request)
    query = request.query_params
    try:
        place = await run_in_threadpool(_place, desk, query.get("to", ""), query.get("name", ""))
        try:
            with files.whole(place) as file:
                async for piece in request.stream():
                    file.write(piece)
            return PlainTextResponse(await run_in_threadpool(_settle, place))
        finally:
            desk.receiving.discard(place)
    except XltoolError as error:
        return PlainTextResponse(str(error), 400)
    except OSError as error:
        return PlainTextResponse(sentence_of(error), 400)
    except HTTPException as error:
        return PlainTextResponse(str(error.detail), error.status_code)


def _place(desk: Desk, to: str, name: str) -> Path:
    """Where an upload is saved: a place where no file is yet."""
    parts = safe_parts(name)
    if not parts:
        raise InputError(NO_NAME)
    workspace = desk.folder
    if to == "名册":
        if workspace.roster is not None:
            raise InputError(ROSTER_IS_THERE)
        return _reserve(desk, workspace.inside(ROSTER))
    kind, number = to.rstrip("0123456789"), to.lstrip(f"{FILED}{RETURNED}")
    target = workspace.round(int(number)) if number.isdecimal() else workspace.current
    folder = target.returned if kind == RETURNED and target.returned is not None else target.filed
    return _reserve(desk, workspace.inside(workspace.relative(folder), *parts))


def _reserve(desk: Desk, place: Path) -> Path:
    """A place where no file is, and none is being received; several come at a time."""
    with desk.reserving:
        number, free = 1, place
        while free.exists() or free in desk.receiving:
            number += 1
            free = place.with_name(f"{place.stem}({number}){place.suffix}")
        desk.receiving.add(free)
    return free


def _settle(place: Path) -> str:
    """Remove a file whose content lies beside it under the same name already."""
    digest = digest_file(place)
    stem = place.stem.partition("(")[0]
    beside = (other for other in place.parent.iterdir() if other != place and other.is_file())
    if any(other.stem.partition("(")[0] == stem and digest_file(other) == digest for other in beside):
        place.unlink()
        return SAME
    return SAVED


def send(desk: Desk, request: Request) -> Response:
    """A file of the work folder, to be saved: nothing of it is shown as a page of ours."""
    path = desk.folder.inside(request.path_params["path"])
    if not path.is_file():
        raise HTTPException(404)
    return FileResponse(path, filename=path.name, content_disposition_type="attachment")


def send_instructions(desk: Desk, request: Request) -> Response:  # noqa: ARG001 - the signature of all pages
    """The guide's pages for departments, to be sent along."""
    return FileResponse(DEPARTMENTS_PAGE, filename=GUIDE, content_disposition_type="attachment")


def open_here(desk: Desk, form: Mapping[str, str]) -> Response:
    """Open a file or folder of the work folder with the program of this computer."""
    open_path(desk.folder.inside(form.get("path", "")))
    back = form.get("page", "/")
    return go(back if back.startswith("/") and not back.startswith("//") else "/")


ROUTES: Final = (
    Route(UPLOAD, receive, methods=["POST"], name=UPLOAD),
    get("/文件/{path:path}", send),
    get("/填报说明", send_instructions),
    post("/打开", open_here),
)
