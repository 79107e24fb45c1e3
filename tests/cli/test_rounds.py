"""The commands of a round: who owes what, and the folder of the next round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.filled import filled

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Command


def test_batch_says_who_owes(tmp_path: Path, command: Command) -> None:
    """With a roster the last lines begin with what is missing; without problems there is nothing to open."""
    folder = tmp_path / "报送"
    folder.mkdir()
    filled(folder / "附件1.xlsx", "附件1")
    (tmp_path / "名册.csv").write_text("单位编码,单位名称\n001,某市林业局\n002,某市教育局\n", encoding="utf-8")
    _, out, _ = command("batch", folder, "--out", tmp_path / "结果", "--roster", tmp_path / "名册.csv")
    lines = out.splitlines()
    assert "应报 2 个单位：未报 2。" in lines
    assert any(line.startswith("下一步：打开 review.xlsx") for line in lines[-2:])


def test_refile_says_what_it_did(tmp_path: Path, command: Command) -> None:
    """A line a file, counts at the end, 1 for what is not known; a folder that holds something is not written to."""
    last, back = tmp_path / "报送", tmp_path / "收回"
    for folder in (last, back):
        folder.mkdir()
    filled(last / "附件1.xlsx", "附件1")
    filled(last / "附件2.xlsx", "附件2")
    filled(back / "1.xlsx", "附件1")
    code, out, err = command("refile", last, back, "--out", tmp_path / "重报")
    assert (code, out) == (0, "替换  附件1.xlsx  ←  1.xlsx\n")
    assert "照旧 1，替换 1，新增 0，整改说明 0，没有对上 0" in err
    (back / "坏.xlsx").write_bytes(b"PK\x03\x04 broken")
    code, _, err = command("refile", last, back, "--out", tmp_path / "又")
    assert code == 1
    assert "没有对上 1 个文件，请看“没有对上”文件夹：坏.xlsx" in err
    code, _, err = command("refile", last, back, "--out", tmp_path / "又")
    assert code == 2
    assert "已经有文件" in err
