"""The year a form is about, where its title does not say it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from xltool.reader.labels.area import fold_label
from xltool.reader.labels.search import is_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.reader.labels.area import Area

_LINES: Final = 6
"""Rows from the top of a form in which a line can say its year."""
_LONGEST: Final = 60
_IN_LINE: Final = re.compile(r"(?<!\d)(20\d\d)年度|(?<!\d)(20\d\d)年(?!度|\d)")
"""2023年度, or 2023年 that is not the beginning of a date."""
_LABEL: Final = re.compile(r"(?:评价|填报|自评|预算|所属|报告|项目)?年度")
_YEAR: Final = re.compile(r"(20\d\d)年?度?")
_LABELLED: Final = re.compile(rf"{_LABEL.pattern}:{_YEAR.pattern}")
_PERIOD_LABEL: Final = re.compile(r"(?:项目)?(?:起止|实施|执行|建设)(?:时间|年限|日期|期限|期)|专项实施期")
_YEARS: Final = re.compile(r"(?<!\d)20\d\d(?!\d)")


def year_of(area: Area) -> int | None:
    """The year that a line above the table says, else a cell for the year, else the period of the project."""
    return next((year for year in _years(area) if year is not None), None)


def _years(area: Area) -> Iterator[int | None]:
    """The year by each of the three ways, the most certain first."""
    texts = [(position, fold_label(text)) for position, text in area.texts() if len(text) <= _LONGEST]
    for position, text in texts:
        match = _IN_LINE.search(text) if position[0] < area.top + _LINES and is_line(area, position) else None
        if match:
            yield int(match[1] or match[2])
    for position, text in texts:
        labelled = _LABELLED.fullmatch(text)
        if labelled:
            yield int(labelled[1])
        elif _LABEL.fullmatch(text):
            match = _YEAR.fullmatch(fold_label(area.text(area.right_of(position))))
            yield int(match[1]) if match else None
    for position, text in texts:
        if _PERIOD_LABEL.fullmatch(text):
            years = set(_YEARS.findall(area.text(area.right_of(position))[:_LONGEST]))
            yield int(years.pop()) if len(years) == 1 else None
