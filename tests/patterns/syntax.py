"""Syntax trees of modules."""

from __future__ import annotations

import ast
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def syntax_tree(path: Path) -> ast.Module:
    """The tree of a module.

    The collector is held off: where it lets another thread run meanwhile, Python 3.11 up to 3.11.7 raises SystemError
    (AST constructor recursion depth mismatch, python/cpython#106905).
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    finally:
        if was_on:
            gc.enable()
