"""Files of templates: Excel's limits, page setup, protection, manifest and properties."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.support.lint import lint
from tests.support.parts import read_book
from tests.support.programs.ooxml import needs_validator, validate
from tests.support.template import Template, area, covers
from tests.template import contract
from tests.template.areas import form_key, forms_of
from tests.template.issued import COMBINED, DEPARTMENT, FORMS, TYPICAL, VARIETIES, Variety, saved, written
from xltool.forms.manifest import from_rows

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("variety", VARIETIES, ids=str)
def test_lint(variety: Variety, tmp_path: Path) -> None:
    """Excel has nothing to repair or refuse, and WPS has every function that is used."""
    assert lint(saved(variety, tmp_path)) == []


@needs_validator
@pytest.mark.parametrize("variety", [*(Variety(form, 2023, 3, 1) for form in FORMS), Variety(COMBINED, 2026, 8, 12)])
def test_follows_the_schema(variety: Variety, tmp_path: Path) -> None:
    """The Open XML SDK reports no error."""
    assert validate(saved(variety, tmp_path)) == []


_WRITE = """
import hashlib
from tests.template.issued import VARIETIES, written
for variety in VARIETIES[::7]:
    print(variety, hashlib.sha256(written(variety)).hexdigest())
"""


@pytest.mark.parametrize(("seed", "zone"), [("1", "Asia/Shanghai"), ("2", "America/Anchorage")])
def test_same_bytes_everywhere(seed: str, zone: str) -> None:
    """Another process, hash seed and time zone write the same file."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONUTF8": "1"}
    done = subprocess.run(  # noqa: S603 - this very program
        [sys.executable, "-c", _WRITE], env=environment, capture_output=True, encoding="utf-8", check=True
    )
    here = [f"{variety} {hashlib.sha256(written(variety)).hexdigest()}" for variety in VARIETIES[::7]]
    assert done.stdout.split("\n")[:-1] == here


def test_what_is_ordered_is_what_is_written(variety: Variety, template: Template) -> None:
    """There is a sheet for each form, of 附件3 one for each project, in order; other orders give other files."""
    projects = max(variety.projects, 1)
    thirds = ["附件3", *(f"附件3-{number}" for number in range(2, projects + 1))]
    expected = {COMBINED: ["附件1", "附件2", *thirds], "附件3": thirds}.get(variety.what, [variety.what])
    assert list(template.forms) == expected
    assert len({written(other) for other in TYPICAL}) == len(TYPICAL)


def test_page(template: Template) -> None:
    """A4 portrait, one page wide; the panel is not printed; the head is repeated on each page."""
    for key, form in forms_of(template):
        setup = form.attributes_of("pageSetup")
        assert setup["paperSize"] == "9"
        assert setup["orientation"] == "portrait"
        assert (setup.get("fitToWidth", "1"), setup["fitToHeight"]) == ("1", "0")
        assert form.attributes_of("pageSetUpPr")["fitToPage"] == "1"
        printed = area(form.printing["_xlnm.Print_Area"])
        assert printed[:2] == (1, 1)
        assert printed[3] == (7 if key == "附件1" else 9)
        assert all(covers(printed, form.area(name)) for name in (*contract.FIELDS[key], *contract.COLUMNS[key]))
        assert printed[2] == form.area("单位负责人签字")[0]
        head = form.area("三公经费_上年决算数" if key == "附件1" else "一级指标")[0] - 1
        assert form.printing["_xlnm.Print_Titles"].endswith(f"!${head}:${head}")


ALLOWED = ("insertRows", "formatColumns", "formatRows", "autoFilter")


REFUSED = ("deleteRows", "deleteColumns", "insertColumns", "formatCells", "sort", "pivotTables", "insertHyperlinks")


def test_protection(template: Template) -> None:
    """Inserting rows, formatting rows and columns and filtering are allowed, deleting rows and columns is not."""
    for _, form in forms_of(template):
        protection = form.attributes_of("sheetProtection")
        assert protection["sheet"] == "1"
        assert all(protection.get(act) == "0" for act in ALLOWED)
        assert all(protection.get(act, "1") == "1" for act in REFUSED)
        assert protection.get("selectLockedCells", "0") == "0"
        assert protection.get("selectUnlockedCells", "0") == "0"
        assert "password" not in protection


def test_manifest(variety: Variety, template: Template) -> None:
    """A very hidden, protected sheet tells whose the form is, and knows every formula, name, label and validation."""
    sheet = template.manifest
    assert sheet.state == "veryHidden"
    assert sheet.protection is not None
    last, _ = sheet.extent
    texts = [
        [str(sheet.cells[row, column].value or "") if (row, column) in sheet.cells else "" for column in range(1, 5)]
        for row in range(2, last + 1)
    ]
    manifest = from_rows([(a, b, c, d) for a, b, c, d in texts])
    assert (manifest.year, manifest.department) == (variety.year, DEPARTMENT)
    assert re.fullmatch(r"[0-9a-f]{12}", manifest.issue)
    assert list(manifest.sheets) == list(template.forms)
    for name, form in template.forms.items():
        issued, key = manifest.sheets[name], form_key(name)
        assert issued.form == key
        assert set(issued.formulas) == contract.CALCULATED[key]
        assert all(formula for formula in issued.formulas.values())
        assert set(issued.places) == set(contract.FIELDS[key]) | set(contract.COLUMNS[key])
        assert all(area(issued.places[name]) == form.area(name) for name in issued.places)
        assert issued.validated == contract.inputs(key) | set(contract.COLUMNS[key]) - {"一级指标"}
        assert all(form.text(*area(place)[:2]) == text for place, text in issued.labels.items())
        assert f"{variety.year}年度" in "".join(issued.labels.values())


def test_properties(variety: Variety, tmp_path: Path) -> None:
    """Title, subject and company, and a time that is the order's, not the clock's."""
    book = openpyxl.load_workbook(saved(variety, tmp_path), read_only=True)
    properties = book.properties
    book.close()
    assert str(variety.year) in properties.title
    assert properties.subject == f"{variety.year}年度预算绩效自评"
    assert properties.creator == "xltool"
    assert properties.created.year == variety.year + 1
    assert properties.created == properties.modified
    assert f"<Company>{DEPARTMENT}</Company>" in _part(saved(variety, tmp_path), "docProps/app.xml")


def _part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as package:
        return package.read(name).decode()


def test_styles_are_shared(tmp_path: Path) -> None:
    """Thirteen sheets need no more cell formats than three."""
    small, large = (read_book(saved(Variety(COMBINED, 2026, 8, number), tmp_path)).styles for number in (1, 12))
    assert large == small < 80
