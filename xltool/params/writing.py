"""Write a profile as a file that a finance officer can change: every entry, with a remark on its values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.params import profile as p

if TYPE_CHECKING:
    from xltool.params.profile import Profile, Value

_HEAD = """\
# 评分口径文件：把各项改成本地的规定，存为 .toml 文件，用 --profile 文件名.toml 选用。
# 与“基于”的口径相同的部分可以整段删除；留下的每一部分都要写“依据”（文号或表注）。
# 井号后面是说明。引号、等号、方括号都用半角。
"""
_REMARKS = {
    (p.EXECUTION, p.POINTS): "预算执行率占多少分",
    (p.EXECUTION, p.METHOD): "线性：分值 × 执行率；分档：按下面的档次",
    (p.EXECUTION, p.BANDS): "[执行率达到百分之几, 得多少分]，从高到低，最多五档，最后一档从 0 起",
    (p.WEIGHTS, p.SHARING): "固定：按下面的分值；自定：由单位分配，只要求合计 100 分",
    (p.WEIGHTS, "满意度指标"): "固定的，执行率和三类指标的分值合计应为 100",
    (p.QUALITATIVE, "达成"): "达成的，至少记分值的百分之几",
    (p.QUALITATIVE, "部分达成"): "部分达成的，至少记分值的百分之几；未达成的低于这个数",
    (p.REVERSE, p.METHOD): "线性：分值 ×（1 − 超出比例）；比例：分值 × 控制数 ÷ 实际数",
    (p.OVER, p.RATIO): "完成率达到百分之几的，要求分析原因",
    (p.GRADES, "优"): "最低多少分；低于“中”的为差",
}
_EXAMPLE_BANDS = "[[100, 10], [80, 7], [60, 5], [0, 0]]"


def written(profile: Profile) -> str:
    """The profile as TOML with remarks; reading it gives the same profile with another name."""
    lines = [_HEAD, f'"名称" = {_text(f"自定（据{profile.name}）")}', f'"地区" = {_text(profile.region)}']
    lines += [f'"自年度" = {profile.since}', '"基于" = "默认"']
    sections = dict.fromkeys(section for section, _ in profile.settings)
    for section in sections:
        lines += ["", f'["{section}"]']
        lines += [_entry(profile, section, key) for part, key in profile.settings if part == section]
        if section == p.EXECUTION and (section, p.BANDS) not in profile.settings:
            lines.append(f'# "{p.BANDS}" = {_EXAMPLE_BANDS}  # 分档的写这一项：{_REMARKS[section, p.BANDS]}')
        lines.append(f'"依据" = {_text(profile.basis[section])}')
    return "\n".join(lines) + "\n"


def _entry(profile: Profile, section: str, key: str) -> str:
    remark = _REMARKS.get((section, key))
    unused = section == p.WEIGHTS and key in p.CATEGORIES and profile.settings[section, p.SHARING] == p.FREE
    unused = unused or (key == p.BANDS and profile.settings[section, p.METHOD] == p.LINEAR)
    line = f'"{key}" = {_value(profile.settings[section, key])}'
    return ("# " if unused else "") + line + (f"  # {remark}" if remark else "")


def _value(value: Value) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(f"[{at:g}, {points:g}]" for at, points in value) + "]"
    return _text(value) if isinstance(value, str) else f"{value:g}"


def _text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
