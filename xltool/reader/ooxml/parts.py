"""The parts of an OOXML package: bytes, trees, relations and text runs."""

from __future__ import annotations

import posixpath
import re
import zipfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import IO, TYPE_CHECKING, Self, TypeVar

from lxml import etree

from xltool.forms.manifest import AUTHOR, TEMPLATE
from xltool.reader.guard import BROKEN, Code, Refused, part_name
from xltool.reader.limits import LIMITS, size
from xltool.storage.files import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lxml.etree import _Element

    from xltool.reader.guard import InflatedParts

T = TypeVar("T")

TOO_INTRICATE = "部件 {} 中有一处包含的标记和属性超过上限 {:,} 个，请用 WPS 或 Excel 另存后重新报送"
STREAMED = 4 * 1024 * 1024
"""Parts above this size (bytes, inflated) are parsed piece by piece to bound memory."""
_FREED_TOGETHER = 4_000
"""Tags and attributes of pieces that are freed together: of empty rows some hundred, of long rows each by itself."""

# No entity is expanded, nothing is fetched; comments and instructions would only split texts.
_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
)
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation of a part: last word of its type (worksheet, sharedStrings, …) and target part's full name."""

    kind: str
    target: str
    external: bool


class Package:
    """An open package; use it as a context manager. Part names know no case and no leading slash."""

    def __init__(self, path: Path, kept: InflatedParts | None = None) -> None:
        """The archive at `path`; it is not opened if the guard has `kept` all parts that are asked for."""
        self._path = path
        self._closing = ExitStack()
        self._relations: dict[str, dict[str, Relation]] = {}
        self._kept: InflatedParts = kept or dict.fromkeys(self._directory)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Close the archive."""
        self._closing.close()

    @cached_property
    def _archive(self) -> zipfile.ZipFile:
        """The open archive; `Refused` if it cannot be opened."""
        try:
            return self._closing.enter_context(zipfile.ZipFile(self._path))
        except BROKEN as error:
            raise Refused(
                Code.CORRUPT, "文件已损坏，内容不完整，打不开；请用 WPS 或 Excel 打开原件另存后重新报送"
            ) from error
        except OSError as error:
            raise Refused(Code.UNREADABLE, f"文件无法读取：{words_of(error)}") from error

    @cached_property
    def _directory(self) -> dict[str, zipfile.ZipInfo]:
        """Entries of the archive by `part_name`."""
        return {part_name(info): info for info in self._archive.infolist()}

    @property
    def names(self) -> list[str]:
        """Names of all parts, in lower case."""
        return list(self._kept)

    def __contains__(self, name: str) -> bool:
        """Whether there is such a part."""
        return name.lower() in self._kept

    def root(self, name: str) -> _Element:
        """The parsed tree of a part; `Refused` if it is missing or damaged."""
        root = self.parsed(name, tree)
        if root is None:
            raise Refused(Code.CORRUPT, f"文件已损坏：部件 {name} 没有内容")
        return root

    def parsed(self, name: str, parse: Callable[[bytes], T]) -> T:
        """What a parser makes of the bytes of a part; `Refused` if it is missing or damaged."""
        content = self.content(name)
        if len(content) > STREAMED and marks(content) > LIMITS.parsed_marks:
            raise Refused(Code.TOO_MANY, TOO_INTRICATE.format(name, LIMITS.parsed_marks))
        try:
            return parse(content)
        except (etree.XMLSyntaxError, *BROKEN) as error:
            raise Refused(Code.CORRUPT, f"文件已损坏：部件 {name} 无法解析（{error}）") from error

    def content(self, name: str) -> bytes:
        """The bytes of a part; `Refused` if it is missing or damaged."""
        kept = self._kept.get(name.lower())
        if kept is not None:
            return kept
        info = self._info(name)
        if info.file_size > LIMITS.whole_part_size:
            sizes = f"解压后 {size(info.file_size)}，超过上限 {size(LIMITS.whole_part_size)}"
            reason = f"部件 {name} {sizes}，请另存为 .xlsx 后重新报送"
            raise Refused(Code.TOO_LARGE, reason)
        try:
            return self._archive.read(info)
        except BROKEN as error:
            raise Refused(Code.CORRUPT, f"文件已损坏：部件 {name} 无法读取（{error}）") from error

    def pieces(self, name: str, inner: str, tags: tuple[str, ...]) -> Iterator[tuple[str, _Element]]:
        """Local name and element of the root's children, in order; `inner` is replaced by its own children.

        A large part is streamed: then only elements with a local name in `tags` are given, and each is freed when the
        next is asked for. `Refused` if the part is missing or damaged.
        """
        return self._streamed(name, inner, tags) if self.is_large(name) else pieces(self.root(name), inner)

    def _streamed(self, name: str, inner: str, tags: tuple[str, ...]) -> Iterator[tuple[str, _Element]]:
        """`pieces` of a large part."""
        try:
            with self._archive.open(self._info(name)) as stream:
                metered = Metered(stream, name)
                events = etree.iterparse(
                    metered, events=("end",), tag=[f"{{*}}{tag}" for tag in tags], collect_ids=False,
                    resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True,
                )  # fmt: skip
                holder = None
                for _, element in events:
                    parent = element.getparent()
                    if parent is None:
                        continue
                    if parent is holder or parent.getparent() is None or local(parent) == inner:
                        yield local(element), element
                        element.clear()  # it must stay until the parser has left it
                        if metered.marks > _FREED_TOGETHER or parent is not holder:
                            del parent[: parent.index(element)]
                            metered.marks = 0
                        holder = parent
        except (etree.XMLSyntaxError, *BROKEN) as error:
            raise Refused(Code.CORRUPT, f"文件已损坏：部件 {name} 无法解析（{error}）") from error

    def is_large(self, name: str) -> bool:
        """Whether a part is too large for a tree of all of it."""
        kept = self._kept.get(name.lower())
        return (self._info(name).file_size if kept is None else len(kept)) > STREAMED

    def relations(self, name: str) -> dict[str, Relation]:
        """Relations of a part by id ('' for the package itself); empty if it has none."""
        if name not in self._relations:
            self._relations[name] = self._relations_of(name)
        return self._relations[name]

    def _relations_of(self, name: str) -> dict[str, Relation]:
        folder, _, base = name.rpartition("/")
        rels = f"{folder}/_rels/{base}.rels".lstrip("/")
        if rels not in self:
            return {}
        relations = {}
        for element in self.root(rels):
            external = element.get("TargetMode") == "External"
            target = element.get("Target", "")
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/"))).lstrip("/")
            relations[element.get("Id", "")] = Relation(element.get("Type", "").rpartition("/")[2], target, external)
        return relations

    def properties(self) -> dict[str, str]:
        """The core properties (creator, description, modified …) by name; empty where they are damaged."""
        part = next((each.target for each in self.relations("").values() if each.kind == "core-properties"), "")
        if part not in self:
            return {}
        try:
            return {local(element): (element.text or "").strip() for element in self.root(part)}
        except Refused:
            return {}

    def saved(self) -> str:
        """When the package says it was last saved, as ISO text; "" where it does not say or cannot be understood."""
        try:
            modified = datetime.fromisoformat(self.properties().get("modified", ""))
            return modified.astimezone(UTC).isoformat(timespec="seconds")
        except (ValueError, OverflowError):  # damaged properties say nothing
            return ""

    def is_result(self) -> bool:
        """Whether xltool wrote it, and not as a template to be filled in."""
        properties = self.properties()
        return properties.get("creator") == AUTHOR and properties.get("description") != TEMPLATE

    def _info(self, name: str) -> zipfile.ZipInfo:
        """Directory entry of a part; `Refused` if there is none."""
        info = self._directory.get(name.lower())
        if info is None:
            raise Refused(Code.CORRUPT, f"文件已损坏：缺少部件 {name}")
        return info


class Metered:
    """A stream for a parser, with a bound on what the parser builds of one piece, and of what is freed with it."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        """Start with nothing read; whoever frees a piece sets `marks` to 0."""
        self._stream, self._name = stream, name
        self.marks = 0

    def read(self, size: int) -> bytes:
        """The next bytes; `Refused` where the piece they belong to has too many tags and attributes."""
        data = self._stream.read(size)
        self.marks += marks(data)
        if self.marks > LIMITS.parsed_marks:
            raise Refused(Code.TOO_MANY, TOO_INTRICATE.format(self._name, LIMITS.parsed_marks))
        return data


def marks(content: bytes) -> int:
    """About how many tags and attributes there are: each costs a parser memory."""
    return content.count(b"<") + content.count(b"=")


def tree(content: bytes) -> _Element:
    """The root of an XML document; etree.XMLSyntaxError if it is damaged."""
    return etree.fromstring(content, _PARSER)


def choose_fallbacks(root: _Element) -> None:
    """Replace each AlternateContent by its fallback for readers without extensions."""
    for element in list(root.iter("{*}AlternateContent")):
        parent = element.getparent()
        if parent is not None:
            at = parent.index(element)
            parent[at : at + 1] = [child for each in element if local(each) == "Fallback" for child in each]


def pieces(root: _Element, inner: str) -> Iterator[tuple[str, _Element]]:
    """Local name and element of the root's children, in order; `inner` is replaced by its own children."""
    for element in root:
        if local(element) == inner:
            for child in element:
                yield local(child), child
        else:
            yield local(element), element


def local(element: _Element) -> str:
    """Name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def is_on(value: str | None) -> bool:
    """Whether an XML boolean attribute is set to true."""
    return value in {"1", "true", "on"}


def decoded(text: str) -> str:
    r"""The text with escapes such as _x000D_ replaced by the characters they stand for.

    >>> decoded("a_x000A_b_x005F_x000A_")
    'a\nb_x000A_'
    """
    if "_x" not in text:
        return text
    plain = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    # Characters beyond the basic plane are escaped as two halves.
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def all_text(element: _Element) -> str:
    """All text within an element."""
    return "".join(map(str, element.itertext())) if len(element) else element.text or ""


def text_of(element: _Element) -> str:
    """Text of a string item: its runs joined, phonetic guides left out."""
    if len(element) == 1:  # most texts have no runs
        child = element[0]
        if local(child) == "t":
            return decoded(child.text or "")
    parts = []
    for child in element:
        word = local(child)
        if word == "t":
            parts.append(child.text or "")
        elif word == "r":
            parts.extend(run.text or "" for run in child if local(run) == "t")
    return decoded("".join(parts))
