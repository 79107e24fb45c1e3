"""A small county for the desk: a roster of three departments, and what two of them filed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.support.filled import filled
from tests.support.sheets import book

if TYPE_CHECKING:
    from pathlib import Path

WATER, FOREST, SCHOOL = "岳阳市君山产业开发区管委会", "某市林业局", "某市教育局"
HEADS: Final = ["单位编码", "单位名称", "简称"]
UNITS: Final = [["001", WATER, "君山管委会"], ["002", FOREST, "林业局"], ["003", SCHOOL, "教育局"]]


def roster(folder: Path, *rows: list[str]) -> Path:
    """The roster of a work folder, with these rows or those of the county."""
    return book(folder / "名册.xlsx", 单位=[HEADS, *(rows or UNITS)])


def filings(folder: Path) -> Path:
    """What came in: a department's three forms, and 附件1 of another that is not finished."""
    water = folder / "君山管委会"
    water.mkdir(parents=True)
    for form in ("附件1", "附件2", "附件3"):
        filled(water / f"{form}.xlsx", form)
    (folder / "林业局").mkdir()
    (folder / "林业局" / "附件1.xlsx").write_bytes((water / "附件1.xlsx").read_bytes()[:3000])
    return folder
