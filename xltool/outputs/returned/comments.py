"""Comments on cells: add our texts to them and find our texts again; comments of others stay.

Our text stands between two marks, so that it is found again whatever program has saved the file and whatever else the
comment holds.
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
from xltool.outputs.returned.worksheet_order import insert
from xltool.reader.ooxml.parts import decoded, local

if TYPE_CHECKING:
    from lxml.etree import _Element

    from xltool.outputs.returned.cells import CellGrid, CellRef

AUTHOR: Final = "xltool 审核"
COMMENTS: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
DRAWING: Final = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_SECTION: Final = re.compile(rf"\n?{HEAD}.{{0,2000}}?{FOOT.format('([0-9]{1,7})[0-9、]*')}", re.DOTALL)
_THREAD: Final = "tc="
"""Prefix of the authors of placeholder comments, which Excel 365 keeps for its threads."""


def has_our_comments(package: EditablePackage, sheet: str) -> bool:
    """Whether a sheet, given by its part, may have comments of ours."""
    return any(
        HEAD.encode() in package.read(relation.target)
        for relation in package.relations(sheet)
        if relation.kind == "comments"
    )


class Comments:
    """The comments of one sheet and their boxes."""

    def __init__(self, package: EditablePackage, part: str, cells: CellGrid, *, strict: bool) -> None:
        """Open the comments of a worksheet, given by its part and its cells; parts are added when first needed."""
        self._package, self._sheet, self._cells, self._strict = package, part, cells, strict
        self._relations = {relation.kind: relation for relation in package.relations(part)}
        self._by_address: dict[str, _Element] | None = None

    def add(self, ref: CellRef, text: str) -> bool:
        """Add a text to the comment of a cell; False where the cell has a thread of Excel 365, which stays as it is.

        The boxes of comments are written when `close` is called.
        """
        root = self._package.edit(self._comments_part())
        if self._by_address is None:
            self._by_address = {comment.get("ref", ""): comment for comment in root.iter("{*}comment")}
        comment = self._by_address.get(address(*ref))
        if comment is None:
            self._by_address[address(*ref)] = comment = self._add_comment(root, ref)
            _append(comment, text)
            self._drawing.add(self._cells, ref, text)
            return True
        if self._is_thread(root, comment):
            return False
        _append(comment, f"\n{text}")
        self._drawing.enlarge(self._cells, ref, _text(comment))
        return True

    def close(self) -> None:
        """Write the drawing of the boxes; add its relation where it is new, remove it where it is empty."""
        if "_drawing" not in self.__dict__:
            return
        part = self._drawing_part()
        if self._drawing.is_empty:
            if part is not None:
                self._remove_drawing(part)
            return
        if part is None:
            part = self._package.unused_name("xl/drawings/vmlDrawing{}.vml")
            self._package.declare_extension("vml", DRAWING)
            self._refer_to_drawing(self._package.relate(self._sheet, "vmlDrawing", part, strict=self._strict))
        data = self._drawing.data
        if part not in self._package or self._package.read(part) != data:
            self._package.write(part, data)

    def remove_ours(self) -> dict[CellRef, int]:
        """Remove our texts; return their cells with the first number of the list that each text names."""
        relation = self._relations.get("comments")
        if relation is None or HEAD.encode() not in self._package.read(relation.target):
            return {}
        root = self._package.edit(relation.target)
        numbers, removed = {}, set()
        for comment in list(root.iter("{*}comment")):
            match = _SECTION.search(_text(comment))
            if match is None:
                continue
            ref = row_column(comment.get("ref", ""))
            numbers[ref] = int(match[1])
            if not _cut(comment):
                comment.getparent().remove(comment)  # type: ignore[union-attr] # found below the root
                removed.add(ref)
        self._remove_author(root)
        if next(root.iter("{*}comment"), None) is None:
            self._package.remove(relation.target)
            self._package.unrelate(self._sheet, relation.id)
        self._drawing.remove(removed)
        self.close()
        return numbers

    def _comments_part(self) -> str:
        """Name of the part with the comments, which is added where the sheet has none."""
        relation = self._relations.get("comments")
        if relation is None:
            part = self._package.unused_name("xl/comments{}.xml")
            space = self._cells.space.strip("{}")
            self._package.write(part, f'<comments xmlns="{space}"><authors/><commentList/></comments>'.encode())
            self._package.declare(COMMENTS, part=part)
            self._package.relate(self._sheet, "comments", part, strict=self._strict)
            self._relations = {relation.kind: relation for relation in self._package.relations(self._sheet)}
            relation = self._relations["comments"]
        return relation.target

    def _add_comment(self, root: _Element, ref: CellRef) -> _Element:
        """Add a comment of ours, still without a text."""
        space = self._cells.space
        authors, listed = root.find(f"{space}authors"), root.find(f"{space}commentList")
        if authors is None or listed is None:
            msg = "批注部件的结构不认识"
            raise NotEditableError(msg)
        names = [author.text for author in authors]
        if AUTHOR not in names:
            etree.SubElement(authors, f"{space}author").text = AUTHOR
        author = str(names.index(AUTHOR) if AUTHOR in names else len(names))
        comment = etree.SubElement(listed, f"{space}comment", ref=address(*ref), authorId=author)
        etree.SubElement(comment, f"{space}text")
        return comment

    def _is_thread(self, root: _Element, comment: _Element) -> bool:
        authors = [author.text or "" for author in root.iter("{*}author")]
        number = int(comment.get("authorId", "0"))
        return number < len(authors) and authors[number].startswith(_THREAD)

    def _drawing_part(self) -> str | None:
        """Name of the part with the sheet's drawing of comments and controls; None where the sheet has none."""
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
        used = {block for name in drawings for block in comment_boxes.blocks(self._package.read(name))}
        return comment_boxes.CommentDrawing(comment_boxes.empty(max(used, default=0) + 1))

    def _refer_to_drawing(self, relation: str) -> None:
        """Add the reference from the sheet to its drawing, at its place in the order of the schema."""
        root = self._package.edit(self._sheet)
        reference = etree.Element(f"{self._cells.space}legacyDrawing")
        reference.set(f"{{{STRICT if self._strict else OFFICE}}}id", relation)
        insert(root, reference)

    def _remove_author(self, root: _Element) -> None:
        """Remove our name from the authors where it is the last and no comment refers to it."""
        authors = next(root.iter("{*}authors"), None)
        if authors is None or not len(authors) or authors[-1].text != AUTHOR:
            return
        if all(comment.get("authorId") != str(len(authors) - 1) for comment in root.iter("{*}comment")):
            authors.remove(authors[-1])

    def _remove_drawing(self, part: str) -> None:
        relation = next(relation for relation in self._package.relations(self._sheet) if relation.target == part)
        self._package.remove(part)
        self._package.unrelate(self._sheet, relation.id)
        sheet = self._package.edit(self._sheet)
        sheet.remove(sheet.find(f"{self._cells.space}legacyDrawing"))  # type: ignore[arg-type] # it names the part


def _texts(comment: _Element) -> list[_Element]:
    """The elements that hold the text of a comment, without phonetic guides."""
    return [text for text in comment.iter("{*}t") if local(text.getparent()) != "rPh"]  # type: ignore[arg-type] # below it


def _text(comment: _Element) -> str:
    return "".join(decoded(text.text or "") for text in _texts(comment))


def _append(comment: _Element, text: str) -> None:
    """Append our text in runs of its own, its head in bold."""
    space = str(comment.tag).removesuffix("comment")
    body = comment.find(f"{space}text")
    if body is None:
        body = etree.SubElement(comment, f"{space}text")
    plain = body.find(f"{space}t")
    if plain is not None:  # a text is either plain or consists of runs
        run = etree.Element(f"{space}r")
        plain.addprevious(run)
        run.append(plain)
    head, mark, rest = text.partition(HEAD)
    runs = [_run(space, head + mark, bold=True), _run(space, rest, bold=False)]
    following = next(body.iterchildren("{*}rPh", "{*}phoneticPr"), None)
    for run in runs:
        if following is None:
            body.append(run)
        else:
            following.addprevious(run)


def _run(space: str, text: str, *, bold: bool) -> _Element:
    run = deepcopy(_blank_run(space, bold))
    run[-1].text = escaped(text)
    return run


@lru_cache(maxsize=8)  # two dialects, bold and plain
def _blank_run(space: str, bold: bool) -> _Element:  # noqa: FBT001 - lru_cache needs hashable positional arguments
    run = etree.Element(f"{space}r")
    properties = etree.SubElement(run, f"{space}rPr")
    if bold:
        etree.SubElement(properties, f"{space}b")
    for name, value in (("sz", {"val": "9"}), ("color", {"indexed": "81"}), ("rFont", {"val": "宋体"})):
        etree.SubElement(properties, f"{space}{name}", value)
    etree.SubElement(run, f"{space}t").set(_SPACE, "preserve")
    return run


def _cut(comment: _Element) -> bool:
    """Cut our sections out of the runs of a comment; return whether any text remains."""
    whole = _text(comment)
    sections = [match.span() for match in _SECTION.finditer(whole)]
    at = 0
    for element in _texts(comment):
        text = decoded(element.text or "")
        kept = "".join(
            char for here, char in enumerate(text, at) if not any(first <= here < last for first, last in sections)
        )
        at += len(text)
        if kept == text:
            continue
        element.text = escaped(kept)
        run = element.getparent()
        if not kept and run is not None and local(run) == "r":
            run.getparent().remove(run)  # type: ignore[union-attr] # a run stands in a text
    return bool(_text(comment).strip())
