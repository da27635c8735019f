"""The login by which the station tries its broker out, and the one topic that it knows.

No device and no other login of the station says or hears anything there.
"""

from devices.protocol import topics
from devices.protocol.credentials import Grants

PROBE = "probe"


def probe_topic(station_id: str) -> str:
    """Where the probe speaks to itself."""
    return f"{topics.VERSION}/{topics.check_name(station_id)}/{PROBE}"


def probe_grants(station_id: str) -> Grants:
    """To speak and to hear there, and nothing else."""
    topic = probe_topic(station_id)
    return Grants(publish=(topic,), subscribe=(topic,))
