"""Whoever has no login at the broker can neither come in nor stand in the way of who has."""

import asyncio
from contextlib import suppress
from pathlib import Path

from amqtt.adapters import ReaderAdapter, WriterAdapter

from devices.broker.gate import STRANGERS_LIMIT, Gate
from devices.broker.packets import Connect
from devices.protocol.credentials import (
    Credentials,
    Grants,
    credential_for,
    new_secret,
    save_credentials,
)
from devices.protocol.registry import LiveRegistry
from tests.devices.broker.octets import connect


class Doorkeeper:
    """A broker that notes who was let in, and shows them out."""

    def __init__(self) -> None:
        self.admitted: list[str] = []

    def must_wait(self, client_id: str) -> bool:
        """Nobody waits."""
        return client_id == ""

    def has_unheard(self, client_id: str) -> bool:
        """All was heard."""
        return client_id == ""

    async def admit(
        self, reader: ReaderAdapter, writer: WriterAdapter, *, connect: Connect
    ) -> None:
        """Note the name."""
        assert reader is not None
        self.admitted.append(connect.client_id)
        await writer.close()


def test_who_says_nothing_makes_room_for_who_logs_in(tmp_path: Path) -> None:
    """Twice as many silent connections as there is room for keep no device out."""

    async def crowded() -> list[str]:
        secret, path = new_secret(), tmp_path / "registry.json"
        save_credentials(
            Credentials(users={"loa-1": credential_for(secret, grants=Grants())}), path
        )
        behind = Doorkeeper()
        gate = Gate(registry=LiveRegistry(path), behind=behind)
        port = await gate.open("127.0.0.1", 0, tls=None)
        crowd = [
            await asyncio.open_connection("127.0.0.1", port) for _ in range(2 * STRANGERS_LIMIT)
        ]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(connect(flags=0xC2, fields=["loa-1", "loa-1", secret]))
        with suppress(ConnectionError):
            async with asyncio.timeout(5):
                await reader.read()
        for _, stranger in [*crowd, (reader, writer)]:
            stranger.close()
            with suppress(ConnectionError):
                await stranger.wait_closed()
        await gate.close()
        return behind.admitted

    assert asyncio.run(crowded()) == ["loa-1"]
