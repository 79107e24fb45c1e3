"""Attacks by number: what is harmless by itself, as often as a file can hold it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from tests.attacks.built_files import docx, ods
from tests.attacks.kit import STRINGS, after_sheet, in_sheet, parts_of, replaced, zipped
from xltool.findings import column_letters

if TYPE_CHECKING:
    from tests.attacks.collected import Collect

NOISE = random.Random(6)  # noqa: S311 - what does not compress
MILLION = 1_000_000
OLE_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink"


def _digits(count: int) -> bytes:
    return NOISE.randbytes(-(-count // 2)).hex()[:count].encode()


def _rows(count: int, cell: bytes, columns: int = 10) -> bytes:
    """So many cells, in rows below the form; `cell` has the place of its reference and of a number."""
    rows = []
    for row in range(1_000, 1_000 + count // columns):
        cells = (cell % (b"%s%d" % (column_letters(at).encode(), row), NOISE.randrange(10**6)) for at in range(1, 11))
        rows.append(b'<row r="%d">%s</row>' % (row, b"".join(cells)))
    return b"".join(rows)


def _shared(formula: bytes, count: int) -> bytes:
    head = b'<row r="999"><c r="A999"><f t="shared" ref="A999:Z1048576" si="0">%s</f><v>1</v></c></row>' % formula
    return head + _rows(count, b'<c r="%s"><f t="shared" si="0"/><v>%d</v></c>')


def _cells(attack: Collect) -> None:
    attack(
        "a shared formula in 600,000 cells",
        lambda form: in_sheet(form, _shared(b"SUM(A1:B2)*$C$3+IF(D4&gt;5,E6,F7)", 600_000)),
        "too_many",
        words=("500,000",),
    )
    attack(
        "a shared formula of 8 KB in 20,000 cells",
        lambda form: in_sheet(form, _shared(b"+".join([b"A1"] * 2_700), 20_000)),
        "read",
    )
    attack(
        "array formulas over the whole sheet",
        lambda form: in_sheet(
            form,
            b"".join(
                b'<row r="%d"><c r="A%d"><f t="array" ref="A%d:XFD1048576">SUM(A%d:B2)</f><v>%d</v></c></row>'
                % (row, row, row, row, row)
                for row in range(1_000, 21_000)
            ),
        ),
        "read",
    )
    attack(
        "600,000 texts within cells",
        lambda form: in_sheet(form, _rows(600_000, b'<c r="%s" t="inlineStr"><is><t>%d</t></is></c>')),
        "too_many",
        words=("500,000",),
    )
    attack(
        "400,000 hidden rows",
        lambda form: in_sheet(
            form, b"".join(b'<row r="%d" hidden="1" s="1" customFormat="1"/>' % row for row in range(1_000, 401_000))
        ),
        "read",
    )
    attack(
        "a row of two million cells",
        lambda form: in_sheet(
            form,
            b'<row r="1000">' + b"".join(b'<c s="%d"/>' % NOISE.randrange(9) for _ in range(2 * MILLION)) + b"</row>",
        ),
        "too_many",
        "corrupt",
    )


def _parts(attack: Collect) -> None:
    def strings(form: bytes, items: bytes) -> bytes:
        return replaced(form, STRINGS, b"</sst>", items + b"</sst>")

    attack(
        "600,000 shared strings",
        lambda form: strings(form, b"".join(b"<si><t>%s</t></si>" % _digits(8) for _ in range(600_000))),
        "too_many",
        words=("500,000",),
    )
    attack(
        "a shared string of 400,000 runs",
        lambda form: strings(
            form, b"<si>%s</si>" % b"".join(b"<r><rPr><b/></rPr><t>%s</t></r>" % _digits(12) for _ in range(400_000))
        ),
        "too_many",
        words=("1,500,000",),
    )
    attack(
        "400,000 hyperlinks",
        lambda form: after_sheet(
            form,
            b"<hyperlinks>%s</hyperlinks>"
            % b"".join(b'<hyperlink ref="A%d" location="S!A%d"/>' % (at, at) for at in range(1_000, 401_000)),
        ),
        "read",
        "too_many",
    )

    def related(form: bytes) -> bytes:
        parts, name = parts_of(form), "xl/_rels/workbook.xml.rels"
        more = b"".join(
            b'<Relationship Id="x%d" Type="%s" Target="a%d.xml"/>' % (at, OLE_LINKS.encode(), at)
            for at in range(600_000)
        )
        return zipped(parts | {name: parts[name].replace(b"</Relationships>", more + b"</Relationships>")})

    attack("600,000 relations", related, "too_many", words=("1,500,000",))


def _documents(attack: Collect) -> None:
    paragraph = b"<w:p><w:r><w:t>%s</w:t></w:r></w:p>"
    attack(
        "a report of 200,000 paragraphs",
        lambda _: docx(
            paragraph % "2023年度部门整体支出绩效自评报告".encode()
            + b"".join(paragraph % _digits(20) for _ in range(200_000))
        ),
        "too_many",
        suffix=".docx",
        words=("50,000",),
    )
    attack(
        "600,000 empty paragraphs",
        lambda _: docx(b"".join(b'<w:p w:rsidR="%s"/>' % _digits(8) for _ in range(600_000))),
        "too_many",
        suffix=".docx",
        words=("500,000",),
    )
    attack(
        "a table of 300,000 cells",
        lambda _: docx(
            b"<w:tbl>%s</w:tbl>" % (b"<w:tr>%s</w:tr>" % (b"<w:tc>%s</w:tc>" % (paragraph % b"1") * 10) * 30_000)
        ),
        "too_many",
        "too_large",
        "zip_bomb",
        suffix=".docx",
    )


def _open_documents(attack: Collect) -> None:
    attack(
        "300,000 merged cells in an .ods",
        lambda _: ods(
            b"".join(
                b'<table:table-row><table:table-cell table:number-columns-spanned="3" table:number-rows-spanned="%d"/>'
                b"</table:table-row>" % NOISE.randrange(2, 99)
                for _ in range(300_000)
            )
        ),
        "too_many",
        suffix=".ods",
        words=("50,000",),
    )
    attack(
        "20,000 sheets in an .ods",
        lambda _: ods(
            b"</table:table>"
            + b"".join(b'<table:table table:name="t%d"><table:table-row/></table:table>' % at for at in range(20_000))
            + b'<table:table table:name="z">'
        ),
        "too_many",
        suffix=".ods",
        words=("500",),
    )
    hidden = b'<table:table-row table:visibility="collapse" table:number-rows-repeated="900000"/>'
    sheet = b'</table:table><table:table table:name="t%d">%s'
    attack(
        "hidden rows on 100 sheets of an .ods",
        lambda _: ods(hidden + b"".join(sheet % (at, hidden) for at in range(100))),
        "too_many",
        suffix=".ods",
        words=("1,048,576",),
    )


def collect(attack: Collect) -> None:
    """All of them."""
    _cells(attack)
    _parts(attack)
    _documents(attack)
    _open_documents(attack)
