"""The form of the station's voice: what a browser sends, and what its lists offer."""

from pydantic import BaseModel, ConfigDict

from broadcaster.voices.errors import DeliveryUnusable
from broadcaster.voices.shown import VoicesShown
from broadcaster.voices.wishes import AUTOMATIC, VoiceWish

AUTO = "auto"
RATES = ("0.6", "0.7", "0.8", "0.9", "1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6")


class VoiceForm(BaseModel):
    """What somebody chose, as they left it; a box that is not ticked is not sent."""

    model_config = ConfigDict(frozen=True)

    voice: str = AUTO
    accent: str = "north"
    rate: str = "1.0"
    gaps: str = "normal"
    loudspeaker: str = "horn"
    fallback: str = ""
    text_may_leave: str = ""
    ident_words: str = ""
    closing_words: str = ""
    sentence: str = ""

    def wish(self, *, before: VoiceWish) -> VoiceWish:
        """What is asked for; the pitch, which the page does not ask, stays. Raises BadInput."""
        engine, _, voice = self.voice.partition(":")
        return VoiceWish(
            engine=AUTOMATIC if engine == AUTO else engine,
            voice=voice,
            accent=self.accent,
            rate=_rate(self.rate),
            pitch=before.pitch,
            gaps=self.gaps,
            loudspeaker=self.loudspeaker,
            fallback=bool(self.fallback),
            text_may_leave=bool(self.text_may_leave),
            ident_words=self.ident_words,
            closing_words=self.closing_words,
        )


def form_of(wish: VoiceWish) -> VoiceForm:
    """The form as it stands for what was asked before."""
    choice = f"{wish.engine}:{wish.voice}" if wish.voice else wish.engine
    return VoiceForm(
        voice=choice or AUTO,
        accent=wish.accent,
        rate=str(wish.rate),
        gaps=wish.gaps,
        loudspeaker=wish.loudspeaker,
        fallback="yes" if wish.fallback else "",
        text_may_leave="yes" if wish.text_may_leave else "",
        ident_words=wish.ident_words,
        closing_words=wish.closing_words,
    )


def voice_options(shown: VoicesShown, *, english: bool, may_open: bool) -> list[tuple[str, str]]:
    """Value and title of every voice that can speak here, and of the chosen one if it is away.

    While words must not leave the house the online voice is offered to nobody but whoever
    `may_open` the house in the same form.
    """
    open_to = shown.wish.text_may_leave or may_open
    there = [offer for offer in shown.offers if offer.installed and (open_to or not offer.online)]
    options = [(str(each.choice), each.title_en if english else each.title_vi) for each in there]
    chosen = form_of(shown.wish).voice
    if chosen != AUTO and chosen not in dict(options):
        options.append((chosen, chosen))
    return options


def rate_options(given: str, *, english: bool) -> list[tuple[str, str]]:
    """The usual speeds, and the present one where it is none of them."""
    values = RATES if given in RATES else (*RATES, given)
    return [(value, value if english else value.replace(".", ",")) for value in values]


def _rate(given: str) -> float:
    try:
        return float(given.replace(",", "."))
    except ValueError as error:
        raise DeliveryUnusable(field="rate") from error
