"""Narrative reports, read from text files and from documents: department, year, and the numbers of the sentences."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from xltool.forms import REPORT
from xltool.reader.guard import Code
from xltool.reader.narrative.amounts import amounts_in, compact_text
from xltool.reader.narrative.document import paragraphs_of
from xltool.reader.narrative.recognise import RecognisedReport, recognise_report
from xltool.reader.records import FileRecord, NarrativeReport, refused
from xltool.text.outline import is_of_a_project
from xltool.text.paragraphs import Paragraph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from xltool.reader.model import Book
    from xltool.reader.narrative.recognise import Line

NO_REPORT: Final = "文本文件中没有绩效自评报告；附件1、附件2、附件3请报送 .xlsx 或 .docx 文件"
_YEAR: Final = re.compile(r"(20\d\d)年?")
_TITLE: Final = re.compile(
    r"^(?:关于)?(?:20\d\d年(?:度)?)?(?P<name>.{0,200}?)(?:关于|的)?(?:20\d\d年(?:度)?)?"
    r"(?:(?:区|县|市|省)级)?(?:部门|单位)?(?:预算)?(?:整体)?(?:支出)?(?:财政)?(?:预算)?(?:绩效)?(?:评价)?(?:自我)?(?:自评|评价)(?:工作|情况)?的?报告"
)
_COVER: Final = re.compile(
    r"^(?:(?:预算|填报|评价|市级|区级|县级|被评价|项目)?(?:部门|单位)(?:[（(](?:单位|部门)[）)])?名称|填报单位|报告单位)[：:](?P<name>.{2,40})$"
)
_NO_NAME: Final = re.compile(r"[（(].*$|[×xX_＿]{2,}.*$|^某+$|^.*(?:[省市县州旗盟]|(?<![发园新景矿理范])区)$")
"""Remarks behind a name, gaps to be filled in, and the name of a region only."""
_COVER_LINES: Final = 15
"""Lines in which the cover and the title end."""


def read_text_file(record: FileRecord, lines: Sequence[Line]) -> FileRecord:
    """Read the lines of a text file for a narrative report; without one the file is refused."""
    report = report_in(lines, record.path, record.sha256)
    if report is None:
        return refused(record.path, Code.NOT_A_WORKBOOK, NO_REPORT)
    record.narrative_reports.append(report)
    return record


def report_in_book(book: Book, record: FileRecord) -> NarrativeReport | None:
    """The narrative report in a document; None in a workbook, and in a document without one."""
    return report_in(paragraphs_of(book), record.path, record.sha256)


def report_in(lines: Iterable[Line], path: str, sha256: str) -> NarrativeReport | None:
    """The report these numbered lines hold, from its title on; None unless they clearly hold one."""
    recognised = recognise_report([(number, compact_text(text)) for number, text in lines])
    if recognised is None:
        return None
    names = tuple(dict.fromkeys(name for name in _names(recognised) if name))
    department = max(names, key=len, default="")
    paragraphs = tuple(Paragraph(number, text, amounts_in(text)) for number, text in recognised.lines)
    return NarrativeReport(
        id=f"{path}#{REPORT}",
        path=path,
        sha256=sha256,
        title=recognised.title,
        year=_year(recognised),
        department=department,
        names=names,
        paragraphs=paragraphs,
    )


def _names(recognised: RecognisedReport) -> Iterator[str]:
    """What the title and the cover call the department."""
    match = _TITLE.match(recognised.title)
    if match is not None and not is_of_a_project(recognised.title):
        yield _NO_NAME.sub("", match["name"])
    for _, text in recognised.lines[:_COVER_LINES]:
        cover = _COVER.match(text)
        if cover is not None:
            yield _NO_NAME.sub("", cover["name"].split("。")[0])


def _year(recognised: RecognisedReport) -> int | None:
    """The year in the title, else the first year in the text after it."""
    dated = _YEAR.search(recognised.title)
    if dated is None:
        bodies = (text for _, text in recognised.lines[1:] if "日" not in text)
        dated = next((match for match in map(re.compile(r"(20\d\d)年度").search, bodies) if match), None)
    return None if dated is None else int(dated[1])
