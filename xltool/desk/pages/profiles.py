"""口径: the scoring profiles, and a form that makes a profile file of the work folder, checked before it is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from xltool import params
from xltool.desk.pages.routes import get, go, post
from xltool.desk.profile_form import Checked, check, draft_from, fields_of
from xltool.desk.profiles import SUFFIX, offered_profiles, profile_wish
from xltool.desk.rendering import page
from xltool.findings import InputError
from xltool.params.writing import draft_of
from xltool.storage import files
from xltool.template.order import safe_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from xltool.desk.desk import Desk
    from xltool.params.writing import Draft

THERE: Final = "工作文件夹里已有 {file}，没有覆盖：请换一个名称，或从左边的“口径”打开它修改"
TO_MEND: Final = "有要改的地方，写在各栏下面；还没有保存。"


def show(desk: Desk, request: Request) -> Response:
    """The scoring profiles, and how the chosen profile differs from the default."""
    from xltool.catalogue.profiles import comparison

    offered = offered_profiles(desk.workspace) if desk.workspace else list(params.profile_names())
    name, error, compared = request.query_params.get("name", ""), "", None
    if name:
        try:
            compared = comparison(params.chosen(_wish(desk, name)))
        except InputError as mistake:
            error = str(mistake)
    return page(
        desk,
        "profiles.html",
        here="/口径",
        error=error,
        status=400 if error else 200,
        names=offered,
        name=name,
        is_own=name.endswith(SUFFIX),
        compared=compared,
        settings=desk.workspace.settings if desk.workspace else None,
    )


def _wish(desk: Desk, name: str) -> str:
    return profile_wish(desk.workspace, name) or "" if desk.workspace else params.profile_named(name).name


def show_form(desk: Desk, request: Request) -> Response:
    """The form, filled in with the profile it starts from."""
    start = request.query_params.get("from", "默认")
    profile = params.chosen(_wish(desk, start))
    draft = draft_of(profile)
    return _form(desk, replace(draft, name=profile.name) if start.endswith(SUFFIX) else draft, start=start)


def _form(desk: Desk, draft: Draft, *, start: str, checked: Checked | None = None) -> Response:
    from xltool.catalogue.profiles import comparison

    mistakes = checked.mistakes if checked else {}
    head, sections = fields_of(draft, mistakes)
    profile = checked.profile if checked else None
    return page(
        desk,
        "profile_form.html",
        here="/口径",
        status=400 if mistakes else 200,
        error=TO_MEND if mistakes else "",
        start=start,
        head=head,
        sections=sections,
        others=mistakes.get((), ()),
        compared=comparison(profile) if profile else None,
    )


def save(desk: Desk, form: Mapping[str, str]) -> Response:
    """Check what was filled in and, where that was asked for and nothing is wrong, write the file."""
    workspace, start, draft = desk.folder, form.get("start", ""), draft_from(form)
    is_shipped = start in params.profile_names()
    checked = check(draft, draft_of(params.profile_named(start)) if is_shipped else None)
    if checked.profile is None or form.get("do") != "save":
        return _form(desk, draft, start=start, checked=checked)
    if is_shipped:
        name = safe_name(draft.name) + SUFFIX
        place = workspace.inside(name)
        if place.exists():
            there: dict[tuple[str, ...], list[str]] = {("名称",): [THERE.format(file=name)]}
            return _form(desk, draft, start=start, checked=Checked(None, there))
    else:
        profile_wish(workspace, start)
        name, place = start, workspace.inside(start)
    files.write_whole(place, draft.text().encode())
    return go(_address(name))


def choose(desk: Desk, form: Mapping[str, str]) -> Response:
    """Use a profile for 下发 and 审核 from now on."""
    name = form.get("name", "")
    profile_wish(desk.folder, name)
    desk.folder.choose(profile=name)
    return go(_address(name))


def _address(name: str) -> str:
    return f"/口径?{urlencode({'name': name})}"


ROUTES: Final = (
    get("/口径", show),
    get("/口径/填写", show_form),
    post("/口径/填写", save),
    post("/口径/选用", choose),
)
