"""Letters to departments: complete, printable, one for each, the same bytes for the same run."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import docx
import pytest
from lxml import etree

from tests.outputs.small_review import finding, hostile, review
from tests.support.programs import office
from xltool.auditing.rounds.outcomes import Outcome, Step
from xltool.findings import Severity
from xltool.outputs.letter_plans import plan_letters
from xltool.outputs.letters import letter_bytes, write_letters
from xltool.outputs.model import ReviewContext
from xltool.roster import Bureau
from xltool.roster.inbox import Account, Inbox, Receipt, ReceiptState, filing_label

WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.outputs.model import Review


class WrittenLetter(NamedTuple):
    """A letter's file name and its bytes."""

    name: str
    content: bytes


def letters(what: Review) -> list[WrittenLetter]:
    """The letters of a review."""
    return [WrittenLetter(letter.name, letter_bytes(letter.content)) for letter in plan_letters(what)]


def texts(content: bytes) -> tuple[str, list[list[list[str]]]]:
    """The lines of a letter, and its tables as rows of cells."""
    document = docx.Document(io.BytesIO(content))
    lines = "\n".join(paragraph.text for paragraph in document.paragraphs)
    return lines, [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]


def step(became: Outcome, **more: Any) -> Step:  # noqa: ANN401 - any field of a step
    """A step of the first filing."""
    words: dict[str, Any] = {"filing": "f1", "department": "单位1", "form": "附件1", "project": "", "path": "a.xlsx"}
    words |= {"sheet": "附件1", "cell": "D4", "item": "控制率", "before": "125%", "after": "100%", "rule": "A1-05"}
    return Step(became, **(words | {"message": "超编"} | more))


def test_a_letter_says_what_to_correct_where_and_until_when() -> None:
    """Errors and warnings have a table each, with cell, both values and advice; infos are not sent."""
    what = replace(review(), findings=tuple(finding(number, "单位1/附件1.xlsx") for number in range(3)))
    (letter,) = letters(replace(what, context=ReviewContext(refile_by=date(2024, 6, 5))))
    lines, (errors, warnings) = texts(letter.content)
    assert letter.name == "退回通知_单位1.docx"
    assert lines.startswith("关于修改2023年度预算绩效自评材料的通知\n单位1：\n")
    assert "必须修改的问题 1 处，需要核实或者说明的问题 1 处。请于2024年6月5日前" in lines
    assert errors[1:] == [["1", "附件1\nD4", "控制率0不对", "125%", "100%", "请核对"]]
    assert [row[2] for row in warnings[1:]] == ["控制率1不对"]
    assert "（财政部门盖章）" in lines


def test_a_letter_says_what_the_copy_has_restored() -> None:
    """A formula that was overtyped is back in the returned copy: nobody has to put it back twice."""
    plain = finding(0, "单位1/附件1.xlsx")
    for what, is_said in ((plain, False), (replace(plain, rule="W-04"), True)):
        (letter,) = letters(replace(review(), findings=(what,)))
        assert ("在退回的文件里已经恢复" in texts(letter.content)[0]) is is_said


def test_a_letter_says_in_utc_when_it_was_made() -> None:
    """Document properties are in UTC, in whichever zone the time of the run is given."""
    for made_at in (datetime(2024, 7, 1, 6, 30), datetime(2024, 6, 30, 22, 30, tzinfo=UTC)):  # noqa: DTZ001 - Beijing
        what = replace(review(), findings=(finding(0, "单位1/附件1.xlsx"),), made_at=made_at)
        (letter,) = letters(what)
        properties = docx.Document(io.BytesIO(letter.content)).core_properties
        times = {time.replace(tzinfo=UTC) for time in (properties.created, properties.modified) if time}
        assert times == {datetime(2024, 6, 30, 22, 30, tzinfo=UTC)}  # older python-docx does not say that it is UTC


def test_nobody_is_written_to_without_cause() -> None:
    """A department with infos only, or with resolved findings only, gets no letter."""
    infos = tuple(replace(finding(2, "单位1/附件1.xlsx"), severity=Severity.INFO) for _ in range(2))
    quiet = replace(review(), findings=infos)
    assert letters(quiet) == []
    assert letters(replace(quiet, context=ReviewContext(steps=(step(Outcome.RESOLVED),)))) == []


def test_the_second_letter_has_the_outcomes_of_earlier_findings() -> None:
    """Resolved, unresolved and unrequested changes, with both values; new findings are among the findings."""
    steps = tuple(step(became) for became in Outcome)
    (letter,) = letters(replace(review(), findings=(), context=ReviewContext(steps=steps)))
    lines, (steps_table,) = texts(letter.content)
    assert "上次指出的问题已整改 1 处、已认可 1 处、已说明 1 处、未整改 2 处。请尽快" in lines
    outcomes = ["已整改", "已认可", "已说明", "未整改", "未重报", "未要求的改动"]
    assert [row[1] for row in steps_table[1:]] == outcomes
    assert steps_table[1][4:] == ["125%", "100%"]


def test_a_file_that_cannot_be_read_is_named_where_something_is_owed() -> None:
    """Among the files that cannot stand for a form. A scan beside forms that are all there is asked for by nobody."""
    scan = finding(0, "单位1/扫描.pdf", submission=None, sheet=None, cell=None, message="文件未能审核")
    row = replace(review().filings[0], files=("单位1/附件1.xlsx", "单位1/扫描.pdf"))
    what = replace(review(), filings=(row,), findings=(scan,))
    receipt = Receipt("单位1/扫描.pdf", "", "", "", "", "001", "单位1", "文件夹", ReceiptState.UNREADABLE, "是扫描件")
    account = Account("001", "单位1", "", "", ("附件2",), (), ("附件2",), (), unread=("单位1/扫描.pdf",), filing="f1")
    contexts = [
        ReviewContext(inbox=Inbox(2023, (replace(account, missing=missing),), (receipt,)))
        for missing in (("附件2",), ())
    ]
    (letter,) = letters(replace(what, context=contexts[0]))
    assert [[row[1] for row in table[1:]] for table in texts(letter.content)[1]] == [["扫描.pdf"]]
    assert letters(replace(what, context=contexts[1])) == []
    assert [context.states.ask("", scan) for context in contexts] == [True, False]


def test_departments_alike_have_letters_of_their_own() -> None:
    """Two filings with the same name, also with one that Windows takes for the same, have two files."""
    what = review()
    pair = tuple(replace(filing, department=name) for filing, name in zip(what.filings, ("a局", "A局"), strict=True))
    findings = (finding(0, "单位1/附件1.xlsx"), finding(0, "单位2/附件1.xlsx", submission="s2"))
    names = [letter.name for letter in letters(replace(what, filings=pair, findings=findings))]
    assert names == ["退回通知_a局.docx", "退回通知_A局(2).docx"]


def test_hostile_texts_stay_texts_and_the_bytes_stay_the_same() -> None:
    """A letter with hostile names and messages opens, and has the same bytes when written again."""
    what = hostile()
    twice = [letters(what) for _ in range(2)]
    assert [letter.content for letter in twice[0]] == [letter.content for letter in twice[1]]
    for letter in twice[0]:
        texts(letter.content)
        assert not set(letter.name) & set('\\/:*?"<>|\n')


def test_a_letter_depends_on_no_other() -> None:
    """Paragraphs and tables are copied: letters written before, also of another run, do not change the bytes."""
    first, second = (
        replace(review(), findings=tuple(finding(number, "单位1/附件1.xlsx") for number in range(count)))
        for count in (3, 8)
    )
    later = replace(first, made_at=first.made_at + timedelta(days=1))
    separate = [letters(what)[0].content for what in (first, second)]
    (other,) = letters(later)
    assert [letters(what)[0].content for what in (second, first)] == separate[::-1]
    assert other.content not in separate


def test_breaks_and_blanks_of_a_text_are_kept() -> None:
    """Line breaks, tabs and blanks at either end of a message are in its cell."""
    message = " 第一行\n第二行\t完 "
    what = replace(review(), findings=(replace(finding(0, "单位1/附件1.xlsx"), message=message, actual=""),))
    (letter,) = letters(what)
    _, (((_, row),)) = texts(letter.content)
    assert row[2:4] == [message, ""]


def test_lines_of_a_text_are_those_that_python_docx_writes() -> None:
    """A break between lines is one of Word's, and every line is a text of its own, without repeated declarations."""
    message = "第一行\n第二行\n第三行"
    what = replace(review(), findings=(replace(finding(0, "单位1/附件1.xlsx"), message=message),))
    (planned,) = plan_letters(what)
    _, (((_, row),)) = texts(letter_bytes(planned.content))
    assert row[2] == message
    book = io.BytesIO()
    write_letters(book, what.made_at, [planned.content] * 2)
    lines, tables = texts(book.getvalue())
    assert (lines.count("怎样修改和重新报送"), [table[1][2] for table in tables]) == (2, [message] * 2)
    with zipfile.ZipFile(book) as package:
        assert package.read("word/document.xml").count(b"xmlns:w=") == 1


def test_a_letter_prints_on_a4(tmp_path: Path) -> None:
    """LibreOffice converts a letter to PDF."""
    if office.soffice() is None:
        pytest.skip("no LibreOffice")
    (letter, *_) = letters(review())
    path = tmp_path / letter.name
    path.write_bytes(letter.content)
    (pdf,) = office.to_pdf([path], tmp_path)
    assert pdf.read_bytes().startswith(b"%PDF")


def test_a_letter_has_what_python_docx_cannot_set() -> None:
    """Chinese fonts, the heads of a table on every page, no row on two pages, and page numbers."""
    (letter, *_) = letters(review())
    with zipfile.ZipFile(io.BytesIO(letter.content)) as package:
        main, footer = (etree.fromstring(package.read(f"word/{name}.xml")) for name in ("document", "footer1"))
    for root in (main, footer):
        fonts = list(root.iter(f"{WORD}rFonts"))
        assert len(fonts) == len(list(root.iter(f"{WORD}r"))) > 0
        assert {each.get(f"{WORD}eastAsia") for each in fonts} <= {"宋体", "黑体", "楷体"}
    for table in main.iter(f"{WORD}tbl"):
        head, *rows = table.iter(f"{WORD}trPr")
        assert [each.tag for each in head] == [f"{WORD}tblHeader"]
        assert [each.tag for row in rows for each in row] == [f"{WORD}cantSplit"] * len(rows)
        assert len(rows) + 1 == len(list(table.iter(f"{WORD}tr")))
    (field,) = footer.iter(f"{WORD}fldSimple")
    assert field.get(f"{WORD}instr") == "PAGE"
    assert [each.text for each in footer.iter(f"{WORD}t")] == ["第 ", " 页"]


def owing(*missing: str, files: tuple[Receipt, ...] = (), name: str = "单位1") -> Inbox:
    """An inbox of one department that owes these forms."""
    return Inbox(
        2023, (Account("001", name, "", "", ("附件1", "附件2"), (), missing, (), filing=f"{name}（2023）"),), files
    )


def receipt(path: str, state: ReceiptState, reason: str) -> Receipt:
    """A file that came in from the first department."""
    return Receipt(path, "", "", "", "", "001", "单位1", "", state, reason)


def test_a_department_that_sent_nothing_usable_is_reminded() -> None:
    """The letter names all forms that are owed, and the files that cannot stand for them."""
    files = (
        receipt("单位1/扫描.pdf", ReceiptState.UNREADABLE, "是 PDF"),
        receipt("单位1/附件1.xlsx", ReceiptState.WRONG_YEAR, "是 2022 年度"),
        receipt("单位1/旧.xlsx", ReceiptState.SUPERSEDED, "以新的为准"),
    )
    what = replace(review(), filings=(), findings=(), context=ReviewContext(inbox=owing("附件1", "附件2", files=files)))
    (letter,) = letters(what)
    lines, (unusable,) = texts(letter.content)
    assert letter.name == "催报通知_单位1.docx"
    assert lines.startswith(
        "关于报送2023年度预算绩效自评材料的通知\n单位1：\n你单位应报送2023年度预算绩效自评材料 2 张表，"
    )
    assert "尚未报送的表（2 张）\n附件1；附件2。" in lines
    assert [row[1:] for row in unusable[1:]] == [
        ["扫描.pdf", "收到、未能审核", "是 PDF"], ["附件1.xlsx", "年度不符", "是 2022 年度"],
    ]  # fmt: skip
    assert letters(replace(what, context=ReviewContext(inbox=owing()))) == []


def test_what_is_still_owed_stands_in_the_letter_about_the_rest() -> None:
    """Missing forms are in the letter, named as in the roster; without findings it asks for no correction."""
    what = review()
    label = filing_label("县一局", 2023)
    filing = replace(what.filings[0], id=label, department="一局")
    context = ReviewContext(inbox=owing("附件3（修路）", name="县一局"))
    (letter,) = letters(replace(what, filings=(filing,), findings=(), context=context))
    lines, tables = texts(letter.content)
    assert (letter.name, tables) == ("退回通知_县一局.docx", [])
    assert "已经审核：尚未报送的表 1 张。请尽快补报。" in lines
    assert "修改" not in lines


def test_counts_of_nothing_are_left_out() -> None:
    """A filing with warnings only has no clause on errors, one whose findings are all resolved none on the others."""
    (letter,) = letters(replace(review(), findings=(finding(1, "单位1/附件1.xlsx"),)))
    assert "已经审核：需要核实或者说明的问题 1 处。" in texts(letter.content)[0]
    steps = (step(Outcome.UNRESOLVED),)
    (letter,) = letters(replace(review(), findings=(), context=ReviewContext(steps=steps)))
    assert "已经审核：上次指出的问题未整改 1 处。" in texts(letter.content)[0]


def test_the_bureau_signs() -> None:
    """The roster's 落款 names the bureau and whom to ask; without it there is room to write."""
    findings = (finding(0, "单位1/附件1.xlsx"),)
    signed = ReviewContext(bureau=Bureau("某某县财政局", "某某", "0000-0000000"))
    (letter,) = letters(replace(review(), findings=findings, context=signed))
    lines = texts(letter.content)[0]
    assert "联系人：某某　　联系电话：0000-0000000\n某某县财政局（盖章）" in lines
    (letter,) = letters(replace(review(), findings=findings))
    assert "（财政部门盖章）" in texts(letter.content)[0]


def test_a_past_day_is_called_past() -> None:
    """The day may be over when the letter is written."""
    findings = (finding(0, "单位1/附件1.xlsx"),)
    past = "要求报送的日期（2000年1月1日）已过，请尽快按下列要求"
    for day, due in ((date(2024, 6, 5), "请于2024年6月5日前"), (date(2000, 1, 1), past)):
        (letter,) = letters(replace(review(), findings=findings, context=ReviewContext(refile_by=day)))
        assert due in texts(letter.content)[0]


def test_a_change_nobody_asked_for_is_no_debt() -> None:
    """An unrequested change is for the officer to ask about; the department has nothing to file again."""
    what = replace(
        review(), findings=(), context=ReviewContext(steps=(step(Outcome.RESOLVED), step(Outcome.UNREQUESTED)))
    )
    assert letters(what) == []
