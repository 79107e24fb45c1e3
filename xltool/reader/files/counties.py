"""Counties that folders are named after: departments of one name in two counties are two departments."""

from __future__ import annotations

import re
from itertools import takewhile
from pathlib import PurePosixPath
from typing import Final

from xltool.normalize import fold
from xltool.text.lazy_pattern import lazy_pattern

_COUNTY: Final = lazy_pattern(
    lambda: re.compile(r"[一-鿿]{1,12}(?:县|市|旗|盟|州|(?<![社园景林矿库灌牧待审收报送交存件专小片辖])区)")
)
"""A folder that bears the name of a county or a city; 待审区 and 园区 are no counties."""
_NO_NAME: Final = lazy_pattern(lambda: re.compile(r"[全各本省县市直]?[县市区旗盟州]|.*(?:[超城门]市|各[县市区])"))
"""全县, 市区, 超市: words and not names."""
_DEPARTMENT: Final = lazy_pattern(lambda: re.compile("(?:[局委办院所会厅部处站队校府]|中心|街道|[镇乡])$"))
# Places where 区 and 市 are no district and no town: zones have governments of their own, 城市 and 市场 are words.
REGION: Final = lazy_pattern(
    lambda: re.compile(
        r"^(?:[一-鿿]{2,12}?自治[州县区旗]|[一-鿿]{2,3}?省|[一-鿿]{2,4}?(?<!城)市(?!场|监|政(?!府)|直|容)"
        r"|[一-鿿]{1,4}?县|[一-鿿]{2,3}?(?<![园社景林矿库灌新发工业洲护])区|[一-鿿]{2,6}?(?:自治州|地区|盟|旗))"
    )
)
"""A place at the beginning of a department's name."""
_CODE: Final = lazy_pattern(lambda: re.compile(r"^[0-9]{1,12}[-—–_、.\s]*"))


def county_of(path: str) -> str:
    """The county whose folder a file lies in, with the city above it where that has a folder too; "" without one.

    Below the folder of a department, a county is where its projects are.

    >>> county_of("岳阳市/君山区/民政局/附件1.xlsx"), county_of("甲县.zip/附件1.xlsx"), county_of("水利局/甲县/附件3")
    ('岳阳市君山区', '甲县', '')
    """
    folders = PurePosixPath(path).parts[:-1]
    names = [_CODE.sub("", fold(folder.removesuffix(".zip"))) for folder in folders]
    above = takewhile(lambda name: not _DEPARTMENT.search(name), names)
    return "".join(name for name in above if _COUNTY.fullmatch(name) and not _NO_NAME.fullmatch(name))


def in_county(department: str, county: str) -> str:
    """The name of a department with its county before it, unless the name says it itself.

    >>> in_county("民政局", "甲县"), in_county("县民政局", "甲县"), in_county("城市管理局", "甲县")
    ('甲县民政局', '甲县民政局', '甲县城市管理局')
    >>> in_county("甲县民政局", "甲县"), in_county("某县民政局", "甲县"), in_county("君山区民政局", "岳阳市君山区")
    ('甲县民政局', '某县民政局', '岳阳市君山区民政局')
    """
    name = fold(department)
    if not name or county in name:
        return department
    shortest = 1 if county.endswith(("县", "区")) else 2
    overlap = next((size for size in range(len(county), shortest - 1, -1) if name.startswith(county[-size:])), 0)
    return department if not overlap and REGION.match(name) else county[: len(county) - overlap] + department
