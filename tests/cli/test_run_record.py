"""The record of a run, with which its results can be proved afterwards (contract §4)."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.batches.folders import EPOCH, InlinePool, hashes
from tests.support.filled import filled
from xltool import params
from xltool.params import writing
from xltool.version import VERSION
from xltool.workers.pool import Lost

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Command

TIME = "2024-06-12T08:00:00"
NOT_GIVEN = dict.fromkeys(("roster", "profile", "exemptions", "prior", "prior_review", "due", "refile_by"))
EXEMPTIONS = "单位,规则,理由,批准人,有效期至\n某市水利局,A1-05,批准超编,王某,2030-12-31\n"


@pytest.fixture(autouse=True)
def _epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)


def sha256(path: Path) -> str:
    """Of a file; of a folder that of the list that `sha256sum` prints for its files, without hidden ones."""
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    names = sorted(file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file())
    lines = (f"{sha256(path / name)}  {name}\n" for name in names if "/." not in f"/{name}")
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def run_of(text: str) -> dict[str, Any]:
    """The record of a run in its JSON, which begins with it, without its digest, which is checked."""
    data = json.loads(text)
    assert next(iter(data)) == "run"
    record: dict[str, Any] = data["run"]
    digest = record.pop("digest")
    compact = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    assert digest == hashlib.sha256(compact.encode()).hexdigest()
    return record


def written(out: Path) -> dict[str, Any]:
    """The record that `batch` wrote."""
    return run_of((out / "findings.json").read_text(encoding="utf-8"))


def test_audit_names_version_time_and_files(tmp_path: Path, command: Command) -> None:
    """Every file has its digest, one that could not be read too; what was not given is null."""
    filled(tmp_path / "附件1.xlsx", "附件1")
    (tmp_path / "扫描件.pdf").write_bytes(b"%PDF-1.4")
    _, said, _ = command("audit", tmp_path, "--format", "json")
    inputs = [{"path": name, "sha256": sha256(tmp_path / name)} for name in ("扫描件.pdf", "附件1.xlsx")]
    assert run_of(said) == {"version": VERSION, "time": TIME, "inputs": inputs} | NOT_GIVEN


def test_audit_records_what_it_is_given(tmp_path: Path, command: Command) -> None:
    """A profile that is named has the digest of its text as `rules` prints it, a file its own."""
    form, prior = filled(tmp_path / "附件1.xlsx", "附件1"), tmp_path / "上年"
    (prior / "甲局").mkdir(parents=True)
    filled(prior / "甲局" / "附件1.xlsx", "附件1")
    filled(prior / "乙局.xlsx", "附件2")
    (prior / ".隐藏").write_bytes(b"hidden")
    exemptions, profile = tmp_path / "豁免.csv", tmp_path / "口径.toml"
    exemptions.write_text(EXEMPTIONS, encoding="utf-8")
    profile.write_bytes(b"\xef\xbb\xbf" + writing.written(params.profile_named("湖北")).encode())
    _, text, _ = command("rules", "--profile", "湖北", "--format", "toml")
    given = ("--exemptions", exemptions, "--prior", prior, "--format", "json")
    named, own = (run_of(command("audit", form, "--profile", wish, *given)[1]) for wish in ("湖北", profile))
    assert named["profile"] == hashlib.sha256(text.encode()).hexdigest()
    assert own == named | {"profile": sha256(profile)}
    assert (own["exemptions"], own["prior"]) == (sha256(exemptions), sha256(prior))
    one_file = run_of(command("audit", form, "--prior", prior / "乙局.xlsx", "--format", "json")[1])
    assert one_file["prior"] == sha256(prior / "乙局.xlsx")


def test_batch_records_what_it_is_given(tmp_path: Path, command: Command) -> None:
    """Roster, last year, an earlier review and the day of return are in the record of a run over a folder."""
    folder, prior, roster = (tmp_path / name for name in ("报送", "上年", "名册"))
    for place in (folder, prior, roster):
        place.mkdir()
    filled(folder / "附件1.xlsx", "附件1")
    filled(prior / "附件1.xlsx", "附件1")
    (roster / "单位.csv").write_text("单位编码,单位名称\n001,某市水利局\n", encoding="utf-8")
    first, second = tmp_path / "一", tmp_path / "二"
    command("batch", folder, "--out", first)
    given = ("--roster", roster, "--prior", prior, "--prior-review", first, "--deadline", "2024-07-01")
    command("batch", folder, "--out", second, *given)
    inputs = [{"path": "附件1.xlsx", "sha256": sha256(folder / "附件1.xlsx")}]
    assert written(first) == {"version": VERSION, "time": TIME, "inputs": inputs} | NOT_GIVEN
    assert written(second) == written(first) | {
        "roster": sha256(roster),
        "prior": sha256(prior),
        "prior_review": sha256(first),
        "due": "2024-07-01",
        "refile_by": "2024-07-01",
    }


def test_the_same_record_gives_the_same_bytes(tmp_path: Path, command: Command) -> None:
    """In another place, with more processes, and again over its own results: one record, one findings.json."""
    folder, elsewhere = tmp_path / "报送", tmp_path / "别处" / "送来"
    folder.mkdir()
    filled(folder / "附件1.xlsx", "附件1")
    (folder / "空.xlsx").write_bytes(b"")
    shutil.copytree(folder, elsewhere)
    out, other = tmp_path / "结果" / "一", tmp_path / "结果" / "二"
    command("batch", folder, "--out", out, "--jobs", "1")
    command("batch", elsewhere, "--out", other, "--jobs", "2")
    assert (out / "findings.json").read_bytes() == (other / "findings.json").read_bytes()
    before = hashes(out)
    (out / ".xltool" / "run.json").unlink()
    command("batch", folder, "--out", out, "--jobs", "2")
    assert hashes(out) == before


def test_a_file_that_ends_its_worker_has_its_digest(
    tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was given is recorded, also where no worker could say what is in it; null for what cannot be opened."""
    path, gone = filled(tmp_path / "附件1.xlsx", "附件1"), tmp_path / "链接.xlsx"
    gone.symlink_to(tmp_path / "没有.xlsx")
    monkeypatch.setattr(InlinePool, "deadly", {path.name: Lost.CRASHED})
    _, said, _ = command("audit", tmp_path, "--format", "json")
    assert [file["sha256"] for file in run_of(said)["inputs"]] == [None, sha256(path)]
