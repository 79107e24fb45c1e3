"""The results of a round as the pages show them: the data of review.html, with the officer's notes as they are now."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from xltool.batches.options import HIDDEN
from xltool.batches.store import run_state
from xltool.desk.windows import ShownWindow, show_window
from xltool.desk.workspace import PAGE, REVIEW, is_own_file
from xltool.findings import Severity
from xltool.forms import FORMS
from xltool.normalize import fold
from xltool.outputs.officer_notes import OPEN_STATE, OfficerNote
from xltool.outputs.page.stored_page import StoredFiling, StoredFinding, StoredPage, load_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from xltool.desk.readers import Readers

NO_FILING: Final = "不能归到单位的文件"
SEVERITIES: Final = tuple(Severity)
_UNTOUCHED: Final = OfficerNote()


@dataclass(frozen=True)
class Wish:
    """What findings are asked for; "" and None mean all."""

    filing: int | None = None
    rule: str = ""
    severities: frozenset[str] = frozenset()
    form: str = ""
    status: str = ""
    words: str = ""


@dataclass(frozen=True)
class ShownFinding:
    """A finding in texts."""

    number: int
    key: str
    severity: Severity
    department: str
    form: str
    project: str
    rule: str
    path: str
    place: str
    field: str
    actual: str
    expected: str
    message: str
    advice: str
    basis: str
    related: str
    explained: str
    status: str
    note: str
    windows: tuple[ShownWindow, ...]


def fold_word(text: str) -> str:
    """A text folded for search: full width as half width, capitals as small letters, without white space."""
    return fold(text).casefold()


class Results:
    """The results in a folder, loaded once; findings stand by filing, errors first."""

    def __init__(self, stored: StoredPage) -> None:
        """Sort and count the findings of a page."""
        self.stored = stored
        last = len(stored.filings)
        order = sorted(
            range(len(stored.findings)), key=lambda at: (self._place(at, last), stored.findings[at].severity, at)
        )
        self.findings = [stored.findings[at] for at in order]
        self.names = [filing.name for filing in stored.filings]
        self.by_name = {name: number for number, name in enumerate(self.names)}
        self.by_filing: dict[int, list[int]] = defaultdict(list)
        self.by_rule: dict[str, list[int]] = defaultdict(list)
        for number, finding in enumerate(self.findings):
            self.by_filing[finding.filing].append(number)
            self.by_rule[stored.text(finding.rule)].append(number)
        self.counts = Counter(SEVERITIES[finding.severity] for finding in self.findings)
        self.rules = {rule[0]: rule for rule in stored.rules}

    def _place(self, at: int, last: int) -> int:
        filing = self.stored.findings[at].filing
        return last if filing < 0 else filing

    def filing(self, number: int) -> StoredFiling | None:
        """A filing by its number; None for files that belong to none."""
        return self.stored.filings[number] if 0 <= number < len(self.names) else None

    def department(self, finding: StoredFinding) -> str:
        """The name of the filing of a finding."""
        return NO_FILING if finding.filing < 0 else self.names[finding.filing]

    @cached_property
    def _folded(self) -> list[str]:
        return [fold_word(text) for text in self.stored.texts]

    def select(self, wish: Wish, notes: Notes) -> list[int]:
        """The numbers of the findings that are asked for."""
        numbers: Sequence[int] = range(len(self.findings))
        if wish.filing is not None:
            numbers = self.by_filing.get(wish.filing, [])
        if wish.rule:
            of_rule = set(self.by_rule.get(wish.rule, ()))
            numbers = [number for number in numbers if number in of_rule]
        return [number for number in numbers if self._meets(self.findings[number], wish, notes)]

    def _meets(self, finding: StoredFinding, wish: Wish, notes: Notes) -> bool:
        if wish.severities and SEVERITIES[finding.severity].value not in wish.severities:
            return False
        if wish.form and self.stored.text(finding.form) != wish.form:
            return False
        if wish.status and (notes.of(self, finding).status or OPEN_STATE) != wish.status:
            return False
        return all(self._holds(finding, fold_word(word)) for word in wish.words.split())

    def _holds(self, finding: StoredFinding, word: str) -> bool:
        """Whether a folded word stands in the department or in a text of a finding."""
        if word in fold_word(self.department(finding)):
            return True
        searched = (
            finding.rule, finding.message, finding.field, finding.actual, finding.expected, finding.path, finding.cell,
            finding.project, finding.note, finding.explained,
        )  # fmt: skip
        return any(number >= 0 and word in self._folded[number] for number in searched)

    def show(self, number: int, notes: Notes) -> ShownFinding:
        """A finding in texts, with its windows."""
        finding, text = self.findings[number], self.stored.text
        path, sheet, cell = text(finding.path), text(finding.sheet), text(finding.cell)
        note = notes.of(self, finding)
        windows = enumerate(finding.windows)
        return ShownFinding(
            number=number,
            key=finding.key,
            severity=SEVERITIES[finding.severity],
            department=self.department(finding),
            form=text(finding.form),
            project=text(finding.project),
            rule=text(finding.rule),
            path=path,
            place=" ".join(filter(None, (sheet, cell))) or "整个文件",
            field=text(finding.field),
            actual=text(finding.actual),
            expected=text(finding.expected),
            message=text(finding.message),
            advice=text(finding.advice),
            basis=text(finding.basis),
            related=self._related(finding, path),
            explained=text(finding.explained),
            status=note.status,
            note=note.note,
            windows=tuple(show_window(self.stored, window, path, is_first=at == 0) for at, window in windows),
        )

    def _related(self, finding: StoredFinding, own: str) -> str:
        """The related cells, by sheet."""
        places: dict[str, dict[str, None]] = defaultdict(dict)
        for path, sheet, cell in finding.related:
            name = self.stored.text(path)
            head = ("" if name == own else f"〔{name.rpartition('/')[2]}〕") + self.stored.text(sheet)
            places[head][self.stored.text(cell)] = None
        return "；".join(f"{head} {'、'.join(filter(None, cells))}".strip() for head, cells in places.items())

    def undecided(self, filing: StoredFiling) -> list[tuple[str, str]]:
        """What could not be decided of a filing: the reason, and the codes of the rules."""
        return [] if filing.states is None else self.stored.undecided[filing.states[-1]]

    def forms_of(self, numbers: Sequence[int]) -> Iterator[str]:
        """The forms that have findings among these."""
        present = {self.stored.text(self.findings[number].form) for number in numbers}
        return (form for form in FORMS if form in present)


@dataclass(frozen=True)
class Notes:
    """The officer's notes as they are in review.xlsx now; None where nobody wrote in it since the run."""

    by_key: Mapping[str, OfficerNote] | None

    def of(self, results: Results, finding: StoredFinding) -> OfficerNote:
        """The note beside a finding."""
        if self.by_key is not None:
            return self.by_key.get(finding.key, _UNTOUCHED)
        if finding.status < 0 and finding.note < 0:
            return _UNTOUCHED
        return OfficerNote(results.stored.text(finding.status), results.stored.text(finding.note))

    @property
    def are_newer(self) -> bool:
        """Whether somebody wrote in the review since the run."""
        return self.by_key is not None


class ResultsCache:
    """The results that pages show, loaded again only where their file changed."""

    def __init__(self) -> None:
        """Start without results."""
        self._loaded: dict[Path, tuple[tuple[int, int], Results]] = {}

    def load(self, folder: Path) -> Results | None:
        """The results in a folder, None where there are none; InputError where another version wrote them."""
        page = folder / PAGE
        if not is_own_file(page):
            return None
        status = page.stat()
        state = (status.st_mtime_ns, status.st_size)
        known = self._loaded.get(folder)
        if known is None or known[0] != state:
            self._loaded = {folder: (state, Results(load_page(page)))}
        return self._loaded[folder][1]


def load_notes(readers: Readers, folder: Path) -> Notes:
    """The notes in the review of a folder; read only where it was written in since the run."""
    review, state = folder / REVIEW, folder / HIDDEN / run_state.NAME
    if not is_own_file(review):
        return Notes(None)
    if state.is_file() and review.stat().st_mtime_ns <= state.stat().st_mtime_ns:
        return Notes(None)
    return Notes(readers.officer_review(review).notes)
