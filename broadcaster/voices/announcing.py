"""What the console says of voices when a station starts: who speaks, and how a better one comes."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext

from sqlmodel import select

from broadcaster.areas.tables import Station
from broadcaster.database import connect
from broadcaster.settings import Settings
from broadcaster.voices.arrival import (
    ArrivalTold,
    Standing,
    WantedVoice,
    on_its_way,
    standing,
)
from broadcaster.voices.catalogues import catalogue_of
from broadcaster.voices.house import best, house_voice, reader, usable_voices
from broadcaster.voices.offers import VoiceOffer, offer_of, offers
from playlists.speech.errors import SpeechError
from playlists.speech.installed_voice import InstalledVoice
from playlists.speech.piper import piper_is_here
from playlists.speech.voice_store import installed

Say = Callable[[str, str], None]
"""Takes a sentence in Vietnamese and in English."""

_NO_REASON = ("", "")
_REASONS: Mapping[str, tuple[str, str]] = {
    "voice_source_broken": (" (không có mạng)", " (no network)"),
    "voice_source_missing": (" (nơi tải không có)", " (the source does not have it)"),
    "voice_file_wrong": (" (tệp không đúng bản gốc)", " (the file is not the published one)"),
    "voice_store_full": (" (đĩa hết chỗ)", " (the disk is full)"),
    "voice_store_failed": (" (không ghi được đĩa)", " (the disk cannot be written)"),
    "voice_unknown": (" (danh mục không có)", " (the catalogue does not have it)"),
}


@contextmanager
def voice_announced(settings: Settings, *, say: Say) -> Iterator[None]:
    """Says who speaks, and fetches the default voice meanwhile if it is wanted and can be had.

    Raises CatalogueUnreadable before anything begins.
    """
    speaks, stands = _present(settings)
    here = (f"Giọng đọc: {named(speaks)}", f"Voice: {named(speaks, english=True)}")
    more = _to_come(stands, name=settings.voice_default)
    say(*(f"{what}. {then}".rstrip() for what, then in zip(here, more, strict=True)))
    with _fetching(settings, say=say) if stands is Standing.ON_ITS_WAY else nullcontext():
        yield


def named(offer: VoiceOffer, *, english: bool = False) -> str:
    """A voice's title with the credit and licence that airing it asks for."""
    title = offer.title_en if english else offer.title_vi
    owed = f", {offer.licence} – {offer.credit}" if offer.voice and offer.licence else ""
    return f"{title}{owed}"


def not_fetched(name: str, error: SpeechError) -> tuple[str, str]:
    """Why a voice did not come, and the command that brings it from a folder."""
    why_vi, why_en = _REASONS.get(error.code, _NO_REASON)
    return (
        f"Giọng hay hơn không tải được{why_vi}: {_by_hand(name, 'THƯ_MỤC')}",
        f"The better voice did not come{why_en}: {_by_hand(name, 'FOLDER')}",
    )


def _to_come(stands: Standing, *, name: str) -> tuple[str, str]:
    match stands:
        case Standing.ON_ITS_WAY:
            return "Giọng hay hơn đang tải về…", "A better one is being fetched…"
        case Standing.NO_SOURCE:
            return (
                f"Giọng hay hơn: {_by_hand(name, 'THƯ_MỤC')}",
                f"A better one: {_by_hand(name, 'FOLDER')}",
            )
        case Standing.NO_PIPER:
            return (
                "Giọng hay hơn cần Piper, máy này chưa có: hãy chạy make -B install",
                "A better one needs Piper, which is not installed: run make -B install",
            )
        case _:
            return "", ""


def _by_hand(name: str, place: str) -> str:
    return f"loa voice install {name} --from {place}"


def _present(settings: Settings) -> tuple[VoiceOffer, Standing]:
    """The voice that speaks now, and what is to be done about the default one."""
    there = installed(settings.voices_dir)
    database = connect(settings.database)
    try:
        with database.reading() as session:
            station_id = session.exec(select(Station.id)).one()
            house = house_voice(session, station_id=station_id, voices_dir=settings.voices_dir)
    finally:
        database.dispose()
    among = offers(catalogue_of(settings), installed=there)
    stands = standing(
        settings.voice_default,
        source=settings.voice_source,
        installed=any(voice.name == settings.voice_default for voice in there),
        automatic=house.automatic,
        piper_here=piper_is_here(),
    )
    speaks = reader(house.policy, usable=usable_voices(settings.voices_dir))
    return offer_of(speaks or house.policy.preferred, among=among), stands


def _fetching(settings: Settings, *, say: Say) -> AbstractContextManager[None]:
    wanted = WantedVoice(
        name=settings.voice_default,
        source=settings.voice_source,
        into=settings.voices_dir,
        catalogue=catalogue_of(settings),
    )
    return on_its_way(wanted, told=_Announcer(wanted, say=say))


class _Announcer(ArrivalTold):
    """Says on the console how the fetching went."""

    def __init__(self, wanted: WantedVoice, *, say: Say) -> None:
        self._wanted = wanted
        self._say = say

    def arrived(self, voice: InstalledVoice) -> None:
        """From the next rendering on the best there is speaks, which need not be this one."""
        there = usable_voices(self._wanted.into)
        among = offers(self._wanted.catalogue, installed=(voice, *there))
        offer = offer_of(best(there), among=among)
        self._say(f"Giọng đọc: {named(offer)}", f"Voice: {named(offer, english=True)}")

    def failed(self, error: SpeechError) -> None:
        """The station speaks on with the voice that it has."""
        self._say(*not_fetched(self._wanted.name, error))
