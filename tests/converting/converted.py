"""What the tests of converting share: filings of the seed, and readers of converted templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.support import documents
from tests.support import seed as filing
from tests.support.documents import write_docx, write_xlsx
from xltool.forms import FORMS, review
from xltool.reader.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.converting.conversion_list import ConvertedCell
    from xltool.converting.filings import Converted
    from xltool.reader.records import Submission


WRITERS: Final = {"xlsx": write_xlsx, "docx": write_docx}


FILES: Final = {
    "附件1": "附件1_2023年度部门整体支出绩效评价基础数据表_岳阳市君山产业开发区管委会.xlsx",
    "附件2": "附件2_2023年度部门整体支出绩效自评表_岳阳市君山产业开发区管委会.xlsx",
    "附件3": "附件3_2023年度项目支出绩效自评表_岳阳市君山产业开发区管委会_产业开发专项.xlsx",
}


def forms_in(*paths: Path) -> dict[str, Submission]:
    """The forms of these files by name."""
    return {submission.form: submission for path in paths for submission in read_file(path, path.name).submissions}


def inputs(submission: Submission) -> dict[str, Any]:
    """What a department fills in: fields outside tables, and the rows of each 二级指标 in their order."""
    items = FORMS[submission.form].fields.values()
    values: dict[str, Any] = {item.key: submission.value(item.key) for item in items if item.is_input}
    keys = [column.key for column in FORMS[submission.form].tables[0].inputs]
    rows = [tuple(row.value(key) for key in keys) for row in submission.rows]
    order = [part for group in review.GROUPS for part in group.parts]
    values["rows"] = sorted(rows, key=lambda row: order.index(str(row[1])) if submission.form != "附件1" else 0)
    return values


def templates(result: Converted) -> list[Path]:
    """The templates a conversion wrote."""
    return list(result.written[:-1])


def line_of(result: Converted, form: str, field: str) -> ConvertedCell:
    """The only line of a field."""
    (line,) = (line for line in result.lines if line.field == field and FILES[form] == line.target)
    return line


def renamed(path: Path, names: dict[str, str]) -> Path:
    """附件2 with other names for its 二级指标."""
    rows = [
        {**row, "二级指标": names.get(row["二级指标"], row["二级指标"])} for row in filing.seed()["附件2"]["indicators"]
    ]
    return write_xlsx([documents.self_review_form(filing.seed()["附件2"] | {"indicators": rows})], path)


def in_new_folder(path: Path) -> Path:
    """The path, after its folder was created."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
