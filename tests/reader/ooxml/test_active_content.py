"""What a file carries besides cells: told by name in every format, and nothing else is."""

from __future__ import annotations

import struct
import zipfile
from typing import TYPE_CHECKING

import pytest

from benchmarks.fuzz.stock import HONEST, KEPT
from tests.attacks.built_files import ODS, docx, ods, xlsb
from tests.attacks.kit import with_part, zipped
from tests.reader.ooxml.opened_parts import RELS
from tests.reader.ooxml.test_open_parts import package
from tests.reader.test_guard_ole import ole
from tests.support.programs.office import convert, needs_office
from xltool.reader.formats import biff, open_any
from xltool.reader.formats.binary import open_xlsb
from xltool.reader.guard import check
from xltool.reader.model import ActiveContent
from xltool.reader.ooxml.workbook import open_workbook

if TYPE_CHECKING:
    from pathlib import Path

DDE, LINKS, OLE = ActiveContent.DDE, ActiveContent.LINKS, ActiveContent.OLE_LINKS
MACROS, OBJECTS, CONTROLS = ActiveContent.MACROS, ActiveContent.OBJECTS, ActiveContent.CONTROLS
OUT = f'<a xmlns="{RELS}"><Relationship Id="r1" Type="a/%s" Target="%s" TargetMode="External"/></a>'


def content_of(data: bytes, path: Path) -> set[ActiveContent]:
    """What a file of this content carries."""
    path.write_bytes(data)
    return open_any(path, check(path)).active_content


@pytest.mark.parametrize(
    ("part", "content", "content_kind"),
    [
        ("xl/vbaProject.bin", "x", MACROS),
        ("xl/connections.xml", "<a/>", LINKS),
        ("xl/embeddings/oleObject1.bin", "x", OBJECTS),
        ("xl/activeX/activeX1.xml", "<a/>", CONTROLS),
        ("xl/ctrlProps/ctrlProp1.xml", "<a/>", CONTROLS),
        ("xl/externalLinks/externalLink1.xml", "<a><externalBook/></a>", LINKS),
        ("xl/externalLinks/externalLink1.xml", '<a><ddeLink ddeService="cmd"/></a>', DDE),
        ("xl/externalLinks/externalLink1.xml", "<a><oleLink/></a>", OLE),
        ("xl/externalLinks/externalLink1.xml", "no xml", LINKS),
        ("xl/externalLinks/externalLink1.xml", "<a/>", LINKS),
        ("xl/drawings/_rels/drawing1.xml.rels", OUT % ("image", "http://a.example/b.png"), LINKS),
        ("xl/drawings/_rels/drawing1.xml.rels", OUT % ("hyperlink", "http://a.example/"), None),
        ("xl/drawings/_rels/drawing1.xml.rels", "no xml", None),
        ("xl/media/image1.png", "x", None),
    ],
)
def test_parts_of_a_workbook(part: str, content: str, content_kind: ActiveContent | None, tmp_path: Path) -> None:
    """In an .xlsx, an .xlsb and a .docx alike; a link that is clicked, a picture or damage is nothing."""
    expected = set() if content_kind is None else {content_kind}
    assert open_workbook(package(tmp_path / "a.xlsx", "", **{part: content})).active_content == expected
    (tmp_path / "b.xlsb").write_bytes(with_part(xlsb(b""), part, content.encode()))
    assert open_xlsb(tmp_path / "b.xlsb").active_content == expected
    assert content_of(with_part(docx(b""), part, content.encode()), tmp_path / "d.docx") == expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("cmd|'/c calc'!A1", {DDE}),
        ("DDE.server|topic!item", {DDE}),
        ("A1&amp;&quot;cmd|'x&quot;", set()),
        ("SUM(A1:A9)", set()),
    ],
)
def test_formulas_that_ask_a_program(formula: str, expected: set[ActiveContent], tmp_path: Path) -> None:
    """DDE without a part of its own; the sign in a text is none."""
    rows = f"<x:row><x:c><x:f>{formula}</x:f><x:v>1</x:v></x:c></x:row>"
    assert open_workbook(package(tmp_path / "a.xlsx", rows)).active_content == expected


@pytest.mark.parametrize(
    ("kind", "content"),
    [(0, LINKS), (1, DDE), (2, OLE), (9, LINKS), (None, LINKS)],
    ids=["book", "dde", "ole", "?", "-"],
)
def test_links_of_an_xlsb(kind: int | None, content: ActiveContent, tmp_path: Path) -> None:
    """As the first record of the part says; a part that says nothing is a link all the same."""
    first = b"\x01\x00" if kind is None else b"\xe8\x02\x06" + struct.pack("<HI", kind, 0)
    path = tmp_path / "a.xlsb"
    for data in (first, b"" if kind is None else first + b"\xff"):
        path.write_bytes(with_part(xlsb(b""), "xl/externalLinks/externalLink1.bin", data))
        assert open_xlsb(path).active_content == {content}


def record(kind: int, body: bytes) -> bytes:
    """A record of an .xls."""
    return struct.pack("<HH", kind, len(body)) + body


SUPPORTED = {
    "itself": (record(0x1AE, b"\x01\x00\x01\x04"), None),
    "add-in": (record(0x1AE, b"\x01\x00\x01\x3a"), None),
    "book": (record(0x1AE, b"\x01\x00\x05\x00\x00\x01b.xls"), LINKS),
    "dde": (record(0x1AE, b"\x00\x00\x06\x00\x00cmd\x03/c"), DDE),
    "dde item": (record(0x1AE, b"\x00\x00\x06\x00\x00cmd\x03/c") + record(0x23, b"\x02\x00"), DDE),
    "ole": (record(0x1AE, b"\x00\x00\x06\x00\x00Wor\x03/c") + record(0x23, b"\x12\x00"), OLE),
    "macro sheet": (record(0x85, bytes(5) + b"\x01\x01\x00a"), MACROS),
    "worksheet": (record(0x85, bytes(5) + b"\x00\x01\x00a"), None),
    "button": (record(0x5D, b"\x15\x00\x12\x00\x07\x00" + bytes(16)), CONTROLS),
    "drop-down of a filter": (record(0x5D, b"\x15\x00\x12\x00\x14\x00" + bytes(16)), None),
    "note": (record(0x5D, b"\x15\x00\x12\x00\x19\x00" + bytes(16)), None),
    "cut short": (record(0x1AE, b"\x00") + record(0x5D, b"") + record(0x23, b"") + record(0x85, b""), None),
}


@pytest.mark.parametrize("name", SUPPORTED)
def test_records_of_an_xls(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Links by their kind, macro sheets, controls; what every workbook has is nothing."""
    records, expected = SUPPORTED[name]
    monkeypatch.setattr(biff, "_parts", lambda _: ([], records))
    assert biff.find_active_content(tmp_path) == (set() if expected is None else {expected})


@pytest.mark.parametrize(
    ("stream", "content"), [("_VBA_PROJECT_CUR", MACROS), ("MBD0012", OBJECTS), ("LNK0001", OLE), ("Ctls", CONTROLS)]
)
def test_storages_of_an_xls(
    stream: str, content: ActiveContent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the names in the container."""
    monkeypatch.setattr(biff, "_parts", lambda _: (["root entry", "workbook", stream.lower()], b""))
    assert biff.find_active_content(tmp_path) == {content}


def test_an_honest_xls_carries_nothing_and_a_damaged_one_is_not_lost_for_it(tmp_path: Path) -> None:
    """The container itself is read."""
    whole = next(KEPT.glob(f"{HONEST}*附件2.xls"))
    assert content_of(whole.read_bytes(), tmp_path / "a.xls") == set()
    (tmp_path / "b.xls").write_bytes(ole(["Root Entry"]))
    assert biff.find_active_content(tmp_path / "b.xls") == set()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (b'<table:table-row><table:table-cell table:formula="of:=DDE(1)"/></table:table-row>', {DDE}),
        (
            b"<table:table-row><table:table-cell table:formula=\"of:=['file:///b.ods'#$a.A1]\"/></table:table-row>",
            {LINKS},
        ),
        (b'<table:table-row><table:table-cell table:formula="of:=[.A1]"/></table:table-row>', set()),
        (b"<table:table-source/>", {LINKS}),
        (b"<office:dde-source/>", {DDE}),
        (b'<form:form xmlns:form="urn:oasis:names:tc:opendocument:xmlns:form:1.0"/>', {CONTROLS}),
        (b'<draw:applet xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"/>', {OBJECTS}),
        (b"", set()),
    ],
)
def test_elements_of_an_ods(rows: bytes, expected: set[ActiveContent], tmp_path: Path) -> None:
    """Sheets from other files, DDE, controls, programs."""
    assert content_of(ods(rows), tmp_path / "a.ods") == expected


@pytest.mark.parametrize(
    ("path", "kind", "expected"),
    [
        ("Object 1/", "application/vnd.oasis.opendocument.text", {OBJECTS}),
        ("Object 1", "application/vnd.sun.star.oleobject", {OBJECTS}),
        ("Object 1/", "application/vnd.oasis.opendocument.chart", set()),
        ("Object 1/content.xml", "text/xml", set()),
        ("content.xml", "text/xml", set()),
    ],
)
def test_objects_of_an_ods(path: str, kind: str, expected: set[ActiveContent], tmp_path: Path) -> None:
    """As its list says; a chart is none."""
    entry = f'<a xmlns:m="m"><e m:full-path="{path}" m:media-type="{kind}"/></a>'
    assert content_of(ods(b"", entry.encode()), tmp_path / "a.ods") == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Basic/Standard/Module1.xml", {MACROS}),
        ("Scripts/python/a.py", {MACROS}),
        ("Basic/Standard/script-lb.xml", set()),
        ("Basic/script-lc.xml", set()),
        ("Configurations2/a.xml", set()),
    ],
)
def test_macros_of_an_ods(name: str, expected: set[ActiveContent], tmp_path: Path) -> None:
    """A module is one; the empty library LibreOffice leaves is none."""
    assert content_of(with_part(ods(b""), name, b"<a/>"), tmp_path / "a.ods") == expected


def test_a_list_that_is_no_xml_is_not_believed(tmp_path: Path) -> None:
    """Nor missed."""
    assert content_of(ods(b"", b"no xml"), tmp_path / "a.ods") == set()
    with zipfile.ZipFile(tmp_path / "a.ods") as archive:
        parts = {name: archive.read(name) for name in ("mimetype", "content.xml")}
    assert parts["mimetype"] == ODS
    assert content_of(zipped(parts), tmp_path / "b.ods") == set()


def field(text: str) -> bytes:
    """A paragraph with the instruction of a field, each part of it in a run of its own."""
    runs = "".join(f"<w:r><w:instrText>{part}</w:instrText></w:r>" for part in text.split("/"))
    return f"<w:p>{runs}</w:p>".encode()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (field("DDEAUTO c:\\\\cmd.exe"), {DDE}),
        (field("D/DE/ cmd"), {DDE}),
        (b'<w:p><w:fldSimple w:instr=" DDE cmd "/></w:p>', {DDE}),
        (field("LINK Excel.Sheet.8"), {LINKS}),
        (field('INCLUDEPICTURE "http://a"'), {LINKS}),
        (field("PAGE"), set()),
        (field('HYPERLINK "http://a"'), set()),
    ],
)
def test_fields_of_a_document(body: bytes, expected: set[ActiveContent], tmp_path: Path) -> None:
    """DDE and what is fetched from elsewhere; numbers of pages and links to click are nothing."""
    assert content_of(docx(body), tmp_path / "a.docx") == expected


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("http://a.example/t.dotm", {LINKS}),
        ("\\\\server\\t.dotm", {LINKS}),
        ("file:///C:\\Users\\a\\Normal.dotm", set()),
        ("Normal.dotm", set()),
    ],
)
def test_templates_of_a_document(target: str, expected: set[ActiveContent], tmp_path: Path) -> None:
    """One on a server is fetched when the document is opened; that on the writer's disk is in every document."""
    rels = (OUT % ("attachedTemplate", target)).encode()
    assert content_of(with_part(docx(b""), "word/_rels/settings.xml.rels", rels), tmp_path / "a.docx") == expected


FLAT = """<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2"
 office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body><office:spreadsheet>
<table:table table:name="a"><table:table-row><table:table-cell office:value-type="float" office:value="1"
 table:formula="of:=DDE(&quot;soffice&quot;;&quot;/b.ods&quot;;&quot;a.A1&quot;)"/></table:table-row><table:table-row>
<table:table-cell table:formula="of:=['file:///b.ods'#$a.A1]" office:value-type="float" office:value="1"/>
</table:table-row></table:table></office:spreadsheet></office:body></office:document>"""


@needs_office
@pytest.mark.parametrize("suffix", ["ods", "xls"])
def test_what_libreoffice_writes(suffix: str, tmp_path: Path) -> None:
    """The records and elements are those an office program makes."""
    (tmp_path / "a.fods").write_text(FLAT, encoding="utf-8")
    (converted,) = convert([tmp_path / "a.fods"], tmp_path / "out", suffix)
    assert content_of(converted.read_bytes(), tmp_path / f"b.{suffix}") == {DDE, LINKS}


def test_the_finding_names_them_in_a_fixed_order() -> None:
    """Whatever order they were found in."""
    assert [what.value for what in ActiveContent] == ["宏", "外部链接", "DDE 链接", "OLE 链接", "嵌入对象", "控件"]
