"""What holds for all tests."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from coverage import Coverage

from xltool.workers import launch, pool

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

gc.disable()  # until all tests are collected: nothing of theirs is garbage

THRESHOLDS: Final = (20_000, 20, 50)
"""Thresholds of `gc`: new objects until a collection, and collections of a generation until one of the next."""
HERE: Final = Path(__file__).parent
COVERING: Final = frozenset({"catalogue", "expr", "forms", "params", "rules"})
"""The tests that cover the declarations and their faces, to the last line and branch.

The lines of the others are not counted: a test whose lines are counted takes half as long again.
"""

LENGTHY: Final = frozenset({"attacks", "benchmarks", "conformance", "patterns", "workers"})
"""The folders with the files of tests that take longest."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests first that cover; doctests of the package are among them.

    What another test has computed and cached would not be counted any more. Then come those
    that take longest, so that no worker is left with one of them when the other has nothing more to do.
    """
    items.sort(key=lambda item: (not _covers(item), _folder(item) not in LENGTHY))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Count no lines of the other tests, nor of their fixtures, as the mark `no_cover` of pytest-cov would."""
    counted = Coverage.current()
    if counted is None or _covers(item):
        return (yield)
    counted.stop()
    try:
        return (yield)
    finally:
        counted.start()


def pytest_collection_finish() -> None:
    """Have collections be seldom, and pass over tests and modules, which stay: they took a tenth of the time."""
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    gc.enable()


def _covers(item: pytest.Item) -> bool:
    return not item.path.is_relative_to(HERE) or _folder(item) in COVERING


def _folder(item: pytest.Item) -> str:
    """The folder of a test below that of all tests; "" outside it."""
    return item.path.relative_to(HERE).parts[0] if item.path.is_relative_to(HERE) else ""


@pytest.fixture(scope="session", autouse=True)
def prepared_workers() -> Iterator[None]:
    """Workers are forked from a prepared process; see `tests.support.prepared`."""
    if sys.platform != "linux" or os.environ.get("XLTOOL_LONG"):
        yield
        return
    from tests.support.prepared import prepared_process  # noqa: PLC0415 - it uses what only Linux has

    with prepared_process() as prepared, pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "start_worker", prepared.start_worker)
        yield


@pytest.fixture
def real_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each worker is an interpreter of its own, as users have them."""
    monkeypatch.setattr(pool, "start_worker", launch.start_worker)
