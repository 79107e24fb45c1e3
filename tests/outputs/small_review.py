"""A small review with everything in it, a review of hostile texts, and functions that read their workbooks."""

from __future__ import annotations

import warnings
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import openpyxl

from xltool.findings import Finding, Place, Severity
from xltool.outputs.model import FileRow, FileStatus, FilingRow, ProjectScore, Review, RuleRow, SubmissionOrigin, Tables
from xltool.outputs.workbook import write_review

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

HOSTILE: Final = (
    '=HYPERLINK("http://evil.example/","点我")',
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "'引号",
    "http://evil.example/",
    "mailto:a@evil.example",
    "internal:'总览'!A1",
    "external:c:\\evil.xlsx",
    "{=SUM(A1)}",
    "00012",
    "1e5",
    "<b>&amp;</b>",
    "_x0041_",
    "a\x00b\x07c\x1bd\x7fe",
    "右\u202e左",
    "\ud800半个\uffff",
    "a\r\nb\rc",
    "长" * 40_000,
    "𠮷" * 20_000,
    "<r><t>a&b</t></r>",
)
MADE_AT: Final = datetime(2024, 4, 2, 9, 30, tzinfo=UTC)


def finding(number: int, path: str, **more: str | None) -> Finding:
    """A finding about 控制率; its number sets severity and message."""
    severity = (Severity.ERROR, Severity.WARNING, Severity.INFO)[number % 3]
    words = {"message": f"控制率{number}不对", "advice": "请核对", "basis": "湖南省指标"}
    place = {
        "submission": "s1",
        "sheet": "附件1",
        "cell": "D4",
        "field": "控制率",
        "actual": "125%",
        "expected": "100%",
    }
    return Finding("A1-04", severity, path, **(words | place | more))  # type: ignore[arg-type] # texts, all of them


def filing(number: int = 1) -> FilingRow:
    """A filing of two files."""
    files = (f"单位{number}/附件1.xlsx", f"单位{number}/附件3.xlsx")
    return FilingRow(
        f"f{number}",
        f"单位{number}",
        2023,
        {"附件1": 1, "附件3": 2},
        files,
        score_filed=96.5,
        score_recomputed=90.25,
        grade="优",
        execution_rate=0.875,
        control_rate=1.2,
        errors=1,
        warnings=1,
        infos=0,
    )


def review(filings: int = 2) -> Review:
    """A small review with everything in it."""
    related = (Place("单位2/附件1.xlsx", "附件1", "B4"), Place("单位2/附件1.xlsx", "附件1", "C4"))
    findings = (
        finding(0, "单位2/附件1.xlsx", submission="s2"),
        replace(finding(1, "单位1/附件1.xlsx"), related=(*related, Place("单位1/附件1.xlsx", "附件1", "B4"))),
        finding(2, "单位1/附件3.xlsx", submission=None, sheet=None, cell=None, field=None),
    )
    keys = ("submission", "三公经费_本年决算数", "控制率", "编制数", "填报日期", "说明")
    rows = (
        ("附件1", ("s1", 1234.5, 1.25, 12, datetime(2024, 3, 1), "=1+1")),  # noqa: DTZ001 - a form's date has no zone
        ("附件1", ("s2", None, float("nan"), None, None, None)),
    )
    return Review(
        title="君山区2023年度审核",
        made_at=MADE_AT,
        year=2023,
        filings=tuple(filing(number) for number in range(1, filings + 1)),
        files=(FileRow("单位1/附件1.xlsx", FileStatus.READ), FileRow("扫描件.pdf", FileStatus.REFUSED, "是图片")),
        findings=findings,
        submissions={
            "s1": SubmissionOrigin("单位1", "附件1", None, "f1"),
            "s2": SubmissionOrigin("单位2", "附件1", "道路", "f2"),
        },
        tables=Tables({"附件1": keys, "指标明细": keys}, rows),
        rules=(RuleRow("A1-05", "超编", "警告", "湖南"), RuleRow("A1-04", "控制率", "错误", "湖南", 3, 2)),
        root=Path("/data/报送"),
    )


def county(count: int) -> Review:
    """A review of many departments, all alike but for a few, each with a project that is scored too high."""
    rows = tuple(
        FilingRow(
            f"f{number}",
            f"单位{number}",
            forms={"附件2": 1},
            score_filed=95,
            score_recomputed=95 - (number % 50 == 7),
            execution_rate=0.5 if number == 13 else 0.95,
            control_rate=1.3 if number == 17 else 0.9,
            grade="优",
            grade_filed="优",
            budget=100,
            executed=95,
            projects=(ProjectScore("道路", 97.7, 95),) if number == 19 else (),
        )
        for number in range(count)
    )
    return replace(review(), filings=rows, findings=(), submissions={})


def hostile_finding(text: str, *, rule: str = "", related: tuple[Place, ...] = ()) -> Finding:
    """A finding whose every text is the same, but for the rule."""
    names = ("path", "message", "advice", "basis", "submission", "sheet", "cell", "field", "actual", "expected")
    texts: dict[str, Any] = dict.fromkeys(names, text)
    return Finding(rule or text, Severity.ERROR, **texts, related=related)


def hostile() -> Review:
    """A review whose every text, name and path is hostile."""
    findings = tuple(hostile_finding(text, related=(Place(text, text, text),)) for text in HOSTILE)
    rows = tuple(FilingRow(text, text, 2023, {"附件1": 1}, (text,), grade=text) for text in HOSTILE)
    files = tuple(FileRow(text, FileStatus.REFUSED, text) for text in HOSTILE)
    rules = tuple(RuleRow(text, text, text, text, 1, 1) for text in HOSTILE)
    submissions = {text: SubmissionOrigin(text, text, text, text) for text in HOSTILE}
    tables = Tables(dict.fromkeys(HOSTILE, HOSTILE), [(text, [text] * len(HOSTILE)) for text in HOSTILE])
    return replace(review(), title=HOSTILE[0], filings=rows, files=files, findings=findings, submissions=submissions,
                   tables=tables, rules=rules)  # fmt: skip


def write_and_open(path: Path, what: Review) -> Workbook:
    """Write the workbook of a review and open it."""
    write_review(path, what, scratch=path.parent)
    return open_workbook(path)


def open_workbook(path: Path) -> Workbook:
    """Open a workbook with openpyxl."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of the data bar's extension
        return openpyxl.load_workbook(path)


def sheet_values(sheet: Worksheet) -> list[list[object]]:
    """The values of a sheet by rows."""
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def column_number(sheet: Worksheet, head: str, row: int = 1) -> int:
    """The number of the column with this head."""
    return next(cell.column for cell in sheet[row] if cell.value == head)


def link_target(sheet: Worksheet, row: int, number: int) -> tuple[str | None, str | None]:
    """The target of a cell's link: file, and place in it."""
    link = sheet.cell(row, number).hyperlink
    return (link.target, link.location) if link else (None, None)
