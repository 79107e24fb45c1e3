"""下发: the templates for every department of the roster, with last year's figures where there are any."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from xltool.desk.pages.roster import check_roster
from xltool.desk.pages.routes import get, go, post
from xltool.desk.profiles import offered_profiles, profile_wish
from xltool.desk.rendering import page
from xltool.desk.workspace import FILED, ISSUED, files_below
from xltool.findings import InputError
from xltool.storage.files import run_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from xltool.desk.desk import Desk
    from xltool.desk.jobs import Control
    from xltool.desk.workspace import Workspace

NO_PRIOR: Final = "找不到上年报送的文件夹：{folder}；请在“下发”里点“另选文件夹”"
ROSTER_HAS_MISTAKES: Final = "名册有错，请先在“名册”里改正；没有生成表样"


@dataclass(frozen=True)
class IssuedFolder:
    """What was issued to a department: the name of its folder, and the number of its files."""

    name: str
    count: int


def show(desk: Desk, request: Request) -> Response:  # noqa: ARG001 - the signature of all pages
    """The choices, and what was issued."""
    return _page(desk)


def _page(desk: Desk, *, error: str = "", status: int = 200) -> Response:
    workspace = desk.folder
    roster, mistakes = check_roster(desk)
    return page(
        desk,
        "issue.html",
        here="/下发",
        error=error,
        status=status,
        roster=roster,
        mistakes=mistakes,
        settings=workspace.settings,
        usual_year=workspace.settings.year or run_time().year - 1,
        profiles=offered_profiles(workspace),
        priors=prior_folders(workspace),
        folder=ISSUED,
        issued=_issued(workspace),
    )


def prior_folders(workspace: Workspace) -> list[Path]:
    """Folders of filings of other years: the one that was chosen, and those of the work folders beside this one."""
    chosen = [Path(workspace.settings.prior)] if workspace.settings.prior else []
    try:
        beside = sorted(place / FILED for place in workspace.root.parent.iterdir() if place != workspace.root)
        found_beside = [place for place in beside if place.is_dir()]
    except OSError:
        found_beside = []
    return list(dict.fromkeys([*chosen, *found_beside]))


def prior_wish(workspace: Workspace, text: str) -> str:
    """The folder of last year's filings that was chosen, "" for none; InputError where it is not offered, or gone."""
    if text and not (Path(text) in prior_folders(workspace) and Path(text).is_dir()):
        raise InputError(NO_PRIOR.format(folder=text))
    return text


def _issued(workspace: Workspace) -> list[IssuedFolder]:
    folder = workspace.inside(ISSUED)
    if not folder.is_dir():
        return []
    places = sorted(place for place in folder.iterdir() if place.is_dir() and not place.name.startswith("."))
    return [IssuedFolder(place.name, sum(1 for _ in files_below(place))) for place in places]


def issue(desk: Desk, form: Mapping[str, str]) -> Response:
    """Keep the choices, and start writing the templates."""
    workspace = desk.folder
    try:
        year = _year(form.get("year", ""))
        prior = prior_wish(workspace, form.get("prior", ""))
        if workspace.roster is not None and check_roster(desk)[1]:
            _refuse(ROSTER_HAS_MISTAKES)
        profile_wish(workspace, form.get("profile", ""))
        workspace.choose(
            year=year,
            profile=form.get("profile", ""),
            prior=prior,
            combined=form.get("combined") == "yes",
        )
        desk.jobs.start("/下发", "生成表样", lambda control: _work(workspace, control))
    except InputError as error:
        return _page(desk, error=str(error), status=400)
    return go("/下发")


def _refuse(reason: str) -> None:
    raise InputError(reason)


def _year(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        msg = f"年度应是数字，如 2024，填的是 {text or '空'}"
        raise InputError(msg) from None


def _work(workspace: Workspace, control: Control) -> Sequence[str]:
    from xltool import api

    settings = workspace.settings
    issued = api.generate(
        year=settings.year or 0,
        out=workspace.inside(ISSUED),
        forms=None,
        department=None,
        projects=(),
        indicators=None,
        combined=settings.combined,
        roster=workspace.roster,
        prior=Path(settings.prior) if settings.prior and workspace.roster else None,
        password=None,
        profile=profile_wish(workspace, settings.profile),
        bar=control.bar,
    )
    units = len({(line.code, line.department) for line in issued.lines})
    counted = f"{units} 个单位，{len(issued.lines)} 张表" if issued.lines else f"{len(issued.paths)} 个文件"
    return [f"{counted}，在“{ISSUED}”文件夹里。", *issued.notices]


ROUTES: Final = (get("/下发", show), post("/下发", issue))
