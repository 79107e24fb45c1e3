"""Whoever looks for a code finds the function that notices it."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

import xltool.reader
from tests.patterns.syntax import syntax_tree
from xltool.reader.notes.registry import NOTED
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

READER: Final = Path(xltool.reader.__file__).parent
SOURCES: Final = sorted(path for path in READER.rglob("*.py") if "Note(" in path.read_text(encoding="utf-8"))


def codes_given(path: Path) -> Iterator[tuple[str, str]]:
    """Each function of a module with each code that its notes have."""
    for function in ast.walk(syntax_tree(path)):
        if isinstance(function, ast.FunctionDef):
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Note":
                    code = call.args[0]
                    if isinstance(code, ast.Constant):
                        yield function.name, str(code.value)


def module_name(path: Path) -> str:
    """The module in a file of the reader."""
    return ".".join(["xltool.reader", *path.relative_to(READER).with_suffix("").parts])


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(READER).as_posix())
def test_a_note_comes_from_a_function_registered_under_its_code(path: Path) -> None:
    """No function of the reader gives a note under a code that it is not registered for."""
    import_module(module_name(path))
    registered = {(function.__name__, code) for code, functions in NOTED.items() for function in functions}
    assert set(codes_given(path)) <= registered


def test_every_registered_code_is_a_rule_of_the_catalogue() -> None:
    """A code that no rule has could not be explained."""
    for path in SOURCES:
        import_module(module_name(path))
    assert set(NOTED) <= set(RULES)
    assert {"W-03", "W-10", "W-11", "W-13", "W-17", "W-19", "W-25"} <= set(NOTED)
