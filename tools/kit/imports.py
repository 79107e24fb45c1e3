"""The imports of a kit: each leads to a module in it, to the standard library of its Python, or is stated as optional.

Modules are read as syntax, not run. An import below `if TYPE_CHECKING` never happens. An import whose failure is
caught where it stands is optional by its own word; any other that leads nowhere has to be stated, with the reason.
"""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

_SUFFIX: Final = re.compile(r"(\.(cpython|cp|abi)[\w-]*)?\.(py|pyd|so)$")
"""Endings of modules; those of extensions name the version of Python and the system."""
_CAUGHT: Final = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """An import of a module: where it stands, and what it takes from the module, which may be modules too."""

    path: str
    line: int
    module: str
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.path}:{self.line} imports {self.module}"


@dataclass(frozen=True, slots=True)
class Optional:
    """Imports that lead nowhere and why this does no harm; both patterns may have `*`."""

    importer: str
    module: str
    reason: str


def module_of(path: str) -> str | None:
    """The module at a path, None where there is none.

    >>> module_of("a/b/__init__.py"), module_of("a/_c.cp313-win_amd64.pyd"), module_of("a/b.txt")
    ('a.b', 'a._c', None)
    """
    stem = _SUFFIX.sub("", path)
    if stem == path:
        return None
    return stem.removesuffix("/__init__").replace("/", ".")


def imports_of(path: str, content: bytes) -> Iterator[Import]:
    """The imports of a module whose failure nothing catches."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of escapes in other people's strings
        tree = ast.parse(content, path)
    package = module_of(path) or ""
    if not path.endswith("__init__.py"):
        package = package.rpartition(".")[0]
    for node in _happening(tree):
        if isinstance(node, ast.Import):
            yield from (Import(path, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = tuple(alias.name for alias in node.names)
            yield Import(path, node.lineno, _absolute(node, package), names)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    above = ".".join(parts[: len(parts) - node.level + 1])
    return f"{above}.{node.module}" if node.module else above


def _happening(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes below this one, without what is for type checkers and without what a `try` catches the failure of."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            yield from (kept for other in child.orelse for kept in (other, *_happening(other)))
        elif isinstance(child, ast.Try) and any(map(_catches, child.handlers)):
            rest = (*child.handlers, *child.orelse, *child.finalbody)
            yield from (kept for other in rest for kept in (other, *_happening(other)))
        else:
            yield child
            yield from _happening(child)


def _catches(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(kind, ast.Name) and kind.id in _CAUGHT for kind in kinds)


def dangling(
    files: Mapping[str, bytes], left_out: Collection[str], library: Collection[str], optional: Iterable[Optional]
) -> list[Import]:
    """Imports that lead nowhere.

    `left_out` are paths of wheels that are not in the kit, `library` the modules of the standard library.
    """
    modules = {module for path in files if (module := module_of(path))}
    modules |= {folder for module in modules for folder in _parents(module)}
    missing = {module for path in left_out if (module := module_of(path))} - modules
    stated = list(optional)
    wrong = set()
    for path in (path for path in files if path.endswith(".py")):
        for known in imports_of(path, files[path]):
            leads_nowhere = not _resolves(known, modules, library) or not missing.isdisjoint(_submodules(known))
            if leads_nowhere and not any(_is_stated(known, entry) for entry in stated):
                wrong.add(known)
    return sorted(wrong)


def _resolves(known: Import, modules: Collection[str], library: Collection[str]) -> bool:
    return known.module in modules or known.module.partition(".")[0] in library


def _submodules(known: Import) -> Iterator[str]:
    """The modules that the names of an import may be."""
    return (f"{known.module}.{name}" for name in known.names)


def _is_stated(known: Import, entry: Optional) -> bool:
    return fnmatchcase(known.path, entry.importer) and fnmatchcase(known.module, entry.module)


def _parents(module: str) -> Iterator[str]:
    """Packages above a module; a folder without __init__.py is one too."""
    while module := module.rpartition(".")[0]:
        yield module
