"""How well our speech is understood: `python -m tests.intelligibility [measure|check]`.

`measure` says, masters and has written down 20 sentences in every way that `settings.py` lists,
and writes results.md; `check` measures the chosen ways again and ends with 1 when one of them has
become worse than the table says. Needs the dependency group `intelligibility`; runs offline.
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from broadcaster.logs import configure_logs
from playlists.speech.engine import Engine
from playlists.speech.espeak import EspeakEngine
from playlists.speech.installed_voice import InstalledVoice
from playlists.speech.piper import PiperEngine
from playlists.speech.store_errors import VoiceNotInstalled
from playlists.speech.voice_store import find
from tests.intelligibility.head import head, identity
from tests.intelligibility.listened import line_of
from tests.intelligibility.listening import Listener
from tests.intelligibility.measuring import sentences
from tests.intelligibility.settings import CHOSEN, Trial, espeak_trials, piper_trials
from tests.intelligibility.table import Line, complaints, merged, read_table, write_table

RESULTS = Path(__file__).with_name("results.md")


def main() -> int:
    """Measure or check; 0 good, 1 worse than the table, 2 something is missing here."""
    asked = _parser().parse_args()
    configure_logs("ERROR")
    try:
        from tests.intelligibility.recogniser import Whisper  # noqa: PLC0415 - a group of its own
    except ModuleNotFoundError as error:
        return _missing(f"{error.name}: install the dependency group `intelligibility`")
    listener = Whisper()
    try:
        return _check(asked, listener) if asked.act == "check" else _measure(asked, listener)
    except VoiceNotInstalled as error:
        return _missing(f"{error.detail} is no voice in {asked.voices}; see `loa voice install`")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.intelligibility", description=__doc__)
    parser.add_argument("act", nargs="?", choices=("measure", "check"), default="measure")
    parser.add_argument("--engine", choices=("espeak", "piper"), default="espeak")
    parser.add_argument("--quick", action="store_true", help="only the first way, about a minute")
    parser.add_argument("--voice", default="vi_VN-vais1000-medium", help="an installed Piper voice")
    parser.add_argument("--voices", type=Path, default=Path("var/voices"), help="their folder")
    parser.add_argument("--words", action="store_true", help="show what was heard")
    return parser


def _measure(asked: argparse.Namespace, listener: Listener) -> int:
    trials = espeak_trials() if asked.engine == "espeak" else piper_trials()
    fresh: list[Line] = []
    for line in _lines(trials[: 1 if asked.quick else None], asked=asked, listener=listener):
        fresh.append(line)
        before = _known(listener)
        text = write_table(merged(before, fresh), head=head(listener.version, said=sentences()))
        RESULTS.write_text(text, "utf-8")
    return 0


def _check(asked: argparse.Namespace, listener: Listener) -> int:
    chosen = CHOSEN if asked.engine == "espeak" else piper_trials()[:1]
    known = _known(listener)
    fresh = list(_lines(chosen[: 1 if asked.quick else None], asked=asked, listener=listener))
    worse = complaints(known, fresh)
    for words in worse:
        sys.stdout.write(f"WORSE: {words}\n")
    return 1 if worse else 0


def _known(listener: Listener) -> tuple[Line, ...]:
    """The table's lines, if the same listener heard the same sentences."""
    text = RESULTS.read_text("utf-8") if RESULTS.exists() else ""
    return read_table(text) if identity(listener.version, said=sentences()) in text else ()


def _lines(
    trials: tuple[Trial, ...], *, asked: argparse.Namespace, listener: Listener
) -> Iterator[Line]:
    today = datetime.now(UTC).date()
    for trial in trials:
        with _voice(trial, asked) as (engine, called):
            line, heard = line_of(
                trial, engine=engine, called=called, listener=listener, today=today
            )
        sys.stdout.write(
            f"{line.way}: {line.word_errors:.1f} % wrong words, {line.character_errors:.1f} % "
            f"wrong letters, {line.surprise_bits:.2f} bits\n"
        )
        if asked.words:
            pairs = zip(sentences(), heard.heard, strict=True)
            sys.stdout.writelines(f"  {said}\n  > {text}\n" for said, text in pairs)
        sys.stdout.flush()
        yield line


@contextmanager
def _voice(trial: Trial, asked: argparse.Namespace) -> Iterator[tuple[Engine, str]]:
    if trial.manner is not None:
        with EspeakEngine(manner=trial.manner) as espeak:
            yield espeak, "espeak-ng"
    else:
        with PiperEngine(_vietnamese(asked.voice, voices=asked.voices)) as piper:
            yield piper, f"piper {asked.voice}"


def _vietnamese(name: str, *, voices: Path) -> InstalledVoice:
    voice = find(name, into=voices)
    if voice.language != "vi":
        raise VoiceNotInstalled(f"{name} speaks {voice.language}, not Vietnamese: it")
    return voice


def _missing(words: str) -> int:
    sys.stderr.write(f"{words}\n")
    return 2


if __name__ == "__main__":
    raise SystemExit(main())
