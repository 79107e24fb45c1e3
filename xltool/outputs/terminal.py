"""Findings as text for the terminal."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from xltool.expr.nodes import Kind
from xltool.findings import Finding, Severity
from xltool.forms.words import BLANK, show
from xltool.outputs.coverage import coverage_line
from xltool.outputs.sheets.texts import visible
from xltool.outputs.summary import RunCounts
from xltool.params import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.auditing.result import Audit

REVIEW, SUMMARY = "review.xlsx", "summary.xlsx"
NOTHING = "没有发现问题。"
NOTHING_READ = "没有审核任何文件：没有读到附件1、附件2、附件3或自评报告。"


def audit_text(audit: Audit) -> str:
    """Findings by file and sheet, each with its cell, both values and its advice; then the scores.

    Control characters, which would steer the terminal or turn the direction of the text, are shown as visible marks.
    """
    lines = [f"{record.path}：已跳过（{record.reason}）" for record in audit.records if record.status == "skipped"]
    for (path, sheet), group in groupby(audit.findings, key=lambda finding: (finding.path, finding.sheet)):
        lines += ["", f"■ {path}" + (f"〔{sheet}〕" if sheet else "")]
        lines += [line for finding in group for line in _finding(finding)]
    lines += ["", *_scores(audit), *_coverage(audit), _summary(RunCounts.of(audit))]
    return "\n".join(map(visible, lines)).lstrip("\n") + "\n"


def batch_text(tally: RunCounts, written: Sequence[Path]) -> str:
    """A few lines on a batch run: its counts, its files, its findings."""
    files = tally.read + tally.skipped + tally.refused
    why = "（原因见 review.xlsx 的“文件清单”）" if tally.skipped else ""
    lines = [
        (
            f"共 {files} 个文件：读取 {tally.read}，跳过 {tally.skipped}{why}，无法读取 {tally.refused}；"
            f"{tally.filings} 个单位的报送，{tally.forms} 张表。"
        ),
        *_places(written),
        *_arrivals(tally),
        *([tally.coverage] if tally.coverage else []),
        *_next_step(tally, written),
        _summary(tally),
    ]
    return "\n".join(lines) + "\n"


def _arrivals(tally: RunCounts) -> list[str]:
    """What came in of the departments of the roster, those first that an officer has to ask."""
    counts = dict(tally.departments)
    if not counts:
        return []
    words = {"未报": "未报", "收到、未能审核": "收到、未能审核", "部分报送": "未报齐", "已报齐": "已报齐"}
    parts = [f"{word} {counts[status]}" for status, word in words.items() if status in counts]
    return [f"应报 {sum(counts.values())} 个单位：{'，'.join(parts)}。"]


def _next_step(tally: RunCounts, written: Sequence[Path]) -> list[str]:
    """What an officer does next."""
    names = {path.name: path for path in written}
    if SUMMARY in names:
        return ["下一步：打开 summary.xlsx 看各县情况；每个县的 review.xlsx、通知和压缩包在它自己的文件夹里。"]
    if REVIEW not in names or not (tally.errors or tally.warnings or tally.refused or tally.departments):
        return []
    parcels = sum(path.suffix == ".zip" for path in written)
    sent = f"；核对无误后，把 parcels 里的 {parcels} 个压缩包发给单位" if parcels else ""
    return [f"下一步：打开 review.xlsx 看“问题清单”{sent}。"]


def _places(written: Sequence[Path]) -> list[str]:
    """The written files: each by name, those in folders by their number."""
    top = min((len(path.parts) for path in written), default=0)
    folders = Counter(Path(*path.parts[:top]) for path in written if len(path.parts) > top)
    files = [f"  {path}" for path in written if len(path.parts) == top]
    return files + [f"  {folder}（{count} 个文件）" for folder, count in folders.items()]


def _finding(finding: Finding) -> list[str]:
    sides = ""
    if finding.expected not in (None, BLANK, finding.actual):
        sides = f"　填报 {finding.actual or '空'}，应为 {finding.expected}"
    where = finding.cell or ("全表" if finding.submission else "全文")
    lines = [f"  [{finding.severity.label}] {where}  {finding.rule}  {finding.message}{sides}"]
    if finding.severity is not Severity.INFO:
        lines.append(f"         → {finding.advice}")
    return lines


def _scores(audit: Audit) -> list[str]:
    lines = []
    several = len({submission.filing for submission in audit.submissions}) > 1
    for submission in audit.submissions:
        score = audit.scores.get(submission.id)
        if score is not None and score.recomputed is not None:
            name = f"{submission.form}（{submission.project}）" if submission.project else submission.form
            name = f"{submission.full_department}{name}" if several else name
            line = f"{name}：自评得分 {show(score.filed, Kind.SCORE)}，重算得分 {show(score.recomputed, Kind.SCORE)}"
            profile = audit.profiles[submission.id].name
            lines.append(f"{line}，等级 {score.grade}" + (f"（{profile}口径）" if profile != DEFAULT.name else ""))
    return lines


def _coverage(audit: Audit) -> list[str]:
    """What became of the rules: a line a filing, with its name where there are several."""
    several = len(audit.coverage) > 1
    return [(f"{own.filing}：" if several else "") + coverage_line([own]) for own in audit.coverage]


def _summary(tally: RunCounts) -> str:
    """The last line: files that could not be audited come before the counts of the rest."""
    if tally.refused:
        rest = f"；其余 {tally.audited} 个文件：{_counts(tally)}" if tally.audited else ""
        return f"{unread_text(tally.unread, tally.refused)}{rest}"
    if not tally.audited:
        return NOTHING_READ
    return _counts(tally) if tally.errors + tally.warnings + tally.infos else NOTHING


def unread_text(names: Sequence[str], count: int) -> str:
    """Name the files that could not be audited; `names` are the first of them."""
    more = "等" if count > len(names) else ""
    return f"未能审核 {count} 个文件：{'、'.join(names)}{more}"


def _counts(tally: RunCounts) -> str:
    """Findings by severity, without the errors about files that could not be read."""
    counts = (tally.errors - tally.unread_errors, tally.warnings, tally.infos)
    text = "，".join(f"{severity.label} {count}" for severity, count in zip(Severity, counts, strict=True))
    return f"{text}（其中已豁免 {tally.exempted}）" if tally.exempted else text
