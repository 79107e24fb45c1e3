"""Write review.html: the review as one page for the browser, in a single file as long as it is not too large.

Data, style and script stand in the file. A content security policy with the hashes of style and script prevents any
other script from running and anything from being fetched. The data is JSON that cannot contain a tag, and the script
inserts every text as a text node. `string.Template` is enough for the few places to fill; each value is escaped before.
"""

from __future__ import annotations

import base64
import hashlib
from contextlib import suppress
from html import escape
from importlib.resources import files as resources
from string import Template
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from xltool.findings import Severity
from xltool.outputs.model import FileStatus, Review
from xltool.outputs.page.data import Detail, PageData
from xltool.outputs.page.parts import encode, write_parts
from xltool.outputs.reviewing.finding_order import FindingOrder
from xltool.outputs.sheets.links import path_on_disk, relative_path
from xltool.outputs.sheets.texts import visible
from xltool.storage import json_stream
from xltool.storage.files import write_pieces

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

SCRIPTS: Final = (
    "data.js",
    "filters.js",
    "pictures.js",
    "briefing.js",
    "departments.js",
    "rounds.js",
    "findings.js",
    "details.js",
    "start.js",
)
"""In the order in which they depend on each other; they are joined to one script."""
WORKBOOK: Final = "review.xlsx"
LARGEST: Final = 10_000_000
"""Bytes of a page that a browser opens in two seconds."""
LEFT_OUT: Final = {
    Detail.NO_WINDOWS: "报送很多，原表的画面放在旁边的 review.data 文件夹，看到时读取。"
    "只发送这个网页时没有画面，其余内容齐全，原表请点文件名打开。",
    Detail.ACTED_ON: "报送很多，次要事项和原表的画面放在旁边的 review.data 文件夹，看到或者选了单位时读取。"
    "只发送这个网页时只有需要处理的问题，全部在 review.xlsx。",
    Detail.FIGURES: "报送太多，问题放在旁边的 review.data 文件夹，选一个单位时读取。"
    "只发送这个网页时只有汇总，全部问题在 review.xlsx。",
}
_PLACE: Final = "\0"
"""Stands for the data while the template is filled; no other text of the page contains this character."""


def write_page(path: Path, review: Review, *, folder: Path | None = None) -> None:
    """Write the page, whole or not at all.

    Links to the files are relative to `folder`, where the page will be opened; by default the folder of `path`. A page
    that would be too large to open leaves details to files beside it, and says so. The same review gives the same
    bytes. Raises OSError where the page cannot be written.
    """
    order = FindingOrder.of(review)
    *details, least = Detail
    for detail in details:
        pieces = page_pieces(review, folder or path.parent, detail, order=order)
        with suppress(_TooLargeError):
            write_pieces(path, _bounded(pieces))
            break
    else:
        detail = least
        write_pieces(path, page_pieces(review, folder or path.parent, detail, order=order))
    write_parts(path.parent, review, detail, order)


class _TooLargeError(Exception):
    """A page that is being written becomes larger than LARGEST."""


def _bounded(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces of a page, up to LARGEST: what is above it need not be made to know that it is. _TooLargeError."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > LARGEST:
            raise _TooLargeError
        yield piece


def page_bytes(review: Review, folder: Path) -> bytes:
    """The bytes of the page, with links relative to `folder`."""
    return b"".join(page_pieces(review, folder))


def page_pieces(
    review: Review, folder: Path, detail: Detail = Detail.ALL, *, order: FindingOrder | None = None
) -> Iterator[bytes]:
    """The bytes of the page in pieces, so that a large review is never in memory as a whole.

    `order` are the findings as they are shown, where they have been sorted already.
    """
    page = PageData(review, linker(review.root, folder), detail, order=order)
    style = _asset("page.css")
    script = "(() => {\n" + "\n".join(map(_asset, SCRIPTS)) + "})();\n"
    frame = Template(_asset("page.html")).substitute(
        policy=_policy(style, script, "" if detail is Detail.ALL else " 'self'"),
        title=escape(visible(review.title)),
        made_at=f"{review.made_at:%Y-%m-%d %H:%M}",
        figures=_figures(review, page.order.severities),
        left_out=f'<p class="notice">{escape(LEFT_OUT[detail])}</p>' if detail in LEFT_OUT else "",
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
    """A function that gives the address of a file below `root` for a page in `folder`; None where it has none."""
    begin = None if root is None else _address(relative_path(root, folder))

    def link(path: str) -> str | None:
        below = None if begin is None else _quoted(path_on_disk(path))
        return None if begin is None or below is None else begin + below

    return link


def _address(base: Path) -> str | None:
    """The beginning of the addresses of files below a folder; None where an address cannot hold it."""
    if not base.is_absolute():
        begin = _quoted((base / "_").as_posix()[:-1])
        return None if begin is None else f"./{begin}"
    try:
        return f"{base.as_uri()}/"
    except UnicodeEncodeError:  # half a character, as below
        return None


def _quoted(path: str) -> str | None:
    """A path, quoted for an address; None where an address cannot hold it."""
    try:
        return quote(path, errors="surrogateescape")
    except UnicodeEncodeError:  # half a character (a lone surrogate), which no file name contains
        return None


def _asset(name: str) -> str:
    return resources(__package__).joinpath(name).read_text(encoding="utf-8")


def _policy(style: str, script: str, others: str) -> str:
    """A content security policy that allows this style and this script, `others` beside the page, and no request."""
    rest = "base-uri 'none'; form-action 'none'"
    return f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}{others}; {rest}"


def _hash(text: str) -> str:
    """The hash of a source, as a content security policy writes it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _json(members: Iterable[tuple[str, object]]) -> Iterator[bytes]:
    """The JSON of an object for a script element, where no tag and no comment may begin."""
    return json_stream.of_object(members, encode)


def _figures(review: Review, counts: Counter[Severity]) -> str:
    """The figures in the head of the page, which are shown without script, too."""
    forms = sum(sum(filing.forms.values()) for filing in review.filings)
    unread = sum(file.status is not FileStatus.READ for file in review.files)
    figures = [
        ("单位", sum(filing.filed for filing in review.filings), ""),
        ("表", forms, ""),
        ("文件", len(review.files), ""),
    ]
    figures += [("未读取的文件", unread, "")]
    figures += [(severity.label, counts[severity], severity.value) for severity in Severity]
    return "".join(
        f'<div class="figure {kind}"><dt>{label}</dt><dd>{number:,}</dd></div>' for label, number, kind in figures
    )
