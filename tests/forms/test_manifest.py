"""What a template says of itself in its hidden sheet."""

from __future__ import annotations

import pytest

from xltool.forms.manifest import SCHEMA, IssuedSheet, Manifest, from_rows

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


def _sheet(name: str, places: dict[str, str]) -> IssuedSheet:
    return IssuedSheet("附件3", name, {"执行率": "=A"}, {"A1": "附件3"}, places, {"主管部门"})


def test_forms_that_are_alike_are_written_once() -> None:
    """A form of another project refers to the first; a form with other rows has entries of its own."""
    sheets = {"附件3": _sheet("河道", {"总分": "G9"}), "附件3-2": _sheet("水库", {"总分": "G9"})}
    manifest = Manifest(2023, "某局", "1", sheets=sheets | {"附件3-3": _sheet("堤防", {"总分": "G12"})})
    rows = manifest.rows()
    assert [row for row in rows if row[0] == "附件3-2"] == [
        ("附件3-2", "表", "附件3", "水库"),
        ("附件3-2", "同", "附件3", ""),
    ]
    assert from_rows(rows).sheets == manifest.sheets


def test_entries_of_a_kind_stand_in_one_cell() -> None:
    """A sheet has a row for each kind of entry, which are read as they were written, line breaks too."""
    own = IssuedSheet(
        "附件3", "", {"执行率": "=A"}, {"A1": "附件3", "A2": "甲\n（乙）", "A3": ""}, {"总分": "G9"}, {"主管部门"}
    )
    manifest = Manifest(2023, "某局", "1", sheets={"附件3": own})
    rows = manifest.rows()
    assert ("", "签发", "规格", SCHEMA) in rows
    assert [row[1] for row in rows if row[0]] == ["表", "公式", "标签", "位置", "校验"]
    assert from_rows(rows).sheets == manifest.sheets


@pytest.mark.parametrize("schema", ["1", "2"])
def test_manifests_of_earlier_versions_are_read(schema: str) -> None:
    """They have a row for each entry."""
    own = _sheet("河道", {"总分": "G9"})
    rows = [("", "签发", "规格", schema), ("", "签发", "年度", "2023"), ("附件3", "表", "附件3", "河道")]
    rows += [("附件3", "公式", "执行率", "=A"), ("附件3", "标签", "A1", "附件3"), ("附件3", "位置", "总分", "G9")]
    assert from_rows([*rows, ("附件3", "校验", "主管部门", "")]).sheets == {"附件3": own}
