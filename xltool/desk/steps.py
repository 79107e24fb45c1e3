"""The steps of a round as the first screen shows them: what is there, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from xltool.desk.workspace import ISSUED, MERGED, REVIEW, files_below

if TYPE_CHECKING:
    from xltool.desk.workspace import Round, Workspace

PARCELS: Final = "parcels"


class StepState(StrEnum):
    """How far a step is."""

    DONE = "已做"
    READY = "可以做"
    WAITING = "还不到"


@dataclass(frozen=True)
class Step:
    """A step: its page and name, its state, what is there, and what to do."""

    page: str
    name: str
    state: StepState
    text: str
    action: str
    """The words of its button."""
    first: tuple[str, str] | None = None
    """Of a step that cannot be done yet, the page and the name of what comes first."""


def steps_of(workspace: Workspace) -> list[Step]:
    """The steps of the current round of a work folder."""
    current = workspace.current
    filed = list(files_below(current.filed))
    review = current.results / REVIEW
    newer = [entry for entry in filed if review.is_file() and entry.stat().st_mtime > review.stat().st_mtime]
    return [
        _roster(workspace),
        _issued(workspace),
        _filed(current, len(filed)),
        _review(current, len(filed), newer=len(newer)),
        _returned(current),
        _next_round(workspace),
        _merged(workspace, len(filed)),
    ]


def next_step(steps: list[Step]) -> Step | None:
    """The first step that can be done after those that are done, else the first at all; None where all is done."""
    last = max((number for number, step in enumerate(steps) if step.state is StepState.DONE), default=-1)
    ready = (step for step in [*steps[last + 1 :], *steps] if step.state is StepState.READY)
    return next(ready, None)


def _roster(workspace: Workspace) -> Step:
    if workspace.roster is None:
        text = "还没有名册。名册写明有哪些单位、项目和批复的指标；没有名册也能审核，但不知道谁没报。"
        return Step("/名册", "名册", StepState.READY, text, "建名册")
    return Step("/名册", "名册", StepState.DONE, f"{workspace.roster.name} 已建好。", "看名册")


def _issued(workspace: Workspace) -> Step:
    folder = workspace.inside(ISSUED)
    count = sum(1 for _ in files_below(folder))
    if count:
        return Step("/下发", "下发", StepState.DONE, f"“{ISSUED}”里有 {count} 个文件。", "看下发")
    state = StepState.WAITING if workspace.roster is None else StepState.READY
    first = ("/名册", "名册") if state is StepState.WAITING else None
    return Step("/下发", "下发", state, "还没有生成表样。按名册给每个单位一个文件夹，批复数已锁定。", "生成表样", first)


def _filed(current: Round, count: int) -> Step:
    if count:
        text = f"{current.title}，“{current.filed.name}”里有 {count} 个文件。"
        return Step("/收表", "收表", StepState.DONE, text, "看收到的表")
    return Step("/收表", "收表", StepState.READY, "还没有收到报送的文件。把文件拖进来，或放进“报送”文件夹。", "收表")


def _review(current: Round, count: int, *, newer: int) -> Step:
    if not (current.results / REVIEW).is_file():
        state, first = (StepState.READY, None) if count else (StepState.WAITING, ("/收表", "收表"))
        return Step("/审核", "审核", state, "收到文件以后审核：每个问题写明单元格、填报数和应为数。", "审核", first)
    if newer:
        return Step("/审核", "审核", StepState.READY, f"有 {newer} 个文件是审核以后送来或改过的。", "再审核一次")
    return Step("/审核", "审核", StepState.DONE, f"{current.title}已审核，文件没有变动。", "看结果")


def _returned(current: Round) -> Step:
    folder = current.results / PARCELS
    count = sum(1 for _ in files_below(folder))
    if not (current.results / REVIEW).is_file():
        text = "审核以后，每个单位有一份退回通知和标好问题的退回件。"
        return Step("/退回", "退回", StepState.WAITING, text, "退回", ("/审核", "审核"))
    if not count:
        return Step("/退回", "退回", StepState.DONE, "没有需要退回的单位。", "看退回")
    return Step("/退回", "退回", StepState.DONE, f"{count} 个单位的压缩包已备好，可以发出。", "看退回件")


def _next_round(workspace: Workspace) -> Step:
    current, coming = workspace.current, workspace.coming
    came = 0 if coming.returned is None else sum(1 for _ in files_below(coming.returned))
    if came and coming.number > current.number:
        text = f"收回 {came} 个文件，可以做{coming.title}。"
        return Step("/再审", "再审", StepState.READY, text, f"做{coming.title}")
    if current.number > 1:
        return Step("/再审", "再审", StepState.DONE, f"现在是{current.title}。", "看轮次")
    text = "单位改好交回以后，把交回的文件放进来，做下一轮。"
    first = None if (current.results / REVIEW).is_file() else ("/审核", "审核")
    return Step("/再审", "再审", StepState.WAITING, text, "收修改件", first)


def _merged(workspace: Workspace, count: int) -> Step:
    if workspace.inside(MERGED).is_file():
        return Step("/汇总", "汇总", StepState.DONE, f"{MERGED} 已写好。", "看汇总")
    text = "没有错误的报送可以随时汇总成一个工作簿。"
    return Step("/汇总", "汇总", StepState.WAITING, text, "汇总", None if count else ("/收表", "收表"))
