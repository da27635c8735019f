"""The streams of a talk: one for each cluster, with keys that never leave the process that sends.

What the orders say of them is public and stands in the database, for the one place that signs.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
import structlog
from nacl.encoding import HexEncoder
from nacl.signing import VerifyKey
from sqlmodel import Session, col, select

from broadcaster.fleet.tables import Device
from broadcaster.kept_clock import PROCESS_CLOCK
from broadcaster.live.tables import LiveTalk
from broadcaster.live.talks import orders_of_talk
from devices.protocol.live import Stream
from devices.protocol.messages import Live

log = structlog.get_logger()

RATE_HZ = 24_000
MP3_FRAMES = 5
FRAME_SAMPLES = MP3_FRAMES * 576
FRAME_MS = FRAME_SAMPLES * 1_000 // RATE_HZ
STALL_TIMEOUT_MS = 10_000


@dataclass(frozen=True, slots=True)
class OpenStreams:
    """The secrets of a talk's streams, by cluster."""

    station_id: str
    by_cluster: Mapping[str, Stream] = field(repr=False)

    def sealed(self, number: int, mp3: bytes) -> dict[str, bytes]:
        """One frame for each cluster."""
        return {each: stream.sealed(number, mp3) for each, stream in self.by_cluster.items()}


def open_streams(session: Session, talk: LiveTalk) -> OpenStreams:
    """Make the streams, and tell the talk's orders what they are to say of them.

    A cluster without a device has nobody who could be told, and no stream.
    """
    hearers = _hearers(session, talk)
    streams: dict[str, Stream] = {}
    for order in orders_of_talk(session, talk.id):
        if not hearers[order.cluster_id]:
            continue
        streams[order.cluster_id] = stream = Stream()
        live = stream.live(
            station=talk.station_id,
            hearers=hearers[order.cluster_id],
            duration_ms=talk.longest_ms,
            rate_hz=RATE_HZ,
            frame_samples=FRAME_SAMPLES,
            stall_timeout_ms=STALL_TIMEOUT_MS,
        )
        order.live = msgspec.to_builtins(live)
        session.add(order)
    session.flush()
    return OpenStreams(talk.station_id, streams)


def live_of(told: Mapping[str, object]) -> Live:
    """What an order says of its stream, from where it is kept; raise ValueError."""
    return msgspec.convert(told, Live)


def utc_now() -> datetime:
    """The present, as this process keeps it."""
    return PROCESS_CLOCK.now()


def _hearers(session: Session, talk: LiveTalk) -> Mapping[str, dict[str, VerifyKey]]:
    """The devices in service and their keys, by cluster; a key that is none hears nothing."""
    hearers: dict[str, dict[str, VerifyKey]] = defaultdict(dict)
    devices = session.exec(
        select(Device).where(Device.station_id == talk.station_id, col(Device.retired_at).is_(None))
    ).all()
    for device in devices:
        try:
            key = VerifyKey(device.public_key.encode(), encoder=HexEncoder)
        except (ValueError, TypeError):
            log.error("device_key_unreadable", device_id=device.id)
            continue
        hearers[device.cluster_id][device.id] = key
    return hearers
