"""Names and the total in the head of a form: in the table, or in the lines above it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from xltool.forms import review as r
from xltool.reader.labels.area import Labels, fold_label, without_note
from xltool.reader.labels.header_words import OF_CITY
from xltool.reader.labels.lines import LONGEST_LINE, parts_of_line
from xltool.reader.labels.search import LabelSearch, add_beside_or_blank, is_line, names_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xltool.expr.nodes import Field
    from xltool.reader.a1 import Position

_TOTAL = re.compile(
    r"(?:项目|自评|绩效|综合|评价|评分){0,2}(?:总得分|总分|综合得分|得分合计)|(?:项目|部门|整体|支出|绩效){1,3}自评(?:得分|分)"
)
_TOTAL_IN_LINE = re.compile(rf"{_TOTAL.pattern}|自评(?:得分|分)")
"""Above or below a table 自评得分 is its total; on a table it heads a column."""
_NUMBER = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)\s*分?")
_SEAL = re.compile(r"[（(](?:盖章|公章|签章)[）)]$")
_GAP = re.compile(r"\s{2,20}")
"""Behind a gap in a line stands something else than the name: a year, a seal, a signature."""
_BEFORE_SLASH = re.compile(r"([^/／]{1,60})[/／].{1,60}", re.DOTALL)
"""The unit, of a cell that holds the unit and a person: 项目实施单位/项目负责人."""
_LONGEST_LABEL = 40


@dataclass(frozen=True)
class Name:
    """A field of a name with the patterns of its labels; the weak ones count where the form has no other."""

    item: Field
    labels: re.Pattern[str]
    weak: re.Pattern[str] | None = None


class _Labelled(NamedTuple):
    """A label of a name; `value` where it stands in one cell with it. The lower the rank, the earlier it counts."""

    rank: tuple[int, bool]
    position: Position
    item: Field
    value: str | None


class _NameLabels:
    """The labels of several names."""

    def __init__(self, names: Sequence[Name]) -> None:
        """The names whose labels are looked for."""
        self._names = names
        self._own = Labels(pair for name in names for pair in names_of(name.item))
        self._by_key = {name.item.key: name.item for name in names}

    def find(self, text: str) -> tuple[int, Field] | None:
        """Rank and field of a label, 1 where it is a weak one or of a city; None for any other text."""
        if len(text) > _LONGEST_LABEL:
            return None
        folded = fold_label(text)
        of_city = OF_CITY.match(folded) is not None
        own = self._own.find(text)
        if own is not None:
            return int(of_city), self._by_key[own]
        spellings = (folded, without_note(folded), folded.partition("/")[0])
        for rank in (0, 1):
            for name in self._names:
                pattern = name.weak if rank else name.labels
                if pattern is not None and any(map(pattern.fullmatch, spellings)):
                    return max(rank, of_city), name.item
        return None


def locate_names(search: LabelSearch, names: Sequence[Name]) -> None:
    """Locate names beside their labels; a cell of the table counts before a line with label and value."""
    for labelled in sorted(_labelled(search, _NameLabels(names)), key=lambda labelled: labelled.rank):
        if labelled.item.key not in search.cells:
            _put(search, labelled)


def _labelled(search: LabelSearch, labels: _NameLabels) -> Iterator[_Labelled]:
    """The labels of names, in reading order."""
    for position, text in search.area.texts():
        named = labels.find(text)
        if named is not None:
            yield _Labelled((named[0], False), position, named[1], None)
            continue
        for label, value in parts_of_line(text, lambda label: labels.find(label) is not None):
            named = labels.find(label)
            if named is not None:
                yield _Labelled((named[0], True), position, named[1], value)


def _put(search: LabelSearch, labelled: _Labelled) -> None:
    """Note where a name stands: in the cell of its label, right of it, or below it in a table with a row of labels."""
    _, position, item, value = labelled
    if value:
        search.labels.setdefault(item.key, position)
        search.put_inline(item, position, _SEAL.sub("", _GAP.split(value, maxsplit=1)[0]).rstrip())
        return
    if _is_in_row_of_labels(search, position):
        search.put_below(item, position)
    elif value is None and not search.area.text(position).rstrip().endswith((":", "：")):
        search.put_beside(item, position)
    else:
        add_beside_or_blank(search, item, position)
    if "/" in fold_label(search.area.text(position)):
        search.narrow(item, _BEFORE_SLASH)


def _is_in_row_of_labels(search: LabelSearch, label: Position) -> bool:
    """Whether a label heads a column: no value stands beside it, but one below, and a label is its neighbour."""
    area = search.area
    right, below = area.right_of(label), area.under(label)
    if not (area.is_blank(right) or search.is_label(right)) or area.is_blank(below) or search.is_label(below):
        return False
    left = area.corner((label[0], label[1] - 1))
    return search.is_label(right) or (left[1] >= area.left and search.is_label(left))


def locate_total(search: LabelSearch, item: Field) -> None:
    """Locate a total beside or below its label, or in a line with other labels, where the table has none."""
    if item.key in search.cells:
        return
    area, table_rows = search.area, set(search.rows.get(r.INDICATORS, ()))
    for position, text in list(area.texts()):
        if position[0] in table_rows or len(text) > LONGEST_LINE:
            continue
        points = _points_in_line(text) if is_line(area, position) else None
        if points is not None:
            search.put_inline(item, position, points)
            return
        if position not in search.used and _TOTAL.fullmatch(without_note(fold_label(text))):
            places = filter(None, (area.right_of(position), area.below(position), area.later(position)))
            place = next((place for place in places if _NUMBER.fullmatch(area.text(place).strip())), None)
            if place is not None:
                search.used.add(position)
                search.put(item, place)
                return


def _points_in_line(text: str) -> str | None:
    """The total in a line of labels with their values; None where it has none."""
    for label, value in parts_of_line(text, lambda _: False):
        points = _NUMBER.match(value)
        if points and _TOTAL_IN_LINE.fullmatch(without_note(fold_label(label))):
            return points[1]
    return None
