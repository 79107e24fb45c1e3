"""规则, to be read: every rule by series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool.desk.pages.routes import get
from xltool.desk.rendering import page
from xltool.desk.results import fold_word

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

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


ROUTES: Final = (get("/规则", show),)
