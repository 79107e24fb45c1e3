"""What a review says, as plain data: the same for the workbook, the page and their tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from xltool.auditing.plausibility.ranking import Ranked
    from xltool.auditing.rounds.comparison import Step
    from xltool.findings import Finding
    from xltool.outputs.officer_notes import Handling
    from xltool.roster.inbox import Inbox

    Plain = str | float | date | None
    """What a cell of a table holds; truth is a number to Python, and is told apart."""


class FileStatus(StrEnum):
    """What became of a file."""

    READ = "read"
    SKIPPED = "skipped"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """The word users read."""
        return {"read": "已读取", "skipped": "已跳过", "refused": "已拒绝"}[self.value]


@dataclass(frozen=True)
class SubmissionOrigin:
    """Whose a submission is; `filing` is the id of its row in the overview."""

    department: str
    form: str
    project: str | None = None
    filing: str | None = None


@dataclass(frozen=True)
class FilingRow:
    """One department's filing; `forms` counts its submissions by form, `files` are relative to the root."""

    id: str
    department: str
    year: int | None = None
    forms: Mapping[str, int] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    score_filed: float | None = None
    score_recomputed: float | None = None
    grade: str | None = None
    execution_rate: float | None = None
    control_rate: float | None = None
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    issued_to: str = ""
    """The department the templates were issued to, where it is another than the one that filed."""
    three_public: tuple[float | None, float | None, float | None] = (None, None, None)
    """三公经费: 上年决算数, 本年预算数, 本年决算数."""


@dataclass(frozen=True)
class ScoreBar:
    """Points of budget execution or of a 一级指标: weight, as filed, as recomputed; None where blank."""

    name: str
    weight: float | None = None
    filed: float | None = None
    recomputed: float | None = None


@dataclass(frozen=True)
class Picture:
    """What is drawn of a filing: its funds in 万元, None where blank, and its points.

    `basic` and `project` are 支出_基本支出 and 支出_项目支出, `projects` the name and 全年执行数 of each 附件3.
    """

    form: str
    initial: float | None = None
    budget: float | None = None
    executed: float | None = None
    basic: float | None = None
    project: float | None = None
    projects: tuple[tuple[str, float | None], ...] = ()
    bars: tuple[ScoreBar, ...] = ()


class SheetFace(Protocol):
    """What the sheet of a submission shows, as `FormSheet`; it may be read when it is asked for."""

    @property
    def path(self) -> str:
        """The file."""
        ...

    @property
    def name(self) -> str:
        """The sheet's name."""
        ...

    @property
    def surroundings(self) -> bytes:
        """Its cells, packed by the reader."""
        ...

    @property
    def places(self) -> Mapping[str, tuple[str, str]]:
        """Of a document, where its reader finds a cell."""
        ...


@dataclass(frozen=True)
class FormSheet:
    """What the sheet of a submission shows, packed by the reader; `name` is the sheet's.

    `places` tells, of a document, where its reader finds a cell of the sheet it was laid out on.
    """

    path: str
    name: str
    surroundings: bytes
    places: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class FileRow:
    """One file looked at; the reason says why it was skipped or refused."""

    path: str
    status: FileStatus
    reason: str = ""


@dataclass(frozen=True)
class RuleRow:
    """How often a rule was hit, and on how many filings; `severity` is the word users read."""

    code: str
    title: str
    severity: str
    basis: str
    hits: int = 0
    filings: int = 0


@dataclass(frozen=True)
class ReviewContext:
    """What is told besides an audit.

    `handled` is what an officer filled in beside findings, by key (keys without a finding are of findings that are
    gone); `steps` what became of an earlier review's findings, `inbox` what came in against the roster, both None where
    there was nothing to compare with; `deadline` the day by which letters ask departments to file again.
    """

    handled: Mapping[str, Handling] = field(default_factory=dict)
    steps: Sequence[Step] | None = None
    deadline: date | None = None
    inbox: Inbox | None = None
    spot_checks: Sequence[Ranked] | None = None
    """The filings to read first, where that is known already."""


@dataclass(frozen=True)
class Tables:
    """Sheets of data: `heads` are the columns of each by its name, `rows` the rows of all with their sheets' names.

    Rows are made as they are gone through, and anew each time; those of a sheet need not follow each other.
    """

    heads: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rows: Iterable[tuple[str, Sequence[Plain]]] = ()


@dataclass(frozen=True)
class Review:
    """A whole review; findings and filings stand in the order they are shown in.

    `submissions` maps the ids findings carry, `tables` are the sheets of data; `root` is the
    folder all paths are relative to (None: no links). `made_at` is the only time in an output.
    `pictures` go by the id of the filing, `sheets` by that of the submission.
    """

    title: str
    made_at: datetime
    year: int | None = None
    filings: tuple[FilingRow, ...] = ()
    files: tuple[FileRow, ...] = ()
    findings: Sequence[Finding] = ()
    submissions: Mapping[str, SubmissionOrigin] = field(default_factory=dict)
    tables: Tables = field(default_factory=Tables)
    rules: tuple[RuleRow, ...] = ()
    root: Path | None = None
    keys: Sequence[str] = ()
    """A key a finding, by which its handling is found again in the next review."""
    context: ReviewContext = field(default_factory=ReviewContext)
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    sheets: Mapping[str, SheetFace] = field(default_factory=dict)
    outside: frozenset[str] = frozenset()
    """Paths of findings that do not lie below the root, such as the list of exemptions."""
    profiles: Mapping[str, int] = field(default_factory=dict)
    """Scoring profiles other than the default, and how many filings were judged by each."""
    spot_checks: tuple[Ranked, ...] = ()
    """The filings to read first, in that order."""

    @cached_property
    def _owners(self) -> dict[str, str]:
        return {path: filing.id for filing in self.filings for path in filing.files}

    def filing_of(self, finding: Finding) -> str | None:
        """Id of the filing a finding belongs to: its submission's, for one of a whole file that of the file."""
        origin = self.submissions.get(finding.submission or "")
        return origin.filing if origin and origin.filing else self._owners.get(finding.path)
