"""What departments really send: the seed in every format, five filings of other places, and bad input."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.reader.test_formats import through_writer
from tests.support import filings
from tests.support.documents import Form, base_data_form, forms, places, project_form, write_docx, write_xlsx
from tests.support.programs.office import convert, needs_office
from tests.support.seed import DEPARTMENT, PROJECT, goals, seed
from tools.samples import junshan
from tools.samples.checking import audited, placed_findings
from xltool.findings import Severity, address, row_column
from xltool.forms import FORMS
from xltool.reader.formats import open_any
from xltool.reader.guard import check
from xltool.reader.labels.area import fold_label
from xltool.reader.locate import LocatedForm, locate_forms
from xltool.reader.notes.leftovers import CellAccount, account_for_cells
from xltool.reader.reading import read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tools.samples.sample import Address, FieldRef
    from xltool.auditing.audit import Audit
    from xltool.reader.records import FileRecord, Submission

WORKBOOKS = ("xlsx", "xls", "et", "ods")
DOCUMENTS = ("docx", "doc")
FORMATS = [
    "xlsx",
    "docx",
    *(pytest.param(suffix, marks=needs_office) for suffix in ("xls", "et", "ods", "doc")),
]


class Maker:
    """Forms written in any format, each once."""

    def __init__(self, folder: Path) -> None:
        """Files go into the folder."""
        self.folder = folder
        self.made: dict[tuple[str, str], Path] = {}

    def file(self, name: str, filed: list[Form], suffix: str) -> Path:
        """The forms as a file of this format."""
        if (name, suffix) not in self.made:
            self.made[name, suffix] = self._make(name, filed, suffix)
        return self.made[name, suffix]

    def _make(self, name: str, filed: list[Form], suffix: str) -> Path:
        if suffix == "xlsx":
            return write_xlsx(filed, self.folder / f"{name}.xlsx")
        if suffix == "docx":
            return write_docx(filed, self.folder / f"{name}.docx")
        if suffix == "doc":
            return through_writer(self.file(name, filed, "docx"), self.folder / "writer", "doc")
        if suffix == "et":
            return Path(shutil.copy(self.file(name, filed, "xls"), self.folder / f"{name}.et"))
        return convert([self.file(name, filed, "xlsx")], self.folder / suffix, suffix)[0]


@pytest.fixture(scope="module")
def maker(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    """Files of this module."""
    return Maker(tmp_path_factory.mktemp("foreign"))


def read(path: Path) -> FileRecord:
    """A file that must be read."""
    record = read_file(path, path.name)
    assert record.status == "read", record.reason
    return record


# ------------------------------------------------------------------------------------------- the seed


@cache
def seed_values() -> dict[str, dict[str, object]]:
    """Every single field of the three forms, from the transcription."""
    foot = {"填表人": "某某", "填报日期": "2024-06-12", "联系电话": "0730-0000000", "单位负责人签字": None}
    texts = {field.key: text for field, text in goals().items()}
    one, two, three = (seed()[key] for key in ("附件1", "附件2", "附件3"))
    base: dict[str, object] = {key: one[key] for key in ("编制数", "实际在职人数", "控制率", "厉行节约保障措施")}
    for label, amounts in one["rows"].items():
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
        "附件1": base | one["楼堂馆所"] | foot,
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


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_value_of_the_seed_in_every_format(maker: Maker, suffix: str) -> None:
    """All fields of the three forms and all rows are the transcribed ones, whatever the file."""
    record = read(maker.file("seed", forms(), suffix))
    assert [(submission.form, submission.layout, submission.year) for submission in record.submissions] == [
        (key, "foreign", 2023) for key in FORMS
    ]
    counts = [
        compare(submission, seed_values()[submission.form], seed_rows(submission.form))
        for submission in record.submissions
    ]
    assert counts == [51 + 4, 23 + 184, 26 + 184]
    assert all(submission.values.keys() == seed_values()[submission.form].keys() for submission in record.submissions)


class Cells:
    """Where the builder put each field of the seed: in sheets of a workbook, or in tables and paragraphs."""

    def __init__(self, path: Path) -> None:
        """A file made of the seed's forms."""
        self.path = path
        self.filed = {form.name: form for form in forms()}

    def address(self, spot: FieldRef) -> Address:
        """File, sheet and cell of a spot."""
        assert spot.field is not None
        form = self.filed[spot.form]
        row, column = places(form)[spot.field.key, spot.row]
        if self.path.suffix[1:] in WORKBOOKS:
            return self.path.name, spot.form, address(row, column)
        number = list(self.filed).index(spot.form) + 1
        inside = row - len(form.head)
        if inside <= form.height:
            return self.path.name, f"表格{number}", address(inside, column)
        before = sum(len(other.head) + len(other.foot) for other in forms()[: number - 1])
        return self.path.name, "段落", f"A{before + len(form.head) + inside - form.height}"


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_seed_is_found_out_in_every_format(maker: Maker, suffix: str) -> None:
    """All of C.1 at the foreign cells, nothing else, nothing of C.2, and the same scores."""
    path = maker.file("seed", forms(), suffix)
    result = audited([path])
    cells = Cells(path)
    expected = [one for one in junshan.MUST_FLAG if one.rule != "T-01"]
    wanted = sorted((one.rule, one.severity, cells.address(one.at)) for one in expected)
    found = [one for one in placed_findings(result) if one[0] != "T-01"]
    assert found == wanted
    assert {one[0] for one in found} >= {"A3-02", "A2-14"}
    assert {finding.rule for finding in result.findings}.isdisjoint(junshan.MUST_NOT_FLAG)
    assert [(one.filed, one.recomputed, one.grade) for one in result.scores.values()] == [(95, 95, "优")] * 2


@pytest.mark.parametrize("suffix", FORMATS)
def test_full_width_spaces_are_told_with_each_cell(maker: Maker, suffix: str) -> None:
    """T-01: the thirteen padded numbers of 附件1 and the nine of 附件3."""
    result = audited([maker.file("seed", forms(), suffix)])
    padded = [1 + len(finding.related) for finding in result.findings if finding.rule == "T-01"]
    assert padded == [13, 9]


# --------------------------------------------------------------------------- five filings of other places

CUT = "the transcription is cut: not all indicators are there"
FLAGS: dict[tuple[str, str, str], tuple[str, Severity, str] | str] = {
    ("chizhou_tangxi_village_2022", "A3-05", "年度资金总额"): ("A3-05", Severity.ERROR, "年度资金总额_年初预算数"),
    ("chizhou_tangxi_village_2022", "A3-06", "执行率/得分"): ("A3-06", Severity.ERROR, "年度资金总额_执行率"),
    ("chizhou_tangxi_village_2022", "A2-19", "预期目标"): ("A2-19", Severity.WARNING, "预期目标"),
    ("chizhou_tangxi_village_2022", "A3-09", "年初→全年"): ("A3-09", Severity.WARNING, "当年财政拨款_全年预算数"),
    ("chongqing_media_2021", "S-14", "政府采购执行率"): ("S-14", Severity.ERROR, "得分"),
    ("chongqing_media_2021", "S-21", "党性教育培训次数"): "the form has no column for the reason S-21 asks for",
    ("chongqing_media_2021", "A1-34", "联系人/电话"): ("A1-34", Severity.WARNING, "联系电话"),
    ("huanggang_soil_2020", "S-16", "整编资料审核 得分"): "no 分值 column: what is full marks cannot be known",
    ("huanggang_soil_2020", "S-32", "目标1 效益指标"): ("S-32", Severity.INFO, "二级指标"),
    ("hunan_dept_basic_2018_wanglu", "A1-21", "项目支出/全部列"): ("A1-21", Severity.ERROR, "项目支出_上年决算数"),
    ("hunan_dept_basic_2018_wanglu", "A1-20", "公用经费/全部列"): ("A1-20", Severity.ERROR, "公用经费_上年决算数"),
    ("hunan_dept_basic_2018_wanglu", "T-05", "水费、电费、差旅费/2018年预算数"): (
        "T-05",
        Severity.WARNING,
        "水费电费差旅费_本年预算数",
    ),
    # A1-19 is about 公用经费 as a whole, blank here; a line over its own budget is A1-33.
    ("hunan_dept_basic_2018_wanglu", "A1-19", "水费、电费、差旅费"): (
        "A1-33",
        Severity.INFO,
        "水费电费差旅费_本年决算数",
    ),
    ("hunan_dept_basic_2018_wanglu", "A1-17", "项目支出 1、业务工作专项"): (
        "A1-17",
        Severity.WARNING,
        "项目支出_本年决算数",
    ),
    ("hunan_dept_basic_2018_wanglu", "A1-10", "三公经费"): ("A1-10", Severity.WARNING, "三公经费_本年决算数"),
    ("hunan_dept_basic_2018_wanglu", "A2-13", "部门整体支出预算调整"): "A2-13 reads 附件2, which was not filed",
    ("zhongjiang_water_2022", "S-01", "总分/分值"): ("S-01", Severity.ERROR, "总分_分值"),
    # Its headings equal their rows (its own passes say so), so S-07 is silent; that they are not 50/30/10 is S-04.
    ("zhongjiang_water_2022", "S-07", "一级权重"): ("S-04", Severity.WARNING, "分值"),
    ("zhongjiang_water_2022", "S-30", "实际值"): ("S-30", Severity.WARNING, "实际完成值"),
    # A category without any indicator is no row of the table: it is S-32 that speaks of it.
    ("zhongjiang_water_2022", "S-12", "经济效益指标"): ("S-32", Severity.INFO, "二级指标"),
}
CONSEQUENCES = {
    "chizhou_tangxi_village_2022": {"S-01": CUT},
    "chongqing_media_2021": {
        "S-01": CUT,
        "S-03": CUT,
        "S-12": "the target of 三公经费变动率 is blank in the transcription",
    },
    "zhongjiang_water_2022": {"S-03": "weights add to 110 and all are met, so the scores add to 110 too, printed 100"},
}
"""Errors that are true of the file as it is transcribed and not among its flags."""


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("name", filings.NAMES)
def test_every_transcribed_value_is_read(maker: Maker, name: str, suffix: str) -> None:
    """Each filing in the layout its notation describes, in every format: field by field, row by row."""
    built = filings.build(name)
    (one,) = read(maker.file(name, built.forms, suffix)).submissions
    count = compare(one, built.values, built.rows)
    assert count == COUNTS[name]


COUNTS = dict(zip(filings.NAMES, (84, 70, 32, 48, 84), strict=True))


@pytest.fixture(scope="module")
def audits(maker: Maker) -> dict[str, Audit]:
    """The five filings audited as workbooks."""
    return {name: audited([maker.file(name, filings.build(name).forms, "xlsx")]) for name in filings.NAMES}


def test_every_flag_of_the_five_is_listed_here() -> None:
    """No flag is passed over without a reason."""
    listed = {(name, flag["rule"], flag["cell"]) for name in filings.NAMES for flag in filings.document(name)["flags"]}
    assert listed == FLAGS.keys()


@pytest.mark.parametrize("flag", [flag for flag, told_as in FLAGS.items() if isinstance(told_as, tuple)])
def test_a_flag_of_the_five_is_found(audits: dict[str, Audit], flag: tuple[str, str, str]) -> None:
    """The defect the transcription names is found, at the field it names."""
    result, expected = audits[flag[0]], FLAGS[flag]
    assert expected in {(finding.rule, finding.severity, finding.field) for finding in result.findings}


def test_figures_of_the_flags(audits: dict[str, Audit]) -> None:
    """The amounts that the transcriptions expect are those the messages give."""
    found = {
        (name, finding.rule, finding.field): finding for name, result in audits.items() for finding in result.findings
    }
    rate = found["chizhou_tangxi_village_2022", "A3-06", "年度资金总额_执行率"]
    assert (rate.actual, rate.expected) == ("0.00%", "100.00%")
    totals = [finding.expected for finding in audits["chizhou_tangxi_village_2022"].findings if finding.rule == "A3-05"]
    assert totals == ["202.64万元", "132.912万元", "132.912万元"]
    parts = found["chizhou_tangxi_village_2022", "A2-19", "预期目标"]
    assert parts.expected == "1740000元"
    assert "总数写 2026400元" in parts.message
    assert ("chizhou_tangxi_village_2022", "A2-19", "实际完成情况") not in found
    assert "-34.41%" in found["chizhou_tangxi_village_2022", "A3-09", "当年财政拨款_全年预算数"].message
    assert found["chongqing_media_2021", "S-14", "得分"].expected == "1.45分"
    assert "合计 110分" in found["zhongjiang_water_2022", "S-01", "总分_分值"].message
    copied = found["zhongjiang_water_2022", "S-30", "实际完成值"]
    assert 1 + len(copied.related) == 6
    parents = [
        finding.expected for finding in audits["hunan_dept_basic_2018_wanglu"].findings if finding.rule == "A1-21"
    ]
    assert parents == ["938.80万元", "320.00万元", "689.16万元"]


@pytest.mark.parametrize("name", filings.NAMES)
def test_no_error_beyond_the_flags(audits: dict[str, Audit], name: str) -> None:
    """What the transcriptions call right raises nothing; other errors are true and said why."""
    flagged = {told_as[0] for (of, _, _), told_as in FLAGS.items() if of == name and isinstance(told_as, tuple)}
    errors = {finding.rule for finding in audits[name].findings if finding.severity is Severity.ERROR}
    assert errors - flagged == CONSEQUENCES.get(name, {}).keys()


def test_every_finding_on_the_five_names_its_cell(audits: dict[str, Audit]) -> None:
    """Also where the form has no cell for what a check is about, such as a total that was cut off."""
    assert [finding for result in audits.values() for finding in result.findings if finding.cell is None] == []


# ------------------------------------------------------------------------------- nothing dropped silently


def located(path: Path) -> list[LocatedForm]:
    """The forms found in a file."""
    return locate_forms(open_any(path, check(path)))


def accounts(path: Path) -> Iterator[tuple[Submission, LocatedForm, CellAccount]]:
    """Each form of a file with the account of its cells."""
    record = read(path)
    for submission, form in zip(record.submissions, located(path), strict=True):
        yield submission, form, account_for_cells(submission, form)


def filled(form: LocatedForm) -> set[tuple[int, int]]:
    """The cells of the form's part of the sheet that hold anything, counted here from the sheet itself."""
    region = form.region
    assert region is not None
    return {
        spot
        for spot, cell in form.sheet.cells.items()
        if region.top <= spot[0] <= region.bottom and cell.value is not None and str(cell.value).strip()
    }


def told_of(submission: Submission) -> set[tuple[int, int]]:
    """The cells that W-10 names, and a number in a —— cell (A1-25)."""
    notes = [note for note in submission.notes if note.rule in {"W-10", "A1-25"}]
    return {row_column(str(cell)) for note in notes for cell in (note.cell, *note.related)}


@pytest.mark.parametrize("suffix", ["xlsx", "docx"])
@pytest.mark.parametrize("name", ["seed", *filings.NAMES])
def test_every_cell_is_accounted_for(maker: Maker, name: str, suffix: str) -> None:
    """Values + printed texts + cells reported as not ours = cells that hold anything."""
    filed = forms() if name == "seed" else filings.build(name).forms
    found = list(accounts(maker.file(name, filed, suffix)))
    for one, form, account in found:
        assert len(account.values) + len(account.printed) + len(account.left) == len(filled(form))
        assert account.values | account.printed | set(account.left) == filled(form)
        assert told_of(one) == set(account.left)
        cells = {row_column(each.cell) for each in one.values.values() if each.raw not in {None, ""}}
        assert cells & filled(form) <= account.values
    left = [len(account.left) for _, _, account in found]
    assert left == LEFT.get(name, [0] * len(found))


LEFT = {"chongqing_media_2021": [28], "hunan_dept_basic_2018_wanglu": [1], "zhongjiang_water_2022": [2]}
"""得分系数 and 是否核心指标 with their heads; 16.14 in a —— cell; 项目负责人及电话 and who it is."""


@pytest.mark.parametrize("name", ["seed", *filings.NAMES])
def test_no_value_hides_among_the_printed_texts(maker: Maker, name: str) -> None:
    """What was taken for a printed text is one: no number, no text of the transcription."""
    filed = forms() if name == "seed" else filings.build(name).forms
    for _, form, account in accounts(maker.file(name, filed, "xlsx")):
        texts = [form.sheet.cells[spot].value for spot in account.printed]
        assert [text for text in texts if not isinstance(text, str)] == []
        assert [text for text in texts if fold_label(str(text)) in _filed_texts(name)] == []


@cache
def _filed_texts(name: str) -> set[str]:
    built = None if name == "seed" else filings.build(name)
    rows = seed_rows("附件2") if built is None else built.rows
    levels = {"一级指标", "二级指标"}
    return {fold_label(v) for row in rows for key, v in row.items() if isinstance(v, str) and key not in levels}


def test_a_table_that_is_no_form_is_told(maker: Maker) -> None:
    """The index table beside the 2018 form: how many cells, where, as a note on the file."""
    record = read(maker.file(filings.NAMES[3], filings.build(filings.NAMES[3]).forms, "xlsx"))
    (note,) = record.notes
    assert (note.rule, note.sheet, note.cell, note.words["个数"]) == ("W-10", "指标表", "A1", "13")
    assert "部门整体支出绩效评价指标表" in note.words["清单"]


def test_a_report_below_the_forms_is_told(tmp_path: Path) -> None:
    """In a Word file the report follows the forms: no form claims its lines, one note tells of them."""
    report = Form("报告", ["2023年度部门整体支出绩效自评报告", "一、部门基本情况", "内设机构5个。"], 1, foot=[])
    report.add(1, "编制数")
    record = read(write_docx([*forms(), report], tmp_path / "全套.docx"))
    assert [submission.form for submission in record.submissions] == list(FORMS)
    (note,) = record.notes
    assert (note.rule, note.words["个数"], note.sheet, note.cell) == ("W-10", "4", "段落", "A14")


def test_a_note_beside_the_form_is_told(tmp_path: Path) -> None:
    """A remark right of the table, and an amount in a row of its own."""
    form = base_data_form()
    form.add(4, "请财务核对", start=9)
    form.add(form.height + 1, "其他经费", ("88.8", 2))
    path = write_xlsx([form], tmp_path / "附件1.xlsx")
    ((one, _, account),) = accounts(path)
    texts = {address(*spot) for spot in account.left}
    assert texts == {"I6", "A23", "B23"} == {address(*spot) for spot in told_of(one)}
    (finding,) = (finding for finding in audited([path]).findings if finding.rule == "W-10")
    assert "I6 “请财务核对”" in finding.message
    assert "有 3 个单元格" in finding.message


# --------------------------------------------------------------------------------------------- bad input


def test_a_workbook_with_no_form(tmp_path: Path) -> None:
    """Refused with the reason: what was named and not read is an error."""
    book = openpyxl.Workbook()
    book.worksheets[0].append(["姓名", "电话"])
    book.worksheets[0].append(["某某", "0000000"])
    book.save(tmp_path / "通讯录.xlsx")
    record = read_file(tmp_path / "通讯录.xlsx", "通讯录.xlsx")
    assert (record.status, record.code) == ("refused", "no_form")
    assert "没有认出附件1、附件2、附件3" in record.reason


def test_a_list_of_the_forms_is_no_form(tmp_path: Path) -> None:
    """Titles alone, as in a table of contents, make no submission."""
    listed = ["附件1 部门整体支出绩效评价基础数据表", "附件2 部门整体支出绩效自评表", "附件3 项目支出绩效自评表"]
    form = Form("目录", listed, 1, foot=[])
    form.add(1, "以上三张表")
    record = read_file(write_xlsx([form], tmp_path / "目录.xlsx"), "目录.xlsx")
    assert (record.status, record.code) == ("refused", "no_form")


def _is_content(text: str) -> bool:
    """Whether a text is no label: it has digits, or is long."""
    return len(text) > 40 or any(character.isdigit() for character in text)


@pytest.mark.parametrize("make", [base_data_form, project_form])
def test_a_form_with_half_its_labels_missing(tmp_path: Path, make: Callable[[], Form]) -> None:
    """W-20, an error that lists what is missing; with all labels there is none."""
    form = make()
    kept = {
        "编制数",
        "主管部门",
        "三级指标",
        "三公经费",
        "年度\n指标值",
        "实际\n完成值",
        "一级指标",
        "经费控制情况（万元）",
    }
    form.boxes = [box if box.text in kept or _is_content(box.text) else replace(box, text="") for box in form.boxes]
    result = audited([write_xlsx([form], tmp_path / "坏.xlsx")])
    (finding,) = (finding for finding in result.findings if finding.rule == "W-20")
    assert finding.severity is Severity.ERROR
    assert form.name in finding.message
    whole = audited([write_xlsx([make()], tmp_path / "好.xlsx")])
    assert "W-20" not in {finding.rule for finding in whole.findings}


@pytest.mark.parametrize("suffix", ["xlsx", "docx"])
def test_two_copies_of_one_form_in_a_file(tmp_path: Path, suffix: str) -> None:
    """W-21, at the second; both are read, under ids of their own."""
    second = base_data_form()
    second.name = "附件1 (2)"
    write = write_xlsx if suffix == "xlsx" else write_docx
    result = audited([write([base_data_form(), second], tmp_path / f"两份.{suffix}")])
    first, other = result.submissions
    assert first.id != other.id
    (finding,) = (finding for finding in result.findings if finding.rule == "W-21")
    assert (finding.severity, finding.submission, finding.actual) == (Severity.WARNING, other.id, "2 份")


@pytest.mark.timeout(60)
def test_a_million_formatted_rows_below_a_form(tmp_path: Path) -> None:
    """Formats to the last row of the sheet change nothing of what is read."""
    path = write_xlsx([base_data_form()], tmp_path / "长.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    for column in "ABCDEFG":
        sheet.column_dimensions[column].number_format = "0.00"
    for row in range(1_048_000, 1_048_577):
        sheet.cell(row, 1).number_format = "0.00"
    sheet["A1048576"] = "　"
    book.save(path)
    (one,) = read(path).submissions
    assert compare(one, seed_values()["附件1"], seed_rows("附件1")) == 55
    assert [note.rule for note in one.notes if note.rule != "T-01"] == []
