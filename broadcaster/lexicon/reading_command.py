"""The command that reads aloud in writing: spoken words to stdout, warnings to stderr.

Loads the reading layer and nothing of the station, so that it answers at once.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

from broadcaster.lexicon.errors import FileNotReadable
from broadcaster.lexicon.own_words import OwnWordsNotRead, own_words
from broadcaster.lexicon.places import Place, places_of
from playlists.documents import read_document
from playlists.documents.kinds import Kind, kind_of
from playlists.documents.plain import decoded
from playlists.errors import PlaylistsError, ScriptEmpty
from playlists.reading import Lexicon, Reading, Warning_, national_lexicon, read_aloud
from playlists.reading.lexicon import with_own_words

REFUSED = 2


@dataclass(frozen=True, slots=True)
class ReadingAsked:
    """What to read, and how to answer."""

    file: str
    by_line: bool = False
    as_json: bool = False
    national_only: bool = False


def read_command(arguments: Sequence[str]) -> int:
    """Read as these arguments ask; the program's exit status. Raises FileNotReadable."""
    given = _parser().parse_args(list(arguments))
    asked = ReadingAsked(
        given.file, by_line=given.lines, as_json=given.json, national_only=given.national
    )
    try:
        status = read_script(asked, out=sys.stdout, warn=sys.stderr)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="loa read",
        description="In lời loa sẽ đọc; chỗ chưa chắc ra stderr; mã 2 khi không đọc được. / "
        "Print what would be said; doubts to stderr; exit 2 for what cannot be read.",
    )
    parser.add_argument(
        "file", nargs="?", default="-", metavar="FILE",
        help="tệp .txt, .md, .docx, .pdf; - là stdin / a file, or - for stdin",
    )  # fmt: skip
    for option, told in (
        ("--lines", "mỗi dòng vào đúng một dòng ra / one line out for each line in"),
        ("--json", "in JSON (với --lines: mỗi dòng một đối tượng) / print JSON"),
        ("--national", "không dùng cách đọc riêng của xã / without the commune's own words"),
    ):
        parser.add_argument(option, action="store_true", help=told)
    return parser


def read_script(asked: ReadingAsked, *, out: TextIO, warn: TextIO) -> int:
    """Read a file or stdin (`-`); 0, or 2 for what cannot be read aloud.

    Raises FileNotReadable.
    """
    data = _bytes_of(asked.file)
    lexicon = national_lexicon() if asked.national_only else _lexicon(warn)
    try:
        if asked.by_line:
            return _read_lines(_lines_of(data, name=asked.file), asked, lexicon, out, warn)
        script = read_document(data, name=asked.file)
        reading = read_aloud(script, lexicon)
    except PlaylistsError as refused:
        warn.write(f"✕ {refused.message_vi}\n  {refused.message_en}\n")
        return REFUSED
    places = places_of(script, reading)
    _tell(reading.warnings, places, name=_name(asked.file), warn=warn)
    out.write((_as_json(reading, places) if asked.as_json else reading.spoken) + "\n")
    return 0


def _read_lines(
    lines: list[str], asked: ReadingAsked, lexicon: Lexicon, out: TextIO, warn: TextIO
) -> int:
    """One line for each line, whatever becomes of it: what cannot be read leaves an empty one."""
    status = 0
    name = _name(asked.file)
    for number, line in enumerate(lines, start=1):
        try:
            reading = read_aloud(line, lexicon) if line.strip() else _NOTHING
        except PlaylistsError as refused:
            warn.write(f"{name}:{number}:1: {refused.message_vi} / {refused.message_en}\n")
            status = status if isinstance(refused, ScriptEmpty) else REFUSED
            reading = _NOTHING
        places = [Place(number, each.column) for each in places_of(line, reading)]
        _tell(reading.warnings, places, name=name, warn=warn)
        spoken = " ".join(reading.spoken.split())
        out.write((_as_json(reading, places) if asked.as_json else spoken) + "\n")
    return status


_NOTHING = Reading(text="", spoken="", spans=(), warnings=())


def _bytes_of(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise FileNotReadable(file, why=error.strerror or str(error)) from error


def _lines_of(data: bytes, *, name: str) -> list[str]:
    """Plain text as it is, of any length; of other documents their text."""
    plain = kind_of(data, name=name) is Kind.PLAIN
    text = decoded(data).removeprefix("\ufeff") if plain else read_document(data, name=name)
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def _lexicon(warn: TextIO) -> Lexicon:
    try:
        return with_own_words(national_lexicon(), own_words())
    except OwnWordsNotRead as error:
        warn.write(
            "◍ Không đọc được cách đọc riêng của xã, chỉ dùng từ điển chung. / "
            f"The commune's own words cannot be read; only the nation's hold. ({error})\n"
        )
        return national_lexicon()


def _tell(warnings: tuple[Warning_, ...], places: list[Place], *, name: str, warn: TextIO) -> None:
    for each, place in zip(warnings, places, strict=True):
        at = f"{name}:{place.line}:{place.column}"
        told = f"{each.message_vi} / {each.message_en} [{each.code}] → {each.suggestion}"
        warn.write(f"{at}: {told}\n")


def _as_json(reading: Reading, places: list[Place]) -> str:
    told = asdict(reading)
    for warning, place in zip(told["warnings"], places, strict=True):
        warning["line"], warning["column"] = place.line, place.column
    return json.dumps(told, ensure_ascii=False)


def _name(file: str) -> str:
    return "stdin" if file == "-" else file
