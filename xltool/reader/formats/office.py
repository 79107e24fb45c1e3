"""Formats only an office program reads (.doc, .wps, .rtf, .odt, a web page called .xls), through LibreOffice.

LibreOffice runs in a temporary folder without network (`sandbox`): it runs no macros, follows no links, shares nothing
with the user's own office and leaves nothing in the home folder. The file it writes is checked and read like any
other file. It is started only if the content looks like one of these formats.
"""

from __future__ import annotations

import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from multiprocessing import current_process
from pathlib import Path
from typing import TYPE_CHECKING, Final

from xltool.reader import guard
from xltool.reader.formats import sandbox
from xltool.reader.guard import BROKEN, Code, FileFormat, Refused
from xltool.reader.ole import MAGIC, summarize
from xltool.reader.program import SUPERVISED, soffice
from xltool.storage.files import words_of

if TYPE_CHECKING:
    from xltool.reader.model import Book

SECONDS: Final = 60
"""Seconds that LibreOffice has for a file where no supervisor ends it."""

_HEAD: Final = 4_096
_PAGE: Final = (b"<html", b"<!doctype html", b"<table", b"<meta", b"<head")


@dataclass(frozen=True, slots=True)
class Conversion:
    """How LibreOffice converts a file: its usual extension, the target format, and the filter that opens it."""

    suffix: str
    target: str
    infilter: str = ""

    @property
    def result(self) -> str:
        """Extension of the converted file."""
        return self.target.partition(":")[0]


_DOCUMENT: Final = "docx:MS Word 2007 XML"
_WORKBOOK: Final = "xlsx:Calc MS Excel 2007 XML"
# Without a filter LibreOffice imports what it does not know as a text.
OLD_WORKBOOK: Final = Conversion(".xls", _WORKBOOK, "MS Excel 97")
"""Of an .xls, that of Excel 2 to 95 too."""
_XML_OF_2003: Final = (
    (b"urn:schemas-microsoft-com:office:spreadsheet", Conversion(".xml", _WORKBOOK, "MS Excel 2003 XML")),
    (b"http://schemas.microsoft.com/office/word/2003/wordml", Conversion(".xml", _DOCUMENT, "MS Word 2003 XML")),
)
"""Excel and Word of 2003 save XML in one file: its namespace, and how it is converted."""
_NEW_WORKBOOK: Final = Conversion(".xlsx", _WORKBOOK, "Calc MS Excel 2007 XML")


def recognise(path: Path) -> Conversion | None:
    """How LibreOffice could convert the file, by its content; None for pictures, archives, programs, plain text."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if head.startswith(MAGIC):
        return Conversion(".doc", _DOCUMENT) if _holds_document(path) else None
    if head.startswith(b"{\\rtf"):
        return Conversion(".rtf", _DOCUMENT)
    if head.startswith(b"PK"):
        return Conversion(".odt", _DOCUMENT) if _is_odt(path) else None
    return _recognise_markup(head.lstrip(b"\xef\xbb\xbf \t\r\n").lower())


def _recognise_markup(start: bytes) -> Conversion | None:
    """How LibreOffice could convert a file that begins with this XML or HTML, in lower case."""
    if start.startswith(b"<?xml"):
        for space, conversion in _XML_OF_2003:
            if space in start:
                return conversion
    if start.startswith((b"<?xml", *_PAGE)) and any(mark in start for mark in _PAGE):
        return Conversion(".html", _WORKBOOK, "HTML (StarCalc)")
    return None


def open_without_password(path: Path, refusal: Refused) -> Book:
    """Open a workbook that is refused as encrypted, if it opens without a password; else raise its `refusal`.

    Excel encrypts an .xls whose structure is protected under a password of its own, which every program knows.
    """
    with path.open("rb") as stream:
        is_container = stream.read(len(MAGIC)) == MAGIC
    if not is_container or soffice() is None:
        raise refusal
    container = summarize(path)
    if container.document and not container.workbook:  # Word encrypts no document for its protection alone
        raise refusal
    try:
        return open_converted(path, OLD_WORKBOOK if container.workbook else _NEW_WORKBOOK)
    except Refused as failure:
        raise refusal from failure


def open_converted(path: Path, conversion: Conversion | None = None, *, seconds: float = SECONDS) -> Book:
    """Read a file through LibreOffice; `Refused` if it is not there, fails, or takes too long.

    `conversion` is what `recognise` gave; without it the content is recognised here.
    """
    from xltool.reader.formats import open_any  # noqa: PLC0415 - it leads back here for other formats

    conversion = conversion or recognise(path)
    if conversion is None:
        raise Refused(Code.NOT_A_WORKBOOK, "文件内容不是电子表格，也不是 Word 文档，请改报填好的电子表格")
    program = soffice()
    if program is None:
        shown = path.suffix.lower() or conversion.suffix
        raise Refused(Code.FORMAT, f"需要 LibreOffice 才能读取 {shown} 文件，请用 WPS 另存为 .docx 或 .xlsx 后重新报送")
    if shutil.which(program) is None:
        raise Refused(Code.UNREADABLE, "LibreOffice 无法启动（找不到可以运行的程序）")
    with tempfile.TemporaryDirectory(prefix="xltool-office-", ignore_cleanup_errors=True) as folder:
        converted = _convert(program, path, conversion, folder=Path(folder), seconds=seconds)
        file_format = guard.check(converted)
        if file_format not in {FileFormat.DOCX, FileFormat.XLSX}:
            raise Refused(Code.CORRUPT, "LibreOffice 未能读出文件内容，请用 WPS 另存为 .docx 或 .xlsx 后重新报送")
        return open_any(converted, file_format)


def _convert(program: str, path: Path, conversion: Conversion, *, folder: Path, seconds: float) -> Path:
    """Convert a copy of the file, which has a plain name with the extension that fits the content."""
    folder = folder.absolute()
    home, out = folder / "home", folder / "out"
    home.mkdir(mode=0o700)
    source = folder / f"source{conversion.suffix}"
    shutil.copyfile(path, source)
    command = [*sandbox.isolation(), program, sandbox.write_profile(folder / "profile", program)]
    command += ["--headless", "--norestore", "--nolockcheck"]
    command += [f"--infilter={conversion.infilter}"] if conversion.infilter else []
    # Addresses, not paths: LibreOffice takes %41 in the path of a folder for an A.
    command += ["--convert-to", conversion.target, "--outdir", out.as_uri(), source.as_uri()]
    _run(command, sandbox.environment(home), seconds)
    converted = out / f"source.{conversion.result}"
    if not converted.is_file():
        raise Refused(Code.CORRUPT, "LibreOffice 打不开此文件，可能已损坏或已加密，请另存为 .xlsx 或 .docx 后重新报送")
    return converted


def _run(command: list[str], variables: dict[str, str], seconds: float) -> None:
    """Run LibreOffice; if it takes too long, it is ended with all processes it started.

    In a supervised process it stays in the group of that process, which the supervisor ends as a whole.
    """
    supervised = current_process().name == SUPERVISED
    try:
        process = subprocess.Popen(  # noqa: S603 - the user's own LibreOffice, on a copy of the file
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=variables,
            process_group=None if supervised or sys.platform == "win32" else 0,
        )
    except OSError as error:
        raise Refused(Code.UNREADABLE, f"LibreOffice 无法启动（{words_of(error)}）") from error
    try:
        with sandbox.tether(process.pid):
            process.wait(None if supervised else seconds)
    except subprocess.TimeoutExpired as error:
        reason = f"LibreOffice 在 {seconds:.0f} 秒内没有读完此文件，请用 WPS 另存为 .docx 或 .xlsx 后重新报送"
        raise Refused(Code.TIMEOUT, reason) from error
    finally:
        if process.poll() is None:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and its children."""
    if sys.platform == "win32":
        taskkill = Path(os.environ.get("SYSTEMROOT", r"C:\Windows"), "System32", "taskkill.exe")
        subprocess.run([taskkill, "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)  # noqa: S603
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _holds_document(path: Path) -> bool:
    """Whether an OLE container is a Word or WPS document; False for a damaged one."""
    try:
        return summarize(path).document
    except (ValueError, struct.error):
        return False


def _is_odt(path: Path) -> bool:
    """Whether a zip archive is an OpenDocument text."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read("mimetype").startswith(b"application/vnd.oasis.opendocument.text")
    except (*BROKEN, OSError, KeyError):
        return False
