"""The messages of the contract, version 1: each kind by its name, and how it is read and written.

What each says, and its bounds, stands in the rooms beside this one. Fields that a reader does not
know are ignored by it and stay in the signed bytes that are kept as evidence.
"""

from enum import StrEnum
from functools import cache
from typing import TypeVar

import msgspec
from msgspec import Struct

from devices.errors import MalformedMessage
from devices.protocol.commands import Command, Receipt, Resync, SelfTest, TimeAnswer
from devices.protocol.configuration import (
    Config,
    IssuerKey,
    Keyring,
    Level,
    QuietHours,
    Scope,
    StoredWarning,
    VolumeBand,
)
from devices.protocol.fields import (
    BATCH_LIMIT_ENTRIES,
    CUE_LIMIT,
    ENTRY_LIMIT_BYTES,
    PLAN_LIMIT_ORDERS,
    AtMs,
    AtUs,
    DurationMs,
    Epoch,
    Name,
    Seq,
    Sha256,
    Text,
    Version,
    Word,
)
from devices.protocol.orders import (
    Cue,
    CueKind,
    Hearer,
    Item,
    Live,
    Now,
    OnCut,
    OnReboot,
    Order,
    OrderKey,
    Plan,
    Priority,
    QuietHoursOverride,
    Relay,
    Stop,
    Tone,
    ToneKind,
)
from devices.protocol.reports import (
    Ask,
    Batch,
    ClockStatement,
    Confirmation,
    Health,
    JournalEnd,
    Kind,
    SelfTestResult,
    Status,
)
from devices.protocol.roots import AuditRoot

__all__ = [
    "BATCH_LIMIT_ENTRIES",
    "CUE_LIMIT",
    "ENTRY_LIMIT_BYTES",
    "PLAN_LIMIT_ORDERS",
    "Ask",
    "AtMs",
    "AtUs",
    "AuditRoot",
    "Batch",
    "ClockStatement",
    "Command",
    "Config",
    "Confirmation",
    "Cue",
    "CueKind",
    "DurationMs",
    "Epoch",
    "Health",
    "Hearer",
    "IssuerKey",
    "Item",
    "JournalEnd",
    "Keyring",
    "Kind",
    "Level",
    "Live",
    "Name",
    "Now",
    "OnCut",
    "OnReboot",
    "Order",
    "OrderKey",
    "Plan",
    "Priority",
    "QuietHours",
    "QuietHoursOverride",
    "Receipt",
    "Relay",
    "Resync",
    "Scope",
    "SelfTest",
    "SelfTestResult",
    "Seq",
    "Sha256",
    "Status",
    "Stop",
    "StoredWarning",
    "Text",
    "TimeAnswer",
    "Tone",
    "ToneKind",
    "Typ",
    "Version",
    "VolumeBand",
    "Word",
    "decode",
    "encode",
]


class Typ(StrEnum):
    """The JWS `typ` of each kind."""

    KEYRING = "loa-keyring"
    PLAN = "loa-plan"
    NOW = "loa-now"
    CONFIG = "loa-config"
    COMMAND = "loa-command"
    RECEIPT = "loa-receipt"
    TIME = "loa-time"
    CONFIRM = "loa-confirm"
    STATUS = "loa-status"
    HEALTH = "loa-health"
    ASK = "loa-ask"


Message = TypeVar(
    "Message",
    Keyring,
    Plan,
    Now,
    Config,
    Command,
    Receipt,
    TimeAnswer,
    Batch,
    Status,
    Health,
    Ask,
    Confirmation,
)


def encode(message: Struct) -> bytes:
    """The bytes of a message, before they are sealed."""
    return msgspec.json.encode(message)


@cache
def _decoder(kind: type[Message]) -> msgspec.json.Decoder[Message]:
    return msgspec.json.Decoder(kind)


def decode(payload: bytes | str, kind: type[Message]) -> Message:
    """Read a message of the given kind; raise MalformedMessage when it is none."""
    try:
        decoder: msgspec.json.Decoder[Message] = _decoder(kind)
        return decoder.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedMessage(str(error)) from error
