"""Files that make an office program fetch a URL, in every way of their formats, and a server that counts the calls."""

from __future__ import annotations

import socket
from contextlib import contextmanager, suppress
from threading import Thread
from typing import TYPE_CHECKING, Final

from tests.attacks.kit import zipped

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPACES: Final = " ".join(
    f'xmlns:{name}="{space}"'
    for name, space in {
        **{
            word: f"urn:oasis:names:tc:opendocument:xmlns:{word}:1.0"
            for word in ("office", "text", "table", "style", "meta", "form", "script")
        },
        "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
        "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
        "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
        "xlink": "http://www.w3.org/1999/xlink",
        "xforms": "http://www.w3.org/2002/xforms",
    }.items()
)
_LINK: Final = 'xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad" xlink:href'
_FRAME: Final = '<draw:frame text:anchor-type="paragraph" svg:width="2cm" svg:height="2cm">{}</draw:frame>'
_TABLE: Final = (
    '<table:table table:name="a"><table:table-column/><table:table-row><table:table-cell><text:p>编制数</text:p>'
    "</table:table-cell></table:table-row></table:table>"
)


class Listener:
    """A server on the loopback; `calls` counts the connections to it."""

    def __init__(self) -> None:
        """Listen."""
        self.calls = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        Thread(target=self._answer, daemon=True).start()

    def _answer(self) -> None:
        while True:
            try:
                caller, _ = self._socket.accept()
            except OSError:
                return
            self.calls += 1
            with caller, suppress(OSError):
                caller.settimeout(1)
                caller.recv(4096)
                caller.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    def close(self) -> None:
        """Stop listening."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@contextmanager
def listening() -> Iterator[Listener]:
    """Listen until the block ends."""
    listener = Listener()
    try:
        yield listener
    finally:
        listener.close()


def odt(body: str, *, meta: str = "", styles: str = "", scripts: str = "") -> bytes:
    """An .odt with this body."""
    kind = "application/vnd.oasis.opendocument.text"
    entry = '<manifest:file-entry manifest:full-path="{}" manifest:media-type="{}"/>'
    entries = entry.format("/", kind) + "".join(entry.format(f"{part}.xml", "text/xml") for part in ("content", "meta"))
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return zipped(
        {
            "mimetype": kind.encode(),
            "content.xml": f'{head}<office:document-content {_SPACES} office:version="1.2">{scripts}'
            f"<office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:text>{body}{_TABLE}</office:text></office:body></office:document-content>".encode(),
            "meta.xml": f'{head}<office:document-meta {_SPACES} office:version="1.2"><office:meta>{meta}</office:meta>'
            "</office:document-meta>".encode(),
            "META-INF/manifest.xml": f'{head}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:'
            f'manifest:1.0" manifest:version="1.2">{entries}</manifest:manifest>'.encode(),
        }
    )


def _framed(element: str, target: str, attributes: str = "") -> bytes:
    """An .odt with a frame that shows a linked object."""
    drawn = f'<draw:{element} {_LINK}="{target}" {attributes}/>'
    return odt(f"<text:p>{_FRAME.format(drawn)}</text:p>")


def _documents(url: str) -> dict[str, bytes]:
    """Texts of OpenDocument."""
    page = (
        '<style:style style:name="s" style:family="paragraph"><style:paragraph-properties><style:background-image '
        f'{_LINK}="{url}/b.png"/></style:paragraph-properties></style:style>'
    )
    template = f'<meta:template {_LINK}="{url}/t.ott"/><meta:auto-reload {_LINK}="{url}/r.odt" meta:delay="PT0S"/>'
    model = f'<xforms:model id="m"><xforms:instance id="i" src="{url}/i.xml"/></xforms:model>'
    return {
        "a linked picture.odt": _framed("image", f"{url}/p.png"),
        "a linked object.odt": _framed("object", f"{url}/o.ods"),
        "an OLE link.odt": _framed("object-ole", f"{url}/o.xls"),
        "a floating frame.odt": _framed("floating-frame", f"{url}/f.html"),
        "a film.odt": _framed("plugin", f"{url}/v.mp4", 'draw:mime-type="application/vnd.sun.star.media"'),
        "a linked section.odt": odt(
            f'<text:section text:name="s" text:protected="true"><text:section-source {_LINK}="{url}/s.odt"/>'
            "<text:p>a</text:p></text:section>"
        ),
        "a background.odt": odt('<text:p text:style-name="s">a</text:p>', styles=page),
        "a template.odt": odt("<text:p>a</text:p>", meta=template),
        "an XForms source.odt": odt(f"<office:forms>{model}</office:forms><text:p>a</text:p>"),
        "a DDE section.odt": odt(
            '<text:section text:name="s"><office:dde-source office:dde-application="soffice" office:dde-topic='
            f'"{url}/d.ods" office:dde-item="a" office:automatic-update="true"/><text:p>a</text:p></text:section>'
        ),
    }


def _pages(url: str) -> dict[str, bytes]:
    """Web pages called .xls."""
    table = "<table><tr><td>编制数</td><td>15</td></tr></table>"
    cell = "<table><tr><td {}>{}</td></tr></table>"
    parts = {
        "a picture": f"<img src='{url}/p.png'>",
        "a picture in a cell": cell.format("", f"<img src='{url}/c.png' width=9 height=9>"),
        "a background": cell.format(f"background='{url}/b.png' style='background:url({url}/s.png)'", "a"),
        "an object": f"<object data='{url}/o.ods'></object><embed src='{url}/e.png'>",
        "an inner frame": f"<iframe src='{url}/f.html'></iframe>",
        "a formula": cell.format(
            f"data-sheets-formula='=WEBSERVICE(&quot;{url}/w&quot;)'", f"=WEBSERVICE(&quot;{url}/v&quot;)"
        ),
    }
    heads = {
        "a linked style": f"<link rel=stylesheet href='{url}/s.css'><style>@import url('{url}/i.css');</style>",
        "a base": f"<base href='{url}/'>",
        "a refresh": f"<meta http-equiv=refresh content='0;url={url}/r'><script src='{url}/j.js'></script>",
    }
    page = "<html><head><meta charset='utf-8'>{}</head><body {}>{}{}</body></html>"
    pages = {name: page.format("", "", part, table) for name, part in parts.items()}
    for name, head in heads.items():
        pages[name] = page.format(head, f"background='{url}/g.png'", "<img src='p.png'>", table)
    return {f"{name}.xls": text.encode() for name, text in pages.items()}


def _rich_texts(url: str) -> dict[str, bytes]:
    """RTF."""
    cell = r"\trowd\cellx2000\intbl\u32534?\u21046?\u25968?\cell\row"
    field = r"{\field{\*\fldinst { %s }}{\fldrslt { a}}}\par "
    parts = {
        "a picture": field % rf'INCLUDEPICTURE "{url}/p.png" \\d \\* MERGEFORMAT',
        "a text": field % rf'INCLUDETEXT "{url}/t.docx"',
        "a DDE field": field % rf'DDEAUTO Excel "{url}/d.xlsx" a',
        "a link field": field % rf'LINK Excel.Sheet.12 "{url}/l.xlsx" "a!R1C1" \\a \\f 0',
        "a template": rf"{{\*\template {url}/t.dotm}}{{\*\nextfile {url}/n.rtf}}",
        "a linked object": r"{\object\objautlink\objupdate\rsltpict\objw900\objh900{\*\objclass Excel.Sheet.12}"
        rf"{{\*\objdata {link_data(f'{url}/o.xlsx')}}}{{\result a}}}}",
    }
    return {f"{name}.rtf": rf"{{\rtf1\ansi\deff0{part}{cell}}}".encode("ascii") for name, part in parts.items()}


def link_data(url: str) -> str:
    """OLE 1.0 data of a linked object, in hexadecimal."""

    def text(word: str) -> bytes:
        return (len(word) + 1).to_bytes(4, "little") + word.encode() + b"\0"

    head = (0x501).to_bytes(4, "little") + (1).to_bytes(4, "little")
    return (head + text("Excel.Sheet.12") + text(url) + text("a!R1C1") + bytes(12)).hex()


def _xml_tables(url: str) -> dict[str, bytes]:
    """Workbooks as one XML file."""
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    cells = {
        "a web service": f'<Cell ss:Formula="=WEBSERVICE(&quot;{url}/w&quot;)"><Data ss:Type="String">a</Data></Cell>',
        "another workbook": f'<Cell ss:Formula="=\'{url}/[b.xls]a\'!R1C1"><Data ss:Type="Number">1</Data></Cell>',
        "a link": f'<Cell ss:HRef="{url}/h"><Data ss:Type="String">a</Data></Cell>',
    }
    book = (
        f'<?xml version="1.0"?>{{}}<Workbook xmlns="{space}" xmlns:ss="{space}"><Worksheet ss:Name="a">'
        '<Table><Row><Cell><Data ss:Type="String">编制数</Data></Cell>{}</Row></Table></Worksheet></Workbook>'
    )
    parts = {name: book.format("", cell) for name, cell in cells.items()}
    parts["a stylesheet"] = book.format(f'<?xml-stylesheet type="text/xsl" href="{url}/s.xsl"?>', "")
    return {f"{name}.xml": text.encode() for name, text in parts.items()}


def _xml_documents(url: str) -> dict[str, bytes]:
    """Documents as one XML file."""
    space, shapes = "http://schemas.microsoft.com/office/word/2003/wordml", "urn:schemas-microsoft-com:vml"
    picture = f'<w:r><w:pict><v:shape><v:imagedata src="{url}/p.png"/></v:shape></w:pict></w:r>'
    field = f'<w:fldSimple w:instr=" INCLUDEPICTURE &quot;{url}/f.png&quot; "><w:r><w:t>a</w:t></w:r></w:fldSimple>'
    text = (
        f'<?xml version="1.0"?><w:wordDocument xmlns:w="{space}" xmlns:v="{shapes}"><w:docPr><w:attachedTemplate '
        f'w:val="{url}/t.dot"/></w:docPr><w:body><w:p>{picture}{field}</w:p></w:body></w:wordDocument>'
    )
    return {"a picture, a field and a template.xml": text.encode()}


def lures(url: str) -> dict[str, bytes]:
    """Files by name; each would make an office program fetch `url`."""
    return _documents(url) | _pages(url) | _rich_texts(url) | _xml_tables(url) | _xml_documents(url)
