"""What whoever leads the schedule does beside it, each at its own pace: asking, telling, posting.

None of it is in the way of a broadcast: each runs in a thread of its own, one round at a time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from broadcaster.alerts.polling import EVERY_S as ALERTS_EVERY_S
from broadcaster.alerts.polling import poll_all
from broadcaster.database import Database
from broadcaster.exchange.rounds import EVERY_S as EXCHANGE_EVERY_S
from broadcaster.exchange.rounds import exchange_once
from broadcaster.publishing.cards import CardRoom, cards_in
from broadcaster.publishing.posting import EVERY_S as POSTS_EVERY_S
from broadcaster.publishing.posting import post_due
from broadcaster.settings import Settings
from broadcaster.sounds.opening import bucket_store
from broadcaster.watching.absence import Absence
from broadcaster.watching.around import Around
from broadcaster.watching.telling import EVERY_S as WATCHING_EVERY_S
from broadcaster.watching.telling import Watch
from broadcaster.webhooks.delivering import EVERY_S as WEBHOOKS_EVERY_S
from broadcaster.webhooks.delivering import tell_all
from playlists.audio.audio_store import AudioStore

SOUNDS_EVERY_S = 20.0
"""How soon an S3 store that is back gets what it did not take; nothing is asked of it before."""


@dataclass(frozen=True, slots=True)
class Chore:
    """One round of something, and how often it is held, in seconds."""

    name: str
    every_s: float
    round: Callable[[], object]


def chores_of(
    database: Database,
    settings: Settings,
    *,
    station_id: str,
    may: Callable[[], bool],
    may_tell: Callable[[], bool],
    around: Around,
) -> Sequence[Chore]:
    """All of them; each looks now and then whether this process `may` still do it.

    Whoever led when the database was last there `may_tell` that it is away.
    """
    now = around.now

    def is_over() -> bool:
        return not may()

    absence = Absence(settings, around=around, may=may_tell)
    watch = Watch(
        database, settings, station_id=station_id, absence=absence, around=around, may=may
    )
    bucket = bucket_store(settings)
    room = CardRoom(cards_in(settings.state_dir, bucket or AudioStore(settings.audio_dir)))
    of_the_bucket = (Chore("sounds", SOUNDS_EVERY_S, bucket.send_owed),) if bucket else ()
    return (
        Chore(
            "alerts",
            ALERTS_EVERY_S,
            lambda: poll_all(
                database,
                state_dir=settings.state_dir,
                station_id=station_id,
                now=now,
                is_over=is_over,
            ),
        ),
        Chore(
            "exchange",
            EXCHANGE_EVERY_S,
            lambda: exchange_once(
                database,
                keys_dir=settings.keys_dir,
                station_id=station_id,
                now=now,
                is_over=is_over,
            ),
        ),
        Chore(
            "posts",
            POSTS_EVERY_S,
            lambda: post_due(
                database,
                settings=settings,
                station_id=station_id,
                now=now,
                room=room,
                is_over=is_over,
            ),
        ),
        Chore("watching", WATCHING_EVERY_S, watch.round),
        # Beside it: that one waits where the database does not answer.
        Chore("absence", WATCHING_EVERY_S, absence.round),
        Chore(
            "webhooks",
            WEBHOOKS_EVERY_S,
            lambda: tell_all(
                database, keys_dir=settings.keys_dir, station_id=station_id, now=now, may=may
            ),
        ),
        *of_the_bucket,
    )
