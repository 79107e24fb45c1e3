"""Reviews for tests of the page: that of the samples, one of hostile texts, and a large one."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from tests.outputs.small_review import hostile_finding
from xltool.auditing.audit import audit
from xltool.auditing.rounds.outcomes import Outcome, Step
from xltool.batches.grouping import as_filings
from xltool.findings import Finding, Severity
from xltool.outputs.model import (
    FileRow,
    FileStatus,
    FilingRow,
    FormSheet,
    Picture,
    Review,
    ReviewContext,
    RuleRow,
    ScoreBar,
    SubmissionOrigin,
)
from xltool.outputs.review import review_of
from xltool.outputs.workbook import write_review
from xltool.reader.reading import read_file

if TYPE_CHECKING:
    from xltool.auditing.result import Audit

SAMPLES: Final = Path(__file__).parents[2] / "samples"
MADE_AT: Final = datetime(2024, 4, 2, 9, 30, tzinfo=UTC)
HOSTILE: Final = (
    "</script><script>window.hacked = 1</script>",
    '<img src=x onerror="window.hacked = 1">',
    '" onmouseover="window.hacked = 1',
    "<!--<script>",
    "javascript:window.hacked=1",
    "${window.hacked = 1}",
    "&lt;b&gt;",
    "右\u202e左\x00\ud800",
    "长" * 5_000,
)


@cache
def samples_audit() -> Audit:
    """The audit of the samples."""
    return audited(sorted(SAMPLES.rglob("*.xlsx")), SAMPLES)


@cache
def samples_review() -> Review:
    """The review of the samples."""
    return review_of(samples_audit(), root=SAMPLES, made_at=MADE_AT)


def audited(paths: list[Path], root: Path) -> Audit:
    """Audit files below a folder."""
    records = [read_file(path, path.relative_to(root).as_posix()) for path in paths]
    as_filings(records)
    return audit(records)


def step(became: Outcome, filing: str = "甲局", department: str = "甲局") -> Step:
    """A finding of the last review, and its outcome."""
    return Step(
        became,
        filing,
        department,
        form="附件1",
        project="",
        path="甲.xlsx",
        sheet="附件1",
        cell="F5",
        item="控制率",
        before="125.00%",
        after="100.00%",
        rule="A1-05",
        message="超过 100%。",
    )


def hostile_review() -> Review:
    """A review whose every text is hostile."""
    findings = tuple(hostile_finding(text) for text in HOSTILE)
    steps = tuple(Step(Outcome.NEW, *[text] * 12) for text in HOSTILE)
    bars = tuple(ScoreBar(text, 10, 9, 8) for text in HOSTILE)
    picture = Picture(
        "附件2",
        initial=1,
        budget=2,
        executed=3,
        basic=1,
        project=2,
        projects=tuple((text, 1.0) for text in HOSTILE),
        bars=bars,
    )
    return Review(
        title=HOSTILE[0],
        made_at=MADE_AT,
        filings=tuple(
            FilingRow(
                text,
                text,
                2023,
                {"附件2": 1},
                (text,),
                score_filed=90,
                score_recomputed=80,
                grade=text,
                execution_rate=0.9,
            )
            for text in HOSTILE
        ),
        files=tuple(FileRow(text, FileStatus.REFUSED, text) for text in HOSTILE),
        findings=findings,
        submissions={text: SubmissionOrigin(text, text, text, text) for text in HOSTILE},
        rules=tuple(RuleRow(text, text, text, text, 1, 1) for text in HOSTILE),
        root=Path("/data/报送"),
        pictures=dict.fromkeys(HOSTILE, picture),
        sheets={text: FormSheet(text, text, b"") for text in HOSTILE},
        context=ReviewContext(steps=steps),
    )


def workbook_bytes(review: Review, folder: Path) -> bytes:
    """The workbook of a review, with links relative to `folder`."""
    with TemporaryDirectory() as place:
        write_review(Path(place, "review.xlsx"), review, scratch=Path(place), folder=folder)
        return Path(place, "review.xlsx").read_bytes()


def large_review(filings: int = 500, each: int = 40) -> Review:
    """A review as large as that of a county."""
    rules = [f"A1-{number:02d}" for number in range(40)]
    findings = tuple(
        Finding(
            rules[number],
            tuple(Severity)[number % 3],
            f"单位{at}/附件1.xlsx",
            message=f"单位{at}的第{number}项经费本年决算数 {at * number}.00万元，超过预算数 {at}.00万元。",
            advice="核对预算数是否漏填；在总额内调剂使用的，说明即可。",
            basis="审核惯例",
            submission=f"s{at}",
            sheet="附件1",
            cell=f"F{number + 1}",
            field=f"第{number}项_本年决算数",
        )
        for at in range(filings)
        for number in range(each)
    )
    return Review(
        "2023年度绩效自评审核",
        MADE_AT,
        2023,
        filings=tuple(
            FilingRow(f"f{at}", f"单位{at}", 2023, {"附件1": 1}, (f"单位{at}/附件1.xlsx",)) for at in range(filings)
        ),
        files=tuple(FileRow(f"单位{at}/附件1.xlsx", FileStatus.READ) for at in range(filings)),
        findings=findings,
        submissions={f"s{at}": SubmissionOrigin(f"单位{at}", "附件1", None, f"f{at}") for at in range(filings)},
        rules=tuple(RuleRow(code, f"规则{code}", "错误", "审核惯例", filings, filings) for code in rules),
    )
