"""Half an hour of speech is rendered without holding half an hour of speech."""

import subprocess
import sys
from pathlib import Path

LIMIT_MB = 60
PROGRAM = """
import resource, sys
from pathlib import Path
from playlists.audio.audio_store import AudioStore
from playlists.audio.pcm import Pcm
from playlists.render import render
from playlists.speech.engine import VoiceSettings
from playlists.speech.tones import ToneEngine
from tests.playlists.sounds import Line

class Patient(ToneEngine):
    def synthesise(self, sentence, *, settings):
        # Every sentence is another ten seconds in memory, as from a real voice.
        return Pcm(bytes(bytearray(SOUND.samples)), SOUND.sample_rate_hz)

def grown_mb(lines, *, store):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    made = render(lines, engine=Patient(), store=store, settings=VoiceSettings())
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, made

SOUND = ToneEngine().synthesise("loa " * 62, settings=VoiceSettings())
store = AudioStore(Path(sys.argv[1]))
grown_mb([Line("loa")], store=store)
grown, made = grown_mb([Line("loa")] * 176, store=store)
print(round(made.duration_ms / 60_000), round(grown), len(made.cue_points))
"""


def test_half_an_hour_needs_little_memory(tmp_path: Path) -> None:
    """The samples alone are 79 MB; joined and mastered from the disk, not even they are held."""
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "audio")]
    done = subprocess.run(command, check=True, timeout=240, capture_output=True, text=True)
    minutes, grown_mb, sentences = map(int, done.stdout.split()[-3:])

    assert minutes == 30
    assert sentences == 176
    assert grown_mb < LIMIT_MB
