"""`loa lexicon`: the commune's own words at the station's machine."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from broadcaster.lexicon import lexicon_command
from broadcaster.lexicon.errors import UnknownEntry
from broadcaster.processes.errors import NotFounded
from broadcaster.processes.opening import founded_station
from broadcaster.settings import Settings
from tests.broadcaster.small_station import STATION_ID, SmallStation


def loa(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as its user runs it."""
    return subprocess.run(
        [sys.executable, "-m", "broadcaster", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
        env={**os.environ, "LOA_STATE_DIR": str(folder)},
    )


def test_words_are_added_listed_and_retired(sqlite_station: SmallStation, tmp_path: Path) -> None:
    """And the next `loa read` reads with them."""
    added = loa(tmp_path, "lexicon", "add", "XQZ", "xuân quý", "--note", "hợp tác xã")
    assert (added.returncode, added.stderr) == (0, "")
    assert added.stdout.startswith("✓ XQZ → xuân quý\n")

    assert loa(tmp_path, "lexicon", "list").stdout == "XQZ\txuân quý\thợp tác xã\n"

    retired = loa(tmp_path, "lexicon", "retire", " XQZ ")
    assert retired.returncode == 0
    assert lexicon_command.listed(
        sqlite_station.database, station_id=STATION_ID, as_json=False
    ) == ""  # fmt: skip


def test_the_list_is_json_for_programs(sqlite_station: SmallStation) -> None:
    """Instants are Unix milliseconds."""
    database = sqlite_station.database
    lexicon_command.added(
        database, station_id=STATION_ID, written="XQZ", spoken="xuân quý", note=""
    )

    (told,) = json.loads(lexicon_command.listed(database, station_id=STATION_ID, as_json=True))

    assert (told["written"], told["spoken"], told["note"]) == ("XQZ", "xuân quý", "")
    assert told["created_at_ms"] > 1_700_000_000_000


def test_an_unknown_word_cannot_be_retired(sqlite_station: SmallStation) -> None:
    """The list says which there are."""
    with pytest.raises(UnknownEntry):
        lexicon_command.retired(sqlite_station.database, station_id=STATION_ID, written="XQZ")


def test_what_is_refused_is_one_sentence(sqlite_station: SmallStation, tmp_path: Path) -> None:  # noqa: ARG001
    """Exit 2 and nothing changed."""
    refused = loa(tmp_path, "lexicon", "add", "XQZ", "xuân 5")

    assert refused.returncode == 2
    assert refused.stderr.startswith("✕ Cách đọc cần từ 1 đến 200 ký tự")
    assert "Traceback" not in refused.stderr


def test_without_a_station_there_is_no_lexicon_and_none_is_made(tmp_path: Path) -> None:
    """A command in the wrong folder leaves no database behind."""
    with pytest.raises(NotFounded), founded_station(Settings(state_dir=tmp_path)):
        pass

    assert list(tmp_path.iterdir()) == []
