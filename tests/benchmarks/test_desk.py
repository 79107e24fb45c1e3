"""A small year at the desk: forms issued, filed with troubles, returned, corrected, filed again, merged."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import pytest

from benchmarks.desk import desk
from benchmarks.desk.desk import Desk
from benchmarks.desk.play import HONEST, Game
from benchmarks.desk.troubles import TROUBLES
from tests.batches.folders import EPOCH, InlinePool
from xltool.batches import reading, side_inputs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")  # openpyxl's, of data bars
KINDS: Final = (
    "什么也没报", "附件2两份，一份是最终版", "附件1用的是上年的表", "附件1填在别的单位的表样里", "附件1文件损坏",
    "附件1项目决算数多了10万元", "没有签字也没有写措施，只改一半", "改了没人要求改的数", "退回后再也没有报送",
)  # fmt: skip


@pytest.fixture(scope="module")
def game(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Game]:
    """A year of ten departments, nine of which make trouble; in this process."""
    troubles = [trouble for trouble in TROUBLES if trouble.name in KINDS]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "Pool", InlinePool)
        patch.setattr(side_inputs, "Pool", InlinePool)
        patch.setattr(os, "cpu_count", lambda: 1)
        patch.setattr(desk, "ROWS", 3)  # as many as the filings have
        patch.setenv("SOURCE_DATE_EPOCH", EPOCH)
        played = Game(Desk(tmp_path_factory.mktemp("年度"), 10), troubles)
        played.play()
        yield played


def test_a_small_county_has_a_trouble_for_each_department(tmp_path: Path) -> None:
    """Of more kinds than departments, some from the whole list."""
    roles = Game(Desk(tmp_path, 3)).roles
    assert len({trouble.name for trouble in roles.values()} - {HONEST.name}) == 3


@pytest.mark.parametrize("round_", [0, 1])
def test_every_trouble_is_seen_for_what_it_is(game: Game, round_: int) -> None:
    """In the inbox, the findings, the notices and what is returned; the honest department sees nothing of it."""
    lines = game.lines(round_)
    assert {line.trouble for line in lines} == set(KINDS)
    assert [(line.trouble, line.wrong) for line in lines if line.wrong] == []


def test_what_the_officer_noted_is_still_there(game: Game) -> None:
    """Every finding that is still there keeps its note."""
    standing, kept = game.kept_notes()
    assert standing == kept > 0


def test_the_accepted_filings_add_up_to_what_was_meant(game: Game) -> None:
    """All departments have mended their errors; 全年执行数 of them all is what honest forms say."""
    assert game.accepted is not None
    assert len(game.accepted.filings) == len(game.desk.offices)
    assert game.merged_total() == pytest.approx(game.honest_total(), abs=0.005)
