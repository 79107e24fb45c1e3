"""What a template says of itself in its hidden sheet."""

from __future__ import annotations

import pytest

from xltool.forms.manifest import SCHEMA, from_rows

HEAD = (("", "签发", "规格", SCHEMA), ("", "签发", "年度", "2023"), ("附件1", "表", "附件1", ""))


@pytest.mark.parametrize("row", [("附件1", "标签", "不是地址", "编制数"), ("附件1", "位置", "编制数", "A1;B2")])
def test_a_label_stands_at_a_place(row: tuple[str, str, str, str]) -> None:
    """A manifest with a label at no cell was changed."""
    assert from_rows(HEAD).year == 2023
    with pytest.raises(ValueError, match="not a place of a sheet"):
        from_rows([*HEAD, row])


def test_rows_without_a_head_are_no_manifest() -> None:
    """Nor are rows of another schema."""
    with pytest.raises(ValueError, match="not a manifest"):
        from_rows(HEAD[2:])
