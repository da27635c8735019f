"""What the studio made of a script: exact words, exact sound, warnings; not yet anybody's."""

from dataclasses import asdict, dataclass
from datetime import datetime

from broadcaster.bulletins.tables import Rendition
from broadcaster.bulletins.texts import sha256_of
from playlists.reading import Reading
from playlists.render import Rendering


@dataclass(frozen=True, slots=True)
class NewSound:
    """A script that was read and rendered, known by its hash."""

    script_sha256: str
    reading: Reading
    rendering: Rendering

    def is_that_of(self, rendition: Rendition) -> bool:
        """Whether a rendition has these very words, warnings and sound."""
        return (
            rendition.script_sha256 == self.script_sha256
            and rendition.spoken == self.reading.spoken
            and rendition.audio_sha256 == self.rendering.sha256
            and rendition.warnings == self._warnings()
        )

    def as_rendition(self, *, id_: str, bulletin_id: str, now: datetime) -> Rendition:
        """The row that keeps it for good."""
        return Rendition(
            id=id_,
            bulletin_id=bulletin_id,
            script_sha256=self.script_sha256,
            spoken=self.reading.spoken,
            reading=[asdict(span) for span in self.reading.spans],
            warnings=self._warnings(),
            audio_sha256=self.rendering.sha256,
            audio_size_bytes=self.rendering.size_bytes,
            duration_ms=self.rendering.duration_ms,
            loudness_lufs=self.rendering.loudness_lufs,
            engine=f"{self.rendering.engine} {self.rendering.engine_version}",
            rendered_at=now,
        )

    def _warnings(self) -> list[dict[str, object]]:
        return [asdict(warning) for warning in self.reading.warnings]


def new_sound(script: str, *, reading: Reading, rendering: Rendering) -> NewSound:
    """Bind a reading and its sound to the script that they were made from."""
    return NewSound(script_sha256=sha256_of(script), reading=reading, rendering=rendering)
