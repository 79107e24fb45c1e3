"""Orders of templates: the forms of one department for one year, their sheets, and the names of their files."""

from __future__ import annotations

import hashlib
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING

from xltool.forms import FORMS, project
from xltool.forms.model import Form, Sizes
from xltool.params import DEFAULT as DEFAULT_PROFILE
from xltool.params import Profile
from xltool.storage.files import same_name, writable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.template.filling import Prefill

DEFAULT = Sizes()
NAME_LIMIT = 24
"""Characters of a department or project in a file name; file systems allow 255 bytes in all."""


@dataclass(frozen=True)
class Order:
    """Forms of one department for one year; `code` is the department's code in a roster.

    Without projects 附件3 is issued once, with its project name left blank.
    """

    year: int
    department: str = ""
    forms: tuple[str, ...] = tuple(FORMS)
    projects: tuple[str, ...] = ()
    indicators: int = DEFAULT.indicators
    _: KW_ONLY
    password: str = ""
    code: str = ""
    project_rows: int = 0
    """Project rows that are needed, where more are known than `projects` names."""
    profile: Profile | None = None
    """The scoring profile that was asked for; None for the default."""

    @property
    def scoring(self) -> Profile:
        """The scoring profile of the forms."""
        return self.profile or DEFAULT_PROFILE

    @property
    def sizes(self) -> Sizes:
        """The rows of the tables; two project rows more than there are projects."""
        known = max(len(self.projects), self.project_rows)
        rows = max(DEFAULT.projects, known + 2) if known else DEFAULT.projects
        return Sizes(projects=rows, indicators=self.indicators)


@dataclass(frozen=True)
class SheetOrder:
    """One sheet of an order: its form, its project, and its values; those `approved` are locked too."""

    form: Form
    project: str = ""
    prefill: Prefill = field(default_factory=dict)
    protected: bool = True
    approved: Prefill = field(default_factory=dict)


def sheet_orders(order: Order) -> list[SheetOrder]:
    """The sheets of an order: one for each form, of 附件3 one for each project."""
    sheets = []
    for key in order.forms:
        names = order.projects if key == project.FORM.key and order.projects else ("",)
        sheets += [SheetOrder(FORMS[key], name) for name in names]
    return sheets


def file_name(order: Order, sheet: SheetOrder) -> str:
    """Name of the file of one form, valid on Windows."""
    stem = f"{sheet.form.key}_{order.year}年度{sheet.form.slug}"
    extra = "_".join(safe_name(part) for part in (order.department, sheet.project) if part)
    return f"{stem}_{extra}.xlsx" if extra else f"{stem}.xlsx"


def combined_name(order: Order) -> str:
    """Name of the file that holds all forms."""
    department = f"_{safe_name(order.department)}" if order.department else ""
    return f"附件1-3_{order.year}年度绩效自评表{department}.xlsx"


def safe_name(text: str) -> str:
    """A text as a part of a file name on Windows; a long text is cut and gets a part of its checksum instead."""
    name = writable(text.lstrip(" ."))
    if len(name) <= NAME_LIMIT:
        return name
    return f"{name[:NAME_LIMIT].rstrip(' .')}~{hashlib.sha256(text.encode()).hexdigest()[:4]}"


def files_of(order: Order, sheets: Sequence[SheetOrder], *, combined: bool) -> dict[str, list[SheetOrder]]:
    """The sheets of each file by its name; names differ also on file systems that ignore case."""
    if combined:
        return {combined_name(order): list(sheets)}
    files: dict[str, list[SheetOrder]] = {}
    used: set[str] = set()
    for sheet in sheets:
        name = unique_name(file_name(order, sheet), used)
        files[name] = [sheet]
    return files


def unique_name(name: str, used: set[str]) -> str:
    """A name that is not used yet, whatever its case and the spelling of accents; numbered where need be, and added.

    >>> used = {"a.xlsx"}
    >>> unique_name("A.xlsx", used), unique_name("a.xlsx", used)
    ('A（2）.xlsx', 'a（3）.xlsx')
    """
    stem, dot, suffix = name.rpartition(".") if name.endswith(".xlsx") else (name, "", "")
    number, numbered = 1, name
    while same_name(numbered) in used:
        number += 1
        numbered = f"{stem}（{number}）{dot}{suffix}"
    used.add(same_name(numbered))
    return numbered
