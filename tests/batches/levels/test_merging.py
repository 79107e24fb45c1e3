"""merge with a roster of several counties: each by itself, and all of their departments above."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

import xltool
from tests.outputs.test_merging import OTHER, file, listed, renamed, with_error
from tests.roster.test_load import written
from tests.support.sheets import sheet_names
from tools.samples import clean
from xltool.findings import InputError
from xltool.roster import load
from xltool.roster.counties import counties_of, part_of
from xltool.roster.csv_folder import write_roster

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [
    ["单位编码", "单位名称", "县", "市"],
    ["A01", clean.BUREAU, "甲县", "东市"],
    ["B01", OTHER, "乙县", "东市"],
    ["C01", clean.BUREAU, "丙县", "西市"],
    ["D01", "丁县林业局", "丁县", "西市"],
]


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two counties without errors, another where nothing can be accepted, and another that filed nothing."""
    base = tmp_path_factory.mktemp("省")
    file(base / "报送" / "东市" / "甲县" / "局", clean.papers(), clean.BUREAU)
    other = [renamed(paper, 编制数=100, 实际在职人数=90) for paper in clean.papers()]
    file(base / "报送" / "东市" / "乙县" / "局", other, OTHER)
    with_error(base / "报送" / "西市" / "丙县" / "局")
    written(base / "名册.csv", ROWS)
    return base


def test_each_county_is_merged_by_itself_and_all_of_them_above(province: Path, tmp_path: Path) -> None:
    """A county's workbook is the same bytes as alone; totals by county, every department, and what is left out."""
    merged = xltool.merge(province / "报送", out=province / "汇总.xlsx", roster=province / "名册.csv")
    roster = load(province / "名册.csv")
    write_roster(tmp_path / "甲县", part_of(roster, counties_of(roster)[0]))
    xltool.merge(province / "报送" / "东市" / "甲县", out=tmp_path / "甲县.xlsx", roster=tmp_path / "甲县")
    assert (province / "汇总" / "东市" / "甲县.xlsx").read_bytes() == (tmp_path / "甲县.xlsx").read_bytes()
    assert list(merged.filings) == [f"东市甲县{clean.BUREAU}（2023）", f"东市乙县{OTHER}（2023）"]
    book = province / "汇总.xlsx"
    assert sheet_names(book) == ["分县汇总", "部门汇总", "未汇总"]
    _, *counties = listed(book, "分县汇总")
    assert [(row["市"], row["县"], row["报送份数"], row["编制数"]) for row in counties] == [
        ("东市", "甲县", 1, 40), ("东市", "乙县", 1, 100)]  # fmt: skip
    assert counties[1]["控制率"] == pytest.approx(0.9)
    assert [row["单位"] for row in listed(book, "部门汇总")[1:]] == [clean.BUREAU, OTHER]
    reasons = {row["单位"]: row["未汇总的原因"] for row in listed(book, "未汇总")}
    assert "没有可以汇总的报送" in reasons["西市丙县"]
    assert reasons["西市丁县"] == "没有收到文件"
    assert not (province / "汇总" / "西市" / "丙县.xlsx").exists()


def test_the_departments_of_all_counties_as_a_table(province: Path) -> None:
    """Parquet has a row for each department, and a file of all values for each county."""
    xltool.merge(province / "报送", out=province / "表.parquet", roster=province / "名册.csv")
    table = pd.read_parquet(province / "表.parquet")
    assert list(zip(table["县"], table["单位"], strict=True)) == [("甲县", clean.BUREAU), ("乙县", OTHER)]
    assert list(pd.read_parquet(province / "表" / "东市" / "乙县.parquet")["单位"].unique()) == [OTHER]


def test_where_no_county_can_be_merged_the_reasons_are_given(province: Path, tmp_path: Path) -> None:
    """Nothing is written."""
    roster = written(tmp_path / "名册.csv", [ROWS[0], *ROWS[3:]])
    with pytest.raises(InputError, match=r"西市丙县：没有可以汇总的报送.*西市丁县：没有收到文件"):
        xltool.merge(province / "报送", out=tmp_path / "汇总.xlsx", roster=roster)
    assert not (tmp_path / "汇总.xlsx").exists()
