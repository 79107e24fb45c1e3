"""Garbage is looked for seldom while a run lasts, and no later."""

from __future__ import annotations

import gc
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.outputs.small_review import review
from tests.support.filled import filled
from xltool.auditing.audit import judge_filings
from xltool.auditing.terms import NO_TERMS
from xltool.batches import pipeline, runs, writing
from xltool.outputs.letter_plans import plan_letters
from xltool.outputs.letters import letter_bytes
from xltool.outputs.returned.checked_file import CheckedFile
from xltool.outputs.returned.copy import returned_copy
from xltool.reader.limits import LIMITS
from xltool.reader.reading import read_file
from xltool.workers.pool import Pool
from xltool.workers.relaxed_gc import NEW_OBJECTS, THRESHOLDS, relaxed_gc

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.batches.products import Written


def thresholds(_: int) -> bytes:
    """What a worker has, and how many objects it never looks at."""
    return json.dumps([*gc.get_threshold(), gc.get_freeze_count()]).encode()


def test_as_before_when_all_is_done() -> None:
    """Also where something goes wrong: the program xltool is used in keeps its own thresholds."""
    usual = gc.get_threshold()
    with pytest.raises(ZeroDivisionError), relaxed_gc():
        1 / sum(usual_threshold - two for usual_threshold, two in zip(gc.get_threshold(), THRESHOLDS, strict=True))
    assert gc.get_threshold() == usual


def test_a_run_looks_seldom_its_workers_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process while it writes; workers collect more often, but not among what they have imported."""
    seen = []
    write = writing.write_outputs

    def look(*given: Any, **named: Any) -> Written:  # noqa: ANN401 - passed on
        seen.append(gc.get_threshold())
        return write(*given, **named)

    monkeypatch.setattr(pipeline, "write_outputs", look)
    filled(tmp_path / "附件1.xlsx", "附件1")
    runs.run(tmp_path, tmp_path / "结果")
    with Pool(1, LIMITS, tmp_path) as workers:
        ((_, answer),) = workers.run(thresholds, [0])
    assert seen == [THRESHOLDS]
    first, *_, spared = json.loads(answer)  # type: ignore[arg-type] # nothing was lost
    assert first == NEW_OBJECTS < THRESHOLDS[0]
    assert spared > 10_000  # those of the modules that were imported before the first task


def test_letters_and_returned_copies_leave_nothing_to_look_for(tmp_path: Path) -> None:
    """Whatever is made of a thousand of them is gone at once: 300 letters came to 1.9 GB when they did."""
    data = filled(tmp_path / "附件1.xlsx", "附件1").read_bytes()
    what = review()
    content = plan_letters(what)[0].content

    def write_both() -> None:
        assert letter_bytes(content)
        assert returned_copy(data, what.findings, CheckedFile("单位1", "附件1.xlsx", what.made_at))

    write_both()  # what is made once stays
    gc.collect()
    gc.disable()
    try:
        write_both()
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_judging_leaves_nothing_to_look_for(tmp_path: Path) -> None:
    """Where garbage is looked for seldom none is made: frames, views and findings go with the last who needs them."""
    path = filled(tmp_path / "附件1.xlsx", "附件1")
    records = [read_file(path, path.name)]
    judge_filings(records, NO_TERMS)  # what is made once stays
    gc.collect()
    gc.disable()
    try:
        assert judge_filings(records, NO_TERMS).findings
        assert gc.collect() == 0
    finally:
        gc.enable()
