"""Sealing and opening each kind of message: signature, issuer, kind and address checked together.

Whatever comes out of an `open_…` function was signed by a party that may say it, for exactly this
topic. Each raises a ContractViolation that names what does not hold. `now_ms` is the reader's
best knowledge of the time: where it has none it gives the newest signed time that it verified.
"""

from functools import lru_cache
from typing import TypeVar

from msgspec import Struct
from nacl.signing import SigningKey, VerifyKey

from devices.errors import RolledBack, WrongAddress
from devices.protocol.configuration import Config, IssuerKey, Scope
from devices.protocol.jws import (
    TakenApart,
    key_id,
    seal,
    take_apart,
    unseal,
    unverified_payload,
)
from devices.protocol.keyring import Trust, open_keyring
from devices.protocol.messages import (
    Ask,
    Batch,
    Command,
    Health,
    Now,
    Plan,
    Receipt,
    Status,
    TimeAnswer,
    Typ,
    decode,
    encode,
)
from devices.protocol.reading import KeptBatch, read_batch

_TYP_OF: dict[type[Struct], Typ] = {
    Plan: Typ.PLAN,
    Now: Typ.NOW,
    Config: Typ.CONFIG,
    Command: Typ.COMMAND,
    Receipt: Typ.RECEIPT,
    TimeAnswer: Typ.TIME,
    Batch: Typ.CONFIRM,
    Status: Typ.STATUS,
    Health: Typ.HEALTH,
    Ask: Typ.ASK,
}
ToDevice = TypeVar("ToDevice", Receipt, TimeAnswer, Command)
FromDevice = TypeVar("FromDevice", Batch, Status, Health, Ask)
_SCOPE_OF: dict[type[Struct], Scope] = {
    Receipt: Scope.RECEIPT,
    TimeAnswer: Scope.TIME,
    Command: Scope.COMMAND,
}


def seal_message(message: Struct, *, key: SigningKey) -> str:
    """Sign a message of any kind but a keyring; its `typ` follows from what it is."""
    return seal(encode(message), typ=_TYP_OF[type(message)], key=key)


def open_plan(
    message: bytes, *, station: str, cluster: str, trust: Trust, now_ms: int
) -> tuple[Plan, IssuerKey]:
    """Verify a plan that came on the topic of this station and cluster; also say who signed it.

    Whether the issuer may order each of its emergencies is the reader's to check.
    """
    sealed = unseal(message, typ=Typ.PLAN, trusted=trust.keys)
    plan = decode(sealed.payload, Plan)
    _check_address((plan.station, plan.cluster), (station, cluster))
    issuer = trust.check(
        sealed.key_id,
        scope=Scope.PLAN,
        issued_at_ms=plan.issued_at_ms,
        now_ms=now_ms,
        cluster=cluster,
        version=plan.version,
    )
    return plan, issuer


def open_now(
    message: bytes, *, station: str, cluster: str, trust: Trust, now_ms: int
) -> tuple[Now, IssuerKey]:
    """Verify an order for this moment that came on the topic of this station and cluster.

    Whether it is new, has not expired, and may be an emergency is the reader's to check.
    """
    sealed = unseal(message, typ=Typ.NOW, trusted=trust.keys)
    now = _now_of(sealed.payload)
    _check_address((now.station, now.cluster), (station, cluster))
    issuer = trust.check(
        sealed.key_id,
        scope=Scope.NOW,
        issued_at_ms=now.issued_at_ms,
        now_ms=now_ms,
        cluster=cluster,
        version=now.sequence,
    )
    return now, issuer


def open_config(
    message: bytes,
    *,
    station: str,
    device: str,
    root: VerifyKey,
    held: Trust,
    now_ms: int,
    is_vouched: bool = True,
) -> tuple[Config, Trust]:
    """Verify a configuration and the keyring inside it, which must be no older than the one held.

    The keyring is looked at first, because only it tells whose signature to expect: it carries
    the root's own. A newer keyring also outweighs a `now_ms` for which nobody vouches but the
    keys of the one before: a thief of one of them may have pushed it beyond every key's last day.
    Raises RolledBack for an older keyring.
    """
    claimed = decode(unverified_payload(message), Config)
    trust = open_keyring(claimed.keyring.encode(), station=station, root=root)
    if trust.serial < held.serial:
        raise RolledBack(f"keyring {trust.serial} after {held.serial}")
    sealed = unseal(message, typ=Typ.CONFIG, trusted=trust.keys)
    config = decode(sealed.payload, Config)
    _check_address((config.station, config.device), (station, device))
    if trust.serial > held.serial and not is_vouched:
        now_ms = min(now_ms, trust.issued_at_ms)
    trust.check(
        sealed.key_id,
        scope=Scope.CONFIG,
        issued_at_ms=config.issued_at_ms,
        now_ms=now_ms,
        cluster=config.cluster,
    )
    return config, trust


def open_to_device(
    message: bytes, kind: type[ToDevice], *, station: str, device: str, trust: Trust, now_ms: int
) -> ToDevice:
    """Verify a receipt, a time or a command that came on the topic of this device."""
    sealed = unseal(message, typ=_TYP_OF[kind], trusted=trust.keys)
    said = decode(sealed.payload, kind)
    _check_address((said.station, said.device), (station, device))
    if isinstance(said, TimeAnswer):
        # The answer itself says what time it is: a clock that is wrong must not refuse it.
        issued_at_ms = now_ms = said.at_ms
    else:
        issued_at_ms = said.issued_at_ms
    trust.check(sealed.key_id, scope=_SCOPE_OF[kind], issued_at_ms=issued_at_ms, now_ms=now_ms)
    return said


def open_from_device(
    message: bytes, kind: type[FromDevice], *, station: str, device: str, key: VerifyKey
) -> FromDevice:
    """Verify what came on an upward topic of this station and device."""
    sealed = unseal(message, typ=_TYP_OF[kind], trusted={key_id(key): key})
    said = decode(sealed.payload, kind)
    _check_address((said.station, said.device), (station, device))
    return said


def open_batch_to_keep(
    message: bytes, *, station: str, device: str, key: VerifyKey
) -> tuple[Batch, TakenApart]:
    """Verify a batch that came on the topic of this device, and give its parts to be kept.

    Nothing is remembered of it and nothing is taken from memory: its signature is looked at.
    """
    parts = take_apart(message, typ=Typ.CONFIRM, key=key)
    said = decode(parts.payload, Batch)
    _check_address((said.station, said.device), (station, device))
    return said, parts


@lru_cache(maxsize=8)
def _now_of(payload: bytes) -> Now:
    """A word for the moment, which many devices of one process hear at once."""
    return decode(payload, Now)


def read_kept_batch(payload: bytes, *, station: str, device: str) -> Batch | KeptBatch:
    """Read a batch that was kept taken apart, and whose signature holds (`unseal_parts`)."""
    said = read_batch(payload)
    _check_address((said.station, said.device), (station, device))
    return said


def _check_address(signed: tuple[str, str], topic: tuple[str, str]) -> None:
    if signed != topic:
        raise WrongAddress("/".join(signed))
