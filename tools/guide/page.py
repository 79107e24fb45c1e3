"""The user guide as one HTML page: its Markdown, the committed pictures, the style and the measured figures."""

from __future__ import annotations

import base64
import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

from markdown_it import MarkdownIt

from tools.guide import limits, sizing
from xltool.catalogue import explain
from xltool.catalogue.guide import PAGE, PARTS
from xltool.rules.catalogue import rule_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from markdown_it.token import Token

HERE: Final = Path(__file__).parent
EXAMPLE: Final = "A1-05"
"""The rule whose page the guide shows."""
PICTURES: Final = HERE / "pictures"
STYLE, FRAME, SCRIPT = (HERE / name for name in ("guide.css", "guide.html", "guide.js"))
_GENERATED: Final = re.compile(r"(<!-- (\w+):start -->\n).*?(<!-- \2:end -->\n)", re.DOTALL)


def tables() -> dict[str, str]:
    """The generated parts of the text by the name of their marks: an explained rule, limits, sizing."""
    figures = sizing.measured_figures()
    return {
        "explain": f"```\n{explain.page(rule_named(EXAMPLE))}```\n",
        "limits": limits.table(),
        "sizing": f"{sizing.table(figures)}\n{sizing.basis(figures)}\n",
    }


def sources() -> dict[str, str]:
    """The texts of the guide by file name, with their generated parts of today."""
    generated = tables()
    return {
        part: _GENERATED.sub(
            lambda match: match[1] + generated[match[2]] + match[3], PAGE.with_name(part).read_text("utf-8")
        )
        for part in PARTS
    }


def page(texts: dict[str, str]) -> str:
    """The HTML page of these texts."""
    parts = {part.removesuffix(".md"): _part(text) for part, text in texts.items()}
    filled = FRAME.read_text("utf-8")
    contents = "".join(_contents(name, heads) for name, (_, heads) in parts.items())
    bodies = "".join(f'<section class="part" id="{name}">\n{body}</section>\n' for name, (body, _) in parts.items())
    for mark, content in (
        ("style", STYLE.read_text("utf-8")),
        ("contents", contents),
        ("parts", bodies),
        ("script", SCRIPT.read_text("utf-8")),
    ):
        filled = filled.replace(f"<!-- {mark} -->", content)
    return filled


def _part(text: str) -> tuple[str, list[tuple[int, str, str]]]:
    """A part as HTML, and its headings: level, anchor, words."""
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    tokens = parser.parse(text)
    heads = list(_anchored(tokens))
    return _figures(str(parser.renderer.render(tokens, parser.options, {}))), heads


def _anchored(tokens: Sequence[Token]) -> Iterable[tuple[int, str, str]]:
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            words = inline.content
            anchor = re.sub(r"[^\w]+", "-", words).strip("-")
            opening.attrSet("id", anchor)
            yield int(opening.tag[1]), anchor, words


def _contents(name: str, heads: Sequence[tuple[int, str, str]]) -> str:
    (_, _, title), *rest = heads
    lines = [f'<li><a href="#{anchor}">{words}</a></li>' for level, anchor, words in rest if level == 2]
    return f'<h2><a href="#{name}">{title}</a></h2>\n<ol>{"".join(lines)}</ol>\n'


def _figures(body: str) -> str:
    """Turn pictures that stand on a line of their own into figures with captions; the picture is embedded."""
    figure = re.compile(r'<p><img src="([^"]+)" alt="([^"]*)"(?: title="([^"]*)")? /></p>')
    return figure.sub(lambda match: _figure(match[1], match[2], match[3] or ""), body)


def _figure(name: str, caption: str, kind: str) -> str:
    content = (PICTURES / name).read_bytes()
    drawn = (
        content.decode("utf-8").strip()
        if name.endswith(".svg")
        else f'<img alt="{caption}" src="data:image/png;base64,{base64.b64encode(content).decode()}">'
    )
    return f'<figure class="{kind}">{drawn}<figcaption>{caption}</figcaption></figure>'
