"""What may be asked of a station's voice; whatever is refused names its field.

A wish that sends words out of the house is refused while the house keeps them, and only an admin
changes that.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from enum import StrEnum

from broadcaster.lexicon.words import one_line
from broadcaster.voices.errors import (
    SENTENCE_LIMIT_CHARACTERS,
    WORDS_LIMIT_CHARACTERS,
    DeliveryUnusable,
    OnlineSwitchDenied,
    OnlineVoiceClosed,
    SentenceUnusable,
    VoiceNotOffered,
    WordsUnusable,
)
from broadcaster.voices.offers import VoiceOffer
from broadcaster.voices.wishes import AUTOMATIC, VoiceWish
from playlists.audio.mastering import Loudspeaker
from playlists.errors import ScriptRefused
from playlists.reading import read_aloud
from playlists.reading.sentences import Gaps
from playlists.speech.engine import FASTEST, HIGHEST_PITCH, SLOWEST, Accent
from playlists.speech.engines import EngineName


def checked(
    wish: VoiceWish, *, before: VoiceWish, among: Sequence[VoiceOffer], may_open: bool
) -> VoiceWish:
    """The wish as it will be kept; `may_open`: whether this person may let words leave.

    A voice that was asked for before and is away may be asked for again.

    Raises OnlineSwitchDenied, VoiceNotOffered, OnlineVoiceClosed, DeliveryUnusable, WordsUnusable.
    """
    if wish.text_may_leave != before.text_may_leave and not may_open:
        raise OnlineSwitchDenied(field="text_may_leave")
    wish = replace(
        wish, ident_words=one_line(wish.ident_words), closing_words=one_line(wish.closing_words)
    )
    _check_voice(wish, before=before, among=among)
    _check_delivery(wish)
    _check_words(wish)
    return wish


def _check_voice(wish: VoiceWish, *, before: VoiceWish, among: Sequence[VoiceOffer]) -> None:
    if wish.engine == AUTOMATIC and not wish.voice:
        return
    names = {(offer.engine.value, offer.voice) for offer in among if offer.installed}
    names.add((before.engine, before.voice))
    if (wish.engine, wish.voice) not in names:
        raise VoiceNotOffered(field="voice")
    if wish.engine == EngineName.GTTS and not wish.text_may_leave:
        raise OnlineVoiceClosed(field="voice")


def _check_delivery(wish: VoiceWish) -> None:
    holds = {
        "accent": _is_one_of(Accent, wish.accent),
        "gaps": _is_one_of(Gaps, wish.gaps),
        "loudspeaker": _is_one_of(Loudspeaker, wish.loudspeaker),
        "rate": math.isfinite(wish.rate) and SLOWEST <= wish.rate <= FASTEST,
        "pitch": 0 <= wish.pitch <= HIGHEST_PITCH,
    }
    for name, good in holds.items():
        if not good:
            raise DeliveryUnusable(field=name)


def _is_one_of(kind: type[StrEnum], value: str) -> bool:
    known: Collection[str] = {each.value for each in kind}
    return value in known


def _check_words(wish: VoiceWish) -> None:
    for name, words in (("ident_words", wish.ident_words), ("closing_words", wish.closing_words)):
        if words and not _is_sayable(words, limit_characters=WORDS_LIMIT_CHARACTERS):
            raise WordsUnusable(field=name)


def checked_sentence(sentence: str) -> str:
    """A sentence to hear a voice by. Raises SentenceUnusable."""
    line = one_line(sentence)
    if not line or not _is_sayable(line, limit_characters=SENTENCE_LIMIT_CHARACTERS):
        raise SentenceUnusable(field="sentence")
    return line


def _is_sayable(words: str, *, limit_characters: int) -> bool:
    if len(words) > limit_characters:
        return False
    try:
        read_aloud(words)
    except ScriptRefused:
        return False
    return True
