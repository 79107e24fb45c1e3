"""The package of a workbook, opened for editing: every part that is not changed is copied byte for byte.

openpyxl drops what it does not know (x14 validations, every extLst, pictures in headers) when it saves; here only the
parts that are read or changed are parsed at all.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

from lxml import etree

from xltool.outputs.zip_members import packed, put
from xltool.reader.guard import BROKEN, part_name

if TYPE_CHECKING:
    from lxml.etree import _Element

    from xltool.reader.guard import InflatedParts

LARGEST: Final = 64 * 1024 * 1024
"""Bytes of an unpacked part; the tree of a larger part would take a gigabyte of memory."""
NEW: Final = (1980, 1, 1, 0, 0, 0)
"""Time of added parts: the earliest that a zip can hold."""
LEVEL: Final = 3
"""How hard changed parts are packed: zlib's own 6 takes nearly twice the time for copies a tenth smaller."""
TYPES: Final = "[Content_Types].xml"
OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT: Final = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_TYPES_SPACE: Final = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_RELS_SPACE: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_RELS: Final = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
# No entity is expanded and nothing is fetched; comments, instructions and CDATA stay as they are.
PARSER: Final = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, strip_cdata=False)


class NotEditableError(ValueError):
    """The workbook cannot be edited without harm; the text gives the reason in Chinese."""


class PackageRelation(NamedTuple):
    """A relation of a part: its id, the last word of its type, the name of its target ('' outside the package)."""

    id: str
    kind: str
    target: str


class EditablePackage:
    """The parts of a workbook by name; names ignore case and have no leading slash."""

    def __init__(self, data: bytes, inflated: InflatedParts | None = None) -> None:
        """Open a package that the reader has accepted, with parts it has `inflated`; NotEditableError for no zip."""
        self._data, self._inflated = data, inflated or {}
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except BROKEN as error:
            msg = f"文件不是完整的压缩包（{error}）"
            raise NotEditableError(msg) from error
        self._entries = self._archive.infolist()
        self._names = {part_name(entry): entry.filename for entry in self._entries}
        self._changed: dict[str, bytes] = {}
        self._trees: dict[str, _Element] = {}
        self._edited: set[str] = set()
        self._removed: set[str] = set()

    @property
    def names(self) -> list[str]:
        """Names of all parts as the file spells them."""
        return list(self._names.values())

    def __contains__(self, name: str) -> bool:
        """Whether there is such a part."""
        return name.lower() in self._names

    def read(self, name: str, most: int | None = None) -> bytes:
        """The present bytes of a part; NotEditableError where it is missing, or larger than `most` (`LARGEST`)."""
        spelled = self._spelled(name)
        if spelled in self._edited:
            return _serialize(self._trees[spelled])
        if spelled in self._changed:
            return self._changed[spelled]
        if self._archive.getinfo(spelled).file_size > (LARGEST if most is None else most):
            msg = f"部件 {spelled} 过大"
            raise NotEditableError(msg)
        try:
            return self._original(spelled)
        except BROKEN as error:
            msg = f"部件 {spelled} 已损坏（{error}）"
            raise NotEditableError(msg) from error

    def may_hold(self, name: str, word: str) -> bool:
        """Whether a part may contain a word of ASCII letters; True in doubt. NotEditableError where it is missing."""
        spelled = self._spelled(name)
        if spelled in self._trees:
            return True
        data = self.read(spelled)
        return word.encode() in data or b"\0" in data[:4]  # UTF-16

    def tree(self, name: str) -> _Element:
        """Root of a part, for reading; NotEditableError where the part is missing or no XML."""
        spelled = self._spelled(name)
        if spelled not in self._trees:
            try:
                self._trees[spelled] = etree.fromstring(self.read(spelled), PARSER)
            except etree.XMLSyntaxError as error:
                msg = f"部件 {spelled} 无法解析（{error}）"
                raise NotEditableError(msg) from error
        return self._trees[spelled]

    def edit(self, name: str) -> _Element:
        """Root of a part, for changing; it is written when the package is saved."""
        root = self.tree(name)
        self._edited.add(self._spelled(name))
        return root

    def write(self, name: str, data: bytes) -> None:
        """Set the bytes of a part, which may be new."""
        spelled = self._names.setdefault(name.lower(), name)
        self._trees.pop(spelled, None)
        self._edited.discard(spelled)
        self._removed.discard(spelled)
        self._changed[spelled] = data

    def remove(self, name: str) -> None:
        """Remove a part with its own relations and its content type."""
        rels = rels_of(name)
        for part in (name, rels) if rels in self else (name,):
            spelled = self._names.pop(part.replace("\\", "/").lower())
            self._removed.add(spelled)
            self._edited.discard(spelled)
            self._changed.pop(spelled, None)
            self._trees.pop(spelled, None)
        types = self.edit(TYPES)
        for override in types.findall(f"{_TYPES_SPACE}Override"):
            if override.get("PartName", "").lower() == f"/{name}".lower():
                types.remove(override)

    def declare(self, content_type: str, *, part: str) -> None:
        """Declare the content type of a part."""
        etree.SubElement(self.edit(TYPES), f"{_TYPES_SPACE}Override", PartName=f"/{part}", ContentType=content_type)

    def declare_extension(self, extension: str, content_type: str) -> None:
        """Declare the content type of parts with this extension, unless it has one."""
        defaults = self.tree(TYPES).iterfind(f"{_TYPES_SPACE}Default")
        if extension not in {default.get("Extension", "").lower() for default in defaults}:
            default = etree.Element(f"{_TYPES_SPACE}Default", Extension=extension, ContentType=content_type)
            self.edit(TYPES).insert(0, default)

    def unused_name(self, pattern: str) -> str:
        """The first unused part name of a numbered series: "xl/comments{}.xml" gives xl/comments1.xml."""
        number = 1
        while pattern.format(number) in self:
            number += 1
        return pattern.format(number)

    def relations(self, part: str) -> list[PackageRelation]:
        """Relations of a part ('' for the package itself)."""
        rels = rels_of(part)
        if rels not in self:
            return []
        folder = posixpath.dirname(part)
        relations = []
        for element in self.tree(rels).iterfind(f"{_RELS_SPACE}Relationship"):
            target = posixpath.normpath(posixpath.join("/", folder, element.get("Target", ""))).lstrip("/")
            target = "" if element.get("TargetMode") == "External" else target
            relations.append(PackageRelation(element.get("Id", ""), element.get("Type", "").rpartition("/")[2], target))
        return relations

    def relate(self, part: str, kind: str, target: str, *, strict: bool) -> str:
        """Add a relation to a part; return its id."""
        rels = rels_of(part)
        if rels not in self:
            self.write(rels, _RELS.encode())
        root = self.edit(rels)
        used = {element.get("Id") for element in root}
        number = len(used) + 1
        while f"rId{number}" in used:
            number += 1
        path = posixpath.relpath(f"/{target}", f"/{posixpath.dirname(part)}")
        space = STRICT if strict else OFFICE
        etree.SubElement(root, f"{_RELS_SPACE}Relationship", Id=f"rId{number}", Type=f"{space}/{kind}", Target=path)
        return f"rId{number}"

    def unrelate(self, part: str, relation: str) -> None:
        """Remove a relation; with the last relation of a part, remove its part of relations too."""
        root = self.edit(rels_of(part))
        for element in [element for element in root if element.get("Id") == relation]:
            root.remove(element)
        if not len(root):
            self.remove(rels_of(part))

    def save(self) -> bytes:
        """The bytes of the package: parts in their old order with their old times, then the added parts."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as target:
            for entry in self._entries:
                if entry.filename not in self._removed:
                    self._save(entry, target)
            old = {entry.filename for entry in self._entries} - self._removed
            for name in self._names.values():
                if name not in old:
                    new_entry = zipfile.ZipInfo(name, NEW)
                    new_entry.compress_type, new_entry.create_system = zipfile.ZIP_DEFLATED, 0
                    target.writestr(new_entry, self.read(name), compresslevel=LEVEL)
        return buffer.getvalue()

    def _save(self, entry: zipfile.ZipInfo, target: zipfile.ZipFile) -> None:
        """Write a part of the original file; an unchanged part may be of any size and is copied without unpacking."""
        name, new_entry = entry.filename, _copy_entry(entry)
        if name in self._edited or name in self._changed:
            target.writestr(new_entry, self.read(name), compresslevel=LEVEL)
        elif new_entry.compress_type != entry.compress_type:
            target.writestr(new_entry, self._archive.read(name), compresslevel=LEVEL)
        else:
            new_entry.CRC, new_entry.compress_size, new_entry.file_size = (
                entry.CRC,
                entry.compress_size,
                entry.file_size,
            )
            put(target, new_entry, packed(self._data, entry))

    def _original(self, name: str) -> bytes:
        """A part of the original file; unpacked bytes that were given are used only if their checksum is that of it."""
        unpacked = self._inflated.get(name.lower())
        if unpacked is not None and zlib.crc32(unpacked) == self._archive.getinfo(name).CRC:
            return unpacked
        return self._archive.read(name)

    def _spelled(self, name: str) -> str:
        """The name of a part as the file spells it."""
        spelled = self._names.get(name.lower())
        if spelled is None:
            msg = f"缺少部件 {name}"
            raise NotEditableError(msg)
        return spelled


def rels_of(part: str) -> str:
    """Name of the part that holds the relations of a part.

    >>> rels_of("xl/workbook.xml"), rels_of("")
    ('xl/_rels/workbook.xml.rels', '_rels/.rels')
    """
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _copy_entry(entry: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """A new directory entry with the name, time and attributes of another."""
    new = zipfile.ZipInfo(entry.filename, entry.date_time)
    known = entry.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    new.compress_type = entry.compress_type if known else zipfile.ZIP_DEFLATED
    new.create_system, new.external_attr, new.comment = entry.create_system, entry.external_attr, entry.comment
    return new


def _serialize(root: _Element) -> bytes:
    """The bytes of a part; its declaration stays standalone if it was."""
    tree = root.getroottree()
    if tree.docinfo.standalone:
        return bytes(etree.tostring(tree, encoding="UTF-8", standalone=True))
    return bytes(etree.tostring(tree, encoding="UTF-8", xml_declaration=True))
