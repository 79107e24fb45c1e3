"""A run over a folder of filings: every file has its line, outputs are complete, inputs untouched."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Final

import openpyxl
import pandas as pd
import pytest

from tests.batches.folders import (
    EPOCH,
    FOREST,
    SCHOOL,
    STATES,
    InlinePool,
    file_marks,
    tree,
    with_folder,
)
from tests.support import seed
from tests.support.filled import filled
from xltool.auditing import audit
from xltool.auditing.tables import tidy
from xltool.batches import reading as workers
from xltool.batches import runs, side_inputs
from xltool.batches.grouping import as_one_set
from xltool.batches.mailing import LETTER_BOOK
from xltool.batches.options import Options
from xltool.outputs import json_output
from xltool.reader.files.sources import discover

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


OF_BATCH: Final = {"run", "spot_checks", "decisions"}
"""Members of findings.json that one call of `audit` does not have."""


@pytest.fixture(scope="module")
def filings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree, made once; nobody may write into it."""
    return tree(tmp_path_factory.mktemp("报送"))


@pytest.fixture(scope="module")
def outcome(filings: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, runs.RunResult]]:
    """The tree checked once, in processes of its own."""
    out = tmp_path_factory.mktemp("结果") / "深" / "结果"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", EPOCH)
        yield out, runs.run(filings, out, Options(jobs=2))


def test_every_file_has_its_line(outcome: tuple[Path, runs.RunResult]) -> None:
    """Each file below the folder is read, skipped or refused, with the reason in Chinese, hidden ones and pipes too."""
    out, _ = outcome
    lines = json.loads((out / "findings.json").read_text(encoding="utf-8"))["files"]
    assert {line["path"]: (line["status"], line["code"]) for line in lines} == STATES
    assert len(lines) == len(STATES)
    for line in lines:
        assert set(line) == {"path", "status", "code", "reason"}
        assert (line["reason"] is None) is (line["status"] == "read")
        assert line["reason"] is None or any("一" <= letter <= "鿿" for letter in line["reason"])


def test_refused_files_are_errors_and_skipped_ones_are_not(outcome: tuple[Path, runs.RunResult]) -> None:
    """An unreadable file is a finding of severity error at that file."""
    _, result = outcome
    errors = {finding.path for finding in result.audit.findings if finding.rule == "W-19"}
    assert errors == {path for path, (status, _) in STATES.items() if status == "refused"}
    silent = {path for path, (status, _) in STATES.items() if status == "skipped"}
    assert not silent & {finding.path for finding in result.audit.findings}
    assert result.errors >= len(errors)


def test_filings_are_made_by_manifest_name_and_folder(outcome: tuple[Path, runs.RunResult]) -> None:
    """Manifest first, the department as filed next; the project of a unit below goes to its department."""
    _, result = outcome
    sets: dict[str, set[str]] = {}
    for submission in result.audit.submissions:
        sets.setdefault(submission.filing, set()).add(submission.path)
    assert sets == {
        f"{seed.DEPARTMENT}(2023)".replace("(", "（").replace(")", "）"): {
            path for path, (status, _) in STATES.items() if status == "read" and path.startswith("水利局")
        },
        f"{FOREST}（2023）": {"林业局/全部.xlsx"},
        f"{SCHOOL}（2023）": {"教育局/报送/附件2.xlsx", "教育局/报送/下属.xlsx"},
    }


def test_outputs_are_there_and_nothing_else(outcome: tuple[Path, runs.RunResult]) -> None:
    """The run says what it wrote, and that is all there is."""
    out, result = outcome
    written = {path.relative_to(out).as_posix() for path in result.written}
    names = ("submissions", "values", "projects", "indicators", "spot_checks")
    letters = {name for name in written if name.startswith("notices/")}
    assert {"notices/退回通知_某市教育局.docx", "notices/退回通知_某市林业局.docx", LETTER_BOOK} <= letters
    parcels = {name for name in written if name.startswith("parcels/")}
    assert len(parcels) == len(letters) - 1
    returned = {name for name in written if name.startswith("returned/")}
    assert {"returned/林业局/全部.xlsx", "returned/水利局/坏.xlsx.问题清单.xlsx"} <= returned
    frames = {f"frames/{name}.parquet" for name in names}
    assert written - letters - parcels - returned == {"findings.json", "review.xlsx", "review.html", *frames}
    assert set(file_marks(out)) == written
    assert {path.name for path in (out / ".xltool").iterdir()} == {
        "format.json", "lock", "records.bin", "returned.txt", "run.json", "times.json",
    }  # fmt: skip


def test_frames_have_the_columns_of_the_contract(outcome: tuple[Path, runs.RunResult]) -> None:
    """Each frame has its columns in order, a row a thing, and values for the ids of the submissions."""
    out, result = outcome
    read = {
        name: pd.read_parquet(out / "frames" / f"{name}.parquet")
        for name in ("submissions", "values", "projects", "indicators")
    }
    assert list(read["submissions"].columns) == list(tidy.SUBMISSION_COLUMNS)
    assert list(read["values"].columns) == list(tidy.VALUE_COLUMNS)
    assert list(read["projects"].columns) == list(tidy.PROJECT_COLUMNS)
    assert list(read["indicators"].columns) == list(tidy.INDICATOR_COLUMNS)
    records = result.audit.records
    assert len(read["submissions"]) == len(tidy.submissions(records)) == 9
    assert len(read["values"]) == len(tidy.values(records))
    assert len(read["indicators"]) == len(tidy.indicators(records)) == 46
    assert set(read["values"]["submission"]) == set(read["submissions"]["id"])


def test_review_opens_with_its_rows(outcome: tuple[Path, runs.RunResult]) -> None:
    """The workbook has its sheets, a row a filing, a finding and a file."""
    out, result = outcome
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of what it does not know
        book = openpyxl.load_workbook(out / "review.xlsx")
    assert {"总览", "问题清单", "附件1", "附件2", "附件3", "项目明细", "指标明细", "规则统计", "文件清单"} <= set(
        book.sheetnames
    )
    lists = (book["问题清单"], book["次要事项"])
    problems = [row for sheet in lists for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
    heads = [cell.value for cell in book["问题清单"][1]]
    for head, wanted in (("规则", "rule"), ("问题", "message")):
        shown_there = [row[heads.index(head)] for row in problems]
        assert sorted(map(str, shown_there)) == sorted(getattr(finding, wanted) for finding in result.audit.findings)
    listed = {str(cell) for row in book["文件清单"].iter_rows(values_only=True) for cell in row}
    assert set(STATES) <= listed
    shown = {str(cell) for row in book["总览"].iter_rows(values_only=True) for cell in row}
    assert {seed.DEPARTMENT, FOREST, SCHOOL} <= shown


@pytest.mark.usefixtures("inline")
def test_findings_of_one_filing_are_those_of_audit(tmp_path: Path) -> None:
    """A folder with one department's files gives the findings that `audit` gives for that folder."""
    folder = tmp_path / "报送"
    for form in ("附件1", "附件2", "附件3"):
        filled(with_folder(folder / f"{form}.xlsx"), form)
    runs.run(folder, tmp_path / "结果", Options(jobs=1))
    records = workers.read_sources(discover([folder]))
    as_one_set(records)
    expected = json.loads(json_output.dumps(json_output.audit_json(audit.audit(records))))
    written = json.loads((tmp_path / "结果" / "findings.json").read_text(encoding="utf-8"))
    assert {key: value for key, value in written.items() if key not in OF_BATCH} == expected
    assert [check["filing"] for check in written["spot_checks"]] == [f"{seed.DEPARTMENT}（2023）"]
    assert expected["summary"]["error"] == 3


def test_inputs_are_untouched(filings: Path, outcome: tuple[Path, runs.RunResult], tmp_path: Path) -> None:
    """Reading changes neither content nor time nor mode of a file, and leaves nothing beside it."""
    assert outcome[0].is_dir()
    before = file_marks(filings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workers, "Pool", InlinePool)
        patch.setattr(side_inputs, "Pool", InlinePool)
        runs.run(filings, tmp_path / "结果", Options(jobs=1))
    assert file_marks(filings) == before


def test_same_bytes_again_and_for_any_number_of_jobs(
    filings: Path, outcome: tuple[Path, runs.RunResult], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One process or two, today or tomorrow: the same input gives the same bytes."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    monkeypatch.setattr(workers, "Pool", InlinePool)
    monkeypatch.setattr(side_inputs, "Pool", InlinePool)
    # Beside the first, since the workbook's links are relative to where it lies.
    again = outcome[0].with_name("再次")
    runs.run(filings, again, Options(jobs=1))
    first = {name: mark[0] for name, mark in file_marks(outcome[0]).items()}
    assert {name: mark[0] for name, mark in file_marks(again).items()} == first
    assert first
    assert not (tmp_path / "结果").exists()


@pytest.mark.usefixtures("inline")
def test_results_inside_the_folder_are_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second run with the results inside the folder looks at the same files and writes the same bytes."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    filled(tmp_path / "附件1.xlsx", "附件1")
    first = runs.run(tmp_path, tmp_path / "结果", Options(jobs=1))
    before = {name: mark[0] for name, mark in file_marks(tmp_path / "结果").items()}
    second = runs.run(tmp_path, tmp_path / "结果", Options(jobs=1))
    assert [record.path for record in second.audit.records] == ["附件1.xlsx"]
    assert first.audit.findings == second.audit.findings
    assert {name: mark[0] for name, mark in file_marks(tmp_path / "结果").items()} == before


@pytest.mark.usefixtures("inline")
def test_results_that_cannot_be_written(tmp_path: Path) -> None:
    """A file in the way is an OSError, and no half-written file is left."""
    filled(with_folder(tmp_path / "报送" / "附件1.xlsx"), "附件1")
    (tmp_path / "结果").write_text("在此", encoding="utf-8")
    with pytest.raises(OSError, match="结果"):
        runs.run(tmp_path / "报送", tmp_path / "结果", Options(jobs=1))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["报送", "结果"]
    assert (tmp_path / "结果").read_text(encoding="utf-8") == "在此"
