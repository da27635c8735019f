"""What every voice's process does: frames in on stdin, frames out on stdout, a fork a sentence.

Each sentence is said in a fork of the pristine process. Engines carry random state from one
sentence to the next, so only thus does a sentence always give the same samples, in any order and
after any restart; and a crash inside a library costs one sentence.
"""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

import msgspec

from playlists.audio.pcm import Pcm
from playlists.speech.errors import SpeechError
from playlists.speech.frames import Greeting, pack, pack_refusal, pack_sound, read_frame

# Saying the same sentence again would end the same way.
_ITS_OWN_FAULT = {
    -fault: fault.name
    for fault in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGALRM)
}


@dataclass(frozen=True, slots=True)
class Speaker:
    """A loaded library: its version, and how it answers one request (raises SpeechError).

    A fork that outlives `limit_s` has lost its client too: nobody else would end it.
    """

    name: str
    version: str
    say: Callable[[bytes], Pcm]
    limit_s: int


def serve(load: Callable[[], Speaker]) -> int:
    """Greets, then answers until stdin ends.

    Exit code 1: there is no voice here; 2: a fork was killed from outside.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests = sys.stdin.buffer
    replies = _claim_stdout()
    try:
        speaker = load()
    except SpeechError as error:
        _send(replies, pack(msgspec.json.encode(Greeting(refused=error.detail))))
        return 1
    _send(replies, pack(msgspec.json.encode(Greeting(version=speaker.version))))
    while (payload := read_frame(requests)) is not None:
        reply = _answer_in_fork(speaker, payload)
        if reply is None:
            return 2
        _send(replies, reply)
    return 0


def _claim_stdout() -> BinaryIO:
    """A stream of our own to the client; whatever a library prints goes to stderr."""
    mine = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return os.fdopen(mine, "wb")


def _send(replies: BinaryIO, frame: bytes) -> None:
    replies.write(frame)
    replies.flush()


def _answer_in_fork(speaker: Speaker, payload: bytes) -> bytes | None:
    """The reply frame; a refusal when the library died of this text; None when it was killed."""
    desk = os.memfd_create("sentence")
    try:
        child = os.fork()
        if child == 0:
            _answer(speaker, payload, desk=desk)
        _, status = os.waitpid(child, 0)
        return _outcome(os.waitstatus_to_exitcode(status), name=speaker.name, desk=desk)
    finally:
        os.close(desk)


def _outcome(code: int, *, name: str, desk: int) -> bytes | None:
    if code == 0:
        os.lseek(desk, 0, os.SEEK_SET)
        with os.fdopen(desk, "rb", closefd=False) as file:
            return file.read()
    if code in _ITS_OWN_FAULT:
        return pack_refusal(f"{name} died of this sentence: {_ITS_OWN_FAULT[code]}")
    return None


def _answer(speaker: Speaker, payload: bytes, *, desk: int) -> NoReturn:
    """Runs in the fork. Only a whole reply ends with 0, so that half a one is never sent on."""
    signal.alarm(speaker.limit_s)
    with os.fdopen(desk, "wb", closefd=False) as file:
        _send(file, _reply(speaker, payload))
    os._exit(0)


def _reply(speaker: Speaker, payload: bytes) -> bytes:
    try:
        return pack_sound(speaker.say(payload))
    except SpeechError as error:
        return pack_refusal(error.detail)
