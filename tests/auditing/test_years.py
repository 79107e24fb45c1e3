"""Two years side by side: last year's filing is found, compared with, and never judged itself."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

import xltool
from tests.batches.folders import InlinePool
from tests.support.filled import cell_in_row, cell_of
from tests.support.workbook_editor import WorkbookEditor
from xltool.auditing.tables.scopes import FilingScope, FormScope, prior_key
from xltool.batches import file_set, reading, runs
from xltool.batches.options import Options
from xltool.batches.prior import PriorMatch
from xltool.catalogue import explain
from xltool.expr import words
from xltool.expr.nodes import Sum
from xltool.findings import Finding, Place, Severity
from xltool.forms import FORMS, base_data, project, review, self_review
from xltool.reader.files.sources import NothingToCheckError, sources_of_last_year
from xltool.rules.catalogue import RULES
from xltool.template.filling import indicator_columns, project_columns
from xltool.template.order import Order, SheetOrder
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from xltool.auditing.result import Audit
    from xltool.expr.nodes import Field

BUREAU = "某市水利局"
Values = dict["Field", Any]


@pytest.fixture(autouse=True)
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No processes: the work itself is the same."""
    monkeypatch.setattr(reading, "Pool", InlinePool)


def wrote(path: Path, year: int, form: str, values: Values, department: str = BUREAU) -> Path:
    """A filled template of a year."""
    path.parent.mkdir(parents=True, exist_ok=True)
    whose = {base_data.unit: department, self_review.department: department, project.implementer: department}
    named = {field: name for field, name in whose.items() if FORMS[form].has(field)}
    path.write_bytes(write_workbook(Order(year, department), [SheetOrder(FORMS[form], prefill=named | values)]))
    return path


def base(path: Path, year: int, values: Values | None = None, *rows: dict[str, Any], department: str = BUREAU) -> Path:
    """附件1 of a year."""
    return wrote(path, year, "附件1", (values or {}) | (project_columns(list(rows)) if rows else {}), department)


def river(path: Path, year: int, values: Values, name: str = "河道治理") -> Path:
    """附件3 of a year."""
    return wrote(path, year, "附件3", {project.name: name} | values)


def of_years(findings: Iterable[Finding]) -> list[Finding]:
    """Findings of the rules across years."""
    return [finding for finding in findings if finding.rule.startswith("Y-")]


def audited(folder: Path, prior: Path | None) -> list[Finding]:
    """Findings across years of a folder given as one set."""
    result, _ = file_set.audit_given([folder], prior=prior)
    return of_years(result.findings)


SPENT = {
    base_data.posts: 12,
    base_data.staff: 12,
    base_data.vehicle_running.actual: 5.51,
    base_data.reception.actual: 17.7,
    base_data.running.actual: 40,
}
SAID = {
    base_data.posts: 12,
    base_data.staff: 12,
    base_data.vehicle_running.last: 5.51,
    base_data.reception.last: 17.7,
    base_data.vehicle_running.actual: 5,
    base_data.reception.actual: 17,
    base_data.running.last: 40,
    base_data.running.actual: 39,
}


# --- findings ---------------------------------------------------------------------------------


def test_two_years_that_agree_raise_nothing(tmp_path: Path) -> None:
    """What this year says of last year is what last year filed: no rule across years speaks."""
    base(tmp_path / "2022" / "附件1.xlsx", 2022, SPENT)
    base(tmp_path / "2023" / "附件1.xlsx", 2023, SAID)
    assert audited(tmp_path / "2023", tmp_path / "2022") == []


def test_a_wrong_figure_is_told_once_with_both_addresses(tmp_path: Path) -> None:
    """The part that is wrong is told, not the total that follows from it; last year's cell is named by its path."""
    last = base(tmp_path / "2022" / "旧.xlsx", 2022, SPENT)
    base(tmp_path / "2023" / "附件1.xlsx", 2023, SAID | {base_data.reception.last: 27.48})
    (finding,) = audited(tmp_path / "2023", tmp_path / "2022")
    assert (finding.rule, finding.severity, finding.cell) == (
        "Y-01",
        Severity.ERROR,
        cell_of("附件1", "公务接待_上年决算数"),
    )
    assert (finding.actual, finding.expected) == ("27.48万元", "17.70万元")
    assert finding.message == ("公务接待上年决算数填报 27.48万元，而上年报送的本年决算数为 17.70万元，两年对不上。")
    assert finding.related == (Place(last.as_posix(), "附件1", cell_of("附件1", "公务接待_本年决算数")),)


def test_a_part_left_out_is_told_at_the_total(tmp_path: Path) -> None:
    """A line blank this year cannot be compared, but the total without it can."""
    base(tmp_path / "2022" / "附件1.xlsx", 2022, SPENT)
    base(tmp_path / "2023" / "附件1.xlsx", 2023, SAID | {base_data.vehicle_running.last: None})
    (finding,) = audited(tmp_path / "2023", tmp_path / "2022")
    assert (finding.rule, finding.field) == ("Y-01", "三公经费_上年决算数")
    assert (finding.actual, finding.expected) == ("17.70万元", "23.21万元")


def test_last_year_in_another_unit_is_compared_in_ours(tmp_path: Path) -> None:
    """Figures filed in 元 last year are the same amounts."""
    in_yuan = {key: value * 10_000 if key.kind.unit == "万元" else value for key, value in SPENT.items()}
    path = base(tmp_path / "2022" / "附件1.xlsx", 2022, in_yuan)
    book = openpyxl.load_workbook(path)
    sheet = book["附件1"]
    sheet.defined_names.clear()
    (mark,) = (cell for row in sheet.iter_rows() for cell in row if cell.value == "单位：万元")
    mark.value = "单位：元"
    for name in book.sheetnames[1:]:
        del book[name]
    book.save(path)
    base(tmp_path / "2023" / "附件1.xlsx", 2023, SAID)
    assert audited(tmp_path / "2023", tmp_path / "2022") == []


def _shows(path: Path, cell: str) -> object:
    return openpyxl.load_workbook(path)["附件1"][cell].value


def test_posts_staff_and_spending_that_jump(tmp_path: Path) -> None:
    """A changed 编制数 is information; a jump in staff or in spending is a warning, at this year's cell."""
    base(tmp_path / "2022" / "附件1.xlsx", 2022, SPENT)
    jumped = {base_data.posts: 20, base_data.staff: 19, base_data.running.actual: 60}
    base(tmp_path / "2023" / "附件1.xlsx", 2023, SAID | jumped)
    findings = audited(tmp_path / "2023", tmp_path / "2022")
    assert [(finding.rule, finding.severity, finding.field) for finding in findings] == [
        ("Y-02", Severity.INFO, "编制数"),
        ("Y-07", Severity.WARNING, "实际在职人数"),
        ("Y-07", Severity.WARNING, "公用经费_本年决算数"),
    ]
    assert findings[1].message == "实际在职人数填报 19人，上年报送为 12人，变动 58.33%，超过 30%。"


def test_carried_over_is_what_the_same_project_had_left(tmp_path: Path) -> None:
    """Among several projects the one of the same name counts, numbers before it aside."""
    year = project.year
    for name, executed in (("1、河道治理", 80), ("水库除险", 100)):
        values = {project.appropriation.budget: 100, project.appropriation.executed: executed}
        river(tmp_path / "2022" / f"{name}.xlsx", 2022, values, name)
    carried = {project.appropriation.budget: 50, project.carried_over.budget: 30}
    river(tmp_path / "2023" / "河道.xlsx", 2023, carried)
    river(tmp_path / "2023" / "水库.xlsx", 2023, {project.carried_over.budget: 0}, "水库除险")
    (finding,) = (each for each in audited(tmp_path / "2023", tmp_path / "2022") if each.rule == "Y-03")
    assert (finding.path, finding.cell) == ("河道.xlsx", cell_of("附件3", "上年结转资金_全年预算数"))
    assert (finding.actual, finding.expected) == ("30.00万元", "20.00万元")
    assert {place.path for place in finding.related} == {(tmp_path / "2022" / "1、河道治理.xlsx").as_posix()}
    assert {place.cell for place in finding.related} == {
        cell_of("附件3", year.budget.key),
        cell_of("附件3", year.executed.key),
    }


def _indicator(target: str, actual: str) -> dict[str, Any]:
    names = {"二级指标": "数量指标", "三级指标": "培训人次"}
    return names | {"年度指标值": target, "实际完成值": actual, "分值": 50.0, "得分": 50.0}


def test_a_target_below_what_was_done(tmp_path: Path) -> None:
    """The indicator of the same name is compared, and both rows are named."""
    for year, target, actual in ((2022, "≥200人次", "260人次"), (2023, "≥150人次", "280人次")):
        rows = indicator_columns([_indicator(target, actual)], Order(year).indicators)
        wrote(tmp_path / str(year) / "附件2.xlsx", year, "附件2", rows)
    (finding,) = audited(tmp_path / "2023", tmp_path / "2022")
    assert (finding.rule, finding.severity, finding.cell) == (
        "Y-04",
        Severity.WARNING,
        cell_in_row("附件2", review.target_value, 0),
    )
    assert finding.message == "“培训人次”的年度指标值 ≥150人次，低于上年报送的实际完成值 260人次。"
    assert [place.cell for place in finding.related] == [cell_in_row("附件2", review.actual_value, 0)]


def test_projects_that_come_go_and_change_their_names(tmp_path: Path) -> None:
    """Gone, new and renamed are told apart, the renamed as one; a project's own last amount is compared."""
    spent: dict[str, Any] = {"本年决算数": 60.0}
    names = ("河道治理", "水库除险加固", "老旧管网更新")
    base(tmp_path / "2022" / "附件1.xlsx", 2022, {}, *({"项目名称": name} | spent for name in names))
    rows = [{"项目名称": "1、河道治理", "上年决算数": 50.0} | spent]
    rows += [{"项目名称": name} | spent for name in ("2、水库除险加固工程", "3、智慧水务平台")]
    base(tmp_path / "2023" / "附件1.xlsx", 2023, {}, *rows)
    findings = audited(tmp_path / "2023", tmp_path / "2022")
    assert [(finding.rule, finding.message.partition("”")[2]) for finding in findings if finding.rule == "Y-05"] == [
        ("Y-05", "上年报送中有，本年没有填报。"),
        ("Y-05", "与上年报送的“水库除险加固”名称相近，疑为同一项目改了名称。"),
        ("Y-05", "在上年报送中没有，为本年新出现。"),
    ]
    (amount,) = (finding for finding in findings if finding.rule == "Y-08")
    assert (amount.actual, amount.expected) == ("50.00万元", "60.00万元")


def test_texts_taken_over(tmp_path: Path) -> None:
    """A text that is last year's to the letter is told, white space aside."""
    base(tmp_path / "2022" / "附件1.xlsx", 2022, {base_data.thrift: "压减一般性支出，公务用车统一调度。"})
    base(tmp_path / "2023" / "附件1.xlsx", 2023, {base_data.thrift: "压减一般性支出， 公务用车统一调度。"})
    (finding,) = audited(tmp_path / "2023", tmp_path / "2022")
    assert (finding.rule, finding.severity, finding.cell) == (
        "Y-06",
        Severity.INFO,
        cell_of("附件1", base_data.thrift.key),
    )


# --- matching ---------------------------------------------------------------------------------


def matched(folder: Path, prior: Path, out: Path) -> tuple[str, ...]:
    """How a batch says it matched last year's filings."""
    return runs.run(folder, out, Options(jobs=1, prior=prior)).messages


def test_departments_are_matched_by_name_and_only_the_year_before_counts(tmp_path: Path) -> None:
    """This year itself, two years ago and other departments in the folder of last year change nothing."""
    now, before = tmp_path / "今年", tmp_path / "往年"
    base(now / "甲" / "附件1.xlsx", 2023, SAID)
    base(now / "乙" / "附件1.xlsx", 2023, SAID, department="某市林业局")
    base(before / "2023" / "附件1.xlsx", 2023, SPENT | {base_data.reception.actual: 1})
    base(before / "2022" / "附件1.xlsx", 2022, SPENT)
    base(before / "2021" / "附件1.xlsx", 2021, SPENT | {base_data.reception.actual: 2})
    base(before / "2022" / "丙.xlsx", 2022, SPENT, department="某市教育局")
    outcome = runs.run(now, tmp_path / "结果", Options(jobs=1, prior=before))
    assert of_years(outcome.audit.findings) == []
    assert outcome.messages == ("上年报送：2 个单位中找到 1 个（没有找到：某市林业局）",)
    assert [record.path for record in outcome.audit.records] == ["乙/附件1.xlsx", "甲/附件1.xlsx"]
    assert {finding.path for finding in outcome.audit.findings} <= {"乙/附件1.xlsx", "甲/附件1.xlsx"}


def test_a_roster_knows_last_years_name(tmp_path: Path) -> None:
    """Filed under its short name last year, a department is found by the roster, and only by it."""
    base(tmp_path / "今年" / "附件1.xlsx", 2023, SAID)
    base(tmp_path / "往年" / "附件1.xlsx", 2022, SPENT, department="水利局")
    roster = tmp_path / "名册.csv"
    roster.write_text(f"单位编码,单位名称,简称\n101,{BUREAU},水利局\n", encoding="utf-8")
    options = Options(jobs=1, prior=tmp_path / "往年", roster=roster)
    outcome = runs.run(tmp_path / "今年", tmp_path / "结果", options)
    assert outcome.messages == ("上年报送：1 个单位中找到 1 个",)
    assert matched(tmp_path / "今年", tmp_path / "往年", tmp_path / "结果") == (
        f"上年报送：1 个单位中找到 0 个（没有找到：{BUREAU}）",
    )


def test_files_that_cannot_be_used_are_said(tmp_path: Path) -> None:
    """A form without a year and a file that cannot be read are named, once each."""
    base(tmp_path / "今年" / "附件1.xlsx", 2023, SAID)
    path = base(tmp_path / "往年" / "无年度.xlsx", 2022, SPENT)
    heads = ("A2", "B6", "D6", "F6", "D4")
    clerk = WorkbookEditor(path).drop_manifest()
    for cell in heads:
        text = _shows(path, cell)
        if isinstance(text, str):
            clerk.put("附件1", cell, text.replace("2022", "").replace("2021", ""))
    clerk.save(path)
    (tmp_path / "往年" / "坏.xlsx").write_bytes(path.read_bytes()[:2000])
    messages = matched(tmp_path / "今年", tmp_path / "往年", tmp_path / "结果")
    assert messages == (
        f"上年报送：1 个单位中找到 0 个（没有找到：{BUREAU}）",
        "上年报送中有 1 个文件看不出年度，没有用于比对：../往年/无年度.xlsx",
        "上年报送中有 1 个文件无法读取，没有用于比对：../往年/坏.xlsx",
    )


def test_many_that_are_missing_are_counted() -> None:
    """Five names are enough."""
    last = PriorMatch((), 9, tuple("甲乙丙丁戊己"), (), ())
    assert last.messages == ("上年报送：9 个单位中找到 3 个（没有找到：甲、乙、丙、丁、戊等 6 个）",)


def test_last_year_inside_the_folder_is_not_checked(tmp_path: Path) -> None:
    """A folder that holds both years: what lies in the folder of last year is compared with, not checked."""
    last = base(tmp_path / "2022" / "附件1.xlsx", 2022, SPENT)
    base(tmp_path / "2023" / "附件1.xlsx", 2023, SAID | {base_data.reception.last: 9})
    outcome = runs.run(tmp_path, tmp_path / "结果", Options(jobs=1, prior=tmp_path / "2022"))
    assert [record.path for record in outcome.audit.records] == ["2023/附件1.xlsx"]
    (finding,) = of_years(outcome.audit.findings)
    assert finding.related[0].path == "2022/附件1.xlsx"
    both = runs.run(tmp_path, tmp_path / "结果", Options(jobs=1, prior=tmp_path))
    assert len(both.audit.submissions) == 2
    assert of_years(both.audit.findings) == [finding]
    shutil.rmtree(last.parent)
    (tmp_path / "2023" / "附件1.xlsx").rename(base(tmp_path / "旧" / "附件1.xlsx", 2022, SPENT))
    with pytest.raises(NothingToCheckError, match="除上年报送外没有可以检查的文件"):
        runs.run(tmp_path, tmp_path / "结果", Options(jobs=1, prior=tmp_path / "旧"))


def test_a_single_file_of_last_year_will_do(tmp_path: Path) -> None:
    """`prior` may be a file; from another drive its whole path is its name."""
    last = base(tmp_path / "往年" / "附件1.xlsx", 2022, SPENT)
    base(tmp_path / "今年" / "附件1.xlsx", 2023, SAID)
    messages = matched(tmp_path / "今年", last, tmp_path / "结果")
    assert messages == ("上年报送：1 个单位中找到 1 个",)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("xltool.reader.files.sources.os.path.relpath", _no_way)
        (source,) = sources_of_last_year(last, root=tmp_path)
    assert source.name == last.as_posix()


def _no_way(*_: object) -> str:
    raise ValueError


def test_a_folder_of_last_year_that_is_not_there(tmp_path: Path) -> None:
    """The call is wrong, and says what is missing."""
    path = base(tmp_path / "附件1.xlsx", 2023, SAID)
    with pytest.raises(ValueError, match=r"找不到文件或文件夹：.*往年"):
        xltool.audit(path, prior=tmp_path / "往年")


def test_python_and_json_say_the_same(tmp_path: Path) -> None:
    """`audit` and `batch` take last year's folder by name; findings.json names last year's cell."""
    base(tmp_path / "2022" / "附件1.xlsx", 2022, SPENT)
    path = base(tmp_path / "2023" / "附件1.xlsx", 2023, SAID | {base_data.reception.last: 9})
    findings = xltool.audit(path, prior=tmp_path / "2022").findings
    assert list(findings[findings["rule"] == "Y-01"]["expected"]) == ["17.70万元"]
    xltool.batch(tmp_path / "2023", out=tmp_path / "结果", prior=tmp_path / "2022", jobs=1)
    written = json.loads((tmp_path / "结果" / "findings.json").read_text(encoding="utf-8"))
    (finding,) = (each for each in written["findings"] if each["rule"] == "Y-01")
    assert finding["related"] == [
        {"path": "../2022/附件1.xlsx", "sheet": "附件1", "cell": cell_of("附件1", "公务接待_本年决算数")}
    ]
    assert {file["path"] for file in written["files"]} == {"附件1.xlsx"}


# --- the language -----------------------------------------------------------------------------


def test_fields_of_last_year_are_fields_of_no_form() -> None:
    """The field of last year is one, knows whose it is, has no formula, and stands on no form of this year."""
    last = base_data.three_public.actual.prior
    assert last is base_data.three_public.actual.prior
    assert last.prior_of is base_data.three_public.actual
    assert last.formula is None
    assert not any(form.has(last) for form in FORMS.values())
    assert words.describe(last) == "上年报送的三公经费_本年决算数"


def test_sums_and_presence_of_last_year() -> None:
    """Sums over last year's 附件3 are blank without any; nothing is present or filled there."""
    scopes = {key: FormScope(form, []) for key, form in FORMS.items()}
    scope = FilingScope(scopes["附件1"], scopes | {prior_key(key): scope for key, scope in scopes.items()})
    assert scope.form_of(project.year.initial.prior) == "上年附件3"
    assert list(scope.summed(Sum(project.year.initial.prior).column, None)) == []


YEARLY = {"Y-01", "Y-02", "Y-03", "Y-04", "Y-05", "Y-06", "Y-07", "Y-08"}


def test_which_rules_need_last_year(tmp_path: Path) -> None:
    """Those across years, no other; the catalogue says so, and without last year they are not asked."""
    assert {rule.code for rule in RULES.values() if rule.needs_prior} == YEARLY
    for code in YEARLY:
        assert "需要上年报送（--prior）" in explain.page(RULES[code])
        assert not explain.is_live(RULES[code])
    entries: list[dict[str, Any]] = explain.catalogue()
    assert {entry["code"] for entry in entries if entry["needs_prior"]} == YEARLY
    base(tmp_path / "附件1.xlsx", 2023, SAID)
    result: Audit = file_set.audit_given([tmp_path])[0]
    assert of_years(result.findings) == []
