"""Every regular expression that xltool compiles, by the place that does so.

It runs as a program in its own interpreter, because patterns are compiled once, at import or at first use. It imports
every module, reads the samples, judges the examples of every rule, and prints the compiled patterns as JSON. `calls`
finds the calls in the source, so that a test can tell which were not reached.
"""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from tests.patterns.syntax import syntax_tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT: Final = Path(__file__).parents[2]
PACKAGE: Final = ROOT / "xltool"
FUNCTIONS: Final = frozenset({"compile", "sub", "subn", "search", "match", "fullmatch", "findall", "finditer", "split"})
ANCHORED: Final = frozenset({"match", "fullmatch"})
"""Methods that match at the first character only; all others search."""
Compiled: TypeAlias = tuple[str, int, str, int, bool]
"""Module, line, pattern, flags, and whether the pattern is of bytes (then stored as latin-1)."""


@dataclass(frozen=True)
class Call:
    """A call of `re` in the source: its lines, its function, and the name its result is assigned to."""

    module: str
    first: int
    last: int
    function: str
    name: str
    inside: str
    """The function that contains it."""
    argument: ast.expr


_tree = cache(syntax_tree)


def _modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def module_name(module: ModuleType) -> str:
    """The path of a module, as calls and patterns have it."""
    return Path(str(module.__file__)).relative_to(ROOT).as_posix()


def modules_with_calls() -> list[str]:
    """The modules with calls of `re`, as their text shows: quicker than `calls`."""
    call = re.compile(rf"\bre\.(?:{'|'.join(FUNCTIONS)})\(")
    return [path.relative_to(ROOT).as_posix() for path in _modules() if call.search(path.read_text(encoding="utf-8"))]


@cache
def calls() -> list[Call]:
    """All calls of `re` that compile a pattern."""
    return [call for module in modules_with_calls() for call in _calls(ROOT / module)]


def _calls(path: Path) -> Iterator[Call]:
    named: dict[ast.AST, str] = {}
    inside: dict[ast.AST, str] = {}
    for node in ast.walk(_tree(path)):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                named[_delayed(value)] = name
            case ast.FunctionDef(name=name):
                inside |= dict.fromkeys(ast.walk(node), name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=function)) if function in FUNCTIONS:
                module = path.relative_to(ROOT).as_posix()
                lines = node.lineno, node.end_lineno or node.lineno
                yield Call(module, *lines, function, named.get(node, ""), inside.get(node, ""), node.args[0])


def _delayed(value: ast.expr) -> ast.expr:
    """The call that compiles a pattern when it is first used; any other value is itself."""
    match value:
        case ast.Call(func=ast.Name(id="lazy_pattern"), args=[ast.Lambda(body=call)]):
            return call
    return value


_OTHER: Final = re.compile(r"\b(?:regex|re2|re\s+as|from\s+re|re\.(?:Scanner|template))\b")
"""What the text of a module has where its tree has to be looked at."""


def other_ways() -> list[str]:
    """What would get a pattern past `calls`: another engine, another name for `re` or for a function of it."""
    uses = []
    for path in _modules():
        for node in ast.walk(_tree(path)) if _OTHER.search(path.read_text(encoding="utf-8")) else ():
            match node:
                case ast.Import(names=names):
                    uses += [f"{path}: {it.name}" for it in names if it.name in {"regex", "re2"} or _renamed(it)]
                case ast.ImportFrom(module="re" | "regex" | "re2"):
                    uses.append(f"{path}: {ast.unparse(node)}")
                case ast.Attribute(value=ast.Name(id="re"), attr="Scanner" | "template"):
                    uses.append(f"{path}: {ast.unparse(node)}")
    return uses


def _renamed(imported: ast.alias) -> bool:
    return imported.name == "re" and imported.asname is not None


def is_anchored(call: Call) -> bool:
    """Whether all uses of a pattern begin at the first character of a text."""
    if call.inside:
        return call.function in ANCHORED
    uses = _uses()
    places = [call.module] if call.name.startswith("_") else list({module for module, _ in uses})
    methods = {method for place in places for method in uses.get((place, call.name), ())}
    return bool(call.name) and bool(methods) and methods <= ANCHORED


@cache
def _uses() -> dict[tuple[str, str], set[str]]:
    """Methods called on each name in each module; "" for a use that is no call of a method."""
    uses: dict[tuple[str, str], set[str]] = {}
    for path in _modules():
        module = path.relative_to(ROOT).as_posix()
        owned = set()
        for node in ast.walk(_tree(path)):
            match node:
                case ast.Attribute(value=ast.Name(id=name) | ast.Attribute(attr=name) as owner, attr=method):
                    owned.add(owner)
                    uses.setdefault((module, name), set()).add(method)
                case ast.Name(id=name, ctx=ast.Load()) if node not in owned:
                    uses.setdefault((module, name), set()).add("")
    return uses


def clear_caches() -> None:
    """Forget the syntax trees."""
    for function in (_tree, calls, _uses):
        function.cache_clear()


def compiled() -> list[Compiled]:
    """What a fresh interpreter compiles."""
    command = [sys.executable, "-m", "tests.patterns.recording"]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=300).stdout  # noqa: S603
    entries = {tuple(entry) for entry in json.loads(printed)}
    # What a function compiles of a text in the source need not be reached.
    for call in calls():
        if isinstance(call.argument, ast.Constant) and call.inside:
            pattern: Any = call.argument.value
            text = pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
            entries.add((call.module, call.first, text, re.compile(pattern).flags, isinstance(pattern, bytes)))
    return sorted(entries)


def _record() -> set[Compiled]:
    """Note from now on what is compiled by a module of xltool."""
    noted: set[Compiled] = set()
    compile_pattern: Any = re._compile  # type: ignore[attr-defined] # noqa: SLF001 - all functions go through it

    def noting(pattern: Any, flags: int) -> re.Pattern[Any]:  # noqa: ANN401 - text, bytes or a pattern
        result: re.Pattern[Any] = compile_pattern(pattern, flags)
        frame = sys._getframe(1)  # noqa: SLF001 - who asks
        while frame.f_code.co_filename == re.__file__ and frame.f_back is not None:
            frame = frame.f_back
        place = Path(frame.f_code.co_filename)
        if place.is_relative_to(PACKAGE):
            is_bytes = isinstance(result.pattern, bytes)
            text = result.pattern.decode("latin-1") if isinstance(result.pattern, bytes) else result.pattern
            noted.add((place.relative_to(ROOT).as_posix(), frame.f_lineno, text, result.flags, is_bytes))
        return result

    re._compile = noting  # type: ignore[attr-defined] # noqa: SLF001 - likewise
    return noted


def _use_everything() -> None:
    """Import all modules, read the samples, judge the examples of every rule."""
    import xltool  # noqa: PLC0415 - after recording has begun
    from xltool.text import lazy_pattern  # noqa: PLC0415 - likewise

    lazy_pattern.lazy_pattern = lambda make: make()
    for module in pkgutil.walk_packages(xltool.__path__, "xltool."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    from xltool.expr.frame import Values, violations  # noqa: PLC0415 - likewise
    from xltool.forms import FORMS  # noqa: PLC0415 - likewise
    from xltool.reader.labels import search  # noqa: PLC0415 - likewise
    from xltool.reader.reading import read_file  # noqa: PLC0415 - likewise
    from xltool.rules.catalogue import RULES  # noqa: PLC0415 - likewise
    from xltool.rules.goals import answers  # noqa: PLC0415 - likewise

    fields = [field for form in FORMS.values() for field in form.fields.values()]
    search._any_of(name for field in fields for name, _ in search.names_of(field))  # noqa: SLF001 - several in a cell
    search._any_name(name for field in fields for name, _ in search.names_of(field))  # noqa: SLF001 - likewise
    many = [f"{number}号园区" for number in range(answers.FEW + 1)]
    answers._without(many, "一号园区")  # noqa: SLF001 - a few names are removed without a pattern
    for path in sorted((ROOT / "samples").rglob("*.xlsx")):
        read_file(path, path.name)
    for rule in RULES.values():
        for filing in (*rule.views[0], *rule.views[1]):
            list(rule.judge_filing(filing)) if rule.judge else None
        for example in (*rule.good, *rule.bad):
            for check in rule.checks:
                violations(check.test, Values(dict(example)))


if __name__ == "__main__":
    recorded = _record()
    _use_everything()
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(json.dumps(sorted(recorded)))
