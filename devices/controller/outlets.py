"""Which way sound leaves this box: a sound card, a file to listen to, or nothing at all."""

from dataclasses import dataclass
from pathlib import Path

from devices.controller.clock import Clock
from devices.controller.sinks import NullSink, Sink, WavSink
from devices.controller.sound.volume import VolumeCap

WAV_FOLDER = "heard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A choice: `kind` is card, wav or null; the rest is for a card.

    `card` is ALSA's name of it (`hw:0,0`), empty for the default one; `channel` the output with
    the amplifier (left, right, both); `latency_ms` what amplifier and line add to the card's own.
    """

    kind: str = "null"
    card: str = ""
    channel: str = "both"
    latency_ms: int = 0


def open_outlet(outlet: Outlet, *, clock: Clock, home: Path, cap: VolumeCap) -> Sink:
    """The sink of an outlet; a card is opened at its first sound."""
    if outlet.kind == "card":
        # Only here: a box without a card has no use for what drives one.
        from devices.controller.sound.card import MiniaudioCard  # noqa: PLC0415
        from devices.controller.sound.card_sink import CardSink, Channel  # noqa: PLC0415

        return CardSink(
            card=MiniaudioCard(clock=clock, device=outlet.card or None),
            clock=clock,
            volume=cap.by_machine,
            channel=Channel(outlet.channel),
            latency_us=outlet.latency_ms * 1_000,
        )
    if outlet.kind == "wav":
        return WavSink(clock=clock, folder=home / WAV_FOLDER, volume=cap.by_machine)
    return NullSink(clock=clock)
