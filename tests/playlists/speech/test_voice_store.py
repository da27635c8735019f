"""Voices are installed whole and proven or not at all, from a folder or a line that breaks."""

import fcntl
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from playlists.speech.catalogue import Catalogue, shipped_catalogue
from playlists.speech.installed_voice import InstalledVoice
from playlists.speech.store_errors import (
    VoiceFileWrong,
    VoiceInstallBusy,
    VoiceNotInstalled,
    VoiceSourceBroken,
    VoiceSourceMissing,
    VoiceStoreError,
    VoiceStoreFailed,
    VoiceStoreFull,
    VoiceUnknown,
)
from playlists.speech.voice_store import find, install, installed, remove
from tests.playlists.speech.voices import (
    CONFIG,
    MODEL,
    Mirror,
    catalogue_of,
    laid_out,
    mirror_of,
    serving,
    sha256,
    voice_of,
)

SMALL = catalogue_of(voice_of())
UNPINNED = catalogue_of(voice_of(pinned=False))
OTHER = bytes(len(MODEL))


def put(
    source: str | Path,
    into: Path,
    *,
    catalogue: Catalogue = SMALL,
    on_progress: Callable[[int, int], None] | None = None,
    waits: list[float] | None = None,
) -> InstalledVoice:
    """Installs the small voice; pauses are noted, not slept."""
    noted = waits if waits is not None else []
    return install(
        "vi-small",
        source=source,
        into=into,
        catalogue=catalogue,
        on_progress=on_progress,
        wait=noted.append,
    )


@pytest.fixture
def voices(tmp_path: Path) -> Path:
    """Where voices are installed."""
    return tmp_path / "voices"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A source folder with the small voice."""
    return laid_out(tmp_path / "source")


def test_a_voice_is_installed_from_a_folder(folder: Path, voices: Path) -> None:
    """Its files are there under its name, with its hashes, licence and credit."""
    voice = put(folder, voices)

    assert voice.files.model.read_bytes() == MODEL
    assert voice.files.config.read_bytes() == CONFIG
    assert (voice.files.model_sha256, voice.files.config_sha256) == (sha256(MODEL), sha256(CONFIG))
    assert (voice.licence, voice.credit) == ("CC0", "Nobody")
    assert installed(voices) == (voice,)
    assert find("vi-small", into=voices) == voice


def test_files_side_by_side_will_do(tmp_path: Path, voices: Path) -> None:
    """A memory stick with only the two files on it is a source."""
    flat = tmp_path / "stick"
    flat.mkdir()
    (flat / "m.onnx").write_bytes(MODEL)
    (flat / "m.onnx.json").write_bytes(CONFIG)

    assert put(flat, voices).files.model.read_bytes() == MODEL


def test_a_voice_is_installed_over_http(voices: Path) -> None:
    """The base URL is the caller's; below it lies the published path."""
    with serving(mirror_of()) as mirror:
        voice = put(f"{mirror.url}/", voices)

    assert voice.files.model.read_bytes() == MODEL
    assert [path for path, _ in mirror.asked] == [
        "/base/vi/small/m.onnx.json",
        "/base/vi/small/m.onnx",
    ]


def test_progress_rises_to_the_whole(voices: Path) -> None:
    """The caller hears bytes of both files together, at last all of them."""
    heard: list[tuple[int, int]] = []
    with serving(mirror_of()) as mirror:
        put(mirror.url, voices, on_progress=lambda done, total: heard.append((done, total)))
    whole = len(MODEL) + len(CONFIG)

    assert heard == sorted(heard)
    assert heard[0][0] <= len(CONFIG)
    assert heard[-1] == (whole, whole)
    assert {total for _, total in heard} == {whole}


def test_a_broken_connection_is_resumed_where_it_broke(voices: Path) -> None:
    """Each request asks only for what is missing; every byte is carried once."""
    mirror = mirror_of()
    mirror.cut_after = [100_000, 200_000]
    waits: list[float] = []
    with serving(mirror):
        voice = put(mirror.url, voices, waits=waits)

    assert voice.files.model.read_bytes() == MODEL
    assert [asked for path, asked in mirror.asked if path.endswith(".onnx")] == [
        "",
        "bytes=100000-",
        "bytes=300000-",
    ]
    assert len(waits) == 2


def test_a_later_installation_goes_on_where_an_earlier_one_gave_up(voices: Path) -> None:
    """What was fetched survives the process: the station may be switched off in between."""
    mirror = mirror_of()
    mirror.cut_after = [150_000, *[0] * 20]
    with serving(mirror):
        with pytest.raises(VoiceSourceBroken):
            put(mirror.url, voices)
        assert installed(voices) == ()
        mirror.cut_after.clear()
        mirror.asked.clear()
        put(mirror.url, voices)

    assert mirror.asked == [("/base/vi/small/m.onnx", "bytes=150000-")]


def test_pauses_grow_and_attempts_end(voices: Path) -> None:
    """A dead connection is asked ever more rarely, then named; a live one starts counting anew."""
    mirror = mirror_of()
    mirror.cut_after = [0] * 50
    waits: list[float] = []
    with serving(mirror), pytest.raises(VoiceSourceBroken):
        put(mirror.url, voices, waits=waits)

    assert waits == [1, 2, 4, 8, 16]


def test_many_breaks_with_progress_are_survived(voices: Path) -> None:
    """A line that breaks every few seconds brings the voice, as long as it brings anything."""
    mirror = mirror_of()
    mirror.cut_after = [70_000] * 7
    with serving(mirror):
        assert put(mirror.url, voices).files.model.read_bytes() == MODEL


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_busy_server_is_asked_again(voices: Path, status: int) -> None:
    """A fault of the moment is waited out."""
    mirror = mirror_of()
    mirror.statuses = [status, status]
    with serving(mirror):
        assert put(mirror.url, voices).files.model.read_bytes() == MODEL


def test_a_server_that_cannot_resume_begins_anew(voices: Path) -> None:
    """A whole answer to a question for the rest replaces what was there."""
    mirror = mirror_of()
    mirror.resumes = False
    mirror.cut_after = [100_000]
    with serving(mirror):
        assert put(mirror.url, voices).files.model.read_bytes() == MODEL


def test_a_server_that_says_no_length_is_believed_up_to_the_size(voices: Path) -> None:
    """Without a length the size and hash of the catalogue decide; nothing longer is written."""
    mirror = mirror_of(model=MODEL + b"more")
    mirror.says_length = False
    with serving(mirror):
        assert put(mirror.url, voices).files.model.read_bytes() == MODEL


def test_a_beginning_of_another_revision_is_fetched_anew(voices: Path) -> None:
    """A mixture of two revisions is noticed by its hash and replaced by one whole file."""
    mirror = mirror_of(model=OTHER)
    mirror.cut_after = [100_000, *[0] * 20]
    with serving(mirror):
        with pytest.raises(VoiceSourceBroken):
            put(mirror.url, voices)
        mirror.cut_after.clear()
        mirror.files["/base/vi/small/m.onnx"] = MODEL
        assert put(mirror.url, voices).files.model.read_bytes() == MODEL


@pytest.mark.parametrize(
    "model",
    [OTHER, MODEL[:-1], MODEL + b"x", b"<html>Sign in to this network</html>"],
    ids=["other", "shorter", "longer", "portal"],
)
def test_a_wrong_file_is_never_installed(voices: Path, tmp_path: Path, model: bytes) -> None:
    """Another hash or size is named, by HTTP and from a folder, and nothing is installed."""
    with serving(mirror_of(model=model)) as mirror, pytest.raises(VoiceFileWrong):
        put(mirror.url, voices)
    with pytest.raises(VoiceFileWrong):
        put(laid_out(tmp_path / "wrong", model=model), voices)

    assert installed(voices) == ()


def test_after_a_wrong_file_a_right_source_works(
    voices: Path, folder: Path, tmp_path: Path
) -> None:
    """Nothing of the wrong file is left that would spoil the next attempt."""
    with pytest.raises(VoiceFileWrong):
        put(laid_out(tmp_path / "wrong", model=OTHER), voices)

    assert put(folder, voices).files.model.read_bytes() == MODEL


def changed(**values: object) -> bytes:
    """The small voice's configuration with other values."""
    return json.dumps({**json.loads(CONFIG), **values}).encode()


@pytest.mark.parametrize(
    "config",
    [
        b"not json",
        b"[]",
        changed(audio={"sample_rate": 16_000}),
        changed(espeak={"voice": "en-us"}),
        changed(phoneme_type="text"),
        changed(num_speakers=65),
        changed(phoneme_id_map={"a": [3]}),
        changed(num_symbols=3),
        changed(phoneme_id_map="all"),
    ],
)
def test_a_configuration_of_unknown_hash_must_fit_the_voice(
    voices: Path, tmp_path: Path, folder: Path, config: bytes
) -> None:
    """What it says of rate, language and phonemes is checked; a right one works afterwards."""
    catalogue = catalogue_of(voice_of(config=config, pinned=False))
    with pytest.raises(VoiceFileWrong):
        put(laid_out(tmp_path / "wrong", config=config), voices, catalogue=catalogue)

    assert installed(voices) == ()
    assert put(folder, voices, catalogue=UNPINNED).files.config.read_bytes() == CONFIG


def test_a_configuration_of_unknown_hash_is_pinned(
    voices: Path, folder: Path, tmp_path: Path
) -> None:
    """A repair takes the same bytes only, until the voice is removed on purpose."""
    voice = put(folder, voices, catalogue=UNPINNED)
    other = CONFIG.replace(b'"a"', b'"e"')
    elsewhere = laid_out(tmp_path / "elsewhere", config=other)
    voice.files.model.write_bytes(b"damaged")
    with pytest.raises(VoiceFileWrong, match="pinned"):
        put(elsewhere, voices, catalogue=UNPINNED)
    remove("vi-small", into=voices)

    assert put(elsewhere, voices, catalogue=UNPINNED).files.config.read_bytes() == other


def test_an_installed_voice_is_left_alone(voices: Path, folder: Path) -> None:
    """No second download of what is there and whole, not even a look at the source."""
    first = put(folder, voices)

    assert put("http://127.0.0.1:9/nobody", voices) == first


@pytest.mark.parametrize("harm", [b"", b"damaged", None], ids=["empty", "changed", "gone"])
def test_a_damaged_voice_is_repaired(voices: Path, folder: Path, harm: bytes | None) -> None:
    """Installing again replaces what the disk lost."""
    voice = put(folder, voices)
    if harm is None:
        voice.files.model.unlink()
    else:
        voice.files.model.write_bytes(harm)

    assert put(folder, voices).files.model.read_bytes() == MODEL


def test_a_failed_repair_leaves_the_voice_that_was_there(
    voices: Path, folder: Path, tmp_path: Path
) -> None:
    """The old folder goes only when the new one is whole."""
    voice = put(folder, voices)
    voice.files.config.write_bytes(b"damaged")
    with pytest.raises(VoiceSourceMissing):
        put(tmp_path / "nowhere", voices)

    assert voice.files.model.read_bytes() == MODEL
    assert find("vi-small", into=voices) == voice


def test_two_installations_at_once_do_not_mix(voices: Path, folder: Path) -> None:
    """The second is told to wait, and works once the first is done."""
    lock = voices / ".incoming" / "vi-small.lock"
    lock.parent.mkdir(parents=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(VoiceInstallBusy):
            put(folder, voices)

    assert put(folder, voices).name == "vi-small"


@pytest.mark.parametrize("source", ["/nowhere/at/all", "http://127.0.0.1:0x", "http://"])
def test_a_source_that_is_none_is_named(voices: Path, source: str) -> None:
    """A mistyped folder or address is no crash and no endless retry."""
    with pytest.raises(VoiceSourceMissing):
        put(source, voices)


@pytest.mark.parametrize("status", [401, 403, 410])
def test_a_server_that_says_no_is_not_asked_again(voices: Path, status: int) -> None:
    """A refusal is final."""
    mirror = mirror_of()
    mirror.statuses = [status]
    with serving(mirror), pytest.raises(VoiceSourceMissing, match=str(status)):
        put(mirror.url, voices)


def test_a_mirror_without_the_voice_is_named(voices: Path) -> None:
    """An address that has nothing at the published path."""
    with serving(Mirror(files={})) as mirror, pytest.raises(VoiceSourceMissing):
        put(mirror.url, voices)


def test_nobody_listening_is_a_broken_connection(voices: Path) -> None:
    """A station without a network is told that it can go on later."""
    with pytest.raises(VoiceSourceBroken):
        put("http://127.0.0.1:9/voices", voices)


def test_a_full_disk_is_named_and_the_beginning_is_kept(tmp_path: Path, folder: Path) -> None:
    """What does not fit is a named error; nothing counts as installed."""
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from playlists.speech.store_errors import VoiceStoreFull\n"
        "from playlists.speech.voice_store import install, installed\n"
        "from tests.playlists.speech.voices import catalogue_of, voice_of\n"
        "source, into = map(Path, sys.argv[1:])\n"
        "soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))\n"
        "small = catalogue_of(voice_of())\n"
        "try: install('vi-small', source=source, into=into, catalogue=small)\n"
        "except VoiceStoreFull as error: print(error.code, installed(into))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))\n"
    )
    command = [sys.executable, "-c", program, str(folder), str(tmp_path / "voices")]
    done = subprocess.run(command, check=True, timeout=60, capture_output=True, text=True)

    assert done.stdout.splitlines()[-1] == "voice_store_full ()"


def test_a_voice_larger_than_the_disk_is_not_begun(voices: Path) -> None:
    """Room is asked for first, so that a station's disk is not filled to its last byte."""
    voice = voice_of()
    huge = type(voice.model)(name="m.onnx", size_bytes=1 << 60, sha256=voice.model.sha256)
    fields = {name: getattr(voice, name) for name in voice.__struct_fields__}
    with serving(mirror_of()) as mirror, pytest.raises(VoiceStoreFull):
        put(mirror.url, voices, catalogue=catalogue_of(type(voice)(**{**fields, "model": huge})))

    assert mirror.asked == []


def test_a_folder_that_cannot_be_made_is_named(voices: Path, folder: Path) -> None:
    """A file where the folder should be is a sentence for the operator."""
    voices.write_text("in the way")

    with pytest.raises(VoiceStoreFailed):
        put(folder, voices)


def test_a_removed_voice_is_gone(voices: Path, folder: Path) -> None:
    """Nothing of it is found; removing it again is named."""
    put(folder, voices)
    remove("vi-small", into=voices)

    assert installed(voices) == ()
    assert not (voices / "vi-small").exists()
    with pytest.raises(VoiceNotInstalled):
        remove("vi-small", into=voices)


@pytest.mark.parametrize("name", ["..", "../source", "", "vi-small/../.."])
def test_a_name_cannot_lead_out_of_the_folder(voices: Path, folder: Path, name: str) -> None:
    """Only names of the catalogue and of receipts are followed."""
    put(folder, voices)
    with pytest.raises(VoiceNotInstalled):
        remove(name, into=voices)
    with pytest.raises(VoiceUnknown):
        install(name, source=folder, into=voices, catalogue=SMALL)

    assert (folder / "vi" / "small" / "m.onnx").is_file()


def test_a_folder_without_a_readable_receipt_is_no_voice(voices: Path, folder: Path) -> None:
    """Half a receipt or one of another voice is not believed."""
    voice = put(folder, voices)
    receipt = voice.files.model.parent / "receipt.json"
    whole = receipt.read_bytes()
    receipt.write_bytes(whole[:-9])
    assert installed(voices) == ()
    receipt.write_bytes(whole.replace(b'"vi-small"', b'"other"'))
    assert installed(voices) == ()
    receipt.write_bytes(whole)
    assert installed(voices) == (voice,)


def test_a_station_without_voices_has_none(tmp_path: Path) -> None:
    """A folder that was never made is empty, not an error."""
    assert installed(tmp_path / "never") == ()


def test_the_shipped_catalogue_offers_a_vietnamese_voice() -> None:
    """Its files are those that were published, in both revisions, and may be aired with credit."""
    voice = shipped_catalogue().find("vi_VN-vais1000-medium")

    assert voice.model.size_bytes == 63_201_294
    assert {sha[:8] for sha in voice.model.sha256} == {"d82296bd", "ec7c89e2"}
    assert len(voice.config.sha256) == 2
    assert voice.sample_rate_hz == 22_050
    assert voice.licence == "CC BY 4.0"
    assert "VAIS-1000" in voice.credit


def test_the_shipped_catalogue_has_no_voice_that_may_not_be_aired() -> None:
    """No research-only data; a licence and a credit for each."""
    voices = shipped_catalogue().voice

    assert not any("vivos" in voice.name for voice in voices)
    assert all(voice.licence and voice.credit for voice in voices)


def test_every_failure_has_its_code_and_its_two_sentences() -> None:
    """What the page shows exists in Vietnamese and English."""
    kinds = VoiceStoreError.__subclasses__()

    assert len({kind.code for kind in kinds}) == len(kinds)
    assert all(kind.message_vi != VoiceStoreError.message_vi for kind in kinds)
    assert all(kind.message_en != VoiceStoreError.message_en for kind in kinds)


def test_a_server_may_send_on_to_where_its_files_really_are(voices: Path) -> None:
    """As the published address does; a broken download goes on there too."""
    mirror = mirror_of()
    mirror.files = {path.replace("/base/", "/store/"): each for path, each in mirror.files.items()}
    mirror.moved = {path.replace("/store/", "/base/"): path for path in mirror.files}
    mirror.cut_after = [200_000]
    with serving(mirror):
        voice = put(mirror.url, voices)

    assert voice.files.model.read_bytes() == MODEL
    assert mirror.asked[-1] == ("/store/vi/small/m.onnx", "bytes=200000-")
