"""Whose a path is, by folders and codes; and a county's own part of a roster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.roster.test_load import INDICATORS, PROJECTS, Rows, problems, written
from tests.support.sheets import book
from xltool.roster import load
from xltool.roster.counties import NOWHERE, County, CountyFinder, counties_of, part_of
from xltool.roster.csv_folder import write_roster
from xltool.roster.model import Region

if TYPE_CHECKING:
    from pathlib import Path

HEAD: list[Any] = ["单位编码", "单位名称", "县", "市"]
ROWS: Rows = [
    ["A1", "民政局", "430621岳阳县", "430600 岳阳市"],
    ["A2", "岳阳市财政局", None, "岳阳市（430600）"],
    ["B01", "民政局", "鼓楼区", "430600岳阳市"],
    ["C01", "民政局", "鼓楼区", "长沙市"],
    ["D1", "省民政厅", None, None],
]
YUEYANG, CHANGSHA = Region("430600", "岳阳市"), Region("", "长沙市")


@pytest.fixture
def finder(tmp_path: Path) -> CountyFinder:
    """Two cities, one of them with departments of its own, and the province."""
    return CountyFinder(load(written(tmp_path / "名册.csv", [HEAD, *ROWS])))


@pytest.mark.parametrize(
    ("path", "name", "folder"),
    [
        ("岳阳市/岳阳县/民政局/1.xlsx", "岳阳市岳阳县", "岳阳市/岳阳县"),
        ("430621/1.xlsx", "岳阳市岳阳县", "430621"),
        ("430621-岳阳县/1.xlsx", "岳阳市岳阳县", "430621-岳阳县"),
        ("岳阳县.zip", "岳阳市岳阳县", ""),
        ("长沙市/鼓楼区/1.xlsx", "长沙市鼓楼区", "长沙市/鼓楼区"),
        ("430600/鼓楼区/1.xlsx", "岳阳市鼓楼区", "430600/鼓楼区"),
        ("鼓楼区/C01民政局/1.xlsx", "长沙市鼓楼区", ""),
        ("收件/B01民政局.xlsx", "岳阳市鼓楼区", ""),
        ("岳阳市/财政局/1.xlsx", "岳阳市本级", ""),
        ("岳阳市/市本级/1.xlsx", "岳阳市本级", "岳阳市/市本级"),
        ("省民政厅/1.xlsx", "本级", ""),
    ],
)
def test_whose_a_file_is(finder: CountyFinder, path: str, name: str, folder: str) -> None:
    """The folder of a county, within that of its city; else the code, or the only name, of a department."""
    placed = finder.place(path)
    assert placed.county is not None
    assert (placed.county.name, placed.folder) == (name, folder)


def test_what_nobody_can_tell_is_not_guessed(finder: CountyFinder) -> None:
    """Two counties of one name, a name that three departments have, and nothing at all."""
    assert "岳阳市鼓楼区、长沙市鼓楼区" in finder.place("鼓楼区/民政局/1.xlsx").reason
    assert finder.place("民政局/1.xlsx").reason == finder.place("1.xlsx").reason == NOWHERE


def test_the_part_of_a_county_is_a_roster_of_its_own(tmp_path: Path) -> None:
    """Written as csv files and read again it is the same, with codes, projects, indicators and zeros."""
    units: Rows = [
        ["单位编码", "单位名称", "简称", "编制数", "联系人", "联系电话", "年初预算数", "县"],
        ["012", "水利局", "水局、水利", 12, "某某", "0000-0000000", 2000, "甲县"],
        ["013", "教育局", None, 0, None, None, 0, "甲县"],
        ["014", "水利局", None, None, None, None, None, "乙县"],
    ]
    sheets: dict[str, Rows] = {
        "单位": units,
        "项目": PROJECTS,
        "指标": INDICATORS,
        "落款": [["财政部门"], ["某某财政局"]],
    }
    roster = load(book(tmp_path / "名册.xlsx", **sheets))
    county, other = counties_of(roster)
    part = part_of(roster, county)
    assert [department.code for department in part.departments] == ["012", "013"]
    write_roster(tmp_path / "甲县", part)
    assert load(tmp_path / "甲县") == part
    assert counties_of(part) == [County()]
    write_roster(tmp_path / "甲县", part_of(roster, other))
    assert load(tmp_path / "甲县").departments == part_of(roster, other).departments


def test_each_county_has_its_own_signature(tmp_path: Path) -> None:
    """落款 by county, else by city, else that of all; a county that the roster does not have is a mistake."""
    units: Rows = [
        ["单位编码", "单位名称", "县", "市"],
        ["1", "甲局", "430621甲县", "岳阳市"],
        ["2", "乙局", "乙县", "岳阳市"],
        ["3", "丙局", None, "岳阳市"],
        ["4", "丁局", "丁县", "长沙市"],
    ]
    signatures: Rows = [
        ["财政部门", "联系电话", "县", "市"],
        ["省厅", None, None, None],
        ["岳阳市局", None, None, "岳阳市"],
        ["甲县局", "0000-0000000", "甲县", None],
    ]
    roster = load(book(tmp_path / "名册.xlsx", 单位=units, 落款=signatures))
    parts = [part_of(roster, county) for county in counties_of(roster)]
    assert [part.bureau.name for part in parts] == ["甲县局", "岳阳市局", "岳阳市局", "省厅"]
    assert parts[0].bureau.phone == "0000-0000000"
    write_roster(tmp_path / "甲县", parts[0])
    assert load(tmp_path / "甲县") == parts[0]
    wrong = [*signatures, ["戊县局", None, "戊县", None]]
    assert problems(book(tmp_path / "错.xlsx", 单位=units, 落款=wrong)) == [
        "落款表 第5行 县列：“单位”表里没有这个县或市：戊县"
    ]


def test_a_code_has_one_name(tmp_path: Path) -> None:
    """A code with two names, and a code without a name, are mistakes with their rows."""
    rows = [
        HEAD,
        ["1", "甲局", "430621岳阳县", None],
        ["2", "乙局", "430621华容县", None],
        ["3", "丙局", "430622", None],
    ]
    assert problems(written(tmp_path / "名册.csv", rows)) == [
        "单位表 第3行 县列：代码 430621 已是“岳阳县”，这一行是“华容县”",
        "单位表 第4行 县列：只有代码（430622），请写上名称",
    ]
