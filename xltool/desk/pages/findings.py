"""单位, 问题 and 规则: findings with their surroundings, searched and filtered, and what the officer decides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse

from xltool.desk.pages.audit import load_results, round_of
from xltool.desk.pages.routes import get, go, post
from xltool.desk.rendering import page
from xltool.desk.results import NO_FILING, Results, Wish, load_notes
from xltool.desk.workspace import REVIEW, is_own_file
from xltool.findings import InputError, Severity
from xltool.outputs.officer_notes import STATES, OfficerNote
from xltool.storage.files import WINDOWS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from xltool.desk.desk import Desk
    from xltool.desk.results import Notes, ShownFinding
    from xltool.desk.workspace import Round

PIECE: Final = 20
"""Findings on a page."""
LONGEST_NOTE: Final = 2_000
IN_USE: Final = (
    "review.xlsx 正在 WPS 或 Excel 里打开，没有写入：请关闭后再保存，"
    "或直接在那里填写处理状态（没有打开的，删去 {lock}）"
)
NO_RESULTS: Final = "还没有审核结果，请先审核"
TOO_LONG: Final = f"备注最多 {LONGEST_NOTE} 个字"
_DEFAULT: Final = frozenset({Severity.ERROR.value, Severity.WARNING.value})


@dataclass(frozen=True)
class Listing:
    """The findings of a page: those shown, how many there are, and the addresses of the pages beside it."""

    shown: tuple[ShownFinding, ...]
    count: int
    number: int
    pages: int
    before: str
    after: str
    hints: int
    """Findings of severity info that would be listed, too, if they were asked for."""
    with_hints: str
    """The address of the list with them."""


def show_departments(desk: Desk, request: Request) -> Response:
    """All filings with their scores and counts."""
    shown, results, _ = _results(desk, request)
    outside = results.by_filing.get(-1, [])
    return page(
        desk, "departments.html", here="/审核", round=shown, results=results, outside=len(outside), none=NO_FILING
    )


def show_department(desk: Desk, request: Request) -> Response:
    """The findings of a filing, by its name."""
    shown, results, notes = _results(desk, request)
    name = request.path_params["name"]
    number = -1 if name == NO_FILING else results.by_name.get(name)
    if number is None:
        raise HTTPException(404)
    wish = replace(_wish(request), filing=number)
    filing = results.filing(number)
    return page(
        desk,
        "department.html",
        here="/审核",
        round=shown,
        name=name,
        filing=filing,
        undecided=results.undecided(filing) if filing else [],
        **_list(results, notes, wish, request),
    )


def show_findings(desk: Desk, request: Request) -> Response:
    """The findings of all filings."""
    shown, results, notes = _results(desk, request)
    return page(desk, "findings.html", here="/审核", round=shown, **_list(results, notes, _wish(request), request))


def show_rule(desk: Desk, request: Request) -> Response:
    """A rule as explained, with its findings beside it where a round was audited."""
    from xltool.catalogue.explain import page as explain
    from xltool.rules.catalogue import rule_named

    try:
        rule = rule_named(request.path_params["code"])
    except KeyError:
        raise HTTPException(404) from None
    shown = round_of(desk, request)
    results, _ = load_results(desk, shown)
    listed: dict[str, Any] = {}
    if results is not None:
        notes = load_notes(desk.readers, shown.results)
        wish = replace(_wish(request), rule=rule.code, severities=frozenset())
        listed = _list(results, notes, wish, request)
    return page(
        desk, "rule.html", here="/规则", round=shown, rule=rule, text=explain(rule), listed=bool(listed), **listed
    )


class NoResultsError(InputError):
    """There are no results that a page could show."""


def _results(desk: Desk, request: Request) -> tuple[Round, Results, Notes]:
    shown = round_of(desk, request)
    results, reason = load_results(desk, shown)
    if results is None:
        raise NoResultsError(reason or NO_RESULTS)
    return shown, results, load_notes(desk.readers, shown.results)


def _wish(request: Request) -> Wish:
    """What is asked for in the address; hints are shown only where they are asked for."""
    query = request.query_params
    chosen = frozenset(query.getlist("s")) & {severity.value for severity in Severity}
    return Wish(
        rule=query.get("rule", ""),
        severities=chosen or _DEFAULT,
        form=query.get("form", ""),
        status=query.get("status", ""),
        words=query.get("q", "").strip()[:100],
    )


def _list(results: Results, notes: Notes, wish: Wish, request: Request) -> dict[str, Any]:
    numbers = results.select(wish, notes)
    asked = request.query_params.get("page", "1")
    pages = max(1, -(-len(numbers) // PIECE))
    number = min(max(int(asked), 1), pages) if asked.isdecimal() else 1
    piece = numbers[(number - 1) * PIECE : number * PIECE]
    listing = Listing(
        shown=tuple(results.show(each, notes) for each in piece),
        count=len(numbers),
        number=number,
        pages=pages,
        before=_beside(request, number - 1) if number > 1 else "",
        after=_beside(request, number + 1) if number < pages else "",
        hints=_count_hints(results, notes, wish),
        with_hints=_with_hints(request),
    )
    return {
        "listing": listing,
        "wish": wish,
        "results": results,
        "states": STATES,
        "severities": tuple(Severity),
        "forms": list(results.forms_of(numbers)) or ([wish.form] if wish.form else []),
        "back": f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path,
    }


def _count_hints(results: Results, notes: Notes, wish: Wish) -> int:
    """The hints that a list leaves out."""
    hint = Severity.INFO.value
    if not wish.severities or hint in wish.severities:
        return 0
    return len(results.select(replace(wish, severities=frozenset({hint})), notes))


def _with_hints(request: Request) -> str:
    """The address of the same list with hints."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in {"page", "s"}]
    return f"?{urlencode([*kept, *(('s', severity.value) for severity in Severity)])}"


def _beside(request: Request, number: int) -> str:
    """The address of another page of the same list."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "page"]
    return f"?{urlencode([*kept, ('page', number)])}"


def decide(desk: Desk, form: Mapping[str, str]) -> Response:
    """Write what the officer decided into review.xlsx."""
    number = form.get("round", "1")
    folder = desk.folder.round(int(number) if number.isdecimal() else 1).results
    note = OfficerNote(form.get("status", ""), form.get("note", ""))
    if len(note.note) > LONGEST_NOTE:
        raise InputError(TOO_LONG)
    review = folder / REVIEW
    if not is_own_file(review):
        raise NoResultsError(NO_RESULTS)
    lock = _owner_file(review)
    if lock is not None:
        raise InputError(IN_USE.format(lock=lock.name))
    try:
        desk.readers.write_note(review, form.get("key", ""), note)
    except PermissionError as error:
        raise InputError(IN_USE.format(lock=f"~${review.name}")) from error
    if form.get("quiet"):
        return PlainTextResponse("已保存")
    back = form.get("back", "/问题")
    return go(back if back.startswith("/") and not back.startswith("//") else "/问题")


def _owner_file(review: Path) -> Path | None:
    """The file that an office program leaves beside a workbook it has open; Windows itself refuses to replace that."""
    if WINDOWS:
        return None
    names = (f"~${review.name}", f".~lock.{review.name}#", f".~{review.name}")
    return next((path for name in names if (path := review.with_name(name)).exists()), None)


ROUTES: Final = (
    get("/单位", show_departments),
    get("/单位/{name:path}", show_department),
    get("/问题", show_findings),
    post("/问题/处理", decide),
    get("/规则/{code}", show_rule),
)
