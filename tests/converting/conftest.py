"""Fixtures of the tests of converting."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

import xltool
from tests.batches.folders import InlinePool
from tests.converting.converted import WRITERS
from tests.support import documents
from xltool import cli
from xltool.batches import reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from xltool.converting.filings import Converted


@pytest.fixture(autouse=True)
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No processes: the work itself is the same."""
    monkeypatch.setattr(reading, "Pool", InlinePool)


@pytest.fixture(scope="module", params=sorted(WRITERS))
def seed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Converted]:
    """The seed in a foreign layout, and the result of its conversion."""
    folder = tmp_path_factory.mktemp("seed")
    source = WRITERS[request.param](documents.forms(), folder / f"报送.{request.param}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "Pool", InlinePool)
        return source, xltool.convert(source, out=folder / "转换")


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run `xltool convert` in this process; gives exit code, stdout and stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["xltool", "convert", *map(str, arguments)])
        with pytest.raises(SystemExit) as done:
            cli.main()
        out, err = capsys.readouterr()
        assert isinstance(done.value.code, int)
        return done.value.code, out, err

    return run
