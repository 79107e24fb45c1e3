"""The measures of the house: few rooms, small modules, short functions, and names that are the words of things."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

import pytest

from tests.patterns.syntax import syntax_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parents[1]
TREES: Final = ("xltool", "tests", "tools", "benchmarks")
BANNED: Final = frozenset({"alone", "found", "hear", "made", "one", "ones", "room", "say", "stray", "taken", "told"})
"""Words that name nothing. CONTRIBUTING.md lists the words of the project."""
ATTRIBUTES: Final = {
    ast.Name: "id",
    ast.Attribute: "attr",
    ast.arg: "arg",
    **dict.fromkeys((ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef), "name"),
    **dict.fromkeys((ast.ExceptHandler, ast.MatchAs, ast.MatchStar), "name"),
}
"""Where the nodes that bind or use a name have it."""
MOST_ENTRIES, MOST_MODULES = 22, 20
MOST_LINES, MEDIAN_LINES, MOST_FUNCTION_LINES = 400, 125, 60


@cache
def modules(tree: str) -> list[Path]:
    """All Python files of a tree, in order."""
    return sorted((ROOT / tree).rglob("*.py"))


@cache
def lines_in(path: Path) -> int:
    """Number of lines of a file."""
    return len(path.read_text(encoding="utf-8").splitlines())


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a module."""
    return syntax_tree(path)


@pytest.fixture(scope="module", autouse=True)
def forgotten() -> Iterator[None]:
    """The trees, which are millions of objects, do not outlast the tests of this module."""
    yield
    parsed.cache_clear()


def relative(path: Path) -> str:
    """A path below the root, with slashes."""
    return path.relative_to(ROOT).as_posix()


def identifiers(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Every identifier that a module binds or uses, with its line."""
    for node in ast.walk(module):
        name: str | None = getattr(node, ATTRIBUTES.get(type(node), ""), None)
        if name is not None:
            yield getattr(node, "lineno", 0), name


def banned_in(module: ast.Module) -> list[str]:
    """Identifiers that are banned words, apart from underscores and capitals, each with its line."""
    return [f"{line}: {name}" for line, name in identifiers(module) if name.strip("_").lower() in BANNED]


@pytest.mark.parametrize("tree", TREES)
def test_no_identifier_is_a_banned_word(tree: str) -> None:
    """A variable is called after the thing it holds, a function after what it does."""
    banned = {relative(path): banned_in(parsed(path)) for path in modules(tree)}
    assert {path: names for path, names in banned.items() if names} == {}
    assert [relative(path) for path in modules(tree) if path.stem in BANNED or path.parent.name in BANNED] == []


def test_banned_words_are_seen_wherever_a_name_can_be() -> None:
    """Variables, parameters, attributes, functions, classes, caught exceptions and captured patterns."""
    source = """
def told(one): ...
class Made: room = 1
found = self._taken
try: ...
except ValueError as stray: ...
match x:
    case [alone, *ones]: ...
"""
    assert len(banned_in(ast.parse(source))) == 9


def test_the_package_has_few_rooms() -> None:
    """At most 22 modules and folders lie at the top of the package."""
    rooms = [path for path in (ROOT / "xltool").iterdir() if not path.name.startswith("__")]
    assert len(rooms) <= MOST_ENTRIES


@pytest.mark.parametrize("tree", TREES)
def test_folders_and_modules_are_small(tree: str) -> None:
    """At most 20 modules lie directly in a folder, and no module has more than 400 lines."""
    folders = Counter(relative(path.parent) for path in modules(tree) if path.stem != "__init__")
    assert {folder: count for folder, count in folders.items() if count > MOST_MODULES} == {}
    long = {relative(path): lines_in(path) for path in modules(tree) if lines_in(path) > MOST_LINES}
    assert long == {}


def test_half_of_the_modules_of_the_package_are_short() -> None:
    """The median module has at most 125 lines, the heads of packages counted as the modules they are."""
    assert median(lines_in(path) for path in modules("xltool")) <= MEDIAN_LINES


@pytest.mark.parametrize("tree", TREES)
def test_functions_are_short(tree: str) -> None:
    """No function has more than 60 lines."""
    long = {
        f"{relative(path)}: {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in modules(tree)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: size for name, size in long.items() if size > MOST_FUNCTION_LINES} == {}
