"""The public keys of the enrolled devices, held for some seconds between looks at the registry."""

import time
from collections.abc import Collection, Mapping

from nacl.signing import VerifyKey

from broadcaster.database import Database
from broadcaster.fleet.registry import verify_keys

KEYS_HOLD_S = 5.0


class KnownKeys:
    """Keys by device; `held` is what the last look found, and may be read from any thread."""

    def __init__(self, database: Database, *, station_id: str) -> None:
        self._database = database
        self._station_id = station_id
        self._looked_at_s = float("-inf")
        self.held: Mapping[str, VerifyKey] = {}

    def current(self, devices: Collection[str] = ()) -> Mapping[str, VerifyKey]:
        """The keys now: looked up again after some seconds, or when one of `devices` is missing."""
        age_s = time.monotonic() - self._looked_at_s
        if age_s > KEYS_HOLD_S or not self.held.keys() >= set(devices):
            with self._database.reading() as session:
                self.held = verify_keys(session, self._station_id)
            self._looked_at_s = time.monotonic()
        return self.held
