"""The review as plain data, from which the workbook, the page and the letters are written."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol, Self

from xltool.auditing.explanations import NO_EXPLANATIONS, Explanations
from xltool.findings import Severity
from xltool.roster.model import NO_BUREAU, Bureau

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from xltool.auditing.coverage.model import FilingCoverage
    from xltool.auditing.plausibility.ranking import Ranked
    from xltool.auditing.rounds.outcomes import Step
    from xltool.findings import Finding
    from xltool.outputs.officer_notes import Decision, OfficerNote
    from xltool.roster.inbox import Inbox

    Plain = str | float | date | None
    """The value of a cell in a table; True and False are numbers to Python and have to be checked first."""


OUTSIDE: Final = "名册以外"
"""The status of a filing of a department that the roster does not have."""


class FileStatus(StrEnum):
    """What happened to a file."""

    READ = "read"
    SKIPPED = "skipped"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """The word that users read."""
        return {"read": "已读取", "skipped": "已跳过", "refused": "已拒绝"}[self.value]


@dataclass(frozen=True)
class SubmissionOrigin:
    """The department, form and project of a submission; `filing` is the id of its row in the overview."""

    department: str
    form: str
    project: str | None = None
    filing: str | None = None


@dataclass(frozen=True)
class ProjectScore:
    """The total score of a project's form, as filed and as recomputed."""

    project: str
    filed: float | None
    recomputed: float | None

    @property
    def difference(self) -> float | None:
        """Recomputed minus filed."""
        return difference(self.filed, self.recomputed)


def difference(filed: float | None, recomputed: float | None) -> float | None:
    """How far a score is from the recomputed one; None where either is blank."""
    return None if filed is None or recomputed is None else round(recomputed - filed, 6)


@dataclass(frozen=True)
class FilingRow:
    """The filing of a department; `forms` counts its submissions by form, `files` are relative to the root.

    `files` has those that could not be read, too. A department of the roster has a row even if it filed nothing
    (`filed`). The score is that of the department's own form, None without it.
    """

    id: str
    department: str
    year: int | None = None
    forms: Mapping[str, int] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    _: KW_ONLY
    score_filed: float | None = None
    score_recomputed: float | None = None
    grade: str | None = None
    execution_rate: float | None = None
    control_rate: float | None = None
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    undecided: int | None = None
    """Rules that could not be decided; None where nothing was checked."""
    issued_to: str = ""
    """The department that the templates were issued to, if another department filed them."""
    three_public: tuple[float | None, float | None, float | None] = (None, None, None)
    """三公经费: 上年决算数, 本年预算数, 本年决算数."""
    grade_filed: str | None = None
    """The grade of the department's own score."""
    budget: float | None = None
    executed: float | None = None
    """全年预算数 and 全年执行数 of the department, in 万元."""
    projects: tuple[ProjectScore, ...] = ()
    status: str = ""
    """With a roster: 已报齐, 部分报送, 收到、未能审核, 未报, or that the roster does not have the department."""
    missing: tuple[str, ...] = ()
    """The forms that are owed; without a roster 附件1 and 附件2, where they are not there."""
    filed: bool = True
    """Whether anything came in that could be read."""

    @property
    def difference(self) -> float | None:
        """Recomputed minus filed score of the department."""
        return difference(self.score_filed, self.score_recomputed)

    @property
    def largest_of_projects(self) -> ProjectScore | None:
        """The project whose score differs most from the recomputed one; None where no project has both."""
        return max(
            (project for project in self.projects if project.difference is not None),
            key=lambda project: abs(project.difference or 0),
            default=None,
        )


@dataclass(frozen=True)
class ScoreBar:
    """Points of budget execution or of a 一级指标: weight, filed, recomputed; None where blank."""

    name: str
    weight: float | None = None
    filed: float | None = None
    recomputed: float | None = None


@dataclass(frozen=True)
class Picture:
    """The data of a filing's picture: its funds in 万元, None where blank, and its points.

    `basic` and `project` are 支出_基本支出 and 支出_项目支出, `projects` the name and 全年执行数 of each 附件3.
    """

    form: str
    _: KW_ONLY
    initial: float | None = None
    budget: float | None = None
    executed: float | None = None
    basic: float | None = None
    project: float | None = None
    projects: tuple[tuple[str, float | None], ...] = ()
    bars: tuple[ScoreBar, ...] = ()


class SheetFace(Protocol):
    """The sheet of a submission, as `FormSheet`; it may be read when it is asked for."""

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
        """Its visible cells, packed by the reader."""
        ...

    @property
    def places(self) -> Mapping[str, tuple[str, str]]:
        """Where a reader of a document finds each cell."""
        ...


@dataclass(frozen=True)
class FormSheet:
    """The visible cells of a submission's sheet, packed by the reader; `name` is the name of the sheet.

    `places` is for documents, whose reader lays them out on a sheet: where a person finds each cell in the document.
    """

    path: str
    name: str
    surroundings: bytes
    places: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class FileRow:
    """A file of the run; the reason says why it was skipped or refused."""

    path: str
    status: FileStatus
    reason: str = ""


@dataclass(frozen=True)
class RuleRow:
    """How often a rule hit, and in how many filings; `severity` is the word that users read."""

    code: str
    title: str
    severity: str
    basis: str
    hits: int = 0
    filings: int = 0


@dataclass(frozen=True, slots=True)
class FindingStates:
    """What became of findings: keys of those that the officer has settled, and what departments explained, by key.

    `spare` are files that nobody could read and nobody misses.
    """

    settled: frozenset[str] = frozenset()
    explained: Mapping[str, str] = field(default_factory=dict)
    spare: frozenset[str] = frozenset()

    def ask(self, key: str, finding: Finding) -> bool:
        """Whether a finding, given with its key, asks its department for something, in letters and returned copies.

        A hint does not, nor what the officer has settled, nor a file that nobody could read and nobody misses.
        """
        return finding.severity is not Severity.INFO and key not in self.settled and finding.path not in self.spare

    def restricted(self, keys: Callable[[], Iterable[str]], paths: Iterable[str]) -> Self:
        """The states of some findings, by their keys and the paths of their files, to be sent to another process."""
        some = frozenset(keys()) if self.settled or self.explained else frozenset[str]()
        explained = {key: self.explained[key] for key in some if key in self.explained}
        return type(self)(self.settled & some, explained, self.spare.intersection(paths))


@dataclass(frozen=True)
class ReviewContext:
    """What a review says besides the findings of its audit.

    `handled` are the notes of the officer by the keys of their findings, also of findings that are gone; `decisions`
    has them with who and when, `settled` the keys of findings that need no correction any more. `explained` is what
    departments wrote on findings. `steps` are the outcomes of an earlier review's findings, `inbox` is what came in
    compared with the roster; both are None where there is nothing to compare with. `refile_by` is the day by which
    letters ask departments to file again, `bureau` is who signs them. `run` is the digest of the record of the run.
    """

    handled: Mapping[str, OfficerNote] = field(default_factory=dict)
    steps: Sequence[Step] | None = None
    refile_by: date | None = None
    bureau: Bureau = NO_BUREAU
    inbox: Inbox | None = None
    spot_checks: Sequence[Ranked] | None = None
    """The filings to read first; None: to be ranked."""
    explained: Explanations = NO_EXPLANATIONS
    decisions: Sequence[Decision] = ()
    settled: frozenset[str] = frozenset()
    run: str = ""

    @cached_property
    def states(self) -> FindingStates:
        """What became of findings."""
        spare = frozenset[str]() if self.inbox is None else self.inbox.spare
        return FindingStates(self.settled, self.explained.by_key, spare)


class Recomputed(float):
    """A number that the program computed because the file's own formula was never calculated."""


@dataclass(frozen=True)
class DataTable:
    """A table in memory: its columns, and a mapping for each row, in which what is blank may be missing."""

    keys: tuple[str, ...]
    rows: Sequence[Mapping[str, Plain]]

    def column(self, key: str) -> list[Plain]:
        """The values of a column, None where blank."""
        return [row.get(key) for row in self.rows]

    def values(self) -> Iterator[tuple[Plain, ...]]:
        """The rows as tuples in the order of the columns, None where blank."""
        for row in self.rows:
            yield tuple(map(row.get, self.keys))


@dataclass(frozen=True)
class Tables:
    """Sheets of data: `heads` has the columns of each by its name, `rows` the rows of all sheets with their names.

    Rows are read each time they are gone through; the rows of a sheet need not follow each other.
    """

    heads: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rows: Iterable[tuple[str, Sequence[Plain]]] = ()


@dataclass(frozen=True)
class Review:
    """A whole review; findings and filings are in the order in which they are shown.

    `submissions` goes by the ids that findings carry, `pictures` by the id of the filing, `sheets` by the id of the
    submission. Paths are relative to `root` (None: no links). `made_at` is the only time in an output.
    """

    title: str
    made_at: datetime
    year: int | None = None
    _: KW_ONLY
    filings: tuple[FilingRow, ...] = ()
    files: tuple[FileRow, ...] = ()
    findings: Sequence[Finding] = ()
    submissions: Mapping[str, SubmissionOrigin] = field(default_factory=dict)
    tables: Tables = field(default_factory=Tables)
    rules: tuple[RuleRow, ...] = ()
    root: Path | None = None
    keys: Sequence[str] = ()
    """A key for each finding, by which the next review finds the officer's notes again."""
    context: ReviewContext = field(default_factory=ReviewContext)
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    sheets: Mapping[str, SheetFace] = field(default_factory=dict)
    outside: frozenset[str] = frozenset()
    """Paths in findings that are not below the root, such as the list of exemptions."""
    profiles: Mapping[str, int] = field(default_factory=dict)
    """Scoring profiles other than the default, with the number of filings that each one scored."""
    spot_checks: tuple[Ranked, ...] = ()
    """The filings to read first, in that order."""
    coverage: Mapping[str, FilingCoverage] = field(default_factory=dict)
    """What became of every rule, by the id of the filing."""

    @cached_property
    def _owners(self) -> dict[str, str]:
        return {path: filing.id for filing in self.filings for path in filing.files}

    def owner(self, path: str) -> str | None:
        """The id of the filing that a file belongs to."""
        return self._owners.get(path)

    def filing_of(self, finding: Finding) -> str | None:
        """The id of a finding's filing: that of its submission, or of its file if it is about the whole file."""
        origin = self.submissions.get(finding.submission or "")
        return origin.filing if origin and origin.filing else self._owners.get(finding.path)

    def filing_of_step(self, step: Step) -> str:
        """The id of the filing of an earlier finding: that of its form, or of its file; "" where it is nobody's."""
        return step.filing or self._owners.get(step.path, "")
