"""The station's voice for programs: the same acts as on the page, under the same right."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from sqlmodel import Session

from broadcaster.accounts.guard import require, require_to_read
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.voices.checking import checked
from broadcaster.voices.errors import WORDS_LIMIT_CHARACTERS
from broadcaster.voices.offers import VoiceOffer
from broadcaster.voices.shown import VoicesShown, voices_shown
from broadcaster.voices.wishes import VoiceWish, keep_wish
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems
from playlists.audio.mastering import Loudspeaker
from playlists.reading.sentences import Gaps
from playlists.speech.engine import FASTEST, HIGHEST_PITCH, SLOWEST, Accent
from playlists.speech.engines import EngineName

api = APIRouter(prefix="/api", tags=["voices"])

Here = Annotated[Context, Depends(context)]
Chooser = Annotated[Viewer, Depends(require(Right.CHOOSE_VOICE))]
Onlooker = Annotated[Viewer, Depends(require_to_read(Right.CHOOSE_VOICE))]

_HOUSE = VoiceWish()
_WORDS: JsonDict = {"maxLength": WORDS_LIMIT_CHARACTERS}


class WishGiven(BaseModel):
    """Who shall read and how; what is left out is as the house does it.

    Limits are told in a sentence, so they are checked there.
    """

    model_config = ConfigDict(extra="forbid")

    engine: str = Field(
        default=_HOUSE.engine,
        description="Empty: the best voice there is at each rendering.",
        json_schema_extra={"enum": ["", *(each.value for each in EngineName)]},
    )
    voice: str = Field(default=_HOUSE.voice, description="An installed voice, for Piper only.")
    accent: str = Field(
        default=_HOUSE.accent, json_schema_extra={"enum": [each.value for each in Accent]}
    )
    rate: float = Field(
        default=_HOUSE.rate, json_schema_extra={"minimum": SLOWEST, "maximum": FASTEST}
    )
    pitch: int = Field(
        default=_HOUSE.pitch, json_schema_extra={"minimum": 0, "maximum": HIGHEST_PITCH}
    )
    gaps: str = Field(
        default=_HOUSE.gaps, json_schema_extra={"enum": [each.value for each in Gaps]}
    )
    loudspeaker: str = Field(
        default=_HOUSE.loudspeaker, json_schema_extra={"enum": [each.value for each in Loudspeaker]}
    )
    fallback: bool = _HOUSE.fallback
    text_may_leave: bool = Field(
        default=_HOUSE.text_may_leave,
        description="Bulletins' words may go to the online voice; only an admin changes it.",
    )
    ident_words: str = Field(default=_HOUSE.ident_words, json_schema_extra=_WORDS)
    closing_words: str = Field(default=_HOUSE.closing_words, json_schema_extra=_WORDS)

    def wish(self) -> VoiceWish:
        """What is asked for."""
        return VoiceWish(**self.model_dump())


class VoiceAnswer(BaseModel):
    """A voice of this machine, or one that it may fetch."""

    engine: str
    voice: str
    title: str
    title_en: str
    licence: str
    credit: str
    size_bytes: int
    installed: bool
    online: bool
    speaks: bool = Field(description="Whether this voice reads the next rendering.")


class StationVoiceAnswer(BaseModel):
    """What the station asked for, and the voice that it gets."""

    wish: WishGiven
    speaks: VoiceAnswer | None = Field(
        description="Null where the voice is away and none may read instead."
    )


class VoiceList(BaseModel):
    """Every voice by name."""

    voices: list[VoiceAnswer]


@api.get("/voices", responses=problems(401, 403))
def voices(station: Here, _viewer: Onlooker) -> VoiceList:
    """The voices of this machine, and those that it may fetch."""
    with station.database.reading() as session:
        shown = _shown(session, station)
    return VoiceList(voices=[_answer(offer, shown=shown) for offer in shown.offers])


@api.get("/station/voice", responses=problems(401, 403))
def station_voice(station: Here, _viewer: Onlooker) -> StationVoiceAnswer:
    """What the station asked for, and who speaks by that now."""
    with station.database.reading() as session:
        return _present(_shown(session, station))


@api.put("/station/voice", responses=problems(400, 401, 403, 413, 422))
def choose(station: Here, viewer: Chooser, given: WishGiven) -> StationVoiceAnswer:
    """Read like this from the next rendering on; sound that was made stays as it is."""
    with station.database.writing() as session:
        before = _shown(session, station)
        wish = checked(
            given.wish(),
            before=before.wish,
            among=before.offers,
            may_open=viewer.may(Right.ADMINISTER),
        )
        keep_wish(
            session, wish, station_id=station.station_id, by=viewer.account_id, now=station.now()
        )
        return _present(_shown(session, station))


def _shown(session: Session, station: Context) -> VoicesShown:
    return voices_shown(session, station_id=station.station_id, settings=station.settings)


def _present(shown: VoicesShown) -> StationVoiceAnswer:
    return StationVoiceAnswer(
        wish=WishGiven(**asdict(shown.wish)),
        speaks=_answer(shown.speaks, shown=shown) if shown.speaks else None,
    )


def _answer(offer: VoiceOffer, *, shown: VoicesShown) -> VoiceAnswer:
    return VoiceAnswer(
        engine=offer.engine.value,
        voice=offer.voice,
        title=offer.title_vi,
        title_en=offer.title_en,
        licence=offer.licence,
        credit=offer.credit,
        size_bytes=offer.size_bytes,
        installed=offer.installed,
        online=offer.online,
        speaks=offer == shown.speaks,
    )
