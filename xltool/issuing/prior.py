"""What departments filed a year ago, found for the departments that get forms this year.

A filing counts for a department only where its name is certain and there is one of it; everything else is told.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xltool.converting.placement import part_of
from xltool.forms import FORMS, base_data, project, review
from xltool.forms.words import line_of
from xltool.issuing.issue_list import Left
from xltool.normalize import fold
from xltool.reader.notation.cells import State
from xltool.roster.directory import Directory

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xltool.reader.records import FiledCell, FileRecord, Submission, TableRow
    from xltool.roster import Roster

ACTUAL, LAST = "_本年决算数", "_上年决算数"


@dataclass(frozen=True)
class Carried:
    """An indicator of last year: 二级指标 of the form, 三级指标, its target as filed, its weight."""

    part: str
    name: str
    target: str | float | None
    weight: float | None


@dataclass
class LastYear:
    """What a department filed a year ago, as plain values.

    `amounts` are its 本年决算数 of then by their place in this year's 附件1 (公务接待_上年决算数), in 万元, calculated
    ones included; `projects` its projects with their 本年决算数; `indicators` by folded name of the project, "" for
    附件2. `files` says which file each was taken from, under the same keys and 附件1; `notes` what was left, likewise.
    """

    amounts: dict[str, float] = field(default_factory=dict)
    posts: int | None = None
    projects: dict[str, float | None] = field(default_factory=dict)
    indicators: dict[str, tuple[Carried, ...]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """Names of the projects that filed 附件3, by folded name."""
    files: dict[str, str] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


@dataclass
class Prior:
    """Last year's filings by the place of a department in the roster, and what belongs to none of them."""

    years: dict[int, LastYear] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)


def prior_of(records: Sequence[FileRecord], roster: Roster, year: int, *, alone: bool) -> Prior:
    """Last year's filings of the departments of a roster, where `year` is the one forms are issued for.

    With one department `alone`, other departments' filings are no matter of it and are not told of.
    """
    prior, directory = Prior(), Directory(roster)
    found: dict[tuple[int, str], list[Submission]] = defaultdict(list)
    for record in records:
        if record.status == "refused":
            prior.left.append(Left(record.path, reason=record.reason))
        for submission in record.submissions:
            at = _whose(submission, directory, year, prior, alone=alone)
            if at is not None and submission.form == project.FORM.key and not submission.project:
                prior.left.append(_left(submission, "表上没有项目名称，指标没有沿用"))
            elif at is not None:
                key = fold(submission.project) if submission.form == project.FORM.key else submission.form
                found[at, key].append(submission)
    for (at, key), ones in found.items():
        _take(prior.years.setdefault(at, LastYear()), key, ones)
    return prior


def _whose(submission: Submission, directory: Directory, year: int, prior: Prior, *, alone: bool) -> int | None:
    """The place in the roster of the department that filed a form; None, with the reason told, where not known."""
    if submission.year not in {None, year - 1}:
        prior.left.append(_left(submission, f"是 {submission.year} 年度的表，不是上年（{year - 1}）"))
        return None
    coded = directory.coded(submission.issued_code) if submission.issued_code else None
    if coded is not None and fold(coded.name) == fold(submission.issued_to) == fold(submission.department):
        return directory.place(coded)
    names = _names(submission)
    answers = [(name, directory.matching(name)) for name in names]
    sure = [answer.department for _, answer in answers if answer is not None and answer.department is not None]
    if sure and (submission.form == project.FORM.key or all(other is sure[0] for other in sure)):
        return directory.place(sure[0])
    if sure:
        prior.left.append(_left(submission, f"表样下发给“{sure[0].name}”，填报的是“{sure[1].name}”，未采用"))
        return None
    doubtful = [(name, answer.candidates) for name, answer in answers if answer is not None]
    if doubtful:
        told = "、".join(f"“{other.name}”" for other in doubtful[0][1][:3])
        prior.left.append(_left(submission, f"单位“{doubtful[0][0]}”可能是{told}，不能确定，未采用"))
    elif not alone:
        named = f"名册里没有单位“{names[0]}”" if names else "表上没有单位名称"
        prior.left.append(_left(submission, f"{named}，未采用"))
    return None


def _names(submission: Submission) -> list[str]:
    """Names that say whose a form is, the surest first: the manifest, the form itself, the folder it lies in."""
    filed = [submission.issued_to, submission.department]
    if submission.form == project.FORM.key:
        filed.append(str(submission.value(project.supervisor.key) or ""))
    named = [name for name in filed if name]
    folder = submission.path.split("/")[-2] if "/" in submission.path else ""
    return list(dict.fromkeys(named)) or ([folder] if folder else [])


def _left(submission: Submission, reason: str) -> Left:
    return Left(
        submission.path, submission.form, submission.department or submission.issued_to, submission.project, reason
    )


def _take(last: LastYear, key: str, ones: Sequence[Submission]) -> None:
    """Take over what one form says; of several that differ, none."""
    read = [_amounts(one) if one.form == base_data.FORM.key else _indicators(one) for one in ones]
    where = "" if ones[0].form == "附件2" else key
    files = "、".join(dict.fromkeys(one.path for one in ones))
    if any(other != read[0] for other in read):
        last.notes[where].append(f"上年有 {len(ones)} 份内容不同的{ones[0].form}，未采用：{files}")
        return
    one, last.files[where] = ones[0], ones[0].path
    if one.form == base_data.FORM.key:
        last.amounts, last.posts, last.projects = _amounts(one)
        last.notes[where] += _unread(one)
        return
    last.indicators[where] = _indicators(one)
    if one.form == project.FORM.key:
        last.names[where] = one.project
    lost = sum(part_of(row) is None for row in _rows(one))
    if lost:
        last.notes[where].append(f"上年有 {lost} 条指标的二级指标不是表样的类别，没有沿用")


def _amounts(submission: Submission) -> tuple[dict[str, float], int | None, dict[str, float | None]]:
    """What this year's 附件1 takes over from last year's: amounts, posts, projects."""
    amounts: dict[str, float] = {}
    for key in FORMS["附件1"].fields:
        value = submission.value(key.removesuffix(LAST) + ACTUAL) if key.endswith(LAST) else None
        if isinstance(value, float):
            amounts[key] = value
    posts = submission.value(base_data.posts.key)
    projects: dict[str, float | None] = {}
    for row in submission.rows:
        name, amount = row.value(base_data.project_name.key), row.value(base_data.project_actual.key)
        if isinstance(name, str) and name:
            # Two rows of one name count as one project, or the total would no longer be last year's.
            parts = [part for part in (projects.get(name), amount) if isinstance(part, float)]
            projects[name] = sum(parts) if parts else None
    whole = int(posts) if isinstance(posts, float) and posts.is_integer() else None
    return amounts, whole, projects


def _unread(submission: Submission) -> list[str]:
    """Amounts of last year that could not be read."""
    items = FORMS[submission.form].fields
    inputs = {key: filed for key, filed in submission.values.items() if key.endswith(ACTUAL) and items[key].is_input}
    bad = [line_of(items[key]) for key, filed in inputs.items() if _is_lost(filed)]
    bad += [str(row.value("项目名称")) for row in submission.rows if _is_lost(row.cells.get("本年决算数"))]
    return [f"上年本年决算数读不出，没有带入：{'、'.join(bad)}"] if bad else []


def _is_lost(filed: FiledCell | None) -> bool:
    return filed is not None and filed.state in {State.UNPARSED, State.NOT_CALCULATED}


def _rows(submission: Submission) -> Iterable[TableRow]:
    return (row for row in submission.rows if row.value(review.indicator.key))


def _indicators(submission: Submission) -> tuple[Carried, ...]:
    """The indicators of a form, in their order, where their 二级指标 is one of the forms."""
    found = []
    for row in submission.rows:
        part, name = part_of(row), row.value(review.indicator.key)
        if part is None or not isinstance(name, str) or not name:
            continue
        weight = row.value(review.weight.key)
        target = row.value(review.target_value.key)
        found.append(Carried(part, name, target, weight if isinstance(weight, float) else None))
    return tuple(found)
