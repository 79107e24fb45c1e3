"""Any text in every output stays a text and adds nothing else to the file."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import re
import zipfile
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Final

import docx
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.outputs.reviewed import step, workbook_bytes
from tests.outputs.small_review import hostile_finding, review
from tests.outputs.test_letters import letters
from xltool.auditing.rounds.outcomes import Outcome
from xltool.converting import conversion_list
from xltool.findings import Place
from xltool.issuing import issue_list
from xltool.outputs import json_output, read_output
from xltool.outputs.model import (
    FileRow,
    FileStatus,
    FilingRow,
    Review,
    ReviewContext,
    RuleRow,
    SubmissionOrigin,
    Tables,
)
from xltool.outputs.officer_notes import OfficerNote
from xltool.outputs.page.page import page_bytes
from xltool.outputs.returned.checked_file import CheckedFile
from xltool.outputs.returned.copy import list_workbook
from xltool.outputs.sheets.texts import LONGEST_TEXT, cell_text, utf16_len, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

LONG: Final = bool(os.environ.get("XLTOOL_LONG"))
few_examples = settings(
    max_examples=200 if LONG else 8,
    derandomize=not LONG,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
PIECES: Final = (
    "=", "+", "-", "@", "＝", "\t", "\r", "\n", "\r\n", "'", '"', ",", ";", "|", "!", "#", "\0", "\x01", "\x07", "\x7f",
    "\x1b[31m", "\x85", "\u2028", "\u2029", "\u202e", "\u2066", "\u200b", "\ufeff", "\ufffe", "\uffff", "\U0001f600",
    "<", ">", "&", "&amp;", "</script>", "<!--", "-->", "<script>", "<img src=x onerror=alert(1)>", "]]>", "<?xml?>",
    "javascript:alert(1)", "http://a.example/", "file:///c:/", "mailto:a@b.example", "internal:'a'!A1", "_x0041_",
    "_xD800_", "external:\\\\a\\b.xlsx", "{=1}", "{{", "}}", "%s", "$policy", "${title}", "cmd|'/c calc'!A1", "1e5",
    "00012", "TRUE", '=HYPERLINK("http://a.example/")', "../", "\\\\", ":", "*", "?", "[", "]", "局", "　",
    "长" * 17_000, "𠮷" * 9_000, " ", "<r>", "</r>",
)  # fmt: skip
"""Pieces that a format, a program or a reader could take for something other than text."""
text = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), min_size=1, max_size=6).map("".join)
written = st.lists(
    text.filter(lambda each: not re.search("[\ud800-\udfff]", each)), min_size=4, max_size=8, unique=True
)
"""Texts without half a surrogate pair: the reader refuses those."""
MADE_AT: Final = datetime(2024, 4, 2, 9, 30)  # noqa: DTZ001 - as `run_time` gives it
OUR_FORMULA: Final = re.compile(r"SUBTOTAL\(109,[A-Z0-9:$\[\]'!表_\w]*\)")
SHEET: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def _refuse(word: str) -> object:
    raise AssertionError(word)


def hostile(texts: list[str]) -> Review:
    """A review with these texts wherever texts of a file can get."""
    findings = tuple(hostile_finding(text, rule="A1-04", related=(Place(text, text, text),)) for text in texts)
    handled = {text: OfficerNote(text, text, (text,) * 6) for text in texts}
    steps = [replace(step(Outcome.NEW, text, text), path=text, item=text, before=text, message=text) for text in texts]
    return replace(
        review(),
        title=texts[0],
        filings=tuple(
            FilingRow(
                text,
                text,
                2023,
                {"附件2": 1},
                (text,),
                score_filed=90,
                score_recomputed=80,
                grade=text,
                execution_rate=0.9,
            )
            for text in texts
        ),
        files=tuple(FileRow(text, FileStatus.REFUSED, text) for text in texts),
        findings=findings,
        submissions={text: SubmissionOrigin(text, text, text, text) for text in texts},
        tables=Tables({"附件1": ("说明", "金额")}, [("附件1", (text, 1.5)) for text in texts]),
        rules=tuple(RuleRow(text, text, text, text, 1, 1) for text in texts),
        context=ReviewContext(handled, tuple(steps)),
    )


def parts_of(content: bytes) -> Iterator[tuple[str, etree._Element]]:
    """The XML parts of a package, parsed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                yield name, etree.fromstring(archive.read(name))


def check_workbook(content: bytes, texts: list[str], *, linked: str = "") -> None:
    """Check that formulas are ours, links lead to files in the folder, and each text is a string that fits."""
    shown: set[str] = set()
    for name, root in parts_of(content):
        formulas = [str(each.text) for each in root.iter(f"{SHEET}f")]
        assert [each for each in formulas if OUR_FORMULA.fullmatch(each) is None] == [], name
        targets = [str(each.get("Target")) for each in root.iter("{*}Relationship") if each.get("TargetMode")]
        assert [each for each in targets if not linked or not each.startswith(linked)] == [], name
        for tag in ("si", "is"):
            strings = ["".join(part.text or "" for part in each.iter(f"{SHEET}t")) for each in root.iter(SHEET + tag)]
            shown.update(strings)
    meant = {each.replace("_x005F_", "_") for each in shown}
    assert max(map(utf16_len, meant)) <= LONGEST_TEXT
    for text in texts:
        wanted = cell_text(text)
        assert wanted in meant or not wanted.strip(), repr(wanted[:80])


@few_examples
@given(written)
def test_the_review(texts: list[str]) -> None:
    """review.xlsx: findings, departments, files, data, rules, notes of an officer, steps."""
    check_workbook(workbook_bytes(hostile(texts), Path("/data")), texts, linked="报送\\")


@few_examples
@given(written)
def test_lists(texts: list[str]) -> None:
    """The lists of a returned copy, of a conversion and of issued forms, and the tables as a workbook."""
    findings = hostile(texts).findings
    check_workbook(list_workbook(findings, CheckedFile(texts[0], texts[1], MADE_AT), texts[2]), texts)
    lines = [
        conversion_list.ConvertedCell(
            text, text, "A1", text, field=text, outcome=conversion_list.CellOutcome.LEFT, reason=text
        )
        for text in texts
    ]
    forms = [conversion_list.ConvertedForm(text, text, text, text, "", text) for text in texts]
    check_workbook(conversion_list.list_bytes(lines, forms, Path("/data")), texts)
    columns = ("code", "department", "project", "issue", "approved", "known", "carried", "source")
    issued = [issue_list.IssuedForm(form="附件1", file="", **dict.fromkeys(columns, text)) for text in texts]
    unused = [issue_list.UnusedForm(text, text, text, text, text) for text in texts]
    data = issue_list.list_bytes(2024, issued, unused=unused, notices=texts, folder=Path("/data"))
    check_workbook(data, texts)
    values = {"values": [{"raw": text} for text in texts]}
    check_workbook(read_output._workbook(values), texts)  # noqa: SLF001 - without records


@few_examples
@example(["a\r=1+1", "b", "c", "d"])
@given(written)
def test_csv(texts: list[str]) -> None:
    """Every way to split rows gives the same number; a cell that a spreadsheet would run has an apostrophe."""
    lines = [{"raw": text, "value": text, "n": 1.5} for text in texts]
    content = read_output._csv(["raw", "value", "n"], lines).decode("utf-8-sig")  # noqa: SLF001 - without records
    head, *rows = csv.reader(io.StringIO(content, newline=""))
    assert head == ["raw", "value", "n"]
    assert [row[0].removeprefix("'") for row in rows] == [text.removeprefix("'") for text in texts]
    assert not [cell for row in rows for cell in row if cell[:1] and cell[0] in "=+-@\t\r\n＝＋－＠"]
    bare = re.sub(r'"(?:[^"]|"")*"', "", content)
    assert len(re.split("\r\n|\r|\n", bare)) == len(texts) + 2  # its head, and the end of the last


class Tags(HTMLParser):
    """Collects the tags and attributes of a page, and its security policy."""

    def __init__(self) -> None:
        """Start with no tags."""
        super().__init__()
        self.seen: list[tuple[str, tuple[str, ...]]] = []
        self.policy = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Add a tag."""
        self.seen.append((tag, tuple(name for name, _ in attrs)))
        if dict(attrs).get("http-equiv") == "Content-Security-Policy":
            self.policy = str(dict(attrs)["content"])


def tags(page: str) -> Tags:
    """The tags of a page."""
    parser = Tags()
    parser.feed(page)
    return parser


@few_examples
@given(written)
def test_the_page(texts: list[str]) -> None:
    """review.html has the same tags for any texts, no inline handler, its policy, and the texts as data."""
    page = page_bytes(hostile(texts), Path("/data")).decode()
    hostile_tags, plain = (
        tags(page),
        tags(page_bytes(hostile([f"文{at}" for at in range(len(texts))]), Path("/data")).decode()),
    )
    assert hostile_tags.seen == plain.seen
    assert not [name for _, names in hostile_tags.seen for name in names if name.startswith("on")]
    assert "default-src 'none'" in hostile_tags.policy
    assert "unsafe-eval" not in hostile_tags.policy
    (held,) = re.findall(r'<script id="data" type="application/json">(.*?)</script>', page, re.DOTALL)
    known = set(json.loads(held)["texts"])
    assert [text for text in texts if visible(text) not in known and visible(text).strip()] == []


@few_examples
@given(written)
def test_letters(texts: list[str]) -> None:
    """A letter opens, has all texts, links to nothing, and its name is valid on every system."""
    written_letters = letters(hostile(texts))
    assert len({letter.name.lower() for letter in written_letters}) == len(written_letters) > 0
    said = ""
    for letter in written_letters:
        assert not re.search(r'[\\/:*?"<>|\x00-\x1f]', letter.name)
        for name, root in parts_of(letter.content):
            assert not [each for each in root.iter("{*}Relationship") if each.get("TargetMode")], name
            fields = [str(each.text) for each in root.iter(f"{WORD}instrText")]
            assert {each.strip() for each in fields} <= {"PAGE", "NUMPAGES"}
        document = docx.Document(io.BytesIO(letter.content))
        said += "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert [
        text for text in texts if visible(text).strip() and "".join(visible(text).split()) not in "".join(said.split())
    ] == []


@few_examples
@given(st.recursive(text | st.floats() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(text, inner)))
def test_json(value: object) -> None:
    """Reading gives back what was written, with null for NaN and infinity."""
    assert json.loads(json_output.dumps(value), parse_constant=_refuse) == _finite(value)


def _finite(value: object) -> object:
    if isinstance(value, list):
        return [_finite(each) for each in value]
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
