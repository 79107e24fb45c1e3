"""Decide whether a file may be parsed and what it is, before any parser opens it.

Files come from hundreds of departments by mail and memory stick. `check` looks only at the content, never at the
extension, inflates every part once in bounded steps, and refuses what could exhaust a worker or mislead a parser.
After it the sizes in the zip directory and all checksums are known to be true.
"""

from __future__ import annotations

import mmap
import re
import struct
import zipfile
import zlib
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING

from xltool.reader import ole
from xltool.reader.counting import counted_in
from xltool.reader.limits import LIMITS, Limits
from xltool.reader.limits import size as shown
from xltool.storage.files import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from xltool.reader.counting import CountedElements


InflatedParts = dict[str, bytes | None]
"""Parts of an archive by `part_name`: inflated, or None where a part is not inflated."""


class FileFormat(StrEnum):
    """What the content of a file is; templates and add-ins count as workbooks."""

    XLSX = "xlsx"
    XLSM = "xlsm"
    XLS = "xls"
    XLSB = "xlsb"
    ODS = "ods"
    DOCX = "docx"
    OTHER = "other"


class Code(StrEnum):
    """Why a file is refused, as a word for programs."""

    EMPTY = "empty"
    FORMAT = "format"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    NOT_A_WORKBOOK = "not_a_workbook"
    FOREIGN_ARCHIVE = "foreign_archive"
    ENCRYPTED = "encrypted"
    CORRUPT = "corrupt"
    TOO_MANY_ENTRIES = "too_many_entries"
    TOO_MANY = "too_many"
    OVERLAPPING_ENTRY = "overlapping_entry"
    DUPLICATE_ENTRY = "duplicate_entry"
    UNSAFE_PATH = "unsafe_path"
    ZIP_BOMB = "zip_bomb"
    ENTITY = "entity"
    TIMEOUT = "timeout"


LONGEST_REASON = 200
"""Characters of a reason, since names and errors of libraries in it can have any length."""


class Refused(Exception):  # noqa: N818 - reads as what happened to the file
    """The file is not parsed; `reason` is a Chinese sentence with figure and limit."""

    def __init__(self, code: Code, reason: str) -> None:
        """Keep code and reason, also through pickle: a worker hands its refusals to the parent.

        A reason may quote the file, so it is made a line that any terminal can show.
        """
        reason = _line(reason)
        super().__init__(code, reason)
        self.code: str = code
        self.reason = reason

    def __str__(self) -> str:
        """Code and reason in one line."""
        return f"{self.code}: {self.reason}"


def _line(text: str) -> str:
    """The text on one line, shortened, without control characters and marks of writing direction."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    plain = " ".join(plain.split())
    return plain if len(plain) <= LONGEST_REASON else f"{plain[:LONGEST_REASON]}…"


BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, ValueError, EOFError)
"""What zipfile raises on damaged archives, besides OSError."""

ENCRYPTED = "文件已加密，请取消打开密码后重新报送"

_WEB_PAGE, _XML_FILE, _TEXT_FILE, _RTF = "网页文件", "XML 文件", "文本文件", "RTF 文档"
_SAVABLE = frozenset({_WEB_PAGE, _XML_FILE, _TEXT_FILE, _RTF})
"""What a spreadsheet program opens and saves as a workbook; of a picture it makes none."""
_SIGNATURES = (
    (b"%PDF", "PDF 文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"II*\0", "图片"),
    (b"MM\0*", "图片"),
    (b"CAJ", "CAJ 文献"),
    (b"L\0\0\0\x01\x14\x02\0", "快捷方式，不是文件本身"),
    (b"\x1aE\xdf\xa3", "视频"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gz 压缩包"),
    (b"{\\rtf", _RTF),
)
_MEDIA = re.compile(
    rb"....ftyp(?:hei|hev|mif|msf|avi)(?P<picture>.)|RIFF....WEBP(?P<web>.)|....ftyp|RIFF....(?:AVI |WAVE)", re.DOTALL
)
"""Containers of pictures (HEIC, AVIF, WebP), sound and film."""
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_MAIN_TYPES = (
    (b"spreadsheetml.sheet.main+xml", FileFormat.XLSX),
    (b"spreadsheetml.template.main+xml", FileFormat.XLSX),
    (b"ms-excel.sheet.macroenabled.main+xml", FileFormat.XLSM),
    (b"ms-excel.template.macroenabled.main+xml", FileFormat.XLSM),
    (b"ms-excel.addin.macroenabled.main+xml", FileFormat.XLSM),
    (b"ms-excel.sheet.binary.macroenabled.main", FileFormat.XLSB),
    (b"wordprocessingml.document.main+xml", FileFormat.DOCX),
    (b"wordprocessingml.template.main+xml", FileFormat.DOCX),
    (b"ms-word.document.macroenabled.main+xml", FileFormat.DOCX),
)
_ODF = b"application/vnd.oasis.opendocument."
_ODS = _ODF + b"spreadsheet"
_FILE_ENTRY = re.compile(rb"<[^<>]*file-entry [^<>]*>")
_WHOLE = re.compile(rb"""full-path=["']/["']""")
_MEDIA_TYPE = re.compile(rb"""media-type=["']([^"'<>]*)""")
# A declaration stands before the root element, but may follow a comment of any length; parts may be UTF-16.
# The little-endian pattern occurs in big-endian text too, one byte later.
_DECLARATIONS = tuple(word.encode(code) for word in ("<!DOCTYPE", "<!ENTITY") for code in ("ascii", "utf-16-le"))
_OF_OPENOFFICE = re.compile(
    rb"<!DOCTYPE [a-z]{1,20}:[a-z]{1,20} "
    rb'PUBLIC "-//OpenOffice\.org//DTD [A-Za-z0-9. ]{1,60}//EN" "[A-Za-z]{1,20}\.dtd">'
)
"""What LibreOffice writes into macros and dialogs of an OpenDocument file, and OpenOffice.org wrote into formulas and
the manifest; it declares nothing, and no parser fetches what it names."""
_STEP = 1 << 20
_SMALL, _FEW = 1 << 18, 64
"""Bytes of a part that is kept inflated, and the number of such parts: honest forms have a dozen."""
_LOCAL_HEADER = 30  # bytes before the name of an entry
_LONGEST = max(map(len, _DECLARATIONS)) - 1
_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']""")
_ENCODINGS = frozenset(
    {b"utf-8", b"utf8", b"utf-16", b"us-ascii", b"ascii", b"iso-8859-1", b"gbk", b"gb2312", b"gb18030"}
)
"""Encodings in which a declaration is recognised, by its ASCII letters or as UTF-16."""
_XML = (".xml", ".rels", ".vml")
_TYPE_PARTS = ("[content_types].xml", "mimetype", "meta-inf/manifest.xml")
"""Entries that say what the archive is."""


def part_name(entry: zipfile.ZipInfo) -> str:
    """The name a part is looked up by: in lower case, with slashes for the backslashes of some programs."""
    return entry.filename.replace("\\", "/").lower()


def check(path: Path, limits: Limits = LIMITS, inflated: InflatedParts | None = None) -> FileFormat:
    """What the file at `path` is, if it may be parsed; `inflated` receives its small parts, so that they inflate once.

    A sound zip or OLE file that is no spreadsheet or docx gives `FileFormat.OTHER`; content that is neither
    (PDF, picture, text, HTML saved as .xls) is refused as not_a_workbook. Raises `Refused`, nothing else.
    """
    try:
        return _check(path, limits, inflated)
    except OSError as error:
        raise Refused(Code.UNREADABLE, f"文件无法读取：{words_of(error)}") from error


def _check(path: Path, limits: Limits, inflated: InflatedParts | None) -> FileFormat:
    """As `check`; a file that cannot be read raises OSError."""
    with path.open("rb") as stream:
        magic = stream.read(512)
    size = path.stat().st_size
    if size == 0:
        raise Refused(Code.EMPTY, "文件为空（0 字节），请重新报送")
    if size > limits.file_size:
        raise Refused(Code.TOO_LARGE, f"文件大小 {shown(size)}，超过上限 {shown(limits.file_size)}")
    if magic.startswith(b"PK"):
        return _check_zip(path, limits, inflated)
    if magic.startswith(ole.MAGIC):
        return _check_ole(path)
    if ole.is_bare(magic):
        if ole.asks_password(magic):
            raise Refused(Code.ENCRYPTED, ENCRYPTED)
        return FileFormat.XLS
    if magic.startswith(_ARCHIVES):
        # There may be filings in it, which would be lost if it were skipped.
        reason = f"{_looks_like(magic)}不能读取，里面可能有报送的表，请解压后报送，或改用 zip 打包"
        raise Refused(Code.FOREIGN_ARCHIVE, reason)
    kind = _looks_like(magic)
    request = "请另存为 .xlsx 后重新报送" if kind in _SAVABLE else "请改报填好的电子表格"
    raise Refused(Code.NOT_A_WORKBOOK, f"文件内容不是电子表格（{kind}），{request}")


def _looks_like(magic: bytes) -> str:
    """What the first bytes of a file show that it is, in Chinese."""
    for signature, name in _SIGNATURES:
        if magic.startswith(signature):
            return name
    media = _MEDIA.match(magic)
    if media is not None:
        return "图片" if media.lastgroup else "音像文件"
    text = magic.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")):
        return _WEB_PAGE
    if text.startswith(b"<"):
        return _XML_FILE
    return "未知格式" if b"\0" in magic else _TEXT_FILE


def _check_ole(path: Path) -> FileFormat:
    """Format of an OLE container: .xls, or other (.doc, .ppt, .msi); raises `Refused` for encrypted ones."""
    try:
        container = ole.summarize(path)
    except (ValueError, struct.error) as error:
        loop = f"（{error}）" if str(error) == ole.LOOP else ""
        raise Refused(Code.CORRUPT, f"文件已损坏：OLE 目录无法读取{loop}") from error
    if container.encrypted:
        raise Refused(Code.ENCRYPTED, ENCRYPTED)
    return FileFormat.XLS if container.workbook else FileFormat.OTHER


def _check_zip(path: Path, limits: Limits, inflated: InflatedParts | None) -> FileFormat:
    """Format of a zip archive, after its directory and each of its parts have been checked."""
    _count_headers(path, limits)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_directory(entries, limits)
            _check_places(entries, archive.start_dir)
            type_parts = dict(_check_part(archive, entry, limits, inflated) for entry in entries)
    except BROKEN as error:
        raise Refused(
            Code.CORRUPT, "文件已损坏，内容不完整，打不开；请用 WPS 或 Excel 打开原件另存后重新报送"
        ) from error
    manifest = type_parts.get("meta-inf/manifest.xml", b"")
    if _odf_type(type_parts).startswith(_ODF) and b"encryption-data" in manifest:
        raise Refused(Code.ENCRYPTED, ENCRYPTED)
    return _format_of(type_parts)


def _format_of(type_parts: dict[str, bytes]) -> FileFormat:
    """FileFormat by main content type (OOXML) or by the mimetype entry (ODF)."""
    if _odf_type(type_parts).startswith(_ODS):
        return FileFormat.ODS
    types = type_parts.get("[content_types].xml", b"").lower()
    return next((file_format for mark, file_format in _MAIN_TYPES if mark in types), FileFormat.OTHER)


def _odf_type(type_parts: dict[str, bytes]) -> bytes:
    """The type an OpenDocument file says that it is of; b"" for other archives."""
    return type_parts.get("mimetype") or _root_type(type_parts.get("meta-inf/manifest.xml", b""))


def _root_type(manifest: bytes) -> bytes:
    """The type of the whole in the manifest of an OpenDocument file, for files without a mimetype entry."""
    root = next((each for each in _FILE_ENTRY.findall(manifest) if _WHOLE.search(each)), b"")
    match = _MEDIA_TYPE.search(root)
    return match[1] if match else b""


def _count_headers(path: Path, limits: Limits) -> None:
    """Refuse an archive with too many directory headers before zipfile builds an object for each.

    The count in the directory may be wrong, and zipfile does not use it either. Headers have at least 46 bytes, so
    small files cannot hold too many.
    """
    if path.stat().st_size < limits.package_parts * 46:
        return
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        headers = sum(1 for _ in islice(re.finditer(rb"PK\x01\x02", data), limits.package_parts + 1))
    if headers > limits.package_parts:
        raise Refused(Code.TOO_MANY_ENTRIES, f"压缩包内条目超过上限 {limits.package_parts:,} 个")


def _check_directory(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Refuse an archive whose directory declares too many entries, bad names, encryption, or too large sizes."""
    if len(entries) > limits.package_parts:
        raise Refused(
            Code.TOO_MANY_ENTRIES, f"压缩包内有 {len(entries):,} 个条目，超过上限 {limits.package_parts:,} 个"
        )
    _check_names(entry.orig_filename for entry in entries)
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused(Code.ENCRYPTED, ENCRYPTED)
    for entry in entries:
        size, packed = entry.file_size, max(entry.compress_size, 1)
        if size > limits.part_size:
            raise Refused(
                Code.ZIP_BOMB, f"部件 {entry.filename} 解压后 {shown(size)}，超过上限 {shown(limits.part_size)}"
            )
        if size > limits.ratio_exempt_size and size > limits.compression_ratio * packed:
            ratio = f"压缩比 {size // packed}:1，超过上限 {limits.compression_ratio}:1"
            raise Refused(Code.ZIP_BOMB, f"部件 {entry.filename} 解压后 {shown(size)}，{ratio}")
    total = sum(entry.file_size for entry in entries)
    if total > limits.package_size:
        raise Refused(Code.ZIP_BOMB, f"解压后合计 {shown(total)}，超过上限 {shown(limits.package_size)}")


def _check_names(names: Iterable[str]) -> None:
    """Refuse names that lead out of the archive, and names that differ in nothing but case and slashes."""
    seen = set()
    for name in names:
        if ".." in re.split(r"[/\\]", name) or name.startswith(("/", "\\")) or ":" in name or "\0" in name:
            raise Refused(Code.UNSAFE_PATH, f"压缩包内条目名 {name!r} 指向包外路径，不予读取")
        same = name.replace("\\", "/").lower()
        if same in seen:
            raise Refused(Code.DUPLICATE_ENTRY, f"压缩包内条目 {name!r} 重复，内容无法确定")
        seen.add(same)


def _check_places(entries: list[zipfile.ZipInfo], end: int) -> None:
    """Refuse entries that share bytes: a few kilobytes could become many gigabytes, each entry within its ratio."""
    for entry in sorted(entries, key=lambda entry: entry.header_offset, reverse=True):
        if entry.header_offset + _LOCAL_HEADER + entry.compress_size > end:
            raise Refused(Code.OVERLAPPING_ENTRY, f"压缩包内条目 {entry.filename!r} 与其他内容重叠，不予读取")
        end = entry.header_offset


def _check_part(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits, inflated: InflatedParts | None
) -> tuple[str, bytes]:
    """Inflate one part in steps of 1 MiB; gives its lower-case name and, if it says what the file is, its start.

    A false size or a damaged byte shows only when all of it is inflated (0.3 ms for a 30 kB workbook).
    """
    name, declared = part_name(entry), entry.file_size
    # zipfile stops silently at the declared size, other readers do not: one more byte shows a false size.
    entry.file_size = declared + 1
    with archive.open(entry) as stream:
        start = stream.read(_STEP)
        counts = dict.fromkeys(counted_in(name, declared, limits), 0)
        size, more, tail = 0, start, b""
        while more:
            if name.endswith(_XML):
                _check_declarations(entry.filename, tail + more)
            size += len(more)
            _count(counts, tail, more, limits)
            tail = more[-_LONGEST:]
            more = stream.read(_STEP)
    if size != declared:
        reason = f"文件已损坏：部件 {entry.filename} 解压后的大小不是目录所称的 {declared:,} 字节"
        raise Refused(Code.CORRUPT, reason)
    if inflated is not None:
        inflated[name] = start if size == len(start) <= _SMALL and len(inflated) < _FEW else None
    return name, start if name in _TYPE_PARTS else b""


def _check_declarations(name: str, data: bytes) -> None:
    """Refuse DTDs and entities, and encodings in which they would not be recognised."""
    # A single character is searched much faster than a word, and hardly any part has this one.
    if b"!" in data and any(word in _OF_OPENOFFICE.sub(b"", data) for word in _DECLARATIONS):
        raise Refused(Code.ENTITY, f"部件 {name} 含有 DTD 或实体声明，不予读取")
    if encoding_of(data).lower() not in _ENCODINGS:
        raise Refused(Code.CORRUPT, f"文件已损坏：部件 {name} 的编码 {encoding_of(data).decode()} 不能读取")


def encoding_of(data: bytes) -> bytes:
    """The encoding an XML part declares at its start; UTF-8 if it declares none."""
    match = _ENCODING.match(data)
    return match[1] if match else b"utf-8"


def _count(counts: dict[CountedElements, int], tail: bytes, data: bytes, limits: Limits) -> None:
    """Add the elements in `data` to the counts, and refuse what goes beyond its limit.

    `tail` are the bytes before, in which an element may begin.
    """
    for each, before in counts.items():
        cut = sum((tail[1 - len(start) :] + data[: len(start) - 1]).count(start) for start in each.starts)
        count = counts[each] = before + cut + sum(data.count(start) for start in each.starts)
        if count > each.most(limits):
            reason = (
                f"{each.word}至少有 {count:,} 个，超过上限 {each.most(limits):,} 个，请删去与填报无关的内容后重新报送"
            )
            raise Refused(Code.TOO_MANY, reason)
