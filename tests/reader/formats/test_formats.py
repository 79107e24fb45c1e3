"""The seed in every format, through every program that writes it; what only an office program reads."""

from __future__ import annotations

import os
import pickle
import stat
import struct
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.reader.formats.format_files import expect_grid, read, texts
from tests.reader.test_guard_ole import ole
from tests.support.documents import forms, write_docx, write_xlsx
from tests.support.programs.office import convert, needs_office, write_profile
from xltool.reader.formats import office
from xltool.reader.guard import Code, Refused, check
from xltool.reader.model import Book, Sheet
from xltool.reader.ole import workbook_stream
from xltool.reader.program import soffice
from xltool.reader.reading import read_file

if TYPE_CHECKING:
    from xltool.reader.a1 import Span


@pytest.fixture(scope="module")
def seed_xlsx(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seed, typed into a workbook."""
    return write_xlsx(forms(), tmp_path_factory.mktemp("seed") / "seed.xlsx")


def test_seed_as_xlsx(seed_xlsx: Path) -> None:
    """The hand-made workbook is read as typed."""
    expect_grid(read(seed_xlsx))


@needs_office
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_seed_as_xls_and_ods(seed_xlsx: Path, tmp_path: Path, kind: str) -> None:
    """Saved in an older or another format it is the same grid, .et (an .xls by content) included."""
    converted = convert([seed_xlsx], tmp_path, kind)[0]
    expect_grid(read(converted))
    if kind == "xls":
        expect_grid(read(converted.rename(tmp_path / "报表.et")))


@needs_office
def test_xls_in_an_unusual_container(seed_xlsx: Path, tmp_path: Path) -> None:
    """A header that other programs pass over costs nothing, neither do records without a container."""
    converted = convert([seed_xlsx], tmp_path, "xls")[0]
    content = converted.read_bytes()
    converted.write_bytes(content[:28] + b"\xff\xfe" + content[30:])
    expect_grid(read(converted))
    converted.write_bytes(content)
    bare = tmp_path / "bare.xls"
    bare.write_bytes(workbook_stream(converted))
    expect_grid(read(bare))


def expect_document(book: Book) -> None:
    """The three forms one below the other, every cell as typed, at the places Word shows."""
    (sheet,) = book.sheets
    expected: dict[tuple[int, int], object] = {}
    merges: list[Span] = []
    top = 0
    for number, form in enumerate(forms(), 1):
        expected |= {(top + row, column): text.strip("\n") for (row, column), text in form.cells().items()}
        merges += [(top + r1, c1, top + r2, c2) for r1, c1, r2, c2 in form.merges()]
        assert sheet.place(top + len(form.head) + 5, 3) == (f"表格{number}", "C5")
        top += form.length
    assert texts(sheet) == expected
    assert sorted(sheet.merges) == sorted(merges)


def test_seed_as_docx(tmp_path: Path) -> None:
    """The Word document holds the same texts and spans."""
    book = read(write_docx(forms(), tmp_path / "seed.docx"))
    expect_document(book)
    assert book.sheets[0].place(1, 1) == ("段落", "A1")
    assert book.sheets[0].place(2, 9) == ("正文", "I2")


@needs_office
@pytest.mark.parametrize("suffix", ["doc", "rtf", "odt"])
def test_seed_through_libreoffice(tmp_path: Path, suffix: str) -> None:
    """What only LibreOffice reads becomes the same document."""
    source = write_docx(forms(), tmp_path / "seed.docx")
    converted = through_writer(source, tmp_path / "out", suffix)
    foreign = office.recognise(converted)
    assert foreign is not None
    assert foreign.suffix == f".{suffix}"
    expect_document(read(converted) if suffix != "rtf" else office.open_converted(converted, foreign))


def through_writer(source: Path, out: Path, suffix: str) -> Path:
    """A document saved in another format."""
    program = soffice()
    assert program is not None
    with tempfile.TemporaryDirectory(prefix="xltool-office-") as folder:
        command = [program, write_profile(Path(folder), program), "--headless", "--convert-to", suffix]
        command += ["--outdir", str(out), str(source)]
        office._run(command, dict(os.environ), 120)  # noqa: SLF001 - the same way there and back
    return out / f"{source.stem}.{suffix}"


@pytest.mark.parametrize(("stream", "suffix"), [("Workbook", ".xls"), ("EncryptedPackage", ".xlsx")])
def test_encrypted_without_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stream: str, suffix: str
) -> None:
    """A workbook that Excel encrypted for its protection alone opens in LibreOffice; any other stays encrypted."""
    path = tmp_path / "a.xls"
    path.write_bytes(ole(["Root Entry", stream], struct.pack("<HHHHH", 0x809, 2, 0x600, 0x2F, 54)))
    asked = []

    def opens(_: Path, foreign: office.Conversion) -> Book:
        asked.append((foreign.suffix, bool(foreign.infilter)))
        return Book([Sheet("表")])

    def fails(_: Path, __: office.Conversion) -> Book:
        raise Refused(Code.CORRUPT, "打不开")

    monkeypatch.setattr(office, "soffice", lambda: "soffice")
    monkeypatch.setattr(office, "open_converted", opens)
    assert read_file(path, "a.xls").code == "no_form"
    assert asked == [(suffix, True)]
    monkeypatch.setattr(office, "open_converted", fails)
    assert read_file(path, "a.xls").code == "encrypted"
    monkeypatch.setattr(office, "soffice", lambda: None)
    monkeypatch.setattr(office, "open_converted", opens)
    assert read_file(path, "a.xls").code == "encrypted"


@needs_office
def test_what_is_encrypted_is_not_read_as_a_text(tmp_path: Path) -> None:
    """LibreOffice, asked to open it without a password, does not make a sheet of its bytes."""
    for name, stream in (("a.xls", "Workbook"), ("b.xlsx", "EncryptedPackage")):
        path = tmp_path / name
        path.write_bytes(ole(["Root Entry", stream], struct.pack("<HHHHH", 0x809, 2, 0x600, 0x2F, 54) + b"text" * 99))
        assert read_file(path, name).code == "encrypted"


@needs_office
def test_web_page_called_xls(tmp_path: Path) -> None:
    """A page of a web system saved as .xls is refused by the guard and read through LibreOffice."""
    page = tmp_path / "导出.xls"
    rows = "<tr><td colspan='2'>编制数</td></tr><tr><td>实有</td><td>15</td></tr>"
    page.write_text(f"<html><head><meta charset='utf-8'></head><body><table>{rows}</table></body></html>", "utf-8")
    with pytest.raises(Refused, match="网页文件"):
        check(page)
    (sheet,) = office.open_converted(page).sheets
    assert texts(sheet) == {(1, 1): "编制数", (2, 1): "实有", (2, 2): 15}
    assert sheet.merges == [(1, 1, 1, 2)]


@needs_office
def test_a_document_of_word_2003_as_xml(tmp_path: Path) -> None:
    """Word of 2003 saves a document as one XML file, which is read as a document."""
    space = "http://schemas.microsoft.com/office/word/2003/wordml"
    paragraph = "<w:p><w:r><w:t>编制数</w:t></w:r></w:p>"
    (tmp_path / "a.doc").write_text(
        f'<?xml version="1.0"?>\n<?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="{space}"><w:body>'
        f"<w:tbl><w:tr><w:tc>{paragraph}</w:tc></w:tr></w:tbl></w:body></w:wordDocument>",
        "utf-8",
    )
    (sheet,) = office.open_converted(tmp_path / "a.doc").sheets
    assert list(texts(sheet).values()) == ["编制数"]


RTF = b"{\\rtf1 x}"


def test_without_libreoffice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where LibreOffice is missing the message says what to do, also after a trip through a worker."""
    monkeypatch.delenv("XLTOOL_SOFFICE", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "说明.wps").write_bytes(RTF)
    with pytest.raises(Refused) as caught:
        office.open_converted(tmp_path / "说明.wps")
    error = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert error.code == "format"
    assert error.reason == "需要 LibreOffice 才能读取 .wps 文件，请用 WPS 另存为 .docx 或 .xlsx 后重新报送"


@pytest.mark.parametrize(
    ("script", "code", "words"),
    [("sleep 60 & sleep 60", "timeout", "没有读完"), ("exit 0", "corrupt", "打不开"), (None, "unreadable", "无法启动")],
)
def test_libreoffice_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, code: str, words: str
) -> None:
    """It hangs, makes nothing, or does not start: a refusal each, and nothing is left running or lying about."""
    program = tmp_path / "soffice"
    if script is not None:
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "temp").mkdir()
    monkeypatch.setenv("XLTOOL_SOFFICE", str(program))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temp"))
    (tmp_path / "a.rtf").write_bytes(RTF)
    with pytest.raises(Refused, match=words) as caught:
        office.open_converted(tmp_path / "a.rtf", seconds=0.5)
    assert caught.value.code == code
    assert not list((tmp_path / "temp").iterdir())


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"\x89PNG", b"text", b"PK\x03\x04", b"<?xml version='1.0'?><a/>"])
def test_not_for_libreoffice(tmp_path: Path, content: bytes) -> None:
    """LibreOffice is not asked about pictures, PDFs and plain text."""
    (tmp_path / "a.doc").write_bytes(content)
    assert office.recognise(tmp_path / "a.doc") is None
    with pytest.raises(Refused) as caught:
        office.open_converted(tmp_path / "a.doc")
    assert caught.value.code == "not_a_workbook"
