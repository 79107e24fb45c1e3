"""审核: the run with its progress, then the page for whoever decides."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from xltool.desk.pages.issue import prior_folders, prior_wish
from xltool.desk.pages.routes import get, go, post
from xltool.desk.profiles import offered_profiles, profile_wish
from xltool.desk.rendering import page
from xltool.desk.results import Results, load_notes
from xltool.desk.workspace import REVIEW, files_below
from xltool.findings import InputError, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from xltool.desk.desk import Desk
    from xltool.desk.jobs import Control
    from xltool.desk.workspace import Round, Workspace

DAY: Final = "{name}应是日期，如 2024-04-30，填的是 {text}"
NO_EXEMPTIONS: Final = "找不到豁免清单：{name}；请放在工作文件夹里，写文件名"


def round_of(desk: Desk, request: Request) -> Round:
    """The round whose results a page shows: the one asked for, else the last that has results."""
    asked = request.query_params.get("round", "")
    if asked.isdecimal():
        return desk.folder.round(int(asked))
    audited = [each for each in desk.folder.rounds() if (each.results / REVIEW).is_file()]
    return audited[-1] if audited else desk.folder.current


def load_results(desk: Desk, round_: Round) -> tuple[Results | None, str]:
    """The results of a round, or none and why they cannot be shown."""
    try:
        return desk.results.load(round_.results), ""
    except InputError as error:
        return None, str(error)


def show(desk: Desk, request: Request) -> Response:
    """The briefing of a round that was audited, and the choices of the next run."""
    return _page(desk, round_of(desk, request))


def _page(desk: Desk, shown: Round, *, error: str = "", status: int = 200) -> Response:
    workspace, current = desk.folder, desk.folder.current
    results, reason = load_results(desk, shown)
    filed = list(files_below(current.filed))
    review = current.results / REVIEW
    newer = [entry for entry in filed if review.is_file() and entry.stat().st_mtime > review.stat().st_mtime]
    return page(
        desk,
        "audit.html",
        here="/审核",
        error=error or reason,
        status=status,
        round=shown,
        rounds=[each for each in workspace.rounds() if (each.results / REVIEW).is_file()],
        current=current,
        count=len(filed),
        newer=len(newer) if review.is_file() else len(filed),
        results=results,
        folder=workspace.relative(shown.results),
        noted=results is not None and load_notes(desk.readers, shown.results).are_newer,
        severities=tuple(Severity),
        settings=workspace.settings,
        profiles=offered_profiles(workspace),
        priors=prior_folders(workspace),
        has_roster=workspace.roster is not None,
    )


def audit(desk: Desk, form: Mapping[str, str]) -> Response:
    """Keep the choices, those of the last run where none are sent, and start the run."""
    workspace = desk.folder
    try:
        if form.get("as") == "before":
            return _start(desk)
        profile_wish(workspace, form.get("profile", ""))
        workspace.choose(
            due=_day("报送期限", form.get("due", "")),
            refile_by=_day("重新报送的日期", form.get("refile_by", "")),
            profile=form.get("profile", ""),
            prior=prior_wish(workspace, form.get("prior", "")),
            officer=form.get("officer", ""),
            exemptions=_exemptions(workspace, form.get("exemptions", "")),
        )
        return _start(desk)
    except InputError as error:
        return _page(desk, workspace.current, error=str(error), status=400)


def _start(desk: Desk) -> Response:
    workspace = desk.folder
    desk.jobs.start("/审核", f"审核{workspace.current.title}", lambda control: run_audit(workspace, control))
    return go("/审核")


def _exemptions(workspace: Workspace, name: str) -> str:
    """The name of the list of exemptions in the work folder; InputError where it is not there."""
    if name and not workspace.inside(name).is_file():
        raise InputError(NO_EXEMPTIONS.format(name=name))
    return name


def _day(name: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(DAY.format(name=name, text=text)) from None


def run_audit(workspace: Workspace, control: Control) -> Sequence[str]:
    """Audit the current round with the choices of the officer; returns lines for the user."""
    from xltool.batches.audit_terms import terms_of
    from xltool.batches.options import Options
    from xltool.batches.runs import run
    from xltool.outputs.terminal import batch_text

    settings, current = workspace.settings, workspace.current
    exemptions = workspace.inside(settings.exemptions) if settings.exemptions else None
    before = workspace.round(current.number - 1) if current.number > 1 else None
    options = Options(
        roster=workspace.roster,
        prior_review=before.results if before is not None and (before.results / REVIEW).is_file() else None,
        prior=Path(settings.prior) if settings.prior else None,
        due=settings.due,
        refile_by=settings.refile_by,
        terms=terms_of(profile=profile_wish(workspace, settings.profile), exemptions=exemptions),
        officer=settings.officer,
        stop=control.stop,
    )
    result = run(current.filed, current.results, options, bar=control.bar)
    return [*batch_text(result.tally, ()).splitlines(), *result.messages]


ROUTES: Final = (get("/审核", show), post("/审核", audit))
