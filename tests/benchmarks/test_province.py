"""The made province: whose each filing is can be told, and what differs is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.speed.province import results, write_province
from xltool.batches.levels.counties import plan_counties
from xltool.reader.files.sources import discover
from xltool.roster import load

if TYPE_CHECKING:
    from pathlib import Path


def test_every_county_of_the_province_has_its_files(tmp_path: Path) -> None:
    """Twelve counties with a department each, and no file of which nobody can tell whose it is."""
    filings, roster = write_province(tmp_path, 36)
    runs, unplaced = plan_counties(filings, discover([filings]), load(roster))
    assert len(runs) == 12
    assert not unplaced
    assert {len(list(each.folder.rglob("*.xlsx"))) for each in runs} == {3}


def test_what_runs_keep_for_themselves_is_no_result(tmp_path: Path) -> None:
    """Files in hidden folders, at any depth, are left out."""
    for name in ("甲市/review.html", "甲市/.xltool/run.json", ".xltool/lock"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    assert list(results(tmp_path)) == ["甲市/review.html"]
