"""A review as the data the page is drawn from: short, each text once, findings as lists of numbers.

A county's review has some ten thousand findings, and most of their texts are the same: every text
stands once in `texts`, and elsewhere its number (-1: none).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xltool.findings import Severity
from xltool.reports.handled import Handling
from xltool.reports.model import FilingRow, Origin, Picture, Review
from xltool.reports.page.around import Surroundings, Window
from xltool.reports.sheets.texts import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from xltool.auditing.rounds import Step
    from xltool.findings import Finding
    from xltool.inbox import Account

Json = dict[str, Any]
SEVERITIES = tuple(Severity)
FORMS = ("附件1", "附件2", "附件3")
COLUMNS = (
    "severity", "filing", "form", "project", "rule", "path", "sheet", "cell", "field",
    "actual", "expected", "message", "advice", "basis", "related", "windows",
    "status", "note",
)  # fmt: skip
"""What the numbers of a finding stand for."""
_NOBODY = Origin("", "")
_NONE = -1


class Texts:
    """Every text once, in the order of first use."""

    def __init__(self) -> None:
        """Hold no text yet."""
        self._numbers: dict[str, int] = {}

    def number(self, text: str | None) -> int:
        """The number of a text; -1 for none."""
        return _NONE if text is None else self._numbers.setdefault(visible(text), len(self._numbers))

    def all(self) -> list[str]:
        """The texts by their numbers."""
        return list(self._numbers)


class Page:
    """The data of a page while it is put together."""

    def __init__(self, review: Review, link: Callable[[str], str | None]) -> None:
        """Number the filings; `link` gives the address of a file as seen from the page."""
        self.review, self.link = review, link
        self.texts = Texts()
        self.around = Surroundings(review.sheets)
        self.namesakes = Counter(filing.department for filing in review.filings if not filing.issued_to)
        self.filings = {filing.id: number for number, filing in enumerate(review.filings)}
        self.sheets: dict[str, int] = {}
        self.rows: defaultdict[str, set[int]] = defaultdict(set)
        """Rows that some window shows, by submission."""

    def members(self) -> Iterator[tuple[str, object]]:
        """Everything, in an order that matters: findings say which rows are shown, and all give texts their numbers."""
        review = self.review
        keys = review.keys or [""] * len(review.findings)
        pairs = sorted(zip(review.findings, keys, strict=True), key=lambda pair: self.group(pair[0]))
        yield "year", review.year
        yield "columns", list(COLUMNS)
        yield "findings", (self.finding(finding, key) for finding, key in pairs)
        yield "filings", [self.filing(filing) for filing in review.filings]
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
                [self.filings.get(one.filing, _NONE), one.points, [visible(reason.text) for reason in one.reasons]]
                for one in review.spot_checks
            ],
        )
        yield "owed", [] if review.told.inbox is None else [_account(one) for one in review.told.inbox.accounts]
        yield "steps", None if review.told.steps is None else [self.step(step) for step in review.told.steps]
        yield "sheets", map(self.sheet, self.sheets)
        yield "texts", self.texts.all()

    def group(self, one: Finding) -> tuple[int, int, str, str]:
        """Findings stand by filing, then by form; those of files that belong to none come last."""
        origin = self.review.submissions.get(one.submission or "", _NOBODY)
        filing = self.filings.get(self.review.filing_of(one) or "", len(self.filings))
        form = FORMS.index(origin.form) if origin.form in FORMS else _NONE
        return filing, form, origin.project or "", one.path

    def finding(self, one: Finding, key: str) -> list[Any]:
        """One finding, in the order of COLUMNS; `key` finds what an officer noted on it."""
        number = self.texts.number
        handled = self.review.told.handled.get(key, Handling())
        origin = self.review.submissions.get(one.submission or "", _NOBODY)
        return [
            SEVERITIES.index(one.severity),
            self.filings.get(self.review.filing_of(one) or "", _NONE),
            number(origin.form),
            number(origin.project),
            number(one.rule),
            *map(number, (one.path, one.sheet, one.cell, one.field, one.actual, one.expected)),
            *map(number, (one.message, one.advice, one.basis)),
            [[number(place.path), number(place.sheet), number(place.cell)] for place in one.related],
            [self.window(window) for window in self.around.windows(one)],
            number(handled.status),
            number(handled.note),
        ]

    def step(self, one: Step) -> list[Any]:
        """What became of a finding of the last review: whose it is, what, where, then, now, the problem."""
        place = " ".join(filter(None, (one.sheet, one.cell)))
        texts = [one.form, one.project, one.rule, place, one.item, one.before, one.after, one.message]
        owner = self.filings.get(one.filing, _NONE)
        return [owner, visible(one.department), one.became.value, *(visible(text or "") for text in texts)]

    def window(self, window: Window) -> list[Any]:
        """Sheet, rows, first and last column, the cell to mend, the others."""
        self.rows[window.submission].update(window.rows)
        at = self.sheets.setdefault(window.submission, len(self.sheets))
        return [at, list(window.rows), window.left, window.right, window.spot, list(window.also)]

    def sheet(self, key: str) -> Json:
        """The cells of the rows that are shown, flattened: top, left, bottom, right, text, filed."""
        shown, rows = self.around.shown(key), self.rows[key]
        cells = [
            value
            for cell in shown.cells_of(rows)
            for value in (
                cell.top, cell.left, cell.bottom, cell.right, self.texts.number(cell.text), int(cell.is_field),
            )
        ]  # fmt: skip
        names = {row: name for row, name in sorted(shown.row_names.items()) if row in rows}
        return {"name": self._title(key), "path": visible(self.review.sheets[key].path), "cells": cells, "rows": names}

    def filing(self, one: FilingRow) -> Json:
        """One filing and its picture."""
        picture = self.review.pictures.get(one.id)
        return {
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

    def name(self, one: FilingRow) -> str:
        """The department; its id says the year or the folder, too, and stands with it where there are several."""
        if one.issued_to:
            return f"{one.department}（表样下发给：{one.issued_to}）"
        if self.namesakes[one.department] == 1:
            return one.department
        return one.id if one.id.startswith(one.department) else f"{one.department}〔{one.id}〕"

    def _title(self, key: str) -> str:
        """What a form is called over its window."""
        origin = self.review.submissions.get(key, _NOBODY)
        return visible(f"{origin.form}（{origin.project}）" if origin.project else origin.form)


def _account(one: Account) -> list[Any]:
    """What a department owes and has sent: its name, the state, counts, what is missing and what is late."""
    lists = ("、".join(one.missing) if one.received else "全部", "、".join(one.late))
    return [visible(one.department), one.status, len(one.owed), len(one.received), *map(visible, lists)]


def page_data(review: Review, link: Callable[[str], str | None]) -> Json:
    """The data of the page of a review."""
    return {key: list(part) if isinstance(part, Iterator) else part for key, part in Page(review, link).members()}


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
