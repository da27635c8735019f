"""`loa live`: speak from a file, or from a microphone's samples on stdin, without a browser."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from broadcaster.accounts.at_the_machine import (
    Ask,
    code_asked,
    password_asked,
    proven_at_the_machine,
)
from broadcaster.accounts.roles import Right
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
    ask: Ask,
    say: Callable[[str], None],
) -> Told:
    """Speak as somebody who may, to its end.

    They prove who they are by their password, and by a code unless it is a rehearsal. Raises what
    that raises, and what `ask_to_speak` and `speak_talk` raise.
    """
    recording = _recording(file) if file is not None else None
    viewer = _speaker(settings, database, wish.username, station_id=station_id, ask=ask)
    # What is said there comes behind the answers, where both come from another program.
    source = recording or samples_from(sys.stdin.buffer, rate_hz=rate_hz)
    with database.writing() as session:
        talk = ask_to_speak(
            session,
            station=session.get_one(Station, station_id),
            viewer=viewer,
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
    "signed": "» Lệnh đã ký; loa mở sau {within_ms} ms. / Signed; they open in {within_ms} ms.",
    "on_air": "◉ Đang phát trực tiếp; bà con nghe sau khoảng 1 giây. / On air, about 1 s behind.",
    "keeping": "» Đang giữ lại bản ghi… / Keeping the recording…",
    "ended": "● Đã xong: {because}, {said_ms} ms. / Over.",
}


def _recording(file: Path) -> Source:
    if not os.access(file, os.R_OK):
        raise SourceUnreadable(str(file))
    return recording_from(str(file.resolve()))


def _speaker(
    settings: Settings, database: Database, username: str, *, station_id: str, ask: Ask
) -> Viewer:
    with database.reading() as session:
        rehearsal = session.get_one(Station, station_id).rehearsal
    asked = code_asked(database, ask=ask, keys_dir=settings.keys_dir, now=utc_now)
    viewer = proven_at_the_machine(
        database,
        username=username,
        password=password_asked(ask),
        now=utc_now(),
        second_step=None if rehearsal else asked,
    )
    if not viewer.may(Right.SPEAK_LIVE):
        raise NoPermit(username)
    return viewer
