"""review.html as a file: its tags, its links, and the same bytes every time."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from tests.outputs.reviewed import HOSTILE, MADE_AT, hostile_review, samples_review
from xltool.outputs.model import Review
from xltool.outputs.page.page import SCRIPTS, linker, page_bytes, write_page

ASSETS: Final = Path(__file__).parents[2] / "xltool" / "outputs" / "page"


TOO_NEW: Final = (
    r"\.replaceAll\(", r"\.replaceChildren\(", r"\.at\(", r"structuredClone", r"\?\?=", r"\|\|=", r"Object\.hasOwn",
    r":has\(", r":is\(", r":where\(", r":focus-visible", r"\binset:", r"aspect-ratio", r"@container", r"@layer",
)  # fmt: skip
"""What came after Chromium 80."""


def embedded(page: str) -> Any:  # noqa: ANN401 - JSON
    """The data as a browser finds it in the page."""
    (text,) = re.findall(r'<script id="data" type="application/json">(.*?)</script>', page, re.DOTALL)
    return json.loads(text)


def test_hostile_texts_begin_no_tag(tmp_path: Path) -> None:
    """The page has its own tags only, and the texts come out of it as they went in."""
    page = page_bytes(hostile_review(), tmp_path).decode()
    assert len(re.findall("</script>", page)) == 2
    assert "<img" not in page
    assert "<!--" not in page
    texts = embedded(page)["texts"]
    assert [text for text in HOSTILE if text in texts] == [text for text in HOSTILE if text.isprintable()]
    assert "右\ufffd左␀\ufffd" in texts


def test_the_same_review_gives_the_same_bytes(tmp_path: Path) -> None:
    """Twice the same; another time of the run changes that line alone."""
    review = samples_review()
    page = page_bytes(review, tmp_path).decode()
    assert page_bytes(review, tmp_path).decode() == page
    later = page_bytes(replace(review, made_at=MADE_AT.replace(minute=31)), tmp_path).decode()
    assert later.replace("2024-04-02 09:31", "2024-04-02 09:30") == page


def test_the_page_is_the_same_wherever_the_folders_lie() -> None:
    """Links hold the way from the page to the filings, not the place of either."""
    here, there = (
        page_bytes(replace(samples_review(), root=Path(place, "报送")), Path(place, "结果"))
        for place in ("/甲", "/乙/丙")
    )
    assert here == there


def test_links_lead_to_the_file_from_the_folder_of_the_page(tmp_path: Path) -> None:
    """Links are relative and percent-encoded, for a file in an archive to the archive; without a root, none."""
    link = linker(tmp_path / "报送 材料", tmp_path / "审核结果")
    assert link("水利局/附件1#2?.xlsx") == (
        "./../%E6%8A%A5%E9%80%81%20%E6%9D%90%E6%96%99/%E6%B0%B4%E5%88%A9%E5%B1%80/%E9%99%84%E4%BB%B61%232%3F.xlsx"
    )
    assert (link("a.zip/b.xlsx") or "").endswith("/a.zip")
    assert link("半\ud800") is None
    assert linker(None, tmp_path)("a.xlsx") is None
    assert linker(tmp_path, tmp_path)("javascript:x.xlsx") == "./javascript%3Ax.xlsx"


def test_on_another_drive_links_are_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no relative path exists, the link has the whole address."""

    def no_way(*_: object) -> str:
        msg = "path is on another drive"
        raise ValueError(msg)

    monkeypatch.setattr(os.path, "relpath", no_way)
    link = linker(tmp_path / "报送", tmp_path)
    assert link("a.xlsx") == (tmp_path / "报送" / "a.xlsx").as_uri()


def test_the_page_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """If the page cannot be written, an OSError is raised and no partial file remains."""
    write_page(tmp_path / "新" / "review.html", samples_review())
    assert [path.name for path in (tmp_path / "新").iterdir()] == ["review.html"]
    (tmp_path / "review.html").mkdir()
    with pytest.raises(OSError, match=r"review\.html"):
        write_page(tmp_path / "review.html", samples_review())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["review.html", "新"]


def test_an_empty_review_is_a_page_too(tmp_path: Path) -> None:
    """A review without filings gives a page without findings."""
    page = embedded(page_bytes(Review("", MADE_AT), tmp_path).decode())
    assert page["findings"] == page["filings"] == page["sheets"] == []


def test_script_and_style_are_written_for_old_browsers() -> None:
    """Nothing is used that Chromium 80 does not know, and no text is put in as markup."""
    for name in (*SCRIPTS, "page.css"):
        source = (ASSETS / name).read_text(encoding="utf-8")
        assert [new for new in TOO_NEW if re.search(new, source)] == [], name
        assert re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|\.style\b", source) is None
