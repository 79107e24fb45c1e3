"""收表: what came, files dropped in, and who owes what; the page is renewed when the folder changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import PlainTextResponse

from xltool.desk.pages.routes import get, go, post
from xltool.desk.rendering import page
from xltool.desk.results import fold_word
from xltool.desk.stock import digest_of, keep_accounts, list_filed, load_accounts
from xltool.findings import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from xltool.desk.desk import Desk
    from xltool.desk.jobs import Control
    from xltool.desk.workspace import Round, Workspace

MOST: Final = 200
"""Folders that are listed; of more, those are asked for by their names."""
NO_ROSTER: Final = "没有名册，不知道谁该报什么；请先建名册"


def show(desk: Desk, request: Request) -> Response:
    """What came into the current round, of many departments those whose folders are asked for."""
    workspace = desk.folder
    current = workspace.current
    listed, words = list_filed(current.filed), request.query_params.get("q", "").strip()[:100]
    return page(
        desk,
        "inbox.html",
        here="/收表",
        round=current,
        folder=workspace.relative(current.filed),
        listed=[folder for folder in listed if fold_word(words) in fold_word(folder.name)][:MOST],
        folders=len(listed),
        words=words,
        count=sum(len(folder.files) for folder in listed),
        accounts=load_accounts(workspace, current.number),
        has_roster=workspace.roster is not None,
        digest=digest_of(listed),
    )


def changes(desk: Desk, request: Request) -> Response:  # noqa: ARG001 - likewise
    """A text that changes when the folder does: the page asks for it now and then."""
    return PlainTextResponse(digest_of(list_filed(desk.folder.current.filed)))


def check(desk: Desk, form: Mapping[str, str]) -> Response:  # noqa: ARG001 - the signature of all forms
    """Start reading what came and matching it to the roster."""
    workspace = desk.folder
    roster = workspace.roster
    if roster is None:
        raise InputError(NO_ROSTER)
    current = workspace.current
    desk.jobs.start("/收表", "核对谁没报", lambda control: _work(workspace, current, roster, control))
    return go("/收表")


def _work(workspace: Workspace, current: Round, roster: Path, control: Control) -> Sequence[str]:
    from xltool.batches.options import Options
    from xltool.batches.runs import read_arrivals

    options = Options(due=workspace.settings.due, stop=control.stop)
    count = sum(len(folder.files) for folder in list_filed(current.filed))
    inbox = read_arrivals(current.filed, current.results, roster, options, bar=control.bar)
    keep_accounts(workspace, current.number, inbox, count=count)
    owing = sum(bool(account.missing) for account in inbox.accounts)
    return [f"应报 {len(inbox.accounts)} 个单位，{owing} 个还没有报齐。"]


ROUTES: Final = (get("/收表", show), get("/收表/变动", changes), post("/收表/核对", check))
