"""Read the data back from a page that a run wrote: what `PageData` numbered, checked against its types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from xltool.findings import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.outputs.model import Review

_BEGIN: Final = b'<script id="data" type="application/json">'
_END: Final = b"</script>"
UNREADABLE: Final = "{name} 不是这一版 xltool 写出的，请重新审核"


class StoredWindow(msgspec.Struct, array_like=True, gc=False):
    """A window: the number of its sheet, rows, first and last column, the cell to correct, the related cells."""

    sheet: int
    rows: list[int]
    left: int
    right: int
    marked: tuple[int, int] | None
    related: list[tuple[int, int]]


class StoredFinding(msgspec.Struct, array_like=True, gc=False):
    """A finding in the order of COLUMNS; members without a type of their own are numbers of texts."""

    severity: int
    filing: int
    form: int
    project: int
    rule: int
    path: int
    sheet: int
    cell: int
    field: int
    actual: int
    expected: int
    message: int
    advice: int
    basis: int
    related: list[tuple[int, int, int]]
    windows: list[StoredWindow]
    status: int
    note: int
    explained: int
    key: str


class StoredFiling(msgspec.Struct):
    """A filing: its name, forms and files, scores, state, and counts of findings by severity."""

    name: str
    forms: list[int]
    files: list[tuple[str, str | None]]
    filed: float | None
    recomputed: float | None
    status: str
    grade: str | None
    rate: float | None
    counts: list[int]
    states: list[int] | None


class StoredBrief(msgspec.Struct):
    """The briefing."""

    returns: list[tuple[str, int]]
    owing: str
    funds: tuple[int, float, float, float | None]
    grades: list[tuple[str, int, int]]
    differing: int
    differences: list[tuple[int, str, float | None, float | None, float | None]]
    rates: list[tuple[str, float | None]]
    problems: list[tuple[str, str, int, int, str]]
    rounds: str


class StoredSheet(msgspec.Struct):
    """A sheet: its title, its file, six numbers a cell, and names of rows of a document."""

    name: str
    path: str
    cells: list[int]
    rows: dict[int, int]


class StoredPage(msgspec.Struct):
    """The data of a page."""

    year: int | None
    columns: tuple[str, ...]
    brief: StoredBrief
    findings: list[StoredFinding]
    filings: list[StoredFiling]
    rules: list[tuple[str, str, str, str, int, int]]
    files: list[tuple[str, str, str, str | None]]
    spots: list[tuple[int, float, list[str]]]
    owed: list[tuple[str, str, int, int, str, str]]
    steps: list[list[Any]] | None
    undecided: list[list[tuple[str, str]]]
    sheets: list[StoredSheet]
    texts: list[str]

    def text(self, number: int) -> str:
        """A text by its number; "" for -1."""
        return "" if number < 0 else self.texts[number]


def load_page(path: Path) -> StoredPage:
    """The data of the page at `path`; InputError where it is none of this version, OSError where it cannot be read."""
    from xltool.outputs.page.data import COLUMNS  # noqa: PLC0415 - all that is shown of a review, only with one at hand

    content = path.read_bytes()
    begin = content.find(_BEGIN) + len(_BEGIN)
    end = content.find(_END, begin)
    try:
        stored = msgspec.json.decode(memoryview(content)[begin:end], type=StoredPage)
    except msgspec.MsgspecError as error:
        raise InputError(UNREADABLE.format(name=path.name)) from error
    if stored.columns != COLUMNS:
        raise InputError(UNREADABLE.format(name=path.name))
    return stored


def page_of(review: Review) -> StoredPage:
    """The data of the page of a review that is in memory, without links to files."""
    from xltool.outputs.page.data import page_data  # noqa: PLC0415 - likewise

    return msgspec.convert(page_data(review, lambda _: None), StoredPage)
