"""Profiles in a file of a finance bureau's own: what is read, and every mistake with its line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.params.audits import OWN
from xltool.params import DEFAULT, chosen, profile_named, profile_names, profile_of
from xltool.params.writing import written

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", profile_names())
def test_a_written_profile_reads_back_as_it_was(name: str) -> None:
    """The file to start from says the same as the profile it was written from, and how to fill it in."""
    text = written(profile_named(name))
    again = profile_of(text, "自定.toml")
    assert again.changes(profile_named(name)) == []
    assert again.name == f"自定（据{name}）"
    assert "# 线性：分值 × 执行率；分档：按下面的档次" in text


def test_an_own_file_says_only_what_differs(tmp_path: Path) -> None:
    """Chinese keys without quotes are read; a number given makes the points fixed again; so are files of Notepad."""
    parted = OWN.replace('名称 = "某某县"', '名称 = "某某县"\n基于 = "四川"').replace('分配 = "固定"\n', "")
    parted = parted.replace("产出指标 = 40", "产出指标 = 40\n效益指标 = 30\n满意度指标 = 10")
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        path = tmp_path / f"{encoding}.TOML"
        path.write_text(parted, encoding=encoding)
        own = chosen(str(path))
        assert (own["execution_weight"], own["output_weight"], own["benefit_weight"]) == (20, 40, 30)
        assert own["qualitative_partial"] == DEFAULT["qualitative_partial"]


def test_quotes_in_texts_and_remarks_stay_as_they_are() -> None:
    """Only keys get quotes: a text or remark that looks like an entry is left alone."""
    text = OWN.replace('依据 = "某某县文件"', '依据 = "见“分值 = 5”, [旧]" # 分值 = 9', 1)
    assert profile_of(text, "x").basis["执行率"] == "见“分值 = 5”, [旧]"


MISTAKES = {
    "名称 = 某某": ["第 1 行：写法不对"],
    '名称 = "甲': ["第 1 行：写法不对"],
    '地区 = "乙"': ["第 1 行：没有写“名称”"],
    '名称 = "甲"\n名称 = "乙"': ["第 2 行：同一项写了两次"],
    '名称 = "甲"\n[等级]\n优 = 95\n依据 = "丙"\n[等级]': ["第 5 行：同一项写了两次"],
    '名称 = "甲"\n分制 = 5': ["第 2 行：不认识“分制”"],
    '名称 = "甲"\n执行率 = 5': ["第 2 行：“执行率”是一个部分"],
    '名称 = "甲"\n自年度 = "2023"': ["第 2 行：“自年度”应为整数，写的是 2023"],
    '名称 = "甲"\n自年度 = 23': ["第 2 行：“自年度”应在 2000 到 2099 之间，写的是 23"],
    '名称 = "甲"\n地区 = 5': ["第 2 行：“地区”应为加引号的文字，写的是 5"],
    '名称 = "甲"\n基于 = "河南"': ["第 2 行：没有这个评分口径：河南"],
    '名称 = "甲"\n基于 = 5': ["第 2 行：“基于”应为加引号的文字"],
    '名称 = "甲"\n[执行率]\n分值 = 10': ["第 2 行：“执行率”没有写“依据”"],
    '名称 = "甲"\n[执行率]\n分值 = 10\n依据 = " "': ["第 4 行：“执行率”没有写“依据”"],
    '名称 = "甲"\n[执行率]\n分直 = 10\n依据 = "丙"': ["第 3 行：不认识“分直”，是不是“分值”？"],
    '名称 = "甲"\n[执行率]\n分值 = "10"\n依据 = "丙"': ["第 3 行：“分值”应为数字，写的是 10"],
    '名称 = "甲"\n[执行率]\n分值 = true\n依据 = "丙"': ["第 3 行：“分值”应为数字"],
    '名称 = "甲"\n[执行率]\n分值 = 120\n依据 = "丙"': ["第 3 行：“分值”应在 1 到 99 之间，写的是 120"],
    '名称 = "甲"\n[执行率]\n分值 = 20\n依据 = "丙"': [
        "第 3 行：执行率和产出、效益、满意度指标的分值合计应为 100，现为 20 + 50 + 30 + 10 = 110"
    ],
    '名称 = "甲"\n[执行率]\n算法 = "阶梯"\n依据 = "丙"': ["第 3 行：“算法”应为线性或分档，写的是 阶梯"],
    '名称 = "甲"\n[执行率]\n算法 = "分档"\n依据 = "丙"': ["第 2 行：“算法”为分档的，应写“档次”"],
    '名称 = "甲"\n[执行率]\n档次 = [100, 10]\n依据 = "丙"': ["第 3 行：“档次”的每一档是两个数"],
    '名称 = "甲"\n[执行率]\n档次 = [[[[[1]]]]]\n依据 = "丙"': ["第 3 行：括号套了 5 层，最多 4 层"],
    '名称 = "甲"\n[执行率]\n档次 = [[100, 10]]\n依据 = "丙"': ["第 3 行：“档次”应为 2 到 5 档，写了 1 档"],
    '名称 = "甲"\n[执行率]\n算法 = "分档"\n档次 = [[80, 7], [100, 10]]\n依据 = "丙"': [
        "第 4 行：“档次”应从高到低排列：80%（7分）之后写了 100%（10分）",
        "第 4 行：“档次”的最后一档应从 0 起，写的是 100",
        "第 4 行：“档次”最高一档为 7 分，应与执行率分值 10 分一致",
    ],
    '名称 = "甲"\n[指标分值]\n产出指标 = 60\n依据 = "丙"': [
        "第 2 行：执行率和产出、效益、满意度指标的分值合计应为 100，现为 10 + 60 + 30 + 10 = 110"
    ],
    '名称 = "甲"\n[定性指标]\n达成 = 60\n依据 = "丙"': ["第 3 行：“达成”（60）应高于“部分达成”（60）"],
    '名称 = "甲"\n[等级]\n优 = 70\n良 = 85\n依据 = "丙"': ["第 4 行：“优”（70）应高于“良”（85）"],
    '名称 = "甲"\n"等级"."优" = 50\n等级.依据 = "丙"': ["第 2 行：“优”（50）应高于“良”（80）"],
}


@pytest.mark.parametrize(("text", "messages"), MISTAKES.items(), ids=map(str, range(len(MISTAKES))))
def test_a_mistake_is_reported_with_its_line(text: str, messages: list[str]) -> None:
    """Each mistake is reported with its line and what to write instead."""
    with pytest.raises(ValueError, match=r"^口径文件有误：某县\.toml：第 \d+ 行：") as error:
        profile_of(text, "某县.toml")
    for part in messages:
        assert part in str(error.value)
    assert str(error.value).count("第 ") == len(messages)


def test_all_mistakes_are_reported_at_once() -> None:
    """Mistakes are listed in the order of their lines."""
    text = '分制 = 5\n[执行率]\n分值 = "10"\n[等级]\n良 = 95\n依据 = "丙"'
    with pytest.raises(ValueError, match="口径") as error:
        profile_of(text, "x")
    assert re.findall(r"第 (\d+) 行", str(error.value)) == ["1", "1", "2", "3", "5"]


def test_a_file_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    """A file that is no text, is too long for a template, or does not exist is refused."""
    (tmp_path / "图.toml").write_bytes(b"\xff\x00\x81")
    with pytest.raises(ValueError, match="不是文字文件"):
        chosen(str(tmp_path / "图.toml"))
    with pytest.raises(ValueError, match="太长"):
        profile_of(OWN + "#" * 40_000, "长.toml")
    with pytest.raises(FileNotFoundError):
        chosen(str(tmp_path / "没有.toml"))
