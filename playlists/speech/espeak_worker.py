"""The process that speaks with eSpeak NG: frames in on stdin, frames out on stdout.

Every sentence is said in a fork of the pristine process. eSpeak carries its random state from one
sentence to the next, so only thus does a sentence always give the same samples, in any order and
after any restart; and a crash inside the library costs one sentence.
"""

import os
import signal
import sys
from typing import BinaryIO, NoReturn

import msgspec

from playlists.speech.errors import SpeechError
from playlists.speech.espeak_library import Library, load, speak
from playlists.speech.frames import Greeting, Request, pack, pack_refusal, pack_sound, read_frame

# Saying the same sentence again would end the same way.
_ITS_OWN_FAULT = {
    -fault: fault.name
    for fault in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGALRM)
}
# A fork that outlives this has lost its client too: nobody else would end it.
SENTENCE_LIMIT_S = 120


def main() -> int:
    """Greets, then answers until stdin ends.

    Exit code 1: there is no voice here; 2: a fork was killed from outside.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests = sys.stdin.buffer
    replies = _claim_stdout()
    try:
        library = load()
    except SpeechError as error:
        _send(replies, pack(msgspec.json.encode(Greeting(refused=error.detail))))
        return 1
    _send(replies, pack(msgspec.json.encode(Greeting(version=library.version))))
    while (payload := read_frame(requests)) is not None:
        request = msgspec.json.decode(payload, type=Request)
        reply = _answer_in_fork(library, request)
        if reply is None:
            return 2
        _send(replies, reply)
    return 0


def _claim_stdout() -> BinaryIO:
    """A stream of our own to the client; whatever the C library prints goes to stderr."""
    mine = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return os.fdopen(mine, "wb")


def _send(replies: BinaryIO, frame: bytes) -> None:
    replies.write(frame)
    replies.flush()


def _answer_in_fork(library: Library, request: Request) -> bytes | None:
    """The reply frame; a refusal when the library died of this text; None when it was killed."""
    desk = os.memfd_create("sentence")
    try:
        child = os.fork()
        if child == 0:
            _answer(library, request, desk=desk)
        _, status = os.waitpid(child, 0)
        return _outcome(os.waitstatus_to_exitcode(status), desk=desk)
    finally:
        os.close(desk)


def _outcome(code: int, *, desk: int) -> bytes | None:
    if code == 0:
        os.lseek(desk, 0, os.SEEK_SET)
        with os.fdopen(desk, "rb", closefd=False) as file:
            return file.read()
    if code in _ITS_OWN_FAULT:
        return pack_refusal(f"eSpeak NG died of this sentence: {_ITS_OWN_FAULT[code]}")
    return None


def _answer(library: Library, request: Request, *, desk: int) -> NoReturn:
    """Runs in the fork. Only a whole reply ends with 0, so that half a one is never sent on."""
    signal.alarm(SENTENCE_LIMIT_S)
    with os.fdopen(desk, "wb", closefd=False) as file:
        _send(file, _reply(library, request))
    os._exit(0)


def _reply(library: Library, request: Request) -> bytes:
    try:
        return pack_sound(speak(library, request))
    except SpeechError as error:
        return pack_refusal(error.detail)


if __name__ == "__main__":
    sys.exit(main())
