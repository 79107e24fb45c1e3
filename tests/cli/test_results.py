"""What commands print and write: the JSON of the contract, the text of the same findings, files."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.support.filled import cell_of, filled
from tests.support.workbook_editor import WorkbookEditor
from xltool.auditing.tables import tidy
from xltool.forms.review import TARGET_PARTS

if TYPE_CHECKING:
    from tests.cli.conftest import Command


ROOT: Final = Path(__file__).resolve().parents[2]
FINDING = {
    "rule", "severity", "submission", "path", "sheet", "cell", "field", "actual", "expected", "message", "advice",
    "basis", "related", "key", "exemption", "consequences",
}  # fmt: skip


def strict(text: str) -> Any:  # noqa: ANN401 - JSON
    """JSON read as strictly as the standard has it."""

    def refuse(constant: str) -> object:
        raise ValueError(constant)

    return json.loads(text, parse_constant=refuse)


def _typed(row: dict[str, Any], /, **types: type | tuple[type, ...]) -> None:
    """The row has exactly these keys, each with a value of its type."""
    assert set(row) == set(types)
    wrong = {key: row[key] for key, kind in types.items() if not isinstance(row[key], kind)}
    assert not wrong, wrong


NONE, TEXT, NUMBER = type(None), (str, type(None)), (int, float, type(None))


def test_json_of_read(tmp_path: Path, command: Command) -> None:
    """What read prints has the keys and the types of the contract, no more and no less."""
    path = filled(tmp_path / "全部.xlsx", "附件1", "附件2", "附件3")
    data = strict(command("read", path)[1])
    assert list(data) == ["files", "submissions", "values", "projects", "indicators", "reports", "problems"]
    for row in data["files"]:
        _typed(row, path=str, status=str, code=TEXT, reason=TEXT)
    for row in data["submissions"]:
        _typed(row, id=str, filing=str, path=str, sheet=str, form=str, layout=str, year=int, department=TEXT,
               project=TEXT, sha256=str)  # fmt: skip
    for row in data["values"]:
        _typed(row, submission=str, field=str, value=(str, int, float, NONE), recomputed=NUMBER, unit=TEXT,
               raw=(str, int, float, NONE), sheet=str, cell=str, formula=TEXT, state=str)  # fmt: skip
    assert {row["state"] for row in data["values"]} == {"filled", "blank", "not_calculated"}
    for row in data["projects"]:
        _typed(
            row,
            submission=str,
            row=int,
            项目名称=TEXT,
            上年决算数=NUMBER,
            本年预算数=NUMBER,
            本年决算数=NUMBER,
            cells=dict,
        )
    parts = {"op": TEXT, "value": NUMBER, "unit": TEXT, "kind": (str,)}
    for row in data["indicators"]:
        texts = dict.fromkeys(
            ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "偏差原因分析及改进措施", *TARGET_PARTS),
            TEXT,
        )
        _typed(row, submission=str, row=int, 分值=NUMBER, 得分=NUMBER, target=dict, actual=dict, cells=dict, **texts)
        _typed(row["target"], **parts)
        _typed(row["actual"], **parts)
    assert (len(data["submissions"]), len(data["projects"]), len(data["indicators"])) == (3, 1, 46)
    assert data["problems"] == []
    control = next(row for row in data["values"] if row["field"] == "控制率")
    assert (control["value"], control["recomputed"], control["cell"]) == (1.25, 1.25, cell_of("附件1", "控制率"))


def test_json_of_audit(tmp_path: Path, command: Command) -> None:
    """What audit prints has the keys and the types of the contract, in the order of the contract."""
    path = filled(tmp_path / "全部.xlsx", "附件1", "附件2", "附件3")
    code, out, _ = command("audit", path, "--format", "json")
    data = strict(out)
    assert code == 1
    assert list(data) == ["run", "files", "submissions", "findings", "summary", "coverage", "explanations"]
    for row in data["submissions"]:
        assert set(row) == {*tidy.SUBMISSION_COLUMNS, "score_filed", "score_recomputed", "grade", "profile"}
    scored = {row["form"]: (row["score_filed"], row["score_recomputed"], row["grade"]) for row in data["submissions"]}
    assert scored == {"附件1": (None, None, None), "附件2": (95.0, 95.0, "优"), "附件3": (85.0, 85.0, "良")}
    for row in data["findings"]:
        texts = dict.fromkeys(("submission", "sheet", "cell", "field", "actual", "expected"), TEXT)
        firm = dict.fromkeys(FINDING - set(texts) - {"related", "exemption", "explanation", "consequences"}, str)
        nothing = dict.fromkeys(("exemption", "explanation"), type(None))
        _typed(row, **texts, **firm, related=list, consequences=list, **nothing)
        assert all(set(place) == {"path", "sheet", "cell"} for place in row["related"])
        assert row["severity"] in {"error", "warning", "info"}
    counts = {kind: sum(row["severity"] == kind for row in data["findings"]) for kind in ("error", "warning", "info")}
    assert data["summary"] == counts | {"exempted": 0}
    assert counts["error"] == 3


def test_text_of_audit_is_the_same_findings(tmp_path: Path, command: Command) -> None:
    """The text has a line a finding with its cell, and the scores; a skipped file is named with its reason."""
    path = filled(tmp_path / "全部.xlsx", "附件1", "附件2", "附件3")
    (tmp_path / "~$附件1.xlsx").write_bytes(b"lock")
    data = strict(command("audit", tmp_path, "--format", "json")[1])
    out = command("audit", tmp_path)[1]
    assert path.is_file()
    for row in data["findings"]:
        assert f"{row['cell'] or '全表'}  {row['rule']}  {row['message']}" in out
    assert "~$附件1.xlsx：已跳过（" in out
    assert "附件2：自评得分 95分，重算得分 95分，等级 优" in out
    assert out.endswith("错误 3，警告 {warning}，提示 {info}\n".format(**data["summary"]))


def test_scores_of_several_filings_name_the_department(command: Command) -> None:
    """Where files of several departments were given, each score says whose it is."""
    out = command("audit", *sorted((ROOT / "samples").glob("示范县*/*附件2*.xlsx")))[1]
    assert "\n示范县农业农村局附件2：自评得分 " in out
    assert "\n示范县水利局附件2：自评得分 " in out


def test_clean_file_is_said_to_be_clean(command: Command) -> None:
    """Where there is nothing to say, that is said."""
    code, out, _ = command("audit", ROOT / "samples" / "示范县农业农村局_2023_合格")
    assert code == 0
    assert out.splitlines()[-1] == "没有发现问题。"


def test_read_writes_files(tmp_path: Path, command: Command) -> None:
    """Tables as csv and parquet fill a folder, xlsx and json a file; their paths are all that is printed."""
    hostile = WorkbookEditor(filled(tmp_path / "附件1.xlsx", "附件1")).put("附件1", cell_of("附件1", "填表人"), "=1+1")
    path = hostile.save(tmp_path / "附件1.xlsx")
    names = ["submissions", "values", "projects", "indicators"]
    for kind in ("csv", "parquet"):
        code, out, err = command("read", path, "--format", kind, "--out", tmp_path / kind)
        assert (code, err) == (0, "")
        assert out.splitlines() == [str(tmp_path / kind / f"{name}.{kind}") for name in names]
    rows = list(csv.DictReader((tmp_path / "csv" / "values.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row["raw"] for row in rows if row["field"] == "填表人"] == ["'=1+1"]
    assert [row["value"] for row in rows if row["field"] == "编制数"] == ["12"]
    code, out, _ = command("read", path, "--format", "xlsx", "--out", tmp_path / "数据.xlsx")
    assert (code, out) == (0, f"{tmp_path / '数据.xlsx'}\n")
    code, out, _ = command("read", path, "--out", tmp_path / "数据.json")
    assert (code, out) == (0, "")
    assert (tmp_path / "数据.json").read_text(encoding="utf-8") == command("read", path)[1]


def test_rules_and_forms_and_explain(command: Command) -> None:
    """The catalogue in three formats, the fields in two, and one rule's page by any spelling of its code."""
    rules = strict(command("rules", "--format", "json")[1])
    text, table = command("rules")[1], command("rules", "--format", "md")[1]
    assert len(rules) > 100
    for rule in rules:
        assert rule["code"] in text
        assert f"| {rule['code']} | {rule['title']} |" in table
    assert command("explain", " a1-05 ")[1] == command("explain", "A1-05")[1]
    assert command("explain", "A1-05")[1].startswith("A1-05  ")
    fields = strict(command("forms", "--format", "json")[1])
    assert {(row["form"], row["field"]) for row in fields} >= {
        ("附件1", "控制率"),
        ("附件2", "总分_得分"),
        ("附件3", "主管部门"),
    }
    assert all(row["name"] in command("forms")[1] for row in fields[:3])
