"""merge: filings without errors are summed, the others are listed with their reasons."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import pytest

import xltool
from tests.batches.folders import InlinePool
from tests.support.programs import office
from tests.support.sheets import rows_of, sheet_names
from tools.samples import clean, planted
from tools.samples.sample import Paper, papers_as_sheets, workbook_of
from xltool.batches import reading
from xltool.forms import base_data
from xltool.template.order import file_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


OTHER: Final = "示范县水务局"
TOTALS: Final = "合计（得分为平均）"
SHEETS: Final = [
    "部门汇总", "项目汇总", "附件1经费", "资金情况", "项目明细", "指标明细", "附件1", "附件2", "附件3", "未汇总",
]  # fmt: skip


@pytest.fixture(autouse=True)
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in this process; workers have their own tests."""
    monkeypatch.setattr(reading, "Pool", InlinePool)


def file(folder: Path, papers: Sequence[Paper], filer: str, year: int = clean.YEAR) -> None:
    """Write a filing as its department sends it."""
    folder.mkdir(parents=True)
    for order, sheet in papers_as_sheets(papers, filer, year):
        (folder / file_name(order, sheet)).write_bytes(workbook_of(order, sheet))


def with_error(folder: Path) -> None:
    """Write a filing whose 三公经费 does not add up."""
    (wrong,) = (defect for defect in planted.DEFECTS if any(finding.rule == "A1-07" for finding in defect.expected))
    folder.mkdir(parents=True)
    for name, content in planted.with_defects(wrong).files.items():
        (folder / name).write_bytes(content)


def renamed(paper: Paper, **changes: float) -> Paper:
    """The form of another department, with other figures of 附件1."""
    values: dict[Any, Any] = {
        item: OTHER if value == clean.BUREAU else changes.get(item.key, value) for item, value in paper.values.items()
    }
    return replace(paper, values=values)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two filings without errors, one with errors, and a broken file."""
    file(tmp_path / "报送" / "甲", clean.papers(), clean.BUREAU)
    file(tmp_path / "报送" / "乙", [renamed(paper, 编制数=100, 实际在职人数=90) for paper in clean.papers()], OTHER)
    with_error(tmp_path / "报送" / "丙")
    (tmp_path / "报送" / "坏文件.xlsx").write_bytes(b"PK\x03\x04 broken")
    return tmp_path / "报送"


def listed(path: Path, sheet: str) -> list[dict[str, Any]]:
    """The rows of a sheet by their heads; the totals, if any, come first."""
    lines = rows_of(path, sheet)
    if TOTALS in lines[0]:
        lines[0], lines[1] = lines[1], lines[0]
    names = [str(head).replace("\n", "_") for head in lines[0]]
    return [dict(zip(names, line, strict=True)) for line in lines[1:]]


def test_filings_without_errors_are_summed_and_the_others_listed(folder: Path, tmp_path: Path) -> None:
    """Two departments are merged; the one with errors and the broken file are listed with their reason."""
    merged = xltool.merge(folder, out=tmp_path / "汇总.xlsx")
    assert sorted(merged.filings) == [f"{clean.BUREAU}（2023）", f"{OTHER}（2023）"]
    assert [(exclusion.department, len(exclusion.files) > 0) for exclusion in merged.excluded] == [
        (planted.BUREAU, True),
        ("", True),
    ]
    assert "A1-07 附件1" in merged.excluded[0].reason
    book = tmp_path / "汇总.xlsx"
    assert sheet_names(book) == SHEETS
    total, *departments = listed(book, "部门汇总")
    assert {row["单位"] for row in departments} == {clean.BUREAU, OTHER}
    assert total["编制数"] == sum(row["编制数"] for row in departments)
    assert total["控制率"] == pytest.approx(total["实际在职人数"] / total["编制数"])
    assert total["总分_得分"] == pytest.approx(sum(row["总分_得分"] for row in departments) / 2)
    assert all(row["附件3份数"] == 2 and row["等级"] == "优" for row in departments)
    _, *projects = listed(book, "项目汇总")
    assert len(projects) == 4
    assert departments[0]["附件3_全年执行数"] == pytest.approx(
        sum(row["年度资金总额_全年执行数"] for row in projects if row["单位"] == departments[0]["单位"])
    )
    assert len(listed(book, "项目明细")) == 2 * len(clean.papers()[0].rows)
    assert listed(book, "未汇总")[0]["单位"] == planted.BUREAU


def test_tidy_sheets_hold_every_amount_once(folder: Path, tmp_path: Path) -> None:
    """The sheets of 附件1 by item and of 附件2, 附件3 by source of funds have the amounts of the forms."""
    xltool.merge(folder, out=tmp_path / "汇总.xlsx")
    book = tmp_path / "汇总.xlsx"
    (row,) = (row for row in listed(book, "附件1经费") if (row["单位"], row["科目"]) == (OTHER, "公务接待"))
    values = clean.papers()[0].values
    assert [row[measure] for measure in base_data.MEASURES] == [values[item] for item in base_data.reception]
    funds = [row for row in listed(book, "资金情况") if row["单位"] == OTHER and row["科目"] == "年度资金总额"]
    assert sorted(row["表"] for row in funds) == ["附件2", "附件3", "附件3"]
    assert sum(row["全年执行数"] for row in funds if row["表"] == "附件3") <= funds[0]["全年执行数"]


def test_totals_are_formulas_that_calculate_to_what_is_saved(folder: Path, tmp_path: Path) -> None:
    """LibreOffice calculates the totals that were written."""
    if office.soffice() is None:
        pytest.skip("no LibreOffice")
    xltool.merge(folder, out=tmp_path / "汇总.xlsx")
    (again,) = office.recalculate([tmp_path / "汇总.xlsx"], tmp_path / "重算")
    for name in SHEETS[:2]:
        written, computed = (listed(path, name)[0] for path in (tmp_path / "汇总.xlsx", again))
        assert computed == pytest.approx(written)


def test_parquet_is_one_long_table_with_addresses(folder: Path, tmp_path: Path) -> None:
    """Figures and texts, also of table rows, have their unit, file, sheet and cell."""
    xltool.merge(folder, out=tmp_path / "汇总.parquet")
    table = pd.read_parquet(tmp_path / "汇总.parquet")
    assert set(table["单位"]) == {clean.BUREAU, OTHER}
    posts = table[(table["栏目"] == "编制数") & (table["单位"] == OTHER)]
    assert posts[["数值", "计量单位", "工作表", "单元格"]].to_numpy().tolist() == [[100.0, "人", "附件1", "B5"]]
    assert set(table["明细"].dropna()) == {"项目", "指标"}
    assert table[["数值", "文本"]].notna().sum(axis=1).eq(1).all()


def test_a_form_filed_twice_is_not_counted_twice(folder: Path, tmp_path: Path) -> None:
    """Nobody knows which copy counts: the filing is left out and listed."""
    first = min((folder / "乙").glob("附件2*"))
    (folder / "乙" / "附件2最终版.xlsx").write_bytes(first.read_bytes())
    merged = xltool.merge(folder, out=tmp_path / "汇总.xlsx")
    assert list(merged.filings) == [f"{clean.BUREAU}（2023）"]
    assert "W-21" in next(exclusion.reason for exclusion in merged.excluded if exclusion.department == OTHER)


def test_the_year_has_to_be_clear(folder: Path, tmp_path: Path) -> None:
    """Two years need --year; filings of the other year are left out; a year without filings is an error."""
    file(tmp_path / "报送" / "去年", clean.papers(), clean.BUREAU, 2022)
    with pytest.raises(ValueError, match=r"2022、2023.*--year"):
        xltool.merge(folder, out=tmp_path / "汇总.xlsx")
    merged = xltool.merge(folder, out=tmp_path / "汇总.xlsx", year=2023)
    assert "年度不符：2022" in [exclusion.reason for exclusion in merged.excluded]
    with pytest.raises(ValueError, match="没有 2021 年度"):
        xltool.merge(folder, out=tmp_path / "汇总.xlsx", year=2021)


def test_nothing_to_merge_and_an_unknown_format_are_errors(tmp_path: Path) -> None:
    """If every filing has errors, or the suffix is unknown, nothing is written."""
    with_error(tmp_path / "报送" / "丙")
    with pytest.raises(ValueError, match="没有可以汇总的报送"):
        xltool.merge(tmp_path / "报送", out=tmp_path / "汇总.xlsx")
    with pytest.raises(ValueError, match=r"\.xlsx 或 \.parquet"):
        xltool.merge(tmp_path / "报送", out=tmp_path / "汇总.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["报送"]


def test_the_same_filings_give_the_same_bytes(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a fixed time, a merge is reproducible, and its own result in the folder is not merged again."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    xltool.merge(folder, out=tmp_path / "汇总.xlsx")
    xltool.merge(folder, out=folder / "汇总.xlsx")
    xltool.merge(folder, out=folder / "汇总.xlsx")
    assert (folder / "汇总.xlsx").read_bytes() == (tmp_path / "汇总.xlsx").read_bytes()


def test_with_a_roster_the_valid_copy_is_summed_and_incomplete_filings_are_left_out(tmp_path: Path) -> None:
    """A form filed twice is no obstacle, a missing form is one, and departments without a filing are listed.

    Codes of the roster stand before the names on every sheet, with their zeros; a scan has the department it came from.
    """
    folder, roster = tmp_path / "报送", tmp_path / "名册.csv"
    file(folder / "甲", clean.papers(), clean.BUREAU)
    base = next((folder / "甲").glob("附件1*"))
    (folder / "甲" / f"副本{base.name}").write_bytes(base.read_bytes())
    file(folder / "乙", [renamed(paper) for paper in clean.papers() if paper.form != "附件1"], OTHER)
    (folder / "乙" / "附件1扫描件.pdf").write_bytes(b"%PDF-1.7")
    roster.write_text(f"单位编码,单位名称\n001,{clean.BUREAU}\n002,{OTHER}\n003,示范县林业局\n", encoding="utf-8")
    merged = xltool.merge(folder, out=tmp_path / "汇总.xlsx", roster=roster)
    assert [len(same) for same in merged.filings.values()] == [len(clean.papers())]
    reasons = {exclusion.department: exclusion.reason for exclusion in reversed(merged.excluded)}
    assert reasons.keys() == {OTHER, "示范县林业局"}
    assert reasons[OTHER].startswith("没有报齐，缺 附件1")
    assert reasons["示范县林业局"] == "没有报送"
    book = tmp_path / "汇总.xlsx"
    for name in SHEETS[:-1]:
        rows = [row for row in listed(book, name) if row["单位"] != TOTALS]
        assert {(row["单位编码"], row["单位"]) for row in rows} == {("001", clean.BUREAU)}
    left_out = listed(book, "未汇总")
    names = [(row["单位编码"], row["单位"]) for row in left_out]
    assert names == [("002", OTHER), ("002", OTHER), ("003", "示范县林业局")]
    assert "PDF" in left_out[1]["未汇总的原因"]


def test_departments_stand_in_the_order_of_the_roster(tmp_path: Path) -> None:
    """With a roster its order counts, and not that of the names. Who may have filed in 元 is named."""
    folder, roster = tmp_path / "报送", tmp_path / "名册.csv"
    file(folder / "甲", clean.papers(), clean.BUREAU)
    base, *others = (renamed(paper) for paper in clean.papers())
    in_yuan = [dict(base.rows[0]) | {"上年决算数": 2_600_000}, *base.rows[1:]]
    file(folder / "乙", [replace(base, rows=in_yuan), *others], OTHER)
    # By name the other one would stand last.
    roster.write_text(f"单位编码,单位名称\n001,{OTHER}\n002,{clean.BUREAU}\n", encoding="utf-8")
    merged = xltool.merge(folder, out=tmp_path / "汇总.parquet", roster=roster)
    assert [same[0].department for same in merged.filings.values()] == [OTHER, clean.BUREAU]
    assert merged.messages[-1].startswith("汇总里有 1 个单位的金额疑似按“元”填报（A1-32）")
    assert merged.messages[-1].endswith(f"：{OTHER}")
    table = pd.read_parquet(tmp_path / "汇总.parquet")
    assert table.groupby("单位编码")["单位"].first().to_dict() == {"001": OTHER, "002": clean.BUREAU}
