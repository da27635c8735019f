"""Small Word and PDF documents, written out by hand so that a test says all that is in them."""

import zipfile
import zlib
from collections.abc import Mapping, Sequence
from io import BytesIO

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_RELATIONS = (
    '<?xml version="1.0"?><Relationships '
    'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="{target}"/></Relationships>'
)


def paragraph(*runs: str, item: bool = False) -> str:
    """A paragraph of runs of text."""
    marks = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>' if item else ""
    return f"<w:p>{marks}{''.join(run(text) for text in runs)}</w:p>"


def run(text: str) -> str:
    """A run of text."""
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def table(*rows: Sequence[str]) -> str:
    """A table whose cells hold paragraphs."""
    return "<w:tbl>" + "".join(
        "<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in row) + "</w:tr>" for row in rows
    ) + "</w:tbl>"  # fmt: skip


def word(body: str, *, part: str = "word/document.xml", before: str = "") -> bytes:
    """A Word document with this body."""
    document = (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<w:document xmlns:w="{WORD}" '
        f'xmlns:mc="{COMPATIBILITY}"><w:body>{body}</w:body></w:document>'
    )
    return archive({"_rels/.rels": _RELATIONS.format(target=part), part: document})


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return file.getvalue()


def pdf(*pages: Sequence[str] | bytes) -> bytes:
    """A PDF: a page is lines of text, or the grey bytes of a picture 8 signs wide."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>"
        % (len(pages), b" ".join(b"%d 0 R" % (7 + 2 * place) for place in range(len(pages)))),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Any /Encoding /Identity-H "
        b"/DescendantFonts [4 0 R] /ToUnicode 5 0 R >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Any /DW 500 /FontDescriptor 6 0 R "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
        _stream(b"", _to_unicode()),
        b"<< /Type /FontDescriptor /FontName /Any /Flags 4 /FontBBox [0 0 500 800] /ItalicAngle 0 "
        b"/Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>",
    ]
    for place, page in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            b"/Resources << /Font << /F 3 0 R >> >> /Contents %d 0 R >>" % (8 + 2 * place)
        )
        objects.append(_stream(b"", _picture(page) if isinstance(page, bytes) else _lines(page)))
    return _file(objects)


def _lines(lines: Sequence[str]) -> bytes:
    shown = b"".join(
        b"1 0 0 1 60 %d Tm <%s> Tj\n" % (780 - 18 * place, line.encode("utf-16-be").hex().encode())
        for place, line in enumerate(lines)
    )
    return b"BT /F 12 Tf\n" + shown + b"ET"


def _picture(grey: bytes) -> bytes:
    size = b"/W 8 /H %d /CS /G /BPC 8 /F /AHx" % (len(grey) // 8)
    return b"q 500 0 0 700 40 40 cm BI " + size + b" ID " + grey.hex().encode() + b"> EI Q"


def _to_unicode() -> bytes:
    return (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Any def "
        b"/CMapType 2 def 1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        b"4 beginbfrange\n"
        + b"".join(b"<%02X00> <%02XFF> <%02X00>\n" % (row, row, row) for row in (0, 1, 0x1E, 0x20))
        + b"endbfrange endcmap end end"
    )


def _stream(entries: bytes, content: bytes) -> bytes:
    packed = zlib.compress(content)
    return (
        b"<< /Filter /FlateDecode /Length %d %s>>\nstream\n" % (len(packed), entries)
        + packed
        + b"\nendstream"
    )


def _file(objects: Sequence[bytes]) -> bytes:
    file = bytearray(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    start = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    file += b"".join(b"%010d 00000 n \n" % place for place in places)
    file += b"trailer << /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return bytes(file + b"startxref\n%d\n%%%%EOF\n" % start)
