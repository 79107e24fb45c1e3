"""Take packages apart to compare copies part by part, and change their parts."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

from lxml import etree

from tests.support.parts import MAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def parts_of(data: bytes) -> dict[str, bytes]:
    """The parts of a package by name, in their order."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    """A package of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name, (2024, 5, 20, 8, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def changed(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """A package with every part put through a function."""
    return packed({name: change(name, content) for name, content in parts_of(data).items()})


def without(data: bytes, *names: str) -> bytes:
    """A package without some of its parts."""
    return packed({name: content for name, content in parts_of(data).items() if name not in names})


def canonical(xml: bytes | etree._Element) -> bytes:
    """The canonical form of a part, in which parts with the same meaning are equal."""
    root = etree.fromstring(xml) if isinstance(xml, bytes) else xml
    return bytes(etree.tostring(root, method="c14n"))


def cell(root: etree._Element, reference: str) -> etree._Element | None:
    """A cell of a worksheet part."""
    return next((element for element in root.iter(f"{MAIN}c") if element.get("r") == reference), None)


def strict(data: bytes) -> bytes:
    """A workbook in the strict dialect: the same parts with the strict namespaces."""
    turned = (
        (
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ),
        (
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        ),
    )

    def turn(name: str, content: bytes) -> bytes:
        if name.endswith((".xml", ".rels")):
            for old, new in turned:
                content = content.replace(old, new)
        return content

    return changed(data, turn)


def without_addresses(data: bytes, name: str) -> bytes:
    """A workbook with a sheet whose rows and cells have no addresses."""
    return changed(
        data, lambda part, content: re.sub(rb'(<(?:row|c)) r="[A-Z0-9]+"', rb"\1", content) if part == name else content
    )


def is_styled_alike(here: Any, there: Any) -> bool:  # noqa: ANN401 - cells of openpyxl, merged or not
    """Whether two cells look the same, and are both quoted or not."""
    names = ("font", "fill", "border", "alignment", "number_format", "quotePrefix")
    return all(repr(getattr(here, name)) == repr(getattr(there, name)) for name in names)
