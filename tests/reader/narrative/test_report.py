"""Narrative reports: read from every format, joined with their filing, judged."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pytest
from typer.testing import CliRunner

from tests.reader.narrative.report_texts import PARTS, _report, _text
from tests.support import documents
from tests.support.programs.office import convert, needs_office
from tests.support.reports import (
    BUREAU_REPORT,
    TOWN,
    TOWN_NUMBERS,
    TOWN_REPORT,
    lines_of,
    seed_report,
    write_report,
)
from tools.samples import clean, junshan
from tools.samples.checking import audited, write
from xltool.auditing.acceptance import accepted
from xltool.auditing.tables.views import report_view
from xltool.batches import reading, runs
from xltool.batches.grouping import as_filings
from xltool.cli.commands import app
from xltool.findings import Severity
from xltool.outputs.model import ReviewContext
from xltool.outputs.review import review_of
from xltool.reader.files.sources import discover
from xltool.reader.narrative.amounts import compact_text
from xltool.reader.reading import read_file
from xltool.rules.catalogue import RULES
from xltool.rules.report.figures import fields_of
from xltool.rules.samples import base_form, department_form, filing_view
from xltool.text.claims import claims_of

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.auditing.result import Audit
    from xltool.text.views import FilingView, ReportView

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


SEED: Final = [
    ("R-03", ERROR),
    ("R-04", INFO),
    ("R-05", INFO),
    ("R-07", WARNING),
    ("X-01", WARNING),
]
"""What the notes want of the seed's report; R-01, R-02 and R-06 pass."""


def _of_report(result: Audit, name: str) -> list[tuple[str, Severity]]:
    return [
        (finding.rule, finding.severity)
        for finding in result.findings
        if finding.path == name and finding.sheet is None
    ]


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three forms as issued templates and the report as a document."""
    folder = tmp_path_factory.mktemp("seed")
    write(junshan.as_filed().files, folder)
    write_report(seed_report(), folder / "自评报告.docx")
    return folder


def test_the_seed_is_told_what_the_notes_list(seed: Path) -> None:
    """R-03, R-04, R-05, R-07 and X-01 on the report's file, and nothing else there."""
    assert _of_report(audited(seed.iterdir()), "自评报告.docx") == SEED


def test_a_finding_on_a_report_names_the_sentence_and_the_cells_beside_it(seed: Path) -> None:
    """No sheet and no cell of its own; the figures, the section, and where the forms say otherwise."""
    by_rule = {finding.rule: finding for finding in audited(seed.iterdir()).findings if finding.path == "自评报告.docx"}
    sums, changed, name = by_rule["R-03"], by_rule["R-05"], by_rule["X-01"]
    assert {(finding.submission, finding.sheet, finding.cell) for finding in by_rule.values()} == {(None, None, None)}
    assert (sums.actual, sums.expected) == ("10716.16万元", "9716.16万元")
    assert "“一般公共预算支出情况”一节" in sums.message
    assert "多出的 1000.00万元 正是政府性基金预算支出" in sums.message
    assert [place.path[:3] for place in sums.related] == ["附件2"] * 2
    assert all(place.cell for place in sums.related)
    assert "报告少了“明年”" in changed.message
    assert (name.actual, name.expected) == ("岳阳君山产业开发区管委会", "岳阳市君山产业开发区管委会")
    assert "缺“六、”" in by_rule["R-04"].message
    assert "机关运行维护经费、绩效考核工资" in by_rule["R-07"].message


def test_a_document_with_forms_and_report_gives_both(tmp_path: Path) -> None:
    """The filing as one document: the forms' cells are read as before, the report is not told as stray content."""
    forms = documents.write_docx(documents.forms(), tmp_path / "forms.docx")
    path = write_report(["附件4", *seed_report()], tmp_path / "报送.docx", after=forms)
    forms_only, both = read_file(forms, "报送.docx"), read_file(path, "报送.docx")
    assert [submission.values for submission in both.submissions] == [
        submission.values for submission in forms_only.submissions
    ]
    assert both.notes == forms_only.notes
    assert [(report.year, report.names) for report in both.narrative_reports] == [(2023, ("岳阳君山产业开发区管委会",))]
    as_filings([both])
    assert both.narrative_reports[0].filing == both.submissions[0].filing
    assert _of_report(audited([path]), "报送.docx") == SEED


def test_a_filing_as_text_gives_its_report(tmp_path: Path) -> None:
    """Forms as text before the report are no forms, but do not hide it; forms behind it end it."""
    before = ["附件1", "2023年度部门整体支出绩效评价基础数据表", "\t财政供养人员情况（人）", "\t编制数", "附件3"]
    lines = [*before, *seed_report(), "附件2", "2023年度部门整体支出绩效自评表", "支出合计1万元。"]
    record = read_file(_text(tmp_path, "\r\n".join(lines).encode()), "报送.txt")
    (report,) = record.narrative_reports
    assert (record.status, report.title) == ("read", "2023年度岳阳君山产业开发区管委会整体支出绩效自评报告")
    assert report.paragraphs[0].number == len(before) + 1
    assert report.paragraphs[-1].text == "无。"


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_in_any_usual_encoding(tmp_path: Path, code: str) -> None:
    """UTF-8 with or without a mark, GB18030, UTF-16: the same report."""
    record = read_file(_text(tmp_path, "\n".join(seed_report()).encode(code)), "自评报告.txt")
    assert record.narrative_reports[0].paragraphs == _report(seed_report()).paragraphs


@needs_office
@pytest.mark.parametrize("kind", ["doc", "odt"])
def test_other_documents_through_libreoffice(tmp_path: Path, kind: str) -> None:
    """A report kept in another format reads the same, however its paragraphs are counted."""
    path = write_report(BUREAU_REPORT[:-1], tmp_path / "报告.docx")
    (again,) = convert([path], tmp_path / "out", kind)
    (report,), (known,) = read_file(again, "").narrative_reports, read_file(path, "").narrative_reports
    assert report.names == known.names
    assert [paragraph.text for paragraph in report.paragraphs] == [paragraph.text for paragraph in known.paragraphs]


def _town(report: ReportView) -> FilingView:
    numbers = TOWN_NUMBERS
    base = base_form({"填报单位": TOWN}, numbers["附件1"], year=2022)
    return filing_view(base, department_form({"部门名称": TOWN}, numbers["附件2"], year=2022), report)


def _said(view: FilingView) -> list[str]:
    judges = [rule for code, rule in RULES.items() if code.startswith("R-") or code in {"X-01", "X-02"}]
    return [rule.code for rule in judges if rule.judge is not None for _ in rule.judge_filing(view)]


def test_an_honest_town_is_told_nothing() -> None:
    """Two budgets, money carried over, units mixed, other years, projects and kinds of staff."""
    assert _said(_town(report_view(_report(TOWN_REPORT)))) == []


def test_an_honest_bureau_is_told_nothing(tmp_path: Path) -> None:
    """Another structure, tables in the document, the title over two lines: the faultless sample stays faultless."""
    write(clean.sample().files, tmp_path)
    write_report(BUREAU_REPORT, tmp_path / "报告.docx")
    result = audited(tmp_path.iterdir())
    assert [report for record in result.records for report in record.narrative_reports]
    assert result.findings == []


TOWN_CLAIMS: Final = claims_of(report_view(_report(TOWN_REPORT)))


@pytest.mark.parametrize("number", range(len(TOWN_CLAIMS)))
def test_any_figure_changed_is_found(number: int) -> None:
    """Each number that is tied to a field, a tenth larger than it is: an error."""
    claim = TOWN_CLAIMS[number]
    digits = claim.shown.rstrip("万元名人分%").replace(",", "")
    wrong = f"{float(digits) * 1.1 + 1:.2f}" if "." in digits else str(int(float(digits) * 1.1) + 1)
    text, amount = claim.paragraph.text, claim.amount
    changed = text[: amount.start] + claim.shown.replace(claim.shown.rstrip("万元名人分%"), wrong) + text[amount.end :]
    lines = [changed if compact_text(str(line)) == text else line for line in TOWN_REPORT]
    codes = _said(_town(report_view(_report(lines))))
    # What was spent of the fund may be less than its income; only more than that is wrong.
    assert set(codes) & {"R-01", "R-02", "R-03", "R-08", "R-10"} or claim.shown == "300万元"


def test_every_claim_has_its_fields() -> None:
    """What `read` says a number is of are fields of the forms."""
    names = {field.key for claim in TOWN_CLAIMS for field in fields_of(claim)}
    assert {"编制数", "支出_基本支出", "收入_政府性基金拨款", "总分_得分", "年度资金总额_执行率"} <= names


def test_a_report_joins_the_filing_of_its_department(tmp_path: Path) -> None:
    """In a folder tree: by its own name and year, else with the only filing in its folder, else alone."""
    for folder, sample in (("甲", clean.sample()), ("乙", junshan.as_filed())):
        write(sample.files, tmp_path / folder)
    write_report(BUREAU_REPORT, tmp_path / "农业农村局报告.docx")
    write_report(seed_report(), tmp_path / "乙" / "报告.docx")
    write_report(TOWN_REPORT, tmp_path / "镇报告.docx")
    bare = ["部门整体支出绩效自评报告", *PARTS]
    (tmp_path / "丙").mkdir()
    _text(tmp_path / "丙", "\n".join(bare).encode())
    records = reading.read_sources(discover([tmp_path]))
    as_filings(records)
    assert {record.path: report.filing for record in records for report in record.narrative_reports} == {
        "农业农村局报告.docx": f"{clean.BUREAU}（2023）",
        "乙/报告.docx": "岳阳市君山产业开发区管委会（2023）",
        "镇报告.docx": f"{TOWN}（2022）",
        "丙/自评报告.txt": "文件夹 丙",
    }


def test_batch_counts_a_report_with_its_filing(tmp_path: Path, seed: Path) -> None:
    """The errors of the report are the department's; a report without forms has its line."""
    outcome = runs.run(seed, tmp_path / "out")
    assert [finding.rule for finding in outcome.audit.findings if finding.path == "自评报告.docx"] == [
        code for code, _ in SEED
    ]
    context = ReviewContext(spot_checks=())  # the run has ranked the filings; what they are ranked by stays stored
    (row,) = review_of(outcome.audit, root=None, made_at=datetime(2024, 7, 1, tzinfo=UTC), context=context).filings
    assert row.errors == sum(finding.severity is ERROR for finding in outcome.audit.findings) == 3
    assert "自评报告.docx" in row.files


def test_a_report_under_another_name_keeps_its_findings(seed: Path, tmp_path: Path) -> None:
    """In a second round what was wrong with the report is found again, whatever its file is called now."""
    first = audited(seed.iterdir())
    for path in seed.iterdir():
        name = "自评报告（修改）.docx" if path.name == "自评报告.docx" else path.name
        (tmp_path / name).write_bytes(path.read_bytes())
    assert set(first.keys) == set(audited(tmp_path.iterdir()).keys)


def test_a_filing_with_an_error_in_its_report_is_not_taken(tmp_path: Path) -> None:
    """The faultless sample with a wrong score in its report is left out of the summary."""
    write(clean.sample().files, tmp_path)
    assert accepted(audited(tmp_path.iterdir())).excluded == ()
    lines = [text.replace("自评得分99.59分", "自评得分96.5分") for _, text in lines_of(BUREAU_REPORT)]
    write_report(lines, tmp_path / "报告.docx")
    result = audited(tmp_path.iterdir())
    assert [finding.rule for finding in result.findings] == ["R-01"]
    with pytest.raises(ValueError, match="1 份都有问题"):
        accepted(result)


def test_read_lists_reports_and_their_numbers(seed: Path) -> None:
    """`xltool read --format json`: the file is read, the report has its row with numbers tied to fields."""
    done = CliRunner().invoke(app, ["read", str(seed)])
    data = json.loads(done.stdout)
    assert done.exit_code == 0
    assert {row["path"]: row["status"] for row in data["files"]}["自评报告.docx"] == "read"
    (report,) = data["reports"]
    assert (report["path"], report["year"], report["department"]) == ("自评报告.docx", 2023, "岳阳君山产业开发区管委会")
    assert report["filing"] == "岳阳市君山产业开发区管委会（2023）"
    (score,) = (number for number in report["numbers"] if number["of"] == "自评得分")
    assert (score["value"], score["unit"], score["fields"]) == (95.0, "分", ["总分_得分"])


def test_text_of_audit_points_at_the_whole_document(seed: Path) -> None:
    """There is no cell to name; the line begins with 全文."""
    done = CliRunner().invoke(app, ["audit", str(seed)])
    assert "■ 自评报告.docx\n  [错误] 全文  R-03  报告“一般公共预算支出情况”一节中" in done.stdout


def test_convert_leaves_reports_alone(tmp_path: Path, seed: Path) -> None:
    """A report is nothing to convert and nothing that went wrong."""
    done = CliRunner().invoke(app, ["convert", str(seed), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
