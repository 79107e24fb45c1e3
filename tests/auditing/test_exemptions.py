"""Granted exemptions: the file, what they cover, and how that shows."""

from __future__ import annotations

import csv
import json
from datetime import date
from io import StringIO
from typing import TYPE_CHECKING

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

import xltool
from tests.support.filled import filled
from tests.support.reports import seed_report, write_report
from xltool.auditing import audit
from xltool.auditing.exemptions.application import _Register, _Subject
from xltool.auditing.exemptions.file import read_exemptions
from xltool.auditing.exemptions.model import COLUMNS, Exemption, Exemptions
from xltool.auditing.terms import Terms
from xltool.batches.grouping import as_one_set
from xltool.cli.commands import app
from xltool.findings import Exempted, Severity
from xltool.reader.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.auditing.result import Audit
    from xltool.findings import Finding

WHO = "岳阳市君山产业开发区管委会"
TODAY = date(2024, 7, 1)
GRANTED: dict[str, object] = {
    "单位": WHO,
    "规则": "A2-13",
    "理由": "年中追加专项",
    "批准人": "某某",
    "有效期至": "2024-12-31",
}


def listed(path: Path, *rows: dict[str, object], heads: tuple[str, ...] = COLUMNS, encoding: str = "utf-8") -> Path:
    """A csv file of exemptions."""
    text = StringIO()
    writer = csv.DictWriter(text, heads, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def audited(folder: Path, *rows: dict[str, object]) -> Audit:
    """附件2 of the seed with these exemptions."""
    records = [read_file(filled(folder / "附件2.xlsx", "附件2"), "附件2.xlsx")]
    as_one_set(records)
    exemptions = read_exemptions(listed(folder / "豁免.csv", *rows), TODAY)
    return audit.audit(records, Terms(exemptions=exemptions))


def of_rule(audit: Audit, code: str) -> list[Finding]:
    """Findings of a rule."""
    return [finding for finding in audit.findings if finding.rule == code]


def test_a_finding_on_a_report_can_be_exempted_too(tmp_path: Path) -> None:
    """By the department its title names; a form in the exemption that is another's does not cover it."""
    filled(tmp_path / "附件2.xlsx", "附件2")
    write_report(seed_report(), tmp_path / "自评报告.docx")
    records = [read_file(tmp_path / name, name) for name in ("附件2.xlsx", "自评报告.docx")]
    as_one_set(records)
    for form, severity in (("自评报告", Severity.INFO), ("附件2", Severity.WARNING)):
        row = GRANTED | {"规则": "R-07", "表": form}
        exemptions = read_exemptions(listed(tmp_path / "豁免.csv", row), TODAY)
        (finding,) = of_rule(audit.audit(records, Terms(exemptions=exemptions)), "R-07")
        assert finding.severity is severity


# --- what an exemption does ---------------------------------------------------------------------


def test_an_exempted_finding_stays_visible_as_such(tmp_path: Path) -> None:
    """It is there, an info with what it was, why, by whom and until when; nothing else changes."""
    (plain,), (exempted,) = (of_rule(audited(tmp_path, *rows), "A2-13") for rows in ((), (GRANTED,)))
    assert plain.exemption is None
    assert exempted.exemption == Exempted("年中追加专项", "某某", "2024-12-31", Severity.WARNING)
    assert exempted.severity is Severity.INFO
    assert exempted.message == plain.message + "（已豁免，原为警告；理由：年中追加专项）"
    assert exempted.advice == "已豁免，有效期至 2024-12-31，期内无需处理。批准人：某某。"
    assert (exempted.cell, exempted.field, exempted.actual) == (plain.cell, plain.field, plain.actual)
    assert exempted.to_dict()["exemption"]["severity"] == "warning"
    assert plain.to_dict()["exemption"] is None
    others = [
        [finding for finding in audited(tmp_path, *rows).findings if finding.rule != "A2-13"]
        for rows in ((), (GRANTED,))
    ]
    assert others[0] == others[1]


def test_exemptions_of_other_departments_are_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list may have tens of thousands, and a run as many findings."""
    compared: list[str] = []
    covers = _Register._covers  # noqa: SLF001 - what is asked of every exemption that comes into question

    def counted(register: _Register, exemption: Exemption, finding: Finding, subject: _Subject) -> bool:
        compared.append(exemption.department)
        return covers(register, exemption, finding, subject)

    monkeypatch.setattr(_Register, "_covers", counted)
    others = [GRANTED | {"单位": f"第{number}县民政局"} for number in range(500)]
    (finding,) = of_rule(audited(tmp_path, *others, GRANTED), "A2-13")
    assert finding.severity is Severity.INFO
    assert compared == [WHO]


@pytest.mark.parametrize(
    "more",
    [
        {"年度": "2023年度"},
        {"年度": "2023", "表": "2"},
        {"表": "附件2", "栏目或单元格": "年度资金总额_全年预算数"},
        {"单位": "岳阳市君山产业开发区管委会 "},
        {"规则": "a2-13"},
        {"有效期至": "2024年7月1日"},
    ],
    ids=str,
)
def test_what_is_said_must_fit_and_what_is_blank_fits_all(tmp_path: Path, more: dict[str, object]) -> None:
    """Year, form, field; names without regard to spaces, codes to case; valid to the end of the last day."""
    (finding,) = of_rule(audited(tmp_path, GRANTED | more), "A2-13")
    assert finding.exemption is not None


@pytest.mark.parametrize(
    "more",
    [
        {"表": "附件1"},
        {"项目": "某专项"},
        {"规则": "A2-05"},
        {"栏目或单元格": "年度资金总额_全年执行数"},
        {"栏目或单元格": "Z99"},
    ],
    ids=str,
)
def test_an_exemption_for_something_else_covers_nothing_and_is_told(tmp_path: Path, more: dict[str, object]) -> None:
    """The finding stands, and the exemption is reported with its row."""
    result = audited(tmp_path, GRANTED | more)
    assert of_rule(result, "A2-13")[0].exemption is None
    (unused,) = of_rule(result, "W-24")
    assert (unused.severity, unused.path, unused.cell, unused.submission) == (Severity.INFO, "豁免.csv", "E2", None)
    assert WHO in unused.message


def test_a_cell_exempts_that_cell_alone(tmp_path: Path) -> None:
    """Of two findings of a rule, the one at the cell."""
    first, second = of_rule(audited(tmp_path), "S-21")
    cell = f"${str(first.cell)[0]}${str(first.cell)[1:]}".lower()
    result = of_rule(audited(tmp_path, GRANTED | {"规则": "S-21", "栏目或单元格": cell}), "S-21")
    assert [finding.exemption is not None for finding in result] == [True, False]
    assert second.cell == result[1].cell


@pytest.mark.parametrize("more", [{"单位": "别的局"}, {"年度": "2022"}], ids=str)
def test_an_exemption_of_a_filing_that_is_not_here_is_passed_over(tmp_path: Path, more: dict[str, object]) -> None:
    """Its time will come: one list serves the whole bureau and every year."""
    result = audited(tmp_path, GRANTED | more | {"有效期至": "2020-01-01"})
    assert not of_rule(result, "W-23")
    assert not of_rule(result, "W-24")
    assert of_rule(result, "A2-13")[0].exemption is None


def test_an_expired_exemption_no_longer_counts(tmp_path: Path) -> None:
    """A warning where its finding stands again, a hint where there is nothing to exempt."""
    past = {"有效期至": date(2024, 6, 30).isoformat()}
    result = audited(tmp_path, GRANTED | past, GRANTED | past | {"规则": "A2-05"})
    assert of_rule(result, "A2-13")[0].exemption is None
    hints, warnings = of_rule(result, "W-23")[::-1], of_rule(result, "W-23")
    assert {(warning.severity, warning.cell) for warning in warnings} == {
        (Severity.WARNING, "I2"),
        (Severity.INFO, "I3"),
    }
    assert all("2024-06-30 到期" in hint.message for hint in hints)
    assert not of_rule(result, "W-24")


def test_a_renewed_exemption_counts_beside_the_expired_one(tmp_path: Path) -> None:
    """The one in force covers the finding."""
    result = audited(tmp_path, GRANTED | {"有效期至": "2024-01-01"}, GRANTED)
    assert of_rule(result, "A2-13")[0].exemption is not None


# --- the file -----------------------------------------------------------------------------------


def test_headings_alone_grant_nothing(tmp_path: Path) -> None:
    """An empty list is a list; the columns that may be left out may be missing."""
    assert read_exemptions(listed(tmp_path / "a.csv", heads=tuple(GRANTED)), TODAY).granted == ()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_csv_as_excel_and_wps_save_it(tmp_path: Path, encoding: str) -> None:
    """Blank rows are passed over."""
    path = listed(tmp_path / "a.CSV", GRANTED, {}, GRANTED, encoding=encoding)
    assert [exemption.row for exemption in read_exemptions(path, TODAY).granted] == [2, 4]


def workbook(path: Path, *, until: object = date(2024, 12, 31)) -> Path:
    """A workbook with a title above the headings, a number for the year and a real date."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("豁免")
        sheet.write(0, 0, "2024年豁免清单")
        sheet.write_row(1, 0, ["序号", *COLUMNS, "备注"])
        sheet.write_row(2, 0, [1, WHO, 2023, "附件2", "", "A2-13", "", "年中追加专项", "某某", until, "无"])
    return path


def test_a_workbook_with_a_title_above(tmp_path: Path) -> None:
    """Other columns are left alone; cells of findings are those of the sheet."""
    exemptions = read_exemptions(workbook(tmp_path / "豁免.xlsx"), TODAY)
    (exemption,) = exemptions.granted
    assert (exemption.row, exemption.year, exemption.form, exemption.until) == (3, 2023, "附件2", date(2024, 12, 31))
    assert (exemptions.sheet, exemptions.columns["有效期至"]) == ("豁免", "J")


def test_every_mistake_is_told_with_row_and_column(tmp_path: Path) -> None:
    """All at once."""
    wrong: dict[str, object] = {
        "年度": "今年", "表": "附件9", "规则": "A9-99", "栏目或单元格": "三公经费_本年决算", "有效期至": "2024-12",
    }  # fmt: skip
    path = listed(tmp_path / "豁免.csv", wrong, GRANTED | {"规则": "W-09", "栏目或单元格": "东西"})
    with pytest.raises(ValueError, match=r"^豁免清单有误：") as error:
        read_exemptions(path, TODAY)
    messages = str(error.value).removeprefix(f"豁免清单有误：{path}：").split("；第")
    assert [text.removeprefix("第") for text in messages] == [
        " 2 行“单位”：没有填写",
        " 2 行“理由”：没有填写",
        " 2 行“批准人”：没有填写",
        " 2 行“年度”：应为年度，如 2023，填的是“今年”",
        " 2 行“表”：没有这张表：附件9；可填 附件1、附件2、附件3、自评报告，或不填",
        " 2 行“规则”：没有这条规则：A9-99（用 xltool rules 查看全部规则）",
        " 2 行“栏目或单元格”：不是单元格，也没有这个栏目：三公经费_本年决算（是不是“三公经费_本年决算数”？）",
        " 2 行“有效期至”：应为日期，如 2024-12-31，填的是“2024-12”",
        " 3 行“规则”：W-09（公式结果与重算一致）关系到文件本身能否采信，不能豁免",
        " 3 行“栏目或单元格”：不是单元格，也没有这个栏目：东西（用 xltool forms 查看全部栏目）",
    ]


def test_a_profile_that_was_not_judged_by_cannot_be_exempted(tmp_path: Path) -> None:
    """It says what was not checked; an exemption would make an all-clear of it."""
    with pytest.raises(ValueError, match=r"W-26（按已知的评分口径审核）关系到文件本身能否采信，不能豁免"):
        read_exemptions(listed(tmp_path / "豁免.csv", GRANTED | {"规则": "W-26"}), TODAY)


def test_a_file_without_the_headings_is_refused(tmp_path: Path) -> None:
    """Named are the columns there should be."""
    (tmp_path / "a.csv").write_text("\n" * 20 + "单位,规则", encoding="utf-8")
    (tmp_path / "b.csv").write_text("单位,规则\n", encoding="utf-8")
    (tmp_path / "c.csv").write_bytes(b"\xff\x00\x81")
    (tmp_path / "d.xlsx").write_bytes(b"PK")
    (tmp_path / "e.csv").write_bytes(b"")
    empty = tmp_path / "f.xlsx"
    xlsxwriter.Workbook(empty).close()
    messages = {
        "a.csv": "没有找到表头，应有的列为 单位、年度、表",
        "b.csv": "第 1 行缺少列 理由、批准人、有效期至",
        "c.csv": "文字编码无法识别",
        "d.xlsx": "豁免清单无法读取",
        "e.csv": "没有找到表头",
        "f.xlsx": "没有找到表头",
    }
    for name, text in messages.items():
        with pytest.raises(ValueError, match=text):
            read_exemptions(tmp_path / name, TODAY)


def test_no_exemptions_change_nothing(tmp_path: Path) -> None:
    """An empty list gives the audit there is without one."""
    records = [read_file(filled(tmp_path / "附件2.xlsx", "附件2"), "附件2.xlsx")]
    as_one_set(records)
    empty = Terms(exemptions=Exemptions("豁免.csv", None, (), TODAY, {}))
    assert audit.audit(records).findings == audit.audit(records, empty).findings


# --- the commands -------------------------------------------------------------------------------


def run(*words: object) -> tuple[int, str]:
    """A command; exit code and what it printed."""
    done = CliRunner().invoke(app, [*map(str, words)])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout


def test_exempted_errors_do_not_fail_an_audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every error exempted the exit code is 0; the summary says how many were."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1719800000")
    paths = [filled(tmp_path / f"{form}.xlsx", form) for form in ("附件1", "附件2", "附件3")]
    code, text = run("audit", *paths, "--format", "json")
    before = json.loads(text)
    errors = [finding for finding in before["findings"] if finding["severity"] == "error"]
    assert (code, len(errors)) == (1, 3)
    rows = [GRANTED | {"规则": error["rule"], "栏目或单元格": error["cell"]} for error in errors]
    exemptions = listed(tmp_path / "豁免.csv", *rows)
    code, text = run("audit", *paths, "--format", "json", "--exemptions", exemptions)
    after = json.loads(text)
    assert code == 0
    assert len(after["findings"]) == len(before["findings"])
    info = before["summary"]["info"] + 3
    assert after["summary"] == before["summary"] | {"error": 0, "info": info, "exempted": 3}
    assert f"提示 {info}（其中已豁免 3）" in run("audit", *paths, "--exemptions", exemptions)[1]


def test_the_review_has_a_column_for_exemptions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where anything is exempted; the list itself is no file of the filings and gets no link."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1719800000")
    (tmp_path / "报送").mkdir()
    filled(tmp_path / "报送" / "附件2.xlsx", "附件2")
    exemptions = listed(tmp_path / "豁免.csv", GRANTED, GRANTED | {"规则": "A2-05"})
    run("batch", tmp_path / "报送", "--out", tmp_path / "结果", "--exemptions", exemptions)
    book = CalamineWorkbook.from_path(tmp_path / "结果" / "review.xlsx")
    head, *rows = book.get_sheet_by_name("次要事项").to_python()
    assert head[-1] == "豁免"
    rule, place = head.index("规则"), head.index("位置")
    assert [row[-1] for row in rows if row[rule] == "A2-13"] == [
        "理由：年中追加专项\n批准人：某某\n有效期至：2024-12-31"
    ]
    assert [row[place] for row in rows if row[rule] == "W-24"] == ["豁免.csv"]
    assert {row[-1] for row in rows if row[rule] != "A2-13"} == {""}


def test_an_exempted_finding_asks_nothing_of_the_next_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exempted since the last review it is no step; exempted then and no longer, it is news."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1719800000")
    first, second = tmp_path / "一", tmp_path / "二"
    for folder, forms in ((first, ("附件2",)), (second, ("附件2", "附件1"))):
        folder.mkdir()
        filled(folder / "附件2.xlsx", *forms)
    exemptions = listed(tmp_path / "豁免.csv", GRANTED, GRANTED | {"规则": "S-28"})
    run("batch", first, "--out", tmp_path / "全部")
    run("batch", first, "--out", tmp_path / "豁免后", "--exemptions", exemptions)

    def became(prior: str, *more: object) -> dict[str, str]:
        run("batch", second, "--out", tmp_path / "新", "--prior-review", tmp_path / prior, *more)
        steps = json.loads((tmp_path / "新" / "findings.json").read_text(encoding="utf-8"))["rounds"]
        return {step["rule"]: step["became"] for step in steps if step["rule"] in {"A2-13", "S-28"}}

    assert became("全部") == {"A2-13": "未整改", "S-28": "未整改"}
    assert became("全部", "--exemptions", exemptions) == {}
    assert became("豁免后") == {"A2-13": "新增问题", "S-28": "新增问题"}


def test_a_filing_whose_errors_are_exempted_is_merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no error any more."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1719800000")
    (tmp_path / "报送").mkdir()
    for form in ("附件1", "附件2", "附件3"):
        filled(tmp_path / "报送" / f"{form}.xlsx", form)
    rows = [GRANTED | {"规则": code} for code in ("A3-12", "X-06", "X-07")]
    accepted = xltool.merge(
        tmp_path / "报送", out=tmp_path / "汇总.xlsx", exemptions=listed(tmp_path / "豁免.csv", *rows)
    )
    assert (len(accepted.filings), len(accepted.excluded)) == (1, 0)
