"""The voices of a machine, installed and to be had, as lists show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from playlists.speech.catalogue import Catalogue, CatalogueVoice
from playlists.speech.engines import EngineName, VoiceChoice
from playlists.speech.installed_voice import InstalledVoice

ESPEAK_TITLES = ("eSpeak NG (máy)", "eSpeak NG (a machine)")
ONLINE_TITLES = ("Giọng trên mạng của Google", "Google's online voice")


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceOffer:
    """A voice: what it is called, whom to thank, and whether it can speak here now."""

    engine: EngineName
    voice: str = ""
    title_vi: str
    title_en: str
    licence: str = ""
    credit: str = ""
    size_bytes: int = 0
    installed: bool = True
    online: bool = False

    @property
    def choice(self) -> VoiceChoice:
        """What a policy calls it."""
        return VoiceChoice(self.engine, self.voice)


def offers(catalogue: Catalogue, *, installed: Sequence[InstalledVoice]) -> tuple[VoiceOffer, ...]:
    """Every voice by name: the catalogue's, those installed beside it, and the engines' own."""
    known = {voice.name for voice in catalogue.voice}
    there = {voice.name for voice in installed}
    return (
        *(_of_catalogue(voice, installed=voice.name in there) for voice in catalogue.voice),
        *(_of_receipt(voice) for voice in installed if voice.name not in known),
        VoiceOffer(
            engine=EngineName.ESPEAK,
            title_vi=ESPEAK_TITLES[0],
            title_en=ESPEAK_TITLES[1],
            licence="GPL-3.0-or-later",
            credit="eSpeak NG",
        ),
        VoiceOffer(
            engine=EngineName.GTTS,
            title_vi=ONLINE_TITLES[0],
            title_en=ONLINE_TITLES[1],
            credit="Google Translate",
            online=True,
        ),
    )


def offer_of(choice: VoiceChoice, *, among: Sequence[VoiceOffer]) -> VoiceOffer:
    """The voice that a policy means; one that is known nowhere keeps its name only."""
    for offer in among:
        if offer.choice == choice:
            return offer
    return VoiceOffer(
        engine=choice.engine,
        voice=choice.voice,
        title_vi=choice.voice,
        title_en=choice.voice,
        installed=False,
    )


def _of_catalogue(voice: CatalogueVoice, *, installed: bool) -> VoiceOffer:
    return VoiceOffer(
        engine=EngineName.PIPER,
        voice=voice.name,
        title_vi=voice.title_vi,
        title_en=voice.title_en,
        licence=voice.licence,
        credit=voice.credit,
        size_bytes=voice.size_bytes,
        installed=installed,
    )


def _of_receipt(voice: InstalledVoice) -> VoiceOffer:
    files = (voice.files.model, voice.files.config)
    return VoiceOffer(
        engine=EngineName.PIPER,
        voice=voice.name,
        title_vi=voice.name,
        title_en=voice.name,
        licence=voice.licence,
        credit=voice.credit,
        size_bytes=sum(path.stat().st_size for path in files if path.exists()),
    )
