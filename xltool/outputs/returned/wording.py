"""The comment of a marked cell, and the escaping of text in a part."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from xltool.outputs.sheets.texts import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.findings import Finding
    from xltool.outputs.returned.problem_list import ListedFinding

HEAD: Final = "【审核意见】"
FOOT: Final = "〔详见问题清单第 {} 项〕"
RESTORED: Final = "本格公式已恢复。"
LONGEST: Final = 300
"""Characters of a comment, without its head and foot."""
_SHORTEST: Final = 24
_ESCAPE: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def comment_text(findings: Sequence[ListedFinding], note: str = "") -> str:
    """The comment of a cell: a note, its findings, shortened where they are too long, and their numbers in the list."""
    limit = LONGEST // len(findings)
    texts = [_finding_text(each.finding, limit, brief=len(findings) > 1) for each in findings]
    numbers = "、".join(str(each.number) for each in findings)
    return "\n".join([HEAD, *([note] if note else []), *texts, FOOT.format(numbers)])


def escaped(text: str) -> str:
    r"""A text as a part holds it: characters that would be read as an escape are escaped.

    >>> escaped("_x000D_")
    '_x005F_x000D_'
    """
    return _ESCAPE.sub("_x005F_", text)


def _finding_text(finding: Finding, limit: int, *, brief: bool) -> str:
    """A finding in at most about `limit` characters: severity and message, filed and expected value, advice."""
    lines = [f"{finding.severity.label}：{_flat(finding.message)}", *_figures(finding)]
    advice = f"处理：{_flat(finding.advice)}"
    if sum(map(len, lines)) + len(advice) <= limit:
        return "\n".join([*lines, advice])
    if brief and sum(map(len, lines)) <= limit:
        return "\n".join(lines)
    parts = [lines[0]] if brief else [*lines, advice]
    share = max(limit // len(parts), _SHORTEST)
    spare = sum(max(share - len(part), 0) for part in parts)
    return "\n".join(_cut(part, share + (spare if at == 0 else 0)) for at, part in enumerate(parts))


def _figures(finding: Finding) -> list[str]:
    """The filed and the expected value, each where the message does not show it already."""
    figures = []
    for head, text in (("填报", finding.actual), ("应为", finding.expected)):
        if text and _flat(text) not in _flat(finding.message):
            figures.append(f"{head}：{_cut(_flat(text), 60)}")
    return figures


def _flat(text: str) -> str:
    """A text on one line."""
    return " ".join(visible(text).split())


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 2]}……"
