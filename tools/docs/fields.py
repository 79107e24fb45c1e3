"""docs/fields.md: every field by its key, with its cell, its kind and the place of its declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tools.docs.declared import field_places
from xltool.catalogue.explain import fields
from xltool.forms import FORMS

if TYPE_CHECKING:
    from xltool.expr.nodes import Field

HEAD: Final = """\
# 栏目

由 `python -m tools.rebuild` 生成，请勿手改。三张表的每个栏目，用它的键查找：表上的栏目路径，以 `_` 连接
（contract §2）。给程序用：`xltool forms --format json`。怎样增加一个栏目，见 [CONTRIBUTING.md](../CONTRIBUTING.md)。

- **名称**：表样里定义的名称，与键不同时才写。
- **单元格**：默认行数的表样里的位置；明细表的栏目是第一行的位置。
- **声明**：`模块:名称`，模块 `a.b` 就是文件 `a/b.py`；`three_public.actual` 在 `three_public` 的声明处。
"""
COLUMNS: Final = ("键", "名称", "单元格", "种类", "单位", "来源", "声明")
DERIVED: Final = """\
## 读取后才有的栏目

不在表样里，由读取得到（标题里的年度、指标值里的数和单位等），规则可以引用。

| 键 | 种类 | 声明 |
|---|---|---|
"""
_SOURCES: Final = {"input": "填报", "computed": "计算", "printed": "固定"}


def page() -> str:
    """The page: a table for each form, then the fields that only reading gives."""
    head = f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}\n"
    parts = []
    for form in FORMS.values():
        lines = "".join(_line(data) for data in fields() if data["form"] == form.key)
        parts.append(f"## {form.key}　{form.slug}\n\n{head}{lines}")
    derived = (f"| `{field.key}` | {field.kind.value} | `{place}` |\n" for field, place in derived_fields())
    return "\n".join((HEAD, *parts, DERIVED + "".join(derived)))


def derived_fields() -> list[tuple[Field, str]]:
    """The fields without a cell, each with the place of its declaration."""
    return [(field, place) for field, place in field_places().items() if field.derived]


def _line(data: dict[str, Any]) -> str:
    cells = (
        f"`{data['field']}`",
        "" if data["name"] == data["field"] else f"`{data['name']}`",
        data["cell"],
        data["kind"],
        data["unit"] or "",
        _SOURCES[data["source"]],
        f"`{field_places()[_declared(data)]}`",
    )
    return f"| {' | '.join(cells)} |\n"


def _declared(data: dict[str, Any]) -> Field:
    """The declaration of a field of the listing."""
    form = FORMS[data["form"]]
    if data["table"] is None:
        return form.fields[data["field"]]
    return next(table.column(data["field"]) for table in form.tables if table.key == data["table"])
