"""规则, 口径 and 豁免, to be read: every rule by series, the scoring profiles, the exemptions that were granted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool import params
from xltool.desk.pages.routes import get
from xltool.desk.rendering import page
from xltool.desk.results import fold_word
from xltool.findings import InputError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from xltool.auditing.exemptions.model import Exemptions
    from xltool.desk.desk import Desk
    from xltool.rules.model import Rule


def show(desk: Desk, request: Request) -> Response:
    """The rules that speak of what is asked for, by series."""
    from xltool.catalogue.explain import SERIES
    from xltool.rules.catalogue import RULES

    words = request.query_params.get("q", "").strip()[:100]
    series = [
        (name, own.title, [rule for rule in RULES.values() if _is_of(rule, name, words)])
        for name, own in SERIES.items()
    ]
    return page(desk, "rules.html", here="/规则", words=words, series=[each for each in series if each[2]])


def _is_of(rule: Rule, series: str, words: str) -> bool:
    """Whether a rule is of a series and speaks of these words."""
    text = fold_word(f"{rule.code} {rule.title} {rule.message}")
    return rule.code.partition("-")[0] == series and all(fold_word(word) in text for word in words.split())


def show_profiles(desk: Desk, request: Request) -> Response:
    """The scoring profiles, the one asked for as text, and the exemptions that were granted."""
    from xltool.catalogue.profiles import comparison_text

    name = request.query_params.get("name", "")
    text = comparison_text(params.profile_named(name)) if name else ""
    granted, mistakes = _exemptions(desk)
    return page(
        desk,
        "profiles.html",
        here="/口径",
        names=params.profile_names(),
        name=name,
        text=text,
        exemptions=desk.folder.settings.exemptions,
        granted=granted,
        mistakes=mistakes,
    )


def _exemptions(desk: Desk) -> tuple[Exemptions | None, list[str]]:
    """The exemptions of the work folder, and the mistakes in their list."""
    name = desk.folder.settings.exemptions
    path = desk.folder.inside(name) if name else None
    if path is None or not path.is_file():
        return None, []
    try:
        return desk.readers.exemptions(path), []
    except InputError as error:
        return None, str(error).splitlines()


ROUTES: Final = (get("/规则", show), get("/口径", show_profiles))
