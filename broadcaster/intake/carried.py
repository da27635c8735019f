"""The rows of a checked file between two pages: carried by the page, so that nothing is kept.

What comes back is believed no more than the file was: it is bounded as it is unpacked, and checked
again against the station before any of it is kept.
"""

import base64
import binascii
import zlib
from collections.abc import Sequence

import msgspec

from broadcaster.intake.errors import RowsUnreadable, TooManyRows
from broadcaster.intake.reading import Row

LARGEST_CARRIED_CHARACTERS = 4_000_000
_LARGEST_UNPACKED_BYTES = 24_000_000
_Carried = list[tuple[int, list[str | int | float]]]


def packed(rows: Sequence[Row]) -> str:
    """Rows as one word for a form. Raises TooManyRows for more than a form carries."""
    carried = [(row.number, list(row.cells)) for row in rows]
    data = base64.b64encode(zlib.compress(msgspec.json.encode(carried), 6)).decode("ascii")
    if len(data) > LARGEST_CARRIED_CHARACTERS:
        raise TooManyRows(field="file")
    return data


def unpacked(data: str) -> list[Row]:
    """The rows that a form carried; raise RowsUnreadable."""
    if len(data) > LARGEST_CARRIED_CHARACTERS:
        raise RowsUnreadable(field="file")
    try:
        unzip = zlib.decompressobj()
        told = unzip.decompress(
            base64.b64decode(data.encode("ascii", "strict"), validate=True), _LARGEST_UNPACKED_BYTES
        )
        if unzip.unconsumed_tail or not unzip.eof:
            raise RowsUnreadable(field="file")
        carried = msgspec.json.decode(told, type=_Carried)
    except (UnicodeEncodeError, binascii.Error, zlib.error, msgspec.MsgspecError) as error:
        raise RowsUnreadable(field="file") from error
    return [Row(number, tuple(cells)) for number, cells in carried]
