"""The data of the page: a review with each text once, and findings as lists of numbers.

The review of a county has some ten thousand findings, most of them with the same texts. So every text stands once in
`texts`, and its number everywhere else (-1 for no text).
"""

from __future__ import annotations

import math
from collections import Counter
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

import msgspec

from xltool.auditing.coverage.model import ASKED, CoverageCounts
from xltool.findings import Severity
from xltool.outputs.coverage import codes_by_reason
from xltool.outputs.officer_notes import OfficerNote
from xltool.outputs.page.brief import brief_json
from xltool.outputs.page.part_numbers import parts_json
from xltool.outputs.page.surroundings import Surroundings, Window
from xltool.outputs.reviewing.finding_order import FORMS, NO_ORIGIN, FindingOrder
from xltool.outputs.reviewing.priorities import Priority, priority_of
from xltool.outputs.sheets.texts import visible
from xltool.storage import json_stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from xltool.auditing.rounds.outcomes import Step
    from xltool.findings import Finding
    from xltool.outputs.model import FilingRow, Picture, Review
    from xltool.outputs.reviewing.finding_order import FindingRun
    from xltool.roster.inbox import Account


class Detail(Enum):
    """How much of a review a page shows, the most first."""

    ALL = auto()
    NO_WINDOWS = auto()
    """Findings without what stands around their cells on the form."""
    ACTED_ON = auto()
    """Findings that a desk acts on."""
    FIGURES = auto()
    """No findings."""


Json = dict[str, Any]
SEVERITIES = tuple(Severity)
COLUMNS = (
    "severity", "filing", "form", "project", "rule", "path", "sheet", "cell", "field",
    "actual", "expected", "message", "advice", "basis", "related", "windows",
    "status", "note", "explained", "key",
)  # fmt: skip
"""The meaning of the members of a finding, in their order: numbers, and last its key."""
_NOT_HANDLED = OfficerNote()
_NONE = -1


class Texts(dict[str | None, int]):
    """The numbers of texts, in the order of first use, by text; -1 for None. Texts are stored as they are shown."""

    def __init__(self) -> None:
        """Start without texts."""
        super().__init__({None: _NONE})

    def __missing__(self, text: str) -> int:
        """The number of a text that is new, or that is shown differently and may have a number in that form."""
        return self.setdefault(visible(text), len(self) - 1)

    def all(self) -> Iterator[str]:
        """The texts in the order of their numbers."""
        return (text for text in self if text is not None)


class PageData:
    """The data of a page; it numbers texts, filings and sheets while the members are read in order."""

    def __init__(
        self,
        review: Review,
        link: Callable[[str], str | None],
        detail: Detail = Detail.ALL,
        *,
        order: FindingOrder | None = None,
    ) -> None:
        """Number the filings and sort the findings, unless `order` has them; `link` gives the address of a file."""
        self.review, self.link, self.detail = review, link, detail
        self.texts = Texts()
        self.number = self.texts.__getitem__
        self.surroundings = Surroundings(review.sheets)
        self.namesakes = Counter(filing.department for filing in review.filings if not filing.issued_to)
        self.filings = {filing.id: number for number, filing in enumerate(review.filings)}
        self.sheets: dict[str, int] = {}
        self.rows: dict[str, int] = {}
        """The rows that windows show, as the bits of a number, by submission."""
        self._filing_json: dict[int, msgspec.Raw] = {}
        """Filings as JSON by number, encoded with their findings, since their pictures are at hand then."""
        self.reasons: dict[tuple[tuple[str, str], ...], int] = {}
        """The numbers of what was undecided and why; filings that lack the same share them."""
        self.order = order or FindingOrder.of(review)

    def members(self) -> Iterator[tuple[str, object]]:
        """All members of the data, in this order: findings tell which rows are shown, and texts come last."""
        review = self.review
        yield "year", review.year
        yield "columns", list(COLUMNS)
        yield "brief", brief_json(review, self.order)
        yield "findings", (row for run in self.order.runs for row in self._findings_of(run))
        yield "filings", (self._filing_json.get(at) or self._filing(at) for at in range(len(review.filings)))
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
        yield "undecided", list(self.reasons)
        if self.detail is not Detail.ALL:
            yield from parts_json(review, self.order)
        yield "sheets", map(self.sheet, self.sheets)
        yield "texts", self.texts.all()

    def part(self, runs: Iterable[FindingRun]) -> Iterator[tuple[str, object]]:
        """The members of a part: some findings with all that they show, with texts and sheets numbered anew."""
        yield "findings", (row for run in runs for row in self._rows_of(run))
        yield "sheets", map(self.sheet, self.sheets)
        yield "texts", self.texts.all()

    def _findings_of(self, run: FindingRun) -> Iterator[list[Any]]:
        """The findings of a run; the filing is encoded before them."""
        if run.filing < len(self.filings) and run.filing not in self._filing_json:
            self._filing_json[run.filing] = self._filing(run.filing)
        return self._rows_of(run)

    def _rows_of(self, run: FindingRun) -> Iterator[list[Any]]:
        """The findings of a run, each with the notes of the officer."""
        filing = run.filing if run.filing < len(self.filings) else _NONE
        handled, explained = self.review.context.handled, self.review.context.explained.by_key
        findings, keys = self.review.findings[run.start : run.stop], self.review.keys
        own_keys = keys[run.start : run.stop] if keys else [""] * len(findings)
        for finding, key in zip(findings, own_keys, strict=True):
            if not self._is_shown(finding):
                continue
            row = self.finding(finding, filing, handled.get(key, _NOT_HANDLED))
            yield [*row, self.number(explained.get(key)), key]

    def _is_shown(self, finding: Finding) -> bool:
        if self.detail in {Detail.ALL, Detail.NO_WINDOWS}:
            return True
        return self.detail is Detail.ACTED_ON and priority_of(finding) is not Priority.MINOR

    def finding(self, finding: Finding, filing: int, noted: OfficerNote) -> list[Any]:
        """A finding, in the order of COLUMNS, but for what the department wrote on it, and its key."""
        number = self.number
        origin = self.review.submissions.get(finding.submission or "", NO_ORIGIN)
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
            [self.window(window) for window in self.surroundings.windows(finding)] if self.detail is Detail.ALL else [],
            number(noted.status),
            number(noted.note),
        ]

    def step(self, step: Step) -> list[Any]:
        """What became of a finding of the last review: whose it is, what, where, then, now, the problem."""
        place = " ".join(filter(None, (step.sheet, step.cell)))
        texts = [step.form, step.project, step.rule, place, step.item, step.before, step.after, step.message]
        texts.append(step.explanation)
        owner = self.filings.get(self.review.filing_of_step(step), _NONE)
        department = step.department or (self.review.filings[owner].department if owner != _NONE else "")
        return [owner, visible(department), step.became.value, *(visible(text or "") for text in texts)]

    def window(self, window: Window) -> list[Any]:
        """A window: its sheet, rows, first and last column, the cell to correct, the related cells."""
        self.rows[window.submission] = self.rows.get(window.submission, 0) | sum(1 << row for row in window.rows)
        at = self.sheets.setdefault(window.submission, len(self.sheets))
        return [at, window.rows, window.left, window.right, window.marked, window.related]

    def sheet(self, key: str) -> Json:
        """A sheet with the cells of the shown rows, each as six numbers: top, left, bottom, right, text, is a field."""
        shown, bits = self.surroundings.shown(key), self.rows[key]
        rows = [row for row in range(bits.bit_length()) if bits >> row & 1]
        cells: list[int] = []
        for cell in shown.cells_of(rows):
            cells += (cell.top, cell.left, cell.bottom, cell.right, self.number(cell.text), int(cell.is_field))
        names = {row: name for row, name in sorted(shown.row_names.items()) if bits >> row & 1}
        return {"name": self._title(key), "path": visible(shown.path), "cells": cells, "rows": names}

    def _filing(self, at: int) -> msgspec.Raw:
        """A filing with its picture, as JSON."""
        filing = self.review.filings[at]
        picture, project = self.review.pictures.get(filing.id), filing.largest_of_projects
        row = {
            "name": visible(self.name(filing)),
            "forms": [filing.forms.get(form, 0) for form in FORMS],
            "files": [[visible(path), self.link(path)] for path in filing.files],
            "filed": _finite(filing.score_filed),
            "recomputed": _finite(filing.score_recomputed),
            "status": visible(filing.status),
            "project": None if project is None else [visible(project.project), _finite(project.difference)],
            "grade": None if filing.grade is None else visible(filing.grade),
            "rate": _finite(filing.execution_rate),
            "counts": [filing.errors, filing.warnings, filing.infos],
            "states": self._states(filing),
            "picture": None if picture is None else _picture(picture),
        }
        return msgspec.Raw(msgspec.json.encode(row))

    def _states(self, filing: FilingRow) -> list[int] | None:
        """Numbers of rules asked, kept, violated and undecided, and that of the reasons; None if not checked."""
        coverage = self.review.coverage.get(filing.id)
        if coverage is None:
            return None
        counts = CoverageCounts.of([coverage])
        reasons = tuple((visible(reason), "、".join(codes)) for reason, codes in codes_by_reason(coverage))
        return [
            counts.asked,
            *map(counts.states.__getitem__, ASKED),
            self.reasons.setdefault(reasons, len(self.reasons)),
        ]

    def name(self, row: FilingRow) -> str:
        """The name of a filing: its department, with its id where several filings are of departments of one name."""
        if row.issued_to:
            return f"{row.department}（表样下发给：{row.issued_to}）"
        if self.namesakes[row.department] == 1:
            return row.department
        return row.id if row.id.startswith(row.department) else f"{row.department}〔{row.id}〕"

    def _title(self, key: str) -> str:
        """The title of a form above its window."""
        origin = self.review.submissions.get(key, NO_ORIGIN)
        return visible(f"{origin.form}（{origin.project}）" if origin.project else origin.form)


def _account(account: Account) -> list[Any]:
    """The account of a department: its name, its state, owed and received counts, missing and late forms."""
    lists = ("、".join(account.missing) if account.received else "全部", "、".join(account.late))
    return [visible(account.department), account.status, len(account.owed), len(account.received), *map(visible, lists)]


def page_data(review: Review, link: Callable[[str], str | None]) -> Json:
    """The data of the page of a review as plain Python values."""
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
    """A number that JSON can hold, or None."""
    return value if value is None or math.isfinite(value) else None
