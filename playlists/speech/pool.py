"""Several processes of one voice behind one engine, so that cores speak sentences side by side."""

import os
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import TracebackType
from typing import Protocol, Self

from playlists.audio.pcm import Pcm
from playlists.speech.engine import Engine, VoiceSettings


class ClosableEngine(Engine, Protocol):
    """A voice that holds a process or a connection until it is closed."""

    def close(self) -> None:
        """Lets go of it; the next sentence would open it again."""
        ...


def cores() -> int:
    """How many processes can speak at the same time without waiting for each other."""
    return len(os.sched_getaffinity(0))


class VoicePool:
    """An engine of several equal ones; may be shared by threads. Close it when done.

    The one that spoke last speaks next, so that a caller who says sentences one after another
    starts one process only. Which of them says a sentence cannot be heard.
    """

    def __init__(self, open_voice: Callable[[], ClosableEngine], *, size: int) -> None:
        if size < 1:
            raise ValueError("a pool has at least one voice")
        self._voices = [open_voice() for _ in range(size)]
        self._free: queue.LifoQueue[ClosableEngine] = queue.LifoQueue()
        for voice in reversed(self._voices):
            self._free.put(voice)
        self._closing = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def name(self) -> str:
        """The engine's name."""
        return self._voices[0].name

    @property
    def version(self) -> str:
        """The version of the first, which is that of all. Raises SpeechError."""
        return self._voices[0].version

    @property
    def at_once(self) -> int:
        """How many sentences can be said at the same time."""
        return len(self._voices)

    def synthesise(self, sentence: str, *, settings: VoiceSettings) -> Pcm:
        """The sound of one sentence, from the first voice that is free. Raises SpeechError."""
        with self._lent() as voice:
            return voice.synthesise(sentence, settings=settings)

    def close(self) -> None:
        """Ends all processes; the next sentence would start one again."""
        with self._closing:
            for voice in self._voices:
                voice.close()

    @contextmanager
    def _lent(self) -> Iterator[ClosableEngine]:
        voice = self._free.get()
        try:
            yield voice
        finally:
            self._free.put(voice)


def say_in_order(
    sentences: Sequence[str], *, say: Callable[[str], Pcm], at_once: int
) -> Iterator[Pcm]:
    """The sounds in the order of the sentences, `at_once` of them made at the same time.

    `say` is called from several threads. What it raises for a sentence is raised in that
    sentence's place, and sentences that nobody began are then left unsaid.
    """
    if at_once <= 1 or len(sentences) <= 1:
        yield from map(say, sentences)
        return
    with ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="voice") as threads:
        sounds = [threads.submit(say, sentence) for sentence in sentences]
        try:
            for sound in sounds:
                yield sound.result()
        finally:
            threads.shutdown(wait=True, cancel_futures=True)
