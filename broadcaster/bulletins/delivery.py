"""How a bulletin is said beyond its words: what is repeated, how fast, and what a replay tells."""

from dataclasses import dataclass
from datetime import datetime

from broadcaster.bulletins.errors import RateUnusable, RepeatUnusable
from broadcaster.bulletins.tables import Bulletin
from playlists.delivery import Repeat
from playlists.speech.engine import FASTEST, SLOWEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An author's wishes for one bulletin.

    `rate` is a factor of a voice's normal speed, None the station's own. `issued_at` is what
    replays say when `tells_issue` is set; None is the instant of the last edit. With
    `vietnamese_only` no village waits for a recording in its own language.
    """

    repeat: Repeat = Repeat.NONE
    rate: float | None = None
    tells_issue: bool = False
    issued_at: datetime | None = None
    vietnamese_only: bool = False


AS_WRITTEN = Delivery()


def checked_delivery(
    *,
    repeat: str = Repeat.NONE,
    rate: float | None = None,
    tells_issue: bool = False,
    issued_at: datetime | None = None,
    vietnamese_only: bool = False,
) -> Delivery:
    """The wishes as they will be kept; raise RepeatUnusable or RateUnusable."""
    if repeat not in set(Repeat):
        raise RepeatUnusable(field="repeat")
    if rate is not None and not SLOWEST <= rate <= FASTEST:
        raise RateUnusable(field="rate")
    return Delivery(
        repeat=Repeat(repeat),
        rate=rate,
        tells_issue=tells_issue,
        issued_at=issued_at,
        vietnamese_only=vietnamese_only,
    )


def delivery_of(bulletin: Bulletin) -> Delivery:
    """The wishes that a bulletin's row holds."""
    return Delivery(
        repeat=Repeat(bulletin.repeat),
        rate=bulletin.rate,
        tells_issue=bulletin.tells_issue,
        issued_at=bulletin.issued_at,
        vietnamese_only=bulletin.vietnamese_only,
    )


def keep_delivery(bulletin: Bulletin, delivery: Delivery) -> None:
    """Write the wishes into a bulletin's row."""
    bulletin.repeat = delivery.repeat
    bulletin.rate = delivery.rate
    bulletin.tells_issue = delivery.tells_issue
    bulletin.issued_at = delivery.issued_at
    bulletin.vietnamese_only = delivery.vietnamese_only


def issue_told(bulletin: Bulletin) -> datetime | None:
    """The instant that replays say the bulletin was issued at; None when they say nothing."""
    return (bulletin.issued_at or bulletin.edited_at) if bulletin.tells_issue else None
