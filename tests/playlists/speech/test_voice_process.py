"""A voice's process may die, hang or talk nonsense: sentences survive it, callers never wait on."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from playlists.audio.pcm import Pcm
from playlists.speech.engine import VoiceSettings
from playlists.speech.errors import SpeechError, VoiceCrashed, VoiceRefused, VoiceTimedOut
from playlists.speech.espeak import WORKER, EspeakEngine
from playlists.speech.frames import REFUSED, SOUND, Request
from playlists.speech.process import VoiceProcess
from tests.playlists.sounds import GREETING, NOTICE

PLAIN = VoiceSettings()
GREETS = """
import os, sys, time
from playlists.speech.frames import *
out, into = sys.stdout.buffer, sys.stdin.buffer
def say(frame): out.write(frame); out.flush()
say(pack(b'{"version": "1"}'))
read_frame(into)
"""


@pytest.fixture
def engine() -> Iterator[EspeakEngine]:
    """A real voice of this test's own, so that killing it disturbs nobody."""
    with EspeakEngine(timeout_s=20) as engine:
        yield engine


def acting(program: str, *, timeout_s: float = 20.0) -> EspeakEngine:
    """A voice whose process is a small program of the test's."""
    return EspeakEngine(command=(sys.executable, "-c", program), timeout_s=timeout_s)


def running(engine: EspeakEngine) -> int:
    """The id of the voice's process, which must be there."""
    assert engine.process_id is not None
    return engine.process_id


def gone(pid: int) -> bool:
    """Whether no process of this id is left, not even as a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_voice_killed_between_sentences_speaks_on(engine: EspeakEngine) -> None:
    """The next sentence comes from a new process and sounds the same."""
    before = engine.synthesise(GREETING.text, settings=PLAIN)
    killed = running(engine)
    os.kill(killed, signal.SIGKILL)

    assert engine.synthesise(GREETING.text, settings=PLAIN) == before
    assert engine.process_id != killed


def test_a_voice_killed_in_the_middle_of_a_sentence_says_it_again(engine: EspeakEngine) -> None:
    """The caller waiting for that sentence gets it whole, from the process started anew."""
    whole = engine.synthesise(NOTICE.text, settings=PLAIN)
    victim = running(engine)
    os.kill(victim, signal.SIGSTOP)
    heard: list[Pcm] = []
    caller = threading.Thread(
        target=lambda: heard.append(engine.synthesise(NOTICE.text, settings=PLAIN))
    )
    caller.start()
    os.kill(victim, signal.SIGKILL)
    caller.join(timeout=30)

    assert heard == [whole]
    assert gone(victim)


def test_a_hanging_voice_is_replaced() -> None:
    """A stopped process is given its time, then killed; the sentence comes from another."""
    with EspeakEngine(timeout_s=3) as engine:
        before = engine.synthesise(GREETING.text, settings=PLAIN)
        stopped = running(engine)
        os.kill(stopped, signal.SIGSTOP)

        assert engine.synthesise(GREETING.text, settings=PLAIN) == before
        assert gone(stopped)


def test_a_voice_that_always_hangs_is_bounded_and_named() -> None:
    """Two attempts of the time-out each, then VoiceTimedOut; no process is left."""
    with acting("import time; time.sleep(60)", timeout_s=0.4) as engine:
        began = time.monotonic()
        with pytest.raises(VoiceTimedOut):
            engine.synthesise("bà con", settings=PLAIN)

        assert 0.8 <= time.monotonic() - began < 5
        assert engine.process_id is None


def test_a_voice_that_reads_nothing_cannot_hold_its_caller() -> None:
    """A request longer than a pipe holds does not block past the time-out."""
    with (
        acting(GREETS.replace("read_frame(into)", "time.sleep(60)"), timeout_s=2) as engine,
        pytest.raises(VoiceTimedOut),
    ):
        engine.synthesise("bà con " * 100_000, settings=PLAIN)


def test_a_voice_that_always_dies_is_tried_twice(tmp_path: Path) -> None:
    """One restart, then VoiceCrashed."""
    starts = tmp_path / "starts"
    with acting(f"open({str(starts)!r}, 'a').write('x')") as engine, pytest.raises(VoiceCrashed):
        engine.synthesise("bà con", settings=PLAIN)

    assert starts.read_text() == "xx"


@pytest.mark.parametrize(
    "answer",
    [
        "say(pack(b'S' + RATE.pack(22050) + b'1234')[:-2])",
        "say(pack(b''))",
        "say(pack(b'?'))",
        "say(pack(b'S' + RATE.pack(22050) + b'123'))",
        "say(pack(b'S' + RATE.pack(0) + b'1234'))",
        "say(LENGTH.pack(2**32 - 1))",
    ],
    ids=["half", "empty", "unmarked", "odd", "no-rate", "endless"],
)
def test_an_answer_that_makes_no_sense_is_a_crash(answer: str) -> None:
    """Half, empty or impossible answers never become sound."""
    with acting(GREETS + answer) as engine, pytest.raises(VoiceCrashed):
        engine.synthesise("bà con", settings=PLAIN)


def test_a_greeting_that_makes_no_sense_is_a_crash() -> None:
    """Another program under the voice's name is not spoken to."""
    with acting(GREETS.replace('{"version": "1"}', "Hello")) as engine, pytest.raises(VoiceCrashed):
        engine.synthesise("bà con", settings=PLAIN)


def test_a_refused_sentence_is_not_said_twice() -> None:
    """The engine's own no is handed on with its reason, and the process stays."""
    program = GREETS + "say(pack_refusal('no such voice')); read_frame(into)"
    with acting(program) as engine:
        with pytest.raises(VoiceRefused, match="no such voice"):
            engine.synthesise("bà con", settings=PLAIN)

        assert not gone(running(engine))


def worker_whose_library(act: str) -> EspeakEngine:
    """The real worker around a library that does something else than speak."""
    return acting(
        "import os, signal, sys\n"
        "from playlists.speech import espeak_worker\n"
        f"espeak_worker.speak = lambda library, request: {act}\n"
        "sys.exit(espeak_worker.main())\n"
    )


@pytest.mark.parametrize("fault", ["SIGSEGV", "SIGABRT", "SIGALRM"])
def test_a_sentence_that_breaks_the_library_costs_only_itself(fault: str) -> None:
    """The sentence is refused by name and the process speaks on: a second try would end alike."""
    with worker_whose_library(f"os.kill(os.getpid(), signal.{fault})") as engine:
        for _ in range(2):
            with pytest.raises(VoiceRefused, match=fault):
                engine.synthesise("bà con", settings=PLAIN)
        pid = running(engine)
        with pytest.raises(VoiceRefused, match=fault):
            engine.synthesise("bà con", settings=PLAIN)

        assert engine.process_id == pid


def test_a_sentence_killed_from_outside_is_no_fault_of_its_words() -> None:
    """When the machine kills the fork for want of memory, the voice is restarted, then named."""
    with worker_whose_library("os.kill(os.getpid(), signal.SIGKILL)") as engine:
        with pytest.raises(VoiceCrashed):
            engine.synthesise("bà con", settings=PLAIN)

        assert engine.process_id is None


def test_raw_text_that_breaks_espeak_leaves_its_process_alive() -> None:
    """Even past the cleaning of text, known killers of eSpeak NG 1.52 end in an answer."""
    process = VoiceProcess(WORKER)
    process.hear(timeout_s=20)
    answers = [
        process.ask(
            msgspec.json.encode(Request(text=text, voice="vi", words_per_minute=175, pitch=50)),
            timeout_s=20,
        )
        for text in ("\x1f-A", "‖-z", "bà con")
    ]
    process.kill()

    assert answers[-1][:1] == SOUND
    assert all(answer[:1] in {SOUND, REFUSED} for answer in answers)


def test_the_process_ends_with_its_client() -> None:
    """When the station dies, its end of the pipe closes, and the voice goes by itself."""
    worker = subprocess.Popen(WORKER, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    worker.communicate(timeout=20)

    assert worker.returncode == 0


def test_ctrl_c_at_the_terminal_does_not_cut_a_sentence(engine: EspeakEngine) -> None:
    """An interrupt is the station's to handle; the voice speaks on until it is closed."""
    engine.synthesise(GREETING.text, settings=PLAIN)
    pid = running(engine)
    os.kill(pid, signal.SIGINT)
    engine.synthesise(GREETING.text, settings=PLAIN)

    assert engine.process_id == pid


def test_threads_share_one_voice(engine: EspeakEngine) -> None:
    """Callers at the same time each get their own sentence."""
    texts = [f"bà con {word}" for word in ("một", "hai", "ba", "bốn", "năm", "sáu")]
    alone = {text: engine.synthesise(text, settings=PLAIN) for text in texts}
    heard: dict[str, Pcm] = {}

    def say(text: str) -> None:
        heard[text] = engine.synthesise(text, settings=PLAIN)

    callers = [threading.Thread(target=say, args=(text,)) for text in texts]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(timeout=60)

    assert heard == alone


def test_closing_leaves_no_process(engine: EspeakEngine) -> None:
    """Close ends the process; closing again and speaking again are both fine."""
    engine.synthesise(GREETING.text, settings=PLAIN)
    pid = running(engine)
    engine.close()
    engine.close()

    assert gone(pid)
    assert engine.synthesise(GREETING.text, settings=PLAIN).duration_ms > 0


def test_closing_a_hanging_voice_does_not_hang(engine: EspeakEngine) -> None:
    """A voice that does not go by itself is killed."""
    engine.synthesise(GREETING.text, settings=PLAIN)
    pid = running(engine)
    os.kill(pid, signal.SIGSTOP)
    engine.close()

    assert gone(pid)


def test_every_failure_has_its_two_sentences() -> None:
    """What the page shows exists in Vietnamese and English, and codes are all different."""
    kinds = SpeechError.__subclasses__()

    assert len({kind.code for kind in kinds}) == len(kinds)
    assert all(kind.message_vi != SpeechError.message_vi for kind in kinds)
    assert all(kind.message_en != SpeechError.message_en for kind in kinds)
