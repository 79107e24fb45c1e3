"""What the label locator finds, and the search for labels and values that all forms share."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xltool.forms import foot
from xltool.reader.labels.area import Area, Labels, Spot, fold_label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xltool.expr import Field

BY_LABEL, BY_NEIGHBOUR = "label", "neighbour"
_INLINE = re.compile(r"^(?P<label>[^:：]{2,30})[:：](?P<value>.*)$", re.DOTALL)
_OF_WHICH = re.compile(r"^\s*其中\s*[:：]")
_FOOT = {
    alias: item
    for item in (foot.filler, foot.filed_on, foot.phone, foot.signature)
    for alias in (item.key, *item.aliases)
    if alias != "日期"
}
_FOOT_LABEL = re.compile("(" + "|".join(sorted(map(re.escape, _FOOT), key=len, reverse=True)) + r")\s*[:：]?")


@dataclass
class Found:
    """Cells of a form found by their labels.

    `inline` holds the part of a cell's text that is the value, where label and value share a cell;
    `how` whether a field was found by its label or only by its neighbours; `used` every cell that
    was understood, labels included.
    """

    area: Area
    cells: dict[str, Spot] = field(default_factory=dict)
    inline: dict[str, str] = field(default_factory=dict)
    how: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[int]] = field(default_factory=dict)
    columns: dict[str, dict[str, int]] = field(default_factory=dict)
    joined: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Columns whose texts together make the value of a column (指标性质, 指标值, 度量单位)."""
    used: set[Spot] = field(default_factory=set)
    years: dict[str, tuple[int, Spot]] = field(default_factory=dict)
    """Years printed in heads, by the key of the field they are kept in, with their cells."""

    def put(self, item: Field, spot: Spot, *, how: str = BY_LABEL) -> None:
        """Note where a field stands; the first place found counts."""
        if item.key not in self.cells:
            self.cells[item.key] = spot
            self.how[item.key] = how
            self.used.add(spot)

    def put_inline(self, item: Field, spot: Spot, value: str) -> None:
        """Note a field whose value stands in one cell with its label."""
        if item.key not in self.cells:
            self.put(item, spot)
            self.inline[item.key] = value


def names_of(item: Field) -> Iterable[tuple[str, str]]:
    """Every label of a field, with its key; of 收入_其他资金 the label is 其他资金."""
    own = item.key.rpartition("_")[2]
    return ((label, item.key) for label in (*(() if own == "合计" else (own,)), *item.aliases))


def beside_label(found: Found, items: Iterable[Field], *, rows: range | None = None) -> None:
    """Fields whose value stands right of the label, or in the same cell after a colon."""
    by_key = {item.key: item for item in items}
    labels = Labels(pair for item in by_key.values() for pair in names_of(item))
    for spot, text in list(found.area.texts()):
        if rows is not None and spot[0] not in rows:
            continue
        key = labels.find(text)
        if key is not None and key not in found.cells:
            found.used.add(spot)
            found.put(by_key[key], found.area.right_of(spot))
            continue
        match = _INLINE.match(_OF_WHICH.sub("", text))
        key = labels.find(match["label"]) if match else None
        if match and key is not None:
            _take_inline(found, by_key[key], spot, match["value"])


def _take_inline(found: Found, item: Field, spot: Spot, value: str) -> None:
    found.used.add(spot)
    neighbour = found.area.right_of(spot)
    if value.strip() or not found.area.text(neighbour).strip():
        found.put_inline(item, spot, value)
    else:
        found.put(item, neighbour)


def below_label(found: Found, items: Iterable[Field], *, rows: range | None = None) -> None:
    """Fields whose value stands under the label, as in a table with one row of heads."""
    by_key = {item.key: item for item in items}
    labels = Labels(pair for item in by_key.values() for pair in names_of(item))
    for spot, text in list(found.area.texts()):
        key = labels.find(_without_year(text)) if rows is None or spot[0] in rows else None
        if key is not None and key not in found.cells:
            found.used.add(spot)
            found.put(by_key[key], found.area.below(spot))


def _without_year(text: str) -> str:
    return re.sub(r"20\d\d\s*年度?", "", text)


def foot_of(found: Found) -> None:
    """The foot: 填表人：某某 填报日期：… 联系电话：… in one cell, or each beside its label."""
    for spot, text in list(found.area.texts()):
        parts = _FOOT_LABEL.split(text)
        several = len(parts[1::2]) > 1
        if len(parts) == 1 or fold_label(parts[0]):
            continue
        found.used.add(spot)
        for name, value in zip(parts[1::2], parts[2::2], strict=True):
            item = _FOOT[name]
            if value.strip() or several or not found.area.text(found.area.right_of(spot)).strip():
                found.put_inline(item, spot, value)
            else:
                found.put(item, found.area.right_of(spot))
