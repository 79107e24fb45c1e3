"""What a large page leaves to files beside it: loaded when it is looked at, and said where it is not there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.outputs.page_data import no_link
from tests.outputs.reviewed import samples_review
from tests.support.programs.browser import OFFICE, Visit, browser, needs_chromium
from xltool.outputs.page import page, part_numbers, parts
from xltool.outputs.page.data import Detail, PageData

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from xltool.outputs.model import Review
    from xltool.outputs.reviewing.finding_order import FindingOrder

LARGE = [detail for detail in Detail if detail is not Detail.ALL]
EVERYTHING = "s=error,warning,info"


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    """One browser for all tests of this module."""
    with browser() as opened:
        yield opened


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of few findings, so that the samples have several."""
    monkeypatch.setattr(part_numbers, "MOST", 40)


def written(folder: Path, detail: Detail, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The page of the samples, as if this detail were the most that fits."""
    size = sum(map(len, page.page_pieces(samples_review(), folder, detail)))
    monkeypatch.setattr(page, "LARGEST", size)
    page.write_page(folder / "review.html", samples_review())
    return folder / "review.html"


def test_a_page_that_is_too_large_is_not_made_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes no longer the more findings there are; with the least detail it is written whatever its size."""
    whole, sizes = list(page.page_pieces(samples_review(), tmp_path)), []
    pieces = page.page_pieces

    def counted(review: Review, folder: Path, detail: Detail, *, order: FindingOrder) -> Iterator[bytes]:
        sizes.append(0)
        for piece in pieces(review, folder, detail, order=order):
            sizes[-1] += len(piece)
            yield piece

    monkeypatch.setattr(page, "page_pieces", counted)
    monkeypatch.setattr(page, "LARGEST", 100_000)
    page.write_page(tmp_path / "review.html", samples_review())
    assert len(sizes) == len(Detail)
    assert max(sizes[:-1]) <= 100_000 + max(map(len, whole)) < sum(map(len, whole))
    assert (tmp_path / "review.html").stat().st_size == sizes[-1] > 100_000


def visit(chrome: Browser, path: Path, hash_: str = "") -> Visit:
    """The page opened from the disk, with all that it asked for."""
    opened = Visit(chrome.new_page(viewport=OFFICE))  # type: ignore[arg-type] # a screen
    opened.page.goto(f"{path.as_uri()}#{hash_}", wait_until="networkidle")
    return opened


def busiest() -> tuple[str, int]:
    """The department with the most findings of the samples, and their number."""
    count, row = max((row.errors + row.warnings + row.infos, row) for row in samples_review().filings if row.errors)
    return PageData(samples_review(), no_link).name(row), count


def readable(rows: list[list[Any]], texts: list[str]) -> list[list[Any]]:
    """Findings with their texts, without what the numbers of sheets differ in."""
    names = dict.fromkeys(("severity", "filing", "related", "windows", "key"))
    columns = [at for at, name in enumerate(page_columns()) if name not in names]
    return [[row[0], row[1], row[-1], *(texts[row[at]] if row[at] >= 0 else None for at in columns)] for row in rows]


def page_columns() -> list[str]:
    """What the members of a finding are."""
    members: dict[str, Any] = dict(PageData(samples_review(), no_link, Detail.FIGURES).members())
    return list(members["columns"])


@pytest.mark.parametrize("detail", LARGE)
def test_the_parts_have_all_findings_with_their_windows(
    detail: Detail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each part is whole by itself; a page that is small again has none."""
    written(tmp_path, detail, monkeypatch)
    given: list[list[Any]] = []
    windows = 0
    for number in range(len(list(tmp_path.glob(parts.PARTS)))):
        call = (tmp_path / parts.FOLDER / f"{number}.js").read_text(encoding="utf-8")
        given_to = call.removeprefix("xltoolDetails(").removesuffix(");\n")
        at, _, data = json.loads(f"[{given_to}]")
        assert at == number
        given += readable(data["findings"], data["texts"])
        windows += sum(len(row[15]) for row in data["findings"])
    members: dict[str, Any] = {name: _listed(value) for name, value in PageData(samples_review(), no_link).members()}
    assert given == readable(members["findings"], members["texts"])
    assert windows == sum(len(row[15]) for row in members["findings"]) > 0
    written(tmp_path, Detail.ALL, monkeypatch)
    assert [path.name for path in tmp_path.iterdir()] == ["review.html"]


def _listed(value: Any) -> Any:  # noqa: ANN401 - a member of the page's data
    return list(value) if hasattr(value, "__next__") else value


def test_no_part_of_a_small_page_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its policy allows no script but its own."""
    text = written(tmp_path, Detail.ALL, monkeypatch).read_text(encoding="utf-8")
    assert "'self'" not in text
    assert '"parts"' not in text


@needs_chromium
@pytest.mark.parametrize("detail", LARGE)
def test_a_department_is_loaded_when_it_is_chosen(
    detail: Detail, chrome: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also by the address of a shared view, and from the disk; nothing else is loaded, nothing complained of."""
    name, count = busiest()
    visited = visit(chrome, written(tmp_path, detail, monkeypatch), f"d={name}&{EVERYTHING}")
    assert visited.page.inner_text("#findings-title .n") == f"{count} 条"
    assert visited.page.locator("article .windows").count() > 0
    assert len(visited.requests) == 2
    assert visited.complaints == []


@needs_chromium
def test_all_departments_are_loaded_for_a_search(
    chrome: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the button, or at once where the address of a shared view has a word; then as much is shown as ever."""
    whole = visit(chrome, written(tmp_path / "全", Detail.ALL, monkeypatch), f"q=控制率&{EVERYTHING}")
    path = written(tmp_path / "略", Detail.FIGURES, monkeypatch)
    shared = visit(chrome, path, f"q=控制率&{EVERYTHING}")
    asked = visit(chrome, path)
    assert "问题还没有读入" in asked.page.inner_text("#findings")
    asked.page.click("#all-details")
    asked.page.wait_for_selector("#details", state="hidden")
    asked.page.fill("#search", "控制率")
    said = whole.page.inner_text("#findings-title .n")
    assert said != "0 条"
    assert [each.page.inner_text("#findings-title .n") for each in (shared, asked)] == [said, said]
    assert [each.complaints for each in (shared, asked)] == [[], []]


@needs_chromium
@pytest.mark.parametrize("other", [None, 'xltoolDetails(0,"0","");'])
def test_a_page_without_its_parts_says_so(
    other: str | None, chrome: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sent alone, or beside the parts of another run, it shows what it has and never that there is nothing."""
    path = written(tmp_path, Detail.FIGURES, monkeypatch)
    for part in (tmp_path / parts.FOLDER).iterdir():
        part.unlink() if other is None else part.write_text(other, encoding="utf-8")
    visited = visit(chrome, path, f"d={busiest()[0]}")
    assert "没有 review.data 文件夹，或者它不是同一次审核的" in visited.page.inner_text("#details")
    assert "没有发现问题" not in visited.page.inner_text("#main")
    assert visited.page.locator(".departments tbody tr").count() > 0
