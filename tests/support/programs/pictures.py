"""Take pictures of what xltool writes: a sheet with its row and column heads, a page of a letter."""

from __future__ import annotations

import base64
import html
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

from lxml import etree
from PIL import Image, ImageChops

from tests.support.programs.office import convert

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from playwright.sync_api import Browser

_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_DPI: Final = 250
_COLOURS: Final = 128
_MARGIN: Final = 8
_AFTER_PRINT_OPTIONS: Final = ("pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "drawing",
                               "legacyDrawing", "tableParts", "extLst")  # fmt: skip


@dataclass(frozen=True)
class Note:
    """A prompt or a comment that a program shows beside a chosen cell, and the text of the cell."""

    beside: str
    text: str


@dataclass(frozen=True)
class View:
    """The part of a sheet that a picture shows: an area without its hidden columns."""

    sheet: str
    area: str
    hidden: str = ""
    """Letters of the hidden columns."""


def sheet_picture(book: Path, view: View, folder: Path) -> tuple[Image.Image, Path]:
    """A view of a sheet as LibreOffice prints it with the heads of rows and columns, and the page it was cut from."""
    single = folder / f"{len(list(folder.iterdir()))}.xlsx"
    single.write_bytes(_single_sheet(book.read_bytes(), view))
    [page] = convert([single], folder / "pdf" / single.stem, "pdf")
    return page_picture(page), page


def page_picture(page: Path, dpi: int = _DPI) -> Image.Image:
    """The first page of a PDF, without its blank margins."""
    image = _first_page(page, dpi)
    return image.crop(_inked(image))


def _first_page(page: Path, dpi: int) -> Image.Image:
    program = shutil.which("pdftoppm") or "pdftoppm"
    command = [program, "-r", str(dpi), "-f", "1", "-l", "1", "-png", str(page)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    return Image.open(BytesIO(done.stdout)).convert("RGB")


def _inked(image: Image.Image) -> tuple[int, int, int, int]:
    box = ImageChops.difference(image, Image.new("RGB", image.size, "white")).getbbox() or (0, 0, *image.size)
    left, top, right, bottom = box
    return (max(left - _MARGIN, 0), max(top - _MARGIN, 0), min(right + _MARGIN, image.width),
            min(bottom + _MARGIN, image.height))  # fmt: skip


def height_of(page: Path, text: str) -> float:
    """The height of a word on the first page, as a share of the picture that `page_picture` gives."""
    program = shutil.which("pdftotext") or "pdftotext"
    command = [program, "-f", "1", "-l", "1", "-bbox", str(page), "-"]
    output = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout.decode()
    for word in re.finditer(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]*)<', output):
        if html.unescape(word[3]) == text:
            _, top, _, bottom = _inked(_first_page(page, _DPI))
            return ((float(word[1]) + float(word[2])) / 2 * _DPI / 72 - top) / (bottom - top)
    msg = f"{text} does not stand on the page"
    raise LookupError(msg)


def annotated(image: Image.Image, notes: Sequence[tuple[Note, float]], browser: Browser) -> Image.Image:
    """The picture with yellow notes beside cells, as a spreadsheet program shows them."""
    data = base64.b64encode(as_png(image, image.width)).decode()
    boxes = "".join(
        f'<div style="position:absolute;left:calc(100% - 20px);top:calc({y * 100:.2f}% - 14px);'
        "width:420px;background:#ffffe1;border:1px solid #555;box-shadow:3px 3px 6px #0004;padding:8px 12px;"
        f'font:21px/1.45 Noto Sans CJK SC;white-space:pre-wrap">{html.escape(note.text)}</div>'
        for note, y in notes
    )
    width, beside = 1270, 430
    page = browser.new_page(viewport={"width": width + beside, "height": 100})
    page.set_content(
        f'<body style="margin:0"><div id="all" style="display:inline-block;padding-right:{beside}px">'
        '<div style="position:relative">'
        f'<img src="data:image/png;base64,{data}" style="width:{width}px;display:block">{boxes}</div></div>'
    )
    shot = page.locator("#all").screenshot()
    page.close()
    return Image.open(BytesIO(shot)).convert("RGB")


def as_png(image: Image.Image, width: int) -> bytes:
    """The picture as PNG, at most this wide and in few colours, which is enough for what is printed on paper."""
    if image.width > width:
        image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
    few = image.quantize(_COLOURS, dither=Image.Dither.NONE)
    target = BytesIO()
    few.save(target, "PNG", optimize=True)
    return target.getvalue()


def _single_sheet(book: bytes, view: View) -> bytes:
    """The workbook changed so that only the view is printed, on one page."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(book)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as result:
        workbook = etree.fromstring(source.read("xl/workbook.xml"))
        sheets = list(workbook.iterfind(f"{_MAIN}sheets/{_MAIN}sheet"))
        number = next(at for at, sheet in enumerate(sheets) if sheet.get("name") == view.sheet)
        part = _part(source, sheets[number])
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/workbook.xml":
                content = _showing(workbook, sheets, number, view.area)
            elif name == part:
                content = _on_one_page(content, view.hidden)
            result.writestr(name, content)
    return target.getvalue()


def _part(source: zipfile.ZipFile, sheet: etree._Element) -> str:
    link = sheet.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id")
    links = etree.fromstring(source.read("xl/_rels/workbook.xml.rels"))
    target = next(str(element.get("Target")) for element in links if element.get("Id") == link)
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _showing(workbook: etree._Element, sheets: list[etree._Element], number: int, area: str) -> bytes:
    """The workbook part changed so that only this sheet is visible and only the area is printed."""
    for at, sheet in enumerate(sheets):
        if at != number:
            sheet.set("state", "hidden")
    for view in workbook.iter(f"{_MAIN}workbookView"):
        view.set("activeTab", str(number))
        view.attrib.pop("firstSheet", "")
    names = workbook.find(f"{_MAIN}definedNames")
    if names is None:
        names = etree.Element(f"{_MAIN}definedNames")
        sheets_at = workbook.find(f"{_MAIN}sheets")
        assert sheets_at is not None
        sheets_at.addnext(names)
    for name in list(names):
        if str(name.get("name")).startswith("_xlnm.Print"):
            names.remove(name)
    first, last = (re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", corner) for corner in area.split(":"))
    defined = etree.SubElement(names, f"{_MAIN}definedName", name="_xlnm.Print_Area", localSheetId=str(number))
    defined.text = f"'{sheets[number].get('name')}'!{first}:{last}"
    return etree.tostring(workbook, xml_declaration=True, encoding="UTF-8", standalone=True)


def _on_one_page(content: bytes, hidden: str) -> bytes:
    """The sheet part changed so that it is printed on one page with the heads of its rows and columns."""
    sheet = etree.fromstring(content)
    for column in sheet.iterfind(f"{_MAIN}cols/{_MAIN}col"):
        if column.get("min") == column.get("max") and chr(64 + int(str(column.get("min")))) in hidden:
            column.set("hidden", "1")
    for tag in ("printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks"):
        for element in sheet.findall(f"{_MAIN}{tag}"):
            sheet.remove(element)
    setup = [
        etree.Element(f"{_MAIN}printOptions", headings="1"),
        etree.Element(f"{_MAIN}pageMargins", left="0.1", right="0.1", top="0.1", bottom="0.1", header="0", footer="0"),
        etree.Element(f"{_MAIN}pageSetup", paperSize="9", orientation="landscape", fitToWidth="1", fitToHeight="1"),
    ]
    behind = next((element for element in sheet if etree.QName(element).localname in _AFTER_PRINT_OPTIONS), None)
    for element in setup:
        sheet.append(element) if behind is None else behind.addprevious(element)
    properties = sheet.find(f"{_MAIN}sheetPr")
    if properties is None:
        properties = etree.Element(f"{_MAIN}sheetPr")
        sheet.insert(0, properties)
    for element in properties.findall(f"{_MAIN}pageSetUpPr"):
        properties.remove(element)
    etree.SubElement(properties, f"{_MAIN}pageSetUpPr", fitToPage="1")
    return etree.tostring(sheet, xml_declaration=True, encoding="UTF-8", standalone=True)
