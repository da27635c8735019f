"""The days that everybody knows: their numbers alone speak of them."""

_FEASTS = frozenset(
    [
        (1, 1), (9, 1), (3, 2), (27, 2), (8, 3), (26, 3), (10, 3), (30, 4), (1, 5), (7, 5), (15, 5),
        (19, 5), (1, 6), (5, 6), (21, 6), (28, 6), (1, 7), (27, 7), (19, 8), (2, 9), (5, 9),
        (10, 10), (15, 10), (17, 10), (20, 10), (7, 11), (9, 11), (18, 11), (20, 11), (1, 12),
        (22, 12),
    ]
)  # fmt: skip


def is_feast(day: int, month: int) -> bool:
    """Whether this is such a day: 30/4, 2/9, 20/11."""
    return (day, month) in _FEASTS
