"""Templates that LibreOffice has opened, recalculated and saved keep everything that matters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.support import seed
from tests.support.parts import MAIN
from tests.support.programs.engines import same
from tests.support.programs.office import needs_office, recalculate, to_pdf
from tests.support.template import Form, area, read_template
from tests.template import contract
from tests.template.issued import COMBINED, FORMS, Variety, saved
from xltool.auditing.audit import audit
from xltool.forms.fingerprint import canonical
from xltool.reader.reading import read_file
from xltool.template.order import SheetOrder
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = needs_office

BLANK = [
    *(Variety(form, 2023, 3, 0) for form in FORMS),
    Variety(COMBINED, 2026, 1, 3),
    Variety(COMBINED, 2023, 8, 1),
]
NAMES = [*(str(variety) for variety in BLANK), *(f"填好的{form}" for form in FORMS)]
Pair = tuple["Path", "Path"]


@pytest.fixture(scope="module")
def trips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Pair]:
    """Blank templates and the three forms of the seed filled in honestly, before and after, by name."""
    folder = tmp_path_factory.mktemp("office")
    files = [saved(variety, folder) for variety in BLANK]
    for form, sheet in seed.seed_sheets().items():
        path = folder / f"填好的{form}.xlsx"
        order = SheetOrder(sheet.form, sheet.project, seed.honest(dict(sheet.prefill)))
        path.write_bytes(write_workbook(seed.order(), [order]))
        files.append(path)
    files_saved = recalculate(files, folder / "saved")
    return {file.stem: (file, path) for file, path in zip(files, files_saved, strict=True)}


@pytest.fixture(params=NAMES)
def pair(request: pytest.FixtureRequest, trips: dict[str, Pair]) -> Pair:
    """One workbook before and after."""
    return trips[request.param]


def _forms(pair: Pair) -> Iterator[tuple[str, Form, Form]]:
    before, after = (read_template(path) for path in pair)
    assert list(before.forms) == list(after.forms)
    return ((name, before.forms[name], after.forms[name]) for name in before.forms)


def test_names(pair: Pair) -> None:
    """Every defined name keeps its place and the scope of its sheet."""
    for _, before, after in _forms(pair):
        assert {name: area(text) for name, text in after.names.items()} == {
            name: area(text) for name, text in before.names.items()
        }


def test_cells(pair: Pair) -> None:
    """Texts, numbers, locks and merges are the same cell by cell."""
    for _, before, after in _forms(pair):
        last, width = before.sheet.extent
        spots = [(row, column) for row in range(1, last + 1) for column in range(1, width + 1)]
        for spot in spots:
            assert after.sheet.is_locked(*spot) == before.sheet.is_locked(*spot), spot
        assert set(after.sheet.merges) == set(before.sheet.merges)
        assert after.sheet.extent == before.sheet.extent


def test_results(pair: Pair) -> None:
    """After recalculation every cell shows the result that xltool had stored."""
    for _, before, after in _forms(pair):
        spots = before.sheet.cells | after.sheet.cells
        shown = {spot: (_shown(before, spot), _shown(after, spot)) for spot in spots}
        assert {spot: (said, now) for spot, (said, now) in shown.items() if not same(said, now)} == {}


def _shown(form: Form, spot: tuple[int, int]) -> float | str | None:
    cell = form.sheet.cells.get(spot)
    if cell is None or cell.value is None:
        return None
    return cell.value if isinstance(cell.value, float | str | bool) else cell.value.isoformat()


def test_formulas(pair: Pair) -> None:
    """Formulas stay the same, except for differences that the fingerprint ignores."""
    for key, before, after in _forms(pair):
        formulas = {spot: cell.formula for spot, cell in before.sheet.cells.items() if cell.formula}
        assert len(formulas) > len(contract.CALCULATED[key.partition("-")[0]])
        kept = {spot: cell.formula for spot, cell in after.sheet.cells.items() if cell.formula}
        assert set(kept) == set(formulas)
        assert {spot for spot in formulas if canonical(kept[spot], {}) != canonical(formulas[spot], {})} == set()


def _covered(form: Form, tag: str) -> dict[tuple[int, int], list[str]]:
    """For every cell, the kinds of the validations (or formulas of the conditional formats) it has."""
    kinds: dict[tuple[int, int], list[str]] = {}
    for element in form.root.iter(MAIN + tag):
        rules = (
            [element.get("type", "none")]
            if tag == "dataValidation"
            else [rule.get("type", "") for rule in element.iter(MAIN + "cfRule")]
        )
        for ref in element.get("sqref", "").split():
            top, left, bottom, right = area(ref)
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    kinds.setdefault((row, column), []).extend(rules)
    return {spot: sorted(kinds) for spot, kinds in kinds.items()}


@pytest.mark.parametrize("tag", ["dataValidation", "conditionalFormatting"])
def test_coverage(pair: Pair, tag: str) -> None:
    """Every cell has the validations, and as many conditional formats, as before."""
    for _, before, after in _forms(pair):
        assert _covered(after, tag) == _covered(before, tag) != {}


def test_prompts(pair: Pair) -> None:
    """Prompts and error texts are kept to the letter."""
    for _, before, after in _forms(pair):
        prompts = [
            {
                (rule.get("promptTitle"), rule.get("prompt"), rule.get("error"))
                for rule in form.root.iter(MAIN + "dataValidation")
            }
            for form in (before, after)
        ]
        assert prompts[0] == prompts[1]


def test_protection(pair: Pair) -> None:
    """Sheets stay protected, inserting rows stays allowed and deleting them refused."""
    for _, _, after in _forms(pair):
        protection = after.attributes_of("sheetProtection")
        assert protection["sheet"] in {"1", "true"}
        assert protection.get("insertRows") in {"0", "false"}
        assert protection.get("deleteRows", "1") in {"1", "true"}


def test_page(pair: Pair) -> None:
    """A4 portrait, one page wide, with the same print area and repeated rows."""
    for _, before, after in _forms(pair):
        setup = after.attributes_of("pageSetup")
        assert (setup["paperSize"], setup["orientation"]) == ("9", "portrait")
        assert (setup.get("fitToWidth", "1"), setup.get("fitToHeight", "1")) == ("1", "0")
        assert after.attributes_of("pageSetUpPr")["fitToPage"] in {"1", "true"}
        plain = [{key: text.replace("'", "") for key, text in form.printing.items()} for form in (before, after)]
        areas = [area(printing["_xlnm.Print_Area"]) for printing in plain]
        rows = [re.findall(r"\d+", printing["_xlnm.Print_Titles"].rpartition("!")[2]) for printing in plain]
        assert areas[0] == areas[1]
        assert rows[0] == rows[1]


def test_manifest(pair: Pair) -> None:
    """The manifest is still hidden and has the same texts."""
    before, after = (read_template(path).manifest for path in pair)
    assert after.state in {"hidden", "veryHidden"}
    texts = [
        {spot: cell.value for spot, cell in sheet.cells.items() if cell.value not in (None, "")}
        for sheet in (before, after)
    ]
    assert len(texts[0]) > 20
    assert texts[0] == texts[1]


def test_nothing_to_say_when_read_back(pair: Pair) -> None:
    """The reader finds all forms with intact formulas, and no cell that was overtyped or is out of date."""
    record = read_file(pair[1], pair[1].name)
    assert record.status == "read"
    assert [submission.layout for submission in record.submissions] == ["template"] * len(record.submissions)
    assert all(
        filed.intact for submission in record.submissions for filed in submission.values.values() if filed.formula
    )
    findings = [finding for finding in audit([record]).findings if finding.rule.startswith("W")]
    # The seed's one amount pasted from Word is text, which W-05 or T-01 tells of with or without a trip.
    assert [finding.message for finding in findings if finding.rule != "W-05"] == []


def test_a_form_prints_on_as_few_pages_as_it_should(trips: dict[str, Pair], tmp_path: Path) -> None:
    """附件1 fits on one page, 附件2 and 附件3 on two; the panel is not printed, and no page is almost empty."""
    files = [trips[f"填好的{form}"][0] for form in FORMS]
    pages = [_pages(path) for path in to_pdf(files, tmp_path)]
    assert pages == [1, 2, 2]


def _pages(path: Path) -> int:
    return len(re.findall(rb"/Type\s*/Page[^s]", path.read_bytes()))
