"""Test vectors of the contract, with their keys: the same bytes every time they are made."""

from devices.protocol.contract.vectors.chains import chains
from devices.protocol.contract.vectors.enrolments import enrolment
from devices.protocol.contract.vectors.envelopes import messages
from devices.protocol.contract.vectors.keyrings import keyrings
from devices.protocol.contract.vectors.keys import READER, told_keys
from devices.protocol.contract.vectors.live import live
from devices.protocol.contract.vectors.times import QUIET_HOURS, TIMES, VOLUMES


def vectors() -> dict[str, object]:
    """All of them, as CONTRACT.md 23.1 describes."""
    return {
        "warning": "Made from seeds that everybody knows: never trust any of these keys.",
        "keys": told_keys(),
        "reader": READER,
        "keyrings": keyrings(),
        "messages": messages(),
        "chains": chains(),
        "times": TIMES,
        "quiet_hours": QUIET_HOURS,
        "volumes": VOLUMES,
        "enrolment": enrolment(),
        "live": live(),
    }
