"""Where the sound of an order comes from: its files, a programme to be passed on, a tone first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from devices.controller.admission import may_reach, may_relay
from devices.controller.audio_store import AudioStore
from devices.controller.decoder import Decoder
from devices.controller.due import Audio, opens_with_tone
from devices.controller.fetching import Fetcher
from devices.controller.live.ear import Ear
from devices.controller.live.speech import LiveSpeech
from devices.controller.opening import EMERGENCY_RATE_HZ, Opening
from devices.controller.programme import Programme, Recording
from devices.controller.relaying import Receiver, Relaying
from devices.controller.trusted_time import TrustedClock
from devices.errors import AudioUndecodable
from devices.protocol.messages import Config, Live, Order, Relay, Tone


@dataclass(frozen=True, slots=True)
class Sounds:
    """All that a device can let sound."""

    store: AudioStore
    fetcher: Fetcher
    decoder: Decoder
    receiver: Receiver
    clock: TrustedClock
    rng: Random
    config: Callable[[], Config | None]
    ear: Ear

    def programme(self, order: Order, *, ends_ms: int) -> Programme:
        """An order's own sound; what does not wait is over at `ends_ms`, whenever it began."""
        if isinstance(order.live, Live):
            return self._live(order, ends_ms=ends_ms)
        if isinstance(order.relay, Relay):
            return Relaying(
                relay=order.relay,
                ends_us=ends_ms * 1_000,
                receiver=self.receiver,
                allows=self._allows,
                fallback=self._fallback(order.relay),
                decoder=self.decoder,
                clock=self.clock,
                rng=self.rng,
            )
        return Recording(items=order.items, store=self.store, decoder=self.decoder)

    def _live(self, order: Order, *, ends_ms: int) -> Programme:
        config = self.config()
        stagger_ms = config.stagger_ms if config is not None and not order.tone_ms else 0
        reception = self.ear.reception(order, stagger_ms=stagger_ms)
        if reception is None:
            # It was received with a key to it, and that key is our own.
            raise AudioUndecodable(order.id)
        return LiveSpeech(
            reception=reception,
            ends_us=ends_ms * 1_000,
            clock=self.clock,
            stagger_us=stagger_ms * 1_000,
        )

    def opening(self, order: Order, *, rate_hz: int | None) -> Opening | None:
        """What sounds before an emergency's message; None for an order that begins with itself."""
        if not opens_with_tone(order) or not isinstance(order.tone, Tone):
            return None
        config = self.config()
        return Opening(
            order=order,
            tone=order.tone,
            # What came spoilt is fetched again, and is no more here than before.
            is_here=lambda: self.fetcher.state(order) in {Audio.READY, Audio.UNDECODABLE},
            is_good=lambda: self._is_good(order),
            warnings=lambda: self._stored_warnings(order),
            decoder=self.decoder,
            clock=self.clock,
            stagger_ms=config.stagger_ms if config is not None else 0,
            rate_hz=rate_hz or EMERGENCY_RATE_HZ,
        )

    async def _is_good(self, order: Order) -> bool:
        audio = await self.fetcher.check_again(order)
        if audio is Audio.UNDECODABLE:
            raise AudioUndecodable(order.id)
        return audio is Audio.READY

    def _allows(self, url: str, peer: str | None) -> bool:
        config = self.config()
        if config is None:
            return False
        if peer is None:
            return may_relay(url, config=config)
        return may_reach(url, peer, config=config)

    def _fallback(self, relay: Relay) -> Path | None:
        if relay.fallback is None:
            return None
        path = self.store.path(relay.fallback.sha256)
        return path if path.exists() else None

    def _stored_warnings(self, order: Order) -> Sequence[Path]:
        config = self.config()
        if config is None:
            return ()
        paths = [
            self.store.path(each.item.sha256)
            for each in config.warnings
            if each.hazard == order.hazard
        ]
        return [path for path in paths if path.exists()]
