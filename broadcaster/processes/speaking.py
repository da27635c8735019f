"""One sentence said at the station's machine into a file, as the next bulletin would be."""

import shutil
import tempfile
from pathlib import Path

from broadcaster.bulletins.studio import open_studio
from broadcaster.processes.manner import Manner
from broadcaster.settings import Settings
from broadcaster.voices.checking import checked_sentence
from broadcaster.voices.errors import SoundNotKept
from broadcaster.voices.trial import Heard, heard


def said_and_told(settings: Settings, sentence: str, *, out: Path, manner: Manner) -> str:
    """Say a sentence into a file, and tell who really spoke and whom to thank. Raises as `said`."""
    sound = said(settings, sentence, out=out, manner=manner)
    instead = (
        "  Giọng đã chọn chưa đọc được; eSpeak NG đọc thay.\n"
        "  The chosen voice could not speak; eSpeak NG read instead.\n"
    )
    return (
        f"✓ {out} ({sound.duration_ms / 1000:.1f} s): {sound.engine}\n"
        f"{instead if sound.fell_back else ''}"
        f"{f'  {sound.credit}' if sound.credit else ''}"
    ).rstrip() + "\n"


def said(settings: Settings, sentence: str, *, out: Path, manner: Manner) -> Heard:
    """The sentence, mastered, in the file `out`; nothing of it stays with the station.

    Raises SentenceUnusable, SoundNotKept, or the LoaError that stood against it.
    """
    sentence = checked_sentence(sentence)
    with tempfile.TemporaryDirectory(prefix="loa-voice-") as folder:
        apart = settings.model_copy(update={"state_dir": Path(folder), "s3_endpoint": ""})
        with open_studio(apart, lexicon=manner.lexicon, house=manner.house) as studio:
            sound = heard(sentence, house=manner.house(), sayer=studio)
            try:
                shutil.copyfile(studio.store.require(sound.audio_sha256), out)
            except OSError as error:
                raise SoundNotKept(out.name) from error
    return sound
