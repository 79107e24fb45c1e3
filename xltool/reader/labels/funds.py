"""The funds of the two review forms, located by their lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from xltool.forms import project as p
from xltool.forms import self_review as s
from xltool.reader.labels.area import is_head_of_names
from xltool.reader.labels.fund_lines import FundBlock, Line, amount_in, find_amounts_below_heads, find_fund_block
from xltool.reader.labels.fund_words import AMOUNTS, EXECUTED, RATE, SCORE, WEIGHT, Source, source_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xltool.expr.nodes import Field
    from xltool.forms.review import Funds, YearFunds
    from xltool.reader.a1 import Position
    from xltool.reader.labels.area import Area
    from xltool.reader.labels.search import LabelSearch

_POINTS: Final = re.compile(r"(?<!\d)(\d{1,3}(?:\.\d{1,2})?)\s*分")
_KINDS: Final = (
    (Source.FISCAL, (Source.LEVEL, Source.BUDGET)),
    (Source.CARRIED, ()),
    (Source.OTHER, (Source.OWN,)),
)
"""The parts that the form of a project has, with the sources of which several may make up the part."""
_NATURES: Final = {Source.BASIC: s.basic_spending, Source.PROJECT: s.project_spending}
_MOST_LEVELS: Final = 2
"""Where a form parts 中央 from 地方, the money of one of them alone is the 财政拨款; finer parts have no field."""
_ROUNDED_SUM: Final = 0.015
"""By how much a sum may miss parts that were rounded to 0.01 each."""
SEVERAL_SOURCES: Final = "资金按多个来源分列，与表样的其中项不能一一对应"


def locate_funds(search: LabelSearch, year: YearFunds, breakdown: Sequence[Funds] = ()) -> FundBlock | None:
    """Locate the amounts of the year and of its parts; gives the block they stand in.

    `breakdown` are the lines 当年财政拨款, 上年结转资金, 其他资金, which only the form of a project has.
    """
    indicators = first_row_of_indicators(search.area)
    block = find_fund_block(search.area, indicators)
    if block is None or not any(line.source is Source.TOTAL for line in block.lines):
        block = find_amounts_below_heads(search.area, indicators) or block
    if block is None:
        return None
    search.used.update((block.head, column) for column in block.columns.values())
    search.amounts.update(at for line in block.lines if line.source is not None for at in line.cells.values())
    total = next((line for line in block.lines if line.source is Source.TOTAL), None)
    if total is not None and not _put_execution_below(search, block, total, year=year):
        _put(search, total, _fields(year) | _measures_of_execution(year))
    if breakdown:
        _put_breakdown(search, block, breakdown)
    else:
        _put_natures(search, block)
    _note_printed_weight(search, block, year)
    return block


def first_row_of_indicators(area: Area) -> int:
    """The row of the heads of the indicators; the row after the last where there is none."""
    heads = (row for (row, _), text in area.texts() if is_head_of_names(text))
    return next(heads, area.bottom + 1)


def _fields(line: Funds) -> dict[str, Field]:
    """The amounts of a line, by measure."""
    return dict(zip(AMOUNTS, line.amounts, strict=True))


def _measures_of_execution(year: YearFunds) -> dict[str, Field]:
    return {WEIGHT: year.weight, RATE: year.rate, SCORE: year.score}


def _put(search: LabelSearch, line: Line, fields: dict[str, Field]) -> None:
    """Note where the amounts of a line stand."""
    search.used.add(line.label)
    for measure, item in fields.items():
        if measure in line.inline:
            search.put_inline(item, line.cells[measure], line.inline[measure])
        elif measure in line.cells:
            search.put(item, line.cells[measure])


def _put_execution_below(search: LabelSearch, block: FundBlock, total: Line, *, year: YearFunds) -> bool:
    """Take rate and points from a line below where the total has none; False where the total has amounts or points."""
    area, measures = search.area, _measures_of_execution(year)
    if any(not area.is_blank(total.cells[measure]) for measure in measures.keys() & total.cells.keys()):
        return False
    cells: dict[str, Position] = {}
    for line in block.lines:
        for measure in measures.keys() & line.cells.keys():
            if amount_in(area, line.cells[measure]) is not None:
                cells.setdefault(measure, line.cells[measure])
    is_bare = all(map(area.is_blank, total.cells.values()))
    if is_bare or len(cells) == len(measures):
        _put(search, Line(Source.TOTAL, total.label, cells), measures)
    return is_bare and bool(cells)


def _put_breakdown(search: LabelSearch, block: FundBlock, breakdown: Sequence[Funds]) -> None:
    """Note the parts of the total, and for which measures they are not all there."""
    chosen: list[Line] = []
    for part, rate, (source, kinds) in zip(breakdown, p.breakdown_rates.values(), _KINDS, strict=True):
        line = _line_of(search.area, block.lines, source, kinds=kinds)
        if line is not None:
            chosen.append(line)
            _put(search, line, _fields(part))
            if RATE in line.cells:
                search.rates[rate.key] = line.cells[RATE]
                search.used.add(line.cells[RATE])
            if line.source is not source:
                search.doubtful.update(item.key for item in part.amounts)
    others = [line for line in block.lines if line.source is not Source.TOTAL and line not in chosen]
    for measure, item in _fields(breakdown[0]).items():
        if _has_amount(search.area, others, measure) and not _explains(search.area, chosen, others, measure=measure):
            search.incomplete[item.key] = SEVERAL_SOURCES


def _line_of(area: Area, lines: list[Line], source: Source, *, kinds: tuple[Source, ...]) -> Line | None:
    """The line that is a part of the form: its own, else of several kinds of its money the only one with an amount.

    中央补助 is the 财政拨款 where 地方资金 gave nothing; where both gave money neither is the whole.
    """
    named = [line for line in lines if line.source is source]
    candidates = named or [line for line in lines if line.source in kinds]
    filled = [line for line in candidates if _has_amount(area, [line], *AMOUNTS)]
    if named:
        return next(iter(filled or named))
    if len(filled) > 1 or sum(line.source is Source.LEVEL for line in candidates) > _MOST_LEVELS:
        return None
    return next(iter(filled or candidates), None)


def _has_amount(area: Area, lines: Iterable[Line], *measures: str) -> bool:
    """Whether one of these lines has an amount other than 0."""
    cells = (line.cells[measure] for line in lines for measure in measures if measure in line.cells)
    return any(amount_in(area, position) for position in cells)


def _explains(area: Area, chosen: list[Line], others: list[Line], *, measure: str) -> bool:
    """Whether the other lines only say of what the 财政拨款 is made up: 其中：中央 60，省级 40."""
    fiscal = next((line for line in chosen if line.source is Source.FISCAL and measure in line.cells), None)
    levels = [line.cells[measure] for line in others if measure in line.cells]
    if fiscal is None or any(line.source not in {Source.LEVEL, Source.BUDGET} for line in others):
        return False
    amount = amount_in(area, fiscal.cells[measure])
    return amount is not None and abs(amount - sum(amount_in(area, at) or 0 for at in levels)) < _ROUNDED_SUM


def _put_natures(search: LabelSearch, block: FundBlock) -> None:
    """Note what was spent on 基本支出 and 项目支出, where they are lines of the funds or stand above them."""
    area = search.area
    for line in block.lines:
        search.used.add(line.label)
        if line.source in _NATURES and EXECUTED in line.cells:
            search.put(_NATURES[line.source], line.cells[EXECUTED])
    for position, text in area.texts():
        source = source_of(text) if position[0] < block.head else None
        if source in _NATURES and amount_in(area, area.right_of(position)) is not None:
            search.put_beside(_NATURES[source], position)


def _note_printed_weight(search: LabelSearch, block: FundBlock, year: YearFunds) -> None:
    """Note the weight that a head such as 得分（20分*执行率） prints where it has no column of its own."""
    if WEIGHT in block.columns or SCORE not in block.columns:
        return
    area, score = search.area, block.columns[SCORE]
    first = min(block.columns.values())
    heads = [score, *(column for column in area.columns(block.head) if column < first)]
    for column in heads:
        points = _POINTS.search(area.text((block.head, column)))
        if points:
            search.printed[year.weight.key] = (float(points[1]), (block.head, column))
            return
