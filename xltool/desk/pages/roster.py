"""名册: made on the page, opened in WPS, checked with sheet, row and column of each mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool.desk.pages.routes import get, go, post
from xltool.desk.rendering import page
from xltool.desk.workspace import ROSTER
from xltool.findings import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from xltool.desk.desk import Desk
    from xltool.roster import Roster


def show(desk: Desk, request: Request) -> Response:  # noqa: ARG001 - the signature of all pages
    """The roster with its mistakes, or its departments; without a roster, how to make one."""
    path = desk.folder.roster
    roster, mistakes = (None, ()) if path is None else check_roster(desk)
    projects = sum(len(department.projects) for department in roster.departments) if roster else 0
    return page(
        desk, "roster.html", here="/名册", path=path, name=ROSTER, roster=roster, mistakes=mistakes, projects=projects
    )


def check_roster(desk: Desk) -> tuple[Roster | None, tuple[str, ...]]:
    """The roster of the work folder, and its mistakes; no roster where there are any."""
    from xltool.roster import RosterError

    path = desk.folder.roster
    if path is None:
        return None, ()
    try:
        return desk.readers.roster(path), ()
    except RosterError as error:
        return None, error.problems
    except InputError as error:
        return None, (str(error),)


def make(desk: Desk, form: Mapping[str, str]) -> Response:  # noqa: ARG001 - the signature of all forms
    """Write an empty roster."""
    from xltool import api

    api.new_roster(desk.folder.inside(ROSTER))
    return go("/名册")


ROUTES: Final = (get("/名册", show), post("/名册/新建", make))
