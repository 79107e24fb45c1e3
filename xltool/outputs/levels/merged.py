"""The departments of several counties in one workbook or table: totals by county, each department, what is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
import pyarrow as pa

from xltool.outputs.merged import RATIOS, write_excluded
from xltool.outputs.sheets import totals
from xltool.outputs.sheets.workbook_writer import HeldWorkbook
from xltool.storage import files, parquet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xltool.auditing.acceptance import Exclusion
    from xltool.outputs.merged import Merged
    from xltool.roster.counties import County

REGION: Final = ["市", "县"]
_TEXTS: Final = ("单位编码", "单位", "年度", "等级", "重算得分", "总分_得分")


def write_merged_counties(
    path: Path, counties: Sequence[tuple[County, Merged]], excluded: Sequence[Exclusion], year: int
) -> None:
    """Write all departments of the counties, as a workbook or as Parquet by the ending of the path; OSError."""
    departments = pd.concat([_departments(county, merged) for county, merged in counties], ignore_index=True)
    if path.suffix.lower() == ".parquet":
        parquet.write(path, pa.Table.from_pandas(_typed(departments), preserve_index=False))
        return
    book = HeldWorkbook(f"{year}年度绩效自评分县汇总", files.run_time())
    totals.write(book, "分县汇总", by_county(departments), RATIOS)
    totals.write(book, "部门汇总", departments, RATIOS)
    write_excluded(book, excluded, {})
    files.write_whole(path, book.close())


def _departments(county: County, merged: Merged) -> pd.DataFrame:
    departments = merged.departments()
    departments.insert(0, "县", county.folders[-1])
    departments.insert(0, "市", str(county.city))
    return departments


def by_county(departments: pd.DataFrame) -> pd.DataFrame:
    """A row for each county: the number of its departments, sums of counts and money, and quotients of sums."""
    sums = [key for key in departments.columns if key not in {*REGION, *_TEXTS, *RATIOS}]
    numbers = departments[REGION].join(departments[sums].apply(pd.to_numeric, errors="coerce"))
    grouped = numbers.groupby(REGION, sort=False)
    table = grouped[sums].sum(min_count=1)
    for ratio, (above, below) in RATIOS.items():
        table[ratio] = (table[above] / table[below]).where(table[below] != 0)
    table.insert(0, "报送份数", grouped.size())
    ordered = [key for key in departments.columns if key in {*sums, *RATIOS}]
    return table[["报送份数", *ordered]].reset_index()


def _typed(departments: pd.DataFrame) -> pd.DataFrame:
    """The table with one type a column, whatever was filed."""
    texts = [*REGION, *(key for key in ("单位编码", "单位", "等级") if key in departments)]
    columns = {
        str(key): departments[key].astype("string")
        if key in texts
        else pd.to_numeric(departments[key], errors="coerce").astype("float64")
        for key in departments.columns
    }
    return pd.DataFrame(columns)
