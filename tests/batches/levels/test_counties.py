"""Each county of a roster is audited as if it were alone, and a summary stands above."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.batches.folders import hashes, issued
from tests.roster.test_load import written
from xltool.batches import runs
from xltool.batches.levels.counties import ROSTER
from xltool.batches.levels.summaries import NO_FILES
from xltool.batches.options import HIDDEN, Options
from xltool.batches.side_inputs import SideInputs
from xltool.findings import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.roster import Roster

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")  # openpyxl's, of data bars
UNITS = [
    ["单位编码", "单位名称", "县", "市"],
    ["A01", "民政局", "甲县", "东市"],
    ["A02", "水利局", "甲县", "东市"],
    ["B01", "民政局", "乙县", "东市"],
    ["C01", "民政局", "丙县", "西市"],
    ["D01", "民政局", "丁县", "西市"],
]
PLACES = ("东市/甲县", "东市/乙县", "西市/丙县")


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two counties with folders of their own, one known by codes alone, one without files; and a file of nobody."""
    base = tmp_path_factory.mktemp("省")
    for path in ("东市/甲县/民政局/附件2", "东市/甲县/水利局/附件2", "东市/430602乙县/附件2", "C01民政局", "杂/附件2"):
        issued(base / "报送" / f"{path}.xlsx", "水利局" if "水利局" in path else "民政局", "附件2", named=False)
    written(base / "名册.csv", UNITS)
    return base


@pytest.fixture(scope="module")
def result(province: Path) -> runs.RunResult:
    """The run over all of them."""
    return runs.run(province / "报送", province / "结果", Options(roster=province / "名册.csv"))


def _results(out: Path) -> dict[str, str]:
    return {name: sha for name, sha in hashes(out).items() if not name.startswith((HIDDEN, ROSTER))}


@pytest.mark.parametrize(("place", "folder"), [("东市/甲县", "东市/甲县"), ("东市/乙县", "东市/430602乙县")])
def test_a_county_is_audited_as_if_it_were_alone(
    province: Path, result: runs.RunResult, place: str, folder: str
) -> None:
    """All its outputs are those of a run over its folder with its part of the roster."""
    assert result.written
    part = province / "结果" / place / ROSTER
    # Links to the files lead as far up as there are folders between.
    by_itself = province / "单独" / place
    runs.run(province / "报送" / folder, by_itself, Options(roster=part))
    assert _results(province / "结果" / place) == _results(by_itself)
    assert "review.xlsx" in _results(by_itself)


def test_a_county_that_is_known_by_codes_has_its_files_alone(province: Path, result: runs.RunResult) -> None:
    """What lies beside them is another county's, or nobody's."""
    review = json.loads((province / "结果" / "西市" / "丙县" / "findings.json").read_text(encoding="utf-8"))
    assert [file["path"] for file in review["files"]] == ["C01民政局.xlsx"]
    assert result.tally.read == len(PLACES) + 1


def test_the_summary_has_every_county_and_names_what_is_left(province: Path, result: runs.RunResult) -> None:
    """Counties below their city and all together, who owes, files of nobody; a page that links to each county's."""
    book = openpyxl.load_workbook(province / "结果" / "summary.xlsx")
    rows = [row[:7] for row in book["分县汇总"].iter_rows(min_row=4, values_only=True)]
    assert [(city, county, owing, absent) for city, county, owing, _, _, _, absent in rows] == [
        ("合计", None, 5, 1),
        ("东市", "小计", 3, 0), ("东市", "甲县", 2, 0), ("东市", "乙县", 1, 0),
        ("西市", "小计", 2, 1), ("西市", "丙县", 1, 0), ("西市", "丁县", 1, 1),
    ]  # fmt: skip
    assert [row[1] for row in book["未归到县的文件"].iter_rows(min_row=2, values_only=True)] == ["杂/附件2.xlsx"]
    page = (province / "结果" / "summary.html").read_text(encoding="utf-8")
    assert page.count("/review.html") == len(PLACES)
    assert "杂/附件2.xlsx" in page
    assert f"西市丁县：{NO_FILES}" in result.messages
    west = openpyxl.load_workbook(province / "结果" / "西市" / "summary.xlsx")["分县汇总"]
    assert [row[1] for row in west.iter_rows(min_row=5, values_only=True)] == ["丙县", "丁县"]
    assert west["Y5"].hyperlink.target == "丙县\\review.xlsx"


def test_the_same_run_again_leaves_everything(
    province: Path, result: runs.RunResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reviews and summaries are not written again, the counts are the same, and rosters of counties are not read."""
    before = {path: path.stat().st_mtime_ns for path in result.written}
    rosters: list[Path] = []
    read = SideInputs.roster

    def counted(inputs: SideInputs, path: Path) -> Roster:
        rosters.append(path)
        return read(inputs, path)

    monkeypatch.setattr(SideInputs, "roster", counted)  # it starts a worker
    again = runs.run(province / "报送", province / "结果", Options(roster=province / "名册.csv"))
    assert rosters == [province / "名册.csv"]
    assert {path: path.stat().st_mtime_ns for path in again.written} == before
    assert again.tally == result.tally


def test_results_of_a_county_that_has_no_files_any_more_are_called_earlier(province: Path, tmp_path: Path) -> None:
    """They are left where they lie, since somebody may have written in them."""
    (tmp_path / "结果" / "西市" / "丙县").mkdir(parents=True)
    (tmp_path / "结果" / "西市" / "丙县" / "findings.json").write_bytes(b"{}")
    outcome = runs.run(province / "报送" / "东市", tmp_path / "结果", Options(roster=province / "名册.csv"))
    assert f"西市丙县：{NO_FILES}，文件夹里是以前的结果" in outcome.messages
    assert f"西市丁县：{NO_FILES}" in outcome.messages


def test_there_is_no_audit_of_all_counties_together(result: runs.RunResult) -> None:
    """Whoever asks for it is led to the counties."""
    with pytest.raises(InputError, match="到各县的文件夹里看"):
        _ = result.audit


def test_a_roster_of_one_county_changes_nothing(province: Path, tmp_path: Path) -> None:
    """The columns 县 and 市 with one county each: the run is as without them."""
    plain = written(tmp_path / "无县.csv", [row[:2] for row in UNITS[:3]])
    single = written(tmp_path / "一县.csv", UNITS[:3])
    for name, roster in (("无县", plain), ("一县", single)):
        runs.run(province / "报送" / "东市" / "甲县", tmp_path / name, Options(roster=roster))
    without, given = (_results(tmp_path / name) for name in ("无县", "一县"))
    # Both of these show the digest of the roster's file.
    assert {name for name, sha in given.items() if without[name] != sha} == {"findings.json", "review.xlsx"}
    assert not (tmp_path / "一县" / "summary.xlsx").exists()
