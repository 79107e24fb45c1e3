"""The search for the fields of a form by their labels, in the ways that all forms share."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING

from xltool.forms import foot
from xltool.reader.a1 import COLUMNS, ROWS
from xltool.reader.labels.area import Area, Labels, fold_label, is_number_of_row, without_note
from xltool.reader.labels.lines import parts_of_line, value_before_next_label
from xltool.reader.labels.splits import shown
from xltool.reader.labels.words import YEAR, is_label
from xltool.reader.notation.tokens import emptiness, to_halfwidth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from xltool.expr.nodes import Field
    from xltool.forms.model import Form
    from xltool.reader.a1 import Position
    from xltool.reader.labels.splits import SplitColumns

BY_LABEL, BY_NEIGHBOUR = "label", "neighbour"
_INLINE = re.compile(r"^(?P<label>[^:：]{2,30})[:：](?P<value>.*)$", re.DOTALL)
_OF_WHICH = re.compile(r"^\s*其中\s*[:：]")
_DIGIT = re.compile(r"\d")
_OTHER_LABEL = re.compile(
    r"(?:项目|资金|预算)?(?:类[型别]|性质|属性|级次|周期|编码|代码|期限)|起止(?:时间|年限)|联系电话|是否公开"
    r"|(?:项目|单位|部门)?(?:负责|联系)人(?:及(?:联系)?电话)?|.{0,6}[总得评]分(?:[（(]分[)）])?"
)
"""Labels of what our forms do not ask, which stand beside the blank cell of a name."""
_FOOT = {
    alias: item
    for item in (foot.filler, foot.filed_on, foot.phone, foot.signature)
    for alias in (item.key, *item.aliases)
    if alias != "日期"
}


@dataclass
class LabelSearch:
    """A search for the fields of a form by their labels, with what it has located so far.

    `inline` holds the part of a cell's text that is the value, where label and value share a cell;
    `how` whether a field was located by its label or only by its neighbours; `used` every cell that
    was understood, labels included; `labels` where the label of a field stands.
    """

    area: Area
    form: Form
    cells: dict[str, Position] = field(default_factory=dict)
    inline: dict[str, str] = field(default_factory=dict)
    how: dict[str, str] = field(default_factory=dict)
    labels: dict[str, Position] = field(default_factory=dict)
    rows: dict[str, list[int]] = field(default_factory=dict)
    columns: dict[str, dict[str, int]] = field(default_factory=dict)
    tops: dict[str, int] = field(default_factory=dict)
    """The first row below the heads, by table."""
    split: dict[str, SplitColumns] = field(default_factory=dict)
    """Columns of a table that stand in several columns of the sheet each."""
    level_weights: dict[str, int] = field(default_factory=dict)
    """Columns of the points of a 一级 and a 二级指标, by the key of the level."""
    lines: dict[str, list[Position]] = field(default_factory=dict)
    """Cells of a text that goes on over several rows."""
    used: set[Position] = field(default_factory=set)
    amounts: set[Position] = field(default_factory=set)
    """Cells of the lines of the funds whose source is known, with and without a field of their own."""
    rates: dict[str, Position] = field(default_factory=dict)
    """Cells of the rates beside the parts of the money, by key."""
    grade: tuple[str, Position] | None = None
    """The grade printed beside the total, with its cell."""
    printed: dict[str, tuple[float, Position]] = field(default_factory=dict)
    """Points that a head prints, by the key of the field that has no cell of its own, with the cell of the head."""
    incomplete: dict[str, str] = field(default_factory=dict)
    """Fields that the form does not state whole, with the reason: no rule can judge them."""
    doubtful: set[str] = field(default_factory=set)
    """Fields whose label says something near to what the field asks for: no error can rest on them."""
    years: dict[str, tuple[int, Position]] = field(default_factory=dict)
    """Years printed in heads, by the key of the field they are kept in, with their cells."""

    def put(self, item: Field, position: Position, *, how: str = BY_LABEL) -> None:
        """Note where a field of the form stands; the first place of a field counts, and the first field at a place.

        A mark for "nothing to report" in a merged cell may be the value of several fields.
        """
        if item.key not in self.cells and item.key in self.form.fields and not self._is_occupied(position):
            self.cells[item.key] = position
            self.how[item.key] = how
            self.used.add(position)

    def put_inline(self, item: Field, position: Position, value: str) -> None:
        """Note a field whose value stands in one cell with its label."""
        if item.key not in self.cells and item.key in self.form.fields:
            self.cells[item.key], self.how[item.key], self.inline[item.key] = position, BY_LABEL, value
            self.used.add(position)

    def put_lines(self, item: Field, positions: list[Position]) -> None:
        """Note a text that stands in several cells, a line in each."""
        if item.key not in self.cells:
            self.put(item, positions[0])
            self.lines[item.key] = positions
            self.used.update(positions)

    def narrow(self, item: Field, pattern: re.Pattern[str]) -> None:
        """Keep as the value of a field only the part of its cell that the first group of a pattern matches."""
        match = pattern.fullmatch(self.area.text(self.cells[item.key])) if item.key in self.cells else None
        if match is not None:
            self.inline[item.key] = match[1]

    def put_beside(self, item: Field, label: Position) -> None:
        """Note a field whose value stands right of its label.

        Where the next cell is empty but a later one in the row is filled and no label, the value may
        have slipped there: the field is located by its neighbour only.
        """
        area, first = self.area, self.area.right_of(label)
        self.labels.setdefault(item.key, label)
        self.used.add(label)
        if not area.is_blank(first):
            first = area.next_to(label) if self.is_label(first) else first
            if not self.is_label(first):
                self.put(item, first)
            return
        later = area.later(first)
        is_free = later is not None and not self.is_label(later) and (item.kind.numeric or not self._is_in_pair(later))
        if later is not None and is_free and self._may_be(item, later):
            self.put(item, later, how=BY_NEIGHBOUR)
        else:
            self.put(item, first)

    def put_below(self, item: Field, label: Position) -> None:
        """Note a field whose value stands under its label."""
        self.labels.setdefault(item.key, label)
        self.used.add(label)
        position = self.area.below(label)
        if not self.area.holds(position) or self.is_label(position) or position in self.cells.values():
            position = self.area.under(label)
        if self.area.holds(position) and not self.is_label(position):
            self.put(item, position)

    def _is_occupied(self, position: Position) -> bool:
        """Whether a cell already is the value of another field, or there is no such cell."""
        if position[0] > ROWS or position[1] > COLUMNS:
            return True
        cell = self.area.sheet.cells.get(position)  # itself, whatever merges that overlap say it belongs to
        text = "" if cell is None else shown(cell)
        return position in self.cells.values() and emptiness(to_halfwidth(text)[0]) is None

    def is_label(self, position: Position) -> bool:
        """Whether a cell holds a text the form prints, or begins with one before a colon."""
        text = self.area.text(position)
        inline = _INLINE.match(_OF_WHICH.sub("", text))
        return bool(text.strip()) and is_label(inline["label"] if inline else text, self.form)

    def _is_in_pair(self, position: Position) -> bool:
        """Whether a text is a label with its value: up to the next label that is known, texts stand in pairs."""
        row, first = position
        columns = [column for column in self.area.columns(row) if column >= first]

        def is_own(column: int) -> bool:
            text = self.area.text((row, column)).rstrip()
            return not text.endswith((":", "：")) and not self.is_label((row, column))

        return len(list(takewhile(is_own, columns))) % 2 == 0

    def _may_be(self, item: Field, position: Position) -> bool:
        """Whether a cell further on can be the value: a number for a number, no label of something else."""
        text = self.area.text(position).strip()
        if item.kind.numeric:
            return _DIGIT.match(text.lstrip("¥￥-")) is not None
        return not text.endswith((":", "：")) and _OTHER_LABEL.fullmatch(text) is None


def names_of(item: Field) -> Iterable[tuple[str, str]]:
    """Every label of a field, with its key; a label of 收入_其他资金 is 其他资金."""
    own = item.key.rpartition("_")[2]
    return ((YEAR.sub("", label), item.key) for label in (*(() if own == "合计" else (own,)), *item.aliases))


def beside_label(search: LabelSearch, items: Iterable[Field], *, rows: range | None = None) -> None:
    """Locate fields whose value stands right of the label, or in the same cell after a colon."""
    by_key = {item.key: item for item in items}
    labels = Labels(pair for item in by_key.values() for pair in names_of(item))
    several = _any_of(pair[0] for item in by_key.values() for pair in names_of(item))
    for position, text in list(search.area.texts()):
        if rows is not None and position[0] not in rows:
            continue
        key = labels.find(text)
        if key is not None:
            if key not in search.cells:
                (add_beside_or_blank if text.rstrip().endswith((":", "：")) else LabelSearch.put_beside)(
                    search, by_key[key], position
                )
        elif len(several.findall(text)) > 1:
            _add_parts(
                search, {name: by_key[key] for name in several.findall(text) if (key := labels.find(name))}, position
            )
        else:
            _add_inline(search, by_key, labels, position)


def _add_inline(search: LabelSearch, by_key: dict[str, Field], labels: Labels, position: Position) -> None:
    """Locate a field whose label and value share a cell, or whose label ends with a colon."""
    match = _INLINE.match(_OF_WHICH.sub("", search.area.text(position)))
    key = labels.find(YEAR.sub("", fold_label(match["label"]))) if match else None
    if match is None or key is None or key in search.cells:
        return
    search.used.add(position)
    search.labels.setdefault(key, position)
    if match["value"].strip():
        search.put_inline(by_key[key], position, match["value"])
    else:
        add_beside_or_blank(search, by_key[key], position)


def add_beside_or_blank(search: LabelSearch, item: Field, position: Position) -> None:
    """Locate a field whose label ends with a colon: its value stands right of it, or is missing in the same cell."""
    right = search.area.next_to(position)
    if not search.area.has_cell(right) or search.is_label(right):
        search.used.add(position)
        search.labels.setdefault(item.key, position)
        search.put_inline(item, position, "")
    else:
        search.put_beside(item, position)


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    """Matches any of these labels before a colon, with or without white space between their characters."""
    spaced = (r"\s*".join(map(re.escape, name)) for name in sorted(names, key=len, reverse=True))
    return re.compile(f"(?<![\u4e00-\u9fff])({'|'.join(spaced)})\\s*[:：]")


def _any_name(names: Iterable[str]) -> re.Pattern[str]:
    """Matches any of these names before a colon."""
    return re.compile("(" + "|".join(sorted(map(re.escape, names), key=len, reverse=True)) + r")\s*[:：]")


def _add_parts(search: LabelSearch, items: dict[str, Field], position: Position) -> None:
    """Locate several fields in one cell, each with its value behind a colon."""
    parts = _any_name(items).split(search.area.text(position))
    if parts[0].strip():
        return
    search.used.add(position)
    for name, value in zip(parts[1::2], parts[2::2], strict=True):
        search.labels.setdefault(items[name].key, position)
        search.put_inline(items[name], position, value)


def near_label(search: LabelSearch, items: Iterable[Field], *, rows: range | None = None) -> None:
    """Locate fields whose value stands under the label, as in a table with one row of heads, or right of it."""
    by_key = {item.key: item for item in items}
    labels = Labels(pair for item in by_key.values() for pair in names_of(item))
    heads_near(search, by_key, labels, rows)


def heads_near(
    search: LabelSearch,
    by_key: dict[str, Field],
    labels: Labels,
    rows: range | None = None,
    passed_over: Callable[[Position], bool] = lambda _: False,
) -> None:
    """As `near_label`, by other labels than the fields' own; labels that are `passed_over` head something else."""
    for position, text in list(search.area.texts()):
        if rows is not None and position[0] not in rows:
            continue
        key = labels.find(YEAR.sub("", fold_label(text)))
        if key is None:
            _add_inline(search, by_key, labels, position)
        elif key not in search.cells and not passed_over(position):
            right = search.area.right_of(position)
            beside = search.area.holds(right) and not search.area.is_blank(right) and not search.is_label(right)
            (search.put_beside if beside else search.put_below)(by_key[key], position)


_FOOT_LABEL = re.compile(
    "("
    + "|".join(r"\s*".join(map(re.escape, name)) for name in sorted(_FOOT, key=len, reverse=True))
    + r")(?:\s*[(（][^()（）]*[)）])?\s*(?:[:：]|(?=\s)|$)"
)


def foot_of(search: LabelSearch) -> None:
    """Locate the foot: 填表人：某某 填报日期：… 联系电话：… in one cell, or each beside its label."""
    table_rows = {row for rows in search.rows.values() for row in rows}
    below_head = min({*table_rows, *(row for row, _ in search.amounts)}, default=0)
    for position, text in list(search.area.texts()):
        pieces = _FOOT_LABEL.split(text) if position[0] not in table_rows else ()
        if len(pieces) < 2:  # noqa: PLR2004 - no label parts the text
            continue
        parts = list(zip(pieces[1::2], pieces[2::2], strict=True))
        if fold_label(pieces[0]):
            parts = _foot_in_line(text) if is_line(search.area, position) else []
        is_of_head = position[0] < below_head and not is_line(search.area, position)
        for name, value in parts:
            item = _FOOT[re.sub(r"\s+", "", name)]
            if is_of_head and item in {foot.phone, foot.signature}:
                continue  # those of the project or of its department
            search.used.add(position)
            search.labels.setdefault(item.key, position)
            if value.strip() or len(parts) > 1 or fold_label(pieces[0]):
                search.put_inline(item, position, value_before_next_label(value))
            elif item.key not in search.cells:
                add_beside_or_blank(search, item, position)


def _foot_in_line(text: str) -> list[tuple[str, str]]:
    """The parts of the foot in a line that begins with another label: 单位名称：某局　　填报日期：…."""
    parts = [(without_note(fold_label(label)), value) for label, value in parts_of_line(text, _is_foot_label)]
    return [(label, value) for label, value in parts if label in _FOOT]


def _is_foot_label(label: str) -> bool:
    return without_note(fold_label(label)) in _FOOT


def is_line(area: Area, position: Position) -> bool:
    """Whether a cell is the only filled cell of its row but for a number, as the lines above and below a table are."""
    row, column = position
    return area.columns(row)[-1:] == [column] and all(
        is_number_of_row(area.text((row, left))) for left in area.columns(row)[:-1]
    )
