"""Lines of the block of the funds, however regions lay it out: whose money, and where each of its amounts stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from xltool.reader.labels.area import fold_label
from xltool.reader.labels.fund_words import (
    AMOUNTS,
    BUDGET,
    EXECUTED,
    INITIAL,
    LONGEST,
    SCORE,
    WEIGHT,
    Source,
    amount_of,
    column_of_spending,
    heads_tasks,
    inline_amount,
    is_adjusted,
    measure_of,
    names_all_spending,
    source_of,
)
from xltool.reader.labels.header_words import ACHIEVEMENT, GOAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.reader.a1 import Position
    from xltool.reader.labels.area import Area

DEEPEST: Final = 14
"""Rows below the heads in which the lines of the funds are searched."""
_DASHES: Final = frozenset({"-", "—", "——", "/"})
_MONEY: Final = re.compile(r"资金|拨款|补助|其[他它]|投入|收入|经费")
_NATURES: Final = frozenset({Source.BASIC, Source.PROJECT})
"""What money was spent on, which may be stated before the money itself."""
_OF_TASKS: Final = frozenset({Source.TOTAL, *_NATURES})
"""What a line among tasks can be besides a task, whatever words the tasks have in their names."""
_FEWEST_SOURCES: Final = 2
_OF_POINTS: Final = frozenset({WEIGHT, SCORE})
"""Measures that alone are no begin of the funds: 自评得分 | 97.36 stands in the head of a form."""
_BARE_BUDGET: Final = frozenset({"预算", "预算安排", "计划", "计划安排"})
_FEWEST_INLINE: Final = 2
_SITUATION: Final = re.compile(r"情况")
_HEAD_ROWS: Final = 2
"""Rows below the heads in which the first source stands."""


@dataclass(frozen=True)
class Line:
    """Money of one source, with the cells of its measures; `source` is None where the label names none."""

    source: Source | None
    label: Position
    cells: dict[str, Position] = field(default_factory=dict)
    inline: dict[str, str] = field(default_factory=dict)
    """Amounts by measure that share their cell with a label."""


@dataclass(frozen=True)
class FundBlock:
    """The lines of the funds, the row of the heads, the first row below the lines, and the columns of the heads."""

    head: int
    end: int
    lines: list[Line]
    columns: dict[str, int] = field(default_factory=dict)
    """Column by measure, where the measures head columns."""


def amount_in(area: Area, position: Position) -> float | None:
    """The number of a cell that holds nothing but an amount, with or without a unit; NaN where it is damaged."""
    return amount_of(area.text(position))


def _is_amount(text: str) -> bool:
    """Whether a text is nothing but a number, with or without a unit, or a dash in its place."""
    return amount_of(text) is not None or text.strip() in _DASHES


def is_over_tasks(area: Area, head: Position) -> bool:
    """Whether a head stands over the column of a table with a line for each task: no value of the year is right of it.

    The head of the names stands left of it, with a name below that is no label of money.
    """
    if amount_in(area, area.right_of(head)) is not None:
        return False
    corners = {area.corner((head[0], column)) for column in range(area.left, head[1])}
    rows = [row for row in area.rows() if row > head[0]][:_HEAD_ROWS]
    heads = [corner for corner in corners if heads_tasks(area.text(corner))]
    texts = [area.text((row, column)) for _, column in heads for row in rows if column in area.columns(row)]
    return any(source_of(text) is None and measure_of(text) is None and not _is_amount(text) for text in texts)


def find_fund_block(area: Area, end: int) -> FundBlock | None:
    """The first block of funds above row `end`; None where there is none.

    Tasks with money each and no total are none of it where another block follows them.
    """
    blocks = _fund_blocks(area, [row for row in area.rows() if row < end])
    first = next(blocks, None)
    if first is None or any(line.source is not None for line in first.lines):
        return first
    return next((block for block in blocks if block.head >= first.end), first)


def _fund_blocks(area: Area, rows: list[int]) -> Iterator[FundBlock]:
    """Blocks of funds, in the order of their heads; of a block each row may begin another one."""
    for index, row in enumerate(rows):
        texts = {column: area.text((row, column)) for column in area.columns(row)}
        measures = _heads_of_measures(area, row, texts)
        sources = {column: source for column, text in texts.items() if (source := source_of(text))}
        money = [source for source in sources.values() if source not in _NATURES]
        is_of_points = bool(measures) and not sources and _OF_POINTS.issuperset(measures.values())
        is_begin = len(money) >= _FEWEST_SOURCES or any(map(inline_amount, texts.values()))
        if is_of_points or not (measures or is_begin):
            continue
        below = rows[index + 1 : index + 1 + DEEPEST]
        block = None
        if _has_amounts_beside(area, row, [*measures, *sources]):
            block = _pairs(area, [row, *below])
        elif {INITIAL, BUDGET} & set(measures.values()) and EXECUTED in measures.values():
            above = {column: area.text((row - 1, column)) for column in area.columns(row - 1)}
            left = column_of_spending(texts, measures) or column_of_spending(above, measures)
            heads = {
                at: name for at, name in measures.items() if at > left and not _names_lines(area, below, (row, at))
            }
            block = _table(area, rows[index:], _with_adjusted(texts, heads or measures), left=left)
        elif len(sources) >= _FEWEST_SOURCES:
            block = _crossed(area, row, below, heads=(measures, sources))
        block = block or _inline_total(area, row)
        if block is not None and any(line.cells for line in block.lines):
            yield block


def find_amounts_below_heads(area: Area, end: int) -> FundBlock | None:
    """The total whose amounts stand below their heads in blocks of their own, with no label of a line beside them.

    年初预算数 | 调整数 over 210 | 0, and below it 财政拨款数 | 实际支付数 over 210 | 197.33. None without a budget or
    without what was spent.
    """
    heads: dict[str, Position] = {}
    for row in (row for row in area.rows() if row < end):
        for column in area.columns(row):
            measure, below = measure_of(area.text((row, column))), area.below((row, column))
            line = [area.text((below[0], other)) for other in area.columns(below[0])]
            is_blank = area.is_blank(below) and bool(line)
            if measure is not None and (is_blank or amount_in(area, below) is not None) and all(map(_is_amount, line)):
                heads.setdefault(measure, (row, column))
    if EXECUTED not in heads or not {INITIAL, BUDGET} & heads.keys():
        return None
    cells = {measure: area.below(head) for measure, head in heads.items()}
    first = min(row for row, _ in heads.values())
    columns = {measure: column for measure, (row, column) in heads.items() if row == first}
    end = max(row for row, _ in cells.values()) + 1
    return FundBlock(first, end, [Line(Source.TOTAL, heads[EXECUTED], cells)], columns)


def _heads_of_measures(area: Area, row: int, texts: dict[int, str]) -> dict[int, str]:
    """The measures that cells of a row name, without the label of their block: 资金使用情况 | 预算数 | 执行数."""
    measures = {column: measure for column, text in texts.items() if (measure := measure_of(text))}
    first = min(measures, default=0)
    others = [column for column in measures if column != first]
    is_label = bool(others) and (
        area.end((row, first))[0] > max(area.end((row, column))[0] for column in others)
        or (measures[first] in [measures[column] for column in others] and _SITUATION.search(texts[first]) is not None)
    )
    return {column: measures[column] for column in others} if is_label else measures


def _with_adjusted(texts: dict[int, str], measures: dict[int, str]) -> dict[int, str]:
    """The heads of measures where the budget changed: 年初预算 | 年中调整 | 小计, or 预算数 | 调整预算数."""
    budgets = [column for column, measure in sorted(measures.items()) if measure == BUDGET]
    changed = ["调整" in texts[column] for column in budgets]
    if changed == [False, True] and INITIAL not in measures.values():
        return measures | {budgets[0]: INITIAL}
    columns = {measure: column for column, measure in measures.items()}
    if BUDGET in columns or not {INITIAL, EXECUTED} <= columns.keys():
        return measures
    first = min(columns.values())
    adjusted = next((column for column, text in texts.items() if column >= first and is_adjusted(text)), None)
    return measures if adjusted is None else measures | {adjusted: BUDGET}


def _has_amounts_beside(area: Area, row: int, labels: list[int]) -> bool:
    """Whether an amount stands right of a label of the row: pairs of label and amount, and no heads."""
    return any(amount_in(area, _beside(area, (row, column))) is not None for column in labels)


def _beside(area: Area, label: Position) -> Position:
    """The cell right of a label; where it is blank, the next filled cell if that holds an amount."""
    right, later = area.right_of(label), area.later(label)
    is_further = later is not None and area.is_blank(right) and amount_in(area, later) is not None
    return later if is_further and later is not None else right


def _names_lines(area: Area, below: list[int], head: Position) -> bool:
    """Whether the head of a column stands over the labels of the lines: sources with amounts behind it."""
    _, last = area.end(head)
    lines = [row for row in below[:_HEAD_ROWS] if head[1] in area.columns(row) and source_of(area.text((row, head[1])))]
    amounts = [column for row in lines for column in area.columns(row) if amount_in(area, (row, column)) is not None]
    return any(column > last for column in amounts) and not any(head[1] < column <= last for column in amounts)


def _inline_total(area: Area, row: int) -> FundBlock | None:
    """The total of a row whose cells hold label and amount: 年度金额：208万元 | 资金使用情况 | 合计：109.8万元.

    A cell that names no measure has that of the label at its left, and else is the budget.
    """
    measure, line = BUDGET, None
    for column in area.columns(row):
        text = area.text((row, column))
        measure = measure_of(text) or measure
        label, amount = inline_amount(text) or ("", "")
        own, source = measure_of(label), source_of(label)
        if own is not None or source is Source.TOTAL:
            line = line or Line(Source.TOTAL, (row, column))
            line.cells.setdefault(own or measure, (row, column))
            line.inline.setdefault(own or measure, amount)
    return None if line is None or len(line.inline) < _FEWEST_INLINE else FundBlock(row, row + 1, [line])


def _table(area: Area, rows: list[int], measures: dict[int, str], *, left: int) -> FundBlock:
    """Lines under heads that name measures, in the first of the rows; their labels stand right of `left`.

    Tasks of the year go on to their total, and may have no money; beside incomes there may be no spending.
    """
    head = rows[0]
    is_of_tasks = is_over_tasks(area, (head, min(measures)))
    is_open = is_of_tasks or left > 0
    below = rows[1:] if is_of_tasks else rows[1 : 1 + DEEPEST]
    columns: dict[str, int] = {}
    for column, measure in measures.items():
        columns.setdefault(measure, _behind_labels(area, (head, column), below))
    parted = {measure: _parts_under(area, (head, column)) for measure, column in columns.items()}
    columns |= {measure: parts[Source.TOTAL] for measure, parts in parted.items() if Source.TOTAL in parts}
    first, last = min(columns.values()), head
    lines: list[Line] = []
    bottom = max(area.end((head, column))[0] for column in measures) + any(parted.values())
    for row in (row for row in below if row > bottom):
        labels = [column for column in area.columns(row) if left <= column < first]
        named = _named_line(area, row, labels, sources=_OF_TASKS if is_of_tasks else frozenset(Source))
        if left and labels and names_all_spending(area.text((row, labels[-1]))):
            named = labels[-1], Source.TOTAL
        cells = {measure: area.corner((row, column)) for measure, column in columns.items()}
        has_label = any(_is_words(area, position) for measure, position in cells.items() if measure in AMOUNTS)
        has_amount = any(amount_in(area, cells[measure]) is not None for measure in AMOUNTS if measure in cells)
        if has_label or (named is None and not has_amount):
            if has_label or (lines and not (is_open and not _heads_goals(area, row))):
                break
            continue
        is_first = not lines and (not labels or names_all_spending(area.text((row, labels[-1]))))
        unnamed = Source.TOTAL if is_first else None
        column, source = named or (labels[-1] if labels else first, unnamed)
        lines.append(Line(source, (row, column), cells))
        last = row
        if is_open and source is Source.TOTAL:
            break
    return FundBlock(head, last + 1, lines, columns)


def _named_line(area: Area, row: int, labels: list[int], *, sources: frozenset[Source]) -> tuple[int, Source] | None:
    """The last label of a line that names one of these sources; None where none does."""
    named = ((column, source_of(area.text((row, column)))) for column in reversed(labels))
    return next(((column, source) for column, source in named if source in sources), None)


def _heads_goals(area: Area, row: int) -> bool:
    """Whether a row heads or holds the goal of the year, behind the tasks."""
    texts = (fold_label(text) for column in area.columns(row) if len(text := area.text((row, column))) <= LONGEST)
    return any(GOAL.fullmatch(text) or ACHIEVEMENT.fullmatch(text) for text in texts)


def _behind_labels(area: Area, head: Position, below: list[int]) -> int:
    """The column of the amounts of a head: its own, or the next one where it stands over labels of lines as well."""
    row, last = area.end(head)
    lines = [line for line in below if line > row and source_of(area.text((line, head[1])))]
    behind = ((line, column) for column in range(head[1] + 1, last + 1) for line in lines)
    return next((column for line, column in behind if amount_in(area, (line, column)) is not None), head[1])


def _parts_under(area: Area, head: Position) -> dict[Source, int]:
    """Columns of the sources that a head stands over: 全年预算数 over 总额 | 财政拨款 | 其他资金."""
    row, last = area.end(head)
    if (row, last) == head:
        later = area.later(head)
        last = last if later is None else later[1] - 1
    columns = range(last, head[1] - 1, -1) if last > head[1] else ()
    return {source: column for column in columns if (source := source_of(area.text((row + 1, column))))}


def _is_words(area: Area, position: Position) -> bool:
    """Whether a cell holds the label of something else."""
    text = area.text(position)
    return source_of(text) is not None or measure_of(text) is not None or text.rstrip().endswith((":", "："))


def _crossed(
    area: Area, head: int, below: list[int], *, heads: tuple[dict[int, str], dict[int, Source]]
) -> FundBlock | None:
    """Lines whose sources head columns: 中央 | 省级 | 合计 | 执行数, or rows 预算数 and 执行数 under them."""
    measures, sources = heads
    lines = {column: Line(source, (head, column)) for column, source in sources.items()}
    total = next((line for line in lines.values() if line.source is Source.TOTAL), None)
    first, last = min(sources), head
    for row in below:
        labels = [area.text((row, column)) for column in area.columns(row) if column < first]
        named = next(filter(None, map(measure_of, labels)), None)
        if named is None and any(label.strip() in _BARE_BUDGET for label in labels):
            named = BUDGET
        measure = named or (BUDGET if EXECUTED in measures.values() and last == head else None)
        if all(amount_in(area, (row, column)) is None for column in sources):
            break
        if measure is None:
            last = row  # of what came in, which no form of ours asks for
            continue
        for column, line in lines.items():
            line.cells.setdefault(measure, area.corner((row, column)))
        if total is not None and last == head:
            for column, other in measures.items():
                total.cells.setdefault(other, area.corner((row, column)))
        last = row
    columns = {measure: column for column, measure in measures.items()}
    return FundBlock(head, last + 1, list(lines.values()), columns) if last > head else None


def _pairs(area: Area, rows: list[int]) -> FundBlock | None:
    """Lines of labels with their amounts beside them: 预算数：| 100 | 执行数：| 80, and the sources below.

    None where no amount stands beside a label.
    """
    lines: dict[tuple[Source | None, str], Line] = {}
    above: dict[int, str] = {}
    last = rows[0]
    for row in takewhile(lambda row: _is_pair_row(area, row), rows):
        for label, measure, source in _labels_with_amounts(area, row, above):
            last = row
            cells = lines.setdefault((source, fold_label(area.text(label))), Line(source, label)).cells
            cells.setdefault(measure, _beside(area, label))
    amounts = (at for line in lines.values() for measure, at in line.cells.items() if measure in AMOUNTS)
    if all(amount_in(area, at) is None for at in amounts):
        return None
    totals = [line for line in lines.values() if line.source is Source.TOTAL]
    for line in totals[1:]:
        totals[0].cells.update({measure: at for measure, at in line.cells.items() if measure not in totals[0].cells})
    return FundBlock(rows[0], last + 1, [line for line in lines.values() if line not in totals[1:]])


def _is_pair_row(area: Area, row: int) -> bool:
    """Whether a row holds a label of the funds."""
    texts = [area.text((row, column)) for column in area.columns(row)]
    return any(measure_of(text) or source_of(text) or _names_money(text) for text in texts)


def _names_money(text: str) -> bool:
    return len(text) <= LONGEST and _MONEY.search(text) is not None


def _labels_with_amounts(area: Area, row: int, above: dict[int, str]) -> Iterator[tuple[Position, str, Source | None]]:
    """Labels of a row with measure and source of the amounts beside them.

    A label that names only a source has the measure of the label `above` it, else of the row. A source that heads its
    row (财政拨款 | 预算数 | 100) is that of the measures behind it.
    """
    row_measure: str | None = None
    row_source: Source | None = None
    for column in area.columns(row):
        label = (row, column)
        text, beside = area.text(label), _beside(area, label)
        own_measure, own_source = measure_of(text), source_of(text)
        if own_measure is None and own_source is None and not _names_money(text):
            continue
        measure = own_measure or above.get(column) or row_measure
        if own_measure is not None:
            above[column] = row_measure = own_measure
        if amount_in(area, beside) is None and not area.is_blank(beside):
            row_source = own_source or row_source
        elif measure is not None:
            known = own_measure is not None or own_source is not None
            yield label, measure, (own_source or row_source or Source.TOTAL) if known else None
