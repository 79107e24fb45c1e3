"""Forms located by their labels, in any layout but the issued template.

A form is recognised by its title or by labels that only it has; the region from its title to the
next title is searched for its fields, row label × column head.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from xltool.forms import base_data, project, self_review
from xltool.reader.a1 import COLUMNS
from xltool.reader.labels.area import Area, Labels, fold_label, has_heads_of_names
from xltool.reader.labels.base_form import locate_base_data
from xltool.reader.labels.kinds import OtherForm, booklet, other_form, part_of_booklet, reviewed_form, table_of_points
from xltool.reader.labels.review_forms import locate_project, locate_self_review
from xltool.reader.labels.years import year_of

if TYPE_CHECKING:
    from xltool.forms.model import Form
    from xltool.reader.labels.search import LabelSearch
    from xltool.reader.model import Sheet

_WRAPPED = re.compile(r"^[《“(（]?(?:附[件表]\d*[:：.、]?)?|(?:[(（][^()（）]*[)）]){0,8}[》”)）]?$")
_BASE = re.compile(r"基础数据表$")
_REVIEW = re.compile(r"绩效(?:目标)?(?:自评价?|自我评价|完成情况自评|(?:目标)?完成情况对比)(?:情况)?表$")
_PROJECT_REVIEW = re.compile(r"(?:项目|专项|资金|部门|整体|支出)自评价?表$")
_GOALS = re.compile(r"目标(?:申报|申请|批复|审核|审批|备案)?表$|绩效.{0,8}(?:监控|跟踪)(?:情况)?表$|绩效.{0,8}申报表$")
"""Titles of forms of goals and of monitoring, which end a form above them."""
_RESULTS = re.compile(r"自评|自我评价|完成|实现")
_PERFORMANCE = re.compile(r"绩\s*效|自\s*评|指\s*标|目\s*标|完\s*成|执\s*行|决\s*算|支\s*出")
_OTHER = re.compile(r"(?:自评|自我评价|绩效评价)报告$|绩效评价指标(?:评分)?表$|评分表$")
_WHOLE, _PROJECT, _TRANSFER = re.compile(r"整体"), re.compile(r"项目|专项"), re.compile(r"转移支付")
_YEAR = re.compile(r"(20\d\d)\s*年?")
_YEAR_ALONE = re.compile(r"[(（]?(20\d\d)年度?[)）]?")
_MARK = re.compile(r"(?:附[件表]|公开)[\d一二三四五六七八九十]*(?:表)?[:：]?")
_TITLE_LENGTH = 60
_TITLE_ROWS = 3
"""Two titles of one form within so many rows are one title (附件2 部门整体支出绩效自评表, and the title proper)."""
DEEPEST = 300
"""Rows in which a sheet without a title of ours is searched for what it is."""
_FEWEST_FIELDS = 3
"""Fewer fields and columns than this make no form without a title: a table of contents names forms, too."""
_NAMES = (base_data.unit.key, self_review.department.key, project.name.key)
_ALL_NAMES = {*_NAMES, project.supervisor.key, project.implementer.key}
_SIGNS = (
    (base_data.FORM, ("编制数", "人员编制", "三公经费", "公用经费", "厉行节约保障措施"), 2),
    (self_review.FORM, ("按收入性质分", "按支出性质分"), 1),
    (project.FORM, ("项目支出名称", "项目名称", "当年财政拨款", "本年财政拨款", "实施单位", "项目单位"), 2),
    (self_review.FORM, ("市级预算部门名称", "预算部门名称", "部门名称"), 1),
)


@dataclass(frozen=True)
class Region:
    """A form and the part of a sheet it takes up; `year` as its title says."""

    form: Form
    sheet: Sheet
    top: int
    bottom: int
    year: int | None
    left: int = 1
    right: int = COLUMNS
    is_titled: bool = False
    """Whether a line above it names the form."""

    @cached_property
    def area(self) -> Area:
        """The cells of the region."""
        return Area(self.sheet, self.top, self.bottom, self.left, self.right)


@dataclass(frozen=True)
class _Title:
    """A line that names a form; `form` is None for the title of a report or a table of scores."""

    row: int
    column: int
    form: Form | None
    year: int | None
    is_of_goals: bool = False


def search_fields(region: Region) -> LabelSearch:
    """Search a region for the fields of its form."""
    area = region.area
    if region.form is base_data.FORM:
        return locate_base_data(area, region.year)
    locate = locate_self_review if region.form is self_review.FORM else locate_project
    return locate(area, region.year)


def is_form(search: LabelSearch, *, is_titled: bool) -> bool:
    """Whether enough fields and columns were found to call it a form; below a title a filled name is enough.

    Without a title, names alone make no form: the grounds and the plan of a project begin with them, too.
    """
    if len(search.cells) + sum(map(len, search.columns.values())) >= _FEWEST_FIELDS:
        return is_titled or bool(search.columns) or not search.cells.keys() <= _ALL_NAMES
    names = (key for key in _NAMES if key in search.cells)
    return is_titled and any(key in search.inline or not search.area.is_blank(search.cells[key]) for key in names)


def find_regions(sheet: Sheet) -> list[Region]:
    """The forms on a sheet, from the top."""
    last = sheet.extent[0]
    titles = _titles(sheet)
    if all(title.is_of_goals for title in titles):
        filled = {row for row, _ in sheet.cells if titles and row < titles[0].row}
        return _untitled(sheet, titles[0].row - 1 if len(filled) > _TITLE_ROWS else last)
    rows = [(row, list(same)) for row, same in groupby(titles, key=lambda title: title.row)]
    tops = [_above(sheet, row) for row, _ in rows]
    above = _untitled(sheet, tops[0] - 1) if has_heads_of_names(Area(sheet, 1, tops[0] - 1)) else []
    tops[0] = tops[0] if above else 1
    ends = [*(top - 1 for top in tops[1:]), last]
    return [
        *above,
        *(
            region
            for (_, same), top, bottom in zip(rows, tops, ends, strict=True)
            for region in _side_by_side(sheet, same, top, bottom)
        ),
    ]


def _untitled(sheet: Sheet, last: int) -> list[Region]:
    """The form in the first rows of a sheet that no title names, known by its labels."""
    area = Area(sheet, 1, min(last, DEEPEST))
    if other_form(area) is not None:
        return []
    form = _form_by_signs(sheet, 1, last)
    if form is not base_data.FORM and not _is_about_performance(area):
        form = None
    form = form or reviewed_form(area)
    return [] if form is None else [_dated(Region(form, sheet, 1, last, None))]


def _is_about_performance(area: Area) -> bool:
    """Whether a form says anything of performance, results or spending: others have names and money, too."""
    return any(_PERFORMANCE.search(text) for _, text in area.texts() if len(text) <= _TITLE_LENGTH)


def find_other_form(sheet: Sheet) -> OtherForm | None:
    """What a sheet without a self-evaluation is, if it is a form of another kind."""
    area = Area(sheet, 1, min(sheet.extent[0], DEEPEST))
    return other_form(area) or booklet(area) or table_of_points(area)


def find_part_of_booklet(sheet: Sheet) -> OtherForm | None:
    """What a sheet beside a booklet has of it, if it is a part."""
    return part_of_booklet(Area(sheet, 1, min(sheet.extent[0], DEEPEST)))


def _side_by_side(sheet: Sheet, titles: list[_Title], top: int, bottom: int) -> list[Region]:
    """The forms whose titles stand in one row, each with its columns."""
    lefts = [1, *(title.column for title in titles[1:])]
    rights = [*(left - 1 for left in lefts[1:]), COLUMNS]
    return [
        _dated(Region(title.form, sheet, top, bottom, title.year, left, right, is_titled=True))
        for title, left, right in zip(titles, lefts, rights, strict=True)
        if title.form is not None
    ]


def _dated(region: Region) -> Region:
    """The region with its year, which may stand on a line of its own below the title: （2023年度）."""
    if region.year is not None:
        return region
    for (row, _), text in region.area.texts():
        match = _YEAR_ALONE.fullmatch(fold_label(text))
        if match and row <= region.top + 2 * _TITLE_ROWS:
            return replace(region, year=int(match[1]))
    return replace(region, year=year_of(region.area))


def _above(sheet: Sheet, row: int) -> int:
    """The first row of a title, which a mark such as 附件2 above it belongs to."""
    while row > 1:
        texts = [str(cell.value) for (at, _), cell in sheet.cells.items() if at == row - 1 and cell.value is not None]
        if not texts or not all(_MARK.fullmatch(re.sub(r"\s+", "", text)) for text in texts):
            return row
        row -= 1
    return row


def _titles(sheet: Sheet) -> list[_Title]:
    """Titles by row and column; two titles of one form close together count as one."""
    titles = []
    last = sheet.extent[0]
    for (row, column), cell in sorted(sheet.cells.items()):
        if not isinstance(cell.value, str) or len(cell.value) > _TITLE_LENGTH:
            continue
        full = re.sub(r"\s+", "", cell.value)
        folded = _WRAPPED.sub("", full)
        year = _YEAR.search(full)
        if _OTHER.search(folded):
            titles.append(_Title(row, column, None, None))
        elif _GOALS.search(folded) and not _RESULTS.search(folded) and _is_line(sheet, row):
            titles.append(_Title(row, column, None, None, is_of_goals=True))
        elif any(words.search(folded) for words in (_BASE, _REVIEW, _PROJECT_REVIEW)):
            form = base_data.FORM if _BASE.search(folded) else _form_of_review(sheet, row, last, folded)
            titles.append(_Title(row, column, form, int(year[1]) if year else None))
    return _merge_double_titles(titles)


def _is_line(sheet: Sheet, row: int) -> bool:
    """Whether a row has one filled cell."""
    return sum(at == row and cell.value is not None for (at, _), cell in sheet.cells.items()) == 1


def _merge_double_titles(titles: list[_Title]) -> list[_Title]:
    """Titles by row and column, with two of one form close together merged into the upper one's place."""
    kept = titles[-1:]
    for upper, lower in reversed(list(pairwise(titles))):
        close = upper.row != lower.row and lower.row - upper.row <= _TITLE_ROWS
        if close and upper.form is lower.form:
            merged = replace(kept[0], row=upper.row, column=upper.column, year=upper.year or kept[0].year)
            kept[0] = merged
        else:
            kept.insert(0, upper)
    return kept


def _form_of_review(sheet: Sheet, row: int, last: int, title: str) -> Form:
    """The department review or the project review, by the title, or by the labels below a title that names neither."""
    if _WHOLE.search(title) and not _TRANSFER.search(title):
        return self_review.FORM
    if _PROJECT.search(title) or _TRANSFER.search(title):
        return project.FORM
    form = _form_by_signs(sheet, row, last)
    return self_review.FORM if form is self_review.FORM else project.FORM


def _form_by_signs(sheet: Sheet, top: int, bottom: int) -> Form | None:
    """The form whose own labels stand in these rows."""
    texts = {
        cell.value.partition("：")[0]
        for (row, _), cell in sheet.cells.items()
        if top <= row <= bottom and isinstance(cell.value, str) and len(cell.value) <= _TITLE_LENGTH
    }
    for form, signs, needed in _SIGNS:
        labels = Labels((sign, sign) for sign in signs)
        if len({sign for text in texts if (sign := labels.find(text))}) >= needed:
            return form
    return None
