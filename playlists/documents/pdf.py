"""The text of a PDF, read by PDFium in a process of its own.

A PDF is a program that a stranger wrote, and PDFium is native code: it gets its own process with
bounded memory and time, so that a hostile file ends that process and nothing else.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import Any

from playlists.documents.errors import (
    DocumentDamaged,
    DocumentLocked,
    DocumentScanned,
    DocumentTooLong,
    DocumentTooSlow,
)
from playlists.documents.limits import LONGEST_TEXT_CHARACTERS
from playlists.documents.pdf_lines import joined_pages, page_text

READ_WITHIN_S = 30.0
_AT_ONCE = threading.BoundedSemaphore(2)
_COMMAND = (sys.executable, "-P", "-m", "playlists.documents.pdf_worker")


def text_of_pdf(data: bytes, *, within_s: float = READ_WITHIN_S) -> str:
    """The pages' text. Raises one of DocumentRefused's kinds."""
    answer = _ask(data, within_s=within_s)
    match answer.get("refused"):
        case None:
            return _joined(answer["pages"])
        case "locked":
            raise DocumentLocked
        case "too_long":
            raise DocumentTooLong(limit_characters=LONGEST_TEXT_CHARACTERS)
        case reason:
            raise DocumentDamaged(str(reason))


def _ask(data: bytes, *, within_s: float) -> dict[str, Any]:
    with _AT_ONCE:
        try:
            done = subprocess.run(
                _COMMAND, input=data, capture_output=True, timeout=within_s, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise DocumentTooSlow from error
    if done.returncode:
        raise DocumentDamaged(f"the reader of PDF ended with {done.returncode}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _joined(pages: list[dict[str, Any]]) -> str:
    """All pages in order; one that is a picture and no text would be missed in silence."""
    pictures = [
        number
        for number, page in enumerate(pages, start=1)
        if page["pictures"] and not any(map(str.isalnum, page["text"]))
    ]
    if pictures:
        raise DocumentScanned(pages=pictures, of_pages=len(pages))
    return joined_pages([page_text(page["text"]) for page in pages])
