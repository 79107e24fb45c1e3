"""Pages from templates. Every text is escaped (autoescape), and made visible as in all outputs."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from xltool.outputs.sheets.texts import visible
from xltool.reader.limits import size
from xltool.version import VERSION

if TYPE_CHECKING:
    from xltool.desk.desk import Desk

STEPS: Final[tuple[tuple[str, str], ...]] = (
    ("/名册", "名册"),
    ("/下发", "下发"),
    ("/收表", "收表"),
    ("/审核", "审核"),
    ("/退回", "退回"),
    ("/再审", "再审"),
    ("/汇总", "汇总"),
)
"""The steps of a year that have a page: the address and the name of each."""
ASIDE: Final = (("/单张", "单张核对"), ("/规则", "规则"), ("/口径", "口径"), ("/豁免", "豁免"))
"""Pages that belong to no step."""


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("xltool.desk"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        bytes=size,
        day=lambda moment: datetime.fromtimestamp(moment).strftime("%Y-%m-%d %H:%M"),  # noqa: DTZ006 - the desk's own clock
        path=lambda text: quote(str(text), safe=""),
        number=lambda value: "" if value is None else f"{value:,}",
        points=lambda value: "" if value is None else f"{value:,.2f}".rstrip("0").rstrip("."),
        percent=lambda value: "" if value is None else f"{value:.1%}",
    )
    environment.globals.update(static=static_address)
    pages = {address for address, _ in (*STEPS, *ASIDE)}
    environment.globals.update(pages=pages, steps=STEPS, aside=ASIDE, version=VERSION)
    return environment


@cache
def static_address(name: str) -> str:
    """The address of a file that belongs to the pages; it changes with the file, so that browsers may keep that."""
    content = resources.files("xltool.desk").joinpath("static", name).read_bytes()
    return f"/static/{name}?{hashlib.sha256(content).hexdigest()[:12]}"


def _visible(value: object) -> object:
    """A text as it is shown; markup and everything else as it is."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


_ENVIRONMENT: Final = _environment()


def page(desk: Desk, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """The page of a template, with the state of the desk around it."""
    values.setdefault("error", "")
    values.setdefault("here", "")
    text = _ENVIRONMENT.get_template(template).render(desk=desk, job=desk.jobs.view, **values)
    return HTMLResponse(text, status)
