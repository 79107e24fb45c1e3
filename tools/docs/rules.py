"""docs/rules.md: every rule with its basis, the place of its declaration and the tests that prove it."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from tools.docs.declared import noted_places, rule_places
from tools.samples.folders import ROOT
from xltool.catalogue.explain import by_series, is_live
from xltool.rules.noted_examples import TYPED

if TYPE_CHECKING:
    from xltool.rules.model import Rule

HEAD: Final = """\
# 规则

由 `python -m tools.rebuild` 生成，请勿手改。一条规则的公式、例子和处理办法：`xltool explain A1-05`；
给程序用：`xltool rules --format json`。怎样增加一条规则，见 [CONTRIBUTING.md](../CONTRIBUTING.md)。

- **表内**：○ 填报时下发的表样里也实时核对；△ 需要上年报送（`--prior`）。
- **声明**：`模块:名称`，模块 `a.b` 就是文件 `a/b.py`。名称是函数名；在表格里声明的，是表格的名称；
  读取文件时发现的（W、T），下面是发现它的函数。
- **测试**：先是用声明里的例子核对它的测试，再是写有这个代码的测试。
"""
COLUMNS: Final = ("规则", "内容", "严重程度", "适用表", "表内", "依据", "声明", "测试")
_CODE: Final = re.compile(r"\b(?:A[123]|[RSTWXY])-\d{2}\b")
_EXPRESSION, _FRAME, _BATCH, _TYPED = (
    "tests/rules/test_examples.py",
    "tests/rules/test_frame_rules.py",
    "tests/rules/test_batch_rules.py",
    "tests/reader/notes/test_noted_examples.py",
)
_ROOMS: Final = tuple(f"tests/{name}/" for name in ("auditing", "batches", "params", "reader", "rules", "template"))
"""Rooms whose tests prove what rules find; elsewhere a code is but an example of any rule."""


def page() -> str:
    """The page: a table for each series of codes."""
    head = f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}\n"
    parts = (f"## {title}\n\n{head}{''.join(map(_line, series))}" for title, series in by_series())
    return "\n".join((HEAD, *parts))


def _line(rule: Rule) -> str:
    cells = (
        "、".join((rule.code, *rule.aliases)),
        rule.title,
        rule.severity.label,
        "、".join(rule.form_keys),
        "○" if is_live(rule) else "△" if rule.needs_prior else "",
        rule.basis.replace("|", "\\|"),
        "<br>".join(f"`{place}`" for place in (rule_places()[rule.code], *noted_places().get(rule.code, ()))),
        "<br>".join(f"`{path}`" for path in tests_of(rule)),
    )
    return f"| {' | '.join(cells)} |\n"


def tests_of(rule: Rule) -> tuple[str, ...]:
    """The test module that runs the rule's examples, if they can be run, then those that name its code."""
    return tuple(dict.fromkeys((*_examples_run_by(rule), *_named_in().get(rule.code, ()))))


def _examples_run_by(rule: Rule) -> tuple[str, ...]:
    if rule.noted:
        return (_TYPED,) if rule.code in TYPED else ()
    return (_FRAME if rule.judge is not None else _BATCH if rule.batch_judge is not None else _EXPRESSION,)


@cache
def _named_in() -> dict[str, tuple[str, ...]]:
    """The modules of the rooms of tests that name each code, in the order of their paths."""
    named: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        for code in set(_CODE.findall(path.read_text(encoding="utf-8"))) if name.startswith(_ROOMS) else ():
            named.setdefault(code, []).append(name)
    return {code: tuple(paths) for code, paths in named.items()}
