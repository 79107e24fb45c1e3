"""Plant a defect: a clean filing as data, the changes to it, and the place that the audit has to report."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

import openpyxl

from tests.support.workbook_editor import WorkbookEditor
from tools.samples.sample import FieldRef, Paper, papers_as_sheets
from xltool.forms import base_data, review
from xltool.forms.manifest import PANEL_TITLE
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from benchmarks.corpus.filed import FilingFolder
    from benchmarks.corpus.filing import Filing, Row
    from xltool.expr.nodes import Field

_SIMPLE = re.compile(r"(?:≥|不少于)?(?P<number>\d+(?:\.\d+)?)(?P<unit>[^\d%≤‰/]+?)(?:以上)?")
_PLAIN = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>[^\d%≤‰/]+)")

Edit = Callable[[Path], object]
"""Changes the files in a folder, after the changed forms were written."""
_P = ParamSpec("_P")


@dataclass(frozen=True)
class Counted:
    """An indicator row whose target and actual value are counts with a unit."""

    name: str
    part: str
    target: float
    actual: float
    unit: str
    weight: float
    explained: bool


@dataclass(frozen=True)
class Plan:
    """A defect: changed values by cell, edits of files, and the cell that the audit has to report."""

    at: FieldRef
    changes: tuple[tuple[FieldRef, Any], ...] = ()
    edits: tuple[Edit, ...] = ()
    about: str = ""
    year: int | None = None
    """The year of the form with the defect, where it is not the year of the filing."""
    whole_file: bool = False
    file: str = ""
    """The new name of the file, where the defect renames it."""


class Case:
    """A clean filing that defects are planted in."""

    def __init__(self, folder: FilingFolder) -> None:
        """Take the folder of a clean filing that was written."""
        self.folder, self.filing = folder, folder.filing

    def paper(self, ref: FieldRef) -> Paper:
        """The paper a reference belongs to; LookupError if the filing has none."""
        papers = [
            paper for paper in self.filing.papers if paper.form == ref.form and ref.project in {"", paper.project}
        ]
        return papers[0]

    def bears(self, plan: Plan) -> bool:
        """Whether the filing has every form that the defect needs."""
        forms = {paper.form for paper in self.filing.papers}
        return all(ref.form in forms for ref in (plan.at, *(ref for ref, _ in plan.changes)))

    @property
    def base(self) -> Paper:
        """Its 附件1."""
        return self.filing.papers_of("附件1")[0]

    @property
    def whole(self) -> Paper:
        """Its 附件2."""
        return self.filing.papers_of("附件2")[0]

    @property
    def projects(self) -> list[Paper]:
        """Its 附件3."""
        return self.filing.papers_of("附件3")

    @property
    def reviews(self) -> list[Paper]:
        """附件2 and the first 附件3."""
        return [*self.filing.papers_of("附件2"), *self.projects[:1]]

    def value(self, ref: FieldRef) -> Any:
        """The value that was filled in."""
        item, paper = ref.field, self.paper(ref)
        if item is None:
            raise TypeError(ref)
        if item.table is None:
            return paper.values.get(item)
        return self.row(paper, ref.row).get(item.key)

    @staticmethod
    def row(paper: Paper, name: str) -> Row:
        """A table row by its name."""
        names = base_data.project_name if paper.form == base_data.FORM.key else review.indicator
        return next(row for row in paper.rows if row[names.key] == name)

    def file_of(self, ref: FieldRef) -> str:
        """The name of the file that holds the cell."""
        return self.folder.names[self.filing.papers.index(self.paper(ref))]

    def cell(self, ref: FieldRef) -> str:
        """The address of the cell."""
        return str(self.folder.address(ref)[2])

    @cached_property
    def _shown(self) -> dict[str, Any]:
        books = {}
        for name in self.folder.names:
            content = BytesIO((self.folder.path / name).read_bytes())
            books[name] = openpyxl.load_workbook(content, data_only=True).worksheets[0]
        return books

    def shown(self, ref: FieldRef) -> Any:
        """The value the cell shows, the result of its formula included."""
        return self._shown[self.file_of(ref)][self.cell(ref)].value

    def find(self, ref: FieldRef, text: str) -> str:
        """The address of the first cell of the form, left of the 审核 panel, whose text begins so."""
        cells = [cell for row in self._shown[self.file_of(ref)].iter_rows() for cell in row]
        panel = min((cell.column or 0 for cell in cells if cell.value == PANEL_TITLE), default=None)
        for cell in cells:
            is_of_form = panel is None or (cell.column or 0) < panel
            if is_of_form and isinstance(cell.value, str) and cell.value.strip().startswith(text):
                return str(cell.coordinate)
        raise LookupError(text)

    def counted(self, paper: Paper) -> list[Counted]:
        """The rows of a form whose target is a plain count."""
        rows = []
        for row in paper.rows:
            target, actual = str(row["年度指标值"]), str(row["实际完成值"])
            wanted, reached = _SIMPLE.fullmatch(target), _PLAIN.fullmatch(actual)
            if not wanted or not reached or wanted["unit"] != reached["unit"] or "成本" in row["二级指标"]:
                continue
            numbers = float(wanted["number"]), float(reached["number"])
            if numbers[0] > 0:
                explained = bool(row.get("偏差原因分析及改进措施"))
                rows.append(Counted(row["三级指标"], row["二级指标"], *numbers, wanted["unit"], row["分值"], explained))
        return rows

    def rates(self, paper: Paper) -> list[str]:
        """Names of the rows of a form whose target is a percentage."""
        plain = re.compile(r"(≥|不低于)?\d+(\.\d+)?%(以上)?")
        return [
            row["三级指标"]
            for row in paper.rows
            if plain.fullmatch(str(row["年度指标值"]))
            and str(row["实际完成值"]).endswith("%")
            and "成本" not in row["二级指标"]
        ]

    def ref(self, paper: Paper, item: Field | None, row: str = "") -> FieldRef:
        """The reference to a field of one of its forms."""
        return FieldRef(paper.form, item, row, paper.project)

    # --- files --------------------------------------------------------------------------------

    def edit(
        self,
        ref: FieldRef,
        work: Callable[Concatenate[WorkbookEditor, str, _P], object],
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> Edit:
        """Something a clerk does to the file of a ref; it is told the sheet, then what is given here."""
        name, sheet = self.file_of(ref), self.folder.address(ref)[1]

        def edit(folder: Path) -> None:
            clerk = WorkbookEditor(folder / name)
            work(clerk, sheet, *args, **kwargs)
            clerk.save(folder / name)

        return edit

    def plant(self, plan: Plan, path: Path) -> Path:
        """Write the files with the defect into a folder."""
        self.folder.copy(path)
        filing = self.filing.copy()
        touched = []
        for ref, value in plan.changes:
            index = self.filing.papers.index(self.paper(ref))
            if ref.field is not None and ref.field.table is not None:
                # A row is found by the name it has before the change.
                position = self.filing.papers[index].rows.index(self.row(self.paper(ref), ref.row))
                filing.papers[index].rows[position][ref.field.key] = value
            else:
                filing.papers[index].enter(ref, value)
            touched.append(index)
        if plan.year is not None:
            touched.append(self.filing.papers.index(self.paper(plan.at)))
        for index in dict.fromkeys(touched):
            self._write(filing, index, path, plan.year)
        for edit in plan.edits:
            edit(path)
        return path

    def _write(self, filing: Filing, index: int, path: Path, year: int | None) -> None:
        order, sheet = papers_as_sheets(filing.papers, filing.department, year or filing.year, filing.profile)[index]
        # The sheet stays protected: whoever types over a formula may protect it again.
        sheet = replace(sheet, protected=True)
        (path / self.folder.names[index]).write_bytes(write_workbook(order, [sheet]))


Planter = Callable[[Case], Iterator[Plan]]
PLANTERS: dict[str, list[Planter]] = {}
ALLOWED: dict[str, dict[str, str]] = {}
"""For each rule that is planted: the rules whose findings follow from the same defect, with the reason."""


def plants(rule: str, **allowed: str) -> Callable[[Planter], Planter]:
    """Register a planter for a rule; `allowed` names further codes that follow from its defects (A1_05="reason")."""

    def register(planter: Planter) -> Planter:
        PLANTERS.setdefault(rule, []).append(planter)
        ALLOWED.setdefault(rule, {}).update({code.replace("_", "-"): why for code, why in allowed.items()})
        return planter

    return register
