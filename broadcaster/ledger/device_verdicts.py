"""What a person should know of a device first, and by which figures it is told."""

from datetime import timedelta
from enum import StrEnum

WINDOW = timedelta(days=28)
SILENT_AFTER = timedelta(days=1)
REPEATED = 3
"""A fault that came so often within a window is a repeated one."""

FADING = 0.1
"""A share of confirmed plays that fell by at least this much is a decay."""

WEAK = 0.8
"""A device that confirms less than this share of its plays does not do its work."""


class Verdict(StrEnum):
    """What a person should know of a device first, the most urgent before the others."""

    SILENT = "silent"
    FAULTY = "faulty"
    DECAYING = "decaying"
    WEAK = "weak"
    NEVER_HEARD = "never_heard"
    GOOD = "good"
