"""Comments on cells: ours are added to what is there and found again, those of others stay.

A comment's text holds our part between two marks, so that it is known again whatever program has saved the file and
whatever else stands in the comment.
"""

from __future__ import annotations

import re
from copy import deepcopy
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from lxml import etree

from xltool.findings import address, row_column
from xltool.outputs.returned import comment_boxes
from xltool.outputs.returned.package import OFFICE, STRICT, EditablePackage, NotEditableError
from xltool.outputs.returned.wording import FOOT, HEAD, escaped
from xltool.reader.ooxml.parts import decoded, local

if TYPE_CHECKING:
    from lxml.etree import _Element

    from xltool.outputs.returned.cells import CellGrid, CellRef

AUTHOR: Final = "xltool 审核"
COMMENTS: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
DRAWING: Final = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_SECTION: Final = re.compile(rf"\n?{HEAD}.{{0,2000}}?{FOOT.format('([0-9]{1,7})[0-9、]*')}", re.DOTALL)
_BEHIND: Final = frozenset(
    {"legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"}
)
"""What stands behind a legacyDrawing in a worksheet part, by the schema."""
_THREAD: Final = "tc="
"""Authors of the placeholders that Excel 365 keeps for its threads begin so."""


def are_there(package: EditablePackage, sheet: str) -> bool:
    """Whether comments of ours may stand on a sheet; `sheet` is its part."""
    return any(
        HEAD.encode() in package.read(relation.target)
        for relation in package.relations(sheet)
        if relation.kind == "comments"
    )


class Comments:
    """The comments of one sheet and their boxes."""

    def __init__(self, package: EditablePackage, part: str, cells: CellGrid, *, strict: bool) -> None:
        """`part` is the worksheet's, `cells` its grid; nothing is made before it is needed."""
        self._package, self._sheet, self._cells, self._strict = package, part, cells, strict
        self._relations = {relation.kind: relation for relation in package.relations(part)}
        self._known: dict[str, _Element] | None = None

    def add(self, spot: CellRef, text: str) -> bool:
        """Put a text on a cell, behind what is there; False where a thread of Excel 365 stands, which is left alone.

        Boxes are drawn when `close` is called.
        """
        root = self._package.edit(self._comments())
        if self._known is None:
            self._known = {one.get("ref", ""): one for one in root.iter("{*}comment")}
        found = self._known.get(address(*spot))
        if found is None:
            self._known[address(*spot)] = self._new(root, spot)
            _append(self._known[address(*spot)], text)
            self._drawing.add(self._cells, spot, text)
            return True
        if self._is_thread(root, found):
            return False
        _append(found, f"\n{text}")
        self._drawing.enlarge(self._cells, spot, _text(found))
        return True

    def close(self) -> None:
        """Write the drawing, with its relation and its place in the sheet where it is new; take it out where empty."""
        if "_drawing" not in self.__dict__:
            return
        part = self._drawing_part()
        if self._drawing.is_empty:
            if part is not None:
                self._forget_drawing(part)
            return
        if part is None:
            part = self._package.free("xl/drawings/vmlDrawing{}.vml")
            self._package.declare_extension("vml", DRAWING)
            self._name_drawing(self._package.relate(self._sheet, "vmlDrawing", part, strict=self._strict))
        data = self._drawing.data
        if part not in self._package or self._package.read(part) != data:
            self._package.write(part, data)

    def strip(self) -> dict[CellRef, int]:
        """Take our texts out; gives their cells with the number each names first in the list."""
        relation = self._relations.get("comments")
        if relation is None or HEAD.encode() not in self._package.read(relation.target):
            return {}
        root = self._package.edit(relation.target)
        numbers, gone = {}, set()
        for comment in list(root.iter("{*}comment")):
            match = _SECTION.search(_text(comment))
            if match is None:
                continue
            spot = row_column(comment.get("ref", ""))
            numbers[spot] = int(match[1])
            if not _cut(comment):
                comment.getparent().remove(comment)  # type: ignore[union-attr] # found below the root
                gone.add(spot)
        self._forget_author(root)
        if next(root.iter("{*}comment"), None) is None:
            self._package.remove(relation.target)
            self._package.unrelate(self._sheet, relation.id)
        self._drawing.remove(gone)
        self.close()
        return numbers

    def _comments(self) -> str:
        """The comments' part, made where the sheet has none."""
        relation = self._relations.get("comments")
        if relation is None:
            part = self._package.free("xl/comments{}.xml")
            space = self._cells.space.strip("{}")
            self._package.write(part, f'<comments xmlns="{space}"><authors/><commentList/></comments>'.encode())
            self._package.declare(COMMENTS, part=part)
            self._package.relate(self._sheet, "comments", part, strict=self._strict)
            self._relations = {relation.kind: relation for relation in self._package.relations(self._sheet)}
            relation = self._relations["comments"]
        return relation.target

    def _new(self, root: _Element, spot: CellRef) -> _Element:
        """A comment of ours without a text."""
        space = self._cells.space
        authors, listed = root.find(f"{space}authors"), root.find(f"{space}commentList")
        if authors is None or listed is None:
            msg = "批注部件的结构不认识"
            raise NotEditableError(msg)
        names = [author.text for author in authors]
        if AUTHOR not in names:
            etree.SubElement(authors, f"{space}author").text = AUTHOR
        author = str(names.index(AUTHOR) if AUTHOR in names else len(names))
        comment = etree.SubElement(listed, f"{space}comment", ref=address(*spot), authorId=author)
        etree.SubElement(comment, f"{space}text")
        return comment

    def _is_thread(self, root: _Element, comment: _Element) -> bool:
        authors = [author.text or "" for author in root.iter("{*}author")]
        number = int(comment.get("authorId", "0"))
        return number < len(authors) and authors[number].startswith(_THREAD)

    def _drawing_part(self) -> str | None:
        """The drawing the sheet names as that of its comments and controls."""
        element = self._cells.root.find(f"{self._cells.space}legacyDrawing")
        if element is None:
            return None
        named = next((str(value) for key, value in element.attrib.items() if str(key).endswith("}id")), "")
        part = next(
            (relation.target for relation in self._package.relations(self._sheet) if relation.id == named), None
        )
        if part is None:
            msg = "工作表缺少批注的图形部件"
            raise NotEditableError(msg)
        return part

    @cached_property
    def _drawing(self) -> comment_boxes.CommentDrawing:
        part = self._drawing_part()
        if part is not None:
            return comment_boxes.CommentDrawing(self._package.read(part))
        drawings = [name for name in self._package.names if name.lower().endswith(".vml")]
        taken = {block for name in drawings for block in comment_boxes.blocks(self._package.read(name))}
        return comment_boxes.CommentDrawing(comment_boxes.empty(max(taken, default=0) + 1))

    def _name_drawing(self, relation: str) -> None:
        root = self._package.edit(self._sheet)
        made = etree.Element(f"{self._cells.space}legacyDrawing")
        made.set(f"{{{STRICT if self._strict else OFFICE}}}id", relation)
        behind = next((child for child in root.iterchildren("{*}*") if _word(child) in _BEHIND), None)
        if behind is None:
            root.append(made)
        else:
            behind.addprevious(made)

    def _forget_author(self, root: _Element) -> None:
        """Take our name out where it stands last and nothing is signed with it."""
        authors = next(root.iter("{*}authors"), None)
        if authors is None or not len(authors) or authors[-1].text != AUTHOR:
            return
        if all(one.get("authorId") != str(len(authors) - 1) for one in root.iter("{*}comment")):
            authors.remove(authors[-1])

    def _forget_drawing(self, part: str) -> None:
        relation = next(relation for relation in self._package.relations(self._sheet) if relation.target == part)
        self._package.remove(part)
        self._package.unrelate(self._sheet, relation.id)
        sheet = self._package.edit(self._sheet)
        sheet.remove(sheet.find(f"{self._cells.space}legacyDrawing"))  # type: ignore[arg-type] # it names the part


def _word(element: _Element) -> str:
    """Local name; of a choice between dialects, that of what is chosen."""
    word = local(element)
    if word != "AlternateContent":
        return word
    inner = next(element.iter(*(f"{{*}}{name}" for name in _BEHIND)), None)
    return "" if inner is None else local(inner)


def _texts(comment: _Element) -> list[_Element]:
    """The elements that hold a comment's text, phonetic guides left out."""
    return [one for one in comment.iter("{*}t") if local(one.getparent()) != "rPh"]  # type: ignore[arg-type] # below it


def _text(comment: _Element) -> str:
    return "".join(decoded(text.text or "") for text in _texts(comment))


def _append(comment: _Element, text: str) -> None:
    """Add our text as runs of their own, its head in bold."""
    space = str(comment.tag).removesuffix("comment")
    body = comment.find(f"{space}text")
    if body is None:
        body = etree.SubElement(comment, f"{space}text")
    plain = body.find(f"{space}t")
    if plain is not None:  # a text is either plain or made of runs
        run = etree.Element(f"{space}r")
        plain.addprevious(run)
        run.append(plain)
    head, mark, rest = text.partition(HEAD)
    runs = [_run(space, head + mark, bold=True), _run(space, rest, bold=False)]
    behind = next(body.iterchildren("{*}rPh", "{*}phoneticPr"), None)
    for run in runs:
        if behind is None:
            body.append(run)
        else:
            behind.addprevious(run)


def _run(space: str, text: str, *, bold: bool) -> _Element:
    run = deepcopy(_blank_run(space, bold))
    run[-1].text = escaped(text)
    return run


@lru_cache(maxsize=8)  # two dialects, bold and plain
def _blank_run(space: str, bold: bool) -> _Element:  # noqa: FBT001 - functools wants it so
    run = etree.Element(f"{space}r")
    look = etree.SubElement(run, f"{space}rPr")
    if bold:
        etree.SubElement(look, f"{space}b")
    for name, value in (("sz", {"val": "9"}), ("color", {"indexed": "81"}), ("rFont", {"val": "宋体"})):
        etree.SubElement(look, f"{space}{name}", value)
    etree.SubElement(run, f"{space}t").set(_SPACE, "preserve")
    return run


def _cut(comment: _Element) -> bool:
    """Cut our sections out of a comment's runs; whether anything is left."""
    whole = _text(comment)
    gone = [match.span() for match in _SECTION.finditer(whole)]
    at = 0
    for element in _texts(comment):
        text = decoded(element.text or "")
        kept = "".join(
            char for here, char in enumerate(text, at) if not any(first <= here < last for first, last in gone)
        )
        at += len(text)
        if kept == text:
            continue
        element.text = escaped(kept)
        run = element.getparent()
        if not kept and run is not None and local(run) == "r":
            run.getparent().remove(run)  # type: ignore[union-attr] # a run stands in a text
    return bool(_text(comment).strip())
