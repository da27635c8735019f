"""`loa read`: spoken words out, doubts to stderr with their place, exit 2 for what is refused."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.lexicon.entries import put_in
from broadcaster.lexicon.errors import FileNotReadable
from broadcaster.lexicon.places import Place, places_of
from broadcaster.lexicon.reading_command import ReadingAsked, read_script
from broadcaster.lexicon.words import checked
from playlists.reading import read_aloud
from tests.broadcaster.small_station import STATION_ID, SmallStation
from tests.playlists.documents.papers import paragraph, word

GARBLED = "Xin the bb cc dd ff gg hh jj kk ll mm nn pp rr tt vv ww xx zz"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without a station, unless a test founds one."""
    monkeypatch.setenv("LOA_STATE_DIR", str(tmp_path))
    return tmp_path


def read(file: Path, content: str | bytes, **asked: bool) -> tuple[int, str, str]:
    """Exit status, stdout and stderr for a file with this content."""
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    out, warn = io.StringIO(), io.StringIO()
    status = read_script(ReadingAsked(str(file), **asked), out=out, warn=warn)
    return status, out.getvalue(), warn.getvalue()


def test_spoken_words_come_out_and_nothing_else(folder: Path) -> None:
    """A plain script without doubts."""
    assert read(folder / "a.txt", "Họp lúc 7 giờ 30, ngày 5/9.\n") == (
        0,
        "Họp lúc bảy giờ ba mươi phút, ngày năm tháng chín.\n",
        "",
    )


def test_a_doubt_is_told_with_its_place_in_the_file(folder: Path) -> None:
    """Line and column of the file as it is, although the reading joins lines and drops marks."""
    file = folder / "a.txt"

    status, _, told = read(file, "**Thông báo**\n\nKính mời bà con, ban XQZ\nhọp.\n")

    assert status == 0
    assert told.startswith(f"{file}:3:22: Chưa biết chữ viết tắt “XQZ”")
    assert "[abbreviation] → Viết đầy đủ" in told


def test_of_equal_words_the_doubtful_one_is_named() -> None:
    """The place leads to the same occurrence that the reading was unsure of."""
    script = "# Tin\n\nXQZ họp. Ban XQZ mời."

    assert places_of(script, read_aloud(script)) == [Place(3, 1), Place(3, 14)]


def test_each_line_gives_exactly_one_line(folder: Path) -> None:
    """Empty lines stay empty; a line that cannot be read leaves an empty one, and exit 2."""
    script = f"Ngày 5/9.\r\n\n---\n{GARBLED}\nXong."

    status, out, told = read(folder / "a.txt", script, by_line=True)

    assert status == 2
    assert out == "Ngày năm tháng chín.\n\n\n\nXong.\n"
    assert ":3:1: Bản tin chưa có chữ nào để đọc" in told
    assert ":4:1: Không thể đọc bản tin" in told


@given(st.lists(st.text(st.characters(exclude_characters="\n\0", exclude_categories=["Cs"]))))
def test_lines_in_are_lines_out(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    """Whatever stands in them, also signs that other programs take for line ends."""
    file = tmp_path_factory.getbasetemp() / "lines.txt"
    _, out, _ = read(file, "".join(f"{line}\n" for line in lines), by_line=True)

    assert out.count("\n") == len(out.split("\n")) - 1 == len(lines)


def test_json_tells_spans_and_places(folder: Path) -> None:
    """One object for a script, one a line for lines."""
    _, out, _ = read(folder / "a.txt", "Ban XQZ.\n\nHai.\n", by_line=True, as_json=True)

    first, empty, last = (json.loads(line) for line in out.splitlines())

    assert first["spoken"] == "Ban ích quy dét."
    assert [(each["line"], each["column"]) for each in first["warnings"]] == [(1, 5)]
    assert "".join(span["written"] for span in first["spans"]) == "Ban XQZ."
    assert (empty["spoken"], last["spoken"]) == ("", "Hai.")


@pytest.mark.parametrize("content", ["", "---", GARBLED, b"\x89PNG", b"\xe9\xff\xfe l\xe9g xx\xfe"])
def test_what_cannot_be_read_is_refused_with_a_sentence(folder: Path, content: str | bytes) -> None:
    """Exit 2, nothing on stdout, Vietnamese first."""
    status, out, told = read(folder / "a.txt", content)

    assert (status, out) == (2, "")
    assert told.startswith("✕ ")
    assert told.count("\n") == 2


def test_documents_are_read_as_well(folder: Path) -> None:
    """What somebody was sent needs no copying out."""
    assert read(folder / "a.docx", word(paragraph("Họp lúc 7 giờ.")))[1] == "Họp lúc bảy giờ.\n"


def test_a_file_that_is_not_there_is_named(folder: Path) -> None:
    """Not a traceback."""
    with pytest.raises(FileNotReadable) as refused:
        read_script(ReadingAsked(str(folder / "no.txt")), out=io.StringIO(), warn=io.StringIO())

    assert "no.txt" in refused.value.message_vi


def test_the_station_s_own_words_win_unless_they_are_not_wanted(
    sqlite_station: SmallStation, folder: Path
) -> None:
    """In a folder with a station; `--national` reads as anybody's would."""
    with sqlite_station.database.writing() as session:
        entered = checked(written="XQZ", spoken="xuân quý")
        put_in(session, entered, station_id=STATION_ID, by=None, now=sqlite_station.clock())

    assert read(folder / "a.txt", "Ban XQZ.")[1] == "Ban xuân quý.\n"
    assert read(folder / "a.txt", "Ban XQZ.", national_only=True)[1] == "Ban ích quy dét.\n"


@pytest.mark.parametrize("content", [b"no database at all" * 100, b""], ids=["broken", "empty"])
def test_a_database_that_cannot_be_asked_keeps_nobody_from_reading(
    folder: Path, content: bytes
) -> None:
    """The nation's words hold; a broken file is said, one without the table is none."""
    (folder / "station.sqlite3").write_bytes(content)

    status, out, told = read(folder / "a.txt", "Ban XQZ.")

    assert (status, out) == (0, "Ban ích quy dét.\n")
    assert told.startswith("◍ Không đọc được cách đọc riêng") == bool(content)


def test_a_setting_leads_to_the_station_s_database(
    sqlite_station: SmallStation, sqlite_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where another database is set, it is asked the station's own way."""
    monkeypatch.setenv("LOA_STATE_DIR", str(folder / "elsewhere"))
    monkeypatch.setenv("LOA_DATABASE_URL", sqlite_url)
    with sqlite_station.database.writing() as session:
        entered = checked(written="XQZ", spoken="xuân quý")
        put_in(session, entered, station_id=STATION_ID, by=None, now=sqlite_station.clock())

    assert read(folder / "a.txt", "Ban XQZ.")[1] == "Ban xuân quý.\n"


def loa(folder: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """The command as its user runs it."""
    return subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "broadcaster", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
        env={**os.environ, "LOA_STATE_DIR": str(folder)},
    )


def test_the_command_reads_stdin_and_loads_nothing_of_the_station(folder: Path) -> None:
    """What makes it answer at once: neither the database nor the web nor other commands."""
    done = loa(folder, "read", "-", "--lines", stdin="Ngày 5/9.\n")

    assert (done.returncode, done.stdout) == (0, "Ngày năm tháng chín.\n")
    loaded = {line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines() if "|" in line}
    assert "playlists.reading" in loaded
    assert not loaded & {"typer", "sqlalchemy", "pydantic", "fastapi", "structlog", "rich"}


def test_the_command_s_status_says_what_became_of_it(folder: Path) -> None:
    """2 for a refused script, a missing file and wrong options alike."""
    assert loa(folder, "read", stdin="---").returncode == 2
    assert loa(folder, "read", str(folder / "no.txt")).returncode == 2
    assert loa(folder, "read", "--loud").returncode == 2
    assert "loa read" in loa(folder, "read", "--help").stdout
