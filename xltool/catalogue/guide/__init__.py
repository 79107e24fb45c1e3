"""The user guide: two pages for departments, ten for the desk.

Its text is written once, in Markdown that can be read as it is; `python -m tools.rebuild` makes the page with pictures
out of it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).with_name("guide.html")
"""The guide as one page that needs nothing else: pictures are inside, nothing is fetched."""
DEPARTMENTS_PAGE: Final = Path(__file__).with_name("departments.html")
"""The part for departments as a page of its own, which goes into their parcels."""
PARTS: Final = ("departments.md", "desk.md")
"""The text in order: for departments, for the desk."""
_PICTURE: Final = re.compile(r"^!\[([^\]\n]*)\]\([^)\n]*\)$", re.MULTILINE)
_MARK: Final = re.compile(r"^<!--.*-->\n", re.MULTILINE)


def text() -> str:
    """The guide for a terminal: what the page says, with a line for each picture."""
    parts = (PAGE.with_name(part).read_text(encoding="utf-8") for part in PARTS)
    return _PICTURE.sub(r"［图：\1］", _MARK.sub("", "\n".join(parts)))
