"""The event loop of a crowd: few sockets a turn, and all that is heard before anything is said.

asyncio takes up all sockets that are ready before it goes on with anybody's work. With a thousand
devices and one order for all, each would begin only when the last had read and verified; here each
goes on after a handful of others, as if it had a machine of its own that is merely late. And no
device's receipt for a message keeps another one from hearing it: even that somebody wants to write
is only noted until there is time for it.
"""

import asyncio
import math
import select
import selectors
import time
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeVarTuple

if TYPE_CHECKING:
    from _typeshed import FileDescriptorLike

SOCKETS_A_TURN = 8

SPEAKS_WITHIN_S = 0.5
"""How long those who want to write wait while others have something to read; then both go on side
by side until all have written, lest a loop that never rests falls silent."""

_Ts = TypeVarTuple("_Ts")

Ready = list[tuple[selectors.SelectorKey, int]]


class _Asking(NamedTuple):
    """One half of what a socket may be asked for, and in whose words."""

    epoll: select.epoll
    event: int
    kernel_event: int


class FairSelector(selectors.BaseSelector):
    """Tells of a few ready sockets at a time, those first that have waited longest.

    Of those that can be written to it tells when nothing is to be read, or when they have waited
    for `SPEAKS_WITHIN_S`. The kernel's own queues turn, so that nobody is passed over. Before it
    looks for them, and before it waits, `let_speak` may have it watch more of them; it returns
    whether there were any.
    """

    def __init__(self) -> None:
        self.let_speak: Callable[[], bool] = lambda: False
        self._keys: dict[FileDescriptorLike, selectors.SelectorKey] = {}
        self._hears = _Asking(select.epoll(), selectors.EVENT_READ, select.EPOLLIN)
        self._speaks = _Asking(select.epoll(), selectors.EVENT_WRITE, select.EPOLLOUT)
        # Whoever waits for one to read is woken up by one that can be written to.
        self._hears.epoll.register(self._speaks.epoll.fileno(), select.EPOLLIN)
        self._all_spoke_s = time.monotonic()

    def register(
        self, fileobj: "FileDescriptorLike", events: int, data: object = None
    ) -> selectors.SelectorKey:
        """Watch a socket; KeyError for one that is watched."""
        number = _number(fileobj)
        if number in self._keys:
            raise KeyError(f"{fileobj!r} is already registered")
        key = selectors.SelectorKey(fileobj, number, events, data)
        self._keys[number] = key
        self._ask(number, before=0, now=events)
        return key

    def unregister(self, fileobj: "FileDescriptorLike") -> selectors.SelectorKey:
        """Watch it no more; KeyError for one that is not watched."""
        key = self._keys.pop(_number(fileobj))
        self._ask(key.fd, before=key.events, now=0)
        return key

    def modify(
        self, fileobj: "FileDescriptorLike", events: int, data: object = None
    ) -> selectors.SelectorKey:
        """Watch it for something else."""
        before = self._keys[_number(fileobj)]
        key = selectors.SelectorKey(before.fileobj, before.fd, events, data)
        self._keys[before.fd] = key
        self._ask(before.fd, before=before.events, now=events)
        return key

    def select(self, timeout: float | None = None) -> Ready:
        """Wait; the few whose turn it is."""
        wait_s = -1.0 if timeout is None else math.ceil(max(0.0, timeout) * 1_000) / 1_000
        try:
            ready = self._ready(self._hears, wait_s=0.0)
            if not ready and not self.let_speak() and wait_s:
                ready = self._ready(self._hears, wait_s=wait_s)
        except InterruptedError:
            return []
        now_s = time.monotonic()
        if not ready or now_s - self._all_spoke_s > SPEAKS_WITHIN_S:
            self.let_speak()
            speakers = self._ready(self._speaks, wait_s=0.0)
            if len(speakers) < SOCKETS_A_TURN:
                self._all_spoke_s = now_s
            ready += speakers
        return ready

    def close(self) -> None:
        """Watch nothing any more."""
        self._keys.clear()
        self._hears.epoll.close()
        self._speaks.epoll.close()

    def get_map(self) -> Mapping["FileDescriptorLike", selectors.SelectorKey]:
        """What is watched, by its number."""
        return MappingProxyType(self._keys)

    def get_key(self, fileobj: "FileDescriptorLike") -> selectors.SelectorKey:
        """How a socket is watched; KeyError for one that is not."""
        return self._keys[_number(fileobj)]

    def _ready(self, asking: _Asking, *, wait_s: float) -> Ready:
        found = asking.epoll.poll(wait_s, SOCKETS_A_TURN)
        keys = (self._keys.get(number) for number, _ in found)
        # An error or a hangup is told to whoever asks for either.
        return [(key, asking.event) for key in keys if key is not None]

    def _ask(self, number: int, *, before: int, now: int) -> None:
        changed = before ^ now
        for asking in (self._hears, self._speaks):
            if changed & now & asking.event:
                asking.epoll.register(number, asking.kernel_event)
            elif changed & asking.event:
                _forget(asking.epoll, number)


def _forget(epoll: select.epoll, number: int) -> None:
    """A socket that was closed first is forgotten already."""
    try:
        epoll.unregister(number)
    except OSError:
        return


def _number(fileobj: "FileDescriptorLike") -> int:
    """The number of an open file; ValueError for one that is closed."""
    number = fileobj if isinstance(fileobj, int) else int(fileobj.fileno())
    if number < 0:
        raise ValueError(f"{fileobj!r} is closed")
    return number


class FairLoop(asyncio.SelectorEventLoop):
    """A loop that watches who wants to write when nobody is left who has something to read."""

    def __init__(self) -> None:
        selector = FairSelector()
        super().__init__(selector)
        self._wishes: dict[FileDescriptorLike, Callable[[], None]] = {}
        selector.let_speak = self._let_speak

    def add_writer(
        self, fd: "FileDescriptorLike", callback: Callable[[*_Ts], object], *args: *_Ts
    ) -> None:
        """Call back when it can be written to, and there is time for it."""
        self._wishes[fd] = partial(super().add_writer, fd, callback, *args)

    def remove_writer(self, fd: "FileDescriptorLike") -> bool:
        """Call back no more; return whether anybody was to be called."""
        was_wished = self._wishes.pop(fd, None) is not None
        return super().remove_writer(fd) or was_wished

    def _let_speak(self) -> bool:
        wishes, self._wishes = self._wishes, {}
        for watch in wishes.values():
            watch()
        return bool(wishes)


def fair_loop() -> asyncio.AbstractEventLoop:
    """A loop for one process of a crowd."""
    return FairLoop()
