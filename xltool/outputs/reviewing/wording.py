"""The sentences of the briefing, which the workbook and the page show alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from xltool.outputs.model import Review
    from xltool.outputs.reviewing.briefing import Briefing, CommonProblem

MOST_NAMED: Final = 12
"""The most departments that a sentence names."""
COMMONEST: Final = "最常见的问题：以下要求没有做到"
"""The head of the commonest problems: the titles of rules say what has to be."""
EXAMPLE: Final = 60
"""Characters of an example, where lines are as long as those of the page."""


def owing_text(review: Review, briefing: Briefing) -> str:
    """Who has not filed everything."""
    if review.context.inbox is None:
        return "没有用名册对照，看不出哪些单位还没有报送。"
    if not briefing.owing:
        return "名册上的单位都已报齐。"
    names = "、".join(briefing.owing[:MOST_NAMED])
    more = " 等" if len(briefing.owing) > MOST_NAMED else ""
    return f"没有报齐的单位 {len(briefing.owing)} 个：{names}{more}。"


def doubtful_text(briefing: Briefing) -> str:
    """Whose amounts are not in the sums; "" where all are."""
    doubtful = briefing.funds.doubtful
    if not doubtful:
        return ""
    more = " 等" if len(doubtful) > MOST_NAMED else ""
    return f"金额疑似按“元”填报、没有计入合计的单位 {len(doubtful)} 个：{'、'.join(doubtful[:MOST_NAMED])}{more}。"


def rounds_text(briefing: Briefing) -> str:
    """What became of the findings of the last review."""
    if briefing.rounds is None:
        return "这是第一轮，没有上一轮可比。"
    return "，".join(f"{outcome} {count} 条" for outcome, count in briefing.rounds) + "。"


def title_of(problem: CommonProblem) -> str:
    """What a rule asks, with its code."""
    return f"{problem.title}（{problem.code}）" if problem.title else problem.code


def example_text(problem: CommonProblem, most: int = EXAMPLE) -> str:
    """An example of a problem, on one line of at most so many characters."""
    example = " ".join(problem.example.split())
    return f"例：{example[:most]}……" if len(example) > most else f"例：{example}"
