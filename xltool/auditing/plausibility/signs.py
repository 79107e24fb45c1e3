"""Signs of a filing for spot checks: full marks, rates, and prints of texts and indicators by which copies are found.

They are collected while the cells of the filing are in memory. They are small, and spot checks need nothing else of it.
"""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b
from math import isnan, nan
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from xltool.auditing.filings import by_filing, department_of
from xltool.forms import project, review, self_review
from xltool.forms.tolerances import NOISE
from xltool.text.views import Row, text_of
from xltool.text.wording import fold_case

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xltool.auditing.result import Score
    from xltool.reader.records import FileRecord, Submission, TableRow

OUTPUT: Final = "产出指标"
TEXTS: Final = (review.goal.key, review.achievement.key)
_FUNDS: Final = {self_review.FORM.key: self_review.year, project.FORM.key: project.year}
_COMPARED: Final = (review.indicator, review.target_value, review.actual_value)
_PRINT: Final = 12
"""Bytes of a print: of ten million texts no two have the same one by chance."""


class FilingSigns(Struct, frozen=True):
    """The signs of one filing."""

    filing: str
    department: str
    full: int
    """Indicators of its reviews, where all of them and the execution have full marks, else 0."""
    forms: str
    """Its reviews, in words."""
    exact: int
    """Indicators that can be compared, where all were met exactly, else 0."""
    rates: tuple[tuple[str, float], ...]
    """Rates of execution of the reviews whose output has full marks, with what these are called."""
    texts: tuple[tuple[str, int, bytes], ...]
    """Its goals and achievements: field, characters and print."""
    rows: tuple[tuple[str, tuple[bytes, ...]], ...]
    """Forms with indicators, and the print of each by its name, target and actual."""


def signs_of_filings(records: Sequence[FileRecord], scores: Mapping[str, Score]) -> list[FilingSigns]:
    """The signs of each filing of these records, which hold all of it; `scores` by submission id."""
    filings = by_filing([submission for record in records for submission in record.submissions])
    return [_signs_of(filing, same, scores) for filing, same in filings.items()]


def _signs_of(filing: str, same: Sequence[Submission], scores: Mapping[str, Score]) -> FilingSigns:
    reviews = [_Reviewed(submission, scores[submission.id]) for submission in same if submission.form in _FUNDS]
    pairs = [pair for form in reviews for pair in form.compared]
    met = all(abs(target - done) < NOISE for target, done in pairs)
    prints = ((form.form, tuple(sorted(form.prints))) for form in reviews)
    return FilingSigns(
        filing=filing,
        department=department_of(same) or filing,
        full=sum(form.count for form in reviews) if all(form.is_full for form in reviews) else 0,
        forms="、".join(_counted(reviews)),
        exact=len(pairs) if met else 0,
        rates=tuple((form.name, form.rate) for form in reviews if form.is_full_output and not isnan(form.rate)),
        texts=tuple(_texts(same)),
        rows=tuple((form, rows) for form, rows in prints if rows),
    )


class _Reviewed:
    """An 附件2 or 附件3: what its indicators with points come to, and prints of all of them."""

    def __init__(self, submission: Submission, score: Score) -> None:
        self.form = submission.form
        self.name = f"附件3（{submission.project}）" if submission.project else submission.form
        self.rate = _or_nan(score.rate)
        rows = [_values(row) for row in submission.rows if row.table == review.INDICATORS]
        pointed = [(row, points) for row in rows if (points := _points(row)) is not None]
        full = [(row, earned >= weight - NOISE) for row, (weight, earned) in pointed]
        output = [is_full for row, is_full in full if row.get(review.category.key) == OUTPUT]
        executed = _or_nan(score.parts[0].recomputed) >= _weight(submission) - NOISE
        self.count = len(pointed)
        self.is_full = bool(full) and executed and all(is_full for _, is_full in full)
        self.is_full_output = bool(output) and all(output)
        self.compared = [pair for row, _ in pointed if (pair := _compared(row)) is not None]
        self.prints = {printed for row in rows if (printed := _print_of(row))}


def _values(row: TableRow) -> Row:
    """All values of a row, which are asked for one after the other."""
    values = {key: filed.value for key, filed in row.cells.items()}
    values.update(row.derived)
    return values


def _or_nan(value: float | None) -> float:
    return nan if value is None else value


def _weight(submission: Submission) -> float:
    weight = submission.value(_FUNDS[submission.form].weight.key)
    return weight if isinstance(weight, float) else nan


def _points(row: Row) -> tuple[float, float] | None:
    """Weight and score of a row; None where one of them is blank."""
    weight, score = row.get(review.weight.key), row.get(review.score.key)
    return (weight, score) if isinstance(weight, float) and isinstance(score, float) else None


def _compared(row: Row) -> tuple[float, float] | None:
    """Target and actual of one unit; None where they cannot differ upwards (100%) or are nothing (0 accidents)."""
    target, done = row.get(review.target.key), row.get(review.actual.key)
    if not isinstance(target, float) or not isinstance(done, float):
        return None
    units = [text_of(row, unit) for unit in (review.target_unit, review.actual_unit)]
    if units[0] != units[1] or target == 0 or (units[0] == "%" and target >= 1):
        return None
    return target, done


def _counted(reviews: Sequence[_Reviewed]) -> Iterator[str]:
    """附件2、2 张附件3."""
    counts = Counter(form.form for form in reviews)
    for form, count in sorted(counts.items()):
        yield form if count == 1 else f"{count} 张{form}"


def _texts(same: Sequence[Submission]) -> Iterator[tuple[str, int, bytes]]:
    for submission in same:
        for key in TEXTS:
            text = fold_case(str(submission.value(key) or ""))
            if text:
                yield key, len(text), _print(text)


def _print_of(row: Row) -> bytes:
    """The print of an indicator by its name, target and actual; nothing where one of them is blank."""
    cells = [fold_case(text_of(row, column)) for column in _COMPARED]
    return _print("\n".join(cells)) if all(cells) else b""


def _print(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_PRINT).digest()
