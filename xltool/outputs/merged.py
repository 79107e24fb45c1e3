"""The accepted filings of a year as one workbook or one Parquet file.

Money is in 万元, rates are fractions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
import pyarrow as pa

from xltool.auditing.tables.frames import frames
from xltool.expr.nodes import Kind
from xltool.forms import FORMS, base_data, key_of, review
from xltool.forms.model import FORM_ROLES
from xltool.outputs.sheets import data, totals
from xltool.outputs.sheets.sheet_writer import ListColumn
from xltool.outputs.sheets.workbook_writer import HeldWorkbook
from xltool.storage import parquet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from xltool.auditing.acceptance import Exclusion
    from xltool.auditing.audit import Score
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


class Merged:
    """The accepted filings as tidy frames.

    With a roster the code of each department stands before its name.

    `long` has a row for each figure or text: 单位, 年度, 表, 项目, 明细 (项目 or 指标 for rows of a table, else null),
    行, 栏目, 数值, 文本, 计量单位, 文件, 工作表, 单元格, 单位编码 (null without a roster).
    """

    def __init__(
        self,
        records: Sequence[FileRecord],
        departments: Mapping[str, str],
        scores: Mapping[str, Score],
        *,
        codes: Mapping[str, str],
    ) -> None:
        """Build the frames of the records.

        `departments` maps the id of each filing to the name of its department, `codes` to its code in the roster;
        `codes` is empty without a roster.
        """
        tables = frames(records)
        self.codes = codes
        self._department = [CODE, "单位"] if codes else ["单位"]
        self._owner = [*self._department, "年度", "表", "项目"]
        submissions = tables.submissions.assign(单位=tables.submissions["filing"].map(departments).fillna(""))
        submissions = submissions.rename(columns={"form": "表", "year": "年度", "path": "文件", "sheet": "工作表"})
        submissions["项目"] = submissions["project"].where(submissions["表"] == _PROJECT_REVIEW, None)
        submissions["重算得分"] = [scores[key].recomputed if key in scores else None for key in submissions["id"]]
        submissions["等级"] = [scores[key].grade if key in scores else None for key in submissions["id"]]
        submissions[CODE] = submissions["filing"].map(codes)
        self.submissions = submissions.set_index("id")
        values = tables.values.rename(columns={"cell": "单元格", "unit": "计量单位", "field": "栏目"})
        self.values = values.drop(columns="sheet").join(self.submissions, on="submission")
        self.values["数值"] = [_number(*pair) for pair in zip(values["value"], values["recomputed"], strict=True)]
        self.values["文本"] = [value if isinstance(value, str) else None for value in values["value"]]
        self.tables = {base_data.PROJECTS: tables.projects, review.INDICATORS: tables.indicators}

    def wide(self, form: str) -> pd.DataFrame:
        """A row for each submission of a form, a column for each field."""
        mine = self.values[self.values["表"] == form]
        mine = mine.assign(值=mine["数值"].astype(object).where(mine["数值"].notna(), mine["文本"]))
        wide = mine.pivot_table(index="submission", columns="栏目", values="值", aggfunc="first", sort=False)
        submissions = self.submissions[self.submissions["表"] == form]
        head = submissions[[*self._department, "年度", *(["项目"] if form == _PROJECT_REVIEW else [])]]
        return head.join(wide.reindex(columns=list(FORMS[form].fields))).join(submissions[["文件", "工作表"]])

    def departments(self) -> pd.DataFrame:
        """A row for each filing: staffing, 三公经费, spending, funds, scores, and the sum of its 附件3."""
        head = self.submissions.drop_duplicates("filing").set_index("filing")[[*self._department, "年度"]]
        for form, keys in _DEPARTMENT.items():
            mine = self.wide(form).join(self.submissions[["filing"]]).drop_duplicates("filing").set_index("filing")
            head = head.join(mine[list(keys)])
        whole = (
            self.submissions[self.submissions["表"] == _DEPARTMENT_REVIEW].drop_duplicates("filing").set_index("filing")
        )
        head = head.join(whole[["重算得分", "等级"]])
        projects = self.wide(_PROJECT_REVIEW).join(self.submissions[["filing"]]).groupby("filing")
        head["附件3份数"] = projects.size()
        head["附件3_全年执行数"] = projects["年度资金总额_全年执行数"].apply(lambda column: column.astype(float).sum())
        return head.reset_index(drop=True)

    def projects(self) -> pd.DataFrame:
        """A row for each 附件3: department, project, funds and score."""
        wide = self.wide(_PROJECT_REVIEW)
        scores = self.submissions.loc[wide.index, ["重算得分", "等级"]]
        return wide[[*self._department, "年度", "项目", *_PROJECT]].join(scores).reset_index(drop=True)

    def spending(self) -> pd.DataFrame:
        """The amounts of 附件1 by item: 单位, 年度, 科目 and the three measures."""
        return self._by_item((_BASE_DATA,), base_data.MEASURES).drop(columns=["表", "项目"])

    def funds(self) -> pd.DataFrame:
        """The funds of 附件2 and 附件3 by source: 单位, 年度, 表, 项目, 科目 and the figures of its line."""
        return self._by_item((_DEPARTMENT_REVIEW, _PROJECT_REVIEW), FUNDS)

    def _by_item(self, forms: Sequence[str], measures: Sequence[str]) -> pd.DataFrame:
        split = self.values["栏目"].str.rpartition("_")
        mine = self.values.assign(科目=split[0], 计量=split[2])
        mine = mine[mine["表"].isin(forms) & mine["计量"].isin(measures) & (mine["科目"] != "")]
        by_item = mine.pivot_table(
            index=["submission", "科目"], columns="计量", values="数值", sort=False, dropna=False
        )
        by_item = by_item.reindex(columns=list(measures)).dropna(how="all").reset_index(level="科目")
        return self.submissions[self._owner].join(by_item, how="inner").reset_index(drop=True)

    def rows(self, table: str) -> pd.DataFrame:
        """The rows of a table: 单位, 年度, 表, 项目, the columns of the form, 文件."""
        rows = self.tables[table]
        others = {"submission", "row", "target", "actual", "cells", *review.TARGET_PARTS}
        inputs = [name for name in rows.columns if name not in others]
        if "项目" not in inputs:
            rows = rows.join(self.submissions[[*self._owner, "文件"]], on="submission")
        return rows[[*self._owner, *inputs, "文件"]].reset_index(drop=True)

    def long(self) -> pd.DataFrame:
        """Every figure and text with its address; the columns are those that the class names."""
        columns = list(_TYPES)
        single = self.values.assign(明细=None, 行=None)
        parts = [single[single["数值"].notna() | single["文本"].notna()]]
        parts += [self._melted(table) for table in self.tables]
        typed = [part.reindex(columns=columns).astype(_TYPES) for part in parts]
        return pd.concat(typed, ignore_index=True)

    def _melted(self, table: str) -> pd.DataFrame:
        form = next(form for form in FORMS.values() if any(known.key == table for known in form.tables))
        kinds = {column.key: column.kind for known in form.tables for column in known.inputs}
        rows = self.tables[table]
        melted = rows.melt(["submission", "row", "cells"], list(kinds), var_name="栏目", value_name="值")
        melted = melted[melted["值"].notna()].rename(columns={"row": "行"})
        numeric = melted["栏目"].map(kinds) != Kind.TEXT
        melted["数值"] = pd.to_numeric(melted["值"].where(numeric, None), errors="coerce")
        melted["文本"] = melted["值"].where(~numeric, None)
        melted["计量单位"] = melted["栏目"].map({key: kind.unit for key, kind in kinds.items()})
        melted["单元格"] = [cells.get(key) for cells, key in zip(melted["cells"], melted["栏目"], strict=True)]
        melted["明细"] = "项目" if table == base_data.PROJECTS else "指标"
        return melted.join(self.submissions, on="submission").sort_values(["submission", "行"], kind="stable")


_TYPES: Final = {
    "单位": "string", "年度": "Int64", "表": "string", "项目": "string", "明细": "string", "行": "Int64",
    "栏目": "string", "数值": "Float64", "文本": "string", "计量单位": "string", "文件": "string",
    "工作表": "string", "单元格": "string", CODE: "string",
}  # fmt: skip


def _number(filed: object, recomputed: object) -> float | None:
    """The filed number; the recomputed one where the cell was never calculated."""
    value = recomputed if filed is None else filed
    return float(value) if isinstance(value, int | float) else None


def merged_workbook(merged: Merged, excluded: Sequence[Exclusion], year: int, made_at: datetime) -> bytes:
    """Write the summary workbook: totals by department and by project, tidy sheets, and the excluded filings."""
    book = HeldWorkbook(f"{year}年度绩效自评汇总", made_at)
    totals.write(book, "部门汇总", merged.departments(), RATIOS)
    totals.write(book, "项目汇总", merged.projects(), RATIOS)
    sheets = {
        "附件1经费": merged.spending(),
        "资金情况": merged.funds(),
        "项目明细": merged.rows(base_data.PROJECTS),
        "指标明细": merged.rows(review.INDICATORS),
        **{form: merged.wide(form) for form in FORMS},
    }
    for name, frame in sheets.items():
        data.write(book, name, [str(key) for key in frame.columns], totals.plain_rows(frame))
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
    parquet.write(path, pa.Table.from_pandas(merged.long(), preserve_index=False))
