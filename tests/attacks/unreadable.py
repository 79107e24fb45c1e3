"""Files that departments send and nobody can audit: scans, photographs, films, shortcuts, workbooks without a form."""

from __future__ import annotations

import io
import zipfile
from functools import partial
from typing import TYPE_CHECKING, Final

import openpyxl

if TYPE_CHECKING:
    from tests.attacks.collected import Collect


def _address_book() -> bytes:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    book.worksheets[0].append(["姓名", "电话"])
    book.save(buffer)
    return buffer.getvalue()


def _archive(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, b"<x/>")
    return buffer.getvalue()


UNREADABLE: Final[dict[str, tuple[bytes, str]]] = {
    "扫描件.pdf": (b"%PDF-1.7\n1 0 obj", "PDF 文件"),
    "照片.jpg": (b"\xff\xd8\xff\xe0\0\x10JFIF", "图片"),
    "截图.png": (b"\x89PNG\r\n\x1a\n", "图片"),
    "扫描.tif": (b"II*\0\x08\0\0\0", "图片"),
    "扫描.tiff": (b"MM\0*\0\0\0\x08", "图片"),
    "手机.heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "图片"),
    "网图.webp": (b"RIFF\x24\0\0\0WEBPVP8 ", "图片"),
    "动图.gif": (b"GIF89a\x01\0\x01\0", "图片"),
    "录像.mp4": (b"\0\0\0\x18ftypmp42\0\0\0\0isommp42", "音像文件"),
    "录像.avi": (b"RIFF\x24\0\0\0AVI LIST", "音像文件"),
    "录像.mkv": (b"\x1aE\xdf\xa3\x01\0\0\0", "视频"),
    "附件1.lnk": (b"L\0\0\0\x01\x14\x02\0\0\0\0\0", "快捷方式"),
    "论文.caj": (b"CAJ\0\x01\0", "CAJ"),
    "公文.ofd": (_archive("OFD.xml", "Doc_0/Document.xml"), "不是电子表格"),
    "空.xlsx": (b"", "0 字节"),
    "说明.txt": ("金额见附件。\n".encode(), "没有绩效自评报告"),
    "通讯录.xlsx": (_address_book(), "没有认出附件1、附件2、附件3"),
    "空包.zip": (_archive(), "压缩包内没有"),
}
"""Content, and what the reason says of it, by the name of the file."""
CODES: Final = {"空.xlsx": "empty", "通讯录.xlsx": "no_form"}


def _content(content: bytes, _: bytes) -> bytes:
    return content


def collect(attack: Collect) -> None:
    """All of them but the archive, which has a record of its own in an audit."""
    for name, (content, word) in UNREADABLE.items():
        if name != "空包.zip":
            suffix = f".{name.rpartition('.')[2]}"
            attack(
                f"unreadable {name}",
                partial(_content, content),
                CODES.get(name, "not_a_workbook"),
                suffix=suffix,
                words=(word,),
            )
