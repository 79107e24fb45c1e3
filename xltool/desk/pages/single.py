"""单张核对: a file is dropped, read and audited at once, and nothing of it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from xltool.desk.access import SINGLE
from xltool.desk.pages.routes import desk_of, get
from xltool.desk.profiles import profile_wish
from xltool.desk.rendering import page
from xltool.desk.results import Notes, Results
from xltool.desk.workspace import safe_parts
from xltool.findings import XltoolError
from xltool.storage.files import run_time, sentence_of
from xltool.workers.scratch import scratch_dir

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from xltool.desk.desk import Desk

MOST: Final = 300
"""Findings that are shown."""


def show(desk: Desk, request: Request) -> Response:  # noqa: ARG001 - the signature of all pages
    """Where a file is dropped."""
    return page(desk, "single.html", here=SINGLE, name="", lines=[], results=None, findings=[], round=None)


async def check(request: Request) -> Response:
    """Audit the body of a request as a file called `name`; the file is gone when the answer is sent."""
    desk = desk_of(request)
    parts = safe_parts(request.query_params.get("name", ""))
    try:
        with scratch_dir(None) as folder:
            place = folder / (parts[-1] if parts else "文件.xlsx")
            with place.open("wb") as file:
                async for piece in request.stream():
                    file.write(piece)
            return await run_in_threadpool(_audit, desk, place)
    except XltoolError as error:
        return PlainTextResponse(str(error), 400)
    except OSError as error:
        return PlainTextResponse(sentence_of(error), 400)
    except HTTPException as error:
        return PlainTextResponse(str(error.detail), error.status_code)


def _audit(desk: Desk, place: Path) -> Response:
    from xltool.batches.audit_terms import terms_of
    from xltool.outputs.page.stored_page import page_of
    from xltool.outputs.review import review_of
    from xltool.outputs.summary import RunCounts
    from xltool.outputs.terminal import batch_text

    profile = profile_wish(desk.workspace, desk.workspace.settings.profile) if desk.workspace else None
    audit = desk.readers.audit([place.parent], terms_of(profile=profile))
    results = Results(page_of(review_of(audit, root=place.parent, made_at=run_time())))
    shown = [results.show(number, Notes(None)) for number in range(min(len(results.findings), MOST))]
    lines = batch_text(RunCounts.of(audit), ()).splitlines()
    return page(
        desk, "single.html", here=SINGLE, name=place.name, lines=lines, results=results, findings=shown, round=None
    )


ROUTES: Final = (get(SINGLE, show), Route(SINGLE, check, methods=["POST"], name=f"post {SINGLE}"))
