"""The sheets 规则统计, 文件清单 and 核对范围: hits of rules, files with their status, what was checked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from xltool.auditing.coverage.model import CoverageCounts, RuleState
from xltool.outputs.coverage import codes_by_reason
from xltool.outputs.sheets.sheet_writer import COLOURS, FONT, LAST_ROW, NAVY, ListColumn, SheetWriter
from xltool.outputs.sheets.texts import MEASURED, display_width, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.outputs.model import Review, RuleRow
    from xltool.outputs.sheets.links import Linker
    from xltool.outputs.sheets.workbook_writer import WorkbookWriter

RULES: Final = "规则统计"
FILES: Final = "文件清单"
TOP: Final = 15
RULE_COLUMNS: Final = (
    ListColumn("规则", 9),
    ListColumn("名称", 36),
    ListColumn("严重程度", 10),
    ListColumn("命中次数", 10),
    ListColumn("涉及单位数", 12),
    ListColumn("依据", 46),
)
FILE_COLUMNS: Final = (ListColumn("序号", 6), ListColumn("文件", 50), ListColumn("状态", 10), ListColumn("原因", 56))
_HITS: Final = 3
COVERAGE: Final = "核对范围"
COVERAGE_NOTE: Final = (
    "每条规则对每份报送都有一个结果。无法判断的没有核对过，不等于没有问题：补报或补填以后再审，或由人工核对。"
)
_STATES: Final = (RuleState.KEPT, RuleState.VIOLATED, RuleState.UNDECIDED, RuleState.NOT_APPLICABLE)
COVERAGE_COLUMNS: Final = (
    ListColumn("序号", 6, "integer"),
    ListColumn("单位", 36),
    ListColumn("核对条数", 10, "integer"),
    *(ListColumn(state.value, 10, "integer") for state in _STATES),
    ListColumn("无法判断的原因和规则", 96),
)


def write_rules(book: WorkbookWriter, rules: tuple[RuleRow, ...]) -> None:
    """Write the rules, the most frequent first."""
    sheet = book.sheet(RULES, RULE_COLUMNS)
    sheet.set_print_title(RULES)
    sheet.start_list(len(rules), frozen=2, empty="没有规则统计。")
    ordered = sorted(rules, key=lambda rule: -rule.hits)
    for row, rule in enumerate(ordered, start=1):
        sheet.write_text(row, 0, rule.code, "centre")
        sheet.write_text(row, 1, rule.title)
        sheet.write_text(row, 2, rule.severity, f"mark_{rule.severity}" if rule.severity in COLOURS else "centre")
        sheet.write_number(row, _HITS, rule.hits, "integer")
        sheet.write_number(row, 4, rule.filings, "integer")
        sheet.write_text(row, 5, rule.basis)
        sheet.fit_height(row, [None, rule.title, None, None, None, rule.basis])
    hit_rules = sum(rule.hits > 0 for rule in ordered)
    if hit_rules:
        place = {"x_offset": 16, "y_offset": 4, "object_position": 3}  # below the heads: those are on every page
        sheet.worksheet.insert_chart(1, len(RULE_COLUMNS), _chart(sheet, ordered[: min(hit_rules, TOP)]), place)


def _chart(sheet: SheetWriter, rules: Sequence[RuleRow]) -> Any:  # noqa: ANN401 - xlsxwriter has no types
    """Bars of the most frequent rules, the first at the top."""
    shown = len(rules)
    chart = sheet.book.chart("bar")
    chart.add_series(
        {
            "name": "命中次数",
            "categories": [sheet.name, 1, 0, shown, 1],
            "values": [sheet.name, 1, _HITS, shown, _HITS],
            "values_data": [rule.hits for rule in rules],  # for programs that do not read the cells
            "fill": {"color": NAVY},
            "border": {"none": True},
            "gap": 50 if shown > 2 else 200,  # noqa: PLR2004 - one or two bars would be slabs
            "data_labels": {"value": True, "font": {"name": FONT, "size": 9}},
        }
    )
    chart.set_title({"name": f"命中最多的 {shown} 条规则", "name_font": {"name": FONT, "size": 12, "color": "#404040"}})
    chart.set_y_axis({"reverse": True, "num_font": {"name": FONT, "size": 9}, "line": {"color": "#A6A6A6"}})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    chart.set_legend({"none": True})
    chart.set_size({"width": 640, "height": 110 + 30 * shown})
    chart.set_chartarea({"border": {"color": "#D0D7DF"}})
    return chart


def write_files(book: WorkbookWriter, review: Review, links: Linker) -> None:
    """Write every file of the run in its order."""
    longest = max((display_width(visible(file.path[:MEASURED])) for file in review.files), default=0)
    number, path, *rest = FILE_COLUMNS
    sheet = book.sheet(FILES, (number, replace(path, width=min(max(path.width, longest + 4), 110)), *rest))
    sheet.set_print_title(FILES)
    sheet.start_list(len(review.files), frozen=0, empty="没有文件。")
    sheet.omit_rows(len(review.files) - LAST_ROW)
    for row, file in enumerate(review.files[:LAST_ROW], start=1):
        sheet.write_number(row, 0, row, "integer")
        sheet.write_link(row, 1, links(file.path, None, None), file.path)
        sheet.write_text(row, 2, file.status.label, f"mark_{file.status.label}")
        sheet.write_text(row, 3, file.reason)
        sheet.fit_height(row, [None, file.path, None, file.reason])


def write_coverage(book: WorkbookWriter, review: Review) -> None:
    """Write what each filing was checked against, in the order of the overview."""
    sheet = book.sheet(COVERAGE, COVERAGE_COLUMNS)
    sheet.set_print_title(COVERAGE)
    sheet.write_text(0, 0, COVERAGE_NOTE, "note")
    filings = [filing for filing in review.filings if filing.id in review.coverage][: LAST_ROW - 1]
    sheet.start_list(len(filings), frozen=2, head=1, empty="没有核对任何报送。")
    for row, filing in enumerate(filings, start=2):
        coverage = review.coverage[filing.id]
        counts = CoverageCounts.of([coverage])
        lines = (f"{reason}（{len(codes)} 条）：{'、'.join(codes)}" for reason, codes in codes_by_reason(coverage))
        reasons = "\n".join(lines) or "—"
        sheet.write_number(row, 0, row - 1, "integer")
        sheet.write_text(row, 1, filing.department)
        sheet.write_number(row, 2, counts.asked, "integer")
        for column, state in enumerate(_STATES, start=3):
            sheet.write_number(row, column, counts.states[state], "integer")
        sheet.write_text(row, len(COVERAGE_COLUMNS) - 1, reasons)
        sheet.fit_height(row, [None, filing.department, *[None] * (len(COVERAGE_COLUMNS) - 3), reasons])
