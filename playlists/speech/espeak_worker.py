"""The process that speaks with eSpeak NG: frames in on stdin, frames out on stdout.

Every sentence is said in a fork of the pristine process. eSpeak carries its random state from one
sentence to the next, so only thus does a sentence always give the same samples, in any order and
after any restart; and a crash inside the library costs one sentence.
"""

import os
import signal
import sys
from typing import BinaryIO

import msgspec

from playlists.speech.errors import SpeechError
from playlists.speech.espeak_library import Library, load, speak
from playlists.speech.frames import Greeting, Request, pack, pack_refusal, pack_sound, read_frame

# A fork that outlives this has lost its client too: nobody else would end it.
SENTENCE_LIMIT_S = 120


def main() -> int:
    """Greets, then answers until stdin ends. Exit code 1: there is no voice here."""
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
        if not _answer_in_fork(library, request, replies=replies):
            return 2
    return 0


def _claim_stdout() -> BinaryIO:
    """A stream of our own to the client; whatever the C library prints goes to stderr."""
    mine = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return os.fdopen(mine, "wb")


def _send(replies: BinaryIO, frame: bytes) -> None:
    replies.write(frame)
    replies.flush()


def _answer_in_fork(library: Library, request: Request, *, replies: BinaryIO) -> bool:
    """Whether a whole reply was sent; after a half one the stream means nothing any more."""
    child = os.fork()
    if child == 0:
        _answer(library, request, replies=replies)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def _answer(library: Library, request: Request, *, replies: BinaryIO) -> None:
    """Runs in the fork and never returns."""
    signal.alarm(SENTENCE_LIMIT_S)
    try:
        _send(replies, _reply(library, request))
    except BrokenPipeError:
        os._exit(1)
    os._exit(0)


def _reply(library: Library, request: Request) -> bytes:
    try:
        return pack_sound(speak(library, request))
    except SpeechError as error:
        return pack_refusal(error.detail)


if __name__ == "__main__":
    sys.exit(main())
