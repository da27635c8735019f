"""A document that somebody was sent becomes the text of a script.

What a file is, its content says, not its name. A document is taken whole or refused with a
sentence: a page that is a picture, an unknown encoding or a broken file is never half a script.
"""

from __future__ import annotations

from pathlib import Path

from playlists.documents.errors import (
    DocumentDamaged,
    DocumentEmpty,
    DocumentKindUnknown,
    DocumentLocked,
    DocumentRefused,
    DocumentScanned,
    DocumentTooLarge,
    DocumentTooLong,
    DocumentTooSlow,
    EncodingUnknown,
)
from playlists.documents.kinds import Kind, kind_of
from playlists.documents.limits import LARGEST_DOCUMENT_BYTES, LONGEST_TEXT_CHARACTERS
from playlists.documents.plain import text_of_plain
from playlists.reading.legacy import decode_legacy

__all__ = [
    "LARGEST_DOCUMENT_BYTES",
    "LONGEST_TEXT_CHARACTERS",
    "DocumentDamaged",
    "DocumentEmpty",
    "DocumentKindUnknown",
    "DocumentLocked",
    "DocumentRefused",
    "DocumentScanned",
    "DocumentTooLarge",
    "DocumentTooLong",
    "DocumentTooSlow",
    "EncodingUnknown",
    "read_document",
]


def read_document(document: Path | bytes, *, name: str = "") -> str:
    """The text of a .txt, .md, .docx or .pdf document, in Unicode, paragraphs by empty lines.

    `name` only tells a binary file without known content from text. Raises DocumentRefused (one
    of its kinds, each with a sentence), and OSError for a path that cannot be read.
    """
    data = _bytes_of(document)
    if len(data) > LARGEST_DOCUMENT_BYTES:
        raise DocumentTooLarge(size_bytes=len(data), limit_bytes=LARGEST_DOCUMENT_BYTES)
    text = _text_of(data, name=name)
    if len(text) > LONGEST_TEXT_CHARACTERS:
        raise DocumentTooLong(limit_characters=LONGEST_TEXT_CHARACTERS)
    if not any(map(str.isalnum, text)):
        raise DocumentEmpty
    return text


def _bytes_of(document: Path | bytes) -> bytes:
    if isinstance(document, bytes):
        return document
    with document.open("rb") as file:
        return file.read(LARGEST_DOCUMENT_BYTES + 1)


def _text_of(data: bytes, *, name: str) -> str:
    """What reads Word and PDF is loaded only for them: most scripts are plain text."""
    match kind_of(data, name=name):
        case Kind.WORD:
            from playlists.documents.docx import text_of_docx  # noqa: PLC0415 - seldom needed

            return decode_legacy(text_of_docx(data))
        case Kind.PDF:
            from playlists.documents.pdf import text_of_pdf  # noqa: PLC0415 - seldom needed

            return decode_legacy(text_of_pdf(data))
        case Kind.PLAIN:
            return text_of_plain(data)
