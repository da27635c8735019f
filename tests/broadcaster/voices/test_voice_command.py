"""`loa voice`: the station's voices at its machine."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import Result
from structlog.testing import capture_logs
from typer.testing import CliRunner

from broadcaster.commands import app
from broadcaster.errors import LoaError
from broadcaster.voices.errors import CatalogueUnreadable, VoiceFailed
from broadcaster.voices.wishes import VoiceWish, keep_wish, wish_of
from playlists.audio.encoding import decode_mp3
from playlists.speech.catalogue import read_catalogue
from playlists.speech.voice_store import INCOMING
from tests.broadcaster.small_station import STATION_ID, SmallStation
from tests.broadcaster.voices.joe import NAME, Joe, joe_in
from tests.playlists.speech.voices import Mirror, serving

pytestmark = pytest.mark.processes

STAYS = "Âm thanh đã duyệt giữ nguyên"


@dataclass(frozen=True, slots=True)
class Loa:
    """The commands, run here; no voice is fetched unless a test says from where."""

    folder: Path
    environment: pytest.MonkeyPatch

    def __call__(self, *arguments: str) -> Result:
        """One command to its end."""
        with capture_logs():
            return CliRunner().invoke(app, ["voice", *arguments])

    def names(self) -> dict[str, tuple[bool, bool]]:
        """The voices by name: whether each is there, and whether it speaks now."""
        told = json.loads(self("list", "--json").stdout)
        return {each["name"]: (each["installed"], each["speaks"]) for each in told}


@pytest.fixture
def loa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Loa:
    """The commands in a folder of their own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOA_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("LOA_VOICE_SOURCE", "")
    return Loa(tmp_path, monkeypatch)


@pytest.fixture
def joe(tmp_path: Path, loa: Loa) -> Joe:
    """A real voice on a memory stick, and the catalogue that knows it."""
    found = joe_in(tmp_path)
    loa.environment.setenv("LOA_VOICE_CATALOGUE", str(found.catalogue_file))
    return found


def test_a_voice_is_brought_used_heard_and_taken_away(
    sqlite_station: SmallStation, tmp_path: Path, loa: Loa, joe: Joe
) -> None:
    """From a stick, without a network; its credit and licence are told when it comes."""
    assert loa.names()[NAME] == (False, False)

    brought = loa("install", NAME, "--from", str(joe.source))
    assert brought.exit_code == 0, brought.output
    assert brought.stdout == f"✓ {NAME}\n  Joe (CC0 1.0)\n"
    assert loa.names()[NAME] == (True, True)

    heard = loa("try", "Sáng mai 7h họp.", "--out", "a.mp3")
    assert heard.exit_code == 0, heard.output
    assert "en_US-joe-medium" in heard.stdout
    assert decode_mp3(tmp_path / "a.mp3", sample_rate_hz=22_050).duration_ms > 500

    used = loa("use", "espeak-ng", "--accent", "south", "--rate", "0.9")
    assert used.exit_code == 0, used.output
    assert STAYS in used.stdout
    assert loa.names() == {
        NAME: (True, False),
        "espeak-ng": (True, True),
        "gtts": (True, False),
    }
    with sqlite_station.database.reading() as session:
        assert wish_of(session, station_id=STATION_ID) == VoiceWish(
            engine="espeak-ng", accent="south", rate=0.9
        )
    assert loa("use", NAME).exit_code == 0
    assert loa.names()[NAME] == (True, True)

    removed = loa("remove", NAME)
    assert removed.exit_code == 0
    assert "Từ nay đọc bằng / From now on: eSpeak NG (máy)" in removed.stdout
    assert loa.names()["espeak-ng"] == (True, True)
    assert "● espeak-ng" in loa("list").stdout
    assert isinstance(loa("use", NAME).exception, LoaError)

    instead = loa("try", "Sáng mai họp thôn.")
    assert "eSpeak NG đọc thay" in instead.stdout
    assert (tmp_path / "nghe-thu.mp3").exists()


def test_where_none_may_read_instead_nobody_is_said_to(
    sqlite_station: SmallStation, loa: Loa, joe: Joe
) -> None:
    """The voice that is asked for went away, and the station would rather have no sound."""
    assert loa("install", NAME, "--from", str(joe.source)).exit_code == 0
    with sqlite_station.database.writing() as session:
        wish = VoiceWish(engine="piper", voice=NAME, fallback=False)
        keep_wish(session, wish, station_id=STATION_ID, by=None, now=sqlite_station.clock())

    assert "Không có giọng đọc thay" in loa("remove", NAME).stdout

    assert not any(speaks for _, speaks in loa.names().values())


def test_a_download_that_broke_is_gone_on_with(tmp_path: Path, loa: Loa, joe: Joe) -> None:
    """From the address that the setting names; what came is not fetched again."""
    voice = read_catalogue(joe.catalogue_file.read_text("utf-8")).find(NAME)
    files = {f"/base/{path.name}": path.read_bytes() for path in joe.source.iterdir()}
    with serving(Mirror(files=files, cut_after=[30_000_000], statuses=[200, 404])) as mirror:
        loa.environment.setenv("LOA_VOICE_SOURCE", mirror.url)
        broken = loa("install", NAME)
        part = tmp_path / "voices" / INCOMING / NAME / voice.model.name
        assert isinstance(broken.exception, VoiceFailed)
        assert (broken.exception.code, part.stat().st_size) == ("voice_source_missing", 30_000_000)

        assert loa("install", NAME).exit_code == 0

    assert mirror.asked[-1][1] == "bytes=30000000-"


def test_without_a_station_voices_can_be_listed_and_heard(tmp_path: Path, loa: Loa) -> None:
    """Before anything is founded, and nothing of a station appears by it."""
    assert loa.names()["espeak-ng"] == (True, True)
    assert loa("try", "Kính chào bà con.").exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["nghe-thu.mp3"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["use", "gtts"], "Đài chưa cho gửi nội dung bản tin ra ngoài"),
        (["use", "xyz"], "Máy này không có giọng đó"),
        (["use", "vi_VN-vais1000-medium"], "Máy này không có giọng đó"),
        (["use", "auto", "--rate", "9"], "tốc độ từ 0,6 đến 1,6"),
        (["use", "auto", "--accent", "east"], "Cách đọc không hợp lệ"),
        (["install", "vi_VN-vais1000-medium"], "Chưa biết tải giọng từ đâu"),
        (["install", "xyz", "--from", "."], "Không có giọng đọc tên này trong danh mục"),
        (["install", "vi_VN-vais1000-medium", "--from", "."], "Nơi tải không có giọng đọc này"),
        (["remove", "xyz"], "Giọng đọc này chưa có trên máy"),
        (["try", ""], "Câu nghe thử cần từ 1 đến 300 ký tự"),
        (["try", "Sáng mai họp thôn.", "--out", "no/such/folder.mp3"], "Không ghi được tệp"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    sqlite_station: SmallStation, loa: Loa, arguments: list[str], sentence: str
) -> None:
    """Nothing on stdout, nothing changed."""
    ended = loa(*arguments)

    assert isinstance(ended.exception, LoaError)
    assert sentence in ended.exception.message_vi
    assert ended.output == ""
    with sqlite_station.database.reading() as session:
        assert wish_of(session, station_id=STATION_ID) == VoiceWish()


def test_a_catalogue_that_is_none_is_named(tmp_path: Path, loa: Loa) -> None:
    """With the setting that means it."""
    wrong = tmp_path / "catalogue.toml"
    wrong.write_text("[[voice]]\nname = 1\n", "utf-8")
    for path in (wrong, tmp_path / "missing.toml"):
        loa.environment.setenv("LOA_VOICE_CATALOGUE", str(path))

        assert isinstance(loa("list").exception, CatalogueUnreadable)


def test_as_its_user_runs_it(tmp_path: Path) -> None:
    """The whole program: words on stderr, no traceback, exit 2 for what cannot be used."""
    ended = subprocess.run(
        [sys.executable, "-m", "broadcaster", "voice", "install", "xyz"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
        cwd=tmp_path,
        env={**os.environ, "LOA_VOICE_SOURCE": ""},
    )

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("✕ Chưa biết tải giọng từ đâu.")
    assert list(tmp_path.iterdir()) == []
