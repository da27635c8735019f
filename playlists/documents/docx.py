"""The text of a Word document (.docx, ECMA-376), as its reader sees it on the page.

Read straight from the archive by a streaming parser: deleted and moved-away text is left out,
inserted text and text in boxes and content controls is kept. No document type declaration is
accepted, so no entity can grow; what is unpacked is counted while it is.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import IO
from xml.parsers import expat

from playlists.documents.docx_text import WordText
from playlists.documents.errors import DocumentDamaged, DocumentLocked
from playlists.documents.limits import LARGEST_ARCHIVE_ENTRIES, LARGEST_PART_BYTES

_ENCRYPTED_FLAG = 0x1
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CHUNK_BYTES = 1 << 16
_ROOT_RELATIONS = "_rels/.rels"
_USUAL_MAIN_PART = "word/document.xml"


def text_of_docx(data: bytes) -> str:
    """The document's paragraphs. Raises DocumentDamaged, DocumentLocked or DocumentTooLong."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            if len(archive.infolist()) > LARGEST_ARCHIVE_ENTRIES:
                raise DocumentDamaged("too many entries")
            words = WordText()
            _parse(archive, _main_part(archive), started=words.started, ended=words.ended,
                   said=words.said)  # fmt: skip
            return words.text()
    except (
        zipfile.BadZipFile, zlib.error, EOFError, ValueError,
        NotImplementedError,  # of a version or a kind of ZIP that Python does not know
    ) as error:  # fmt: skip
        raise DocumentDamaged(str(error)) from error


def _main_part(archive: zipfile.ZipFile) -> str:
    """The part that the package names as its document; Word's usual one if it names none."""
    found: list[str] = []

    def started(name: str, attributes: dict[str, str]) -> None:
        kind = attributes.get("Type", "") if name.endswith(" Relationship") else ""
        if kind.endswith("/officeDocument"):
            found.append(attributes.get("Target", ""))

    if _ROOT_RELATIONS in archive.namelist():
        _parse(archive, _ROOT_RELATIONS, started=started)
    return posixpath.normpath(found[0].lstrip("/")) if found else _USUAL_MAIN_PART


def _parse(
    archive: zipfile.ZipFile,
    part: str,
    *,
    started: Callable[[str, dict[str, str]], None],
    ended: Callable[[str], None] | None = None,
    said: Callable[[str], None] | None = None,
) -> None:
    try:
        entry = archive.getinfo(part)
    except KeyError as error:
        raise DocumentDamaged(f"no part {part}") from error
    if entry.flag_bits & _ENCRYPTED_FLAG:
        raise DocumentLocked
    if entry.compress_type not in _PACKINGS:
        raise DocumentDamaged(f"packed in a way that ECMA-376 does not know: {part}")
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = said
    parser.StartDoctypeDeclHandler = _refuse_declarations
    try:
        with archive.open(entry) as unpacked:
            _feed(parser, unpacked)
    except expat.ExpatError as error:
        raise DocumentDamaged(str(error)) from error


def _feed(parser: expat.XMLParserType, unpacked: IO[bytes]) -> None:
    came = 0
    while chunk := unpacked.read(_CHUNK_BYTES):
        came += len(chunk)
        if came > LARGEST_PART_BYTES:
            raise DocumentDamaged("unpacks to more than a document has")
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _refuse_declarations(*_declared: object) -> None:
    raise DocumentDamaged("a document type declaration")
