"""Damaged files: inputs that once broke something, an input of each outcome, and a few hundred new inputs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest

from benchmarks.fuzz.__main__ import HANGING, LARGEST, MEMORY, fuzz
from benchmarks.fuzz.stock import HONEST, KEPT, write_stock
from benchmarks.fuzz.worker import FuzzInput, Judged, judge, work_kept
from xltool.reader.limits import LIMITS
from xltool.workers.pool import Lost, Pool

if TYPE_CHECKING:
    from pathlib import Path

INPUTS = 400
"""New inputs in each run of the tests; `python -m benchmarks.fuzz` runs more."""
MOST_FILES = 200
CORPUS = sorted(path for path in KEPT.iterdir() if not path.name.startswith(HONEST))


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The honest files."""
    folder = tmp_path_factory.mktemp("stock")
    write_stock(folder)
    return folder


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Judged | Lost]:
    """The results of the kept inputs, read in a worker as in a batch."""
    limits = replace(LIMITS, seconds=HANGING, memory=MEMORY)
    by_name: dict[str, Judged | Lost] = {}
    with Pool(1, limits, tmp_path_factory.mktemp("scratch")) as pool:
        for at, answer in pool.run(work_kept, CORPUS):
            known = answer if isinstance(answer, Lost) else msgspec.msgpack.decode(answer, type=Judged)
            by_name[CORPUS[at].name] = known
    return by_name


def test_honest_files_are_read(stock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files that mutations start from are read without a fault; an archive and a letter are refused."""
    monkeypatch.setenv("XLTOOL_SOFFICE", "/nonexistent")
    by_name = {path.name: judge(path.suffix, path.read_bytes(), together=1) for path in sorted(stock.iterdir())}
    assert [name for name, judged in by_name.items() if judged.faults] == []
    assert {name for name, judged in by_name.items() if judged.outcome != "read"} == {"archive.zip", "letter.xlsx"}
    assert {judged.format for judged in by_name.values()} == {".docx", ".et", ".ods", ".xls", ".xlsb", ".xlsx", ".zip"}


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_kept_inputs_break_nothing(path: Path, judged: dict[str, Judged | Lost]) -> None:
    """No kept input gives a crash, a hang or an impossible record."""
    answer = judged[path.name]
    assert isinstance(answer, Judged), answer
    assert answer.faults == []


def test_kept_inputs_are_small() -> None:
    """The corpus is small enough to be cloned."""
    assert 0 < len(CORPUS) <= MOST_FILES
    assert max(path.stat().st_size for path in KEPT.iterdir()) <= LARGEST


def test_new_inputs_break_nothing(stock: Path) -> None:
    """A few hundred damaged files, the same in every run of the tests, read by a worker as in a batch."""
    tally = fuzz(stock, 120, seed=7, count=INPUTS)
    assert list(tally.faults) == []
    assert len(tally.judged) == INPUTS
    assert {"read", "corrupt", "no_form", "not_a_workbook"} <= tally.outcomes().keys()


def test_an_input_can_be_made_again(stock: Path) -> None:
    """Seed and number give the same damage in every process, and another number gives other damage."""
    inputs = [FuzzInput(stock, 7, number).build() for number in range(20)]
    assert inputs == [FuzzInput(stock, 7, number).build() for number in range(20)]
    assert len({data for _, data in inputs}) > 15
