"""The accepted filings of a year as one workbook or one Parquet file.

Money is in 万元, rates are fractions.
"""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from xltool.auditing.tables import tidy
from xltool.forms import FORMS, base_data, key_of, review
from xltool.forms.model import FORM_ROLES
from xltool.outputs.model import DataTable
from xltool.outputs.sheets import data, totals
from xltool.outputs.sheets.sheet_writer import ListColumn
from xltool.outputs.sheets.workbook_writer import HeldWorkbook
from xltool.storage import parquet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from xltool.auditing.acceptance import Exclusion
    from xltool.auditing.result import Score
    from xltool.forms.model import Table
    from xltool.outputs.model import Plain
    from xltool.outputs.sheets.workbook_writer import WorkbookWriter
    from xltool.reader.records import FileRecord

FUNDS: Final = ("年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")
CODE: Final = "单位编码"
EXCLUDED_COLUMNS: Final = (
    ListColumn("序号", 6),
    ListColumn(CODE, 12),
    ListColumn("单位", 32),
    ListColumn("文件", 50),
    ListColumn("未汇总的原因", 80),
)
_BASE_DATA, _DEPARTMENT_REVIEW, _PROJECT_REVIEW = map(key_of, FORM_ROLES)
_DEPARTMENT: Final = {
    _BASE_DATA: (
        "编制数", "实际在职人数", "控制率", "三公经费_上年决算数", "三公经费_本年预算数", "三公经费_本年决算数",
        "项目支出_本年决算数", "公用经费_本年预算数", "公用经费_本年决算数",
    ),
    _DEPARTMENT_REVIEW: (
        "年度资金总额_年初预算数", "年度资金总额_全年预算数", "年度资金总额_全年执行数", "年度资金总额_执行率",
        "支出_基本支出", "支出_项目支出", "总分_得分",
    ),
}  # fmt: skip
RATIOS: Final = {
    "控制率": ("实际在职人数", "编制数"),
    "年度资金总额_执行率": ("年度资金总额_全年执行数", "年度资金总额_全年预算数"),
}
_PROJECT: Final = (
    "主管部门", "实施单位", "年度资金总额_年初预算数", "年度资金总额_全年预算数", "年度资金总额_全年执行数",
    "年度资金总额_执行率", "总分_得分",
)  # fmt: skip
_RESULT: Final = ("重算得分", "等级")
_TABLES: Final = {base_data.projects: "项目", review.indicators: "指标"}
"""The tables of the forms, and what a row of each is in the long table."""
_TEXT, _NUMBER, _COUNT = pa.string(), pa.float64(), pa.int64()
LONG: Final = pa.schema([
    ("单位", _TEXT), ("年度", _COUNT), ("表", _TEXT), ("项目", _TEXT), ("明细", _TEXT), ("行", _COUNT),
    ("栏目", _TEXT), ("数值", _NUMBER), ("文本", _TEXT), ("计量单位", _TEXT), ("文件", _TEXT),
    ("工作表", _TEXT), ("单元格", _TEXT), (CODE, _TEXT),
])  # fmt: skip
"""The columns of the long table."""
_Row = dict[str, "Plain"]


class Merged:
    """The accepted filings as tables of a workbook, and as one long table.

    With a roster the code of each department stands before its name.
    """

    def __init__(
        self,
        records: Sequence[FileRecord],
        departments: Mapping[str, str],
        scores: Mapping[str, Score],
        *,
        codes: Mapping[str, str],
    ) -> None:
        """Take in the records.

        `departments` maps the id of each filing to the name of its department, `codes` to its code in the roster;
        `codes` is empty without a roster.
        """
        self.codes = codes
        self._department = (CODE, "单位") if codes else ("单位",)
        self._owner = (*self._department, "年度", "表", "项目")
        self._submissions: dict[str, _Row] = {
            row["id"]: {
                "单位": departments.get(row["filing"], ""), CODE: codes.get(row["filing"]), "年度": row["year"],
                "表": row["form"], "项目": row["project"] if row["form"] == _PROJECT_REVIEW else None,
                "文件": row["path"], "工作表": row["sheet"], "filing": row["filing"], **_result(scores.get(row["id"])),
            }
            for row in tidy.submissions(records)
        }  # fmt: skip
        self._values: dict[str, list[_Row]] = defaultdict(list)
        for row in tidy.values(records):
            self._values[row["submission"]].append(
                {"栏目": row["field"], "计量单位": row["unit"], "单元格": row["cell"]}
                | _parts(row["recomputed"] if row["value"] is None else row["value"], row["value"])
            )
        self._rows = {
            base_data.projects: tidy.projects(records),
            review.indicators: tidy.indicators(records),
        }

    def wide(self, form: str) -> DataTable:
        """A row for each submission of a form, a column for each field."""
        keys = (*self._department, "年度", *(["项目"] if form == _PROJECT_REVIEW else []))
        rows = [self._fields(key) | row for key, row in self._submissions.items() if row["表"] == form]
        return DataTable((*keys, *FORMS[form].fields, "文件", "工作表"), rows)

    def departments(self) -> DataTable:
        """A row for each filing: staffing, 三公经费, spending, funds, scores, and the sum of its 附件3."""
        forms: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for key, row in self._submissions.items():
            forms[str(row["filing"])][str(row["表"])].append(key)
        fields = [key for keys in _DEPARTMENT.values() for key in keys]
        keys = (*self._department, "年度", *fields, *_RESULT, "附件3份数", "附件3_全年执行数")
        return DataTable(keys, [self._whole(own) for own in forms.values()])

    def _whole(self, forms: Mapping[str, Sequence[str]]) -> _Row:
        """The row of a filing, given the ids of its submissions by their forms."""
        first = self._submissions[next(iter(forms.values()))[0]]
        row = {key: first[key] for key in (*self._department, "年度")}
        for form, keys in _DEPARTMENT.items():
            own = self._fields(forms[form][0]) if form in forms else {}
            row |= {key: own.get(key) for key in keys}
        if _DEPARTMENT_REVIEW in forms:
            row |= {key: self._submissions[forms[_DEPARTMENT_REVIEW][0]][key] for key in _RESULT}
        if projects := forms.get(_PROJECT_REVIEW):
            spent = [self._fields(key).get("年度资金总额_全年执行数") for key in projects]
            row["附件3份数"] = len(projects)
            row["附件3_全年执行数"] = math.fsum(value for value in spent if isinstance(value, float))
        return row

    def projects(self) -> DataTable:
        """A row for each 附件3: department, project, funds and score."""
        return DataTable((*self._department, "年度", "项目", *_PROJECT, *_RESULT), self.wide(_PROJECT_REVIEW).rows)

    def spending(self) -> DataTable:
        """The amounts of 附件1 by item: 单位, 年度, 科目 and the three measures."""
        rows = self._by_item((_BASE_DATA,), base_data.MEASURES)
        return DataTable((*self._department, "年度", "科目", *base_data.MEASURES), rows)

    def funds(self) -> DataTable:
        """The funds of 附件2 and 附件3 by source: 单位, 年度, 表, 项目, 科目 and the figures of its line."""
        return DataTable((*self._owner, "科目", *FUNDS), self._by_item((_DEPARTMENT_REVIEW, _PROJECT_REVIEW), FUNDS))

    def _by_item(self, forms: Sequence[str], measures: Sequence[str]) -> list[_Row]:
        rows = []
        for key, owner in self._submissions.items():
            items: dict[str, _Row] = defaultdict(dict)
            for value in self._values[key] if owner["表"] in forms else ():
                item, _, measure = str(value["栏目"]).rpartition("_")
                if item and measure in measures and value["数值"] is not None:
                    items[item][measure] = value["数值"]
            rows += [owner | {"科目": item} | figures for item, figures in items.items()]
        return rows

    def rows(self, table: Table) -> DataTable:
        """The rows of a table: 单位, 年度, 表, 项目, the columns of the form, 文件."""
        inputs = [column.key for column in table.inputs]
        rows = [{key: row[key] for key in inputs} | self._submissions[row["submission"]] for row in self._rows[table]]
        return DataTable((*self._owner, *inputs, "文件"), rows)

    def long(self) -> Iterator[Mapping[str, Plain]]:
        """Every figure and text with its address; the columns are those of LONG.

        明细 is 项目 or 指标 for rows of a table, else blank; 单位编码 is blank without a roster.
        """
        for key, owner in self._submissions.items():
            for value in self._values[key]:
                yield from self._addressed(owner, value)
        for table, detail in _TABLES.items():
            kinds = {column.key: column.kind for column in table.inputs}
            for row in sorted(self._rows[table], key=lambda row: (row["submission"], row["row"])):
                for key, kind in kinds.items():
                    value = {"明细": detail, "行": row["row"], "栏目": key, "计量单位": kind.unit}
                    parts = _parts(row[key], row[key])
                    owner = self._submissions[row["submission"]]
                    yield from self._addressed(owner, value | parts | {"单元格": row["cells"].get(key)})

    def _addressed(self, owner: _Row, value: _Row) -> Iterator[Mapping[str, Plain]]:
        """A figure or text with whose it is; nothing where it is blank."""
        if value["数值"] is not None or value["文本"] is not None:
            yield {key: item for key in LONG.names if (item := value.get(key, owner.get(key))) is not None}

    def _fields(self, submission: str) -> _Row:
        """The figures and texts of a submission by their fields."""
        return {
            str(row["栏目"]): row["文本"] if row["数值"] is None else row["数值"] for row in self._values[submission]
        }


def _result(score: Score | None) -> _Row:
    """The score and grade that were recomputed."""
    return dict(zip(_RESULT, (None, None) if score is None else (score.recomputed, score.grade), strict=True))


def _parts(figure: object, text: object) -> _Row:
    """A value as a number, or as the text that was filed; a number is the recomputed one if nothing was calculated."""
    return {
        "数值": float(figure) if isinstance(figure, int | float) else None,
        "文本": text if isinstance(text, str) else None,
    }


def merged_workbook(merged: Merged, excluded: Sequence[Exclusion], year: int, made_at: datetime) -> bytes:
    """Write the summary workbook: totals by department and by project, tidy sheets, and the excluded filings."""
    book = HeldWorkbook(f"{year}年度绩效自评汇总", made_at)
    totals.write(book, "部门汇总", merged.departments(), RATIOS)
    totals.write(book, "项目汇总", merged.projects(), RATIOS)
    sheets = {
        "附件1经费": merged.spending(),
        "资金情况": merged.funds(),
        "项目明细": merged.rows(base_data.projects),
        "指标明细": merged.rows(review.indicators),
        **{form: merged.wide(form) for form in FORMS},
    }
    for name, table in sheets.items():
        data.write(book, name, table.keys, table.values())
    write_excluded(book, excluded, merged.codes)
    return book.close()


def write_excluded(book: WorkbookWriter, excluded: Sequence[Exclusion], codes: Mapping[str, str]) -> None:
    """Write the filings and files that are left out, with the reasons."""
    columns = [column for column in EXCLUDED_COLUMNS if codes or column.head != CODE]
    sheet = book.sheet("未汇总", columns)
    sheet.set_print_title("未汇总")
    sheet.start_list(len(excluded), frozen=2, empty="全部报送都已汇总。")
    for row, exclusion in enumerate(excluded, start=1):
        files = "\n".join(exclusion.files)
        sheet.write_number(row, 0, row, "integer")
        code = [codes.get(exclusion.filing, "")] if codes else []
        texts = [*code, exclusion.department, files, exclusion.reason]
        for column, text in enumerate(texts, start=1):
            sheet.write_text(row, column, text)
        sheet.fit_height(row, [None, *texts])


def write_parquet(path: Path, merged: Merged) -> None:
    """Write the long table as Parquet, whole or not at all. Raises OSError."""
    rest = merged.long()
    with parquet.writing(path, LONG) as rows:
        while block := list(islice(rest, parquet.GROUP)):
            rows.add(block)
