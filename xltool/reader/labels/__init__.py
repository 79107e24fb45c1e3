"""Forms found by their labels: any layout but the issued template.

A form is recognised by its title or by labels that only it has; the region from its title to the
next title is searched for its fields, row label × column head.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xltool.forms import base_data, project, self_review
from xltool.reader.labels.area import Area, Labels, fold_label
from xltool.reader.labels.base_form import locate_base_data
from xltool.reader.labels.found import Found
from xltool.reader.labels.review_forms import locate_project, locate_self_review

if TYPE_CHECKING:
    from xltool.forms.model import Form
    from xltool.reader.model import Sheet

_TITLES = (
    (re.compile(r"整体支出绩效评价基础数据表|绩效评价基础数据表"), base_data.FORM),
    (re.compile(r"项目(支出)?绩效(目标)?自评表|专项资金绩效目标自评表|项目支出绩效自评表"), project.FORM),
    (re.compile(r"整体(支出)?绩效(目标)?自评表"), self_review.FORM),
)
_YEAR = re.compile(r"(20\d\d)\s*年?")
_TITLE_LENGTH = 60
_SIGNS = (
    (base_data.FORM, ("编制数", "三公经费", "公用经费"), 2),
    (self_review.FORM, ("按收入性质分", "按支出性质分"), 1),
    (project.FORM, ("项目支出名称", "当年财政拨款", "本年财政拨款", "实施单位"), 2),
)


@dataclass(frozen=True)
class Region:
    """A form and the part of a sheet it takes up; `year` as its title says."""

    form: Form
    sheet: Sheet
    top: int
    bottom: int
    year: int | None


def find(region: Region) -> Found:
    """Where the fields of a form stand."""
    area = Area(region.sheet, region.top, region.bottom)
    if region.form is base_data.FORM:
        return locate_base_data(area, region.year)
    return locate_self_review(area) if region.form is self_review.FORM else locate_project(area)


def regions(sheet: Sheet) -> list[Region]:
    """The forms on a sheet, from the top."""
    last = sheet.extent[0]
    titles = _titles(sheet)
    if not titles:
        form = _by_signs(sheet)
        return [] if form is None else [Region(form, sheet, 1, last, None)]
    starts = [1, *(row for row, _, _ in titles[1:])]
    ends = [*(row - 1 for row in starts[1:]), last]
    return [
        Region(form, sheet, top, bottom, year)
        for (_, form, year), top, bottom in zip(titles, starts, ends, strict=True)
    ]


def _titles(sheet: Sheet) -> list[tuple[int, Form, int | None]]:
    """Rows of titles; a mark such as 附件2 above a title belongs to it."""
    found = []
    for (row, _), cell in sorted(sheet.cells.items()):
        if not isinstance(cell.value, str) or len(cell.value) > _TITLE_LENGTH:
            continue
        folded = re.sub(r"\s+", "", cell.value)
        form = next((form for pattern, form in _TITLES if pattern.search(folded)), None)
        if form is not None and not folded.endswith("报告"):
            year = _YEAR.search(folded)
            found.append((row, form, int(year[1]) if year else None))
    return found


def _by_signs(sheet: Sheet) -> Form | None:
    labels = {form.key: Labels((sign, sign) for sign in signs) for form, signs, _ in _SIGNS}
    for form, _, needed in _SIGNS:
        seen = {
            sign
            for cell in sheet.cells.values()
            if isinstance(cell.value, str) and (sign := labels[form.key].find(cell.value.partition("：")[0]))
        }
        if len(seen) >= needed:
            return form
    return None


__all__ = ["Found", "Region", "find", "fold_label", "regions"]
