"""What all seats of one process share: clock, decoder, audio on its way, and where journals lie."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from devices.controller.audio_source import AudioSource, HttpAudioSource
from devices.controller.audio_store import AUDIO_FOLDER, AudioStore
from devices.controller.clock import Clock
from devices.controller.decoder import Decoder, Mp3Decoder
from devices.controller.health import HealthMeter
from devices.controller.trusted_time import MachineWitness, Witness
from devices.simulation.crowd.clock import LoopTimedClock
from devices.simulation.crowd.decoding import SharedDecoder
from devices.simulation.crowd.files import KnownHashes
from devices.simulation.crowd.pantry import HandedOver, LinkedStore, Pantry
from devices.simulation.faults.audio import TroubledSource
from devices.simulation.faults.conditions import Conditions

NO_SENSORS = "no-sensors"


@dataclass(slots=True)
class Hall:
    """The room of one process. `journals` is where journals lie, if not in each device's folder."""

    scratch: Path
    journals: Path | None = None
    clock: Clock = field(default_factory=LoopTimedClock)
    witness: Witness = field(default_factory=MachineWitness)
    decoder: Decoder = field(default_factory=lambda: SharedDecoder(Mp3Decoder()))
    audio_at: Callable[[str], AudioSource] = lambda url: HttpAudioSource(station_url=url)
    _hashes: KnownHashes = field(default_factory=KnownHashes)
    _sources: dict[str, tuple[AudioSource, Pantry]] = field(default_factory=dict)

    def store(self, home: Path) -> LinkedStore:
        """A device's own folder of audio; equal files are hashed once."""
        return LinkedStore(home / AUDIO_FOLDER, hash_of=self._hashes.of)

    def source(self, url: str, *, store: AudioStore, conditions: Conditions) -> TroubledSource:
        """A device's way to the audio of the station at an address."""
        source, pantry = self._station(url)
        handed = HandedOver(pantry, source=source, store=store, conditions=conditions)
        return TroubledSource(handed, conditions=conditions)

    def memory(self, home: Path) -> Path:
        """The folder of a device's journal."""
        if self.journals is None:
            return home
        folder = self.journals / home.name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def meter(self, home: Path) -> HealthMeter:
        """A simulated box has no sensors: what this machine measures is not its."""
        return HealthMeter(home=home, audio=home / AUDIO_FOLDER, root=self.scratch / NO_SENSORS)

    async def close(self) -> None:
        """Let go of all connections."""
        for source, _ in self._sources.values():
            if isinstance(source, HttpAudioSource):
                await source.close()

    def _station(self, url: str) -> tuple[AudioSource, Pantry]:
        if url not in self._sources:
            source = self.audio_at(url)
            folder = self.scratch / f"station-{len(self._sources)}"
            store = AudioStore(folder, hash_of=self._hashes.of)
            self._sources[url] = source, Pantry(store, source)
        return self._sources[url]
