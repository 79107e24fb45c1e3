"""The coverage of filings: what became of every rule, and what was missing where it could not be decided."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.auditing.test_auditing import ALL, after, audited
from tests.support.documents import base_data_form, project_form, self_review_form, write_xlsx
from tests.support.filled import cell_in_row, cell_of, filled
from xltool.auditing import audit
from xltool.auditing.coverage.model import CoverageCounts, FilingCoverage, RuleState
from xltool.auditing.exemptions.model import Exemption, Exemptions
from xltool.auditing.terms import Terms
from xltool.batches.grouping import as_filings, as_one_set
from xltool.forms import project, review, self_review
from xltool.outputs import json_output
from xltool.params import DEFAULT
from xltool.reader.reading import read_file
from xltool.rules.catalogue import RULES
from xltool.rules.model import ANY_FORM

if TYPE_CHECKING:
    from tests.support.workbook_editor import WorkbookEditor
    from xltool.auditing.result import Audit

SAMPLES = Path(__file__).parents[2] / "samples"
FOLDERS = sorted(path for path in SAMPLES.iterdir() if path.is_dir())
KEPT, VIOLATED, NOT_APPLICABLE, UNDECIDED = RuleState


def of(result: Audit) -> FilingCoverage:
    """The coverage of the only filing of an audit."""
    (coverage,) = result.coverage
    return coverage


def state(coverage: FilingCoverage, code: str) -> RuleState:
    """What became of a rule."""
    return next(state for state in RuleState if code in coverage.codes(state, RULES))


def check_sums(result: Audit) -> None:
    """Every rule stands once in every filing; findings are the violated rules, reasons the undecided ones."""
    broken: dict[str, set[str]] = {coverage.filing: set() for coverage in result.coverage}
    filing_of = {form.id: form.filing for form in result.submissions}
    by_path = {record.path: {form.filing for form in record.submissions} for record in result.records}
    for finding in result.findings:
        filings = {filing_of[finding.submission]} if finding.submission else by_path.get(finding.path, set())
        for filing in filings:
            broken[filing] |= {finding.rule, *(consequence.rule for consequence in finding.consequences)}
    assert set(broken) == set(filing_of.values())
    for coverage in result.coverage:
        counts = CoverageCounts.of([coverage])
        assert sum(counts.states.values()) == len(RULES) == len(coverage.states)
        assert counts.asked + counts.states[NOT_APPLICABLE] == len(RULES)
        assert sum(counts.reasons.values()) == counts.states[UNDECIDED]
        assert set(coverage.codes(VIOLATED, RULES)) == broken[coverage.filing]
        assert set(coverage.codes(UNDECIDED, RULES)) == set(coverage.reasons)
        assert all(coverage.reasons.values())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_sums_add_up_in_every_sample(folder: Path) -> None:
    """As the files of a department, and as JSON in the shape of the contract."""
    result = audited(*sorted(folder.iterdir()))
    check_sums(result)
    data = json.loads(json_output.dumps(json_output.audit_json(result)))
    assert [list(entry) for entry in data["coverage"]] == [["filing", *RuleState]]
    codes = [code for state in RuleState for code in data["coverage"][0][state]]
    assert sorted(codes) == sorted(RULES)


def test_sums_add_up_over_all_samples_together() -> None:
    """Filings that are judged together have each their own coverage, in the order of their files."""
    records = [read_file(path, path.relative_to(SAMPLES).as_posix()) for path in sorted(SAMPLES.rglob("*.xlsx"))]
    as_filings(records)
    result = audit.audit(records)
    check_sums(result)
    filings = dict.fromkeys(form.filing for form in result.submissions)
    assert [coverage.filing for coverage in result.coverage] == list(filings)
    assert len(filings) > len(FOLDERS)


def test_a_form_that_was_not_filed_is_named(tmp_path: Path) -> None:
    """Rules of one form, rules between forms and rules that are functions name the same forms."""
    coverage = of(audited(*(filled(tmp_path / f"{form}.xlsx", form) for form in ("附件1", "附件2"))))
    missing = {code for code, reason in coverage.reasons.items() if reason == "未报附件3"}
    assert {"A3-01", "A3-02", "A3-11", "A3-15", "X-04", "X-05", "X-07", "X-08", "X-13"} <= missing
    assert state(coverage, "X-06") is VIOLATED, "附件1 names projects, and no 附件3 is there"
    assert state(coverage, "X-03") is KEPT
    assert state(coverage, "S-01") is KEPT
    without = of(audited(tmp_path / "附件1.xlsx"))
    assert without.reasons["X-03"] == without.reasons["A2-03"] == "未报附件2"
    assert without.reasons["S-01"] == without.reasons["A2-17"] == without.reasons["X-08"] == "未报附件2、附件3"


def test_what_was_not_given_is_named(tmp_path: Path) -> None:
    """Last year's data, a narrative report, other departments."""
    paths = [filled(tmp_path / f"{form}.xlsx", form) for form in ALL]
    reasons = of(audited(*paths)).reasons
    yearly = {rule.code for rule in RULES.values() if rule.needs_prior}
    assert {reasons[code] for code in yearly} == {"未给上年数据"}
    assert {reasons[f"R-{number:02}"] for number in range(1, 11)} == {"未报自评报告"}


def test_last_year_without_this_department_is_named(tmp_path: Path) -> None:
    """Where last year's files were given, the department is the one that has none."""
    records = [read_file(filled(tmp_path / "附件1.xlsx", "附件1"), "附件1.xlsx")]
    as_one_set(records)
    reasons = of(audit.audit(records, Terms(has_prior=True))).reasons
    assert (reasons["Y-01"], reasons["Y-08"]) == ("上年没有报送附件1", "上年没有报送附件1")


def test_with_last_year_the_rules_of_years_are_decided(tmp_path: Path) -> None:
    """Each as its own fields allow."""
    this, last = (read_file(filled(tmp_path / f"{name}.xlsx", *ALL), name) for name in ("今年", "去年"))
    as_one_set([this])
    for form in last.submissions:
        form.filing, form.year = this.submissions[0].filing, 2022
    coverage = of(audit.audit([this], Terms(has_prior=True, prior=tuple(last.submissions))))
    states = {code: state(coverage, code) for code in ("Y-01", "Y-02", "Y-04", "Y-05", "Y-06", "Y-08")}
    assert set(states.values()) <= {KEPT, VIOLATED}
    assert states["Y-02"] is KEPT  # the posts are the same
    assert states["Y-06"] is VIOLATED  # so are the texts


@pytest.mark.parametrize(
    ("blank", "code"),
    [
        (("编制数",), "A1-05"),
        (("公车购置_本年预算数", "公车运行维护_本年预算数", "出国经费_本年预算数", "公务接待_本年预算数"), "A1-11"),
    ],
)
def test_a_blank_cell_is_named(tmp_path: Path, blank: tuple[str, ...], code: str) -> None:
    """The cell that was left blank; of a formula without a result the first cell it is calculated from."""

    def change(clerk: WorkbookEditor) -> None:
        for cell in (cell_of("附件1", key) for key in blank):
            clerk.put("附件1", cell, None)

    coverage = of(after(tmp_path, ("附件1",), change))
    assert coverage.reasons[code] == f"附件1{blank[0].replace('_', '')}未填"


def test_a_mark_says_that_there_is_nothing(tmp_path: Path) -> None:
    """A department that writes 无 has nothing the rule could be asked of."""
    cells = [cell_of("附件1", key) for key in ("批复规模", "实际规模")]

    def change(clerk: WorkbookEditor) -> None:
        for cell in cells:
            clerk.put("附件1", cell, "无")

    coverage = of(after(tmp_path, ("附件1",), change))
    assert state(coverage, "A1-26") is NOT_APPLICABLE


def test_a_value_that_cannot_be_read_leaves_its_rules_undecided(tmp_path: Path) -> None:
    """Also those that could be asked without it, and those that read what is calculated from it."""
    cell = cell_of("附件1", "公务接待_本年决算数")
    coverage = of(after(tmp_path, ("附件1", "附件2"), lambda clerk: clerk.put("附件1", cell, "约五万上下")))
    reason = "附件1公务接待本年决算数读不出数"
    assert {coverage.reasons.get(code) for code in ("A1-07", "A1-10", "A1-11", "A1-14")} == {reason}
    assert state(coverage, "W-05") is VIOLATED
    assert state(coverage, "A1-15") is KEPT


def test_a_row_that_cannot_be_read_leaves_its_rules_undecided(tmp_path: Path) -> None:
    """A score in one row of the table, and the sum over the rows."""
    cell = cell_in_row("附件2", review.score, 1)
    coverage = of(after(tmp_path, ("附件2",), lambda clerk: clerk.put("附件2", cell, "优秀")))
    assert coverage.reasons["S-08"] == coverage.reasons["S-03"] == "附件2得分读不出数"
    assert state(coverage, "S-11") is VIOLATED


def test_a_formula_that_was_never_calculated_is_named(tmp_path: Path) -> None:
    """What the template calculates is compared with nothing where no result is stored."""
    coverage = of(after(tmp_path, ("附件1",), lambda clerk: clerk.forget_results()))
    assert coverage.reasons["A1-04"] == "附件1控制率的公式没有计算结果"
    assert state(of(audited(tmp_path / "filled.xlsx")), "A1-04") is KEPT


def test_a_form_without_the_field_is_not_asked(tmp_path: Path) -> None:
    """A form of another layout that lacks lines and columns is not called incomplete by rules about them."""
    path = write_xlsx([base_data_form(), self_review_form()], tmp_path / "外部.xlsx")
    coverage = of(audited(path))
    assert {state(coverage, code) for code in ("W-01", "W-03", "W-13", "W-17")} == {NOT_APPLICABLE}
    assert state(coverage, "W-22") in {KEPT, VIOLATED}


def test_a_template_without_its_manifest_cannot_be_compared_with_it(tmp_path: Path) -> None:
    """W-18 says that it is gone; what rests on it is undecided, and not called intact."""
    coverage = of(after(tmp_path, ("附件1",), lambda clerk: clerk.drop_manifest()))
    assert state(coverage, "W-18") is VIOLATED
    assert {coverage.reasons[code] for code in ("W-03", "W-11", "W-13", "W-14", "W-17")} == {"表样没有签发记录"}
    assert state(coverage, "W-16") is KEPT


def test_an_exempted_finding_is_still_a_violation(tmp_path: Path) -> None:
    """Exempting is the decision of the desk, and no change of what was filed."""
    records = [read_file(filled(tmp_path / "附件1.xlsx", "附件1"), "附件1.xlsx")]
    as_one_set(records)
    name = records[0].submissions[0].department
    granted = Exemption(2, name, None, "", "", "A1-05", "", "批准超编", "王某", date(2030, 12, 31))
    exemptions = Exemptions("豁免.csv", None, (granted,), date(2024, 6, 1), {"单位": "A"})
    result = audit.audit(records, Terms(exemptions=exemptions))
    assert [finding.exemption is not None for finding in result.findings if finding.rule == "A1-05"] == [True]
    assert (state(of(result), "A1-05"), state(of(result), "W-24")) == (VIOLATED, KEPT)
    assert state(of(audit.audit(records)), "W-24") is NOT_APPLICABLE


def test_an_exemption_that_meets_nothing_counts_in_its_filing(tmp_path: Path) -> None:
    """W-24 stands in the list of exemptions and is about the filing that it names."""
    records = [read_file(filled(tmp_path / "附件1.xlsx", "附件1"), "附件1.xlsx")]
    as_one_set(records)
    name = records[0].submissions[0].department
    granted = Exemption(2, name, None, "", "", "A1-01", "", "无", "王某", date(2030, 1, 1))
    exemptions = Exemptions("豁免.csv", None, (granted,), date(2024, 6, 1), {"单位": "A", "规则": "B"})
    assert state(of(audit.audit(records, Terms(exemptions=exemptions))), "W-24") is VIOLATED


def test_a_silenced_finding_is_not_called_kept(tmp_path: Path) -> None:
    """What another finding stands for is undecided until the cause is mended."""
    total = cell_of("附件2", "总分_分值")

    def change(clerk: WorkbookEditor) -> None:
        clerk.put("附件2", cell_in_row("附件2", review.weight, 0), 16).put("附件2", total, 100)

    coverage = of(after(tmp_path, ("附件2",), change))
    assert state(coverage, "S-01") is VIOLATED
    assert coverage.reasons["S-02"] == "与S-01同一原因"


def test_numbers_that_a_profile_leaves_open_are_undecided(tmp_path: Path) -> None:
    """W-26 says which lines were not compared: no rule that reads them is called kept."""
    records = [read_file(filled(tmp_path / "附件2.xlsx", "附件2"), "附件2.xlsx")]
    as_one_set(records)
    profile = replace(DEFAULT, open=frozenset({"execution_weight"}), source="x")
    coverage = of(audit.audit(records, Terms(profile=profile)))
    assert coverage.reasons["A2-06"] == "评分口径未定（W-26）"
    assert state(of(audit.audit(records)), "A2-06") is KEPT


def test_texts_are_compared_where_there_are_others(tmp_path: Path) -> None:
    """A filing that stands by itself is compared with nobody."""
    path = filled(tmp_path / "附件2.xlsx", "附件2")
    records = [read_file(path, name) for name in ("甲.xlsx", "乙.xlsx")]
    for record, name in zip(records, ("某县甲局", "某县乙局"), strict=True):
        for form in record.submissions:
            form.department = form.issued_to = name
            form.values[self_review.department.key].value = name
    as_filings(records)
    both = audit.audit(records)
    assert [state(coverage, "X-16") for coverage in both.coverage] == [VIOLATED, VIOLATED]
    assert of(audit.audit(records[:1])).reasons["X-16"] == "没有其他单位可以比对"


def test_what_reading_notes_stands_on_what_it_is_noticed_on(tmp_path: Path) -> None:
    """A note of a rule on a form where the rule says it cannot be noticed would be called not applicable."""
    paths = [filled(tmp_path / "表样.xlsx", *ALL), *sorted(SAMPLES.rglob("*.xlsx"))]
    for path in [*paths, write_xlsx([base_data_form(), self_review_form()], tmp_path / "外部.xlsx")]:
        record = read_file(path, "文件.xlsx")
        for form in record.submissions:
            kind = "foreign" if form.layout == "foreign" else "issued" if form.issue else "unissued"
            for note in form.notes:
                assert kind in RULES[note.rule].noted_on


def test_every_noted_rule_says_what_it_is_noticed_on() -> None:
    """A rule is judged or noted, never both, and most are noted on any form."""
    for rule in RULES.values():
        assert rule.noted is not bool(rule.checks or rule.needs)
    assert RULES["T-01"].noted_on == ANY_FORM


def test_sums_over_projects_name_the_projects_form(tmp_path: Path) -> None:
    """An amount that could not be read on one 附件3 leaves the sums over all of them undecided."""
    cell = cell_of("附件3", project.appropriation.executed.key)
    coverage = of(after(tmp_path, ALL, lambda clerk: clerk.put("附件3", cell, "若干")))
    assert coverage.reasons["X-05"] == "附件3当年财政拨款全年执行数读不出数"


def test_money_of_several_governments_leaves_the_sum_undecided(tmp_path: Path) -> None:
    """Central, provincial and local money is no 财政拨款: the parts are not all there, and the reason says so."""
    form = project_form()
    form.boxes = [
        replace(box, text="其中：中央补助") if box.text == "其中：当年财政拨款" else box for box in form.boxes
    ]
    form.boxes = [replace(box, text="省级资金") if "上年结转" in box.text else box for box in form.boxes]
    form.boxes = [replace(box, text="市县资金") if "其他资金" in box.text else box for box in form.boxes]
    coverage = of(audited(write_xlsx([form], tmp_path / "转移支付.xlsx")))
    assert state(coverage, "A3-02") is UNDECIDED
    assert coverage.reasons["A3-02"] == "附件3当年财政拨款年初预算数按多个来源分列，没有合计"
