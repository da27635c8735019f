"""Looking for circles among objects seldom, in processes that make many and keep few.

Python looks through what was made lately again and again, and now and then through everything. A
storm of messages or a page of ten thousand poles makes objects by the thousand and hardly one is in
a circle: looked for as usual that is an eighth of what storing a message costs, and a third of a
long list.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_NEW_OBJECTS = 50_000


def look_for_circles_seldom() -> None:
    """To be called once all that stays for ever has been made: it is never looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 20, 20)


@contextmanager
def no_circles() -> Iterator[None]:
    """Do not look for circles among rows: they are values that name no other value."""
    was_looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_looking:
            gc.enable()
