"""Which of several copies of one form holds: the one saved last, else the one that says it is the last."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xltool.reader.records import Submission

FINAL = re.compile(
    r"最终|终稿|定稿|定版|正式|修改|更正|改后|重报|新版|final|(?:第|v|V|版|稿|\()\s*(\d+)", re.IGNORECASE
)


@dataclass(frozen=True)
class Copy:
    """A copy of a form, with when its file says it was last saved."""

    submission: Submission
    saved: str


@dataclass(frozen=True)
class Choice:
    """The copy that holds and why; `chosen` is None where nothing tells the copies apart."""

    chosen: Copy | None
    reason: str


def choose(copies: Sequence[Copy]) -> Choice:
    """Which of several copies of one form holds."""
    if len({copy.submission.sha256 for copy in copies}) == 1:
        return Choice(copies[0], "内容完全相同")
    tests: tuple[tuple[str, Callable[[Copy], str]], ...] = (
        ("文件保存时间较晚", lambda copy: copy.saved),
        ("填报日期较晚", lambda copy: str(copy.submission.value("填报日期") or "")),
        ("文件名标明是后来的稿子", lambda copy: _mark(copy.submission.path)),
    )
    for reason, mark_of in tests:
        marks = [mark_of(copy) for copy in copies]
        if all(marks) or reason.startswith("文件名"):
            latest = max(marks)
            if marks.count(latest) == 1:
                return Choice(
                    copies[marks.index(latest)], f"{reason}（{latest[:10]}）" if latest[:1].isdigit() else reason
                )
    return Choice(None, "几份内容不同，保存时间、填报日期和文件名都分不出先后")


def _mark(path: str) -> str:
    """How late a file's name says it is: "" for nothing, else words over numbers."""
    stem = PurePosixPath(path).stem
    matches = list(FINAL.finditer(stem))
    if not matches:
        return ""
    numbers = [int(match[1]) for match in matches if match[1]]
    worded = sum(match[1] is None for match in matches)
    return f"稿{worded:02d}{max(numbers, default=0):04d}"
