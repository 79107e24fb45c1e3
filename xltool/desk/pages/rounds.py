"""再审: what came back becomes the next round, which is audited at once; what became of each finding."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from xltool.converting.refiling import Outcome
from xltool.desk.pages.audit import load_results, round_of, run_audit
from xltool.desk.pages.routes import get, go, post
from xltool.desk.rendering import page
from xltool.desk.stock import list_filed
from xltool.findings import InputError
from xltool.storage.files import run_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from xltool.desk.desk import Desk
    from xltool.desk.jobs import Control
    from xltool.desk.workspace import Round, Workspace

NOTHING_BACK: Final = "还没有收到修改件，请先把交回的文件拖进来"
NOT_AUDITED: Final = "上一轮还没有审核，请先审核"
MOST_STEPS: Final = 300
"""Findings of the last round that are listed."""
MOST_NAMED: Final = 10


def show(desk: Desk, request: Request) -> Response:
    """What came back for the next round, and what became of the findings of the last."""
    workspace = desk.folder
    coming = workspace.coming
    listed = list_filed(coming.returned) if coming.returned is not None else []
    results, reason = load_results(desk, round_of(desk, request))
    steps = (results.stored.steps or []) if results else []
    wished = request.query_params.get("outcome", "")
    return page(
        desk,
        "rounds.html",
        here="/再审",
        error=reason,
        round=coming,
        current=workspace.current,
        folder=workspace.relative(coming.returned) if coming.returned is not None else "",
        listed=listed,
        count=sum(len(folder.files) for folder in listed),
        has_results=results is not None,
        outcomes=Counter(str(step[2]) for step in steps),
        wished=wished,
        became=[step for step in steps if not wished or step[2] == wished][:MOST_STEPS],
    )


def begin(desk: Desk, form: Mapping[str, str]) -> Response:  # noqa: ARG001 - the signature of all forms
    """Start making the next round and auditing it."""
    workspace = desk.folder
    coming = workspace.coming
    before = workspace.round(coming.number - 1)
    if coming.returned is None or not list_filed(coming.returned):
        raise InputError(NOTHING_BACK)
    if load_results(desk, before)[0] is None:
        raise InputError(NOT_AUDITED)
    back = coming.returned
    desk.jobs.start("/再审", f"做{coming.title}并审核", lambda control: _work(workspace, before, coming, back, control))
    return go("/再审")


def _work(workspace: Workspace, before: Round, coming: Round, back: Path, control: Control) -> Sequence[str]:
    from xltool import api

    if coming.filed.is_dir() and any(coming.filed.iterdir()):
        # Made before more came back; somebody may have put files into it, so nothing is removed.
        coming.filed.rename(coming.filed.with_name(f"换下的报送 {run_time():%Y%m%d-%H%M%S}"))
    placed = api.refile(before.filed, [back], coming.filed, results=before.results, bar=control.bar)
    counts = Counter(file.outcome for file in placed)
    lines = ["，".join(f"{outcome.value} {counts[outcome]} 个文件" for outcome in Outcome if counts[outcome])]
    unknown = [file.name for file in placed if file.outcome is Outcome.UNKNOWN]
    if unknown:
        more = "等" if len(unknown) > MOST_NAMED else ""
        lines.append(f"没有对上 {len(unknown)} 个文件，请看“没有对上”文件夹：{'、'.join(unknown[:MOST_NAMED])}{more}")
    return [*lines, *run_audit(workspace, control)]


ROUTES: Final = (get("/再审", show), post("/再审", begin))
