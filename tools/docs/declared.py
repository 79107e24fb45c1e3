"""Where rules and fields are declared, as `module:name`. No line numbers: those change with every edit."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import asdict

from xltool import forms, reader, rules
from xltool.expr.nodes import Field
from xltool.reader.notes.registry import NOTED
from xltool.rules import integrity, recomputed
from xltool.rules.model import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType


def modules(package: ModuleType) -> list[ModuleType]:
    """The package and every module below it, in the order of their names."""
    below = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return [package, *(importlib.import_module(info.name) for info in below)]


def rule_places() -> dict[str, str]:
    """Each rule's code, and where it is declared: a function of its own, or an entry in a table of rules."""
    places = {words.code: f"{integrity.__name__}:TABLE" for words in integrity.TABLE}
    places |= dict.fromkeys(recomputed.RECOMPUTATIONS, f"{recomputed.__name__}:RECOMPUTATIONS")
    for module in modules(rules):
        for name, value in vars(module).items():
            if isinstance(value, Rule):
                places.setdefault(value.code, f"{module.__name__}:{name}")
    return places


def noted_places() -> dict[str, list[str]]:
    """Each code that reading notes, and the functions that note it, in the order of their names."""
    modules(reader)  # a function registers its codes when its module is imported
    return {
        code: sorted(f"{noting.__module__}:{noting.__name__}" for noting in functions)
        for code, functions in NOTED.items()
    }


def field_places() -> dict[Field, str]:
    """Each declared field, and its name: of its own, or inside the line or the mapping that holds it."""
    places: dict[Field, str] = {}
    for module in modules(forms):
        declared = [(name, value) for name, value in vars(module).items() if not name.startswith("__")]
        for name, value in sorted(declared, key=lambda item: not isinstance(item[1], Field)):
            for suffix, field in _fields_in(value):
                places.setdefault(field, f"{module.__name__}:{name}{suffix}")
    return places


def _fields_in(value: object) -> Iterator[tuple[str, Field]]:
    """The fields a value of a module holds, each with what follows the value's name to get there."""
    if isinstance(value, Field):
        yield "", value
    elif isinstance(value, dict):
        yield from ((f'["{key}"]', item) for key, item in value.items() if isinstance(item, Field))
    elif isinstance(value, Struct):
        yield from ((f".{name}", item) for name, item in asdict(value).items() if isinstance(item, Field))
