"""Match last year's filings to the departments that get forms this year.

A filing is used for a department only where the name is certain and nothing contradicts it; every other form is
listed with the reason.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xltool.converting.placement import part_of
from xltool.forms import FORMS, base_data, project, review, self_review
from xltool.forms.words import line_of
from xltool.issuing.issue_list import UnusedForm
from xltool.normalize import fold
from xltool.reader.notation.tokens import State
from xltool.roster.directory import Directory

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xltool.reader.records import FiledCell, FileRecord, Submission, TableRow
    from xltool.roster import Roster

ACTUAL, LAST = "_本年决算数", "_上年决算数"


@dataclass(frozen=True)
class PriorIndicator:
    """An indicator of last year: its 二级指标 (`part`), its 三级指标 (`name`), its target as filed, its weight."""

    part: str
    name: str
    target: str | float | None
    weight: float | None


@dataclass
class PriorForms:
    """The values that a department filed a year ago.

    `amounts` are its 本年决算数 in 万元, calculated amounts included, by their field in this year's 附件1
    (公务接待_上年决算数). `projects` are its projects with their 本年决算数. `indicators` stand by the folded name of
    their project, "" for 附件2. `files` holds the file that each comes from, under the same keys and 附件1; `notes`
    holds what was not used, under the same keys.
    """

    amounts: dict[str, float] = field(default_factory=dict)
    posts: int | None = None
    projects: dict[str, float | None] = field(default_factory=dict)
    indicators: dict[str, tuple[PriorIndicator, ...]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """Names of the projects that filed 附件3, by folded name."""
    files: dict[str, str] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


@dataclass
class Prior:
    """Last year's forms by the place of their department in the roster, and the forms that are not used."""

    years: dict[int, PriorForms] = field(default_factory=dict)
    unused: list[UnusedForm] = field(default_factory=list)


def match_prior(records: Sequence[FileRecord], roster: Roster, year: int, *, is_single: bool) -> Prior:
    """Last year's forms of the departments of a roster; `year` is the year that forms are issued for.

    For a single department, the forms of other departments are not listed.
    """
    prior, directory = Prior(), Directory(roster)
    submissions: dict[tuple[int, str], list[Submission]] = defaultdict(list)
    for record in records:
        if record.status == "refused":
            prior.unused.append(UnusedForm(record.path, reason=record.reason))
        for submission in record.submissions:
            at = _place_of(submission, directory, year, prior, is_single=is_single)
            if at is not None and submission.form == project.FORM.key and not submission.project:
                prior.unused.append(_unused(submission, "表上没有项目名称，指标没有沿用"))
            elif at is not None:
                key = fold(submission.project) if submission.form == project.FORM.key else submission.form
                submissions[at, key].append(submission)
    for (at, key), same in submissions.items():
        _add_form(prior.years.setdefault(at, PriorForms()), key, same)
    return prior


def _place_of(submission: Submission, directory: Directory, year: int, prior: Prior, *, is_single: bool) -> int | None:
    """The place in the roster of the department of a form; where it is not certain, list the form and return None."""
    if submission.year not in {None, year - 1}:
        prior.unused.append(_unused(submission, f"是 {submission.year} 年度的表，不是上年（{year - 1}）"))
        return None
    coded = directory.coded(submission.issued_code) if submission.issued_code else None
    if coded is not None and fold(coded.name) == fold(submission.issued_to) == fold(submission.department):
        return directory.place(coded)
    names = _names(submission)
    answers = [(name, directory.matching(name)) for name in names]
    certain = [answer.department for _, answer in answers if answer is not None and answer.department is not None]
    if certain and (submission.form == project.FORM.key or all(other is certain[0] for other in certain)):
        return directory.place(certain[0])
    if certain:
        prior.unused.append(_unused(submission, f"表样下发给“{certain[0].name}”，填报的是“{certain[1].name}”，未采用"))
        return None
    doubtful = [(name, answer.candidates) for name, answer in answers if answer is not None]
    if doubtful:
        candidates = "、".join(f"“{other.name}”" for other in doubtful[0][1][:3])
        prior.unused.append(_unused(submission, f"单位“{doubtful[0][0]}”可能是{candidates}，不能确定，未采用"))
    elif not is_single:
        named = f"名册里没有单位“{names[0]}”" if names else "表上没有单位名称"
        prior.unused.append(_unused(submission, f"{named}，未采用"))
    return None


def _names(submission: Submission) -> list[str]:
    """Names of the department of a form, the most reliable first: from the manifest, the form itself, its folder."""
    filed = [submission.issued_to, submission.department]
    if submission.form == project.FORM.key:
        filed.append(str(submission.value(project.supervisor.key) or ""))
    named = [name for name in filed if name]
    folder = submission.path.split("/")[-2] if "/" in submission.path else ""
    return list(dict.fromkeys(named)) or ([folder] if folder else [])


def _unused(submission: Submission, reason: str) -> UnusedForm:
    return UnusedForm(
        submission.path, submission.form, submission.department or submission.issued_to, submission.project, reason
    )


def _add_form(last: PriorForms, key: str, submissions: Sequence[Submission]) -> None:
    """Add the values of a form that was filed once or several times alike; of versions that differ, none is used."""
    first = submissions[0]
    is_base_data = first.form == base_data.FORM.key
    versions = [_amounts(version) if is_base_data else _indicators(version) for version in submissions]
    key = "" if first.form == self_review.FORM.key else key
    files = "、".join(dict.fromkeys(version.path for version in submissions))
    if any(version != versions[0] for version in versions):
        last.notes[key].append(f"上年有 {len(submissions)} 份内容不同的{first.form}，未采用：{files}")
        return
    last.files[key] = first.path
    if is_base_data:
        last.amounts, last.posts, last.projects = _amounts(first)
        last.notes[key] += _unreadable(first)
        return
    last.indicators[key] = _indicators(first)
    if first.form == project.FORM.key:
        last.names[key] = first.project
    lost = sum(part_of(row) is None for row in _rows(first))
    if lost:
        last.notes[key].append(f"上年有 {lost} 条指标的二级指标不是表样的类别，没有沿用")


def _amounts(submission: Submission) -> tuple[dict[str, float], int | None, dict[str, float | None]]:
    """The values of last year's 附件1 that this year's takes over: amounts, posts, projects."""
    amounts: dict[str, float] = {}
    for key in base_data.FORM.fields:
        value = submission.value(key.removesuffix(LAST) + ACTUAL) if key.endswith(LAST) else None
        if isinstance(value, float):
            amounts[key] = value
    posts = submission.value(base_data.posts.key)
    projects: dict[str, float | None] = {}
    for row in submission.rows:
        name, amount = row.value(base_data.project_name.key), row.value(base_data.project_actual.key)
        if isinstance(name, str) and name:
            # Two rows of one name count as one project; otherwise the total would not be last year's.
            parts = [part for part in (projects.get(name), amount) if isinstance(part, float)]
            projects[name] = sum(parts) if parts else None
    whole = int(posts) if isinstance(posts, float) and posts.is_integer() else None
    return amounts, whole, projects


def _unreadable(submission: Submission) -> list[str]:
    """A note on amounts of last year that could not be read."""
    items = FORMS[submission.form].fields
    inputs = {key: filed for key, filed in submission.values.items() if key.endswith(ACTUAL) and items[key].is_input}
    lines = [line_of(items[key]) for key, filed in inputs.items() if _is_lost(filed)]
    lines += [str(row.value("项目名称")) for row in submission.rows if _is_lost(row.cells.get("本年决算数"))]
    return [f"上年本年决算数读不出，没有带入：{'、'.join(lines)}"] if lines else []


def _is_lost(filed: FiledCell | None) -> bool:
    return filed is not None and filed.state in {State.UNPARSED, State.NOT_CALCULATED}


def _rows(submission: Submission) -> Iterable[TableRow]:
    return (row for row in submission.rows if row.value(review.indicator.key))


def _indicators(submission: Submission) -> tuple[PriorIndicator, ...]:
    """The indicators of a form, in their order, whose 二级指标 the template has."""
    indicators = []
    for row in submission.rows:
        part, name = part_of(row), row.value(review.indicator.key)
        if part is None or not isinstance(name, str) or not name:
            continue
        weight = row.value(review.weight.key)
        target = row.value(review.target_value.key)
        indicators.append(PriorIndicator(part, name, target, weight if isinstance(weight, float) else None))
    return tuple(indicators)
