"""What a file is, by its first bytes; its name may be wrong and is asked last."""

from __future__ import annotations

from enum import Enum, auto
from pathlib import PurePath

from playlists.documents.errors import DocumentKindUnknown, DocumentLocked

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Word before 2007, and any Office file with a password
_PASSWORD = "EncryptedPackage".encode("utf-16-le")
_OTHERS = (
    b"{\\rtf",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"ID3",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x7fELF",
)
_NOT_SCRIPTS = frozenset(
    {".doc", ".rtf", ".odt", ".html", ".htm", ".xls", ".xlsx", ".ppt", ".pptx"}
)
_PDF_WITHIN = 1024  # PDF 32000-1, annex H.3.4.1: the header may stand anywhere in here


class Kind(Enum):
    """The documents that become scripts."""

    PLAIN = auto()
    WORD = auto()
    PDF = auto()


def kind_of(data: bytes, *, name: str) -> Kind:
    """What a file is. Raises DocumentKindUnknown, or DocumentLocked for Word with a password."""
    if b"%PDF-" in data[:_PDF_WITHIN]:
        return Kind.PDF
    if data.startswith(b"PK\x03\x04"):
        return _of_archive(data, name=name)
    if data.startswith(_OLE):
        raise DocumentLocked if _PASSWORD in data else DocumentKindUnknown
    if data.startswith(_OTHERS) or PurePath(name).suffix.lower() in _NOT_SCRIPTS:
        raise DocumentKindUnknown
    return Kind.PLAIN


def _of_archive(data: bytes, *, name: str) -> Kind:
    """Office documents are archives; only Word's has a folder `word`."""
    if b"word/" in data or PurePath(name).suffix.lower() == ".docx":
        return Kind.WORD
    raise DocumentKindUnknown
