"""Blank templates: forms and rules turned into locked, self-checking workbooks."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from xlsxwriter import Workbook

from xltool.forms import FORMS, base_data, project, self_review
from xltool.forms.manifest import AUTHOR, HEAD, SHEET, TEMPLATE, IssuedSheet, Manifest, fill
from xltool.forms.model import Form, Sizes
from xltool.params import DEFAULT as DEFAULT_PROFILE
from xltool.params import Profile
from xltool.storage.files import same_name, writable, write_whole
from xltool.storage.literal import literal
from xltool.template.drawing import checked_on, drawn
from xltool.template.sheet import Prefill, SheetWriter
from xltool.template.styles import Styles
from xltool.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xltool.expr.nodes import Field

DEFAULT = Sizes()
NAME_LIMIT = 24
"""Characters of a department or project in a file name; file systems allow 255 bytes in all."""


@dataclass(frozen=True)
class Order:
    """What to issue: forms of one department for one year; `code` is that of the department in a roster.

    Without projects 附件3 is issued once, with its project name left blank.
    """

    year: int
    department: str = ""
    forms: tuple[str, ...] = tuple(FORMS)
    projects: tuple[str, ...] = ()
    indicators: int = DEFAULT.indicators
    password: str = ""
    code: str = ""
    project_rows: int = 0
    """Project rows that must find room, where more are known than projects are named."""
    profile: Profile | None = None
    """The scoring profile that was asked for, if any."""

    @property
    def scoring(self) -> Profile:
        """The scoring profile the forms are made for."""
        return self.profile or DEFAULT_PROFILE

    @property
    def sizes(self) -> Sizes:
        """Table rows: room for two projects more than are named."""
        known = max(len(self.projects), self.project_rows)
        rows = max(DEFAULT.projects, known + 2) if known else DEFAULT.projects
        return Sizes(projects=rows, indicators=self.indicators)


@dataclass(frozen=True)
class SheetOrder:
    """One sheet to write: which form, for which project, with what already filled in, and what is locked besides."""

    form: Form
    project: str = ""
    prefill: Prefill = field(default_factory=dict)
    protected: bool = True
    approved: Prefill = field(default_factory=dict)


def sheet_orders(order: Order) -> list[SheetOrder]:
    """The sheets of an order: one a form, 附件3 one a project."""
    sheets = []
    for key in order.forms:
        names = order.projects if key == project.FORM.key and order.projects else ("",)
        sheets += [SheetOrder(FORMS[key], name) for name in names]
    return sheets


def file_name(order: Order, sheet: SheetOrder) -> str:
    """Name of the file of one form, safe on Windows."""
    stem = f"{sheet.form.key}_{order.year}年度{sheet.form.slug}"
    extra = "_".join(safe_name(part) for part in (order.department, sheet.project) if part)
    return f"{stem}_{extra}.xlsx" if extra else f"{stem}.xlsx"


def combined_name(order: Order) -> str:
    """Name of the file that holds all forms."""
    department = f"_{safe_name(order.department)}" if order.department else ""
    return f"附件1-3_{order.year}年度绩效自评表{department}.xlsx"


def safe_name(text: str) -> str:
    """Text that can be part of a file name on Windows; a long one is cut, with a mark that keeps it apart."""
    name = writable(text.lstrip(" ."))
    if len(name) <= NAME_LIMIT:
        return name
    return f"{name[:NAME_LIMIT].rstrip(' .')}~{hashlib.sha256(text.encode()).hexdigest()[:4]}"


def write_workbook(order: Order, sheets: Sequence[SheetOrder]) -> bytes:
    """One workbook with these sheets, byte for byte the same for the same order."""
    buffer = BytesIO()
    workbook = Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    styles = Styles(workbook)
    manifest = Manifest(order.year, order.department, VERSION, code=order.code, profile=_declared(order.profile))
    for sheet in sheets:
        name = _sheet_name(sheet, list(manifest.sheets))
        writer = SheetWriter(
            workbook,
            styles,
            name,
            drawn(sheet.form, order.sizes, order.year, order.scoring),
            _prefill(order, sheet),
            sheet.approved,
            order.password,
            sheet.protected,
        )
        issued = writer.write()
        issued.project = sheet.project
        manifest.sheets[name] = issued
    _write_manifest(workbook, manifest, order.password)
    _properties(workbook, order, sheets)
    workbook.close()
    return buffer.getvalue()


def files_of(order: Order, sheets: Sequence[SheetOrder], *, combined: bool) -> dict[str, list[SheetOrder]]:
    """The sheets of each file by its name; no name twice, whether or not a file system tells upper from lower case."""
    if combined:
        return {combined_name(order): list(sheets)}
    files: dict[str, list[SheetOrder]] = {}
    taken: set[str] = set()
    for sheet in sheets:
        name = distinct(file_name(order, sheet), taken)
        files[name] = [sheet]
    return files


def distinct(name: str, taken: set[str]) -> str:
    """A name that is not taken, in whatever case and spelling of accents, numbered where it must be; it is taken then.

    >>> taken = {"a.xlsx"}
    >>> distinct("A.xlsx", taken), distinct("a.xlsx", taken)
    ('A（2）.xlsx', 'a（3）.xlsx')
    """
    stem, dot, suffix = name.rpartition(".") if name.endswith(".xlsx") else (name, "", "")
    number, found = 1, name
    while same_name(found) in taken:
        number += 1
        found = f"{stem}（{number}）{dot}{suffix}"
    taken.add(same_name(found))
    return found


def issue(order: Order, folder: Path, *, combined: bool) -> list[Path]:
    """Write the workbooks of an order into a folder (made if missing); gives their paths.

    Raises OSError where the folder cannot be written to.
    """
    paths = []
    for name, members in files_of(order, sheet_orders(order), combined=combined).items():
        path = folder / name
        write_whole(path, write_workbook(order, members))
        paths.append(path)
    return paths


def issue_id(order: Order, sheets: Sequence[SheetOrder]) -> str:
    """The issue id in the manifest of a workbook with these sheets."""
    manifest = Manifest(order.year, order.department, VERSION, code=order.code)
    for sheet in sheets:
        name = _sheet_name(sheet, list(manifest.sheets))
        manifest.sheets[name] = IssuedSheet(sheet.form.key, sheet.project)
    return manifest.fingerprint()


@cache
def live_codes() -> frozenset[str]:
    """Codes of the rules that a template checks by itself, in its 审核 panel or at the cell."""
    return frozenset(code for form in FORMS.values() for code in checked_on(form))


def _declared(profile: Profile | None) -> str:
    """What the manifest says of a profile: nothing where none was asked for, a name, or the whole of an own file."""
    return "" if profile is None else profile.source or profile.name


def _sheet_name(sheet: SheetOrder, taken: list[str]) -> str:
    key, number = sheet.form.key, sum(name.startswith(sheet.form.key) for name in taken) + 1
    return key if number == 1 else f"{key}-{number}"


def _prefill(order: Order, sheet: SheetOrder) -> Prefill:
    known: dict[Field, str] = {
        base_data.unit: order.department,
        self_review.department: order.department,
        project.name: sheet.project,
        project.implementer: order.department,
    }
    filled: dict[Field, Any] = {item: text for item, text in known.items() if text and sheet.form.has(item)}
    if sheet.form is base_data.FORM and order.projects:
        filled[base_data.project_name] = list(order.projects)
    return {**filled, **sheet.prefill}


def _write_manifest(workbook: Workbook, manifest: Manifest, password: str) -> None:
    sheet = workbook.add_worksheet(SHEET)
    for row, entry in enumerate((HEAD, *manifest.rows())):
        for column, text in enumerate(entry):
            sheet.write_string(row, column, literal(text))
    sheet.protect(password)
    sheet.very_hidden()


def _properties(workbook: Workbook, order: Order, sheets: Sequence[SheetOrder]) -> None:
    title = fill(sheets[0].form.title, order.year) if len(sheets) == 1 else f"{order.year}年度绩效自评表（附件1—3）"
    workbook.set_properties(
        {
            "title": title,
            "subject": f"{order.year}年度预算绩效自评",
            "author": AUTHOR,
            "company": order.department,
            "comments": TEMPLATE,
            # A fixed time, so that the same order gives the same bytes.
            "created": datetime(order.year + 1, 1, 1, tzinfo=UTC).replace(tzinfo=None),
        }
    )
    workbook.set_calc_mode("auto")
