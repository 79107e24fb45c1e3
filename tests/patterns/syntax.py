"""Syntax trees of modules."""

from __future__ import annotations

import ast
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def syntax_tree(path: Path) -> ast.Module:
    """The tree of a module.

    The collector is held off: Python 3.11 before 3.11.9 raises SystemError (AST constructor recursion depth mismatch)
    where what it frees meanwhile runs code of its own.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    finally:
        if was_on:
            gc.enable()
