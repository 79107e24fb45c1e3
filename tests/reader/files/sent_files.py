"""What several tests of foreign forms need."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.support import filings
from tests.support.documents import Form, write_docx, write_xlsx
from tests.support.programs.office import convert, needs_office
from tests.support.seed import DEPARTMENT, PROJECT, goals, seed
from xltool.forms import FORMS
from xltool.reader.reading import read_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xltool.reader.records import FileRecord, Submission

FORMATS = [
    "xlsx",
    "docx",
    *(pytest.param(suffix, marks=needs_office) for suffix in ("xls", "et", "ods", "doc")),
]


SOURCES: Final = {"xls": "xlsx", "ods": "xlsx", "doc": "docx"}
"""What LibreOffice makes each format from."""


class Maker:
    """Forms written in any format, each once."""

    def __init__(self, folder: Path) -> None:
        """Files go into the folder."""
        self.folder = folder
        self.written: dict[tuple[str, str], Path] = {}
        self.foreseen: dict[str, list[Form]] = {}

    def foresee(self, filed: Mapping[str, list[Form]]) -> None:
        """Forms that will be asked for, which LibreOffice then converts in one start."""
        self.foreseen |= filed

    def file(self, name: str, filed: list[Form], suffix: str) -> Path:
        """The forms as a file of this format."""
        if (name, suffix) not in self.written:
            self._write(name, filed, suffix)
        return self.written[name, suffix]

    def _write(self, name: str, filed: list[Form], suffix: str) -> None:
        if suffix == "xlsx":
            self.written[name, suffix] = write_xlsx(filed, self.folder / f"{name}.xlsx")
        elif suffix == "docx":
            self.written[name, suffix] = write_docx(filed, self.folder / f"{name}.docx")
        elif suffix == "et":
            self.written[name, suffix] = Path(shutil.copy(self.file(name, filed, "xls"), self.folder / f"{name}.et"))
        else:
            together = {each: forms for each, forms in self.foreseen.items() if (each, suffix) not in self.written}
            together[name] = filed
            sources = [self.file(each, forms, SOURCES[suffix]) for each, forms in together.items()]
            converted = convert(sources, self.folder / suffix, suffix)
            self.written |= {(each, suffix): path for each, path in zip(together, converted, strict=True)}


def read(path: Path) -> FileRecord:
    """A file that must be read."""
    record = read_file(path, path.name)
    assert record.status == "read", record.reason
    return record


@cache
def seed_values() -> dict[str, dict[str, object]]:
    """Every single field of the three forms, from the transcription."""
    foot = {"填表人": "某某", "填报日期": "2024-06-12", "联系电话": "0730-0000000", "单位负责人签字": None}
    texts = {field.key: text for field, text in goals().items()}
    first, two, three = (seed()[key] for key in ("附件1", "附件2", "附件3"))
    base: dict[str, object] = {key: first[key] for key in ("编制数", "实际在职人数", "控制率", "厉行节约保障措施")}
    for label, amounts in first["rows"].items():
        key = label.lstrip("123、").removeprefix("其中:").replace("、", "")
        if key != PROJECT:
            base |= {f"{key}_{m}": a for m, a in zip(("上年决算数", "本年预算数", "本年决算数"), amounts, strict=True)}
    for key in ("政府采购金额_上年决算数", "部门基本支出预算调整_上年决算数"):
        base.pop(key)  # —— on the form
    funds = {f"年度资金总额_{key}": value for key, value in two["年度资金总额"].items()} | {"年度资金总额_得分": 10}
    halves = {f"{half}_{key}": value for half in ("收入", "支出") for key, value in two[f"{half}性质"].items()}
    total = {f"总分_{key}": value for key, value in two["总分"].items()}
    project: dict[str, object] = {key: three[key] for key in ("项目支出名称", "主管部门", "实施单位")}
    for label, amounts in three["资金"].items():
        key = label.removeprefix("其中:")
        if isinstance(amounts, list):
            project |= {f"{key}_{m}": a for m, a in zip(filings.MEASURES, amounts, strict=True)}
        else:
            project[f"年度资金总额_{key}"] = amounts
    return {
        "附件1": base | first["楼堂馆所"] | foot,
        "附件2": {"部门名称": DEPARTMENT} | funds | halves | texts | total | foot,
        "附件3": project | texts | total | foot,
    }


def wanted_value(value: object) -> object:
    """A transcribed value as it is read: percentages are fractions, numbers floats."""
    if isinstance(value, str) and value.endswith("%") and value[:-1].replace(".", "").isdigit():
        return round(float(value[:-1]) / 100, 8)
    return float(value) if isinstance(value, int) else value


def compare(submission: Submission, values: dict[str, object], rows: list[dict[str, object]]) -> int:
    """Field by field and row by row; gives the number of values compared."""
    read_values = {key: submission.value(key) for key in values if key in submission.values}
    assert read_values == {key: wanted_value(value) for key, value in values.items()}
    table = [row for row in submission.rows if row.table == FORMS[submission.form].tables[0].key]
    texts = [{key: row.value(key) for key in wanted} for row, wanted in zip(table, rows, strict=True)]
    assert texts == [{key: float(v) if isinstance(v, int) else v for key, v in row.items()} for row in rows]
    return len(values) + sum(map(len, rows))


def seed_rows(form: str) -> list[dict[str, object]]:
    """The rows of a form, from the transcription."""
    if form == "附件1":
        amounts = seed()["附件1"]["rows"][f"1、{PROJECT}"]
        return [{"项目名称": PROJECT, **dict(zip(("上年决算数", "本年预算数", "本年决算数"), amounts, strict=True))}]
    renamed = {"偏差原因": "偏差原因分析及改进措施"}
    return [
        {renamed.get(key, key): value or (value if value == 0 else None) for key, value in row.items()}
        for row in seed()["附件2"]["indicators"]
    ]
