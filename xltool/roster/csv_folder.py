"""Write a roster as a folder of csv files (contract §7), which `load` reads as the same roster."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from xltool.forms import review
from xltool.forms.roster import SHEETS
from xltool.storage.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from xltool.roster.model import Department, Indicator, Roster

_Row = dict[str, str | float | None]


def write_roster(folder: Path, roster: Roster) -> None:
    """Write a file a sheet; sheets without rows are left out and removed. OSError where that fails."""
    rows = {
        "单位": map(_department, roster.departments),
        "项目": _projects(roster.departments),
        "指标": _indicators(roster.departments),
        "落款": _signature(roster),
    }
    for sheet in SHEETS:
        lines = list(rows[sheet.key])
        path = folder / f"{sheet.key}.csv"
        if not lines:
            path.unlink(missing_ok=True)
            continue
        used = [column.key for column in sheet.columns if any(line.get(column.key) not in {None, ""} for line in lines)]
        text = io.StringIO()
        writer = csv.DictWriter(text, used, extrasaction="ignore", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(lines)
        write_whole(path, text.getvalue().encode("utf-8-sig"))


def _department(department: Department) -> _Row:
    return {
        "单位编码": department.code,
        "单位名称": department.name,
        "简称": "、".join(department.short_names),
        "编制数": department.posts,
        "联系人": department.contact,
        "联系电话": department.phone,
        "评分口径": department.profile,
        "年初预算数": department.budget,
        "县": str(department.county),
        "市": str(department.city),
    }


def _projects(departments: Iterable[Department]) -> Iterator[_Row]:
    for department in departments:
        for project in department.projects:
            yield {
                "单位编码": department.code,
                "项目名称": project.name,
                "主管部门": project.supervisor,
                "实施单位": project.implementer,
                "年初预算数": project.budget,
                "当年财政拨款": project.appropriation,
                "上年结转资金": project.carried_over,
                "其他资金": project.other_funds,
            }


def _indicators(departments: Iterable[Department]) -> Iterator[_Row]:
    for department in departments:
        for whose, indicators in (
            ("", department.indicators),
            *((each.name, each.indicators) for each in department.projects),
        ):
            yield from (_indicator(department.code, whose, indicator) for indicator in indicators)


def _indicator(code: str, project: str, indicator: Indicator) -> _Row:
    return {
        "单位编码": code,
        "项目名称": project,
        review.part.key: indicator.part,
        review.indicator.key: indicator.name,
        review.target_value.key: indicator.target,
        review.weight.key: indicator.weight,
    }


def _signature(roster: Roster) -> Iterator[_Row]:
    bureau = roster.bureau
    if bureau.name:
        yield {"财政部门": bureau.name, "联系人": bureau.contact, "联系电话": bureau.phone}
