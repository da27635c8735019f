"""Sealing and opening each kind of message: signature, kind and address checked together.

Whatever comes out of an `open_…` function was signed by the expected party for exactly this
topic. Each raises a ContractViolation that names what does not hold.
"""

from nacl.signing import SigningKey, VerifyKey

from devices.errors import WrongAddress
from devices.protocol.jws import key_id, seal, unseal
from devices.protocol.messages import Batch, Plan, Receipt, Status, Typ, decode, encode


def seal_plan(plan: Plan, *, key: SigningKey) -> str:
    """Sign a cluster's plan with the station's key."""
    return seal(encode(plan), typ=Typ.PLAN, key=key)


def open_plan(message: bytes, *, station: str, cluster: str, key: VerifyKey) -> Plan:
    """Verify a plan that came on the topic of this station and cluster."""
    plan = decode(unseal(message, typ=Typ.PLAN, trusted={key_id(key): key}).payload, Plan)
    _check_address((plan.station, plan.cluster), (station, cluster))
    return plan


def seal_receipt(receipt: Receipt, *, key: SigningKey) -> str:
    """Sign a receipt with the station's key."""
    return seal(encode(receipt), typ=Typ.RECEIPT, key=key)


def open_receipt(message: bytes, *, station: str, device: str, key: VerifyKey) -> Receipt:
    """Verify a receipt that came on the topic of this station and device."""
    sealed = unseal(message, typ=Typ.RECEIPT, trusted={key_id(key): key})
    receipt = decode(sealed.payload, Receipt)
    _check_address((receipt.station, receipt.device), (station, device))
    return receipt


def seal_batch(batch: Batch, *, key: SigningKey) -> str:
    """Sign confirmations with the device's key."""
    return seal(encode(batch), typ=Typ.CONFIRM, key=key)


def open_batch(message: bytes, *, station: str, device: str, key: VerifyKey) -> Batch:
    """Verify confirmations that came on the topic of this station and device."""
    batch = decode(unseal(message, typ=Typ.CONFIRM, trusted={key_id(key): key}).payload, Batch)
    _check_address((batch.station, batch.device), (station, device))
    return batch


def seal_status(status: Status, *, key: SigningKey) -> str:
    """Sign a status with the device's key."""
    return seal(encode(status), typ=Typ.STATUS, key=key)


def open_status(message: bytes, *, station: str, device: str, key: VerifyKey) -> Status:
    """Verify a status that came on the topic of this station and device."""
    status = decode(unseal(message, typ=Typ.STATUS, trusted={key_id(key): key}).payload, Status)
    _check_address((status.station, status.device), (station, device))
    return status


def _check_address(signed: tuple[str, str], topic: tuple[str, str]) -> None:
    if signed != topic:
        raise WrongAddress("/".join(signed))
