"""What is measured: the chosen ways of speaking first, then what was tried beside them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from playlists.audio.mastering import FULL, HORN, Band
from playlists.speech.engine import Accent, VoiceSettings
from playlists.speech.espeak import HOUSE_MANNER, Manner

# Whisper looks at sound every 20 ms; takes that start between two looks are heard a little
# differently, which evens out what is chance.
TAKES_LATER_MS = (200, 313)
PLAIN = VoiceSettings()
NARROW = Band(low_hz=300, high_hz=4_000)


@dataclass(frozen=True, slots=True)
class Trial:
    """One way of saying the sentences.

    `manner` is eSpeak NG's, None where another engine speaks. `band` None: mastered, but not
    filtered. `mastered` False: the voice's own samples, before anything is done to them.
    """

    manner: Manner | None = HOUSE_MANNER
    settings: VoiceSettings = PLAIN
    band: Band | None = HORN
    mastered: bool = True

    @property
    def takes_later_ms(self) -> tuple[int, ...]:
        """How late each take begins: two takes of what must not become worse, one of the rest."""
        return TAKES_LATER_MS if self in CHOSEN else TAKES_LATER_MS[:1]

    @property
    def rate_name(self) -> str:
        """Words a minute as eSpeak NG counts them, or the factor of a voice's own speed."""
        if self.manner is None:
            return f"x {self.settings.rate:g}"
        return f"{round(self.manner.words_per_minute * self.settings.rate)} wpm"

    @property
    def pitch_name(self) -> str:
        """The pitch and how far its melody goes."""
        return f"{self.settings.pitch}, range {self.manner.pitch_range}" if self.manner else "own"

    @property
    def gaps_name(self) -> str:
        """Silence between words that was asked for."""
        return f"{10 * self.manner.word_gap_10ms} ms" if self.manner else "own"

    @property
    def band_name(self) -> str:
        """The way from the voice to the listener."""
        if not self.mastered:
            return "unmastered"
        if self.band is None:
            return "mastered, whole"
        return f"{self.band.low_hz}-{self.band.high_hz or 'all'} Hz"


CHOSEN = tuple(Trial(settings=VoiceSettings(accent=accent)) for accent in Accent)


def espeak_trials() -> tuple[Trial, ...]:
    """The chosen accents, then what the choice was made from, one thing changed in each."""
    return tuple(dict.fromkeys([*CHOSEN, *_other_paces(), *_other_ways(), *_other_voices()]))


def piper_trials() -> tuple[Trial, ...]:
    """A voice at its own speed and slower, and before mastering."""
    own = Trial(manner=None)
    return (own, replace(own, settings=VoiceSettings(rate=0.85)), replace(own, mastered=False))


def _other_paces() -> Iterator[Trial]:
    for words_per_minute in (175, 110):
        yield Trial(manner=replace(HOUSE_MANNER, words_per_minute=words_per_minute))


def _other_ways() -> Iterator[Trial]:
    usual = CHOSEN[0]
    yield replace(usual, mastered=False)
    for band in (NARROW, FULL):
        yield replace(usual, band=band)


def _other_voices() -> Iterator[Trial]:
    for pitch in (35, 65):
        yield Trial(settings=VoiceSettings(pitch=pitch))
    for pitch_range in (25, 99):
        yield Trial(manner=replace(HOUSE_MANNER, pitch_range=pitch_range))
    yield Trial(manner=replace(HOUSE_MANNER, word_gap_10ms=3))
