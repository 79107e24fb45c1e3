"""Write the workbooks of an order, each with a very hidden manifest of what was issued to whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from xlsxwriter import Workbook

from xltool.forms import base_data, project, self_review
from xltool.forms.manifest import AUTHOR, HEAD, OVERVIEW, SHEET, TEMPLATE, IssuedSheet, Manifest, fill
from xltool.storage.files import write_whole
from xltool.storage.literal import literal
from xltool.template.blueprint import blueprint_of
from xltool.template.book import Book
from xltool.template.order import files_of, sheet_orders
from xltool.template.overview import Overview, Reviewed
from xltool.template.package import compressed
from xltool.template.sheet import FormWriter
from xltool.template.styles import TemplateStyles
from xltool.template.worksheet import TemplateWorksheet
from xltool.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from xltool.expr.nodes import Field
    from xltool.params import Profile
    from xltool.template.filling import Prefill
    from xltool.template.order import Order, SheetOrder


def write_workbook(order: Order, sheets: Sequence[SheetOrder]) -> bytes:
    """The bytes of one workbook with these sheets; the same order gives the same bytes."""
    return _written(order, sheets, lambda _, writers: [writer.write() for writer in writers])


def write_combined(order: Order, sheets: Sequence[SheetOrder]) -> bytes:
    """The bytes of the workbook of a department, in which forms are compared and a first sheet sums up."""
    return _written(order, sheets, _write_together)


def _write_together(styles: TemplateStyles, writers: Sequence[FormWriter]) -> list[IssuedSheet]:
    """Write forms that are compared with each other, and the sheet 送审前核对 before them."""
    overview = Overview(styles.workbook.add_worksheet(OVERVIEW, TemplateWorksheet), styles)
    book = Book(tuple(writer.placed for writer in writers))
    issued = [replace(writer, book=book) for writer in writers]
    entries = [writer.write() for writer in issued]
    overview.write([Reviewed(writer.name, writer.blueprint, writer.panel) for writer in issued], writers[0].password)
    return entries


def _written(
    order: Order,
    sheets: Sequence[SheetOrder],
    write: Callable[[TemplateStyles, Sequence[FormWriter]], Sequence[IssuedSheet]],
) -> bytes:
    """The bytes of a workbook whose forms are written by `write`, with manifest and properties."""
    buffer = BytesIO()
    workbook = Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    styles = TemplateStyles(workbook)
    manifest = Manifest(order.year, order.department, VERSION, code=order.code, profile=_declared(order.profile))
    names: list[str] = []
    for sheet in sheets:
        names.append(_sheet_name(sheet, names))
    writers = [_writer(order, sheet, styles, name=name) for sheet, name in zip(sheets, names, strict=True)]
    for sheet, name, issued in zip(sheets, names, write(styles, writers), strict=True):
        issued.project = sheet.project
        manifest.sheets[name] = issued
    _write_manifest(workbook, manifest, order.password)
    _set_properties(workbook, order, sheets)
    workbook.close()
    return compressed(buffer.getvalue())


def _writer(order: Order, sheet: SheetOrder, styles: TemplateStyles, *, name: str) -> FormWriter:
    return FormWriter(
        styles.workbook,
        styles,
        name=name,
        blueprint=blueprint_of(sheet.form, order.sizes, order.year, order.scoring),
        prefill=_prefill(order, sheet),
        approved=sheet.approved,
        password=order.password,
        protected=sheet.protected,
    )


def write_files(order: Order, folder: Path, *, combined: bool) -> list[Path]:
    """Write the workbooks of an order into a folder, which is created if missing; return their paths.

    Raises OSError where the folder cannot be written to.
    """
    paths = []
    write = write_combined if combined else write_workbook
    for name, members in files_of(order, sheet_orders(order), combined=combined).items():
        path = folder / name
        write_whole(path, write(order, members))
        paths.append(path)
    return paths


def issue_id(order: Order, sheets: Sequence[SheetOrder]) -> str:
    """The issue id (下发编号) in the manifest of a workbook with these sheets."""
    manifest = Manifest(order.year, order.department, VERSION, code=order.code)
    for sheet in sheets:
        name = _sheet_name(sheet, list(manifest.sheets))
        manifest.sheets[name] = IssuedSheet(sheet.form.key, sheet.project)
    return manifest.fingerprint()


def _declared(profile: Profile | None) -> str:
    """A profile as the manifest holds it: its name, or the text of the bureau's own file; "" for the default."""
    return "" if profile is None else profile.source or profile.name


def _sheet_name(sheet: SheetOrder, used: list[str]) -> str:
    """附件3, then 附件3-2 and so on in a workbook with several forms of a kind."""
    key, number = sheet.form.key, sum(name.startswith(sheet.form.key) for name in used) + 1
    return key if number == 1 else f"{key}-{number}"


def _prefill(order: Order, sheet: SheetOrder) -> Prefill:
    """The values of a sheet: the names its order gives, and the sheet's own, which go before them."""
    names: dict[Field, str] = {
        base_data.unit: order.department,
        self_review.department: order.department,
        project.name: sheet.project,
        project.implementer: order.department,
        # A roster has a column for it, and a blank there is the department's to fill in.
        project.supervisor: "" if order.code else order.department,
    }
    filled: dict[Field, Any] = {item: text for item, text in names.items() if text and sheet.form.has(item)}
    if sheet.form is base_data.FORM and order.projects:
        filled[base_data.project_name] = list(order.projects)
    return {**filled, **sheet.prefill}


def _write_manifest(workbook: Workbook, manifest: Manifest, password: str) -> None:
    sheet = workbook.add_worksheet(SHEET)
    for row, entry in enumerate((HEAD, *manifest.rows())):
        for column, text in enumerate(entry):
            if text:
                sheet.write_string(row, column, literal(text))
    sheet.protect(password)
    sheet.very_hidden()


def _set_properties(workbook: Workbook, order: Order, sheets: Sequence[SheetOrder]) -> None:
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
