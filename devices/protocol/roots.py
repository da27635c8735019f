"""The station's daily audit root, as a receipt brings it and a status repeats it."""

from typing import Annotated

from msgspec import Meta, Struct

from devices.protocol.fields import Sha256

Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$(?!\n)")]


class AuditRoot(Struct, frozen=True, kw_only=True):
    """The root of all that a station's ledger and trail held at the end of a local day."""

    day: Day
    root: Sha256
