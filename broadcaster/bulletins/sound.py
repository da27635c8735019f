"""What the studio made of a script: exact words, exact sound, warnings; not yet anybody's."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Protocol

from broadcaster.bulletins.delivery import Delivery
from broadcaster.bulletins.tables import Rendition
from playlists.reading import Reading
from playlists.render import Rendering


class NewContent(Protocol):
    """What is to be approved of a script, and for which script and wishes it was made."""

    @property
    def script_sha256(self) -> str:
        """The script."""
        ...

    @property
    def delivery(self) -> Delivery:
        """The wishes."""
        ...

    @property
    def recordings(self) -> list[dict[str, Any]]:
        """Recordings in other languages, if it brings its own."""
        ...

    def is_that_of(self, rendition: Rendition) -> bool:
        """Whether a rendition is exactly this."""
        ...

    def as_rendition(self, *, id_: str, bulletin_id: str, now: datetime) -> Rendition:
        """The row that keeps it for good."""
        ...


@dataclass(frozen=True, slots=True)
class Take:
    """Words as they are said, and their sound."""

    spoken: str
    rendering: Rendering

    def as_replay(self) -> dict[str, Any]:
        """What a rendition keeps of the sound of later broadcasts."""
        return {
            "spoken": self.spoken,
            "audio_sha256": self.rendering.sha256,
            "audio_size_bytes": self.rendering.size_bytes,
            "duration_ms": self.rendering.duration_ms,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSound:
    """A script that was read and rendered, known by its hash.

    `replay` is the take that first tells when the bulletin was issued. `parts` and `recordings`
    are a playlist's: what stands where in its sound, and what its bulletins say in other languages.
    """

    script_sha256: str
    delivery: Delivery
    reading: Reading
    take: Take
    replay: Take | None = None
    fell_back_from: str = ""
    parts: Sequence[Mapping[str, Any]] = ()
    recordings: list[dict[str, Any]] = field(default_factory=list)

    @property
    def rendering(self) -> Rendering:
        """The sound of the first broadcast."""
        return self.take.rendering

    def is_that_of(self, rendition: Rendition) -> bool:
        """Whether a rendition has these very words, warnings and sounds."""
        return (
            rendition.script_sha256 == self.script_sha256
            and rendition.spoken == self.take.spoken
            and rendition.audio_sha256 == self.rendering.sha256
            and rendition.warnings == self._warnings()
            and rendition.replay == self._replay()
            and rendition.parts == self._parts()
        )

    def as_rendition(self, *, id_: str, bulletin_id: str, now: datetime) -> Rendition:
        """The row that keeps it for good."""
        return Rendition(
            id=id_,
            bulletin_id=bulletin_id,
            script_sha256=self.script_sha256,
            spoken=self.take.spoken,
            reading=[asdict(span) for span in self.reading.spans],
            warnings=self._warnings(),
            audio_sha256=self.rendering.sha256,
            audio_size_bytes=self.rendering.size_bytes,
            duration_ms=self.rendering.duration_ms,
            loudness_lufs=self.rendering.loudness_lufs,
            engine=f"{self.rendering.engine} {self.rendering.engine_version}".strip(),
            fell_back_from=self.fell_back_from,
            cue_points=[[cue.start_ms, cue.end_ms] for cue in self.rendering.cue_points],
            replay=self._replay(),
            recordings=self.recordings,
            parts=self._parts(),
            rendered_at=now,
        )

    def _warnings(self) -> list[dict[str, object]]:
        return [asdict(warning) for warning in self.reading.warnings]

    def _replay(self) -> dict[str, Any] | None:
        return self.replay.as_replay() if self.replay else None

    def _parts(self) -> list[dict[str, Any]]:
        return [dict(part) for part in self.parts]
