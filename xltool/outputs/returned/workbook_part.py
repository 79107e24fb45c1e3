"""The workbook part of a package: its sheets by name, and adding or removing a sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from lxml import etree

from xltool.outputs.returned.package import EditablePackage, NotEditableError
from xltool.reader.ooxml.parts import is_on, local

if TYPE_CHECKING:
    from lxml.etree import _Element

WORKSHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_BEFORE_NAMES: Final = frozenset(
    {"fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets", "functionGroups",
     "externalReferences", "AlternateContent", "revisionPtr"}
)  # fmt: skip


class SheetPart(NamedTuple):
    """A worksheet: its name, and the name of its part."""

    name: str
    part: str


class WorkbookPart:
    """The workbook part; `space` is its namespace in braces, `strict` whether that is the strict dialect."""

    def __init__(self, package: EditablePackage) -> None:
        """Find the workbook part; NotEditableError where the file is no regular workbook, or a shared workbook."""
        self.package = package
        self.part = _main_part(package)
        root = package.tree(self.part)
        if local(root) != "workbook":
            msg = "主部件不是工作簿"
            raise NotEditableError(msg)
        self.space = str(root.tag).removesuffix("workbook")
        self.strict = "purl.oclc.org" in self.space
        self._relations = {relation.id: relation for relation in package.relations(self.part)}
        kinds = {relation.kind: relation.target for relation in self._relations.values()}
        if "revisionHeaders" in kinds:
            msg = "工作簿处于共享状态，带有修订记录"
            raise NotEditableError(msg)
        if "styles" not in kinds:
            msg = "工作簿没有样式部件"
            raise NotEditableError(msg)
        self.styles = kinds["styles"]
        self.strings = kinds.get("sharedStrings", "")
        self.chain = kinds.get("calcChain", "")

    @property
    def sheets(self) -> list[SheetPart]:
        """The worksheets in order, without chart sheets, dialog sheets and macro sheets."""
        sheets = []
        for element in self._listed(self.package.tree(self.part)):
            relation = self._relations.get(_relation_id(element))
            if relation is not None and relation.kind == "worksheet":
                sheets.append(SheetPart(element.get("name", ""), relation.target))
        return sheets

    @property
    def titles(self) -> list[str]:
        """Names of all sheets of any kind."""
        return [element.get("name", "") for element in self._listed(self.package.tree(self.part))]

    @property
    def views(self) -> int:
        """The number of windows that show the workbook."""
        return max(1, len(self.package.tree(self.part).findall(f"{self.space}bookViews/{self.space}workbookView")))

    @property
    def signed(self) -> bool:
        """Whether the package has a digital signature, which any change makes invalid."""
        return any(
            "digital-signature" in relation.target or relation.kind == "origin"
            for relation in self.package.relations("")
        )

    def put_first(self, name: str, data: bytes, titles: str) -> None:
        """Add a worksheet before all others and make it active; `titles` are the rows printed on each page."""
        part = self.package.unused_name(f"{self.part.rpartition('/')[0]}/worksheets/sheet{{}}.xml".lstrip("/"))
        self.package.write(part, data)
        self.package.declare(WORKSHEET, part=part)
        relation = self.package.relate(self.part, "worksheet", part, strict=self.strict)
        root = self.package.edit(self.part)
        listed = self._listed(root)
        number = max(int(element.get("sheetId", "0")) for element in listed) + 1
        sheet = etree.Element(f"{self.space}sheet", name=name, sheetId=str(number))
        sheet.set(_relation_key(listed[0]), relation)
        listed[0].addprevious(sheet)
        self._shift_names(root, 0, 1)
        quoted = name.replace("'", "''")
        names = _defined_names(root, self.space)
        print_titles = etree.SubElement(names, f"{self.space}definedName", name="_xlnm.Print_Titles")
        print_titles.set("localSheetId", "0")
        print_titles.text = f"'{quoted}'!{titles}"
        for view in root.iter(f"{self.space}workbookView"):
            view.attrib.pop("firstSheet", "")
            view.set("activeTab", "0")
        self._deselect_others(part)
        self._relations = {relation.id: relation for relation in self.package.relations(self.part)}

    def remove(self, sheet: SheetPart) -> None:
        """Remove a worksheet with its defined names; the names of other sheets stay."""
        root = self.package.edit(self.part)
        relation_ids = {relation.target: relation.id for relation in self._relations.values()}
        listed = self._listed(root)
        at = [_relation_id(element) for element in listed].index(relation_ids[sheet.part])
        root.find(f"{self.space}sheets").remove(listed[at])  # type: ignore[union-attr] # it holds the element
        names = root.find(f"{self.space}definedNames")
        for name in [] if names is None else list(names):
            if name.get("localSheetId") == str(at):
                names.remove(name)  # type: ignore[union-attr] # it holds the element
        if names is not None and not len(names):
            root.remove(names)
        self._shift_names(root, at + 1, -1)
        for view in root.iter(f"{self.space}workbookView"):
            active = int(view.get("activeTab", "0"))
            view.set("activeTab", str(active - (active > at)))
        if b"<f" in self.package.read(sheet.part) and self.chain in self.package:
            self._remove_calculation_chain()
        self.package.remove(sheet.part)
        self.package.unrelate(self.part, relation_ids[sheet.part])
        self._relations = {relation.id: relation for relation in self.package.relations(self.part)}

    def recalculate(self) -> None:
        """Have programs calculate all formulas when they open the workbook, and build a new calculation chain."""
        root = self.package.edit(self.part)
        settings = root.find(f"{self.space}calcPr")
        if settings is None:
            settings = etree.Element(f"{self.space}calcPr")
            before = [child for child in root.iterchildren("{*}*") if local(child) in _BEFORE_NAMES | {"definedNames"}]
            before[-1].addnext(settings)
        settings.set("fullCalcOnLoad", "1")
        if self.chain in self.package:
            self._remove_calculation_chain()
            self._relations = {relation.id: relation for relation in self.package.relations(self.part)}

    def _remove_calculation_chain(self) -> None:
        """Remove the calculation chain, which names formulas of the removed sheet; Excel builds a new one."""
        relation_id = next(relation.id for relation in self._relations.values() if relation.target == self.chain)
        self.package.remove(self.chain)
        self.package.unrelate(self.part, relation_id)

    def _shift_names(self, root: _Element, first: int, by: int) -> None:
        """Renumber the sheets of defined names from sheet `first` on, since their sheets have moved."""
        for name in root.iter(f"{self.space}definedName"):
            scope = name.get("localSheetId")
            if scope is not None and int(scope) >= first:
                name.set("localSheetId", str(int(scope) + by))

    def _deselect_others(self, shown: str) -> None:
        """Deselect every sheet but the shown one: with two selected, Excel types into both at once."""
        for relation in self._relations.values():
            if relation.kind not in {"worksheet", "chartsheet", "dialogsheet"} or relation.target == shown:
                continue
            if not self.package.may_hold(relation.target, "tabSelected"):
                continue
            views = self.package.tree(relation.target).iterfind("{*}sheetViews/{*}sheetView")
            selected = [view for view in views if is_on(view.get("tabSelected"))]
            if selected:
                self.package.edit(relation.target)
            for view in selected:
                del view.attrib["tabSelected"]

    def _listed(self, root: _Element) -> list[_Element]:
        listed = root.findall(f"{self.space}sheets/{self.space}sheet")
        if not listed:
            msg = "工作簿没有工作表"
            raise NotEditableError(msg)
        return listed


def _main_part(package: EditablePackage) -> str:
    """Name of the workbook part."""
    for relation in package.relations(""):
        if relation.kind == "officeDocument":
            return relation.target
    msg = "缺少工作簿主部件"
    raise NotEditableError(msg)


def _relation_key(sheet: _Element) -> str:
    """Name of the attribute that holds the relation's id, with the namespace of the file's dialect."""
    return next((str(key) for key in sheet.attrib if str(key).endswith("}id")), "")


def _relation_id(sheet: _Element) -> str:
    return str(sheet.get(_relation_key(sheet), ""))


def _defined_names(root: _Element, space: str) -> _Element:
    """The element of defined names; added at its place in the order of the schema where there is none."""
    names = root.find(f"{space}definedNames")
    if names is None:
        names = etree.Element(f"{space}definedNames")
        before = [child for child in root.iterchildren("{*}*") if local(child) in _BEFORE_NAMES]
        before[-1].addnext(names)
    return names
