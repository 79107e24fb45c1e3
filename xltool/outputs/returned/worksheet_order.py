"""The order of the elements of a worksheet part, which the schema fixes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool.reader.ooxml.parts import local

if TYPE_CHECKING:
    from lxml.etree import _Element

ORDER: Final = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems",
    "tableParts", "extLst",
)  # fmt: skip


def insert(root: _Element, element: _Element) -> None:
    """Insert an element into the root of a worksheet part at its place, before others of its kind."""
    later = frozenset(ORDER[ORDER.index(local(element)) :])
    following = next((child for child in root.iterchildren("{*}*") if _name(child) in later), None)
    if following is None:
        root.append(element)
    else:
        following.addprevious(element)


def _name(element: _Element) -> str:
    """Local name of an element; of an AlternateContent, the name of the element inside."""
    name = local(element)
    if name != "AlternateContent":
        return name
    inner = next(element.iter(*(f"{{*}}{name}" for name in ORDER)), None)
    return name if inner is None else local(inner)
