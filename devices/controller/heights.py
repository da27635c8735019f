"""Numbers that only grow (versions, sequences), remembered for each key that signed them.

Below the highest one of a trusted key a device never goes again. What a thief signed sets no limit
to anybody but himself: his numbers lose their meaning with his key, and no device is locked out
for ever because somebody once used up all numbers.
"""

from collections.abc import Mapping

from devices.controller.journal import Journal
from devices.protocol.jws import signer_of
from devices.protocol.keyring import Trust

CONFIG, NOW, COMMAND = "config", "now", "command"


def plan_of(cluster: str) -> str:
    """The name of what grows with the plans of a cluster."""
    return f"plan/{cluster}"


def height(journal: Journal, what: str, *, trust: Trust) -> int:
    """The highest number that any key trusted now has signed; 0 before any."""
    return max((journal.mark(f"{what}:{key_id}") for key_id in trust.keys), default=0)


def risen(what: str, number: int, *, message: bytes) -> Mapping[str, int]:
    """The mark that a verified message leaves."""
    return {f"{what}:{signer_of(message)}": number}
