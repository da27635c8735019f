"""The kinds of bulletin that the province has."""

from enum import IntEnum


class Kind(IntEnum):
    """LoaiBanTin."""

    TEXT = 1
    IMAGE = 2
    AUDIO = 3
    VIDEO = 4
    LIVE = 5
    FM = 6
