"""Write a profile as a file that a finance officer can change: every entry, with a remark on its values."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from xltool.params import profile as p

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xltool.params.profile import Profile, Value

_HEAD = """\
# 评分口径文件：把各项改成本地的规定，存为 .toml 文件，用 --profile 文件名.toml 选用。
# 与“基于”的口径相同的部分可以整段删除；留下的每一部分都要写“依据”（文号或表注）。
# 井号后面是说明。引号、等号、方括号都用半角。
"""
REMARKS = {
    (p.EXECUTION, p.POINTS): "预算执行率占多少分",
    (p.EXECUTION, p.METHOD): "线性：分值 × 执行率；分档：按下面的档次",
    (p.EXECUTION, p.BANDS): "[执行率达到百分之几, 得多少分]，从高到低，最多五档，最后一档从 0 起",
    (p.WEIGHTS, p.SHARING): "固定：按下面的分值；自定：由单位分配，只要求合计 100 分",
    (p.WEIGHTS, "满意度指标"): "固定的，执行率和三类指标的分值合计应为 100",
    (p.QUALITATIVE, "达成"): "达成的，至少记分值的百分之几",
    (p.QUALITATIVE, "部分达成"): "部分达成的，至少记分值的百分之几；未达成的低于这个数",
    (p.REVERSE, p.METHOD): "线性：分值 ×（1 − 超出比例）；比例：分值 × 控制数 ÷ 实际数",
    (p.OVER, p.RATIO): "完成率达到百分之几的，要求分析原因",
    (p.CAPS, p.METHOD): "不设：执行率不限制总分；按执行率：执行率低于下列比例的，总分不得超过所写的分数",
    (p.DEDUCTION, p.METHOD): "不设：超额完成不扣分；扣分：完成值超过目标值一定比例的，每项指标扣分",
    (p.DEDUCTION, p.EXCESS): "完成值超过目标值百分之几以上的扣分",
    (p.DEDUCTION, p.DEDUCTED_POINTS): "每项指标扣几分",
    (p.GRADES, "优"): "最低多少分；低于“中”的为差",
}
"""What an entry means, by section and key."""
_EXAMPLE_BANDS = "[[100, 10], [80, 7], [60, 5], [0, 0]]"
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")


@dataclass(frozen=True)
class Draft:
    """A profile as texts, as somebody typed them: whether they are right is known when the written file is read."""

    name: str
    region: str
    since: str
    entries: Mapping[tuple[str, str], str | tuple[tuple[str, str], ...]]
    """By section and key: a text, or bands as pairs of a rate and its points."""
    basis: Mapping[str, str]

    def text(self) -> str:
        """The file, with remarks; an entry that the others switch off is written as a remark."""
        lines = [_HEAD, f'"名称" = {_quoted(self.name)}', f'"地区" = {_quoted(self.region)}']
        lines += [f'"自年度" = {_literal(self.since)}', '"基于" = "默认"']
        for section in dict.fromkeys(section for section, _ in self.entries):
            lines += ["", f'["{section}"]']
            lines += [self._entry(section, key) for part, key in self.entries if part == section]
            if section == p.EXECUTION and (section, p.BANDS) not in self.entries:
                lines.append(f'# "{p.BANDS}" = {_EXAMPLE_BANDS}  # 分档的写这一项：{REMARKS[section, p.BANDS]}')
            lines.append(f'"依据" = {_quoted(self.basis[section])}')
        return "\n".join(lines) + "\n"

    def _entry(self, section: str, key: str) -> str:
        remark = REMARKS.get((section, key))
        value = self.entries[section, key]
        unused = section == p.WEIGHTS and key in p.CATEGORIES and self.entries[section, p.SHARING] == p.FREE
        unused = unused or (key == p.BANDS and self.entries[section, p.METHOD] == p.LINEAR)
        unused = unused or (key != p.METHOD and self.entries.get((section, p.METHOD)) == p.OFF)
        line = f'"{key}" = {_literal(value) if isinstance(value, str) else _bands(value)}'
        return ("# " if unused else "") + line + (f"  # {remark}" if remark else "")


def draft_of(profile: Profile) -> Draft:
    """The texts of a profile, under another name."""
    entries = {path: _texts(value) for path, value in profile.settings.items()}
    return Draft(f"自定（据{profile.name}）", profile.region, str(profile.since), entries, profile.basis)


def written(profile: Profile) -> str:
    """The profile as TOML with remarks; reading it gives the same profile with another name."""
    return draft_of(profile).text()


def _texts(value: Value) -> str | tuple[tuple[str, str], ...]:
    if isinstance(value, tuple):
        return tuple((f"{at:g}", f"{points:g}") for at, points in value)
    return value if isinstance(value, str) else f"{value:g}"


def _bands(bands: tuple[tuple[str, str], ...]) -> str:
    return "[" + ", ".join(f"[{_literal(at)}, {_literal(points)}]" for at, points in bands) + "]"


def _literal(text: str) -> str:
    """A number where the text is one, else the text in quotes, which reading refuses where a number should stand."""
    return f"{Decimal(text):f}" if _NUMBER.fullmatch(text) else _quoted(text)


def _quoted(text: str) -> str:
    """A text in quotes: what JSON escapes, TOML escapes alike."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
