"""What a person fills in to order an emergency, and what they type to confirm it. Pure."""

import unicodedata
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from broadcaster.emergency.errors import NotConfirmed, UnknownMode
from broadcaster.emergency.hazards import HAZARDS
from broadcaster.emergency.raising import Wish, checked_wish
from broadcaster.emergency.words import template_message

REAL, DRILL = "real", "drill"
CONFIRMED_BY = {REAL: "KHẨN CẤP", DRILL: "DIỄN TẬP"}
EVERYWHERE = "everywhere"


class EmergencyForm(BaseModel):
    """What was filled in, as it was left; nothing is refused before it can be shown again.

    Without words it is the offered message; without a cadence, that of the hazard. `origin` is the
    key of the request where it comes from an alert (`origins`).
    """

    model_config = ConfigDict(frozen=True)

    clusters: tuple[str, ...] = ()
    hazard: str = ""
    mode: str = ""
    words: str = ""
    cadence: str = ""
    origin: str = ""

    def wish(self, *, all_clusters: Sequence[str], commune: str) -> Wish:
        """What is wanted; raise a BadInput that names its field."""
        chosen = all_clusters if EVERYWHERE in self.clusters else self.clusters
        hazard = HAZARDS.get(self.hazard)
        words = self.words
        if not words.strip() and hazard is not None:
            words = template_message(hazard, commune=commune)
        wish = checked_wish(
            cluster_ids=chosen,
            hazard=self.hazard,
            drill=self.mode == DRILL,
            words=words,
            cadence=self.cadence or (hazard.cadence if hazard else ""),
        )
        if self.mode not in CONFIRMED_BY:
            raise UnknownMode(field="mode")
        return wish


class ConfirmedForm(EmergencyForm):
    """The same with what makes it an order: the key of the page, and the word that was typed.

    `code` is one of the second factor, where this shift has none yet.
    """

    request_key: str = ""
    typed: str = ""
    code: str = ""

    def check_typed(self) -> None:
        """Raise NotConfirmed unless the word was typed, with or without its marks and capitals."""
        wanted = CONFIRMED_BY.get(self.mode, "")
        if not wanted or not self.request_key or plain(self.typed) != plain(wanted):
            raise NotConfirmed(field="typed")


class EndForm(BaseModel):
    """How an emergency is to end, and the words of its notice.

    `code` is one of the second factor, where the words are one's own and this shift has none yet.
    """

    model_config = ConfigDict(frozen=True)

    ending: str = ""
    words: str = ""
    code: str = ""


class ReviewForm(BaseModel):
    """What a second person found."""

    model_config = ConfigDict(frozen=True)

    verdict: str = ""
    note: str = ""


class WarningForm(BaseModel):
    """The words of a warning that devices are to keep."""

    model_config = ConfigDict(frozen=True)

    hazard: str = ""
    words: str = ""


def plain(typed: str) -> str:
    """A word as a thumb types it on a bad keyboard: without marks, capitals and double spaces."""
    folded = unicodedata.normalize("NFD", typed.casefold().replace("đ", "d"))
    bare = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return " ".join(bare.split())
