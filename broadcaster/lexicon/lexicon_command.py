"""The commands that list and change the commune's own words at the station's machine."""

import json
from datetime import UTC, datetime

from broadcaster.database import Database
from broadcaster.database.columns import to_ms
from broadcaster.lexicon.entries import in_use, put_in, take_out_word
from broadcaster.lexicon.words import checked, one_line


def listed(database: Database, *, station_id: str, as_json: bool) -> str:
    """The words in use, one a line: written, spoken and note apart by tabs; or one JSON array."""
    with database.reading() as session:
        entries = in_use(session, station_id=station_id)
    if not as_json:
        return "".join(f"{each.written}\t{each.spoken}\t{each.note}\n" for each in entries)
    told = [
        {
            "written": each.written,
            "spoken": each.spoken,
            "note": each.note,
            "created_at_ms": to_ms(each.created_at),
        }
        for each in entries
    ]
    return json.dumps(told, ensure_ascii=False) + "\n"


def added(database: Database, *, station_id: str, written: str, spoken: str, note: str) -> str:
    """Put a word in and say so. Raises one of BadInput's kinds."""
    word = checked(written=written, spoken=spoken, note=note)
    with database.writing() as session:
        put_in(session, word, station_id=station_id, by=None, now=datetime.now(UTC))
    return (
        f"✓ {word.written} → {word.spoken}\n"
        "  Âm thanh đã duyệt giữ nguyên; bản tin cần đọc lại thì mở ra, bấm “Tạo lại âm thanh”.\n"
        "  Approved sound stays; to have a bulletin read anew, render it again on its page.\n"
    )


def retired(database: Database, *, station_id: str, written: str) -> str:
    """Take a word out and say so. Raises UnknownEntry."""
    with database.writing() as session:
        entry = take_out_word(
            session, one_line(written), station_id=station_id, by=None, now=datetime.now(UTC)
        )
    return f"✓ Thôi dùng / No longer used: {entry.written} → {entry.spoken}\n"
