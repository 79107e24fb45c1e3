"""Fixtures of the tests of issuing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.batches.folders import InlinePool
from tests.issuing.county import ALL, Command
from tests.support.sheets import book
from xltool import cli
from xltool.batches import reading, side_inputs

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No processes: the work itself is the same."""
    monkeypatch.setattr(reading, "Pool", InlinePool)
    monkeypatch.setattr(side_inputs, "Pool", InlinePool)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1718150400")


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """A roster of four departments."""
    return book(tmp_path / "roster.xlsx", **ALL)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `xltool` in this process; gives exit code, stdout and stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["xltool", *map(str, arguments)])
        with pytest.raises(SystemExit) as done:
            cli.main()
        out, err = capsys.readouterr()
        assert isinstance(done.value.code, int)
        return done.value.code, out, err

    return run
