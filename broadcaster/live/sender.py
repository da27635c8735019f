"""The process that speaks one talk: `python -m broadcaster.live.sender --talk ID --rate HZ`.

Sound comes on stdin, mono samples of 16 bits; what happens is told on stdout, a JSON object a
line. It is a process of its own because it has a client at the broker, and because whatever
becomes of it, the site lives on.
"""

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

import structlog

from broadcaster.audit import keep_trail_on_disk
from broadcaster.database import Database, connect
from broadcaster.database.columns import to_ms
from broadcaster.errors import LoaError
from broadcaster.fleet.credentials import LIVE, load_wire_secret
from broadcaster.live.encoding import Encoder, Source, samples_from
from broadcaster.live.ending import end_talk, keep_what_was_said
from broadcaster.live.errors import MicrophoneGone, TalkNotOpened
from broadcaster.live.speaking import Because, Speaking
from broadcaster.live.streams import OpenStreams, open_streams, utc_now
from broadcaster.live.talks import begin_talk, find_talk, may_go_on, orders_of_talk, stop_talk
from broadcaster.logs import configure_logs
from broadcaster.settings import Settings, load_settings
from broadcaster.wire import Wire
from devices.protocol import topics

log = structlog.get_logger()

OPENED_WITHIN_S = 10.0
CONNECTED_WITHIN_S = 5.0
_LOOK_S = 0.1
_LAST_WORD_S = 0.5

Tell = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Told:
    """How a talk went."""

    because: str
    said_ms: int
    bulletin_id: str | None = None


def speak_talk(settings: Settings, talk_id: str, *, source: Source, tell: Tell) -> Told:
    """Begin a talk, speak it to its end, and keep what was said.

    `tell` hears `opening` and `signed`, each with `within_ms`, `on_air` with `starts_at_ms`, and
    `ended`; whoever leaves before the first word has cancelled it. Raises UnknownTalk, TalkOver,
    TalkRunning, BrokerUnreachable, TalkNotOpened, MicrophoneGone, SourceUnreadable.
    """
    if source.is_gone:
        raise MicrophoneGone(talk_id)
    database = connect(settings.database)
    keep_trail_on_disk(database, settings.keys_dir)
    with ExitStack() as opened:
        opened.callback(database.dispose)
        with database.writing() as session:
            talk = begin_talk(session, talk_id, now=utc_now())
            streams = open_streams(session, talk)
            station_id, longest_ms = talk.station_id, talk.longest_ms
        tell("opening", within_ms=round(OPENED_WITHIN_S * 1_000))
        because, said_ms = Because.NOT_OPENED, 0
        end_within = timedelta(seconds=settings.confirm_end_within_s)
        kept = Path(opened.enter_context(_folder(settings))) / "said.mp3"
        try:
            wire = _connected(settings, station_id, opened=opened)
            # A microphone is warm before it is on air: what it says until then is not heard.
            warm = None if source.waits else _encoder(source, opened=opened)
            starts_at_ms = _opened(database, talk_id, source, tell=tell)
            because = Because.SOURCE_UNREADABLE
            encoder = warm or _encoder(source, opened=opened)
            if warm is not None:
                warm.skip()
            with kept.open("wb") as file:
                speaking = _speaking(
                    database, streams, wire, encoder,
                    talk_id=talk_id, starts_at_ms=starts_at_ms, longest_ms=longest_ms, file=file,
                )  # fmt: skip
                tell("on_air", starts_at_ms=starts_at_ms)
                try:
                    because = speaking.run()
                finally:
                    said_ms = speaking.said_ms
                    speaking.close()
                    time.sleep(_LAST_WORD_S)
        except MicrophoneGone:
            because = Because.FINISHED
            raise
        except Cancelled:
            because = Because.CANCELLED
            _close_again(database, talk_id)
        except _NotPermitted:
            because = Because.NOT_PERMITTED
            raise TalkNotOpened(talk_id) from None
        finally:
            with database.writing() as session:
                end_talk(
                    session, talk_id,
                    because=because, said_ms=said_ms, end_within=end_within, now=utc_now(),
                )  # fmt: skip
        bulletin_id = _kept(database, settings, talk_id, mp3=kept, tell=tell) if said_ms else None
    told = Told(because, said_ms, bulletin_id)
    tell("ended", because=because, said_ms=said_ms, bulletin_id=bulletin_id)
    return told


class _NotPermitted(Exception):
    """The place that signs did not."""


class Cancelled(Exception):
    """Whoever was to speak left while the poles opened: they are to be closed again."""


def _close_again(database: Database, talk_id: str) -> None:
    """Tell the poles that were told to open to close, as whoever was to speak."""
    with database.writing() as session:
        speaker_id = find_talk(session, talk_id).speaker_id
        stop_talk(session, talk_id, by=speaker_id, now=utc_now())


def _kept(
    database: Database, settings: Settings, talk_id: str, *, mp3: Path, tell: Tell
) -> str | None:
    tell("keeping")
    return keep_what_was_said(database, settings, talk_id, mp3=mp3, now=utc_now())


def _folder(settings: Settings) -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="live-", dir=settings.state_dir)


def _connected(settings: Settings, station_id: str, *, opened: ExitStack) -> Wire:
    """A client at the broker that may speak live and nothing else; raise BrokerUnreachable."""
    secret = load_wire_secret(settings, station_id=station_id, role=LIVE)
    wire = Wire(
        settings.broker_url,
        username=secret.username,
        password=secret.password,
        client_id=secret.username,
    )
    wire.start()
    opened.callback(wire.stop)
    wire.wait_connected(timeout_s=CONNECTED_WITHIN_S)
    return wire


def _encoder(source: Source, *, opened: ExitStack) -> Encoder:
    encoder = Encoder(source)
    opened.callback(encoder.close)
    return encoder


def wait_for_first_word(
    starts_at: datetime,
    *,
    source: Source,
    tell: Tell,
    now: Callable[[], datetime] = utc_now,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Wait while the poles open, and say how long; raise Cancelled where the source leaves."""
    left_s = (starts_at - now()).total_seconds()
    tell("signed", within_ms=max(0, round(left_s * 1_000)))
    while left_s > 0:
        if source.is_gone:
            raise Cancelled
        sleep(min(left_s, _LOOK_S))
        left_s = (starts_at - now()).total_seconds()


def _opened(database: Database, talk_id: str, source: Source, *, tell: Tell) -> int:
    """Wait until its orders are signed and the first word is due; its Unix instant (ms).

    Raises TalkNotOpened, MicrophoneGone where nothing was signed yet, Cancelled where it was, or
    _NotPermitted.
    """
    waits_until_s = time.monotonic() + OPENED_WITHIN_S
    while time.monotonic() < waits_until_s:
        with database.reading() as session:
            talk = find_talk(session, talk_id)
            orders = orders_of_talk(session, talk_id)
        if talk.ended_at is not None:
            raise _NotPermitted
        if talk.starts_at is not None and all(each.signed_at for each in orders if each.live):
            wait_for_first_word(talk.starts_at, source=source, tell=tell)
            return to_ms(talk.starts_at)
        if source.is_gone and not any(each.signed_at for each in orders):
            raise MicrophoneGone(talk_id)
        time.sleep(_LOOK_S)
    raise TalkNotOpened(talk_id)


def _speaking(
    database: Database,
    streams: OpenStreams,
    wire: Wire,
    encoder: Encoder,
    *,
    talk_id: str,
    starts_at_ms: int,
    longest_ms: int,
    file: IO[bytes],
) -> Speaking:
    def send(cluster_id: str, frame: bytes) -> bool:
        return wire.publish_at_once(topics.live(streams.station_id, cluster_id), frame)

    def beat(said_ms: int) -> bool:
        with database.writing() as session:
            talk = find_talk(session, talk_id)
            talk.beat_at, talk.said_ms = utc_now(), said_ms
            return not may_go_on(session, talk)

    return Speaking(
        streams=streams,
        frames=encoder,
        begins_ms=starts_at_ms,
        longest_ms=longest_ms,
        send=send,
        beat=beat,
        kept=file,
    )


def main(arguments: list[str] | None = None) -> int:
    """Speak one talk from stdin; 0 when it was spoken, 1 with a sentence on stdout otherwise."""
    parser = argparse.ArgumentParser(prog="python -m broadcaster.live.sender", description=__doc__)
    parser.add_argument("--talk", required=True)
    parser.add_argument("--rate", type=int, required=True, help="samples a second")
    asked = parser.parse_args(arguments)
    settings = load_settings()
    configure_logs(settings.log_level)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # its source ends it: stdin is closed
    try:
        speak_talk(
            settings,
            asked.talk,
            source=replace(samples_from(sys.stdin.buffer, rate_hz=asked.rate), leaves=True),
            tell=_tell,
        )
    except LoaError as error:
        _tell("failed", code=error.code, message_vi=error.message_vi, message_en=error.message_en)
        return 1
    return 0


def _tell(event: str, **facts: object) -> None:
    sys.stdout.write(json.dumps({"event": event, **facts}, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
