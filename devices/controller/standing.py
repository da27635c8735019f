"""How a signed version stands to the highest one ever accepted."""

from enum import Enum, auto


class Standing(Enum):
    """Newer, the very same, older, or another with the same version."""

    NEWER = auto()
    SAME = auto()
    ROLLED_BACK = auto()
    EQUIVOCATED = auto()


def standing(version: int, message: bytes, *, held: tuple[int, bytes] | None) -> Standing:
    """Compare a version and its bytes with the highest accepted ones."""
    if held is None or version > held[0]:
        return Standing.NEWER
    if version < held[0]:
        return Standing.ROLLED_BACK
    return Standing.SAME if message == held[1] else Standing.EQUIVOCATED
