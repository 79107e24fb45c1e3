"""What the label locator finds, and the search for labels and values that all forms share."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xltool.forms import foot
from xltool.reader.a1 import COLUMNS, ROWS
from xltool.reader.labels.area import Area, Labels, Position, fold_label
from xltool.reader.labels.words import is_label
from xltool.reader.notation.tokens import emptiness, fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xltool.expr.nodes import Field
    from xltool.forms.model import Form
    from xltool.reader.labels.splits import Joined

BY_LABEL, BY_NEIGHBOUR = "label", "neighbour"
_INLINE = re.compile(r"^(?P<label>[^:：]{2,30})[:：](?P<value>.*)$", re.DOTALL)
_OF_WHICH = re.compile(r"^\s*其中\s*[:：]")
_YEAR = re.compile(r"20\d\d\s*年度?")
_DIGIT = re.compile(r"\d")
_FOOT = {
    alias: item
    for item in (foot.filler, foot.filed_on, foot.phone, foot.signature)
    for alias in (item.key, *item.aliases)
    if alias != "日期"
}


@dataclass
class LabelSearch:
    """Cells of a form found by their labels.

    `inline` holds the part of a cell's text that is the value, where label and value share a cell;
    `how` whether a field was found by its label or only by its neighbours; `used` every cell that
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
    joined: dict[str, Joined] = field(default_factory=dict)
    """Columns of a table that are split over several columns of the sheet."""
    used: set[Position] = field(default_factory=set)
    grade: tuple[str, Position] | None = None
    """The grade printed beside the total, with its cell."""
    years: dict[str, tuple[int, Position]] = field(default_factory=dict)
    """Years printed in heads, by the key of the field they are kept in, with their cells."""

    def put(self, item: Field, spot: Position, *, how: str = BY_LABEL) -> None:
        """Note where a field of the form stands; the first place found counts, and the first field at a place.

        Of a mark for "nothing to report", merged over several, each of them may be told.
        """
        if item.key not in self.cells and item.key in self.form.fields and not self._is_taken(spot):
            self.cells[item.key] = spot
            self.how[item.key] = how
            self.used.add(spot)

    def put_inline(self, item: Field, spot: Position, value: str) -> None:
        """Note a field whose value stands in one cell with its label."""
        if item.key not in self.cells and item.key in self.form.fields:
            self.cells[item.key], self.how[item.key], self.inline[item.key] = spot, BY_LABEL, value
            self.used.add(spot)

    def put_beside(self, item: Field, label: Position) -> None:
        """Note a field whose value stands right of its label.

        Where the next cell is empty but a later one in the row is filled and no label, the value may
        have slipped there: found by its neighbour only.
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
        if later is not None and not self.is_label(later) and self._may_be(item, later):
            self.put(item, later, how=BY_NEIGHBOUR)
        else:
            self.put(item, first)

    def put_below(self, item: Field, label: Position) -> None:
        """Note a field whose value stands under its label."""
        self.labels.setdefault(item.key, label)
        self.used.add(label)
        spot = self.area.below(label)
        if not self.area.holds(spot) or self.is_label(spot) or spot in self.cells.values():
            spot = self.area.under(label)
        if self.area.holds(spot) and not self.is_label(spot):
            self.put(item, spot)

    def _is_taken(self, spot: Position) -> bool:
        """Whether what stands in a cell is another field's value already, or there is no such cell."""
        if spot[0] > ROWS or spot[1] > COLUMNS:
            return True
        return spot in self.cells.values() and emptiness(fold(self.area.text(spot))[0]) is None

    def is_label(self, spot: Position) -> bool:
        """Whether a cell holds a text the form prints, or begins with one before a colon."""
        text = self.area.text(spot)
        inline = _INLINE.match(_OF_WHICH.sub("", text))
        return bool(text.strip()) and is_label(inline["label"] if inline else text, self.form)

    def _may_be(self, item: Field, spot: Position) -> bool:
        """Whether a cell further on can be the value: a number for a number, no label of something else."""
        text = self.area.text(spot).strip()
        if item.kind.numeric:
            return _DIGIT.match(text.lstrip("¥￥-")) is not None
        return not text.endswith((":", "："))


def names_of(item: Field) -> Iterable[tuple[str, str]]:
    """Every label of a field, with its key; of 收入_其他资金 the label is 其他资金."""
    own = item.key.rpartition("_")[2]
    return ((_YEAR.sub("", label), item.key) for label in (*(() if own == "合计" else (own,)), *item.aliases))


def beside_label(found: LabelSearch, items: Iterable[Field], *, rows: range | None = None) -> None:
    """Fields whose value stands right of the label, or in the same cell after a colon."""
    by_key = {item.key: item for item in items}
    labels = Labels(pair for item in by_key.values() for pair in names_of(item))
    several = _any_of(pair[0] for item in by_key.values() for pair in names_of(item))
    for spot, text in list(found.area.texts()):
        if rows is not None and spot[0] not in rows:
            continue
        key = labels.find(text)
        if key is not None:
            if key not in found.cells:
                (_beside_or_in if text.rstrip().endswith((":", "：")) else LabelSearch.put_beside)(
                    found, by_key[key], spot
                )
        elif len(several.findall(text)) > 1:
            _take_parts(
                found, {name: by_key[key] for name in several.findall(text) if (key := labels.find(name))}, spot
            )
        else:
            _take_inline(found, by_key, labels, spot)


def _take_inline(found: LabelSearch, by_key: dict[str, Field], labels: Labels, spot: Position) -> None:
    """A label and its value in one cell, or a label with a colon and its value beside it."""
    match = _INLINE.match(_OF_WHICH.sub("", found.area.text(spot)))
    key = labels.find(_YEAR.sub("", fold_label(match["label"]))) if match else None
    if match is None or key is None or key in found.cells:
        return
    found.used.add(spot)
    found.labels.setdefault(key, spot)
    if match["value"].strip():
        found.put_inline(by_key[key], spot, match["value"])
    else:
        _beside_or_in(found, by_key[key], spot)


def _beside_or_in(found: LabelSearch, item: Field, spot: Position) -> None:
    """A label that ends with a colon: its value stands right of it, or is missing in the very cell."""
    right = found.area.next_to(spot)
    if not found.area.has_cell(right) or found.is_label(right):
        found.used.add(spot)
        found.labels.setdefault(item.key, spot)
        found.put_inline(item, spot, "")
    else:
        found.put_beside(item, spot)


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    """Any of these labels before a colon, white space within disregarded."""
    spaced = (r"\s*".join(map(re.escape, name)) for name in sorted(names, key=len, reverse=True))
    return re.compile(f"(?<![\u4e00-\u9fff])({'|'.join(spaced)})\\s*[:：]")


def _any_name(names: Iterable[str]) -> re.Pattern[str]:
    """Any of these names as they stand, before a colon."""
    return re.compile("(" + "|".join(sorted(map(re.escape, names), key=len, reverse=True)) + r")\s*[:：]")


def _take_parts(found: LabelSearch, items: dict[str, Field], spot: Position) -> None:
    """Several labels in one cell, each with its value behind its colon."""
    parts = _any_name(items).split(found.area.text(spot))
    if parts[0].strip():
        return
    found.used.add(spot)
    for name, value in zip(parts[1::2], parts[2::2], strict=True):
        found.labels.setdefault(items[name].key, spot)
        found.put_inline(items[name], spot, value)


def near_label(found: LabelSearch, items: Iterable[Field], *, rows: range | None = None) -> None:
    """Fields whose value stands under the label, as in a table with one row of heads, or right of it."""
    by_key = {item.key: item for item in items}
    labels = Labels(pair for item in by_key.values() for pair in names_of(item))
    heads_near(found, by_key, labels, rows)


def heads_near(found: LabelSearch, by_key: dict[str, Field], labels: Labels, rows: range | None = None) -> None:
    """The same for labels that are not the fields' own."""
    for spot, text in list(found.area.texts()):
        if rows is not None and spot[0] not in rows:
            continue
        key = labels.find(_YEAR.sub("", fold_label(text)))
        if key is None:
            _take_inline(found, by_key, labels, spot)
        elif key not in found.cells:
            right = found.area.right_of(spot)
            beside = found.area.holds(right) and not found.area.is_blank(right) and not found.is_label(right)
            (found.put_beside if beside else found.put_below)(by_key[key], spot)


_FOOT_LABEL = re.compile(
    "("
    + "|".join(r"\s*".join(map(re.escape, name)) for name in sorted(_FOOT, key=len, reverse=True))
    + r")(?:\s*[(（][^()（）]*[)）])?\s*(?:[:：]|(?=\s)|$)"
)


def foot_of(found: LabelSearch) -> None:
    """The foot: 填表人：某某 填报日期：… 联系电话：… in one cell, or each beside its label."""
    taken = {row for rows in found.rows.values() for row in rows}
    for spot, text in list(found.area.texts()):
        parts = _FOOT_LABEL.split(text)
        if len(parts) == 1 or fold_label(parts[0]) or spot[0] in taken:
            continue
        found.used.add(spot)
        several = len(parts[1::2]) > 1
        for name, value in zip(parts[1::2], parts[2::2], strict=True):
            item = _FOOT[re.sub(r"\s+", "", name)]
            found.labels.setdefault(item.key, spot)
            if value.strip() or several:
                found.put_inline(item, spot, value)
            elif item.key not in found.cells:
                _beside_or_in(found, item, spot)
