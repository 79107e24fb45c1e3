"""The departments of several counties in one workbook or table: totals by county, each department, what is left out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from xltool.outputs.merged import CODE, RATIOS, write_excluded
from xltool.outputs.model import DataTable
from xltool.outputs.sheets import totals
from xltool.outputs.sheets.workbook_writer import HeldWorkbook
from xltool.storage import files, parquet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from xltool.auditing.acceptance import Exclusion
    from xltool.outputs.merged import Merged
    from xltool.outputs.model import Plain
    from xltool.roster.counties import County

REGION: Final = ("市", "县")
COUNT: Final = "报送份数"
_TEXTS: Final = (*REGION, CODE, "单位", "等级")
_SCORES: Final = ("年度", "重算得分", "总分_得分")


def write_merged_counties(
    path: Path, counties: Sequence[tuple[County, Merged]], excluded: Sequence[Exclusion], year: int
) -> None:
    """Write all departments of the counties, as a workbook or as Parquet by the ending of the path; OSError."""
    departments = departments_of(counties)
    if path.suffix.lower() == ".parquet":
        with parquet.writing(path, _schema(departments)) as rows:
            rows.add([_typed(row, departments.keys) for row in departments.rows])
        return
    book = HeldWorkbook(f"{year}年度绩效自评分县汇总", files.run_time())
    totals.write(book, "分县汇总", by_county(departments), RATIOS)
    totals.write(book, "部门汇总", departments, RATIOS)
    write_excluded(book, excluded, {})
    files.write_whole(path, book.close())


def departments_of(counties: Sequence[tuple[County, Merged]]) -> DataTable:
    """A row for each department, with its city and county."""
    keys = dict.fromkeys(REGION)
    rows: list[Mapping[str, Plain]] = []
    for county, merged in counties:
        departments = merged.departments()
        keys |= dict.fromkeys(departments.keys)
        region: dict[str, Plain] = dict(zip(REGION, (str(county.city), county.folders[-1]), strict=True))
        rows += [{**region, **row} for row in departments.rows]
    return DataTable(tuple(keys), rows)


def by_county(departments: DataTable) -> DataTable:
    """A row for each county: the number of its departments, sums of counts and money, and quotients of sums."""
    keys = [key for key in departments.keys if key not in {*_TEXTS, *_SCORES}]
    counties: dict[tuple[Plain, ...], list[Mapping[str, Plain]]] = {}
    for row in departments.rows:
        counties.setdefault(tuple(map(row.get, REGION)), []).append(row)
    rows = []
    for region, members in counties.items():
        sums = {key: _sum([row.get(key) for row in members]) for key in keys if key not in RATIOS}
        quotients = {key: _quotient(sums[above], sums[below]) for key, (above, below) in RATIOS.items()}
        rows.append(dict(zip(REGION, region, strict=True)) | {COUNT: len(members)} | sums | quotients)
    return DataTable((*REGION, COUNT, *keys), rows)


def _sum(values: Sequence[Plain]) -> float | None:
    """The sum of the numbers; None where there are none."""
    numbers = [value for value in values if isinstance(value, int | float)]
    return math.fsum(numbers) if numbers else None


def _quotient(above: float | None, below: float | None) -> float | None:
    return above / below if above is not None and below else None


def _schema(departments: DataTable) -> pa.Schema:
    """One type a column, whatever was filed."""
    return pa.schema([(key, pa.string() if key in _TEXTS else pa.float64()) for key in departments.keys])


def _typed(row: Mapping[str, Plain], keys: Sequence[str]) -> dict[str, Plain]:
    """A row without texts in columns of numbers."""
    return {key: value for key in keys if isinstance(value := row.get(key), str) == (key in _TEXTS)}
