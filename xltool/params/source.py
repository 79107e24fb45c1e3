"""The text of a profile file: bounds on its size, quotes around Chinese keys, and the line of every key.

A template contains such a text, so anybody who can write a workbook can write one. The text is cut into tokens once,
in linear time, and checked against the bounds before the TOML parser, which recurses as deep as its input, reads it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from xltool.findings import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LONGEST: Final = 30_000
"""Characters of a file: a template carries it in one cell."""
DEEPEST: Final = 4
"""Brackets within brackets; the bands of execution need two."""
MOST_PARTS: Final = 20
"""Dots on a line, which divide a key into parts, or a number."""
MOST_ENTRIES: Final = 200
"""Entries of a file, and items of its lists; the default profile has 22 entries."""
LONGEST_WORD: Final = 100
"""Characters of a number or of a key without quotes."""
_TOKEN: Final = re.compile(
    r"""\"{3}|'{3}|"(?:\\.|[^"\\\n])*"?|'[^'\n]*'?|\#[^\n]*|\n|[^\S\n]+|[\[\]{},.=]|[^\s"'\#\[\]{},.=]+"""
)
_TRIPLE: Final = frozenset({'"""', "'''"})
_OPENING, _CLOSING = frozenset("[{"), frozenset("]}")
_BEFORE_KEY, _AFTER_KEY = frozenset({"", "[", "{", ",", "."}), frozenset("]=.")


@dataclass(slots=True)
class ProfileText:
    """A text within the bounds, as tokens by line."""

    lines: list[list[str]]

    def quoted(self) -> str:
        """The text with quotes around Chinese keys that have none."""
        return "\n".join("".join(_quoted(line)) for line in self.lines)

    def places(self) -> dict[tuple[str, ...], int]:
        """The line of every section head and of every entry, by path."""
        places: dict[tuple[str, ...], int] = {}
        section: tuple[str, ...] = ()
        for number, tokens in enumerate(self.lines, start=1):
            code = [token for token in tokens if not token.startswith("#") and not token.isspace()]
            if code[:1] == ["["] and code[-1] == "]" and not {"[", "]", "="} & set(code[1:-1]):
                section = _path(code[1:-1])
                places.setdefault(section, number)
            elif "=" in code and not {"[", "]"} & set(code[: code.index("=")]):
                path = section + _path(code[: code.index("=")])
                for depth in range(1, len(path) + 1):
                    places.setdefault(path[:depth], number)
        return places


def read_source(text: str) -> ProfileText:
    """The tokens of a profile's text; ValueError in Chinese where it is longer, deeper or larger than any profile."""
    if len(text) > LONGEST:
        msg = f"文件太长（{len(text)} 个字），最多 {LONGEST} 个字"
        raise InputError(msg)
    lines: list[list[str]] = [[]]
    for match in _TOKEN.finditer(text.replace("\r\n", "\n")):
        if match[0] == "\n":
            lines.append([])
        else:
            lines[-1].append(match[0])
    for number, problem in _beyond_limits(lines):
        msg = f"第 {number} 行：{problem}"
        raise InputError(msg)
    return ProfileText(lines)


def _beyond_limits(lines: Sequence[list[str]]) -> Iterator[tuple[int, str]]:
    """The lines in which the text passes a bound, and which bound."""
    depth, counts = 0, Counter[str]()
    for number, tokens in enumerate(lines, start=1):
        for token in tokens:
            depth += (token in _OPENING) - (token in _CLOSING)
            if depth > DEEPEST:
                yield number, f"括号套了 {depth} 层，最多 {DEEPEST} 层"
            if token in _TRIPLE:
                yield number, "不能用三个引号，文字写在一行内、前后各一个引号"
            if len(token) > LONGEST_WORD and token[0] not in "\"'#" and not token.isspace():
                yield number, f"没有引号的一项有 {len(token)} 个字，最多 {LONGEST_WORD} 个字"
        counts.update(tokens)
        if max(counts["="], counts[","], counts["["] + counts["{"]) > MOST_ENTRIES:
            yield number, f"项目太多，最多 {MOST_ENTRIES} 项"
        if tokens.count(".") > MOST_PARTS:
            yield number, f"一行有 {tokens.count('.')} 个点，最多 {MOST_PARTS} 个"


def _quoted(tokens: Sequence[str]) -> Iterator[str]:
    """The tokens of a line, a key of Chinese characters in quotes."""
    code = [number for number, token in enumerate(tokens) if not token.isspace()]
    before = {later: tokens[earlier] for earlier, later in pairwise(code)}
    after = {earlier: tokens[later] for earlier, later in pairwise(code)}
    for number, token in enumerate(tokens):
        bare = not token.isascii() and token[0] not in "\"'#" and not token.isspace()
        is_key = bare and before.get(number, "") in _BEFORE_KEY and after.get(number) in _AFTER_KEY
        yield f'"{token}"' if is_key else token


def _path(tokens: Sequence[str]) -> tuple[str, ...]:
    """The parts of a key or of a section head."""
    return tuple("".join(token.strip("\"'") for token in tokens).split("."))
