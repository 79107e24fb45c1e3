"""A review as the data the page is drawn from: short, each text once, findings as lists of numbers.

A county's review has some ten thousand findings, and most of their texts are the same: every text
stands once in `texts`, and elsewhere its number (-1: none).
"""

from __future__ import annotations

import math
from collections import Counter
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from xltool.findings import Severity
from xltool.outputs.model import FilingRow, Picture, Review, SubmissionOrigin
from xltool.outputs.officer_notes import Handling
from xltool.outputs.page.surroundings import Surroundings, Window
from xltool.outputs.sheets.texts import visible
from xltool.storage import json_stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from xltool.auditing.rounds.comparison import Step
    from xltool.findings import Finding
    from xltool.roster.inbox import Account

Json = dict[str, Any]
SEVERITIES = tuple(Severity)
FORMS = ("附件1", "附件2", "附件3")
COLUMNS = (
    "severity", "filing", "form", "project", "rule", "path", "sheet", "cell", "field",
    "actual", "expected", "message", "advice", "basis", "related", "windows",
    "status", "note",
)  # fmt: skip
"""What the numbers of a finding stand for."""
_NOBODY = SubmissionOrigin("", "")
_UNTOUCHED = Handling()
_NONE = -1


class Texts(dict[str | None, int]):
    """Numbers of texts in the order of first use, each text once, as it is shown; -1 for none."""

    def __init__(self) -> None:
        """Hold no text yet."""
        super().__init__({None: _NONE})

    def __missing__(self, text: str) -> int:
        """The number of a text that was not met yet, or not as it is shown."""
        return self.setdefault(visible(text), len(self) - 1)

    def all(self) -> Iterator[str]:
        """The texts by their numbers."""
        return (text for text in self if text is not None)


class _FindingRun(NamedTuple):
    """Findings that follow each other and are shown together: where they are shown, and where they lie."""

    filing: int
    form: int
    project: str
    path: str
    start: int
    stop: int


class PageData:
    """The data of a page while it is put together."""

    def __init__(self, review: Review, link: Callable[[str], str | None]) -> None:
        """Number the filings; `link` gives the address of a file as seen from the page."""
        self.review, self.link = review, link
        self.texts = Texts()
        self.number = self.texts.__getitem__
        self.around = Surroundings(review.sheets)
        self.namesakes = Counter(filing.department for filing in review.filings if not filing.issued_to)
        self.filings = {filing.id: number for number, filing in enumerate(review.filings)}
        self.sheets: dict[str, int] = {}
        self.rows: dict[str, int] = {}
        """Rows that some window shows, as the bits of a number, by submission."""
        self._filed: dict[int, msgspec.Raw] = {}
        """Filings as JSON: what their pictures show is at hand when their findings are told."""
        self.severities: Counter[Severity] = Counter()
        self._runs = sorted(self._gone_through())

    def members(self) -> Iterator[tuple[str, object]]:
        """Everything, in an order that matters: findings say which rows are shown, and all give texts their numbers."""
        review = self.review
        yield "year", review.year
        yield "columns", list(COLUMNS)
        yield "findings", (row for run in self._runs for row in self._of(run))
        yield "filings", (self._filed.get(at) or self._filing(at) for at in range(len(review.filings)))
        yield (
            "rules",
            [
                [
                    visible(rule.code),
                    visible(rule.title),
                    visible(rule.severity),
                    visible(rule.basis),
                    rule.hits,
                    rule.filings,
                ]
                for rule in review.rules
            ],
        )
        yield (
            "files",
            [
                [visible(file.path), file.status.value, visible(file.reason), self.link(file.path)]
                for file in review.files
            ],
        )
        yield (
            "spots",
            [
                [
                    self.filings.get(check.filing, _NONE),
                    check.points,
                    [visible(reason.text) for reason in check.reasons],
                ]
                for check in review.spot_checks
            ],
        )
        yield (
            "owed",
            [] if review.context.inbox is None else [_account(account) for account in review.context.inbox.accounts],
        )
        yield "steps", None if review.context.steps is None else [self.step(step) for step in review.context.steps]
        yield "sheets", map(self.sheet, self.sheets)
        yield "texts", self.texts.all()

    def _gone_through(self) -> Iterator[_FindingRun]:
        """Findings stand by filing, then by form; those of files that belong to none come last.

        What is sorted are runs of them: a large review has more findings than should be in memory.
        """
        stop = 0
        for _, same in groupby(self.review.findings, key=attrgetter("submission", "path")):
            ones = list(same)
            one, start, stop = ones[0], stop, stop + len(ones)
            self.severities.update(each.severity for each in ones)
            origin = self.review.submissions.get(one.submission or "", _NOBODY)
            filing = self.filings.get(self.review.filing_of(one) or "", len(self.filings))
            form = FORMS.index(origin.form) if origin.form in FORMS else _NONE
            yield _FindingRun(filing, form, origin.project or "", one.path, start, stop)

    def _of(self, run: _FindingRun) -> Iterator[list[Any]]:
        """The findings of a run, with what an officer noted on each."""
        filing = run.filing if run.filing < len(self.filings) else _NONE
        if filing != _NONE and filing not in self._filed:
            self._filed[filing] = self._filing(filing)
        handled, keys = self.review.context.handled, self.review.keys
        found = self.review.findings[run.start : run.stop]
        wanted = keys[run.start : run.stop] if handled and keys else [""] * len(found)
        for one, key in zip(found, wanted, strict=True):
            yield self.finding(one, filing, handled.get(key, _UNTOUCHED))

    def finding(self, finding: Finding, filing: int, noted: Handling) -> list[Any]:
        """One finding, in the order of COLUMNS."""
        number = self.number
        origin = self.review.submissions.get(finding.submission or "", _NOBODY)
        return [
            SEVERITIES.index(finding.severity),
            filing,
            number(origin.form),
            number(origin.project),
            number(finding.rule),
            number(finding.path),
            number(finding.sheet),
            number(finding.cell),
            number(finding.field),
            number(finding.actual),
            number(finding.expected),
            number(finding.message),
            number(finding.advice),
            number(finding.basis),
            [[number(place.path), number(place.sheet), number(place.cell)] for place in finding.related],
            [self.window(window) for window in self.around.windows(finding)],
            number(noted.status),
            number(noted.note),
        ]

    def step(self, step: Step) -> list[Any]:
        """What became of a finding of the last review: whose it is, what, where, then, now, the problem."""
        place = " ".join(filter(None, (step.sheet, step.cell)))
        texts = [step.form, step.project, step.rule, place, step.item, step.before, step.after, step.message]
        owner = self.filings.get(step.filing, _NONE)
        return [owner, visible(step.department), step.became.value, *(visible(text or "") for text in texts)]

    def window(self, window: Window) -> list[Any]:
        """Sheet, rows, first and last column, the cell to mend, the others."""
        self.rows[window.submission] = self.rows.get(window.submission, 0) | sum(1 << row for row in window.rows)
        at = self.sheets.setdefault(window.submission, len(self.sheets))
        return [at, window.rows, window.left, window.right, window.spot, window.also]

    def sheet(self, key: str) -> Json:
        """The cells of the rows that are shown, flattened: top, left, bottom, right, text, filed."""
        shown, bits = self.around.shown(key), self.rows[key]
        rows = [row for row in range(bits.bit_length()) if bits >> row & 1]
        cells: list[int] = []
        for one in shown.cells_of(rows):
            cells += (one.top, one.left, one.bottom, one.right, self.number(one.text), int(one.is_field))
        names = {row: name for row, name in sorted(shown.row_names.items()) if bits >> row & 1}
        return {"name": self._title(key), "path": visible(shown.path), "cells": cells, "rows": names}

    def _filing(self, at: int) -> msgspec.Raw:
        """One filing and its picture."""
        one = self.review.filings[at]
        picture = self.review.pictures.get(one.id)
        told = {
            "name": visible(self.name(one)),
            "forms": [one.forms.get(form, 0) for form in FORMS],
            "files": [[visible(path), self.link(path)] for path in one.files],
            "filed": _finite(one.score_filed),
            "recomputed": _finite(one.score_recomputed),
            "grade": None if one.grade is None else visible(one.grade),
            "rate": _finite(one.execution_rate),
            "counts": [one.errors, one.warnings, one.infos],
            "picture": None if picture is None else _picture(picture),
        }
        return msgspec.Raw(msgspec.json.encode(told))

    def name(self, row: FilingRow) -> str:
        """The department; its id says the year or the folder, too, and stands with it where there are several."""
        if row.issued_to:
            return f"{row.department}（表样下发给：{row.issued_to}）"
        if self.namesakes[row.department] == 1:
            return row.department
        return row.id if row.id.startswith(row.department) else f"{row.department}〔{row.id}〕"

    def _title(self, key: str) -> str:
        """What a form is called over its window."""
        origin = self.review.submissions.get(key, _NOBODY)
        return visible(f"{origin.form}（{origin.project}）" if origin.project else origin.form)


def _account(account: Account) -> list[Any]:
    """What a department owes and has sent: its name, the state, counts, what is missing and what is late."""
    lists = ("、".join(account.missing) if account.received else "全部", "、".join(account.late))
    return [visible(account.department), account.status, len(account.owed), len(account.received), *map(visible, lists)]


def page_data(review: Review, link: Callable[[str], str | None]) -> Json:
    """The data of the page of a review."""
    json: Json = msgspec.json.decode(
        b"".join(json_stream.of_object(PageData(review, link).members(), msgspec.json.encode))
    )
    return json


def _picture(picture: Picture) -> Json:
    return {
        "form": picture.form,
        "funds": [*map(_finite, (picture.initial, picture.budget, picture.executed))],
        "kinds": [_finite(picture.basic), _finite(picture.project)],
        "projects": [[visible(name), _finite(amount)] for name, amount in picture.projects],
        "bars": [[visible(bar.name), *map(_finite, (bar.weight, bar.filed, bar.recomputed))] for bar in picture.bars],
    }


def _finite(value: float | None) -> float | None:
    """A number as JSON can hold it."""
    return value if value is None or math.isfinite(value) else None
