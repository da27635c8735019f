"""The voices of a station as its page, its API and its commands show them: one reading of all."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from broadcaster.areas.tables import Station
from broadcaster.settings import Settings
from broadcaster.voices.catalogues import catalogue_of
from broadcaster.voices.house import HouseVoice, house_closing, house_ident, reader, resolved
from broadcaster.voices.offers import VoiceOffer, offer_of, offers
from broadcaster.voices.wishes import VoiceWish, wish_of
from playlists.speech.piper import piper_is_here
from playlists.speech.voice_store import installed


@dataclass(frozen=True, slots=True, kw_only=True)
class VoicesShown:
    """What a station asked for, who speaks by that now, and all there is to choose from.

    `speaks` is None where the voice that was asked for is away and none may read instead.
    """

    wish: VoiceWish
    house: HouseVoice
    asked: VoiceOffer
    speaks: VoiceOffer | None
    offers: Sequence[VoiceOffer]
    house_ident: str
    house_closing: str
    piper_here: bool


def voices_shown(
    session: Session, *, station_id: str, settings: Settings, wish: VoiceWish | None = None
) -> VoicesShown:
    """The station's voices; with `wish`, as they would be if it were kept.

    Raises CatalogueUnreadable or VoiceSettingsInvalid.
    """
    station = session.get_one(Station, station_id)
    wish = wish or wish_of(session, station_id=station_id)
    there, piper = installed(settings.voices_dir), piper_is_here()
    among = offers(catalogue_of(settings), installed=there)
    usable = there if piper else ()
    house = resolved(wish, station_name=station.name, usable=usable)
    speaks = reader(house.policy, usable=usable)
    return VoicesShown(
        wish=wish,
        house=house,
        asked=offer_of(house.policy.preferred, among=among),
        speaks=offer_of(speaks, among=among) if speaks else None,
        offers=among,
        house_ident=house_ident(station.name),
        house_closing=house_closing(station.name),
        piper_here=piper,
    )
