"""review.html: the review as one page for the browser, which needs nothing but itself.

Data, style and script stand in the file; a content security policy that knows the two by their
hashes keeps anything else from running and anything from being fetched. The data is JSON in which
no tag can begin, and the script puts every text into the page as text. Four places to fill do not
ask for a template engine: `string.Template` does, each place filled with what is escaped already.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from importlib.resources import files as resources
from string import Template
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import msgspec

from xltool.findings import Severity
from xltool.outputs.model import FileStatus, Review
from xltool.outputs.page.data import PageData
from xltool.outputs.sheets.links import path_on_disk, relative_path
from xltool.outputs.sheets.texts import visible
from xltool.storage import json_stream
from xltool.storage.files import write_pieces

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

SCRIPTS: Final = ("data.js", "filters.js", "pictures.js", "departments.js", "rounds.js", "findings.js", "start.js")
"""In the order they depend on each other; they become one script."""
WORKBOOK: Final = "review.xlsx"
_PLACE: Final = "\0"
"""Where the data goes; nothing else on the page holds this character."""


def write_page(path: Path, review: Review, *, folder: Path | None = None) -> None:
    """Write the page, whole or not at all.

    Links to the filings are relative to `folder`, the one the page will lie in; that of `path`
    unless it is to be moved. The same review gives the same bytes. OSError where it cannot be written.
    """
    write_pieces(path, page_pieces(review, folder or path.parent))


def page_bytes(review: Review, folder: Path) -> bytes:
    """The page's bytes, with links that hold in `folder`."""
    return b"".join(page_pieces(review, folder))


def page_pieces(review: Review, folder: Path) -> Iterator[bytes]:
    """The same a few hundred findings at a time."""
    page = PageData(review, linker(review.root, folder))
    style = _asset("page.css")
    script = "(() => {\n" + "\n".join(map(_asset, SCRIPTS)) + "})();\n"
    frame = Template(_asset("page.html")).substitute(
        policy=_policy(style, script),
        title=escape(visible(review.title)),
        made=f"{review.made_at:%Y-%m-%d %H:%M}",
        figures=_figures(review, page.severities),
        workbook=WORKBOOK,
        style=style,
        script=script,
        data=_PLACE,
    )
    before, _, after = frame.partition(_PLACE)
    yield before.encode()
    yield from _json(page.members())
    yield after.encode()


def linker(root: Path | None, folder: Path) -> Callable[[str], str | None]:
    """Gives the address of a file under `root` as seen from a page in `folder`; None where there can be none."""
    begin = None if root is None else _address(relative_path(root, folder))

    def link(path: str) -> str | None:
        below = None if begin is None else _quoted(path_on_disk(path))
        return None if begin is None or below is None else begin + below

    return link


def _address(base: Path) -> str | None:
    """What the addresses of files below a folder begin with."""
    if not base.is_absolute():
        begin = _quoted((base / "_").as_posix()[:-1])
        return None if begin is None else f"./{begin}"
    try:
        return f"{base.as_uri()}/"
    except UnicodeEncodeError:  # likewise
        return None


def _quoted(path: str) -> str | None:
    """A path as it stands in an address."""
    try:
        return quote(path, errors="surrogateescape")
    except UnicodeEncodeError:  # half a character, which no file's name can hold
        return None


def _asset(name: str) -> str:
    return resources(__package__).joinpath(name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Nothing may be fetched, and nothing may run or be dressed but by these two."""
    rest = "base-uri 'none'; form-action 'none'"
    return f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; {rest}"


def _hash(text: str) -> str:
    """A source as a content security policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _json(members: Iterable[tuple[str, object]]) -> Iterator[bytes]:
    """JSON of an object that can stand in a script element: no tag and no comment can begin in it."""
    return json_stream.of_object(members, _safe)


def _safe(data: object) -> bytes:
    return msgspec.json.encode(data).replace(b"<", rb"\u003c")


def _figures(review: Review, counts: Counter[Severity]) -> str:
    """The figures of the head, which can be read without script, too."""
    forms = sum(sum(filing.forms.values()) for filing in review.filings)
    unread = sum(file.status is not FileStatus.READ for file in review.files)
    figures = [("单位", len(review.filings), ""), ("表", forms, ""), ("文件", len(review.files), "")]
    figures += [("未读取的文件", unread, "")]
    figures += [(severity.label, counts[severity], severity.value) for severity in Severity]
    return "".join(
        f'<div class="figure {kind}"><dt>{label}</dt><dd>{number:,}</dd></div>' for label, number, kind in figures
    )
