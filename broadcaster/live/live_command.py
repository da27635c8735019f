"""`loa live`: speak from a file, or from a microphone's samples on stdin, without a browser."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from broadcaster.accounts.people import account_named
from broadcaster.accounts.roles import Right
from broadcaster.accounts.stations import viewer_of_account
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Station
from broadcaster.database import Database
from broadcaster.live.encoding import Source, recording_from, samples_from
from broadcaster.live.errors import NoPermit, SourceUnreadable
from broadcaster.live.sender import Told, speak_talk
from broadcaster.live.streams import utc_now
from broadcaster.live.talks import ask_to_speak
from broadcaster.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Who wants to say what, to whom, for how long."""

    username: str
    title: str
    clusters: Sequence[str]
    minutes: int
    quiet_reason: str = ""


def spoken(
    settings: Settings,
    database: Database,
    *,
    station_id: str,
    wish: Wish,
    file: Path | None,
    rate_hz: int,
    say: Callable[[str], None],
) -> Told:
    """Speak as somebody who may, to its end.

    Raises what `ask_to_speak` and `speak_talk` raise; NoPermit for whom nobody knows.
    """
    source = _source(file, rate_hz=rate_hz)
    with database.writing() as session:
        talk = ask_to_speak(
            session,
            station=session.get_one(Station, station_id),
            viewer=_speaker(session, wish.username),
            title=wish.title,
            cluster_ids=wish.clusters,
            minutes=wish.minutes,
            quiet_reason=wish.quiet_reason,
            now=utc_now(),
        )
        talk_id = talk.id

    def tell(event: str, **facts: object) -> None:
        say(_WORDS[event].format(talk_id=talk_id, **facts))

    return speak_talk(settings, talk_id, source=source, tell=tell)


_WORDS = {
    "opening": "» Đang mở loa… ({talk_id}) / Opening…",
    "on_air": "◉ Đang phát trực tiếp; bà con nghe sau khoảng 1 giây. / On air, about 1 s behind.",
    "keeping": "» Đang giữ lại bản ghi… / Keeping the recording…",
    "ended": "● Đã xong: {because}, {said_ms} ms. / Over.",
}


def _source(file: Path | None, *, rate_hz: int) -> Source:
    if file is None:
        return samples_from(sys.stdin.buffer, rate_hz=rate_hz)
    if not os.access(file, os.R_OK):
        raise SourceUnreadable(str(file))
    return recording_from(str(file.resolve()))


def _speaker(session: Session, username: str) -> Viewer:
    account = account_named(session, username)
    if account is None or not account.active:
        raise NoPermit(username)
    viewer = viewer_of_account(session, account)
    if not viewer.may(Right.SPEAK_LIVE):
        raise NoPermit(username)
    return viewer
