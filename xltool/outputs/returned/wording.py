"""What is said on a marked cell, and how text goes into a part."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from xltool.outputs.sheets.texts import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.findings import Finding

HEAD: Final = "【审核意见】"
FOOT: Final = "〔详见问题清单第 {} 项〕"
LONGEST: Final = 300
"""Characters of a comment, head and foot aside."""
_SHORTEST: Final = 24
_ESCAPE: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def comment_text(findings: Sequence[tuple[int, Finding]]) -> str:
    """The comment of a cell: its findings with their numbers in the list, shortened as far as need be."""
    room = LONGEST // len(findings)
    told = [_told(finding, room, brief=len(findings) > 1) for _, finding in findings]
    numbers = "、".join(str(number) for number, _ in findings)
    return "\n".join([HEAD, *told, FOOT.format(numbers)])


def escaped(text: str) -> str:
    r"""A text as a part holds it: what would be read as an escape is escaped.

    >>> escaped("_x000D_")
    '_x005F_x000D_'
    """
    return _ESCAPE.sub("_x005F_", text)


def _told(finding: Finding, room: int, *, brief: bool) -> str:
    """A finding: severity and message, what was filed and should be, what to do."""
    lines = [f"{finding.severity.label}：{_flat(finding.message)}", *_figures(finding)]
    advice = f"处理：{_flat(finding.advice)}"
    if sum(map(len, lines)) + len(advice) <= room:
        return "\n".join([*lines, advice])
    if brief and sum(map(len, lines)) <= room:
        return "\n".join(lines)
    parts = [lines[0]] if brief else [*lines, advice]
    share = max(room // len(parts), _SHORTEST)
    spare = sum(max(share - len(part), 0) for part in parts)
    return "\n".join(_cut(part, share + (spare if at == 0 else 0)) for at, part in enumerate(parts))


def _figures(finding: Finding) -> list[str]:
    """What was filed and what it should be, where the message does not show both already."""
    found = []
    for head, text in (("填报", finding.actual), ("应为", finding.expected)):
        if text and _flat(text) not in _flat(finding.message):
            found.append(f"{head}：{_cut(_flat(text), 60)}")
    return found


def _flat(text: str) -> str:
    """A text on one line."""
    return " ".join(visible(text).split())


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 2]}……"
