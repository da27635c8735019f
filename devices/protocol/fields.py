"""The field types that the messages share, and the limits of the contract.

Instants are integers of Unix milliseconds (`…_at_ms`) or microseconds (`…_at_us`).
"""

from typing import Annotated

from msgspec import Meta

# `$` alone would let a line end follow.
Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$(?!\n)")]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
PublicKey = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
KeyId = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$(?!\n)")]
Epoch = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$(?!\n)")]
Nonce = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$(?!\n)")]
StreamId = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$(?!\n)")]
WrappedKey = Annotated[str, Meta(pattern=r"^[0-9a-f]{96}$(?!\n)")]
# Two days short of the last instant that a calendar holds, so that it can be told in every zone.
AtMs = Annotated[int, Meta(ge=0, le=253_402_127_999_999)]
AtUs = Annotated[int, Meta(ge=0, le=253_402_127_999_999_999)]
DurationMs = Annotated[int, Meta(ge=0, le=86_400_000)]
Text = Annotated[str, Meta(max_length=300)]
Word = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,31}$(?!\n)")]
TimeOfDay = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)")]
HttpsUrl = Annotated[str, Meta(pattern=r"^https://[^\s@#]{1,500}$(?!\n)")]
HostName = Annotated[str, Meta(pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$(?!\n)")]
Seq = Annotated[int, Meta(ge=1, le=2**53 - 1)]
Version = Annotated[int, Meta(ge=1, le=2**53 - 1)]
Reached = Annotated[int, Meta(ge=0, le=2**53 - 1)]
"""The highest number or version so far; 0 where there was none."""

ENTRY_LIMIT_BYTES = 4_096
BATCH_LIMIT_ENTRIES = 50
PLAN_LIMIT_ORDERS = 1_000
PLAN_LIMIT_STOPS = 200
CUE_LIMIT = 100
HEARERS_LIMIT = 1_000
KEYRING_LIMIT_KEYS = 20
KEYRING_LIMIT_BYTES = 16_384
