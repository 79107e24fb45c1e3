"""The desk: issue forms by a roster, receive envelopes, check the inbox in two rounds."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import xltool
from benchmarks.desk.county import YEAR, Office, offices, write_last_year, write_roster
from benchmarks.desk.typing_in import fill_in
from xltool.batches import reading, runs
from xltool.batches.grouping import as_filings
from xltool.issuing.plan import plan_roster
from xltool.issuing.prefill import FormFile, fill_forms
from xltool.reader.files.sources import discover
from xltool.roster import load
from xltool.template.order import Order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.corpus.filing import Filing
    from benchmarks.desk.typing_in import FormTyper
    from tools.samples.sample import Paper

ROWS: Final = 5
"""Indicator rows each 二级指标 is issued with."""
FIRST_DEADLINE, SECOND_DEADLINE = date(YEAR + 1, 6, 30), date(YEAR + 1, 7, 31)
_SAVED: Final = (datetime(YEAR + 1, 6, 20, 9, tzinfo=UTC), datetime(YEAR + 1, 7, 20, 9, tzinfo=UTC))


@dataclass
class Desk:
    """The folder of one year at the desk."""

    base: Path
    count: int
    filed: dict[str, Filing] = field(default_factory=dict)
    """What each department filed last, by code."""

    def __post_init__(self) -> None:
        """The departments."""
        self.offices = offices(self.count)
        self.roster, self.last_year = self.base / "名册.xlsx", self.base / "上年报送"
        self.issued = self.base / "下发"
        self.inboxes = (self.base / "报送", self.base / "报送（第二次）")
        self.results = (self.base / "审核结果", self.base / "审核结果（第二次）")

    def prepare(self) -> None:
        """The roster and last year's filings."""
        self.base.mkdir(parents=True, exist_ok=True)
        write_roster(self.offices, self.roster)
        write_last_year(self.offices, self.last_year)

    def issue(self) -> list[Path]:
        """Issue this year's forms, as the command does."""
        return xltool.generate(year=YEAR, out=self.issued, roster=self.roster, prior=self.last_year, indicators=ROWS)

    @cached_property
    def issued_forms(self) -> dict[str, list[FormFile]]:
        """The forms issued to each department, by code, in the order of its papers."""
        records = reading.read_sources(discover([self.last_year]))
        as_filings(records)
        plan = plan_roster(Order(YEAR, indicators=ROWS), load(self.roster), records)
        return {task.department.code: fill_forms(task)[0] for task in plan.tasks}

    def envelope(self, office: Office, round_: int) -> Envelope:
        """The envelope of a department in a round (0 or 1)."""
        return Envelope(self, office, round_)

    def second_inbox(self) -> None:
        """Copy the first inbox; what departments send again is added to the copy."""
        shutil.copytree(*self.inboxes)

    def check(self, round_: int) -> runs.RunResult:
        """Run a batch over an inbox, as the command does."""
        return xltool.batch(
            self.inboxes[round_],
            out=self.results[round_],
            roster=self.roster,
            deadline=(FIRST_DEADLINE, SECOND_DEADLINE)[round_],
            prior_review=self.results[0] if round_ else None,
        )


@dataclass
class Envelope:
    """What one department sends in one round."""

    desk: Desk
    office: Office
    round_: int

    @property
    def issued_forms(self) -> list[FormFile]:
        """The forms issued to the department."""
        return self.desk.issued_forms[self.office.code]

    @property
    def folder(self) -> Path:
        """Its folder in the inbox."""
        return self.desk.inboxes[self.round_] / Path(self.issued_forms[0].path).parent

    @property
    def returned(self) -> Path:
        """Its folder among the files returned after the first round."""
        return self.desk.results[0] / "returned" / self.folder.name

    def at(self, form: str, number: int = 0) -> int:
        """The index of a form among the papers; `number` chooses among several 附件3."""
        return [at for at, paper in enumerate(self.office.filing.papers) if paper.form == form][number]

    def path(self, form: str, number: int = 0) -> Path:
        """The path of a form."""
        return self.folder / Path(self.issued_forms[self.at(form, number)].path).name

    def typed(self, paper: Paper, into: Path | None = None) -> FormTyper:
        """Type a paper into the file that was issued for it, or into another copy of that file."""
        (issued_form,) = (form for form in self.issued_forms if self._is_of(form, paper))
        hand = fill_in(into or self.desk.issued / issued_form.path, issued_form, paper, self.desk.base)
        return hand.saved_at(self.saved)

    @property
    def saved(self) -> datetime:
        """When the program of the department saves its files."""
        return _SAVED[self.round_]

    def send(self, filing: Filing) -> None:
        """Write every form of a filing into the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for issued_form, paper in zip(self.issued_forms, filing.papers, strict=True):
            self.typed(paper).save(self.folder / Path(issued_form.path).name)

    def papers(self, filing: Filing) -> Iterator[tuple[str, Paper]]:
        """The papers of a filing with the names of their files."""
        for issued_form, paper in zip(self.issued_forms, filing.papers, strict=True):
            yield Path(issued_form.path).name, paper

    @staticmethod
    def _is_of(issued_form: FormFile, paper: Paper) -> bool:
        (sheet,) = issued_form.sheets
        return (sheet.form.key, sheet.project) == (paper.form, paper.project)
