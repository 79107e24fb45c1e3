"""The progress bar of the commands."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from xltool.cli import terminal

if TYPE_CHECKING:
    import pytest


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        """Somebody looks at it."""
        return True


def test_the_bar_names_what_is_being_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """As text: brackets are no markup, and signs that steer a terminal are marks."""
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("COLUMNS", "120")
    with terminal.bar("读取", 2) as advance:
        advance.begin("水利局/[b]附件1\x1b.xlsx")
        advance(1, "另一个")
    shown = screen.getvalue()
    assert "水利局/[b]附件1␛.xlsx" in shown
    assert "1/2" in shown


def test_nothing_is_shown_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    """What a program reads has no bar in it."""
    with terminal.bar("读取", 1) as advance:
        advance(1)
    assert capsys.readouterr() == ("", "")
