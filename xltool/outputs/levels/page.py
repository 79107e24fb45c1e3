"""Write summary.html: the summary as a page without script; what a county has in detail is its own page, linked to.

So the page stays small whatever the number of filings, and the details of a county are loaded when they are asked for,
without a server.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from importlib.resources import files as resources
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from xltool.findings import Severity
from xltool.outputs.levels.outliers import outliers_of, show
from xltool.outputs.levels.totals import GRADES, lines_of, problems_of, remark_of
from xltool.outputs.levels.workbook import HINT, most_named
from xltool.outputs.sheets.texts import visible
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from xltool.outputs.levels.totals import Line, Summary

PAGE: Final = "review.html"
MOST_PROBLEMS, MOST_OUTLIERS = 30, 200
_HEADS: Final = (
    "市", "县", "应报", "报齐", "部分", "未能审核", "未报", "报齐率", "全年预算数（万元）", "全年执行数（万元）",
    "执行率", "三公决算（万元）", *GRADES, "错误", "警告", "说明",
)  # fmt: skip
_LEVELS: Final = ("all", "city", "county")


def summary_page(summary: Summary, made_at: datetime) -> bytes:
    """The page; the same summary gives the same bytes."""
    style = resources(__package__).joinpath("page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = _text(summary.title)
    parts = (
        f'<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        f'<meta name="viewport" content="width=device-width"><style>{style}</style></head><body>',
        f"<h1>{title}</h1><p>{made_at:%Y-%m-%d %H:%M}　{_text(HINT)}</p>",
        *_section("分县汇总（点县名看这个县的问题）", _HEADS, map(_line, lines_of(summary))),
        *_section(f"常见问题（前 {MOST_PROBLEMS} 种，全部在 summary.xlsx）", _PROBLEM_HEADS, _problems(summary)),
        *_section(f"同类单位离群（前 {MOST_OUTLIERS} 条，全部在 summary.xlsx）", _OUTLIER_HEADS, _outliers(summary)),
        *_section("没有归到县的文件", ("文件", "原因"), (_row([_text(e.path), _text(e.reason)]) for e in
                                                       summary.unplaced[:MOST_OUTLIERS])),
        "</body></html>\n",
    )  # fmt: skip
    return "\n".join(parts).encode()


def _section(title: str, heads: Sequence[str], rows: Iterable[str]) -> Iterator[str]:
    lines = list(rows)
    if lines:
        cells = "".join(f"<th>{_text(head)}</th>" for head in heads)
        yield f"<h2>{_text(title)}</h2><div><table><thead><tr>{cells}</tr></thead><tbody>"
        yield from lines
        yield "</tbody></table></div>"


def _line(line: Line) -> str:
    totals = line.totals
    county = _text(line.county)
    if line.place:
        county = f'<a href="./{quote(line.place)}/{PAGE}">{county}</a>'
    counts = (totals.owing, totals.complete, totals.partial, totals.unaudited, totals.absent)
    rest = (*(totals.grades[grade] for grade in GRADES), totals.errors, totals.warnings)
    figures = [
        *map(_count, counts), _rate(totals.return_rate), show(totals.budget, "money"), show(totals.executed, "money"),
        _rate(totals.rate), show(totals.hospitality, "money"), *map(_count, rest),
    ]  # fmt: skip
    return _row([_text(line.city), county], figures, [_text(remark_of(line))], kind=_LEVELS[line.level])


_PROBLEM_HEADS: Final = ("编号", "严重程度", "问题", "涉及报送", "问题条数", "涉及的县", "最多的县")
_OUTLIER_HEADS: Final = ("市", "县", "单位", "说明")


def _problems(summary: Summary) -> Iterator[str]:
    for problem in problems_of(summary.results)[:MOST_PROBLEMS]:
        texts = (problem.code, Severity(problem.severity).label, RULES[problem.code].title)
        counts = map(_count, (problem.filings, problem.findings, problem.counties))
        yield _row(map(_text, texts), counts, [_text(most_named(problem))])


def _outliers(summary: Summary) -> Iterator[str]:
    for each in outliers_of(summary.results)[:MOST_OUTLIERS]:
        yield _row(map(_text, (each.county.city.name, each.county.folders[-1], each.department, each.reason)))


def _row(texts: Iterable[str], figures: Iterable[str] = (), more: Iterable[str] = (), *, kind: str = "county") -> str:
    """A row of cells that are escaped already."""
    cells = [f"<td>{text}</td>" for text in texts]
    cells += [f'<td class="n">{figure}</td>' for figure in figures]
    cells += [f"<td>{text}</td>" for text in more]
    return f'<tr class="{kind}">{"".join(cells)}</tr>'


def _text(text: str) -> str:
    return escape(visible(text))


def _count(number: int) -> str:
    return f"{number:,}"


def _rate(rate: float | None) -> str:
    return "" if rate is None else show(rate, "rate")
