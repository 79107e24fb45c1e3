"""各表数据: what was filed, a sheet a table, numbers as numbers."""

from __future__ import annotations

from datetime import date
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

from xltool.expr import Kind
from xltool.forms import FORMS
from xltool.reports.sheets.paper import GREEN, LAST_ROW, Book, Column, Paper
from xltool.reports.sheets.texts import MEASURED, display_width, line_count, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

HEADS: Final = {
    "submission": "表编号", "filing": "报送编号", "path": "文件", "sheet": "工作表", "form": "表", "layout": "版式",
    "year": "年度", "department": "单位", "project": "项目", "row": "行号", "sha256": "文件指纹",
    "score_filed": "自评得分", "score_recomputed": "重算得分", "grade": "等级",
}  # fmt: skip
"""Names of columns that are no labels of a form."""
_IDENTITY: Final = frozenset({"submission", "filing", "department", "单位", "部门名称", "填报单位", "项目支出名称"})
_MOST_FROZEN: Final = 2
_SAMPLE: Final = 500
_NARROWEST, _WIDEST = 9.0, 36.0
_TOO_LONG: Final = 160
_PAGE: Final = 230
_STYLE: Final = {Kind.MONEY: "money", Kind.AREA: "money", Kind.RATE: "rate", Kind.SCORE: "score", Kind.COUNT: "count"}
_ENDS: Final = {
    "率": Kind.RATE, "得分": Kind.SCORE, "算数": Kind.MONEY, "执行数": Kind.MONEY, "份数": Kind.COUNT,
}  # fmt: skip
_KINDS: Final = {
    field.key: field.kind
    for form in FORMS.values()
    for field in (*form.fields.values(), *(column for table in form.tables for column in table.columns))
}


def write(book: Book, name: str, frame: pd.DataFrame) -> None:
    """A sheet with a frame; blanks where nothing was filed."""
    keys = [str(key) for key in frame.columns]
    rows = plain_rows(frame)
    columns = [column_of(key, [row[number] for row in rows[:_SAMPLE]]) for number, key in enumerate(keys)]
    paper = book.sheet(name, columns, tab=GREEN[0])
    paper.caption(paper.name)
    if not columns:
        paper.text(0, 0, "没有数据。", "note")
        return
    frozen = min(_MOST_FROZEN, len(list(takewhile(_IDENTITY.__contains__, keys))) or 1)
    paper.listing(len(rows), frozen=frozen, empty="没有数据。")
    for number, row in enumerate(rows, start=1):
        write_row(paper, number, keys, row)
    if sum(column.width for column in columns) > _PAGE:
        paper.sheet.fit_to_pages(0, 0)
        paper.sheet.set_print_scale(70)
        paper.sheet.repeat_columns(0, frozen - 1)


def plain_rows(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    """The rows as plain values, None for what is missing."""
    plain = frame.head(LAST_ROW).astype(object)
    return list(plain.where(plain.notna(), None).itertuples(index=False, name=None))


def column_of(key: str, values: Sequence[Any]) -> Column:
    """The column of a key, wide enough for what stands in it; very long texts stay on one line."""
    head = HEADS.get(key, key)
    texts = [visible(_shown(key, value)[:MEASURED]) for value in values if value is not None]
    longest = max((display_width(line) for text in texts for line in text.split("\n")), default=0)
    width = min(max(_NARROWEST, longest + 4, _head_width(head)), _WIDEST)
    style = "line" if max(map(display_width, texts), default=0) > _TOO_LONG else "text"
    return Column(head, width, style)


def _head_width(head: str) -> float:
    """The width at which a head needs two lines at most, beside the filter's button."""
    return next((width for width in range(8, int(_WIDEST)) if line_count(head, width) <= 2), _WIDEST)  # noqa: PLR2004


def write_row(paper: Paper, number: int, keys: Sequence[str], values: Sequence[Any]) -> None:
    """One row of a frame, as tall as its wrapped texts ask."""
    wrapped: list[str | None] = []
    for column, (key, value) in enumerate(zip(keys, values, strict=True)):
        style = paper.columns[column].style
        _cell(paper, number, column, key, value)
        wrapped.append(visible(value[:MEASURED]) if isinstance(value, str) and style == "text" else None)
    paper.height(number, wrapped)


def _cell(paper: Paper, row: int, column: int, key: str, value: Any) -> None:  # noqa: ANN401 - what a frame holds
    """One value in the format of its field."""
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, date):
        paper.date(row, column, value)
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300:  # noqa: PLR2004
        paper.number(row, column, value, _number_style(key, value))
    else:
        paper.text(row, column, _shown(key, value), paper.columns[column].style)


def kind_of(key: str) -> Kind | None:
    """Kind of what stands in a column: that of the field, else what the end of its name says."""
    by_end = (kind for end, kind in _ENDS.items() if key.endswith(end))
    return _KINDS.get(key) or next(by_end, Kind.SCORE if key.startswith("score") else None)


def _number_style(key: str, value: float) -> str:
    """The format of a number: by its kind, whole numbers of no kind without decimals."""
    kind = kind_of(key)
    style = _STYLE.get(kind, "plain") if kind else "plain"
    whole = float(value).is_integer()
    return "score" if style in {"count", "plain"} and not whole else style


def _shown(key: str, value: Any) -> str:  # noqa: ANN401 - what a frame holds
    """A value as text, about as the sheet shows it."""
    value = value.item() if hasattr(value, "item") else value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return {"rate": f"{value:.2%}", "plain": f"{value:.0f}"}.get(_number_style(key, value), f"{value:,.2f}")
    return "、".join(map(str, _parts(value))) if isinstance(value, list | tuple) else str(value)


def _parts(value: Sequence[Any]) -> Iterator[Any]:
    return (part for part in value if part is not None)
