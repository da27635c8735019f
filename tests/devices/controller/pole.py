"""One controller in simulated time, with a link, a source and a sink that only remember."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import msgspec
from nacl.encoding import HexEncoder
from nacl.signing import SigningKey

from devices.controller.announcing import EVERY_S
from devices.controller.audio_source import HeldAudioSource
from devices.controller.audio_store import AudioStore
from devices.controller.clock import LoopClock
from devices.controller.controller import Controller
from devices.controller.journal_file import open_journal, open_what_is_left
from devices.controller.link import Listener, RememberingLink
from devices.controller.relaying import Receiver
from devices.controller.sinks import NullSink, Sink
from devices.controller.trusted_time import FixedWitness, Witness
from devices.controller.watch import Unwatched
from devices.protocol import topics
from devices.protocol.chain import entry_hash, genesis, read_entries
from devices.protocol.envelope import open_from_device, seal_message
from devices.protocol.identity import Identity
from devices.protocol.keyring import issuer_of, seal_keyring
from devices.protocol.messages import (
    Ask,
    Batch,
    Command,
    Config,
    Confirmation,
    IssuerKey,
    Keyring,
    Kind,
    Now,
    Order,
    Plan,
    Receipt,
    Scope,
    Status,
    TimeAnswer,
    Tone,
)
from tests.devices.controller.recording import SteppedClock
from tests.devices.sounds import Sound

STATION, CLUSTER, DEVICE = "binh-an", "cum-1", "loa-01"
NOON_MS = 1_795_582_800_000
"""12:00 on 25 November 2026 in Vietnam: when every one of these stories begins."""

ROOT_KEY = SigningKey(b"r" * 32)
STATION_KEY = SigningKey(b"s" * 32)
DEVICE_KEY = SigningKey(b"d" * 32)


def make_identity(**fields: object) -> Identity:
    """A device that pins the tests' root key."""
    usual: dict[str, object] = {
        "station": STATION,
        "device": DEVICE,
        "device_key": DEVICE_KEY.encode(HexEncoder).decode(),
        "root_key": ROOT_KEY.verify_key.encode(HexEncoder).decode(),
        "broker_url": "mqtt://127.0.0.1:1",
        "broker_username": DEVICE,
        "broker_password": "secret",
        "station_url": "http://127.0.0.1:1",
    }
    return Identity(**(usual | fields))  # type: ignore[arg-type]


def make_issuer(key: SigningKey = STATION_KEY, **fields: object) -> IssuerKey:
    """A key that may sign everything for a year around noon."""
    usual: dict[str, object] = {
        "name": "Đài xã",
        "scopes": tuple(Scope),
        "not_before_ms": NOON_MS - 180 * 86_400_000,
        "not_after_ms": NOON_MS + 180 * 86_400_000,
    }
    return issuer_of(key, **(usual | fields))  # type: ignore[arg-type]


def make_keyring(
    *issuers: IssuerKey,
    serial: int = 1,
    root: SigningKey = ROOT_KEY,
    issued_at_ms: int = NOON_MS,
) -> str:
    """A keyring of these keys, the station's own unless told otherwise."""
    keyring = Keyring(
        station=STATION,
        serial=serial,
        issued_at_ms=issued_at_ms,
        keys=issuers or (make_issuer(),),
    )
    return seal_keyring(keyring, root=root)


def make_config(**fields: object) -> Config:
    """The tests' cluster; quiet from 21:00 to 05:30."""
    usual: dict[str, object] = {
        "station": STATION,
        "device": DEVICE,
        "version": 1,
        "issued_at_ms": NOON_MS,
        "cluster": CLUSTER,
    }
    if "keyring" not in fields:
        usual["keyring"] = make_keyring()
    return Config(**(usual | fields))  # type: ignore[arg-type]


def make_order(order_id: str, *sounds: Sound, after_s: float = 10, **fields: object) -> Order:
    """An order of these sounds, `after_s` seconds after noon."""
    starts_at_ms = NOON_MS + round(after_s * 1_000)
    usual: dict[str, object] = {
        "broadcast": order_id,
        "priority": 3,
        "not_after_ms": starts_at_ms + 300_000,
        "items": tuple(sound.item for sound in sounds),
    }
    return Order(id=order_id, starts_at_ms=starts_at_ms, **(usual | fields))  # type: ignore[arg-type]


def make_emergency(order_id: str, *sounds: Sound, after_s: float = 0, **fields: object) -> Order:
    """An emergency behind a tone of four seconds."""
    usual: dict[str, object] = {"priority": 1, "tone": Tone(duration_ms=4_000)}
    return make_order(order_id, *sounds, after_s=after_s, **(usual | fields))


def make_plan(*orders: Order, version: int = 1, **fields: object) -> Plan:
    """A plan of the tests' cluster."""
    usual: dict[str, object] = {
        "station": STATION,
        "cluster": CLUSTER,
        "issued_at_ms": NOON_MS,
    }
    return Plan(version=version, orders=orders, **(usual | fields))  # type: ignore[arg-type]


@dataclass
class Pole:
    """A controller, and what the world around it does."""

    home: Path
    identity: Identity = field(default_factory=make_identity)
    config: Config | None = field(default_factory=make_config)
    station_key: SigningKey = STATION_KEY
    witness: Witness = field(default_factory=FixedWitness)
    source: HeldAudioSource = field(default_factory=lambda: HeldAudioSource({}))
    elsewhere: dict[str, HeldAudioSource] = field(default_factory=dict)
    link: RememberingLink = field(default_factory=RememberingLink)
    sink: Sink | None = None
    receiver: Receiver | None = None
    can_hear_live: bool = True
    limit_bytes: int = 10_000_000
    is_worn_out: bool = False
    seed: int = 1
    machine_ms: int = NOON_MS

    def __post_init__(self) -> None:
        """Before it is switched on; its own clock may be wrong, the world's is not."""
        loop = asyncio.get_running_loop()
        self.world = LoopClock(epoch_us=NOON_MS * 1_000, loop=loop)
        self.clock = SteppedClock(epoch_us=self.machine_ms * 1_000, loop=loop)
        self._running: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Pole":
        """Switch on."""
        await self.switch_on()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Switch off."""
        await self.switch_off()

    async def switch_on(self) -> None:
        """Start the controller on its folder, as a process would."""
        self.journal = (
            open_what_is_left(self.home)
            if self.is_worn_out
            else open_journal(self.home, station=STATION, device=DEVICE)
        )
        self.store = AudioStore(self.home / "audio", limit_bytes=self.limit_bytes)
        self.controller = Controller(
            identity=self.identity,
            home=self.home,
            journal=self.journal,
            store=self.store,
            source=self.source,
            sink=self.sink or NullSink(clock=self.clock),
            clock=self.clock,
            witness=self.witness,
            rng=Random(self.seed),
            watch=Unwatched(),
            connect=self._connect,
            source_at=lambda url: self.elsewhere.get(url, self.source),
            receiver=self.receiver,
            can_hear_live=self.can_hear_live,
        )
        self._running = asyncio.create_task(self.controller.run())
        await asyncio.sleep(0)
        if self.link.connected:
            self.controller.connected()
        if self.config is not None:
            self.hear_config(self.config, key=self.station_key)

    @property
    def now_ms(self) -> int:
        """What time it really is."""
        return self.world.now_us() // 1_000

    def _connect(self, _: Listener) -> RememberingLink:
        return self.link

    async def switch_off(self) -> None:
        """End it as SIGTERM does."""
        if self._running is not None:
            await self.controller.take_leave()
            await self._end()

    async def lose_power(self) -> None:
        """End it as SIGKILL does: it writes and sends nothing more."""
        self.fill_disk()
        self.link.connected = False
        await self._end()
        self.link.connected = True

    def fill_disk(self) -> None:
        """From now on nothing can be written."""
        self.journal._database.execute("PRAGMA query_only = ON")

    def empty_disk(self) -> None:
        """There is room again."""
        self.journal._database.execute("PRAGMA query_only = OFF")

    async def _end(self) -> None:
        assert self._running is not None
        self._running.cancel()
        await asyncio.wait([self._running])
        assert self._running.cancelled()
        self._running = None

    def offer(self, *sounds: Sound) -> None:
        """Let the station have these files."""
        self.source.files = {**self.source.files, **{each.sha256: each.mp3 for each in sounds}}

    def hear(self, plan: Plan, *, key: SigningKey = STATION_KEY) -> None:
        """Let the broker deliver a plan."""
        self.deliver(topics.plan(STATION, CLUSTER), plan, key=key)

    def hear_config(self, config: Config, *, key: SigningKey = STATION_KEY) -> None:
        """Let the broker deliver a configuration."""
        self.deliver(topics.config(STATION, DEVICE), config, key=key)

    def hear_now(
        self, *, sequence: int = 1, key: SigningKey = STATION_KEY, **fields: object
    ) -> bool:
        """Let the broker deliver an order or a stop of this moment; whether it is on the disk."""
        at_ms = self.now_ms
        usual: dict[str, object] = {
            "station": STATION,
            "cluster": CLUSTER,
            "issued_at_ms": at_ms,
            "expires_at_ms": at_ms + 60_000,
        }
        now = Now(sequence=sequence, **(usual | fields))  # type: ignore[arg-type]
        return self.deliver(topics.now(STATION, CLUSTER), now, key=key)

    def hear_command(
        self, *, sequence: int = 1, key: SigningKey = STATION_KEY, **fields: object
    ) -> None:
        """Let the broker deliver a command."""
        usual: dict[str, object] = {
            "station": STATION,
            "device": DEVICE,
            "issued_at_ms": NOON_MS,
            "expires_at_ms": NOON_MS + 86_400_000,
        }
        command = Command(sequence=sequence, **(usual | fields))  # type: ignore[arg-type]
        self.deliver(topics.to_device(STATION, DEVICE), command, key=key)

    def hear_time(self, *, at_ms: int, nonce: str, key: SigningKey = STATION_KEY) -> None:
        """Let the broker deliver a signed time."""
        answer = TimeAnswer(station=STATION, device=DEVICE, nonce=nonce, at_ms=at_ms)
        self.deliver(topics.to_device(STATION, DEVICE), answer, key=key)

    async def answer(self, *, after_s: float = 0.2) -> None:
        """Let the device ask what time it is, and the station answer so much later."""
        self.controller.connected()
        await asyncio.sleep(0.001)
        await asyncio.sleep(after_s / 2)
        at_ms, nonce = self.now_ms, self.questions()[-1].nonce
        await asyncio.sleep(after_s / 2)
        self.hear_time(at_ms=at_ms, nonce=nonce)

    def hear_receipt(self, *, seq: int, key: SigningKey = STATION_KEY, **fields: object) -> None:
        """Let the broker deliver a receipt up to `seq`, true unless told otherwise."""
        usual: dict[str, object] = {
            "station": STATION,
            "device": DEVICE,
            "epoch": self.journal.head.epoch,
            "chain": self.journal.hash_at(seq) or "0" * 64,
        }
        receipt = Receipt(seq=seq, issued_at_ms=NOON_MS, **(usual | fields))  # type: ignore[arg-type]
        self.deliver(topics.to_device(STATION, DEVICE), receipt, key=key)

    def deliver(self, topic: str, message: msgspec.Struct, *, key: SigningKey) -> bool:
        """Let the broker deliver a message, signed with this key; whether it is on the disk."""
        return self.controller.receive(topic, seal_message(message, key=key).encode())

    def batches(self) -> list[Batch]:
        """What was sent so far, verified."""
        return [
            open_from_device(
                payload, Batch, station=STATION, device=DEVICE, key=DEVICE_KEY.verify_key
            )
            for topic, payload, _ in self.link.published
            if topic.endswith("/confirm")
        ]

    def statuses(self) -> list[Status]:
        """The statuses that were published, verified."""
        return [
            open_from_device(
                payload, Status, station=STATION, device=DEVICE, key=DEVICE_KEY.verify_key
            )
            for topic, payload, _ in self.link.published
            if topic.endswith("/status")
        ]

    async def told(self) -> Status:
        """The newest status, once there was time to tell it: one is told a second."""
        await asyncio.sleep(EVERY_S)
        return self.statuses()[-1]

    def questions(self) -> list[Ask]:
        """The questions for the time that were asked, verified."""
        return [
            open_from_device(
                payload, Ask, station=STATION, device=DEVICE, key=DEVICE_KEY.verify_key
            )
            for topic, payload, _ in self.link.published
            if topic.endswith("/ask")
        ]

    def journalled(self) -> list[Confirmation]:
        """What is on the disk, its chain checked from the first entry on."""
        entries = self.journal.entries(first=1, last=self.journal.head.seq)
        prev = genesis(station=STATION, device=DEVICE, epoch=self.journal.head.epoch)
        confirmations = []
        for seq, entry in enumerate(entries, start=1):
            confirmation = msgspec.json.decode(entry, type=Confirmation)
            assert (confirmation.seq, confirmation.prev) == (seq, prev)
            prev = entry_hash(entry)
            confirmations.append(confirmation)
        return confirmations

    def said(self, order_id: str) -> list[str]:
        """The kinds, with their codes, of what is on disk about an order."""
        return [
            f"{each.kind}({each.code})" if each.code else str(each.kind)
            for each in self.journalled()
            if each.order == order_id
        ]

    def one(self, order_id: str, kind: Kind) -> Confirmation:
        """The only confirmation of this kind about an order."""
        found = [each for each in self.journalled() if each.order == order_id and each.kind is kind]
        assert len(found) == 1
        return found[0]


def sent_entries(batches: Sequence[Batch]) -> dict[int, set[str]]:
    """Every spelling in which each number was ever sent."""
    spellings: dict[int, set[str]] = {}
    for batch in batches:
        read_entries(batch)
        for seq, entry in enumerate(batch.entries, start=batch.first):
            spellings.setdefault(seq, set()).add(entry)
    return spellings
