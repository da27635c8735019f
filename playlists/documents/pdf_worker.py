"""The process that reads one PDF: `python -m playlists.documents.pdf_worker`, PDF in, JSON out.

`{"pages": [{"text": …, "pictures": …}]}`, or `{"refused": "locked" | "too_long" | …}`.
"""

from __future__ import annotations

import json
import resource
import sys

import pypdfium2
from pypdfium2 import raw

from playlists.documents.limits import LONGEST_TEXT_CHARACTERS

MEMORY_BYTES = 1_000_000_000
PROCESSOR_S = 20
MOST_PAGES = 500


def read_pages(data: bytes) -> dict[str, object]:
    """The pages of a PDF, or why there are none."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD
        return {"refused": "locked" if locked else str(error)}
    if len(document) > MOST_PAGES:
        return {"refused": "too_long"}
    pages: list[dict[str, object]] = []
    length = 0
    for page in document:
        text = page.get_textpage().get_text_range()
        length += len(text)
        if length > LONGEST_TEXT_CHARACTERS:
            return {"refused": "too_long"}
        pages.append({"text": text, "pictures": _has_pictures(page, raw.FPDF_PAGEOBJ_IMAGE)})
    return {"pages": pages}


def _has_pictures(page: object, image: int) -> bool:
    return next(page.get_objects(filter=[image], max_depth=4), None) is not None  # type: ignore[attr-defined]


def main() -> int:
    """Read stdin, answer on stdout."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_S, PROCESSOR_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(read_pages(sys.stdin.buffer.read()), sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
