"""The foot of every form: who filled it in, when, and the signature."""

from __future__ import annotations

from xltool.expr.nodes import Field, Kind
from xltool.forms.model import Label, Row, Slot

filler = Field("填表人", Kind.TEXT, aliases=("填报人", "制表人", "经办人", "联系人"), prompt="填写本表填报人姓名")
filed_on = Field(
    "填报日期", Kind.DATE, aliases=("报告日期", "填表日期", "填报时间", "填表时间", "上报日期", "自评日期", "日期")
)
phone = Field("联系电话", Kind.PHONE, aliases=("电话", "联系方式"))
signature = Field(
    "单位负责人签字",
    Kind.TEXT,
    aliases=("单位负责人", "负责人签字"),
    prompt="由单位负责人签字；报送电子表时填写签字人姓名，纸质件签字盖章",
)

# Derived for every form, without a cell of its own: the last day of its year.
year_end = Field("年末", Kind.COUNT, derived=True)


def rows(cols: tuple[int, int, int, int, int, int], signature_cols: tuple[int, int]) -> tuple[Row, Row]:
    """The two rows of the foot; `cols` are the widths of label, value, label, value, label, value."""
    pairs = zip((filler, filed_on, phone), cols[::2], cols[1::2], strict=True)
    items = [
        item
        for field, label, value in pairs
        for item in (Label(f"{field.key}：", label, style="foot"), Slot(field, value))
    ]
    label, value = signature_cols
    signed = (Label(f"{signature.key}：", label, style="foot"), Slot(signature, value))
    return Row(tuple(items), height=24), Row(signed, height=24)
