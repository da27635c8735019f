"""A playlist becomes one file: parts where their cues say, bulletins as they were approved."""

import math
import subprocess
import sys
import wave
from array import array
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playlists.audio.audio_errors import (
    MasteringMissed,
    PartDamaged,
    PartMissing,
    PartTooShort,
    PlaylistEmpty,
    PlaylistRefused,
    PlaylistTooLong,
)
from playlists.audio.audio_store import AudioStore
from playlists.audio.mastering import Target
from playlists.audio.pcm import Pcm
from playlists.own_sounds.chime import SEPARATOR_HZ
from playlists.playlist import Part, PartKind, Stretch, in_order, length_ms
from playlists.playlist_rendering import PlaylistRendering, render_playlist
from playlists.render import render
from playlists.speech.engine import Accent, VoiceSettings
from playlists.speech.espeak import EspeakEngine
from playlists.speech.tones import ToneEngine
from tests.playlists.sounds import BULLETIN, GREETING, RATE_HZ, Line, decoded, metered, tone

STATION = "Long Mai"
ABSENT = "0" * 64
SHIFTS = RATE_HZ // 1000
CHIME = Part(PartKind.CHIME, "Nhạc mở đầu")
IDENT = Part(PartKind.IDENT, "Nhạc hiệu", ref="tune")
CLOSING = Part(PartKind.CLOSING, "Nhạc kết thúc")
MUSIC = Part(PartKind.MUSIC, "Nhạc", duration_ms=6_000)
RELAY = Part(PartKind.RELAY, "Tiếp âm", duration_ms=5_000, source="VOV1")


def bulletin(
    lines: Sequence[Line],
    *,
    store: AudioStore,
    engine: ToneEngine | EspeakEngine | None = None,
    accent: Accent = Accent.NORTH,
) -> Part:
    """An approved bulletin as a part: its words without its own chime."""
    rendering = render(
        lines,
        engine=engine or ToneEngine(),
        store=store,
        settings=VoiceSettings(accent=accent),
    )
    first, last = rendering.cue_points[0], rendering.cue_points[-1]
    words = Stretch(rendering.sha256, from_ms=first.start_ms, to_ms=last.end_ms)
    return Part(PartKind.BULLETIN, lines[0].text, ref=rendering.sha256[:8], words=words)


def made(parts: Sequence[Part], *, store: AudioStore) -> PlaylistRendering:
    """The playlist, rendered."""
    return render_playlist(parts, store=store, station=STATION)


@pytest.fixture(scope="module")
def session_store(tmp_path_factory: pytest.TempPathFactory) -> AudioStore:
    """A store for the session below."""
    return AudioStore(tmp_path_factory.mktemp("session"))


@pytest.fixture(scope="module")
def session_parts(espeak: EspeakEngine, session_store: AudioStore) -> tuple[Part, ...]:
    """A whole session in the house's order: every kind of part, spoken by a real voice."""
    words = espeak.synthesise("Đây là đài truyền thanh xã Long Mai.", settings=VoiceSettings())
    return in_order(
        [
            CHIME,
            IDENT,
            Part(PartKind.IDENT, "Lời xưng danh", words=words),
            bulletin(BULLETIN, store=session_store, engine=espeak),
            bulletin(BULLETIN[::-1], store=session_store, engine=espeak, accent=Accent.SOUTH),
            MUSIC,
            Part(PartKind.PAUSE, "Nghỉ", duration_ms=1_500),
            RELAY,
            CLOSING,
        ]
    )


@pytest.fixture(scope="module")
def session(session_parts: tuple[Part, ...], session_store: AudioStore) -> PlaylistRendering:
    """That session as one file."""
    return made(session_parts, store=session_store)


def test_what_it_says_of_itself_is_what_the_file_is(
    session: PlaylistRendering, session_store: AudioStore
) -> None:
    """Path, size, length, loudness and peak are those of the stored file, by ffmpeg's meter."""
    assert session.path == session_store.require(session.sha256)
    assert session.size_bytes == session.path.stat().st_size
    assert len(decoded(session.path)) * 1000 / RATE_HZ == pytest.approx(session.duration_ms, abs=1)
    assert (session.loudness_lufs, session.true_peak_dbtp) == metered(session.path)
    assert session.true_peak_dbtp <= -1.0


def test_cues_follow_the_parts_and_leave_no_gap(
    session: PlaylistRendering, session_parts: tuple[Part, ...]
) -> None:
    """One cue a part, in order, with its title and mark, from the first to the last moment."""
    assert [(cue.kind, cue.title, cue.ref) for cue in session.cues] == [
        (part.kind, part.title, part.ref) for part in session_parts
    ]
    assert session.cues[0].start_ms == 0
    assert session.cues[-1].end_ms == session.duration_ms
    for cue, after in zip(session.cues, session.cues[1:], strict=False):
        assert cue.start_ms < cue.end_ms == after.start_ms


def test_cues_stand_where_the_sound_begins(
    session: PlaylistRendering, session_parts: tuple[Part, ...], session_store: AudioStore
) -> None:
    """Every part that is struck or spoken is heard within 30 ms of its cue, after silence.

    A voice may take breath first: a bulletin is heard as long after its cue as in its own file.
    """
    samples = decoded(session.path)
    struck_or_spoken = (PartKind.IDENT, PartKind.BULLETIN, PartKind.CLOSING)
    for cue, part in zip(session.cues, session_parts, strict=True):
        if cue.kind in struck_or_spoken:
            own_ms = 0
            if isinstance(part.words, Stretch):
                approved = decoded(session_store.path_of(part.words.sha256))
                own_ms = _onset_ms(approved, part.words.from_ms) - part.words.from_ms
            assert _onset_ms(samples, cue.start_ms) == pytest.approx(cue.start_ms + own_ms, abs=30)
            assert _loudest(samples, cue.start_ms - 120, cue.start_ms - 40) < 60


def test_music_begins_at_its_cue_and_a_pause_is_still(session: PlaylistRendering) -> None:
    """What fades in is heard soon after its cue; nothing at all is heard in a pause."""
    samples = decoded(session.path)
    for cue in session.cues:
        if cue.kind in (PartKind.MUSIC, PartKind.RELAY):
            assert _loudest(samples, cue.start_ms - 150, cue.start_ms - 30) < 60
            assert _loudest(samples, cue.start_ms + 20, cue.start_ms + 600) > 100
        if cue.kind is PartKind.PAUSE:
            assert _loudest(samples, cue.start_ms + 40, cue.end_ms - 40) < 10


def test_the_approved_sound_is_inside(
    session: PlaylistRendering, session_parts: tuple[Part, ...], session_store: AudioStore
) -> None:
    """At its cue stands the very stretch of the approved file, sample for sample alike, as loud."""
    whole = decoded(session.path)
    for cue, part in zip(session.cues, session_parts, strict=True):
        if part.kind is not PartKind.BULLETIN:
            continue
        assert isinstance(part.words, Stretch)
        approved = decoded(session_store.path_of(part.words.sha256))
        approved = approved[_at(part.words.from_ms) : _at(part.words.to_ms)]
        start = _at(cue.start_ms) + _shift(approved, whole[_at(cue.start_ms) - SHIFTS :])
        likeness, gain_db = _compared(approved, whole[start : start + len(approved)])

        assert likeness > 0.99
        assert gain_db == pytest.approx(0.0, abs=0.3)


def test_every_part_has_its_level(session: PlaylistRendering, tmp_path: Path) -> None:
    """Words and tunes at -16 LUFS, music at -20, what fills a relay's slot at -24."""
    wished = {PartKind.MUSIC: -20.0, PartKind.RELAY: -24.0}
    samples = decoded(session.path)
    for cue in session.cues:
        if cue.kind is not PartKind.PAUSE:
            stretch = samples[_at(cue.start_ms) : _at(cue.end_ms)]
            assert _lufs(stretch, tmp_path / "part.wav") == pytest.approx(
                wished.get(cue.kind, -16.0), abs=1.0
            )
    assert session.speech_lufs == pytest.approx(-16.0, abs=1.0)


def test_a_soft_note_stands_between_bulletins(session: PlaylistRendering) -> None:
    """The first bulletin's cue ends with the separator's pitch, below the words."""
    samples = decoded(session.path)
    first, second = (cue for cue in session.cues if cue.kind is PartKind.BULLETIN)
    note = samples[_at(first.end_ms - 1_200) : _at(first.end_ms - 700)]
    own, other = (_strength(note, pitch) for pitch in (SEPARATOR_HZ, SEPARATOR_HZ * 1.26))

    assert own > 20 * other
    assert max(map(abs, note)) < _loudest(samples, second.start_ms, second.end_ms)


def test_the_same_parts_make_the_same_file(
    session: PlaylistRendering,
    session_parts: tuple[Part, ...],
    session_store: AudioStore,
    tmp_path: Path,
) -> None:
    """Another store, another moment: the same SHA-256 and the same cues."""
    elsewhere = AudioStore(tmp_path / "elsewhere")
    for part in session_parts:
        if isinstance(part.words, Stretch):
            elsewhere.put(session_store.path_of(part.words.sha256))
    again = made(session_parts, store=elsewhere)

    assert (again.sha256, again.cues) == (session.sha256, session.cues)


def test_another_station_has_another_tune(store: AudioStore) -> None:
    """The tune grows from the station, the length does not."""
    one = made([IDENT], store=store)
    other = render_playlist([IDENT], store=store, station="Phú Trung")

    assert one.sha256 != other.sha256
    assert one.duration_ms == other.duration_ms


_KINDS = st.sampled_from([PartKind.MUSIC, PartKind.RELAY, PartKind.PAUSE])
_LASTING = st.builds(
    lambda kind, duration_ms: Part(kind, "part", duration_ms=duration_ms),
    _KINDS,
    st.integers(700, 6_000),
)
_WORDS = st.builds(
    lambda duration_ms: Part(PartKind.IDENT, "words", words=tone(duration_ms=duration_ms)),
    st.integers(500, 3_000),
)
_STRETCHES = st.tuples(st.integers(0, 3_000), st.integers(4_000, 7_500))


@settings(max_examples=5, deadline=None)
@given(
    parts=st.lists(st.one_of(st.just(CHIME), st.just(IDENT), _LASTING, _WORDS), max_size=4),
    stretches=st.lists(_STRETCHES, max_size=2),
)
def test_the_length_is_known_before_it_is_rendered(
    tmp_path_factory: pytest.TempPathFactory,
    parts: list[Part],
    stretches: list[tuple[int, int]],
) -> None:
    """What is said beforehand is what the file lasts, to 5 ms."""
    store = AudioStore(tmp_path_factory.mktemp("length"))
    sha256 = render(BULLETIN, engine=ToneEngine(), store=store, settings=VoiceSettings()).sha256
    bulletins = [
        Part(PartKind.BULLETIN, "Tin", words=Stretch(sha256, from_ms, to_ms))
        for from_ms, to_ms in stretches
    ]
    whole = [CHIME, *bulletins, *parts]

    assert made(whole, store=store).duration_ms == pytest.approx(length_ms(whole), abs=5)


@pytest.mark.parametrize(
    ("accent", "text"),
    [
        (Accent.NORTH, "Xin chào."),
        (Accent.NORTH, "Bà con chú ý."),
        (Accent.CENTRAL, "Tối nay cúp điện."),
        (Accent.SOUTH, "Cháy!"),
    ],
)
def test_one_short_sentence_becomes_a_playlist(
    espeak: EspeakEngine, store: AudioStore, accent: Accent, text: str
) -> None:
    """A bulletin whose own chime weighed in its loudness is brought to the target by the whole."""
    rendering = made(
        [bulletin([Line(text)], store=store, engine=espeak, accent=accent)], store=store
    )

    assert rendering.true_peak_dbtp <= -1.0
    assert rendering.speech_lufs is None or abs(rendering.speech_lufs + 16) <= 1.0


def test_words_that_cannot_be_on_target_are_an_error(store: AudioStore) -> None:
    """A target that its own peak forbids is named, and nothing is stored."""
    part = bulletin(BULLETIN, store=store)
    before = sorted(store.directory.iterdir())
    with pytest.raises(MasteringMissed, match="LUFS"):
        render_playlist([part], store=store, station=STATION, target=Target(true_peak_dbtp=-22.0))

    assert sorted(store.directory.iterdir()) == before


def test_a_rough_recording_stays_below_the_peak(espeak: EspeakEngine, store: AudioStore) -> None:
    """Clipped speech, whose peaks every encoding throws up, ends at -1 dBTP and as loud as ever."""
    lines = (*BULLETIN, GREETING, *BULLETIN)
    plain = VoiceSettings(accent=Accent.CENTRAL)
    samples = array("h")
    for line in lines:
        samples.frombytes(espeak.synthesise(line.text, settings=plain).samples)
    clipped = array("h", (max(-32_768, min(32_767, sample * 20)) for sample in samples))
    words = Pcm(clipped.tobytes(), RATE_HZ)
    rendering = render_playlist(
        [Part(PartKind.IDENT, "rough", words=words)], store=store, station=STATION, band=None
    )

    assert metered(rendering.path)[1] <= -1.0
    assert rendering.speech_lufs == pytest.approx(-16.0, abs=1.0)


@pytest.mark.parametrize("parts", [[], [Part(PartKind.PAUSE, "Nghỉ", duration_ms=9_000)]])
def test_silence_is_refused(store: AudioStore, parts: list[Part]) -> None:
    """Nothing to hear is no file."""
    with pytest.raises(PlaylistEmpty):
        made(parts, store=store)


def test_longer_than_allowed_is_refused_before_any_work(store: AudioStore) -> None:
    """The limit is the caller's; the error says both lengths in minutes."""
    parts = [Part(PartKind.RELAY, "Tiếp âm", duration_ms=50 * 60_000, source="VOV1")]
    with pytest.raises(PlaylistTooLong, match=r"50:00.*45:00"):
        render_playlist(parts, store=store, station=STATION, longest_ms=45 * 60_000)


def test_a_missing_bulletin_is_named_by_its_title(store: AudioStore) -> None:
    """Whoever composes hears which part has no sound, in their language."""
    lost = Part(PartKind.BULLETIN, "Giá lúa", words=Stretch(ABSENT, 0, 5_000))
    with pytest.raises(PartMissing) as caught:
        made([CHIME, lost], store=store)

    assert "Giá lúa" in caught.value.message_vi
    assert "Giá lúa" in caught.value.message_en


def test_a_file_that_was_changed_is_not_used(store: AudioStore) -> None:
    """Other bytes under the approved name are refused, however well they would play."""
    part, other = bulletin(BULLETIN, store=store), bulletin([GREETING], store=store)
    assert isinstance(part.words, Stretch)
    assert isinstance(other.words, Stretch)
    store.path_of(part.words.sha256).write_bytes(store.path_of(other.words.sha256).read_bytes())

    with pytest.raises(PartDamaged):
        made([part], store=store)


def test_what_is_no_sound_is_not_used(store: AudioStore) -> None:
    """A file that keeps its name but holds no MP3 is refused by its title."""
    sha256 = store.put(b"<html>404</html>" * 200)
    with pytest.raises(PartDamaged, match="Trang"):
        made([Part(PartKind.BULLETIN, "Trang", words=Stretch(sha256, 0, 1_000))], store=store)


def test_a_stretch_beyond_its_file_is_refused(store: AudioStore) -> None:
    """Silence in place of approved words would be heard as a fault."""
    part = bulletin([GREETING], store=store)
    assert isinstance(part.words, Stretch)
    longer = Part(PartKind.BULLETIN, "Tin", words=Stretch(part.words.sha256, 0, 60_000))
    with pytest.raises(PartTooShort):
        made([longer], store=store)


def test_a_refusal_leaves_nothing_behind(store: AudioStore) -> None:
    """After an error the store is as it was."""
    good = bulletin([GREETING], store=store)
    before = sorted(store.directory.iterdir())
    bad = Part(PartKind.BULLETIN, "Tin", words=Stretch(ABSENT, 0, 5_000))
    with pytest.raises(PlaylistRefused):
        made([good, bad], store=store)

    assert sorted(store.directory.iterdir()) == before


def test_progress_goes_up_to_the_end(store: AudioStore) -> None:
    """One step a part and one for the encoding."""
    steps: list[tuple[int, int]] = []
    render_playlist(
        [CHIME, CLOSING],
        store=store,
        station=STATION,
        on_progress=lambda done, total: steps.append((done, total)),
    )

    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_a_disk_that_fills_up_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    """Wherever on the way the disk ends, the error is the same and nothing half-made is left."""
    done = _run(
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try: render_playlist([chime, music], store=store, station='x')\n"
        "except AudioStoreFull as error: print(error.code)\n",
        folder=tmp_path / "audio",
    )

    assert done.splitlines()[-1] == "audio_store_full"
    assert list((tmp_path / "audio").iterdir()) == []


def test_a_long_playlist_is_not_held_in_memory(tmp_path: Path) -> None:
    """Minutes of sound, 18 MB of samples, make the process hardly larger."""
    done = _run(
        "render_playlist([chime, short], store=store, station='x')\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "render_playlist([chime, music], store=store, station='x')\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n",
        folder=tmp_path / "audio",
    )

    assert int(done.splitlines()[-1]) < 8_000


def _run(program: str, *, folder: Path) -> str:
    opening = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from playlists.audio.audio_errors import AudioStoreFull\n"
        "from playlists.audio.audio_store import AudioStore\n"
        "from playlists.playlist import Part, PartKind\n"
        "from playlists.playlist_rendering import render_playlist\n"
        "store = AudioStore(Path(sys.argv[1]))\n"
        "chime = Part(PartKind.CHIME, 'c')\n"
        "short = Part(PartKind.MUSIC, 'm', duration_ms=20_000)\n"
        "music = Part(PartKind.MUSIC, 'm', duration_ms=400_000)\n"
    )
    command = [sys.executable, "-c", opening + program, str(folder)]
    done = subprocess.run(command, check=True, timeout=120, capture_output=True, text=True)
    return done.stdout


def _at(ms: int) -> int:
    return ms * RATE_HZ // 1000


def _loudest(samples: Sequence[int], from_ms: int, to_ms: int) -> int:
    return max(map(abs, samples[_at(from_ms) : _at(to_ms)]))


def _onset_ms(samples: Sequence[int], near_ms: int) -> int:
    """The first of the milliseconds around a cue that is not silent any more."""
    return next(
        ms for ms in range(near_ms - 120, near_ms + 120) if _loudest(samples, ms, ms + 1) > 200
    )


def _shift(approved: Sequence[int], around: Sequence[int]) -> int:
    """How many samples after its cue, which is in whole milliseconds, a stretch begins."""
    piece = approved[RATE_HZ : 2 * RATE_HZ]
    likeness = {
        shift - SHIFTS: _compared(piece, around[RATE_HZ + shift :][:RATE_HZ])[0]
        for shift in range(2 * SHIFTS)
    }
    return max(likeness, key=lambda shift: likeness[shift])


def _compared(one: Sequence[int], other: Sequence[int]) -> tuple[float, float]:
    """Correlation of two sounds at no shift, and how much louder the second is, in dB."""
    power, other_power = (sum(value * value for value in side) for side in (one, other))
    together = sum(a * b for a, b in zip(one, other, strict=True))
    return together / math.sqrt(power * other_power), 10 * math.log10(other_power / power)


def _strength(samples: Sequence[int], pitch_hz: float) -> float:
    turn = 2 * math.pi * pitch_hz / RATE_HZ
    real = sum(sample * math.cos(turn * n) for n, sample in enumerate(samples))
    imaginary = sum(sample * math.sin(turn * n) for n, sample in enumerate(samples))
    return math.hypot(real, imaginary)


def _lufs(samples: Sequence[int], path: Path) -> float:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes(array("h", samples).tobytes())
    return metered(path)[0]
