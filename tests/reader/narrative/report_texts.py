"""What several tests of narrative reports need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.support.reports import (
    lines_of,
)
from xltool.reader.narrative.reading import report_in

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.support.reports import Block
    from xltool.reader.records import NarrativeReport


def _report(blocks: Iterable[Block]) -> NarrativeReport:
    narrative = report_in(lines_of(list(blocks)), "报告.docx", "")
    assert narrative is not None
    return narrative


def _text(folder: Path, content: bytes, name: str = "自评报告.txt") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


PARTS: Final = [
    "一、基本情况",
    "二、预算支出情况",
    "2023年全年支出1288万元，全年预算1300万元，执行率99.08%。" + "认真执行预算，规范资金管理，严格审批程序。" * 8,
    "三、绩效目标完成情况",
    "四、存在的问题",
]
