"""The Python face: names, columns and behaviour of contract §8."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import xltool
from tests.batches.folders import InlinePool
from tests.support import seed
from tests.support.filled import filled
from xltool.auditing.tables import tidy
from xltool.batches import file_set, reading, side_inputs
from xltool.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Callable

ALL = ("附件1", "附件2", "附件3")
FINDING = [
    "rule", "severity", "path", "message", "advice", "basis", "submission", "sheet", "cell", "field", "actual",
    "expected", "related", "exemption", "consequences",
]  # fmt: skip


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The three forms of a filing, read in this process."""
    monkeypatch.setattr(reading, "Pool", InlinePool)
    monkeypatch.setattr(side_inputs, "Pool", InlinePool)
    return [filled(tmp_path / f"{form}.xlsx", form) for form in ALL]


def _parameters(function: Callable[..., object]) -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(function).parameters)


def test_names_and_parameters() -> None:
    """The functions are those of the contract, and take what they take by the same names."""
    assert sorted(xltool.__all__) == [
        "XltoolError", "audit", "batch", "convert", "generate", "merge", "read", "refile", "session",
    ]  # fmt: skip
    generate = _parameters(xltool.generate)
    assert {"year", "out", "forms", "department", "projects", "indicators", "combined", "password"} <= set(generate)
    assert all(parameter.kind is inspect.Parameter.KEYWORD_ONLY for parameter in generate.values())
    assert [name for name, parameter in generate.items() if parameter.default is inspect.Parameter.empty] == [
        "year",
        "out",
    ]
    for function in (xltool.read, xltool.audit):
        assert _parameters(function)["paths"].kind is inspect.Parameter.VAR_POSITIONAL
    batch = _parameters(xltool.batch)
    assert list(batch)[:2] == ["folder", "out"]
    assert batch["jobs"].default is None


def test_import_is_light() -> None:
    """`import xltool` brings in nothing heavy; calling a function does."""
    heavy = {"numpy", "pandas", "lxml", "openpyxl", "xlsxwriter", "typer"}
    code = f"import sys, xltool; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60)  # noqa: S603 - the project's own code
    assert done.stdout.decode().strip() == "[]"


def test_read_gives_the_frames_of_the_contract(paths: list[Path]) -> None:
    """Four frames with the contract's columns; paths may be texts."""
    result = xltool.read(*map(str, paths))
    frames = {
        "submissions": (result.submissions, tidy.SUBMISSION_COLUMNS, 3),
        "values": (vars(result)["values"], tidy.VALUE_COLUMNS, len(tidy.values(result.records))),
        "projects": (result.projects, tidy.PROJECT_COLUMNS, 1),
        "indicators": (result.indicators, tidy.INDICATOR_COLUMNS, 46),
    }
    for name, (frame, columns, count) in frames.items():
        assert isinstance(frame, pd.DataFrame), name
        assert list(frame.columns) == list(columns), name
        assert len(frame) == count, name
    values = frames["values"][0]
    control = values[values["field"] == "控制率"].iloc[0]
    assert (control["value"], control["recomputed"], control["cell"]) == (1.25, 1.25, "F5")
    assert set(result.submissions["filing"]) == {f"{seed.DEPARTMENT}（2023）"}


def test_audit_gives_findings_and_scores(paths: list[Path]) -> None:
    """Findings as the command prints them; called again, the same."""
    first, second = xltool.audit(*paths), xltool.audit(*paths)
    assert list(first.findings.columns) == FINDING
    assert list(first.submissions.columns) == [
        *tidy.SUBMISSION_COLUMNS,
        "score_filed",
        "score_recomputed",
        "grade",
        "profile",
    ]
    assert {"X-06", "X-07", "A3-12"} <= set(first.findings["rule"])
    assert list(first.findings["severity"]).count("error") == 3
    pd.testing.assert_frame_equal(first.findings, second.findings)
    pd.testing.assert_frame_equal(first.submissions, second.submissions)


def test_empty_results_keep_their_columns(tmp_path: Path, paths: list[Path]) -> None:
    """A file without a form gives frames with all their columns; that it was named and not read is the one finding."""
    note = tmp_path / "说明.txt"
    note.write_text("文字", encoding="utf-8")
    assert len(paths) == 3
    audit, read = xltool.audit(note), xltool.read(note)
    assert (list(audit.findings.columns), list(audit.findings["rule"])) == (FINDING, ["W-19"])
    assert len(audit.submissions.columns) == 14
    assert (list(read.indicators.columns), len(read.indicators)) == (list(tidy.INDICATOR_COLUMNS), 0)


def test_batch_twice_gives_the_same(paths: list[Path], tmp_path: Path) -> None:
    """A run says what it found and wrote; a second one over it finds the same."""
    folder = paths[0].parent
    first = xltool.batch(str(folder), out=str(tmp_path / "结果"))
    second = xltool.batch(folder, out=tmp_path / "结果", jobs=1)
    assert first.audit.findings == second.audit.findings
    assert first.written == second.written
    assert all(path.is_file() for path in first.written)
    errors = [finding for finding in first.audit.findings if finding.severity is Severity.ERROR]
    assert first.errors == len(errors) == 3


def test_generate_then_read(tmp_path: Path, paths: list[Path]) -> None:
    """Templates by form, by project and combined; what is generated can be read."""
    assert paths
    generated = xltool.generate(
        year=2024, out=tmp_path / "表样", department="某局", projects=["甲", "乙"], indicators=2
    )
    assert [path.name for path in generated] == [
        "附件1_2024年度部门整体支出绩效评价基础数据表_某局.xlsx",
        "附件2_2024年度部门整体支出绩效自评表_某局.xlsx",
        "附件3_2024年度项目支出绩效自评表_某局_甲.xlsx",
        "附件3_2024年度项目支出绩效自评表_某局_乙.xlsx",
    ]
    frame = xltool.read(*generated).submissions
    assert list(frame["project"].fillna("")) == ["", "", "甲", "乙"]
    assert set(frame["year"]) == {2024}
    (combined,) = xltool.generate(year=2024, out=str(tmp_path), combined=True, forms=["2", "附件3"])
    assert list(xltool.read(combined).submissions["form"]) == ["附件2", "附件3"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"year": 1999}, "年度应在"),
        ({"year": 2023, "forms": ["附件4"]}, "没有这张表"),
        ({"year": 2023, "indicators": 0}, "行数应在"),
        ({"year": 2023, "projects": ["甲", "甲"]}, "不能为空，也不能重复"),
        ({"year": 2023, "projects": [" "]}, "不能为空"),
    ],
)
def test_generate_refuses_what_cannot_be(tmp_path: Path, options: dict[str, object], said: str) -> None:
    """ValueError in Chinese, and nothing is written."""
    with pytest.raises(ValueError, match=said):
        xltool.generate(out=tmp_path / "表样", **options)  # type: ignore[arg-type] # the options of each case
    assert not (tmp_path / "表样").exists()


def test_missing_paths_are_value_errors(tmp_path: Path) -> None:
    """A path that is not there is told before anything is read."""
    for function in (xltool.read, xltool.audit):
        with pytest.raises(ValueError, match="找不到文件或文件夹"):
            function(tmp_path / "没有.xlsx")
    with pytest.raises(ValueError, match="找不到文件夹"):
        xltool.batch(tmp_path / "没有", out=tmp_path / "结果")
    assert not (tmp_path / "结果").exists()


def test_works_in_processes_of_its_own(tmp_path: Path) -> None:
    """From a plain script, without a main guard, twice in a row."""
    path = filled(tmp_path / "附件1.xlsx", "附件1")
    script = tmp_path / "脚本.py"
    script.write_text(
        f"import xltool\nprint([len(xltool.audit({str(path)!r}).findings) > 5 for _ in range(2)])\n", encoding="utf-8"
    )
    root = Path(xltool.__file__).parent.parent
    done = subprocess.run(  # noqa: S603 - the project's own code
        [sys.executable, str(script)],
        cwd=root,
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert (done.stdout.decode().strip(), done.returncode) == ("[True, True]", 0), done.stderr.decode()


def test_a_session_keeps_its_worker(tmp_path: Path) -> None:
    """Every call in it is done by the process of the first, and nothing of a call is left for the next."""
    path = filled(tmp_path / "附件1.xlsx", "附件1")
    with xltool.session():
        workers = file_set._WARM.get()  # noqa: SLF001 - which worker does it is seen nowhere else
        assert workers is not None
        first = xltool.audit(path)
        processes = [worker.process.pid for worker in workers.pool._workers]  # noqa: SLF001 - likewise
        with pytest.raises(xltool.XltoolError):
            xltool.audit(path.with_name("没有.xlsx"))
        second = xltool.audit(path)
        assert [worker.process.pid for worker in workers.pool._workers] == processes  # noqa: SLF001 - likewise
        assert list(workers.folder.iterdir()) == []
    assert first.findings.equals(second.findings)
    assert file_set._WARM.get() is None  # noqa: SLF001 - likewise
