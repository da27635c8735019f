"""What a device asked with, read again from the exact text that was proven."""

import msgspec

from broadcaster.enrolment.tables import EnrolmentCode
from devices.protocol.enrolment import Wish


def wish_of(row: EnrolmentCode) -> Wish:
    """The wish of a code that a device has asked with; it was read once before it was stored."""
    return msgspec.json.decode(row.request, type=Wish)


def fingerprint_in_groups(fingerprint: str) -> str:
    """A fingerprint as people compare it: 8 groups of 4 characters."""
    return " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))
