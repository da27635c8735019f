"""The commands that list, bring, take away and choose voices at the station's machine.

Listing, bringing and taking away need no founded station; choosing does.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from broadcaster.database import Database
from broadcaster.settings import Settings
from broadcaster.voices.catalogues import catalogue_of
from broadcaster.voices.checking import checked
from broadcaster.voices.errors import VoiceFailed, VoiceNotOffered, VoiceSourceNotSet
from broadcaster.voices.house import HouseVoice, reader, usable_voices
from broadcaster.voices.offers import VoiceOffer, offer_of, offers
from broadcaster.voices.shown import voices_shown
from broadcaster.voices.wishes import AUTOMATIC, VoiceWish, keep_wish
from playlists.speech.engines import EngineName, VoiceChoice, VoicePolicy
from playlists.speech.errors import SpeechError
from playlists.speech.piper import piper_is_here
from playlists.speech.voice_store import install, installed, remove

AUTO = "auto"
# Somebody sits before it: without a network they are told within seconds.
_ATTEMPTS = 4
_NO_PIPER = (
    "  Máy này chưa có Piper nên giọng chưa đọc được: hãy chạy make -B install.\n"
    "  Piper is not installed, so the voice cannot speak yet: run make -B install.\n"
)
_NOBODY = (
    "  Không có giọng đọc thay, nên chưa tạo được âm thanh: hãy chọn giọng khác (loa voice use).\n"
    "  No voice may read instead, so nothing can be rendered: choose another (loa voice use).\n"
)
_SOUND_STAYS = (
    "  Âm thanh đã duyệt giữ nguyên; giọng này dùng cho lần tạo âm thanh sau.\n"
    "  Approved sound stays; this voice is used from the next rendering on.\n"
)


def listed(settings: Settings, *, policy: VoicePolicy, as_json: bool) -> str:
    """All voices, one a line, the one that speaks now marked; or one JSON array.

    Raises CatalogueUnreadable.
    """
    among = offers(catalogue_of(settings), installed=installed(settings.voices_dir))
    speaks = reader(policy, usable=usable_voices(settings.voices_dir))
    if as_json:
        told = [_told(offer, speaks=speaks) for offer in among]
        return json.dumps(told, ensure_ascii=False) + "\n"
    return "".join(_line(offer, speaks=speaks) for offer in among)


def brought(settings: Settings, name: str, *, source: str, progress: Console) -> str:
    """Install a voice, showing how far it is, and say whom to thank for it.

    Raises VoiceSourceNotSet, CatalogueUnreadable, or VoiceFailed with the store's own words.
    """
    source = source or settings.voice_source
    if not source:
        raise VoiceSourceNotSet
    catalogue = catalogue_of(settings)
    with _bar(progress) as bar:
        task = bar.add_task(name, total=None)
        try:
            voice = install(
                name,
                source=source,
                into=settings.voices_dir,
                catalogue=catalogue,
                on_progress=lambda done, total: bar.update(task, completed=done, total=total),
                attempts=_ATTEMPTS,
            )
        except SpeechError as error:
            raise VoiceFailed(error) from error
    lacking = "" if piper_is_here() else _NO_PIPER
    return f"✓ {voice.name}\n  {voice.credit} ({voice.licence})\n{lacking}"


def taken_away(settings: Settings, name: str, *, house: Callable[[], HouseVoice]) -> str:
    """Remove a voice, and say who reads if it was the one that did; sound that it made stays.

    Raises VoiceFailed, CatalogueUnreadable.
    """
    before = reader(house().policy, usable=usable_voices(settings.voices_dir))
    try:
        remove(name, into=settings.voices_dir)
    except SpeechError as error:
        raise VoiceFailed(error) from error
    told = f"✓ Đã gỡ / Removed: {name}\n  Âm thanh đã tạo giữ nguyên. / Sound that it made stays.\n"
    if before != VoiceChoice(EngineName.PIPER, name):
        return told
    usable = usable_voices(settings.voices_dir)
    now = reader(house().policy, usable=usable)
    if now is None:
        return f"{told}{_NOBODY}"
    offer = offer_of(now, among=offers(catalogue_of(settings), installed=usable))
    return f"{told}  Từ nay đọc bằng / From now on: {offer.title_vi} / {offer.title_en}\n"


def used(
    database: Database,
    settings: Settings,
    name: str,
    *,
    station_id: str,
    accent: str | None,
    rate: float | None,
) -> str:
    """Choose who reads from now on, and say so. Raises one of BadInput's kinds."""
    with database.writing() as session:
        shown = voices_shown(session, station_id=station_id, settings=settings)
        wish = _wished(name, before=shown.wish, among=shown.offers)
        wish = replace(
            wish,
            accent=wish.accent if accent is None else accent,
            rate=wish.rate if rate is None else rate,
        )
        # Whoever has this machine has the database; the online switch is still an act of its own.
        # A voice that is named here must be here, whatever was asked for before.
        before = replace(shown.wish, engine=AUTOMATIC, voice="")
        wish = checked(wish, before=before, among=shown.offers, may_open=False)
        keep_wish(session, wish, station_id=station_id, by=None, now=datetime.now(UTC))
        then = voices_shown(session, station_id=station_id, settings=settings)
    return f"✓ Giọng đọc / Voice: {then.asked.title_vi} / {then.asked.title_en}\n{_SOUND_STAYS}"


def _wished(name: str, *, before: VoiceWish, among: Sequence[VoiceOffer]) -> VoiceWish:
    if name == AUTO:
        return replace(before, engine=AUTOMATIC, voice="")
    if name in {EngineName.ESPEAK, EngineName.GTTS}:
        return replace(before, engine=name, voice="")
    if name not in {offer.voice for offer in among if offer.voice}:
        raise VoiceNotOffered
    return replace(before, engine=EngineName.PIPER, voice=name)


def _line(offer: VoiceOffer, *, speaks: VoiceChoice | None) -> str:
    mark = "●" if offer.choice == speaks else "○" if offer.installed else "·"
    state = "qua mạng" if offer.online else "có" if offer.installed else "chưa cài"
    size = f"{offer.size_bytes / 1e6:.0f} MB" if offer.size_bytes else "–"
    name = offer.voice or offer.engine.value
    owed = "; ".join(part for part in (offer.licence, offer.credit) if part)
    return f"{mark} {name}\t{offer.title_vi}\t{state}\t{size}\t{owed}\n"


def _told(offer: VoiceOffer, *, speaks: VoiceChoice | None) -> dict[str, object]:
    return {
        "name": offer.voice or offer.engine.value,
        "engine": offer.engine.value,
        "title": offer.title_vi,
        "title_en": offer.title_en,
        "licence": offer.licence,
        "credit": offer.credit,
        "size_bytes": offer.size_bytes,
        "installed": offer.installed,
        "online": offer.online,
        "speaks": offer.choice == speaks,
    }


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
